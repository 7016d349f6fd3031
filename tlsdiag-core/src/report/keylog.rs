//! Key log lines in a file of their own, readable by its owner alone, and only when somebody asks.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::append;
use crate::event::{Event, EventBody, EventKind};
use crate::recorder::HandshakeRecorder;

/// A recorder that appends the secrets of every connection to a file in the SSLKEYLOGFILE format (RFC 9850). Whoever reads
/// the file can decrypt the recorded connections.
#[derive(Debug)]
pub struct KeyLogFile {
    file: Mutex<File>,
}

impl KeyLogFile {
    /// Opens the file for appending; a new one is made with mode 0600.
    ///
    /// # Errors
    ///
    /// Those of opening the file, and `PermissionDenied` where an existing one can be read by others than its owner.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = append::open(path, 0o600)?.file;
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
            if mode & 0o077 != 0 {
                let says = format!(
                    "{} can be read by others (mode {:o}): chmod 600 it, or name another file",
                    path.display(),
                    mode & 0o777
                );
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, says));
            }
        }
        Ok(KeyLogFile { file: Mutex::new(file) })
    }

    /// Appends one line, given without its line end.
    ///
    /// A full disk must not disturb the handshake; the key log is then short, which whoever reads it will see.
    pub fn append(&self, line: &str) {
        let line = format!("{line}\n");
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}

#[cfg(unix)]
impl std::os::fd::AsRawFd for KeyLogFile {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).as_raw_fd()
    }
}

impl HandshakeRecorder for KeyLogFile {
    fn record(&self, event: &Event<'_>) {
        if let EventBody::Secret(secret) = event.body {
            self.append(secret.expose());
        }
    }

    fn wants(&self, kind: EventKind) -> bool {
        kind == EventKind::Secret
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::event::{ConnectionId, Secret};

    #[test]
    fn the_file_is_private_and_holds_the_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let log = KeyLogFile::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        log.record(&Event {
            connection: ConnectionId(1),
            sequence: 0,
            elapsed: Duration::ZERO,
            body: EventBody::Secret(Secret::new("CLIENT_RANDOM 00 11")),
        });
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "CLIENT_RANDOM 00 11\n");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = KeyLogFile::open(&path).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
    }
}
