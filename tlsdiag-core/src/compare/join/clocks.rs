//! Two clocks that do not agree: whoever finds a certificate expired, or not valid yet, does so by its own.

use jiff::Timestamp;

use crate::diagnose::Confidence;
use crate::report::{Advice, EvidenceRecord, FindingRecord, Record};

/// Clocks that are set by hand differ by this much, and no date of a certificate hangs on it.
const MINUTES: i64 = 60;

/// Causes that say what a date says.
const OF_DATES: [&str; 5] =
    [".expired", ".issuer_expired", ".not_yet_valid", ".crl_expired", ".crl_not_yet_valid"];

/// A finding about a date, with the doubt that the other end's clock throws on it.
pub(super) fn compared(finding: &FindingRecord, client: &Record, server: &Record) -> Option<FindingRecord> {
    if !OF_DATES.iter().any(|end| finding.cause.ends_with(end)) {
        return None;
    }
    let [Ok(one), Ok(other)] = [client, server].map(|record| record.time.parse::<Timestamp>()) else {
        return None;
    };
    let apart = one.duration_since(other).abs();
    if apart.as_mins() < MINUTES {
        return None;
    }
    let mut finding = finding.clone();
    let hours = apart.as_hours();
    let apart = if hours < 48 { format!("{hours} hours") } else { format!("{} days", hours / 24) };
    finding.confidence = Confidence::Likely.as_str().to_owned();
    finding.summary = format!(
        "The clocks of the two ends are {apart} apart, and one of them is wrong: probably that is why a date was found wrong. {}",
        finding.summary
    );
    finding.evidence.insert(
        0,
        EvidenceRecord {
            event: None,
            field: "when this connection began".to_owned(),
            value: format!("{} by the client's clock, {} by the server's", client.time, server.time),
        },
    );
    let set = "set the clock that is wrong, before anything else: date -u shows it".to_owned();
    finding.advice.insert(0, Advice { stack: "any".to_owned(), line: set, ..Advice::default() });
    Some(finding)
}
