//! Writes a handshake's log ([`log`](crate::event::log)), which is its recording's.
//!
//! An entry is written with one pointer and one reading of the clock, which matters because our
//! code and memory are cold on every callback.

use std::mem::ManuallyDrop;
use std::ptr;

use crate::event::log::{EntryKind, HEAD, SENT};

/// Writes the log of one handshake.
#[repr(C)]
pub(crate) struct LogWriter {
    /// Where the next one is written. Null, as the others, where no log is kept.
    pen: *mut u8,
    /// The end of its memory.
    end: *mut u8,
    start: *mut u8,
}

// SAFETY: the memory is its own.
unsafe impl Send for LogWriter {}

impl Default for LogWriter {
    fn default() -> Self {
        LogWriter { pen: ptr::null_mut(), end: ptr::null_mut(), start: ptr::null_mut() }
    }
}

impl LogWriter {
    /// Goes on with this log, in the room that it has.
    #[inline]
    pub(crate) fn open(&mut self, log: Vec<u8>) {
        let before = std::mem::take(self);
        let mut log = ManuallyDrop::new(log);
        let start = log.as_mut_ptr();
        // SAFETY: the end of what was written, and that of the vector's memory.
        let (pen, end) = unsafe { (start.add(log.len()), start.add(log.capacity())) };
        (self.pen, self.end, self.start) = (pen, end, start);
        drop(before);
    }

    #[inline(always)]
    pub(crate) fn is_open(&self) -> bool {
        !self.pen.is_null()
    }

    /// How much was written until now: see [`take_back`](Self::take_back).
    #[inline(always)]
    pub(crate) fn length(&self) -> usize {
        self.pen as usize - self.start as usize
    }

    /// Takes back what was written after that length.
    #[inline]
    pub(crate) fn take_back(&mut self, length: usize) {
        if length < self.length() {
            // SAFETY: between start and pen.
            self.pen = unsafe { self.start.add(length) };
        }
    }

    /// Gives the log back; empty where none was kept.
    #[inline]
    pub(crate) fn close(&mut self) -> Vec<u8> {
        if !self.is_open() {
            return Vec::new();
        }
        let LogWriter { pen, end, start } = *self;
        (self.pen, self.end, self.start) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: the parts of the vector that `open` was given, which nobody else has; up to `pen`
        // all bytes were written.
        unsafe {
            Vec::from_raw_parts(start, pen.offset_from_unsigned(start), end.offset_from_unsigned(start))
        }
    }

    /// Writes an entry, if a log is kept and there is room.
    ///
    /// The bytes come last, so that the compiler may make a jump of what copies them.
    #[inline(always)]
    pub(crate) fn write(&mut self, about: EntryKind, sent: u8, moment: u64, bytes: &[u8]) -> bool {
        let length = bytes.len();
        let room = self.end as usize - self.pen as usize;
        if length + HEAD > room {
            return false;
        }
        // SAFETY: between `pen` and `end` lies memory that is ours, which nobody has a reference
        // to; so much of it is left.
        unsafe {
            self.pen.cast::<u64>().write_unaligned(moment);
            self.pen.add(8).cast::<u32>().write_unaligned(length as u32);
            self.pen.add(12).cast::<u32>().write_unaligned(about as u32 | u32::from(sent) << SENT);
            let place = self.pen.add(HEAD);
            self.pen = place.add(length);
            ptr::copy_nonoverlapping(bytes.as_ptr(), place, length);
        }
        true
    }

    /// What was written until now.
    pub(crate) fn written(&self) -> &[u8] {
        if !self.is_open() {
            return &[];
        }
        // SAFETY: up to `pen` all was written, and nothing is written there while `self` is
        // borrowed.
        unsafe { std::slice::from_raw_parts(self.start, self.pen.offset_from_unsigned(self.start)) }
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        drop(self.close());
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sys::clock::{self, Stopwatch};
    use super::*;
    use crate::event::log::entries;
    use crate::event::{ConnectionId, Direction, EventBody, Recording};

    #[test]
    fn what_is_written_is_the_recordings() {
        clock::prepare();
        clock::wait_for_ticks();
        let watch = Stopwatch::start();
        let mut recording = Recording::with_room(ConnectionId(7));
        recording.set_pace(watch.pace());
        let mut log = LogWriter::default();
        assert!(!log.write(EntryKind::Message, 0, watch.moment(), b"no log is kept"));
        log.open(recording.take_log());
        let header = [22, 3, 1, 0, 5];
        assert!(log.write(EntryKind::Record, 0, watch.moment(), &header));
        assert!(log.write(EntryKind::Message, 0, watch.moment(), b"\x01\0\0\x01!"));
        // Somebody adds to it in between.
        recording.give_open_log(log.close());
        assert!(!log.is_open());
        let denied = EventBody::SecurityDenied { operation: 1, bits: -2, nid: 3 };
        assert_eq!(recording.push_at(watch.moment(), &denied), Some(0), "the others are not counted yet");
        log.open(recording.take_log());
        assert!(log.write(EntryKind::ChangeCipherSpec, 1, watch.moment(), &[]));
        assert!(log.write(EntryKind::Message, 1, watch.moment(), &[2; 300]));
        assert!(log.is_open());
        recording.give_log(log.close());
        assert_eq!(recording.len(), 5);
        let events: Vec<_> = recording.events().collect();
        assert!(events.is_sorted_by_key(|event| event.elapsed));
        assert!(events[4].elapsed.as_nanos() as u64 <= watch.elapsed());
        match events.iter().map(|event| event.body).collect::<Vec<_>>()[..] {
            [
                EventBody::Record { direction: Direction::Received, header: recorded },
                EventBody::Message { direction: Direction::Received, bytes: b"\x01\0\0\x01!" },
                EventBody::SecurityDenied { operation: 1, bits: -2, nid: 3 },
                EventBody::ChangeCipherSpec { direction: Direction::Sent },
                EventBody::Message { direction: Direction::Sent, bytes },
            ] => assert!(recorded == header && bytes == [2; 300]),
            ref other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_has_no_room_is_refused_and_what_was_there_stays() {
        let mut log = LogWriter::default();
        log.open(Vec::with_capacity(100));
        let room = log.end as usize - log.pen as usize;
        assert!(log.write(EntryKind::Message, 0, 1, &vec![7; room - 2 * HEAD - 1]));
        assert!(!log.write(EntryKind::Message, 0, 2, &[8, 8]));
        assert!(log.write(EntryKind::Message, 1, 3, &[9]));
        assert!(!log.write(EntryKind::ChangeCipherSpec, 0, 4, &[]));
        let written = log.written().to_vec();
        assert_eq!(written.len(), room);
        let read: Vec<_> =
            entries(&written).map(|entry| (entry.moment, written[entry.place].to_vec())).collect();
        assert_eq!(read, [(1, vec![7; room - 2 * HEAD - 1]), (3, vec![9])]);
        // Another log in its place: the first one is freed, which sanitizers see.
        log.open(Vec::with_capacity(10));
        assert!(!log.write(EntryKind::ChangeCipherSpec, 0, 5, &[]));
        assert!(log.close().is_empty());
    }
}
