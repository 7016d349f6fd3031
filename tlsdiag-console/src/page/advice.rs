//! What to do: sentences, and lines for programs to be copied.
//!
//! A sentence leads to the lines behind it. Of those, the programs that a short report would name are a choice of one; the others are
//! folded away.

use maud::{Markup, html};
use tlsdiag_core::report::{Advice, FindingRecord};

use super::inert::lines;

/// A sentence with the lines that it leads to.
struct Group<'a> {
    sentence: Option<&'a Advice>,
    lines: Vec<&'a Advice>,
}

impl Group<'_> {
    /// The side that takes all its lines, if one does.
    fn side(&self) -> Option<&str> {
        let first = self.lines.first()?.side.as_deref();
        first.filter(|_| self.lines.iter().all(|line| line.side.as_deref() == first))
    }
}

/// What one program is told.
struct Program<'a> {
    stack: &'a str,
    side: Option<&'a str>,
    lines: Vec<&'a Advice>,
    /// Its name, and its side where the others' is another.
    label: String,
}

/// The advice of the finding of this number on the page.
pub(super) fn advice(finding: &FindingRecord, number: usize) -> Markup {
    let foremost = finding.foremost_advice();
    let is_foremost = |line: &&Advice| foremost.iter().any(|one| std::ptr::eq(*one, *line));
    html! {
        @for (at, group) in groups(&finding.advice).iter().enumerate() {
            @let id = format!("{number}-{at}");
            @let (first, others) = group.lines.iter().copied().partition(|line| is_foremost(line));
            @if let Some(sentence) = group.sentence { (said(sentence)) }
            (choice(&programs(first, group.side()), &id, group.side()))
            (rest(&programs(others, group.side()), &id))
        }
    }
}

fn groups(advice: &[Advice]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for one in advice {
        match groups.last_mut() {
            _ if one.stack == "any" => groups.push(Group { sentence: Some(one), lines: Vec::new() }),
            Some(group) => group.lines.push(one),
            None => groups.push(Group { sentence: None, lines: vec![one] }),
        }
    }
    groups
}

/// By program and side, in the order in which they come.
fn programs<'a>(lines: Vec<&'a Advice>, side_of_all: Option<&str>) -> Vec<Program<'a>> {
    let mut programs: Vec<Program<'_>> = Vec::new();
    for line in lines {
        let (stack, side) = (line.stack.as_str(), line.side.as_deref());
        if let Some(program) =
            programs.iter_mut().find(|program| (program.stack, program.side) == (stack, side))
        {
            program.lines.push(line);
            continue;
        }
        let label = match side.filter(|_| side_of_all.is_none()) {
            Some(side) => format!("{stack}, {side}"),
            None => stack.to_owned(),
        };
        programs.push(Program { stack, side, lines: vec![line], label });
    }
    programs
}

fn said(sentence: &Advice) -> Markup {
    html! {
        p.lead { (sentence.line) }
        @if let Some(note) = &sentence.note { p.small { "(" (note) ")" } }
    }
}

/// One of several programs, to be chosen; nothing to choose where there is one.
fn choice(programs: &[Program<'_>], id: &str, side: Option<&str>) -> Markup {
    let is_at_hand = |program: &Program<'_>| program.lines.iter().any(|line| line.at_hand);
    let checked = programs.iter().position(is_at_hand).unwrap_or_default();
    html! {
        @if let [only] = programs {
            @if !only.lines.iter().any(|line| names_itself(line)) { p.small { (only.label) ":" } }
            (told(only, &format!("{id}-0")))
        } @else if !programs.is_empty() {
            fieldset.tabs {
                legend.small { "Which program" @if let Some(side) = side { ", at the " (side) } "?" }
                // A pane behind its label: what is read in that order makes sense, with styles and without.
                @for (at, program) in programs.iter().enumerate() {
                    input type="radio" name={ "program-" (id) } id={ "program-" (id) "-" (at) } value=(program.stack)
                        checked[at == checked];
                    label for={ "program-" (id) "-" (at) } { (program.label) }
                    div.pane { (told(program, &format!("{id}-{at}"))) }
                }
            }
        }
    }
}

fn rest(programs: &[Program<'_>], id: &str) -> Markup {
    html! {
        @if !programs.is_empty() {
            details id={ "others-" (id) } {
                summary {
                    (programs.len()) @if programs.len() == 1 { " other program" } @else { " other programs" }
                }
                @for (at, program) in programs.iter().enumerate() {
                    h3.program { (program.label) }
                    (told(program, &format!("{id}-other-{at}")))
                }
            }
        }
    }
}

/// Whether a line says for which program it is, or what stands above it does.
fn names_itself(line: &Advice) -> bool {
    line.place_to_say().is_some() || line.line.split_whitespace().next() == Some(&line.stack)
}

fn told(program: &Program<'_>, id: &str) -> Markup {
    html! {
        @for (at, line) in program.lines.iter().enumerate() {
            @let id = format!("line-{id}-{at}");
            @if let Some(place) = line.place_to_say() { p.small { (line.stack) ", " (place) ":" } }
            div.fix {
                pre id=(id) { code { (lines(&line.line)) } }
                button.copy type="button" data-copy=(id) { "Copy" span.unseen { " the line for " (program.label) } }
            }
            @if let Some(note) = &line.note { p.small { "(" (note) ")" } }
        }
    }
}
