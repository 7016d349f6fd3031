//! libssl's functions that set a context or a connection up: OpenSSL's own is called, and what failed is told.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use tlsdiag_core::source::openssl::{QueuedErrors, SetupObject, ctrl};

use super::Object;
use crate::boundary::guard;
use crate::caller::{About, Caller, caller};
use crate::libraries::{Real, calling};
use crate::setup::{Call, context_of, string};

/// What a call is about.
#[derive(Clone, Copy)]
enum Target {
    Context(usize),
    Connection(usize),
    /// An `SSL_CONF_CTX`, which does not show its library.
    Commands,
}

/// What it was given.
#[derive(Clone, Copy)]
enum Given {
    Nothing,
    /// The name of a file or folder, and another one where that is null.
    File(usize, usize),
    /// Cipher suites.
    List(usize),
    /// A command and its value.
    Command(usize, usize),
    Certificate(usize),
}

impl Target {
    fn about(self) -> About {
        match self {
            Target::Context(object) | Target::Connection(object) => About::Object(object as *const c_void),
            Target::Commands => About::Object(ptr::null()),
        }
    }
}

/// Calls OpenSSL's own function by `run`, and tells what became of it.
///
/// # Safety
/// The objects are alive and the strings C's, as OpenSSL's documentation demands of our caller.
unsafe fn watch(
    real: &'static Real,
    function: &'static str,
    target: Target,
    given: Given,
    run: impl FnOnce() -> c_int,
) -> c_int {
    let Some(symbols) = real.symbols else { return run() };
    let before = guard(|| QueuedErrors::now(symbols)).unwrap_or_default();
    let said = run();
    guard(|| {
        // A command that is not known is somebody else's.
        const UNKNOWN: c_int = -2;
        const NO_VALUE: c_int = -3;
        if matches!((target, said), (Target::Commands, UNKNOWN | NO_VALUE)) {
            return;
        }
        // SAFETY: as promised.
        unsafe {
            let (object, context, is_used) = match target {
                Target::Context(context) => (SetupObject::Context(context as Object), context, false),
                Target::Connection(ssl) => {
                    (SetupObject::Connection(ssl as Object), context_of(real, ssl as Object), true)
                }
                Target::Commands => (SetupObject::None, 0, false),
            };
            let (mut file, mut value, mut certificate) = (None, None, ptr::null());
            match given {
                Given::Nothing => {}
                Given::File(first, other) => file = string(first).or_else(|| string(other)),
                Given::List(list) => value = string(list),
                Given::Command(command, argument) => {
                    let words = [string(command), string(argument)];
                    value = Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "));
                }
                Given::Certificate(x509) => certificate = x509 as *const c_void,
            }
            let call = Call {
                function,
                symbols,
                object,
                context,
                is_used,
                file,
                value,
                certificate,
                bio: 0,
                is_first: false,
                made: 0,
                before: &before,
            };
            // The getters and controls that are called are those of the library itself.
            calling(real, || if said > 0 { call.succeeded() } else { call.failed() });
        }
    });
    said
}

/// `$inner` stands in for `$name`; `$target` and `$given` say what its arguments are.
macro_rules! settings {
    ($( $inner:ident: $name:ident($($arg:ident),*), $target:expr, $given:expr; )*) => { $(
        pub(super) unsafe extern "C" fn $inner($($arg: usize,)* address: usize) -> c_int {
            let target = $target;
            let (real, application) = match caller(address, target.about()) {
                Caller::Application(real) => (real, true),
                Caller::Inside(real) => (real, false),
                Caller::Nobody => return 0,
            };
            let run = || match real.f.$name {
                Some(function) => calling(real, || {
                    // SAFETY: the arguments of our caller, passed on to the function that it meant. Each is in the register that
                    // it came in.
                    unsafe { function($($arg),*) }
                }),
                None => 0,
            };
            if !application {
                return run();
            }
            // SAFETY: as OpenSSL's documentation demands of our caller.
            unsafe { watch(real, stringify!($name), target, $given, run) }
        }
    )* };
}

settings! {
    ctx_use_key: SSL_CTX_use_PrivateKey(context, key), Target::Context(context), Given::Nothing;
    ctx_use_key_der: SSL_CTX_use_PrivateKey_ASN1(kind, context, der, length), Target::Context(context), Given::Nothing;
    ctx_use_key_file: SSL_CTX_use_PrivateKey_file(context, file, form), Target::Context(context), Given::File(file, 0);
    ctx_use_rsa_key_file: SSL_CTX_use_RSAPrivateKey_file(context, file, form), Target::Context(context), Given::File(file, 0);
    ctx_use_certificate: SSL_CTX_use_certificate(context, x509), Target::Context(context), Given::Certificate(x509);
    ctx_use_certificate_der: SSL_CTX_use_certificate_ASN1(context, length, der), Target::Context(context), Given::Nothing;
    ctx_use_certificate_file: SSL_CTX_use_certificate_file(context, file, form), Target::Context(context), Given::File(file, 0);
    ctx_use_chain_file: SSL_CTX_use_certificate_chain_file(context, file), Target::Context(context), Given::File(file, 0);
    ctx_use_both: SSL_CTX_use_cert_and_key(context, x509, key, chain, over), Target::Context(context), Given::Certificate(x509);
    ctx_check_key: SSL_CTX_check_private_key(context), Target::Context(context), Given::Nothing;
    ctx_trust: SSL_CTX_load_verify_locations(context, file, folder), Target::Context(context), Given::File(file, folder);
    ctx_trust_file: SSL_CTX_load_verify_file(context, file), Target::Context(context), Given::File(file, 0);
    ctx_trust_folder: SSL_CTX_load_verify_dir(context, folder), Target::Context(context), Given::File(folder, 0);
    ctx_set_ciphers: SSL_CTX_set_cipher_list(context, list), Target::Context(context), Given::List(list);
    ctx_set_suites: SSL_CTX_set_ciphersuites(context, list), Target::Context(context), Given::List(list);
    use_key: SSL_use_PrivateKey(ssl, key), Target::Connection(ssl), Given::Nothing;
    use_key_der: SSL_use_PrivateKey_ASN1(kind, ssl, der, length), Target::Connection(ssl), Given::Nothing;
    use_key_file: SSL_use_PrivateKey_file(ssl, file, form), Target::Connection(ssl), Given::File(file, 0);
    use_rsa_key_file: SSL_use_RSAPrivateKey_file(ssl, file, form), Target::Connection(ssl), Given::File(file, 0);
    use_certificate: SSL_use_certificate(ssl, x509), Target::Connection(ssl), Given::Certificate(x509);
    use_certificate_der: SSL_use_certificate_ASN1(ssl, der, length), Target::Connection(ssl), Given::Nothing;
    use_certificate_file: SSL_use_certificate_file(ssl, file, form), Target::Connection(ssl), Given::File(file, 0);
    use_chain_file: SSL_use_certificate_chain_file(ssl, file), Target::Connection(ssl), Given::File(file, 0);
    use_both: SSL_use_cert_and_key(ssl, x509, key, chain, over), Target::Connection(ssl), Given::Certificate(x509);
    check_key: SSL_check_private_key(ssl), Target::Connection(ssl), Given::Nothing;
    set_ciphers: SSL_set_cipher_list(ssl, list), Target::Connection(ssl), Given::List(list);
    set_suites: SSL_set_ciphersuites(ssl, list), Target::Connection(ssl), Given::List(list);
    configure: SSL_CONF_cmd(commands, command, value), Target::Commands, Given::Command(command, value);
}

/// The chain beside a context's own certificate, which is set by a control.
pub(super) fn chain(
    real: &'static Real,
    context: Object,
    command: c_int,
    run: impl FnOnce() -> c_long,
) -> c_long {
    let function = match command {
        ctrl::SET_CHAIN => "SSL_CTX_set0_chain",
        _ => "SSL_CTX_add0_chain_cert",
    };
    let mut said = 0;
    let run = || {
        said = run();
        c_int::from(said > 0)
    };
    // SAFETY: a live context, as OpenSSL's documentation demands of our caller.
    unsafe { watch(real, function, Target::Context(context as usize), Given::Nothing, run) };
    said
}
