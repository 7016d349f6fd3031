//! [`Unfinished`]: the fragments of one message, until it is whole. What they hold is what came: a fragment that stands
//! far into a long message takes no more room than its own bytes.

use super::handshake::DtlsHandshakeHeader;

/// A message of which a part has come.
#[derive(Debug)]
pub(super) struct Unfinished {
    header: DtlsHandshakeHeader,
    /// What came of the body, each byte once, in the order of coming.
    bytes: Vec<u8>,
    /// Where that belongs: in rising order, without overlap.
    pieces: Vec<Piece>,
}

/// Bytes that came together.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Where they begin in the body …
    begin: usize,
    /// … and end.
    end: usize,
    /// Where they begin among the bytes that came.
    at: usize,
}

/// There are too many pieces already.
#[derive(Debug)]
pub(super) struct TooManyPieces;

impl Unfinished {
    /// The most pieces of one message: one of 128 kB in datagrams of 128 bytes, even from its end to its beginning.
    pub(super) const PIECES: usize = 1024;

    /// The message that this is a fragment of; nothing of it has come yet.
    pub(super) const fn new(header: DtlsHandshakeHeader) -> Self {
        Self { header, bytes: Vec::new(), pieces: Vec::new() }
    }

    pub(super) const fn header(&self) -> &DtlsHandshakeHeader {
        &self.header
    }

    /// How many bytes of the body have come.
    pub(super) fn held(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_whole(&self) -> bool {
        self.bytes.len() == self.header.length as usize
    }

    /// Keeps what is new in a fragment that begins at `offset` of the body. Where fragments overlap, what came first
    /// stays: they must be the same (RFC 6347, section 4.2.3), and a liar is not told from an honest sender here.
    pub(super) fn put(&mut self, offset: usize, fragment: &[u8]) -> Result<(), TooManyPieces> {
        let mut rest = fragment;
        let mut begin = offset;
        let mut index = self.pieces.partition_point(|piece| piece.end <= offset);
        while !rest.is_empty() {
            let next = self.pieces.get(index).copied();
            let gap = next.map_or(rest.len(), |next| next.begin.saturating_sub(begin).min(rest.len()));
            let (new, behind) = rest.split_at(gap);
            if !new.is_empty() {
                index = self.insert(index, begin, new)?;
            }
            // What the next piece already has.
            let known = next.map_or(0, |next| next.end - next.begin.max(begin)).min(behind.len());
            rest = behind.get(known..).unwrap_or_default();
            begin += gap + known;
            index += 1;
        }
        Ok(())
    }

    /// Keeps bytes that are all new in front of the piece at `index`, and says where that piece is then.
    fn insert(&mut self, index: usize, begin: usize, new: &[u8]) -> Result<usize, TooManyPieces> {
        let (at, end) = (self.bytes.len(), begin + new.len());
        let room = self.pieces.len() < Self::PIECES;
        // Most fragments come in order and make the piece before them longer.
        let joins =
            |before: &&mut Piece| before.end == begin && before.at + (before.end - before.begin) == at;
        let before = self.pieces.get_mut(index.wrapping_sub(1)).filter(joins);
        if before.is_none() && !room {
            return Err(TooManyPieces);
        }
        self.bytes.extend_from_slice(new);
        Ok(match before {
            Some(before) => {
                before.end = end;
                index
            }
            None => {
                self.pieces.insert(index, Piece { begin, end, at });
                index + 1
            }
        })
    }

    /// The message, with a header that says it is whole, once it is.
    pub(super) fn assemble(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(DtlsHandshakeHeader::SIZE + self.bytes.len());
        message.extend_from_slice(&self.header.whole());
        for piece in &self.pieces {
            let bytes = self.bytes.get(piece.at..piece.at + (piece.end - piece.begin));
            message.extend_from_slice(bytes.unwrap_or_default());
        }
        message
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::HandshakeType;

    fn unfinished(length: u32) -> Unfinished {
        Unfinished::new(DtlsHandshakeHeader {
            kind: HandshakeType::CERTIFICATE,
            length,
            message_seq: 1,
            fragment_offset: 0,
            fragment_length: 0,
        })
    }

    /// Puts these ranges of a body whose bytes all differ, and returns what has become of it.
    fn put(length: u8, ranges: &[std::ops::Range<u8>]) -> Unfinished {
        let mut message = unfinished(length.into());
        for range in ranges {
            let fragment: Vec<u8> = range.clone().collect();
            message.put(range.start.into(), &fragment).unwrap();
        }
        message
    }

    fn assert_whole(message: &Unfinished) {
        assert!(message.is_whole(), "{message:?}");
        let expected: Vec<u8> = (0..message.held()).map(|byte| byte as u8).collect();
        assert_eq!(message.assemble()[12..], expected);
    }

    #[test]
    fn fragments_in_order_are_one_piece() {
        let message = put(9, &[0..3, 3..4, 4..9]);
        assert_whole(&message);
        assert_eq!(message.pieces.len(), 1);
    }

    #[test]
    fn a_fragment_over_several_gaps_fills_them_all() {
        let message = put(20, &[2..4, 8..9, 15..17, 0..20]);
        assert_whole(&message);
        assert_eq!(message.held(), 20);
    }

    #[test]
    fn edges_that_overlap_are_kept_once() {
        assert_whole(&put(12, &[8..12, 0..5, 0..5, 3..9]));
        assert_whole(&put(12, &[4..8, 6..12, 0..6]));
        assert_whole(&put(12, &[4..8, 5..6, 4..8, 0..4, 8..12]));
        assert!(!put(12, &[0..5, 6..12, 1..4]).is_whole());
    }

    #[test]
    fn a_fragment_far_into_a_message_takes_the_room_of_its_bytes() {
        let mut message = unfinished(100_000);
        message.put(99_000, &[7; 10]).unwrap();
        assert_eq!((message.held(), message.bytes.capacity()), (10, 10));
    }

    #[test]
    fn there_are_only_so_many_pieces() {
        let mut message = unfinished(100_000);
        for piece in 0..Unfinished::PIECES {
            message.put(2 * piece, &[1]).unwrap();
        }
        assert!(message.put(99_000, &[1]).is_err());
        // What makes a piece longer still has room.
        assert!(message.put(2 * Unfinished::PIECES - 1, &[1]).is_ok());
        assert_eq!(message.pieces.len(), Unfinished::PIECES);
    }
}
