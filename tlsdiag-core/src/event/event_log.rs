//! What a recorder may take in place of a recording, where all went well.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::log::Pace;
use super::recording::Beginning;
use super::{ConnectionId, LocalConfiguration, Recording, Role};

/// The log of a server's handshake that was established, with what it takes to make a recording of
/// it.
///
/// A recorder that can do with this takes it
/// ([`HandshakeRecorder::take_log`](crate::HandshakeRecorder::take_log)), and is spared what it
/// takes to make a recording of it.
#[derive(Clone, Copy, Debug)]
pub struct EventLog<'a> {
    pub(crate) connection: ConnectionId,
    /// When it began, in nanoseconds since 1970.
    pub(crate) time: u64,
    pub(crate) pace: Pace,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) local: &'a Arc<LocalConfiguration>,
    pub(crate) entries: &'a [u8],
}

impl EventLog<'_> {
    /// Whose log it is.
    #[must_use]
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Its recording, as [`Ended`](super::EventBody::Ended) would have brought it. Allocates.
    #[must_use]
    pub fn recording(&self) -> Recording {
        let mut recording = Recording::new(self.connection);
        recording.set_beginning(Beginning {
            role: Role::Server,
            time: SystemTime::UNIX_EPOCH + Duration::from_nanos(self.time),
            peer: self.peer,
            expected_name: None,
            local: Arc::clone(self.local),
        });
        recording.set_pace(self.pace);
        recording.give_log(self.entries.to_vec());
        recording
    }
}
