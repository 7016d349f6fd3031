//! Structs by which C says how it wants things. NULL in place of one means the defaults, and so does a zero in any field.
#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_uint, c_void};

use tlsdiag_core::report::text::Style;

use crate::boundary::Sized_;
use crate::openssl::{tlsdiag_function, tlsdiag_openssl_function};
use crate::status::Failure;

/// How a recorder works. Begin with TLSDIAG_RECORDER_OPTIONS_INIT, which sets the size and leaves the rest at its default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_recorder_options {
    /// sizeof(tlsdiag_recorder_options).
    pub size: usize,
    /// Nonzero: the callback runs on a thread of the recorder's own, so that the handshake waits for nothing but a copy of what
    /// was recorded. The thread is started at the first handshake that finishes in a process, so a server that forks its
    /// workers has one in each. It blocks all signals.
    pub background: c_int,
    /// Nonzero: only handshakes that failed, or that were established with a finding, are handed over.
    pub failures_only: c_int,
    /// How many finished handshakes wait at most, for the thread or for tlsdiag_recorder_next(); those that find no room are
    /// dropped and counted. 0: 1024.
    pub queue_length: usize,
    /// Nonzero: the last handshake of each connection is kept for tlsdiag_recorder_latest_for_ssl() until the SSL is freed: some
    /// 10 kB for each connection.
    pub keep_latest: c_int,
    /// More than 0: a certificate that ends within so many days is a finding, warn.certificate_expires_soon, also of a healthy
    /// handshake. 0: nobody is warned.
    pub expires_within_days: c_int,
    /// A file that the secrets of all connections are appended to in the format of SSLKEYLOGFILE (RFC 9850), made with mode 0600.
    /// Whoever reads it can decrypt them. NULL: none, and no secret is looked at.
    pub keylog_file: *const c_char,
    /// A handle of dlopen(3) in whose library OpenSSL's functions are looked up. NULL: they are found in the library that made the
    /// object that is attached to.
    pub openssl_handle: *mut c_void,
    /// OpenSSL's functions, for a program that has them linked statically: see TLSDIAG_OPENSSL_FUNCTIONS. The table is read while
    /// the recorder is made. NULL: as above.
    pub openssl_functions: *const tlsdiag_openssl_function,
    /// How many entries the table has.
    pub openssl_function_count: usize,
}

/// What a recorder should know of what it is attached to. Begin with TLSDIAG_ATTACH_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_attach_options {
    /// sizeof(tlsdiag_attach_options).
    pub size: usize,
    /// What the application makes of its peer's certificate after the handshake, where the library lets pass what it refuses
    /// later: one of tlsdiag_peer_certificate.
    pub peer_certificate: c_int,
    /// The peer's port.
    pub peer_port: c_int,
    /// The peer's IP address as text, for one SSL whose socket OpenSSL does not know (SSL_set_fd). NULL: not known.
    pub peer_address: *const c_char,
    /// The message callback (SSL_set_msg_callback) that the application has set itself; OpenSSL has no getter for it, so unless it
    /// is named here the recorder's replaces it. NULL: none.
    pub message_callback: tlsdiag_function,
    /// The argument of that callback.
    pub message_callback_arg: *mut c_void,
}

/// What an application makes of its peer's certificate after the handshake.
#[repr(i32)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum tlsdiag_peer_certificate {
    /// Not known: OpenSSL's verify mode is all there is to go by.
    TLSDIAG_PEER_CERTIFICATE_UNKNOWN = 0,
    /// One may be missing, but one that does not verify is refused (nginx: ssl_verify_client optional).
    TLSDIAG_PEER_CERTIFICATE_OPTIONAL = 1,
    /// One must be there, and verify (nginx: ssl_verify_client on, proxy_ssl_verify on). A client without one has the cause client_cert.missing and the
    /// outcome established_unverified, since the handshake itself succeeds.
    TLSDIAG_PEER_CERTIFICATE_REQUIRED = 2,
}

/// How a report is laid out. Begin with TLSDIAG_TEXT_OPTIONS_INIT.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_text_options {
    /// sizeof(tlsdiag_text_options).
    pub size: usize,
    /// Columns to fill; 0: 80. At least 40.
    pub width: c_uint,
    /// Nonzero: ANSI colours, for emphasis alone.
    pub color: c_int,
    /// Nonzero: without the timeline.
    pub hide_timeline: c_int,
    /// Nonzero: without the lists that were offered, which only a full report has.
    pub hide_offers: c_int,
    /// Nonzero: with what was offered, and of a healthy handshake with everything.
    pub full: c_int,
}

// SAFETY: repr(C), the size first, integers and pointers without padding between them.
unsafe impl Sized_ for tlsdiag_recorder_options {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_recorder_options";
    fn empty() -> Self {
        tlsdiag_recorder_options {
            size: size_of::<Self>(),
            background: 0,
            failures_only: 0,
            queue_length: 0,
            keep_latest: 0,
            expires_within_days: 0,
            keylog_file: std::ptr::null(),
            openssl_handle: std::ptr::null_mut(),
            openssl_functions: std::ptr::null(),
            openssl_function_count: 0,
        }
    }
}

// SAFETY: as above; a function pointer may be null, which is None.
unsafe impl Sized_ for tlsdiag_attach_options {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_attach_options";
    fn empty() -> Self {
        tlsdiag_attach_options {
            size: size_of::<Self>(),
            peer_certificate: 0,
            peer_port: 0,
            peer_address: std::ptr::null(),
            message_callback: None,
            message_callback_arg: std::ptr::null_mut(),
        }
    }
}

// SAFETY: as above.
unsafe impl Sized_ for tlsdiag_text_options {
    const FIRST: usize = std::mem::offset_of!(tlsdiag_text_options, full);
    const NAME: &'static str = "tlsdiag_text_options";
    fn empty() -> Self {
        tlsdiag_text_options {
            size: size_of::<Self>(),
            width: 0,
            color: 0,
            hide_timeline: 0,
            hide_offers: 0,
            full: 0,
        }
    }
}

impl tlsdiag_text_options {
    pub(crate) fn style(&self) -> Result<Style, Failure> {
        let mut style = Style::default().with_color(self.color != 0);
        if self.width != 0 {
            style = style.with_width(self.width as usize);
        }
        style.timeline = self.hide_timeline == 0;
        style.full = self.full != 0 && self.hide_offers == 0;
        Ok(style)
    }
}
