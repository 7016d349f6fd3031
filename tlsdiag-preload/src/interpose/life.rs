//! How contexts and connections come and go, and when a connection is given another context.

use std::ffi::{c_char, c_void};
use std::ptr;

use tlsdiag_core::source::openssl::{Interposer, QueuedErrors, Symbols};

use super::Object;
use crate::boundary::guard;
use crate::caller::{About, Caller, caller, known_application};
use crate::libraries::{Real, calling};
use crate::{memory, outbox, recorder, setup};

/// Makes a context by `run`, and takes it up, or tells that there is none.
fn make_context(
    real: &'static Real,
    application: bool,
    method: *const c_void,
    function: &'static str,
    run: impl FnOnce() -> Object,
) -> Object {
    let Some(symbols) = real.symbols.filter(|_| application && !real.is_quic(method)) else { return run() };
    let before = guard(|| QueuedErrors::now(symbols)).unwrap_or_default();
    let context = run();
    guard(|| {
        memory::look();
        outbox::open(symbols, real.number());
        if context.is_null() {
            return setup::no_context(symbols, function, &before);
        }
        outbox::prepare();
        calling(real, || recorder::attach_context(symbols, context));
        setup::context_made(context);
    });
    context
}

fn connection_made(
    real: &'static Real,
    symbols: &'static Symbols,
    interposer: Interposer,
    ssl: Object,
    context: Object,
) {
    // SAFETY: a live SSL that only this thread knows, and the live context that it was made from.
    unsafe {
        if !interposer.made(ssl, context) {
            outbox::open(symbols, real.number());
            recorder::attach_connection(symbols, ssl);
        }
    }
}

pub(super) unsafe extern "C" fn ctx_new(method: *const c_void, address: usize) -> Object {
    let (real, application) = who!(address, About::Method(method), ptr::null_mut());
    make_context(real, application, method, "SSL_CTX_new", || {
        call!(real, SSL_CTX_new(method), ptr::null_mut())
    })
}

pub(super) unsafe extern "C" fn ctx_new_ex(
    library: *mut c_void,
    query: *const c_char,
    method: *const c_void,
    address: usize,
) -> Object {
    let (real, application) = who!(address, About::Method(method), ptr::null_mut());
    make_context(real, application, method, "SSL_CTX_new_ex", || {
        call!(real, SSL_CTX_new_ex(library, query, method), ptr::null_mut())
    })
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(super) unsafe extern "C" fn new(context: Object, address: usize) -> Object {
    // SAFETY: the argument of our caller, passed on to the function that it meant; and a live SSL that only this thread knows, made
    // from that context.
    unsafe {
        let Some((real, interposer)) = usual(address, About::Object(context)) else {
            return new_at_length(context, address);
        };
        let Some(function) = real.f.SSL_new else { return ptr::null_mut() };
        let ssl = function(context);
        if ssl.is_null() || real.f.SSL_is_quic.is_some_and(|is_quic| is_quic(ssl) != 0) {
            return ssl;
        }
        let errno = libc::__errno_location();
        let before = *errno;
        if !outbox::is_prepared() {
            // The first one of a process that was forked.
            guard(outbox::prepare);
        }
        if setup::concerns_connections() {
            guard(|| setup::connection_made(context));
        }
        if !interposer.made_fast(ssl, context) {
            connection_made_at_length(real, ssl, context);
        }
        *errno = before;
        ssl
    }
}

/// The library that the application calls, where it is the only one and is recorded: so it is nearly always, and quickly known.
#[inline(always)]
fn usual(address: usize, about: About) -> Option<(&'static Real, Interposer)> {
    let real = known_application(address, about)?;
    Some((real, real.interposer?))
}

#[cold]
#[inline(never)]
unsafe extern "C" fn new_at_length(context: Object, address: usize) -> Object {
    let (real, application) = who!(address, About::Object(context), ptr::null_mut());
    let ssl = call!(real, SSL_new(context), ptr::null_mut());
    if application && !ssl.is_null() {
        connection_made_at_length(real, ssl, context);
    }
    ssl
}

#[cold]
#[inline(never)]
fn connection_made_at_length(real: &'static Real, ssl: Object, context: Object) {
    // SAFETY: a live SSL of this library.
    let quic = real.f.SSL_is_quic.is_some_and(|is_quic| unsafe { is_quic(ssl) } != 0);
    if let (Some(symbols), Some(interposer), false) = (real.symbols, real.interposer, quic) {
        guard(|| {
            if !outbox::is_prepared() {
                outbox::prepare();
            }
            if setup::concerns_connections() {
                setup::connection_made(context);
            }
            calling(real, || connection_made(real, symbols, interposer, ssl, context));
        });
    }
}

#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(super) unsafe extern "C" fn free(ssl: Object, address: usize) {
    if let Some((real, interposer)) = usual(address, About::Object(ssl))
        && let Some(function) = real.f.SSL_free
    {
        // SAFETY: the argument of our caller: null, or a live SSL of this thread, passed on to the function that it meant.
        unsafe {
            if interposer.is_settled(ssl) {
                return function(ssl);
            }
        }
    }
    // SAFETY: passed on.
    unsafe { free_at_length(ssl, address) };
}

#[cold]
#[inline(never)]
unsafe extern "C" fn free_at_length(ssl: Object, address: usize) {
    let (real, application) = who!(address, About::Object(ssl));
    if let Some(interposer) = real.interposer.filter(|_| application && !ssl.is_null()) {
        guard(|| {
            // SAFETY: as for `kept`.
            unsafe { interposer.leaving(ssl) }
        });
    }
    call!(real, SSL_free(ssl), ());
}

pub(super) unsafe extern "C" fn set_ctx(ssl: Object, context: Object, address: usize) -> Object {
    let (real, application) = who!(address, About::Object(ssl), ptr::null_mut());
    let now = call!(real, SSL_set_SSL_CTX(ssl, context), ptr::null_mut());
    if let Some(interposer) = real.interposer.filter(|_| application && !now.is_null()) {
        guard(|| {
            calling(real, || {
                // SAFETY: as for `kept`.
                unsafe { interposer.moved(ssl) }
            })
        });
    }
    now
}
