//! Whether a call worked, and why not.
#![allow(unsafe_code)]

use std::cell::RefCell;
use std::ffi::{CString, c_char};

/// Whether a call worked. Numbers are never reused; new ones may be added.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_status {
    /// It worked, and the results are written.
    TLSDIAG_OK = 0,
    /// A pointer that must not be NULL was NULL; tlsdiag_last_error() names it.
    TLSDIAG_NULL_ARGUMENT = 1,
    /// The size at the head of a struct is not one that any version of this library has had, or the struct sets something
    /// that this version does not know.
    TLSDIAG_BAD_SIZE = 2,
    /// An argument has a value that it may not have.
    TLSDIAG_BAD_VALUE = 3,
    /// There is no such thing: an index past the end, an empty queue, an unknown code, nothing attached there.
    TLSDIAG_NOT_FOUND = 4,
    /// OpenSSL's functions were not found: statically linked, too old, or in no library of this process.
    TLSDIAG_NO_OPENSSL = 5,
    /// This kind of connection is not recorded (QUIC, DTLS), or OpenSSL refused to be hooked.
    TLSDIAG_UNSUPPORTED = 6,
    /// A file could not be opened or written.
    TLSDIAG_IO = 7,
    /// Bytes that should have been a ClientHello or a record of a handshake are none.
    TLSDIAG_MALFORMED = 8,
    /// Called from within a callback that the call would have to wait for.
    TLSDIAG_REENTERED = 9,
    /// The library has a bug, and the call was given up; please report what tlsdiag_last_error() says.
    TLSDIAG_INTERNAL = 10,
}

use tlsdiag_status::*;

/// Why a call did not work.
#[derive(Debug)]
pub(crate) struct Failure {
    status: tlsdiag_status,
    message: String,
}

impl Failure {
    pub(crate) fn new(status: tlsdiag_status, message: impl Into<String>) -> Self {
        Failure { status, message: message.into() }
    }

    /// Keeps the sentence for this thread and gives the status.
    pub(crate) fn report(self) -> tlsdiag_status {
        let message = crate::c_string::c_string(&self.message);
        // A thread that is ending has no place for it any more.
        let _ = LAST.try_with(|last| *last.borrow_mut() = message);
        self.status
    }
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// What the last call on this thread that failed had to say: one sentence, without its full stop. Empty if none has failed.
/// The text stays until another call fails on this thread.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_last_error() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ptr()).unwrap_or(c"".as_ptr())
}

/// What a status means, in a few words; never NULL, whatever the number.
#[unsafe(no_mangle)]
pub extern "C" fn tlsdiag_status_str(status: i32) -> *const c_char {
    const NAMES: &[(tlsdiag_status, &std::ffi::CStr)] = &[
        (TLSDIAG_OK, c"it worked"),
        (TLSDIAG_NULL_ARGUMENT, c"an argument is NULL that must not be"),
        (TLSDIAG_BAD_SIZE, c"a struct has a size that is not known"),
        (TLSDIAG_BAD_VALUE, c"an argument has a value that it may not have"),
        (TLSDIAG_NOT_FOUND, c"there is no such thing"),
        (TLSDIAG_NO_OPENSSL, c"the functions of OpenSSL were not found"),
        (TLSDIAG_UNSUPPORTED, c"this kind of connection is not recorded"),
        (TLSDIAG_IO, c"a file could not be opened or written"),
        (TLSDIAG_MALFORMED, c"the bytes are not what they should be"),
        (TLSDIAG_REENTERED, c"called from within a callback that it would have to wait for"),
        (TLSDIAG_INTERNAL, c"a bug in tlsdiag"),
    ];
    let known = NAMES.iter().find(|(known, _)| *known as i32 == status);
    known.map_or(c"no status of this version of tlsdiag", |(_, text)| text).as_ptr()
}
