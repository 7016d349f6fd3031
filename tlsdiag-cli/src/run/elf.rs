//! What an ELF file says of itself. Source: elf(5).

use std::fs::File;
use std::path::Path;

use object::Endianness;
use object::elf::{DT_NEEDED, FileHeader32, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use object::read::{FileKind, NativeFile, Object, ObjectSymbol, ReadCache};

/// What decides whether something can be loaded into a program.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) is_64: bool,
    pub(super) machine: u16,
    /// The dynamic linker that the system starts it with (`PT_INTERP`); `None` where it needs none.
    pub(super) linker: Option<String>,
}

impl Head {
    /// The linker's file name.
    pub(super) fn linker_name(&self) -> Option<&str> {
        self.linker.as_deref()?.rsplit('/').next()
    }
}

/// `None` where this is no ELF file.
pub(super) fn head(path: &Path) -> Option<Head> {
    let data = &ReadCache::new(File::open(path).ok()?);
    match FileKind::parse(data).ok()? {
        FileKind::Elf32 => head_of::<FileHeader32<Endianness>>(data),
        FileKind::Elf64 => head_of::<FileHeader64<Endianness>>(data),
        _ => None,
    }
}

fn head_of<H: FileHeader>(data: &ReadCache<File>) -> Option<Head> {
    let header = H::parse(data).ok()?;
    let endian = header.endian().ok()?;
    let mut linker = None;
    for segment in header.program_headers(endian, data).ok()? {
        if let Some(path) = segment.interpreter(endian, data).ok()? {
            linker = Some(String::from_utf8_lossy(path).into_owned());
        }
    }
    Some(Head { is_64: header.is_class_64(), machine: header.e_machine(endian).0, linker })
}

/// The names of the libraries that this file is linked with; empty where it cannot be read.
pub(super) fn needed(path: &Path) -> Vec<String> {
    with_file(path, |file| {
        let Ok(table) = file.elf_dynamic_table() else { return Vec::new() };
        let needed = table.iter().filter(|entry| entry.tag == DT_NEEDED);
        let names = needed.filter_map(|entry| table.string(entry).ok());
        names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    })
    .unwrap_or_default()
}

/// Whether this file has OpenSSL's functions within it and says so to the dynamic linker.
pub(super) fn exports_openssl(path: &Path) -> bool {
    with_file(path, |file| {
        file.dynamic_symbols()
            .any(|symbol| symbol.is_definition() && symbol.name_bytes() == Ok(b"SSL_CTX_new"))
    })
    .unwrap_or(false)
}

/// Whether this is what Go's compiler made.
pub(super) fn is_go(path: &Path) -> bool {
    with_file(path, |file| file.section_by_name(".go.buildinfo").is_some()).unwrap_or(false)
}

fn with_file<T>(path: &Path, ask: impl FnOnce(&NativeFile<'_, &ReadCache<File>>) -> T) -> Option<T> {
    let data = ReadCache::new(
        File::open(path).ok().filter(|file| file.metadata().is_ok_and(|file| file.is_file()))?,
    );
    let file = NativeFile::parse(&data).ok()?;
    Some(ask(&file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_and_what_is_none() {
        let us = std::env::current_exe().unwrap();
        let head = head(&us).unwrap();
        assert_eq!(head.is_64, cfg!(target_pointer_width = "64"));
        assert!(head.linker_name().unwrap().starts_with("ld"), "{head:?}");
        assert!(needed(&us).iter().any(|name| name.starts_with("libc.so")));
        assert!(!is_go(&us));
        let none = Path::new("/etc/passwd");
        assert_eq!((super::head(none), needed(none)), (None, Vec::new()));
    }
}
