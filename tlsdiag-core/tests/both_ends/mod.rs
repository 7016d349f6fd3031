//! Records both ends of the laboratory's handshakes.
#![allow(unsafe_code, reason = "the end of a connection is announced by its address")]

use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{SslContextBuilder, SslRef};
use tlsdiag_core::Collector;
use tlsdiag_core::source::openssl::{Between, Symbols};
use tlsdiag_lab::scenario::{Observer, Side};

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
        tlsdiag_core::attach(context, Arc::clone(collector)).expect("hooks").keep();
    }

    /// As the preload object announces a program's `SSL_free`.
    fn leaving(&self, _side: Side, ssl: &mut SslRef) {
        // SAFETY: a live SSL of this thread.
        unsafe { Between::new(Symbols::linked().expect("hooks")).leaving(ssl.as_ptr().cast()) };
    }
}
