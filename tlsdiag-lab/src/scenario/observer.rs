//! Who watches.

use std::net::SocketAddr;

use openssl::ssl::{SslContextBuilder, SslRef};

/// A side of the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The one that accepted.
    Server,
    /// The one that connected.
    Client,
}

/// Somebody who watches the handshakes of a scenario; `()` looks away.
///
/// The two sides run on threads of their own, so the methods may be called at the same time.
pub trait Observer: Sync {
    /// Called once a side and scenario, when the application has finished configuring its context.
    fn context(&self, side: Side, context: &mut SslContextBuilder) {
        let _ = (side, context);
    }

    /// Called once a connection, before its handshake; its socket is set already. `peer` is the other end.
    fn connection(&self, side: Side, ssl: &mut SslRef, peer: SocketAddr) {
        let _ = (side, ssl, peer);
    }

    /// Called once a connection, before the application frees it.
    fn leaving(&self, side: Side, ssl: &mut SslRef) {
        let _ = (side, ssl);
    }
}

impl Observer for () {}
