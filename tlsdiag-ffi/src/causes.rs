//! The catalogue of causes.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int};
use std::sync::OnceLock;

use tlsdiag_core::Cause;

use crate::boundary::{Sized_, place, room, run, text};
use crate::c_string::c_string;
use crate::list::at;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// A cause of the catalogue. Its strings are never freed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_cause {
    /// sizeof(tlsdiag_cause), set before the call.
    pub size: usize,
    /// The stable code, such as "client_cert.missing".
    pub code: *const c_char,
    /// One line that says what it means.
    pub meaning: *const c_char,
    /// The coarse class for metrics (gRPC proposal A118), such as "CERTIFICATE_EXPIRED".
    pub result: *const c_char,
    /// 1 if this version can name it as the cause; 0 if it is only mentioned beside others.
    pub diagnosed: c_int,
    /// Zero.
    pub reserved: c_int,
}

// SAFETY: repr(C), the size first, pointers and two ints.
unsafe impl Sized_ for tlsdiag_cause {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_cause";
    fn empty() -> Self {
        let null = std::ptr::null();
        tlsdiag_cause {
            size: size_of::<Self>(),
            code: null,
            meaning: null,
            result: null,
            diagnosed: 0,
            reserved: 0,
        }
    }
}

struct Entry {
    code: CString,
    meaning: CString,
    result: CString,
    diagnosed: bool,
}

impl Entry {
    fn shown(&self) -> tlsdiag_cause {
        tlsdiag_cause {
            size: 0,
            code: self.code.as_ptr(),
            meaning: self.meaning.as_ptr(),
            result: self.result.as_ptr(),
            diagnosed: self.diagnosed.into(),
            reserved: 0,
        }
    }
}

fn catalogue() -> &'static [Entry] {
    static CATALOGUE: OnceLock<Vec<Entry>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let entry = |cause: Cause| Entry {
            code: c_string(cause.code()),
            meaning: c_string(cause.meaning()),
            result: c_string(cause.class().name()),
            diagnosed: cause.is_diagnosed(),
        };
        Cause::all().map(entry).collect()
    })
}

/// How many causes the catalogue has.
///
/// # Safety
/// `count` is NULL or has room for a size_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_cause_count(count: *mut usize) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let out = unsafe { place(count, "count") }?;
        out.put(catalogue().len());
        Ok(())
    })
}

/// A cause of the catalogue, counted from 0. Set cause->size first.
///
/// # Safety
/// `cause` is NULL or as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_cause_at(index: usize, cause: *mut tlsdiag_cause) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let out = unsafe { room(cause, "cause") }?;
        out.put(at(catalogue(), index, "cause")?.shown());
        Ok(())
    })
}

/// The cause with a code, such as "client_cert.missing". Set cause->size first.
///
/// # Safety
/// `code` is NULL or a C string; `cause` is NULL or as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_cause_find(
    code: *const c_char,
    cause: *mut tlsdiag_cause,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (code, out) = unsafe { (text(code, "code")?, room(cause, "cause")?) };
        let found = catalogue().iter().find(|entry| entry.code.to_bytes() == code.as_bytes());
        let found = found.ok_or_else(|| {
            Failure::new(TLSDIAG_NOT_FOUND, format!("there is no cause {}", code.escape_debug()))
        })?;
        out.put(found.shown());
        Ok(())
    })
}
