//! The fold of a connection's events into one handshake: who offered what, what was chosen, which certificates were shown, what
//! went wrong, and how it ended.
//!
//! A [`Handshake`] holds facts alone, each with the number of the event that it was read from ([`At`]), so that a finding
//! can point at its evidence. What the facts mean is [`diagnose`](mod@crate::diagnose)'s business.

mod answer;
mod assemble;
mod chain;
mod client;
mod fact;
mod fingerprint;
mod offer;
mod order;
mod other;
mod outcome;
mod own_file;
mod request;
mod signatures;
mod timeline;
mod unanswered;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use answer::{Answer, KeyExchange};
pub use chain::{Chain, Compression, OwnCertificate, Presented};
pub use fact::{AlertSeen, At, Broken, Denial, Done, NotUnpacked, Verification};
pub use offer::Offer;
pub use other::OtherMessage;
pub use outcome::{By, Outcome, OutcomeKind};
pub use own_file::OwnFile;
pub use request::Request;
pub use signatures::{Signatures, TriedSignature};
pub use timeline::{Step, StepKind};
pub use unanswered::Unanswered;

use crate::event::{
    ConnectionId, Direction, LibraryError, LocalConfiguration, PeerCertificate, Role, TransportEnd,
};
use crate::wire::{AlertDescription, CipherSuite, HandshakeType, ProtocolVersion, SignatureScheme};

/// One handshake, as one side saw it. Build it with [`Handshake::from_recording`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Handshake {
    /// Unique within the process that recorded it.
    pub connection: ConnectionId,
    /// Which side recorded it.
    pub role: Role,
    /// Wall clock at its start.
    pub time: SystemTime,
    /// From its first event to its last.
    pub duration: Duration,
    /// The peer's address, where known.
    pub peer: Option<SocketAddr>,
    /// The name that this side holds the peer's certificate against.
    pub expected_name: Option<String>,
    /// What this side is configured to do, as it stood last.
    pub local: Arc<LocalConfiguration>,
    /// The event that brought the configuration.
    pub local_event: u32,
    /// Own certificates, parsed.
    pub own: Vec<OwnCertificate>,
    /// Own certificates that were configured at the start and no longer are at the end: a callback withdrew them.
    pub withdrawn: Vec<OwnCertificate>,
    /// What was tried of the signatures between certificates; nothing, unless whoever judges had it tried.
    pub signatures: Signatures,
    /// The ClientHello; the second one after a HelloRetryRequest.
    pub offer: Option<At<Offer>>,
    /// The first ClientHello, where a HelloRetryRequest made the client send another.
    pub first_offer: Option<At<Offer>>,
    /// The HelloRetryRequest.
    pub retry: Option<At<Answer>>,
    /// The ServerHello, with EncryptedExtensions where TLS 1.3 has them.
    pub answer: Option<At<Answer>>,
    /// ServerKeyExchange (TLS 1.2 and below).
    pub key_exchange: Option<At<KeyExchange>>,
    /// CertificateRequest.
    pub request: Option<At<Request>>,
    /// The server's Certificate.
    pub server_chain: Option<At<Chain>>,
    /// The client's Certificate; an empty chain where it had none to send.
    pub client_chain: Option<At<Chain>>,
    /// Certificates that came compressed and could not be unpacked; their chains are missing above.
    pub not_unpacked: Vec<At<NotUnpacked>>,
    /// The scheme of the server's CertificateVerify or ServerKeyExchange.
    pub server_signature: Option<At<SignatureScheme>>,
    /// The scheme of the client's CertificateVerify.
    pub client_signature: Option<At<SignatureScheme>>,
    /// Whether a NewSessionTicket was sent or received.
    pub ticket: Option<u32>,
    /// Alerts both ways, close_notify among them.
    pub alerts: Vec<At<AlertSeen>>,
    /// Faults that the verify callback was told, in order.
    pub verifications: Vec<At<Verification>>,
    /// Denials by the security level.
    pub denials: Vec<At<Denial>>,
    /// The library's error queue at the failure, oldest first.
    pub errors: Vec<At<LibraryError>>,
    /// How the transport ended, if it did.
    pub transport: Option<At<Broken>>,
    /// How many of this side's bytes the peer's host had not acknowledged when the application gave up, where that was asked: of a
    /// client that had heard nothing.
    pub unacknowledged: Option<At<u32>>,
    /// How many bytes had come when the connection ended before one record was heard, where the source could know.
    pub received: Option<At<u64>>,
    /// The names that the application itself held the peer's certificate against, and whether it has them, where one did not fit.
    pub names_checked: Vec<At<(String, bool)>>,
    /// The first five bytes received, where they were no TLS record.
    pub not_tls: Option<At<[u8; 5]>>,
    /// The first record's header, whatever it is.
    pub first_record: Option<At<[u8; 5]>>,
    /// Five bytes in mid-stream that should have been a record's header and are none.
    pub noise: Option<At<[u8; 5]>>,
    /// Whether one record arrived that looks like TLS.
    pub heard_tls: bool,
    /// The library's own word that the handshake is done.
    pub done: Option<At<Done>>,
    /// The library's own word that it failed, with its verify result.
    pub failed: Option<At<i64>>,
    /// First application data, sent and received. Once the handshake is done this leaves out what came before, which is early data.
    pub application_data: [Option<u32>; 2],
    /// Messages that could not be decoded: event and reason.
    pub undecoded: Vec<At<String>>,
    /// Messages of which something stands nowhere above, those that could not be decoded among them.
    pub others: Vec<At<OtherMessage>>,
    /// Everything worth showing, in order.
    pub timeline: Vec<Step>,
    /// Events that the recording did not keep.
    pub missed: u32,
    /// Whether the connection was freed before its outcome was settled.
    pub freed: bool,
    /// Within how many days the end of a certificate is worth a warning; `None` never. It is the reader's wish and in no recording.
    pub expiry_notice: Option<u32>,
    /// The file that the own certificate came from, where whoever judges knows it and has read it. It is in no recording.
    pub own_file: Option<OwnFile>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Handshake {
    /// The protocol version in use, once the server has chosen it.
    #[must_use]
    pub fn version(&self) -> Option<ProtocolVersion> {
        let chosen = self.answer.as_ref().or(self.retry.as_ref()).map(|answer| answer.version);
        chosen.or_else(|| self.is_late().then_some(ProtocolVersion::TLS1_3))
    }

    /// Whether this is an authentication after the handshake, which TLS 1.3 alone has: it begins with
    /// CertificateRequest and has no hello.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.request.is_some() && self.offer.is_none() && self.answer.is_none()
    }

    /// The message that was due from the peer when the handshake ended, whoever ended it.
    #[must_use]
    pub fn due_from_peer(&self) -> HandshakeType {
        order::stage(self, Some(By::Peer))
    }

    /// Whether the version in use is TLS 1.3.
    #[must_use]
    pub fn is_tls13(&self) -> bool {
        self.version() == Some(ProtocolVersion::TLS1_3)
    }

    /// The cipher suite in use.
    #[must_use]
    pub fn cipher_suite(&self) -> Option<CipherSuite> {
        self.answer.as_ref().map(|answer| answer.cipher_suite)
    }

    /// The chain that this side was shown.
    #[must_use]
    pub fn peer_chain(&self) -> Option<&At<Chain>> {
        match self.role {
            Role::Client => self.server_chain.as_ref(),
            Role::Server => self.client_chain.as_ref(),
        }
    }

    /// The chain that this side showed.
    #[must_use]
    pub fn own_chain(&self) -> Option<&At<Chain>> {
        match self.role {
            Role::Client => self.client_chain.as_ref(),
            Role::Server => self.server_chain.as_ref(),
        }
    }

    /// Whether a Certificate of this side was sent or received, readable or not.
    #[must_use]
    pub fn certificate_came(&self, owner: Role) -> bool {
        let direction = if owner == self.role { Direction::Sent } else { Direction::Received };
        let kinds = [HandshakeType::CERTIFICATE, HandshakeType::COMPRESSED_CERTIFICATE];
        let chain = match owner {
            Role::Client => &self.client_chain,
            Role::Server => &self.server_chain,
        };
        chain.is_some()
            || self
                .timeline
                .iter()
                .filter_map(Step::message)
                .any(|(kind, sent)| sent == direction && kinds.contains(&kind))
    }

    /// The event by which the client left an established connection, where neither side has said a word: its close_notify, the end of
    /// the transport that this side did not bring about, or, at the client itself, that its application freed the connection. In TLS 1.3 a ticket is the server's first
    /// word to its client.
    #[must_use]
    pub fn left_at_once(&self) -> Option<u32> {
        let left = self.left_without_asking()?;
        let ticket = self.ticket.filter(|_| self.is_tls13() && self.role == Role::Client);
        ticket.is_none_or(|ticket| ticket > left).then_some(left)
    }

    /// As [`left_at_once`](Self::left_at_once), though the client may have stayed for a ticket, which curl reads as it leaves.
    #[must_use]
    pub fn left_without_asking(&self) -> Option<u32> {
        let done = self.done.as_ref().filter(|_| self.outcome.kind.is_established())?;
        let of_client = if self.role == Role::Client { Direction::Sent } else { Direction::Received };
        let goodbye = self.alerts.iter().find(|alert| {
            alert.direction == of_client
                && alert.description == AlertDescription::CLOSE_NOTIFY
                && alert.event > done.event
        });
        let other = match self.role {
            Role::Client => {
                self.timeline.iter().find(|step| step.kind == StepKind::Freed).map(|step| step.event)
            }
            Role::Server => {
                self.transport.as_ref().map(|broken| broken.event).filter(|end| *end > done.event)
            }
        };
        let left = goodbye.map(|alert| alert.event).or(other)?;
        if self.ended_by_server_before(left) {
            return None;
        }
        self.application_data.iter().flatten().all(|word| *word > left).then_some(left)
    }

    /// Whether the server's goodbye, or at the server an end of this side's own, came first: then the client has not left of its own accord.
    fn ended_by_server_before(&self, left: u32) -> bool {
        let of_server = if self.role == Role::Server { Direction::Sent } else { Direction::Received };
        let goodbye = self.alerts.iter().any(|alert| {
            alert.direction == of_server
                && alert.description == AlertDescription::CLOSE_NOTIFY
                && alert.event <= left
        });
        let shut = self.role == Role::Server
            && self
                .transport
                .as_ref()
                .is_some_and(|broken| broken.end.is_of_this_side() && broken.event <= left);
        goodbye || shut
    }

    /// The last alert that ended things, in this direction: fatal, or of a description that is always fatal in TLS 1.3.
    #[must_use]
    pub fn fatal_alert(&self, direction: Direction) -> Option<&At<AlertSeen>> {
        self.alerts.iter().rev().find(|alert| alert.direction == direction && alert.is_fatal())
    }

    /// The alert by which a side says that it does not renegotiate; a warning, but nothing comes of this handshake.
    #[must_use]
    pub fn refused_renegotiation(&self) -> Option<&At<AlertSeen>> {
        self.alerts.iter().find(|alert| alert.description == AlertDescription::NO_RENEGOTIATION)
    }

    /// Whether the end of the transport came before any word about a failure.
    #[must_use]
    pub fn transport_ended_it(&self) -> bool {
        self.outcome.by == Some(By::Transport) || self.was_shut_down_here()
    }

    /// Whether this side's own program shut the connection down before any word about a failure.
    #[must_use]
    pub fn was_shut_down_here(&self) -> bool {
        self.outcome.kind == OutcomeKind::Abandoned
            && self.outcome.by == Some(By::Local)
            && self.transport.as_ref().is_some_and(|broken| broken.end == TransportEnd::ShutDownHere)
    }

    /// Whether this side sent its Finished.
    #[must_use]
    pub fn finished_was_sent(&self) -> bool {
        let finished = (HandshakeType::FINISHED, Direction::Sent);
        self.timeline.iter().any(|step| step.message() == Some(finished))
    }

    /// Whether OpenSSL's ssl library put this reason (`SSL_R_*`) into the queue.
    #[must_use]
    pub fn ssl_reason(&self, reason: i32) -> Option<&At<LibraryError>> {
        self.errors.iter().find(|error| error.library == LibraryError::LIB_SSL && error.reason == reason)
    }

    /// The certificates that this side trusts, where the source kept them.
    #[must_use]
    pub fn trusted(&self) -> Vec<Presented> {
        self.local.trust_anchors.certificates.iter().map(|der| Presented::parse(der)).collect()
    }

    /// Asks for a warning about certificates that end within so many days after the handshake.
    #[must_use]
    pub fn with_expiry_notice(mut self, days: Option<u32>) -> Self {
        self.expiry_notice = days;
        self
    }

    /// Says what the file holds by now that the own certificate came from.
    #[must_use]
    pub fn with_own_file(mut self, file: Option<OwnFile>) -> Self {
        self.own_file = file;
        self
    }

    /// Whether a session was resumed that holds no client certificate, where the application requires one after the handshake.
    #[must_use]
    pub fn resumed_without_required(&self) -> bool {
        let without = |done: &At<Done>| done.resumed && done.peer_certificate == Some(false);
        self.role == Role::Server
            && self.local.peer_certificate == PeerCertificate::Required
            && self.done.as_ref().is_some_and(without)
    }

    /// Whether this side was told to verify its peer (`SSL_VERIFY_PEER`), or a client looks at the result itself.
    #[must_use]
    pub fn verifies_peer(&self) -> bool {
        let itself = self.role == Role::Client && self.local.peer_certificate == PeerCertificate::Required;
        itself || self.local.verify_mode & LocalConfiguration::VERIFY_PEER != 0
    }
}

#[cfg(test)]
impl Handshake {
    /// Nothing has happened yet: for tests of rules, which fill in the two or three facts that they need.
    pub(crate) fn blank(role: Role) -> Self {
        let recording = crate::event::Recording::new(ConnectionId(1));
        let mut handshake = Handshake::from_recording(&recording);
        handshake.role = role;
        handshake.outcome = Outcome { kind: OutcomeKind::Failed, by: Some(By::Local), stage: None };
        handshake
    }

    /// A fatal alert, behind everything else.
    pub(crate) fn with_alert(mut self, direction: Direction, description: AlertDescription) -> Self {
        let value = AlertSeen {
            direction,
            level: crate::wire::AlertLevel::FATAL,
            description,
            after_done: self.done.is_some(),
            sealed: false,
        };
        self.alerts.push(At { event: 90, value });
        self
    }

    /// A reason of the ssl library in the error queue.
    pub(crate) fn with_reason(mut self, reason: i32) -> Self {
        let value = LibraryError { library: LibraryError::LIB_SSL, reason, ..LibraryError::default() };
        self.errors.push(At { event: 91, value });
        self
    }
}
