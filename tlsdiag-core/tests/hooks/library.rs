//! Functions found at run time.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use openssl::ssl::SslVersion;
use tlsdiag_core::Collector;
use tlsdiag_core::source::openssl::{AttachOptions, Symbols, attach_ctx_raw, attach_ssl_raw};

use crate::brief::brief;
use crate::pipe::pair;
use crate::pki;

fn handle() -> *mut c_void {
    // SAFETY: a C string; the library is loaded already, since these tests are linked with it.
    let handle = unsafe { libc::dlopen(c"libssl.so.3".as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    assert!(!handle.is_null(), "these tests are linked with libssl.so.3");
    handle
}

#[test]
fn found_through_a_handle() {
    // SAFETY: the handle of a libssl that stays loaded.
    let symbols = unsafe { Symbols::from_handle(handle()) }.unwrap();
    assert!(ptr::eq(symbols, Symbols::linked().unwrap()), "one library, one table");
    assert!(symbols.version().starts_with("OpenSSL 3."));
    let server = pki::server(SslVersion::TLS1_3);
    let collector = Arc::new(Collector::new());
    let recorder = Arc::clone(&collector) as Arc<dyn tlsdiag_core::HandshakeRecorder>;
    // SAFETY: a context of that library, used by this thread alone.
    let _attachment =
        unsafe { attach_ctx_raw(symbols, server.as_ptr().cast(), recorder, AttachOptions::new()) }.unwrap();
    drop(pair(&pki::client(SslVersion::TLS1_3).build(), &server.build()));
    assert!(brief(&collector.take()).ends_with("done >4 >4"));
}

#[test]
fn a_missing_function_is_named() {
    for lacking in [c"SSL_set_verify", c"BIO_set_callback_ex", c"ERR_set_mark"] {
        // SAFETY: the handle of a libssl that stays loaded; what is found is what was asked for.
        let found = unsafe {
            Symbols::from_lookup(|name| {
                if name == lacking { ptr::null_mut() } else { libc::dlsym(handle(), name.as_ptr()) }
            })
        };
        let error = found.unwrap_err().to_string();
        assert!(error.contains(lacking.to_str().unwrap()), "{error}");
    }
}

#[test]
fn null_is_refused() {
    let symbols = Symbols::linked().unwrap();
    // SAFETY: null is checked for.
    let (context, ssl) = unsafe {
        (
            attach_ctx_raw(symbols, ptr::null_mut(), Arc::new(()), AttachOptions::new()),
            attach_ssl_raw(symbols, ptr::null_mut(), Arc::new(()), AttachOptions::new()),
        )
    };
    assert!(context.unwrap_err().to_string().contains("SSL_CTX"));
    assert!(ssl.unwrap_err().to_string().contains("NULL"));
}

#[test]
fn dtls_is_refused() {
    let context = openssl::ssl::SslContext::builder(openssl::ssl::SslMethod::dtls()).unwrap().build();
    let mut ssl = openssl::ssl::Ssl::new(&context).unwrap();
    let error = tlsdiag_core::attach(&mut ssl, ()).unwrap_err();
    assert!(error.to_string().contains("DTLS"), "{error}");
}
