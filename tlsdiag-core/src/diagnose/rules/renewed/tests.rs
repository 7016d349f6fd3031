use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::diagnose::diagnose;
use crate::event::{Direction, Role};
use crate::handshake::{At, OutcomeKind};
use crate::wire::AlertDescription as Alert;
use crate::wire::x509::{GeneralName, Name};

const NOW: i64 = 100 * DAY;

fn shown(days: (i64, i64), dns: &str) -> Presented {
    let name = |text: &str| Some(Name { text: text.to_owned(), common_name: None, der: text.into() });
    let certificate = Certificate {
        subject: name("CN=leaf"),
        issuer: name("CN=issuer"),
        not_before: Some(days.0 * DAY),
        not_after: Some(days.1 * DAY),
        sans: vec![GeneralName::Dns(dns.to_owned())],
        ..Certificate::default()
    };
    Presented { der: Arc::from(format!("{days:?} {dns}").as_bytes()), certificate: certificate.into() }
}

fn chain(certificates: Vec<Presented>) -> Chain {
    Chain { certificates, ..Chain::default() }
}

/// A server whose certificate ended on that day and was refused for it.
fn refused(end: i64) -> Handshake {
    let mut handshake =
        Handshake::blank(Role::Server).with_alert(Direction::Received, Alert::CERTIFICATE_EXPIRED);
    handshake.time = UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs());
    handshake.server_chain = Some(At { event: 5, value: chain(vec![shown((1, end), "a.test")]) });
    handshake
}

fn first(handshake: Handshake, in_file: Vec<Presented>) -> Finding {
    let path = "/etc/a b.pem".to_owned();
    let file = OwnFile { path, changed: Some(UNIX_EPOCH), chain: chain(in_file) };
    diagnose(&handshake.with_own_file(Some(file))).findings.into_iter().next().expect("a finding")
}

fn is_told(finding: &Finding) -> bool {
    let reload = finding.advice.iter().any(|advice| advice.line == "nginx -s reload");
    let command = "openssl x509 -in '/etc/a b.pem' -noout -subject -enddate";
    let told =
        finding.explanation.contains("/etc/a b.pem, changed at 1970-01-01T00:00:00Z, holds a certificate")
            && finding.advice[0].line.contains("has been renewed")
            && finding.advice.iter().any(|advice| advice.line == command);
    assert!(!told || reload, "{finding:?}");
    told
}

#[test]
fn a_good_file_is_to_be_read_again() {
    let finding = first(refused(90), vec![shown((89, 200), "a.test")]);
    assert_eq!(finding.cause, cause(Role::Server, CertificateFault::Expired));
    assert!(is_told(&finding), "{finding:?}");
    let until = "valid until 1970-07-20T00:00:00Z, and this process still uses the one that ended at 1970-04-01T00:00:00Z";
    assert!(finding.explanation.contains(until), "{}", finding.explanation);
    assert!(!finding.advice.iter().any(|advice| advice.line.starts_with("renew ")), "{finding:?}");
}

#[test]
fn a_file_that_is_no_better_is_not_spoken_of() {
    let bad = [
        vec![],
        // The same, one that has ended, one whose time has not come, one for another name, one whose issuer has ended.
        vec![shown((1, 90), "a.test")],
        vec![shown((89, 95), "a.test")],
        vec![shown((110, 200), "a.test")],
        vec![shown((89, 200), "b.test")],
        vec![shown((89, 200), "a.test"), {
            let mut issuer = shown((1, 99), "");
            let name = Name { text: "CN=issuer".to_owned(), common_name: None, der: "CN=issuer".into() };
            let certificate = Certificate { subject: Some(name), ..(*issuer.certificate).clone() };
            issuer.certificate = certificate.into();
            issuer
        }],
    ];
    for in_file in bad {
        let finding = first(refused(90), in_file);
        assert_eq!(finding.cause, cause(Role::Server, CertificateFault::Expired));
        assert!(!is_told(&finding), "{finding:?}");
    }
    let without = diagnose(&refused(90)).findings.into_iter().next().expect("a finding");
    assert!(!is_told(&without));
}

#[test]
fn one_that_ends_soon_is_compared_with_the_days_that_were_set() {
    let soon = || {
        let mut handshake = refused(105).with_expiry_notice(Some(14));
        handshake.alerts.clear();
        handshake.outcome.kind = OutcomeKind::Established;
        handshake
    };
    assert!(ending_certificate(&soon()).is_some());
    let finding = first(soon(), vec![shown((89, 200), "a.test")]);
    assert_eq!(finding.cause, Cause::WarnCertificateExpiresSoon);
    assert!(is_told(&finding) && finding.explanation.contains("the one that ends at"), "{finding:?}");
    let little_longer = first(soon(), vec![shown((89, 110), "a.test")]);
    assert!(!is_told(&little_longer), "{little_longer:?}");
}

#[test]
fn only_where_its_end_matters_a_file_is_worth_a_look() {
    assert!(ending_certificate(&refused(90)).is_some());
    assert!(ending_certificate(&refused(105)).is_none(), "it has not ended");
    let mut established = refused(90);
    established.outcome.kind = OutcomeKind::Established;
    assert!(ending_certificate(&established).is_none(), "nobody minds");
    let mut client = refused(90);
    client.role = Role::Client;
    assert!(ending_certificate(&client).is_none(), "it is the other side's");
}
