//! Puts our callbacks on a connection, in front of what is there, wherever they are not (any more).

use std::ptr;

use super::super::sys::constants::ctrl;
use super::super::sys::functions::SSL;
use super::bio;
use super::chained::{common_security, same};
use super::connection::ConnectionState;
use super::handshake::HandshakeState;
use crate::event::EventKind;

/// The info callback alone, from which all others are renewed: an application may set its own at
/// any time.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
pub(crate) unsafe fn info(connection: &ConnectionState, ssl: *mut SSL) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread.
    unsafe {
        let current = (f.SSL_get_info_callback)(ssl);
        if !same(current, ours.info) {
            connection.info.set(current);
            (f.SSL_set_info_callback)(ssl, Some(ours.info));
        }
    }
}

/// The verify callback.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
pub(crate) unsafe fn verify(connection: &ConnectionState, ssl: *mut SSL) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getters only read, the setter stores a pointer.
    unsafe {
        let current = (f.SSL_get_verify_callback)(ssl);
        if !same(current, ours.verify) {
            connection.chained.verify.set(current);
            (f.SSL_set_verify)(ssl, (f.SSL_get_verify_mode)(ssl), Some(ours.verify));
        }
    }
}

/// The security callback.
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[inline]
pub(crate) unsafe fn security(connection: &ConnectionState, ssl: *mut SSL) {
    let (symbols, chained) = (connection.symbols, &connection.chained);
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getter only reads, the setter stores a pointer.
    unsafe {
        let current = (f.SSL_get_security_callback)(ssl);
        if !same(current, ours.security) {
            chained.security.set(current);
            common_security(symbols.number as usize).meet(current);
            (f.SSL_set_security_callback)(ssl, Some(ours.security));
        }
    }
}

/// Puts our hooks on the connection, in front of what is there, wherever they are not (any more).
///
/// # Safety
/// `ssl` is alive and this thread's; `connection` is its connection.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
#[inline(never)]
pub(crate) unsafe fn all(connection: &ConnectionState, ssl: *mut SSL, handshake: &mut HandshakeState) {
    let (f, ours) = (&connection.symbols.f, &connection.symbols.trampolines);
    // SAFETY: a live SSL of this thread; the getters only read, the setters store a pointer.
    unsafe {
        info(connection, ssl);
        verify(connection, ssl);
        security(connection, ssl);
        let wire = handshake.wants(EventKind::Wire);
        if handshake.phase.is_open() && (wire || handshake.needs_transport()) {
            let (read, write) = ((f.SSL_get_rbio)(ssl), (f.SSL_get_wbio)(ssl));
            if handshake.is_new_transport(read, write) {
                if !read.is_null() {
                    bio::hook(connection, read, wire);
                }
                if !write.is_null() && write != read {
                    bio::hook(connection, write, wire);
                }
            }
        }
        if handshake.takes_back() {
            (f.SSL_set_msg_callback)(ssl, Some(ours.message));
            (f.SSL_ctrl)(ssl, ctrl::SET_MSG_CALLBACK_ARG, 0, ptr::null_mut());
        }
    }
}
