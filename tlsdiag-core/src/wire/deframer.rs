//! [`Deframer`]: the records of one direction to whole handshake messages, in bounded memory.

use super::code_points::{ContentType, ProtocolVersion};
use super::looks_like::{LooksLike, looks_like};
use super::record::RecordHeader;

/// What comes out of a [`Deframer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Frame<'a> {
    /// A whole handshake message, with its header of four bytes.
    Handshake(&'a [u8]),
    /// A record that carries something else, with its header.
    Record(RecordHeader, &'a [u8]),
    /// A ClientHello in the form of SSLv2, as it stands on the wire, with its header of two bytes.
    SslV2ClientHello(ProtocolVersion, &'a [u8]),
    /// Bytes that belong to no record were left out.
    Skipped {
        /// How many.
        count: usize,
        /// What they look like.
        looks_like: LooksLike,
    },
    /// A handshake message longer than we keep was left out.
    TooLong {
        /// Its length, as its header says it.
        length: u32,
    },
    /// Handshake bytes of which no message became before another kind of record came.
    Interrupted {
        /// How many.
        count: usize,
    },
}

/// Puts the bytes of one direction together: to records, and these to handshake messages.
///
/// It never holds more than [`MEMORY`](Self::MEMORY) bytes. It stops reading handshake messages when it is told that
/// they are encrypted, since nothing in the records tells before TLS 1.3.
#[derive(Debug, Default)]
pub struct Deframer {
    /// Bytes that are no whole record yet.
    records: Vec<u8>,
    /// Bytes of handshake records that are no whole message yet.
    messages: Vec<u8>,
    /// How many bytes of a message that is too long are still to come.
    skipping: usize,
    encrypted: bool,
    started: bool,
}

impl Deframer {
    /// The longest message that is kept whole, in bytes; OpenSSL takes certificate chains of 100 kB.
    pub const LONGEST: usize = 128 * 1024;
    /// The most bytes it holds: a message and a record that are both almost whole.
    pub const MEMORY: usize = Self::LONGEST + 2 * (RecordHeader::LONGEST as usize + 5);

    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on handshake records are encrypted and come out as they are.
    pub fn set_encrypted(&mut self) {
        self.encrypted = true;
    }

    /// How many bytes it holds.
    pub fn held(&self) -> usize {
        self.records.len() + self.messages.len()
    }

    /// Takes the bytes that came next and shows `sink` all that is whole now.
    pub fn push(&mut self, bytes: &[u8], mut sink: impl FnMut(Frame<'_>)) {
        // In pieces of a record, so that what is held stays bounded whatever comes.
        for piece in bytes.chunks(usize::from(RecordHeader::LONGEST)) {
            let mut records = std::mem::take(&mut self.records);
            records.extend_from_slice(piece);
            let used = self.take_records(&records, &mut sink);
            records.drain(..used.min(records.len()));
            self.records = records;
        }
    }

    /// Reads whole records from the beginning of `bytes` and says how many bytes they had.
    fn take_records(&mut self, bytes: &[u8], sink: &mut impl FnMut(Frame<'_>)) -> usize {
        let mut reader = super::Reader::new(bytes);
        while let Some(header) = reader.peek().first_chunk::<5>() {
            let header = RecordHeader::decode(header);
            if !header.is_plausible() {
                let before = reader.offset();
                self.resynchronise(&mut reader, sink);
                if reader.offset() == before {
                    break;
                }
                continue;
            }
            let mut trial = reader;
            let body = match trial.take(5, "record").and_then(|_| trial.take(header.length.into(), "record"))
            {
                Ok(body) => body,
                Err(_) => break,
            };
            reader = trial;
            self.started = true;
            if header.content_type == ContentType::HANDSHAKE && !self.encrypted {
                self.take_messages(body, sink);
            } else {
                self.interrupt(sink);
                sink(Frame::Record(header, body));
            }
        }
        reader.offset()
    }

    /// Handles bytes that begin no record: an SSLv2 hello, or rubbish up to something that can be a header.
    fn resynchronise(&mut self, reader: &mut super::Reader<'_>, sink: &mut impl FnMut(Frame<'_>)) {
        let rest = reader.peek();
        let seen = looks_like(rest);
        if let (LooksLike::SslV2ClientHello(version), false, [high, low, ..]) = (seen, self.started, rest) {
            let length = usize::from(u16::from_be_bytes([high & 0x7f, *low])) + 2;
            if length <= usize::from(RecordHeader::LONGEST) {
                if let Ok(hello) = reader.take(length, "SSLv2 ClientHello") {
                    self.started = true;
                    sink(Frame::SslV2ClientHello(version, hello));
                }
                return;
            }
        }
        self.interrupt(sink);
        let plausible = |window: &[u8]| {
            window.first_chunk::<5>().is_some_and(|header| RecordHeader::decode(header).is_plausible())
        };
        let until = rest.windows(5).position(plausible);
        // The last four bytes may begin a header of which more is to come.
        let count = until.unwrap_or(rest.len().saturating_sub(4)).max(1);
        if reader.take(count, "rubbish").is_ok() {
            sink(Frame::Skipped { count, looks_like: seen });
        }
    }

    fn take_messages(&mut self, body: &[u8], sink: &mut impl FnMut(Frame<'_>)) {
        let mut body = super::Reader::new(body);
        let skipped = self.skipping.min(body.left());
        self.skipping -= skipped;
        if body.take(skipped, "too long").is_err() || body.is_empty() {
            return;
        }
        if self.messages.is_empty() {
            // Most records hold whole messages: these are shown where they stand.
            self.show_messages(&mut body, sink);
            self.messages.extend_from_slice(body.peek());
        } else {
            let mut joined = std::mem::take(&mut self.messages);
            joined.extend_from_slice(body.rest());
            let mut reader = super::Reader::new(&joined);
            self.show_messages(&mut reader, sink);
            let used = reader.offset();
            joined.drain(..used);
            self.messages = joined;
        }
    }

    /// Shows the whole messages at the beginning and leaves the rest in the reader.
    fn show_messages(&mut self, reader: &mut super::Reader<'_>, sink: &mut impl FnMut(Frame<'_>)) {
        while let [_, a, b, c, ..] = *reader.peek() {
            let length = u32::from_be_bytes([0, a, b, c]);
            let whole = length as usize + 4;
            if whole > Self::LONGEST {
                sink(Frame::TooLong { length });
                let now = whole.min(reader.left());
                self.skipping = whole - now;
                if reader.take(now, "too long").is_err() {
                    return;
                }
                continue;
            }
            match reader.take(whole, "handshake message") {
                Ok(message) => sink(Frame::Handshake(message)),
                Err(_) => return,
            }
        }
    }

    /// A message cannot go on behind a record of another kind (RFC 8446, section 5.1).
    fn interrupt(&mut self, sink: &mut impl FnMut(Frame<'_>)) {
        let count = self.messages.len();
        if count > 0 {
            self.messages.clear();
            sink(Frame::Interrupted { count });
        }
        self.skipping = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[kind, 3, 3, length[0], length[1]], body].concat()
    }

    fn message(kind: u8, length: usize) -> Vec<u8> {
        let size = u32::try_from(length).unwrap().to_be_bytes();
        let mut message = vec![kind, size[1], size[2], size[3]];
        message.extend((0..length).map(|index| index as u8));
        message
    }

    fn frames(deframer: &mut Deframer, bytes: &[u8]) -> Vec<String> {
        let mut frames = Vec::new();
        deframer.push(bytes, |frame| {
            frames.push(match frame {
                Frame::Handshake(message) => format!("message {} of {}", message[0], message.len()),
                Frame::Record(header, body) => format!("{} of {}", header.content_type, body.len()),
                other => format!("{other:?}"),
            });
        });
        frames
    }

    #[test]
    fn messages_are_whole_however_they_are_cut() {
        let messages = [message(2, 70), message(11, 40_000), message(14, 0)].concat();
        let mut wire: Vec<u8> = messages.chunks(1000).flat_map(|piece| record(22, piece)).collect();
        wire.extend(record(21, &[2, 40]));
        let expected = ["message 2 of 74", "message 11 of 40004", "message 14 of 4", "alert of 2"];
        for size in [1, 2, 7, 1005, 4096, wire.len()] {
            let mut deframer = Deframer::new();
            let mut seen = Vec::new();
            for piece in wire.chunks(size) {
                seen.extend(frames(&mut deframer, piece));
                assert!(deframer.held() <= Deframer::MEMORY);
            }
            assert_eq!(seen, expected, "in pieces of {size}");
            assert_eq!(deframer.held(), 0);
        }
    }

    #[test]
    fn rubbish_is_skipped_up_to_the_next_record() {
        let wire = [&b"GET / HTTP/1.1\r\n"[..], &record(22, &message(1, 3))].concat();
        let seen = frames(&mut Deframer::new(), &wire);
        assert_eq!(seen, ["Skipped { count: 16, looks_like: HttpRequest }", "message 1 of 7"]);
    }

    #[test]
    fn a_message_too_long_is_named_and_left_out() {
        let mut wire = Vec::new();
        for piece in message(11, 300_000).chunks(16_000) {
            wire.extend(record(22, piece));
        }
        wire.extend(record(22, &message(14, 0)));
        let mut deframer = Deframer::new();
        assert_eq!(frames(&mut deframer, &wire), ["TooLong { length: 300000 }", "message 14 of 4"]);
        assert_eq!(deframer.held(), 0);
    }

    #[test]
    fn another_record_interrupts_a_message() {
        let wire = [record(22, &[1, 0, 0, 9, 7]), record(21, &[2, 10])].concat();
        assert_eq!(frames(&mut Deframer::new(), &wire), ["Interrupted { count: 5 }", "alert of 2"]);
    }

    #[test]
    fn encrypted_handshake_records_come_out_as_they_are() {
        let mut deframer = Deframer::new();
        deframer.set_encrypted();
        assert_eq!(frames(&mut deframer, &record(22, &[0; 40])), ["handshake of 40"]);
    }

    #[test]
    fn a_hello_of_sslv2_is_named() {
        let mut hello = vec![0x80, 46, 1, 3, 1];
        hello.resize(48, 0);
        let seen = frames(&mut Deframer::new(), &hello);
        assert_eq!(seen.len(), 1);
        assert!(seen[0].starts_with("SslV2ClientHello(ProtocolVersion(769)"), "{seen:?}");
    }
}
