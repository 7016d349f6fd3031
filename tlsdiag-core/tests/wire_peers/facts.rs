//! [`Facts`]: what both decoders must agree about in messages.

use tlsdiag_core::wire::*;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) kinds: Vec<u8>,
    pub(crate) lengths: Vec<usize>,
    /// `legacy_version` of hellos.
    pub(crate) versions_before: Vec<u16>,
    pub(crate) suites: Vec<u16>,
    pub(crate) extensions: Vec<(u16, usize)>,
    pub(crate) versions: Vec<u16>,
    pub(crate) groups: Vec<u16>,
    pub(crate) shares: Vec<u16>,
    pub(crate) schemes: Vec<u16>,
    pub(crate) alpn: Vec<String>,
    pub(crate) names: Vec<String>,
    /// Their lengths.
    pub(crate) certificates: Vec<usize>,
    pub(crate) certificate_types: Vec<u16>,
}

impl Facts {
    /// Of a message with its header.
    pub(crate) fn of(bytes: &[u8], dialect: &Dialect) -> Self {
        let mut facts = Facts { kinds: vec![bytes[0]], lengths: vec![bytes.len() - 4], ..Facts::default() };
        match Message::decode(bytes, dialect).unwrap() {
            Message::ClientHello(hello) => {
                facts.versions_before.push(hello.legacy_version.0);
                facts.suites = hello.cipher_suites.iter().map(u16::from).collect();
                facts.add_extensions(hello.extensions);
            }
            Message::ServerHello(hello) => {
                facts.versions_before.push(hello.legacy_version.0);
                facts.suites = vec![hello.cipher_suite.0];
                facts.add_extensions(hello.extensions);
            }
            Message::EncryptedExtensions(encrypted) => facts.add_extensions(encrypted.extensions),
            Message::Certificate(chain) => {
                facts.certificates = chain.certificates().map(<[u8]>::len).collect();
                chain.entries().for_each(|entry| facts.add_extensions(entry.extensions));
            }
            Message::CertificateRequest(request) => match request.extensions() {
                Some(extensions) => facts.add_extensions(extensions),
                None => {
                    facts.certificate_types =
                        request.certificate_types().unwrap().iter().map(u16::from).collect();
                    facts.schemes = request.signature_schemes().unwrap().iter().map(u16::from).collect();
                }
            },
            Message::ServerKeyExchange(exchange) => {
                facts.schemes = exchange.scheme.iter().map(|scheme| scheme.0).collect();
            }
            Message::CertificateVerify(verify) => {
                facts.schemes = verify.scheme.iter().map(|scheme| scheme.0).collect();
            }
            Message::NewSessionTicket(ticket) => {
                ticket.tls13.iter().for_each(|ticket| facts.add_extensions(ticket.extensions));
            }
            _ => {}
        }
        facts
    }

    /// Of these messages as of one.
    pub(crate) fn joined(all: impl IntoIterator<Item = Facts>) -> Self {
        let mut sum = Facts::default();
        for facts in all {
            sum.kinds.extend(facts.kinds);
            sum.lengths.extend(facts.lengths);
            sum.versions_before.extend(facts.versions_before);
            sum.suites.extend(facts.suites);
            sum.extensions.extend(facts.extensions);
            sum.versions.extend(facts.versions);
            sum.groups.extend(facts.groups);
            sum.shares.extend(facts.shares);
            sum.schemes.extend(facts.schemes);
            sum.alpn.extend(facts.alpn);
            sum.names.extend(facts.names);
            sum.certificates.extend(facts.certificates);
            sum.certificate_types.extend(facts.certificate_types);
        }
        sum
    }

    fn add_extensions(&mut self, extensions: Extensions<'_>) {
        self.extensions.extend(extensions.iter().map(|(kind, body)| (kind.0, body.len())));
        for extension in extensions.typed() {
            match extension.unwrap() {
                Extension::ServerName(names) => {
                    self.names.extend(names.iter().map(|name| name.as_str().unwrap().to_owned()));
                }
                Extension::Alpn(names) => {
                    self.alpn.extend(names.iter().map(|name| name.as_str().unwrap().to_owned()));
                }
                Extension::SupportedGroups(groups) => self.groups.extend(groups.iter().map(u16::from)),
                Extension::SignatureAlgorithms(schemes) | Extension::SignatureAlgorithmsCert(schemes) => {
                    self.schemes.extend(schemes.iter().map(u16::from));
                }
                Extension::SupportedVersions(SupportedVersions::Offered(versions)) => {
                    self.versions.extend(versions.iter().map(u16::from));
                }
                Extension::SupportedVersions(SupportedVersions::Chosen(version)) => {
                    self.versions.push(version.0)
                }
                Extension::KeyShare(KeyShare::Offered(shares)) => {
                    self.shares.extend(shares.iter().map(|share| share.group.0));
                }
                Extension::KeyShare(KeyShare::Chosen(share)) => self.shares.push(share.group.0),
                Extension::KeyShare(KeyShare::Retry(group)) => self.shares.push(group.0),
                _ => {}
            }
        }
    }
}
