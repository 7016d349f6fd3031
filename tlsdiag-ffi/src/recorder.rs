//! The recorder: made, asked, freed.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tlsdiag_core::event::is_plainly_healthy;
use tlsdiag_core::event::{Event, EventBody, EventKind, Recording, State};
use tlsdiag_core::report::keylog::KeyLogFile;
use tlsdiag_core::source::openssl::{Object, Symbols, connection_data, current_ssl, set_current_data, stats};
use tlsdiag_core::{Handshake, HandshakeRecorder, diagnose};

use crate::boundary::{Sized_, contain, given, options, place, room, run, text};
use crate::delivery::{Callback, Delivery, tlsdiag_handshake_callback};
use crate::finished::Finished;
use crate::handshake::tlsdiag_handshake;
use crate::options::tlsdiag_recorder_options;
use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};
use crate::{fork, openssl};

/// Records the handshakes of what it is attached to. Its functions may be called from any thread; tlsdiag_recorder_free() from
/// one, once.
pub struct tlsdiag_recorder {
    pub(crate) listener: Arc<Listener>,
    /// The OpenSSL that the options name, if they do.
    pub(crate) symbols: Option<&'static Symbols>,
}

/// What is attached: it outlives the recorder where a hook of OpenSSL's still knows it.
pub(crate) struct Listener {
    pub(crate) delivery: Arc<Delivery>,
    keylog: Option<KeyLogFile>,
    failures_only: bool,
    keep_latest: bool,
    /// Days before a certificate's end from which on it is warned of.
    expiry_notice: Option<u32>,
    /// Never used twice, unlike an address.
    id: u64,
}

impl Listener {
    fn is_healthy(&self, recording: &Recording) -> bool {
        let handshake = || Handshake::from_recording(recording).with_expiry_notice(self.expiry_notice);
        (self.expiry_notice.is_none() && is_plainly_healthy(recording)) || diagnose(&handshake()).is_healthy()
    }

    fn finished(&self, recording: &Recording) -> Arc<Finished> {
        Arc::new(Finished::recorded(recording.clone(), self.expiry_notice, &self.delivery.clients))
    }
}

fn is_done(recording: &Recording) -> bool {
    let done = |event: Event<'_>| matches!(event.body, EventBody::State(State::HandshakeDone { .. }));
    recording.events().any(done)
}

impl HandshakeRecorder for Listener {
    fn is_live(&self) -> bool {
        self.keylog.is_some()
    }

    fn wants(&self, kind: EventKind) -> bool {
        match kind {
            EventKind::Secret => self.keylog.is_some(),
            EventKind::Paused => self.keep_latest,
            _ => kind.is_default(),
        }
    }

    fn passes_over_healthy(&self) -> bool {
        self.failures_only && !self.keep_latest && self.expiry_notice.is_none()
    }

    fn record(&self, event: &Event<'_>) {
        match event.body {
            EventBody::Ended { recording, .. } => {
                let healthy = self.failures_only && self.is_healthy(recording);
                let awaited = healthy && self.delivery.clients.awaits_somebody();
                if healthy && !awaited && !self.keep_latest {
                    return;
                }
                let finished = self.finished(recording);
                let passed_over = healthy && (!awaited || finished.record().says_nothing());
                if passed_over && !self.keep_latest {
                    return;
                }
                if self.keep_latest {
                    set_current_data(self.id, finished.clone());
                }
                if passed_over {
                    return;
                }
                self.delivery.deliver(finished, current_ssl());
            }
            // Done, and open for what the peer may still say: an application that asks now has something to be told.
            EventBody::Paused { recording } if is_done(recording) => {
                set_current_data(self.id, Arc::new(Finished::so_far(recording.clone(), self.expiry_notice)));
            }
            EventBody::Secret(_) => {
                if let Some(keylog) = &self.keylog {
                    keylog.record(event);
                }
            }
            _ => {}
        }
    }
}

/// What a recorder has seen so far in this process.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_recorder_counts {
    /// sizeof(tlsdiag_recorder_counts), set before the call.
    pub size: usize,
    /// Handshakes that finished, without those that the options leave out.
    pub finished: u64,
    /// Of these, the ones that were dropped since the queue was full.
    pub dropped: u64,
    /// Of these, the ones that wait in the queue now.
    pub waiting: u64,
    /// Events of any recorder that came while the same connection was being recorded, and were passed over.
    pub missed_events: u64,
    /// Panics within tlsdiag that were caught; always 0 but for bugs.
    pub panics: u64,
}

// SAFETY: repr(C), the size first, integers of eight bytes alone.
unsafe impl Sized_ for tlsdiag_recorder_counts {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_recorder_counts";
    fn empty() -> Self {
        tlsdiag_recorder_counts {
            size: size_of::<Self>(),
            finished: 0,
            dropped: 0,
            waiting: 0,
            missed_events: 0,
            panics: 0,
        }
    }
}

const QUEUE: usize = 1024;

/// Makes a recorder. NULL options are the defaults. Free it with tlsdiag_recorder_free().
///
/// # Safety
/// `options` is NULL or as long as its size says, and what it points at is as described there; `recorder` is NULL or has room for a
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_new(
    options: *const tlsdiag_recorder_options,
    recorder: *mut *mut tlsdiag_recorder,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (out, options) = unsafe { (place(recorder, "recorder")?, self::options(options)?) };
        // SAFETY: as above.
        let symbols = unsafe {
            openssl::named(options.openssl_functions, options.openssl_function_count, options.openssl_handle)
        }?;
        let Ok(days) = u32::try_from(options.expires_within_days) else {
            let wrong =
                format!("expires_within_days is {}, and has to be 0 or more", options.expires_within_days);
            return Err(Failure::new(TLSDIAG_BAD_VALUE, wrong));
        };
        let expiry_notice = (days > 0).then_some(days);
        let keylog = if options.keylog_file.is_null() {
            None
        } else {
            // SAFETY: as above.
            let path = unsafe { text(options.keylog_file, "keylog_file") }?;
            let opened = KeyLogFile::open(Path::new(path));
            Some(opened.map_err(|error| {
                Failure::new(TLSDIAG_IO, format!("cannot open the key log {path}: {error}"))
            })?)
        };
        let length = if options.queue_length == 0 { QUEUE } else { options.queue_length };
        let delivery = Delivery::new(length, options.background != 0);
        fork::register(&delivery);
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let listener = Arc::new(Listener {
            delivery,
            keylog,
            failures_only: options.failures_only != 0,
            keep_latest: options.keep_latest != 0,
            expiry_notice,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
        });
        out.put(Box::into_raw(Box::new(tlsdiag_recorder { listener, symbols })));
        Ok(())
    })
}

/// Detaches a recorder from everything and frees it. Handshakes may be running in other threads: they end as they would have. When
/// this returns, the callback runs nowhere and never will again, so that its userdata can go; what waited for the recorder's thread
/// has been handed over before. Within a callback of the recorder itself it does not wait for that one, and what waits is dropped.
/// NULL is fine.
///
/// # Safety
/// `recorder` is NULL or has not been freed, and no other thread uses it now or will.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_free(recorder: *mut tlsdiag_recorder) {
    contain(|| {
        if !recorder.is_null() {
            // SAFETY: made by tlsdiag_recorder_new, and given back once.
            let recorder = unsafe { Box::from_raw(recorder) };
            recorder.listener.delivery.close();
        }
    });
}

/// Calls `callback` with each handshake that finishes from now on; NULL takes the callback away, and then they wait for
/// tlsdiag_recorder_next(). When this returns, the callback that was there before runs nowhere any more, but where this was called
/// from within it.
///
/// # Safety
/// `recorder` is NULL or has not been freed. `callback` may be called with `userdata` in any thread until another one takes its place
/// or the recorder is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_on_handshake(
    recorder: *mut tlsdiag_recorder,
    callback: tlsdiag_handshake_callback,
    userdata: *mut c_void,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let recorder = unsafe { given(recorder, "recorder") }?;
        let callback = callback.map(|function| Callback { function, userdata });
        recorder.listener.delivery.set_callback(callback);
        Ok(())
    })
}

/// The handshake that has waited longest, for a recorder without a callback; TLSDIAG_NOT_FOUND if none waits. Free it with
/// tlsdiag_handshake_free().
///
/// # Safety
/// `recorder` is NULL or has not been freed; `handshake` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_next(
    recorder: *mut tlsdiag_recorder,
    handshake: *mut *mut tlsdiag_handshake,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (recorder, out) = unsafe { (given(recorder, "recorder")?, place(handshake, "handshake")?) };
        match recorder.listener.delivery.next() {
            Some(finished) => out.put(tlsdiag_handshake::owned(finished)),
            None => return Err(Failure::new(TLSDIAG_NOT_FOUND, "no handshake waits")),
        }
        Ok(())
    })
}

/// The handshake that finished last on an SSL, for a recorder with the option keep_latest; TLSDIAG_NOT_FOUND if none has. A server asks so in
/// the middle of a request, on the thread that has the SSL. Free it with tlsdiag_handshake_free().
///
/// # Safety
/// `recorder` is NULL or has not been freed; `ssl` is NULL or an SSL that is alive; `handshake` is NULL or has room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_latest_for_ssl(
    recorder: *mut tlsdiag_recorder,
    ssl: *mut c_void,
    handshake: *mut *mut tlsdiag_handshake,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        unsafe {
            let (recorder, out) = (given(recorder, "recorder")?, place(handshake, "handshake")?);
            let symbols = recorder.symbols_of(ssl, Object::Connection)?;
            let found = connection_data(symbols, ssl, recorder.listener.id);
            let finished = found.and_then(|kept| kept.downcast::<Finished>().ok()).ok_or_else(|| {
                Failure::new(TLSDIAG_NOT_FOUND, "no handshake of this recorder has finished on this SSL")
            })?;
            out.put(tlsdiag_handshake::owned(finished));
        }
        Ok(())
    })
}

/// Waits until a recorder that works in the background has handed over all that has finished so far. For any other this does
/// nothing; within a callback of the recorder it fails with TLSDIAG_REENTERED.
///
/// # Safety
/// `recorder` is NULL or has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_flush(recorder: *mut tlsdiag_recorder) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let recorder = unsafe { given(recorder, "recorder") }?;
        if recorder.listener.delivery.flush() {
            return Ok(());
        }
        Err(Failure::new(TLSDIAG_REENTERED, "a callback cannot wait for its own recorder"))
    })
}

/// What it has seen so far. Set counts->size first.
///
/// # Safety
/// `recorder` is NULL or has not been freed; `counts` is NULL or as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_recorder_count(
    recorder: *const tlsdiag_recorder,
    counts: *mut tlsdiag_recorder_counts,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (recorder, out) = unsafe { (given(recorder, "recorder")?, room(counts, "counts")?) };
        let waiting = recorder.listener.delivery.waiting() as u64;
        let (finished, dropped) = {
            let state = recorder.listener.delivery.state();
            (state.finished, state.dropped)
        };
        let ours = stats();
        out.put(tlsdiag_recorder_counts {
            size: 0,
            finished,
            dropped,
            waiting,
            missed_events: ours.missed_events,
            panics: ours.recorder_panics,
        });
        Ok(())
    })
}
