//! The extensions of a certificate (RFC 5280, section 4.2).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::der::Element;
use super::profile::{self, Extension};
use super::{Certificate, Name, hex};
use x509_parser::extensions::{
    DistributionPointName, GeneralName as Parsed, GeneralSubtree, ParsedExtension,
};
use x509_parser::prelude::{FromDer, X509Extension};

/// One of the forms in which X.509 names someone (RFC 5280, section 4.2.1.6).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GeneralName {
    /// A host, possibly with a wildcard.
    Dns(String),
    /// An address.
    Ip(IpAddr),
    /// An address with the mask behind it, as name constraints have it; or bytes that are no address.
    IpRange(Vec<u8>),
    /// An e-mail address.
    Email(String),
    /// A URI.
    Uri(String),
    /// A distinguished name.
    Directory(Name),
    /// Any other: its tag, and its bytes in hexadecimal.
    Other(String),
}

impl std::fmt::Display for GeneralName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::IpRange(bytes) => {
                let mut halves = bytes.chunks(bytes.len().div_ceil(2).max(1)).map(ip);
                match (halves.next().flatten(), halves.next().flatten()) {
                    (Some(address), Some(mask)) => write!(f, "IP:{address}/{mask}"),
                    _ => write!(f, "IP:#{}", hex(bytes)),
                }
            }
            Self::Email(address) => write!(f, "email:{address}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
            Self::Directory(name) => write!(f, "DirName:{name}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

/// Whether a certificate is a CA's (RFC 5280, section 4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BasicConstraints {
    /// It is.
    pub ca: bool,
    /// How many CAs may stand between it and the end of the chain.
    pub path_len: Option<u32>,
}

/// The names for which a CA may issue (RFC 5280, section 4.2.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NameConstraints {
    /// These alone, for each kind of name that stands here.
    pub permitted: Vec<GeneralName>,
    /// These not.
    pub excluded: Vec<GeneralName>,
}

/// What a key may do (RFC 5280, section 4.2.1.3); bit 0 is digitalSignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    const NAMES: [&'static str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Sign handshakes: every key exchange but RSA's needs it.
    pub const fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    /// Decrypt a premaster secret: RSA's key exchange needs it.
    pub const fn key_encipherment(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// Take part in a static Diffie-Hellman exchange.
    pub const fn key_agreement(self) -> bool {
        self.0 & 1 << 4 != 0
    }

    /// Sign certificates.
    pub const fn key_cert_sign(self) -> bool {
        self.0 & 1 << 5 != 0
    }

    /// RFC 5280's name of each bit that is set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 >> bit & 1 != 0)
            .map(|(_, name)| name)
    }
}

impl Certificate {
    pub(super) fn read_extension(&mut self, element: &Element<'_>) {
        let Ok((_, extension)) = X509Extension::from_der(element.whole) else {
            return self.note(element.malformed("Extension").to_string());
        };
        self.take_note(&extension);
        match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => self.sans = general_names(&names.general_names),
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage(usage.flags));
                if usage.flags == 0 {
                    self.note("keyUsage is empty".to_owned());
                }
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                let known = [
                    (usage.any, "anyExtendedKeyUsage"),
                    (usage.server_auth, "serverAuth"),
                    (usage.client_auth, "clientAuth"),
                    (usage.code_signing, "codeSigning"),
                    (usage.email_protection, "emailProtection"),
                    (usage.time_stamping, "timeStamping"),
                    (usage.ocsp_signing, "OCSPSigning"),
                ];
                let known = known.into_iter().filter(|(set, _)| *set).map(|(_, name)| name.to_owned());
                let other = usage.other.iter().map(|oid| oid.to_id_string());
                self.extended_key_usage = Some(known.chain(other).collect());
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.basic_constraints =
                    Some(BasicConstraints { ca: constraints.ca, path_len: constraints.path_len_constraint });
            }
            ParsedExtension::NameConstraints(constraints) => {
                let names = |list: &Option<Vec<GeneralSubtree<'_>>>| {
                    list.iter().flatten().map(|subtree| general_name(&subtree.base)).collect()
                };
                self.name_constraints = Some(NameConstraints {
                    permitted: names(&constraints.permitted_subtrees),
                    excluded: names(&constraints.excluded_subtrees),
                });
            }
            ParsedExtension::SubjectKeyIdentifier(id) => self.subject_key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(authority) => {
                self.authority_key_id = authority.key_identifier.as_ref().map(|id| id.0.to_vec());
                self.authority_issuer =
                    authority.authority_cert_issuer.as_deref().map_or_else(Vec::new, general_names);
                self.authority_serial = authority.authority_cert_serial.map(|serial| match serial {
                    [0, rest @ ..] if !rest.is_empty() => hex(rest),
                    serial => hex(serial),
                });
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                for point in &points.points {
                    if let Some(DistributionPointName::FullName(names)) = &point.distribution_point {
                        self.crl_urls.extend(names.iter().filter_map(uri));
                    }
                }
            }
            ParsedExtension::AuthorityInfoAccess(access) => {
                for description in &access.accessdescs {
                    match description.access_method.to_id_string().as_str() {
                        "1.3.6.1.5.5.7.48.1" => self.ocsp_urls.extend(uri(&description.access_location)),
                        "1.3.6.1.5.5.7.48.2" => {
                            self.ca_issuers_urls.extend(uri(&description.access_location))
                        }
                        _ => {}
                    }
                }
            }
            ParsedExtension::ParseError { .. } => {
                let oid = extension.oid.to_id_string();
                self.note(format!("the extension {oid} is malformed at byte {}", element.body.offset()));
            }
            ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::Unparsed => {
                self.read_other_extension(&extension);
            }
            _ => {}
        }
    }

    /// That it is there, which for some is a fault by itself.
    fn take_note(&mut self, extension: &X509Extension<'_>) {
        let oid = extension.oid.to_id_string();
        let kind = Extension::from_oid(&oid);
        if !self.extensions.add(kind, extension.critical) && kind != Extension::Other {
            self.note(format!("the extension {oid} stands there twice"));
        }
        if extension.critical && !profile::may_be_critical(&oid) {
            self.unknown_critical.push(oid);
        }
    }

    fn read_other_extension(&mut self, extension: &X509Extension<'_>) {
        // RFC 7633: a SEQUENCE of the TLS extensions that must be answered, 5 being status_request.
        if extension.oid.to_id_string() == "1.3.6.1.5.5.7.1.24" {
            self.must_staple = extension.value.windows(3).any(|window| matches!(window, [2, 1, 5 | 17]));
        }
    }
}

fn general_names(names: &[Parsed<'_>]) -> Vec<GeneralName> {
    names.iter().map(general_name).collect()
}

fn general_name(name: &Parsed<'_>) -> GeneralName {
    match name {
        Parsed::DNSName(name) => GeneralName::Dns((*name).to_owned()),
        Parsed::RFC822Name(address) => GeneralName::Email((*address).to_owned()),
        Parsed::URI(uri) => GeneralName::Uri((*uri).to_owned()),
        Parsed::DirectoryName(name) => GeneralName::Directory(Name::new(name, name.as_raw())),
        Parsed::IPAddress(bytes) => {
            ip(bytes).map_or_else(|| GeneralName::IpRange(bytes.to_vec()), GeneralName::Ip)
        }
        Parsed::OtherName(oid, value) => GeneralName::Other(format!("otherName:{oid}:#{}", hex(value))),
        Parsed::RegisteredID(oid) => GeneralName::Other(format!("RID:{oid}")),
        Parsed::X400Address(any) => GeneralName::Other(format!("X400:#{}", hex(any.data))),
        Parsed::EDIPartyName(any) => GeneralName::Other(format!("EdiPartyName:#{}", hex(any.data))),
        Parsed::Invalid(tag, bytes) => GeneralName::Other(format!("invalid:{}:#{}", tag.0, hex(bytes))),
    }
}

fn uri(name: &Parsed<'_>) -> Option<String> {
    match name {
        Parsed::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    }
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|bytes| IpAddr::V4(Ipv4Addr::from(bytes))),
        16 => <[u8; 16]>::try_from(bytes).ok().map(|bytes| IpAddr::V6(Ipv6Addr::from(bytes))),
        _ => None,
    }
}
