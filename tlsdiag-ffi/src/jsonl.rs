//! Records that were written earlier, read again.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_void};
use std::fmt::Write as _;
use std::sync::Arc;

use tlsdiag_core::neutralize;
use tlsdiag_core::report::{JoinedClients, Line, SetupRecord, jsonl, text};

use crate::borrowed::Borrow;
use crate::boundary::{bytes, options, place, run};
use crate::c_string::{c_string, whole};
use crate::finished::Finished;
use crate::handshake::tlsdiag_handshake;
use crate::options::tlsdiag_text_options;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// Called with each line of a file of JSON lines, empty ones and setups that failed left out. `line` counts from 1. One of the next two is NULL: `handshake`,
/// borrowed for the call, or `problem`, which says why the line is no record.
pub type tlsdiag_line_callback = Option<
    unsafe extern "C" fn(
        line: usize,
        handshake: *const tlsdiag_handshake,
        problem: *const c_char,
        userdata: *mut c_void,
    ),
>;

/// Reads one record from its line of JSON; a newline at its end is fine. Free it with tlsdiag_handshake_free().
///
/// # Safety
/// `data` is NULL or points at `length` bytes; `handshake` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_from_json(
    data: *const c_char,
    length: usize,
    handshake: *mut *mut tlsdiag_handshake,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (data, out) = unsafe { (bytes(data.cast(), length, "data")?, place(handshake, "handshake")?) };
        let finished = read(data).map_err(|problem| Failure::new(TLSDIAG_MALFORMED, problem))?;
        out.put(tlsdiag_handshake::owned(finished));
        Ok(())
    })
}

/// Reads the bytes of a file of JSON lines and calls `callback` with each record, or with what is wrong with a line: a bad line spoils no
/// other. It returns TLSDIAG_OK whatever the lines hold.
///
/// # Safety
/// `data` is NULL or points at `length` bytes; `callback` may be called with `userdata`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_jsonl_read(
    data: *const c_char,
    length: usize,
    callback: tlsdiag_line_callback,
    userdata: *mut c_void,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let data = unsafe { bytes(data.cast(), length, "data") }?;
        let callback = callback.ok_or_else(|| Failure::new(TLSDIAG_NULL_ARGUMENT, "callback is NULL"))?;
        for (number, read) in read_all(data) {
            match read {
                Ok(Told::Setup(_)) => {}
                Ok(Told::Handshake(finished)) => {
                    let handshake = tlsdiag_handshake { finished, ssl: std::ptr::null_mut() };
                    let _borrow = Borrow::of(None::<&()>, &handshake);
                    // SAFETY: the application's function and pointer, and a handshake that lives until it returns.
                    unsafe { callback(number, &handshake, std::ptr::null(), userdata) };
                }
                Err(problem) => {
                    let problem = c_string(&problem);
                    // SAFETY: as above.
                    unsafe { callback(number, std::ptr::null(), problem.as_ptr(), userdata) };
                }
            }
        }
        Ok(())
    })
}

/// Explains the bytes of a file of JSON lines: the report of each handshake and of each setup that failed, and a sentence for each line that is no record. TLSDIAG_MALFORMED
/// if no line is one. Free it with tlsdiag_string_free().
///
/// # Safety
/// `data` is NULL or points at `length` bytes; `options` is NULL or as long as its size says; `text` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_jsonl_explain(
    data: *const c_char,
    length: usize,
    options: *const tlsdiag_text_options,
    text: *mut *mut c_char,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (data, options, out) =
            unsafe { (bytes(data.cast(), length, "data")?, self::options(options)?, place(text, "text")?) };
        let style = options.style()?;
        let (mut page, mut first_problem, mut records) = (String::new(), None, 0);
        for (number, read) in read_all(data) {
            match read {
                Ok(told) => {
                    let mut report = Vec::new();
                    match told {
                        Told::Handshake(finished) => text::write(finished.record(), &mut report, style),
                        Told::Setup(setup) => setup.write(&mut report, style),
                    }
                    .map_err(|error| Failure::new(TLSDIAG_INTERNAL, error.to_string()))?;
                    page.push_str(&String::from_utf8_lossy(&report));
                    records += 1;
                }
                Err(problem) => {
                    let sentence = neutralize(&format!("line {number}: {problem}")).into_owned();
                    let _ = write!(page, "{sentence}\n\n");
                    first_problem.get_or_insert(sentence);
                }
            }
        }
        if records == 0 {
            let why = first_problem.unwrap_or_else(|| "there is no line".to_owned());
            return Err(Failure::new(TLSDIAG_MALFORMED, why));
        }
        out.put(whole(page).into_raw());
        Ok(())
    })
}

fn lines(data: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = data.split(|byte| *byte == b'\n').enumerate();
    lines.map(|(index, line)| (index + 1, line)).filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// What a good line holds.
enum Told {
    Handshake(Arc<Finished>),
    Setup(Box<SetupRecord>),
}

/// Every line; what later records say of earlier ones of the same client is applied.
fn read_all(data: &[u8]) -> Vec<(usize, Result<Told, String>)> {
    let mut all: Vec<_> = lines(data).map(|(number, line)| (number, record(line))).collect();
    let mut clients = JoinedClients::default();
    for (_, read) in &all {
        if let Ok(Line::Handshake(record)) = read {
            clients.add(record);
        }
    }
    let clients = clients.judged();
    for (_, read) in &mut all {
        if let Ok(Line::Handshake(record)) = read {
            clients.tell(record);
        }
    }
    let told = |line: Line| match line {
        Line::Handshake(record) => Some(Told::Handshake(Arc::new(Finished::read(*record)))),
        Line::Setup(setup) => Some(Told::Setup(setup)),
        _ => None,
    };
    let read = |read: Result<Line, String>| read.map(told).transpose();
    all.into_iter().filter_map(|(number, line)| Some((number, read(line)?))).collect()
}

fn read(line: &[u8]) -> Result<Arc<Finished>, String> {
    let record = jsonl::read_line(utf8(line)?).map_err(|error| error.to_string())?;
    Ok(Arc::new(Finished::read(record)))
}

fn record(line: &[u8]) -> Result<Line, String> {
    jsonl::read(utf8(line)?).map_err(|error| error.to_string())
}

fn utf8(line: &[u8]) -> Result<&str, String> {
    let line = std::str::from_utf8(line).map_err(|_| "this is not JSON: it is not UTF-8".to_owned())?;
    Ok(line.trim())
}
