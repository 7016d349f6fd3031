//! Records TLS handshakes inside the process that runs OpenSSL, and names the root cause of a failure with its evidence and
//! the line of configuration that mends it.
//!
//! Data flows one way: bytes ([`wire`]) become events ([`event`]), events one handshake ([`handshake`]), that a diagnosis
//! ([`mod@diagnose`]), and the diagnosis something to read ([`report`]). The events come from a source ([`source`]), which hooks
//! into OpenSSL's callbacks and changes nothing: the handshake ends exactly as it would have without us.
//!
//! Here a client without a certificate meets a server that requires one:
//!
#![cfg_attr(feature = "linked", doc = "```")]
#![cfg_attr(not(feature = "linked"), doc = "```ignore")]
//! use std::sync::Arc;
//!
//! use tlsdiag_core::report::Record;
//! use tlsdiag_core::{Collector, Handshake, diagnose};
//! # use tlsdiag_lab::{pair, peer, pki::Pki};
//! # let pki = Pki::generate()?;
//! # let client = peer::Client { identity: None, ..peer::Client::new(peer::Version::Tls12) };
//! # let client_context = client.context(&pki)?.build();
//! # let mut server_context = peer::Server::new(peer::Version::Tls12).context(&pki)?;
//!
//! // `server_context` is an SslContextBuilder of the `openssl` crate.
//! let collector = Arc::new(Collector::new());
//! tlsdiag_core::attach(&mut server_context, Arc::clone(&collector))?.keep();
//! // … handshakes happen …
//! # let server_context = server_context.build();
//! # let failed = pair::handshake(&server_context, &client_context, |_| Ok(()), |ssl| client.name(ssl));
//! # assert!(failed.is_err());
//! # drop(failed);
//!
//! for recording in collector.take() {
//!     let handshake = Handshake::from_recording(&recording);
//!     let record = Record::new(&handshake, &diagnose(&handshake));
//!     assert_eq!(record.cause(), Some("client_cert.missing"));
//!     println!("{}", record.one_line());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Without its features this crate forbids unsafe code and decodes recordings alone; `openssl` adds the hooks, with OpenSSL's
//! functions found at run time; `linked` (the default) adds the libssl that the `openssl` crate links, with typed entry points.
//! `signatures` tries the signatures between the certificates of a failed handshake, for whoever judges it.
#![cfg_attr(not(feature = "openssl"), forbid(unsafe_code))]
#![deny(unsafe_code)]

pub mod neutralize;

pub mod wire;

pub mod event;

mod error;
mod recorder;
pub mod source;

pub mod handshake;

#[cfg(feature = "signatures")]
mod signatures;

pub mod diagnose;

pub mod report;

pub mod compare;

pub use diagnose::{Cause, Diagnosis, diagnose};
pub use error::Error;
pub use handshake::Handshake;
pub use neutralize::neutralize;
pub use recorder::{Collector, HandshakeRecorder, Skipped, on_end};
#[cfg(feature = "linked")]
pub use source::openssl::{attach, attach_with, setup_failure};
