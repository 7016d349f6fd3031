//! A recording in a few words, to compare.

use tlsdiag_core::event::{Direction, EventBody, Recording, State};

/// One word an event, records left out: `>1` is a message of type 1 sent, `<` received, `!` an alert, `data`, `done`, ….
pub(crate) fn words(recording: &Recording) -> Vec<String> {
    let arrow = |direction| match direction {
        Direction::Sent => '>',
        Direction::Received => '<',
    };
    recording
        .events()
        .filter_map(|event| {
            Some(match event.body {
                EventBody::Started { role, .. } => format!("{}:", role.as_str()),
                EventBody::Reconfigured { .. } => "reconfigured".to_owned(),
                EventBody::Message { direction, bytes } => {
                    let len =
                        usize::from(bytes[1]) << 16 | usize::from(bytes[2]) << 8 | usize::from(bytes[3]);
                    assert_eq!(bytes.len(), len + 4, "a message is whole");
                    // A CompressedCertificate, which OpenSSL's clients send from 3.2 on, is a Certificate (RFC 8879 §4).
                    let kind = if bytes[0] == 25 { 11 } else { bytes[0] };
                    format!("{}{kind}", arrow(direction))
                }
                EventBody::Alert { direction, level, description } => {
                    format!("{}!{level},{description}", arrow(direction))
                }
                EventBody::ChangeCipherSpec { direction } => format!("{}ccs", arrow(direction)),
                EventBody::Record { .. } => return None,
                EventBody::State(State::HandshakeStarted) => "start".to_owned(),
                EventBody::State(State::HandshakeDone { .. }) => "done".to_owned(),
                EventBody::State(State::Failed { .. }) => "failed".to_owned(),
                // It says of the application, not of the handshake.
                EventBody::State(State::Freed) => return None,
                EventBody::State(State::Step(_)) => "step".to_owned(),
                EventBody::Verify { depth, error, .. } => format!("verify{depth}:{error}"),
                EventBody::SecurityDenied { .. } => return None,
                EventBody::LibraryErrors(errors) => {
                    let reasons: Vec<_> = errors.iter().map(|e| e.reason.to_string()).collect();
                    format!("errors({})", reasons.join(","))
                }
                EventBody::Transport { direction, end, .. } => format!("{}{end:?}", arrow(direction)),
                EventBody::ApplicationData { direction } => format!("{}data", arrow(direction)),
                ref other => format!("{other:?}"),
            })
        })
        .collect()
}

/// The only recording there is, in words.
pub(crate) fn brief(recordings: &[Recording]) -> String {
    assert_eq!(recordings.len(), 1, "{:?}", recordings.iter().map(words).collect::<Vec<_>>());
    words(&recordings[0]).join(" ")
}
