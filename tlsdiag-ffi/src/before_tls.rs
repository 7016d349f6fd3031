//! A server that reads the first bytes itself says what became of a connection that OpenSSL never saw.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_uint};
use std::ptr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tlsdiag_core::event::{BeforeTls, TransportEnd};
use tlsdiag_core::source::openssl::next_connection;

use crate::attach::address;
use crate::before_tls::tlsdiag_before_tls_end::{
    TLSDIAG_BEFORE_TLS_CLOSED, TLSDIAG_BEFORE_TLS_REFUSED, TLSDIAG_BEFORE_TLS_RESET,
    TLSDIAG_BEFORE_TLS_TIMED_OUT,
};
use crate::boundary::{Sized_, bytes, given, null, options, run};
use crate::finished::Finished;
use crate::recorder::tlsdiag_recorder;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// A connection to a TLS port that ended before OpenSSL saw it. Begin with TLSDIAG_BEFORE_TLS_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_before_tls {
    /// sizeof(tlsdiag_before_tls).
    pub size: usize,
    /// How it ended: one of tlsdiag_before_tls_end.
    pub end: c_int,
    /// Nonzero: this port expects a PROXY protocol header before TLS.
    pub expects_proxy_header: c_int,
    /// How long it had been open, in milliseconds.
    pub milliseconds: c_uint,
    /// The client's port.
    pub peer_port: c_int,
    /// The client's IP address as text. NULL: not known.
    pub peer_address: *const c_char,
    /// The first bytes that the client sent, of which five are kept. NULL: none came.
    pub first: *const u8,
    /// How many bytes those are.
    pub first_length: usize,
}

// SAFETY: repr(C), the size first, integers and pointers without padding between them.
unsafe impl Sized_ for tlsdiag_before_tls {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_before_tls";
    fn empty() -> Self {
        tlsdiag_before_tls {
            size: size_of::<Self>(),
            end: 0,
            expects_proxy_header: 0,
            milliseconds: 0,
            peer_port: 0,
            peer_address: ptr::null(),
            first: ptr::null(),
            first_length: 0,
        }
    }
}

/// How a connection ended before TLS.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_before_tls_end {
    /// The server ended it, for what the client had sent: at least five bytes.
    TLSDIAG_BEFORE_TLS_REFUSED = 0,
    /// The client closed it.
    TLSDIAG_BEFORE_TLS_CLOSED = 1,
    /// The client reset it.
    TLSDIAG_BEFORE_TLS_RESET = 2,
    /// The client was silent for longer than the server waits.
    TLSDIAG_BEFORE_TLS_TIMED_OUT = 3,
}

fn end(end: c_int, came: usize) -> Result<Option<TransportEnd>, Failure> {
    const REFUSED: i32 = TLSDIAG_BEFORE_TLS_REFUSED as i32;
    const CLOSED: i32 = TLSDIAG_BEFORE_TLS_CLOSED as i32;
    const RESET: i32 = TLSDIAG_BEFORE_TLS_RESET as i32;
    const TIMED_OUT: i32 = TLSDIAG_BEFORE_TLS_TIMED_OUT as i32;
    match end {
        REFUSED if came >= BeforeTls::KEPT => Ok(None),
        REFUSED => {
            let why =
                format!("{came} bytes do not tell what the server refused: first_length has to be 5 or more");
            Err(Failure::new(TLSDIAG_BAD_VALUE, why))
        }
        CLOSED => Ok(Some(TransportEnd::Eof)),
        RESET => Ok(Some(TransportEnd::Reset)),
        TIMED_OUT => Ok(Some(TransportEnd::Timeout)),
        other => Err(Failure::new(
            TLSDIAG_BAD_VALUE,
            format!("end is {other}, no value of tlsdiag_before_tls_end"),
        )),
    }
}

/// Says that a connection to a TLS port ended before OpenSSL saw it: servers that look at the first bytes themselves give it those alone
/// that begin as TLS does. It becomes a handshake like any other, with a cause such as not_tls.plain_http or transport.closed_before_hello,
/// and reaches the recorder's callback or queue before this returns, or by the recorder's thread.
///
/// # Safety
/// `recorder` is NULL or has not been freed; `connection` is NULL or as long as its size says, and what it points at is as described there.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_before_tls(
    recorder: *mut tlsdiag_recorder,
    connection: *const tlsdiag_before_tls,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (recorder, told, peer, first) = unsafe {
            let recorder = given(recorder, "recorder")?;
            if connection.is_null() {
                return Err(null("connection"));
            }
            let told = options(connection)?;
            let none = told.first.is_null() && told.first_length == 0;
            let first = if none { &[][..] } else { bytes(told.first, told.first_length, "first")? };
            (recorder, told, address(told.peer_address, told.peer_port)?, first)
        };
        let elapsed = Duration::from_millis(told.milliseconds.into());
        let recording = BeforeTls {
            time: SystemTime::now().checked_sub(elapsed).unwrap_or(SystemTime::UNIX_EPOCH),
            elapsed,
            peer,
            first,
            expects_proxy_header: told.expects_proxy_header != 0,
            end: end(told.end, first.len())?,
        }
        .recording(next_connection());
        let delivery = &recorder.listener.delivery;
        let finished = Arc::new(Finished::recorded(recording, None, &delivery.clients));
        // No SSL is beside it.
        delivery.deliver(finished, ptr::null_mut());
        Ok(())
    })
}
