//! The recorder of these handshakes.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tlsdiag_core::HandshakeRecorder;
use tlsdiag_core::event::{Event, EventBody, EventLog, Recording};

/// Keeps recordings, and takes logs where they are offered.
#[derive(Default)]
pub(crate) struct LogTaker {
    pub(crate) recordings: Mutex<Vec<Recording>>,
    pub(crate) logs: AtomicUsize,
}

impl LogTaker {
    fn keep(&self, recording: Recording) {
        self.recordings.lock().expect("no panic").push(recording);
    }
}

impl HandshakeRecorder for LogTaker {
    fn record(&self, event: &Event<'_>) {
        if let EventBody::Ended { recording, .. } = event.body {
            self.keep(recording.clone());
        }
    }

    fn is_live(&self) -> bool {
        false
    }

    fn uses_openssl(&self) -> bool {
        false
    }

    fn take_log(&self, log: &EventLog<'_>) -> bool {
        self.logs.fetch_add(1, Ordering::Relaxed);
        self.keep(log.recording());
        true
    }
}
