//! What a source gives a recorder: bytes and time stamps, never meaning.
//!
//! A hook inside OpenSSL copies what it sees into an [`Event`] and returns; what the bytes say is
//! worked out later, off the handshake's path, by [`wire`](crate::wire) and
//! [`handshake`](crate::handshake). An event therefore never names a cipher suite or an alert: it
//! carries the numbers, and whoever reads them gives them names.

mod before_tls;
mod event_log;
mod healthy;
mod kind;
pub mod lines;
mod local;
pub(crate) mod log;
mod recording;
mod secret;
pub mod setup;
pub mod transfer;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

pub use before_tls::BeforeTls;
pub use event_log::EventLog;
pub use healthy::is_plainly_healthy;
#[cfg(feature = "openssl")]
pub(crate) use healthy::{MANY_ANCHORS, is_log_plainly_healthy, shows_certificate};
pub use kind::EventKind;
pub use local::{LocalCertificate, LocalConfiguration, LocalKey, PeerCertificate, TrustAnchors};
#[cfg(feature = "openssl")]
pub(crate) use recording::Beginning;

pub use recording::{Events, Recording};
pub use secret::Secret;

/// One connection within this process; never used twice, unlike the address of an `SSL` object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ConnectionId(pub u64);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Which end of the connection we sit in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The side that sends the ClientHello.
    Client,
    /// The side that answers it.
    Server,
}

impl Role {
    /// The other end.
    #[must_use]
    pub fn peer(self) -> Role {
        match self {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }

    /// `client` or `server`, as records and reports write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Server => "server",
        }
    }
}

/// Which way bytes went, seen from the side that records.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From us to the peer.
    Sent,
    /// From the peer to us.
    Received,
}

/// How the transport under TLS ended, from the return value and `errno` of the read or write that
/// noticed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportEnd {
    /// The peer closed its side: a read returned 0.
    Eof,
    /// ECONNRESET or EPIPE.
    Reset,
    /// ETIMEDOUT, or EAGAIN on a blocking socket with a timeout.
    Timeout,
    /// Any other error; its number stands beside.
    Other,
    /// A read returned 0, or a write failed, and the kernel says that the peer has not closed: this side's own program has shut the
    /// socket down (shutdown(2)).
    ShutDownHere,
    /// There is no connection: connect(2) has failed or was not called, or the descriptor is closed or no socket (EBADF, ENOTSOCK, ENOTCONN,
    /// ECONNREFUSED, and EPIPE of a socket that was never connected).
    NotConnected,
}

impl TransportEnd {
    /// Whether this side's own program has brought it about.
    #[must_use]
    pub fn is_of_this_side(self) -> bool {
        matches!(self, TransportEnd::ShutDownHere | TransportEnd::NotConnected)
    }
}

/// Where OpenSSL's state machine stands, as its info callback says it
/// (`SSL_CTX_set_info_callback(3)`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State<'a> {
    /// `SSL_CB_HANDSHAKE_START`: a first handshake or a renegotiation.
    HandshakeStarted,
    /// `SSL_CB_HANDSHAKE_DONE`, with `SSL_get_verify_result` (`X509_V_*`).
    HandshakeDone {
        /// `SSL_get_verify_result`; 0 also where the peer sent no certificate.
        verify_result: i64,
        /// `SSL_session_reused`.
        resumed: bool,
        /// Whether the session that was resumed holds the peer's certificate
        /// (`SSL_get0_peer_certificate(3)`); `None` where none was resumed or the source cannot
        /// know.
        peer_certificate: Option<bool>,
    },
    /// `SSL_CB_EXIT` with an error that is not a mere want of more bytes.
    Failed {
        /// `SSL_get_error` (`SSL_ERROR_*`); it differs between versions of OpenSSL, so never decide by it alone.
        ssl_error: i32,
        /// `SSL_get_verify_result` at that moment.
        verify_result: i64,
    },
    /// The application freed the connection before its handshake was over.
    Freed,
    /// Any other step, by the library's own words; only offered when wanted.
    Step(&'a str),
}

/// One entry of OpenSSL's error queue (`ERR_get_error(3)`), copied; the queue itself stays as it
/// was.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LibraryError {
    /// `ERR_GET_LIB`: 20 is ssl, 4 rsa, 6 evp, 11 x509, 2 sys; engines and providers have numbers of their own.
    pub library: i32,
    /// `ERR_GET_REASON`, to be read together with `library`.
    pub reason: i32,
    /// The library's name, as `ERR_lib_error_string` gives it.
    pub library_name: String,
    /// The reason in the library's words; they change between versions, so nothing is decided by
    /// them.
    pub reason_text: String,
    /// The function that raised it, where the library still keeps it.
    pub function: String,
    /// The data that was attached, such as a file name or a provider's message.
    pub data: String,
}

impl LibraryError {
    /// `ERR_LIB_SSL`.
    pub const LIB_SSL: i32 = 20;
    /// `ERR_LIB_SYS`: the reason is an `errno`.
    pub const LIB_SYS: i32 = 2;
}

/// How a recording came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ending {
    /// Nothing more can change the outcome.
    Settled,
    /// The `SSL` object was freed before the outcome was settled.
    Freed,
}

/// The body of an [`Event`]; its [`kind`](EventBody::kind) is what
/// [`wants`](crate::HandshakeRecorder::wants) is asked about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventBody<'a> {
    /// A handshake begins.
    Started {
        /// Which end we are.
        role: Role,
        /// Wall clock at this moment; later events count from here.
        time: SystemTime,
        /// The peer's address, where the source knows it.
        peer: Option<SocketAddr>,
        /// The host name that this side will hold the peer's certificate against
        /// (`SSL_set1_host(3)`).
        expected_name: Option<&'a str>,
        /// What this side is configured to do.
        local: &'a Arc<LocalConfiguration>,
    },
    /// The configuration is not what it was at the start: SNI chose another context, a callback set
    /// a certificate.
    Reconfigured {
        /// The configuration as it stands now.
        local: &'a Arc<LocalConfiguration>,
    },
    /// One whole handshake message with its 4-byte header, in the clear (RFC 8446 §4, RFC 5246
    /// §7.4).
    Message {
        /// Sent or received.
        direction: Direction,
        /// The bytes, header first.
        bytes: &'a [u8],
    },
    /// An alert, in the clear (RFC 8446 §6).
    Alert {
        /// Sent or received.
        direction: Direction,
        /// 1 warning, 2 fatal.
        level: u8,
        /// The AlertDescription.
        description: u8,
    },
    /// A change_cipher_spec record (RFC 5246 §7.1).
    ChangeCipherSpec {
        /// Sent or received.
        direction: Direction,
    },
    /// The 5-byte header of a record, or the first five bytes of what was no record at all. The
    /// first one received is always recorded; the others only when wanted.
    Record {
        /// Sent or received.
        direction: Direction,
        /// Content type, version and length as they stood on the wire.
        header: [u8; 5],
    },
    /// A step of the library's state machine.
    State(State<'a>),
    /// One call of the certificate verify callback (`SSL_CTX_set_verify(3)`).
    Verify {
        /// 0 is the peer's own certificate.
        depth: u32,
        /// What the library found before the application was asked.
        ok: bool,
        /// What the application's callback made of it; equals `ok` where there is none.
        accepted: bool,
        /// `X509_V_*`; 0 is X509_V_OK.
        error: i32,
        /// The certificate in question as DER, given for faults only.
        certificate: Option<&'a [u8]>,
    },
    /// The application held the peer's certificate against a name itself (`X509_check_host(3)`),
    /// after the library had verified it; recorded where it does not have the name, and then also of
    /// one that it has.
    NameChecked {
        /// The name, or the address.
        name: &'a str,
        /// Whether the certificate has it.
        matches: bool,
    },
    /// The security callback said no (`SSL_CTX_set_security_level(3)`).
    SecurityDenied {
        /// `SSL_SECOP_*` with its flags.
        operation: i32,
        /// The strength in bits of what was asked for.
        bits: i32,
        /// The NID, protocol version or code point, as the operation has it.
        nid: i32,
    },
    /// Sealed bytes as they went over the transport; only when wanted.
    Wire {
        /// Sent or received.
        direction: Direction,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A line of the key log; only when wanted, and never kept in a [`Recording`].
    Secret(Secret<'a>),
    /// The thread's error queue at a failure, oldest first.
    LibraryErrors(&'a [LibraryError]),
    /// The transport ended.
    Transport {
        /// Found out while sending or while receiving.
        direction: Direction,
        /// How.
        end: TransportEnd,
        /// The system's error number, or 0.
        errno: i32,
    },
    /// What the kernel still holds of this side's bytes when the transport timed out, or the
    /// application gave up, before one byte came back (`SIOCOUTQ`, tcp(7)): 0 means that the peer's
    /// host has acknowledged all of them.
    Unacknowledged {
        /// How many bytes.
        bytes: u32,
    },
    /// How many bytes had come when the connection ended before one record was received
    /// (`BIO_number_read(3)`), since the handshake began.
    Received {
        /// How many bytes.
        bytes: u64,
    },
    /// The first application data in this direction; its content is never looked at.
    ApplicationData {
        /// Sent or received.
        direction: Direction,
    },
    /// The application has control again and the handshake is not over: more bytes are awaited, or this
    /// is a client of TLS 1.3 that is done and may still be refused. Only when wanted, and never
    /// kept in a [`Recording`].
    Paused {
        /// Every event so far.
        recording: &'a Recording,
    },
    /// The handshake is established, and is still being recorded: the peer may refuse yet, or
    /// leave. For those who must report it even if the process ends before anything more comes.
    /// Once for each handshake; only when wanted, not of one that is passed over since it is
    /// healthy, and never kept in a [`Recording`].
    Established {
        /// Every event so far.
        recording: &'a Recording,
    },
    /// The handshake is over; here is its recording. Always the last event of a connection.
    Ended {
        /// Settled, or cut off.
        ending: Ending,
        /// Every event but this one and the secrets.
        recording: &'a Recording,
    },
}

/// Something that happened on a connection.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Whose event it is.
    pub connection: ConnectionId,
    /// Counts up from 0 within the connection: the event numbers that evidence points at.
    pub sequence: u32,
    /// Monotonic time since the connection's first event. Events of one flight may share a stamp.
    pub elapsed: Duration,
    /// What happened.
    pub body: EventBody<'a>,
}

impl<'a> Event<'a> {
    /// The last event of a connection.
    pub(crate) fn ended(ending: Ending, elapsed: Duration, recording: &'a Recording) -> Self {
        Event {
            connection: recording.connection(),
            sequence: u32::try_from(recording.len()).unwrap_or(u32::MAX),
            elapsed,
            body: EventBody::Ended { ending, recording },
        }
    }
}
