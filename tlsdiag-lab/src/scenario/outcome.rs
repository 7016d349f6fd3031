//! What OpenSSL told one application: values without pointers or times, so that two runs can be compared.

use std::fmt;
use std::io;

use openssl::error::ErrorStack;

/// One side's view of one handshake and of what followed it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SideResult {
    /// What `SSL_connect` or `SSL_accept` returned.
    pub handshake: Result<(), Failure>,
    /// What the peer said in the short exchange after the handshake; `None` if there was no handshake to speak after.
    /// A TLS 1.3 client meets the server's late refusal here.
    pub application: Option<Result<String, Failure>>,
    /// How the exchange of close_notify went; `None` if there was nothing to close.
    pub farewell: Option<Result<(), Failure>>,
    /// What was agreed; `None` if the handshake failed.
    pub negotiated: Option<Negotiated>,
    /// `SSL_get_verify_result`: 0 also if there was nothing to verify.
    pub verify_result: i32,
    /// Errors that lay in the queue at the very end; an application expects none.
    pub left_in_queue: Vec<LibraryError>,
    /// The calls of the application's own callbacks, in order; empty without a spy.
    pub callbacks: Vec<String>,
}

impl SideResult {
    /// The first failure of this side, if there was one.
    pub fn failure(&self) -> Option<&Failure> {
        let after = self.application.as_ref().and_then(|said| said.as_ref().err());
        let last = self.farewell.as_ref().and_then(|done| done.as_ref().err());
        self.handshake.as_ref().err().or(after).or(last)
    }
}

/// What an established handshake agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Negotiated {
    /// e.g. `TLSv1.3`
    pub version: &'static str,
    /// OpenSSL's name of the cipher suite.
    pub cipher: Option<&'static str>,
    /// The application protocol.
    pub alpn: Option<String>,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
}

/// A call into OpenSSL that failed, as the application sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// `SSL_get_error`: 1 for an error in the queue, 5 for a system call, 6 for a close_notify.
    pub ssl_error: i32,
    /// The error queue at that moment, oldest first.
    pub queue: Vec<LibraryError>,
    /// `errno` when `ssl_error` is 5 (only then has it a meaning), else 0.
    pub errno: i32,
}

impl Failure {
    /// The reason of the oldest error in the queue.
    pub fn reason(&self) -> Option<i32> {
        self.queue.first().map(|error| error.reason)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SSL_get_error {}", self.ssl_error)?;
        if self.errno != 0 {
            write!(f, ", {}", io::Error::from_raw_os_error(self.errno))?;
        }
        self.queue.iter().try_for_each(|error| write!(f, ", {error}"))
    }
}

/// An entry of OpenSSL's error queue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LibraryError {
    /// The number of the library.
    pub library: i32,
    /// The number of the reason.
    pub reason: i32,
    /// The reason in words, which change between OpenSSL's versions.
    pub text: String,
    /// What was added to the entry, e.g. `SSL alert number 42`.
    pub data: Option<String>,
}

impl LibraryError {
    /// Takes this thread's queue and leaves it empty.
    pub(super) fn take_all() -> Vec<LibraryError> {
        let queue = ErrorStack::get();
        let copy = queue.errors().iter().map(|error| LibraryError {
            library: error.library_code(),
            reason: error.reason_code(),
            text: error.reason().unwrap_or_default().to_owned(),
            data: error.data().map(str::to_owned),
        });
        copy.collect()
    }
}

impl fmt::Display for LibraryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.text, self.library, self.reason)?;
        self.data.as_ref().map_or(Ok(()), |data| write!(f, ": {data}"))
    }
}
