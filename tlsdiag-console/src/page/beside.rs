//! Before and after: this handshake and another one of the same client, as `tlsdiag diff` compares them.

use maud::{Markup, html};
use tlsdiag_core::compare::{Difference, Fact, Row, diff};
use tlsdiag_core::report::Record;

use super::clients::glyph;
use super::facts::{clock, row};
use super::links::Links;
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
                table.beside {
                    thead {
                        tr {
                            th scope="col" { span.unseen { "what" } }
                            th scope="col" { (column("A", left, shown.number, links)) }
                            th scope="col" { (column("B", right, shown.number, links)) }
                        }
                    }
                    tbody {
                        @for fact in difference.facts.iter().filter(|fact| FIRST.contains(&fact.name)) { (told(fact)) }
                        @for one in &difference.differences { (differs(one)) }
                        @for fact in difference.facts.iter().filter(|fact| LAST.contains(&fact.name) && fact.left != fact.right) { (told(fact)) }
                    }
                }
            }
            (same(&difference))
        }
    }
}

/// The facts that stand first.
const FIRST: [&str; 2] = ["verdict", "outcome"];

/// Those that stand last, where they differ; the others have a row of their own where they do.
const LAST: [&str; 3] = ["recorded by", "peer", "time"];

/// What both have.
fn same(difference: &Difference) -> Markup {
    let facts: Vec<_> = difference.facts.iter().filter(|fact| fact.left == fact.right).collect();
    html! {
        @if !difference.same.is_empty() || !facts.is_empty() {
            details #beside-same {
                summary { "What is the same" }
                ul.facts {
                    @for fact in facts { li { (fact.name) " " b { (fact.left.as_deref().unwrap_or("-")) } } }
                }
                p { (difference.same.join(", ")) }
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
    let values = |values: &[String]| match values {
        [] => "-".to_owned(),
        some => row(some.iter().map(String::as_str), ", "),
    };
    html! {
        tr.hit[one.explains] {
            th scope="row" {
                (one.field)
                @if one.explains { " " b.bad { "this explains it" } }
                @if !one.both.is_empty() && !one.reordered { " " span.label { "both have " (one.both.len()) } }
            }
            @if one.reordered {
                td colspan="2" { "the same, in another order" }
            } @else {
                td { (values(&one.only_left)) }
                td { (values(&one.only_right)) }
            }
        }
    }
}

fn told(fact: &Fact) -> Markup {
    html! {
        tr {
            th scope="row" { (fact.name) }
            td { (fact.left.as_deref().unwrap_or("-")) }
            td { (fact.right.as_deref().unwrap_or("-")) }
        }
    }
}
