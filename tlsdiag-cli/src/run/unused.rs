//! A program that ended and was not seen to use a libssl: what it had loaded, and nothing that this might mean.

use std::path::{Path, PathBuf};

use super::{elf, program};
use crate::run::descendants::name;

/// How the names of libraries begin that do TLS and are not OpenSSL.
const OTHERS: &[&str] = &[
    "libgnutls.so",
    "libgnutls-",
    "libssl3.so",
    "libmbedtls.so",
    "libmbedtls-",
    "libwolfssl.so",
    "libbotan-",
];

/// One sentence for each thing that there is to say of `program`, which had these files loaded; the program's own is among them.
pub(super) fn sentences(program: &str, files: &[String]) -> Vec<String> {
    let files: Vec<&Path> = files.iter().map(Path::new).collect();
    let libraries: Vec<&Path> = files.iter().copied().filter(|file| is_libssl(&name(file))).collect();
    let mut sentences: Vec<String> =
        libraries.iter().map(|libssl| of_libssl(program, libssl, &files)).collect();
    // What Python packages bring along.
    for file in files.iter().filter(|file| name(file).ends_with(".abi3.so")) {
        if let Some(version) = program::openssl_within(file) {
            sentences.push(format!(
                "{program} had {} loaded, which has an OpenSSL of its own built in ({version}); tlsdiag records a libssl that is a \
                 shared library of its own",
                file.display()
            ));
        }
    }
    let others: Vec<String> = files
        .iter()
        .map(|file| name(file))
        .filter(|name| OTHERS.iter().any(|other| name.starts_with(other)))
        .collect();
    if libraries.is_empty() && !others.is_empty() {
        let others = others.join(" and ");
        sentences.push(format!("{program} had {others} loaded and no libssl; tlsdiag records OpenSSL alone"));
    }
    sentences
}

fn is_libssl(name: &str) -> bool {
    name.starts_with("libssl.so") || name.starts_with("libssl-")
}

fn of_libssl(program: &str, libssl: &Path, files: &[&Path]) -> String {
    let library = name(libssl);
    let needs = |file: &PathBuf| elf::needed(file).contains(&library);
    let users: Vec<String> =
        files.iter().map(|file| file.to_path_buf()).filter(needs).map(|file| name(&file)).collect();
    match users.iter().find(|user| *user == program).or(users.first()) {
        Some(user) if user == program => {
            format!("{program} is linked with {library}, and made no TLS connection with it")
        }
        Some(user) => format!(
            "{program} had {library} loaded, which {user} is linked with, and made no TLS connection with it"
        ),
        // What dlsym(3) gives leads past us.
        None => format!(
            "{program} loaded {library} when it ran: it made no TLS connection with it, or found its functions by dlsym, which is not \
             seen"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(files: &[&str]) -> Vec<String> {
        sentences("prog", &files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_merely_carried_along_is_not_blamed() {
        let said = said(&["/x/prog", "/x/libssl.so.3", "/x/libgnutls.so.30"]);
        assert!(
            said.len() == 1 && said[0].contains("libssl.so.3") && !said[0].contains("gnutls"),
            "{said:?}"
        );
    }

    #[test]
    fn others_where_there_is_no_libssl() {
        let expected = "prog had libgnutls.so.30 loaded and no libssl; tlsdiag records OpenSSL alone";
        assert_eq!(said(&["/x/prog", "/x/libgnutls.so.30", "/x/libc.so.6"]), [expected]);
        assert_eq!(said(&["/x/prog", "/x/libc.so.6"]), [""; 0]);
    }
}
