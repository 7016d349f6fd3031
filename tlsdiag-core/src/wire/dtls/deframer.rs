//! [`DtlsDeframer`]: the datagrams of one direction to whole handshake messages, in bounded memory.

use super::handshake::DtlsHandshakeHeader;
use super::reassembly::Unfinished;
use super::record::{DtlsCiphertextHeader, DtlsRecordHeader};
use crate::wire::code_points::ContentType;
use crate::wire::error::{Problem, WireError};
use crate::wire::reader::Reader;

/// What comes out of a [`DtlsDeframer`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DtlsFrame<'a> {
    /// A whole handshake message, with a header of twelve bytes that says so.
    Handshake(&'a [u8]),
    /// A record that carries something else, or is encrypted.
    Record(DtlsRecordHeader, &'a [u8]),
    /// An encrypted record of DTLS 1.2 with a connection identifier (RFC 9146), which stands between the two.
    RecordWithId(DtlsRecordHeader, &'a [u8], &'a [u8]),
    /// An encrypted record of DTLS 1.3.
    Ciphertext(DtlsCiphertextHeader<'a>, &'a [u8]),
    /// The rest of a datagram that cannot be read.
    Malformed(WireError),
    /// A fragment that we had no room for, or that contradicts others of its message.
    Dropped(DtlsHandshakeHeader),
}

/// Puts the datagrams of one direction together: to records, and these to handshake messages, which come out as they
/// become whole.
///
/// It holds what came and no more: at most [`MESSAGES`](Self::MESSAGES) unfinished messages and
/// [`MEMORY`](Self::MEMORY) bytes of them. A message is put together at the moment it is shown.
#[derive(Debug, Default)]
pub struct DtlsDeframer {
    unfinished: Vec<Unfinished>,
    connection_id_length: usize,
}

impl DtlsDeframer {
    /// The most messages that are under way; a flight has seldom more than six.
    pub const MESSAGES: usize = 10;
    /// The longest message, in bytes.
    pub const LONGEST: u32 = 128 * 1024;
    /// The most bytes of messages it holds.
    pub const MEMORY: usize = 2 * Self::LONGEST as usize;

    /// One that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on records have a connection identifier of this many bytes, as the receiver of this direction wished
    /// in its extension `connection_id`.
    pub fn set_connection_id_length(&mut self, length: usize) {
        self.connection_id_length = length;
    }

    /// How many bytes of messages it holds.
    pub fn held(&self) -> usize {
        self.unfinished.iter().map(Unfinished::held).sum()
    }

    /// Takes a datagram and shows `sink` all that is whole now.
    pub fn push(&mut self, datagram: &[u8], mut sink: impl FnMut(DtlsFrame<'_>)) {
        let mut reader = Reader::new(datagram);
        while !reader.is_empty() {
            if let Err(error) = self.take_record(&mut reader, &mut sink) {
                return sink(DtlsFrame::Malformed(error));
            }
        }
    }

    /// Fails where the next record cannot be found.
    fn take_record(
        &mut self,
        reader: &mut Reader<'_>,
        sink: &mut impl FnMut(DtlsFrame<'_>),
    ) -> Result<(), WireError> {
        let id_length = self.connection_id_length;
        if reader.peek().first().is_some_and(|&first| DtlsCiphertextHeader::begins_with(first)) {
            let header = DtlsCiphertextHeader::read(reader, id_length)?;
            let body = match header.length {
                Some(length) => reader.take(length.into(), "record")?,
                None => reader.rest(),
            };
            sink(DtlsFrame::Ciphertext(header, body));
            return Ok(());
        }
        let begin = *reader;
        let (header, connection_id) = DtlsRecordHeader::read_with_id(reader, id_length)?;
        if !header.is_plausible() {
            return Err(begin.problem("record", Problem::Malformed));
        }
        let mut body = reader.sub(header.length.into(), "record")?;
        match connection_id {
            Some(id) => sink(DtlsFrame::RecordWithId(header, id, body.peek())),
            None if header.content_type == ContentType::HANDSHAKE && header.epoch == 0 => {
                // The next record can be found also where this one makes no sense.
                if let Err(error) = self.take_fragments(&mut body, sink) {
                    sink(DtlsFrame::Malformed(error));
                }
            }
            None => sink(DtlsFrame::Record(header, body.peek())),
        }
        Ok(())
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
                let message = body.take(DtlsHandshakeHeader::SIZE + fragment.len(), "fragment")?;
                self.unfinished.retain(|other| other.header().message_seq != header.message_seq);
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
        let room = self.held() + fragment.len() <= Self::MEMORY;
        if end > header.length || header.length > Self::LONGEST || !room {
            return sink(DtlsFrame::Dropped(header));
        }
        if fragment.is_empty() {
            return;
        }
        let known = self.unfinished.iter().position(|it| it.header().message_seq == header.message_seq);
        let index = known.unwrap_or(self.unfinished.len());
        if known.is_none() && index < Self::MESSAGES {
            self.unfinished.push(Unfinished::new(header));
        }
        let Some(message) = self.unfinished.get_mut(index).filter(|it| header.is_of(it.header())) else {
            return sink(DtlsFrame::Dropped(header));
        };
        if message.put(header.fragment_offset as usize, fragment).is_err() {
            return sink(DtlsFrame::Dropped(header));
        }
        if message.is_whole() {
            sink(DtlsFrame::Handshake(&self.unfinished.remove(index).assemble()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Dialect, Message};

    fn record(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u8::try_from(body.len()).unwrap();
        [&[kind, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, length], body].concat()
    }

    /// A part of a Finished of twelve bytes.
    fn fragment(seq: u8, offset: usize, body: &[u8]) -> Vec<u8> {
        let (offset, count) = (u8::try_from(offset).unwrap(), u8::try_from(body.len()).unwrap());
        record(22, &[&[20, 0, 0, 12, 0, seq, 0, 0, offset, 0, 0, count], body].concat())
    }

    fn messages(deframer: &mut DtlsDeframer, datagram: &[u8]) -> Vec<Vec<u8>> {
        let mut messages = Vec::new();
        deframer.push(datagram, |frame| match frame {
            DtlsFrame::Handshake(message) => messages.push(message.to_vec()),
            other => panic!("{other:?}"),
        });
        messages
    }

    /// The frames' debug forms.
    fn frames(deframer: &mut DtlsDeframer, datagram: &[u8]) -> Vec<String> {
        let mut frames = Vec::new();
        deframer.push(datagram, |frame| frames.push(format!("{frame:?}")));
        frames
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
    fn fragments_that_contradict_are_dropped() {
        let mut deframer = DtlsDeframer::new();
        assert!(
            frames(&mut deframer, &fragment(0, 8, &[1; 5]))[0].starts_with("Dropped"),
            "beyond its message"
        );
        assert!(messages(&mut deframer, &fragment(0, 0, &[1; 5])).is_empty());
        for (place, byte) in [(13, 11), (16, 13)] {
            let mut other = fragment(0, 5, &[1; 7]);
            other[place] = byte;
            assert!(frames(&mut deframer, &other)[0].starts_with("Dropped"), "{other:?}");
        }
        assert_eq!(messages(&mut deframer, &fragment(0, 5, &[1; 7])).len(), 1);
    }

    #[test]
    fn an_empty_fragment_begins_nothing() {
        let mut deframer = DtlsDeframer::new();
        assert!(messages(&mut deframer, &fragment(0, 5, &[])).is_empty());
        assert!(deframer.unfinished.is_empty());
        assert!(messages(&mut deframer, &fragment(0, 0, &[1; 5])).is_empty());
        assert_eq!(messages(&mut deframer, &fragment(0, 5, &[1; 7])).len(), 1);
    }

    #[test]
    fn encrypted_records_come_out_as_they_are() {
        let mut deframer = DtlsDeframer::new();
        deframer.set_connection_id_length(1);
        // DTLS 1.3: with identifier, number and length; then the short form up to the end. DTLS 1.2 with identifier.
        let datagram = [0x3e, 9, 0, 1, 0, 2, 0xaa, 0xbb, 0x22, 7, 0xcc];
        let seen = frames(&mut deframer, &datagram);
        assert_eq!(seen.len(), 2);
        assert!(seen[0].contains("connection_id: Some([9])") && seen[0].ends_with("[170, 187])"), "{seen:?}");
        assert!(seen[1].contains("length: None") && seen[1].ends_with("[204])"), "{seen:?}");
        let seen = frames(&mut deframer, &[25, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 9, 0, 1, 7]);
        assert!(seen[0].starts_with("RecordWithId") && seen[0].ends_with("[9], [7])"), "{seen:?}");
        // An encrypted Finished of DTLS 1.2, and an alert in the clear.
        let mut sealed = fragment(0, 0, &[7; 12]);
        sealed[4] = 1;
        assert!(frames(&mut deframer, &sealed)[0].starts_with("Record(DtlsRecordHeader"));
        assert!(frames(&mut deframer, &record(21, &[2, 40]))[0].ends_with("[2, 40])"));
    }

    #[test]
    fn what_cannot_be_read_is_said_and_the_next_datagram_is_read_again() {
        let mut deframer = DtlsDeframer::new();
        for rubbish in
            [&b"GET / HTTP/1.1\r\n"[..], &[22, 0xfe], &[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1]]
        {
            let seen = frames(&mut deframer, rubbish);
            assert!(seen.len() == 1 && seen[0].starts_with("Malformed"), "{seen:?}");
        }
        // A handshake record that makes no sense does not hide the record behind it.
        let seen = frames(&mut deframer, &[record(22, &[1, 2]), record(21, &[2, 40])].concat());
        assert!(seen[0].starts_with("Malformed") && seen[1].starts_with("Record"), "{seen:?}");
        assert_eq!(messages(&mut deframer, &fragment(0, 0, &[7; 12])).len(), 1);
    }
}
