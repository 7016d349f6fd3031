//! Bytes to messages: a typed, borrowing decoder of what stands on the wire of TLS and DTLS.
//!
//! Decoding allocates nothing (only [`CompressedCertificate::decompress`] does, when asked), keeps unknown numbers as data, and answers malformed bytes with a [`WireError`] that
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
//!
//! From the bytes of a connection to the typed extensions of its ClientHello, in pieces as they come:
//!
//! ```
//! use tlsdiag_core::wire::{Deframer, Dialect, Extension, Frame, Message};
//!
//! let mut hello = vec![22, 3, 1, 0, 57, 1, 0, 0, 53, 3, 3];
//! hello.extend([7; 32]); // random
//! hello.extend([0, 0, 2, 0x13, 1, 1, 0]); // no session, one suite, no compression
//! hello.extend([0, 10, 0, 10, 0, 6, 0, 4, 0x11, 0xec, 0x9a, 0x9a]); // supported_groups
//!
//! let mut seen = Vec::new();
//! let mut deframer = Deframer::new();
//! for piece in hello.chunks(20) {
//!     deframer.push(piece, |frame| {
//!         let Frame::Handshake(bytes) = frame else { return };
//!         let Ok(Message::ClientHello(hello)) = Message::decode(bytes, &Dialect::default()) else { return };
//!         for extension in hello.extensions.typed() {
//!             if let Ok(Extension::SupportedGroups(groups)) = extension {
//!                 seen.extend(groups.iter().map(|group| group.to_string()));
//!             }
//!         }
//!     });
//! }
//! assert_eq!(seen, ["X25519MLKEM768", "GREASE(0x9a9a)"]);
//! ```
//!
//! The same for datagrams of DTLS is [`DtlsDeframer`]; certificates are read by [`x509`].

mod alert;
mod certificate;
mod certificate_request;
mod certificate_status;
mod certificate_url;
mod cipher_suite;
mod client_hello;
mod code_points;
mod connection_id;
mod decompress;
mod deframer;
mod dialect;
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
pub use decompress::DecompressError;
pub use deframer::{Deframer, Frame};
pub use dialect::Dialect;
pub use dtls::{DtlsCiphertextHeader, DtlsDeframer, DtlsFrame, DtlsHandshakeHeader, DtlsRecordHeader};
pub use ekt_key::EktKey;
pub use error::{Problem, WireError};
pub use extension::*;
pub use key_exchange::{ClientKeyExchange, ClientKeyParams, ServerKeyExchange, ServerKeyParams};
pub use list::{Item, List, Sequence};
pub use looks_like::{LooksLike, looks_like};
pub use message::Message;
pub use reader::{Decode, Reader};
pub use record::RecordHeader;
pub use server_hello::{EncryptedExtensions, HelloVerifyRequest, ServerHello};
pub use sslv2::{CipherSpec, SslV2ClientHello};
pub use supplemental_data::SupplementalDataEntry;
pub use ticket::{NewSessionTicket, TicketTls13};
