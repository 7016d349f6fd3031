//! A connection to a TLS port that the library never saw, since the application read first.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{ConnectionId, Direction, EventBody, LocalConfiguration, Recording, Role, State, TransportEnd};

/// What a server knows that looks at the first bytes of a connection itself, and gives the library
/// those alone that begin as TLS does. nginx is one.
#[derive(Clone, Copy, Debug)]
pub struct BeforeTls<'a> {
    /// When the connection was accepted.
    pub time: SystemTime,
    /// How long it had been open when the server was done with it.
    pub elapsed: Duration,
    /// The client's address, where it is known.
    pub peer: Option<SocketAddr>,
    /// What the client sent; a few bytes are enough. Fewer than five are counted, and not kept.
    pub first: &'a [u8],
    /// Whether this port expects a PROXY protocol header before TLS.
    pub expects_proxy_header: bool,
    /// How the connection ended, where it was not the server that ended it.
    pub end: Option<TransportEnd>,
}

impl BeforeTls<'_> {
    /// How many of the first bytes a recording keeps.
    pub const KEPT: usize = 5;

    /// What the hooks would have recorded, had the library read these bytes.
    #[must_use]
    pub fn recording(&self, connection: ConnectionId) -> Recording {
        let local =
            LocalConfiguration { expects_proxy_header: self.expects_proxy_header, ..Default::default() };
        let mut recording = Recording::new(connection);
        recording.push(
            Duration::ZERO,
            &EventBody::Started {
                role: Role::Server,
                time: self.time,
                peer: self.peer,
                expected_name: None,
                local: &Arc::new(local),
            },
        );
        let direction = Direction::Received;
        let mut push = |body: EventBody<'_>| recording.push(self.elapsed, &body);
        match self.first.first_chunk() {
            Some(header) => push(EventBody::Record { direction, header: *header }),
            None => push(EventBody::Received { bytes: self.first.len() as u64 }),
        };
        match self.end {
            Some(end) => push(EventBody::Transport { direction, end, errno: 0 }),
            None => push(EventBody::State(State::Failed { ssl_error: 0, verify_result: 0 })),
        };
        recording
    }
}
