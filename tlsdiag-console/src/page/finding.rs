//! A finding: what to do, how we know, what it could also be and what it is not.

use maud::{Markup, html};
use tlsdiag_core::report::{EvidenceRecord, FindingRecord};

use super::advice;
use super::ladder::Ladder;

/// The verdict's own; its sentence stands above.
pub(super) fn first(finding: &FindingRecord, ladder: &Ladder<'_>) -> Markup {
    html! {
        div.two {
            @if !finding.advice.is_empty() {
                section.card aria-labelledby="do-title-0" { h2 #do-title-0 { "What to do" } (advice::advice(finding, 0)) }
            }
            @if has_grounds(finding) { section.card { (grounds(finding, ladder, |text| html! { h2 { (text) } })) } }
        }
    }
}

/// One that stands behind it.
pub(super) fn also(finding: &FindingRecord, number: usize, ladder: &Ladder<'_>) -> Markup {
    html! {
        section.card aria-labelledby={ "also-title-" (number) } {
            h2 id={ "also-title-" (number) } { "Also" }
            p { b { (finding.cause) } " (" (finding.confidence) ")" }
            p.lead { (finding.summary) }
            @if !finding.explanation.is_empty() { p { (finding.explanation) } }
            div.two {
                @if !finding.advice.is_empty() { div { h3 { "What to do" } (advice::advice(finding, number)) } }
                @if has_grounds(finding) { div { (grounds(finding, ladder, |text| html! { h3 { (text) } })) } }
            }
        }
    }
}

fn has_grounds(finding: &FindingRecord) -> bool {
    !(finding.evidence.is_empty() && finding.alternatives.is_empty() && finding.ruled_out.is_empty())
}

fn grounds(finding: &FindingRecord, ladder: &Ladder<'_>, heading: impl Fn(&str) -> Markup) -> Markup {
    html! {
        @if !finding.evidence.is_empty() {
            (heading("How we know"))
            ul.evidence { @for seen in &finding.evidence { li { (evidence(seen, ladder)) } } }
        }
        @if !finding.alternatives.is_empty() {
            (heading("It could also be"))
            ul.evidence { @for other in &finding.alternatives { li { b { (other.cause) } ": " (other.tell) } } }
        }
        @if !finding.ruled_out.is_empty() {
            (heading("It is not"))
            ul.evidence { @for other in &finding.ruled_out { li { b { (other.cause) } ": " (other.reason) } } }
        }
    }
}

/// What was seen, with the way to where it stands in the ladder.
fn evidence(seen: &EvidenceRecord, ladder: &Ladder<'_>) -> Markup {
    html! {
        @if let Some(event) = seen.event {
            @if ladder.shows(event) { a href={ "#event-" (event) } { "#" (event) } } @else { "#" (event) }
            " "
        }
        b { (seen.field) } ": " (seen.value)
    }
}
