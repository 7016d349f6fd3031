//! Handshake messages of DTLS (RFC 9147, section 5; RFC 6347, section 4.2): headers with fragments, put together.

use super::code_points::HandshakeType;
use super::error::WireError;
use super::reader::Reader;
use super::record::DtlsRecordHeader;

/// The twelve bytes in front of a handshake message of DTLS, or of a fragment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DtlsHandshakeHeader {
    /// The kind of the message.
    pub kind: HandshakeType,
    /// The length of the whole message, in bytes.
    pub length: u32,
    /// Counts messages.
    pub message_seq: u16,
    /// Where in the message this fragment begins.
    pub fragment_offset: u32,
    /// How many bytes of it follow.
    pub fragment_length: u32,
}

impl DtlsHandshakeHeader {
    /// Reads a header from the beginning of `bytes`.
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        Self::read(&mut Reader::new(bytes))
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            kind: HandshakeType(reader.u8("msg_type")?),
            length: reader.u24("length")?,
            message_seq: reader.u16("message_seq")?,
            fragment_offset: reader.u24("fragment_offset")?,
            fragment_length: reader.u24("fragment_length")?,
        })
    }

    /// Whether the message stands here whole.
    pub const fn is_whole(&self) -> bool {
        self.fragment_offset == 0 && self.fragment_length == self.length
    }

    /// The header that the message has once it is whole.
    fn whole(&self) -> [u8; 12] {
        let [_, a, b, c] = self.length.to_be_bytes();
        let [high, low] = self.message_seq.to_be_bytes();
        [self.kind.0, a, b, c, high, low, 0, 0, 0, a, b, c]
    }
}

/// What comes out of a [`DtlsDeframer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DtlsFrame<'a> {
    /// A whole handshake message, with a header of twelve bytes that says so.
    Handshake(&'a [u8]),
    /// A record that carries something else, or is encrypted.
    Record(DtlsRecordHeader, &'a [u8]),
    /// The rest of a datagram that cannot be read.
    Malformed(WireError),
    /// A fragment that we had no room for, or that contradicts others of its message.
    Dropped(DtlsHandshakeHeader),
}

/// Puts the datagrams of one direction together: to records, and these to handshake messages, which come out as they
/// become whole. It holds at most [`MESSAGES`](Self::MESSAGES) unfinished messages and [`MEMORY`](Self::MEMORY) bytes.
#[derive(Debug, Default)]
pub struct DtlsDeframer {
    unfinished: Vec<Unfinished>,
}

#[derive(Debug)]
struct Unfinished {
    header: DtlsHandshakeHeader,
    /// Header and body.
    bytes: Vec<u8>,
    /// Which bytes of the body came: ranges in rising order that do not touch.
    came: Vec<(u32, u32)>,
}

impl DtlsDeframer {
    /// The most messages that are under way; a flight has seldom more than six.
    pub const MESSAGES: usize = 10;
    /// The longest message, in bytes.
    pub const LONGEST: u32 = 128 * 1024;
    /// The most bytes of messages it holds.
    pub const MEMORY: usize = 2 * Self::LONGEST as usize;
    /// The most separate ranges of one message.
    const RANGES: usize = 256;

    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes of messages it holds.
    pub fn held(&self) -> usize {
        self.unfinished.iter().map(|message| message.bytes.len()).sum()
    }

    /// Takes a datagram and shows `sink` all that is whole now.
    pub fn push(&mut self, datagram: &[u8], mut sink: impl FnMut(DtlsFrame<'_>)) {
        let mut reader = Reader::new(datagram);
        while !reader.is_empty() {
            let record = DtlsRecordHeader::read(&mut reader)
                .and_then(|header| reader.sub(header.length.into(), "record").map(|body| (header, body)));
            match record {
                Ok((header, mut body)) if header.epoch == 0 && header.content_type.0 == 22 => {
                    if let Err(error) = self.take_fragments(&mut body, &mut sink) {
                        sink(DtlsFrame::Malformed(error));
                    }
                }
                Ok((header, body)) => sink(DtlsFrame::Record(header, body.peek())),
                Err(error) => return sink(DtlsFrame::Malformed(error)),
            }
        }
    }

    fn take_fragments(
        &mut self,
        body: &mut Reader<'_>,
        sink: &mut impl FnMut(DtlsFrame<'_>),
    ) -> Result<(), WireError> {
        while !body.is_empty() {
            let mut trial = *body;
            let header = DtlsHandshakeHeader::read(&mut trial)?;
            let fragment = trial.take(header.fragment_length as usize, "fragment")?;
            if header.is_whole() {
                let message = body.take(12 + fragment.len(), "fragment")?;
                self.unfinished.retain(|other| other.header.message_seq != header.message_seq);
                sink(DtlsFrame::Handshake(message));
            } else {
                *body = trial;
                self.take_fragment(header, fragment, sink);
            }
        }
        Ok(())
    }

    fn take_fragment(
        &mut self,
        header: DtlsHandshakeHeader,
        fragment: &[u8],
        sink: &mut impl FnMut(DtlsFrame<'_>),
    ) {
        let end = header.fragment_offset.saturating_add(header.fragment_length);
        let known = self.unfinished.iter().position(|other| other.header.message_seq == header.message_seq);
        let fits = known
            .and_then(|index| self.unfinished.get(index))
            .is_none_or(|other| other.header.kind == header.kind && other.header.length == header.length);
        let room = known.is_some()
            || (self.unfinished.len() < Self::MESSAGES
                && self.held() + header.length as usize + 12 <= Self::MEMORY);
        if end > header.length || header.length > Self::LONGEST || !fits || !room {
            return sink(DtlsFrame::Dropped(header));
        }
        let index = known.unwrap_or(self.unfinished.len());
        if known.is_none() {
            let mut bytes = header.whole().to_vec();
            bytes.resize(12 + header.length as usize, 0);
            self.unfinished.push(Unfinished { header, bytes, came: Vec::new() });
        }
        let Some(message) = self.unfinished.get_mut(index) else { return };
        if !message.put(header.fragment_offset, end, fragment) {
            return sink(DtlsFrame::Dropped(header));
        }
        if message.came == [(0, header.length)] {
            let message = self.unfinished.remove(index);
            sink(DtlsFrame::Handshake(&message.bytes));
        }
    }
}

impl Unfinished {
    /// Puts a fragment in its place; false if the message is in too many pieces already.
    fn put(&mut self, begin: u32, end: u32, fragment: &[u8]) -> bool {
        if self.came.len() >= DtlsDeframer::RANGES {
            return false;
        }
        let place = self.bytes.iter_mut().skip(12 + begin as usize);
        place.zip(fragment).for_each(|(old, new)| *old = *new);
        let (mut begin, mut end) = (begin, end);
        self.came.retain(|&(from, to)| {
            let apart = to < begin || end < from;
            if !apart {
                (begin, end) = (begin.min(from), end.max(to));
            }
            apart
        });
        self.came.push((begin, end));
        self.came.sort_unstable();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Dialect, Message};

    fn fragment(seq: u8, offset: usize, body: &[u8]) -> Vec<u8> {
        let (offset, count) = (u8::try_from(offset).unwrap(), u8::try_from(body.len()).unwrap());
        let header = [20, 0, 0, 12, 0, seq, 0, 0, offset, 0, 0, count];
        let length = 12 + count;
        [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, length][..], &header, body].concat()
    }

    fn messages(deframer: &mut DtlsDeframer, datagram: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        deframer.push(datagram, |frame| match frame {
            DtlsFrame::Handshake(message) => messages.push(message.to_vec()),
            other => panic!("{other:?}"),
        });
        messages
    }

    #[test]
    fn fragments_in_any_order_and_twice_make_a_message() {
        let body: Vec<u8> = (0..12).collect();
        let mut deframer = DtlsDeframer::new();
        assert!(messages(&mut deframer, &fragment(3, 8, &body[8..])).is_empty());
        assert!(messages(&mut deframer, &fragment(3, 0, &body[..5])).is_empty());
        assert!(messages(&mut deframer, &fragment(3, 0, &body[..5])).is_empty());
        let whole = messages(&mut deframer, &fragment(3, 3, &body[3..9]));
        assert_eq!(whole.len(), 1);
        let dialect = Dialect { dtls: true, ..Dialect::default() };
        assert_eq!(Message::decode(&whole[0], &dialect), Ok(Message::Finished(&body)));
        assert_eq!(deframer.held(), 0);
    }

    #[test]
    fn a_whole_message_comes_at_once() {
        assert_eq!(messages(&mut DtlsDeframer::new(), &fragment(0, 0, &[7; 12])).len(), 1);
    }

    #[test]
    fn no_more_messages_are_under_way_than_may_be() {
        let mut deframer = DtlsDeframer::new();
        let mut dropped = 0;
        for seq in 0..50 {
            deframer.push(&fragment(seq, 0, &[1; 3]), |frame| {
                dropped += usize::from(matches!(frame, DtlsFrame::Dropped(_)));
            });
        }
        assert_eq!(dropped, 50 - DtlsDeframer::MESSAGES);
        assert!(deframer.held() <= DtlsDeframer::MEMORY);
    }

    #[test]
    fn a_fragment_beyond_its_message_is_dropped() {
        let mut frames = 0;
        DtlsDeframer::new().push(&fragment(0, 8, &[1; 5]), |frame| {
            assert!(matches!(frame, DtlsFrame::Dropped(_)), "{frame:?}");
            frames += 1;
        });
        assert_eq!(frames, 1);
    }
}
