//! The scenarios of negotiation end as their verdicts say, by OpenSSL's own account.

use std::collections::HashSet;

use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, SideResult, Spy, Verdict};

/// Findings about handshakes that come to an end all the same.
fn is_sting(scenario: &Scenario, verdict: Verdict) -> bool {
    let told = ["warn.", "client_auth.pha_not_offered"];
    // Its verify callback lets any certificate pass.
    scenario.name.starts_with("client-unverified")
        || matches!(verdict, Verdict::Cause(code) if told.iter().any(|told| code.starts_with(told)))
}

#[test]
fn faults_fail_and_the_rest_does_not() {
    let pki = Pki::generate().unwrap();
    for scenario in Scenario::negotiation() {
        let run = scenario.run(&pki, &(), Spy::Off).unwrap();
        let last = |results: &[SideResult]| results.last().map(|last| last.handshake.is_ok());
        let ends = [(scenario.server, last(&run.server)), (scenario.client, last(&run.client))];
        let fault = ends.iter().any(|(verdict, _)| {
            !matches!(verdict, Verdict::Healthy | Verdict::NotRecorded) && !is_sting(&scenario, *verdict)
        });
        let failures = run.server.iter().chain(&run.client).filter_map(SideResult::failure).count();
        assert_eq!(fault, failures > 0 && !quiet(&scenario.name), "{}: {run:#?}", scenario.name);
        for (verdict, done) in ends {
            assert_eq!(verdict == Verdict::NotRecorded, done.is_none(), "{}", scenario.name);
            assert!(verdict != Verdict::Healthy || done == Some(true), "{}: {run:#?}", scenario.name);
        }
    }
}

/// Handshakes in order, whose connections end without a farewell or go on without what was wanted.
fn quiet(name: &str) -> bool {
    [
        "truncated-close",
        "leaves-at-once",
        "client-says-goodbye",
        "drops-at-once",
        "health-check",
        "cut-after-the-client-is-done",
        "late-authentication-not-offered",
    ]
    .iter()
    .any(|quiet| name.starts_with(quiet))
}

#[test]
fn names_are_unique_and_stories_are_one_line() {
    let all = [Scenario::all(), Scenario::negotiation()].concat();
    let names: HashSet<_> = all.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.iter().all(|scenario| scenario.summary.ends_with('.') && scenario.summary.len() <= 90));
}
