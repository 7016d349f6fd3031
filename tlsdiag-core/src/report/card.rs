//! What a smart card or token can do in TLS, as something to read: an object of JSON, a report for people.

use serde::Serialize;

use super::page::{Page, bold, plain};
use super::record::{CertificateRecord, FindingRecord, certificate, finding};
use super::remedies;
use super::style::Style;
use crate::diagnose::card::{self, Fitness, Fits, Trial};
use crate::neutralize::neutralize;
use crate::wire::x509::Certificate;

/// A card, and what its keys were seen to do.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct CardRecord {
    /// Always `tlsdiag.card/1`.
    pub schema: &'static str,
    /// The module of PKCS #11 that leads to it.
    pub module: String,
    /// The token's label.
    pub token: String,
    /// Its maker and model.
    pub model: String,
    /// Its serial number.
    pub serial: String,
    /// The number of its slot.
    pub slot: u64,
    /// The mechanisms that sign, as the token lists them.
    pub mechanisms: Vec<String>,
    /// Why no key was tried; absent where they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untried: Option<String>,
    /// The certificates of the token, with their keys.
    pub keys: Vec<CardKeyRecord>,
}

/// A certificate of a card, and what its key was seen to do.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[non_exhaustive]
pub struct CardKeyRecord {
    /// The key's label, or its certificate's.
    pub label: String,
    /// CKA_ID, hexadecimal.
    pub id: String,
    /// The certificate.
    pub certificate: CertificateRecord,
    /// Why a server refuses its certificate, whatever the key signs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// What it can do, in a sentence.
    pub summary: String,
    /// Why it was not tried; absent where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub untried: Option<String>,
    /// What else is to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The schemes that it was tried with, in the order in which a server of OpenSSL asks for them.
    pub schemes: Vec<CardSchemeRecord>,
    /// What it can do in each version of TLS; absent where it was not tried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<CardVersionRecord>,
}

/// A scheme that a key was tried with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CardSchemeRecord {
    /// Such as `rsa_pss_rsae_sha256`.
    pub scheme: String,
    /// Whether it made a signature that verifies, in the way that most programs ask for.
    pub signs: bool,
    /// The mechanisms that make such a signature.
    pub attempts: Vec<CardAttemptRecord>,
}

/// A mechanism that was tried.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CardAttemptRecord {
    /// Such as `CKM_RSA_PKCS_PSS`.
    pub mechanism: String,
    /// Whether the digest was made outside of the card.
    pub digest_outside: bool,
    /// Why there is no good signature; absent where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// What a key can do in a version of TLS.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[non_exhaustive]
pub struct CardVersionRecord {
    /// `TLS 1.2` or `TLS 1.3`.
    pub version: String,
    /// Which servers it satisfies: `as_they_are`, `without_what_it_refuses`, `none`.
    pub fits: &'static str,
    /// The scheme that it signs with there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// What a server that it does not satisfy would see, and what mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<FindingRecord>,
}

impl CardRecord {
    /// A token of which nothing but its names is known yet.
    #[must_use]
    pub fn new(module: String, token: String, model: String, serial: String, slot: u64) -> Self {
        let (mechanisms, keys) = (Vec::new(), Vec::new());
        let schema = "tlsdiag.card/1";
        CardRecord { schema, module, token, model, serial, slot, mechanisms, untried: None, keys }
    }

    /// Adds a key that was tried, at this time in seconds since 1970.
    pub fn tried(
        &mut self,
        now: i64,
        label: String,
        id: String,
        shown: &Certificate,
        trials: &[Trial],
        notes: Vec<String>,
    ) {
        let Some(key) = &shown.key else {
            return self.untried(now, label, id, shown, "its certificate cannot be read");
        };
        let fitness = card::fitness(key, trials);
        let aside = card::aside(key, trials, &self.mechanisms).map(str::to_owned);
        self.keys.push(CardKeyRecord {
            label,
            id,
            refused: refused(shown, now),
            certificate: certificate(shown),
            summary: card::sentence(key, &fitness),
            untried: None,
            notes: aside.into_iter().chain(notes).collect(),
            schemes: trials.iter().map(scheme).collect(),
            versions: fitness.iter().map(version).collect(),
        });
    }

    /// Adds a key that was not tried, and why.
    pub fn untried(&mut self, now: i64, label: String, id: String, shown: &Certificate, why: &str) {
        let summary = shown.key.as_ref().map_or_else(String::new, |key| card::listed(key, &self.mechanisms));
        self.keys.push(CardKeyRecord {
            label,
            id,
            refused: refused(shown, now),
            certificate: certificate(shown),
            summary,
            untried: Some(why.to_owned()),
            notes: Vec::new(),
            schemes: Vec::new(),
            versions: Vec::new(),
        });
    }

    /// Whether a key of it was seen to satisfy a server of OpenSSL in TLS 1.3 as it is.
    #[must_use]
    pub fn does_tls13(&self) -> bool {
        let versions = self.keys.iter().filter(|key| key.refused.is_empty()).flat_map(|key| &key.versions);
        versions.into_iter().any(|one| one.version == "TLS 1.3" && one.fits == Fits::AsTheyAre.as_str())
    }

    /// The report, with an empty line behind it.
    #[must_use]
    pub fn text(&self, style: Style) -> String {
        let mut page = Page::new(style);
        page.spans(&[
            bold(&self.token),
            plain(&format!("  {}, serial number {}, slot {}", self.model, self.serial, self.slot)),
        ]);
        page.paragraph("  ", &format!("by {}", self.module));
        let signing = if self.mechanisms.is_empty() { "none".to_owned() } else { self.mechanisms.join(", ") };
        page.paragraph("  ", &format!("mechanisms that sign: {signing}"));
        if let Some(why) = &self.untried {
            page.line("");
            page.paragraph("  ", &format!("No key was tried: {why}."));
        }
        if self.keys.is_empty() {
            page.line("");
            page.paragraph("  ", "There is no certificate on it.");
        }
        self.keys.iter().for_each(|key| page.card_key(key, self.untried.is_some()));
        page.line("");
        page.into_text()
    }
}

/// Why a server refuses a certificate, whatever its key signs.
fn refused(shown: &Certificate, now: i64) -> Vec<String> {
    let dates = certificate(shown);
    let mut why = Vec::new();
    if let Some(end) = dates.not_after.filter(|_| shown.not_after.is_some_and(|end| end < now)) {
        why.push(format!("Its certificate ended on {end}: a server refuses it."));
    }
    if let Some(begin) = dates.not_before.filter(|_| shown.not_before.is_some_and(|begin| begin > now)) {
        why.push(format!("Its certificate begins on {begin}: a server refuses it until then."));
    }
    why.extend(shown.key.as_ref().and_then(card::below_level_2));
    why
}

fn scheme(trial: &Trial) -> CardSchemeRecord {
    let attempts = trial.attempts.iter().map(|attempt| CardAttemptRecord {
        mechanism: attempt.mechanism.clone(),
        digest_outside: attempt.digest_outside,
        refusal: attempt.refusal.clone(),
    });
    CardSchemeRecord { scheme: trial.scheme.to_string(), signs: trial.signs(), attempts: attempts.collect() }
}

fn version(fitness: &Fitness) -> CardVersionRecord {
    CardVersionRecord {
        version: card::spoken(fitness.version),
        fits: fitness.fits.as_str(),
        scheme: fitness.scheme.map(|scheme| scheme.to_string()),
        finding: fitness.finding.as_ref().map(finding),
    }
}

impl Page {
    fn card_key(&mut self, key: &CardKeyRecord, said: bool) {
        self.line("");
        let of = &key.certificate;
        self.spans(&[plain("  "), bold(&key.label), plain(&format!("  {}, {}", of.key, of.subject))]);
        if let Some(end) = &of.not_after {
            self.paragraph("  ", &format!("its certificate ends on {end}"));
        }
        key.refused.iter().for_each(|why| self.paragraph("  ", why));
        let but_for_that = if key.refused.is_empty() { "" } else { "But for that: " };
        self.paragraph("  ", &format!("{but_for_that}{}", key.summary));
        if let Some(why) = key.untried.as_ref().filter(|_| !said) {
            self.paragraph("  ", &format!("It was not tried: {why}."));
        }
        key.notes.iter().for_each(|note| self.paragraph("  ", note));
        if !key.schemes.is_empty() {
            self.heading("Test signatures");
            key.schemes.iter().for_each(|scheme| self.card_scheme(scheme));
        }
        for version in &key.versions {
            if let Some(finding) = &version.finding {
                self.heading(&format!("What to do for {}: {}", version.version, finding.cause));
                self.remedies(&remedies::shown(finding, self.style.full));
            }
        }
    }

    fn card_scheme(&mut self, scheme: &CardSchemeRecord) {
        let refused: Vec<_> = scheme
            .attempts
            .iter()
            .filter_map(|one| one.refusal.as_ref().map(|why| format!("{}: {why}", one.mechanism)))
            .collect();
        // What few programs ask for is no matter where the usual way works.
        let mut told = vec![if scheme.signs { "yes" } else { "no" }.to_owned()];
        if !scheme.signs || self.style.full {
            told.extend(refused);
            let inside = scheme.attempts.iter().find(|one| !one.digest_outside && one.refusal.is_none());
            if let Some(one) = inside.filter(|_| !scheme.signs) {
                told.push(format!("{} signs, for which few programs ask", one.mechanism));
            }
        }
        let told = told.join("; ");
        let name = neutralize(&scheme.scheme);
        self.paragraph_hanging(&format!("    {name:<24} "), &" ".repeat(29), &told);
    }
}
