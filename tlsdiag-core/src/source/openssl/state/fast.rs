//! The fast paths past a handshake, which most callbacks take: bits of one byte, which a connection
//! has at its beginning.

/// Nobody wants steps of the state machine, and our hooks are where we put them.
pub(crate) const STEPS: u8 = 1;
/// Headers of records say nothing new, but for what `ConnectionState::set_latest` remembers; nor do
/// inner types of handshake and alert.
pub(crate) const HEADERS: u8 = 2;
/// What comes is logged, and that is all.
pub(crate) const KEEP: u8 = 4;
/// The handshake is over. TLS 1.3 still calls for the inner type of each record that is no
/// application data. A deferred recording has given the message callback back by then. Any other
/// handshake does so with the first application data: for a close_notify alone it would not pay.
/// [`HEADERS`] is open then, too.
pub(crate) const OVER: u8 = 8;
/// The first header that is received is logged; after it, [`HEADERS`] is open.
pub(crate) const FIRST: u8 = 16;
/// As [`STEPS`], where the interposer sees the application's setters, so that our hooks are known
/// to be there.
pub(crate) const SEEN_STEPS: u8 = 32;
/// Likewise, and an alert is recorded by its message, or the handshake is over.
pub(crate) const ALERTS: u8 = 64;
/// The handshake is a deferred recording whose callbacks have all been fast, or may begin as one.
pub(crate) const DEFERRED: u8 = 128;
