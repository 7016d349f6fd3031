//! Lines in the order in which they stand.

use memchr::memmem;
use tlsdiag_core::event::lines as recordings;
use tlsdiag_core::neutralize::json;
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Line, jsonl};

use super::Batch;
use crate::book::{Found, Head, Place};

/// What a line is by its looks.
pub(super) enum Kind<'a> {
    Empty,
    /// A record, or what says that it is one.
    Record(&'a str),
    /// The first line of a recording.
    Begins,
    /// A line of a recording, or of none.
    Other,
}

pub(super) fn kind(line: &[u8]) -> Kind<'_> {
    let line = line.trim_ascii();
    let has = |schema: &[u8]| memmem::find(line, schema).is_some();
    match std::str::from_utf8(line) {
        Ok("") => Kind::Empty,
        Ok(text) if has(b"\"tlsdiag.handshake/") || has(b"\"tlsdiag.setup/") => Kind::Record(text),
        Ok(text) if recordings::begins(text) => Kind::Begins,
        _ => Kind::Other,
    }
}

/// A line of this place without the byte order mark that a file may begin with, and where it begins then.
pub(super) fn without_mark(offset: u64, line: &[u8]) -> (u64, &[u8]) {
    match line.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) if offset == 0 => (3, rest),
        _ => (offset, line),
    }
}

/// What is wrong with a line that is no record.
pub(super) fn complaint(line: &str) -> String {
    jsonl::read(line).err().map_or_else(|| "it is damaged".to_owned(), |error| error.to_string())
}

/// Reads on and on.
pub(super) struct Forward {
    reader: Reader,
    file: u32,
    /// Where the next line begins.
    pub(super) at: u64,
    /// Where the recording begins that is open.
    open: Option<u64>,
}

impl Forward {
    pub(super) fn new(file: u32, at: u64) -> Self {
        Forward { reader: Reader::new(), file, at, open: None }
    }

    /// Takes the next line, with its end.
    pub(super) fn line(&mut self, line: &[u8], with_text: bool, batch: &mut Batch) {
        let (offset, end) = (self.at, self.at + line.len() as u64);
        self.at = end;
        let (offset, line) = without_mark(offset, line);
        let place = |begin: u64| {
            let length = u32::try_from(end - begin).ok()?;
            Some(Place { file: self.file, offset: begin, length })
        };
        match kind(line) {
            Kind::Empty => {}
            Kind::Record(text) => {
                let open = self.open.take();
                if let (Some(begin), Err(what)) = (open, self.reader.finish()) {
                    batch.bad(begin, &what.to_string());
                }
                match Head::read(text) {
                    Some(head) => {
                        let text = with_text.then(|| text.into());
                        batch.found.push(Found { head, text, place: place(offset) });
                    }
                    None => batch.bad(offset, &complaint(text)),
                }
            }
            Kind::Begins | Kind::Other => {
                let Ok(text) = std::str::from_utf8(line) else {
                    return batch.bad(offset, "this is not text");
                };
                let begin = match kind(line) {
                    Kind::Begins => offset,
                    _ => self.open.unwrap_or(offset),
                };
                self.open = Some(begin);
                for told in self.reader.line(text.trim_end()) {
                    self.open = None;
                    match told {
                        Ok(Line::Handshake(record)) => {
                            let text = with_text.then(|| json(&record).ok()).flatten();
                            let text = text.map(std::sync::Arc::from);
                            batch.found.push(Found { head: (&*record).into(), text, place: place(begin) });
                        }
                        Ok(_) => {}
                        Err(what) => batch.bad(offset, &what.to_string()),
                    }
                }
            }
        }
    }

    /// Says whether it ended where it should.
    pub(super) fn finish(&mut self, batch: &mut Batch) {
        if let (begin, Err(what)) = (self.open.take(), self.reader.finish()) {
            batch.bad(begin.unwrap_or(self.at), &what.to_string());
        }
    }
}
