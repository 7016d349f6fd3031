//! The BIO callback: how the transport ended, and, where wanted, the sealed bytes.
//!
//! Source: `BIO_set_callback_ex(3)`. A client that only writes learns of a reset here and nowhere else.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::Arc;

use super::super::sys::guard::{self, Errno};
use super::super::state::chained::{Callback, same};
use super::super::state::connection::ConnectionState;
use super::super::sys::functions::{BIO, BioCallback};
use super::info;
use super::super::sys::library::Symbols;
use crate::event::{Direction, TransportEnd};

/// `BIO_CB_READ | BIO_CB_RETURN`.
const READ_RETURN: c_int = 0x82;
/// `BIO_CB_WRITE | BIO_CB_RETURN`.
const WRITE_RETURN: c_int = 0x83;
const SHOULD_RETRY: c_int = 0x08;

/// What one BIO has of ours, in its ex_data.
#[derive(Default)]
pub(crate) struct BioState {
    /// Whose transport it is; a share, since a BIO can outlive its SSL.
    connection: Option<Arc<ConnectionState>>,
    chained: Callback<BioCallback>,
}

impl BioState {
    pub(crate) fn without_slot(&self) -> Self {
        let copy = BioState::default();
        copy.chained.set(self.chained.get());
        copy
    }
}

/// Puts our callback on `bio`, in front of what is there: the lean one if that is nothing, and nobody wants the bytes.
///
/// # Safety
/// `bio` is alive, of this connection's library, and used by this thread alone.
pub(crate) unsafe fn hook(connection: &ConnectionState, bio: *mut BIO, wire: bool) {
    let symbols = connection.symbols;
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live BIO. What lies at our index is an Arc<BioState> whose count is moved in and out here alone.
    unsafe {
        let current = (f.BIO_get_callback_ex)(bio);
        if current.is_none() && f.BIO_get_callback.is_some_and(|get| !get(bio).is_null()) {
            // A callback of the old style would be silenced by one of the new: leave this BIO alone.
            return;
        }
        let Some(index) = symbols.make_bio_index() else { return };
        let old = (f.BIO_get_ex_data)(bio, index).cast::<BioState>();
        let is_ours = same(current, ours.bio) || same(current, ours.lean_bio);
        if is_ours
            && old.as_ref().and_then(|s| s.connection.as_deref()).is_some_and(|s| ptr::eq(s, connection))
        {
            return;
        }
        let state = BioState { connection: Some(connection.share()), chained: Callback::default() };
        let chained = if is_ours { old.as_ref().and_then(|s| s.chained.get()) } else { current };
        state.chained.set(chained);
        let raw = Arc::into_raw(Arc::new(state));
        if (f.BIO_set_ex_data)(bio, index, raw.cast_mut().cast::<c_void>()) != 1 {
            drop(Arc::from_raw(raw));
            return;
        }
        if !old.is_null() {
            drop(Arc::from_raw(old.cast_const()));
        }
        let lean = chained.is_none() && !wire;
        (f.BIO_set_callback_ex)(bio, Some(if lean { ours.lean_bio } else { ours.bio }));
    }
}

/// What `bio` has of ours.
///
/// # Safety
/// `bio` is alive, and so is what it has of ours, for `'a`.
unsafe fn state_of<'a>(symbols: &Symbols, bio: *const BIO) -> Option<&'a BioState> {
    let index = symbols.bio_index()?;
    // SAFETY: a live BIO. What lies at our index is an Arc<BioState> that `hook` put there, or nothing.
    unsafe { (symbols.f.BIO_get_ex_data)(bio, index).cast::<BioState>().as_ref() }
}

/// Takes our callback away, if it is still the one that stands there.
///
/// # Safety
/// `bio` is alive and used by this thread alone.
pub(crate) unsafe fn unhook(symbols: &Symbols, bio: *mut BIO) {
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live BIO; our state stays with it until it is freed.
    unsafe {
        let current = (f.BIO_get_callback_ex)(bio);
        if same(current, ours.bio) || same(current, ours.lean_bio) {
            let state = state_of(symbols, bio);
            (f.BIO_set_callback_ex)(bio, state.and_then(|state| state.chained.get()));
        }
    }
}

/// The trampoline where nothing stands behind it and only the transport's end is of interest. OpenSSL calls it some two
/// hundred times in a handshake, so it looks nothing up before there is something to tell.
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

/// The trampoline; see [`hooks`] for `N`.
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
    let Some(symbols) = info::table(N as c_long) else { return c_long::from(ret) };
    // SAFETY: OpenSSL's own arguments, passed through; the BIO lives while its callback runs, and holds its state. Nothing
    // that runs before the application's callback replaces that state.
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
        guard::enter(connection, |handshake| unsafe {
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
    guard::enter(connection, |handshake| handshake.transport(symbols, direction, end, errno));
}

/// What an error number of a read or write says of the transport.
pub(crate) fn kind_of(errno: c_int) -> TransportEnd {
    match errno {
        libc::ECONNRESET | libc::EPIPE => TransportEnd::Reset,
        libc::ETIMEDOUT | libc::EAGAIN => TransportEnd::Timeout,
        _ => TransportEnd::Other,
    }
}
