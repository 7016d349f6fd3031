//! The ladder as a drawing. It has no attribute `style`, which the policy forbids, and nothing in it takes the focus.

use maud::{Markup, html};
use tlsdiag_core::report::text::milliseconds;

use super::{Ladder, Row, Tone, Way};
use crate::page::inert::beginning;

/// Where the two ends stand, and how wide it all is.
const CLIENT: usize = 120;
const SERVER: usize = 500;
const WIDTH: usize = 660;

/// So many letters go between the two, on so many lines.
const LETTERS: usize = 46;
const LINES: usize = 3;

const HEAD: usize = 48;
const ROW: usize = 34;
const LINE: usize = 15;

/// A row with its place.
struct Placed<'a> {
    row: &'a Row<'a>,
    lines: Vec<String>,
    /// Of its arrow.
    y: usize,
}

impl Placed<'_> {
    fn height(&self) -> usize {
        ROW + LINE * (self.lines.len().saturating_sub(1))
    }
}

pub(super) fn drawing(ladder: &Ladder<'_>) -> Markup {
    let mut y = HEAD;
    let placed: Vec<_> = ladder
        .rows
        .iter()
        .map(|row| {
            let mut placed = Placed { row, lines: wrapped(&row.label), y };
            y += placed.height();
            placed.y = y - 10;
            placed
        })
        .collect();
    let height = y + 14;
    html! {
        svg.ladder role="img" aria-labelledby="ladder-title ladder-description" viewBox={ "0 0 " (WIDTH) " " (height) }
            xmlns="http://www.w3.org/2000/svg" {
            title #ladder-title { "The handshake as a ladder" }
            desc #ladder-description { (description(ladder)) }
            @for one in &placed { (band(one)) }
            line.life x1=(CLIENT) y1=(HEAD - 8) x2=(CLIENT) y2=(height) {}
            line.life x1=(SERVER) y1=(HEAD - 8) x2=(SERVER) y2=(height) {}
            (end(ladder, CLIENT, false))
            (end(ladder, SERVER, true))
            @for one in &placed { (drawn(one, ladder.is_server())) }
        }
    }
}

/// In a sentence or two; the table has all of it.
fn description(ladder: &Ladder<'_>) -> String {
    let (first, last) = (ladder.rows.first(), ladder.rows.last());
    let label = |row: Option<&Row<'_>>| row.map_or_else(String::new, |row| row.label.clone());
    let missing = ladder.rows.iter().find(|row| matches!(row.tone, Tone::Missing | Tone::Awaited));
    let missing = missing.map_or_else(String::new, |row| format!(" {}.", row.label));
    format!(
        "{} rows between the client and the server, from {} to {}.{missing} The table below has them all.",
        ladder.rows.len(),
        label(first),
        label(last)
    )
}

/// A side, with what is known of it.
fn end(ladder: &Ladder<'_>, x: usize, server: bool) -> Markup {
    let record = ladder.record;
    let is_here = server == ladder.is_server();
    let name = if server { "server" } else { "client" };
    let about = match (&record.peer, is_here) {
        (_, true) => record.library.clone(),
        (Some(peer), false) if peer.address.contains(':') => format!("[{}]:{}", peer.address, peer.port),
        (Some(peer), false) => format!("{}:{}", peer.address, peer.port),
        (None, false) => String::new(),
    };
    html! {
        text.end x=(x) y="16" text-anchor="middle" { @if is_here { "this " } (name) }
        text.soft x=(x) y="32" text-anchor="middle" { (beginning(&about, 34)) }
    }
}

/// What stands behind a row that matters.
fn band(one: &Placed<'_>) -> Markup {
    let class = match one.row.tone {
        Tone::Failed | Tone::Missing => "failed",
        Tone::Awaited => "awaited",
        Tone::Asked => "asked",
        Tone::Plain | Tone::Omitted => return html! {},
    };
    html! { rect.band.(class) x="0" y=(one.y + 10 - one.height()) width=(WIDTH) height=(one.height()) {} }
}

fn drawn(one: &Placed<'_>, is_server: bool) -> Markup {
    let row = one.row;
    let id = row.event.filter(|_| row.is_target).map(|event| format!("event-{}", event.event));
    let class = match row.tone {
        Tone::Failed => "failed",
        Tone::Missing => "failed missing",
        Tone::Awaited => "awaited missing",
        Tone::Omitted => "omitted",
        Tone::Plain | Tone::Asked => "",
    };
    let number = row.event.map_or_else(String::new, |event| format!("#{}", event.event));
    let size =
        row.event.and_then(|event| event.size).map_or_else(String::new, |size| format!(" · {size} bytes"));
    html! {
        g.row.(class) id=[id] {
            (arrow(one, is_server))
            (label(one, is_server))
            @match row.event {
                Some(event) => text.soft x="8" y=(one.y + 4) { (milliseconds(event.time_us)) },
                None if row.tone != Tone::Omitted => text.here x="8" y=(one.y + 4) { "here it ended" },
                None => {},
            }
            text.soft x=(SERVER + 14) y=(one.y + 4) { (number) (size) }
        }
    }
}

fn arrow(one: &Placed<'_>, is_server: bool) -> Markup {
    let y = one.y;
    let (from, to, back) = match one.row.way {
        Way::ToServer => (CLIENT, SERVER, SERVER - 9),
        Way::ToClient => (SERVER, CLIENT, CLIENT + 9),
        Way::Here if one.row.tone == Tone::Omitted => return html! {},
        Way::Here => {
            let x = if is_server { SERVER } else { CLIENT };
            return html! { circle.dot cx=(x) cy=(y - 4) r="3.5" {} };
        }
    };
    html! {
        line.arrow x1=(from) y1=(y) x2=(to) y2=(y) {}
        polygon.head points={ (back) "," (y - 5) " " (to) "," (y) " " (back) "," (y + 5) } {}
    }
}

/// The words above an arrow, or beside the end where something happened.
fn label(one: &Placed<'_>, is_server: bool) -> Markup {
    let is_here = one.row.way == Way::Here && one.row.tone != Tone::Omitted;
    let (x, anchor, above) = match (is_here, is_server) {
        (true, true) => (SERVER - 10, "end", 0),
        (true, false) => (CLIENT + 10, "start", 0),
        (false, _) => ((CLIENT + SERVER) / 2, "middle", 7),
    };
    let first = one.y - above - LINE * (one.lines.len().saturating_sub(1));
    html! {
        @for (at, line) in one.lines.iter().enumerate() {
            text.words x=(x) y=(first + LINE * at) text-anchor=(anchor) { (line) }
        }
    }
}

/// In lines; what is too long ends with an ellipsis.
fn wrapped(text: &str) -> Vec<String> {
    let text = beginning(text, LETTERS * LINES);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let line = lines.last().map_or(0, |line| line.chars().count());
            let needed = word.len() + usize::from(line > 0);
            let part = match line + needed <= LETTERS {
                true => std::mem::take(&mut word),
                false if line > 0 => {
                    lines.push(String::new());
                    continue;
                }
                false => word.drain(..LETTERS).collect(),
            };
            if let Some(last) = lines.last_mut() {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.extend(part);
            }
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            *last = beginning(&format!("{last} …"), LETTERS);
        }
    }
    lines
}
