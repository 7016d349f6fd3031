//! The small enumerations that a handshake is described by. The names are the record's.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};

/// What became of a handshake.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_outcome {
    /// Something that a later version knows.
    TLSDIAG_OUTCOME_UNKNOWN = 0,
    /// Finished, and the peer verified as the local policy asks.
    TLSDIAG_OUTCOME_ESTABLISHED = 1,
    /// Finished, but the peer's certificate is missing or did not verify, and the library let it pass.
    TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED = 2,
    /// TLS 1.3: this client was done, and then the server's alert came.
    TLSDIAG_OUTCOME_REFUSED_AFTER_ESTABLISHED = 3,
    /// A fatal error.
    TLSDIAG_OUTCOME_FAILED = 4,
    /// Freed, closed or timed out in the middle, with nothing said.
    TLSDIAG_OUTCOME_ABANDONED = 5,
    /// The peer never spoke TLS.
    TLSDIAG_OUTCOME_NOT_TLS = 6,
}

/// Who ended a handshake.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_by {
    /// Nobody did: it was established, or given up without a word.
    TLSDIAG_BY_NOBODY = 0,
    /// This side.
    TLSDIAG_BY_LOCAL = 1,
    /// The peer, by an alert or by not speaking TLS.
    TLSDIAG_BY_PEER = 2,
    /// The connection under TLS: closed, reset or timed out.
    TLSDIAG_BY_TRANSPORT = 3,
}

/// Which end of the connection recorded it.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_role {
    /// Something that a later version knows.
    TLSDIAG_ROLE_UNKNOWN = 0,
    /// The side that sends the ClientHello.
    TLSDIAG_ROLE_CLIENT = 1,
    /// The side that answers it.
    TLSDIAG_ROLE_SERVER = 2,
}

/// How sure a finding is.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_confidence {
    /// Something that a later version knows.
    TLSDIAG_CONFIDENCE_UNKNOWN = 0,
    /// One of several explanations that fit.
    TLSDIAG_CONFIDENCE_POSSIBLE = 1,
    /// The best explanation by far; others are named beside it.
    TLSDIAG_CONFIDENCE_LIKELY = 2,
    /// This side holds proof.
    TLSDIAG_CONFIDENCE_CERTAIN = 3,
}

/// How bad a finding is.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_severity {
    /// Something that a later version knows.
    TLSDIAG_SEVERITY_UNKNOWN = 0,
    /// The handshake was established all the same.
    TLSDIAG_SEVERITY_WARNING = 1,
    /// It failed, or passed unverified.
    TLSDIAG_SEVERITY_ERROR = 2,
    /// What happened, and is no failure.
    TLSDIAG_SEVERITY_NOTE = 3,
}

/// Where a fault has to be mended.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_side {
    /// Something that a later version knows.
    TLSDIAG_SIDE_UNKNOWN = 0,
    /// At the client.
    TLSDIAG_SIDE_CLIENT = 1,
    /// At the server.
    TLSDIAG_SIDE_SERVER = 2,
    /// Between them.
    TLSDIAG_SIDE_NETWORK = 3,
    /// At the program that was recorded, before any handshake.
    TLSDIAG_SIDE_LOCAL = 4,
}

/// An enumeration of the header with the names that records use; the first entry is what all other names mean.
pub(crate) trait Kind: Copy + 'static {
    const NAMES: &'static [(Self, i32, &'static CStr)];

    fn of(name: &str) -> Self {
        let known = Self::NAMES.iter().find(|(_, _, known)| known.to_bytes() == name.as_bytes());
        known.unwrap_or(&Self::NAMES[0]).0
    }

    fn name(number: i32) -> *const c_char {
        let known = Self::NAMES.iter().find(|(_, known, _)| *known == number);
        known.unwrap_or(&Self::NAMES[0]).2.as_ptr()
    }
}

macro_rules! names {
    ($kind:ident: $($variant:ident $name:literal)*) => {
        impl Kind for $kind {
            const NAMES: &'static [(Self, i32, &'static CStr)] =
                &[$(($kind::$variant, $kind::$variant as i32, $name),)*];
        }
    };
}

names! { tlsdiag_outcome:
    TLSDIAG_OUTCOME_UNKNOWN c"unknown"
    TLSDIAG_OUTCOME_ESTABLISHED c"established"
    TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED c"established_unverified"
    TLSDIAG_OUTCOME_REFUSED_AFTER_ESTABLISHED c"refused_after_established"
    TLSDIAG_OUTCOME_FAILED c"failed"
    TLSDIAG_OUTCOME_ABANDONED c"abandoned"
    TLSDIAG_OUTCOME_NOT_TLS c"not_tls"
}

names! { tlsdiag_by:
    TLSDIAG_BY_NOBODY c"nobody"
    TLSDIAG_BY_LOCAL c"local"
    TLSDIAG_BY_PEER c"peer"
    TLSDIAG_BY_TRANSPORT c"transport"
}

names! { tlsdiag_role:
    TLSDIAG_ROLE_UNKNOWN c"unknown"
    TLSDIAG_ROLE_CLIENT c"client"
    TLSDIAG_ROLE_SERVER c"server"
}

names! { tlsdiag_confidence:
    TLSDIAG_CONFIDENCE_UNKNOWN c"unknown"
    TLSDIAG_CONFIDENCE_POSSIBLE c"possible"
    TLSDIAG_CONFIDENCE_LIKELY c"likely"
    TLSDIAG_CONFIDENCE_CERTAIN c"certain"
}

names! { tlsdiag_severity:
    TLSDIAG_SEVERITY_UNKNOWN c"unknown"
    TLSDIAG_SEVERITY_WARNING c"warning"
    TLSDIAG_SEVERITY_ERROR c"error"
    TLSDIAG_SEVERITY_NOTE c"note"
}

names! { tlsdiag_side:
    TLSDIAG_SIDE_UNKNOWN c"unknown"
    TLSDIAG_SIDE_CLIENT c"client"
    TLSDIAG_SIDE_SERVER c"server"
    TLSDIAG_SIDE_NETWORK c"network"
    TLSDIAG_SIDE_LOCAL c"local"
}

/// The outcome's name as records write it, such as "established_unverified"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_outcome_str(outcome: i32) -> *const c_char {
    tlsdiag_outcome::name(outcome)
}

/// "local", "peer", "transport" or "nobody"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_by_str(by: i32) -> *const c_char {
    tlsdiag_by::name(by)
}

/// "client" or "server"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_role_str(role: i32) -> *const c_char {
    tlsdiag_role::name(role)
}

/// "certain", "likely" or "possible"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_confidence_str(confidence: i32) -> *const c_char {
    tlsdiag_confidence::name(confidence)
}

/// "error" or "warning"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_severity_str(severity: i32) -> *const c_char {
    tlsdiag_severity::name(severity)
}

/// "client", "server", "network" or "local"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_side_str(side: i32) -> *const c_char {
    tlsdiag_side::name(side)
}
