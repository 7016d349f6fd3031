//! A recorder on a context or a connection.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tlsdiag_core::HandshakeRecorder;
use tlsdiag_core::event::PeerCertificate;
use tlsdiag_core::source::openssl::{
    AttachOptions, Object, Symbols, attach_ctx_raw, attach_ssl_raw, detach_raw, is_attached_raw,
};

use crate::boundary::{given, options, run, text};
use crate::openssl;
use crate::options::tlsdiag_attach_options;
use crate::options::tlsdiag_peer_certificate::{
    TLSDIAG_PEER_CERTIFICATE_OPTIONAL, TLSDIAG_PEER_CERTIFICATE_REQUIRED, TLSDIAG_PEER_CERTIFICATE_UNKNOWN,
};
use crate::recorder::tlsdiag_recorder;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

impl tlsdiag_recorder {
    fn as_listener(&self) -> Arc<dyn HandshakeRecorder> {
        let listener: Arc<dyn HandshakeRecorder> = self.listener.clone();
        listener
    }

    /// The OpenSSL of this object.
    ///
    /// # Safety
    /// `object` is null or such an object, alive.
    pub(crate) unsafe fn symbols_of(
        &self,
        object: *const c_void,
        kind: Object,
    ) -> Result<&'static Symbols, Failure> {
        match self.symbols {
            Some(symbols) if !object.is_null() => Ok(symbols),
            // SAFETY: passed on; null is found out there.
            _ => unsafe { openssl::of(object, kind) },
        }
    }

    /// # Safety
    /// As for the functions of the header.
    unsafe fn attach(
        &self,
        object: *mut c_void,
        kind: Object,
        options: *const tlsdiag_attach_options,
    ) -> Result<(), Failure> {
        // SAFETY: promised by the callers below.
        unsafe {
            let options = read(&self::options(options)?)?;
            let symbols = self.symbols_of(object, kind)?;
            let listener = self.as_listener();
            // Attached twice, a handshake would be told twice; what the options say now holds from now on.
            detach_raw(symbols, object, kind, &listener);
            let attached = match kind {
                Object::Context => attach_ctx_raw(symbols, object, listener, options),
                Object::Connection => attach_ssl_raw(symbols, object, listener, options),
            };
            attached.map_err(|error| Failure::new(TLSDIAG_UNSUPPORTED, error.to_string()))?.keep();
        }
        Ok(())
    }

    /// # Safety
    /// As for the functions of the header.
    unsafe fn detach(&self, object: *mut c_void, kind: Object) -> Result<(), Failure> {
        // SAFETY: promised by the callers below.
        unsafe {
            let symbols = self.symbols_of(object, kind)?;
            if detach_raw(symbols, object, kind, &self.as_listener()) {
                return Ok(());
            }
        }
        Err(Failure::new(TLSDIAG_NOT_FOUND, "this recorder is not attached there"))
    }
}

/// The peer's address, if one is named.
///
/// # Safety
/// `address` is NULL or a C string.
pub(crate) unsafe fn address(address: *const c_char, port: c_int) -> Result<Option<SocketAddr>, Failure> {
    let wrong = |message: String| Failure::new(TLSDIAG_BAD_VALUE, message);
    if address.is_null() {
        return Ok(None);
    }
    // SAFETY: promised by the caller.
    let address = unsafe { text(address, "peer_address") }?;
    let ip: IpAddr = address
        .parse()
        .map_err(|_| wrong(format!("peer_address is \"{}\", no IP address", address.escape_debug())))?;
    let port = u16::try_from(port).map_err(|_| wrong(format!("peer_port is {port}, no port")))?;
    Ok(Some(SocketAddr::new(ip, port)))
}

/// # Safety
/// The pointers in the options are as tlsdiag_attach_options says.
unsafe fn read(options: &tlsdiag_attach_options) -> Result<AttachOptions, Failure> {
    const UNKNOWN: i32 = TLSDIAG_PEER_CERTIFICATE_UNKNOWN as i32;
    const OPTIONAL: i32 = TLSDIAG_PEER_CERTIFICATE_OPTIONAL as i32;
    const REQUIRED: i32 = TLSDIAG_PEER_CERTIFICATE_REQUIRED as i32;
    let mut read = AttachOptions::new();
    match options.peer_certificate {
        UNKNOWN => {}
        OPTIONAL => read = read.peer_certificate(PeerCertificate::Optional),
        REQUIRED => read = read.peer_certificate(PeerCertificate::Required),
        other => {
            return Err(Failure::new(
                TLSDIAG_BAD_VALUE,
                format!("peer_certificate is {other}, no value of tlsdiag_peer_certificate"),
            ));
        }
    }
    // SAFETY: a C string, by the caller's promise.
    if let Some(peer) = unsafe { address(options.peer_address, options.peer_port) }? {
        read = read.peer(peer);
    }
    if let Some(callback) = options.message_callback {
        // SAFETY: a message callback with its argument, by the caller's promise.
        read = unsafe { read.message_callback(callback as *const c_void, options.message_callback_arg) };
    }
    Ok(read)
}

/// Records every connection of an SSL_CTX from now on, also those that exist and have not begun their handshake. Attaching again
/// changes nothing, and no handshake is told twice.
///
/// OpenSSL's callbacks that the application has set are called as before; only the message callback (SSL_CTX_set_msg_callback) has no
/// getter and is replaced, unless tlsdiag_recorder_attach_ctx_with() is told of it.
///
/// The recorder is attached until it is detached or freed, or the SSL_CTX is freed, whichever comes first.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX of OpenSSL 1.1.1 or later whose library is never unloaded. No
/// other thread uses the SSL_CTX during the call: attach before threads share it, as with every setter of OpenSSL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_attach_ctx(
    recorder: *mut tlsdiag_recorder,
    ctx: *mut c_void,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { tlsdiag_recorder_attach_ctx_with(recorder, ctx, std::ptr::null()) }
}

/// The same with options; NULL are the defaults. Where the recorder is attached already they take the place of the ones before.
///
/// # Safety
/// As for tlsdiag_recorder_attach_ctx(); `options` is NULL or as long as its size says, and what it points at is as described there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_attach_ctx_with(
    recorder: *mut tlsdiag_recorder,
    ctx: *mut c_void,
    options: *const tlsdiag_attach_options,
) -> tlsdiag_status {
    // SAFETY: promised by the caller.
    run(|| unsafe { given(recorder, "recorder")?.attach(ctx, Object::Context, options) })
}

/// Records one SSL, from its next handshake on. QUIC and DTLS are refused with TLSDIAG_UNSUPPORTED. If the recorder is attached to its
/// SSL_CTX as well, the handshake is told once all the same.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `ssl` is NULL or an SSL of OpenSSL 1.1.1 or later whose library is never unloaded, and no
/// other thread uses it during the call; with a key log, no other thread uses its SSL_CTX either.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_attach_ssl(
    recorder: *mut tlsdiag_recorder,
    ssl: *mut c_void,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { tlsdiag_recorder_attach_ssl_with(recorder, ssl, std::ptr::null()) }
}

/// The same with options; NULL are the defaults.
///
/// # Safety
/// As for tlsdiag_recorder_attach_ssl(); `options` is NULL or as long as its size says, and what it points at is as described there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_attach_ssl_with(
    recorder: *mut tlsdiag_recorder,
    ssl: *mut c_void,
    options: *const tlsdiag_attach_options,
) -> tlsdiag_status {
    // SAFETY: promised by the caller.
    run(|| unsafe { given(recorder, "recorder")?.attach(ssl, Object::Connection, options) })
}

/// Stops recording the connections of an SSL_CTX, at once: handshakes in the middle are not told. OpenSSL's callbacks stay in place
/// and pass everything on. TLSDIAG_NOT_FOUND if the recorder is not attached there. Other threads may use the SSL_CTX meanwhile.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX that is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_detach_ctx(
    recorder: *mut tlsdiag_recorder,
    ctx: *mut c_void,
) -> tlsdiag_status {
    // SAFETY: promised by the caller.
    run(|| unsafe { given(recorder, "recorder")?.detach(ctx, Object::Context) })
}

/// The same for an SSL that the recorder was attached to itself.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `ssl` is NULL or an SSL that is alive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_detach_ssl(
    recorder: *mut tlsdiag_recorder,
    ssl: *mut c_void,
) -> tlsdiag_status {
    // SAFETY: promised by the caller.
    run(|| unsafe { given(recorder, "recorder")?.detach(ssl, Object::Connection) })
}

/// Whether the recorder is attached to this very SSL_CTX: 1 or 0.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `ctx` is NULL or an SSL_CTX that is alive; `attached` is NULL or has room for an int.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_is_attached_ctx(
    recorder: *mut tlsdiag_recorder,
    ctx: *mut c_void,
    attached: *mut c_int,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let (recorder, out) =
                (given(recorder, "recorder")?, crate::boundary::place(attached, "attached")?);
            let symbols = recorder.symbols_of(ctx, Object::Context)?;
            out.put(is_attached_raw(symbols, ctx, Object::Context, &recorder.as_listener()).into());
        }
        Ok(())
    })
}
