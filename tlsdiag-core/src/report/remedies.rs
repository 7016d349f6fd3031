//! Which remedies a report shows, and how they stand on a page.

use super::page::Page;
use super::record::{Advice, FindingRecord};
use crate::diagnose::{self, Side};

/// Those that a short report names where it is not known which program is to be changed.
const BEST_KNOWN: &[&str] =
    &["any", "openssl", "openssl.cnf", "nginx", "apache", "python", "curl", "firefox"];

/// A remedy on a page.
#[derive(Clone, Copy)]
pub(crate) struct Remedy<'a> {
    stack: &'a str,
    line: &'a str,
    note: Option<&'a str>,
    /// Where the line goes, where that is said.
    place: Option<&'a str>,
}

impl<'a> Remedy<'a> {
    fn of(advice: &'a Advice) -> Self {
        Remedy {
            stack: &advice.stack,
            line: &advice.line,
            note: advice.note.as_deref(),
            place: advice.place.as_deref(),
        }
    }

    /// One of the catalogue's.
    pub(crate) fn known(advice: &'a diagnose::Advice) -> Self {
        Remedy {
            stack: advice.stack.as_str(),
            line: &advice.line,
            note: advice.note.as_deref(),
            place: advice.place.as_deref(),
        }
    }
}

/// The remedies of a finding: those for the program at hand alone where that is the one to change, else the best known beside it; all of
/// them in a full report.
pub(crate) fn shown(finding: &FindingRecord, full: bool) -> Vec<Remedy<'_>> {
    if full {
        return finding.advice.iter().map(Remedy::of).collect();
    }
    let remedies = finding.foremost_advice().into_iter().map(|one| match one.at_hand {
        true => Remedy::of(one),
        false => Remedy { place: None, ..Remedy::of(one) },
    });
    remedies.collect()
}

impl FindingRecord {
    /// The advice that a short report gives: that for the program at hand alone where that is the one to change, else for the best known
    /// beside it.
    #[must_use]
    pub fn foremost_advice(&self) -> Vec<&Advice> {
        let advice = self.advice.iter();
        // What shows how things are is for everybody: it goes into no program.
        let at_hand =
            |one: &&Advice| one.stack == "any" || one.at_hand && self.is_there(one) || is_command(one);
        if self.is_for_who_is_at_hand() {
            return advice.filter(at_hand).collect();
        }
        let known = |one: &&Advice| one.at_hand || BEST_KNOWN.contains(&one.stack.as_str());
        let there = |stack: &str| self.advice.iter().any(|one| one.stack == stack && self.is_there(one));
        advice.filter(known).filter(|one| one.at_hand || self.is_there(one) || !there(&one.stack)).collect()
    }

    /// Whether the program at hand is the one to change.
    fn is_for_who_is_at_hand(&self) -> bool {
        self.advice.iter().any(|one| one.at_hand && self.is_there(one))
    }

    fn is_there(&self, advice: &Advice) -> bool {
        // Before any handshake the program may be going to be either side.
        self.side == Side::Local.as_str() || advice.side.as_ref().is_none_or(|side| *side == self.side)
    }
}

/// A command that begins with its program's name says itself where it goes.
fn names_its_program(stack: &str, line: &str) -> bool {
    line.split_whitespace().next() == Some(stack)
}

impl Advice {
    /// Where the line goes, unless the line says so itself.
    #[must_use]
    pub fn place_to_say(&self) -> Option<&str> {
        self.place.as_deref().filter(|_| !names_its_program(&self.stack, &self.line))
    }
}

/// A command of OpenSSL's that looks at something, and is no program's setting.
fn is_command(advice: &Advice) -> bool {
    advice.stack == "openssl" && advice.place.is_none() && advice.side.is_none()
}

impl Page {
    /// Remedies, each with its stack, line and note. A note that several lines in a row have is written once, below them.
    pub(crate) fn remedies(&mut self, remedies: &[Remedy<'_>]) {
        let note_of = |at: usize| remedies.get(at).and_then(|one| one.note.filter(|_| one.stack != "any"));
        for (at, &one) in remedies.iter().enumerate() {
            let shared = note_of(at);
            let is_followed = remedies.get(at + 1).is_some_and(|next| next.stack != "any");
            if shared.is_some() && shared == note_of(at + 1) {
                self.remedy(Remedy { note: None, ..one }, is_followed);
            } else if let (Some(shared), true) = (shared, at > 0 && shared == note_of(at - 1)) {
                let note = format!("each of these: {shared}");
                self.remedy(Remedy { note: Some(&note), ..one }, is_followed);
            } else {
                self.remedy(one, is_followed);
            }
        }
    }

    /// A remedy: a sentence, or a line for one kind of software.
    fn remedy(&mut self, remedy: Remedy<'_>, is_followed: bool) {
        let Remedy { stack, line, note, place } = remedy;
        if stack == "any" {
            // Nothing comes where what it leads to is for other programs.
            self.item(if is_followed { line } else { line.trim_end_matches(':') });
        } else {
            let place = place.filter(|_| !names_its_program(stack, line));
            if let Some(place) = place {
                self.paragraph("      ", &format!("{stack}, {place}:"));
            }
            // A line to be copied is never wrapped.
            for (at, line) in line.lines().enumerate() {
                let stack = if at == 0 && place.is_none() { stack } else { "" };
                self.line(&format!("      {stack:<12} {line}"));
            }
        }
        if let Some(note) = note {
            self.paragraph("                   ", &format!("({note})"));
        }
    }
}
