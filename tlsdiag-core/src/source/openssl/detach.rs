//! Takes a recorder off a context or a connection again, found by the recorder alone: for those who
//! keep no [`Attachment`](super::Attachment).

use std::ffi::c_void;
use std::sync::Arc;

use super::state::connection::ConnectionState;
use super::state::context::ContextState;
use super::state::subscription::{Subscriptions, strike_off};
use super::sys::functions::{SSL, SSL_CTX};
use super::sys::library::Symbols;
use super::sys::locate::Object;
use crate::HandshakeRecorder;

/// Whether `recorder` is attached to this object itself.
///
/// # Safety
/// `object` is a live object of that kind, of the library of `symbols`.
pub unsafe fn is_attached_raw(
    symbols: &'static Symbols,
    object: *mut c_void,
    kind: Object,
    recorder: &Arc<dyn HandshakeRecorder>,
) -> bool {
    // SAFETY: passed on.
    let subscriptions = unsafe { subscriptions(symbols, object, kind) };
    subscriptions.is_some_and(|list| list.load().iter().any(|one| one.is_active() && one.is_of(recorder)))
}

/// Detaches `recorder` from this object, at once, as dropping its [`Attachment`](super::Attachment)
/// would; `false` if it was not attached there.
///
/// # Safety
/// As for [`is_attached_raw`].
pub unsafe fn detach_raw(
    symbols: &'static Symbols,
    object: *mut c_void,
    kind: Object,
    recorder: &Arc<dyn HandshakeRecorder>,
) -> bool {
    // SAFETY: passed on.
    let Some(subscriptions) = (unsafe { subscriptions(symbols, object, kind) }) else { return false };
    let gone: Vec<_> = subscriptions.load().iter().filter(|one| one.is_of(recorder)).cloned().collect();
    gone.iter().for_each(|subscription| subscription.switch_off());
    strike_off(subscriptions, |one| one.is_of(recorder));
    if matches!(kind, Object::Context) {
        // SAFETY: passed on.
        if let Some(context) = unsafe { ContextState::of(symbols, object.cast()) } {
            context.count_subscriptions();
        }
    }
    !gone.is_empty()
}

/// # Safety
/// As for [`is_attached_raw`].
unsafe fn subscriptions<'a>(
    symbols: &'static Symbols,
    object: *mut c_void,
    kind: Object,
) -> Option<&'a Subscriptions> {
    // SAFETY: passed on.
    unsafe {
        match kind {
            Object::Context => Some(&ContextState::of(symbols, object.cast::<SSL_CTX>())?.subscriptions),
            Object::Connection => ConnectionState::of(symbols, object.cast::<SSL>())?.subscriptions.get(),
        }
    }
}
