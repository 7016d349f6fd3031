//! The enumerations of the Python package: cause codes and outcomes, with core's own words.

use std::fmt::Write;

use tlsdiag_core::Cause;
use tlsdiag_core::handshake::OutcomeKind;

/// The text of `_catalogue.py`.
pub(crate) fn catalogue() -> String {
    let mut text = String::from(HEAD);
    for cause in Cause::all() {
        member(&mut text, cause.code());
        let _ = writeln!(text, "    \"\"\"{}\"\"\"", sentence(cause.meaning()));
    }
    text.push_str(OUTCOME);
    for outcome in OutcomeKind::ALL {
        member(&mut text, outcome.as_str());
    }
    text
}

fn member(text: &mut String, word: &str) {
    let _ = writeln!(text, "    {} = \"{word}\"", word.to_uppercase().replace('.', "_"));
}

fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

const HEAD: &str = r#"# Written by `make generated` from tlsdiag-core; do not edit.
# ruff: noqa: E501
"""Cause codes and outcomes as Python enumerations."""

from __future__ import annotations

from tlsdiag import _native
from tlsdiag._word import Word


class Cause(Word):
    """The root cause of a failed handshake, or of a warning on an established one.

    A stable, dotted code that equals its string. New codes may be added; none is renamed or reused.
    """

    @property
    def meaning(self) -> str:
        """One line that says what it means."""
        return _native.cause_meaning(self.value)

    @property
    def result_class(self) -> str:
        """The coarse class for metrics of low cardinality, as the gRPC proposal A118 names it."""
        return _native.cause_class(self.value)

    @property
    def is_diagnosed(self) -> bool:
        """Whether this version can name it as a root cause."""
        return _native.cause_is_diagnosed(self.value)

    @classmethod
    def _missing_(cls, value: object) -> Cause:
        nearest = _native.nearest_cause(str(value))
        raise ValueError(f"there is no cause {value!r}; the nearest is {nearest!r}")

"#;

const OUTCOME: &str = r#"

class Outcome(Word):
    """What became of a handshake; equals its string."""

"#;
