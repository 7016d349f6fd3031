//! Everything that was recorded of one connection: its log, and what is not bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::log::{self, Entry, LogEntry, Pace, Tables};
use super::{ConnectionId, Event, EventBody, LocalConfiguration, Role};

/// A connection's events in order, as a growing log. An event is copied into it when it is
/// recorded, which allocates nothing once the buffer is warm, and decoded when somebody asks for
/// it.
///
/// A peer decides how much it sends, so a recording is bounded: past [`Recording::MAX_BYTES`] or
/// [`Recording::MAX_EVENTS`] events are counted in [`missed`](Recording::missed) instead of being
/// kept.
#[derive(Clone, Debug)]
pub struct Recording {
    log: Vec<u8>,
    pace: Pace,
    connection: ConnectionId,
    /// How many entries the log has.
    count: u32,
    missed: u32,
    /// The first event, which is not in the log: where one is begun, it may not be known yet.
    beginning: Option<Beginning>,
    tables: Tables,
}

/// [`EventBody::Started`].
#[derive(Clone, Debug)]
pub(crate) struct Beginning {
    pub(crate) role: Role,
    pub(crate) time: SystemTime,
    pub(crate) peer: Option<SocketAddr>,
    pub(crate) expected_name: Option<Box<str>>,
    pub(crate) local: Arc<LocalConfiguration>,
}

impl Beginning {
    pub(crate) fn event(&self) -> EventBody<'_> {
        EventBody::Started {
            role: self.role,
            time: self.time,
            peer: self.peer,
            expected_name: self.expected_name.as_deref(),
            local: &self.local,
        }
    }
}

impl Recording {
    /// Most bytes of one connection that are kept, with the head of each entry: a chain of 100
    /// certificates and every hello fit many times over.
    pub const MAX_BYTES: usize = log::MAX_BYTES;
    /// Most events of one connection that are kept.
    pub const MAX_EVENTS: usize = log::MAX_EVENTS;

    /// As much as a usual mutual handshake needs, which is allocated beforehand.
    const ROOM: usize = 16 * 1024;

    /// An empty recording.
    #[must_use]
    pub fn new(connection: ConnectionId) -> Self {
        Recording {
            log: Vec::new(),
            pace: Pace::default(),
            connection,
            count: 0,
            missed: 0,
            beginning: None,
            tables: Tables::default(),
        }
    }

    /// With room for a usual mutual handshake, so that filling it allocates nothing.
    #[must_use]
    pub fn with_room(connection: ConnectionId) -> Self {
        let mut recording = Recording::new(connection);
        recording.make_room();
        recording
    }

    /// Allocates what a usual mutual handshake needs, unless it is there.
    #[inline]
    pub(crate) fn make_room(&mut self) {
        self.log.reserve(Self::ROOM);
    }

    /// Empties it for another connection and keeps its buffers.
    pub fn reset(&mut self, connection: ConnectionId) {
        self.connection = connection;
        self.log.clear();
        self.pace = Pace::default();
        (self.count, self.missed) = (0, 0);
        self.beginning = None;
        self.tables.clear();
    }

    /// Whose recording it is.
    #[must_use]
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// How many events it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count as usize + usize::from(self.beginning.is_some())
    }

    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Events that were not kept: past the bounds above, or raised while another was being
    /// recorded.
    #[must_use]
    pub fn missed(&self) -> u32 {
        self.missed
    }

    /// Counts an event that could not be kept.
    pub fn miss(&mut self) {
        self.miss_more(1);
    }

    /// Counts events that somebody else could not keep.
    pub(super) fn miss_more(&mut self, missed: u32) {
        self.missed = self.missed.saturating_add(missed);
    }

    /// Appends an event and gives its number, or `None` where it was not kept: over the bounds, a
    /// beginning that is not the first event, a secret, a `Paused`, an `Established` or an `Ended`.
    pub fn push(&mut self, elapsed: Duration, body: &EventBody<'_>) -> Option<u32> {
        let nanoseconds = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.push_at(self.pace.moment(nanoseconds), body)
    }

    /// As [`push`](Self::push), at that moment of its pace.
    pub(crate) fn push_at(&mut self, moment: u64, body: &EventBody<'_>) -> Option<u32> {
        match *body {
            EventBody::Secret(_)
            | EventBody::Paused { .. }
            | EventBody::Established { .. }
            | EventBody::Ended { .. } => return None,
            EventBody::Started { role, time, peer, expected_name, local } if self.is_empty() => {
                let expected_name = expected_name.map(Box::from);
                self.beginning =
                    Some(Beginning { role, time, peer, expected_name, local: Arc::clone(local) });
                return Some(0);
            }
            _ => {}
        }
        let number = self.len() as u32;
        let entry = match self.len() < Self::MAX_EVENTS {
            true => Entry::encode(body, &mut self.tables),
            false => None,
        };
        let fits = |entry: &Entry<'_>| self.log.len() + log::HEAD + entry.len() <= Self::MAX_BYTES;
        let Some(entry) = entry.filter(fits) else {
            self.miss();
            return None;
        };
        log::append(&mut self.log, moment, &entry);
        self.count += 1;
        Some(number)
    }

    /// The events in order.
    #[must_use]
    pub fn events(&self) -> Events<'_> {
        Events { recording: self, begun: false, at: 0, next: 0, elapsed: 0 }
    }

    /// Whether all events are as asked. As [`events`](Self::events) would tell, and faster.
    #[inline]
    pub(crate) fn all(&self, mut ask: impl FnMut(&EventBody<'_>) -> bool) -> bool {
        self.beginning.as_ref().is_none_or(|beginning| ask(&beginning.event()))
            && log::entries(&self.log).all(|entry| {
                let bytes = self.log.get(entry.place).unwrap_or_default();
                log::decode(entry.about, entry.direction, bytes, &self.tables).is_none_or(|body| ask(&body))
            })
    }

    /// What [`Started`](EventBody::Started) says.
    pub(crate) fn beginning(&self) -> Option<&Beginning> {
        self.beginning.as_ref()
    }

    /// Likewise, as it is known now.
    #[inline]
    pub(crate) fn set_beginning(&mut self, beginning: Beginning) {
        self.beginning = Some(beginning);
    }

    /// The moments of its entries are to be read so.
    #[inline]
    pub(crate) fn set_pace(&mut self, pace: Pace) {
        self.pace = pace;
    }

    pub(super) fn pace(&self) -> Pace {
        self.pace
    }

    /// All entries.
    #[inline]
    pub(super) fn log(&self) -> &[u8] {
        &self.log
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }

    pub(super) fn set_tables(&mut self, tables: Tables) {
        self.tables = tables;
    }

    /// Gets a log that somebody else has written, or gone on with. What is over the bounds is
    /// counted and dropped. Gives its latest moment.
    pub(crate) fn give_log(&mut self, log: Vec<u8>) -> u64 {
        self.log = log;
        let most = Self::MAX_EVENTS - usize::from(self.beginning.is_some());
        let (mut count, mut end) = (0, 0);
        let (mut over, mut latest) = (0, 0);
        for LogEntry { place, moment, .. } in log::entries(&self.log) {
            if count < most && place.end <= Self::MAX_BYTES.min(self.log.len()) {
                (count, end, latest) = (count + 1, place.end, latest.max(moment));
            } else {
                over += 1;
            }
        }
        self.log.truncate(end);
        self.count = count as u32;
        self.miss_more(over);
        latest
    }
}

/// For the hooks, which write the log themselves.
#[cfg(feature = "openssl")]
impl Recording {
    /// An empty one is of this connection from now on.
    pub(crate) fn name(&mut self, connection: ConnectionId) {
        self.connection = connection;
    }

    /// Whether it has the room that [`make_room`](Self::make_room) makes, and no more than is worth
    /// keeping.
    #[inline]
    pub(crate) fn has_its_room(&self) -> bool {
        (Self::ROOM..=4 * Self::ROOM).contains(&self.log.capacity())
    }

    /// How many bytes its log can hold before it grows.
    pub(crate) fn room(&self) -> usize {
        self.log.capacity()
    }

    /// Gives the log away, with the room that it has, to be gone on with.
    #[inline]
    pub(crate) fn take_log(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.log)
    }

    /// Gets it back in the midst of the handshake, when the entries that were added need not be
    /// counted yet.
    #[inline]
    pub(crate) fn give_open_log(&mut self, log: Vec<u8>) {
        self.log = log;
    }

    /// The local configuration at the beginning was this one.
    pub(crate) fn correct_beginning(&mut self, local: &Arc<LocalConfiguration>) {
        if let Some(beginning) = &mut self.beginning {
            beginning.local = Arc::clone(local);
        }
    }
}

/// The events of a [`Recording`], in order.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    recording: &'a Recording,
    begun: bool,
    /// Where the next entry lies.
    at: usize,
    next: u32,
    /// The latest time, since entries of several callbacks may be a tick out of order.
    elapsed: u64,
}

impl<'a> Events<'a> {
    fn body(&mut self) -> Option<EventBody<'a>> {
        let Recording { beginning, log, tables, pace, .. } = self.recording;
        if let (false, Some(beginning)) = (std::mem::replace(&mut self.begun, true), beginning) {
            return Some(beginning.event());
        }
        loop {
            let LogEntry { moment, about, direction, place } = log::entry_at(log, self.at)?;
            self.at = place.end;
            self.elapsed = self.elapsed.max(pace.at(moment));
            if let Some(body) = log::decode(about, direction, log.get(place)?, tables) {
                return Some(body);
            }
        }
    }
}

impl<'a> Iterator for Events<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let body = self.body()?;
        let sequence = self.next;
        self.next += 1;
        let (connection, elapsed) = (self.recording.connection, Duration::from_nanos(self.elapsed));
        Some(Event { connection, sequence, elapsed, body })
    }
}

#[cfg(test)]
mod tests;
