//! The recorder: at the end of a connection its recording goes to the outbox, and nothing is done before.

use std::ffi::c_void;
use std::sync::Arc;
use std::sync::OnceLock;

use tlsdiag_core::event::{Event, EventBody, EventKind, EventLog};
use tlsdiag_core::source::openssl::{AttachOptions, Symbols, attach_ctx_raw, attach_ssl_raw};
use tlsdiag_core::{HandshakeRecorder, Skipped};
use tlsdiag_transport::Message;

use crate::config::config;
use crate::outbox;

struct Handing;

impl HandshakeRecorder for Handing {
    fn record(&self, event: &Event<'_>) {
        match event.body {
            EventBody::Ended { recording, .. } => outbox::hand_over(recording),
            EventBody::Established { recording } => outbox::hand_over_established(recording),
            EventBody::Secret(secret) => outbox::secret(secret.expose()),
            _ => {}
        }
    }

    fn skip(&self, skipped: Skipped) {
        if skipped == Skipped::Dtls {
            outbox::send(&Message::Datagrams);
        }
    }

    fn take_log(&self, log: &EventLog<'_>) -> bool {
        outbox::hand_over_log(log)
    }

    fn take_established(&self, log: &EventLog<'_>) -> bool {
        outbox::hand_over_established_log(log)
    }

    fn uses_openssl(&self) -> bool {
        false
    }

    fn passes_over_healthy(&self) -> bool {
        config().failures_only
    }

    fn awaits_first_words(&self) -> bool {
        true
    }

    fn is_live(&self) -> bool {
        // Lines of the key log are not kept, so they must be heard as they come.
        config().secrets
    }

    fn wants(&self, kind: EventKind) -> bool {
        kind.is_default() || kind == EventKind::Established || (kind == EventKind::Secret && config().secrets)
    }
}

fn recorder() -> Arc<dyn HandshakeRecorder> {
    static RECORDER: OnceLock<Arc<Handing>> = OnceLock::new();
    Arc::clone(RECORDER.get_or_init(|| Arc::new(Handing))) as _
}

/// Records the connections of a context that was just made.
pub(crate) fn attach_context(symbols: &'static Symbols, context: *mut c_void) {
    // SAFETY: a live SSL_CTX of this library, which nobody else knows yet: OpenSSL has just made it.
    let attached = unsafe { attach_ctx_raw(symbols, context, recorder(), AttachOptions::new()) };
    if let Ok(attachment) = attached {
        attachment.keep();
    }
}

/// Records a connection that was just made from a context that was not made through us.
pub(crate) fn attach_connection(symbols: &'static Symbols, ssl: *mut c_void) {
    // SAFETY: a live SSL of this library, which nobody else knows yet.
    let attached = unsafe { attach_ssl_raw(symbols, ssl, recorder(), AttachOptions::new()) };
    if let Ok(attachment) = attached {
        attachment.keep();
    }
}
