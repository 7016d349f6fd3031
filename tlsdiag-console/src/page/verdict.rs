//! The verdict: what happened in one sentence, how sure that is, and the facts beside it.

use maud::{Markup, html};
use tlsdiag_core::compare::facts_of;
use tlsdiag_core::report::text::milliseconds;
use tlsdiag_core::report::{FindingRecord, Record};

use super::clients::pill;
use super::facts::clock;
use crate::view::{Shown, State};

/// The title of a page about this handshake.
pub(super) fn title(record: &Record) -> String {
    let who = facts_of(record).into_iter().find(|(name, _)| *name == "peer");
    let who = who.map_or_else(String::new, |(_, peer)| format!(", {peer}"));
    format!("{} {}{who} · tlsdiag", State::of_record(record).glyph(), record.verdict())
}

/// The picture of a page in a list of pages: a sign that is told apart without its colour.
pub(super) fn icon(record: Option<&Record>) -> &'static str {
    macro_rules! icon {
        ($colour:literal, $path:literal) => {
            concat!(
                "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' \
                 fill='",
                $colour,
                "'/%3E%3Cpath d='",
                $path,
                "' stroke='white' stroke-width='2' fill='none' stroke-linecap='round'/%3E%3C/svg%3E"
            )
        };
    }
    match record.map(State::of_record) {
        Some(State::Failed) => icon!("%23b3261e", "M5 5l6 6m0-6l-6 6"),
        Some(State::Worked) => icon!("%23116b3a", "M4 8.5l3 3 5-7"),
        Some(State::Warned) => icon!("%237a5200", "M8 4v5m0 3v.1"),
        Some(State::Waiting) => icon!("%237a5200", "M4 8h.1M8 8h.1M12 8h.1"),
        Some(State::Noted) | None => icon!("%233d4a5c", "M8 5a3 3 0 1 0 .1 0z"),
    }
}

/// The finding that is the verdict; none of a healthy handshake, where there are notes alone, and of a failure that nothing explains.
fn first(record: &Record) -> Option<&FindingRecord> {
    record.diagnosis.findings.first().filter(|finding| record.verdict() != "ok" || !finding.is_note())
}

/// The findings that stand behind the verdict.
pub(super) fn others(record: &Record) -> &[FindingRecord] {
    &record.diagnosis.findings[usize::from(first(record).is_some())..]
}

pub(super) fn verdict(shown: Shown<'_>) -> Markup {
    let record = shown.record;
    let state = State::of_record(record);
    html! {
        section #verdict.card.verdict.(state.class()) aria-labelledby="verdict-title" {
            p.pills {
                (pill(state, record.verdict()))
                @if let Some(finding) = first(record) { " " span.pill { "confidence: " (finding.confidence) } }
                @if let Some(since) = since(shown) { " " (since) }
            }
            (sentence(record))
            (facts(record))
            (reservations(record))
        }
    }
}

fn sentence(record: &Record) -> Markup {
    html! {
        @match first(record) {
            Some(finding) => {
                h1 #verdict-title { (finding.summary) }
                @if !finding.explanation.is_empty() { p { (finding.explanation) } }
            },
            None if record.verdict() == "ok" => {
                h1 #verdict-title { "The handshake worked: " (record.outcome.replace('_', " ")) }
                @if let Some(fault) = record.let_pass() { p { (fault) } }
            },
            None => {
                h1 #verdict-title { "No rule knows this failure" }
                @if let Some(said) = record.last_words() { p { (said) } }
            },
        }
    }
}

/// What a later handshake of the client said of this one.
fn since(shown: Shown<'_>) -> Option<Markup> {
    let (_, later) = shown.beside?;
    let told = later.earlier.iter().find(|told| told.id == shown.record.id)?;
    let class = if told.became == "confirmed" { "ok" } else { "note" };
    Some(
        html! { a.pill.(class) href="#beside" { (told.became) " at " (clock(&later.time)) ": " (told.why) } },
    )
}

fn facts(record: &Record) -> Markup {
    let shown = [
        "outcome",
        "time",
        "peer",
        "library",
        "version",
        "cipher suite",
        "group",
        "server name",
        "ALPN",
        "resumed",
        "server signed",
        "client signed",
    ];
    html! {
        ul.facts {
            @for (name, value) in facts_of(record) {
                @if shown.contains(&name) { li { (name) " " b { (value) } } }
            }
            li { "took " b { (milliseconds(record.duration_us)) } }
            @if let Some(process) = &record.process {
                li { "process " b { @if let Some(name) = &process.name { (name) " " } (process.pid) } }
            }
        }
    }
}

/// What is not known of it, and of those beside it.
fn reservations(record: &Record) -> Markup {
    html! {
        @if record.missed_events > 0 { p.small { "Events that were not kept: " (record.missed_events) "." } }
        @if record.lost_before > 0 {
            p.small { "Handshakes of this program that left no record since the one before: " (record.lost_before) "." }
        }
        @if record.healthy_left_out { p.small { "Healthy handshakes are left out where this one was recorded." } }
    }
}
