//! The matrix: every fault of the laboratory, performed for real and recorded at both ends; what each side names against
//! what is true by construction, by code. And every rule is needed: without it the matrix is another.
//!
//! `make matrix` prints it.
#![cfg(feature = "linked")]

mod both_ends;
mod sums;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use both_ends::BothEnds;
use sums::Sums;
use tlsdiag_core::Handshake;
use tlsdiag_core::diagnose::{Cause, Diagnosis, RULES, Rule, Severity, diagnose_with, wording};
use tlsdiag_core::report::{Record, text};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, Spy, Verdict};

/// Every set of scenarios there is.
fn scenarios() -> Vec<Scenario> {
    let compressed = Scenario::compressed();
    if compressed.is_empty() {
        println!("skipped: causes of certificates under compression, which this libssl does not have");
    }
    [
        Scenario::all(),
        Scenario::certificates(),
        Scenario::negotiation(),
        compressed,
        Scenario::with_large_hello(),
    ]
    .concat()
}

/// What one side recorded of one scenario.
struct Case {
    name: String,
    side: &'static str,
    expected: Verdict,
    /// How many handshakes it should have recorded.
    handshakes: usize,
    recorded: Vec<Handshake>,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let pki = Pki::generate().expect("a PKI");
    let mut cases = Vec::new();
    for scenario in scenarios() {
        let ends = BothEnds::default();
        let run = scenario.run(&pki, &ends, Spy::Off);
        assert!(run.is_ok(), "{} cannot be performed: {run:?}", scenario.name);
        for (side, expected, records, collector) in [
            ("server", scenario.server, scenario.records.0, &ends.server),
            ("client", scenario.client, scenario.records.1, &ends.client),
        ] {
            let recorded = collector
                .take()
                .iter()
                .map(|recording| Handshake::from_recording(recording).with_signatures_tried(recording))
                .collect();
            let handshakes = if expected == Verdict::NotRecorded { 0 } else { records };
            cases.push(Case { name: scenario.name.clone(), side, expected, handshakes, recorded });
        }
    }
    let watched: Vec<Case> = cases.iter().filter_map(Case::watched).collect();
    cases.extend(watched);
    cases
});

/// How a finding stands to the truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Score {
    Precise,
    Alternative,
    Missed,
    Wrong,
}

fn score(truth: &str, diagnosis: &Diagnosis) -> Score {
    let Some(first) = diagnosis.findings.first() else { return Score::Missed };
    if first.cause.code() == truth {
        Score::Precise
    } else if first.alternatives.iter().any(|other| other.cause.code() == truth) {
        Score::Alternative
    } else {
        Score::Wrong
    }
}

fn truth(expected: Verdict) -> Option<&'static str> {
    match expected {
        Verdict::Cause(truth) | Verdict::Alternative { truth, .. } => Some(truth),
        Verdict::Healthy | Verdict::NotRecorded => None,
    }
}

impl Case {
    /// The same handshakes for a reader who wants to know of certificates that end within a lifetime; without the wish they
    /// are controls.
    fn watched(&self) -> Option<Case> {
        let version = self.name.strip_prefix("healthy-mutual-1.")?;
        let recorded = self.recorded.iter().map(|one| one.clone().with_expiry_notice(Some(36_500))).collect();
        let expected = Verdict::Cause("warn.certificate_expires_soon");
        let name = format!("certificate-expires-soon-1.{version}");
        Some(Case { name, side: self.side, expected, handshakes: self.handshakes, recorded })
    }

    /// Each handshake with what is true of it: a scenario's verdict is about its last one, and what led there is healthy.
    fn judged(&self) -> impl Iterator<Item = (&Handshake, Verdict)> {
        self.recorded.iter().enumerate().map(|(number, handshake)| {
            let last = number + 1 == self.recorded.len();
            (handshake, if last { self.expected } else { Verdict::Healthy })
        })
    }
}

/// What is not as the scenario says, in words; `None` where all is well.
fn complaint(case: &Case, handshake: &Handshake, expected: Verdict, rules: &[Rule]) -> Option<String> {
    let diagnosis = diagnose_with(rules, handshake);
    let named = diagnosis.findings.first().map_or("nothing", |first| first.cause.code());
    let right = match expected {
        Verdict::Healthy => diagnosis.findings.is_empty(),
        Verdict::Cause(truth) => score(truth, &diagnosis) == Score::Precise,
        Verdict::Alternative { named: first, truth } => {
            named == first && score(truth, &diagnosis) == Score::Alternative
        }
        Verdict::NotRecorded => false,
    };
    (!right).then(|| format!("{} at the {}: {named}, expected {:?}", case.name, case.side, expected))
}

fn shown(handshake: &Handshake) -> String {
    let mut out = Vec::new();
    let record = Record::new(handshake, &tlsdiag_core::diagnose(handshake));
    text::write(&record, &mut out, text::Style::default()).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn each_side_names_the_true_cause_or_says_what_it_cannot_tell_apart() {
    // Precise, alternative named, missed, wrong: at the server, at the client.
    let mut table: BTreeMap<&str, [[usize; 4]; 2]> = BTreeMap::new();
    let mut controls = [[0_usize; 2]; 2];
    let mut complaints = Vec::new();
    for case in CASES.iter() {
        let side = usize::from(case.side == "client");
        if case.recorded.len() != case.handshakes {
            complaints.push(format!("{} at the {}: {} records", case.name, case.side, case.recorded.len()));
        }
        for (handshake, expected) in case.judged() {
            let diagnosis = tlsdiag_core::diagnose(handshake);
            match truth(expected) {
                Some(truth) => {
                    let row = table.entry(truth).or_default();
                    row[side][score(truth, &diagnosis) as usize] += 1;
                }
                None => {
                    controls[side][0] += 1;
                    controls[side][1] += usize::from(!diagnosis.findings.is_empty());
                }
            }
            if let Some(complaint) = complaint(case, handshake, expected, RULES) {
                complaints.push(format!("{complaint}\n{}", shown(handshake)));
            }
        }
    }
    println!("{:44}  {:^31}  {:^31}", "", "server", "client");
    let head = ["precise", "altern.", "missed", "wrong"].map(|word| format!("{word:>7}")).join(" ");
    println!("{:44}  {head}  {head}", "cause");
    let mut sum = [[0; 4]; 2];
    let line = |counts: &[usize; 4]| counts.map(|count| format!("{count:>7}")).join(" ");
    for (code, row) in &table {
        println!("{code:44}  {}  {}", line(&row[0]), line(&row[1]));
        for (sum, side) in sum.iter_mut().flatten().zip(row.iter().flatten()) {
            *sum += side;
        }
    }
    println!("{:44}  {}  {}", format!("{} causes", table.len()), line(&sum[0]), line(&sum[1]));
    let [server, client] = controls;
    println!(
        "{:44}  {:>7} with {} false alarms  {:>7} with {} false alarms",
        "healthy", server[0], server[1], client[0], client[1]
    );
    let counts: Vec<usize> = (0..4).map(|score| sum[0][score] + sum[1][score]).collect();
    let sums = Sums {
        precise: counts[0],
        alternative: counts[1],
        missed: counts[2],
        wrong: counts[3],
        healthy: server[0] + client[0],
        false_alarms: server[1] + client[1],
    };
    sums.write("laboratory");
    let beside = beside();
    let absent: Vec<_> =
        Cause::all().filter(|cause| !table.contains_key(cause.code()) && !cause.is_of_setup()).collect();
    for cause in &absent {
        let how = match (beside.contains(cause.code()), cause.is_diagnosed()) {
            (true, _) => "found beside another cause",
            (false, true) => "NO SCENARIO",
            (false, false) => "no rule in this version",
        };
        println!("{:44}  {how}", cause.code());
    }
    let without = absent.iter().any(|cause| cause.is_diagnosed() && !beside.contains(cause.code()));
    assert!(!without, "there are causes without a scenario");
    assert!(complaints.is_empty(), "{} wrong:\n{}", complaints.len(), complaints.join("\n"));
}

/// Causes that stand behind the first one in a finding of these rules.
fn beside() -> BTreeSet<&'static str> {
    let recorded = CASES.iter().flat_map(|case| &case.recorded);
    let later = |handshake| tlsdiag_core::diagnose(handshake).findings.into_iter().skip(1);
    recorded.flat_map(later).map(|finding| finding.cause.code()).collect()
}

/// So many of both kinds, and each control that an operator would be woken up for by a false alarm.
#[test]
fn there_are_enough_of_both() {
    let of = |healthy: bool| {
        CASES.iter().filter(move |case| {
            case.expected != Verdict::NotRecorded && truth(case.expected).is_none() == healthy
        })
    };
    let scenarios = |healthy| of(healthy).map(|case| case.name.as_str()).collect::<BTreeSet<_>>();
    let (faults, controls) = (scenarios(false), scenarios(true));
    println!(
        "{} scenarios with a fault, {} with a side that has nothing to say",
        faults.len(),
        controls.len()
    );
    assert!(faults.len() >= 150 && controls.len() >= 40);
    for control in [
        "healthy-resumption-1.2",
        "healthy-resumption-1.3",
        "healthy-hello-retry-1.3",
        "psk-1.2",
        "psk-1.3",
        "certificate-optional-1.2",
        "certificate-optional-1.3",
        "alpn-ignored-1.2",
        "alpn-ignored-1.3",
        "post-handshake-authentication-1.3",
        "renegotiation-1.2",
        "client-cert-healthy-crl-1.2",
        "server-cert-healthy-crl-chain-1.3",
        "slow-network-1.2",
        "slow-network-1.3",
        "crumbs-1.2",
        "crumbs-1.3",
        "server-cert-healthy-unverified-1.2",
        "server-cert-healthy-unverified-1.3",
        "truncated-close-1.2",
        "truncated-close-1.3",
    ] {
        assert!(controls.contains(control), "{control}");
    }
}

/// Every cause that these rules find, over all handshakes.
fn verdicts(rules: &[Rule]) -> Vec<Vec<Cause>> {
    let recorded = CASES.iter().flat_map(|case| &case.recorded);
    let causes =
        |handshake| diagnose_with(rules, handshake).findings.iter().map(|found| found.cause).collect();
    recorded.map(causes).collect()
}

/// Left out one at a time, each rule is missed: in so many handshakes something else is found, and the test of the recorded cases,
/// which knows every finding of each, would fail.
#[test]
fn each_rule_is_needed() {
    // It takes a program that loads a file in mid-handshake, from its own BIO: curl in tlsdiag-cli's `tests/run/setup.rs`.
    const ELSEWHERE: [&str; 1] = ["own_file::unloaded"];
    let whole = verdicts(RULES);
    let mut idle = Vec::new();
    for (place, rule) in RULES.iter().enumerate() {
        let mut rules = RULES.to_vec();
        rules.remove(place);
        let without = verdicts(&rules);
        let changed = without.iter().zip(&whole).filter(|(without, whole)| without != whole).count();
        let first =
            without.iter().zip(&whole).filter(|(without, whole)| without.first() != whole.first()).count();
        println!(
            "without {:36} {changed:>4} handshakes say something else, {first:>4} of them first",
            rule.name
        );
        // What OpenSSL 3.5 does no more is not among the cases there.
        let is_past = rule.name == "own_unreadable::left_in_queue"
            && !CASES.iter().any(|case| case.name.starts_with("own-unreadable"));
        if changed == 0 && !is_past && !ELSEWHERE.contains(&rule.name) {
            idle.push(rule.name);
        }
    }
    assert!(idle.is_empty(), "nothing changes without {idle:?}");
}

/// What is possible "may" be, what is likely is so "probably", what is certain is so; and a failure has one cause.
#[test]
fn each_sentence_says_what_its_confidence_says() {
    let mut reworded = BTreeSet::new();
    for (name, handshake) in CASES.iter().flat_map(|case| case.recorded.iter().map(|one| (&case.name, one))) {
        let findings = tlsdiag_core::diagnose(handshake).findings;
        // A note is about what happened, and no guess.
        for finding in findings.iter().filter(|finding| finding.severity != Severity::Note) {
            let agrees = wording::agrees(finding.confidence, &finding.summary);
            assert!(agrees, "{name}: {:?}: {}", finding.confidence, finding.summary);
        }
        let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        assert!(errors <= 1, "{name}: {findings:?}");
        for rule in RULES {
            let Some(raw) = (rule.find)(handshake) else { continue };
            if raw.severity != Severity::Note && !wording::agrees(raw.confidence, &raw.summary) {
                reworded.insert(format!("{} ({}): {}", rule.name, raw.confidence.as_str(), raw.summary));
            }
        }
    }
    for sentence in &reworded {
        println!("reworded: {sentence}");
    }
}

#[test]
fn certificates_of_compressed_twins_come_compressed_both_ways() {
    let twins: Vec<_> = CASES.iter().filter(|case| case.name.contains("-compressed-")).collect();
    let mut ways = [0; 2];
    for (case, handshake) in twins.iter().flat_map(|case| case.recorded.iter().map(move |one| (case, one))) {
        let chains = [&handshake.server_chain, &handshake.client_chain];
        for (way, chain) in chains.into_iter().enumerate() {
            let Some(chain) = chain.as_ref().filter(|chain| !chain.certificates.is_empty()) else { continue };
            let compressed = chain.compression.is_some();
            // A single certificate may be no shorter under compression, and then goes as it is.
            assert!(
                compressed || chain.certificates.len() == 1,
                "{} at the {}: {} bytes",
                case.name,
                case.side,
                chain.size
            );
            ways[way] += usize::from(compressed);
        }
    }
    println!("{} certificates of servers and {} of clients came compressed", ways[0], ways[1]);
    assert!(twins.is_empty() || ways.iter().all(|count| *count > 60), "{ways:?}");
}

#[test]
fn an_alert_in_the_clear_is_told_from_a_sealed_one() {
    let sealed = |name: &str, side: &str| {
        let case = CASES.iter().find(|case| case.name == name && case.side == side).expect(name);
        let alert = case.recorded[0].fatal_alert(tlsdiag_core::event::Direction::Received).expect("an alert");
        alert.sealed
    };
    // A TLS 1.3 client refuses the server's certificate before it has keys to seal with; the server answers sealed.
    assert!(!sealed("server-cert-expired-1.3", "server"));
    assert!(sealed("client-cert-expired-1.3", "client"));
    assert!(!sealed("server-cert-expired-1.2", "server"));
}

#[test]
fn each_fault_of_a_certificate_is_performed_for_either_owner_in_either_version() {
    let performed: BTreeSet<(&str, &str)> = CASES
        .iter()
        .filter_map(|case| Some((truth(case.expected)?, case.name.rsplit_once('-')?.1)))
        .collect();
    let absent: Vec<_> = Cause::all()
        .filter(|cause| matches!(cause.code().split_once('.'), Some(("server_cert" | "client_cert", _))))
        .flat_map(|cause| [(cause.code(), "1.2"), (cause.code(), "1.3")])
        .filter(|(code, version)| !performed.contains(&(*code, *version)))
        .collect();
    assert!(absent.is_empty(), "{absent:?}");
}
