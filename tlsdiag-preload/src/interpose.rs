//! The functions that stand under OpenSSL's names.
//!
//! Each begins with two instructions that hand on the return address as one more argument, since that is how the caller is
//! known. Then: who called? OpenSSL itself is passed through; for the application the real function is called and the hooks
//! are told, or the hooks keep what the application sets.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use tlsdiag_core::source::openssl::{Interposer, ctrl};

use crate::boundary::guard;
use crate::caller::{About, Caller, caller};
use crate::libraries::calling;

type Object = *mut c_void;
type Callback = *const c_void;

/// `$name` is what programs call; it jumps to `$inner` with the return address in the register of the argument after the last.
macro_rules! interposed {
    ($( $name:ident, $inner:ident, $x86:literal, $arm:literal; )*) => { $(
        /// Stands in for OpenSSL's function of this name.
        ///
        /// # Safety
        /// As OpenSSL documents it.
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
        #[allow(non_snake_case)]
        pub(crate) unsafe extern "C" fn $name() {
            #[cfg(target_arch = "x86_64")]
            std::arch::naked_asm!(
                "endbr64",
                concat!("mov ", $x86, ", [rsp]"),
                "jmp {inner}",
                inner = sym $inner,
            );
            #[cfg(target_arch = "aarch64")]
            std::arch::naked_asm!(
                "hint #34", // bti c
                concat!("mov ", $arm, ", x30"),
                "b {inner}",
                inner = sym $inner,
            );
        }
    )* };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("the return address is found for x86_64 and aarch64 only");

interposed! {
    SSL_CTX_new, ctx_new, "rsi", "x1";
    SSL_CTX_new_ex, ctx_new_ex, "rcx", "x3";
    SSL_new, new, "rsi", "x1";
    SSL_free, free, "rsi", "x1";
    SSL_set_SSL_CTX, set_ctx, "rdx", "x2";
    SSL_CTX_set_msg_callback, ctx_set_msg, "rdx", "x2";
    SSL_set_msg_callback, set_msg, "rdx", "x2";
    SSL_CTX_callback_ctrl, ctx_callback_ctrl, "rcx", "x3";
    SSL_callback_ctrl, callback_ctrl, "rcx", "x3";
    SSL_CTX_ctrl, ctx_ctrl, "r8", "x4";
    SSL_ctrl, ctrl, "r8", "x4";
    SSL_CTX_set_info_callback, ctx_set_info, "rdx", "x2";
    SSL_CTX_get_info_callback, ctx_get_info, "rsi", "x1";
    SSL_set_info_callback, set_info, "rdx", "x2";
    SSL_get_info_callback, get_info, "rsi", "x1";
    SSL_set_verify, set_verify, "rcx", "x3";
    SSL_get_verify_callback, get_verify, "rsi", "x1";
    SSL_verify_client_post_handshake, ask_late, "rsi", "x1";
    SSL_set_security_callback, set_security, "rdx", "x2";
    SSL_get_security_callback, get_security, "rsi", "x1";
    SSL_CTX_set_keylog_callback, ctx_set_keylog, "rdx", "x2";
    SSL_CTX_get_keylog_callback, ctx_get_keylog, "rsi", "x1";
    X509_check_host, check_host, "r9", "x5";
    X509_check_ip_asc, check_address, "rcx", "x3";
    SSL_CTX_use_PrivateKey, ctx_use_key, "rdx", "x2";
    SSL_CTX_use_PrivateKey_ASN1, ctx_use_key_der, "r8", "x4";
    SSL_CTX_use_PrivateKey_file, ctx_use_key_file, "rcx", "x3";
    SSL_CTX_use_RSAPrivateKey_file, ctx_use_rsa_key_file, "rcx", "x3";
    SSL_CTX_use_certificate, ctx_use_certificate, "rdx", "x2";
    SSL_CTX_use_certificate_ASN1, ctx_use_certificate_der, "rcx", "x3";
    SSL_CTX_use_certificate_file, ctx_use_certificate_file, "rcx", "x3";
    SSL_CTX_use_certificate_chain_file, ctx_use_chain_file, "rdx", "x2";
    SSL_CTX_use_cert_and_key, ctx_use_both, "r9", "x5";
    SSL_CTX_check_private_key, ctx_check_key, "rsi", "x1";
    SSL_CTX_load_verify_locations, ctx_trust, "rcx", "x3";
    SSL_CTX_load_verify_file, ctx_trust_file, "rdx", "x2";
    SSL_CTX_load_verify_dir, ctx_trust_folder, "rdx", "x2";
    SSL_CTX_set_cipher_list, ctx_set_ciphers, "rdx", "x2";
    SSL_CTX_set_ciphersuites, ctx_set_suites, "rdx", "x2";
    SSL_use_PrivateKey, use_key, "rdx", "x2";
    SSL_use_PrivateKey_ASN1, use_key_der, "r8", "x4";
    SSL_use_PrivateKey_file, use_key_file, "rcx", "x3";
    SSL_use_RSAPrivateKey_file, use_rsa_key_file, "rcx", "x3";
    SSL_use_certificate, use_certificate, "rdx", "x2";
    SSL_use_certificate_ASN1, use_certificate_der, "rcx", "x3";
    SSL_use_certificate_file, use_certificate_file, "rcx", "x3";
    SSL_use_certificate_chain_file, use_chain_file, "rdx", "x2";
    SSL_use_cert_and_key, use_both, "r9", "x5";
    SSL_check_private_key, check_key, "rsi", "x1";
    SSL_set_cipher_list, set_ciphers, "rdx", "x2";
    SSL_set_ciphersuites, set_suites, "rdx", "x2";
    SSL_CONF_cmd, configure, "rcx", "x3";
    BIO_new_file, open_file, "rdx", "x2";
    PEM_read_bio_X509, read_certificate, "r8", "x4";
    PEM_read_bio_X509_AUX, read_trusted_certificate, "r8", "x4";
    PEM_read_bio_PrivateKey, read_key, "r8", "x4";
    d2i_PKCS12_bio, read_pkcs12, "rdx", "x2";
    d2i_PKCS12_fp, read_pkcs12_stream, "rdx", "x2";
    PKCS12_parse, open_pkcs12, "r9", "x5";
    ENGINE_load_private_key, load_key, "r8", "x4";
    X509_check_private_key, compare_key, "rdx", "x2";
    X509_STORE_load_locations, store_load, "rcx", "x3";
    X509_STORE_load_file, store_load_file, "rdx", "x2";
    X509_STORE_load_path, store_load_folder, "rdx", "x2";
}

/// Calls the real function, or gives what it would give if it failed.
macro_rules! call {
    ($real:expr, $name:ident($($arg:expr),*), $otherwise:expr) => {
        match $real.f.$name {
            Some(function) => calling($real, || {
                // SAFETY: the arguments of our caller, passed on to the function that it meant.
                unsafe { function($($arg),*) }
            }),
            None => $otherwise,
        }
    };
}

/// The library and whether it is the application that calls; where there is no library, returns `$otherwise`.
macro_rules! who {
    ($address:expr, $about:expr $(, $otherwise:expr)?) => {
        match caller($address, $about) {
            Caller::Application(real) => (real, true),
            Caller::Inside(real) => (real, false),
            Caller::Nobody => return $($otherwise)?,
        }
    };
}

/// Whether the hooks have kept what the application sets.
///
/// `$call` is unsafe: the objects are alive and the callbacks of their types, as OpenSSL's documentation demands of our caller.
macro_rules! kept {
    ($real:expr, $application:expr, $call:ident($($arg:expr),*)) => {
        $application
            && $real.interposer.is_some_and(|interposer| {
                guard(|| {
                    // SAFETY: see above.
                    unsafe { interposer.$call($($arg),*) }
                })
                .unwrap_or(false)
            })
    };
}

/// What the application is to see in place of what OpenSSL says.
macro_rules! seen {
    ($real:expr, $application:expr, $said:expr, $call:ident($object:expr)) => {
        match $real.interposer.filter(|_| $application) {
            Some(interposer) => guard(|| {
                // SAFETY: as for `kept`.
                unsafe { interposer.$call($object, $said) }
            })
            .unwrap_or($said),
            None => $said,
        }
    };
}

// After the macros, which it uses.
pub(crate) mod files;
mod life;
pub(crate) mod names;
mod settings;

use names::{check_address, check_host};

use files::*;
use settings::*;

use life::{ctx_new, ctx_new_ex, free, new, set_ctx};

unsafe extern "C" fn ctx_set_msg(context: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(context));
    if !kept!(real, application, set_context_message(context, callback)) {
        call!(real, SSL_CTX_set_msg_callback(context, callback), ());
    }
}

unsafe extern "C" fn set_msg(ssl: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(ssl));
    if !kept!(real, application, set_message(ssl, callback)) {
        call!(real, SSL_set_msg_callback(ssl, callback), ());
    }
}

unsafe extern "C" fn ctx_callback_ctrl(
    context: Object,
    command: c_int,
    callback: Callback,
    address: usize,
) -> c_long {
    let (real, application) = who!(address, About::Object(context), 0);
    if command == ctrl::SET_MSG_CALLBACK && kept!(real, application, set_context_message(context, callback)) {
        return 1;
    }
    call!(real, SSL_CTX_callback_ctrl(context, command, callback), 0)
}

unsafe extern "C" fn callback_ctrl(
    ssl: Object,
    command: c_int,
    callback: Callback,
    address: usize,
) -> c_long {
    let (real, application) = who!(address, About::Object(ssl), 0);
    if command == ctrl::SET_MSG_CALLBACK && kept!(real, application, set_message(ssl, callback)) {
        return 1;
    }
    call!(real, SSL_callback_ctrl(ssl, command, callback), 0)
}

unsafe extern "C" fn ctx_ctrl(
    context: Object,
    command: c_int,
    number: c_long,
    pointer: *mut c_void,
    address: usize,
) -> c_long {
    let (real, application) = who!(address, About::Object(context), 0);
    if command == ctrl::SET_MSG_CALLBACK_ARG
        && kept!(real, application, set_context_message_arg(context, pointer))
    {
        return 1;
    }
    let run = || call!(real, SSL_CTX_ctrl(context, command, number, pointer), 0);
    let said = match command {
        ctrl::SET_CHAIN | ctrl::ADD_CHAIN_CERT if application => settings::chain(real, context, command, run),
        _ => run(),
    };
    if let Some(interposer) = real.interposer.filter(|_| application && Interposer::adjusts(command)) {
        guard(|| {
            // SAFETY: as for `kept`.
            unsafe { interposer.adjusted_context(context) }
        });
    }
    said
}

unsafe extern "C" fn ctrl(
    ssl: Object,
    command: c_int,
    number: c_long,
    pointer: *mut c_void,
    address: usize,
) -> c_long {
    let (real, application) = who!(address, About::Object(ssl), 0);
    if command == ctrl::SET_MSG_CALLBACK_ARG && kept!(real, application, set_message_arg(ssl, pointer)) {
        return 1;
    }
    let said = call!(real, SSL_ctrl(ssl, command, number, pointer), 0);
    if let Some(interposer) = real.interposer.filter(|_| application && Interposer::adjusts(command)) {
        guard(|| {
            // SAFETY: as for `kept`.
            unsafe { interposer.adjusted(ssl) }
        });
    }
    said
}

unsafe extern "C" fn ctx_set_info(context: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(context));
    if !kept!(real, application, set_context_info(context, callback)) {
        call!(real, SSL_CTX_set_info_callback(context, callback), ());
    }
}

unsafe extern "C" fn ctx_get_info(context: Object, address: usize) -> Callback {
    let (real, application) = who!(address, About::Object(context), ptr::null());
    let said = call!(real, SSL_CTX_get_info_callback(context), ptr::null());
    seen!(real, application, said, context_info(context))
}

unsafe extern "C" fn set_info(ssl: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(ssl));
    if !kept!(real, application, set_info(ssl, callback)) {
        call!(real, SSL_set_info_callback(ssl, callback), ());
    }
}

unsafe extern "C" fn get_info(ssl: Object, address: usize) -> Callback {
    let (real, application) = who!(address, About::Object(ssl), ptr::null());
    let said = call!(real, SSL_get_info_callback(ssl), ptr::null());
    seen!(real, application, said, info(ssl))
}

unsafe extern "C" fn set_verify(ssl: Object, mode: c_int, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(ssl));
    if !kept!(real, application, set_verify(ssl, mode, callback)) {
        call!(real, SSL_set_verify(ssl, mode, callback), ());
    }
}

unsafe extern "C" fn get_verify(ssl: Object, address: usize) -> Callback {
    let (real, application) = who!(address, About::Object(ssl), ptr::null());
    let said = call!(real, SSL_get_verify_callback(ssl), ptr::null());
    seen!(real, application, said, verify(ssl))
}

unsafe extern "C" fn ask_late(ssl: Object, address: usize) -> c_int {
    let (real, application) = who!(address, About::Object(ssl), 0);
    let asked = call!(real, SSL_verify_client_post_handshake(ssl), 0);
    if let Some(interposer) = real.interposer.filter(|_| application && asked != 1) {
        guard(|| {
            calling(real, || {
                // SAFETY: as for `kept`.
                unsafe { interposer.could_not_ask(ssl) }
            })
        });
    }
    asked
}

unsafe extern "C" fn set_security(ssl: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(ssl));
    if !kept!(real, application, set_security(ssl, callback)) {
        call!(real, SSL_set_security_callback(ssl, callback), ());
    }
}

unsafe extern "C" fn get_security(ssl: Object, address: usize) -> Callback {
    let (real, application) = who!(address, About::Object(ssl), ptr::null());
    let said = call!(real, SSL_get_security_callback(ssl), ptr::null());
    seen!(real, application, said, security(ssl))
}

unsafe extern "C" fn ctx_set_keylog(context: Object, callback: Callback, address: usize) {
    let (real, application) = who!(address, About::Object(context));
    if !kept!(real, application, set_context_keylog(context, callback)) {
        call!(real, SSL_CTX_set_keylog_callback(context, callback), ());
    }
}

unsafe extern "C" fn ctx_get_keylog(context: Object, address: usize) -> Callback {
    let (real, application) = who!(address, About::Object(context), ptr::null());
    let said = call!(real, SSL_CTX_get_keylog_callback(context), ptr::null());
    seen!(real, application, said, context_keylog(context))
}
