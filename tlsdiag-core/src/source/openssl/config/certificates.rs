//! A certificate of the local side, with its chain and its key.

use std::ptr;

use super::super::sys::constants::ctrl;
use super::super::sys::der::certificate;
use super::super::sys::functions::{EVP_PKEY, SSL, STACK, X509};
use super::super::sys::library::Symbols;
use super::super::sys::stack::elements;
use crate::event::{LocalCertificate, LocalKey};

/// The current certificate of `ssl`, with what belongs to it.
///
/// # Safety
/// `ssl` is alive and this thread's; `x509` is its current certificate, `key` that one's key or null.
pub(crate) unsafe fn describe(
    symbols: &Symbols,
    ssl: *mut SSL,
    x509: *mut X509,
    key: *mut EVP_PKEY,
    verify: bool,
) -> LocalCertificate {
    // SAFETY: passed on; the stack stays its owner's and alive meanwhile.
    unsafe {
        let der = |x509: *mut X509| {
            let mut der = Vec::new();
            certificate(symbols, x509, &mut der);
            der
        };
        let stack = chain(symbols, ssl);
        let issuers = elements(symbols, stack).map(der);
        LocalCertificate {
            certificate: der(x509),
            chain: issuers.collect(),
            key: (!key.is_null()).then(|| describe_key(symbols, x509, key)),
            bad_signature: if verify { bad_signature(symbols, x509, stack) } else { None },
        }
    }
}

/// The chain of the current certificate, else the one that the context adds to any.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn chain(symbols: &Symbols, ssl: *mut SSL) -> *const STACK {
    let f = &symbols.f;
    // SAFETY: passed on. Both controls store the address of a stack that stays theirs.
    unsafe {
        let mut stack: *const STACK = ptr::null();
        (f.SSL_ctrl)(ssl, ctrl::GET_CHAIN_CERTS, 0, (&raw mut stack).cast());
        if stack.is_null() {
            let context = (f.SSL_get_SSL_CTX)(ssl);
            (f.SSL_CTX_ctrl)(context, ctrl::GET_EXTRA_CHAIN_CERTS, 1, (&raw mut stack).cast());
        }
        stack
    }
}

/// The first certificate, from the leaf up, that names an issuer in the chain whose key did not
/// sign it.
///
/// # Safety
/// `leaf` is alive; `chain` is null or a live STACK_OF(X509).
unsafe fn bad_signature(symbols: &Symbols, leaf: *mut X509, chain: *const STACK) -> Option<u32> {
    /// A longer chain than any verifier follows.
    const LONGEST: usize = 8;
    let f = &symbols.f;
    // SAFETY: as promised. X509_verify reads the certificate, and the key that its issuer has
    // parsed already.
    unsafe {
        let issuers: Vec<*mut X509> =
            elements(symbols, chain).take(LONGEST).filter(|x509: &*mut X509| !x509.is_null()).collect();
        let bad = |child: *mut X509| {
            let mut named = issuers
                .iter()
                .filter(|issuer| {
                    let (of, by) = ((f.X509_get_subject_name)(**issuer), (f.X509_get_issuer_name)(child));
                    (f.X509_NAME_cmp)(of, by) == 0
                })
                .peekable();
            named.peek().is_some()
                && named.all(|issuer| {
                    let key = (f.X509_get0_pubkey)(*issuer);
                    !key.is_null() && (f.X509_verify)(child, key) != 1
                })
        };
        let chain = std::iter::once(leaf).chain(issuers.iter().copied());
        chain.enumerate().find(|(_, child)| bad(*child)).and_then(|(i, _)| u32::try_from(i).ok())
    }
}

/// # Safety
/// A live certificate and key.
unsafe fn describe_key(symbols: &Symbols, x509: *mut X509, key: *mut EVP_PKEY) -> LocalKey {
    let f = &symbols.f;
    // SAFETY: as promised. Comparing is what OpenSSL itself did when the key was set; it looks at
    // public parts.
    unsafe {
        LocalKey {
            algorithm: f.EVP_PKEY_get_base_id.map_or(-1, |get| get(key)),
            bits: f.EVP_PKEY_get_bits.map_or(0, |get| get(key)),
            matches_certificate: (f.X509_check_private_key)(x509, key) == 1,
        }
    }
}
