//! A CertificateRequest that its client left without a word: no Certificate, not even an empty one, and no alert.

use std::time::Duration;

use super::{Handshake, StepKind};
use crate::event::{Direction, LibraryError, Role, TransportEnd};
use crate::wire::{AlertDescription, HandshakeType};

/// `SSL_R_UNEXPECTED_EOF_WHILE_READING`: the library was told of the end where no socket of its own was there to show it.
const UNEXPECTED_EOF: i32 = 294;

/// Nobody gives a client up that soon: whoever frees a connection earlier was told of its end.
const IMPATIENT: Duration = Duration::from_secs(1);

/// How a CertificateRequest was left without a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unanswered {
    /// The client closed the connection, by the end of the stream or by close_notify. The event says so.
    Closed(u32),
    /// This side gave up at once. Most probably it was told of an end that is not in the recording; of which kind is not known. Whether a
    /// user may be behind the client: it speaks HTTP.
    GivenUp {
        /// Whether it offers HTTP by ALPN, as every browser does.
        http: bool,
    },
    /// Nothing came, for so long, and this side gave up or still waits.
    Silent(Duration),
}

impl Unanswered {
    /// Whether the client may have left, or been silent, since its user has to be asked.
    #[must_use]
    pub fn may_ask_user(self) -> bool {
        self != Unanswered::GivenUp { http: false }
    }
}

impl Handshake {
    /// How the client left the request for its certificate without a word, where it did: the server had said everything, and nothing
    /// came. `None` where an alert or a reset did.
    #[must_use]
    pub fn unanswered_request(&self) -> Option<Unanswered> {
        let asked = self.request.as_ref().is_some_and(|request| !request.post_handshake);
        if self.role != Role::Server || !asked || self.done.is_some() || self.missed > 0 {
            return None;
        }
        let (last, said) = self.timeline.iter().rev().find_map(|step| Some((step, step.message()?)))?;
        let whole = [HandshakeType::SERVER_HELLO_DONE, HandshakeType::FINISHED];
        if said.1 != Direction::Sent || !whole.contains(&said.0) || self.noise.is_some() {
            return None;
        }
        let farewell = [AlertDescription::CLOSE_NOTIFY, AlertDescription::USER_CANCELED];
        let received: Vec<_> =
            self.alerts.iter().filter(|alert| alert.direction == Direction::Received).collect();
        if !received.iter().all(|alert| farewell.contains(&alert.description)) {
            return None;
        }
        let since = self.duration.saturating_sub(last.elapsed);
        match self.transport.as_ref().map(|broken| (broken.end, broken.event)) {
            Some((TransportEnd::Eof, event)) => return Some(Unanswered::Closed(event)),
            Some((TransportEnd::Timeout, _)) => return Some(Unanswered::Silent(since)),
            Some(_) => return None,
            None => {}
        }
        if let Some(goodbye) = received.last() {
            return Some(Unanswered::Closed(goodbye.event));
        }
        let told = |error: &&super::At<LibraryError>| {
            error.library == LibraryError::LIB_SSL && error.reason == UNEXPECTED_EOF
        };
        if let Some(told) = self.errors.iter().find(told) {
            return Some(Unanswered::Closed(told.event));
        }
        let failed = self.failed.is_some() || !self.errors.is_empty();
        if failed || self.fatal_alert(Direction::Sent).is_some() {
            return None;
        }
        let freed = self.timeline.iter().any(|step| step.kind == StepKind::Freed);
        // Where the library has the socket, it would have been told of an end.
        if !freed || since >= IMPATIENT || self.peer.is_some() {
            return Some(Unanswered::Silent(since));
        }
        let protocols = self.offer.as_ref().and_then(|offer| offer.alpn.as_deref()).unwrap_or_default();
        let http = protocols.iter().any(|name| name == "h2" || name.starts_with("http/"));
        Some(Unanswered::GivenUp { http })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{At, Broken, Request, Step};

    fn asked() -> Handshake {
        let mut server = Handshake::blank(Role::Server);
        server.request = Some(At { event: 3, value: Request::default() });
        let kind = HandshakeType::SERVER_HELLO_DONE;
        let said = StepKind::Message { direction: Direction::Sent, kind, retry: false, size: 4 };
        server.timeline.push(Step { event: 4, elapsed: Duration::from_millis(5), kind: said });
        server
    }

    fn ended(mut server: Handshake, end: TransportEnd) -> Handshake {
        let value = Broken { direction: Direction::Received, end, errno: 0 };
        server.transport = Some(At { event: 7, value });
        server
    }

    #[test]
    fn a_close_is_one_and_a_reset_is_another_thing() {
        assert_eq!(ended(asked(), TransportEnd::Eof).unanswered_request(), Some(Unanswered::Closed(7)));
        assert_eq!(ended(asked(), TransportEnd::Reset).unanswered_request(), None);
        let mut unasked = ended(asked(), TransportEnd::Eof);
        unasked.request = None;
        assert_eq!(unasked.unanswered_request(), None);
    }

    #[test]
    fn a_word_is_an_answer() {
        let alerted = ended(asked(), TransportEnd::Eof)
            .with_alert(Direction::Received, AlertDescription::INTERNAL_ERROR);
        assert_eq!(alerted.unanswered_request(), None);
        let mut answered = ended(asked(), TransportEnd::Eof);
        let kind = HandshakeType::CERTIFICATE;
        let said = StepKind::Message { direction: Direction::Received, kind, retry: false, size: 7 };
        answered.timeline.push(Step { event: 5, elapsed: Duration::from_millis(6), kind: said });
        assert_eq!(answered.unanswered_request(), None);
    }

    #[test]
    fn an_end_that_the_library_was_told_of_is_one() {
        assert_eq!(asked().with_reason(UNEXPECTED_EOF).unanswered_request(), Some(Unanswered::Closed(91)));
        assert_eq!(asked().with_reason(1).unanswered_request(), None);
    }

    #[test]
    fn nobody_gives_up_within_a_second_but_who_was_told_to() {
        let after = |millis: u64| {
            let mut server = asked();
            server.duration = Duration::from_millis(5 + millis);
            let freed = Step { event: 8, elapsed: server.duration, kind: StepKind::Freed };
            server.timeline.push(freed);
            server.unanswered_request()
        };
        assert_eq!(after(30), Some(Unanswered::GivenUp { http: false }));
        assert_eq!(after(1000), Some(Unanswered::Silent(Duration::from_secs(1))));
        // A library that has the socket sees its end, if there is one.
        let mut own = asked();
        own.peer = "192.0.2.1:9".parse().ok();
        own.timeline.push(Step { event: 8, elapsed: own.duration, kind: StepKind::Freed });
        assert!(matches!(own.unanswered_request(), Some(Unanswered::Silent(_))));
    }
}
