//! The application's own callbacks, and a log of their calls: what a recorder must not disturb.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_int, c_void};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use openssl::ex_data::Index;
use openssl::ssl::{AlpnError, NameType, SslContext, SslContextBuilder};
use openssl_sys as ffi;

use super::Side;
use crate::Error;

/// Whether the application has callbacks of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spy {
    /// It has none.
    Off,
    /// Both sides have an info, a verify and a security callback; the server has one for server_name and one for ALPN
    /// too. They change nothing, except that ALPN is answered.
    On,
}

type InfoCallback = unsafe extern "C" fn(*const ffi::SSL, c_int, c_int);
type SecurityCallback = unsafe extern "C" fn(
    *const ffi::SSL,
    *const ffi::SSL_CTX,
    c_int,
    c_int,
    c_int,
    *mut c_void,
    *mut c_void,
) -> c_int;

unsafe extern "C" {
    fn SSL_CTX_get_verify_mode(context: *const ffi::SSL_CTX) -> c_int;
    fn SSL_CTX_set_info_callback(context: *mut ffi::SSL_CTX, callback: Option<InfoCallback>);
    fn SSL_CTX_get_security_callback(context: *const ffi::SSL_CTX) -> Option<SecurityCallback>;
    fn SSL_CTX_set_security_callback(context: *mut ffi::SSL_CTX, callback: Option<SecurityCallback>);
}

/// The calls of one context's callbacks, in order.
#[derive(Clone)]
pub(super) struct Log {
    lines: Arc<Mutex<Vec<String>>>,
    /// OpenSSL's own policy, which stays in force.
    policy: Option<SecurityCallback>,
}

impl Log {
    /// Installs the callbacks.
    pub(super) fn install(side: Side, context: &mut SslContextBuilder) -> Result<Log, Error> {
        // SAFETY: the context is alive; this only reads.
        let policy = unsafe { SSL_CTX_get_security_callback(context.as_ptr()) };
        let log = Log { lines: Arc::default(), policy };
        context.set_ex_data(slot()?, log.clone());
        // SAFETY: the context is alive and exclusively ours; the callbacks are functions, so they live for ever, have
        // the signatures that OpenSSL asks for, and find the log in the context, which owns its copy.
        unsafe {
            SSL_CTX_set_info_callback(context.as_ptr(), Some(on_info));
            ffi::SSL_CTX_set_verify(
                context.as_ptr(),
                SSL_CTX_get_verify_mode(context.as_ptr()),
                Some(on_verify),
            );
            SSL_CTX_set_security_callback(context.as_ptr(), Some(on_security));
        }
        if side == Side::Server {
            let names = log.clone();
            context.set_servername_callback(move |ssl, _alert| {
                names.add(format!("servername {:?}", ssl.servername(NameType::HOST_NAME)));
                Ok(())
            });
            let protocols = log.clone();
            context.set_alpn_select_callback(move |_ssl, offered| {
                protocols.add(format!("alpn {}", String::from_utf8_lossy(offered).escape_default()));
                openssl::ssl::select_next_proto(b"\x08http/1.1", offered).ok_or(AlpnError::NOACK)
            });
        }
        log.take(); // configuring a context asks the policy too, and that is nobody's handshake
        Ok(log)
    }

    /// Takes what has been written so far.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, line: String) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// # Safety
    ///
    /// `context` must be null or point to a living context.
    unsafe fn of<'a>(context: *const ffi::SSL_CTX) -> Option<&'a Log> {
        let index = slot().ok()?;
        if context.is_null() {
            return None;
        }
        // SAFETY: the caller vouches for the context; the slot is ours alone and holds null or what `install` put there.
        unsafe { ffi::SSL_CTX_get_ex_data(context, index.as_raw()).cast::<Log>().as_ref() }
    }
}

fn slot() -> Result<Index<SslContext, Log>, Error> {
    static SLOT: OnceLock<Option<Index<SslContext, Log>>> = OnceLock::new();
    SLOT.get_or_init(|| SslContext::new_ex_index().ok())
        .ok_or_else(|| Error::new("cannot install the callbacks: OpenSSL has no room in its contexts"))
}

unsafe extern "C" fn on_info(ssl: *const ffi::SSL, r#where: c_int, ret: c_int) {
    // SAFETY: OpenSSL calls with the living connection that the event belongs to, whose context lives as long; the state
    // is a static string.
    unsafe {
        if let Some(log) = Log::of(ffi::SSL_get_SSL_CTX(ssl)) {
            let state = CStr::from_ptr(ffi::SSL_state_string_long(ssl)).to_string_lossy();
            log.add(format!("info where={where:#x} ret={ret} {state}", where = r#where));
        }
    }
}

extern "C" fn on_verify(preverified: c_int, store: *mut ffi::X509_STORE_CTX) -> c_int {
    // SAFETY: OpenSSL calls with the living verification; libssl keeps the connection in this slot of it.
    unsafe {
        let ssl = ffi::X509_STORE_CTX_get_ex_data(store, ffi::SSL_get_ex_data_X509_STORE_CTX_idx());
        if !ssl.is_null()
            && let Some(log) = Log::of(ffi::SSL_get_SSL_CTX(ssl.cast()))
        {
            let depth = ffi::X509_STORE_CTX_get_error_depth(store);
            let error = ffi::X509_STORE_CTX_get_error(store);
            log.add(format!("verify ok={preverified} depth={depth} error={error}"));
        }
    }
    preverified
}

unsafe extern "C" fn on_security(
    ssl: *const ffi::SSL,
    context: *const ffi::SSL_CTX,
    operation: c_int,
    bits: c_int,
    nid: c_int,
    other: *mut c_void,
    extra: *mut c_void,
) -> c_int {
    // SAFETY: OpenSSL calls with a living connection or, while a context is configured, with a living context; the
    // policy is OpenSSL's own and gets what it would have got without us.
    unsafe {
        let owner = if ssl.is_null() { context } else { ffi::SSL_get_SSL_CTX(ssl).cast_const() };
        let Some(log) = Log::of(owner) else { return 0 };
        let Some(policy) = log.policy else { return 0 };
        let allowed = policy(ssl, context, operation, bits, nid, other, extra);
        log.add(format!("security op={operation:#x} bits={bits} nid={nid} allowed={allowed}"));
        allowed
    }
}
