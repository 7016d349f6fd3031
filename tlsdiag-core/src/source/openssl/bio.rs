//! The BIO callback: how the transport ended, and, where wanted, the sealed bytes.
//!
//! Source: `BIO_set_callback_ex(3)`. A client that only writes learns of a reset here and nowhere else.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr;
use std::sync::Arc;

use super::boundary::{self, Errno};
use super::hooks;
use super::previous::{Callback, same};
use super::slot::Slot;
use super::symbols::{BIO, BioCallback, Symbols};
use crate::event::{Direction, TransportEnd};

const READ: c_int = 2;
const WRITE: c_int = 3;
const RETURN: c_int = 0x80;
const SHOULD_RETRY: c_int = 0x08;

/// What one BIO has of ours, in its ex_data.
#[derive(Default)]
pub(super) struct BioState {
    /// Whose transport it is; a share, since a BIO can outlive its SSL.
    slot: Option<Arc<Slot>>,
    previous: Callback<BioCallback>,
}

impl BioState {
    pub(super) fn without_slot(&self) -> Self {
        let copy = BioState::default();
        copy.previous.set(self.previous.get());
        copy
    }
}

/// Puts our callback on `bio`, in front of what is there.
///
/// # Safety
/// `bio` is alive, of this slot's library, and used by this thread alone.
pub(super) unsafe fn hook(slot: &Slot, bio: *mut BIO) {
    let symbols = slot.symbols;
    let f = &symbols.f;
    // SAFETY: a live BIO. What lies at our index is an Arc<BioState> whose count is moved in and out here alone.
    unsafe {
        let current = (f.BIO_get_callback_ex)(bio);
        if current.is_none() && f.BIO_get_callback.is_some_and(|get| !get(bio).is_null()) {
            // A callback of the old style would be silenced by one of the new: leave this BIO alone.
            return;
        }
        let old = (f.BIO_get_ex_data)(bio, symbols.bio_index).cast::<BioState>();
        let ours = same(current, symbols.trampolines.bio);
        if ours && old.as_ref().and_then(|s| s.slot.as_deref()).is_some_and(|s| ptr::eq(s, slot)) {
            return;
        }
        let state = BioState { slot: Some(slot.share()), previous: Callback::default() };
        state.previous.set(if ours { old.as_ref().and_then(|s| s.previous.get()) } else { current });
        let raw = Arc::into_raw(Arc::new(state));
        if (f.BIO_set_ex_data)(bio, symbols.bio_index, raw.cast_mut().cast::<c_void>()) != 1 {
            drop(Arc::from_raw(raw));
            return;
        }
        if !old.is_null() {
            drop(Arc::from_raw(old.cast_const()));
        }
        (f.BIO_set_callback_ex)(bio, Some(symbols.trampolines.bio));
    }
}

/// The trampoline; see [`hooks`] for `N`.
///
/// # Safety
/// Called by OpenSSL as a `BIO_callback_fn_ex`.
#[allow(clippy::too_many_arguments)]
pub(super) unsafe extern "C" fn callback<const N: usize>(
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    len: usize,
    argi: c_int,
    argl: c_long,
    ret: c_int,
    processed: *mut usize,
) -> c_long {
    let Some(symbols) = hooks::table(N as c_long) else { return c_long::from(ret) };
    // SAFETY: OpenSSL's own arguments, passed through; the BIO lives while its callback runs, and holds its state. The
    // application may replace that state by re-attaching the BIO in its callback, so we hold a share.
    unsafe {
        let raw = (symbols.f.BIO_get_ex_data)(bio, symbols.bio_index).cast::<BioState>().cast_const();
        if raw.is_null() {
            return c_long::from(ret);
        }
        let previous = (*raw).previous.get();
        if let Some(slot) = (*raw).slot.as_deref() {
            match operation & !RETURN {
                READ | WRITE if operation & RETURN == 0 => give_back_if_over(symbols, slot, bio, previous),
                READ | WRITE => look(symbols, slot, bio, operation, bytes, ret, processed),
                _ => {}
            }
        }
        match previous {
            Some(previous) => previous(bio, operation, bytes, len, argi, argl, ret, processed),
            None => c_long::from(ret),
        }
    }
}

/// Takes our callback away once the story is over; only while it is still the one that stands there.
///
/// # Safety
/// `bio` is alive and inside its callback.
unsafe fn give_back_if_over(symbols: &Symbols, slot: &Slot, bio: *mut BIO, previous: Option<BioCallback>) {
    let over = boundary::enter(slot, |story| story.forget_transport_if_over()).unwrap_or(false);
    // SAFETY: a live BIO, used by this thread.
    unsafe {
        if over && same((symbols.f.BIO_get_callback_ex)(bio), symbols.trampolines.bio) {
            (symbols.f.BIO_set_callback_ex)(bio, previous);
        }
    }
}

/// # Safety
/// As for the callback.
unsafe fn look(
    symbols: &'static Symbols,
    slot: &Slot,
    bio: *mut BIO,
    operation: c_int,
    bytes: *const c_char,
    ret: c_int,
    processed: *mut usize,
) {
    let direction = if operation & !RETURN == READ { Direction::Received } else { Direction::Sent };
    if ret > 0 {
        // SAFETY: `processed` is null or OpenSSL's count of the bytes that `bytes` now holds.
        boundary::enter(slot, |story| unsafe {
            if story.wants_wire() && !processed.is_null() && !bytes.is_null() {
                story.wire(direction, std::slice::from_raw_parts(bytes.cast::<u8>(), *processed));
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
    boundary::enter(slot, |story| story.transport(symbols, direction, end, errno));
}

fn kind_of(errno: c_int) -> TransportEnd {
    match errno {
        libc::ECONNRESET | libc::EPIPE => TransportEnd::Reset,
        libc::ETIMEDOUT | libc::EAGAIN => TransportEnd::Timeout,
        _ => TransportEnd::Other,
    }
}
