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

/// What one program is told.
struct Program<'a> {
    stack: &'a str,
    side: Option<&'a str>,
    lines: Vec<&'a Advice>,
}

impl Program<'_> {
    fn is_at_hand(&self) -> bool {
        self.lines.iter().any(|line| line.at_hand)
    }
}

/// The advice of the finding of this number on the page.
pub(super) fn advice(finding: &FindingRecord, number: usize) -> Markup {
    let foremost = finding.foremost_advice();
    html! {
        @for (at, group) in groups(&finding.advice).iter().enumerate() {
            @if let Some(sentence) = group.sentence { (said(sentence)) }
            @let (first, others) = group.lines.iter().partition(|line| foremost.iter().any(|one| std::ptr::eq(*one, **line)));
            (choice(&programs(first), &format!("{number}-{at}")))
            (rest(&programs(others), &format!("{number}-{at}")))
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
fn programs(lines: Vec<&Advice>) -> Vec<Program<'_>> {
    let mut programs: Vec<Program<'_>> = Vec::new();
    for line in lines {
        let side = line.side.as_deref();
        match programs.iter_mut().find(|program| program.stack == line.stack && program.side == side) {
            Some(program) => program.lines.push(line),
            None => programs.push(Program { stack: &line.stack, side, lines: vec![line] }),
        }
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
fn choice(programs: &[Program<'_>], id: &str) -> Markup {
    let checked = programs.iter().position(Program::is_at_hand).unwrap_or_default();
    html! {
        @if let [only] = programs {
            (told(only, &format!("{id}-0")))
        } @else if !programs.is_empty() {
            fieldset.tabs {
                legend.unseen { "Which program" }
                // A pane behind its label: what is read in that order makes sense, with styles and without.
                @for (at, program) in programs.iter().enumerate() {
                    input type="radio" name={ "program-" (id) } id={ "program-" (id) "-" (at) } value=(label(program))
                        checked[at == checked];
                    label for={ "program-" (id) "-" (at) } { (label(program)) }
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
                    h3.program { (label(program)) }
                    (told(program, &format!("{id}-other-{at}")))
                }
            }
        }
    }
}

/// A program, and which side it is where that is said.
fn label(program: &Program<'_>) -> String {
    match program.side {
        Some(side) => format!("{}, {side}", program.stack),
        None => program.stack.to_owned(),
    }
}

fn told(program: &Program<'_>, id: &str) -> Markup {
    html! {
        @for (at, line) in program.lines.iter().enumerate() {
            @let id = format!("line-{id}-{at}");
            @if let Some(place) = line.place_to_say() { p.small { (line.stack) ", " (place) ":" } }
            div.fix {
                pre id=(id) { code { (lines(&line.line)) } }
                button.copy type="button" data-copy=(id) { "Copy" span.unseen { " the line for " (label(program)) } }
            }
            @if let Some(note) = &line.note { p.small { "(" (note) ")" } }
        }
    }
}
