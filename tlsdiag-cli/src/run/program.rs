//! What kind of program it is, where that is why nothing can be recorded.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use memchr::memmem;

use super::elf;

/// Why nothing can be loaded into a program, known before it runs.
pub(super) struct Refusal {
    pub(super) why: String,
    /// What becomes of the program where the object is in its environment nevertheless.
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    /// Nothing: and what it starts in its turn may be recorded.
    Runs,
    /// It does not start, unless its linker finds nothing there.
    FailsIfFound,
    /// Its linker complains or does worse.
    Fails,
}

/// Why `object` cannot be loaded into this program.
pub(super) fn refuses(path: &Path, object: &Path) -> Option<Refusal> {
    let path = interpreter(path).unwrap_or_else(|| path.to_owned());
    let file = path.metadata().ok().filter(|file| file.is_file())?;
    let (mode, shown) = (file.permissions().mode(), path.display());
    let user = mode & 0o4000 != 0 && file.uid() != rustix::process::geteuid().as_raw();
    let group = mode & 0o2000 != 0 && file.gid() != rustix::process::getegid().as_raw();
    let refusal = |why, outcome| Some(Refusal { why, outcome });
    if user || group {
        let which = if user { "setuid" } else { "setgid" };
        return refusal(
            format!("{shown} is {which}, and the system loads nothing foreign into such programs"),
            Outcome::Runs,
        );
    }
    let (head, ours) = (elf::head(&path)?, elf::head(object)?);
    if (head.is_64, head.machine) != (ours.is_64, ours.machine) {
        let bits = if head.is_64 { 64 } else { 32 };
        let kind = if head.is_64 == ours.is_64 {
            "for another machine".to_owned()
        } else {
            format!("of {bits} bits")
        };
        return refusal(format!("{shown} is a program {kind}, and what records here is not"), Outcome::Fails);
    }
    let Some(linker) = head.linker_name() else {
        let is_linker = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"ld-linux"));
        let kind = if elf::is_go(&path) { "a Go program, linked" } else { "linked" };
        let why = format!("{shown} is {kind} statically, so nothing can be loaded into it");
        return if is_linker { None } else { refusal(why, Outcome::Runs) };
    };
    // Our own is the one of the glibc that the object is made for.
    let own = std::env::current_exe().ok().and_then(|us| elf::head(&us));
    let own = own.as_ref().and_then(elf::Head::linker_name)?;
    if linker == own {
        return None;
    }
    if linker.starts_with("ld-musl") {
        return refusal(
            format!("{shown} is linked with musl, and what records here needs glibc"),
            Outcome::FailsIfFound,
        );
    }
    refusal(format!("{shown} is started by {linker}, and what records here needs {own}"), Outcome::Fails)
}

/// The file of which the process will be: a script's is the program that reads it.
pub(super) fn file(path: &Path) -> PathBuf {
    let path = interpreter(path).unwrap_or_else(|| path.to_owned());
    path.canonicalize().unwrap_or(path)
}

/// What this program has of TLS by its file, where that cannot be recorded; `None` where the file does not tell.
pub(super) fn has_instead(path: &Path) -> Option<String> {
    let path = interpreter(path).unwrap_or_else(|| path.to_owned());
    let shown = path.display();
    if elf::is_go(&path) {
        return Some(format!(
            "{shown} is a Go program and was not seen to use a libssl; Go's own TLS is not recorded"
        ));
    }
    let has = |what: &str| {
        Some(format!("{shown} has {what}; tlsdiag records a libssl that is a shared library of its own"))
    };
    if let Some(version) = openssl_within(&path) {
        return has(&format!("an OpenSSL of its own built in ({version})"));
    }
    if elf::exports_openssl(&path) {
        return has("an OpenSSL of its own built in");
    }
    let bytes = fs::read(&path).ok()?;
    let library = descendant_of_openssl(&bytes).or_else(|| rustls(&bytes))?;
    has(&format!("{library} built in"))
}

/// The version of the OpenSSL within this file, which is linked with no other: whoever is has its own version's name from the header.
pub(super) fn openssl_within(path: &Path) -> Option<String> {
    let is_openssl = |name: &String| name.starts_with("libssl") || name.starts_with("libcrypto");
    if elf::needed(path).iter().any(is_openssl) {
        return None;
    }
    built_in(&fs::read(path).ok()?)
}

/// The version of an OpenSSL within these bytes, such as `OpenSSL 3.0.19 27 Jan 2026`.
fn built_in(bytes: &[u8]) -> Option<String> {
    memmem::find_iter(bytes, b"OpenSSL ").find_map(|at| {
        let text = text_at(bytes, at, 40, |b| b.is_ascii_graphic() || b == b' ');
        let version = text.strip_prefix("OpenSSL ")?;
        let mut words = version.split(' ');
        let number = words.next()?;
        // The date tells the library itself from a program that was merely built against it.
        let is_version = number.split('.').count() == 3 && number.starts_with(|c: char| c.is_ascii_digit());
        let day = words.next()?;
        (is_version && !day.is_empty() && day.chars().all(|c| c.is_ascii_digit())).then_some(text)
    })
}

/// BoringSSL or AWS-LC, by the words with which they answer when asked for OpenSSL's version.
fn descendant_of_openssl(bytes: &[u8]) -> Option<String> {
    const WORDS: &[u8] = b"OpenSSL 1.1.1 (compatible; ";
    let at = memmem::find(bytes, WORDS)? + WORDS.len();
    let name = text_at(bytes, at, 20, |b| b.is_ascii_alphanumeric() || b == b'-');
    (!name.is_empty()).then_some(name)
}

/// rustls with its version, by the path of its sources in its messages.
fn rustls(bytes: &[u8]) -> Option<String> {
    memmem::find_iter(bytes, b"/rustls-").find_map(|at| {
        let text = text_at(bytes, at + 1, 40, |b| b.is_ascii_alphanumeric() || b"-./+".contains(&b));
        let (crate_name, path) = text.split_once('/')?;
        let version = crate_name.strip_prefix("rustls-")?;
        (version.starts_with(|c: char| c.is_ascii_digit()) && path.starts_with("src/"))
            .then(|| format!("rustls {version}"))
    })
}

fn text_at(bytes: &[u8], at: usize, most: usize, is_text: impl Fn(u8) -> bool) -> String {
    bytes[at..].iter().take(most).take_while(|b| is_text(**b)).map(|b| char::from(*b)).collect()
}

/// The program that runs this script.
fn interpreter(path: &Path) -> Option<PathBuf> {
    let mut head = Vec::new();
    File::open(path).ok()?.take(256).read_to_end(&mut head).ok()?;
    let line = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let mut words = str::from_utf8(line).ok()?.split_whitespace();
    let first = PathBuf::from(words.next()?);
    if first.file_name().is_some_and(|name| name == "env") {
        let name = words.find(|word| !word.starts_with('-'))?;
        let path = std::env::var_os("PATH")?;
        return std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    }
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_linked_dynamically_with_our_libc_is_not_refused() {
        let us = std::env::current_exe().unwrap();
        assert!(refuses(&us, &us).is_none());
        assert!(refuses(Path::new("/etc/passwd"), &us).is_none());
    }

    #[test]
    fn the_library_and_not_its_users() {
        let library = b"..\0OpenSSL 3.0.19 27 Jan 2026\0..";
        assert_eq!(built_in(library).as_deref(), Some("OpenSSL 3.0.19 27 Jan 2026"));
        assert_eq!(built_in(b"OpenSSL 3.0.0\0 OpenSSL is needed\0OpenSSL 1.1.1 or later"), None);
        let boring = b"..\0OpenSSL 1.1.1 (compatible; BoringSSL)\0";
        assert_eq!((built_in(boring), descendant_of_openssl(boring).as_deref()), (None, Some("BoringSSL")));
        assert_eq!(descendant_of_openssl(b"works with BoringSSL, too"), None);
        let path = b"/registry/src/index/rustls-0.23.5/src/conn.rs";
        assert_eq!(rustls(path).as_deref(), Some("rustls 0.23.5"));
        assert_eq!(rustls(b"see rustls, /rustls-pemfile-2.0.0/src/lib.rs, /rustls-0.23.5"), None);
    }
}
