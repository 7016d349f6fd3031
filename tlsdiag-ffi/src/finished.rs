//! A finished handshake: what was recorded, and what is worked out of it when somebody asks.

use std::sync::{Arc, OnceLock};

use tlsdiag_core::event::Recording;
use tlsdiag_core::report::Record;
use tlsdiag_core::{Handshake, diagnose};

use crate::clients::Known;
use crate::view::View;

/// One handshake. Everything beyond the recording is made once, at the first question that needs it, by whichever thread
/// asks.
#[derive(Default)]
pub(crate) struct Finished {
    /// Absent where the handshake was read from a record.
    recording: Option<Recording>,
    /// Days before a certificate's end from which on it is warned of.
    expiry_notice: Option<u32>,
    /// The recorder's, who know its client.
    clients: Option<Arc<Known>>,
    handshake: OnceLock<Handshake>,
    record: OnceLock<Record>,
    view: OnceLock<View>,
}

impl Finished {
    pub(crate) fn recorded(recording: Recording, expiry_notice: Option<u32>, clients: &Arc<Known>) -> Self {
        let clients = Some(Arc::clone(clients));
        Finished { recording: Some(recording), expiry_notice, clients, ..Finished::default() }
    }

    /// One that goes on: who asks now is told what it says by itself.
    pub(crate) fn so_far(recording: Recording, expiry_notice: Option<u32>) -> Self {
        Finished { recording: Some(recording), expiry_notice, ..Finished::default() }
    }

    pub(crate) fn read(record: Record) -> Self {
        Finished { record: OnceLock::from(record), ..Finished::default() }
    }

    /// The handshake, which is enough for the outcome; `None` where only the record is known.
    pub(crate) fn handshake(&self) -> Option<&Handshake> {
        let recording = self.recording.as_ref()?;
        let notice = self.expiry_notice;
        Some(self.handshake.get_or_init(|| Handshake::from_recording(recording).with_expiry_notice(notice)))
    }

    pub(crate) fn connection(&self) -> Option<u64> {
        self.recording.as_ref().map(|recording| recording.connection().0)
    }

    pub(crate) fn record(&self) -> &Record {
        self.record.get_or_init(|| match self.handshake() {
            Some(handshake) => match &self.clients {
                Some(clients) => clients.record(handshake),
                None => Record::new(handshake, &diagnose(handshake)),
            },
            None => unreachable!("made from a recording or from a record"),
        })
    }

    /// Everything as C strings.
    pub(crate) fn view(&self) -> &View {
        self.view.get_or_init(|| View::of(self.record()))
    }
}
