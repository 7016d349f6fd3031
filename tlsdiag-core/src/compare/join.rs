//! The two ends of one connection: what one could only guess, the other may know.

use crate::report::{FindingRecord, Record};

/// Two records of one connection, and what they say together.
#[derive(Clone, PartialEq, Debug)]
pub struct Joined<'a> {
    /// The client's record.
    pub client: &'a Record,
    /// The server's record.
    pub server: &'a Record,
    /// The best finding of both, with certainty raised and alternatives dropped where the other end settles them.
    pub finding: Option<FindingRecord>,
    /// How the two ends' verdicts relate, in one sentence.
    pub relation: String,
}

/// Joins two records if they are the two ends of one connection: the same client random, one a client's, one a server's.
#[must_use]
pub fn join<'a>(a: &'a Record, b: &'a Record) -> Option<Joined<'a>> {
    let random = |record: &Record| record.offer.as_ref().map(|offer| offer.random.clone());
    if random(a)? != random(b)? {
        return None;
    }
    let (client, server) = match (a.role.as_str(), b.role.as_str()) {
        ("client", "server") => (a, b),
        ("server", "client") => (b, a),
        _ => return None,
    };
    let (finding, relation) = settle(client, server);
    Some(Joined { client, server, finding, relation })
}

fn rank(finding: &FindingRecord) -> u8 {
    match finding.confidence.as_str() {
        "certain" => 2,
        "likely" => 1,
        _ => 0,
    }
}

fn settle(client: &Record, server: &Record) -> (Option<FindingRecord>, String) {
    let (mine, theirs) = (client.diagnosis.findings.first(), server.diagnosis.findings.first());
    let (Some(mine), Some(theirs)) = (mine, theirs) else {
        let (finding, who) = match (mine, theirs) {
            (Some(mine), None) => (Some(mine.clone()), "Only the client's record names a cause."),
            (None, Some(theirs)) => (Some(theirs.clone()), "Only the server's record names a cause."),
            _ => (None, "Neither record names a cause."),
        };
        return (finding, who.to_owned());
    };
    // Where both are equally sure the client's comes first: it knows its own certificate, key and signer.
    let (better, other, who) = if rank(theirs) > rank(mine) {
        (theirs, mine, ("server", "client"))
    } else {
        (mine, theirs, ("client", "server"))
    };
    let mut finding = better.clone();
    let relation = if better.cause == other.cause {
        if rank(better) < 2 {
            // Two ends that see different halves and say the same leave no room for the alternatives of either.
            finding.confidence = "certain".to_owned();
        }
        finding.alternatives.clear();
        "Both ends name the same cause.".to_owned()
    } else if other.alternatives.iter().any(|alternative| alternative.cause == better.cause) {
        finding.alternatives.clear();
        format!(
            "The {} names {} and cannot exclude {}, which the {} knows.",
            who.1, other.cause, better.cause, who.0
        )
    } else {
        format!(
            "The {} names {}, the {} {}: two different faults, or one of them is mistaken.",
            who.0, better.cause, who.1, other.cause
        )
    };
    let seen_there = other.evidence.iter().map(|evidence| {
        let mut evidence = evidence.clone();
        evidence.field = format!("{}'s record: {}", who.1, evidence.field);
        // Its number counts in the other record.
        evidence.event = None;
        evidence
    });
    finding.evidence.extend(seen_there);
    (Some(finding), relation)
}
