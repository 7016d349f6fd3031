//! Two records beside each other, of real handshakes.
#![cfg(feature = "linked")]

mod both_ends;

use both_ends::BothEnds;
use tlsdiag_core::compare::{diff, join};
use tlsdiag_core::diagnose::Confidence;
use tlsdiag_core::diagnose::wording::agrees;
use tlsdiag_core::event::{Direction, EventBody, Recording, State};
use tlsdiag_core::report::Record;
use tlsdiag_core::report::text::Style;
use tlsdiag_core::{Collector, Handshake, diagnose};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Scenario, Spy, Verdict};

fn record(recording: &Recording) -> Record {
    let handshake = Handshake::from_recording(recording).with_signatures_tried(recording);
    Record::new(&handshake, &diagnose(&handshake))
}

/// The server's record and the client's.
fn performed(pki: &Pki, name: &str) -> (Record, Record) {
    let ends = BothEnds::default();
    let all = Scenario::all();
    let scenario = all.iter().find(|scenario| scenario.name == name).expect("a scenario of this name");
    scenario.run(pki, &ends, Spy::Off).expect("a scenario that can be performed");
    (record(&ends.server.take()[0]), record(&ends.client.take()[0]))
}

fn shown(write: impl FnOnce(&mut Vec<u8>, Style) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out, Style::default()).expect("memory");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_founding_case_beside_its_cure_shows_pss() {
    let pki = Pki::generate().expect("a PKI");
    let failing = performed(&pki, "card-refuses-pss-1.2");
    let working = performed(&pki, "healthy-card-1.2");
    for (failing, working) in [(&failing.0, &working.0), (&failing.1, &working.1)] {
        for (left, right) in [(failing, working), (working, failing)] {
            let difference = diff(left, right);
            let explanation = difference.explanation.as_ref().expect("an explanation");
            assert_eq!(explanation.cause, "sigalg.signer_refused");
            assert_eq!(explanation.field, "CertificateRequest.signature_algorithms");
            // The schemes that such a card has nothing to do with are no explanation.
            let pss = ["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"];
            assert_eq!(explanation.only_failing, pss);
            assert_eq!(explanation.only_working, <[String; 0]>::default());
            assert_eq!(difference.summary, explanation.sentence);
            assert_eq!(difference.differences[0].field, explanation.field);
            assert_eq!(difference.differences.iter().filter(|row| row.explains).count(), 1);
            let page = shown(|out, style| difference.write(out, style));
            assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
            assert!(page.starts_with("sigalg.signer_refused is explained by"), "{page}");
        }
    }
}

#[test]
fn a_key_that_fits_nothing_is_explained_by_the_schemes_that_would_fit() {
    let pki = Pki::generate().expect("a PKI");
    let (server, client) = performed(&pki, "rsa-key-ecdsa-only-1.2");
    let (well_server, well_client) = performed(&pki, "healthy-mutual-1.2");
    for (failing, working) in [(server, well_server), (client, well_client)] {
        let explanation = diff(&failing, &working).explanation.expect("an explanation");
        assert_eq!(explanation.field, "CertificateRequest.signature_algorithms");
        assert!(explanation.only_failing.is_empty(), "{explanation:?}");
        assert!(explanation.only_working.contains(&"rsa_pss_rsae_sha256".to_owned()), "{explanation:?}");
        assert!(
            !explanation.only_working.iter().any(|scheme| scheme.starts_with("ecdsa")),
            "{explanation:?}"
        );
    }
}

#[test]
fn the_same_certificate_at_another_time_is_explained_by_the_time() {
    let pki = Pki::generate().expect("a PKI");
    let (failing, _) = performed(&pki, "client-cert-expired-1.3");
    let mut working = failing.clone();
    working.diagnosis = performed(&pki, "healthy-mutual-1.3").0.diagnosis;
    working.outcome = "established".to_owned();
    working.time = "2020-01-01T00:00:00Z".to_owned();
    let explanation = diff(&failing, &working).explanation.expect("an explanation");
    assert_eq!(explanation.field, "time");
    assert!(explanation.sentence.contains("2020-01-01"), "{}", explanation.sentence);
}

#[test]
fn two_healthy_handshakes_explain_nothing() {
    let pki = Pki::generate().expect("a PKI");
    let (one, its_client) = performed(&pki, "healthy-mutual-1.2");
    let (other, _) = performed(&pki, "healthy-mutual-1.3");
    let difference = diff(&one, &other);
    assert_eq!(difference.explanation, None);
    assert!(difference.differences.iter().any(|row| row.field == "ServerHello.version"));
    let itself = diff(&one, &one);
    assert!(itself.differences.is_empty() && itself.same.contains(&"ClientHello.cipher_suites"));
    // What a client and a server are configured to do is not held against each other.
    let ends = diff(&one, &its_client);
    assert!(!ends.differences.iter().any(|row| row.field.starts_with("own ")), "{ends:?}");
}

#[test]
fn two_ends_know_more_than_one() {
    let pki = Pki::generate().expect("a PKI");
    let (server, client) = performed(&pki, "rsa-key-ecdsa-only-1.2");
    assert_eq!(server.cause(), Some("client_cert.missing"));
    let joined = join(&server, &client).expect("two ends of one connection");
    let finding = joined.finding.expect("a finding");
    assert_eq!(
        (finding.cause.as_str(), finding.confidence.as_str()),
        ("sigalg.client_key_incompatible", "certain")
    );
    assert!(joined.relation.contains("cannot exclude"), "{}", joined.relation);

    let (server, client) = performed(&pki, "client-cert-unknown-issuer-1.3");
    let finding = join(&client, &server).and_then(|joined| joined.finding).expect("a finding");
    assert_eq!(
        (finding.cause.as_str(), finding.confidence.as_str()),
        ("client_cert.unknown_issuer", "likely")
    );
    // Neither end knows whether the unknown issuer is a root or an intermediate; but no list and no depth is in question.
    let left: Vec<_> = finding.alternatives.iter().map(|other| other.cause.as_str()).collect();
    assert_eq!(left, ["client_cert.incomplete_chain"]);
}

#[test]
fn a_hello_that_did_not_arrive_as_it_was_sent_is_the_cause() {
    let pki = Pki::generate().expect("a PKI");
    let (server, client) = performed(&pki, "client-cert-unknown-issuer-1.2");
    let mut received = serde_json::to_value(&server).expect("JSON");
    received["offer"]["legacy_version"] = serde_json::json!({"code": 0x0302, "name": "TLSv1.1"});
    let received: Record = serde_json::from_value(received).expect("a record");
    let joined = join(&client, &received).expect("two ends of one connection");
    let finding = joined.finding.expect("a finding");
    assert_eq!((finding.cause.as_str(), finding.confidence.as_str()), ("record.corrupt", "certain"));
    let mut other = client.clone();
    let hello = other.events.iter_mut().find(|event| event.name.as_deref() == Some("server_hello"));
    let random = &mut hello.expect("a ServerHello").value.as_mut().expect("its fields")["random"];
    *random = random.as_str().expect("a random").replace('1', "0").replace('2', "3").into();
    let signed = join(&other, &server).and_then(|joined| joined.finding).expect("a finding");
    assert!(signed.summary.contains("ServerHello.random"), "{}", signed.summary);
    assert_eq!(signed.cause, "record.corrupt");
    assert!(
        finding.summary.contains("ClientHello.legacy_version was sent as TLSv1.2 and received as TLSv1.1"),
        "{}",
        finding.summary
    );
}

#[test]
fn clocks_that_do_not_agree_come_before_a_date() {
    let pki = Pki::generate().expect("a PKI");
    let (server, client) = performed(&pki, "client-cert-expired-1.3");
    let joined = join(&client, &server).expect("two ends of one connection");
    let finding = joined.finding.expect("a finding");
    assert_eq!((finding.cause.as_str(), finding.confidence.as_str()), ("client_cert.expired", "certain"));
    let mut ahead = server.clone();
    ahead.time = "2199-01-01T00:00:00Z".to_owned();
    let finding = join(&client, &ahead).and_then(|joined| joined.finding).expect("a finding");
    assert_eq!((finding.cause.as_str(), finding.confidence.as_str()), ("client_cert.expired", "likely"));
    assert!(finding.summary.contains("days apart"), "{}", finding.summary);
    assert!(finding.advice[0].line.contains("clock"), "{}", finding.advice[0].line);
}

#[test]
fn a_client_that_left_when_it_was_done_has_no_fault() {
    let pki = Pki::generate().expect("a PKI");
    let ends = BothEnds::default();
    let all = Scenario::all();
    let scenario = all
        .iter()
        .find(|scenario| scenario.name == "healthy-server-only-1.3")
        .expect("a scenario of this name");
    scenario.run(&pki, &ends, Spy::Off).expect("a scenario that can be performed");
    let whole = &ends.server.take()[0];
    // The server lets go before it has read the client's Finished.
    let mut cut = Recording::new(whole.connection());
    let is_finished = |body: &EventBody<'_>| {
        matches!(body, EventBody::Message { direction: Direction::Received, bytes: [20, ..] })
    };
    for event in whole.events().take_while(|event| !is_finished(&event.body)) {
        cut.push(event.elapsed, &event.body);
    }
    cut.push(whole.events().last().expect("an event").elapsed, &EventBody::State(State::Freed));
    let (server, client) = (record(&cut), record(&ends.client.take()[0]));
    assert_eq!((server.verdict(), client.verdict()), ("transport.closed_mid_handshake", "ok"));
    let joined = join(&server, &client).expect("one connection");
    assert_eq!(joined.verdict(), "ok");
    assert!(joined.relation.contains("health checks"), "{}", joined.relation);
}

#[test]
fn records_of_two_connections_are_not_joined() {
    let pki = Pki::generate().expect("a PKI");
    let (server, _) = performed(&pki, "healthy-mutual-1.2");
    let (_, client) = performed(&pki, "healthy-mutual-1.2");
    assert!(join(&server, &client).is_none());
    assert!(join(&server, &server).is_none());
}

/// Whatever the two ends make of a fault, together they name the true cause wherever either of them does.
const SURE: [Confidence; 3] = [Confidence::Possible, Confidence::Likely, Confidence::Certain];

#[test]
fn two_ends_name_the_true_cause_of_every_scenario() {
    let pki = Pki::generate().expect("a PKI");
    let (mut joined_pairs, mut settled, mut wrong) = (0, 0, Vec::new());
    for scenario in [Scenario::all(), Scenario::certificates(), Scenario::negotiation()].concat() {
        let ends = BothEnds::default();
        scenario.run(&pki, &ends, Spy::Off).expect("a scenario that can be performed");
        let records = |collector: &Collector| collector.take().iter().map(record).collect::<Vec<_>>();
        let (servers, clients) = (records(&ends.server), records(&ends.client));
        // A scenario's verdicts are about its last handshake.
        let (Some(server), Some(client)) = (servers.last(), clients.last()) else { continue };
        let Some(joined) = join(server, client) else { continue };
        joined_pairs += 1;
        let page = shown(|out, style| joined.write(out, style));
        let named = |verdict| if let Verdict::Cause(truth) = verdict { Some(truth) } else { None };
        let possible = |verdict| match verdict {
            Verdict::Cause(truth) | Verdict::Alternative { truth, .. } => Some(truth),
            Verdict::Healthy | Verdict::NotRecorded => None,
        };
        // Where the two name different causes both are true: one is behind the other.
        // The laboratory makes a server sign with what its client did not offer by altering the hello between them.
        let altered = scenario.name.starts_with("server-signs-with-what-it-likes");
        let known = match altered {
            true => [Some("record.corrupt"), None],
            false => [named(scenario.client), named(scenario.server)],
        };
        let truth = possible(scenario.client).or(possible(scenario.server));
        let finding = joined.finding.as_ref();
        let right = match (known, truth) {
            ([None, None], None) => joined.verdict() == "ok",
            // Neither end names it: it is at least among what is left.
            ([None, None], Some(truth)) => finding.is_some_and(|finding| {
                finding.cause == truth || finding.alternatives.iter().any(|other| other.cause == truth)
            }),
            (known, _) => known.contains(&Some(joined.verdict())),
        };
        if !right {
            wrong.push(format!("{}: {}, and {known:?} is right\n{page}", scenario.name, joined.verdict()));
        }
        let guessed = [scenario.server, scenario.client]
            .iter()
            .any(|verdict| matches!(verdict, Verdict::Alternative { .. }));
        // An end for which it is no failure has nothing to settle it by.
        let noted = [server, client].iter().any(|end| end.verdict().starts_with("note."));
        if guessed && !noted && known != [None, None] {
            settled += 1;
            // What remains beside it is what both ends had beside it.
            let considered = |record: &Record, cause: &str| {
                let finding = &record.diagnosis.findings[0];
                finding.cause == cause || finding.alternatives.iter().any(|other| other.cause == cause)
            };
            let finding = finding.expect("a finding");
            let left = finding.alternatives.iter();
            if !left.clone().all(|left| considered(server, &left.cause) && considered(client, &left.cause))
                || (finding.confidence == "certain" && !finding.alternatives.is_empty())
                || !SURE
                    .iter()
                    .any(|sure| sure.as_str() == finding.confidence && agrees(*sure, &finding.summary))
            {
                wrong.push(format!("{}: not settled\n{page}", scenario.name));
            }
        }
    }
    println!("{joined_pairs} pairs, in {settled} of them one end had only guessed");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(joined_pairs > 150 && settled > 10, "{joined_pairs} pairs, {settled} settled");
}
