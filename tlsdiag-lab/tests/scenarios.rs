//! Every scenario ends as its summary says, by OpenSSL's own account.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{LazyLock, Mutex};

use openssl::ssl::{SslContextBuilder, SslRef};
use tlsdiag_lab::pki::Pki;
use tlsdiag_lab::scenario::{Observer, Run, Scenario, Side, SideResult, Spy, Verdict};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::generate().unwrap());

/// OpenSSL's numbers: reasons of libssl (`SSL_R_…`; a received alert is 1000 and its number) and verification results.
mod reason {
    pub(crate) const CERTIFICATE_VERIFY_FAILED: i32 = 134;
    pub(crate) const HTTP_REQUEST: i32 = 156;
    pub(crate) const NO_SHARED_CIPHER: i32 = 193;
    pub(crate) const PEER_DID_NOT_RETURN_A_CERTIFICATE: i32 = 199;
    pub(crate) const UNSUPPORTED_PROTOCOL: i32 = 258;
    pub(crate) const WRONG_VERSION_NUMBER: i32 = 267;
    pub(crate) const UNEXPECTED_EOF_WHILE_READING: i32 = 294;
    pub(crate) const WRONG_CURVE: i32 = 378;
    pub(crate) const fn alert(number: i32) -> i32 {
        1000 + number
    }
}
mod alert {
    use super::reason::alert;
    pub(crate) const HANDSHAKE_FAILURE: i32 = alert(40);
    pub(crate) const BAD_CERTIFICATE: i32 = alert(42);
    pub(crate) const UNSUPPORTED_CERTIFICATE: i32 = alert(43);
    pub(crate) const CERTIFICATE_EXPIRED: i32 = alert(45);
    pub(crate) const ILLEGAL_PARAMETER: i32 = alert(47);
    pub(crate) const UNKNOWN_CA: i32 = alert(48);
    pub(crate) const PROTOCOL_VERSION: i32 = alert(70);
    pub(crate) const INTERNAL_ERROR: i32 = alert(80);
    pub(crate) const CERTIFICATE_REQUIRED: i32 = alert(116);
}
mod verify {
    pub(crate) const CERT_HAS_EXPIRED: i32 = 10;
    pub(crate) const UNABLE_TO_GET_ISSUER_CERT_LOCALLY: i32 = 20;
    pub(crate) const INVALID_PURPOSE: i32 = 26;
    pub(crate) const HOSTNAME_MISMATCH: i32 = 62;
}

const LIBSSL: i32 = 20;

/// What one side shall have met.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Met {
    /// No failure from the first byte to the last.
    Nothing,
    /// This reason, in the handshake.
    Reason(i32),
    /// A verification with this result, in the handshake.
    Unverified(i32),
    /// The card's own word, from a library that is not OpenSSL's.
    TheCard,
    /// This alert: in TLS 1.2 in the handshake, in TLS 1.3 after it.
    LateAlert(i32),
    /// It does not speak TLS.
    NoTls,
}

/// The truth about each scenario: name without version, server, client.
fn truth(name: &str) -> (Met, Met) {
    use Met::*;
    match name.rsplit_once('-').expect("a name ends in its version").0 {
        healthy if healthy.starts_with("healthy") => (Nothing, Nothing),
        "card-refuses-pss" => (Reason(alert::INTERNAL_ERROR), TheCard),
        "rsa-key-ecdsa-only" | "client-cert-missing" => {
            (Reason(reason::PEER_DID_NOT_RETURN_A_CERTIFICATE), LateAlert(missing_certificate_alert(name)))
        }
        "client-key-off-the-groups" => (Reason(reason::WRONG_CURVE), Reason(alert::ILLEGAL_PARAMETER)),
        "client-cert-unknown-issuer" => {
            (Unverified(verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY), LateAlert(alert::UNKNOWN_CA))
        }
        "client-cert-expired" => {
            (Unverified(verify::CERT_HAS_EXPIRED), LateAlert(alert::CERTIFICATE_EXPIRED))
        }
        "client-cert-wrong-purpose" => {
            (Unverified(verify::INVALID_PURPOSE), LateAlert(alert::UNSUPPORTED_CERTIFICATE))
        }
        "server-cert-incomplete-chain" => {
            (Reason(alert::UNKNOWN_CA), Unverified(verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY))
        }
        "server-cert-hostname-mismatch" => {
            (Reason(alert::BAD_CERTIFICATE), Unverified(verify::HOSTNAME_MISMATCH))
        }
        "version-client-too-old" | "version-server-too-old" => {
            (Reason(reason::UNSUPPORTED_PROTOCOL), Reason(alert::PROTOCOL_VERSION))
        }
        "cipher-no-overlap" => (Reason(reason::NO_SHARED_CIPHER), Reason(alert::HANDSHAKE_FAILURE)),
        "http-client" => (Reason(reason::HTTP_REQUEST), NoTls),
        "http-server" => (NoTls, Reason(reason::WRONG_VERSION_NUMBER)),
        "client-closes" => (Reason(reason::UNEXPECTED_EOF_WHILE_READING), NoTls),
        "server-closes" => (NoTls, Reason(reason::UNEXPECTED_EOF_WHILE_READING)),
        unknown => panic!("no truth is known about {unknown}"),
    }
}

/// TLS 1.3 has an alert of its own for a missing certificate.
fn missing_certificate_alert(name: &str) -> i32 {
    if name.ends_with("1.3") { alert::CERTIFICATE_REQUIRED } else { alert::HANDSHAKE_FAILURE }
}

fn run(name: &str, spy: Spy) -> Run {
    let scenario = Scenario::all().into_iter().find(|scenario| scenario.name == name).expect(name);
    scenario.run(&PKI, &(), spy).unwrap()
}

fn met(result: &SideResult) -> Met {
    let Some(failure) = result.failure() else { return Met::Nothing };
    assert_eq!((failure.ssl_error, failure.errno), (1, 0), "{failure}");
    let first = &failure.queue[0];
    match first.reason {
        _ if first.library != LIBSSL => {
            assert_eq!(first.text, tlsdiag_lab::refusing_key::REASON);
            Met::TheCard
        }
        reason::CERTIFICATE_VERIFY_FAILED => Met::Unverified(result.verify_result),
        reason if result.handshake.is_ok() => Met::LateAlert(reason),
        reason => Met::Reason(reason),
    }
}

#[test]
fn each_scenario_ends_as_its_story_says() {
    for scenario in Scenario::all() {
        let run = scenario.run(&PKI, &(), Spy::Off).unwrap();
        let (server, client) = truth(&scenario.name);
        for (side, expected, results) in [("server", server, &run.server), ("client", client, &run.client)] {
            let expected = match expected {
                Met::LateAlert(alert) if scenario.name.ends_with("1.2") => Met::Reason(alert),
                other => other,
            };
            if expected == Met::NoTls {
                assert!(results.is_empty(), "{}, {side}", scenario.name);
                continue;
            }
            assert_eq!(results.len(), scenario.handshakes, "{}, {side}", scenario.name);
            for result in results {
                assert_eq!(met(result), expected, "{}, {side}: {result:?}", scenario.name);
                assert!(result.left_in_queue.is_empty(), "{}, {side}: {result:?}", scenario.name);
            }
        }
    }
}

#[test]
fn healthy_handshakes_speak_and_say_goodbye() {
    for scenario in Scenario::all().iter().filter(|scenario| scenario.name.starts_with("healthy")) {
        let run = scenario.run(&PKI, &(), Spy::Off).unwrap();
        for (result, expected) in run
            .server
            .iter()
            .map(|it| (it, "Are you there?"))
            .chain(run.client.iter().map(|it| (it, "Yes, I am.")))
        {
            assert_eq!(result.application, Some(Ok(expected.to_owned())), "{}", scenario.name);
            assert_eq!(result.farewell, Some(Ok(())), "{}", scenario.name);
            let version = result.negotiated.as_ref().unwrap().version;
            assert_eq!(version, format!("TLSv{}", scenario.version.as_str()), "{}", scenario.name);
        }
    }
}

#[test]
fn verdicts_agree_with_the_truth() {
    for scenario in Scenario::all() {
        let (server, client) = truth(&scenario.name);
        for (verdict, met) in [(scenario.server, server), (scenario.client, client)] {
            match verdict {
                Verdict::Healthy => assert_eq!(met, Met::Nothing, "{}", scenario.name),
                Verdict::NotRecorded => assert_eq!(met, Met::NoTls, "{}", scenario.name),
                Verdict::Cause(_) | Verdict::Alternative { .. } => {
                    assert!(!matches!(met, Met::Nothing | Met::NoTls), "{}", scenario.name)
                }
            }
        }
    }
}

#[test]
fn names_are_unique_and_stories_are_one_line() {
    let all = Scenario::all();
    let names: HashSet<_> = all.iter().map(|scenario| &scenario.name).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.iter().all(|scenario| scenario.summary.ends_with('.') && scenario.summary.len() <= 80));
}

#[test]
fn two_runs_are_equal() {
    for spy in [Spy::Off, Spy::On] {
        for scenario in Scenario::all() {
            let (one, other) = (scenario.run(&PKI, &(), spy).unwrap(), scenario.run(&PKI, &(), spy).unwrap());
            assert_eq!(one, other, "{}", scenario.name);
        }
    }
}

#[test]
fn the_spy_changes_nothing_but_alpn() {
    for scenario in Scenario::all() {
        let bare = scenario.run(&PKI, &(), Spy::Off).unwrap();
        let mut spied = scenario.run(&PKI, &(), Spy::On).unwrap();
        for result in spied.server.iter_mut().chain(&mut spied.client) {
            assert!(result.callbacks.iter().any(|call| call.starts_with("info")), "{}", scenario.name);
            assert!(result.callbacks.iter().any(|call| call.starts_with("security")), "{}", scenario.name);
            result.callbacks.clear();
            if let Some(negotiated) = &mut result.negotiated {
                assert_eq!(negotiated.alpn.take().as_deref(), Some("http/1.1"), "{}", scenario.name);
            }
        }
        assert_eq!(bare, spied, "{}", scenario.name);
    }
}

#[test]
fn the_second_handshake_resumes_the_first() {
    for name in ["healthy-resumption-1.2", "healthy-resumption-by-id-1.2", "healthy-resumption-1.3"] {
        let run = run(name, Spy::On);
        for results in [&run.server, &run.client] {
            let resumed: Vec<_> = results.iter().map(|it| it.negotiated.as_ref().unwrap().resumed).collect();
            assert_eq!(resumed, [false, true], "{name}");
        }
        let tickets = run.server[0].callbacks.iter().any(|call| call.contains("session ticket"));
        assert_eq!(tickets, !name.contains("by-id"), "{name}");
    }
}

#[test]
fn the_client_is_asked_to_retry_its_hello() {
    let hellos = |name| {
        let run = run(name, Spy::On);
        run.server[0].callbacks.iter().filter(|call| call.ends_with("read client hello")).count()
    };
    assert_eq!(hellos("healthy-mutual-1.3"), 1);
    assert_eq!(hellos("healthy-hello-retry-1.3"), 2);
}

#[test]
fn the_client_names_the_server_that_it_wants() {
    for (name, wanted) in
        [("healthy-mutual-1.3", "localhost"), ("server-cert-hostname-mismatch-1.3", "payments.example")]
    {
        let call = format!("servername Some({wanted:?})");
        assert!(run(name, Spy::On).server[0].callbacks.contains(&call), "{name}");
    }
}

#[test]
fn the_card_shows_its_certificate_and_fails_to_sign() {
    for version in ["1.2", "1.3"] {
        let run = run(&format!("card-refuses-pss-{version}"), Spy::On);
        let wrote = |what: &str| run.client[0].callbacks.iter().any(|call| call.ends_with(what));
        // From 3.2 on it may go compressed.
        let shown = wrote("write client certificate") || wrote("write client compressed certificate");
        assert!(shown && !wrote("write certificate verify"), "TLS {version}: {:?}", run.client[0].callbacks);
    }
}

#[derive(Default)]
struct Counter {
    contexts: Mutex<Vec<Side>>,
    connections: Mutex<Vec<(Side, SocketAddr)>>,
}

impl Observer for Counter {
    fn context(&self, side: Side, _: &mut SslContextBuilder) {
        self.contexts.lock().unwrap().push(side);
    }

    fn connection(&self, side: Side, ssl: &mut SslRef, peer: SocketAddr) {
        assert!(ssl.state_string_long().contains("before"), "the handshake has not begun");
        self.connections.lock().unwrap().push((side, peer));
    }
}

#[test]
fn the_observer_sees_each_context_and_each_connection_once() {
    for scenario in Scenario::all() {
        let counter = Counter::default();
        scenario.run(&PKI, &counter, Spy::Off).unwrap();
        for (side, verdict) in [(Side::Server, scenario.server), (Side::Client, scenario.client)] {
            let speaks = usize::from(verdict != Verdict::NotRecorded);
            let contexts = counter.contexts.lock().unwrap();
            assert_eq!(contexts.iter().filter(|seen| **seen == side).count(), speaks, "{}", scenario.name);
            let connections = counter.connections.lock().unwrap();
            let of_side: Vec<_> = connections.iter().filter(|(seen, _)| *seen == side).collect();
            assert_eq!(of_side.len(), speaks * scenario.handshakes, "{}", scenario.name);
            assert!(of_side.iter().all(|(_, peer)| peer.ip().is_loopback() && peer.port() != 0));
        }
    }
}
