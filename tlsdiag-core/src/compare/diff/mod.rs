//! What differs between two handshakes, and which difference explains that one worked.

mod deciding;
mod facts;
mod fields;
mod text;

use serde::Serialize;

use super::End;
use crate::report::Record;
pub use facts::facts_of;
use fields::{Field, FieldName, fields};

/// How two records differ. As JSON it is what `tlsdiag diff --format json` prints, `a` and `b` for left and right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The first.
    #[serde(rename = "a")]
    pub left: End,
    /// The second.
    #[serde(rename = "b")]
    pub right: End,
    /// How the two ended, and what explains it if anything does: a sentence or two.
    pub summary: String,
    /// The difference that explains the outcome; `None` where both ended alike, or no difference explains it.
    pub explanation: Option<Explanation>,
    /// What either says of its handshake, side by side.
    pub facts: Vec<Fact>,
    /// The fields that differ, in the order of the handshake; those that explain the outcome first.
    pub differences: Vec<Row>,
    /// The names of the fields that both have, with the same values.
    pub same: Vec<&'static str>,
}

/// The difference that explains why one handshake failed and the other did not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The code of the cause that one of the two has.
    pub cause: String,
    /// `None` for the time.
    #[serde(skip)]
    name: Option<FieldName>,
    /// The message and field, such as `CertificateRequest.signature_algorithms`.
    pub field: &'static str,
    /// The values that matter and stand only in the handshake that failed.
    pub only_failing: Vec<String>,
    /// The values that matter and stand only in the one that worked.
    pub only_working: Vec<String>,
    /// In one sentence.
    pub sentence: String,
}

/// One fact of both handshakes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Fact {
    /// What it is, such as `cipher suite`.
    pub name: &'static str,
    /// Of the first.
    #[serde(rename = "a")]
    pub left: Option<String>,
    /// Of the second.
    #[serde(rename = "b")]
    pub right: Option<String>,
}

/// A field that differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct Row {
    #[serde(skip)]
    name: FieldName,
    /// The message and field, such as `CertificateRequest.signature_algorithms`.
    pub field: &'static str,
    /// What the first has and the second lacks.
    #[serde(rename = "only_a")]
    pub only_left: Vec<String>,
    /// What the second has and the first lacks.
    #[serde(rename = "only_b")]
    pub only_right: Vec<String>,
    /// What both have.
    pub both: Vec<String>,
    /// Both have the same values in another order.
    pub reordered: bool,
    /// Whether it explains why one failed and the other did not.
    pub explains: bool,
}

/// Compares two records.
#[must_use]
pub fn diff(left: &Record, right: &Record) -> Difference {
    let (mut differences, mut same) = (Vec::new(), Vec::new());
    let deciding = match (left.cause(), right.cause()) {
        (Some(cause), None) => deciding::of_cause(cause, &left.role),
        (None, Some(cause)) => deciding::of_cause(cause, &right.role),
        _ => Vec::new(),
    };
    // What a client is configured to do and what a server is are not the same thing.
    let alike = left.role == right.role;
    for (left, right) in fields(left).into_iter().zip(fields(right)) {
        let (name, present) = (left.name, !left.values.is_empty());
        // The size differs by a ticket or a name, and says something only of a hello that was too large for somebody.
        if name.is_own() && !alike || name == FieldName::HelloSize && !deciding.contains(&name) {
            continue;
        }
        match row(left, right) {
            Some(row) => differences.push(row),
            None if present => same.push(name.text()),
            None => {}
        }
    }
    // The first deciding field that differs is the one to look at first; the rest stand in the handshake's order.
    differences.sort_by_key(|row| deciding.iter().position(|name| *name == row.name).unwrap_or(usize::MAX));
    let explanation = deciding::explanation(left, right, &differences, &deciding);
    for row in &mut differences {
        row.explains = explanation.as_ref().is_some_and(|explanation| explanation.name == Some(row.name));
    }
    let summary = match &explanation {
        Some(explanation) => explanation.sentence.clone(),
        None => unexplained(left, right, differences.is_empty()),
    };
    let facts = facts::facts(left, right);
    Difference { left: End::of(left), right: End::of(right), summary, explanation, facts, differences, same }
}

/// `None` where nothing differs; the name too if there is nothing to compare.
fn row(left: Field, right: Field) -> Option<Row> {
    let lacking = |these: &[String], those: &[String]| {
        these.iter().filter(|value| !those.contains(value)).cloned().collect::<Vec<_>>()
    };
    let only_left = lacking(&left.values, &right.values);
    let only_right = lacking(&right.values, &left.values);
    let reordered = only_left.is_empty() && only_right.is_empty();
    if left.values == right.values || (reordered && !left.ordered) {
        return None;
    }
    let both = left.values.iter().filter(|value| right.values.contains(value)).cloned().collect();
    let (name, field) = (left.name, left.name.text());
    Some(Row { name, field, only_left, only_right, both, reordered, explains: false })
}

/// What to say where no difference explains the outcome.
fn unexplained(left: &Record, right: &Record, nothing_differs: bool) -> String {
    let all_the_same = if nothing_differs { " Nothing that was recorded differs." } else { "" };
    match (left.cause(), right.cause()) {
        (Some(one), Some(other)) if one == other => format!("Both name {one}.{all_the_same}"),
        (Some(one), Some(other)) => {
            format!("A names {one}, B {other}: two faults, each to be mended for itself.")
        }
        (Some(cause), None) | (None, Some(cause)) if nothing_differs => format!(
            "Nothing that was recorded explains {cause}: the offers, choices and certificates are the same. Look at what a \
             handshake does not show: the time, the network, the state of a card or of the other program."
        ),
        (Some(cause), None) | (None, Some(cause)) => format!(
            "None of the differences is known to explain {cause}. Look also at what a handshake does not show: the time, \
             the network, the state of a card or of the other program."
        ),
        (None, None) if left.verdict() == "ok" && right.verdict() == "ok" => {
            format!("Both handshakes are healthy.{all_the_same}")
        }
        (None, None) if !left.is_failure() && !right.is_failure() => {
            let noted = [left, right].map(Record::verdict).into_iter().find(|verdict| *verdict != "ok");
            format!("Neither failed; of one there is a note, {}.{all_the_same}", noted.unwrap_or_default())
        }
        (None, None) => format!("No rule knows why one of them failed.{all_the_same}"),
    }
}
