//! The handshakes of one client, judged together.
//!
//! One connection that ends at CertificateRequest shows nothing: a browser ends its first one there to ask its user, and a card that
//! cannot sign ends each one there. What came of the client's other connections tells the two apart: success takes the suspicion away, a
//! second attempt that ends at the same message raises it, and success after the server's offer changed proves it.
//!
//! Pure, as the rules are: who remembers the earlier handshakes hands them in.

use std::time::{Duration, SystemTime};

use super::rules::signer;
use super::{Cause, Confidence, Diagnosis, Finding, Severity, Side, diagnose, fit};
use crate::handshake::{Handshake, Unanswered};
use crate::wire::{ProtocolVersion, SignatureScheme};

/// Ends of connections that began so soon after the first one are one attempt: a page is fetched over several.
const ONE_ATTEMPT: Duration = Duration::from_secs(5);

/// So many ends at regular intervals are no user's.
const REGULAR: usize = 4;

/// What is kept of a handshake, so that the client's next ones can be judged by it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attempt {
    /// The id of its record.
    pub id: String,
    /// When it began.
    pub began: SystemTime,
    /// From its first event to its last.
    pub duration: Duration,
    /// The version in use.
    pub version: Option<ProtocolVersion>,
    /// The schemes of its CertificateRequest; `None` where there was no request, or none that lists them.
    pub schemes: Option<Vec<SignatureScheme>>,
    /// How it ended, as far as that matters to others.
    pub end: End,
    /// Whether it was this side that gave up, so that the client's pace is this side's.
    pub waited: bool,
    /// Whether the client's address is known. Where it is not, others of its kind are taken for the same client.
    pub addressed: bool,
    /// Whether the suspicion was told of it as a cause.
    pub suspected: bool,
}

/// How a handshake ended, as far as that matters to the client's other ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The client left the CertificateRequest without a word.
    Unanswered,
    /// It was established; the client signed with this scheme, if it did.
    Established(Option<SignatureScheme>),
    /// Something else, with a cause of its own or without.
    Other,
}

/// What became of a suspicion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Became {
    /// It is proven.
    Confirmed,
    /// It is gone: nothing was wrong.
    Withdrawn,
}

/// What a later handshake says of an earlier one of the same client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Earlier {
    /// The id of the earlier record.
    pub id: String,
    /// What was suspected.
    pub cause: Cause,
    /// What became of that.
    pub became: Became,
    /// Why, in one clause.
    pub why: String,
}

/// What a handshake and its client's earlier ones say together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Together {
    /// The cause that this handshake has in the light of the earlier ones.
    pub raised: Option<Finding>,
    /// The intervals at which the client comes and leaves, where they are a machine's.
    pub regular: Option<Duration>,
    /// What it says of the earlier ones.
    pub earlier: Vec<Earlier>,
}

impl Became {
    /// `confirmed` or `withdrawn`, as records write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Became::Confirmed => "confirmed",
            Became::Withdrawn => "withdrawn",
        }
    }
}

impl Attempt {
    /// What is to be kept of a handshake whose record has this id.
    #[must_use]
    pub fn of(handshake: &Handshake, id: String) -> Self {
        let end = if handshake.outcome.kind.is_established() {
            End::Established(handshake.client_signature.map(|scheme| scheme.value))
        } else {
            match handshake.unanswered_request() {
                Some(how) if how.may_ask_user() => End::Unanswered,
                _ => End::Other,
            }
        };
        Attempt {
            id,
            began: handshake.time,
            duration: handshake.duration,
            version: handshake.version(),
            schemes: handshake.request.as_ref().and_then(|request| request.signature_schemes.clone()),
            end,
            waited: matches!(handshake.unanswered_request(), Some(Unanswered::Silent(_))),
            addressed: handshake.peer.is_some(),
            suspected: false,
        }
    }

    /// When it ended.
    #[must_use]
    pub fn ended(&self) -> SystemTime {
        self.began.checked_add(self.duration).unwrap_or(self.began)
    }

    /// What the client of several handshakes is called.
    fn called(&self) -> &'static str {
        if self.addressed { "a client of this address and kind" } else { "a client of the same kind" }
    }

    /// Whether the server asked both for the same.
    fn was_asked_as(&self, other: &Attempt) -> bool {
        (self.version, &self.schemes) == (other.version, &other.schemes)
    }

    /// Whether it shows that what was asked of the other can be done.
    fn succeeded_like(&self, other: &Attempt) -> bool {
        // Who resumes has been let in before, and is asked for nothing.
        matches!(self.end, End::Established(_)) && (self.schemes.is_none() || self.was_asked_as(other))
    }
}

/// Names the cause of a handshake in the light of its client's earlier ones, oldest first. The attempt is the handshake's own.
#[must_use]
pub fn diagnose_after(handshake: &Handshake, now: &Attempt, earlier: &[Attempt]) -> Diagnosis {
    let mut diagnosis = diagnose(handshake);
    let together = together(now, earlier);
    if let Some(raised) = together.raised {
        let (notes, mut others): (Vec<_>, Vec<_>) =
            diagnosis.findings.into_iter().partition(|finding| finding.severity == Severity::Note);
        others.insert(0, notes.into_iter().fold(raised, beside));
        diagnosis.findings = others;
    } else if let Some(interval) = together.regular
        && let Some(note) = diagnosis.findings.iter_mut().find(|finding| finding.severity == Severity::Note)
    {
        *note = note.clone().see(None, INTERVALS, shown(interval));
    }
    diagnosis.earlier = together.earlier;
    diagnosis
}

/// What a note could not tell apart, and what it saw, goes on with what takes its place.
fn beside(raised: Finding, note: Finding) -> Finding {
    let raised = note.alternatives.into_iter().fold(raised, |raised, other| {
        let told =
            other.cause == raised.cause || raised.alternatives.iter().any(|one| one.cause == other.cause);
        if told { raised } else { raised.or(other.cause, other.tell) }
    });
    note.evidence.into_iter().fold(raised, |mut raised, seen| {
        if !raised.evidence.iter().any(|one| one.field == seen.field) {
            raised.evidence.push(seen);
        }
        raised
    })
}

/// What a note says of a client that comes like a clock.
pub(crate) const INTERVALS: &str = "the client comes at regular intervals, as a health check does";

pub(crate) fn shown(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// What a handshake and its client's earlier ones, oldest first, say together.
#[must_use]
pub fn together(now: &Attempt, earlier: &[Attempt]) -> Together {
    match now.end {
        End::Unanswered => again(now, earlier),
        End::Established(signed) => let_in(now, signed, earlier),
        End::Other => Together::default(),
    }
}

/// The client has left without a word once more.
fn again(now: &Attempt, earlier: &[Attempt]) -> Together {
    if earlier.iter().any(|one| one.succeeded_like(now)) {
        // Whoever told the suspicion did not know of that.
        let mistaken = now.suspected.then(|| Earlier {
            id: now.id.clone(),
            cause: Cause::SigalgSignerRefused,
            became: Became::Withdrawn,
            why: format!("{} was let in before", now.called()),
        });
        return Together { earlier: mistaken.into_iter().collect(), ..Together::default() };
    }
    let mut ends: Vec<&Attempt> = earlier.iter().filter(|one| one.end == End::Unanswered).collect();
    ends.push(now);
    ends.sort_by_key(|one| one.began);
    let attempts = attempts(&ends);
    let regular = interval(&ends);
    if regular.is_some() && ends.len() >= REGULAR {
        let told = ends.iter().filter(|one| one.suspected && one.id != now.id);
        let why = || "the client comes and leaves at regular intervals, as a health check does".to_owned();
        let earlier = told.map(|one| Earlier {
            id: one.id.clone(),
            cause: Cause::SigalgSignerRefused,
            became: Became::Withdrawn,
            why: why(),
        });
        return Together { regular, earlier: earlier.collect(), raised: None };
    }
    let confidence = match attempts {
        0 | 1 => return Together::default(),
        2 => Confidence::Possible,
        _ if regular.is_some() => Confidence::Possible,
        _ => Confidence::Likely,
    };
    let ids: Vec<&str> = ends.iter().map(|one| one.id.as_str()).filter(|id| *id != now.id).collect();
    let repeated = signer::Repeated {
        attempts,
        earlier: &ids,
        schemes: now.schemes.as_deref().unwrap_or_default(),
        version: now.version,
        addressed: now.addressed,
    };
    Together { raised: Some(signer::again(&repeated, confidence)), ..Together::default() }
}

/// How many attempts these ends are, in the order of their beginnings: those that overlap, or that began soon after the first, are one.
fn attempts(ends: &[&Attempt]) -> usize {
    let mut count = 0;
    let mut open: Option<(SystemTime, SystemTime)> = None;
    for end in ends {
        match &mut open {
            Some((first, last)) if end.began <= *last || is_soon(*first, end.began) => {
                *last = (*last).max(end.ended());
            }
            _ => {
                count += 1;
                open = Some((end.began, end.ended()));
            }
        }
    }
    count
}

fn is_soon(first: SystemTime, began: SystemTime) -> bool {
    began.duration_since(first).is_ok_and(|since| since <= ONE_ATTEMPT)
}

/// The interval at which they began, where it is always the same to a tenth: from the third on.
fn interval(ends: &[&Attempt]) -> Option<Duration> {
    // Whoever waits until the server gives up comes back at the pace of the server.
    if ends.iter().any(|end| end.waited) {
        return None;
    }
    let gaps: Option<Vec<Duration>> =
        ends.windows(2).map(|pair| pair[1].began.duration_since(pair[0].began).ok()).collect();
    let gaps = gaps.filter(|gaps| gaps.len() >= 2)?;
    let (least, most) = (gaps.iter().min()?, gaps.iter().max()?);
    let mean = gaps.iter().sum::<Duration>() / u32::try_from(gaps.len()).ok()?;
    // Connections that are opened at once are a page's.
    let apart = *least >= Duration::from_millis(500);
    (apart && *most - *least <= mean / 10).then_some(mean)
}

/// The client was let in.
fn let_in(now: &Attempt, signed: Option<SignatureScheme>, earlier: &[Attempt]) -> Together {
    let open: Vec<&Attempt> = earlier.iter().filter(|one| one.end == End::Unanswered).collect();
    // Whoever left once may have asked its user, whatever the server did meanwhile.
    let repeated = attempts(&open) > 1;
    let mut told = Vec::new();
    for one in open {
        let other = now.schemes.is_some() && !now.was_asked_as(one);
        let before = earlier.iter().any(|success| success.succeeded_like(one));
        let why = match change(one, now, signed) {
            Some(change) if !before && repeated => {
                told.push((one, Became::Confirmed, change));
                continue;
            }
            Some(_) if !before => continue,
            // Whether it could have signed what was asked before is not known.
            _ if other && signed.is_none() && !before => continue,
            _ => came_back(one, now, signed),
        };
        told.push((one, Became::Withdrawn, why));
    }
    let earlier = told.into_iter().map(|(one, became, why)| Earlier {
        id: one.id.clone(),
        cause: Cause::SigalgSignerRefused,
        became,
        why,
    });
    Together { earlier: earlier.collect(), ..Together::default() }
}

fn came_back(one: &Attempt, now: &Attempt, signed: Option<SignatureScheme>) -> String {
    let later = now
        .began
        .duration_since(one.began)
        .map_or_else(|_| String::new(), |later| format!(" {} later", shown(later)));
    let how = signed.map_or_else(String::new, |scheme| format!(", with a signature by {scheme}"));
    format!("{} was let in{later}{how}", now.called())
}

/// What the server took out of its request, or put behind, so that a client that could not sign before now could.
fn change(one: &Attempt, now: &Attempt, signed: Option<SignatureScheme>) -> Option<String> {
    let signed = signed.filter(|scheme| is_rsa(*scheme) && !fit::is_pss(*scheme))?;
    let (before, after) = (one.schemes.as_deref()?, now.schemes.as_deref()?);
    let first = |schemes: &[SignatureScheme]| schemes.iter().copied().find(|scheme| is_rsa(*scheme));
    let pss_came_first = fit::is_pss(first(before)?) && !fit::is_pss(first(after)?);
    if !pss_came_first {
        return None;
    }
    let gone: Vec<String> = before
        .iter()
        .filter(|scheme| fit::is_pss(**scheme) && !after.contains(scheme))
        .map(SignatureScheme::to_string)
        .collect();
    let version = match (one.version, now.version) {
        (Some(before), Some(after)) if before != after => format!(" and {after} took the place of {before}"),
        _ => String::new(),
    };
    let what = if gone.is_empty() {
        "RSA-PSS no longer comes first in CertificateRequest.signature_algorithms".to_owned()
    } else {
        format!("{} left CertificateRequest.signature_algorithms", gone.join(", "))
    };
    Some(format!("after {what}{version}, {} signed with {signed} and was let in", now.called()))
}

/// What an earlier handshake says once its suspicion is proven.
#[must_use]
pub fn proven(earlier: &Attempt, why: &str) -> Finding {
    signer::proven(earlier.version, why)
}

/// What an earlier handshake says once its suspicion is gone.
#[must_use]
pub fn withdrawn(why: &str) -> Finding {
    Finding::new(
        Cause::NoteClientAsksUser,
        Confidence::Likely,
        Side::Client,
        "The client left where its certificate was due, and other connections of its kind show nothing wrong with its signer.",
    )
    .explain(
        "A browser that asks its user for a certificate leaves like this and comes back, as does a health check that wants none. Two programs of \
         one kind on one host look like one client: what the one can do the other need not. One that does not trust this server's certificate \
         leaves like this, too, where its alert does not leave it, as with Python's asyncio.",
    )
    .not(Cause::SigalgSignerRefused, why)
}

/// RSA with either padding.
fn is_rsa(scheme: SignatureScheme) -> bool {
    fit::is_pss(scheme) || matches!(scheme.0, 0x0201 | 0x0401 | 0x0501 | 0x0601)
}

#[cfg(test)]
mod tests;
