//! Reads what the local side is configured to do, once for each context.
//!
//! Reading everything costs tens of microseconds, so the result is kept with a fingerprint
//! ([`configured`](super::unchanged)) and read anew only where that differs. It is read from the
//! `SSL`, which has its own copy of its context's certificates: nothing here changes what other
//! threads look at.

use std::ffi::c_long;
use std::ptr;
use std::sync::Arc;

use super::super::error_queue::suspend::with_clean_queue;
use super::super::sys::constants::{CERT_SET_FIRST, CERT_SET_NEXT, NO_TLS1_3, TLS1_3, ctrl};
use super::super::sys::der::name;
use super::super::sys::functions::{SSL, SSL_CIPHER, STACK, X509, X509_STORE};
use super::super::sys::library::Symbols;
use super::super::sys::stack::{count, elements};
use super::certificates;
use super::trust_store;
use super::unchanged::{
    Configured, Fingerprint, Look, fingerprint, is_unchanged, mutable_in_place, verifying,
};
use crate::event::{LocalCertificate, LocalConfiguration, PeerCertificate};

/// Where a context keeps its configuration as it was last read.
pub(crate) trait Cache {
    fn cached(&self) -> Option<Arc<Configured>>;
    fn keep(&self, fresh: &Arc<Configured>);
}

/// The configuration of `ssl`, from its context's cache where it still holds.
///
/// # Safety
/// `ssl` is alive and this thread's.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe fn read(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    declared: PeerCertificate,
    cache: Option<&impl Cache>,
) -> Arc<Configured> {
    if let Some(cached) = cache.and_then(|cache| cache.cached()) {
        // SAFETY: passed on.
        if unsafe { is_unchanged(symbols, ssl, &cached, Look::Beginning(declared)) } {
            return cached;
        }
    }
    // SAFETY: passed on.
    unsafe { read_anew(symbols, ssl, declared, cache) }
}

/// As [`read`], whatever the context's cache holds; it holds this afterwards.
///
/// # Safety
/// As for [`read`].
#[cold]
unsafe fn read_anew(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    declared: PeerCertificate,
    cache: Option<&impl Cache>,
) -> Arc<Configured> {
    let cached = cache.is_some();
    // SAFETY: passed on.
    let fresh = Arc::new(with_clean_queue(symbols, || unsafe { read_all(symbols, ssl, declared, cached) }));
    if let Some(cache) = cache {
        cache.keep(&fresh);
    }
    fresh
}

/// What the configuration was at the beginning of the handshake, where it was taken for what its
/// context had `before` and was something else. What callbacks usually change during a handshake is
/// left to [`reread`].
///
/// # Safety
/// As for [`read`].
pub(crate) unsafe fn found(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    before: &Configured,
    declared: PeerCertificate,
    cache: Option<&impl Cache>,
) -> Option<Arc<Configured>> {
    // SAFETY: passed on.
    unsafe {
        if !is_unchanged(symbols, ssl, before, Look::Identity)
            || is_unchanged(symbols, ssl, before, Look::Beginning(declared))
        {
            return None;
        }
        let found = read(symbols, ssl, declared, cache);
        (found.local != before.local).then_some(found)
    }
}

/// The configuration anew, if it is no longer what it was. Unless `thorough`, only what callbacks
/// usually change in the middle of a handshake is looked at: the context, the certificate, the
/// verify mode. `cache` gives that of the context that `ssl` has now: SNI may have chosen another
/// one.
///
/// # Safety
/// As for [`read`].
pub(crate) unsafe fn reread<'a, C: Cache + 'a>(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    before: &Configured,
    declared: PeerCertificate,
    thorough: bool,
    cache: impl FnOnce() -> Option<&'a C>,
) -> Option<Arc<Configured>> {
    // SAFETY: passed on.
    unsafe {
        let trusts_others =
            has_filled_store(symbols, ssl, before) || (thorough && trusts_others(symbols, ssl, before));
        let same = |look| is_unchanged(symbols, ssl, before, look);
        let holds = same(Look::Identity) && (!thorough || same(Look::During(declared)));
        if holds && !trusts_others {
            return None;
        }
        let cache = cache();
        Some(if trusts_others {
            read_anew(symbols, ssl, declared, cache)
        } else {
            read(symbols, ssl, declared, cache)
        })
    }
}

/// Whether the store was empty when the handshake began, and is no longer: curl fills it when the
/// server has answered.
///
/// # Safety
/// As for [`read`].
unsafe fn has_filled_store(symbols: &Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    // SAFETY: passed on.
    before.local.trust_anchors.count == 0
        && unsafe { trust_store::size(symbols, trust_store::store(symbols, ssl)) > 0 }
}

/// Whether the peer's certificate did not verify, and what it was held against is not what was read: compared by content, since an
/// application may fill its store when the peer's certificate has come, and by the time of the next connection have another one of
/// the same size.
///
/// # Safety
/// As for [`read`].
unsafe fn trusts_others(symbols: &'static Symbols, ssl: *mut SSL, before: &Configured) -> bool {
    // SAFETY: passed on.
    unsafe {
        (symbols.f.SSL_get_verify_result)(ssl) != 0
            && trust_store::anchors(symbols, trust_store::store(symbols, ssl)) != before.local.trust_anchors
    }
}

/// # Safety
/// As for [`read`].
#[cold]
#[inline(never)]
unsafe fn read_all(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    declared: PeerCertificate,
    verify: bool,
) -> Configured {
    // SAFETY: passed on.
    unsafe {
        let fingerprint = fingerprint(symbols, ssl, declared);
        let mut configured = Configured {
            local: Arc::default(),
            fingerprint,
            verifying: verifying(symbols, ssl),
            certificates: Vec::new(),
            issuers: Vec::new(),
            keys: Vec::new(),
            mutable_in_place: mutable_in_place(symbols, ssl),
            symbols,
        };
        let issuers = elements::<X509>(symbols, certificates::chain(symbols, ssl));
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
            trust_anchors: trust_store::anchors(symbols, verifying.store as *mut X509_STORE),
            security_level: at.security_level,
            options: at.options as u64,
            certificate_callback: at.certificate_callback != 0,
            peer_certificate: at.peer_certificate,
            expects_proxy_header: false,
        });
        configured
    }
}

/// Walks the certificates of `ssl` by moving its "current" one, and moves it back. To `verify`
/// their signatures takes a tenth of a millisecond each, so that is left out where the result
/// cannot be kept.
///
/// # Safety
/// As for [`read`].
unsafe fn read_certificates(
    symbols: &Symbols,
    ssl: *mut SSL,
    into: &mut Configured,
    verify: bool,
) -> Vec<LocalCertificate> {
    let f = &symbols.f;
    let mut certificates = Vec::new();
    // SAFETY: passed on. What the controls change is the connection's own copy, and
    // `SELECT_CURRENT_CERT` undoes it.
    unsafe {
        let current = (f.SSL_get_certificate)(ssl);
        if current.is_null() {
            // Without a current certificate there is none to move back to.
            into.keys.push((f.SSL_get_privatekey)(ssl) as usize);
            return certificates;
        }
        if (f.SSL_get_privatekey)(ssl).is_null() {
            // OpenSSL walks past certificates without a key and cannot move back to one: this one
            // is all we look at.
            if (f.X509_up_ref)(current) == 1 {
                into.certificates.push(current);
                into.keys.push(0);
                certificates.push(certificates::describe(symbols, ssl, current, ptr::null_mut(), verify));
            }
            return certificates;
        }
        let mut more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, CERT_SET_FIRST, ptr::null_mut());
        while more == 1 && certificates.len() < 16 {
            let (x509, key) = ((f.SSL_get_certificate)(ssl), (f.SSL_get_privatekey)(ssl));
            if !x509.is_null() && (f.X509_up_ref)(x509) == 1 {
                into.certificates.push(x509);
                into.keys.push(key as usize);
                certificates.push(certificates::describe(symbols, ssl, x509, key, verify));
            }
            more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, CERT_SET_NEXT, ptr::null_mut());
        }
        (f.SSL_ctrl)(ssl, ctrl::SELECT_CURRENT_CERT, 0, current.cast());
    }
    certificates
}

/// # Safety
/// As for [`read`].
unsafe fn cipher_suites(symbols: &Symbols, ssl: *mut SSL, at: &Fingerprint) -> Vec<u16> {
    let f = &symbols.f;
    // TLS 1.3 has suites of its own (RFC 8446 §B.4). SSL_get1_supported_ciphers would say, but by
    // asking the application's security callback about each, which it could notice.
    let (lowest, highest) = at.versions;
    let with_1_3 = (highest == 0 || highest >= c_long::from(TLS1_3)) && at.options & NO_TLS1_3 == 0;
    let with_older = lowest < c_long::from(TLS1_3);
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
/// `list` is null or a live STACK_OF(X509_NAME).
unsafe fn ca_names(symbols: &Symbols, list: *const STACK) -> Vec<Vec<u8>> {
    // SAFETY: as promised.
    unsafe {
        (0..count(symbols, list))
            .map(|i| name(symbols, (symbols.f.OPENSSL_sk_value)(list, i).cast()))
            .collect()
    }
}
