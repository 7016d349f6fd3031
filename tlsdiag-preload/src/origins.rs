//! Which files the own certificates come from: the collector looks there, once such a certificate has ended, whether it has been renewed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// So many certificates are known to have been told of. Some clients load theirs for each connection.
const TOLD: usize = 8;

/// What is known of the files that were opened and read last.
pub(crate) struct Origins {
    /// A BIO, and the name by which its file was opened.
    opened: (usize, Option<String>),
    /// The first certificate of a file, and that file.
    first: (usize, Option<String>),
    told: [u64; TOLD],
    next: usize,
}

impl Origins {
    pub(crate) const fn none() -> Self {
        Origins { opened: (0, None), first: (0, None), told: [0; TOLD], next: 0 }
    }

    /// A BIO reads the file of that name.
    pub(crate) fn opened(&mut self, bio: usize, name: Option<&String>) {
        self.opened = (bio, name.cloned());
    }

    /// A BIO gave the first certificate of its file.
    pub(crate) fn read(&mut self, certificate: usize, bio: usize, file: Option<&String>) {
        // certbot's files are links, which lead elsewhere once it has renewed a certificate.
        let is_this = |name: &&String| std::fs::canonicalize(name).ok().as_deref() == file.map(Path::new);
        let name = self.opened.1.as_ref().filter(|name| self.opened.0 == bio && is_this(name));
        self.first = (certificate, name.or(file).cloned());
    }

    /// The file that this certificate is the first one of.
    pub(crate) fn of(&self, certificate: usize) -> Option<String> {
        self.first.1.clone().filter(|_| certificate != 0 && self.first.0 == certificate)
    }

    /// Whether this has not been told lately.
    pub(crate) fn is_news(&mut self, file: &str, certificate: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        (file, certificate).hash(&mut hasher);
        let hash = hasher.finish();
        if self.told.contains(&hash) {
            return false;
        }
        self.told[self.next] = hash;
        self.next = (self.next + 1) % TOLD;
        true
    }
}
