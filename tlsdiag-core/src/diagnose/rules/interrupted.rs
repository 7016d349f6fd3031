//! Cut off in the midst, or gone silent.
//!
//! Needs: how the transport ended, or that nothing ended it; what had been heard; the ClientHello's size and groups.

use std::time::Duration;

use super::closed_after_certificate::is_hangup;
use super::rejected::silently;
use crate::diagnose::knowledge::transport;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{Direction, Role, TransportEnd};
use crate::handshake::{Broken, By, Handshake, Offer, OutcomeKind};
use crate::wire::{HandshakeType, NamedGroup};

pub(in crate::diagnose) const MID_HANDSHAKE: Rule = Rule {
    name: "interrupted::mid_handshake",
    find: mid_handshake,
    causes: || vec![Cause::TransportClosedMidHandshake],
};

pub(in crate::diagnose) const TIMEOUT: Rule = Rule {
    name: "interrupted::timeout",
    find: timeout,
    causes: || {
        vec![Cause::TransportTimeout, Cause::TransportClosedMidHandshake, Cause::TransportClosedBeforeHello]
    },
};

pub(in crate::diagnose) const HELLO_INTOLERANCE: Rule = Rule {
    name: "interrupted::hello_intolerance",
    find: hello_intolerance,
    causes: || vec![Cause::MiddleboxHelloIntolerance],
};

/// What fits into one segment of Ethernet, less the headers of IP, TCP and the record.
const ONE_SEGMENT: usize = 1400;

fn mid_handshake(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.by != Some(By::Transport)
        || !(handshake.outcome.kind == OutcomeKind::Failed || is_hangup(handshake))
        || !handshake.heard_tls
    {
        return None;
    }
    // A client that hangs up where its signature is due has a reason of its own; and a peer may have said goodbye.
    if super::goodbye::said(handshake).is_some() || (super::signer::REFUSED.find)(handshake).is_some() {
        return None;
    }
    // Without an error number it is the application's own BIO that gave up, and its log has why.
    let own = |broken: &Broken| broken.end == TransportEnd::Other && broken.errno == 0;
    let broken = handshake.transport.as_ref().filter(|broken| !own(broken))?;
    let how = match broken.end {
        TransportEnd::Eof => "closed",
        TransportEnd::Reset => "reset",
        TransportEnd::Timeout
        | TransportEnd::Other
        | TransportEnd::ShutDownHere
        | TransportEnd::NotConnected => "broken off",
    };
    let stage =
        handshake.outcome.stage.map_or_else(|| "the next message".to_owned(), |stage| stage.to_string());
    let peer = handshake.role.peer().as_str();
    let errno = if broken.errno == 0 { String::new() } else { format!(", errno {}", broken.errno) };
    let warned = handshake.alerts.iter().rfind(|alert| alert.direction == Direction::Received);
    let last_word = warned.map_or_else(
        || "without an alert".to_owned(),
        |alert| format!("after the {} alert {}", alert.level, alert.description),
    );
    // For a client of TLS 1.3 the handshake is done before the server has seen the end of it.
    let done = handshake.role == Role::Client && handshake.done.is_some();
    let (confidence, summary) = match done {
        true => (
            Confidence::Possible,
            format!(
                "The connection was {how} after this client's part of the handshake was done, {last_word}: the server may have refused the \
                 client, or its program or something in the path gave the connection up."
            ),
        ),
        false => (
            Confidence::Likely,
            format!(
                "The connection was {how} in the midst of the handshake, where {stage} was due, {last_word}: probably the {peer}'s program or \
                 something in the path gave it up."
            ),
        ),
    };
    let lost = match broken.end {
        TransportEnd::Reset => " None came, though a reset takes away what was not yet read",
        _ => " None came",
    };
    let finding = Finding::new(Cause::TransportClosedMidHandshake, confidence, Side::Network, summary)
        .explain(format!(
            "A {peer} that refuses a handshake says so by a fatal alert.{lost}: its process crashed or was restarted, a balancer or \
             firewall cut the connection, or its program gave up."
        ))
        .see(broken.event, "transport", format!("{how}{errno}"))
        .see(last_message(handshake), "last message", "see the timeline")
        .or(
            Cause::TransportTimeout,
            format!("the {peer}'s own record or log says whether it gave up waiting because something of ours did not arrive"),
        )
        .not(Cause::TransportClosedBeforeHello, "the peer did speak TLS")
        .with(transport::look_into_logs);
    Some(refused_silently(handshake, finding))
}

/// Where everything of this side's has been sent and the peer's verdict is due, hanging up may be that verdict.
fn refused_silently(handshake: &Handshake, finding: Finding) -> Finding {
    let empty = handshake.client_chain.as_ref().is_some_and(|chain| chain.certificates.is_empty());
    if handshake.role == Role::Client && empty {
        return finding.or(
            Cause::ClientCertMissing,
            "a server that insists on a certificate may just hang up: see its log",
        );
    }
    let said = match handshake.role {
        Role::Client => handshake.client_signature.is_some(),
        Role::Server => super::signer::waiting(handshake),
    };
    let asked = handshake.role == Role::Server && handshake.request.is_some();
    let finding = if said && asked && !handshake.certificate_came(Role::Client) {
        finding.or(
            Cause::NoteClientAsksUser,
            "a client that leaves to ask its user for a certificate may do so by a reset: then it comes back with one",
        )
    } else {
        finding
    };
    if said { silently(handshake, finding) } else { finding }
}

fn last_message(handshake: &Handshake) -> Option<u32> {
    handshake.timeline.iter().rev().find(|step| step.message().is_some()).map(|step| step.event)
}

/// Nothing failed and nothing ended: this side gave up waiting.
fn went_silent(handshake: &Handshake) -> bool {
    handshake.outcome.kind == OutcomeKind::Abandoned
        && handshake.failed.is_none()
        && !handshake.was_shut_down_here()
        && handshake.not_tls.is_none()
        // A client that asks its user is not gone.
        && handshake.unanswered_request().is_none()
        && super::goodbye::said(handshake).is_none()
}

/// Nobody gives up waiting sooner.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is freed later than this was waited for. Before, a connection that has long ended may still wait for a garbage collector.
const LONG: Duration = Duration::from_secs(10);

/// Whether so much time may be that of a timer, which is set to whole seconds and never rings too soon.
fn is_of_a_timer(waited: Duration) -> bool {
    /// A busy machine comes to it so much later.
    const LATE: u32 = 30_000_000;
    waited >= LONG || (waited >= PATIENCE && waited.subsec_nanos() < LATE)
}

/// The application freed the connection at once, and the library never saw the connection's end, which is the application's to read where
/// it gives the library its bytes: it gave up, or it was hung up on.
fn let_go(handshake: &Handshake) -> Finding {
    let peer = handshake.role.peer();
    let stage = handshake.outcome.stage.map_or_else(|| "an answer".to_owned(), |stage| stage.to_string());
    let waited = match handshake.duration {
        short if short < PATIENCE => format!("{:.1} ms", short.as_micros() as f64 / 1000.0),
        long => format!("{:.2} s", long.as_secs_f64()),
    };
    let cause = if handshake.heard_tls {
        Cause::TransportClosedMidHandshake
    } else {
        Cause::TransportClosedBeforeHello
    };
    // The client's Finished is all that is missing, and a client need not wait for an answer to it.
    let is_last = handshake.role == Role::Server && handshake.outcome.stage == Some(HandshakeType::FINISHED);
    let check = if is_last {
        " A health check that leaves as soon as its own handshake is done looks the same."
    } else {
        ""
    };
    let finding = Finding::new(
        cause,
        Confidence::Possible,
        Side::Network,
        format!(
            "The application let go of the connection after {waited}, where {stage} was due: the {} may have hung up, or the application \
             gave up.",
            peer.as_str()
        ),
    )
    .explain(format!(
        "No error, no alert and no end of the connection came to the library before. Where an application reads the socket itself, the library \
         does not hear how the connection ended; the application's own log has it.{check}"
    ))
    .see(last_message(handshake), "last message", "nothing came after it")
    .with(transport::look_into_logs);
    let finding = match handshake.duration >= PATIENCE {
        true => finding.or(Cause::TransportTimeout, "the application's own log: whether its time was up"),
        false => finding,
    };
    refused_silently(handshake, finding)
}

fn timeout(handshake: &Handshake) -> Option<Finding> {
    if !went_silent(handshake) || is_intolerance(handshake) {
        return None;
    }
    // Where the library has the socket it would have been told of the connection's end.
    let watched =
        handshake.peer.is_some() || handshake.transport.is_some() || handshake.unacknowledged.is_some();
    let waited = if watched { handshake.duration >= PATIENCE } else { is_of_a_timer(handshake.duration) };
    if handshake.transport.is_none() && handshake.freed && !waited {
        return Some(let_go(handshake));
    }
    let peer = handshake.role.peer();
    let stage = handshake.outcome.stage.map_or_else(|| "an answer".to_owned(), |stage| stage.to_string());
    let mut finding = match watched {
        true => Finding::new(
            Cause::TransportTimeout,
            Confidence::Likely,
            Side::Network,
            format!("This side gave up waiting for {stage}: probably the {} went silent.", peer.as_str()),
        )
        .explain(
            "No error, no alert and no end of the connection came, and the application gave up. The other side hangs, or something in the \
             path swallows packets: a firewall, or a link whose packets are too large for it (path MTU).",
        ),
        false => Finding::new(
            Cause::TransportTimeout,
            Confidence::Possible,
            Side::Network,
            format!(
                "The application let go of the connection after {:.1} s, where {stage} was due: the {} may have gone silent.",
                handshake.duration.as_secs_f64(),
                peer.as_str()
            ),
        )
        .explain(
            "No error, no alert and no end of the connection came to the library. The application reads the socket itself, so the library does \
             not hear how the connection ended: the application's own log has it.",
        ),
    };
    finding = match (&handshake.transport, last_message(handshake)) {
        (Some(broken), _) => {
            finding.see(broken.event, "transport", format!("timed out, errno {}", broken.errno))
        }
        (None, Some(event)) => finding.see(event, "last message", "nothing came after it"),
        (None, None) => finding.see(None, "messages", "none came"),
    };
    if let Some(bytes) = &handshake.unacknowledged {
        let what = match bytes.value {
            0 => "all: the peer's host has them, so it is its program that says nothing".to_owned(),
            bytes => format!("not the last {bytes}: the path lost them, or the host is gone"),
        };
        finding = finding.see(bytes.event, "this side's bytes that were acknowledged", what);
    }
    if handshake.role == Role::Client && !handshake.heard_tls {
        finding = finding.or(Cause::MiddleboxHelloIntolerance, SMALLER);
    }
    let closed = if handshake.heard_tls {
        Cause::TransportClosedMidHandshake
    } else {
        Cause::TransportClosedBeforeHello
    };
    Some(match watched {
        true => finding.not(closed, "nobody closed the connection").with(transport::follow_packets),
        false => finding
            .or(closed, "the application's own log: whether the peer closed the connection, as a port scan or a health check does")
            .with(transport::look_into_logs),
    })
}

/// Whether the ClientHello is of a kind that some devices swallow or reset, and nothing came back. Today's usual hello is of that
/// kind: it is no evidence that a device did so.
pub(super) fn may_be_intolerance(handshake: &Handshake) -> bool {
    handshake.role == Role::Client
        && !handshake.heard_tls
        && handshake.not_tls.is_none()
        && handshake.alerts.is_empty()
        && handshake.offer.as_ref().is_some_and(|offer| is_remarkable(offer))
}

/// The connection was made, so small packets pass; the hello's bytes never arrived.
fn is_intolerance(handshake: &Handshake) -> bool {
    let lost = handshake.unacknowledged.is_some_and(|bytes| bytes.value > 0);
    went_silent(handshake) && may_be_intolerance(handshake) && lost
}

/// What would tell intolerance from a peer that is down.
pub(super) const SMALLER: &str = "whether a smaller ClientHello, as of TLS 1.2 alone, is answered";

fn is_remarkable(offer: &Offer) -> bool {
    offer.size > ONE_SEGMENT || offer.groups.iter().flatten().any(|group| is_post_quantum(*group))
}

/// ML-KEM, alone and in hybrids (IANA's TLS Supported Groups).
fn is_post_quantum(group: NamedGroup) -> bool {
    matches!(group.0, 0x0200..=0x0202 | 0x11eb..=0x11ee | 0x6399 | 0x639a)
}

fn hello_intolerance(handshake: &Handshake) -> Option<Finding> {
    if !is_intolerance(handshake) {
        return None;
    }
    let offer = handshake.offer.as_ref()?;
    let lost = handshake.unacknowledged.as_ref()?;
    let mut finding = Finding::new(
        Cause::MiddleboxHelloIntolerance,
        Confidence::Likely,
        Side::Network,
        format!(
            "This client's ClientHello of {} bytes never arrived, though the connection was made: probably something in the path does \
             not let it through.",
            offer.size
        ),
    )
    .explain(
        "The peer's host answered the small packets that make a connection, and acknowledged none of the hello's last bytes. A \
         ClientHello that does not fit into one segment (many protocols or tickets, post-quantum key shares) meets firewalls, \
         inspectors and balancers that read the first segment only, and links whose packets are too large for it (path MTU).",
    )
    .see(offer.event, "ClientHello", format!("{} bytes", offer.size))
    .see(lost.event, "bytes never acknowledged", lost.value)
    .or(Cause::TransportTimeout, "whether a small ClientHello is answered (openssl s_client -tls1_2): if not, it is not the hello");
    if let Some(group) = offer.groups.iter().flatten().find(|group| is_post_quantum(**group)) {
        finding = finding.see(offer.event, "ClientHello.supported_groups", format!("{group}, post-quantum"));
    }
    Some(finding.with(transport::smaller_hello))
}

#[cfg(test)]
mod tests;
