//! The BIO callback: how the transport ended, and, where wanted, the sealed bytes.

use std::ffi::{c_char, c_int, c_long};

use super::super::state::bio::{kind_of, state_of};
use super::super::state::connection::ConnectionState;
use super::super::sys::constants::bio::{READ_RETURN, SHOULD_RETRY, WRITE_RETURN};
use super::super::sys::functions::BIO;
use super::super::sys::guard::Errno;
use super::super::sys::library::{Symbols, table};
use crate::event::{Direction, TransportEnd};

/// The trampoline where nothing stands behind it and only the transport's end is of interest.
/// OpenSSL calls it some two hundred times in a handshake, so it looks nothing up before there is
/// something to record.
///
/// # Safety
/// Called by OpenSSL as a `BIO_callback_fn_ex`.
#[allow(clippy::too_many_arguments)]
pub(crate) unsafe extern "C" fn lean<const N: usize>(
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    _len: usize,
    _argi: c_int,
    _argl: c_long,
    ret: c_int,
    processed: *mut usize,
) -> c_long {
    if ret > 0 || !matches!(operation, READ_RETURN | WRITE_RETURN) {
        return c_long::from(ret);
    }
    // SAFETY: OpenSSL's own arguments, passed through.
    unsafe { failed::<N>(bio, operation, bytes, ret, processed) };
    c_long::from(ret)
}

/// # Safety
/// As for the callback.
#[cold]
#[inline(never)]
unsafe fn failed<const N: usize>(
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    ret: c_int,
    processed: *mut usize,
) {
    // SAFETY: as promised.
    unsafe { callback::<N>(bio, operation, bytes, 0, 0, 0, ret, processed) };
}

/// The trampoline.
///
/// # Safety
/// Called by OpenSSL as a `BIO_callback_fn_ex`.
#[allow(clippy::too_many_arguments)]
pub(crate) unsafe extern "C" fn callback<const N: usize>(
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    len: usize,
    argi: c_int,
    argl: c_long,
    ret: c_int,
    processed: *mut usize,
) -> c_long {
    let Some(symbols) = table(N as c_long) else { return c_long::from(ret) };
    // SAFETY: OpenSSL's own arguments, passed through; the BIO lives while its callback runs, and
    // holds its state. Nothing that runs before the application's callback replaces that state.
    unsafe {
        let Some(state) = state_of(symbols, bio) else { return c_long::from(ret) };
        let chained = state.chained.get();
        if let Some(connection) =
            state.connection.as_deref().filter(|_| matches!(operation, READ_RETURN | WRITE_RETURN))
        {
            look(symbols, connection, bio, operation, bytes, ret, processed);
        }
        match chained {
            Some(chained) => chained(bio, operation, bytes, len, argi, argl, ret, processed),
            None => c_long::from(ret),
        }
    }
}

/// # Safety
/// As for the callback.
unsafe fn look(
    symbols: &'static Symbols,
    connection: &ConnectionState,
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    ret: c_int,
    processed: *mut usize,
) {
    let direction = if operation == READ_RETURN { Direction::Received } else { Direction::Sent };
    if ret > 0 {
        // SAFETY: `processed` is null or OpenSSL's count of the bytes that `bytes` now holds.
        connection.enter(|handshake| unsafe {
            if handshake.wants_wire() && !processed.is_null() && !bytes.is_null() {
                handshake.wire(direction, std::slice::from_raw_parts(bytes.cast::<u8>(), *processed));
            }
        });
        return;
    }
    let errno = Errno::save();
    // SAFETY: a live BIO.
    if unsafe { (symbols.f.BIO_test_flags)(bio, SHOULD_RETRY) } != 0 {
        return;
    }
    let (end, errno) = match (ret, direction) {
        (0, Direction::Received) => (TransportEnd::Eof, 0),
        _ => (kind_of(errno.value()), errno.value()),
    };
    connection.enter(|handshake| handshake.transport(symbols, direction, end, errno));
}
