//! Two timelines into one: what one end sent and the other received is one line.

use std::collections::HashMap;

use serde::Serialize;

use crate::report::{EventRecord, Record};

/// Which way something went.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Way {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// Something that happened: a message with both its times, or something within one end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Moment {
    /// Which way it went; absent for what happened within one end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Microseconds since the client's start, if the client saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_us: Option<u64>,
    /// Microseconds since the server's start, if the server saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_us: Option<u64>,
    /// What it was.
    pub what: String,
}

/// What makes a message the same at both ends: way, kind, name, and the how-manieth of these it is.
type Key = (Way, String, String, usize);

struct Line<'a> {
    event: &'a EventRecord,
    key: Option<Key>,
    sent: bool,
}

fn lines<'a>(record: &'a Record, client: bool) -> Vec<Line<'a>> {
    let mut seen: HashMap<(Way, String, String), usize> = HashMap::new();
    let line = |event: &'a EventRecord| {
        let sent = match (event.kind.as_str(), event.direction.as_deref()) {
            // The transport's end is noticed in one direction and has not travelled.
            ("transport", _) => None,
            (_, Some("sent")) => Some(true),
            (_, Some("received")) => Some(false),
            _ => None,
        };
        let key = sent.map(|sent| {
            let way = if sent == client { Way::ToServer } else { Way::ToClient };
            let name = event.name.clone().unwrap_or_default();
            let count = seen.entry((way, event.kind.clone(), name.clone())).or_default();
            *count += 1;
            (way, event.kind.clone(), name, *count)
        });
        Line { event, key, sent: sent == Some(true) }
    };
    record.events.iter().map(line).collect()
}

/// The moments of both records, each end's in its own order and nothing received before it was sent.
pub(super) fn merge(client: &Record, server: &Record) -> Vec<Moment> {
    let (ours, theirs) = (lines(client, true), lines(server, false));
    let times = |lines: &[Line<'_>]| -> HashMap<Key, u64> {
        lines.iter().filter_map(|line| Some((line.key.clone()?, line.event.time_us))).collect()
    };
    let (our_times, their_times) = (times(&ours), times(&theirs));
    let sent = |lines: &[Line<'_>]| -> Vec<Key> {
        lines.iter().filter(|line| line.sent).filter_map(|line| line.key.clone()).collect()
    };
    let mut unsent: Vec<Key> = [sent(&ours), sent(&theirs)].concat();
    let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
    let mut moments = Vec::new();
    loop {
        let waits = |line: Option<&Line<'_>>| {
            line.is_some_and(|line| !line.sent && line.key.as_ref().is_some_and(|key| unsent.contains(key)))
        };
        // The client speaks first; an end whose next message is still to be sent by the other waits for it.
        let from_client = match (ours.peek(), theirs.peek()) {
            (None, None) => break,
            (_, None) => true,
            (None, _) => false,
            (ours, theirs) => !waits(ours) || waits(theirs),
        };
        let Some(line) = (if from_client { ours.next() } else { theirs.next() }) else { break };
        let own = Some(line.event.time_us);
        let mut moment = Moment { way: None, client_us: None, server_us: None, what: what(line.event) };
        if let Some(key) = &line.key {
            unsent.retain(|waiting| waiting != key);
            moment.way = Some(key.0);
            moment.client_us = our_times.get(key).copied();
            moment.server_us = their_times.get(key).copied();
            let told_when_sent = !line.sent && moment.client_us.is_some() && moment.server_us.is_some();
            if told_when_sent {
                continue;
            }
        } else if from_client {
            moment.client_us = own;
        } else {
            moment.server_us = own;
        }
        moments.push(moment);
    }
    moments
}

fn what(event: &EventRecord) -> String {
    let name = event.name.as_deref().unwrap_or_default();
    let kind = event.kind.replace('_', " ");
    let size = event.size.map_or_else(String::new, |size| format!(", {size} bytes"));
    match event.kind.as_str() {
        "message" => format!("{name}{size}"),
        _ if name.is_empty() => kind,
        _ => format!("{kind} {name}"),
    }
}
