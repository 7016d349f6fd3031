//! One root cause, with everything that a reader needs to believe and mend it.
#![allow(unsafe_code)]

use std::ffi::{CString, c_char};

use tlsdiag_core::report::FindingRecord;

use crate::boundary::{Sized_, given, place, room, run, text};
use crate::c_string::{c_string, pointer};
use crate::kinds::{Kind, tlsdiag_confidence, tlsdiag_severity, tlsdiag_side};
use crate::list::at;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, TLSDIAG_NOT_FOUND};

/// One root cause of a handshake, with evidence and advice. It belongs to its handshake, lives as long, and is never freed
/// by itself.
pub struct tlsdiag_finding {
    cause: CString,
    confidence: tlsdiag_confidence,
    severity: tlsdiag_severity,
    side: tlsdiag_side,
    stage: Option<CString>,
    summary: CString,
    explanation: CString,
    evidence: Vec<(Option<u32>, CString, CString)>,
    alternatives: Vec<(CString, CString)>,
    ruled_out: Vec<(CString, CString)>,
    advice: Vec<(CString, CString, Option<CString>)>,
}

/// Something seen, that supports a finding.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_evidence {
    /// sizeof(tlsdiag_evidence), set before the call.
    pub size: usize,
    /// The number of the event that it was read from, as in the record's list of events; -1 if it is none of them.
    pub event: i64,
    /// What was looked at, such as "CertificateRequest.signature_algorithms".
    pub field: *const c_char,
    /// What stood there.
    pub value: *const c_char,
}

/// A cause beside the one named: one that this side cannot tell from it, or one that is ruled out.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_look_alike {
    /// sizeof(tlsdiag_look_alike), set before the call.
    pub size: usize,
    /// The other cause's code.
    pub cause: *const c_char,
    /// What would tell the two apart; of one that is ruled out, why it is not that.
    pub reason: *const c_char,
}

/// What to write where.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_advice {
    /// sizeof(tlsdiag_advice), set before the call.
    pub size: usize,
    /// The software that it is for: "any", "openssl", "openssl.cnf", "nginx", "apache", "python", "curl", "firefox"; more may
    /// come.
    pub stack: *const c_char,
    /// The line to write or the command to run, verbatim; or a sentence where there is no such line.
    pub line: *const c_char,
    /// What it does or costs; NULL where nothing needs saying.
    pub note: *const c_char,
}

// SAFETY: repr(C), the size first, pointers and integers of eight bytes alone.
unsafe impl Sized_ for tlsdiag_evidence {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_evidence";
    fn empty() -> Self {
        let null = std::ptr::null();
        tlsdiag_evidence { size: size_of::<Self>(), event: -1, field: null, value: null }
    }
}

// SAFETY: repr(C), the size first, pointers alone.
unsafe impl Sized_ for tlsdiag_look_alike {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_look_alike";
    fn empty() -> Self {
        let null = std::ptr::null();
        tlsdiag_look_alike { size: size_of::<Self>(), cause: null, reason: null }
    }
}

// SAFETY: repr(C), the size first, pointers alone.
unsafe impl Sized_ for tlsdiag_advice {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_advice";
    fn empty() -> Self {
        let null = std::ptr::null();
        tlsdiag_advice { size: size_of::<Self>(), stack: null, line: null, note: null }
    }
}

impl tlsdiag_finding {
    pub(crate) fn of(finding: &FindingRecord, stage: Option<&str>) -> Self {
        let pair = |a: &str, b: &str| (c_string(a), c_string(b));
        tlsdiag_finding {
            cause: c_string(&finding.cause),
            confidence: tlsdiag_confidence::of(&finding.confidence),
            severity: tlsdiag_severity::of(&finding.severity),
            side: tlsdiag_side::of(&finding.side),
            stage: stage.map(c_string),
            summary: c_string(&finding.summary),
            explanation: c_string(&finding.explanation),
            evidence: finding
                .evidence
                .iter()
                .map(|seen| (seen.event, c_string(&seen.field), c_string(&seen.value)))
                .collect(),
            alternatives: finding.alternatives.iter().map(|other| pair(&other.cause, &other.tell)).collect(),
            ruled_out: finding.ruled_out.iter().map(|other| pair(&other.cause, &other.reason)).collect(),
            advice: finding
                .advice
                .iter()
                .map(|one| (c_string(&one.stack), c_string(&one.line), one.note.as_deref().map(c_string)))
                .collect(),
        }
    }
}

/// # Safety
/// As for the functions below.
unsafe fn get<T>(
    finding: *const tlsdiag_finding,
    out: *mut T,
    name: &str,
    read: impl FnOnce(&tlsdiag_finding) -> T,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller of every function below.
        let (finding, out) = unsafe { (given(finding, "finding")?, place(out, name)?) };
        out.put(read(finding));
        Ok(())
    })
}

/// The code of the root cause, such as "client_cert.missing". Codes are stable; tlsdiag_cause_find() says what one means.
///
/// # Safety
/// `finding` is NULL or a finding whose handshake has not been freed; `cause` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_cause(
    finding: *const tlsdiag_finding,
    cause: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, cause, "cause", |finding| finding.cause.as_ptr()) }
}

/// How sure it is.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_confidence(
    finding: *const tlsdiag_finding,
    confidence: *mut tlsdiag_confidence,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, confidence, "confidence", |finding| finding.confidence) }
}

/// How bad it is.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_severity(
    finding: *const tlsdiag_finding,
    severity: *mut tlsdiag_severity,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, severity, "severity", |finding| finding.severity) }
}

/// Where it has to be mended.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_side(
    finding: *const tlsdiag_finding,
    side: *mut tlsdiag_side,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, side, "side", |finding| finding.side) }
}

/// The handshake message that was being made, read or waited for when it ended, such as "certificate_verify"; NULL where the
/// handshake was established.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_stage(
    finding: *const tlsdiag_finding,
    stage: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, stage, "stage", |finding| pointer(finding.stage.as_ref())) }
}

/// One sentence: what happened.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_summary(
    finding: *const tlsdiag_finding,
    summary: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, summary, "summary", |finding| finding.summary.as_ptr()) }
}

/// A few sentences: why, and what that means. May be empty.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_explanation(
    finding: *const tlsdiag_finding,
    explanation: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, explanation, "explanation", |finding| finding.explanation.as_ptr()) }
}

/// How many pieces of evidence there are.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_evidence_count(
    finding: *const tlsdiag_finding,
    count: *mut usize,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, count, "count", |finding| finding.evidence.len()) }
}

/// A piece of evidence, counted from 0. Set evidence->size first.
///
/// # Safety
/// As for tlsdiag_finding_cause(), and `evidence` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_evidence(
    finding: *const tlsdiag_finding,
    index: usize,
    evidence: *mut tlsdiag_evidence,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (finding, out) = unsafe { (given(finding, "finding")?, room(evidence, "evidence")?) };
        let (event, field, value) = at(&finding.evidence, index, "evidence")?;
        out.put(tlsdiag_evidence {
            size: 0,
            event: event.map_or(-1, i64::from),
            field: field.as_ptr(),
            value: value.as_ptr(),
        });
        Ok(())
    })
}

/// How many causes this side cannot tell from the one named.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_alternative_count(
    finding: *const tlsdiag_finding,
    count: *mut usize,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, count, "count", |finding| finding.alternatives.len()) }
}

/// A cause that this side cannot tell from the one named, with what would tell; counted from 0. Set alternative->size first.
///
/// # Safety
/// As for tlsdiag_finding_cause(), and `alternative` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_alternative(
    finding: *const tlsdiag_finding,
    index: usize,
    alternative: *mut tlsdiag_look_alike,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (finding, out) = unsafe { (given(finding, "finding")?, room(alternative, "alternative")?) };
        let (cause, reason) = at(&finding.alternatives, index, "alternative")?;
        out.put(tlsdiag_look_alike { size: 0, cause: cause.as_ptr(), reason: reason.as_ptr() });
        Ok(())
    })
}

/// How many look-alikes are ruled out.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_ruled_out_count(
    finding: *const tlsdiag_finding,
    count: *mut usize,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, count, "count", |finding| finding.ruled_out.len()) }
}

/// A look-alike that is ruled out, with the reason; counted from 0. Set ruled_out->size first.
///
/// # Safety
/// As for tlsdiag_finding_cause(), and `ruled_out` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_ruled_out(
    finding: *const tlsdiag_finding,
    index: usize,
    ruled_out: *mut tlsdiag_look_alike,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (finding, out) = unsafe { (given(finding, "finding")?, room(ruled_out, "ruled_out")?) };
        let (cause, reason) = at(&finding.ruled_out, index, "look-alike")?;
        out.put(tlsdiag_look_alike { size: 0, cause: cause.as_ptr(), reason: reason.as_ptr() });
        Ok(())
    })
}

/// How many pieces of advice there are.
///
/// # Safety
/// As for tlsdiag_finding_cause().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_advice_count(
    finding: *const tlsdiag_finding,
    count: *mut usize,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { get(finding, count, "count", |finding| finding.advice.len()) }
}

/// A piece of advice, best first, counted from 0. Set advice->size first.
///
/// # Safety
/// As for tlsdiag_finding_cause(), and `advice` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_advice(
    finding: *const tlsdiag_finding,
    index: usize,
    advice: *mut tlsdiag_advice,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (finding, out) = unsafe { (given(finding, "finding")?, room(advice, "advice")?) };
        out.put(shown(at(&finding.advice, index, "advice")?));
        Ok(())
    })
}

/// The best piece of advice for one kind of software, such as "nginx"; TLSDIAG_NOT_FOUND if there is none for it. Set
/// advice->size first.
///
/// # Safety
/// As for tlsdiag_finding_cause(), `stack` is NULL or a C string, and `advice` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_finding_advice_for(
    finding: *const tlsdiag_finding,
    stack: *const c_char,
    advice: *mut tlsdiag_advice,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (finding, stack, out) =
            unsafe { (given(finding, "finding")?, text(stack, "stack")?, room(advice, "advice")?) };
        let found = finding.advice.iter().find(|(known, _, _)| known.to_bytes() == stack.as_bytes());
        out.put(shown(found.ok_or_else(|| {
            Failure::new(TLSDIAG_NOT_FOUND, format!("there is no advice for {}", stack.escape_debug()))
        })?));
        Ok(())
    })
}

fn shown((stack, line, note): &(CString, CString, Option<CString>)) -> tlsdiag_advice {
    tlsdiag_advice { size: 0, stack: stack.as_ptr(), line: line.as_ptr(), note: pointer(note.as_ref()) }
}
