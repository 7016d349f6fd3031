//! Before and after: this handshake and another one of the same client, as `tlsdiag diff` compares them.

use maud::{Markup, html};
use tlsdiag_core::compare::{Difference, Row, diff};
use tlsdiag_core::report::Record;

use super::clients::glyph;
use super::facts::{clock, row};
use super::shown::Links;
use crate::view::{Shown, State};

pub(super) fn beside(shown: Shown<'_>, (number, other): (u64, &Record), links: Links) -> Markup {
    let this = (shown.number, shown.record);
    let (left, right) = if number < shown.number { ((number, other), this) } else { (this, (number, other)) };
    let difference = diff(left.1, right.1);
    html! {
        section #beside.card aria-labelledby="beside-title" {
            h2 #beside-title { "The same client, before and after" }
            p.lead { (difference.summary) }
            div.scroll tabindex="0" role="group" aria-label="Before and after" {
                table {
                    thead {
                        tr {
                            th scope="col" { span.unseen { "what" } }
                            th scope="col" { (column("A", left, shown.number, links)) }
                            th scope="col" { (column("B", right, shown.number, links)) }
                        }
                    }
                    tbody {
                        @for one in &difference.differences { (differs(one)) }
                        (facts(&difference))
                    }
                }
            }
            @if !difference.same.is_empty() {
                details #beside-same {
                    summary { "What is the same" }
                    p { (difference.same.join(", ")) }
                }
            }
        }
    }
}

fn column(name: &str, (number, record): (u64, &Record), shown: u64, links: Links) -> Markup {
    let state = State::of_record(record);
    html! {
        (name) ": " (glyph(state)) " " (clock(&record.time)) " " span.unseen { (state.word()) " " }
        @if number == shown { "(this one)" }
        @else if links == Links::ToOthers { a href={ "/handshake/" (number) } { "#" (number) } }
        @else { "#" (number) }
    }
}

fn differs(one: &Row) -> Markup {
    let only = |values: &[String]| match values {
        [] if one.both.is_empty() => "none".to_owned(),
        [] => String::new(),
        some => row(some.iter().map(String::as_str), ", "),
    };
    html! {
        tr.hit[one.explains] {
            th scope="row" { (one.field) @if one.explains { " " b { "this explains it" } } }
            @if one.reordered {
                td colspan="2" { "the same, in another order" }
            } @else {
                @for values in [&one.only_left, &one.only_right] {
                    td {
                        @if !one.both.is_empty() && !values.is_empty() { "only here: " }
                        (only(values))
                        @if !one.both.is_empty() {
                            @if values.is_empty() { "nothing" } @else { ";" }
                            " beside " (one.both.len()) " that both have"
                        }
                    }
                }
            }
        }
    }
}

/// What either says of its handshake.
fn facts(difference: &Difference) -> Markup {
    html! {
        @for fact in &difference.facts {
            tr {
                th scope="row" { (fact.name) }
                @if fact.left == fact.right {
                    td colspan="2" { (fact.left.as_deref().unwrap_or("-")) }
                } @else {
                    td { (fact.left.as_deref().unwrap_or("-")) }
                    td { (fact.right.as_deref().unwrap_or("-")) }
                }
            }
        }
    }
}
