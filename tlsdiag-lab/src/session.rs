//! Sessions to resume.

#![allow(unsafe_code)]

use foreign_types::{ForeignType, ForeignTypeRef};
use openssl::ssl::{SslContext, SslRef, SslSession, SslSessionRef};
use openssl_sys as ffi;

use crate::Error;

unsafe extern "C" {
    fn SSL_SESSION_dup(session: *const ffi::SSL_SESSION) -> *mut ffi::SSL_SESSION;
}

/// What a client brought home from a handshake, and can resume as often as it likes.
///
/// OpenSSL marks a session as spent when any connection that holds it is freed without a close_notify. Here each
/// connection gets a copy, so a bench may drop its connections as it pleases.
pub struct Session {
    session: SslSession,
    context: SslContext,
}

impl Session {
    /// The session of a connection. In TLS 1.3 it comes in tickets after the handshake: read something first.
    pub fn of(ssl: &SslRef) -> Result<Self, Error> {
        let session = ssl.session().ok_or_else(|| Error::new("the connection has no session to resume"))?;
        Ok(Session { session: copy(session)?, context: ssl.ssl_context().to_owned() })
    }

    /// Offers the session in the handshake to come. The connection must be of the same context.
    pub fn resume(&self, ssl: &mut SslRef) -> Result<(), Error> {
        if ssl.ssl_context().as_ptr() != self.context.as_ptr() {
            return Err(Error::new("a session can be resumed in its own context only"));
        }
        let session = copy(&self.session)?;
        // SAFETY: the session belongs to the connection's context, as we have just seen; this is all OpenSSL asks for.
        unsafe { ssl.set_session(&session) }.map_err(Error::doing("resume a session"))
    }
}

fn copy(session: &SslSessionRef) -> Result<SslSession, Error> {
    // SAFETY: the session is alive; the copy is a new object, and ours.
    unsafe {
        let copy = SSL_SESSION_dup(session.as_ptr());
        if copy.is_null() { Err(Error::new("cannot copy a session")) } else { Ok(SslSession::from_ptr(copy)) }
    }
}
