//! Reads what the local side is configured to do, once for each context.
//!
//! Reading everything costs tens of microseconds, so the result is kept with a fingerprint of cheap facts, mostly
//! addresses, and read anew only where that differs. It is read from the `SSL`, which has its own copy of its context's
//! certificates: nothing here changes what other threads look at.

use std::ffi::{c_int, c_long, c_ulong};
use std::ptr;
use std::sync::Arc;

use super::boundary;
use super::context::ContextState;
use super::der::name;
use super::functions::{SSL, SSL_CIPHER, SSL_CTX, STACK, X509, X509_STORE};
use super::slot::Slot;
use super::symbols::{Symbols, ctrl};
use super::{identity, nearby, trust};
use crate::event::{LocalCertificate, LocalConfiguration, PeerCertificate};

/// `SSL_OP_NO_TLSv1_3`.
const NO_TLS1_3: c_ulong = 1 << 29;
/// No certificate list is longer than this to us.
const MOST: c_int = 1024;

/// A configuration with what it takes to see that it still holds.
pub(super) struct Configured {
    pub(super) local: Arc<LocalConfiguration>,
    fingerprint: Fingerprint,
    verifying: Verifying,
    /// The certificates, each with a reference of ours, so that none of these addresses can come to mean another one.
    certificates: Vec<*mut X509>,
    /// Those of the chain, likewise.
    issuers: Vec<*mut X509>,
    keys: Vec<usize>,
    growing: Growing,
    symbols: &'static Symbols,
}

impl Configured {
    /// Whether a connection whose current certificate is `x509` may be configured so. A server with several certificates
    /// points at the one it chose, so any of them will do.
    pub(super) fn has_certificate(&self, x509: *mut X509) -> bool {
        if self.certificates.is_empty() { x509.is_null() } else { self.certificates.contains(&x509) }
    }
}

// SAFETY: the X509 references are only compared and, by `drop`, released, which OpenSSL does atomically.
unsafe impl Send for Configured {}
// SAFETY: as above.
unsafe impl Sync for Configured {}

impl Drop for Configured {
    fn drop(&mut self) {
        for certificate in self.certificates.iter().chain(&self.issuers) {
            // SAFETY: each holds a reference that `read_certificates` or `read_all` took.
            unsafe { (self.symbols.f.X509_free)(*certificate) };
        }
    }
}

#[derive(PartialEq, Eq)]
struct Fingerprint {
    context: usize,
    verify_mode: c_int,
    versions: (c_long, c_long),
    options: c_ulong,
    ciphers: (usize, c_int),
    security_level: c_int,
    certificate_callback: usize,
    peer_certificate: PeerCertificate,
}

/// By what the peer's certificate is verified, and asked for.
#[derive(PartialEq, Eq)]
struct Verifying {
    depth: c_int,
    flags: c_ulong,
    ca_names: (usize, c_int),
    store: usize,
}

/// What an application may add to in place. Only compared at a start, since in a handshake OpenSSL itself changes both: it
/// adds what it finds in a folder of trusted certificates, and moves on to the certificate that it chose.
#[derive(PartialEq, Eq)]
struct Growing {
    trusted: c_int,
    /// The chain's certificates, their addresses folded into one number, and how many there are. The list itself is
    /// another one for each connection.
    chain: (usize, c_int),
}

/// The configuration of `ssl`, from its context's cache where it still holds.
///
/// # Safety
/// `ssl` is alive and this thread's.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(super) unsafe fn read(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    context: Option<&ContextState>,
) -> Arc<Configured> {
    if let Some(cached) = context.and_then(|context| context.configured.load_full()) {
        // SAFETY: passed on.
        if unsafe { is_as_before(symbols, ssl, &cached) } {
            return cached;
        }
    }
    let cached = context.is_some();
    // SAFETY: passed on.
    let fresh = Arc::new(boundary::with_clean_queue(symbols, || unsafe { read_all(symbols, ssl, cached) }));
    if let Some(context) = context {
        context.sketches.compare(&fresh);
        context.configured.store(Some(Arc::clone(&fresh)));
    }
    fresh
}

/// What the configuration was at the beginning of the handshake, where it was taken for what its context had `before` and was
/// something else. What callbacks usually change in the midst of a handshake is left to [`reread`].
///
/// # Safety
/// As for [`read`].
pub(super) unsafe fn found(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    before: &Configured,
    context: Option<&ContextState>,
) -> Option<Arc<Configured>> {
    // SAFETY: passed on.
    unsafe {
        if !is_familiar(symbols, ssl, before) || is_as_before(symbols, ssl, before) {
            return None;
        }
        let found = read(symbols, ssl, context);
        (found.local != before.local).then_some(found)
    }
}

/// Whether all of it is as before, at the beginning of a handshake.
///
/// # Safety
/// As for [`read`].
pub(super) unsafe fn is_as_before(symbols: &'static Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    // SAFETY: passed on.
    unsafe { holds(symbols, ssl, before) && growing(symbols, ssl) == before.growing }
}

/// As [`is_as_before`], of a server whose handshake goes well, as far as it is known: where it asks for no certificates, what they
/// would be verified by is not looked at.
///
/// # Safety
/// As for [`read`].
pub(super) unsafe fn is_as_before_at_a_glance(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    before: &Configured,
) -> bool {
    // SAFETY: passed on.
    unsafe {
        shows_the_same(symbols, ssl, before)
            && chain(symbols, ssl) == before.growing.chain
            && (before.fingerprint.verify_mode == 0
                || (verifying(symbols, ssl) == before.verifying
                    && trust::size(symbols, before.verifying.store as *mut X509_STORE)
                        == before.growing.trusted))
    }
}

/// The configuration anew, if it is no longer what it was. Unless `thorough`, only what callbacks usually change in the
/// middle of a handshake is looked at: the context, the certificate, the verify mode.
///
/// # Safety
/// As for [`read`].
pub(super) unsafe fn reread(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    before: &Configured,
    thorough: bool,
) -> Option<Arc<Configured>> {
    // SAFETY: passed on. The context may be one that SNI chose, which has a cache of its own.
    unsafe {
        if is_familiar(symbols, ssl, before) && (!thorough || holds(symbols, ssl, before)) {
            return None;
        }
        Some(read(symbols, ssl, ContextState::of(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl))))
    }
}

/// Whether `ssl` still has the context, the verify mode and a certificate of before.
///
/// # Safety
/// As for [`read`].
pub(super) unsafe fn is_familiar(symbols: &Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        before.fingerprint.context == (f.SSL_get_SSL_CTX)(ssl) as usize
            && before.fingerprint.verify_mode == (f.SSL_get_verify_mode)(ssl)
            && before.has_certificate((f.SSL_get_certificate)(ssl))
    }
}

/// # Safety
/// As for [`read`].
unsafe fn holds(symbols: &'static Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    // SAFETY: passed on.
    unsafe { shows_the_same(symbols, ssl, before) && verifying(symbols, ssl) == before.verifying }
}

/// Whether all but what the peer is verified by is as before.
///
/// # Safety
/// As for [`read`].
#[inline]
unsafe fn shows_the_same(symbols: &'static Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        before.has_certificate((f.SSL_get_certificate)(ssl))
            && before.keys.contains(&((f.SSL_get_privatekey)(ssl) as usize))
            && fingerprint(symbols, ssl) == before.fingerprint
    }
}

/// # Safety
/// As for [`read`].
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe fn fingerprint(symbols: &'static Symbols, ssl: *mut SSL) -> Fingerprint {
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
            peer_certificate: peer_certificate(symbols, ssl, context),
        }
    }
}

/// # Safety
/// As for [`read`].
unsafe fn verifying(symbols: &Symbols, ssl: *mut SSL) -> Verifying {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        let ca_names = ca_list(symbols, ssl);
        Verifying {
            depth: (f.SSL_get_verify_depth)(ssl),
            flags: (f.X509_VERIFY_PARAM_get_flags)((f.SSL_get0_param)(ssl)),
            ca_names: (ca_names as usize, count(symbols, ca_names)),
            store: trust::store(symbols, ssl) as usize,
        }
    }
}

/// What the application has told: of this connection, else of the context that it has now, which SNI may have chosen.
///
/// # Safety
/// As for [`read`]; `context` is the one of `ssl`.
unsafe fn peer_certificate(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    context: *const SSL_CTX,
) -> PeerCertificate {
    // SAFETY: passed on.
    unsafe {
        match Slot::own(symbols, ssl).map(|slot| slot.peer_certificate.get()) {
            None | Some(PeerCertificate::Unknown) => nearby::find_context(context)
                .or_else(|| ContextState::of(symbols, context))
                .map_or(PeerCertificate::Unknown, |context| context.peer_certificate.get()),
            Some(told) => told,
        }
    }
}

/// # Safety
/// As for [`read`].
unsafe fn growing(symbols: &Symbols, ssl: *mut SSL) -> Growing {
    // SAFETY: passed on.
    unsafe {
        Growing { trusted: trust::size(symbols, trust::store(symbols, ssl)), chain: chain(symbols, ssl) }
    }
}

/// What [`Growing`] holds of the chain.
///
/// # Safety
/// As for [`read`].
unsafe fn chain(symbols: &Symbols, ssl: *mut SSL) -> (usize, c_int) {
    // SAFETY: passed on.
    unsafe {
        let chain = identity::chain(symbols, ssl);
        let folded =
            certificates(symbols, chain).fold(0, |folded: usize, x509| folded.rotate_left(5) ^ x509 as usize);
        (folded, count(symbols, chain))
    }
}

/// # Safety
/// `stack` is null or a live STACK_OF(X509), also while this is iterated.
unsafe fn certificates(symbols: &Symbols, stack: *const STACK) -> impl Iterator<Item = *mut X509> {
    // SAFETY: as promised.
    (0..unsafe { count(symbols, stack) })
        .map(move |i| unsafe { (symbols.f.OPENSSL_sk_value)(stack, i).cast() })
}

/// # Safety
/// As for [`read`].
#[cold]
#[inline(never)]
unsafe fn read_all(symbols: &'static Symbols, ssl: *mut SSL, verify: bool) -> Configured {
    // SAFETY: passed on.
    unsafe {
        let fingerprint = fingerprint(symbols, ssl);
        let mut configured = Configured {
            local: Arc::default(),
            fingerprint,
            verifying: verifying(symbols, ssl),
            certificates: Vec::new(),
            issuers: Vec::new(),
            keys: Vec::new(),
            growing: growing(symbols, ssl),
            symbols,
        };
        let issuers = certificates(symbols, identity::chain(symbols, ssl));
        configured
            .issuers
            .extend(issuers.filter(|x509| !x509.is_null() && (symbols.f.X509_up_ref)(*x509) == 1));
        let certificates = read_certificates(symbols, ssl, &mut configured, verify);
        let (at, verifying) = (&configured.fingerprint, &configured.verifying);
        let version = |v: c_long| u16::try_from(v).unwrap_or(0);
        configured.local = Arc::new(LocalConfiguration {
            library: symbols.version().to_owned(),
            library_number: symbols.version_number,
            minimum_version: version(at.versions.0),
            maximum_version: version(at.versions.1),
            cipher_suites: cipher_suites(symbols, ssl, at),
            groups: None,
            signature_schemes: None,
            certificates,
            verify_mode: at.verify_mode,
            verify_depth: verifying.depth,
            verify_flags: verifying.flags as u64,
            ca_names: ca_names(symbols, verifying.ca_names.0 as *const STACK),
            trust_anchors: trust::anchors(symbols, verifying.store as *mut X509_STORE),
            security_level: at.security_level,
            options: at.options as u64,
            certificate_callback: at.certificate_callback != 0,
            peer_certificate: at.peer_certificate,
        });
        configured
    }
}

/// Walks the certificates of `ssl` by moving its "current" one, and moves it back. To `verify` their signatures takes a
/// tenth of a millisecond each, so that is left out where the result cannot be kept.
///
/// # Safety
/// As for [`read`].
unsafe fn read_certificates(
    symbols: &Symbols,
    ssl: *mut SSL,
    into: &mut Configured,
    verify: bool,
) -> Vec<LocalCertificate> {
    const FIRST: c_long = 1;
    const NEXT: c_long = 2;
    let f = &symbols.f;
    let mut certificates = Vec::new();
    // SAFETY: passed on. What the controls change is the connection's own copy, and `SELECT_CURRENT_CERT` undoes it.
    unsafe {
        let current = (f.SSL_get_certificate)(ssl);
        if current.is_null() {
            // Without a current certificate there is none to move back to.
            into.keys.push((f.SSL_get_privatekey)(ssl) as usize);
            return certificates;
        }
        if (f.SSL_get_privatekey)(ssl).is_null() {
            // OpenSSL walks past certificates without a key and cannot move back to one: this one is all we look at.
            if (f.X509_up_ref)(current) == 1 {
                into.certificates.push(current);
                into.keys.push(0);
                certificates.push(identity::describe(symbols, ssl, current, ptr::null_mut(), verify));
            }
            return certificates;
        }
        let mut more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, FIRST, ptr::null_mut());
        while more == 1 && certificates.len() < 16 {
            let (x509, key) = ((f.SSL_get_certificate)(ssl), (f.SSL_get_privatekey)(ssl));
            if !x509.is_null() && (f.X509_up_ref)(x509) == 1 {
                into.certificates.push(x509);
                into.keys.push(key as usize);
                certificates.push(identity::describe(symbols, ssl, x509, key, verify));
            }
            more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, NEXT, ptr::null_mut());
        }
        (f.SSL_ctrl)(ssl, ctrl::SELECT_CURRENT_CERT, 0, current.cast());
    }
    certificates
}

/// # Safety
/// As for [`read`].
unsafe fn cipher_suites(symbols: &Symbols, ssl: *mut SSL, at: &Fingerprint) -> Vec<u16> {
    let f = &symbols.f;
    // TLS 1.3 has suites of its own (RFC 8446 §B.4). SSL_get1_supported_ciphers would tell, but by asking the
    // application's security callback about each, which it could notice.
    let (lowest, highest) = at.versions;
    let with_1_3 = (highest == 0 || highest >= 0x0304) && at.options & NO_TLS1_3 == 0;
    let with_older = lowest < 0x0304;
    // SAFETY: passed on; the list belongs to the SSL or its context.
    unsafe {
        let list = (f.SSL_get_ciphers)(ssl);
        (0..count(symbols, list))
            .map(|i| (f.SSL_CIPHER_get_protocol_id)((f.OPENSSL_sk_value)(list, i).cast::<SSL_CIPHER>()))
            .filter(|id| if id >> 8 == 0x13 { with_1_3 } else { with_older })
            .collect()
    }
}

/// # Safety
/// As for [`read`].
unsafe fn ca_list(symbols: &Symbols, ssl: *mut SSL) -> *const STACK {
    // SAFETY: passed on. A client would be given its peer's list.
    unsafe {
        match (symbols.f.SSL_is_server)(ssl) {
            0 => ptr::null(),
            _ => (symbols.f.SSL_get_client_CA_list)(ssl),
        }
    }
}

/// # Safety
/// `list` is null or a live STACK_OF(X509_NAME).
unsafe fn ca_names(symbols: &Symbols, list: *const STACK) -> Vec<Vec<u8>> {
    // SAFETY: as promised.
    unsafe {
        (0..count(symbols, list))
            .map(|i| name(symbols, (symbols.f.OPENSSL_sk_value)(list, i).cast()))
            .collect()
    }
}

/// # Safety
/// `stack` is null or alive.
pub(super) unsafe fn count(symbols: &Symbols, stack: *const STACK) -> c_int {
    // SAFETY: as promised; null has the length -1.
    unsafe { (symbols.f.OPENSSL_sk_num)(stack) }.clamp(0, MOST)
}
