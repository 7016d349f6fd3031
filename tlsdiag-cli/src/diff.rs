//! `tlsdiag diff`: two recorded handshakes side by side.

use std::io::{self, Write};
use std::process::ExitCode;

use tlsdiag_core::compare;
use tlsdiag_core::report::text::Style;

use crate::args::{DiffArguments, Layout};
use crate::error::{self, Error};
use crate::records::{self, Placed, Source, is_failure};
use crate::say::{print_json, print_line};

/// Compares two records; the exit code says whether one of them failed.
pub(crate) fn run(arguments: &DiffArguments, style: Style) -> Result<ExitCode, Error> {
    let first = Source::parse(&arguments.first)?;
    let second = arguments.second.as_deref().map(Source::parse).transpose()?;
    let mut complaints = 0;
    let (a, b) = match second {
        Some(second) if second != first || first.line.is_some() => two(&first, &second, &mut complaints)?,
        _ => one(&first, &mut complaints)?,
    };
    let difference = compare::diff(&a.placed.record, &b.placed.record);
    let mut out = io::stdout().lock();
    match arguments.format {
        Layout::Text => {
            let print = |out: &mut io::StdoutLock<'_>| {
                print_line!(out, "A  {}{}", a.placed, a.why)?;
                print_line!(out, "B  {}{}", b.placed, b.why)?;
                print_line!(out)?;
                difference.write(out, style)
            };
            print(&mut out).map_err(Error::output)?;
        }
        Layout::Json => {
            let mut json = serde_json::to_value(&difference).map_err(|cause| Error::output(cause.into()))?;
            json["schema"] = "tlsdiag.diff/1".into();
            for (name, chosen) in [("a", &a), ("b", &b)] {
                json[name]["file"] = chosen.placed.file.clone().into();
                json[name]["line"] = chosen.placed.line.into();
            }
            print_json(&mut out, &json)?;
        }
    }
    out.flush().map_err(Error::output)?;
    Ok(match complaints {
        0 if !is_failure(&a.placed.record) && !is_failure(&b.placed.record) => error::HEALTHY,
        0 => error::diagnosed(),
        _ => error::trouble(),
    })
}

/// A record, and why it is this one if there was a choice.
struct Chosen {
    placed: Placed,
    why: String,
}

/// The last record of each file or the one that is named, of the same side if there is one.
fn two(first: &Source, second: &Source, complaints: &mut u64) -> Result<(Chosen, Chosen), Error> {
    if first.path == second.path && first.path.as_os_str() == "-" {
        return Err(Error::new(
            "stdin can be read once: name one record of each of two files, or `tlsdiag diff -`",
        ));
    }
    // The last one of either side.
    let keep = |kept: &mut Vec<Placed>, placed: Placed| {
        kept.retain(|other| other.record.role != placed.record.role);
        kept.push(placed);
    };
    let (mut these, all_these) = records::collect(first, complaints, keep)?;
    let (mut those, all_those) = records::collect(second, complaints, keep)?;
    let a = these.pop().ok_or(Error::Told)?;
    let alike = those.iter().rposition(|other| other.record.role == a.record.role);
    let b = match alike {
        Some(alike) => those.swap_remove(alike),
        None => those.pop().ok_or(Error::Told)?,
    };
    let why = |source: &Source, placed: &Placed, all: usize, alone: bool| match (source.line, all) {
        (Some(_), _) | (None, 0 | 1) => String::new(),
        _ if alone => format!(", the last of {all}; {}:LINE names another", source.name()),
        _ => format!(", the last {}'s of {all}; {}:LINE names another", placed.record.role, source.name()),
    };
    let whys = (why(first, &a, all_these, true), why(second, &b, all_those, those.is_empty()));
    Ok((Chosen { placed: a, why: whys.0 }, Chosen { placed: b, why: whys.1 }))
}

/// Of one file: the last handshake that failed, and the last one of the same side that did not.
fn one(source: &Source, complaints: &mut u64) -> Result<(Chosen, Chosen), Error> {
    if source.line.is_some() {
        return Err(Error::new("one record has nothing to differ from: name a second FILE or FILE:LINE"));
    }
    let kind = |placed: &Placed| {
        let record = &placed.record;
        (is_failure(record), record.tls.established, record.role.clone())
    };
    let (mut kept, all) = records::collect(source, complaints, |kept, placed| {
        kept.retain(|other| kind(other) != kind(&placed));
        kept.push(placed);
    })?;
    if all == 0 {
        return Err(Error::Told);
    }
    let name = source.name();
    let Some(failing) = kept.iter().rposition(|placed| is_failure(&placed.record)) else {
        return Err(Error::new(format!(
            "no handshake of {name} failed: name two of its lines, such as {name}:1 {name}:2"
        )));
    };
    let failing = kept.remove(failing);
    let role = failing.record.role.clone();
    let went_well = |placed: &Placed| placed.record.tls.established && !is_failure(&placed.record);
    let working = kept.into_iter().rfind(|placed| went_well(placed) && placed.record.role == role);
    let Some(working) = working else {
        return Err(Error::new(format!(
            "no handshake of {name} that the {role} recorded went well: name a second file, or two of its lines, such as \
             {name}:1 {name}:2"
        )));
    };
    Ok((
        Chosen { placed: failing, why: format!(", the last that failed, of {all}") },
        Chosen { placed: working, why: format!(", the last that went well, of {all}") },
    ))
}
