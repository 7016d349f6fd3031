//! What happened, as a ladder between the two ends: the rows of it, which a drawing and a table show.

mod drawing;
mod table;

use std::collections::HashSet;

use maud::{Markup, html};
use tlsdiag_core::report::{EventRecord, Record};

use crate::view::State;

/// So many events are shown at the beginning and at the end; a record may have any number.
const FIRST: usize = 90;
const LAST: usize = 30;

/// The events of a handshake as rows, and what never came.
pub(super) struct Ladder<'a> {
    record: &'a Record,
    rows: Vec<Row<'a>>,
    /// The events that can be led to.
    shown: HashSet<u32>,
}

/// A row of it.
struct Row<'a> {
    event: Option<&'a EventRecord>,
    /// Whether it is the first of its number: what is led to has a name that no other has.
    is_target: bool,
    way: Way,
    label: String,
    tone: Tone,
}

/// From where to where something went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    ToServer,
    ToClient,
    /// It happened at the side that recorded.
    Here,
}

/// What a row is in the story.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Plain,
    /// The client was asked for its certificate.
    Asked,
    /// It is where a handshake failed, or how.
    Failed,
    /// The message that the handshake ended at; it never came.
    Missing,
    /// The same where that is no failure.
    Awaited,
    /// Events that are not shown.
    Omitted,
}

impl<'a> Ladder<'a> {
    pub(super) fn of(record: &'a Record) -> Self {
        let named: HashSet<u32> = record
            .diagnosis
            .findings
            .iter()
            .flat_map(|finding| &finding.evidence)
            .filter_map(|seen| seen.event)
            .collect();
        let mut ladder = Ladder { record, rows: Vec::new(), shown: HashSet::new() };
        let last = record.events.len().saturating_sub(LAST);
        let mut omitted = 0;
        for (at, event) in record.events.iter().enumerate() {
            if at >= FIRST && at < last && !named.contains(&event.event) {
                omitted += 1;
                continue;
            }
            ladder.omit(std::mem::take(&mut omitted));
            let is_target = ladder.shown.insert(event.event);
            let row = Row {
                event: Some(event),
                is_target,
                way: ladder.way(event),
                label: ladder.label(event),
                tone: ladder.tone(event),
            };
            ladder.rows.push(row);
        }
        ladder.mark_the_end();
        ladder
    }

    /// Whether this event can be led to.
    pub(super) fn shows(&self, event: u32) -> bool {
        self.shown.contains(&event)
    }

    pub(super) fn show(&self) -> Markup {
        html! {
            @if !self.rows.is_empty() {
                section #ladder.card aria-labelledby="ladder-heading" {
                    h2 #ladder-heading { "What happened" }
                    div.scroll tabindex="0" role="group" aria-label="The ladder" { (drawing::drawing(self)) }
                    details #ladder-table { summary { "The same as a table" } (table::table(self)) }
                }
            }
        }
    }

    fn omit(&mut self, count: usize) {
        if count > 0 {
            let label = format!("{count} more events");
            let row = Row { event: None, is_target: false, way: Way::Here, label, tone: Tone::Omitted };
            self.rows.push(row);
        }
    }

    fn is_server(&self) -> bool {
        self.record.role == "server"
    }

    /// What is red in a failure is none where a handshake ended without one.
    fn tone(&self, event: &EventRecord) -> Tone {
        let name = event.name.as_deref().unwrap_or_default();
        let is_failed = State::of_record(self.record) == State::Failed;
        match event.kind.as_str() {
            "message" if event.problem.is_some() => Tone::Failed,
            "message" if name == "certificate_request" => Tone::Asked,
            "alert" if is_failed && name.starts_with("fatal") => Tone::Failed,
            "verify" if is_failed && !name.ends_with("let pass") => Tone::Failed,
            "library_errors" | "not_tls" | "failed" if is_failed => Tone::Failed,
            _ => Tone::Plain,
        }
    }

    fn way(&self, event: &EventRecord) -> Way {
        match (event.kind.as_str(), event.direction.as_deref()) {
            // The end of a connection was seen here, whichever way it was used.
            ("transport", _) => Way::Here,
            (_, Some("sent")) => self.from(self.is_server()),
            (_, Some("received")) => self.from(!self.is_server()),
            _ => Way::Here,
        }
    }

    fn from(&self, server: bool) -> Way {
        if server { Way::ToClient } else { Way::ToServer }
    }

    fn label(&self, event: &EventRecord) -> String {
        let name = event.name.as_deref().unwrap_or_default();
        match event.kind.as_str() {
            "message" => format!("{}{}", written(name), self.detail(event)),
            "alert" => format!("Alert: {name}"),
            "not_tls" => format!("no TLS: \"{name}\""),
            "change_cipher_spec" => "ChangeCipherSpec".to_owned(),
            kind if name.is_empty() => kind.replace('_', " "),
            kind => format!("{}: {name}", kind.replace('_', " ")),
        }
    }

    /// What a message was about, where that fits beside its name.
    fn detail(&self, event: &EventRecord) -> String {
        let scheme = || event.value.as_ref()?.get("scheme")?.get("name")?.as_str();
        match event.name.as_deref() {
            Some("certificate" | "compressed_certificate") => {
                let by_server = self.way(event) == Way::ToClient;
                let chains = &self.record.certificates;
                let chain = if by_server { &chains.server } else { &chains.client };
                let whose = if by_server { "server's" } else { "client's" };
                match chain.as_deref().filter(|_| self.count(event) == 1) {
                    Some([leaf, ..]) => format!(" ({whose}: {})", first_part(&leaf.subject)),
                    Some([]) => format!(" ({whose}: empty)"),
                    None => format!(" ({whose})"),
                }
            }
            Some("certificate_verify" | "server_key_exchange") => {
                scheme().map_or_else(String::new, |scheme| format!(" ({scheme})"))
            }
            _ => String::new(),
        }
    }

    /// How often this message was sent by the same side.
    fn count(&self, event: &EventRecord) -> usize {
        let same = |other: &&EventRecord| {
            other.kind == event.kind && other.name == event.name && other.direction == event.direction
        };
        self.record.events.iter().filter(same).count()
    }

    /// Marks where it ended: the message that was read then, or the one that never came.
    fn mark_the_end(&mut self) {
        let record = self.record;
        let Some(stage) = record.stage.as_deref() else { return };
        if matches!(&*record.outcome, "refused_after_established" | "established" | "established_unverified")
        {
            return;
        }
        let last = self.rows.iter().rposition(|row| row.event.is_some_and(|event| event.kind == "message"));
        let read = last.map(|at| &mut self.rows[at]).filter(|row| {
            let is_stage = |event: &EventRecord| {
                let name = event.name.as_deref().unwrap_or_default();
                let name = if name == "compressed_certificate" { "certificate" } else { name };
                name == stage && event.direction.as_deref() == Some("received")
            };
            record.by.as_deref() == Some("local") && row.event.is_some_and(is_stage)
        });
        if let Some(read) = read {
            read.tone = Tone::Failed;
            return;
        }
        // What was not kept may have been it.
        if record.missed_events > 0 {
            return;
        }
        let Some(by_server) = self.who_owed(stage) else { return };
        let is_failure = State::of_record(record) == State::Failed;
        let verb = if by_server == self.is_server() { "was not sent" } else { "never came" };
        let sign = if is_failure { "✕" } else { "○" };
        let whose = match (stage, by_server) {
            ("certificate", true) => " (server's)",
            ("certificate", false) => " (client's)",
            _ => "",
        };
        let row = Row {
            event: None,
            is_target: false,
            way: self.from(by_server),
            label: format!("{}{whose} {sign} {verb}", written(stage)),
            tone: if is_failure { Tone::Missing } else { Tone::Awaited },
        };
        self.rows.insert(self.end_of_messages(), row);
    }

    /// Whether the server should have sent the message that a handshake ended at; `None` where both had, or where it is not known whether
    /// it was due.
    fn who_owed(&self, stage: &str) -> Option<bool> {
        let record = self.record;
        let made_here = record.by.as_deref() == Some("local") && record.outcome != "abandoned";
        if made_here && !self.was_speaking() {
            return None;
        }
        let expected = made_here == self.is_server();
        let has_sent = |server: bool| {
            let direction = if server == self.is_server() { "sent" } else { "received" };
            record.events.iter().any(|event| {
                event.kind == "message"
                    && event.name.as_deref() == Some(stage)
                    && event.direction.as_deref() == Some(direction)
            })
        };
        [expected, !expected].into_iter().find(|server| !has_sent(*server))
    }

    /// Whether this side sent the last message, and none that its answer is waited for behind: what failed then may have been something that
    /// came, and no message of its own.
    fn was_speaking(&self) -> bool {
        let last = self.record.events.iter().rev().find(|event| event.kind == "message");
        let ends_a_turn =
            ["client_hello", "hello_request", "hello_retry_request", "server_hello_done", "finished"];
        last.is_some_and(|last| {
            let name = last.name.as_deref().unwrap_or_default();
            last.direction.as_deref() == Some("sent") && !ends_a_turn.contains(&name)
        })
    }

    /// Behind the last message, and the ChangeCipherSpec that belongs to it.
    fn end_of_messages(&self) -> usize {
        let is_message = |row: &Row<'_>| {
            row.event.is_some_and(|event| matches!(&*event.kind, "message" | "change_cipher_spec"))
        };
        self.rows.iter().rposition(is_message).map_or(0, |at| at + 1)
    }
}

/// The first part of a name, such as `CN=alice`; a comma behind a backslash is one of the part's (RFC 4514).
fn first_part(name: &str) -> &str {
    let mut escaped = false;
    let end = name.find(|letter: char| {
        let is_end = letter == ',' && !escaped;
        escaped = letter == '\\' && !escaped;
        is_end
    });
    end.map_or(name, |end| &name[..end])
}

/// A message's name as the RFCs write it.
fn written(name: &str) -> String {
    match name {
        "certificate_url" => return "CertificateURL".to_owned(),
        "ekt_key" => return "EKTKey".to_owned(),
        _ => {}
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
        return name.to_owned();
    }
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}
