//! Small facts: times, and lists of names.

use maud::{Markup, html};
use tlsdiag_core::report::Code;

/// The time of day of an RFC 3339 time, to the second; the whole text where it is none.
pub(super) fn clock(time: &str) -> &str {
    match time.get(11..19) {
        Some(clock) if moment(time).is_some() => clock,
        _ => time,
    }
}

/// The day of an RFC 3339 time; the whole text where it is none.
pub(super) fn day(time: &str) -> &str {
    match time.get(..10) {
        Some(day) if moment(time).is_some() => day,
        _ => time,
    }
}

/// Seconds since 1970 of an RFC 3339 time.
pub(super) fn moment(time: &str) -> Option<i64> {
    time.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

/// A length of time in the unit that says it best.
pub(super) fn length(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// So many of a list are shown; a record may be made to have any number.
const MOST: usize = 200;

/// Names of code points in a row; those that stand out are.
pub(super) fn names(codes: &[Code], stands_out: impl Fn(&Code) -> bool) -> Markup {
    html! {
        @for (at, code) in codes.iter().take(MOST).enumerate() {
            @if at > 0 { ", " }
            @if stands_out(code) { b { (code.name) } } @else { (code.name) }
        }
        @if codes.len() > MOST { ", and " (codes.len() - MOST) " more" }
    }
}

/// Texts in a row, with something between them.
pub(super) fn row<'a>(texts: impl ExactSizeIterator<Item = &'a str>, between: &str) -> String {
    let more = texts.len().saturating_sub(MOST);
    let mut row = texts.take(MOST).collect::<Vec<_>>().join(between);
    if more > 0 {
        row.push_str(&format!("{between}and {more} more"));
    }
    row
}
