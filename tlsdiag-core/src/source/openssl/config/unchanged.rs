//! A configuration as it was read, with what it takes to see that it still holds: cheap facts,
//! mostly addresses.

use std::ffi::{c_int, c_long, c_ulong};
use std::ptr;
use std::sync::Arc;

use super::super::sys::constants::ctrl;
use super::super::sys::functions::{SSL, STACK, X509, X509_STORE};
use super::super::sys::library::Symbols;
use super::super::sys::stack::{count, elements};
use super::certificates;
use super::trust_store;
use crate::event::{LocalConfiguration, PeerCertificate};

/// A configuration with what it takes to see that it still holds.
pub(crate) struct Configured {
    pub(crate) local: Arc<LocalConfiguration>,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) verifying: Verifying,
    /// The certificates, each with a reference of ours, so that none of these addresses can come to
    /// mean another one.
    pub(crate) certificates: Vec<*mut X509>,
    /// Those of the chain, likewise.
    pub(crate) issuers: Vec<*mut X509>,
    pub(crate) keys: Vec<usize>,
    pub(crate) mutable_in_place: MutableInPlace,
    pub(crate) symbols: &'static Symbols,
}

impl Configured {
    /// Whether a connection whose current certificate is `x509` may be configured so. A server with
    /// several certificates points at the one it chose, so any of them will do.
    fn has_certificate(&self, x509: *mut X509) -> bool {
        if self.certificates.is_empty() { x509.is_null() } else { self.certificates.contains(&x509) }
    }
}

// SAFETY: the X509 references are only compared and, by `drop`, released, which OpenSSL does
// atomically.
unsafe impl Send for Configured {}
// SAFETY: as above.
unsafe impl Sync for Configured {}

impl Drop for Configured {
    fn drop(&mut self) {
        for certificate in self.certificates.iter().chain(&self.issuers) {
            // SAFETY: each holds a reference that `local` took.
            unsafe { (self.symbols.f.X509_free)(*certificate) };
        }
    }
}

#[derive(PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) context: usize,
    pub(crate) verify_mode: c_int,
    pub(crate) versions: (c_long, c_long),
    pub(crate) options: c_ulong,
    pub(crate) ciphers: (usize, c_int),
    pub(crate) security_level: c_int,
    pub(crate) certificate_callback: usize,
    pub(crate) peer_certificate: PeerCertificate,
}

/// By what the peer's certificate is verified, and asked for.
#[derive(PartialEq, Eq)]
pub(crate) struct Verifying {
    pub(crate) depth: c_int,
    pub(crate) flags: c_ulong,
    pub(crate) ca_names: (usize, c_int),
    pub(crate) store: usize,
}

/// What an application may add to in place. Only compared at a start, since in a handshake OpenSSL
/// itself changes both: it adds what it finds in a folder of trusted certificates, and moves on to
/// the certificate that it chose.
#[derive(PartialEq, Eq)]
pub(crate) struct MutableInPlace {
    pub(crate) trusted: c_int,
    /// The chain's certificates, their addresses folded into one number, and how many there are.
    /// The list itself is another one for each connection.
    pub(crate) chain: (usize, c_int),
}

/// How much of a configuration is looked at. What the application has declared about client
/// certificates OpenSSL does not know.
#[derive(Clone, Copy)]
pub(crate) enum Look {
    /// The certificate alone.
    Certificate,
    /// What callbacks usually change during a handshake: the context, the certificate, the verify
    /// mode.
    Identity,
    /// During a handshake: all but what its usual course changes. A look-up adds to a trust store
    /// which holds something; one that was empty was filled by the application, as curl does when
    /// the server's hello has come.
    During(PeerCertificate),
    /// At the beginning of a handshake: all of it.
    Beginning(PeerCertificate),
    /// At the beginning, of a server whose handshake goes well, as far as it is known, and whose
    /// verify mode is that of before. Where it asks for no certificates, what they would be verified
    /// by is not looked at; nor is, unless it was `adjusted`, what only `SSL_CTX_ctrl(3)` sets. A
    /// key belongs to its certificate, or nothing would go well.
    Quick { declared: PeerCertificate, adjusted: bool },
}

/// Whether `ssl` is configured as `before`, as far as this look goes.
///
/// # Safety
/// `ssl` is alive and this thread's.
#[inline(always)]
pub(crate) unsafe fn is_unchanged(symbols: &Symbols, ssl: *mut SSL, before: &Configured, look: Look) -> bool {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        match look {
            Look::Certificate => before.has_certificate((f.SSL_get_certificate)(ssl)),
            Look::Identity => has_same_identity(symbols, ssl, before),
            Look::During(declared) => {
                holds(symbols, ssl, before, declared) && !was_filled(symbols, ssl, before)
            }
            Look::Beginning(declared) => {
                holds(symbols, ssl, before, declared)
                    && mutable_in_place(symbols, ssl) == before.mutable_in_place
            }
            Look::Quick { declared, adjusted } => holds_quickly(symbols, ssl, before, declared, adjusted),
        }
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
unsafe fn has_same_identity(symbols: &Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        before.fingerprint.context == (f.SSL_get_SSL_CTX)(ssl) as usize
            && before.fingerprint.verify_mode == (f.SSL_get_verify_mode)(ssl)
            && before.has_certificate((f.SSL_get_certificate)(ssl))
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
unsafe fn holds(symbols: &Symbols, ssl: *mut SSL, before: &Configured, declared: PeerCertificate) -> bool {
    // SAFETY: passed on.
    unsafe { shows_the_same(symbols, ssl, before, declared) && verifying(symbols, ssl) == before.verifying }
}

/// # Safety
/// `ssl` is alive and this thread's.
unsafe fn was_filled(symbols: &Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    // SAFETY: passed on.
    before.mutable_in_place.trusted == 0
        && unsafe { trust_store::size(symbols, trust_store::store(symbols, ssl)) } > 0
}

/// # Safety
/// `ssl` is alive and this thread's.
#[inline(never)]
unsafe fn holds_quickly(
    symbols: &Symbols,
    ssl: *mut SSL,
    before: &Configured,
    declared: PeerCertificate,
    adjusted: bool,
) -> bool {
    // SAFETY: passed on.
    unsafe {
        let shown = if adjusted {
            shows_the_same(symbols, ssl, before, declared)
                && chain(symbols, ssl) == before.mutable_in_place.chain
        } else {
            shows_alike(symbols, ssl, before, declared)
        };
        let store = before.verifying.store as *mut X509_STORE;
        shown
            && (before.fingerprint.verify_mode == 0
                || (verifying(symbols, ssl) == before.verifying
                    && trust_store::size(symbols, store) == before.mutable_in_place.trusted))
    }
}

/// Whether all but what the peer is verified by is as before.
///
/// # Safety
/// `ssl` is alive and this thread's.
#[inline]
unsafe fn shows_the_same(
    symbols: &Symbols,
    ssl: *mut SSL,
    before: &Configured,
    declared: PeerCertificate,
) -> bool {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        before.has_certificate((f.SSL_get_certificate)(ssl))
            && before.keys.contains(&((f.SSL_get_privatekey)(ssl) as usize))
            && fingerprint(symbols, ssl, declared) == before.fingerprint
    }
}

/// What of [`shows_the_same`] functions of their own set.
///
/// # Safety
/// `ssl` is alive and this thread's.
#[inline(always)]
unsafe fn shows_alike(
    symbols: &Symbols,
    ssl: *mut SSL,
    before: &Configured,
    declared: PeerCertificate,
) -> bool {
    let (f, fingerprint) = (&symbols.f, &before.fingerprint);
    // SAFETY: passed on; getters only.
    unsafe {
        let ciphers = (f.SSL_get_ciphers)(ssl);
        before.has_certificate((f.SSL_get_certificate)(ssl))
            && fingerprint.context == (f.SSL_get_SSL_CTX)(ssl) as usize
            && fingerprint.options == (f.SSL_get_options)(ssl)
            && fingerprint.ciphers == (ciphers as usize, count(symbols, ciphers))
            && fingerprint.security_level == (f.SSL_get_security_level)(ssl)
            && fingerprint.peer_certificate == declared
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn fingerprint(symbols: &Symbols, ssl: *mut SSL, declared: PeerCertificate) -> Fingerprint {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        let context = (f.SSL_get_SSL_CTX)(ssl);
        let ciphers = (f.SSL_get_ciphers)(ssl);
        Fingerprint {
            context: context as usize,
            verify_mode: (f.SSL_get_verify_mode)(ssl),
            versions: (
                (f.SSL_ctrl)(ssl, ctrl::GET_MIN_PROTO_VERSION, 0, ptr::null_mut()),
                (f.SSL_ctrl)(ssl, ctrl::GET_MAX_PROTO_VERSION, 0, ptr::null_mut()),
            ),
            options: (f.SSL_get_options)(ssl),
            ciphers: (ciphers as usize, count(symbols, ciphers)),
            security_level: (f.SSL_get_security_level)(ssl),
            certificate_callback: (f.SSL_CTX_get_client_cert_cb)(context) as usize,
            peer_certificate: declared,
        }
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn verifying(symbols: &Symbols, ssl: *mut SSL) -> Verifying {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        let ca_names = ca_list(symbols, ssl);
        Verifying {
            depth: (f.SSL_get_verify_depth)(ssl),
            flags: (f.X509_VERIFY_PARAM_get_flags)((f.SSL_get0_param)(ssl)),
            ca_names: (ca_names as usize, count(symbols, ca_names)),
            store: trust_store::store(symbols, ssl) as usize,
        }
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn mutable_in_place(symbols: &Symbols, ssl: *mut SSL) -> MutableInPlace {
    // SAFETY: passed on.
    unsafe {
        MutableInPlace {
            trusted: trust_store::size(symbols, trust_store::store(symbols, ssl)),
            chain: chain(symbols, ssl),
        }
    }
}

/// What [`MutableInPlace`] holds of the chain.
///
/// # Safety
/// `ssl` is alive and this thread's.
unsafe fn chain(symbols: &Symbols, ssl: *mut SSL) -> (usize, c_int) {
    // SAFETY: passed on.
    unsafe {
        let chain = certificates::chain(symbols, ssl);
        let folded = elements::<X509>(symbols, chain)
            .fold(0, |folded: usize, x509| folded.rotate_left(5) ^ x509 as usize);
        (folded, count(symbols, chain))
    }
}

/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn ca_list(symbols: &Symbols, ssl: *mut SSL) -> *const STACK {
    // SAFETY: passed on. A client would be given its peer's list.
    unsafe {
        match (symbols.f.SSL_is_server)(ssl) {
            0 => ptr::null(),
            _ => (symbols.f.SSL_get_client_CA_list)(ssl),
        }
    }
}
