//! How a handshake ended, as a glyph, a word and a colour.

use tlsdiag_core::report::Record;

use crate::view::State;

impl State {
    /// How this handshake ended.
    #[must_use]
    pub fn of_record(record: &Record) -> State {
        let verdict = record.verdict();
        if record.is_failure() {
            State::Failed
        } else if record.cause().is_some() {
            State::Warned
        } else if verdict == "ok" {
            State::Worked
        } else if verdict == "note.awaits_user" {
            State::Waiting
        } else {
            State::Noted
        }
    }

    /// The sign that stands for it.
    #[must_use]
    pub fn glyph(self) -> &'static str {
        match self {
            State::Worked => "✓",
            State::Warned => "!",
            State::Failed => "✕",
            State::Waiting => "…",
            State::Noted => "○",
        }
    }

    /// The word that stands for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Worked => "worked",
            State::Warned => "worked, with a warning",
            State::Failed => "failed",
            State::Waiting => "no answer",
            State::Noted => "ended, no failure",
        }
    }

    /// The class that gives it its colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            State::Worked => "ok",
            State::Warned => "warn",
            State::Failed => "bad",
            State::Waiting => "wait",
            State::Noted => "note",
        }
    }

    /// All of them, in the order of a legend.
    pub(super) const ALL: [State; 5] =
        [State::Worked, State::Warned, State::Failed, State::Waiting, State::Noted];
}
