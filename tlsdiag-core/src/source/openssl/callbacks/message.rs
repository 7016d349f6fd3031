//! The message callback: the fast paths that most calls take, and the slow one.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::atomic::Ordering;

use super::super::machine::fast_path::AWAITING_FIRST_WORDS;
use super::super::state::chained::{Chained, silent};
use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::state::{arm, bio, fast};
use super::super::sys::constants::alert::CLOSE_NOTIFY;
use super::super::sys::constants::content::{ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, HEADER, INNER_TYPE};
use super::super::sys::constants::{ctrl, record};
use super::super::sys::functions::{MessageCallback, SSL};
use super::super::sys::library::table;
use crate::event::Direction;

/// Half of the calls are for headers of records that say nothing new. Each function here is as
/// small as it can be, the common case first: our code is cold on every callback. There are as many
/// copies of this one as there are libraries, but one of each that it jumps to.
///
/// # Safety
/// Called by OpenSSL as a message callback.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
pub(crate) unsafe extern "C" fn message<const N: usize>(
    write: c_int,
    version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut SSL,
    _arg: *mut c_void,
) {
    // SAFETY: OpenSSL calls this on the thread that uses `ssl`, which is alive until we return,
    // with `len` readable bytes. What is called takes the same arguments, so that the compiler
    // makes a jump of it and puts nothing aside before.
    unsafe {
        if let Some(connection) = ConnectionState::cached(ssl) {
            if content_type == HANDSHAKE {
                return handshake_message(write, version, connection, bytes, len, ssl);
            }
            if content_type >= HEADER && connection.has_fast_path(fast::HEADERS) && len != 0 {
                let kind = *bytes.cast::<u8>();
                // A change_cipher_spec that is sent is recorded by its message.
                if kind == record::HANDSHAKE || (kind == record::CHANGE_CIPHER_SPEC && write != 0) {
                    return;
                }
                if kind == record::APPLICATION_DATA && len >= 5 {
                    if write == 0 {
                        connection.set_latest(&*bytes.cast());
                    }
                    return;
                }
            }
        }
        unusual_message(write, version, content_type, bytes, len, ssl, N);
    }
}

/// What takes a fast path as well, but comes less often.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn unusual_message(
    write: c_int,
    version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut SSL,
    number: usize,
) {
    // SAFETY: as for `message`.
    unsafe {
        if let (Some(connection), false) = (ConnectionState::cached(ssl), len == 0) {
            let content = std::slice::from_raw_parts(bytes.cast::<u8>(), len);
            let first_words =
                content_type == INNER_TYPE && write == 0 && content[0] == record::APPLICATION_DATA;
            if first_words
                && connection
                    .fast_path(AWAITING_FIRST_WORDS, |handshake| handshake.first_words_fast(connection, ssl))
            {
                return;
            }
            if let (&[level, CLOSE_NOTIFY], ALERT, 0) = (content, content_type, write)
                && connection.fast_path(AWAITING_FIRST_WORDS, |handshake| {
                    handshake.close_notify_fast(connection, ssl, [level, CLOSE_NOTIFY])
                })
            {
                return;
            }
            if connection.log_header(write, content_type, content)
                || passes_by(connection, write, content_type, content)
            {
                return;
            }
        }
        message_slowly(write, version, content_type, bytes, len, ssl, number);
    }
}

/// Whether this says nothing new.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
fn passes_by(connection: &ConnectionState, write: c_int, content_type: c_int, bytes: &[u8]) -> bool {
    let kind = bytes.first().copied().unwrap_or_default();
    // Application data itself takes the slow path, though all is over.
    let is_data = content_type == INNER_TYPE && kind == record::APPLICATION_DATA;
    if connection.has_fast_path(fast::OVER) {
        return !is_data;
    }
    if !connection.has_fast_path(fast::HEADERS) {
        return false;
    }
    match content_type {
        // One that is received is recorded by its header.
        CHANGE_CIPHER_SPEC => write == 0,
        INNER_TYPE => !is_data,
        HEADER => {
            let Some(header) = bytes.first_chunk() else { return false };
            let passes = (record::CHANGE_CIPHER_SPEC..=record::APPLICATION_DATA).contains(&kind)
                && !(write == 0 && kind == record::CHANGE_CIPHER_SPEC);
            if passes && write == 0 {
                connection.set_latest(header);
            }
            passes
        }
        _ => false,
    }
}

/// The connection of `ssl` takes the place of the content type, which is known.
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn handshake_message(
    write: c_int,
    version: c_int,
    connection: &ConnectionState,
    bytes: *const c_void,
    len: usize,
    ssl: *mut SSL,
) {
    // SAFETY: as for `message`.
    unsafe {
        if len == 0
            || !connection.log_message(write, version, std::slice::from_raw_parts(bytes.cast::<u8>(), len))
        {
            let number = connection.symbols.number as usize;
            message_slowly(write, version, HANDSHAKE, bytes, len, ssl, number);
        }
    }
}

fn direction_of(write: c_int) -> Direction {
    if write != 0 { Direction::Sent } else { Direction::Received }
}

/// # Safety
/// As for a message callback.
#[cold]
#[inline(never)]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
unsafe extern "C" fn message_slowly(
    write: c_int,
    version: c_int,
    content_type: c_int,
    bytes: *const c_void,
    len: usize,
    ssl: *mut SSL,
    number: usize,
) {
    let Some(symbols) = table(number as c_long) else { return };
    let chains = symbols.chains_messages.load(Ordering::Relaxed);
    // SAFETY: as promised.
    unsafe {
        // An inner content type matters for application data alone; a handshake has some ten
        // others.
        let matters =
            content_type != INNER_TYPE || (len > 0 && *bytes.cast::<u8>() == record::APPLICATION_DATA);
        if !matters && !chains {
            return;
        }
        let connection = ConnectionState::of_or_new(symbols, ssl);
        let (mut over, mut passes) = (false, true);
        if let Some(connection) = connection {
            let direction = direction_of(write);
            let bytes =
                if bytes.is_null() { &[][..] } else { std::slice::from_raw_parts(bytes.cast::<u8>(), len) };
            passes = connection.layers.passes(write, content_type, bytes, || (symbols.f.SSL_version)(ssl));
            let entered = connection.enter(|handshake| {
                handshake.message(connection, ssl, direction, content_type, bytes);
                if content_type == HANDSHAKE && handshake.phase.is_open() {
                    arm::info(connection, ssl);
                }
                // Where OpenSSL reports a record that it sends, it looks once whether there is a
                // callback and then calls it twice, for the header and for TLS 1.3's inner type:
                // between the two it must not go away. Nor while something is kept from the
                // application.
                let returnable = !(write != 0 && content_type == HEADER) && connection.layers.passes_all();
                let over = handshake.is_over() && returnable;
                if over {
                    handshake.give_back();
                }
                over
            });
            over = entered.unwrap_or(false);
            if !over && !chains {
                return;
            }
        }
        let (callback, arg) = match connection {
            Some(connection) => behind_message(&connection.chained, connection.context.as_deref()),
            None => match ContextState::of(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl)) {
                Some(context) => behind_message(&context.chained, None),
                None => (None, ptr::null_mut()),
            },
        };
        if over {
            // We are certain to be the one installed, since we were just called: nobody else's
            // callback is lost. Never put null here: OpenSSL 3.0 checks once and calls twice, for a
            // record's header and for its inner type.
            (symbols.f.SSL_set_msg_callback)(ssl, Some(callback.unwrap_or(silent)));
            (symbols.f.SSL_ctrl)(ssl, ctrl::SET_MSG_CALLBACK_ARG, 0, arg);
            for bio in [(symbols.f.SSL_get_rbio)(ssl), (symbols.f.SSL_get_wbio)(ssl)] {
                if !bio.is_null() {
                    bio::unhook(symbols, bio);
                }
            }
        }
        if let Some(callback) = callback.filter(|_| passes) {
            callback(write, version, content_type, bytes, len, ssl, arg);
        }
    }
}

/// The application's message callback: the one set on this connection, else the one set on its
/// context.
fn behind_message(own: &Chained, context: Option<&ContextState>) -> (Option<MessageCallback>, *mut c_void) {
    let chained = match (own.message.get(), context) {
        (None, Some(context)) => &context.chained,
        _ => own,
    };
    (chained.message.get(), chained.message_arg.load(Ordering::Acquire))
}
