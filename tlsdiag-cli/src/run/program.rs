//! What kind of program it is, where that is why nothing can be recorded.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use memchr::memmem;

/// Why the system will not load anything into this program, known before it runs.
pub(super) fn refuses(path: &Path) -> Option<String> {
    let path = interpreter(path).unwrap_or_else(|| path.to_owned());
    let file = path.metadata().ok()?;
    let (mode, shown) = (file.permissions().mode(), path.display());
    let user = mode & 0o4000 != 0 && file.uid() != rustix::process::geteuid().as_raw();
    let group = mode & 0o2000 != 0 && file.gid() != rustix::process::getegid().as_raw();
    if user || group {
        return Some(format!(
            "{shown} is {}, and the system loads nothing foreign into such programs",
            if user { "setuid" } else { "setgid" }
        ));
    }
    is_static(&path).then(|| format!("{shown} is linked statically, so nothing can be loaded into it"))
}

/// Why there was no libssl to record in a program that has ended, from its file; `None` where the file does not tell.
pub(super) fn has_instead(path: &Path) -> Option<String> {
    let path = interpreter(path).unwrap_or_else(|| path.to_owned());
    let bytes = fs::read(&path).ok()?;
    let shown = path.display();
    let has = |text: &str| memmem::find(&bytes, text.as_bytes()).is_some();
    if has("\u{ff} Go buildinf:") || has(" Go buildinf:") {
        return Some(format!("{shown} is a Go program, whose TLS is Go's own"));
    }
    if let Some(version) = built_in(&bytes) {
        return Some(format!(
            "{shown} has an OpenSSL of its own built in ({version}), which cannot be reached from outside"
        ));
    }
    if has("BoringSSL") {
        return Some(format!("{shown} has BoringSSL built in, which cannot be reached from outside"));
    }
    has("rustls").then(|| format!("{shown} uses rustls and not OpenSSL"))
}

/// The version of an OpenSSL within these bytes, such as `OpenSSL 3.0.19 27 Jan 2026`.
fn built_in(bytes: &[u8]) -> Option<String> {
    memmem::find_iter(bytes, b"OpenSSL ").find_map(|at| {
        let text: String = bytes[at..]
            .iter()
            .take(40)
            .take_while(|b| b.is_ascii_graphic() || **b == b' ')
            .map(|b| char::from(*b))
            .collect();
        let version = text.strip_prefix("OpenSSL ")?;
        let mut words = version.split(' ');
        let number = words.next()?;
        // The date tells the library itself from a program that was merely built against it.
        let is_version = number.split('.').count() == 3 && number.starts_with(|c: char| c.is_ascii_digit());
        let day = words.next()?;
        (is_version && !day.is_empty() && day.chars().all(|c| c.is_ascii_digit())).then_some(text)
    })
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

/// Whether this is an ELF program without an interpreter (`PT_INTERP`), which the dynamic linker never sees. Source: elf(5).
fn is_static(path: &Path) -> bool {
    const PT_INTERP: u32 = 3;
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64 << 10).read_to_end(&mut head));
    if read.is_err() || !head.starts_with(b"\x7fELF\x02\x01") {
        return false;
    }
    let number = |at: usize, size: usize| {
        let bytes = head.get(at..at + size)?;
        bytes.iter().rev().try_fold(0_usize, |number, byte| Some(number << 8 | usize::from(*byte)))
    };
    let headers = || {
        let (at, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        (0..count).map(|i| number(at.checked_add(i * size)?, 4)).collect::<Option<Vec<_>>>()
    };
    headers().is_some_and(|types| !types.contains(&(PT_INTERP as usize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_linked_dynamically_is_not_static() {
        assert!(!is_static(&std::env::current_exe().unwrap()));
        assert!(!is_static(Path::new("/etc/passwd")));
    }

    #[test]
    fn the_library_and_not_its_users() {
        let library = b"..\0OpenSSL 3.0.19 27 Jan 2026\0..";
        assert_eq!(built_in(library).as_deref(), Some("OpenSSL 3.0.19 27 Jan 2026"));
        assert_eq!(built_in(b"OpenSSL 3.0.0\0 OpenSSL is needed\0OpenSSL 1.1.1 or later"), None);
    }
}
