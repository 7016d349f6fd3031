//! The springs: whatever sees a handshake turns it into [events](crate::event) here, and does nothing else.
//!
//! A source copies bytes and time stamps. It knows no TLS beyond what it needs to know where a handshake begins and ends, and
//! it sees neither [`handshake`](crate::event) nor any judgement about it.

#[cfg(feature = "openssl")]
#[allow(unsafe_code)]
pub mod openssl;
