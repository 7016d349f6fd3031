//! A quick look at a recording, for those who want failures alone: most handshakes are plainly
//! healthy, and to see that nothing needs to be decoded.

#[cfg(feature = "openssl")]
use super::log::{LogEntry, Tables, decode, entries};
use super::{Direction, EventBody, LocalConfiguration, Recording, Role, State};

/// Types of handshake messages (RFC 8446 §4, RFC 5246 §7.4).
const HELLO_REQUEST: u8 = 0;
const NEW_SESSION_TICKET: u8 = 4;
const CERTIFICATE: u8 = 11;
const KEY_UPDATE: u8 = 24;
const COMPRESSED_CERTIFICATE: u8 = 25;

/// Certificates trusted for clients that are too many to be a choice of one's own; only then is it
/// looked at whose they are.
pub(crate) const MANY_ANCHORS: usize = 5;
/// No Certificate message with a certificate is as short as this, and no empty one as long (RFC
/// 5246 §7.4.2, RFC 8446 §4.4.2).
const EMPTY_CERTIFICATE: usize = 16;
/// The header of a handshake message: its type and its length (RFC 8446 §4).
const HEADER: usize = 4;

/// Whether a message with this type shows a certificate; `None` where it is no Certificate. A
/// compressed one says how long it is unpacked (RFC 8879 §4), and OpenSSL holds it to that.
#[inline(always)]
pub(crate) fn shows_certificate(bytes: &[u8]) -> Option<bool> {
    match *bytes {
        [CERTIFICATE, ..] => Some(bytes.len() > EMPTY_CERTIFICATE),
        [COMPRESSED_CERTIFICATE, _, _, _, _, _, a, b, c, ..] => {
            Some(HEADER + u32::from_be_bytes([0, a, b, c]) as usize > EMPTY_CERTIFICATE)
        }
        _ => None,
    }
}

/// Whether the handshake was established and no rule can have anything to say about it. `false`
/// means nothing: it takes a [`diagnose`](fn@crate::diagnose) to know.
#[inline]
#[must_use]
pub fn is_plainly_healthy(recording: &Recording) -> bool {
    let mut look = Look::default();
    recording.missed() == 0 && recording.all(|body| look.passes(body)) && look.is_healthy()
}

/// Whether a server's handshake is plainly healthy by its [log](super::log), as a recording of it
/// would be.
#[cfg(feature = "openssl")]
pub(crate) fn is_log_plainly_healthy(log: &[u8], local: &LocalConfiguration) -> bool {
    let mut look = Look { role: Some(Role::Server), ..Look::default() };
    look.configure(local);
    // What refers to a table is no part of a log that is plain.
    let tables = Tables::default();
    let passes = |LogEntry { about, direction, place, .. }| {
        let bytes = log.get(place).unwrap_or_default();
        decode(about, direction, bytes, &tables).is_some_and(|body| look.passes(&body))
    };
    entries(log).all(passes) && look.is_healthy()
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
                if *direction == Direction::Received && shows_certificate(bytes) == Some(true) {
                    self.client_showed_certificate = true;
                }
                let afterwards = [NEW_SESSION_TICKET, KEY_UPDATE];
                kind != HELLO_REQUEST && (!self.done || afterwards.contains(&kind))
            }
            // A client that says goodbye without another word may have looked at the certificate
            // itself.
            EventBody::Alert { direction, description, .. } => {
                let by_client = (*direction == Direction::Sent) == (self.role == Some(Role::Client));
                *description == 0 && (self.spoke || !by_client)
            }
            EventBody::State(State::HandshakeDone { verify_result, resumed, peer_certificate }) => {
                self.session_has_certificate = resumed.then_some(*peer_certificate == Some(true));
                // Early data was sent before anybody had looked at a certificate.
                self.spoke = false;
                *verify_result == 0 && !std::mem::replace(&mut self.done, true)
            }
            // So has one that leaves without any.
            EventBody::State(State::Freed) => self.role == Some(Role::Server) || self.spoke,
            EventBody::Verify { ok, accepted, .. } => *ok && *accepted,
            EventBody::ApplicationData { .. } => {
                self.spoke = true;
                true
            }
            // A server passes over schemes below its security level where it makes its request; one
            // that it needed would have ended the handshake.
            EventBody::SecurityDenied { .. }
            | EventBody::ChangeCipherSpec { .. }
            | EventBody::State(State::HandshakeStarted | State::Step(_))
            | EventBody::Wire { .. } => true,
            // The first header shows what the peer speaks, and any plausible one is TLS; a step
            // further it is not plain any more.
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

#[cfg(test)]
mod tests {
    use super::shows_certificate;

    #[test]
    fn shows_certificate_empty_or_not_compressed_or_not() {
        let empty = [11, 0, 0, 4, 0, 0, 0, 0];
        assert_eq!(shows_certificate(&empty), Some(false));
        assert_eq!(shows_certificate(&[[11, 0, 0, 16].as_slice(), &[0; 16]].concat()), Some(true));
        // An empty Certificate is longer under compression than without.
        let mut packed = [25, 0, 0, 20, 0, 1, 0, 0, 4, 0, 0, 12].to_vec();
        packed.extend([0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0, 0, 0, 4, 0, 1]);
        assert_eq!(shows_certificate(&packed), Some(false));
        packed[7] = 2;
        assert_eq!(shows_certificate(&packed), Some(true));
        assert_eq!(shows_certificate(&packed[..8]), None);
        assert_eq!(shows_certificate(&[20, 0, 0, 0]), None);
    }
}
