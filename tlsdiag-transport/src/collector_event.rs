//! What a collector gives to whoever started it.

use tlsdiag_core::report::{Record, SetupRecord};

/// What a collector has to say of the processes that send to it.
#[derive(Debug)]
#[non_exhaustive]
pub enum CollectorEvent {
    /// A process has an OpenSSL that is recorded from now on.
    Hooked {
        /// The program's name.
        program: String,
        /// The library in its own words.
        library: String,
    },
    /// A handshake, diagnosed.
    Handshake(Box<Record>),
    /// A program could not be set up, diagnosed: nothing has made up for it.
    Setup(Box<SetupRecord>),
    /// A line of the key log.
    Secret(String),
    /// A program ended without an OpenSSL that could be recorded.
    Unhooked {
        /// The program's name.
        program: String,
        /// Its file and the objects that it had loaded.
        objects: Vec<String>,
    },
    /// A program begins a handshake of DTLS, which is not recorded.
    Datagrams {
        /// The program's name.
        program: String,
    },
    /// So many handshakes were dropped, since there was no room for them.
    Dropped(u64),
    /// What came could not be read; says why in one sentence.
    Damaged(String),
}
