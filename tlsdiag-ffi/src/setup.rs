//! A setup that failed before any handshake, in C's hands.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_void};

use tlsdiag_core::report::{Line, SetupRecord, jsonl};

use crate::borrowed::is_borrowed;
use crate::boundary::{bytes, contain, given, options, place, run};
use crate::c_string::{c_string, pointer, whole};
use crate::finding::tlsdiag_finding;
use crate::options::tlsdiag_text_options;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// A call that sets up a certificate, a key, trusted certificates or cipher suites, and that failed: no handshake ever began. It never
/// changes, and any number of threads may use it at once.
///
/// One that a callback is given is borrowed for the call: what is to be kept is kept as JSON.
pub struct tlsdiag_setup {
    pub(crate) record: SetupRecord,
    verdict: CString,
    one_line: CString,
    function: CString,
    file: Option<CString>,
    finding: Option<tlsdiag_finding>,
}

/// Called with each setup that failed. `setup` is borrowed for the call; `userdata` is what was given with the callback. It runs on the
/// thread that calls tlsdiag_recorder_setup_failed(). A C++ exception must not leave it.
pub type tlsdiag_setup_callback =
    Option<unsafe extern "C" fn(setup: *const tlsdiag_setup, userdata: *mut c_void)>;

#[derive(Clone, Copy)]
pub(crate) struct SetupCallback {
    pub(crate) function: unsafe extern "C" fn(*const tlsdiag_setup, *mut c_void),
    pub(crate) userdata: *mut c_void,
}

// SAFETY: the pointer is the application's, handed back as it is; that it may come from any thread is in the contract.
unsafe impl Send for SetupCallback {}

impl tlsdiag_setup {
    pub(crate) fn of(record: SetupRecord) -> Self {
        tlsdiag_setup {
            verdict: c_string(record.verdict()),
            one_line: c_string(&record.one_line()),
            function: c_string(&record.function),
            file: record.file.as_deref().map(c_string),
            finding: record.diagnosis.findings.first().map(|finding| tlsdiag_finding::of(finding, None)),
            record,
        }
    }
}

/// Reads one record of a setup from its line of JSON; a newline at its end is fine. TLSDIAG_MALFORMED where it is none, or a handshake's.
/// Free it with tlsdiag_setup_free().
///
/// # Safety
/// `data` is NULL or points at `length` bytes; `setup` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_from_json(
    data: *const c_char,
    length: usize,
    setup: *mut *mut tlsdiag_setup,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (data, out) = unsafe { (bytes(data.cast(), length, "data")?, place(setup, "setup")?) };
        let wrong = |why: String| Failure::new(TLSDIAG_MALFORMED, why);
        let line =
            std::str::from_utf8(data).map_err(|_| wrong("this is not JSON: it is not UTF-8".to_owned()))?;
        match jsonl::read(line.trim()).map_err(|error| wrong(error.to_string()))? {
            Line::Setup(record) => out.put(Box::into_raw(Box::new(tlsdiag_setup::of(*record)))),
            _ => return Err(wrong("it is a handshake, and no setup that failed".to_owned())),
        }
        Ok(())
    })
}

/// Frees a setup, and every string and finding that came from it. NULL is fine; so is one that a callback has borrowed, where this does
/// nothing.
///
/// # Safety
/// `setup` is NULL or has not been freed, and no other thread uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_free(setup: *mut tlsdiag_setup) {
    contain(|| {
        if !setup.is_null() && !is_borrowed(setup) {
            // SAFETY: made by tlsdiag_setup_from_json, and given back once.
            drop(unsafe { Box::from_raw(setup) });
        }
    });
}

/// # Safety
/// As for the functions below.
unsafe fn string(
    setup: *const tlsdiag_setup,
    out: *mut *const c_char,
    name: &str,
    read: impl FnOnce(&tlsdiag_setup) -> *const c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller of every function below.
        let (setup, out) = unsafe { (given(setup, "setup")?, place(out, name)?) };
        out.put(read(setup));
        Ok(())
    })
}

/// The cause's code, such as "config.key_mismatch", or "unexplained".
///
/// # Safety
/// `setup` is NULL or a setup that has not been freed; the place for the result is NULL or has room for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_verdict(
    setup: *const tlsdiag_setup,
    verdict: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { string(setup, verdict, "verdict", |setup| setup.verdict.as_ptr()) }
}

/// All in one line, for a log.
///
/// # Safety
/// As for tlsdiag_setup_verdict().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_one_line(
    setup: *const tlsdiag_setup,
    line: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { string(setup, line, "line", |setup| setup.one_line.as_ptr()) }
}

/// OpenSSL's function that failed.
///
/// # Safety
/// As for tlsdiag_setup_verdict().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_function(
    setup: *const tlsdiag_setup,
    function: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { string(setup, function, "function", |setup| setup.function.as_ptr()) }
}

/// The file or folder that it was given, or from which it read; NULL where that is not known.
///
/// # Safety
/// As for tlsdiag_setup_verdict().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_file(
    setup: *const tlsdiag_setup,
    file: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { string(setup, file, "file", |setup| pointer(setup.file.as_ref())) }
}

/// Why it failed; TLSDIAG_NOT_FOUND where no rule knows. It lives as long as the setup and is not freed by itself.
///
/// # Safety
/// As for tlsdiag_setup_verdict().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_finding(
    setup: *const tlsdiag_setup,
    finding: *mut *const tlsdiag_finding,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (setup, out) = unsafe { (given(setup, "setup")?, place(finding, "finding")?) };
        let finding = setup.finding.as_ref();
        out.put(finding.ok_or_else(|| Failure::new(TLSDIAG_NOT_FOUND, "no rule knows this failure"))?);
        Ok(())
    })
}

/// The whole record as one line of JSON without its newline (schema/setup-1.json). Free it with tlsdiag_string_free().
///
/// # Safety
/// As for tlsdiag_setup_verdict().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_to_json(
    setup: *const tlsdiag_setup,
    json: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (setup, out) = unsafe { (given(setup, "setup")?, place(json, "json")?) };
        let internal = |error: String| Failure::new(TLSDIAG_INTERNAL, error);
        let mut line = Vec::new();
        jsonl::write(&setup.record, &mut line).map_err(|error| internal(error.to_string()))?;
        line.pop();
        out.put(CString::new(line).map_err(|error| internal(error.to_string()))?.into_raw());
        Ok(())
    })
}

/// The whole report for people. Free it with tlsdiag_string_free().
///
/// # Safety
/// As for tlsdiag_setup_verdict(); `options` is NULL or as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_setup_to_text(
    setup: *const tlsdiag_setup,
    options: *const tlsdiag_text_options,
    text: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (setup, options, out) =
            unsafe { (given(setup, "setup")?, self::options(options)?, place(text, "text")?) };
        let mut page = Vec::new();
        let written = setup.record.write(&mut page, options.style()?);
        written.map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
        out.put(whole(String::from_utf8_lossy(&page).into_owned()).into_raw());
        Ok(())
    })
}
