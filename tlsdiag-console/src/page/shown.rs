//! The handshake that a page is about: its sections, in the order of reading.

use maud::{Markup, html};

use super::ladder::Ladder;
use super::links::Links;
use super::{beside, chains, finding, json, offers, schemes, verdict};
use crate::view::Shown;

pub(super) fn shown(shown: Shown<'_>, links: Links) -> Markup {
    let record = shown.record;
    let ladder = Ladder::of(record);
    let others = verdict::others(record);
    let first = &record.diagnosis.findings[..record.diagnosis.findings.len() - others.len()];
    html! {
        (verdict::verdict(shown))
        @for finding in first { (finding::first(finding, &ladder)) }
        @for (at, finding) in others.iter().enumerate() { (finding::also(finding, at + 1, &ladder)) }
        (earlier(shown))
        (ladder.show())
        (schemes::schemes(shown))
        (offers::offers(record))
        (chains::chains(record))
        @if let Some(other) = shown.beside { (beside::beside(shown, other, links)) }
        (json::record(shown, links))
    }
}

/// What became of what was suspected of earlier handshakes of the client.
fn earlier(shown: Shown<'_>) -> Markup {
    let earlier = &shown.record.earlier;
    let number = |id: &str| shown.beside.filter(|(_, other)| other.id == id).map(|(number, _)| number);
    html! {
        @if !earlier.is_empty() {
            section.card aria-labelledby="became-title" {
                h2 #became-title { "What it says of the client's earlier connections" }
                ul.evidence {
                    @for told in earlier {
                        li {
                            (told.id)
                            @if let Some(number) = number(&told.id) { " (" a href="#beside" { "#" (number) } ")" }
                            ": " b { (told.cause) " " (told.became) } ": " (told.why)
                        }
                    }
                }
            }
        }
    }
}
