//! Files of JSON lines as a book: the newest handshakes at once, the others behind them, and what is appended as it comes.

mod backward;
mod following;
mod lines;
mod pipes;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use memchr::memrchr;

use crate::book::{Book, Found, MOST_KEPT};
use backward::Backward;
use following::{Followed, Following};
use lines::Forward;
use pipes::{Pipe, open};

/// No record comes near it; a longer line is something else, and shall not fill the memory.
const LONGEST_LINE: usize = 16 << 20;

/// So much of what is no record is looked through for the first one.
const MOST_RUBBISH: u64 = 64 << 20;

/// Says a sentence to whoever started this.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// Where something stands that cannot be read, and why it cannot.
type Complaint = (u64, String);

/// What was found, and what cannot be read.
#[derive(Default)]
struct Batch {
    found: Vec<Found>,
    bad: u64,
    first: Option<Complaint>,
}

impl Batch {
    fn bad(&mut self, offset: u64, what: &str) {
        self.bad += 1;
        self.first = earlier(self.first.take(), Some((offset, what.to_owned())));
    }

    fn append(&mut self, mut other: Batch) {
        self.found.append(&mut other.found);
        self.bad += other.bad;
        self.first = earlier(self.first.take(), other.first);
    }
}

fn earlier(one: Option<Complaint>, other: Option<Complaint>) -> Option<Complaint> {
    one.into_iter().chain(other).min_by_key(|(offset, _)| *offset)
}

/// Files that are read: their newest handshakes are in the book, and the rest waits.
pub struct Reading {
    book: Arc<Book>,
    backward: Vec<Part>,
    following: Option<Following>,
    /// What is read once, as it comes: stdin and FIFOs.
    pipes: Vec<Pipe>,
    tell: Tell,
    /// How many bytes there were.
    all: u64,
}

/// One file on its way to its beginning.
struct Part {
    name: String,
    lines: Backward,
    good: bool,
    bad: u64,
    first: Option<Complaint>,
}

impl Part {
    fn block(&mut self, with_text: bool, most: usize) -> io::Result<Vec<Found>> {
        let Batch { found, bad, first } = self.lines.block(with_text, most)?;
        self.good |= !found.is_empty();
        self.bad += bad;
        self.first = earlier(self.first.take(), first);
        Ok(found)
    }

    fn sentence(&self) -> Option<String> {
        let (offset, why) = self.first.as_ref()?;
        let name = &self.name;
        Some(match self.bad {
            1 => format!("{name}: one line cannot be read, at byte {offset}: {why}"),
            bad => format!("{name}: {bad} lines cannot be read, the first at byte {offset}: {why}"),
        })
    }
}

impl Reading {
    /// Opens the files, `-` being stdin, and reads the newest records.
    ///
    /// # Errors
    ///
    /// In one sentence: a file that cannot be read, or is none of handshakes.
    pub fn begin(paths: &[PathBuf], tell: Tell) -> Result<Reading, String> {
        let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
        let book = Book::of_files(names.clone());
        let (mut backward, mut followed) = (Vec::new(), Vec::new());
        let mut pipes = Vec::new();
        for (path, name) in paths.iter().zip(&names) {
            if path.as_os_str() == "-" {
                pipes.push(Pipe::stdin(name.clone()));
                continue;
            }
            let cannot = |cause: io::Error| format!("cannot read {name}: {}", reason(&cause));
            if path.is_dir() {
                return Err(format!("{name} is a folder: name the JSON lines file in it"));
            }
            let file = open(path).map_err(cannot)?;
            let metadata = file.metadata().map_err(cannot)?;
            if !metadata.is_file() {
                pipes.push(Pipe::new(name.clone(), path, file, &metadata).map_err(cannot)?);
                continue;
            }
            let file = Arc::new(file);
            let number = book.file(Arc::clone(&file));
            let (end, good) = lines_end(&file, metadata.len()).map_err(cannot)?;
            let lines = Backward::new(Arc::clone(&file), number, end);
            let part = Part { name: name.clone(), lines, good, bad: 0, first: None };
            backward.push(part);
            followed.push(Followed::new(
                path.clone(),
                name.clone(),
                file,
                &metadata,
                Forward::new(number, end),
            ));
        }
        let all = backward.iter().map(|part| part.lines.left()).sum();
        let mut reading = Reading { book, backward, following: None, pipes, tell, all };
        reading.tails()?;
        for (followed, part) in followed.iter_mut().zip(&reading.backward) {
            if let Some(begin) = part.lines.unfinished {
                followed.begin_at(begin);
            }
        }
        reading.following = (!followed.is_empty()).then(|| Following::new(followed));
        reading.settle();
        Ok(reading)
    }

    /// What is read.
    #[must_use]
    pub fn book(&self) -> &Arc<Book> {
        &self.book
    }

    /// The newest records of all, the last file's first.
    fn tails(&mut self) -> Result<(), String> {
        let mut left = MOST_KEPT;
        for part in self.backward.iter_mut().rev() {
            let begin = part.lines.left();
            while left > 0 && !part.lines.is_done() {
                let found = part
                    .block(true, left)
                    .map_err(|cause| format!("cannot read {}: {}", part.name, reason(&cause)))?;
                left -= found.len().min(left);
                self.book.older(found, 0);
                if !part.good && begin - part.lines.left() > MOST_RUBBISH {
                    break;
                }
            }
            if !part.good && part.bad > 0 {
                let why = part.first.as_ref().map_or("", |(_, why)| why);
                return Err(format!(
                    "{} is no file of handshakes: not one line can be read ({why})",
                    part.name
                ));
            }
        }
        Ok(())
    }

    /// Says that all is read, where it is.
    fn settle(&mut self) -> bool {
        let done = self.backward.iter().all(|part| part.lines.is_done());
        if done {
            self.finish();
        }
        done
    }

    fn finish(&mut self) {
        for sentence in self.backward.iter().filter_map(Part::sentence) {
            (self.tell)(&sentence);
        }
        self.backward.clear();
        self.book.whole(self.following.is_some() || !self.pipes.is_empty());
    }

    /// Reads the rest, and what comes, in threads of its own that end with the process.
    ///
    /// # Errors
    ///
    /// Those of starting a thread.
    pub fn go_on(mut self) -> io::Result<()> {
        let alone = self.following.is_none() && self.pipes.len() == 1;
        if let Some(following) = self.following.take() {
            let (book, tell) = (Arc::clone(&self.book), Arc::clone(&self.tell));
            thread::Builder::new().name("follow".to_owned()).spawn(move || following.run(&book, &tell))?;
        }
        for input in std::mem::take(&mut self.pipes) {
            let (book, tell) = (Arc::clone(&self.book), Arc::clone(&self.tell));
            thread::Builder::new().name("pipe".to_owned()).spawn(move || {
                input.run(&book, &tell);
                if alone {
                    book.whole(false);
                }
            })?;
        }
        if !self.backward.is_empty() {
            thread::Builder::new().name("index".to_owned()).spawn(move || self.index())?;
        }
        Ok(())
    }

    fn index(mut self) {
        let all = self.all.max(1);
        let parts: Vec<usize> = (0..self.backward.len()).rev().collect();
        'files: for at in parts {
            while !self.backward[at].lines.is_done() {
                let found = match self.backward[at].block(false, usize::MAX) {
                    Ok(found) => found,
                    Err(cause) => {
                        (self.tell)(&format!("cannot read {}: {}", self.backward[at].name, reason(&cause)));
                        break;
                    }
                };
                let left: u64 = self.backward.iter().map(|part| part.lines.left()).sum();
                let indexed = 1000 - (left.min(all) * 1000 / all) as u16;
                if !self.book.older(found, indexed) {
                    (self.tell)("there are more handshakes than can be listed: the oldest are left out");
                    break 'files;
                }
            }
        }
        // They live on as long as somebody follows, which the book knows.
        for sentence in self.backward.iter().filter_map(Part::sentence) {
            (self.tell)(&sentence);
        }
        self.book.whole(true);
    }
}

/// What has been said of lines that come and cannot be read: the first few, and then that there are more.
#[derive(Default)]
struct Said(u64);

impl Said {
    fn bad(&mut self, name: &str, batch: Batch, tell: &Tell) {
        const MOST: u64 = 8;
        if let Some((offset, why)) = batch.first {
            match self.0 {
                0..MOST => tell(&format!("{name}: a line cannot be read, at byte {offset}: {why}")),
                MOST => tell(&format!("{name}: more lines cannot be read, of which nothing is said")),
                _ => {}
            }
            self.0 += 1;
        }
    }
}

/// Where the last whole line ends, and whether what is behind it is the beginning of one that is being written. A line without an end
/// may be whole.
fn lines_end(file: &File, length: u64) -> io::Result<(u64, bool)> {
    let end = last_line_end(file, length)?;
    if length - end > LONGEST_LINE as u64 {
        return Ok((length, false));
    }
    let mut rest = vec![0; (length - end) as usize];
    file.read_exact_at(&mut rest, end)?;
    let (_, rest) = lines::without_mark(end, &rest);
    if rest.trim_ascii().is_empty() {
        return Ok((end, false));
    }
    let read = serde_json::from_slice::<serde::de::IgnoredAny>(rest);
    let begins = rest.trim_ascii().starts_with(b"{") && read.is_err_and(|why| why.is_eof());
    Ok(if begins { (end, true) } else { (length, false) })
}

/// Where the last line end is.
fn last_line_end(file: &File, mut end: u64) -> io::Result<u64> {
    let mut block = vec![0; 64 << 10];
    while end > 0 {
        let length = end.min(block.len() as u64);
        end -= length;
        let block = &mut block[..length as usize];
        file.read_exact_at(block, end)?;
        if let Some(at) = memrchr(b'\n', block) {
            return Ok(end + at as u64 + 1);
        }
    }
    Ok(0)
}

fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "stdin".to_owned() } else { path.display().to_string() }
}

/// Without the number that the standard library appends.
fn reason(cause: &io::Error) -> String {
    let text = cause.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests;
