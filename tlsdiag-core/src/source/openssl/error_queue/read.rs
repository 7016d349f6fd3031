//! The thread's error queue, copied and left as found.
//!
//! OpenSSL's functions can peek at the two ends of the queue only; whatever reads the middle also
//! takes entries away, and nothing puts them back as they were (marks and flags are lost). So the
//! queue is read where it lies: `ERR_get_state` gives it, and `<openssl/err.h>` publishes its
//! layout for 1.1.1 and for 3.0 to 3.5. What is read is held against both ends as the functions
//! give them. Later versions hide it, but can save what lies above the newest mark (`saved.rs`).
//!
//! Sources: `ERR_get_error(3)`, `openssl/err.h`.

use std::ffi::{CStr, c_char, c_int, c_ulong, c_void};
use std::ptr;

use super::super::sys::constants::ERR_LIB_SYS;
use super::super::sys::functions::{PeekAll, PeekCode, PeekLineData};
use super::super::sys::library::Symbols;
use super::saved;
use crate::event::LibraryError;

pub(crate) const ENTRIES: usize = 16;
const IS_TEXT: c_int = 0x02;
const CLEARED: c_int = 0x02;

/// `struct err_state_st` of 3.x.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct State3 {
    flags: [c_int; ENTRIES],
    marks: [c_int; ENTRIES],
    codes: [c_ulong; ENTRIES],
    data: [*const c_char; ENTRIES],
    data_size: [usize; ENTRIES],
    data_flags: [c_int; ENTRIES],
    file: [*const c_char; ENTRIES],
    line: [c_int; ENTRIES],
    function: [*const c_char; ENTRIES],
    top: c_int,
    bottom: c_int,
}

/// `struct err_state_st` of 1.1.1.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct State1 {
    flags: [c_int; ENTRIES],
    codes: [c_ulong; ENTRIES],
    data: [*const c_char; ENTRIES],
    data_flags: [c_int; ENTRIES],
    file: [*const c_char; ENTRIES],
    line: [c_int; ENTRIES],
    top: c_int,
    bottom: c_int,
}

/// A state whose layout is known.
pub(crate) trait State: Copy {
    /// The newest entry, and the one before the oldest.
    fn ends(&self) -> (c_int, c_int);
    /// An entry, if it counts.
    fn entry(&self, at: usize) -> Option<Raw>;
    /// Data buffers that `ERR_clear_error` keeps for later use.
    fn buffers(&self) -> [(*const c_char, c_int); ENTRIES];
}

macro_rules! states {
    ($($state:ident: $function:expr;)*) => { $(impl State for $state {
        fn ends(&self) -> (c_int, c_int) {
            (self.top, self.bottom)
        }

        fn entry(&self, at: usize) -> Option<Raw> {
            let function: fn(&$state, usize) -> *const c_char = $function;
            (self.flags[at] & CLEARED == 0).then(|| Raw {
                code: self.codes[at],
                function: function(self, at),
                data: self.data[at],
                data_flags: self.data_flags[at],
            })
        }

        fn buffers(&self) -> [(*const c_char, c_int); ENTRIES] {
            std::array::from_fn(|at| (self.data[at], self.data_flags[at]))
        }
    })* };
}

states! {
    State3: |state, at| state.function[at];
    State1: |_, _| ptr::null();
}

/// Where the queue lies, by its layout.
pub(crate) enum Layout {
    Three(*mut State3),
    OneOneOne(*mut State1),
}

/// One entry before its texts are looked up.
pub(crate) struct Raw {
    code: c_ulong,
    function: *const c_char,
    data: *const c_char,
    data_flags: c_int,
}

/// Copies the queue of this thread, oldest entry first.
pub(crate) fn queued_errors(symbols: &Symbols) -> Vec<LibraryError> {
    // SAFETY: peeking takes no arguments and works on this thread's queue.
    if unsafe { (symbols.f.ERR_peek_error)() } == 0 {
        return Vec::new();
    }
    let raw = match layout(symbols) {
        Some(layout) => layout.entries(),
        None => None,
    };
    if let Some(raw) = raw {
        return raw.iter().map(|raw| describe(symbols, raw)).collect();
    }
    let above = saved::entries(symbols, || describe(symbols, &last(symbols)));
    above.unwrap_or_else(|| ends(symbols).iter().map(|raw| describe(symbols, raw)).collect())
}

/// This thread's queue, by address.
pub(crate) fn thread_state(symbols: &Symbols) -> *const c_void {
    // SAFETY: no arguments; gives this thread's queue or null.
    symbols.f.ERR_get_state.map_or(ptr::null(), |get_state| unsafe { get_state() })
}

/// Where this thread's queue lies, if its layout is one we know and its two ends are what the
/// functions say.
pub(crate) fn layout(symbols: &Symbols) -> Option<Layout> {
    let state = thread_state(symbols);
    let layout = if state.is_null() {
        return None;
    } else if symbols.version_number >> 12 == 0x10101 {
        Layout::OneOneOne(state.cast_mut().cast())
    } else if (0x300..=0x305).contains(&(symbols.version_number >> 20)) {
        Layout::Three(state.cast_mut().cast())
    } else {
        return None;
    };
    // SAFETY: peeking takes no arguments and works on this thread's queue.
    let (first, last) = unsafe { ((symbols.f.ERR_peek_error)(), (symbols.f.ERR_peek_last_error)()) };
    let entries = layout.entries()?;
    let codes = (entries.first().map_or(0, |raw| raw.code), entries.last().map_or(0, |raw| raw.code));
    (codes == (first, last)).then_some(layout)
}

impl Layout {
    fn entries(&self) -> Option<Vec<Raw>> {
        match *self {
            // SAFETY: the published layout of this version; nobody but this thread touches it.
            Layout::Three(state) => walk(unsafe { &*state }),
            // SAFETY: as above.
            Layout::OneOneOne(state) => walk(unsafe { &*state }),
        }
    }
}

/// The ring from its bottom (exclusive) to its top (inclusive).
fn walk(state: &impl State) -> Option<Vec<Raw>> {
    let index = |i: c_int| usize::try_from(i).ok().filter(|i| *i < ENTRIES);
    let (top, bottom) = state.ends();
    let (top, mut at) = (index(top)?, index(bottom)?);
    let mut raw = Vec::with_capacity(4);
    while at != top {
        at = (at + 1) % ENTRIES;
        raw.extend(state.entry(at));
    }
    Some(raw)
}

fn ends(symbols: &Symbols) -> Vec<Raw> {
    let (first, last) = (first(symbols), last(symbols));
    if first.code == last.code && first.data == last.data { vec![first] } else { vec![first, last] }
}

fn first(symbols: &Symbols) -> Raw {
    let f = &symbols.f;
    peek(f.ERR_peek_error_all, f.ERR_peek_error_line_data, f.ERR_peek_error)
}

fn last(symbols: &Symbols) -> Raw {
    let f = &symbols.f;
    peek(f.ERR_peek_last_error_all, f.ERR_peek_last_error_line_data, f.ERR_peek_last_error)
}

/// What one end of the queue holds, by the first of these functions that there is.
fn peek(all: Option<PeekAll>, line_data: Option<PeekLineData>, code: PeekCode) -> Raw {
    let (mut file, mut line) = (ptr::null(), 0);
    let mut raw = Raw { code: 0, function: ptr::null(), data: ptr::null(), data_flags: 0 };
    // SAFETY: peeking writes through the pointers given, all of which are valid; the strings belong
    // to the queue.
    raw.code = unsafe {
        match (all, line_data) {
            (Some(peek), _) => {
                peek(&mut file, &mut line, &mut raw.function, &mut raw.data, &mut raw.data_flags)
            }
            (None, Some(peek)) => peek(&mut file, &mut line, &mut raw.data, &mut raw.data_flags),
            (None, None) => code(),
        }
    };
    raw
}

fn describe(symbols: &Symbols, raw: &Raw) -> LibraryError {
    let (library, reason) = split(symbols.version_number, raw.code);
    let function = match symbols.f.ERR_func_error_string {
        Some(name) if raw.function.is_null() && symbols.version_number < 0x3000_0000 => {
            // SAFETY: a look-up in a table of static strings.
            unsafe { name(raw.code) }
        }
        _ => raw.function,
    };
    let data = if raw.data_flags & IS_TEXT != 0 { raw.data } else { ptr::null() };
    // SAFETY: static strings, looked up by number; `function` and `data` are C strings that the
    // queue holds until an entry is pushed or popped, which nobody does here.
    unsafe {
        let reason_text = match library {
            ERR_LIB_SYS => std::io::Error::from_raw_os_error(reason).to_string(),
            _ => text((symbols.f.ERR_reason_error_string)(raw.code)),
        };
        LibraryError {
            library,
            reason,
            library_name: text((symbols.f.ERR_lib_error_string)(raw.code)),
            reason_text,
            function: text(function),
            data: text(data),
        }
    }
}

/// `ERR_GET_LIB` and `ERR_GET_REASON`, which are macros; 3.0 changed them.
fn split(version: u64, code: c_ulong) -> (i32, i32) {
    if version < 0x3000_0000 {
        (((code >> 24) & 0xff) as i32, (code & 0xfff) as i32)
    } else if code & 0x8000_0000 != 0 {
        (ERR_LIB_SYS, (code & 0x7fff_ffff) as i32)
    } else {
        (((code >> 23) & 0xff) as i32, (code & 0x7f_ffff) as i32)
    }
}

/// # Safety
/// `string` is null or a C string.
unsafe fn text(string: *const c_char) -> String {
    if string.is_null() {
        return String::new();
    }
    // SAFETY: a C string, by the caller's promise.
    unsafe { CStr::from_ptr(string) }.to_string_lossy().into_owned()
}

#[cfg(all(test, feature = "linked"))]
mod tests {
    use super::*;

    #[test]
    fn the_queue_is_read_whole_and_left_as_it_was() {
        unsafe extern "C" {
            fn ERR_new();
            fn ERR_set_debug(file: *const c_char, line: c_int, function: *const c_char);
            fn ERR_set_error(library: c_int, reason: c_int, format: *const c_char, ...);
        }
        fn push(reason: c_int, data: &CStr) {
            // SAFETY: C strings, of which OpenSSL keeps copies; the format takes one string.
            unsafe {
                ERR_new();
                ERR_set_debug(c"file.c".as_ptr(), reason, c"function".as_ptr());
                ERR_set_error(20, reason, c"%s".as_ptr(), data.as_ptr());
            }
        }
        fn image(symbols: &Symbols) -> Vec<u8> {
            // SAFETY: this thread's queue, whose layout the code under test relies on too.
            unsafe {
                let state: *const c_void = symbols.f.ERR_get_state.unwrap()();
                std::slice::from_raw_parts(state.cast::<u8>(), size_of::<State3>()).to_vec()
            }
        }
        let symbols = Symbols::linked().unwrap();
        // SAFETY: works on this thread's queue alone.
        unsafe { (symbols.f.ERR_clear_error)() };
        assert!(queued_errors(symbols).is_empty());
        // More than fit, so that the ring has gone round.
        for reason in 100..120 {
            push(reason, c"some data");
        }
        push(134, c"the last");
        // SAFETY: as above; a mark is a part of the queue's state that no public function can read.
        unsafe { (symbols.f.ERR_set_mark)() };
        let before = image(symbols);
        let errors = queued_errors(symbols);
        assert!(before == image(symbols), "the queue was touched");
        let reasons: Vec<_> = errors.iter().map(|e| e.reason).collect();
        assert_eq!(reasons, (106..120).chain([134]).collect::<Vec<_>>());
        let last = errors.last().unwrap();
        assert_eq!((last.library, last.function.as_str(), last.data.as_str()), (20, "function", "the last"));
        assert_eq!(last.reason_text, "certificate verify failed");
        let both = ends(symbols);
        assert!(before == image(symbols));
        assert_eq!(both.len(), 2);
        assert_eq!(
            (describe(symbols, &both[0]), describe(symbols, &both[1])),
            (errors[0].clone(), last.clone())
        );
        // SAFETY: as above.
        unsafe { (symbols.f.ERR_clear_error)() };
    }
}
