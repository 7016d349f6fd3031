//! A story of which nobody wants to hear unless it goes wrong begins as a sketch: its messages are kept, and who listens, whom it is
//! talking to, since when and how it is configured is filled in when something fails. Most stories end as sketches.
//!
//! For servers alone, and where whoever stands between the application and OpenSSL sees its setters
//! ([`Between`](super::between::Between)): a client's BIOs are watched, which is more than what is saved here.

use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;

use super::boundary;
use super::current::Scene;
use super::functions::SSL;
use super::hooks;
use super::listener::{Listener, bit};
use super::local::{self, Configured};
use super::peer;
use super::pool;
use super::slot::Slot;
use super::story::{Story, next_connection};
use crate::event::{EventKind, Role};
use crate::recorder::PassesOver;

/// What all sketches of one context's connections have in common.
struct Common {
    wanted: u32,
    passes_over: PassesOver,
    configured: Arc<Configured>,
}

/// Whether connections of a context may be sketched, and how: found out by the first one, and true until the context's listeners or
/// its configuration change.
#[derive(Default)]
pub(super) struct Sketches {
    common: OnceLock<Common>,
    over: AtomicBool,
}

impl Sketches {
    fn get(&self) -> Option<&Common> {
        self.common.get().filter(|_| !self.over.load(Ordering::Relaxed))
    }

    /// From now on every story of this context begins in full. What was found out for the first one stays: a story that was begun
    /// with it may still be told.
    pub(super) fn stop(&self) {
        fence(Ordering::SeqCst);
        if self.common.get().is_some() {
            self.over.store(true, Ordering::Relaxed);
        }
    }

    /// Another configuration was read of the context.
    pub(super) fn compare(&self, configured: &Configured) {
        if self.common.get().is_some_and(|common| common.configured.local != configured.local) {
            self.stop();
        }
    }

    /// A story has begun in full: whether the next ones need not.
    fn learn(&self, listener: &Listener, configured: &Arc<Configured>) {
        const NEEDED: u32 = bit(EventKind::Started) | bit(EventKind::State) | bit(EventKind::Message);
        let heard_meanwhile = bit(EventKind::Paused) | bit(EventKind::Wire) | bit(EventKind::Step);
        let (Some(passes_over), false) = (listener.passes_over, listener.live) else { return };
        if listener.wanted & NEEDED == NEEDED && listener.wanted & heard_meanwhile == 0 {
            let common =
                || Common { wanted: listener.wanted, passes_over, configured: Arc::clone(configured) };
            self.common.get_or_init(common);
        }
    }

    /// Whether `listener` is alone still: asked once `learn` has been called, since whoever came or left at the same moment may have
    /// called `stop` too early.
    fn check(&self, listener: &Arc<Listener>, listeners: &ArcSwap<Vec<Arc<Listener>>>) {
        fence(Ordering::SeqCst);
        if !matches!(&listeners.load()[..], [one] if Arc::ptr_eq(one, listener)) {
            self.stop();
        }
    }
}

impl Story {
    /// Begins a sketch, if this story may be one; else gives `false`, and nothing has been done.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `slot` is its slot.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
    pub(super) unsafe fn sketch(&mut self, slot: &Slot, ssl: *mut SSL) -> bool {
        let Some(context) = slot.context.as_deref() else { return false };
        let Some(common) = context.sketches.get() else { return false };
        let alone =
            slot.listeners.get().is_none() && slot.supervised.load(Ordering::Relaxed) && !self.given_back;
        let f = &slot.symbols.f;
        // SAFETY: a live SSL.
        if !alone || unsafe { (f.SSL_is_server)(ssl) == 0 || (f.SSL_is_dtls)(ssl) != 0 } {
            return false;
        }
        self.start_over(slot, ssl);
        (self.sketched, self.live, self.wanted) = (true, false, common.wanted);
        self.role = Some(Role::Server);
        // Whoever sees the setters sees to it that our message callback stays.
        self.messages_heard = true;
        let mut recording = pool::take(next_connection());
        recording.keep_beginning(Role::Server, &common.configured.local);
        self.recording = Some(recording);
        // SAFETY: passed on.
        unsafe { hooks::arm_questions(slot, ssl) };
        true
    }

    /// This story begins in full: whether the next ones of its context need not.
    pub(super) fn learn_to_sketch(&self, slot: &Slot, configured: &Arc<Configured>) {
        if let (Some(context), [heard]) = (slot.context.as_deref(), &self.heard[..])
            && self.role == Some(Role::Server)
            && slot.listeners.get().is_none()
            && slot.supervised.load(Ordering::Relaxed)
        {
            context.sketches.learn(&heard.listener, configured);
            context.sketches.check(&heard.listener, &context.listeners);
        }
    }

    /// Whether this is a sketch of what nobody wants to hear.
    pub(super) fn is_passed_over(&self) -> bool {
        let (Some(common), Some(recording)) = (self.common(), &self.recording) else { return false };
        boundary::contain(|| (common.passes_over)(recording)).unwrap_or(false)
    }

    /// Whether the connection is still configured as a sketch takes it to be.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's.
    pub(super) unsafe fn is_as_sketched(&self, slot: &Slot, ssl: *mut SSL) -> bool {
        // SAFETY: passed on.
        self.common()
            .is_some_and(|common| unsafe { local::is_familiar(slot.symbols, ssl, &common.configured) })
    }

    fn common(&self) -> Option<&Common> {
        if !self.sketched {
            return None;
        }
        // SAFETY: a sketch was begun by the hook of this slot's connection, and its story lies in the slot, whose context keeps what its
        // sketches have in common for as long as it lives.
        let slot = unsafe { self.scene.slot.as_ref() }?;
        slot.context.as_deref()?.sketches.common.get()
    }

    /// A sketch becomes a story as any other: something has gone wrong, or may have.
    #[cold]
    #[inline(never)]
    pub(super) fn fill_in(&mut self) {
        let Some(common) = self.common() else { return };
        let configured = Arc::clone(&common.configured);
        self.sketched = false;
        let Scene { slot, ssl } = self.scene;
        // SAFETY: as for `common`.
        let Some(slot) = (unsafe { slot.as_ref() }) else { return };
        // Whoever came meanwhile and wants more than was kept has missed its beginning.
        let kept = self.wanted;
        self.find_listeners(slot, |listener| listener.wanted & !kept == 0 && !listener.live);
        self.configured = Some(configured);
        self.unseen = true;
        let time = SystemTime::now().checked_sub(Duration::from_nanos(self.watch.elapsed()));
        let known = self.heard.iter().find_map(|heard| heard.listener.peer);
        // SAFETY: the scene's connection is the one whose hook runs; its `SSL` is null there once it is half gone (`end`).
        let (peer, expected_name) = unsafe {
            match ssl.is_null() {
                true => (None, None),
                false => (
                    peer::address_since(slot.symbols, ssl, &self.watch),
                    peer::expected_name(slot.symbols, ssl),
                ),
            }
        };
        if let Some(recording) = &mut self.recording {
            let time = time.unwrap_or(SystemTime::UNIX_EPOCH);
            recording.fill_in_beginning(time, peer.or(known), expected_name);
        }
    }
}
