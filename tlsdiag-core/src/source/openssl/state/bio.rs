//! Our state of one BIO, in its ex_data, and how our callback comes to a BIO.
//!
//! Source: `BIO_set_callback_ex(3)`. A client that only writes learns of a reset here and nowhere
//! else.

use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use super::super::sys::functions::{BIO, BioCallback};
use super::super::sys::library::Symbols;
use super::chained::{Callback, same};
use super::connection::ConnectionState;
use crate::event::TransportEnd;

/// What one BIO has of ours, in its ex_data.
#[derive(Default)]
pub(crate) struct BioState {
    /// Whose transport it is; a share, since a BIO can outlive its SSL.
    pub(crate) connection: Option<Arc<ConnectionState>>,
    pub(crate) chained: Callback<BioCallback>,
}

impl BioState {
    pub(crate) fn without_connection(&self) -> Self {
        let copy = BioState::default();
        copy.chained.set(self.chained.get());
        copy
    }
}

/// Puts our callback on `bio`, in front of what is there: the lean one if that is nothing, and
/// nobody wants the bytes.
///
/// # Safety
/// `bio` is alive, of this connection's library, and used by this thread alone.
pub(crate) unsafe fn hook(connection: &ConnectionState, bio: *mut BIO, wire: bool) {
    let symbols = connection.symbols;
    let (f, ours) = (&symbols.f, &symbols.trampolines);
    // SAFETY: a live BIO. What lies at our index is an Arc<BioState> whose count is moved in and
    // out here alone.
    unsafe {
        let current = (f.BIO_get_callback_ex)(bio);
        if current.is_none() && f.BIO_get_callback.is_some_and(|get| !get(bio).is_null()) {
            // A callback of the old style would be silenced by one of the new: leave this BIO
            // alone.
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
pub(crate) unsafe fn state_of<'a>(symbols: &Symbols, bio: *const BIO) -> Option<&'a BioState> {
    let index = symbols.bio_index()?;
    // SAFETY: a live BIO. What lies at our index is an Arc<BioState> that `hook` put there, or
    // nothing.
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

/// What an error number of a read or write says of the transport.
pub(crate) fn kind_of(errno: c_int) -> TransportEnd {
    match errno {
        libc::ECONNRESET | libc::EPIPE => TransportEnd::Reset,
        libc::ETIMEDOUT | libc::EAGAIN => TransportEnd::Timeout,
        libc::EBADF | libc::ENOTSOCK | libc::ENOTCONN | libc::ECONNREFUSED => TransportEnd::NotConnected,
        _ => TransportEnd::Other,
    }
}
