//! The signature by which this side proved that it holds its certificate's key: CertificateVerify (RFC 8446 section 4.4.3, RFC 5246
//! section 7.4.8), over the messages before it; of a server of TLS 1.2 the one in ServerKeyExchange (RFC 5246 section 7.4.3).

use sha2::{Digest, Sha256, Sha384};
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo};

use super::{EC, ED25519, Hash, Made, RSA, RSA_PSS, ecdsa, ed25519, rsa};
use crate::event::{Direction, EventBody, Recording, Role};
use crate::handshake::Handshake;
use crate::wire::x509::Signed;
use crate::wire::{AlertDescription, Dialect, HandshakeType, Message, ProtocolVersion};

/// Whether the key of the certificate that was sent made the signature that was sent, where the peer answered decrypt_error.
pub(super) fn of_own_key(handshake: &Handshake, recording: &Recording) -> Option<bool> {
    let refused = handshake.fatal_alert(Direction::Received)?;
    if refused.description != AlertDescription::DECRYPT_ERROR {
        return None;
    }
    let chain = handshake.own_chain().filter(|chain| !chain.raw_public_keys)?;
    let proof = match handshake.role {
        Role::Server if !handshake.is_tls13() => of_key_exchange(handshake, recording)?,
        _ => of_messages(handshake, recording)?,
    };
    let (_, key) =
        SubjectPublicKeyInfo::from_der(Signed::parse(&chain.certificates.first()?.der)?.key).ok()?;
    let made = Made { message: &proof.message, signature: proof.signature };
    let scheme = proof.scheme;
    let hash = |byte| match byte {
        2 => Some(Hash::Sha1),
        3 => Some(Hash::Sha224),
        4 => Some(Hash::Sha256),
        5 => Some(Hash::Sha384),
        6 => Some(Hash::Sha512),
        _ => None,
    };
    match (scheme, key.algorithm.algorithm.to_id_string().as_str()) {
        (0x0804 | 0x0809, RSA | RSA_PSS) => rsa::verify(&key, true, Hash::Sha256, made),
        (0x0805 | 0x080a, RSA | RSA_PSS) => rsa::verify(&key, true, Hash::Sha384, made),
        (0x0806 | 0x080b, RSA | RSA_PSS) => rsa::verify(&key, true, Hash::Sha512, made),
        (0x0807, ED25519) => ed25519(&key.subject_public_key.data, made),
        (scheme, RSA) if scheme & 0xff == 1 => rsa::verify(&key, false, hash(scheme >> 8)?, made),
        (scheme, EC) if scheme & 0xff == 3 => ecdsa::verify(&key, hash(scheme >> 8)?, made),
        _ => None,
    }
}

/// What was signed, and how.
struct Proof<'a> {
    message: Vec<u8>,
    scheme: u16,
    signature: &'a [u8],
}

/// CertificateVerify.
fn of_messages<'a>(handshake: &Handshake, recording: &'a Recording) -> Option<Proof<'a>> {
    let (messages, verify) = until_verify(recording)?;
    let [high, low, size @ ..] = verify else { return None };
    let signature =
        size.get(2..).filter(|signature| size.starts_with(&(signature.len() as u16).to_be_bytes()))?;
    let message = if handshake.is_tls13() { content(handshake, &messages)? } else { messages.concat() };
    Some(Proof { message, scheme: u16::from_be_bytes([*high, *low]), signature })
}

/// ServerKeyExchange of TLS 1.2: both randoms, and the server's part of the key exchange.
fn of_key_exchange<'a>(handshake: &Handshake, recording: &'a Recording) -> Option<Proof<'a>> {
    const RANDOM: std::ops::Range<usize> = 6..38;
    if recording.missed() > 0 || handshake.version()? != ProtocolVersion::TLS1_2 {
        return None;
    }
    let dialect = Dialect {
        suite: handshake.cipher_suite(),
        version: Some(ProtocolVersion::TLS1_2),
        ..Dialect::default()
    };
    let (mut client, mut server) = (None, None);
    for event in recording.events() {
        let EventBody::Message { bytes, .. } = event.body else { continue };
        match HandshakeType(*bytes.first()?) {
            HandshakeType::CLIENT_HELLO => client = bytes.get(RANDOM),
            HandshakeType::SERVER_HELLO => server = bytes.get(RANDOM),
            HandshakeType::SERVER_KEY_EXCHANGE => {
                let Ok(Message::ServerKeyExchange(exchange)) = Message::decode(bytes, &dialect) else {
                    return None;
                };
                let (scheme, signature) = exchange.scheme.zip(exchange.signature)?;
                // A header before it, behind it the scheme and the signature with its length.
                let params = bytes.get(4..bytes.len().checked_sub(signature.len() + 4)?)?;
                return Some(Proof {
                    message: [client?, server?, params].concat(),
                    scheme: scheme.0,
                    signature,
                });
            }
            _ => {}
        }
    }
    None
}

/// The messages up to this side's CertificateVerify, and that one's body; `None` where it sent none, or something is missing.
fn until_verify(recording: &Recording) -> Option<(Vec<&[u8]>, &[u8])> {
    if recording.missed() > 0 {
        return None;
    }
    let mut messages = Vec::new();
    for event in recording.events() {
        // `bytes` is borrowed from the recording.
        let EventBody::Message { direction, bytes } = event.body else { continue };
        match HandshakeType(*bytes.first()?) {
            HandshakeType::HELLO_REQUEST => {}
            HandshakeType::CERTIFICATE_VERIFY if direction == Direction::Sent => {
                return Some((messages, bytes.get(4..)?));
            }
            _ => messages.push(bytes),
        }
    }
    None
}

/// What TLS 1.3 signs: a name, and the hash of the messages; of a first ClientHello that was answered by HelloRetryRequest, a message
/// that is its hash (RFC 8446 section 4.4.1).
fn content(handshake: &Handshake, messages: &[&[u8]]) -> Option<Vec<u8>> {
    let (bytes, name) = handshake.cipher_suite()?.tls13_hash()?;
    let digest: fn(&[u8]) -> Vec<u8> = match name {
        "SHA-256" => |message| Sha256::digest(message).to_vec(),
        "SHA-384" => |message| Sha384::digest(message).to_vec(),
        _ => return None,
    };
    let mut transcript = Vec::new();
    let retried = messages.get(1).is_some_and(|message| is_retry(message));
    for (i, message) in messages.iter().enumerate() {
        if retried && i == 0 {
            transcript.extend([254, 0, 0, bytes as u8]);
            transcript.extend(digest(message));
        } else {
            transcript.extend_from_slice(message);
        }
    }
    let context: &[u8] = match handshake.role {
        Role::Client => b"TLS 1.3, client CertificateVerify\0",
        Role::Server => b"TLS 1.3, server CertificateVerify\0",
    };
    Some([&[b' '; 64][..], context, &digest(&transcript)].concat())
}

fn is_retry(message: &[u8]) -> bool {
    matches!(Message::decode(message, &Dialect::default()), Ok(Message::ServerHello(hello)) if hello.is_hello_retry_request())
}
