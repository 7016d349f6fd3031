//! Records both ends of the laboratory's handshakes.
#![allow(unsafe_code, reason = "the end of a connection is announced by its address")]

use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContextBuilder, SslRef};
use tlsdiag_core::event::Event;
use tlsdiag_core::source::openssl::{Interposer, Symbols};
use tlsdiag_core::{Collector, HandshakeRecorder};
use tlsdiag_lab::scenario::{Observer, Side};

/// Waits for the first words of a server's client, as `tlsdiag run` does.
pub(crate) struct Patient(pub(crate) Arc<Collector>);

impl HandshakeRecorder for Patient {
    fn record(&self, event: &Event<'_>) {
        self.0.record(event);
    }

    fn awaits_first_words(&self) -> bool {
        true
    }
}

#[derive(Default)]
pub(crate) struct BothEnds {
    pub(crate) server: Arc<Collector>,
    pub(crate) client: Arc<Collector>,
}

impl Observer for BothEnds {
    fn context(&self, side: Side, context: &mut SslContextBuilder) {
        let collector = match side {
            Side::Server => &self.server,
            Side::Client => &self.client,
        };
        tlsdiag_core::attach(context, Patient(Arc::clone(collector))).expect("hooks").keep();
    }

    fn leaving(&self, _side: Side, ssl: &mut SslRef) {
        announce_free(ssl);
    }
}

/// As the preload object announces a program's `SSL_free`.
pub(crate) fn announce_free(ssl: &mut SslRef) {
    // SAFETY: a live SSL of this thread.
    unsafe { Interposer::new(Symbols::linked().expect("hooks")).leaving(ssl.as_ptr().cast()) };
}
