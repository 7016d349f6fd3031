use super::*;
use crate::event::LocalConfiguration;
use crate::handshake::{At, Chain, OutcomeKind, Presented, StepKind, Verification};
use crate::wire::x509::{BasicConstraints, KeyUsage};

fn judged(error: i32, depth: u32, culprit: &Certificate) -> Finding {
    let complaint = Complaint { event: 3, depth, error };
    judge(&Handshake::blank(Role::Server), Role::Client, &complaint, Some(culprit))
}

fn advises(finding: &Finding, words: &str) -> bool {
    finding.advice.iter().any(|advice| advice.line.contains(words))
}

#[test]
fn whose_certificate_it_is_decides_what_is_to_be_done() {
    let servers = vec!["serverAuth".to_owned()];
    let one = Certificate { extended_key_usage: Some(servers), ..Certificate::default() };
    let leaf = judged(verify::INVALID_PURPOSE, 0, &one);
    assert!(
        leaf.summary.contains("not for use by a client")
            && advises(&leaf, "with extendedKeyUsage = clientAuth")
    );
    let issuer = judged(verify::INVALID_PURPOSE, 1, &one);
    assert_eq!(issuer.cause, leaf.cause);
    assert!(
        issuer.summary.contains("at depth 1") && issuer.summary.contains("own certificate is not the fault")
    );
    assert!(
        advises(&issuer, "issued by another CA") && !advises(&issuer, "with extendedKeyUsage = clientAuth")
    );
    let weak = judged(verify::CA_KEY_TOO_SMALL, 1, &one);
    assert!(advises(&weak, "by this one with a new key"));
}

#[test]
fn a_ca_without_constraints_breaks_a_rule_unless_its_usage_forbids_to_sign() {
    let usage = |bits| Certificate { key_usage: Some(KeyUsage(bits)), ..Certificate::default() };
    let cause = |one: &Certificate| judged(verify::INVALID_CA, 1, one).cause.code();
    assert_eq!(cause(&usage(1 << 5)), "client_cert.strict_profile");
    assert_eq!(cause(&Certificate::default()), "client_cert.issuer_not_ca");
    let ca = Some(BasicConstraints { ca: true, path_len: None });
    let lists_alone = Certificate { basic_constraints: ca, ..usage(1 << 6) };
    assert_eq!(cause(&lists_alone), "client_cert.bad_key_usage");
}

#[test]
fn a_rule_is_told_with_its_extension_and_its_line() {
    let finding = judged(verify::CA_BCONS_NOT_CRITICAL, 1, &Certificate::default());
    assert_eq!(finding.cause.code(), "client_cert.strict_profile");
    assert!(finding.summary.contains("basicConstraints that are not marked critical"));
    assert!(advises(&finding, "basicConstraints = critical, CA:TRUE"));
}

#[test]
fn what_a_newer_library_says_is_told_by_its_number() {
    let finding = judged(999, 0, &Certificate::default());
    assert!(finding.summary.contains("X509_V_ERR 999"));
    assert_eq!(finding.cause, Cause::ClientCertRejected);
}

/// A client that was told by its library that no issuer is found, and whose callback let that pass or not.
fn unknown(role: Role, accepted: bool) -> Handshake {
    let mut handshake = Handshake::blank(role).with_reason(reason::CERTIFICATE_VERIFY_FAILED);
    let shown = Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::default() };
    let chain = Some(At { event: 3, value: Chain { certificates: vec![shown], ..Chain::default() } });
    match role {
        Role::Client => handshake.server_chain = chain,
        Role::Server => handshake.client_chain = chain,
    }
    let error = verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    let value = Verification { depth: 0, ok: false, accepted, error, certificate: None };
    handshake.verifications.push(At { event: 4, value });
    handshake
}

/// fetchmail compares a fingerprint in the callback, whatever the library says.
#[test]
fn a_check_of_the_programs_own_stands_beside_an_issuer_that_is_not_found() {
    let beside = |handshake: &Handshake| {
        let finding = fault(handshake).expect("a finding");
        finding.alternatives.iter().any(|one| one.cause == Cause::ServerCertRejected)
    };
    assert!(beside(&unknown(Role::Client, false)));
    assert!(!beside(&unknown(Role::Client, true)), "it was let pass");
    assert!(!beside(&unknown(Role::Server, false)));
}

#[test]
fn a_time_that_the_program_gave_is_not_the_clocks() {
    let told = |ends: i64| {
        let mut client = unknown(Role::Client, false);
        client.verifications[0].value.error = verify::CERT_HAS_EXPIRED;
        let now = certificate::unix_seconds(client.time);
        let leaf = Certificate { not_after: Some(now + ends), ..Certificate::default() };
        let shown = Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::new(leaf) };
        client.server_chain.as_mut().expect("a chain").value.certificates = vec![shown];
        let finding = fault(&client).expect("a finding");
        assert_eq!(finding.cause, Cause::ServerCert(CertificateFault::Expired));
        (finding.summary.contains(" expired at "), finding.explanation.contains("-attime"))
    };
    assert_eq!(told(-5), (true, false));
    assert_eq!(told(86_400), (false, true));
}

/// stunnel's verifyPeer lets pass that there is no CA, and then looks for the certificate itself.
#[test]
fn what_was_let_pass_is_not_why_the_application_refuses_afterwards() {
    let call = |event, depth, ok, accepted| {
        let error = verify::SELF_SIGNED_CERT_IN_CHAIN;
        At { event, value: Verification { depth, ok, accepted, error, certificate: None } }
    };
    let refused = |calls: Vec<At<Verification>>| {
        let mut server = Handshake::blank(Role::Server).with_reason(reason::CERTIFICATE_VERIFY_FAILED);
        let shown = Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::default() };
        let chain = Chain { certificates: vec![shown], ..Chain::default() };
        server.client_chain = Some(At { event: 2, value: chain });
        server.verifications = calls;
        fault(&server).expect("a finding")
    };
    let own = refused(vec![call(3, 1, false, true), call(4, 0, true, false)]);
    assert_eq!((own.cause, own.confidence), (Cause::ClientCertRejected, Confidence::Likely));
    assert!(own.alternatives.iter().any(|other| other.cause.code() == "client_cert.unknown_issuer"));
    assert!(!own.summary.contains("found good"), "{}", own.summary);
    let by_the_library = refused(vec![call(3, 1, false, false)]);
    assert_eq!(by_the_library.cause.code(), "client_cert.unknown_issuer");
}

#[test]
fn an_address_is_issued_as_an_address() {
    let advice = |asked: &str| {
        let mut client = Handshake::blank(Role::Client);
        client.expected_name = Some(asked.to_owned());
        name::other(&client, Role::Server, verify::HOSTNAME_MISMATCH)
    };
    assert!(advises(&advice("127.0.0.1"), "IP:127.0.0.1"));
    assert!(advises(&advice("a.example"), "DNS:name.example") && !advises(&advice("a.example"), "IP:"));
}

/// The number for an address, where the host's name fits, says nothing of the name.
#[test]
fn another_address_is_not_another_name() {
    let mut client = Handshake::blank(Role::Client);
    client.expected_name = Some("a.example".to_owned());
    let found = name::other(&client, Role::Server, verify::EMAIL_MISMATCH);
    assert_eq!(found.cause, Cause::ServerCertHostnameMismatch);
    assert!(found.summary.contains("e-mail address") && !found.summary.contains("a.example"));
    assert!(advises(&found, "email:user@name.example") && !advises(&found, "DNS:"));
    let asked = |error| name::other(&Handshake::blank(Role::Server), Role::Client, error);
    for error in [verify::HOSTNAME_MISMATCH, verify::EMAIL_MISMATCH, verify::IP_ADDRESS_MISMATCH] {
        assert_eq!(asked(error).cause, Cause::ClientCertRejected, "{error}");
    }
}

#[test]
fn a_trust_setting_is_no_purpose_of_the_certificate() {
    let found = judged(verify::CERT_REJECTED, 2, &Certificate::default());
    assert_eq!(found.cause.code(), "client_cert.unknown_issuer");
    assert!(found.summary.contains("trust setting") && !found.summary.contains("extendedKeyUsage"));
    assert!(advises(&found, "-clrreject") && !advises(&found, "clientAuth"));
}

#[test]
fn whoever_issues_a_proxy_certificate_is_no_ca() {
    let found = judged(verify::KEYUSAGE_NO_DIGITAL_SIGNATURE, 1, &Certificate::default());
    assert_eq!(found.cause.code(), "client_cert.bad_key_usage");
    assert!(advises(&found, "digitalSignature") && !advises(&found, "keyCertSign"));
}

#[test]
fn a_constraint_that_the_library_does_not_know_is_mended_in_the_constraint() {
    let found = |error| judged(error, 0, &Certificate::default());
    let constraint = found(verify::SUBTREE_MINMAX);
    assert!(advises(&constraint, "without minimum") && !advises(&constraint, "use names within"));
    let name = found(verify::UNSUPPORTED_NAME_SYNTAX);
    assert!(advises(&name, "whole names") && !name.summary.contains("may not issue"));
}

/// A client in which the library refused the server's certificate with this error, and the error queue says nothing.
fn refused_in_silence(error: i32, verify_mode: i32) -> Handshake {
    let mut client = Handshake::blank(Role::Client)
        .with_alert(Direction::Sent, crate::wire::AlertDescription::CERTIFICATE_EXPIRED);
    let local = LocalConfiguration { verify_mode, ..LocalConfiguration::default() };
    client.local = std::sync::Arc::new(local);
    let shown = Presented { der: std::sync::Arc::from(&b""[..]), certificate: std::sync::Arc::default() };
    let chain = Chain { certificates: vec![shown], ..Chain::default() };
    client.server_chain = Some(At { event: 2, value: chain });
    let value = Verification { depth: 0, ok: false, accepted: false, error, certificate: None };
    client.verifications.push(At { event: 3, value });
    client
}

/// TLS within TLS: the outer connection empties the error queue.
#[test]
fn a_refusal_and_the_own_alert_are_enough_where_the_error_queue_is_empty() {
    for (error, cause) in [
        (verify::CERT_HAS_EXPIRED, "server_cert.expired"),
        (verify::DEPTH_ZERO_SELF_SIGNED_CERT, "server_cert.self_signed"),
        (verify::UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "server_cert.unknown_issuer"),
        (verify::EE_KEY_TOO_SMALL, "server_cert.weak_key"),
    ] {
        let finding = fault(&refused_in_silence(error, 1)).expect("a finding");
        assert_eq!(finding.cause.code(), cause, "{error}");
    }
    let unverified = refused_in_silence(verify::CERT_HAS_EXPIRED, 0);
    assert_eq!(fault(&unverified), None, "it was not told to verify");
    let mut accepted = refused_in_silence(verify::CERT_HAS_EXPIRED, 1);
    accepted.verifications[0].value.accepted = true;
    assert_eq!(fault(&accepted), None, "the callback let it pass");
    let other = refused_in_silence(verify::CERT_HAS_EXPIRED, 1).with_reason(123);
    assert_eq!(fault(&other), None, "the library says what else it was");
    let mut later = refused_in_silence(verify::CERT_HAS_EXPIRED, 1);
    let message = crate::wire::HandshakeType::CERTIFICATE_VERIFY;
    let kind = StepKind::Message { direction: Direction::Received, kind: message, retry: false, size: 4 };
    later.timeline.push(Step { event: 5, elapsed: std::time::Duration::ZERO, kind });
    assert_eq!(fault(&later), None, "the handshake went on after it");
    let mut unsaid = refused_in_silence(verify::CERT_HAS_EXPIRED, 1);
    unsaid.alerts.clear();
    assert_eq!(fault(&unsaid), None, "no alert went out");
}

#[test]
fn an_alert_is_spoken_of_where_one_was_sent() {
    let told = |handshake: &Handshake| {
        let complaint = Complaint { event: 3, depth: 0, error: verify::CERT_HAS_EXPIRED };
        judge(handshake, Role::Server, &complaint, Some(&Certificate::default())).explanation
    };
    let mut client = refused_in_silence(verify::CERT_HAS_EXPIRED, 1);
    assert!(told(&client).contains("stopped at this fault; the alert that went out"));
    client.alerts.clear();
    assert!(told(&client).ends_with("stopped at this fault."));
    client.outcome.kind = OutcomeKind::EstablishedUnverified;
    assert!(told(&client).ends_with("found this fault."));
}
