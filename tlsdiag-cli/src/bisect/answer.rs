//! What was found, on stdout: a sentence, how we know, and the lines that make the change.

use std::io::{self, Write};
use std::process::ExitCode;

use tlsdiag_core::diagnose::{Advice, server_lines};

use super::configuration::Configuration;
use super::log::Log;
use super::minimal::Minimal;
use super::offer::Change;
use super::search::Found;
use super::words::whole;
use crate::error::{self, Error};
use crate::say::print_line;

pub(super) fn print(
    found: &Found<Change>,
    configuration: &Configuration,
    log: &Log<Change>,
) -> Result<ExitCode, Error> {
    let mut lines = Vec::new();
    let code = match found {
        Found::NothingFails => {
            lines.push("The client works at once: there is nothing to search for. What it fails with elsewhere has to be set by the options.".to_owned());
            error::HEALTHY
        }
        Found::Changes(minimal) => {
            lines.push(format!("The client works when {}.", whole(&minimal.changes)));
            lines.extend(proof(minimal, log));
            lines.extend(verdict(log));
            for setting in configuration.settings(&minimal.changes) {
                lines.extend(server_lines(&setting).iter().flat_map(advice));
            }
            lines.push("This proves what this client needs of what this server offered, and not why: whether its key, its library or its settings stand \
                        behind it, the verdict may say, or its own log.".to_owned());
            error::HEALTHY
        }
        Found::NotEachTime { changes, without_it_worked } => {
            lines.extend(not_each_time(&whole(changes), *without_it_worked));
            error::diagnosed()
        }
        Found::Unproven(changes) => {
            lines.push(format!(
                "The client worked once, when {}; there were no attempts left to prove it.",
                whole(changes)
            ));
            lines.push("More are allowed with --attempts.".to_owned());
            error::diagnosed()
        }
        Found::NothingHelps { all_tried } => {
            lines.extend(nothing(*all_tried, log));
            lines.extend(verdict(log));
            error::diagnosed()
        }
    };
    write(&lines).map(|()| code)
}

/// Lines with a break between them, each printed as one.
pub(super) fn write(lines: &[String]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    for line in lines {
        print_line!(&mut out, "{line}").map_err(Error::output)?;
    }
    out.flush().map_err(Error::output)
}

/// What a flaky peer is told.
pub(super) fn not_each_time(changes: &str, without_it_worked: bool) -> Vec<String> {
    let how = if without_it_worked {
        "once more without it, that worked as well"
    } else {
        "once more with it, that failed"
    };
    vec![
        format!("It does not fail each time, so there is no verdict: it worked when {changes}; {how}."),
        "Look for what differs from one attempt to the next: several servers behind one name, a cache, a timeout.".to_owned(),
    ]
}

fn proof(minimal: &Minimal<Change>, log: &Log<Change>) -> Vec<String> {
    let ((without, worked), (with, works)) = (log.tried(&[]), log.tried(&minimal.changes));
    let failed = without - worked;
    let mut lines = vec![format!(
        "Proven back and forth: without it {failed} of {without} attempts failed, with it {works} of {with} worked."
    )];
    match (minimal.is_proven, minimal.changes.len()) {
        (true, 1) => {}
        (true, _) => lines.push("None of it can be left out.".to_owned()),
        (false, _) => lines.push(
            "There were no attempts left to see whether less is enough: --attempts allows more.".to_owned(),
        ),
    }
    lines
}

/// What the record of a failure says, beside what was tried.
pub(super) fn verdict<C: Clone + PartialEq>(log: &Log<C>) -> Option<String> {
    log.verdict().map(|record| format!("The verdict on the handshake as it was: {}", record.one_line()))
}

fn nothing(all_tried: bool, log: &Log<Change>) -> Vec<String> {
    let count = log.len();
    let mut lines = vec![match all_tried {
        true => format!("Nothing that can be varied here helps: the client failed in all {count} attempts."),
        false => format!(
            "The client failed in all {count} attempts, and not everything was tried: --attempts allows more."
        ),
    }];
    if log.is_empty_of_records() {
        lines.push(
            "It never connected to this server: see that its command names {host} and {port}, or {url}."
                .to_owned(),
        );
    } else if let Some((count, ended)) = log.only_the_client() {
        lines.push(format!(
            "In {count} of them the handshake was established, and the client was not content: {ended}. What it misses is not in this server's offer."
        ));
    }
    lines
}

/// A program's line with the place where it goes.
fn advice(advice: &Advice) -> Vec<String> {
    let place = advice.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
    let mut lines = vec![format!("{}{place}:", advice.stack.as_str())];
    lines.extend(advice.line.lines().map(|line| format!("    {line}")));
    lines.extend(advice.note.iter().map(|note| format!("    ({note})")));
    lines
}
