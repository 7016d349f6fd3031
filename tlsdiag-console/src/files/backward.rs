//! A file of JSON lines from its end to its beginning: what is newest comes first, however long the file is.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use memchr::memrchr;

use super::lines::{self, Kind};
use super::{Batch, LONGEST_LINE};
use crate::book::{Found, Head, Place};

/// Larger ones are no faster.
const BLOCK: usize = 2 << 20;

pub(super) struct Backward {
    file: Arc<File>,
    number: u32,
    /// What has been read and not yet been told begins here in the file.
    begin: u64,
    buffer: Vec<u8>,
    /// So much is read at once.
    size: usize,
    /// A line that is longer than any record is being passed over.
    too_long: bool,
    /// Lines that belong to a recording whose first line comes yet.
    recording: Option<Range<u64>>,
    /// Where a recording begins that had not ended when the file was opened.
    pub(super) unfinished: Option<u64>,
    /// Whether anything whole was found.
    whole: bool,
}

impl Backward {
    /// What lies before this place, where a line begins.
    pub(super) fn new(file: Arc<File>, number: u32, end: u64) -> Self {
        Backward {
            file,
            number,
            begin: end,
            buffer: Vec::new(),
            size: BLOCK,
            too_long: false,
            recording: None,
            unfinished: None,
            whole: false,
        }
    }

    /// How many bytes have not been read yet.
    pub(super) fn left(&self) -> u64 {
        self.begin
    }

    pub(super) fn is_done(&self) -> bool {
        self.begin == 0 && self.buffer.is_empty() && self.recording.is_none()
    }

    /// The records of the next block, the newest first, with their texts if these are wanted; at most so many.
    pub(super) fn block(&mut self, with_text: bool, most: usize) -> io::Result<Batch> {
        let mut batch = Batch::default();
        let mut read = false;
        while batch.found.len() < most {
            // The line end at the end of the buffer is that of its last line.
            let body = self.buffer.len().saturating_sub(1);
            let start = match memrchr(b'\n', &self.buffer[..body]) {
                Some(end) => end + 1,
                None if self.begin == 0 => 0,
                None if read => return Ok(batch),
                None => {
                    read = true;
                    self.more(&mut batch)?;
                    continue;
                }
            };
            if self.buffer.is_empty() {
                self.close(&mut batch)?;
                return Ok(batch);
            }
            let line = self.buffer.split_off(start);
            if std::mem::take(&mut self.too_long) {
                continue;
            }
            self.line(&line, self.begin + start as u64, with_text, &mut batch)?;
        }
        Ok(batch)
    }

    /// Reads what lies before the buffer into it.
    fn more(&mut self, batch: &mut Batch) -> io::Result<()> {
        if self.buffer.len() > LONGEST_LINE {
            batch.bad(self.begin, "it is longer than any record");
            self.too_long = true;
        }
        if self.too_long {
            // One byte stands for the rest of the line, whose beginning is still looked for.
            self.buffer.truncate(1);
        }
        let length = usize::try_from(self.begin).unwrap_or(usize::MAX).min(self.size);
        let mut block = vec![0; length];
        self.begin -= length as u64;
        self.file.read_exact_at(&mut block, self.begin)?;
        block.append(&mut self.buffer);
        self.buffer = block;
        Ok(())
    }

    fn line(&mut self, line: &[u8], offset: u64, with_text: bool, batch: &mut Batch) -> io::Result<()> {
        let end = offset + line.len() as u64;
        let (offset, line) = lines::without_mark(offset, line);
        match lines::kind(line) {
            Kind::Empty => {}
            Kind::Record(text) => {
                self.close(batch)?;
                match Head::read(text) {
                    Some(head) => {
                        self.whole = true;
                        let place = Place { file: self.number, offset, length: line.len() as u32 };
                        let text = with_text.then(|| text.into());
                        batch.found.push(Found { head, text, place: Some(place) });
                    }
                    None => batch.bad(offset, &lines::complaint(text)),
                }
            }
            Kind::Begins => {
                let end = self.recording.take().map_or(end, |lines| lines.end);
                let told = self.recording(offset..end, with_text, batch)?;
                if !told && !self.whole {
                    self.unfinished = Some(offset);
                }
                self.whole = true;
            }
            Kind::Other => {
                let lines = self.recording.take().map_or(offset..end, |lines| offset..lines.end);
                let length = lines.end - lines.start;
                self.recording = Some(lines);
                if length > LONGEST_LINE as u64 {
                    self.close(batch)?;
                }
            }
        }
        Ok(())
    }

    /// Tells of the recordings in this part of the file; whether there was one.
    fn recording(&mut self, part: Range<u64>, with_text: bool, batch: &mut Batch) -> io::Result<bool> {
        let mut bytes = vec![0; (part.end - part.start) as usize];
        self.file.read_exact_at(&mut bytes, part.start)?;
        let mut forward = lines::Forward::new(self.number, part.start);
        let mut told = Batch::default();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            forward.line(line, with_text, &mut told);
        }
        let any = !told.found.is_empty();
        if any || self.whole {
            forward.finish(&mut told);
        }
        told.found.reverse();
        batch.append(told);
        Ok(any)
    }

    /// Lines that belong to nothing.
    fn close(&mut self, batch: &mut Batch) -> io::Result<()> {
        match self.recording.take() {
            Some(lines) => self.recording(lines, false, batch).map(drop),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::Complaint;
    use super::*;

    const HEAD: &str = r#"{"schema":"tlsdiag.events/1","connection":1,"events":2}"#;
    const ALERT: &str = r#"{"at":1,"event":"alert","direction":"sent","level":2,"description":42}"#;

    fn record(id: usize) -> String {
        format!(
            r#"{{"schema":"tlsdiag.handshake/1","id":"{id}","time":"","role":"server","outcome":"established"}}"#
        )
    }

    /// Places of what was found, and how many lines were bad.
    fn told(batch: &Batch) -> (Vec<(u64, u32)>, u64, Option<Complaint>) {
        let places = batch.found.iter().map(|found| found.place.expect("a file"));
        (places.map(|place| (place.offset, place.length)).collect(), batch.bad, batch.first.clone())
    }

    #[test]
    fn backward_tells_what_forward_tells_whatever_is_read_at_once() {
        let (one, two) = (record(1), record(2));
        let recording = format!("{HEAD}\n{ALERT}\n{ALERT}\n");
        let parts =
            [&one, "\n", "\n", &recording, "rubbish\n", &recording, &recording, &two, "\n", HEAD, "\n"];
        let cut_off = [&parts.concat(), ALERT, "\n", &one, "\nrubbish\n{}\n", &two, "\n"].concat();
        for text in [String::new(), "\n".to_owned(), one.clone() + "\n", cut_off] {
            let mut file = tempfile::tempfile().expect("a file");
            file.write_all(text.as_bytes()).expect("a file");
            let (mut forward, mut expected) = (lines::Forward::new(7, 0), Batch::default());
            for line in text.as_bytes().split_inclusive(|byte| *byte == b'\n') {
                forward.line(line, false, &mut expected);
            }
            let file = Arc::new(file);
            for size in (1..200).chain([1000, BLOCK]) {
                let mut backward = Backward::new(Arc::clone(&file), 7, text.len() as u64);
                backward.size = size;
                let mut all = Batch::default();
                while !backward.is_done() {
                    all.append(backward.block(false, 1 + size % 3).expect("it is read"));
                }
                all.found.reverse();
                assert_eq!(told(&all), told(&expected), "{size}: {text}");
            }
        }
    }
}
