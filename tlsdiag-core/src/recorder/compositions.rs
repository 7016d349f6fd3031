//! Recorders made of others: none, one that is shared, and two.

use std::sync::Arc;
use std::time::Duration;

use super::{HandshakeRecorder, Skipped};
use crate::event::{Ending, Event, EventKind, EventLog, Recording};

/// Records nothing.
impl HandshakeRecorder for () {
    fn record(&self, _event: &Event<'_>) {}

    fn wants(&self, _kind: EventKind) -> bool {
        false
    }
}

/// A pointer to a recorder is that recorder.
macro_rules! pointer {
    ($pointer:ident) => {
        impl<R: HandshakeRecorder + ?Sized> HandshakeRecorder for $pointer<R> {
            fn record(&self, event: &Event<'_>) {
                (**self).record(event);
            }

            fn skip(&self, skipped: Skipped) {
                (**self).skip(skipped);
            }

            fn is_live(&self) -> bool {
                (**self).is_live()
            }

            fn wants(&self, kind: EventKind) -> bool {
                (**self).wants(kind)
            }

            fn uses_openssl(&self) -> bool {
                (**self).uses_openssl()
            }

            fn passes_over_healthy(&self) -> bool {
                (**self).passes_over_healthy()
            }

            fn awaits_first_words(&self) -> bool {
                (**self).awaits_first_words()
            }

            fn finish(&self, ending: Ending, elapsed: Duration, recording: &mut Recording) {
                (**self).finish(ending, elapsed, recording);
            }

            fn take_log(&self, log: &EventLog<'_>) -> bool {
                (**self).take_log(log)
            }

            fn take_established(&self, log: &EventLog<'_>) -> bool {
                (**self).take_established(log)
            }
        }
    };
}

pointer!(Box);
pointer!(Arc);

/// Both, the first one first; each is given only the kinds that it wants.
impl<A: HandshakeRecorder, B: HandshakeRecorder> HandshakeRecorder for (A, B) {
    fn record(&self, event: &Event<'_>) {
        let kind = event.body.kind();
        if self.0.wants(kind) {
            self.0.record(event);
        }
        if self.1.wants(kind) {
            self.1.record(event);
        }
    }

    fn skip(&self, skipped: Skipped) {
        self.0.skip(skipped);
        self.1.skip(skipped);
    }

    fn is_live(&self) -> bool {
        self.0.is_live() || self.1.is_live()
    }

    fn wants(&self, kind: EventKind) -> bool {
        self.0.wants(kind) || self.1.wants(kind)
    }

    fn uses_openssl(&self) -> bool {
        self.0.uses_openssl() || self.1.uses_openssl()
    }

    fn passes_over_healthy(&self) -> bool {
        self.0.passes_over_healthy() && self.1.passes_over_healthy()
    }

    fn awaits_first_words(&self) -> bool {
        self.0.awaits_first_words() && self.1.awaits_first_words()
    }

    fn finish(&self, ending: Ending, elapsed: Duration, recording: &mut Recording) {
        let kind = EventKind::Ended;
        match (self.0.wants(kind), self.1.wants(kind)) {
            (true, true) => {
                self.0.record(&Event::ended(ending, elapsed, recording));
                self.1.finish(ending, elapsed, recording);
            }
            (true, false) => self.0.finish(ending, elapsed, recording),
            (false, true) => self.1.finish(ending, elapsed, recording),
            (false, false) => {}
        }
    }
}
