//! The fast paths past a handshake, which most callbacks take: bits of one byte, which a connection has at its beginning.

/// Steps of the state machine tell nobody anything, as long as our hooks are where we put them.
pub(crate) const STEPS: u8 = 1;
/// Headers of records say nothing new, but for what `ConnectionState::set_latest` remembers, nor do inner types of handshake and alert.
pub(crate) const HEADERS: u8 = 2;
/// What comes in the midst of the handshake is kept, and that is all.
pub(crate) const KEEP: u8 = 4;
/// The handshake is over, and TLS 1.3 says so within each record of what is no application data. a deferred recording has given the message callback
/// back by then; any other handshake gives back what costs something with the first application data, since for a goodbye alone it would
/// not be worth it. [`HEADERS`] holds then, too.
pub(crate) const OVER: u8 = 8;
/// The first header that is received is kept; after it, [`HEADERS`] holds.
pub(crate) const FIRST: u8 = 16;
/// As [`STEPS`], where whoever stands between sees the application's setters, so that our hooks are known to be there.
pub(crate) const SEEN_STEPS: u8 = 32;
/// There, too, an alert is told by its message, or the handshake is over.
pub(crate) const ALERTS: u8 = 64;
/// The handshake is a deferred recording in its usual course, or may begin as one.
pub(crate) const DEFERRED: u8 = 128;
