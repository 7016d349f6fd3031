//! Why a handshake ended as it did.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnose::{Cause, Diagnosis, Finding, ResultClass};

/// Why it ended as it did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct DiagnosisRecord {
    /// The code of the first finding; absent for a healthy handshake, where there are notes alone, and for a failure that nothing explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The coarse class of the outcome for metrics (gRPC proposal A118).
    pub result: String,
    /// Best first, notes last.
    #[serde(default)]
    pub findings: Vec<FindingRecord>,
}

/// One cause, with how we know and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct FindingRecord {
    /// The stable code.
    pub cause: String,
    /// `certain`, `likely` or `possible`.
    pub confidence: String,
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// Where it has to be mended: `client`, `server`, `network`, or `local`, the program that was recorded, before any handshake.
    pub side: String,
    /// One sentence.
    pub summary: String,
    /// Why, and what it means.
    #[serde(default)]
    pub explanation: String,
    /// What was seen.
    #[serde(default)]
    pub evidence: Vec<EvidenceRecord>,
    /// Causes that this side cannot tell from the one named.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Look-alikes that can be excluded.
    #[serde(default)]
    pub ruled_out: Vec<RuledOut>,
    /// What to write where, best first.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// Something seen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct EvidenceRecord {
    /// The number of the event it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u32>,
    /// What was looked at.
    pub field: String,
    /// What stood there.
    pub value: String,
}

/// A cause that cannot be told from the one named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Alternative {
    /// Its code.
    pub cause: String,
    /// What would tell.
    pub tell: String,
}

/// A look-alike that can be excluded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct RuledOut {
    /// Its code.
    pub cause: String,
    /// Why not.
    pub reason: String,
}

/// A remedy.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Advice {
    /// The program whose line it is, such as `nginx`, `postgresql` or `openssl.cnf`; `any` for a sentence.
    pub stack: String,
    /// The line to write, or a sentence.
    pub line: String,
    /// What it costs or where it goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// `client` or `server`: the side whose program takes this line; absent where either does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Where the line goes, such as `in main.cf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Whether it is for the program that recorded, or for the one at the other end where its ClientHello tells which that is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub at_hand: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !flag
}

pub(super) fn diagnosis(diagnosis: &Diagnosis) -> DiagnosisRecord {
    let class = match diagnosis.cause() {
        Some(cause) => cause.class(),
        None if diagnosis.outcome.kind.is_established() => ResultClass::Success,
        None => diagnosis.notes().next().map_or(ResultClass::UnknownFailure, |note| note.cause.class()),
    };
    DiagnosisRecord {
        cause: diagnosis.cause().map(|cause| cause.code().to_owned()),
        result: class.name().to_owned(),
        findings: diagnosis.findings.iter().map(finding).collect(),
    }
}

impl DiagnosisRecord {
    /// The verdict in one word on a handshake that ended so: see [`Record::verdict`](super::Record::verdict).
    #[must_use]
    pub fn verdict(&self, outcome: &str) -> &str {
        match &self.cause {
            Some(cause) => cause,
            None if outcome.starts_with("established") => "ok",
            None => self.notes().next().map_or("unexplained", |note| &note.cause),
        }
    }

    /// The findings that are notes: what happened, and is no failure.
    pub fn notes(&self) -> impl Iterator<Item = &FindingRecord> {
        self.findings.iter().filter(|finding| finding.is_note())
    }

    /// Whether there is something to mend: see [`Record::is_failure`](super::Record::is_failure).
    #[must_use]
    pub fn is_failure(&self, established: bool) -> bool {
        let serious = self.findings.iter().any(|finding| finding.severity == "error");
        serious || (!established && (self.cause.is_some() || self.notes().next().is_none()))
    }

    /// Whether there is nothing to mend: see [`Record::is_healthy`](super::Record::is_healthy).
    #[must_use]
    pub fn is_healthy(&self, outcome: &str) -> bool {
        let established = matches!(outcome, "established" | "established_unverified");
        established && self.findings.iter().all(FindingRecord::is_note)
    }

    /// Says these findings, of a handshake that was not established, in place of what was said.
    pub(in crate::report) fn name(&mut self, findings: Vec<FindingRecord>) {
        let first = findings.first().and_then(|first| Cause::from_code(&first.cause));
        self.cause = first.filter(|cause| !cause.is_note()).map(|cause| cause.code().to_owned());
        self.result = first.map_or(ResultClass::UnknownFailure, Cause::class).name().to_owned();
        self.findings = findings;
    }
}

impl FindingRecord {
    /// Whether it says what happened and is no failure.
    #[must_use]
    pub fn is_note(&self) -> bool {
        self.severity == "note"
    }
}

pub(in crate::report) fn finding(finding: &Finding) -> FindingRecord {
    FindingRecord {
        cause: finding.cause.code().to_owned(),
        confidence: finding.confidence.as_str().to_owned(),
        severity: finding.severity.as_str().to_owned(),
        side: finding.side.as_str().to_owned(),
        summary: finding.summary.clone(),
        explanation: finding.explanation.clone(),
        evidence: finding
            .evidence
            .iter()
            .map(|seen| EvidenceRecord {
                event: seen.event,
                field: seen.field.clone(),
                value: seen.value.clone(),
            })
            .collect(),
        alternatives: finding
            .alternatives
            .iter()
            .map(|other| Alternative { cause: other.cause.code().to_owned(), tell: other.tell.clone() })
            .collect(),
        ruled_out: finding
            .ruled_out
            .iter()
            .map(|other| RuledOut { cause: other.cause.code().to_owned(), reason: other.reason.clone() })
            .collect(),
        advice: finding
            .advice
            .iter()
            .map(|advice| Advice {
                stack: advice.stack.as_str().to_owned(),
                line: advice.line.clone(),
                note: advice.note.clone(),
                side: advice.side.map(|side| side.as_str().to_owned()),
                place: advice.place.clone(),
                at_hand: false,
            })
            .collect(),
    }
}
