//! [`Message`], the sum of all handshake messages.

use super::certificate::{CertificateMessage, CertificateVerify, CompressedCertificate};
use super::certificate_request::CertificateRequest;
use super::certificate_status::CertificateStatus;
use super::certificate_url::CertificateUrl;
use super::client_hello::ClientHello;
use super::code_points::*;
use super::connection_id::NewConnectionId;
use super::dialect::Dialect;
use super::dtls::DtlsHandshakeHeader;
use super::ekt_key::EktKey;
use super::error::{Problem, WireError};
use super::key_exchange::{ClientKeyExchange, ServerKeyExchange};
use super::list::Sequence;
use super::reader::Reader;
use super::server_hello::{EncryptedExtensions, HelloVerifyRequest, ServerHello};
use super::supplemental_data::SupplementalDataEntry;
use super::ticket::NewSessionTicket;

/// A handshake message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// RFC 5246, section 7.4.1.1: a server's wish to renegotiate.
    HelloRequest,
    /// What a client offers.
    ClientHello(ClientHello<'a>),
    /// What a server chose, or HelloRetryRequest.
    ServerHello(ServerHello<'a>),
    /// DTLS: the demand to prove an address.
    HelloVerifyRequest(HelloVerifyRequest<'a>),
    /// A ticket to resume with.
    NewSessionTicket(NewSessionTicket<'a>),
    /// RFC 8446, section 4.5.
    EndOfEarlyData,
    /// What a server answers under encryption.
    EncryptedExtensions(EncryptedExtensions<'a>),
    /// A chain.
    Certificate(CertificateMessage<'a>),
    /// A chain under compression.
    CompressedCertificate(CompressedCertificate<'a>),
    /// The server's key before TLS 1.3.
    ServerKeyExchange(ServerKeyExchange<'a>),
    /// The server asks for a certificate.
    CertificateRequest(CertificateRequest<'a>),
    /// RFC 5246, section 7.4.5.
    ServerHelloDone,
    /// The proof that the sender of a Certificate has its key.
    CertificateVerify(CertificateVerify<'a>),
    /// The client's key before TLS 1.3.
    ClientKeyExchange(ClientKeyExchange<'a>),
    /// The proof that both sides saw the same handshake: an HMAC, or 12 bytes (36 in SSLv3) before TLS 1.3.
    Finished(&'a [u8]),
    /// The proof that a certificate is not revoked, before TLS 1.3.
    CertificateStatus(CertificateStatus<'a>),
    /// New keys from here on.
    KeyUpdate(KeyUpdateRequest),
    /// RFC 8446, section 4.4.1: stands for a ClientHello in the transcript, never on the wire.
    MessageHash(&'a [u8]),
    /// RFC 9147, section 9: the wish for this many connection identifiers.
    RequestConnectionId(u8),
    /// Connection identifiers to use from here on.
    NewConnectionId(NewConnectionId<'a>),
    /// RFC 9261, section 4: a client asks for the server's certificate, as exported authenticators do.
    ClientCertificateRequest(CertificateRequest<'a>),
    /// Where the client's certificates are.
    CertificateUrl(CertificateUrl<'a>),
    /// RFC 4680: what applications put into the handshake.
    SupplementalData(Sequence<'a, SupplementalDataEntry<'a>>),
    /// The keys of a conference.
    EktKey(EktKey<'a>),
    /// One that we do not decode.
    Unknown {
        /// Its kind.
        kind: HandshakeType,
        /// Its body.
        body: &'a [u8],
    },
}

impl<'a> Message<'a> {
    /// Decodes one message that starts with its header (type and length) and fills `bytes`.
    pub fn decode(bytes: &'a [u8], dialect: &Dialect) -> Result<Self, WireError> {
        let mut reader = Reader::new(bytes);
        let (kind, mut body) = if dialect.dtls {
            let header = DtlsHandshakeHeader::read(&mut reader)?;
            if !header.is_whole() {
                return Err(reader.problem("handshake message", Problem::Fragment));
            }
            (header.kind, reader.sub(header.length as usize, "handshake message")?)
        } else {
            (HandshakeType(reader.u8("msg_type")?), reader.sub24("handshake message")?)
        };
        reader.finish("handshake message")?;
        // One variable for every outcome, so that the message is built where the caller wants it.
        let mut result = Self::decode_body(kind, &mut body, dialect);
        if !body.is_empty() && result.is_ok() {
            result = Err(Self::trailing(kind, &body));
        }
        result
    }

    #[cold]
    fn trailing(kind: HandshakeType, body: &Reader<'_>) -> WireError {
        body.problem(kind.name().unwrap_or("handshake message"), Problem::Trailing { left: body.left() })
    }

    #[inline(always)]
    fn decode_body(kind: HandshakeType, body: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        Ok(match kind {
            HandshakeType::HELLO_REQUEST => Self::HelloRequest,
            HandshakeType::CLIENT_HELLO => Self::ClientHello(ClientHello::decode(body, dialect.dtls)?),
            HandshakeType::SERVER_HELLO => Self::ServerHello(ServerHello::decode(body)?),
            HandshakeType::HELLO_VERIFY_REQUEST => {
                Self::HelloVerifyRequest(HelloVerifyRequest::decode(body)?)
            }
            HandshakeType::NEW_SESSION_TICKET => {
                Self::NewSessionTicket(NewSessionTicket::decode(body, dialect)?)
            }
            HandshakeType::END_OF_EARLY_DATA => Self::EndOfEarlyData,
            HandshakeType::ENCRYPTED_EXTENSIONS => {
                Self::EncryptedExtensions(EncryptedExtensions::decode(body)?)
            }
            HandshakeType::CERTIFICATE => Self::Certificate(CertificateMessage::decode(body, dialect)?),
            HandshakeType::COMPRESSED_CERTIFICATE => {
                Self::CompressedCertificate(CompressedCertificate::decode(body)?)
            }
            HandshakeType::SERVER_KEY_EXCHANGE => {
                Self::ServerKeyExchange(ServerKeyExchange::decode(body, dialect)?)
            }
            HandshakeType::CERTIFICATE_REQUEST => {
                Self::CertificateRequest(CertificateRequest::decode(body, dialect)?)
            }
            HandshakeType::SERVER_HELLO_DONE => Self::ServerHelloDone,
            HandshakeType::CERTIFICATE_VERIFY => {
                Self::CertificateVerify(CertificateVerify::decode(body, dialect)?)
            }
            HandshakeType::CLIENT_KEY_EXCHANGE => {
                Self::ClientKeyExchange(ClientKeyExchange::decode(body, dialect)?)
            }
            HandshakeType::FINISHED => Self::Finished(body.rest()),
            HandshakeType::CERTIFICATE_STATUS => Self::CertificateStatus(CertificateStatus::decode(body)?),
            HandshakeType::KEY_UPDATE => Self::KeyUpdate(KeyUpdateRequest(body.u8("request_update")?)),
            HandshakeType::MESSAGE_HASH => Self::MessageHash(body.rest()),
            HandshakeType::REQUEST_CONNECTION_ID => Self::RequestConnectionId(body.u8("num_cids")?),
            HandshakeType::NEW_CONNECTION_ID => Self::NewConnectionId(NewConnectionId::decode(body)?),
            HandshakeType::CLIENT_CERTIFICATE_REQUEST => {
                Self::ClientCertificateRequest(CertificateRequest::decode_tls13(body)?)
            }
            HandshakeType::CERTIFICATE_URL => Self::CertificateUrl(CertificateUrl::decode(body)?),
            HandshakeType::SUPPLEMENTAL_DATA => Self::SupplementalData(body.sub24("supp_data")?.sequence()?),
            HandshakeType::EKT_KEY => Self::EktKey(EktKey::decode(body)?),
            kind => Self::Unknown { kind, body: body.rest() },
        })
    }

    /// The type that stands in the message's header.
    pub fn kind(&self) -> HandshakeType {
        match self {
            Self::HelloRequest => HandshakeType::HELLO_REQUEST,
            Self::ClientHello(_) => HandshakeType::CLIENT_HELLO,
            Self::ServerHello(_) => HandshakeType::SERVER_HELLO,
            Self::HelloVerifyRequest(_) => HandshakeType::HELLO_VERIFY_REQUEST,
            Self::NewSessionTicket(_) => HandshakeType::NEW_SESSION_TICKET,
            Self::EndOfEarlyData => HandshakeType::END_OF_EARLY_DATA,
            Self::EncryptedExtensions(_) => HandshakeType::ENCRYPTED_EXTENSIONS,
            Self::Certificate(_) => HandshakeType::CERTIFICATE,
            Self::CompressedCertificate(_) => HandshakeType::COMPRESSED_CERTIFICATE,
            Self::ServerKeyExchange(_) => HandshakeType::SERVER_KEY_EXCHANGE,
            Self::CertificateRequest(_) => HandshakeType::CERTIFICATE_REQUEST,
            Self::ServerHelloDone => HandshakeType::SERVER_HELLO_DONE,
            Self::CertificateVerify(_) => HandshakeType::CERTIFICATE_VERIFY,
            Self::ClientKeyExchange(_) => HandshakeType::CLIENT_KEY_EXCHANGE,
            Self::Finished(_) => HandshakeType::FINISHED,
            Self::CertificateStatus(_) => HandshakeType::CERTIFICATE_STATUS,
            Self::KeyUpdate(_) => HandshakeType::KEY_UPDATE,
            Self::MessageHash(_) => HandshakeType::MESSAGE_HASH,
            Self::RequestConnectionId(_) => HandshakeType::REQUEST_CONNECTION_ID,
            Self::NewConnectionId(_) => HandshakeType::NEW_CONNECTION_ID,
            Self::ClientCertificateRequest(_) => HandshakeType::CLIENT_CERTIFICATE_REQUEST,
            Self::CertificateUrl(_) => HandshakeType::CERTIFICATE_URL,
            Self::SupplementalData(_) => HandshakeType::SUPPLEMENTAL_DATA,
            Self::EktKey(_) => HandshakeType::EKT_KEY,
            Self::Unknown { kind, .. } => *kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_must_fill_its_bytes() {
        let decode = |bytes: &'static [u8]| Message::decode(bytes, &Dialect::default());
        assert_eq!(decode(&[14, 0, 0, 0]), Ok(Message::ServerHelloDone));
        assert_eq!(decode(&[14, 0, 0, 0, 9]).unwrap_err().problem, Problem::Trailing { left: 1 });
        assert_eq!(decode(&[14, 0, 0, 1, 9]).unwrap_err().what, "server_hello_done");
        assert_eq!(decode(&[14, 0, 0, 2, 9]).unwrap_err().problem, Problem::Missing { needed: 2, left: 1 });
        assert_eq!(decode(&[99, 0, 0, 1, 9]), Ok(Message::Unknown { kind: HandshakeType(99), body: &[9] }));
    }

    #[test]
    fn the_rarer_messages_are_typed() {
        let supplement = [23, 0, 0, 8, 0, 0, 5, 0, 0, 0, 1, 7];
        let Ok(Message::SupplementalData(entries)) = Message::decode(&supplement, &Dialect::default()) else {
            panic!()
        };
        let kind = SupplementalDataType::USER_MAPPING_DATA;
        assert!(entries.iter().eq([SupplementalDataEntry { kind, data: &[7] }]));
        for (bytes, kind) in [
            (&[9, 0, 0, 1, 3][..], "request_connection_id"),
            (&[10, 0, 0, 5, 0, 2, 1, 7, 0], "new_connection_id"),
            (&[17, 0, 0, 3, 0, 0, 0], "client_certificate_request"),
            (&[21, 0, 0, 3, 0, 0, 0], "certificate_url"),
            (&supplement, "supplemental_data"),
            (&[26, 0, 0, 11, 0, 1, 99, 0, 1, 98, 0, 5, 0, 0, 60], "ekt_key"),
        ] {
            let message = Message::decode(bytes, &Dialect::default()).unwrap();
            assert!(!matches!(message, Message::Unknown { .. }), "{message:?}");
            assert_eq!(message.kind().to_string(), kind);
            assert!(Message::decode(&bytes[..bytes.len() - 1], &Dialect::default()).is_err());
        }
    }

    #[test]
    fn dtls_has_a_longer_header_and_a_cookie() {
        let dialect = Dialect { dtls: true, ..Dialect::default() };
        let request = [3, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 5, 0xfe, 0xff, 2, 7, 8];
        let expected = HelloVerifyRequest { server_version: ProtocolVersion::DTLS1_0, cookie: &[7, 8] };
        assert_eq!(Message::decode(&request, &dialect), Ok(Message::HelloVerifyRequest(expected)));
        let fragment = [3, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0xfe, 0xff, 2];
        assert_eq!(Message::decode(&fragment, &dialect).unwrap_err().problem, Problem::Fragment);
    }
}
