//! Whether this side is still configured as it was at the beginning of the handshake.

use super::super::config::snapshot;
use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::state::handshake::HandshakeState;
use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;
use crate::event::EventBody;

impl HandshakeState {
    /// Looks whether the configuration is what it was taken for at the beginning, where that was
    /// not done then.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    #[inline(never)]
    pub(crate) fn check_configuration(&mut self, symbols: &'static Symbols) {
        let ssl = self.current.ssl;
        if !self.config_unchecked || ssl.is_null() {
            return;
        }
        self.config_unchecked = false;
        let (Some(before), Some(recording)) = (&self.configured, &mut self.recording) else { return };
        // SAFETY: the current connection is the one whose hook runs; its `SSL` is null there once
        // it is half gone (`end`), and it keeps its connection.
        let found = unsafe {
            let Some(connection) = self.current.state() else { return };
            snapshot::found(symbols, ssl, before, connection.declared(ssl), connection.context.as_deref())
        };
        if let Some(found) = found {
            recording.correct_beginning(&found.local);
            self.configured = Some(found);
        }
    }

    /// Looks whether the configuration has changed since, and records it.
    ///
    /// # Safety
    /// `ssl` is alive and this thread's; `connection` is its connection.
    #[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag.long"))]
    pub(crate) unsafe fn compare_configuration(
        &mut self,
        connection: &ConnectionState,
        ssl: *mut SSL,
        thorough: bool,
    ) {
        let Some(before) = self.configured.clone() else { return };
        // SAFETY: passed on.
        let after = unsafe {
            let symbols = connection.symbols;
            let cache = || ContextState::of(symbols, (symbols.f.SSL_get_SSL_CTX)(ssl));
            snapshot::reread(symbols, ssl, &before, connection.declared(ssl), thorough, cache)
        };
        if let Some(after) = after {
            if after.local != before.local {
                self.emit(&EventBody::Reconfigured { local: &after.local });
            }
            self.configured = Some(after);
        }
    }
}
