//! A record in short, where it is one of two.

use serde::Serialize;

use crate::report::Record;

/// Which record it is, and how its handshake ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct End {
    /// The record's id.
    pub id: String,
    /// When the handshake began, RFC 3339 in UTC.
    pub time: String,
    /// The side that recorded: `client` or `server`.
    pub role: String,
    /// The cause's code, `ok` or `unexplained`.
    pub verdict: String,
    /// As in the record.
    pub outcome: String,
    /// Who ended it, as in the record.
    pub by: Option<String>,
    /// Where it ended, as in the record.
    pub stage: Option<String>,
}

impl End {
    pub(super) fn of(record: &Record) -> Self {
        End {
            id: record.id.clone(),
            time: record.time.clone(),
            role: record.role.clone(),
            verdict: record.verdict().to_owned(),
            outcome: record.outcome.clone(),
            by: record.by.clone(),
            stage: record.stage.clone(),
        }
    }
}
