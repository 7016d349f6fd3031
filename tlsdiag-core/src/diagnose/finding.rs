//! What a rule has to say: the cause, how sure we are, how we know, and what to write where.

use std::fmt;

use super::{Cause, Stack};
use crate::event::Role;

/// One root cause, with everything that a reader needs to believe and mend it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The root cause.
    pub cause: Cause,
    /// How sure we are.
    pub confidence: Confidence,
    /// Error, a warning on a handshake that was established, or a note.
    pub severity: Severity,
    /// Where it has to be mended.
    pub side: Side,
    /// One sentence: what happened.
    pub summary: String,
    /// A few sentences: why, and what that means.
    pub explanation: String,
    /// What was seen, by event number.
    pub evidence: Vec<Evidence>,
    /// Causes that this side cannot tell from the one named, with what would tell.
    pub alternatives: Vec<Alternative>,
    /// Look-alikes that can be excluded, with the reason.
    pub ruled_out: Vec<RuledOut>,
    /// What to write where, best first.
    pub advice: Vec<Advice>,
}

/// How sure a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// One of several explanations that fit.
    Possible,
    /// The best explanation by far; others are named beside it.
    Likely,
    /// This side holds proof.
    Certain,
}

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// What happened, and is no failure: it changes no verdict.
    Note,
    /// The handshake was established all the same.
    Warning,
    /// It failed, or passed unverified.
    Error,
}

/// Where a fault lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Side {
    Client,
    Server,
    Network,
    /// The program that was recorded, whichever side it is going to be.
    Local,
}

/// Something seen, that supports a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// The number of the event it was read from.
    pub event: Option<u32>,
    /// What was looked at, such as `CertificateRequest.signature_algorithms`.
    pub field: String,
    /// What stood there.
    pub value: String,
}

/// A cause that this side cannot tell from the one named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Alternative {
    /// The other cause.
    pub cause: Cause,
    /// What would tell them apart.
    pub tell: String,
}

/// A look-alike that can be excluded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuledOut {
    /// The look-alike.
    pub cause: Cause,
    /// Why it is not that.
    pub reason: String,
}

/// A remedy for one kind of software.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// Which software it is for.
    pub stack: Stack,
    /// The line to write or the command to run, verbatim; or a sentence where there is no such line.
    pub line: String,
    /// What it does or costs, where that needs saying.
    pub note: Option<String>,
    /// The side whose program it is for; `None` for either, or where it is no line.
    pub side: Option<Side>,
    /// Where it goes, such as `in main.cf`.
    pub place: Option<String>,
}

impl Confidence {
    /// `certain`, `likely` or `possible`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Possible => "possible",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
    }
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl Side {
    /// `client`, `server`, `network` or `local`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
            Side::Network => "network",
            Side::Local => "local",
        }
    }
}

impl From<Role> for Side {
    fn from(role: Role) -> Side {
        match role {
            Role::Client => Side::Client,
            Role::Server => Side::Server,
        }
    }
}

impl Finding {
    /// A finding of severity error, or a note where the code is one's, with nothing but its sentence; the rest is added by the methods
    /// below.
    #[must_use]
    pub fn new(
        cause: Cause,
        confidence: Confidence,
        side: impl Into<Side>,
        summary: impl Into<String>,
    ) -> Self {
        Finding {
            cause,
            confidence,
            severity: if cause.is_note() { Severity::Note } else { Severity::Error },
            side: side.into(),
            summary: summary.into(),
            explanation: String::new(),
            evidence: Vec::new(),
            alternatives: Vec::new(),
            ruled_out: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Adds the explanation.
    #[must_use]
    pub fn explain(mut self, explanation: impl Into<String>) -> Self {
        self.explanation = explanation.into();
        self
    }

    /// Adds a piece of evidence.
    #[must_use]
    pub fn see(
        mut self,
        event: impl Into<Option<u32>>,
        field: impl Into<String>,
        value: impl fmt::Display,
    ) -> Self {
        self.evidence.push(Evidence { event: event.into(), field: field.into(), value: value.to_string() });
        self
    }

    /// Adds a cause that cannot be told apart from here.
    #[must_use]
    pub fn or(mut self, cause: Cause, tell: impl Into<String>) -> Self {
        self.alternatives.push(Alternative { cause, tell: tell.into() });
        self
    }

    /// Adds a look-alike that is excluded.
    #[must_use]
    pub fn not(mut self, cause: Cause, reason: impl Into<String>) -> Self {
        self.ruled_out.push(RuledOut { cause, reason: reason.into() });
        self
    }

    /// Takes another reading of the same failure as an alternative, unless this one is proved or has spoken about it already.
    pub(super) fn absorb(&mut self, other: Finding) {
        let known = self.cause == other.cause
            || self.alternatives.iter().any(|one| one.cause == other.cause)
            || self.ruled_out.iter().any(|one| one.cause == other.cause);
        if self.confidence < Confidence::Certain && !known {
            let tell = "it fits what was seen here as well; the other side's own record or log tells";
            self.alternatives.push(Alternative { cause: other.cause, tell: tell.to_owned() });
        }
    }

    /// Adds what a function adds: the advice that causes share.
    #[must_use]
    pub fn with(self, add: impl FnOnce(Finding) -> Finding) -> Self {
        add(self)
    }

    /// Adds a remedy.
    #[must_use]
    pub fn advise(mut self, stack: Stack, line: impl Into<String>) -> Self {
        self.advice.push(Advice { stack, line: line.into(), note: None, side: None, place: None });
        self
    }

    /// Says for which side's program the remedy just added is.
    #[must_use]
    pub fn for_side(mut self, side: impl Into<Side>) -> Self {
        if let Some(advice) = self.advice.last_mut() {
            advice.side = Some(side.into());
        }
        self
    }

    /// Adds a note to the remedy just added.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        if let Some(advice) = self.advice.last_mut() {
            advice.note = Some(note.into());
        }
        self
    }
}
