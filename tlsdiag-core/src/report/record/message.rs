//! Messages as JSON: what they say that stands nowhere else in a record.
//!
//! Keys, signatures and tickets are shown by their length alone, as in extensions.

use serde_json::{Value, json};

use super::code::hex;
use super::extension::{self, code};
use crate::wire::{
    CertificateRequest, CertificateUrl, ClientKeyExchange, ClientKeyParams, CompressedCertificate, EktKey,
    LooksLike, Message, NewSessionTicket, Place, ServerHello, ServerKeyExchange, ServerKeyParams, looks_like,
};

/// How many bytes of a message that cannot be read are shown; a record is for reading.
const SHOWN: usize = 1024;

/// `null` for a message that says all by being there.
pub(super) fn value(message: &Message<'_>) -> Value {
    match message {
        Message::ServerHello(hello) => server_hello(hello),
        Message::HelloVerifyRequest(request) => json!({
            "version": code(request.server_version),
            "cookie_length": request.cookie.len(),
        }),
        Message::NewSessionTicket(ticket) => new_session_ticket(ticket),
        Message::CompressedCertificate(compressed) => compressed_certificate(compressed),
        Message::ServerKeyExchange(exchange) => server_key_exchange(exchange),
        Message::ClientKeyExchange(exchange) => client_key_exchange(exchange),
        Message::CertificateVerify(verify) => {
            json!({ "scheme": verify.scheme.map(code), "signature_length": verify.signature.len() })
        }
        Message::CertificateStatus(status) => json!({
            "type": code(status.kind),
            "responses": status.responses.iter().map(|one| extension::ocsp_response(&one)).collect::<Vec<_>>(),
        }),
        Message::KeyUpdate(request) => json!({ "request_update": code(*request) }),
        Message::MessageHash(hash) => json!({ "hash": hex(hash) }),
        Message::RequestConnectionId(count) => json!({ "count": count }),
        Message::NewConnectionId(new) => json!({
            "ids": new.ids.iter().map(|id| hex(id.0)).collect::<Vec<_>>(),
            "usage": code(new.usage),
        }),
        Message::ClientCertificateRequest(request) => certificate_request(request),
        Message::CertificateUrl(urls) => certificate_url(urls),
        Message::SupplementalData(entries) => {
            entries.iter().map(|entry| json!({ "type": code(entry.kind), "data": hex(entry.data) })).collect()
        }
        Message::EktKey(key) => ekt_key(key),
        Message::Unknown { kind, body } => json!({ "type": code(*kind), "body": hex(start(body)) }),
        // These stand elsewhere in the record, or have no body.
        Message::HelloRequest
        | Message::ClientHello(_)
        | Message::EndOfEarlyData
        | Message::EncryptedExtensions(_)
        | Message::Certificate(_)
        | Message::CertificateRequest(_)
        | Message::ServerHelloDone
        | Message::Finished(_) => Value::Null,
    }
}

/// What the first bytes look like that are no record of TLS.
pub(super) fn not_tls(bytes: &[u8; 5]) -> Option<Value> {
    let looks = looks_like(bytes);
    Some(match looks {
        LooksLike::SslV2ClientHello(version) => {
            json!({ "looks_like": looks.name()?, "version": code(version) })
        }
        _ => json!({ "looks_like": looks.name()? }),
    })
}

/// The beginning of bytes that cannot be read.
pub(super) fn undecoded(bytes: &[u8]) -> Value {
    Value::String(hex(start(bytes)))
}

fn start(bytes: &[u8]) -> &[u8] {
    bytes.get(..SHOWN).unwrap_or(bytes)
}

fn server_hello(hello: &ServerHello<'_>) -> Value {
    json!({
        "legacy_version": code(hello.legacy_version),
        "random": hex(hello.random),
        "session_id_length": hello.session_id.len(),
        "compression_method": code(hello.compression_method),
        "downgrade_from": hello.downgrade_sentinel().map(code),
    })
}

fn new_session_ticket(ticket: &NewSessionTicket<'_>) -> Value {
    let mut value = json!({ "lifetime_s": ticket.lifetime, "ticket_length": ticket.ticket.len() });
    if let (Some(new), Some(object)) = (ticket.tls13, value.as_object_mut()) {
        object.insert("age_add".to_owned(), json!(new.age_add));
        object.insert("nonce".to_owned(), json!(hex(new.nonce)));
        let extensions = extension::records(new.extensions.as_bytes(), Place::NewSessionTicket);
        object.insert("extensions".to_owned(), json!(extensions));
    }
    value
}

fn compressed_certificate(compressed: &CompressedCertificate<'_>) -> Value {
    json!({
        "algorithm": code(compressed.algorithm),
        "length": compressed.message.len(),
        "uncompressed_length": compressed.uncompressed_length,
    })
}

fn server_key_exchange(exchange: &ServerKeyExchange<'_>) -> Value {
    let mut value = match exchange.params {
        ServerKeyParams::Ecdhe { group, public } => {
            json!({ "group": code(group), "public_length": public.len() })
        }
        ServerKeyParams::Dhe { public, .. } => {
            json!({ "prime_bits": exchange.dh_prime_bits(), "public_length": public.len() })
        }
        ServerKeyParams::Srp { salt, public, .. } => json!({
            "prime_bits": exchange.dh_prime_bits(),
            "salt_length": salt.len(),
            "public_length": public.len(),
        }),
        ServerKeyParams::RsaExport { modulus, .. } => json!({ "modulus_length": modulus.len() }),
        ServerKeyParams::None => json!({}),
        ServerKeyParams::Opaque(bytes) => json!({ "opaque": hex(start(bytes)) }),
    };
    if let Some(object) = value.as_object_mut() {
        if let Some(hint) = exchange.psk_identity_hint {
            object.insert("psk_identity_hint".to_owned(), json!(hint.escape_ascii().to_string()));
        }
        if let Some(scheme) = exchange.scheme {
            object.insert("scheme".to_owned(), code(scheme));
        }
        if let Some(signature) = exchange.signature {
            object.insert("signature_length".to_owned(), json!(signature.len()));
        }
    }
    value
}

fn client_key_exchange(exchange: &ClientKeyExchange<'_>) -> Value {
    let (kind, length) = match exchange.params {
        ClientKeyParams::EncryptedPremaster(bytes) => ("encrypted_pre_master_secret", bytes.len()),
        ClientKeyParams::Ecdhe(bytes) => ("ecdhe", bytes.len()),
        ClientKeyParams::Dhe(bytes) => ("dhe", bytes.len()),
        ClientKeyParams::Srp(bytes) => ("srp", bytes.len()),
        ClientKeyParams::None => ("psk", 0),
        ClientKeyParams::Opaque(bytes) => ("opaque", bytes.len()),
    };
    let mut value = json!({ "type": kind, "length": length });
    if let (Some(identity), Some(object)) = (exchange.psk_identity, value.as_object_mut()) {
        object.insert("psk_identity".to_owned(), json!(identity.escape_ascii().to_string()));
    }
    value
}

fn certificate_request(request: &CertificateRequest<'_>) -> Value {
    let block = request.extensions().map_or(&[][..], |extensions| extensions.as_bytes());
    json!({
        "context": hex(request.context()),
        "extensions": extension::records(block, Place::CertificateRequest),
    })
}

fn certificate_url(urls: &CertificateUrl<'_>) -> Value {
    let one = |url: crate::wire::UrlAndHash<'_>| json!({ "url": url.url.escape_ascii().to_string(), "hash": hex(url.hash) });
    json!({ "type": code(urls.kind), "urls": urls.urls.iter().map(one).collect::<Vec<_>>() })
}

fn ekt_key(key: &EktKey<'_>) -> Value {
    json!({ "spi": key.spi, "ttl_s": key.ttl, "key_length": key.key_value.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{CipherSuite, Dialect, ProtocolVersion};

    fn shown(bytes: &[u8], version: ProtocolVersion, suite: CipherSuite) -> Value {
        let dialect = Dialect { version: Some(version), suite: Some(suite), ..Dialect::default() };
        value(&Message::decode(bytes, &dialect).unwrap())
    }

    #[test]
    fn a_ticket_of_each_form() {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        let old = shown(&[4, 0, 0, 8, 0, 0, 0, 60, 0, 2, 7, 7], ProtocolVersion::TLS1_2, suite);
        assert_eq!(old, json!({ "lifetime_s": 60, "ticket_length": 2 }));
        let new =
            [&[4, 0, 0, 23, 0, 0, 0, 60, 0, 0, 1, 0, 1, 9, 0, 1, 7][..], &[0, 8, 0, 42, 0, 4, 0, 0, 0x40, 0]];
        let new = shown(&new.concat(), ProtocolVersion::TLS1_3, suite);
        assert_eq!((&new["age_add"], &new["nonce"]), (&json!(256), &json!("09")));
        assert_eq!(new["extensions"][0]["value"], json!({ "max_early_data_size": 16_384 }));
    }

    #[test]
    fn a_key_exchange_names_group_and_scheme() {
        let suite = CipherSuite::TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA;
        let psk = [12, 0, 0, 9, 0, 1, b'h', 3, 0, 29, 2, 8, 9];
        let group = json!({ "code": 29, "name": "x25519" });
        assert_eq!(
            shown(&psk, ProtocolVersion::TLS1_2, suite),
            json!({ "group": group, "public_length": 2, "psk_identity_hint": "h" })
        );
        let suite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        let signed = shown(&[12, 0, 0, 11, 3, 0, 29, 2, 8, 9, 8, 4, 0, 1, 7], ProtocolVersion::TLS1_2, suite);
        assert_eq!(signed["scheme"]["name"], "rsa_pss_rsae_sha256");
        assert_eq!(signed["signature_length"], 1);
    }

    #[test]
    fn compression_status_and_update_are_named() {
        let suite = CipherSuite::TLS_AES_128_GCM_SHA256;
        let compressed = shown(&[25, 0, 0, 9, 0, 3, 0, 1, 0, 0, 0, 1, 7], ProtocolVersion::TLS1_3, suite);
        assert_eq!(
            (&compressed["algorithm"]["name"], &compressed["uncompressed_length"]),
            (&json!("zstd"), &json!(256))
        );
        let status = [22, 0, 0, 9, 1, 0, 0, 5, 0x30, 3, 0x0a, 1, 3];
        let status = shown(&status, ProtocolVersion::TLS1_2, suite);
        assert_eq!(status["responses"][0]["status"]["name"], "tryLater");
        let update = shown(&[24, 0, 0, 1, 1], ProtocolVersion::TLS1_3, suite);
        assert_eq!(update["request_update"]["name"], "update_requested");
    }

    #[test]
    fn a_hello_of_sslv2_is_named() {
        let version = json!({ "code": 0x0301, "name": "TLSv1.0" });
        let expected = json!({ "looks_like": "sslv2_client_hello", "version": version });
        assert_eq!(not_tls(b"\x80\x2e\x01\x03\x01"), Some(expected));
        assert_eq!(not_tls(b"GET /"), Some(json!({ "looks_like": "http_request" })));
        assert_eq!(not_tls(&[0xff; 5]), None);
    }

    #[test]
    fn an_unknown_message_is_a_number_and_hexadecimal() {
        let unknown = shown(&[99, 0, 0, 2, 0xab, 0xcd], ProtocolVersion::TLS1_3, CipherSuite(0));
        assert_eq!(unknown, json!({ "type": { "code": 99, "name": "0x63" }, "body": "abcd" }));
        assert_eq!(undecoded(&[7; 5000]).as_str().unwrap().len(), 2 * SHOWN);
    }
}
