//! `tlsdiag causes`: the catalogue.

use std::io::{self, Write};
use std::process::ExitCode;

use tlsdiag_core::Cause;
use tlsdiag_core::report::catalogue as report;
use tlsdiag_core::report::text::Style;

use crate::args::{CausesArguments, Layout};
use crate::error::{self, Error};
use crate::screen;

/// Prints the catalogue, or one entry of it.
pub(crate) fn run(arguments: &CausesArguments, style: Style) -> Result<ExitCode, Error> {
    let page = match (&arguments.code, arguments.format) {
        (None, Layout::Text) => catalogue(screen::columns()),
        (None, Layout::Json) => Cause::all().map(json).collect(),
        (Some(code), Layout::Text) => report::text(known(code)?, style),
        (Some(code), Layout::Json) => json(known(code)?),
    };
    let mut out = io::stdout().lock();
    out.write_all(page.as_bytes()).and_then(|()| out.flush()).map_err(Error::output)?;
    Ok(error::HEALTHY)
}

fn json(cause: Cause) -> String {
    format!("{}\n", report::json(cause))
}

/// One line a cause; on a terminal that is too narrow for it, the meaning stands below.
fn catalogue(columns: Option<usize>) -> String {
    let mut table = screen::table(["CAUSE", "DIAGNOSED", "CLASS", "MEANING"]);
    for cause in Cause::all() {
        table.add_row([cause.code(), diagnosed(cause), cause.class().name(), cause.meaning()]);
    }
    let lines = screen::lines(&table);
    match columns {
        Some(columns) if lines.lines().any(|line| line.chars().count() > columns) => below(columns),
        _ => lines,
    }
}

fn below(columns: usize) -> String {
    let mut table = screen::table(["CAUSE", "DIAGNOSED", "CLASS"]);
    for cause in Cause::all() {
        table.add_row([cause.code(), diagnosed(cause), cause.class().name()]);
    }
    let layout = textwrap::Options::new(columns).initial_indent("    ").subsequent_indent("    ");
    let meanings = std::iter::once(String::new())
        .chain(Cause::all().map(|cause| textwrap::fill(cause.meaning(), &layout) + "\n"));
    screen::lines(&table).lines().zip(meanings).map(|(line, meaning)| format!("{line}\n{meaning}")).collect()
}

/// Whether this version can name it as a root cause.
fn diagnosed(cause: Cause) -> &'static str {
    if cause.is_diagnosed() { "yes" } else { "not yet" }
}

fn known(code: &str) -> Result<Cause, Error> {
    Cause::from_code(code).ok_or_else(|| {
        let likeness = |cause: &Cause| strsim::jaro_winkler(code, cause.code());
        match Cause::all().max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
            Some(nearest) => Error::new(format!(
                "there is no cause {code:?}; the nearest is {nearest}, and `tlsdiag causes` lists all"
            )),
            None => Error::new(format!("there is no cause {code:?}")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_meets_its_nearest_neighbour() {
        for (wrong, right) in [
            ("client_cert.mising", "client_cert.missing"),
            ("sigalg.signer-refused", "sigalg.signer_refused"),
            ("version.nooverlap", "version.no_overlap"),
        ] {
            let complaint = known(wrong).expect_err("a wrong code").to_string();
            assert!(complaint.contains(right), "{complaint}");
        }
    }

    #[test]
    fn the_catalogue_is_one_line_a_cause_where_there_is_room() {
        assert_eq!(catalogue(None).lines().count(), 1 + Cause::all().count());
        let narrow = catalogue(Some(80));
        assert!(narrow.lines().all(|line| line.chars().count() <= 85), "{narrow}");
        assert!(Cause::all().all(|cause| narrow.lines().any(|line| line.starts_with(cause.code()))));
    }
}
