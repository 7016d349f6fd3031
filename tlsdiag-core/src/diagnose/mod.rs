//! From a handshake to its root cause.
//!
//! A rule is a pure function from a [`Handshake`] to an optional [`Finding`]: no clock, no files, no sockets. The rules are
//! listed in one place, below; what they share is the intersection of what was offered with what the other side's keys,
//! certificates and settings can do ([`fit`]).

pub mod attempts;
pub mod card;
mod cause;
mod finding;
pub mod fit;
mod knowledge;
pub mod library;
mod rules;
pub mod setup;
mod stack;
mod versions;
pub mod wording;

pub use attempts::{Attempt, Became, Earlier, diagnose_after};
pub use cause::{Cause, CertificateFault, ResultClass};
pub use finding::{Advice, Alternative, Confidence, Evidence, Finding, RuledOut, Severity, Side};
pub use knowledge::Entry;
pub use knowledge::programs::server::{ServerSetting, server_lines};
pub use rules::renewed::ending_certificate;
pub use stack::Stack;

use crate::handshake::{Handshake, Outcome};

/// What became of a handshake, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// How it ended.
    pub outcome: Outcome,
    /// What was found, best first and notes last; nothing but notes for a healthy handshake.
    pub findings: Vec<Finding>,
    /// What it says of earlier handshakes of the same client.
    pub earlier: Vec<Earlier>,
}

impl Diagnosis {
    /// The root cause; `None` for a healthy handshake, for one of which there are notes alone, and for a failure that no rule explains.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.findings.first().map(|finding| finding.cause).filter(|cause| !cause.is_note())
    }

    /// What happened and is no failure.
    pub fn notes(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Note)
    }

    /// Whether it was established and nothing but notes was found.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.outcome.kind.is_established() && self.cause().is_none()
    }
}

/// A rule, with its name for the tests that switch rules off, and what it may name.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its place in the sources: file and function under `rules`.
    pub name: &'static str,
    /// Looks at a handshake.
    pub find: fn(&Handshake) -> Option<Finding>,
    /// The causes that it may name first.
    pub causes: fn() -> Vec<Cause>,
}

/// Every rule. Where two findings are equally grave and sure, the earlier rule's comes first.
pub const RULES: &[Rule] = &[
    rules::transport::NOT_TLS,
    rules::own_file::UNLOADED,
    rules::nothing_to_offer::NOTHING_TO_OFFER,
    rules::version::NO_OVERLAP,
    rules::version::FALLBACK,
    rules::version::DOWNGRADE,
    rules::old_signature::SHA1,
    rules::encrypted_hello::REJECTED,
    rules::psk::FAILED,
    rules::callback::FAILED,
    rules::server_selection::IMPOSSIBLE,
    rules::cipher::NO_OVERLAP,
    rules::names::ALPN,
    rules::names::SERVER_NAME,
    rules::weak_key_exchange::TOO_WEAK,
    rules::resumption::RESUMPTION,
    rules::renegotiation::RENEGOTIATION,
    rules::renegotiation::LATE_AUTHENTICATION,
    rules::refused_hello::SUSPECT,
    rules::local_certificate::SECURITY_LEVEL,
    rules::local_certificate::KEY_MISMATCH,
    rules::refusal::OWN_FLIGHT,
    rules::signer::REFUSED,
    rules::client_auth::NO_CERTIFICATE,
    rules::verify::FAULT,
    rules::unreadable_certificate::UNREADABLE,
    rules::unreadable_certificate::UNPROVEN,
    rules::own_unreadable::LEFT_IN_QUEUE,
    rules::stapling::UNSTAPLED,
    rules::rejected::OWN_CERTIFICATE,
    rules::protocol::UNOFFERED_SIGNATURE,
    rules::refused_bluntly::CERTIFICATE,
    rules::goodbye::IN_PLACE_OF_A_MESSAGE,
    rules::record::BAD_MAC,
    rules::record::CORRUPT,
    rules::client_curve::NOT_ACCEPTED,
    rules::protocol::VIOLATION,
    rules::passed_then_left::LEFT,
    rules::own_shutdown::SHUT_DOWN_HERE,
    rules::own_shutdown::CLOSED_HERE,
    rules::no_connection::NOT_CONNECTED,
    rules::closed_after_certificate::CERTIFICATE_SHOWN,
    rules::interrupted::MID_HANDSHAKE,
    rules::interrupted::TIMEOUT,
    rules::interrupted::HELLO_INTOLERANCE,
    rules::transport::CLOSED_BEFORE_HELLO,
    rules::resumption::UNAUTHENTICATED,
    rules::name_rejected_after_done::OTHER_NAME,
    rules::name_rejected_after_done::OWN_CERTIFICATE,
    rules::warnings::ANY_PUBLIC_CA,
    rules::warnings::CLIENT_UNVERIFIED,
    rules::expiry::SOON,
    rules::unanswered_request::ASKS_USER,
];

/// What is said of a failure that no rule above explains, and of which there is an alert. They are asked in order, until one answers.
pub const LAST_RESORT: &[Rule] = &[rules::alert_alone::ALERT];

/// Names the root cause of a handshake's failure, best finding first. A healthy handshake has none. What other handshakes of the same
/// client say of it is [`diagnose_after`]'s.
#[must_use]
pub fn diagnose(handshake: &Handshake) -> Diagnosis {
    let mut diagnosis = diagnose_with(RULES, handshake);
    if diagnosis.findings.is_empty() && !handshake.outcome.kind.is_established() {
        let last = LAST_RESORT.iter().find_map(|rule| (rule.find)(handshake));
        diagnosis.findings.extend(last.map(wording::in_accord));
    }
    diagnosis
}

/// The same with the rules given: for tests that leave one out.
#[must_use]
pub fn diagnose_with(rules: &[Rule], handshake: &Handshake) -> Diagnosis {
    let mut findings: Vec<Finding> = rules.iter().filter_map(|rule| (rule.find)(handshake)).collect();
    // A stable sort: the order of the rules decides between equals.
    findings.sort_by_key(|finding| std::cmp::Reverse((finding.severity, finding.confidence)));
    let told = |finding| {
        let finding = rules::renewed::told(rules::other_host::told(finding, handshake), handshake);
        wording::in_accord(rules::no_host_name::told(finding, handshake))
    };
    let findings = one_error(findings).into_iter().map(told).collect();
    Diagnosis { outcome: handshake.outcome, findings, earlier: Vec::new() }
}

/// A handshake fails once. What another rule makes of the same failure contradicts the first finding, or is one more way to read what
/// was seen: then it stands among the first one's alternatives. Warnings are about something else, and stay.
fn one_error(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        match kept.first_mut() {
            Some(first) if finding.severity == Severity::Error => first.absorb(finding),
            _ => kept.push(finding),
        }
    }
    kept
}

impl Cause {
    /// Whether it is about what is set up before any handshake ([`setup`]), where it is found, most often.
    #[must_use]
    pub fn is_of_setup(self) -> bool {
        matches!(self, Cause::ConfigFile | Cause::ConfigKeyLocked | Cause::ConfigInvalidValue)
    }

    /// Whether this version has a rule that can name it, rather than only mention it as an alternative.
    #[must_use]
    pub fn is_diagnosed(self) -> bool {
        RULES.iter().chain(LAST_RESORT).any(|rule| (rule.causes)().contains(&self))
            || setup::CAUSES.contains(&self)
    }
}
