use super::*;
use crate::handshake::{At, Broken};

fn heard(role: Role, first: &[u8; 5]) -> Handshake {
    let mut handshake = Handshake::blank(role);
    handshake.outcome.kind = OutcomeKind::NotTls;
    handshake.not_tls = Some(At { event: 1, value: *first });
    handshake
}

fn cut(role: Role, end: TransportEnd) -> Handshake {
    let mut handshake = Handshake::blank(role);
    handshake.peer = Some(([127, 0, 0, 1], 443).into());
    handshake.transport =
        Some(At { event: 1, value: Broken { direction: Direction::Received, end, errno: 0 } });
    handshake
}

#[test]
fn the_first_bytes_tell_the_protocol() {
    let cause = |role, first| not_tls(&heard(role, first)).expect("a finding").cause;
    assert_eq!(cause(Role::Server, b"GET /"), Cause::NotTlsPlainHttp);
    assert_eq!(cause(Role::Server, b"\r\nGET"), Cause::NotTlsPlainHttp);
    assert_eq!(cause(Role::Client, b"HTTP/"), Cause::NotTlsPlainHttp);
    assert_eq!(cause(Role::Client, b"<html"), Cause::NotTlsPlainHttp);
    assert_eq!(cause(Role::Server, b"<html"), Cause::NotTlsOtherProtocol);
    assert_eq!(cause(Role::Client, b"220 m"), Cause::NotTlsStarttlsNeeded);
    assert_eq!(cause(Role::Server, b"PROXY"), Cause::NotTlsProxyHeader);
    assert_eq!(cause(Role::Server, b"SSH-2"), Cause::NotTlsOtherProtocol);
}

#[test]
fn a_word_that_several_protocols_have_is_of_none_for_sure() {
    let found = |first| not_tls(&heard(Role::Server, first)).expect("a finding");
    let options = found(b"OPTIO");
    assert_eq!((options.cause, options.confidence), (Cause::NotTlsOtherProtocol, Confidence::Possible));
    assert_eq!(options.alternatives[0].cause, Cause::NotTlsPlainHttp);
    let connect = found(b"CONNE");
    assert_eq!(connect.cause, Cause::NotTlsPlainHttp);
    assert_eq!(connect.alternatives[0].cause, Cause::NotTlsOtherProtocol);
    assert!(connect.summary.contains("proxy"), "{}", connect.summary);
    assert!(found(b"GET /").alternatives.is_empty() && found(b"PROPF").alternatives.is_empty());
}

#[test]
fn closed_before_hello_is_before_one_byte() {
    for role in [Role::Server, Role::Client] {
        let finding = closed_before_hello(&cut(role, TransportEnd::Eof)).expect("a finding");
        assert_eq!(finding.cause, Cause::TransportClosedBeforeHello);
        assert_eq!(closed_before_hello(&cut(role, TransportEnd::Timeout)), None);
        let mut spoke = cut(role, TransportEnd::Eof);
        spoke.heard_tls = true;
        assert_eq!(closed_before_hello(&spoke), None);
        assert_eq!(closed_before_hello(&cut(role, TransportEnd::ShutDownHere)), None);
    }
}

#[test]
fn not_a_single_byte_is_said_only_where_it_was_counted() {
    let said = |role, came: Option<u64>| {
        let mut closed = cut(role, TransportEnd::Eof);
        closed.received = came.map(|value| At { event: 2, value });
        let finding = closed_before_hello(&closed).expect("a finding");
        assert!(
            crate::diagnose::wording::agrees(finding.confidence, &finding.summary),
            "{}",
            finding.summary
        );
        (finding.summary.contains("single byte"), finding.confidence)
    };
    for role in [Role::Server, Role::Client] {
        assert_eq!(said(role, Some(0)), (true, Confidence::Certain));
        assert_eq!(said(role, Some(1)), (false, Confidence::Likely));
        assert_eq!(said(role, None), (false, Confidence::Certain));
    }
}

#[test]
fn who_closed_is_known_of_a_socket_alone() {
    let mut unwatched = cut(Role::Server, TransportEnd::Eof);
    unwatched.peer = None;
    let finding = closed_before_hello(&unwatched).expect("a finding");
    assert_eq!(finding.confidence, Confidence::Likely);
    assert!(finding.summary.ends_with("probably the client closed it."), "{}", finding.summary);
    let mut reset = cut(Role::Server, TransportEnd::Reset);
    reset.peer = None;
    assert_eq!(closed_before_hello(&reset).map(|finding| finding.confidence), Some(Confidence::Certain));
}

#[test]
fn a_word_of_mail_is_not_all_of_smtp() {
    let said = |first| not_tls(&heard(Role::Server, first)).expect("a finding").summary;
    assert!(said(b"EHLO ").contains("SMTP"));
    assert!(said(b"CAPA\r").contains("POP3") && !said(b"CAPA\r").contains("SMTP"));
    assert!(!said(b"QUIT\r").contains("SMTP"));
}
