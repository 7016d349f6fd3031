//! Extensions as JSON: typed where an RFC defines the body, hexadecimal where none that we know does.
//!
//! Tickets, cookies, binders and keys are shown by their length alone: they identify or resume, and explain nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::code::{Code, MOST, hex, milliseconds};
use crate::wire::x509::Name;
use crate::wire::{
    CachedInformation, CertificateStatusType, CertificateTypes, DelegatedCredential, DistinguishedName,
    DnssecChain, EchConfig, EktCiphers, EncryptedClientHello, Extension, Extensions, Item, KeyShare,
    KeyShareEntry, List, OcspResponse, OidFilter, Place, PreSharedKey, ProtocolName, QuicTransportParameter,
    Reader, Sequence, SignedCertificateTimestamp, StatusRequest, SupportedVersions, TicketPinning,
    TokenBinding, TrustedAuthority, TrustedAuthorityType,
};

/// An extension of any message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ExtensionRecord {
    /// The number on the wire.
    pub code: u16,
    /// Its IANA name, `GREASE(0x1a1a)` or `0x1234`.
    pub name: String,
    /// Size of its body in bytes.
    pub size: usize,
    /// Its body: typed where we know how, in hexadecimal where not; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What is wrong with a body that does not decode, or is not shown whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The extensions of a block, as it stood in that place; the first ones, where it has very many.
pub(super) fn records(block: &[u8], place: Place) -> Vec<ExtensionRecord> {
    let extensions = Extensions::new(Reader::new(block), place);
    let typed = extensions.typed();
    extensions
        .iter()
        .zip(typed)
        .take(MOST)
        .map(|((kind, body), extension)| {
            let (mut value, mut problem) = match extension {
                Ok(extension) => (value(&extension), None),
                Err(error) => (Value::String(hex(body)), Some(error.to_string())),
            };
            if let Some(items) = value.as_array_mut().filter(|items| items.len() > MOST) {
                items.truncate(MOST);
                problem = Some(format!("it has more items than the {MOST} that are shown"));
            }
            ExtensionRecord {
                code: kind.0,
                name: kind.to_string(),
                size: body.len(),
                value: (!value.is_null()).then_some(value),
                problem,
            }
        })
        .collect()
}

/// What is wrong with a block behind the last extension that can be read.
pub(super) fn problem(block: &[u8], place: Place) -> Option<String> {
    Extensions::new(Reader::new(block), place).check().err().map(|error| error.to_string())
}

/// A list of code points, each a number with its name; one more than is shown, at most.
pub(super) fn codes<T: Item + Into<u16> + std::fmt::Display>(list: &List<'_, T>) -> Value {
    list.iter().take(MOST + 1).map(|item| code(item)).collect()
}

pub(super) fn code<T: Into<u16> + std::fmt::Display>(item: T) -> Value {
    let name = item.to_string();
    json!(Code { code: item.into(), name })
}

fn names(names: &Sequence<'_, ProtocolName<'_>>) -> Value {
    names.iter().take(MOST + 1).map(|name| Value::String(name.0.escape_ascii().to_string())).collect()
}

fn length(bytes: &[u8]) -> Value {
    json!({ "length": bytes.len() })
}

/// `null` for an extension that says all by being there.
fn value(extension: &Extension<'_>) -> Value {
    match extension {
        Extension::ServerName(names) => {
            names.iter().map(|name| Value::String(name.name.escape_ascii().to_string())).collect()
        }
        Extension::MaxFragmentLength(limit) => code(*limit),
        Extension::StatusRequest(request) => status(request),
        Extension::StatusRequestV2(items) => items.iter().map(|item| code(item.kind)).collect(),
        Extension::SupportedGroups(list) => codes(list),
        Extension::EcPointFormats(list) => codes(list),
        Extension::SignatureAlgorithms(list)
        | Extension::SignatureAlgorithmsCert(list)
        | Extension::DelegatedCredentialSchemes(list) => codes(list),
        Extension::UseSrtp(srtp) => json!({ "profiles": codes(&srtp.profiles), "mki": hex(srtp.mki) }),
        Extension::Heartbeat(mode) => code(*mode),
        Extension::Alpn(list)
        | Extension::ApplicationSettingsProtocols(list)
        | Extension::NextProtocolNegotiation(list) => names(list),
        Extension::SignedCertificateTimestamps(list) => list.iter().map(timestamp).collect(),
        Extension::ClientCertificateType(types)
        | Extension::ServerCertificateType(types)
        | Extension::CertificateType(types) => certificate_types(types),
        Extension::TrustedCaKeys(list) => list.iter().map(trusted_authority).collect(),
        Extension::UserMapping(list) => codes(list),
        Extension::ClientAuthorization(list) | Extension::ServerAuthorization(list) => codes(list),
        Extension::Srp(name) | Extension::PasswordClear(name) => {
            json!({ "user": name.escape_ascii().to_string() })
        }
        Extension::CachedInformation(cached) => cached_information(cached),
        Extension::TicketPinning(pinning) => ticket_pinning(pinning),
        Extension::EktCiphers(ciphers) => ekt_ciphers(ciphers),
        Extension::TransparencyInformation(list) => {
            list.iter().map(|item| Value::String(hex(item.0))).collect()
        }
        Extension::DnssecChain(chain) => dnssec_chain(chain),
        Extension::TrustAnchors(list) => list.iter().map(|anchor| Value::String(hex(anchor.0))).collect(),
        Extension::TokenBinding(binding) => token_binding(binding),
        Extension::CompressCertificate(list) => codes(list),
        Extension::RecordSizeLimit(limit) => json!(limit),
        Extension::DelegatedCredential(credential) => delegated_credential(credential),
        Extension::PreSharedKey(psk) => pre_shared_key(psk),
        Extension::EarlyData(most) => most.map_or(Value::Null, |most| json!({ "max_early_data_size": most })),
        Extension::SupportedVersions(versions) => supported_versions(versions),
        Extension::PskKeyExchangeModes(list) => codes(list),
        Extension::CertificateAuthorities(authorities) => authorities.iter().map(authority).collect(),
        Extension::OidFilters(filters) => filters.iter().map(oid_filter).collect(),
        Extension::KeyShare(share) => key_share(share),
        Extension::ConnectionId(bytes) | Extension::ExternalIdHash(bytes) | Extension::TlsFlags(bytes) => {
            Value::String(hex(bytes))
        }
        Extension::TicketRequest { new_session, resumption } => {
            json!({ "new_session": new_session, "resumption": resumption })
        }
        Extension::QuicTransportParameters(parameters) => {
            parameters.iter().map(transport_parameter).collect()
        }
        Extension::EncryptedClientHello(ech) => encrypted_client_hello(ech),
        Extension::EchOuterExtensions(list) => codes(list),
        Extension::Padding(bytes)
        | Extension::SessionTicket(bytes)
        | Extension::Cookie(bytes)
        | Extension::PasswordProtect(bytes)
        | Extension::PasswordSalt(bytes)
        | Extension::ExternalSessionId(bytes)
        | Extension::RenegotiationInfo(bytes) => length(bytes),
        Extension::ApplicationSettings(bytes)
        | Extension::Grease { body: bytes, .. }
        | Extension::Unknown { body: bytes, .. } => Value::String(hex(bytes)),
        Extension::TruncatedHmac
        | Extension::ClientCertificateUrl
        | Extension::EncryptThenMac
        | Extension::ExtendedMasterSecret
        | Extension::CertificateWithExternalPsk
        | Extension::PostHandshakeAuth
        | Extension::ReturnRoutabilityCheck
        | Extension::ChannelId => Value::Null,
    }
}

fn certificate_types(types: &CertificateTypes<'_>) -> Value {
    match types {
        CertificateTypes::Offered(list) => codes(list),
        CertificateTypes::Chosen(kind) => code(*kind),
    }
}

fn cached_information(cached: &CachedInformation<'_>) -> Value {
    match cached {
        CachedInformation::Offered(list) => {
            list.iter().map(|one| json!({ "type": code(one.kind), "hash": hex(one.hash) })).collect()
        }
        CachedInformation::Accepted(list) => codes(list),
    }
}

fn ticket_pinning(pinning: &TicketPinning<'_>) -> Value {
    match pinning {
        TicketPinning::Shown(ticket) => json!({ "ticket_length": ticket.len() }),
        TicketPinning::Proved { proof, ticket, lifetime } => json!({
            "proof_length": proof.len(),
            "ticket_length": ticket.len(),
            "lifetime_s": lifetime,
        }),
    }
}

fn dnssec_chain(chain: &DnssecChain<'_>) -> Value {
    match chain {
        DnssecChain::Wanted(port) => json!({ "port": port }),
        DnssecChain::Proof { support_lifetime, chain } => {
            json!({ "support_lifetime_h": support_lifetime, "length": chain.len() })
        }
    }
}

fn pre_shared_key(psk: &PreSharedKey<'_>) -> Value {
    match psk {
        PreSharedKey::Offered { identities, binders } => json!({
            "identities": identities
                .iter()
                .map(|psk| json!({ "length": psk.identity.len(), "obfuscated_ticket_age": psk.obfuscated_ticket_age }))
                .collect::<Vec<_>>(),
            "binders": binders.iter().map(|binder| binder.0.len()).collect::<Vec<_>>(),
        }),
        PreSharedKey::Chosen(index) => json!(index),
    }
}

fn key_share(share: &KeyShare<'_>) -> Value {
    let entry =
        |share: KeyShareEntry<'_>| json!({ "group": code(share.group), "length": share.key_exchange.len() });
    match share {
        KeyShare::Offered(shares) => shares.iter().map(entry).collect(),
        KeyShare::Chosen(share) => entry(*share),
        KeyShare::Retry(group) => json!({ "group": code(*group) }),
    }
}

fn delegated_credential(credential: &DelegatedCredential<'_>) -> Value {
    json!({
        "valid_time_s": credential.valid_time,
        "scheme": code(credential.certificate_verify_algorithm),
        "signed_with": code(credential.algorithm),
    })
}

fn token_binding(binding: &TokenBinding<'_>) -> Value {
    json!({
        "version": format!("{}.{}", binding.major, binding.minor),
        "key_parameters": codes(&binding.key_parameters),
    })
}

fn transport_parameter(parameter: QuicTransportParameter<'_>) -> Value {
    json!({ "id": parameter.id, "name": parameter.name(), "value": hex(parameter.value) })
}

fn authority(name: DistinguishedName<'_>) -> Value {
    Value::String(Name::parse(name.0).text)
}

fn oid_filter(filter: OidFilter<'_>) -> Value {
    json!({ "oid": hex(filter.oid), "values": hex(filter.values) })
}

fn supported_versions(versions: &SupportedVersions<'_>) -> Value {
    match versions {
        SupportedVersions::Offered(list) => codes(list),
        SupportedVersions::Chosen(version) => code(*version),
    }
}

fn ekt_ciphers(ciphers: &EktCiphers<'_>) -> Value {
    match ciphers {
        EktCiphers::Offered(list) => codes(list),
        EktCiphers::Chosen(cipher) => code(*cipher),
    }
}

fn status(request: &StatusRequest<'_>) -> Value {
    match request {
        StatusRequest::Ocsp(ocsp) => json!({
            "type": code(CertificateStatusType::OCSP),
            "responder_ids_length": ocsp.responder_ids.len(),
            "request_extensions_length": ocsp.request_extensions.len(),
        }),
        StatusRequest::Response { kind, response } => {
            json!({ "type": code(*kind), "response": ocsp_response(&OcspResponse(response)) })
        }
        StatusRequest::Other { kind, request } => json!({ "type": code(*kind), "request": hex(request) }),
        StatusRequest::Acknowledged => Value::Null,
    }
}

/// Whether the responder answered; what it says of the certificate stands under its signature.
pub(super) fn ocsp_response(response: &OcspResponse<'_>) -> Value {
    json!({ "length": response.0.len(), "status": response.status().map(code) })
}

fn timestamp(timestamp: SignedCertificateTimestamp<'_>) -> Value {
    match timestamp.v1() {
        Some(Ok(promise)) => json!({
            "version": 1,
            "log_id": hex(promise.log_id),
            "time": milliseconds(promise.timestamp),
            "scheme": code(promise.algorithm),
        }),
        _ => Value::String(hex(timestamp.0)),
    }
}

fn trusted_authority(authority: TrustedAuthority<'_>) -> Value {
    let name = match authority.kind {
        TrustedAuthorityType::X509_NAME => Name::parse(authority.name).text,
        _ => hex(authority.name),
    };
    json!({ "type": code(authority.kind), "name": name })
}

fn encrypted_client_hello(ech: &EncryptedClientHello<'_>) -> Value {
    match ech {
        EncryptedClientHello::Outer(outer) => json!({
            "type": "outer",
            "kdf": code(outer.kdf),
            "aead": code(outer.aead),
            "config_id": outer.config_id,
            "enc_length": outer.enc.len(),
            "payload_length": outer.payload.len(),
        }),
        EncryptedClientHello::Inner => json!({ "type": "inner" }),
        EncryptedClientHello::RetryConfigs(configs) => {
            json!({ "type": "retry_configs", "configs": configs.iter().map(ech_config).collect::<Vec<_>>() })
        }
        EncryptedClientHello::Confirmation(_) => json!({ "type": "confirmation" }),
    }
}

fn ech_config(config: EchConfig<'_>) -> Value {
    match config.decoded() {
        Some(Ok(contents)) => json!({
            "version": code(config.version),
            "config_id": contents.config_id,
            "kem": code(contents.kem),
            "public_key_length": contents.public_key.len(),
            "cipher_suites": contents
                .cipher_suites
                .iter()
                .map(|suite| json!({ "kdf": code(suite.kdf), "aead": code(suite.aead) }))
                .collect::<Vec<_>>(),
            "maximum_name_length": contents.maximum_name_length,
            "public_name": contents.public_name.escape_ascii().to_string(),
            "extensions": hex(contents.extensions),
        }),
        _ => json!({ "version": code(config.version), "contents": hex(config.contents) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_bodies_are_typed_and_unknown_ones_hexadecimal() {
        // supported_groups: x25519 and a number without a name; an unknown extension 0x1234; a GREASE one.
        let block = [
            &[0, 10, 0, 6, 0, 4, 0, 29, 0x77, 0x77][..],
            &[0x12, 0x34, 0, 2, 0xab, 0xcd],
            &[0x1a, 0x1a, 0, 0],
            &[0, 23, 0, 0],
        ]
        .concat();
        let records = records(&block, Place::ClientHello);
        assert_eq!(records.len(), 4);
        assert_eq!(
            records[0].value,
            Some(json!([{ "code": 29, "name": "x25519" }, { "code": 0x7777, "name": "0x7777" }]))
        );
        assert_eq!((records[1].name.as_str(), &records[1].value), ("0x1234", &Some(json!("abcd"))));
        assert_eq!(records[2].name, "GREASE(0x1a1a)");
        assert_eq!(records[3].value, None);
    }

    #[test]
    fn a_list_without_end_is_cut_and_says_so() {
        let groups = [&[0, 10, 0x80, 2, 0x80, 0][..], &[0; 0x8000]].concat();
        let records = records(&groups, Place::ClientHello);
        assert_eq!(records[0].value.as_ref().unwrap().as_array().unwrap().len(), MOST);
        assert!(records[0].problem.as_ref().unwrap().contains("1000"));
        assert_eq!(self::records(&[0, 23, 0, 0].repeat(5000), Place::ClientHello).len(), MOST);
    }

    #[test]
    fn the_end_of_a_malformed_block_is_explained() {
        let block = [0, 23, 0, 0, 0, 10, 0, 9, 1];
        assert_eq!(records(&block, Place::ClientHello).len(), 1);
        let problem = problem(&block, Place::ClientHello).unwrap();
        assert_eq!(problem, "extension_data is cut off: it needs 9 bytes at byte 8, and 1 are left");
    }

    #[test]
    fn a_malformed_body_is_shown_with_what_is_wrong() {
        let records = records(&[0, 10, 0, 3, 0, 4, 0], Place::ClientHello);
        assert_eq!(records[0].value, Some(json!("000400")));
        assert!(records[0].problem.is_some());
    }
}
