//! The objects that are loaded into this process, as the dynamic linker knows them.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::OnceLock;

/// An object: the program itself, a library, a module.
#[derive(Clone, Debug)]
pub(crate) struct Loaded {
    /// Where it begins, by which it is known.
    pub(crate) base: usize,
    /// As `dlopen` knows it; empty for the program itself.
    pub(crate) name: CString,
}

/// The object that this address lies in, whether it is code or data.
pub(crate) fn object_of(address: usize) -> Option<Loaded> {
    // SAFETY: plain data, for which zeros are a value; dladdr1 only reads, and stores the address of a link map that lives as
    // long as its object. The name is copied at once.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        let mut map: *mut LinkMap = ptr::null_mut();
        let found = dladdr1(address as *const c_void, &mut info, (&raw mut map).cast(), RTLD_DL_LINKMAP);
        if found == 0 || map.is_null() {
            return None;
        }
        let name = if (*map).name.is_null() { c"" } else { CStr::from_ptr((*map).name) };
        Some(Loaded { base: info.dli_fbase as usize, name: name.to_owned() })
    }
}

/// Where our own object begins.
pub(crate) fn own_base() -> usize {
    static BASE: OnceLock<usize> = OnceLock::new();
    *BASE.get_or_init(|| object_of(own_base as fn() -> usize as usize).map_or(0, |object| object.base))
}

/// The addresses that an object is loaded at, from the first to behind the last.
pub(crate) fn extent(base: usize) -> (usize, usize) {
    let mut looked = (base, base);
    // SAFETY: the callback has the prototype that dl_iterate_phdr wants, and the data is its own.
    unsafe { libc::dl_iterate_phdr(Some(measure), (&raw mut looked).cast()) };
    looked
}

unsafe extern "C" fn measure(info: *mut libc::dl_phdr_info, _size: usize, looked: *mut c_void) -> c_int {
    // SAFETY: the linker's own description, alive during the call, and the pair that `extent` gave.
    unsafe {
        let looked = &mut *looked.cast::<(usize, usize)>();
        let count = usize::from((*info).dlpi_phnum);
        if (*info).dlpi_phdr.is_null() || count == 0 {
            return 0;
        }
        let headers = std::slice::from_raw_parts((*info).dlpi_phdr, count);
        let places = headers.iter().filter(|header| header.p_type == libc::PT_LOAD).map(|header| {
            let start = ((*info).dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
            (start, start.wrapping_add(header.p_memsz as usize))
        });
        let first = places.clone().map(|(start, _)| start).min().unwrap_or(0);
        // The linker rounds down to a page, of whatever size that is.
        const LARGEST_PAGE: usize = 64 << 10;
        if first.wrapping_sub(looked.0) >= LARGEST_PAGE {
            return 0;
        }
        looked.1 = places.map(|(_, end)| end).max().unwrap_or(looked.0);
        1
    }
}

/// All that are loaded.
pub(crate) fn all() -> Vec<Loaded> {
    let mut found: Vec<usize> = Vec::new();
    // SAFETY: as in `extent`.
    unsafe { libc::dl_iterate_phdr(Some(list), (&raw mut found).cast()) };
    found.into_iter().filter_map(object_of).collect()
}

unsafe extern "C" fn list(info: *mut libc::dl_phdr_info, _size: usize, found: *mut c_void) -> c_int {
    // SAFETY: the linker's own description, alive during the call, and the vector that `all` gave.
    unsafe {
        if !(*info).dlpi_phdr.is_null() {
            (*found.cast::<Vec<usize>>()).push((*info).dlpi_phdr as usize);
        }
    }
    0
}

/// Whether the name of any object has this in it.
pub(crate) fn is_any_named(part: &[u8]) -> bool {
    let mut looked = (part, false);
    // SAFETY: as in `extent`.
    unsafe { libc::dl_iterate_phdr(Some(compare), (&raw mut looked).cast()) };
    looked.1
}

unsafe extern "C" fn compare(info: *mut libc::dl_phdr_info, _size: usize, looked: *mut c_void) -> c_int {
    // SAFETY: the linker's own description, alive during the call, and the pair that `is_any_named` gave.
    unsafe {
        let (part, found) = &mut *looked.cast::<(&[u8], bool)>();
        if !(*info).dlpi_name.is_null() {
            *found =
                CStr::from_ptr((*info).dlpi_name).to_bytes().windows(part.len()).any(|name| name == *part);
        }
        c_int::from(*found)
    }
}

/// How many objects were loaded and how many unloaded, since the program began.
pub(crate) fn changes() -> (usize, usize) {
    let mut counts = (0, 0);
    // SAFETY: as in `extent`.
    unsafe { libc::dl_iterate_phdr(Some(count), (&raw mut counts).cast()) };
    counts
}

unsafe extern "C" fn count(info: *mut libc::dl_phdr_info, size: usize, counts: *mut c_void) -> c_int {
    const ENOUGH: usize = std::mem::offset_of!(libc::dl_phdr_info, dlpi_subs) + 8;
    if size >= ENOUGH {
        // SAFETY: the linker's own description, which is as long as it says, and the pair that `changes` gave.
        unsafe { *counts.cast() = ((*info).dlpi_adds as usize, (*info).dlpi_subs as usize) };
    }
    // The first one tells.
    1
}

const RTLD_DL_LINKMAP: c_int = 2;

/// The head of `struct link_map` of <link.h>.
#[repr(C)]
struct LinkMap {
    _address: usize,
    name: *const c_char,
}

unsafe extern "C" {
    fn dladdr1(
        address: *const c_void,
        info: *mut libc::Dl_info,
        extra: *mut *mut c_void,
        flags: c_int,
    ) -> c_int;
}
