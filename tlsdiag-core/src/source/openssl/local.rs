//! Reads what the local side is configured to do, once for each context.
//!
//! Reading everything costs tens of microseconds, so the result is kept with a fingerprint of cheap facts, mostly
//! addresses, and read anew only where that differs. It is read from the `SSL`, which has its own copy of its context's
//! certificates: nothing here changes what other threads look at.

use std::ffi::{CStr, c_int, c_long, c_uchar, c_ulong, c_void};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ptr;
use std::sync::Arc;

use super::boundary;
use super::slot::ContextState;
use super::symbols::{
    EVP_PKEY, SSL, SSL_CIPHER, STACK, Symbols, X509, X509_NAME, X509_OBJECT, X509_STORE, ctrl,
};
use crate::event::{LocalCertificate, LocalConfiguration, LocalKey, TrustAnchors};

/// `SSL_OP_NO_TLSv1_3`.
const NO_TLS1_3: c_ulong = 1 << 29;
/// No certificate list is longer than this to us.
const MOST: c_int = 1024;

/// A configuration with what it takes to see that it still holds.
pub(super) struct Configured {
    pub(super) local: Arc<LocalConfiguration>,
    fingerprint: Fingerprint,
    /// The certificates, each with a reference of ours, so that none of these addresses can come to mean another one.
    certificates: Vec<*mut X509>,
    keys: Vec<usize>,
    symbols: &'static Symbols,
}

impl Configured {
    /// Whether a connection whose current certificate is `x509` may be configured so. A server with several certificates
    /// points at the one it chose, so any of them will do.
    fn has_certificate(&self, x509: *mut X509) -> bool {
        if self.certificates.is_empty() { x509.is_null() } else { self.certificates.contains(&x509) }
    }
}

// SAFETY: the X509 references are only compared and, by `drop`, released, which OpenSSL does atomically.
unsafe impl Send for Configured {}
// SAFETY: as above.
unsafe impl Sync for Configured {}

impl Drop for Configured {
    fn drop(&mut self) {
        for certificate in &self.certificates {
            // SAFETY: each holds a reference that `read_certificates` took.
            unsafe { (self.symbols.f.X509_free)(*certificate) };
        }
    }
}

#[derive(PartialEq, Eq)]
struct Fingerprint {
    context: usize,
    verify_mode: c_int,
    verify_depth: c_int,
    verify_flags: c_ulong,
    versions: (c_long, c_long),
    options: c_ulong,
    ciphers: (usize, c_int),
    ca_names: (usize, c_int),
    store: usize,
    security_level: c_int,
    certificate_callback: usize,
}

/// The configuration of `ssl`, from its context's cache where it still holds.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(super) unsafe fn read(
    symbols: &'static Symbols,
    ssl: *mut SSL,
    context: Option<&ContextState>,
) -> Arc<Configured> {
    if let Some(cached) = context.and_then(|context| context.configured.load_full()) {
        // SAFETY: passed on.
        if unsafe { holds(symbols, ssl, &cached) } {
            return cached;
        }
    }
    // SAFETY: passed on.
    let fresh = Arc::new(boundary::with_clean_queue(symbols, || unsafe { read_all(symbols, ssl) }));
    if let Some(context) = context {
        context.configured.store(Some(Arc::clone(&fresh)));
    }
    fresh
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
    let f = &symbols.f;
    // SAFETY: passed on. The context may be one that SNI chose, which has a cache of its own.
    unsafe {
        let context = (f.SSL_get_SSL_CTX)(ssl);
        let same = before.fingerprint.context == context as usize
            && before.fingerprint.verify_mode == (f.SSL_get_verify_mode)(ssl)
            && before.has_certificate((f.SSL_get_certificate)(ssl));
        if same && (!thorough || holds(symbols, ssl, before)) {
            return None;
        }
        Some(read(symbols, ssl, ContextState::of(symbols, context)))
    }
}

/// # Safety
/// As for [`read`].
unsafe fn holds(symbols: &Symbols, ssl: *mut SSL, before: &Configured) -> bool {
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
unsafe fn fingerprint(symbols: &Symbols, ssl: *mut SSL) -> Fingerprint {
    let f = &symbols.f;
    // SAFETY: passed on; getters only.
    unsafe {
        let context = (f.SSL_get_SSL_CTX)(ssl);
        let ciphers = (f.SSL_get_ciphers)(ssl);
        let ca_names = ca_list(symbols, ssl);
        Fingerprint {
            context: context as usize,
            verify_mode: (f.SSL_get_verify_mode)(ssl),
            verify_depth: (f.SSL_get_verify_depth)(ssl),
            verify_flags: (f.X509_VERIFY_PARAM_get_flags)((f.SSL_get0_param)(ssl)),
            versions: (
                (f.SSL_ctrl)(ssl, ctrl::GET_MIN_PROTO_VERSION, 0, ptr::null_mut()),
                (f.SSL_ctrl)(ssl, ctrl::GET_MAX_PROTO_VERSION, 0, ptr::null_mut()),
            ),
            options: (f.SSL_get_options)(ssl),
            ciphers: (ciphers as usize, count(symbols, ciphers)),
            ca_names: (ca_names as usize, count(symbols, ca_names)),
            store: trust_store(symbols, ssl) as usize,
            security_level: (f.SSL_get_security_level)(ssl),
            certificate_callback: (f.SSL_CTX_get_client_cert_cb)(context) as usize,
        }
    }
}

/// # Safety
/// As for [`read`].
unsafe fn read_all(symbols: &'static Symbols, ssl: *mut SSL) -> Configured {
    // SAFETY: passed on.
    unsafe {
        let fingerprint = fingerprint(symbols, ssl);
        let mut configured = Configured {
            local: Arc::default(),
            fingerprint,
            certificates: Vec::new(),
            keys: Vec::new(),
            symbols,
        };
        let certificates = read_certificates(symbols, ssl, &mut configured);
        let at = &configured.fingerprint;
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
            verify_depth: at.verify_depth,
            verify_flags: at.verify_flags as u64,
            ca_names: ca_names(symbols, at.ca_names.0 as *const STACK),
            trust_anchors: trust_anchors(symbols, at.store as *mut X509_STORE),
            security_level: at.security_level,
            options: at.options as u64,
            certificate_callback: at.certificate_callback != 0,
        });
        configured
    }
}

/// Walks the certificates of `ssl` by moving its "current" one, and moves it back.
///
/// # Safety
/// As for [`read`].
unsafe fn read_certificates(
    symbols: &Symbols,
    ssl: *mut SSL,
    into: &mut Configured,
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
                let mut der = Vec::new();
                certificate(symbols, current, &mut der);
                certificates.push(LocalCertificate {
                    certificate: der,
                    chain: chain(symbols, ssl),
                    key: None,
                });
            }
            return certificates;
        }
        let mut more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, FIRST, ptr::null_mut());
        while more == 1 && certificates.len() < 16 {
            let (x509, key) = ((f.SSL_get_certificate)(ssl), (f.SSL_get_privatekey)(ssl));
            if !x509.is_null() && (f.X509_up_ref)(x509) == 1 {
                into.certificates.push(x509);
                into.keys.push(key as usize);
                let mut der = Vec::new();
                certificate(symbols, x509, &mut der);
                certificates.push(LocalCertificate {
                    certificate: der,
                    chain: chain(symbols, ssl),
                    key: (!key.is_null()).then(|| describe_key(symbols, x509, key)),
                });
            }
            more = (f.SSL_ctrl)(ssl, ctrl::SET_CURRENT_CERT, NEXT, ptr::null_mut());
        }
        (f.SSL_ctrl)(ssl, ctrl::SELECT_CURRENT_CERT, 0, current.cast());
    }
    certificates
}

/// The chain of the current certificate, else the one that the context adds to any.
///
/// # Safety
/// As for [`read`].
unsafe fn chain(symbols: &Symbols, ssl: *mut SSL) -> Vec<Vec<u8>> {
    let f = &symbols.f;
    // SAFETY: passed on. Both controls store the address of a stack that stays theirs.
    unsafe {
        let mut stack: *const STACK = ptr::null();
        (f.SSL_ctrl)(ssl, ctrl::GET_CHAIN_CERTS, 0, (&raw mut stack).cast());
        if stack.is_null() {
            let context = (f.SSL_get_SSL_CTX)(ssl);
            (f.SSL_CTX_ctrl)(context, ctrl::GET_EXTRA_CHAIN_CERTS, 1, (&raw mut stack).cast());
        }
        (0..count(symbols, stack))
            .map(|i| {
                let mut der = Vec::new();
                certificate(symbols, (f.OPENSSL_sk_value)(stack, i).cast(), &mut der);
                der
            })
            .collect()
    }
}

/// # Safety
/// A live certificate and key.
unsafe fn describe_key(symbols: &Symbols, x509: *mut X509, key: *mut EVP_PKEY) -> LocalKey {
    let f = &symbols.f;
    // SAFETY: as promised. Comparing is what OpenSSL itself did when the key was set; it looks at public parts.
    unsafe {
        LocalKey {
            algorithm: f.EVP_PKEY_get_base_id.map_or(-1, |get| get(key)),
            bits: f.EVP_PKEY_get_bits.map_or(0, |get| get(key)),
            matches_certificate: (f.X509_check_private_key)(x509, key) == 1,
        }
    }
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

/// The store that verifies the peer: the connection's own, else the context's.
///
/// # Safety
/// As for [`read`].
unsafe fn trust_store(symbols: &Symbols, ssl: *mut SSL) -> *mut X509_STORE {
    let f = &symbols.f;
    // SAFETY: passed on. The control stores the address of a store that stays its owner's; 1.1.1 does not know it.
    unsafe {
        let mut store: *mut X509_STORE = ptr::null_mut();
        (f.SSL_ctrl)(ssl, ctrl::GET_VERIFY_CERT_STORE, 0, (&raw mut store).cast());
        if store.is_null() { (f.SSL_CTX_get_cert_store)((f.SSL_get_SSL_CTX)(ssl)) } else { store }
    }
}

/// # Safety
/// `store` is null or alive.
unsafe fn trust_anchors(symbols: &Symbols, store: *mut X509_STORE) -> TrustAnchors {
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
    // SAFETY: as promised. A look-up in another thread may add to the list, so it is read under the store's own lock, which
    // no one holds on this thread: hooks run outside of look-ups.
    unsafe {
        if lock(store) != 1 {
            return anchors;
        }
        let list = objects(store);
        for i in 0..(f.OPENSSL_sk_num)(list) {
            let x509 = as_x509((f.OPENSSL_sk_value)(list, i).cast::<X509_OBJECT>());
            if x509.is_null() {
                continue;
            }
            anchors.count += 1;
            if anchors.subjects.len() < TrustAnchors::SUBJECTS_KEPT {
                anchors.subjects.push(name(symbols, (f.X509_get_subject_name)(x509)));
            }
        }
        unlock(store);
    }
    anchors
}

/// Appends the DER of a certificate; nothing if it is null or cannot be encoded.
///
/// # Safety
/// `x509` is null or alive.
pub(super) unsafe fn certificate(symbols: &Symbols, x509: *const X509, out: &mut Vec<u8>) {
    if !x509.is_null() {
        // SAFETY: as promised.
        encode(out, |place| unsafe { (symbols.f.i2d_X509)(x509, place) });
    }
}

/// # Safety
/// `name` is null or alive.
unsafe fn name(symbols: &Symbols, name: *const X509_NAME) -> Vec<u8> {
    let mut der = Vec::new();
    if !name.is_null() {
        // SAFETY: as promised.
        encode(&mut der, |place| unsafe { (symbols.f.i2d_X509_NAME)(name, place) });
    }
    der
}

/// Calls an i2d function twice: for the size, then for the bytes (`d2i_X509(3)`).
fn encode(out: &mut Vec<u8>, i2d: impl Fn(*mut *mut c_uchar) -> c_int) {
    let start = out.len();
    let Ok(size) = usize::try_from(i2d(ptr::null_mut())) else { return };
    out.resize(start + size, 0);
    let mut place = out[start..].as_mut_ptr();
    if usize::try_from(i2d(&mut place)) != Ok(size) {
        out.truncate(start);
    }
}

/// # Safety
/// `stack` is null or alive.
unsafe fn count(symbols: &Symbols, stack: *const STACK) -> c_int {
    // SAFETY: as promised; null has the length -1.
    unsafe { (symbols.f.OPENSSL_sk_num)(stack) }.clamp(0, MOST)
}

/// The host name that the peer's certificate is held against.
///
/// # Safety
/// `ssl` is alive and this thread's; the text lives until its verification parameters change.
pub(super) unsafe fn expected_name<'a>(symbols: &Symbols, ssl: *mut SSL) -> Option<&'a str> {
    // SAFETY: as promised.
    unsafe {
        let host = (symbols.f.X509_VERIFY_PARAM_get0_host?)((symbols.f.SSL_get0_param)(ssl), 0);
        if host.is_null() { None } else { CStr::from_ptr(host).to_str().ok() }
    }
}

/// The peer's address, where the connection has a socket.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(super) unsafe fn peer(symbols: &Symbols, ssl: *mut SSL) -> Option<SocketAddr> {
    // SAFETY: as promised.
    let fd = unsafe { (symbols.f.SSL_get_fd)(ssl) };
    if fd < 0 {
        return None;
    }
    // SAFETY: plain data, for which zeros are a value.
    let mut storage: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    let mut len = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    let place = (&raw mut storage).cast::<libc::sockaddr>();
    // SAFETY: `place` has room for `len` bytes.
    if unsafe { libc::getpeername(fd, place, &mut len) } != 0 {
        return None;
    }
    let at: *const c_void = (&raw const storage).cast();
    match c_int::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the kernel wrote a sockaddr_in, as the family says; storage is large and aligned enough for any.
            let address = unsafe { &*at.cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr));
            Some(SocketAddr::new(IpAddr::V4(ip), u16::from_be(address.sin_port)))
        }
        libc::AF_INET6 => {
            // SAFETY: as above, a sockaddr_in6.
            let address = unsafe { &*at.cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(address.sin6_addr.s6_addr);
            Some(SocketAddr::new(IpAddr::V6(ip), u16::from_be(address.sin6_port)))
        }
        _ => None,
    }
}
