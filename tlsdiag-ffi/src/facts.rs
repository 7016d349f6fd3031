//! What a handshake was like: strings and numbers, each by a function of its own.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int};

use crate::boundary::{given, place, run};
use crate::c_string::pointer;
use crate::handshake::tlsdiag_handshake;
use crate::status::tlsdiag_status;
use crate::view::View;

/// # Safety
/// As for the functions below.
unsafe fn view<T>(
    handshake: *const tlsdiag_handshake,
    out: *mut T,
    name: &str,
    read: impl FnOnce(&View) -> T,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller of every function below.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(out, name)?) };
        out.put(read(handshake.finished.view()));
        Ok(())
    })
}

/// Unique among all records: time, process and connection.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_id(
    handshake: *const tlsdiag_handshake,
    id: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, id, "id", |view| view.id.as_ptr()) }
}

/// When it began, RFC 3339 in UTC.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_time(
    handshake: *const tlsdiag_handshake,
    time: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, time, "time", |view| view.time.as_ptr()) }
}

/// The handshake message that was being made, read or waited for when it ended, such as "certificate_verify"; NULL where it
/// was established.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_stage(
    handshake: *const tlsdiag_handshake,
    stage: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, stage, "stage", |view| pointer(view.stage.as_ref())) }
}

/// The code of the root cause, such as "client_cert.missing"; NULL for a healthy handshake, and for a failure that nothing
/// explains.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_cause(
    handshake: *const tlsdiag_handshake,
    cause: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, cause, "cause", |view| pointer(view.cause.as_ref())) }
}

/// The verdict in one word: the code of the cause, "ok" for a healthy handshake, the code of a note for one that was not completed and
/// is no failure, "unexplained" for a failure that nothing
/// explains.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_verdict(
    handshake: *const tlsdiag_handshake,
    verdict: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, verdict, "verdict", |view| view.verdict.as_ptr()) }
}

/// The verdict in one line, for a log: cause or outcome, side, peer, version and a sentence. Has no newline at its end.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_one_line(
    handshake: *const tlsdiag_handshake,
    line: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, line, "line", |view| view.one_line.as_ptr()) }
}

/// The TLS library in its own words, such as "OpenSSL 3.0.19 27 Jan 2026"; NULL if it is not known.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_library(
    handshake: *const tlsdiag_handshake,
    library: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, library, "library", |view| pointer(view.library.as_ref())) }
}

/// The protocol version in use, such as "1.3"; NULL if none was chosen.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_version(
    handshake: *const tlsdiag_handshake,
    version: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, version, "version", |view| pointer(view.version.as_ref())) }
}

/// The cipher suite by its IANA name; NULL if none was chosen.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_cipher(
    handshake: *const tlsdiag_handshake,
    cipher: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, cipher, "cipher", |view| pointer(view.cipher.as_ref())) }
}

/// The named group of the key exchange by its IANA name; NULL if there was none.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_group(
    handshake: *const tlsdiag_handshake,
    group: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, group, "group", |view| pointer(view.group.as_ref())) }
}

/// The name that the client asked for (server_name, RFC 6066); NULL if it asked for none.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_server_name(
    handshake: *const tlsdiag_handshake,
    name: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, name, "name", |view| pointer(view.server_name.as_ref())) }
}

/// The key of the client, at a server: the same for all handshakes of one client, as far as its address is known; NULL at a client.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_client(
    handshake: *const tlsdiag_handshake,
    client: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, client, "client", |view| pointer(view.client.as_ref())) }
}

/// The application protocol that was chosen, such as "h2"; NULL if none was.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_alpn(
    handshake: *const tlsdiag_handshake,
    protocol: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, protocol, "protocol", |view| pointer(view.alpn.as_ref())) }
}

/// The JA3 of the ClientHello; NULL if none came.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_ja3(
    handshake: *const tlsdiag_handshake,
    fingerprint: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, fingerprint, "fingerprint", |view| pointer(view.ja3.as_ref())) }
}

/// The JA4 of the ClientHello; NULL if none came.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_ja4(
    handshake: *const tlsdiag_handshake,
    fingerprint: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, fingerprint, "fingerprint", |view| pointer(view.ja4.as_ref())) }
}

/// The subject of the certificate that the peer showed; NULL if it showed none.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_peer_subject(
    handshake: *const tlsdiag_handshake,
    subject: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, subject, "subject", |view| pointer(view.peer_subject.as_ref())) }
}

/// The issuer of the certificate that the peer showed; NULL if it showed none.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_peer_issuer(
    handshake: *const tlsdiag_handshake,
    issuer: *mut *const c_char,
) -> tlsdiag_status {
    // SAFETY: passed on.
    unsafe { view(handshake, issuer, "issuer", |view| pointer(view.peer_issuer.as_ref())) }
}

/// From its first event to its last, in microseconds.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_duration_us(
    handshake: *const tlsdiag_handshake,
    duration: *mut u64,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(duration, "duration")?) };
        out.put(handshake.finished.record().duration_us);
        Ok(())
    })
}

/// Whether a session was resumed: 1 or 0.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_resumed(
    handshake: *const tlsdiag_handshake,
    resumed: *mut c_int,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(resumed, "resumed")?) };
        out.put(handshake.finished.record().tls.resumed.into());
        Ok(())
    })
}

/// The peer's IP address as text and its TCP port; NULL and 0 if they are not known.
///
/// # Safety
/// As for tlsdiag_handshake_outcome(); `port` likewise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_peer(
    handshake: *const tlsdiag_handshake,
    address: *mut *const c_char,
    port: *mut u16,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, address, port) =
            unsafe { (given(handshake, "handshake")?, place(address, "address")?, place(port, "port")?) };
        address.put(pointer(handshake.finished.view().peer_address.as_ref()));
        port.put(handshake.finished.record().peer.as_ref().map_or(0, |peer| peer.port));
        Ok(())
    })
}

/// How many events were not kept, such as those past the bounds of a recording.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_missed_events(
    handshake: *const tlsdiag_handshake,
    missed: *mut u32,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(missed, "missed")?) };
        out.put(handshake.finished.record().missed_events);
        Ok(())
    })
}
