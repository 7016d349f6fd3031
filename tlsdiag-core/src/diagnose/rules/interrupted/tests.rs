use super::*;
use crate::handshake::{At, Broken};

fn silent(size: usize) -> Handshake {
    let mut handshake = Handshake::blank(Role::Client);
    handshake.outcome.kind = OutcomeKind::Abandoned;
    handshake.outcome.by = None;
    handshake.offer = Some(At { event: 1, value: Offer { size, ..Offer::default() } });
    handshake
}

fn broken(handshake: &mut Handshake, end: TransportEnd) {
    let broken = Broken { direction: Direction::Received, end, errno: 0 };
    handshake.transport = Some(At { event: 5, value: broken });
    handshake.outcome.kind = OutcomeKind::Failed;
    handshake.outcome.by = Some(By::Transport);
}

#[test]
fn a_small_hello_is_not_what_they_cannot_take() {
    assert_eq!(timeout(&silent(500)).map(|finding| finding.cause), Some(Cause::TransportTimeout));
    assert_eq!(hello_intolerance(&silent(500)), None);
}

#[test]
fn a_large_hello_without_an_answer_is_a_timeout_unless_its_bytes_were_lost() {
    let cause = |finding: Option<Finding>| finding.map(|finding| finding.cause);
    for acknowledged in [None, Some(At { event: 2, value: 0 })] {
        let handshake = Handshake { unacknowledged: acknowledged, ..silent(1700) };
        let finding = timeout(&handshake).expect("a finding");
        assert_eq!(finding.cause, Cause::TransportTimeout);
        assert!(finding.alternatives.iter().any(|other| other.cause == Cause::MiddleboxHelloIntolerance));
        assert_eq!(hello_intolerance(&handshake), None);
    }
    let lost = Some(At { event: 2, value: 1705 });
    let large = Handshake { unacknowledged: lost, ..silent(1700) };
    assert_eq!(cause(hello_intolerance(&large)), Some(Cause::MiddleboxHelloIntolerance));
    assert_eq!(timeout(&large), None);
    let small = Handshake { unacknowledged: lost, ..silent(500) };
    assert_eq!(cause(timeout(&small)), Some(Cause::TransportTimeout));
}

#[test]
fn an_end_after_a_word_is_in_the_midst() {
    let mut cut = silent(500);
    broken(&mut cut, TransportEnd::Eof);
    assert_eq!(mid_handshake(&cut), None, "nothing was heard");
    cut.heard_tls = true;
    assert_eq!(mid_handshake(&cut).map(|finding| finding.cause), Some(Cause::TransportClosedMidHandshake));
    assert_eq!(timeout(&cut), None);
}

#[test]
fn an_end_is_no_intolerance() {
    for end in [TransportEnd::Eof, TransportEnd::Reset] {
        let mut closed = silent(1700);
        broken(&mut closed, end);
        assert_eq!(hello_intolerance(&closed), None);
    }
}

#[test]
fn nobody_gives_up_waiting_at_once() {
    let mut freed = silent(500);
    freed.freed = true;
    freed.duration = Duration::from_millis(3);
    let finding = timeout(&freed).expect("a finding");
    assert_eq!(
        (finding.cause, finding.confidence),
        (Cause::TransportClosedBeforeHello, Confidence::Possible)
    );
    freed.heard_tls = true;
    let finding = timeout(&freed).expect("a finding");
    assert_eq!(finding.cause, Cause::TransportClosedMidHandshake);
    freed.duration = PATIENCE;
    assert_eq!(timeout(&freed).map(|finding| finding.cause), Some(Cause::TransportTimeout));
}

#[test]
fn what_waits_for_a_garbage_collector_was_not_waited_for() {
    let mut freed = Handshake::blank(Role::Server);
    freed.outcome.kind = OutcomeKind::Abandoned;
    freed.freed = true;
    let mut after = |milliseconds| {
        freed.duration = Duration::from_millis(milliseconds);
        timeout(&freed).expect("a finding")
    };
    let collected = after(1959);
    assert_eq!(collected.cause, Cause::TransportClosedBeforeHello);
    assert!(collected.summary.contains("after 1.96 s"), "{}", collected.summary);
    assert!(collected.alternatives.iter().any(|other| other.cause == Cause::TransportTimeout));
    for rung in [2004, 12_345] {
        let finding = after(rung);
        assert_eq!((finding.cause, finding.confidence), (Cause::TransportTimeout, Confidence::Possible));
    }
    freed.peer = Some(([127, 0, 0, 1], 1).into());
    freed.duration = Duration::from_millis(1959);
    assert_eq!(timeout(&freed).expect("a finding").confidence, Confidence::Likely, "it has the socket");
}
