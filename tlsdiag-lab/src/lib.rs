//! Makes real TLS handshakes go wrong on purpose.
//!
//! An ephemeral [`pki`], two peers on loopback TCP, and a catalogue of [`scenario`]s, each of which fails (or does not)
//! for one known reason. Nothing is pretended: every result is OpenSSL's own.
//!
//! ```
//! use tlsdiag_lab::pki::Pki;
//! use tlsdiag_lab::scenario::{Scenario, Spy};
//!
//! # fn main() -> Result<(), tlsdiag_lab::Error> {
//! let pki = Pki::generate()?;
//! for scenario in Scenario::all().iter().filter(|scenario| scenario.name.starts_with("cipher")) {
//!     let run = scenario.run(&pki, &(), Spy::Off)?;
//!     assert!(run.server[0].handshake.is_err(), "{}", scenario.summary);
//! }
//! # Ok(())
//! # }
//! ```

#![deny(unsafe_code)] // allowed again where C has to be called: the file says so at its head

pub mod card;
pub mod compression;
mod error;
pub mod faulty_key;
pub mod pair;
pub mod peer;
pub mod pki;
pub mod policy;
pub mod port;
pub mod refusing_key;
pub mod scenario;
mod session;
pub mod signal;
pub mod visitor;
pub mod web;

pub use error::Error;
