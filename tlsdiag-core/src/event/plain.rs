//! A quick look at a recording, for those who want failures alone: most handshakes are plainly healthy, and to see that nothing
//! needs to be decoded.

use super::{Direction, EventBody, LocalConfiguration, Recording, Role, State};

/// Types of handshake messages (RFC 8446 §4, RFC 5246 §7.4).
const HELLO_REQUEST: u8 = 0;
const NEW_SESSION_TICKET: u8 = 4;
const CERTIFICATE: u8 = 11;
const KEY_UPDATE: u8 = 24;

/// Certificates trusted for clients that are too many to be a choice of one's own; only then is it looked at whose they are.
pub(crate) const MANY_ANCHORS: usize = 5;
/// No Certificate message with a certificate is as short as this, and no empty one as long (RFC 5246 §7.4.2, RFC 8446 §4.4.2).
pub(crate) const EMPTY_CERTIFICATE: usize = 16;

/// Whether the handshake was established and no rule can have anything to say about it. `false` means nothing: it takes a
/// [`diagnose`](fn@crate::diagnose) to know.
#[inline]
#[must_use]
pub fn is_plainly_healthy(recording: &Recording) -> bool {
    let mut look = Look::default();
    recording.missed() == 0 && recording.all(|_, body| look.passes(body)) && look.is_healthy()
}

#[derive(Default)]
struct Look {
    role: Option<Role>,
    verify_mode: i32,
    anchors: usize,
    client_showed_certificate: bool,
    session_has_certificate: Option<bool>,
    done: bool,
    spoke: bool,
}

impl Look {
    /// Whether this event leaves it plain.
    #[inline(always)]
    fn passes(&mut self, body: &EventBody<'_>) -> bool {
        match body {
            EventBody::Started { role, local, .. } => {
                self.configure(local);
                self.role.replace(*role).is_none()
            }
            EventBody::Reconfigured { local } => {
                self.configure(local);
                true
            }
            EventBody::Message { direction, bytes } => {
                let kind = bytes.first().copied().unwrap_or_default();
                if kind == CERTIFICATE && *direction == Direction::Received && bytes.len() > EMPTY_CERTIFICATE
                {
                    self.client_showed_certificate = true;
                }
                let afterwards = [NEW_SESSION_TICKET, KEY_UPDATE];
                kind != HELLO_REQUEST && (!self.done || afterwards.contains(&kind))
            }
            // A client that says goodbye without another word may have looked at the certificate itself.
            EventBody::Alert { direction, description, .. } => {
                let leaves = self.role == Some(Role::Client) && *direction == Direction::Sent && !self.spoke;
                *description == 0 && !leaves
            }
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                self.session_has_certificate = resumed.then_some(*peer_certificate == Some(true));
                *verify_result == 0 && !std::mem::replace(&mut self.done, true)
            }
            EventBody::Verify { ok, accepted, .. } => *ok && *accepted,
            EventBody::ApplicationData { .. } => {
                self.spoke = true;
                true
            }
            // A server passes over schemes below its security level where it makes its request; one that it needed would have
            // ended the handshake.
            EventBody::SecurityDenied { .. }
            | EventBody::ChangeCipherSpec { .. }
            | EventBody::State(State::HandshakeStarted | State::Step(_))
            | EventBody::Wire { .. } => true,
            // The first header tells what the peer speaks, and any plausible one is TLS; a step further it is not plain any more.
            EventBody::Record { header, .. } => (20..=23).contains(&header[0]) && header[1] == 3,
            _ => false,
        }
    }

    fn configure(&mut self, local: &LocalConfiguration) {
        self.verify_mode = local.verify_mode;
        self.anchors = local.trust_anchors.subjects.len();
    }

    fn is_healthy(&self) -> bool {
        let verifies = self.verify_mode & LocalConfiguration::VERIFY_PEER != 0;
        let proven = self.session_has_certificate.unwrap_or(self.client_showed_certificate);
        match self.role {
            None => false,
            Some(Role::Client) => self.done && verifies,
            Some(Role::Server) => self.done && (!verifies || (proven && self.anchors < MANY_ANCHORS)),
        }
    }
}
