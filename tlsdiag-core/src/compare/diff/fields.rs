//! What a record can be compared by: named fields, each a list of values.

use crate::report::{CertificateRecord, Code, ExtensionRecord, LocalRecord, Record};

/// Declares [`FieldName`] and its texts from one list.
macro_rules! field_names {
    ($($variant:ident $text:literal)*) => {
        /// What a field is, in the order of the handshake.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum FieldName {
            $($variant,)*
        }

        impl FieldName {
            /// As it is shown: the message and the field that it was read from.
            pub(super) const fn text(self) -> &'static str {
                match self { $(FieldName::$variant => $text,)* }
            }

            const ALL: &[FieldName] = &[$(FieldName::$variant,)*];
        }
    };
}

field_names! {
    HelloVersions "ClientHello.versions"
    HelloCipherSuites "ClientHello.cipher_suites"
    HelloGroups "ClientHello.supported_groups"
    HelloKeyShare "ClientHello.key_share"
    HelloSchemes "ClientHello.signature_algorithms"
    HelloSchemesCert "ClientHello.signature_algorithms_cert"
    HelloServerName "ClientHello.server_name"
    HelloAlpn "ClientHello.alpn"
    HelloPskIdentities "ClientHello.psk_identities"
    HelloExtensions "ClientHello.extensions"
    HelloSize "ClientHello.size"
    HelloRetryRequest "HelloRetryRequest"
    ServerVersion "ServerHello.version"
    ServerCipherSuite "ServerHello.cipher_suite"
    ServerExtensions "ServerHello.extensions"
    KeyExchangeGroup "key exchange group"
    DhePrimeBits "bits of the DHE prime"
    AlpnChosen "ALPN chosen"
    Resumed "resumed"
    ServerChain "server's certificates"
    ServerScheme "server's signature scheme"
    Request "CertificateRequest"
    RequestSchemes "CertificateRequest.signature_algorithms"
    RequestTypes "CertificateRequest.certificate_types"
    RequestAuthorities "CertificateRequest.certificate_authorities"
    ClientChain "client's certificates"
    ClientScheme "client's signature scheme"
    OwnCertificates "own certificates"
    OwnCipherSuites "own cipher suites"
    OwnLowestVersion "own lowest version"
    OwnHighestVersion "own highest version"
    OwnVerifyMode "own verify mode"
    OwnVerifyDepth "own verify depth"
    OwnSecurityLevel "own security level"
    OwnTrustedCas "own trusted CAs"
    OwnExpectedName "own expected name"
    OwnLibrary "own library"
}

impl FieldName {
    /// Whether only a record of the same side can be compared by it.
    pub(super) const fn is_own(self) -> bool {
        matches!(
            self,
            FieldName::OwnCertificates
                | FieldName::OwnCipherSuites
                | FieldName::OwnLowestVersion
                | FieldName::OwnHighestVersion
                | FieldName::OwnVerifyMode
                | FieldName::OwnVerifyDepth
                | FieldName::OwnSecurityLevel
                | FieldName::OwnTrustedCas
                | FieldName::OwnExpectedName
                | FieldName::OwnLibrary
        )
    }
}

/// A field of a record, with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Field {
    pub(super) name: FieldName,
    pub(super) values: Vec<String>,
    /// Whether the order says something: browsers shuffle their extensions on purpose.
    pub(super) ordered: bool,
}

/// Everything that is compared, in the order of the handshake: the same fields for every record. A field that a record
/// lacks has no values.
pub(super) fn fields(record: &Record) -> Vec<Field> {
    let fields = [hello(record), choices(record), authentication(record), own(record)].concat();
    debug_assert!(fields.iter().map(|field| field.name).eq(FieldName::ALL.iter().copied()));
    fields
}

fn list(name: FieldName, values: Vec<String>) -> Field {
    Field { name, values, ordered: true }
}

fn set(name: FieldName, values: Vec<String>) -> Field {
    Field { name, values, ordered: false }
}

fn single(name: FieldName, value: Option<impl ToString>) -> Field {
    list(name, value.iter().map(ToString::to_string).collect())
}

fn hello(record: &Record) -> Vec<Field> {
    let offer = record.offer.as_ref();
    let codes = |codes: Option<&Vec<Code>>| codes.map_or_else(Vec::new, |codes| names(codes));
    let kinds = offer.map_or_else(Vec::new, |offer| extensions(&offer.extensions));
    vec![
        list(FieldName::HelloVersions, codes(offer.map(|offer| &offer.versions))),
        list(FieldName::HelloCipherSuites, codes(offer.map(|offer| &offer.cipher_suites))),
        list(FieldName::HelloGroups, codes(offer.and_then(|offer| offer.groups.as_ref()))),
        list(FieldName::HelloKeyShare, codes(offer.and_then(|offer| offer.key_shares.as_ref()))),
        list(FieldName::HelloSchemes, codes(offer.and_then(|offer| offer.signature_schemes.as_ref()))),
        list(
            FieldName::HelloSchemesCert,
            codes(offer.and_then(|offer| offer.signature_schemes_cert.as_ref())),
        ),
        single(FieldName::HelloServerName, offer.and_then(|offer| offer.server_name.clone())),
        list(FieldName::HelloAlpn, offer.and_then(|offer| offer.alpn.clone()).unwrap_or_default()),
        single(FieldName::HelloPskIdentities, offer.and_then(|offer| offer.psk_identities)),
        set(FieldName::HelloExtensions, kinds),
        single(FieldName::HelloSize, offer.map(|offer| offer.size)),
    ]
}

fn choices(record: &Record) -> Vec<Field> {
    let answer = record.answer.as_ref();
    let retried = record.offer.as_ref().is_some_and(|offer| offer.retried);
    let kinds = answer
        .map(|answer| [&answer.extensions[..], &answer.encrypted_extensions[..]].concat())
        .unwrap_or_default();
    vec![
        single(FieldName::HelloRetryRequest, retried.then_some("sent")),
        single(FieldName::ServerVersion, answer.map(|answer| &answer.version.name)),
        single(FieldName::ServerCipherSuite, record.tls.cipher.as_ref()),
        set(FieldName::ServerExtensions, extensions(&kinds)),
        single(FieldName::KeyExchangeGroup, record.tls.curve.as_ref()),
        single(FieldName::DhePrimeBits, answer.and_then(|answer| answer.dh_bits)),
        single(FieldName::AlpnChosen, record.tls.next_protocol.as_ref()),
        single(FieldName::Resumed, record.tls.resumed.then_some("yes")),
    ]
}

fn authentication(record: &Record) -> Vec<Field> {
    let answer = record.answer.as_ref();
    let request = record.certificate_request.as_ref();
    let codes = |codes: Option<&Vec<Code>>| codes.map_or_else(Vec::new, |codes| names(codes));
    let signed = |code: Option<&Code>| code.map(|code| code.name.clone());
    vec![
        list(FieldName::ServerChain, chain(record.certificates.server.as_deref())),
        single(FieldName::ServerScheme, signed(answer.and_then(|answer| answer.signature_scheme.as_ref()))),
        single(FieldName::Request, request.map(|_| "sent")),
        list(
            FieldName::RequestSchemes,
            codes(request.and_then(|request| request.signature_schemes.as_ref())),
        ),
        list(FieldName::RequestTypes, codes(request.and_then(|request| request.certificate_types.as_ref()))),
        set(
            FieldName::RequestAuthorities,
            request.map_or_else(Vec::new, |request| request.authorities.clone()),
        ),
        list(FieldName::ClientChain, chain(record.certificates.client.as_deref())),
        single(FieldName::ClientScheme, signed(request.and_then(|request| request.answered_with.as_ref()))),
    ]
}

/// What only a record of the same side can be compared with.
fn own(record: &Record) -> Vec<Field> {
    let local = &record.local;
    let certificates = local.certificates.iter();
    let certificates = certificates.map(|own| {
        let key = if own.has_private_key { "" } else { ", no private key" };
        format!("{} ({}, {} more sent along{key})", own.subject, own.key, own.chain)
    });
    vec![
        list(FieldName::OwnCertificates, certificates.collect()),
        list(FieldName::OwnCipherSuites, names(&local.cipher_suites)),
        single(FieldName::OwnLowestVersion, local.minimum_version.as_ref().map(|code| &code.name)),
        single(FieldName::OwnHighestVersion, local.maximum_version.as_ref().map(|code| &code.name)),
        set(FieldName::OwnVerifyMode, local.verify.clone()),
        single(FieldName::OwnVerifyDepth, local.verify_depth),
        single(FieldName::OwnSecurityLevel, Some(local.security_level)),
        set(FieldName::OwnTrustedCas, trusted(local)),
        single(FieldName::OwnExpectedName, local.expected_name.as_ref()),
        single(FieldName::OwnLibrary, Some(&record.library).filter(|library| !library.is_empty())),
    ]
}

/// Whom this side trusts, as far as the record names them.
fn trusted(local: &LocalRecord) -> Vec<String> {
    let more = (local.trust_anchors as usize).saturating_sub(local.trusted.len());
    let more = match (more, local.trusted.is_empty()) {
        (0, true) => Some("none".to_owned()),
        (0, false) => None,
        (count, true) => Some(count.to_string()),
        (count, false) => Some(format!("{count} more")),
    };
    local.trusted.iter().cloned().chain(more).collect()
}

/// GREASE differs from one hello to the next on purpose and says nothing.
fn names(codes: &[Code]) -> Vec<String> {
    codes.iter().map(|code| code.name.clone()).filter(|name| !name.starts_with("GREASE")).collect()
}

fn extensions(extensions: &[ExtensionRecord]) -> Vec<String> {
    let names = extensions.iter().map(|extension| extension.name.clone());
    names.filter(|name| !name.starts_with("GREASE")).collect()
}

/// Certificates with what decides whether they work, so that a renewed one differs.
fn chain(certificates: Option<&[CertificateRecord]>) -> Vec<String> {
    let Some(certificates) = certificates else { return Vec::new() };
    if certificates.is_empty() {
        return vec!["none (an empty Certificate)".to_owned()];
    }
    certificates.iter().map(shown).collect()
}

/// A certificate as it stands in a chain's row.
pub(super) fn shown(certificate: &CertificateRecord) -> String {
    let until = certificate.not_after.as_deref().unwrap_or("?");
    let CertificateRecord { subject, issuer, key, serial, .. } = certificate;
    format!("{subject} ({key}, issued by {issuer}, until {until}, serial {serial})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_ones_own_says_so() {
        for name in FieldName::ALL {
            assert_eq!(name.is_own(), name.text().starts_with("own "), "{name:?}");
        }
    }
}
