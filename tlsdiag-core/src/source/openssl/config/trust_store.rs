//! What the local side trusts to end a chain: the certificates in its store.

use std::ffi::c_int;
use std::ptr;

use super::super::sys::constants::ctrl;
use super::super::sys::der::{certificate, name};
use super::super::sys::functions::{SSL, X509_OBJECT, X509_STORE};
use super::super::sys::library::Symbols;
use crate::event::TrustAnchors;

/// The store that verifies the peer: the connection's own, else the context's.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn store(symbols: &Symbols, ssl: *mut SSL) -> *mut X509_STORE {
    let f = &symbols.f;
    // SAFETY: as promised. The control stores the address of a store that stays its owner's; 1.1.1
    // does not know it.
    unsafe {
        let mut store: *mut X509_STORE = ptr::null_mut();
        (f.SSL_ctrl)(ssl, ctrl::GET_VERIFY_CERT_STORE, 0, (&raw mut store).cast());
        if store.is_null() { (f.SSL_CTX_get_cert_store)((f.SSL_get_SSL_CTX)(ssl)) } else { store }
    }
}

/// # Safety
/// `store` is null or alive.
pub(crate) unsafe fn anchors(symbols: &Symbols, store: *mut X509_STORE) -> TrustAnchors {
    let f = &symbols.f;
    let mut anchors = TrustAnchors::default();
    let (Some(objects), Some(as_x509), Some(lock), Some(unlock)) =
        (f.X509_STORE_get0_objects, f.X509_OBJECT_get0_X509, f.X509_STORE_lock, f.X509_STORE_unlock)
    else {
        return anchors;
    };
    if store.is_null() {
        return anchors;
    }
    // SAFETY: as promised. A look-up in another thread may add to the list, so it is read under the
    // store's own lock, which no one holds on this thread: hooks run outside of look-ups.
    unsafe {
        if lock(store) != 1 {
            return anchors;
        }
        let list = objects(store);
        let count = (f.OPENSSL_sk_num)(list);
        let is_small = usize::try_from(count).is_ok_and(|count| count <= TrustAnchors::CERTIFICATES_KEPT);
        for i in 0..count {
            let x509 = as_x509((f.OPENSSL_sk_value)(list, i).cast::<X509_OBJECT>());
            if x509.is_null() {
                continue;
            }
            anchors.count += 1;
            if anchors.subjects.len() < TrustAnchors::SUBJECTS_KEPT {
                anchors.subjects.push(name(symbols, (f.X509_get_subject_name)(x509)));
            }
            if is_small {
                let mut der = Vec::new();
                certificate(symbols, x509, &mut der);
                anchors.certificates.push(der);
            }
        }
        unlock(store);
    }
    anchors
}

/// How many objects the store holds. Its list lives as long as it does, and its length is read
/// without the store's lock, for which a hook would have to wait: should another thread be adding
/// just now, the number may be one behind.
///
/// # Safety
/// `store` is null or alive.
pub(crate) unsafe fn size(symbols: &Symbols, store: *mut X509_STORE) -> c_int {
    match symbols.f.X509_STORE_get0_objects {
        // SAFETY: as promised.
        Some(objects) if !store.is_null() => unsafe { (symbols.f.OPENSSL_sk_num)(objects(store)) },
        _ => 0,
    }
}
