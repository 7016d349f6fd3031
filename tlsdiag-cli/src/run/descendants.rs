//! Our child, its children and so on, and what the system tells of each (proc(5)).
//!
//! We are a subreaper (`family`), so that none of them is ever lost: whose parent ends becomes a child of ours.

use std::fs;
use std::path::{Path, PathBuf};

/// A descendant and the process that it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Descendant {
    pub(super) pid: u32,
    pub(super) parent: u32,
}

/// All that live now, parents before their children.
pub(super) fn all() -> Vec<Descendant> {
    let mut found = children(std::process::id());
    let mut next = 0;
    while let Some(Descendant { pid, .. }) = found.get(next).copied() {
        // A process that ends meanwhile may be seen at two places.
        let more: Vec<_> = children(pid)
            .into_iter()
            .filter(|child| found.iter().all(|known| known.pid != child.pid))
            .collect();
        found.extend(more);
        next += 1;
    }
    found
}

/// Each thread has the children that it made. Where the kernel does not list them (CONFIG_PROC_CHILDREN) nobody is seen.
fn children(parent: u32) -> Vec<Descendant> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let numbers =
        lists.flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>());
    numbers.map(|pid| Descendant { pid, parent }).collect()
}

/// The file that it runs; `None` where it has ended, or belongs to somebody of whom we may see nothing.
pub(super) fn program(pid: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// A file's last name, as people call a program.
pub(super) fn name(program: &Path) -> String {
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

/// What lies in its memory, as far as that matters here.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Memory {
    pub(super) object: bool,
    pub(super) libssl: bool,
    pub(super) musl: bool,
}

/// What lies in its memory, where `object` is the file name of what records.
pub(super) fn memory(pid: u32, object: &str) -> Option<Memory> {
    let maps = fs::read(format!("/proc/{pid}/maps")).ok()?;
    Some(read_maps(&String::from_utf8_lossy(&maps), object))
}

fn read_maps(maps: &str, object: &str) -> Memory {
    let mut memory = Memory::default();
    for line in maps.lines() {
        // "from-to rights offset device inode   /path"
        let Some(at) = line.find('/') else { continue };
        let path = line[at..].trim_end_matches(" (deleted)");
        let name = path.rsplit('/').next().unwrap_or(path);
        memory.object |= name == object;
        memory.libssl |= name.starts_with("libssl.so") || name.starts_with("libssl-");
        memory.musl |= name.starts_with("ld-musl");
    }
    memory
}

/// The names in the environment that it was started with; `None` where it has written over it, as who sets a title of its own does, or
/// where it was empty, which looks the same.
pub(super) fn environment(pid: u32) -> Option<Vec<String>> {
    names(&fs::read(format!("/proc/{pid}/environ")).ok()?)
}

fn names(environment: &[u8]) -> Option<Vec<String>> {
    let variables = environment.strip_suffix(b"\0")?.split(|byte| *byte == 0);
    let name = |variable: &[u8]| {
        let end = variable.iter().position(|byte| *byte == b'=')?;
        Some(String::from_utf8_lossy(&variable[..end]).into_owned())
    };
    variables.map(name).collect()
}

/// Whether the system gave it more rights than its parent has (`AT_SECURE`, getauxval(3)).
pub(super) fn is_secure(pid: u32) -> bool {
    const AT_SECURE: usize = 23;
    const WORD: usize = size_of::<usize>();
    let vector = fs::read(format!("/proc/{pid}/auxv")).unwrap_or_default();
    let words: Vec<usize> = vector
        .chunks_exact(WORD)
        .filter_map(|word| Some(usize::from_ne_bytes(word.try_into().ok()?)))
        .collect();
    words.chunks_exact(2).any(|pair| pair[0] == AT_SECURE && pair[1] != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_memory() {
        let maps = "55d0-55d1 r--p 00000000 fe:00 123    /usr/bin/curl\n\
                    7f00-7f01 r-xp 00000000 fe:00 124    /usr/lib/x86_64-linux-gnu/libssl.so.3\n\
                    7f02-7f03 r-xp 00000000 fe:00 125    /opt/a b/libobject.so (deleted)\n\
                    7ffd-7ffe rw-p 00000000 00:00 0      [stack]\n";
        assert_eq!(read_maps(maps, "libobject.so"), Memory { object: true, libssl: true, musl: false });
        assert_eq!(
            read_maps("1-2 r-xp 0 0:0 9 /lib/ld-musl-x86_64.so.1\n", "x"),
            Memory { musl: true, ..Memory::default() }
        );
        assert_eq!(read_maps("7f00-7f01 r-xp 0 0:0 9 /usr/lib/libssl3.so\n", "x"), Memory::default());
    }

    #[test]
    fn an_environment_that_was_written_over() {
        assert_eq!(names(b"A=1=2\0B=\0"), Some(vec!["A".to_owned(), "B".to_owned()]));
        for over in [&b""[..], b"\0", b"\0\0\0", b"nginx: worker\0ANNEL=1\0", b"\0\0ANNEL=1\0"] {
            assert_eq!(names(over), None, "{over:?}");
        }
    }

    #[test]
    fn a_child_and_its_environment() {
        let mut child =
            std::process::Command::new("sleep").arg("60").env("TLSDIAG_TEST", "1=2").spawn().unwrap();
        let pid = child.id();
        // It is a copy of this process until it has become what it is to be, and a moment without an environment.
        let is_there =
            || environment(pid).is_some_and(|names| names.iter().any(|name| name == "TLSDIAG_TEST"));
        while !is_there() {
            std::thread::yield_now();
        }
        assert!(program(pid).is_some_and(|path| name(&path) != name(&std::env::current_exe().unwrap())));
        assert!(all().contains(&Descendant { pid, parent: std::process::id() }));
        assert!(!is_secure(pid));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
