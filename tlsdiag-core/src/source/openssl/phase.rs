//! The state machine of a connection: in which phase its handshake is, and what a callback means
//! there.
//!
//! A callback says something ([`Input`]). [`on`] gives the phase that follows and what is to be done
//! ([`Action`]); nothing else changes a phase. It knows neither OpenSSL nor the recording, so its
//! tests go over the whole table.

#![forbid(unsafe_code)]

use crate::event::{Direction, Ending};

/// What is going on on a connection. A handshake is recorded in all phases but the last four.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub(crate) enum Phase {
    /// The handshake goes on.
    Handshaking,
    /// A server sent HelloRequest, and nothing has come of it yet.
    HelloRequested,
    /// TLS 1.3 authentication after the handshake, which has neither a start nor a done.
    PostHandshake,
    /// Likewise, after its Finished.
    PostHandshakeFinished,
    /// HANDSHAKE_DONE was said in the midst of the handshake, and the application has control: early
    /// data may be read or written.
    EarlyData,
    /// HANDSHAKE_DONE was seen, and the application does not have control yet.
    Done,
    /// This side believes that it is done, and may still be refused.
    AwaitingVerdict,
    /// A server of TLS 1.3 is done, and its client has said nothing yet.
    AwaitingFirstWords,
    /// No handshake yet.
    #[default]
    Idle,
    /// Reported; the hooks that cost something are given back.
    Over,
    /// OpenSSL moves again after the end: a renegotiation, a request for a certificate, or but a
    /// ticket.
    Watching,
    /// Failed: only another handshake's start makes another handshake.
    Dead,
}

impl Phase {
    /// Whether a handshake is being recorded.
    #[inline(always)]
    pub(crate) const fn is_open(self) -> bool {
        (self as u8) < Phase::Idle as u8
    }

    /// Whether it is being recorded, and established.
    #[inline(always)]
    pub(crate) const fn is_done(self) -> bool {
        matches!(self, Phase::Done | Phase::AwaitingVerdict | Phase::AwaitingFirstWords)
    }

    /// Whether the peer may still refuse what this side believes is done.
    #[inline(always)]
    pub(crate) const fn is_awaiting(self) -> bool {
        matches!(self, Phase::AwaitingVerdict | Phase::AwaitingFirstWords)
    }
}

/// What a callback says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Input {
    /// A handshake starts (`SSL_CB_HANDSHAKE_START`).
    Start,
    /// A step of OpenSSL's state machine (`SSL_CB_LOOP`).
    Step,
    /// A handshake is done (`SSL_CB_HANDSHAKE_DONE`).
    Done,
    /// The same is said while a Finished is still to come.
    EarlyDone,
    /// What was said to be done in its midst goes on (`SSL_CB_HANDSHAKE_START`).
    Continued,
    /// The application gets control again, and all went well (`SSL_CB_EXIT`). If it is done, this is
    /// to come.
    Returned(ToCome),
    /// The application gets control again, and is asked for patience.
    Paused,
    /// The application gets control again, and something failed.
    Failed,
    /// A handshake message.
    Message(Message, Direction),
    /// An alert, and whether it is fatal.
    Alert(Direction, bool),
    /// Application data.
    ApplicationData(Direction),
    /// Anything else that the message callback shows.
    OtherContent,
    /// The transport has ended.
    TransportEnded,
    /// OpenSSL refused to ask the client for a certificate after the handshake.
    AskingRefused,
    /// The handshake that begins is not recorded: it is one of DTLS, or memory is short.
    Skipped,
    /// The `SSL` is freed.
    Freed,
    /// It is not to be reported: no recorder is attached any more, say.
    Forgotten,
}

/// A handshake message, as far as it matters to the phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Message {
    HelloRequest,
    ClientHello,
    CertificateRequest,
    Finished,
    NewSessionTicket,
    /// Or a message without a byte.
    KeyUpdate,
    Other,
}

/// What a side that is done waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ToCome {
    Nothing,
    /// Its Finished was the last, and the peer may refuse it; or a client may leave since it looks
    /// at the certificate itself.
    Verdict,
    /// A server of TLS 1.3 knows by these, or by their absence, whether its client stays.
    FirstWords,
}

/// What is to be done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    /// Nothing: it is of no handshake that is recorded.
    Ignore,
    /// To record it.
    Record,
    /// To record it, and to report the handshake, which is over.
    RecordAndEnd,
    /// To report the handshake, which was over before.
    End(Ending),
    /// To report the handshake that was recorded, if there was one, and to begin another one, if it
    /// has subscriptions; only then the next phase is entered. A start has said all with that.
    /// Anything else is then said to the new handshake.
    Begin(Option<Ending>),
    /// To forget the handshake.
    Drop,
}

/// The phase that follows, and what is to be done.
#[inline(always)]
pub(crate) fn on(phase: Phase, input: Input) -> (Phase, Action) {
    match phase {
        Phase::Idle | Phase::Over | Phase::Watching | Phase::Dead => on_closed(phase, input),
        _ => on_open(phase, input),
    }
}

/// While no handshake is recorded.
#[inline(always)]
fn on_closed(phase: Phase, input: Input) -> (Phase, Action) {
    let message_begins =
        |message| !matches!(message, Message::HelloRequest | Message::NewSessionTicket | Message::KeyUpdate);
    match (phase, input) {
        (_, Input::Start) => (Phase::Handshaking, Action::Begin(None)),
        (_, Input::AskingRefused) => (Phase::PostHandshake, Action::Begin(None)),
        // Its messages begin nothing.
        (_, Input::Skipped) => (Phase::Dead, Action::Ignore),
        // It was attached in the middle of its handshake.
        (
            Phase::Idle,
            Input::Message(..) | Input::Alert(..) | Input::ApplicationData(_) | Input::OtherContent,
        ) => (Phase::Handshaking, Action::Begin(None)),
        (Phase::Over, Input::Step) => (Phase::Watching, Action::Ignore),
        (Phase::Watching, Input::Returned(_) | Input::Paused | Input::Failed) => {
            (Phase::Over, Action::Ignore)
        }
        // A ticket or a key update is no handshake; neither is a HelloRequest before its handshake
        // starts.
        (Phase::Watching, Input::Message(message, _)) if message_begins(message) => {
            (Phase::PostHandshake, Action::Begin(None))
        }
        _ => (phase, Action::Ignore),
    }
}

/// While a handshake is recorded.
#[inline(always)]
fn on_open(phase: Phase, input: Input) -> (Phase, Action) {
    let over = (Phase::Over, Action::RecordAndEnd);
    match (phase, input) {
        // The client took up our HelloRequest: its handshake is the one that this handshake is
        // about.
        (Phase::HelloRequested, Input::Start) => (Phase::Handshaking, Action::Ignore),
        (_, Input::Start) => {
            let ending = if phase.is_done() { Ending::Settled } else { Ending::Freed };
            (Phase::Handshaking, Action::Begin(Some(ending)))
        }
        // HelloRequest is out, no more than that: what the client makes of it is still to come.
        (Phase::HelloRequested, Input::Done) => (phase, Action::Ignore),
        (Phase::Handshaking, Input::EarlyDone) => (Phase::EarlyData, Action::Record),
        (Phase::EarlyData, Input::Continued) => (Phase::Handshaking, Action::Ignore),
        (_, Input::Done) if !phase.is_awaiting() => (Phase::Done, Action::Record),
        (_, Input::Returned(to_come)) if phase.is_done() => match to_come {
            ToCome::Nothing => (Phase::Over, Action::End(Ending::Settled)),
            ToCome::Verdict => (Phase::AwaitingVerdict, Action::Record),
            ToCome::FirstWords => (Phase::AwaitingFirstWords, Action::Record),
        },
        (_, Input::Returned(_)) => (phase, Action::Ignore),
        (_, Input::Failed) => (Phase::Dead, Action::RecordAndEnd),
        // Authentication after the handshake, before anybody has said anything.
        (
            Phase::AwaitingFirstWords | Phase::AwaitingVerdict,
            Input::Message(Message::CertificateRequest, _),
        )
        | (Phase::AwaitingFirstWords, Input::AskingRefused) => {
            (Phase::PostHandshake, Action::Begin(Some(Ending::Settled)))
        }
        (Phase::Handshaking, Input::Message(Message::HelloRequest, Direction::Sent)) => {
            (Phase::HelloRequested, Action::Record)
        }
        (Phase::HelloRequested, Input::Message(Message::ClientHello, _)) => {
            (Phase::Handshaking, Action::Record)
        }
        (Phase::PostHandshake, Input::Message(Message::Finished, _)) => {
            (Phase::PostHandshakeFinished, Action::Record)
        }
        (Phase::PostHandshake, Input::AskingRefused) => over,
        (_, Input::AskingRefused) => (phase, Action::Ignore),
        (_, Input::Message(Message::NewSessionTicket, Direction::Received)) if phase.is_awaiting() => over,
        (Phase::HelloRequested, Input::Alert(_, true)) => over,
        // A close_notify of our own settles nothing: the peer's refusal may still be on its way.
        (_, Input::Alert(Direction::Received, _) | Input::Alert(_, true)) if phase.is_awaiting() => over,
        // The client stays: there is no more to this handshake.
        (Phase::AwaitingFirstWords, Input::ApplicationData(Direction::Received)) => {
            (Phase::Over, Action::End(Ending::Settled))
        }
        (Phase::AwaitingVerdict, Input::ApplicationData(Direction::Received)) => over,
        (_, Input::TransportEnded) if phase.is_awaiting() => over,
        (_, Input::Freed) => (Phase::Over, Action::End(Ending::Freed)),
        (_, Input::Forgotten) => (Phase::Over, Action::Drop),
        (_, Input::Skipped) => (Phase::Dead, Action::Drop),
        _ => (phase, Action::Record),
    }
}

#[cfg(test)]
mod tests;
