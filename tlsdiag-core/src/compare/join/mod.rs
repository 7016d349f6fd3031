//! The two ends of one connection: what one could only guess, the other may know.

mod altered;
mod clocks;
mod merge;
mod settle;
mod text;

use serde_json::{Value, json};

use super::End;
use crate::report::{FindingRecord, Record};

pub use merge::{Moment, Way};

/// Two records of one connection, and what they say together.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub struct Joined<'a> {
    /// The client's record.
    pub client: &'a Record,
    /// The server's record.
    pub server: &'a Record,
    /// The best finding of both, with alternatives dropped where the other end settles them.
    pub finding: Option<FindingRecord>,
    /// How the two ends' verdicts relate, in one sentence.
    pub relation: String,
    /// What happened at either end, each message once.
    pub moments: Vec<Moment>,
}

/// Joins two records if they are the two ends of one connection: the same client random, one a client's, one a server's.
#[must_use]
pub fn join<'a>(a: &'a Record, b: &'a Record) -> Option<Joined<'a>> {
    let random = |record: &'a Record| record.offer.as_ref().map(|offer| &offer.random);
    if random(a)? != random(b)? {
        return None;
    }
    let (client, server) = match (a.role.as_str(), b.role.as_str()) {
        ("client", "server") => (a, b),
        ("server", "client") => (b, a),
        _ => return None,
    };
    let (finding, relation) = match altered::altered(client, server) {
        Some(finding) => (Some(finding), "The two ends have not seen the same hello.".to_owned()),
        None => {
            let (finding, relation) = settle::settle(client, server);
            match finding.as_ref().and_then(|finding| clocks::compared(finding, client, server)) {
                Some(doubted) => (Some(doubted), "The clocks of the two ends do not agree.".to_owned()),
                None => (finding, relation),
            }
        }
    };
    Some(Joined { client, server, finding, relation, moments: merge::merge(client, server) })
}

impl Joined<'_> {
    /// The cause's code, `ok` where neither end has anything to complain of, the code of a note where it was not completed and is no
    /// failure, `unexplained` where one end does complain and no rule knows why.
    #[must_use]
    pub fn verdict(&self) -> &str {
        match &self.finding {
            Some(finding) => &finding.cause,
            None if settle::left_when_done(self.client, self.server) => "ok",
            None if !self.client.is_failure() && !self.server.is_failure() => {
                let both = [self.client.verdict(), self.server.verdict()];
                both.into_iter().find(|verdict| *verdict != "ok").unwrap_or("ok")
            }
            None => "unexplained",
        }
    }

    /// As JSON: the verdict, either end in short, the finding as in a record, and what happened.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "verdict": self.verdict(),
            "relation": self.relation,
            "client": End::of(self.client),
            "server": End::of(self.server),
            "finding": self.finding,
            "events": self.moments,
        })
    }
}
