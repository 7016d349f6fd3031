//! What stands in `LD_PRELOAD`: the object, by a name that glibc alone understands.
//!
//! A program of another libc does not start where its linker finds an object there that it cannot link. glibc's linker replaces
//! `$LIB` by the folder of its libraries, `lib/x86_64-linux-gnu` or `lib64` (ld.so(8)); musl's takes it for a name, finds nothing, and
//! goes on as if nothing had been said. So the way to the object leads through that folder and back again.

use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// From the folder of libraries, which lies at most so deep, to the root; above it is nothing.
const THROUGH_LIB: &str = "/$LIB/../../..";

pub(super) struct Entry {
    pub(super) text: OsString,
    /// Linkers other than glibc's find nothing under this name.
    pub(super) is_glibcs: bool,
}

impl Entry {
    /// For this object, of which the whole path is given. The linker is asked, since a system may keep its libraries elsewhere.
    pub(super) fn of(object: &Path) -> Entry {
        let mut text = OsString::from(THROUGH_LIB);
        text.push(object);
        if leads_to(&text, object) {
            Entry { text, is_glibcs: true }
        } else {
            Entry { text: object.as_os_str().to_owned(), is_glibcs: false }
        }
    }
}

/// Whether our own linker finds the object by this name: it lists what it loads, and runs nothing.
fn leads_to(name: &OsStr, object: &Path) -> bool {
    let Ok(us) = env::current_exe() else { return false };
    let mut list = Command::new(us);
    list.env("LD_TRACE_LOADED_OBJECTS", "1").env("LD_PRELOAD", name);
    list.stdin(Stdio::null()).stderr(Stdio::null());
    let Ok(listed) = list.output() else { return false };
    // "\tname => path (0x…)", or "\tpath (0x…)" where both are the same.
    listed.stdout.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let end = line.iter().rposition(|byte| *byte == b'(').unwrap_or(0);
        let path = line[..end].trim_ascii_end();
        let path = path.windows(4).rposition(|arrow| arrow == b" => ").map_or(path, |at| &path[at + 4..]);
        Path::new(OsStr::from_bytes(path)).canonicalize().is_ok_and(|path| path == object)
    })
}
