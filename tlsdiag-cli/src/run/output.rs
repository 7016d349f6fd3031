//! What `tlsdiag run` writes: lines in the file, verdicts on stderr, and a summary at the end.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tlsdiag_console::book::Book;
use tlsdiag_core::Cause;
use tlsdiag_core::report::keylog::KeyLogFile;
use tlsdiag_core::report::{Journal, Record, SetupRecord, text};
use tlsdiag_transport::CollectorEvent;

use super::unrecorded::Found;
use super::{program, unused};
use crate::args::RunArguments;
use crate::count::counted;
use crate::error::{Error, Reason};
use crate::say::{self, say};

/// So many programs are told of that used no libssl.
const MOST: usize = 64;

/// So many handshakes are remembered whose clients may come back.
const MOST_OPEN: usize = 65_536;

/// So long it is waited for whoever reads a FIFO to make room.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Output {
    journal: Option<(Journal, PathBuf)>,
    keylog: Option<KeyLogFile>,
    /// What the console shows.
    book: Option<Arc<Book>>,
    failures_only: bool,
    quiet: bool,
    /// How each handshake is reported whole; else failures are, in one line.
    reports: Option<text::Style>,
    healthy: u64,
    /// Established, with something to say nevertheless.
    warned: u64,
    failed: u64,
    /// Not completed, and no failure.
    noted: u64,
    /// What was told of handshakes that the client's next ones may tell otherwise, by their ids.
    open: HashMap<String, String>,
    causes: BTreeMap<String, u64>,
    /// Setups that failed before any handshake, by their causes.
    setups: BTreeMap<String, u64>,
    unwritten: u64,
    /// Handshakes that left no record, of which the next one tells.
    lost: u64,
    dropped: u64,
    /// Handshakes of DTLS that programs began, by their names.
    datagrams: BTreeMap<String, u64>,
    hooked: Vec<String>,
    /// Of programs that were not seen to use a libssl.
    unused: Vec<String>,
    /// Of programs that were recorded: a second libssl of which nothing was seen.
    unseen: Vec<String>,
    unused_by: BTreeSet<String>,
}

impl Output {
    pub(super) fn new(arguments: &RunArguments, book: Option<Arc<Book>>) -> Result<Self, Error> {
        let cannot = |path: &Path, cause: &std::io::Error, option: &str| {
            let (path, reason) = (path.display(), Reason(cause));
            Error::new(format!("cannot write {path}: {reason}; name another file with {option}"))
        };
        let journal = arguments.jsonl.as_ref().map(|path| -> Result<_, Error> {
            let journal = Journal::open(path).map_err(|cause| cannot(path, &cause, "--jsonl"))?;
            if journal.is_unread() {
                say!("{} is a FIFO that nobody reads: what does not fit into it is lost", path.display());
            }
            let journal = journal.with_patience(PATIENCE);
            Ok((journal, path.clone()))
        });
        let keylog = arguments.keylog.as_ref().map(|path| {
            KeyLogFile::open(path).map_err(|cause| match cause.get_ref() {
                // It says what to do itself.
                Some(_) => Error::new(cause.to_string()),
                None => cannot(path, &cause, "--keylog"),
            })
        });
        Ok(Output {
            journal: journal.transpose()?,
            keylog: keylog.transpose()?,
            book,
            failures_only: arguments.failures_only,
            quiet: arguments.quiet,
            reports: arguments.reports,
            healthy: 0,
            warned: 0,
            failed: 0,
            noted: 0,
            open: HashMap::new(),
            causes: BTreeMap::new(),
            setups: BTreeMap::new(),
            unwritten: 0,
            lost: 0,
            dropped: 0,
            datagrams: BTreeMap::new(),
            hooked: Vec::new(),
            unused: Vec::new(),
            unseen: Vec::new(),
            unused_by: BTreeSet::new(),
        })
    }

    pub(super) fn on_event(&mut self, event: CollectorEvent) {
        match event {
            CollectorEvent::Handshake(mut record) => self.handshake(&mut record),
            CollectorEvent::Setup(setup) => self.setup(&setup),
            CollectorEvent::Secret(line) => self.keylog.iter().for_each(|keylog| keylog.append(&line)),
            CollectorEvent::Hooked { program, library } => {
                let hooked = format!("{program} with {library}");
                if !self.hooked.contains(&hooked) {
                    self.hooked.push(hooked);
                }
            }
            CollectorEvent::Unhooked { program, objects } => self.unhooked(&program, &objects),
            CollectorEvent::Dropped(count) => {
                if self.dropped == 0 && count > 0 {
                    say!("handshakes come faster than they can be written: some are lost");
                }
                self.dropped += count;
            }
            CollectorEvent::Datagrams { program }
                if self.datagrams.len() < MOST || self.datagrams.contains_key(&program) =>
            {
                *self.datagrams.entry(program).or_default() += 1;
            }
            CollectorEvent::Damaged(why) => say!("{why}"),
            _ => {}
        }
    }

    /// The files are read as long as they are there, and once for each program: a script may start one a thousand times.
    fn unhooked(&mut self, program: &str, files: &[String]) {
        if self.unused_by.len() < MOST && self.unused_by.insert(program.to_owned()) {
            let recorded = format!("{program} with ");
            let sentences = match self.hooked.iter().any(|hooked| hooked.starts_with(&recorded)) {
                true => &mut self.unseen,
                false => &mut self.unused,
            };
            sentences.extend(unused::sentences(program, files));
        }
    }

    fn handshake(&mut self, record: &mut Record) {
        self.lost += record.lost_before;
        if record.is_healthy() {
            self.healthy += 1;
            if self.failures_only && record.says_nothing() {
                return;
            }
        } else if record.is_failure() {
            self.failed += 1;
        } else if record.tls.established {
            self.warned += 1;
        } else {
            self.noted += 1;
        }
        self.settle(record);
        if let Some((journal, _)) = &self.journal {
            journal.follow();
        }
        record.lost_before = std::mem::take(&mut self.lost);
        if let Some((journal, path)) = &self.journal
            && let Err(cause) = journal.append(record)
        {
            self.lost = record.lost_before + 1;
            if self.unwritten == 0 {
                let (path, reason) = (path.display(), Reason(&cause));
                say!("cannot write {path}: {reason}; the program goes on, unwritten");
            }
            self.unwritten += 1;
        }
        if let Some(book) = &self.book {
            book.record(record);
        }
        let told = record.cause().is_some() || !record.tls.established;
        if told {
            *self.causes.entry(record.verdict().to_owned()).or_default() += 1;
        }
        match self.reports {
            Some(_) if self.quiet => say!("{}", record.one_line()),
            Some(style) => say::report(record, style),
            None if (told || !record.earlier.is_empty()) && !self.quiet => say!("{}", record.one_line()),
            None => {}
        }
    }

    /// What a program could not set up. It is no handshake, and counted apart.
    fn setup(&mut self, setup: &SetupRecord) {
        *self.setups.entry(setup.verdict().to_owned()).or_default() += 1;
        if let Some((journal, path)) = &self.journal {
            journal.follow();
            if let Err(cause) = journal.append(setup) {
                say!("cannot write {}: {}", path.display(), Reason(&cause));
            }
        }
        if let Some(book) = &self.book {
            book.setup(setup);
        }
        if !self.quiet {
            say!("{}", setup.one_line());
        }
    }

    /// Counts earlier handshakes by what became of them, and remembers this one if its client may come back.
    fn settle(&mut self, record: &Record) {
        for one in &record.earlier {
            let Some(told) = self.open.remove(&one.id) else { continue };
            let now = match one.became.as_str() {
                "confirmed" => &one.cause,
                _ => Cause::NoteClientAsksUser.code(),
            };
            let is_note = |code: &str| Cause::from_code(code).is_some_and(Cause::is_note);
            for (code, counts) in [(told.as_str(), false), (now, true)] {
                let total = if is_note(code) { &mut self.noted } else { &mut self.failed };
                let cause = self.causes.entry(code.to_owned()).or_default();
                for number in [total, cause] {
                    *number = if counts { *number + 1 } else { number.saturating_sub(1) };
                }
            }
            self.causes.retain(|_, count| *count > 0);
        }
        if record.outcome == "abandoned" && record.client.is_some() && self.open.len() < MOST_OPEN {
            self.open.insert(record.id.clone(), record.verdict().to_owned());
        }
    }

    /// The last words, on stderr. It was said of a program that was refused that nothing of it is recorded.
    pub(super) fn sum_up(&self, program: &Path, refused: bool, found: &Found) {
        let mut counts = Vec::new();
        if !self.failures_only {
            counts.push(format!("{} healthy", self.healthy));
        }
        counts.push(format!("{} failed", self.failed));
        if self.warned > 0 {
            counts.push(format!("{} established with a warning", self.warned));
        }
        if self.noted > 0 {
            counts.push(format!("{} abandoned", self.noted));
        }
        let told = self.healthy + self.warned + self.failed + self.noted;
        if told > 0 || !self.hooked.is_empty() {
            let total = if self.failures_only {
                "handshakes that are not plainly healthy".to_owned()
            } else {
                counted(told, "handshake")
            };
            let causes: Vec<_> =
                self.causes.iter().map(|(cause, count)| format!("{cause} {count}")).collect();
            let causes = if causes.is_empty() || self.quiet {
                String::new()
            } else {
                format!(" ({})", causes.join(", "))
            };
            // A single report has said it.
            if self.reports.is_none() || told != 1 {
                say!("{total}: {}{causes}", counts.join(", "));
            }
            if !self.setups.is_empty() {
                let total = counted(self.setups.values().sum(), "setup");
                let causes: Vec<_> =
                    self.setups.iter().map(|(cause, count)| format!("{cause} {count}")).collect();
                say!("{total} failed before any handshake: {}", causes.join(", "));
            }
            for sentence in &self.unseen {
                say!("{sentence}");
            }
        } else {
            for sentence in self.why_nothing(program, refused, found) {
                say!("no handshake was recorded: {sentence}");
            }
        }
        for (program, &count) in &self.datagrams {
            let handshakes = counted(count, "handshake");
            say!("DTLS is not recorded, only TLS is: {program} began {handshakes} of it");
        }
        if self.dropped > 0 {
            let lost = counted(self.dropped, "handshake");
            say!("{lost} lost: more came at once than could be written");
        }
        if let (lost @ 1.., Some((_, path))) = (self.unwritten, &self.journal) {
            let lost = counted(lost, "handshake");
            say!("{lost} could not be written to {}", path.display());
        }
    }

    fn why_nothing(&self, path: &Path, refused: bool, found: &Found) -> Vec<String> {
        let mut sentences = Vec::new();
        if !found.unrecorded.is_empty() {
            let names: Vec<_> = found.unrecorded.iter().map(String::as_str).collect();
            sentences.push(format!("what was said above of {}", names.join(", ")));
        }
        sentences.extend(self.unused.iter().cloned());
        let file = program::file(path);
        let others = found.programs.iter().map(PathBuf::as_path).filter(|program| *program != file);
        let own = (!refused).then_some(path);
        for sentence in own.into_iter().chain(others).filter_map(program::has_instead) {
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
        if sentences.is_empty() && !refused {
            sentences.push(format!("{} was not seen to use a libssl", path.display()));
        }
        sentences
    }
}
