//! [`Reader`], the only code that cuts slices.
//!
//! A reader knows how far it stands from the first byte of the message, so that an error names an offset that a hex
//! dump shows. A length-prefixed field is always a reader of its own, which must be read to its end.

use super::error::{Problem, WireError};

/// A cursor over borrowed bytes.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    /// Where `bytes` ends in the message: unlike its beginning, this stays as one reads.
    end: usize,
}

/// A value that reads itself from a [`Reader`].
pub trait Decode<'a>: Sized {
    /// Reads one value, leaving the reader behind it.
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError>;
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`, which begin a message.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    /// A reader of `bytes`, which stand `offset` bytes behind the beginning of their message.
    pub const fn at(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, end: offset.wrapping_add(bytes.len()) }
    }

    /// How many bytes of the message come before the next one.
    pub const fn offset(&self) -> usize {
        self.end.wrapping_sub(self.bytes.len())
    }

    /// How many bytes are left.
    pub const fn left(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no byte is left.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes that are left, without reading them.
    pub const fn peek(&self) -> &'a [u8] {
        self.bytes
    }

    /// Reads all that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.bytes)
    }

    /// Reads `count` bytes of the field `what`.
    #[inline]
    pub fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], WireError> {
        match self.bytes.split_at_checked(count) {
            Some((taken, rest)) => {
                self.bytes = rest;
                Ok(taken)
            }
            None => Err(self.missing(count, what)),
        }
    }

    /// Reads `N` bytes of the field `what`.
    #[inline]
    pub fn array<const N: usize>(&mut self, what: &'static str) -> Result<&'a [u8; N], WireError> {
        match self.bytes.split_first_chunk::<N>() {
            Some((taken, rest)) => {
                self.bytes = rest;
                Ok(taken)
            }
            None => Err(self.missing(N, what)),
        }
    }

    /// Reads one byte.
    #[inline]
    pub fn u8(&mut self, what: &'static str) -> Result<u8, WireError> {
        self.array::<1>(what).map(|&[a]| a)
    }

    /// Reads a big-endian number of two bytes.
    #[inline]
    pub fn u16(&mut self, what: &'static str) -> Result<u16, WireError> {
        self.array(what).map(|bytes| u16::from_be_bytes(*bytes))
    }

    /// Reads a big-endian number of three bytes.
    #[inline]
    pub fn u24(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.array(what).map(|&[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Reads a big-endian number of four bytes.
    #[inline]
    pub fn u32(&mut self, what: &'static str) -> Result<u32, WireError> {
        self.array(what).map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// Reads a big-endian number of eight bytes.
    #[inline]
    pub fn u64(&mut self, what: &'static str) -> Result<u64, WireError> {
        self.array(what).map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// Reads the next `count` bytes as a reader of their own.
    #[inline]
    pub fn sub(&mut self, count: usize, what: &'static str) -> Result<Reader<'a>, WireError> {
        let offset = self.offset();
        self.take(count, what).map(|bytes| Reader::at(bytes, offset))
    }

    /// Reads a field with a length of one byte in front.
    #[inline]
    pub fn sub8(&mut self, what: &'static str) -> Result<Reader<'a>, WireError> {
        let count = self.u8(what)?;
        self.sub(usize::from(count), what)
    }

    /// Reads a field with a length of two bytes in front.
    #[inline]
    pub fn sub16(&mut self, what: &'static str) -> Result<Reader<'a>, WireError> {
        let count = self.u16(what)?;
        self.sub(usize::from(count), what)
    }

    /// Reads a field with a length of three bytes in front.
    #[inline]
    pub fn sub24(&mut self, what: &'static str) -> Result<Reader<'a>, WireError> {
        let count = self.u24(what)?;
        self.sub(count as usize, what)
    }

    /// Reads opaque bytes with a length of one byte in front.
    #[inline]
    pub fn bytes8(&mut self, what: &'static str) -> Result<&'a [u8], WireError> {
        self.sub8(what).map(|field| field.bytes)
    }

    /// Reads opaque bytes with a length of two bytes in front.
    #[inline]
    pub fn bytes16(&mut self, what: &'static str) -> Result<&'a [u8], WireError> {
        self.sub16(what).map(|field| field.bytes)
    }

    /// Reads opaque bytes with a length of three bytes in front.
    #[inline]
    pub fn bytes24(&mut self, what: &'static str) -> Result<&'a [u8], WireError> {
        self.sub24(what).map(|field| field.bytes)
    }

    /// Checks that nothing is left of the field `what`.
    #[inline]
    pub fn finish(&self, what: &'static str) -> Result<(), WireError> {
        if self.bytes.is_empty() {
            Ok(())
        } else {
            Err(self.problem(what, Problem::Trailing { left: self.bytes.len() }))
        }
    }

    /// An error about the field `what` at this place.
    #[cold]
    pub fn problem(&self, what: &'static str, problem: Problem) -> WireError {
        WireError { what, offset: self.offset(), problem }
    }

    #[cold]
    fn missing(&self, needed: usize, what: &'static str) -> WireError {
        self.problem(what, Problem::Missing { needed, left: self.bytes.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_big_endian() {
        let mut reader = Reader::new(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(reader.u8("a"), Ok(1));
        assert_eq!(reader.u16("b"), Ok(0x0203));
        assert_eq!(reader.u24("c"), Ok(0x04_0506));
        assert_eq!(reader.u32("d"), Ok(0x0708_090a));
        assert!(reader.is_empty());
    }

    #[test]
    fn a_field_inside_a_field_reports_offsets_from_the_message() {
        let mut reader = Reader::new(&[0, 3, 2, 7]);
        reader.u8("skipped").unwrap();
        let mut outer = reader.sub8("outer");
        assert_eq!(outer.as_ref().unwrap_err().offset, 2);
        assert_eq!(outer.as_ref().unwrap_err().problem, Problem::Missing { needed: 3, left: 2 });
        outer = Reader::new(&[0, 2, 2, 7]).sub16("outer");
        let error = outer.unwrap().bytes8("inner").unwrap_err();
        assert_eq!((error.what, error.offset), ("inner", 3));
    }

    #[test]
    fn a_failed_read_takes_nothing() {
        let mut reader = Reader::new(&[1, 2]);
        assert!(reader.u32("long").is_err());
        assert_eq!(reader.u16("short"), Ok(0x0102));
    }

    #[test]
    fn trailing_bytes_are_noticed() {
        let reader = Reader::new(&[1]);
        assert_eq!(reader.finish("end").unwrap_err().problem, Problem::Trailing { left: 1 });
    }
}
