//! The files that certificates of processes came from, and what they hold by now.
//!
//! A program reads its certificate at its start. Where that has ended the file may hold another one, which the program does not know. So a
//! file is read where a handshake failed for the end of a certificate, or its end is worth a warning; never in the process itself, and
//! nothing but certificates is taken from it.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::time::SystemTime;

use tlsdiag_core::Handshake;
use tlsdiag_core::diagnose::ending_certificate;
use tlsdiag_core::handshake::OwnFile;

/// So many certificates are known of one program.
const MOST: usize = 4096;

/// So much of a file is read, and so many certificates are taken from it.
const MOST_BYTES: u64 = 1 << 20;
const MOST_CERTIFICATES: usize = 32;

/// What tells the root folder of this process from those of others that were given another one, as chroot(2) does and containers have.
#[must_use]
pub fn root() -> Option<String> {
    let root = rustix::fs::stat("/").ok()?;
    Some(format!("{}:{}", root.st_dev, root.st_ino))
}

/// What is known of one program, and the processes that it forked.
#[derive(Default)]
pub(crate) struct OwnFiles {
    /// Where each certificate was read.
    files: HashMap<Vec<u8>, String>,
    /// What was read last, which may be asked for by thousands of handshakes a second.
    last: Option<(Version, OwnFile)>,
}

/// One state of a file.
#[derive(PartialEq, Eq)]
struct Version {
    path: String,
    inode: (u64, u64),
    size: u64,
    changed: Option<SystemTime>,
}

impl OwnFiles {
    /// A certificate was read from that file.
    pub(crate) fn loaded(&mut self, certificate: Vec<u8>, file: String, in_root: &str) {
        let is_ours = root().is_some_and(|root| root == in_root);
        if is_ours && (self.files.len() < MOST || self.files.contains_key(&certificate)) {
            self.files.insert(certificate, file);
        }
    }

    /// The handshake with what its own certificate's file holds by now, where that is worth a look.
    pub(crate) fn beside(&mut self, handshake: Handshake) -> Handshake {
        let path = ending_certificate(&handshake).and_then(|ending| self.files.get(&*ending.der)).cloned();
        let file = path.and_then(|path| self.read(path));
        handshake.with_own_file(file)
    }

    fn read(&mut self, path: String) -> Option<OwnFile> {
        // A pipe would wait for somebody who writes.
        let file =
            OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(&path).ok()?;
        let found = file.metadata().ok().filter(|found| found.is_file() && found.len() <= MOST_BYTES)?;
        let changed = found.modified().ok();
        let version = Version { path, inode: (found.dev(), found.ino()), size: found.len(), changed };
        match &self.last {
            Some((last, known)) if *last == version => Some(known.clone()),
            _ => {
                let read = OwnFile::new(&*version.path, changed, &certificates(file)?);
                self.last = Some((version, read.clone()));
                Some(read)
            }
        }
    }
}

/// The certificates of a file in PEM form, DER each; `None` where it is none, or is amiss.
fn certificates(file: File) -> Option<Vec<Vec<u8>>> {
    let mut lines = BufReader::new(file.take(MOST_BYTES));
    let (mut line, mut text) = (String::new(), None::<String>);
    let mut found = Vec::new();
    loop {
        // Lines of a key are passed over.
        line.clear();
        if lines.read_line(&mut line).ok()? == 0 {
            return (!found.is_empty()).then_some(found);
        }
        match (line.trim_end(), &mut text) {
            ("-----BEGIN CERTIFICATE-----", text) => *text = Some(String::new()),
            ("-----END CERTIFICATE-----", text) => {
                let whole = text.take()?;
                found.push(data_encoding::BASE64.decode(whole.as_bytes()).ok()?);
                if found.len() > MOST_CERTIFICATES {
                    return None;
                }
            }
            (line, Some(text)) => text.push_str(line.trim_start()),
            (_, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use data_encoding::BASE64;

    use super::*;

    fn pem(der: &[u8]) -> String {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", BASE64.encode(der))
    }

    #[test]
    fn certificates_are_taken_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("own.pem");
        let mut files = OwnFiles::default();
        let mut held = |text: &str| {
            fs::write(&path, text).unwrap();
            let file = files.read(path.display().to_string());
            file.map(|file| file.chain.certificates.iter().map(|one| one.der.to_vec()).collect::<Vec<_>>())
        };
        let key = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        let both = format!("{key}\nsubject=a\r\n{}{}", pem(b"leaf").replace('\n', "\r\n"), pem(b"issuer"));
        assert_eq!(held(&both), Some(vec![b"leaf".to_vec(), b"issuer".to_vec()]));
        assert_eq!(held(&pem(b"renewed")), Some(vec![b"renewed".to_vec()]));
        assert_eq!(held(key), None);
        assert_eq!(held("-----BEGIN CERTIFICATE-----\nno base 64\n-----END CERTIFICATE-----\n"), None);
        assert_eq!(held("-----END CERTIFICATE-----\n"), None);
        assert_eq!(held(""), None);
    }

    #[test]
    fn what_is_no_file_of_this_root_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe").display().to_string();
        rustix::fs::mknodat(rustix::fs::CWD, &*pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        let mut files = OwnFiles::default();
        for path in [pipe, "/dev/zero".to_owned(), folder.path().display().to_string(), "/missing".to_owned()]
        {
            assert!(files.read(path.clone()).is_none(), "{path}");
        }
        files.loaded(b"one".to_vec(), "/one.pem".to_owned(), "0:0");
        assert!(files.files.is_empty());
        files.loaded(b"one".to_vec(), "/one.pem".to_owned(), &root().unwrap());
        assert_eq!(files.files.len(), 1);
    }
}
