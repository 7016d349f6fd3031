//! A program that ends with an OpenSSL of which nothing was seen, or without any: what it had loaded, so that somebody can say why.

use tlsdiag_transport::Message;

use crate::config::{Output, config, executable};
use crate::loaded::all;
use crate::{libraries, outbox};

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
    let any = libraries::any();
    if matches!(config().output, Output::Channel(_)) {
        let objects = objects();
        let is_telling = |name: &String| match any {
            true => is_libssl(name),
            false => TELLING.iter().any(|part| name.contains(part)),
        };
        if objects.iter().any(is_telling) {
            if !any {
                outbox::connect();
            }
            outbox::send(&Message::Unhooked(&objects.join("\n")));
        }
    }
    if any {
        outbox::flush();
    }
}

fn is_libssl(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("libssl.so") || name.starts_with("libssl-")
}

/// The program, whose name the linker does not say, and all that was loaded for it but what was used: whoever reads their files can say
/// what was loaded for which.
fn objects() -> Vec<String> {
    let program = executable().map(|path| path.to_string_lossy().into_owned());
    let unused = all().into_iter().filter(|object| !libraries::is_known(object.base));
    let names = unused.map(|object| object.name.to_string_lossy().into_owned());
    program.into_iter().chain(names.filter(|name| !name.is_empty())).collect()
}
