//! Whether a recording is healthy by signs that cost nothing to look at. Parses nothing; in doubt it is not.

use tlsdiag_core::event::{Direction, EventBody, LocalConfiguration, Recording, Role, State};

/// So many trusted certificates may be the system's, and a server that takes clients of any public CA is worth a warning.
const FEW: u32 = 4;

/// Whether the collector would find nothing in it, for certain: a server's handshake that finished, without an alert, a fault
/// or an error on the way, and whose client was verified if it was asked for its certificate.
pub(crate) fn is_plainly(recording: &Recording) -> bool {
    const CERTIFICATE_REQUEST: u8 = 13;
    const CLOSE_NOTIFY: u8 = 0;
    let (mut done, mut asked, mut verified, mut asks) = (false, false, false, false);
    for event in recording.events() {
        match event.body {
            EventBody::Started { role: Role::Server, local, .. } | EventBody::Reconfigured { local } => {
                asks |= local.verify_mode & LocalConfiguration::VERIFY_PEER != 0;
                if asks && local.trust_anchors.count > FEW {
                    return false;
                }
            }
            EventBody::Message { direction: Direction::Sent, bytes } => {
                asked |= bytes.first() == Some(&CERTIFICATE_REQUEST);
            }
            EventBody::Verify { depth, ok: true, accepted: true, .. } => verified |= depth == 0,
            EventBody::State(State::HandshakeDone { verify_result: 0, resumed, .. }) => {
                // A resumed session may have been made where nobody was asked.
                if resumed && asks {
                    return false;
                }
                done = true;
            }
            EventBody::Alert { description: CLOSE_NOTIFY, .. } if done => {}
            EventBody::Started { .. }
            | EventBody::Verify { .. }
            | EventBody::State(State::HandshakeDone { .. } | State::Failed { .. })
            | EventBody::Alert { .. }
            | EventBody::LibraryErrors(_)
            | EventBody::Transport { .. } => return false,
            _ => {}
        }
    }
    done && recording.missed() == 0 && (verified || !(asked || asks))
}
