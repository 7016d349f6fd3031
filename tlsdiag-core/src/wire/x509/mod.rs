//! Certificates: an owned summary of what decides whether a handshake works (RFC 5280).
//!
//! We walk the outer structure ourselves, so that a certificate that is malformed somewhere shows everything before
//! that place; names, keys and the bodies of extensions are read by the `x509-parser` crate.

mod algorithm;
mod cache;
mod der;
mod extensions;
mod host;
mod key;
mod name;
mod profile;
mod shown;
mod signed;

use self::der::Element;
use super::error::WireError;
use super::reader::Reader;
use x509_parser::prelude::{FromDer, Validity};

pub use algorithm::SignatureAlgorithm;
pub use cache::Cache;
pub use extensions::{BasicConstraints, GeneralName, KeyUsage, NameConstraints};
pub use host::HostMatch;
pub use key::{Key, KeyKind};
pub use name::Name;
pub use profile::{Extension, Extensions};
pub use signed::Signed;

/// The part of an authorityKeyIdentifier (RFC 5280, section 4.2.1.1) that does not fit a certificate of the issuer's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contradiction {
    /// The key identifier is not its subjectKeyIdentifier.
    Key,
    /// The serial number is not its own.
    Serial,
    /// The issuer's issuer is not its issuer.
    Issuer,
}

/// What a certificate says. A field is `None`, or empty, if the certificate does not say it, or is malformed before
/// the place where it would.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Certificate {
    /// 1, 2 or 3.
    pub version: Option<u8>,
    /// The serial number in lower-case hexadecimal, without a sign byte.
    pub serial: Option<String>,
    /// How the issuer signed.
    pub signature_algorithm: Option<SignatureAlgorithm>,
    /// Who issued it.
    pub issuer: Option<Name>,
    /// Valid from, in seconds since 1970 (UTC).
    pub not_before: Option<i64>,
    /// Valid until and including, in seconds since 1970 (UTC).
    pub not_after: Option<i64>,
    /// Whose certificate it is.
    pub subject: Option<Name>,
    /// The public key.
    pub key: Option<Key>,
    /// The subject's other names, by which hosts are known.
    pub sans: Vec<GeneralName>,
    /// What the key may do; any, if the certificate does not say.
    pub key_usage: Option<KeyUsage>,
    /// What the certificate is for: `serverAuth`, `clientAuth` …, dotted OIDs where we know no name; any, if the
    /// certificate does not say.
    pub extended_key_usage: Option<Vec<String>>,
    /// Whether it is a CA's.
    pub basic_constraints: Option<BasicConstraints>,
    /// The names for which a CA may issue.
    pub name_constraints: Option<NameConstraints>,
    /// Identifies the subject's key.
    pub subject_key_id: Option<Vec<u8>>,
    /// Identifies the issuer's key.
    pub authority_key_id: Option<Vec<u8>>,
    /// Names the issuer's own issuer, together with the serial number below.
    pub authority_issuer: Vec<GeneralName>,
    /// The serial number of the issuer's certificate, in lower-case hexadecimal.
    pub authority_serial: Option<String>,
    /// Where revocation lists are.
    pub crl_urls: Vec<String>,
    /// Where the issuer answers OCSP.
    pub ocsp_urls: Vec<String>,
    /// Where the issuer's certificate is.
    pub ca_issuers_urls: Vec<String>,
    /// Whether it must come with an OCSP response (RFC 7633).
    pub must_staple: bool,
    /// Which extensions stand there, and which of them are critical.
    pub extensions: Extensions,
    /// Dotted OIDs of extensions that must be understood and that few verifiers know.
    pub unknown_critical: Vec<String>,
    /// Whether the algorithm beside the signature is another one than the one that was signed (RFC 5280, section 4.1.1.2).
    pub two_algorithms: bool,
    /// Where it is malformed, if it is.
    pub malformed: Option<String>,
}

impl Certificate {
    /// Reads a certificate's DER, as far as it goes.
    pub fn parse(der: &[u8]) -> Self {
        let mut certificate = Self::default();
        if let Err(error) = certificate.read(Reader::new(der)) {
            certificate.note(error.to_string());
        }
        certificate
    }

    /// What a bare public key (RFC 7250) says, a DER SubjectPublicKeyInfo: the key alone.
    pub fn of_raw_public_key(spki: &[u8]) -> Self {
        let mut certificate = Self { key: Key::parse(spki), ..Self::default() };
        if certificate.key.is_none() {
            certificate.note("SubjectPublicKeyInfo is malformed".to_owned());
        }
        certificate
    }

    fn read(&mut self, mut reader: Reader<'_>) -> Result<(), WireError> {
        let mut outer = der::sequence(&mut reader, "Certificate")?.body;
        let mut tbs = der::sequence(&mut outer, "tbsCertificate")?.body;
        self.version = Some(match der::optional(&mut tbs, 0xa0, "version")? {
            Some(Element { mut body, .. }) => {
                let number = der::integer(&mut body, "version")?;
                number.last().map_or(1, |&last| last.saturating_add(1))
            }
            None => 1,
        });
        self.serial = Some(hex(der::integer(&mut tbs, "serialNumber")?));
        let algorithm = der::sequence(&mut tbs, "signature")?;
        self.signature_algorithm = Some(SignatureAlgorithm::from_der(&algorithm)?);
        self.issuer = Some(Name::from_der(&der::sequence(&mut tbs, "issuer")?)?);
        let validity = der::sequence(&mut tbs, "validity")?;
        let (_, dates) = Validity::from_der(validity.whole).map_err(|_| validity.malformed("validity"))?;
        self.not_before = Some(dates.not_before.timestamp());
        self.not_after = Some(dates.not_after.timestamp());
        self.subject = Some(Name::from_der(&der::sequence(&mut tbs, "subject")?)?);
        self.key = Some(Key::from_der(&der::sequence(&mut tbs, "subjectPublicKeyInfo")?)?);
        der::optional(&mut tbs, 0x81, "issuerUniqueID")?;
        der::optional(&mut tbs, 0x82, "subjectUniqueID")?;
        if let Some(Element { mut body, .. }) = der::optional(&mut tbs, 0xa3, "extensions")? {
            let mut list = der::sequence(&mut body, "extensions")?.body;
            while !list.is_empty() {
                self.read_extension(&der::sequence(&mut list, "Extension")?);
            }
        }
        tbs.finish("tbsCertificate")?;
        let beside = der::sequence(&mut outer, "signatureAlgorithm")?;
        self.two_algorithms = beside.whole != algorithm.whole;
        der::element(&mut outer, "signatureValue")?;
        outer.finish("Certificate")?;
        reader.finish("Certificate")
    }

    /// Keeps the first complaint: what is wrong later may only follow from it.
    fn note(&mut self, complaint: String) {
        self.malformed.get_or_insert(complaint);
    }

    /// Whether subject and issuer are the same name, as in a root.
    pub fn is_self_signed_name(&self) -> bool {
        match (&self.subject, &self.issuer) {
            (Some(subject), Some(issuer)) => subject.der == issuer.der,
            _ => false,
        }
    }

    /// Whether it can have signed itself: its issuer has its name, and its authorityKeyIdentifier names no other key than its own.
    pub fn may_be_self_signed(&self) -> bool {
        self.is_self_signed_name() && self.contradicted_by(self) != Some(Contradiction::Key)
    }

    /// Whether this certificate can be the issuer of `child`, by names and key identifiers; signatures are not checked.
    pub fn issued(&self, child: &Self) -> bool {
        self.has_name_of_issuer(child) && self.contradicted_by(child).is_none()
    }

    /// Whether this certificate's subject is the issuer that `child` names.
    pub fn has_name_of_issuer(&self, child: &Self) -> bool {
        match (&self.subject, &child.issuer) {
            (Some(subject), Some(issuer)) => subject.der == issuer.der,
            _ => false,
        }
    }

    /// What in the authorityKeyIdentifier of `child` says that another certificate than this one is its issuer. OpenSSL looks at all
    /// three and then takes no certificate for the issuer that is not the one named, whatever its key signed.
    pub fn contradicted_by(&self, child: &Self) -> Option<Contradiction> {
        if let (Some(mine), Some(wanted)) = (&self.subject_key_id, &child.authority_key_id)
            && mine != wanted
        {
            return Some(Contradiction::Key);
        }
        if let (Some(mine), Some(wanted)) = (&self.serial, &child.authority_serial)
            && mine != wanted
        {
            return Some(Contradiction::Serial);
        }
        let mut issuers_issuer = child.authority_issuer.iter().filter_map(|name| match name {
            GeneralName::Directory(name) => Some(&name.der),
            _ => None,
        });
        if let (Some(mine), Some(wanted)) = (&self.issuer, issuers_issuer.next())
            && mine.der != *wanted
        {
            return Some(Contradiction::Issuer);
        }
        None
    }

    /// Whether this is a CA's certificate: by basic constraints or, in versions 1 and 2, for want of any.
    pub fn is_ca(&self) -> bool {
        match &self.basic_constraints {
            Some(constraints) => constraints.ca,
            None => self.version.is_some_and(|version| version < 3) && self.is_self_signed_name(),
        }
    }

    /// Whether the extended key usage, if there is any, allows `purpose`, such as `clientAuth`.
    pub fn allows_purpose(&self, purpose: &str) -> bool {
        match &self.extended_key_usage {
            Some(purposes) => purposes.iter().any(|one| one == purpose || one == "anyExtendedKeyUsage"),
            None => true,
        }
    }

    /// Whether the certificate is valid at `time`, in seconds since 1970 (UTC). One without dates is not.
    pub fn is_valid_at(&self, time: i64) -> bool {
        self.not_before.is_some_and(|from| from <= time) && self.not_after.is_some_and(|until| time <= until)
    }
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
