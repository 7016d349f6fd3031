//! The ladder as a table: whoever does not see the drawing has all of it, and nothing is cut off.

use maud::{Markup, html};
use tlsdiag_core::report::text::milliseconds;

use super::{Ladder, Row, Tone, Way};

pub(super) fn table(ladder: &Ladder<'_>) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="The table" {
            table {
                thead {
                    tr {
                        th scope="col" { "event" }
                        th scope="col" { "at" }
                        th scope="col" { "from" }
                        th scope="col" { "what" }
                        th scope="col" { "size" }
                    }
                }
                tbody { @for row in &ladder.rows { (line(row, ladder)) } }
            }
        }
    }
}

fn line(row: &Row<'_>, ladder: &Ladder<'_>) -> Markup {
    let class = match row.tone {
        Tone::Failed | Tone::Missing => Some("hit"),
        Tone::Plain | Tone::Asked | Tone::Awaited | Tone::Omitted => None,
    };
    html! {
        tr class=[class] {
            td { @if let Some(event) = row.event { "#" (event.event) } }
            td { @if let Some(event) = row.event { (milliseconds(event.time_us)) } }
            td { (from(row, ladder)) }
            td {
                (row.label)
                @if let Some(problem) = row.event.and_then(|event| event.problem.as_ref()) { ": " (problem) }
            }
            td { @if let Some(size) = row.event.and_then(|event| event.size) { (size) " bytes" } }
        }
    }
}

fn from(row: &Row<'_>, ladder: &Ladder<'_>) -> &'static str {
    match (row.way, row.tone) {
        (_, Tone::Omitted) => "",
        (Way::ToServer, _) => "client",
        (Way::ToClient, _) => "server",
        (Way::Here, _) if ladder.is_server() => "this server",
        (Way::Here, _) => "this client",
    }
}
