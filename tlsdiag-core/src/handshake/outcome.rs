//! How it ended: a small state machine, not a boolean.

use std::fmt;

use super::{Handshake, Unanswered, order};
use crate::event::{Direction, LocalConfiguration, Role, TransportEnd};
use crate::wire::{AlertDescription, HandshakeType};

/// How a handshake ended, by whom and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// What became of it.
    pub kind: OutcomeKind,
    /// Who ended it; `None` where it was established.
    pub by: Option<By>,
    /// The handshake message that was being made, read or waited for when it ended; `None` where it was established.
    pub stage: Option<HandshakeType>,
}

/// What became of a handshake.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum OutcomeKind {
    /// Finished, and the peer verified as the local policy asks.
    Established,
    /// Finished, but the peer's certificate is missing or did not verify, and the library let it pass.
    EstablishedUnverified,
    /// This side was done, and then the peer's alert came, or the connection broke before the peer had shown that it was
    /// content: a client of TLS 1.3, a server before that.
    RefusedAfterEstablished,
    /// A fatal error.
    Failed,
    /// Freed, closed or timed out in the middle, with nothing said.
    Abandoned,
    /// The peer never spoke TLS.
    NotTls,
}

/// Who ended a handshake.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum By {
    /// This side.
    Local,
    /// The peer, by an alert or by not speaking TLS.
    Peer,
    /// The connection under TLS: closed, reset or timed out.
    Transport,
}

impl OutcomeKind {
    /// Every outcome.
    pub const ALL: [OutcomeKind; 6] = [
        OutcomeKind::Established,
        OutcomeKind::EstablishedUnverified,
        OutcomeKind::RefusedAfterEstablished,
        OutcomeKind::Failed,
        OutcomeKind::Abandoned,
        OutcomeKind::NotTls,
    ];

    /// The name as records write it, such as `established_unverified`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            OutcomeKind::Established => "established",
            OutcomeKind::EstablishedUnverified => "established_unverified",
            OutcomeKind::RefusedAfterEstablished => "refused_after_established",
            OutcomeKind::Failed => "failed",
            OutcomeKind::Abandoned => "abandoned",
            OutcomeKind::NotTls => "not_tls",
        }
    }

    /// Whether application data can flow.
    #[must_use]
    pub fn is_established(self) -> bool {
        matches!(self, OutcomeKind::Established | OutcomeKind::EstablishedUnverified)
    }
}

impl fmt::Display for OutcomeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl By {
    /// `local`, `peer` or `transport`, as records write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            By::Local => "local",
            By::Peer => "peer",
            By::Transport => "transport",
        }
    }
}

impl Outcome {
    /// The outcome before anything happened.
    pub(super) const UNDECIDED: Outcome = Outcome { kind: OutcomeKind::Abandoned, by: None, stage: None };

    /// Reads the outcome off everything else in the handshake.
    pub(super) fn of(handshake: &Handshake) -> Outcome {
        let (kind, by) = ended(handshake);
        // Whoever gives up waits for the peer.
        let whose = by.filter(|by| (kind, *by) != (OutcomeKind::Abandoned, By::Local));
        let stage = (!kind.is_established()).then(|| order::stage(handshake, whose));
        Outcome { kind, by, stage }
    }
}

fn ended(handshake: &Handshake) -> (OutcomeKind, Option<By>) {
    let broken = handshake.transport.as_ref();
    if let Some(no) = handshake.refused_renegotiation() {
        let by = if no.direction == Direction::Sent { By::Local } else { By::Peer };
        return (OutcomeKind::Failed, Some(by));
    }
    if let Some(done) = &handshake.done {
        // In TLS 1.3 the server has verified its client before it is done; the client may still be refused (RFC 8446, section
        // 4.4.2.4). Before that it is the server that is done first: NSS verifies its certificate after that, and others find
        // its Finished altered.
        let refused = handshake.fatal_alert(Direction::Received).filter(|alert| alert.after_done);
        let last_word = match handshake.role {
            Role::Client if handshake.is_tls13() => handshake.ticket.is_none(),
            Role::Client => done.resumed && handshake.application_data[1].is_none(),
            Role::Server => !handshake.is_tls13() && handshake.application_data[1].is_none(),
        };
        if refused.is_some() && last_word {
            return (OutcomeKind::RefusedAfterEstablished, Some(By::Peer));
        }
        // A client that writes at the moment of the refusal hears of the broken connection alone.
        let goodbye = goodbye(handshake);
        let broken = broken.filter(|broken| broken.event > done.event && !broken.end.is_of_this_side());
        // Who has said goodbye itself is not cut off by the end of the connection.
        let broken = broken.filter(|broken| goodbye.is_none_or(|goodbye| goodbye > broken.event));
        if last_word && broken.is_some() && awaits_verdict(handshake) {
            return (OutcomeKind::RefusedAfterEstablished, Some(By::Transport));
        }
        let verified = verified(handshake, done.verify_result);
        return (if verified { OutcomeKind::Established } else { OutcomeKind::EstablishedUnverified }, None);
    }
    if handshake.not_tls.is_some() && !handshake.heard_tls {
        return (OutcomeKind::NotTls, Some(By::Peer));
    }
    let sent = handshake.fatal_alert(Direction::Sent);
    let received = handshake.fatal_alert(Direction::Received);
    if let Some(received) = received
        && sent.is_none_or(|sent| received.event < sent.event)
    {
        return (OutcomeKind::Failed, Some(By::Peer));
    }
    // A client that must ask its user for a certificate leaves, and comes back with one.
    if let Some(Unanswered::Closed(_)) = handshake.unanswered_request() {
        let said_goodbye = broken.is_none() && !handshake.alerts.is_empty();
        return (OutcomeKind::Abandoned, Some(if said_goodbye { By::Peer } else { By::Transport }));
    }
    // OpenSSL 3.0 answers an unexpected end with a decode_error alert of its own, so the transport's end comes first here.
    if let Some(broken) = broken
        && sent.is_none_or(|sent| broken.event < sent.event)
    {
        return match broken.end {
            TransportEnd::ShutDownHere => (OutcomeKind::Abandoned, Some(By::Local)),
            TransportEnd::Timeout => (OutcomeKind::Abandoned, Some(By::Transport)),
            TransportEnd::NotConnected => (OutcomeKind::Failed, Some(By::Local)),
            _ => (OutcomeKind::Failed, Some(By::Transport)),
        };
    }
    if sent.is_some() || handshake.failed.is_some() {
        return (OutcomeKind::Failed, Some(By::Local));
    }
    (OutcomeKind::Abandoned, None)
}

/// The event by which this side said goodbye (close_notify).
fn goodbye(handshake: &Handshake) -> Option<u32> {
    let goodbye = |alert: &&super::At<super::AlertSeen>| {
        alert.direction == Direction::Sent && alert.description == AlertDescription::CLOSE_NOTIFY
    };
    handshake.alerts.iter().find(goodbye).map(|alert| alert.event)
}

/// Whether the peer was verified as far as the local policy asks for it.
fn verified(handshake: &Handshake, verify_result: i64) -> bool {
    // One that we did not unpack the library did.
    let unread = handshake.not_unpacked.iter().any(|failed| failed.owner == handshake.role.peer());
    let shown = unread || handshake.peer_chain().is_some_and(|chain| !chain.certificates.is_empty());
    let resumed = handshake.done.as_ref().is_some_and(|done| done.resumed);
    let psk = handshake.answer.as_ref().is_some_and(|answer| answer.selected_psk.is_some());
    match handshake.role {
        // A client that verifies nothing has an unverified peer whatever it wanted; the result stands in the session, too.
        Role::Client => verify_result == 0 && (handshake.verifies_peer() || resumed || psk),
        Role::Server if !handshake.verifies_peer() => true,
        // The session was made without the certificate that the application requires, and it will say so.
        Role::Server if handshake.resumed_without_required() => false,
        Role::Server => verify_result == 0 && (shown || resumed || psk || !asked(handshake)),
    }
}

/// Whether the server asked for a certificate and has not shown in any way that it was content with the answer.
fn awaits_verdict(handshake: &Handshake) -> bool {
    handshake.role == Role::Client && handshake.request.is_some() && handshake.application_data[1].is_none()
}

/// Whether the server wanted a certificate: its CertificateRequest says so, and before one could be sent, its mode does.
fn asked(handshake: &Handshake) -> bool {
    handshake.request.is_some() || handshake.local.verify_mode & LocalConfiguration::VERIFY_PEER != 0
}
