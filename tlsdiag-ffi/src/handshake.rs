//! A finished handshake in C's hands: who owns it, how it ended, its findings, its JSON and text.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_void};
use std::sync::Arc;

use tlsdiag_core::report::{jsonl, text};

use crate::borrowed::is_borrowed;
use crate::boundary::{contain, given, options, place, run};
use crate::c_string::whole;
use crate::finding::tlsdiag_finding;
use crate::finished::Finished;
use crate::kinds::{Kind, tlsdiag_by, tlsdiag_outcome, tlsdiag_role};
use crate::list::at;
use crate::options::tlsdiag_text_options;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// A finished handshake. It never changes, and any number of threads may use it at once. What it takes to answer is worked
/// out at the first question that needs it: the outcome costs less than the cause, and nothing is paid for a handshake that
/// nobody asks about.
///
/// One that a callback is given is borrowed for the call; tlsdiag_handshake_clone() makes one to keep.
pub struct tlsdiag_handshake {
    pub(crate) finished: Arc<Finished>,
    /// The connection, while the callback runs within it.
    pub(crate) ssl: *mut c_void,
}

impl tlsdiag_handshake {
    pub(crate) fn owned(finished: Arc<Finished>) -> *mut Self {
        Box::into_raw(Box::new(tlsdiag_handshake { finished, ssl: std::ptr::null_mut() }))
    }
}

/// Makes another handle of the same handshake, which costs next to nothing: to keep what a callback has borrowed. Free it with
/// tlsdiag_handshake_free().
///
/// # Safety
/// `handshake` is NULL or a handshake that has not been freed; `clone` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_clone(
    handshake: *const tlsdiag_handshake,
    clone: *mut *mut tlsdiag_handshake,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(clone, "clone")?) };
        out.put(tlsdiag_handshake::owned(Arc::clone(&handshake.finished)));
        Ok(())
    })
}

/// Frees a handshake, and every string and finding that came from it. NULL is fine; so is one that a callback has borrowed,
/// where this does nothing.
///
/// # Safety
/// `handshake` is NULL or has not been freed, and no other thread uses this handle now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_free(handshake: *mut tlsdiag_handshake) {
    contain(|| {
        if !handshake.is_null() && !is_borrowed(handshake) {
            // SAFETY: made by `owned`, and given back once.
            drop(unsafe { Box::from_raw(handshake) });
        }
    });
}

/// How it ended.
///
/// # Safety
/// `handshake` is NULL or a handshake that has not been freed; the place for the result is NULL or has room for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_outcome(
    handshake: *const tlsdiag_handshake,
    outcome: *mut tlsdiag_outcome,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(outcome, "outcome")?) };
        out.put(match handshake.finished.handshake() {
            Some(handshake) => tlsdiag_outcome::of(handshake.outcome.kind.as_str()),
            None => handshake.finished.view().outcome,
        });
        Ok(())
    })
}

/// Who ended it.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_by(
    handshake: *const tlsdiag_handshake,
    by: *mut tlsdiag_by,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(by, "by")?) };
        out.put(handshake.finished.view().by);
        Ok(())
    })
}

/// Which end recorded it.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_role(
    handshake: *const tlsdiag_handshake,
    role: *mut tlsdiag_role,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(role, "role")?) };
        out.put(match handshake.finished.handshake() {
            Some(handshake) => tlsdiag_role::of(handshake.role.as_str()),
            None => handshake.finished.view().role,
        });
        Ok(())
    })
}

/// The number of its connection: never used twice within a process. 0 for a handshake that was read from a record.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_connection_id(
    handshake: *const tlsdiag_handshake,
    id: *mut u64,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(id, "id")?) };
        out.put(handshake.finished.connection().unwrap_or(0));
        Ok(())
    })
}

/// The SSL that it happened on, within a callback that runs on the handshake's own thread: read from it (SSL_get_ex_data),
/// and change nothing. NULL at any other time, in another thread, and where the SSL is being freed.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_ssl(
    handshake: *const tlsdiag_handshake,
    ssl: *mut *mut c_void,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(ssl, "ssl")?) };
        out.put(handshake.ssl);
        Ok(())
    })
}

/// How many findings there are, without notes. A healthy handshake has none.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_finding_count(
    handshake: *const tlsdiag_handshake,
    count: *mut usize,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(count, "count")?) };
        out.put(handshake.finished.view().findings.len());
        Ok(())
    })
}

/// A finding, best first, counted from 0. It lives as long as the handshake and is not freed by itself.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_finding(
    handshake: *const tlsdiag_handshake,
    index: usize,
    finding: *mut *const tlsdiag_finding,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(finding, "finding")?) };
        out.put(at(&handshake.finished.view().findings, index, "finding")?);
        Ok(())
    })
}

/// How many notes there are: what happened, and is no failure.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_note_count(
    handshake: *const tlsdiag_handshake,
    count: *mut usize,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(count, "count")?) };
        out.put(handshake.finished.view().notes.len());
        Ok(())
    })
}

/// A note, counted from 0: a finding that is no failure. It lives as long as the handshake and is not freed by itself.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_note(
    handshake: *const tlsdiag_handshake,
    index: usize,
    note: *mut *const tlsdiag_finding,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(note, "note")?) };
        out.put(at(&handshake.finished.view().notes, index, "note")?);
        Ok(())
    })
}

/// The whole record as one line of JSON without its newline (schema/handshake-1.json). Free it with tlsdiag_string_free().
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_to_json(
    handshake: *const tlsdiag_handshake,
    json: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(json, "json")?) };
        let mut line = Vec::new();
        jsonl::write(handshake.finished.record(), &mut line)
            .map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
        line.pop();
        let line = CString::new(line).map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
        out.put(line.into_raw());
        Ok(())
    })
}

/// The whole report for people: what happened, how we know, what to do. Free it with tlsdiag_string_free().
///
/// # Safety
/// As for tlsdiag_handshake_outcome(); `options` is NULL or as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_to_text(
    handshake: *const tlsdiag_handshake,
    options: *const tlsdiag_text_options,
    text: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, options, out) =
            unsafe { (given(handshake, "handshake")?, self::options(options)?, place(text, "text")?) };
        let mut page = Vec::new();
        text::write(handshake.finished.record(), &mut page, options.style()?)
            .map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
        out.put(whole(String::from_utf8_lossy(&page).into_owned()).into_raw());
        Ok(())
    })
}
