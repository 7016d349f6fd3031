//! libcrypto's functions by which programs read certificates and keys themselves: OpenSSL's own is called, and what failed is told, if a
//! context is being set up meanwhile.
//!
//! As name checks they are found through the caller's own object. What libcrypto and libssl call themselves is passed through: the
//! function that the program has called tells it.

use std::ffi::{CStr, c_int, c_void};
use std::ptr;

use tlsdiag_core::source::openssl::{
    QueuedErrors, SetupObject, Symbols, file_of_bio, file_of_stream, is_at_start,
};

use crate::boundary::guard;
use crate::config::executable;
use crate::libraries::{bound_to, is_known};
use crate::loaded::{Loaded, is_any_named, object_of};
use crate::setup::{Call, is_constructing, library_of, prepare, string, was_constructing};
use crate::wanted::Wanted;

/// Where a function reads.
#[derive(Clone, Copy)]
enum Origin {
    /// The file of that name, and another one where that is null.
    File(usize, usize),
    /// The file of that name, opened as the other string says.
    Opened(usize, usize),
    Bio(usize),
    Stream(usize),
    /// The object of an engine.
    Engine(usize),
    /// Nowhere: it was read before.
    Memory,
    /// Nowhere: this certificate was read before.
    Certificate(usize),
}

/// The name of a token's object without what opens it: `pin-value` and `pin-source` of RFC 7512.
fn without_pin(name: &str) -> String {
    let parts = |separator: char, text: &str| {
        let kept: Vec<_> =
            text.split(separator).filter(|part| !part.trim_start().starts_with("pin-")).collect();
        kept.join(&separator.to_string())
    };
    match name.split_once('?') {
        Some((path, query)) => {
            format!("{}?{}", parts(';', path), parts('&', query)).trim_end_matches('?').to_owned()
        }
        None => parts(';', name),
    }
}

impl Origin {
    /// # Safety
    /// As OpenSSL's documentation demands of our caller.
    unsafe fn name(self, symbols: &Symbols) -> Option<String> {
        // SAFETY: as promised.
        unsafe {
            match self {
                Origin::File(first, other) => string(first).or_else(|| string(other)),
                Origin::Opened(name, _) => string(name),
                Origin::Bio(bio) => file_of_bio(symbols, bio as *mut c_void),
                Origin::Stream(stream) => file_of_stream(stream as *mut c_void),
                Origin::Engine(name) => string(name).map(|name| without_pin(&name)),
                Origin::Memory | Origin::Certificate(_) => None,
            }
        }
    }
}

/// The OpenSSL whose libcrypto a function lies in, where none of its libssl has been called: that which the caller is bound to.
fn announce(caller: &Loaded, function: usize) -> Option<&'static Symbols> {
    bound_to(caller)?;
    library_of(function)
}

/// Whether this program reads and compares all that its contexts are to have before it makes the first of them, and reads nothing else. Of
/// others nobody knows what a file is for before there is a context: tools, scanners and wrappers try keys that need not fit.
fn reads_first() -> bool {
    const NAMES: &[&str] = &["haproxy"];
    let name = executable().and_then(|program| program.file_name()).unwrap_or_default();
    NAMES.iter().any(|known| name == *known)
}

/// Calls the function that the caller means by `run`, and tells what became of it.
///
/// # Safety
/// As OpenSSL's documentation demands of our caller.
unsafe fn watch(
    wanted: &Wanted,
    name: &'static str,
    origin: Origin,
    address: usize,
    run: impl FnOnce(usize) -> usize,
) -> usize {
    let Some((function, inside)) = wanted.meant(address) else { return 0 };
    let is_early = matches!(origin, Origin::Certificate(_) | Origin::Bio(_) | Origin::File(..));
    let is_before = is_early && !was_constructing() && guard(reads_first) == Some(true);
    if inside || !(is_constructing() || is_before) {
        return run(function);
    }
    let caller = guard(|| object_of(address).filter(|object| !is_known(object.base))).flatten();
    let Some(caller) = caller else { return run(function) };
    let known = guard(|| library_of(function).or_else(|| announce(&caller, function).filter(|_| is_before)));
    let Some(symbols) = known.flatten() else { return run(function) };
    let bio = if let Origin::Bio(bio) = origin { bio } else { 0 };
    let seen = guard(|| {
        // SAFETY: as promised.
        let is_at_start = unsafe { is_at_start(symbols, bio as *mut c_void) };
        (QueuedErrors::now(symbols), is_at_start)
    });
    let said = run(function);
    guard(|| {
        let (before, is_at_start) = seen.unwrap_or_default();
        // What is opened to be written holds nothing yet.
        if let Origin::Opened(_, mode) = origin {
            // SAFETY: as promised.
            let mode = unsafe { string(mode) };
            if !mode.is_some_and(|mode| mode.starts_with('r')) {
                return;
            }
        }
        let call = Call {
            function: name,
            symbols,
            object: SetupObject::None,
            context: 0,
            is_used: false,
            // SAFETY: as promised.
            file: unsafe { origin.name(symbols) },
            value: None,
            certificate: if let Origin::Certificate(x509) = origin {
                x509 as *const c_void
            } else {
                ptr::null()
            },
            // A file of which nothing had been read was not read to its end.
            bio: if is_at_start == Some(true) && said == 0 { 0 } else { bio },
            is_first: is_at_start == Some(true),
            made: said,
            before: &before,
        };
        // SAFETY: nothing is named that has to be alive, but the certificate that was compared.
        unsafe {
            match said {
                // It may be one of a folder of trusted ones, of which it passes over what it cannot read.
                0 if name.starts_with("PEM_read_bio_X509") && reads_first() => {}
                0 => {
                    if is_before {
                        prepare(symbols);
                    }
                    call.failed();
                }
                _ => call.succeeded(),
            }
        }
    });
    said
}

/// `$inner` stands in for `$name`, which reads from `$origin`.
macro_rules! files {
    ($( $inner:ident: $place:ident $name:ident($($arg:ident),*) $(-> $as:ident)?, $origin:expr; )*) => {
        $( static $place: Wanted = Wanted::new(match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
            Ok(name) => name,
            Err(_) => c"",
        }); )*

        /// Looks up what the whole program has of them, for when this object is loaded.
        pub(crate) fn look() {
            // Most programs have no OpenSSL, and what is not there takes long to look for.
            if is_any_named(b"libcrypto") {
                $( $place.look(); )*
            }
        }

        $( pub(super) unsafe extern "C" fn $inner($($arg: usize,)* address: usize) -> usize {
            let run = |function: usize| {
                // SAFETY: OpenSSL's function of this name, and the arguments of our caller, each in the register that it came in.
                // What it gives is a pointer, or an int, of which the caller looks at the lower half.
                unsafe { files!(@call function ($($arg),*) $($as)?) }
            };
            // SAFETY: as OpenSSL's documentation demands of our caller.
            unsafe { watch(&$place, stringify!($name), $origin, address, run) }
        } )*
    };
    (@call $function:ident ($($arg:ident),*)) => {
        std::mem::transmute::<usize, unsafe extern "C" fn($(files!(@word $arg)),*) -> usize>($function)($($arg),*)
    };
    (@call $function:ident ($($arg:ident),*) c_int) => {
        std::mem::transmute::<usize, unsafe extern "C" fn($(files!(@word $arg)),*) -> c_int>($function)($($arg),*) as usize
    };
    (@word $arg:ident) => { usize };
}

files! {
    open_file: OPEN_FILE BIO_new_file(name, mode), Origin::Opened(name, mode);
    read_certificate: READ_CERTIFICATE PEM_read_bio_X509(bio, x509, callback, argument), Origin::Bio(bio);
    read_trusted_certificate: READ_TRUSTED PEM_read_bio_X509_AUX(bio, x509, callback, argument), Origin::Bio(bio);
    read_key: READ_KEY PEM_read_bio_PrivateKey(bio, key, callback, argument), Origin::Bio(bio);
    read_pkcs12: READ_PKCS12 d2i_PKCS12_bio(bio, pkcs12), Origin::Bio(bio);
    read_pkcs12_stream: READ_PKCS12_STREAM d2i_PKCS12_fp(stream, pkcs12), Origin::Stream(stream);
    open_pkcs12: OPEN_PKCS12 PKCS12_parse(pkcs12, password, key, certificate, others) -> c_int, Origin::Memory;
    load_key: LOAD_KEY ENGINE_load_private_key(engine, name, ui, argument), Origin::Engine(name);
    compare_key: COMPARE_KEY X509_check_private_key(certificate, key) -> c_int, Origin::Certificate(certificate);
    store_load: STORE_LOAD X509_STORE_load_locations(store, file, folder) -> c_int, Origin::File(file, folder);
    store_load_file: STORE_LOAD_FILE X509_STORE_load_file(store, file) -> c_int, Origin::File(file, 0);
    store_load_folder: STORE_LOAD_FOLDER X509_STORE_load_path(store, folder) -> c_int, Origin::File(folder, 0);
}
