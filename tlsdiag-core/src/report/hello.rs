//! A ClientHello by itself, as it was captured: what it offers, and its fingerprints.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OfferRecord, Record};
use crate::Error;
use crate::diagnose::diagnose;
use crate::event::{ConnectionId, Direction, EventBody, Recording};
use crate::handshake::Handshake;
use crate::wire::{Deframer, Frame, HandshakeType};

/// A ClientHello that belongs to no recorded handshake.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct ClientHelloRecord {
    /// What it offers, as in a whole record.
    pub offer: OfferRecord,
    /// JA3: an MD5 in hexadecimal.
    pub ja3: String,
    /// What JA3 is the digest of.
    pub ja3_text: String,
    /// JA4, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    pub ja4: String,
}

/// Reads a ClientHello: the message with its header of four bytes, or the records that carry it, whatever follows them.
///
/// # Errors
///
/// Says in one sentence why the bytes are no whole ClientHello.
pub fn client_hello(bytes: &[u8]) -> Result<ClientHelloRecord, Error> {
    let message = message(bytes)?;
    let mut recording = Recording::new(ConnectionId(0));
    recording.push(Duration::ZERO, &EventBody::Message { direction: Direction::Received, bytes: &message });
    let handshake = Handshake::from_recording(&recording);
    if let Some(problem) = handshake.undecoded.first() {
        return Err(Error::new(format!("the ClientHello is malformed: {}", problem.value)));
    }
    let record = Record::new(&handshake, &diagnose(&handshake));
    let (Some(offer), Some(record)) = (&handshake.offer, record.offer) else {
        return Err(Error::new("the message is too long to be read"));
    };
    Ok(ClientHelloRecord { offer: record, ja3: offer.ja3(), ja3_text: offer.ja3_text(), ja4: offer.ja4() })
}

/// The message of the first record, or the bytes themselves.
fn message(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    const HANDSHAKE_RECORD: u8 = 22;
    const SSLV2: u8 = 0x80;
    let mut found = None;
    match bytes.first() {
        None => return Err(Error::new("there are no bytes, where a ClientHello should be")),
        Some(&first) if first == HANDSHAKE_RECORD || first & SSLV2 != 0 => {
            Deframer::new().push(bytes, |frame| {
                if let Frame::Handshake(message) | Frame::SslV2ClientHello(_, message) = frame {
                    found.get_or_insert_with(|| message.to_vec());
                }
            });
        }
        Some(_) => found = Some(bytes.to_vec()),
    }
    let Some(message) = found else {
        return Err(Error::new("the bytes end before a whole handshake message, or are no TLS at all"));
    };
    let kind = HandshakeType(message.first().copied().unwrap_or_default());
    if kind != HandshakeType::CLIENT_HELLO && message.first().is_none_or(|first| first & SSLV2 == 0) {
        return Err(Error::new(format!("this is no ClientHello; as a handshake message it would be {kind}")));
    }
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TLS 1.2, one suite, the null compression, no extensions.
    fn hello() -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([7; 32]);
        body.extend([0, 0, 2, 0xc0, 0x2f, 1, 0]);
        let mut message = vec![1, 0, 0, body.len() as u8];
        message.extend(body);
        message
    }

    #[test]
    fn with_records_around_it_and_without() {
        let message = hello();
        let (head, tail) = message.split_at(9);
        let mut records = vec![22, 3, 1, 0, head.len() as u8];
        records.extend(head);
        records.extend([22, 3, 1, 0, tail.len() as u8]);
        records.extend(tail);
        records.extend([23, 3, 3]);
        let read = client_hello(&message).unwrap();
        assert_eq!(read, client_hello(&records).unwrap());
        assert_eq!(read.offer.cipher_suites[0].name, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(read.ja3_text, "771,49199,,,");
    }

    #[test]
    fn what_is_none_is_said() {
        let says = |bytes: &[u8]| client_hello(bytes).unwrap_err().to_string();
        assert!(says(&[]).contains("no bytes"));
        assert!(says(b"GET / HTTP/1.1\r\n").contains("no ClientHello"));
        assert!(says(&[2, 0, 0, 0]).contains("server_hello"));
        let message = hello();
        assert!(says(&message[..message.len() - 1]).contains("malformed"));
        assert!(says(&[22, 3, 1, 0, 200, 1, 0, 0]).contains("end before"));
    }
}
