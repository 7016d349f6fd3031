//! What was found, on stdout: a sentence, how we know, and the lines that make the change.

use std::io::{self, Write};
use std::process::ExitCode;

use tlsdiag_core::diagnose::{Advice, Cause, ServerSetting, server_lines};
use tlsdiag_core::report::Record;

use super::configuration::Configuration;
use super::log::Log;
use super::minimal::Minimal;
use super::offer::{Change, Dimension, How};
use super::search::{ENOUGH, Found};
use super::words::{short, whole};
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
        Found::FailsAtTimes { failed } => {
            lines.extend(fails_at_times(*failed));
            error::diagnosed()
        }
        Found::NeverConnected { times } => return Err(never_connected(*times, log)),
        Found::Changes { minimal, each } => {
            lines.push(format!("The client works when {}.", whole(&minimal.changes)));
            lines.push(proof(*each));
            lines.extend(smallest(minimal));
            lines.extend(verdict(log));
            lines.extend(fitting(&minimal.changes, log));
            lines.extend(programs(&configuration.settings(&minimal.changes)));
            lines.push("This proves what this client needs of what this server offered, and not why: whether its key, its library or its settings stand \
                        behind it, the verdict may say, or its own log.".to_owned());
            error::HEALTHY
        }
        Found::NotEachTime { changes, without_it_worked } => {
            lines.extend(not_each_time(&short(changes), *without_it_worked));
            error::diagnosed()
        }
        Found::Unproven(changes) => {
            lines.push(format!(
                "The client worked once, when {}; too few attempts were left to prove it.",
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
        FLAKY.to_owned(),
    ]
}

const FLAKY: &str = "Look for what differs from one attempt to the next: several servers behind one name, a cache, a timeout.";

/// What one is told that failed, and then worked as it was.
pub(super) fn fails_at_times(failed: usize) -> Vec<String> {
    let times = if failed == 1 { "once".to_owned() } else { format!("{failed} times") };
    vec![
        format!(
            "It does not fail each time, so there is no verdict: it failed {times} as it is, and then worked without any change."
        ),
        FLAKY.to_owned(),
    ]
}

/// The counts of the proof, and that word only where there are enough.
pub(super) fn proof(each: usize) -> String {
    let counts = format!("{each} of {each} failed without it, {each} of {each} worked with it");
    if each >= ENOUGH {
        format!("Proven back and forth: {counts}.")
    } else {
        format!(
            "Seen back and forth: {counts}. So few attempts are no proof where something fails at random."
        )
    }
}

fn never_connected(times: usize, log: &Log<Change>) -> Error {
    let often = match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    let again = if log.len() == 0 { "" } else { ", and it had connected before, so there is no verdict" };
    Error::new(format!(
        "the command ended {often} without connecting to this server{}{again}: see that it names {{host}} and {{port}}, or {{url}}",
        log.absent()
    ))
}

fn smallest(minimal: &Minimal<Change>) -> Option<String> {
    match (minimal.is_proven, minimal.changes.len()) {
        (true, 1) => None,
        (true, _) => Some("None of it can be left out.".to_owned()),
        (false, _) => Some(
            "There were too few attempts left to see whether less is enough: --attempts allows more."
                .to_owned(),
        ),
    }
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
    if let Some((count, ended)) = log.only_the_client() {
        lines.push(format!(
            "In {count} of them the handshake was established, and the client was not content: {ended}. What it misses is not in this server's offer."
        ));
    }
    lines
}

/// A cause that fits what was found, where the verdict names none: one handshake alone cannot tell.
fn fitting(changes: &[Change], log: &Log<Change>) -> Option<String> {
    let is_pss = |change: &&Change| {
        (change.dimension, change.how) == (Dimension::ClientSchemes, How::Without)
            && change.item.starts_with("rsa_pss_")
    };
    let mut others = changes.iter().filter(|change| !is_pss(change));
    let is_alone = others.all(|change| change.dimension == Dimension::Versions);
    let cause = Cause::SigalgSignerRefused;
    let has_verdict = log.verdict().and_then(Record::cause).is_some();
    let fits = changes.iter().any(|change| is_pss(&change)) && is_alone && !has_verdict;
    fits.then(|| {
        let code = cause.code();
        format!("What fits that: {code}, a signer (smart card, HSM, token) that refuses RSA-PSS; tlsdiag causes {code} says more.")
    })
}

/// The lines of each program, together.
fn programs(settings: &[ServerSetting]) -> Vec<String> {
    const COMMAND: &str = "openssl s_server …";
    let all: Vec<Advice> = settings.iter().flat_map(server_lines).collect();
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    for one in &all {
        if seen.contains(&one.stack) {
            continue;
        }
        seen.push(one.stack);
        let own: Vec<&Advice> = all.iter().filter(|advice| advice.stack == one.stack).collect();
        let place = one.place.as_deref().map(|place| format!(", {place}")).unwrap_or_default();
        lines.push(format!("{}{place}:", one.stack.as_str()));
        if one.line.starts_with(COMMAND) {
            let options: String = own.iter().map(|advice| advice.line.trim_start_matches(COMMAND)).collect();
            lines.push(format!("    {COMMAND}{options}"));
        } else {
            lines.extend(own.iter().flat_map(|advice| advice.line.lines()).map(|line| format!("    {line}")));
        }
        let notes = own.iter().filter_map(|advice| advice.note.as_deref());
        lines.extend(notes.map(|note| format!("    ({note})")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_of_one_program_stand_together() {
        let lines = programs(&[
            ServerSetting::ClientSchemes("RSA+SHA256".to_owned()),
            ServerSetting::Versions(vec!["TLSv1.2".to_owned()]),
        ]);
        assert!(lines.contains(
            &"    openssl s_server … -client_sigalgs RSA+SHA256 -min_protocol TLSv1.2 -max_protocol TLSv1.2".to_owned()
        ));
        let nginx = lines.iter().position(|line| line.starts_with("nginx")).expect("nginx");
        assert_eq!(lines[nginx + 1], "    ssl_conf_command ClientSignatureAlgorithms RSA+SHA256;");
        assert_eq!(lines[nginx + 2], "    ssl_protocols TLSv1.2;");
        assert_eq!(lines.iter().filter(|line| line.starts_with("apache")).count(), 1);
    }
}
