//! What is told of a handshake that is established, while its recording goes on.

use std::sync::{Arc, Mutex};

use tlsdiag_core::event::{Event, EventBody, EventKind};
use tlsdiag_core::{HandshakeRecorder, attach};

use crate::attachment::contexts;
use crate::brief::brief;
use crate::pipe::pair;

/// What is known where the handshake is established and more may come: told once, and not of a healthy one to who passes over those.
#[test]
fn the_story_of_an_established_handshake() {
    struct Established(Mutex<Vec<String>>, bool);
    impl HandshakeRecorder for Established {
        fn is_live(&self) -> bool {
            false
        }
        fn wants(&self, kind: EventKind) -> bool {
            kind.is_default() || kind == EventKind::Established
        }
        fn passes_over_healthy(&self) -> bool {
            self.1
        }
        fn awaits_first_words(&self) -> bool {
            true
        }
        fn record(&self, event: &Event<'_>) {
            let (when, recording) = match event.body {
                EventBody::Established { recording } => ("established", recording),
                EventBody::Ended { recording, .. } => ("ended", recording),
                _ => return,
            };
            let brief = brief(std::slice::from_ref(recording));
            let last = brief.rsplit(' ').next().unwrap_or_default().to_owned();
            self.0.lock().unwrap().push(format!("{when} {last}"));
        }
    }
    for side in ["client", "server"] {
        for passes_over in [false, true] {
            let (client, server) = contexts();
            let recorder = Arc::new(Established(Mutex::default(), passes_over));
            let context = if side == "client" { &client } else { &server };
            let _attachment = attach(context, Arc::clone(&recorder)).unwrap();
            let mut pair = pair(&client, &server);
            let so_far = std::mem::take(&mut *recorder.0.lock().unwrap());
            // A server's tickets are sent before it is over.
            let last = if side == "client" { "established done" } else { "established >4" };
            let expected: &[&str] = if passes_over { &[] } else { &[last] };
            assert_eq!(so_far, expected, "{side}");
            pair.talk();
            let rest = recorder.0.lock().unwrap().clone();
            assert_eq!(rest.len(), usize::from(!passes_over), "{side}: {rest:?}");
            assert!(rest.iter().all(|one| one.starts_with("ended ")), "{side}: {rest:?}");
        }
    }
}
