//! What is left when both ends have spoken: the causes that neither excludes.

use crate::diagnose::Confidence;
use crate::report::{Alternative, EvidenceRecord, FindingRecord, Record};

/// One end, with what it names.
struct End<'a> {
    who: &'static str,
    finding: &'a FindingRecord,
    /// Whether its own library stopped; else it was told by an alert, or by nothing.
    stopped: bool,
}

impl End<'_> {
    fn rank(&self) -> u8 {
        if is_unspecific(&self.finding.cause) {
            return 0;
        }
        match self.finding.confidence.as_str() {
            "certain" => 2,
            "likely" => 1,
            _ => 0,
        }
    }

    /// Whether it holds what it names for no more than possible.
    fn guesses(&self) -> bool {
        self.finding.confidence == "possible"
    }

    /// Whether what it names is behind the end of the connection that the other end saw.
    fn is_behind(&self, other: &End<'_>) -> bool {
        self.finding.cause.contains("_cert.") && other.considers(&self.finding.cause)
    }

    /// The cause it names, and those that it cannot tell from it.
    fn candidates(&self) -> impl Iterator<Item = &str> {
        let others = self.finding.alternatives.iter().map(|other| other.cause.as_str());
        std::iter::once(self.finding.cause.as_str()).chain(others)
    }

    fn considers(&self, cause: &str) -> bool {
        self.candidates().any(|candidate| candidate == cause)
    }
}

/// Whether this is the word of an end that was refused and not told why: whatever the other end knows is behind it.
fn is_unspecific(cause: &str) -> bool {
    cause.ends_with("_cert.rejected")
}

const CLOSED: &str = "transport.closed_mid_handshake";

/// Whether the client was done, and left before the server had read the end of its handshake, as health checks do: the server only
/// knows that nothing more came.
pub(super) fn left_when_done(client: &Record, server: &Record) -> bool {
    let found = server.diagnosis.findings.first();
    client.verdict() == "ok"
        && client.tls.established
        && server.outcome == "abandoned"
        && found.is_some_and(|found| {
            found.confidence == "possible" && found.cause.starts_with("transport.closed_")
        })
}

/// The best finding of both ends, and how their verdicts relate.
pub(super) fn settle(client: &Record, server: &Record) -> (Option<FindingRecord>, String) {
    if left_when_done(client, server) {
        let relation = "The client was done with its handshake, and left before the server had read the end of it, as health checks do.";
        return (None, relation.to_owned());
    }
    let best = |who, record: &'_ Record| -> Option<_> {
        let finding = record.diagnosis.findings.first().filter(|found| !found.is_note()).cloned()?;
        Some((who, finding, record.by.as_deref() == Some("local")))
    };
    let (client_found, server_found) = (best("client", client), best("server", server));
    match (&client_found, &server_found) {
        (Some((who, finding, stopped)), Some((other, found, failed))) => {
            let mine = End { who, finding, stopped: *stopped };
            let theirs = End { who: other, finding: found, stopped: *failed };
            let (finding, relation) = both(&mine, &theirs);
            (Some(finding), relation)
        }
        (Some((_, mine, _)), None) => (Some(alone(mine, server)), only("client", server)),
        (None, Some((_, theirs, _))) => (Some(alone(theirs, client)), only("server", client)),
        (None, None) => (None, "Neither end names a cause.".to_owned()),
    }
}

fn only(who: &str, other: &Record) -> String {
    let how = match other.verdict() {
        "ok" => "for the other end the handshake went well",
        note if note.starts_with("note.") => "for the other end it is no failure",
        _ => "the other end cannot say why it failed",
    };
    format!("Only the {who} names a cause; {how}.")
}

/// What the other end has excluded, or nothing.
fn alone(finding: &FindingRecord, other: &Record) -> FindingRecord {
    let mut finding = finding.clone();
    let excluded: Vec<_> = other
        .diagnosis
        .findings
        .iter()
        .flat_map(|finding| &finding.ruled_out)
        .map(|out| &out.cause)
        .collect();
    finding.alternatives.retain(|alternative| !excluded.contains(&&alternative.cause));
    finding
}

fn both(client: &End<'_>, server: &End<'_>) -> (FindingRecord, String) {
    // Where both are equally sure, whoever stopped has seen it, and the other was told. Else the client's comes first: it knows its
    // own certificate, key and signer.
    let weight = |end: &End<'_>| (end.rank(), end.stopped);
    let (sure, other) = if weight(server) > weight(client) { (server, client) } else { (client, server) };
    let mut common: Vec<&str> = sure.candidates().filter(|cause| other.considers(cause)).collect();
    // An end that stopped by its own application's check knows no more than that, and it is what happened.
    let own_check = [client, server].into_iter().find(|end| end.stopped && is_unspecific(&end.finding.cause));
    let own_check = own_check.map(|end| end.finding.cause.as_str());
    if let Some(place) = common.iter().position(|cause| Some(*cause) == own_check) {
        common[..=place].rotate_right(1);
    } else if !common.iter().all(|cause| is_unspecific(cause)) {
        common.retain(|cause| !is_unspecific(cause));
    }
    let (mut finding, relation) = match &common[..] {
        // That the connection was closed is what the one end saw of what the other did.
        _ if sure.finding.cause == CLOSED && other.is_behind(sure) => (
            other.finding.clone(),
            format!(
                "The {} saw the connection end; the {} names {} for it.",
                sure.who, other.who, other.finding.cause
            ),
        ),
        [] if sure.rank() == 2 && other.rank() < 2 => (
            sure.finding.clone(),
            format!(
                "The {} knows {}; the {} took it for {}.",
                sure.who, sure.finding.cause, other.who, other.finding.cause
            ),
        ),
        [] => (
            sure.finding.clone(),
            format!(
                "The {} names {}, the {} {}: two different faults, or one of them is mistaken.",
                sure.who, sure.finding.cause, other.who, other.finding.cause
            ),
        ),
        [first, rest @ ..] => agreed(sure, other, first, rest),
    };
    for seen in &other.finding.evidence {
        // What both have seen stands there once.
        if !finding.evidence.iter().any(|own| (&own.field, &own.value) == (&seen.field, &seen.value)) {
            let field = format!("the {}'s record, {}", other.who, seen.field);
            // Its number counts in the other record.
            finding.evidence.push(EvidenceRecord { event: None, field, value: seen.value.clone() });
        }
    }
    (finding, relation)
}

/// `first` is a cause that both ends consider, the likeliest; `rest` are the others.
fn agreed(sure: &End<'_>, other: &End<'_>, first: &str, rest: &[&str]) -> (FindingRecord, String) {
    // What the one end names outright and the other considers is likelier than what both only consider; but not what that end itself
    // holds for no more than possible, unless nothing else is left.
    let common = |end: &&End<'_>| rest.iter().chain([&first]).any(|cause| *cause == end.finding.cause);
    let ends = [sure, other];
    let named = ends.into_iter().filter(|end| end.rank() > 0).find(common);
    // An end that stopped by its own application's check names that, as far as it can.
    let outright = |end: &&End<'_>| end.finding.cause == first && (rest.is_empty() || end.stopped);
    let named = named.or_else(|| ends.into_iter().find(outright));
    let cause = named.map_or(first, |end| end.finding.cause.as_str());
    let mut finding = match named {
        Some(end) => end.finding.clone(),
        None => FindingRecord {
            cause: cause.to_owned(),
            confidence: Confidence::Possible.as_str().to_owned(),
            summary: "Neither end names it outright, and it may be the cause: both consider it.".to_owned(),
            ..sure.finding.clone()
        },
    };
    let left: Vec<&str> = rest.iter().chain([&first]).copied().filter(|other| *other != cause).collect();
    finding.alternatives = left
        .iter()
        .filter_map(|left| {
            let all = sure.finding.alternatives.iter().chain(&other.finding.alternatives);
            all.into_iter().find(|alternative| alternative.cause == *left).cloned()
        })
        .collect::<Vec<Alternative>>();
    // A guess is no proof, and two guesses at one thing are none either.
    let mut naming = [sure, other].into_iter().filter(|end| end.finding.cause == cause).peekable();
    let guessed = naming.peek().is_some() && naming.all(End::guesses);
    // As sure as the end that names it: that nothing else is left between two ends proves nothing that neither has seen.
    let settled = finding.alternatives.is_empty() && !guessed;
    let (one, two) = (&sure.finding.cause, &other.finding.cause);
    let relation = match (one == two, settled) {
        (true, true) => "Both ends name the same cause, and nothing else is left.".to_owned(),
        (true, false) => "Both ends name the same cause.".to_owned(),
        (false, _) if cause == one => {
            format!("The {} names {two} and cannot exclude {one}, which the {} knows.", other.who, sure.who)
        }
        (false, _) if cause == two => {
            format!("The {} names {one} and cannot exclude {two}, which the {} names.", sure.who, other.who)
        }
        (false, _) => format!(
            "The {} names {one}, the {} {two}; {cause} is what neither can exclude.",
            sure.who, other.who
        ),
    };
    (finding, relation)
}
