//! All handshakes that came, grouped by client: the newest as records, a line for each of the others, and what later ones say of earlier
//! ones.

mod clients;
mod head;
mod inner;
mod kept;
mod lines;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tlsdiag_core::neutralize;
use tlsdiag_core::neutralize::json;
use tlsdiag_core::report::{JoinedClients, Line as Whole, Record, SetupRecord};
use tokio::sync::watch;

use crate::view::{self, Overview, Shown};
pub(crate) use head::Head;
use inner::Inner;
pub(crate) use kept::MOST_KEPT;
use lines::Ordinal;
pub(crate) use lines::Place;

/// What is known. Whoever brings handshakes and whoever shows them do so from their own threads; nobody waits but for a moment.
#[derive(Debug)]
pub struct Book {
    inner: Mutex<Inner>,
    /// How many handshakes there are, for those who wait for more.
    count: watch::Sender<u64>,
}

/// A record out of a file, or from elsewhere.
pub(crate) struct Found {
    pub(crate) head: Head,
    pub(crate) text: Option<Arc<str>>,
    pub(crate) place: Option<Place>,
}

/// A handshake, with all that its page is written from.
#[derive(Debug)]
pub struct Picked {
    number: u64,
    record: Box<Record>,
    beside: Option<(u64, Box<Record>)>,
    follows: bool,
    client: Option<view::Client>,
}

impl Picked {
    /// As the page takes it.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        let beside = self.beside.as_ref().map(|(number, record)| (*number, &**record));
        Shown {
            number: self.number,
            record: &self.record,
            beside,
            follows: self.follows,
            client: self.client.as_ref(),
        }
    }
}

/// What lies under a number.
#[derive(Debug)]
pub enum Lookup {
    /// A handshake.
    Handshake(Picked),
    /// A setup that failed before any.
    Setup(Box<SetupRecord>),
    /// Nothing, for the reason in this sentence.
    Nothing(String),
}

impl Book {
    /// An empty one, about what these words say. `live`: more will come.
    #[must_use]
    pub fn new(source: Vec<String>, live: bool) -> Arc<Self> {
        // Words of a command line, and names of files.
        let source = source.iter().map(|words| neutralize(words).into_owned()).collect();
        Arc::new(Book { inner: Mutex::new(Inner::new(source, live)), count: watch::Sender::new(0) })
    }

    /// One about files, of which the newest records come first.
    pub(crate) fn of_files(source: Vec<String>) -> Arc<Self> {
        let book = Book::new(source, true);
        {
            let mut inner = book.inner();
            (inner.base, inner.indexed) = (None, Some(0));
        }
        book
    }

    /// Takes a handshake that ended now, and gives its number.
    pub fn record(&self, record: &Record) -> u64 {
        self.newest([Found { head: record.into(), text: json(record).ok().map(Arc::from), place: None }])
    }

    /// Takes a setup that failed now.
    pub fn setup(&self, setup: &SetupRecord) {
        self.newest([Found { head: setup.into(), text: json(setup).ok().map(Arc::from), place: None }]);
    }

    /// Takes what came now, in order; gives the last one's number.
    pub(crate) fn newest(&self, found: impl IntoIterator<Item = Found>) -> u64 {
        let mut inner = self.inner();
        let last = found.into_iter().map(|one| inner.add(one, true)).last();
        let number = last.map_or(0, |last| inner.number(last));
        self.changed(inner);
        number
    }

    /// Takes what lies before all that is known, the newest first, with how much of all is read now. `false`: that is enough.
    pub(crate) fn older(&self, found: Vec<Found>, indexed: u16) -> bool {
        let mut inner = self.inner();
        for one in found {
            if inner.lines.is_full() {
                inner.lines.forgotten += 1;
            } else {
                inner.add(one, false);
            }
        }
        inner.indexed = Some(indexed.min(999));
        let more = !inner.lines.is_full();
        self.changed(inner);
        more
    }

    /// All that lies before is known, or will never be.
    pub(crate) fn whole(&self, live: bool) {
        let mut inner = self.inner();
        (inner.indexed, inner.live) = (None, live);
        if !inner.lines.is_full() {
            inner.base = Some(1 - inner.lines.oldest());
        }
        inner.said.clear();
        self.changed(inner);
    }

    /// Nothing more will come.
    pub fn ended(&self) {
        let mut inner = self.inner();
        inner.live = false;
        self.changed(inner);
    }

    /// Adds a file, in which records will lie; only the newest few stay open.
    pub(crate) fn file(&self, file: Arc<File>) -> u32 {
        const MOST_FILES: usize = 64;
        let mut inner = self.inner();
        inner.files.push(Some(file));
        if let Some(oldest) = inner.files.len().checked_sub(MOST_FILES + 1) {
            inner.files[oldest] = None;
        }
        (inner.files.len() - 1) as u32
    }

    /// Tells of changes by the number of handshakes.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// The clients, and what is read.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let inner = self.inner();
        let (clients, more_clients) = inner.clients.shown(&inner.lines, &|at| inner.number(at));
        Overview {
            source: inner.source.clone(),
            handshakes: inner.count(),
            clients,
            more_clients,
            indexed: inner.indexed,
            live: inner.live || inner.indexed.is_some(),
        }
    }

    /// The newest trouble, or else the newest handshake.
    #[must_use]
    pub fn newest_trouble(&self) -> Option<Picked> {
        let inner = self.inner();
        let newest = || inner.lines.iter().rev().find(|(_, line)| !line.is_setup).map(|(at, _)| at);
        let at = inner.clients.newest_trouble(&inner.lines).or_else(newest)?;
        drop(inner);
        match self.pick(at, true) {
            Lookup::Handshake(picked) => Some(picked),
            _ => None,
        }
    }

    /// What has this number.
    #[must_use]
    pub fn lookup(&self, number: u64) -> Lookup {
        let at = self.inner().ordinal(number);
        match at {
            Some(at) => self.pick(at, false),
            None => Lookup::Nothing(format!("There is no handshake {number}.")),
        }
    }

    fn pick(&self, at: Ordinal, follows: bool) -> Lookup {
        let (number, beside, client) = {
            let inner = self.inner();
            let beside = inner.lines.beside(at).map(|other| (inner.number(other), other));
            (inner.number(at), beside, inner.client(at))
        };
        match self.read(at) {
            Ok(Whole::Handshake(record)) => {
                let beside = beside.and_then(|(number, at)| Some((number, self.told(at).ok()??)));
                let record = self.apply_later(at, record);
                Lookup::Handshake(Picked { number, record, beside, follows, client })
            }
            Ok(Whole::Setup(setup)) => Lookup::Setup(setup),
            Ok(_) => Lookup::Nothing(format!("Handshake {number} is of a kind that is not shown.")),
            Err(why) => Lookup::Nothing(format!("Handshake {number} cannot be shown: {why}.")),
        }
    }

    /// A handshake with what later ones say of it.
    fn told(&self, at: Ordinal) -> Result<Option<Box<Record>>, String> {
        let record = self.read(at)?;
        Ok(match record {
            Whole::Handshake(record) => Some(self.apply_later(at, record)),
            _ => None,
        })
    }

    fn apply_later(&self, at: Ordinal, mut record: Box<Record>) -> Box<Record> {
        let by = self.inner().told_by.get(&at).copied();
        if let Some(Ok(Whole::Handshake(later))) = by.map(|by| self.read(by)) {
            let mut joined = JoinedClients::default();
            joined.add(&later);
            joined.tell(&mut record);
        }
        record
    }

    /// The record out of memory or its file, which nobody waits for meanwhile.
    fn read(&self, at: Ordinal) -> Result<Whole, String> {
        let (kept, place) = {
            let inner = self.inner();
            let kept = inner.kept.get(at);
            let place = inner.lines.get(at).and_then(|line| line.place);
            (kept, place.and_then(|place| Some((place, inner.files.get(place.file as usize)?.clone()?))))
        };
        if let Some(text) = kept {
            return kept::read(&text);
        }
        let (place, file) = place.ok_or_else(|| format!("only the newest {MOST_KEPT} are kept"))?;
        let mut bytes = vec![0; place.length as usize];
        file.read_exact_at(&mut bytes, place.offset).map_err(|_| "it is no longer in its file".to_owned())?;
        kept::read(&String::from_utf8_lossy(&bytes))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic between two handshakes leaves nothing half done that matters.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, inner: MutexGuard<'_, Inner>) {
        let count = inner.count();
        drop(inner);
        self.count.send_replace(count);
    }
}
