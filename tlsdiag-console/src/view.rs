//! What a page shows: plain values, made from records by whoever keeps them, and all that a page is written from.

use tlsdiag_core::report::Record;

/// How a handshake ended, as far as a list shows it: a glyph, a colour and always a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// ✓ It worked.
    Worked,
    /// ! It was established, and something deserves a warning.
    Warned,
    /// ✕ It failed.
    Failed,
    /// … The peer has not answered, or it went before it did; what that means is not known yet.
    Waiting,
    /// ○ A browser's first connection and the like: it ended, and is no failure.
    Noted,
}

/// A line of a list: one handshake, or a setup that failed before any.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its number in the order in which records came, from 1 on; it stands in the address of its page.
    pub number: u64,
    /// When it began, RFC 3339 in UTC.
    pub time: String,
    /// How it ended.
    pub state: State,
    /// The verdict: the code of a cause, `ok`, or a note's words.
    pub verdict: String,
}

/// One client with its handshakes, newest last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Client {
    /// What to call it, such as `Firefox-like browser`, or the server that a client reached.
    pub title: String,
    /// Its address, and whose certificate it showed.
    pub about: String,
    /// Where it stands now.
    pub state: State,
    /// The same in words, such as `works since the change`.
    pub standing: String,
    /// Its handshakes, oldest first; at most the newest few.
    pub entries: Vec<Entry>,
    /// How many more there were.
    pub more: u64,
}

/// The whole, beside which one handshake is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overview {
    /// What is listened to or read, such as `127.0.0.1:4433` or the name of a file, and what is asked of clients.
    pub source: Vec<String>,
    /// All handshakes.
    pub handshakes: u64,
    /// Trouble first, then the newest.
    pub clients: Vec<Client>,
    /// How many more there are.
    pub more_clients: u64,
    /// How much of a file has been read, of 1,000 parts; `None` once it is whole.
    pub indexed: Option<u16>,
    /// Whether more may come: the page then listens for it.
    pub live: bool,
}

/// The handshake that a page is about.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Its number.
    pub number: u64,
    /// Itself.
    pub record: &'a Record,
    /// Another one of the same client that ended otherwise, the nearest after it, or else before: for "before and after".
    pub beside: Option<(u64, &'a Record)>,
    /// Whether the page was asked for without naming a handshake, and follows the newest trouble.
    pub follows: bool,
    /// The client with its handshakes, for the page of one that has no list of all beside it; the page leads to none of them.
    pub client: Option<&'a Client>,
}
