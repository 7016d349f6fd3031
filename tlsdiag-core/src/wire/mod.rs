//! Bytes to messages: a typed, borrowing decoder of what stands on the wire of TLS and DTLS.
//!
//! Decoding allocates nothing, keeps unknown numbers as data, and answers malformed bytes with a [`WireError`] that
//! names the field and the offset. A message or an extension has the file that a reader of its RFC would look for.
//!
//! ```
//! use tlsdiag_core::wire::{Dialect, Message};
//!
//! // A KeyUpdate: type 24, length 1, "update_requested".
//! let message = Message::decode(&[24, 0, 0, 1, 1], &Dialect::default())?;
//! assert_eq!(message.kind().to_string(), "key_update");
//! # Ok::<(), tlsdiag_core::wire::WireError>(())
//! ```

mod alert;
mod certificate;
mod certificate_request;
mod certificate_status;
mod certificate_url;
mod cipher_suite;
mod client_hello;
mod code_points;
mod connection_id;
mod deframer;
mod dtls;
mod ekt_key;
mod error;
mod extension;
mod key_exchange;
mod list;
mod looks_like;
mod message;
mod names;
mod open_enum;
mod reader;
mod record;
mod server_hello;
mod sslv2;
mod supplemental_data;
mod ticket;
pub mod x509;

pub use alert::Alert;
pub use certificate::{CertificateEntry, CertificateMessage, CertificateVerify, CompressedCertificate};
pub use certificate_request::CertificateRequest;
pub use certificate_status::{CertificateStatus, OcspResponse};
pub use certificate_url::{CertificateUrl, UrlAndHash};
pub use cipher_suite::{Authentication, KeyExchange};
pub use client_hello::ClientHello;
pub use code_points::*;
pub use connection_id::{ConnectionIdentifier, NewConnectionId};
pub use deframer::{Deframer, Frame};
pub use dtls::{DtlsCiphertextHeader, DtlsDeframer, DtlsFrame, DtlsHandshakeHeader, DtlsRecordHeader};
pub use ekt_key::EktKey;
pub use error::{Problem, WireError};
pub use extension::*;
pub use key_exchange::{ClientKeyExchange, ClientKeyParams, ServerKeyExchange, ServerKeyParams};
pub use list::{Item, List, Sequence};
pub use looks_like::{LooksLike, looks_like};
pub use message::{Dialect, Message};
pub use reader::{Decode, Reader};
pub use record::RecordHeader;
pub use server_hello::{EncryptedExtensions, HelloVerifyRequest, ServerHello};
pub use sslv2::{CipherSpec, SslV2ClientHello};
pub use supplemental_data::SupplementalDataEntry;
pub use ticket::{NewSessionTicket, TicketTls13};
