//! A program that ends without an OpenSSL of which we could record anything: what it had instead, so that somebody can say why.

use std::ffi::{CStr, c_int, c_void};

use tlsdiag_handover::Message;

use crate::config::{Output, config};
use crate::{channel, libraries};

/// Parts of the names of objects that do TLS, or have an OpenSSL of their own within them: without any there is nothing to say.
const TELLING: &[&str] = &[
    "libssl.so",
    "libssl-",
    "libgnutls",
    "libnss3",
    "libssl3.so",
    "libmbedtls",
    "libwolfssl",
    "/_rust.abi3.so",
    "libbotan",
    "rustls",
    "boringssl",
];

/// Called when the program ends by `exit`.
pub(crate) fn on_exit() {
    if libraries::any() {
        return channel::farewell();
    }
    if matches!(config().output, Output::Channel(_)) {
        let objects = objects();
        if objects.iter().any(|name| TELLING.iter().any(|part| name.contains(part))) {
            channel::connect();
            channel::tell(&Message::Unhooked(&objects.join("\n")));
        }
    }
}

/// The program, whose name the linker does not say, and all that was loaded for it: whoever reads their files can say what was loaded for
/// which.
fn objects() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    found.extend(std::fs::read_link("/proc/self/exe").map(|path| path.to_string_lossy().into_owned()));
    // SAFETY: the callback has the prototype that dl_iterate_phdr wants, and the data is its own.
    unsafe { libc::dl_iterate_phdr(Some(see), (&raw mut found).cast()) };
    found
}

unsafe extern "C" fn see(info: *mut libc::dl_phdr_info, _size: usize, found: *mut c_void) -> c_int {
    // SAFETY: the linker's own description, alive during the call, and the vector that `objects` gave.
    unsafe {
        if !(*info).dlpi_name.is_null() {
            let name = CStr::from_ptr((*info).dlpi_name).to_string_lossy();
            if !name.is_empty() {
                (*found.cast::<Vec<String>>()).push(name.into_owned());
            }
        }
    }
    0
}
