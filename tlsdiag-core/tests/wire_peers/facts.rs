//! [`Facts`]: what both decoders must agree about in a message.

use tlsdiag_core::wire::*;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) kind: u8,
    pub(crate) length: usize,
    pub(crate) version: Option<u16>,
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
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut facts = Facts { kind: bytes[0], length: bytes.len() - 4, ..Facts::default() };
        match Message::decode(bytes, &super::peers::dialect()).unwrap() {
            Message::ClientHello(hello) => {
                facts.version = Some(hello.legacy_version.0);
                facts.suites = hello.cipher_suites.iter().map(u16::from).collect();
                facts.add_extensions(hello.extensions);
            }
            Message::ServerHello(hello) => {
                facts.version = Some(hello.legacy_version.0);
                facts.suites = vec![hello.cipher_suite.0];
                facts.add_extensions(hello.extensions);
            }
            Message::Certificate(chain) => {
                facts.certificates = chain.certificates().map(<[u8]>::len).collect()
            }
            Message::CertificateRequest(request) => {
                facts.certificate_types =
                    request.certificate_types().unwrap().iter().map(u16::from).collect();
                facts.schemes = request.signature_schemes().unwrap().iter().map(u16::from).collect();
            }
            Message::ServerKeyExchange(exchange) => {
                facts.schemes = exchange.scheme.iter().map(|scheme| scheme.0).collect();
            }
            Message::CertificateVerify(verify) => {
                facts.schemes = verify.scheme.iter().map(|scheme| scheme.0).collect();
            }
            _ => {}
        }
        facts
    }

    fn add_extensions(&mut self, extensions: Extensions<'_>) {
        self.extensions = extensions.iter().map(|(kind, body)| (kind.0, body.len())).collect();
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
