//! What a narrow list of cipher suites makes of a refusal without a reason: for the version that the client likes best, and, where that is
//! TLS 1.3, for TLS 1.2, at which the server may end.

use crate::diagnose::rules::cipher::{self, list, real_suites};
use crate::diagnose::rules::server_selection;
use crate::diagnose::{Cause, Confidence, Finding, Side};
use crate::handshake::{At, Offer};
use crate::wire::{Authentication, CipherSuite, ProtocolVersion};

/// A list of suites, and what has to be so that it is the one that counts.
pub(super) struct Suites<'a> {
    offer: &'a At<Offer>,
    suites: Vec<CipherSuite>,
    tls13: bool,
    confidence: Confidence,
    /// In front of each clause.
    provided: &'static str,
}

impl<'a> Suites<'a> {
    /// Those of the best version that is offered.
    pub(super) fn best(offer: &'a At<Offer>, tls13: bool, confidence: Confidence) -> Self {
        Suites { offer, suites: of(offer, tls13), tls13, confidence, provided: "" }
    }

    /// Those of TLS 1.2, where the client offers TLS 1.3 besides.
    pub(super) fn of_tls12(offer: &'a At<Offer>) -> Option<Self> {
        let provided = "it ends at TLS 1.2, where ";
        let confidence = Confidence::Possible;
        let both = offer.offers(ProtocolVersion::TLS1_2) && offer.offers(ProtocolVersion::TLS1_3);
        both.then(|| Suites { offer, suites: of(offer, false), tls13: false, confidence, provided })
    }

    pub(super) fn list(&self) -> &[CipherSuite] {
        &self.suites
    }

    fn suspect(&self, cause: Cause, side: Side, confidence: Confidence, clause: &str) -> Finding {
        let clause = format!("{}{clause}", self.provided);
        super::nothing_acceptable(cause, side, confidence, &clause).see(
            self.offer.event,
            "ClientHello.cipher_suites",
            list(&self.suites),
        )
    }

    /// There are hardly any.
    pub(super) fn few(&self) -> Option<Finding> {
        let count = self.suites.len();
        let clause = match count {
            0 => "no cipher suite is offered",
            _ => "it takes no cipher suite of the few that are offered",
        };
        (count <= 2 && (!self.tls13 || count < 2)).then(|| {
            let finding = self.suspect(Cause::CipherNoOverlap, Side::Server, self.confidence, clause);
            cipher::advise_offered(finding, self.tls13, &self.suites)
        })
    }

    /// All are for one kind of key, or of one strength.
    pub(super) fn one_sided(&self) -> Option<Finding> {
        if self.tls13 {
            return None;
        }
        if one_kind(&self.suites) {
            let rsa = self.suites.iter().all(|suite| suite.authentication() != Some(Authentication::Ecdsa));
            let (wanted, kind) = if rsa { ("an RSA", "rsa") } else { ("an ECDSA", "ec") };
            let clause = "its certificate is of another kind than all the cipher suites offered are for";
            let cause = Cause::CipherNoMatchingCertificate;
            let finding = self.suspect(cause, Side::Client, self.confidence, clause);
            return Some(server_selection::advise_certificate(finding, wanted, kind));
        }
        let lacking = lacking_strength(&self.suites)?;
        let clause = format!("it takes cipher suites of {lacking} alone, of which none is offered");
        let finding = self.suspect(Cause::CipherNoOverlap, Side::Client, Confidence::Possible, &clause);
        Some(cipher::advise_offered(finding, false, &self.suites))
    }
}

fn of(offer: &Offer, tls13: bool) -> Vec<CipherSuite> {
    real_suites(offer).filter(|suite| suite.is_tls13() == tls13).collect()
}

/// The one of the two strengths of AES that no suite has, where all the others are of the other one.
fn lacking_strength(suites: &[CipherSuite]) -> Option<&'static str> {
    let all = |strength| suites.iter().all(|suite| suite.to_string().contains(strength));
    match (all("AES_128"), all("AES_256")) {
        (true, false) => Some("AES-256"),
        (false, true) => Some("AES-128"),
        _ => None,
    }
}

/// Whether all suites need a certificate of the same kind.
fn one_kind(suites: &[CipherSuite]) -> bool {
    let kinds: Vec<_> = suites.iter().filter_map(|suite| suite.authentication()).collect();
    let all = |kind| kinds.iter().all(|other| *other == kind);
    all(Authentication::Rsa) || all(Authentication::Ecdsa)
}
