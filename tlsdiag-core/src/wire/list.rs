//! [`List`] and [`Sequence`]: the two kinds of repetition on the wire, both borrowed.

use std::fmt;
use std::marker::PhantomData;

use super::error::{Problem, WireError};
use super::reader::{Decode, Reader};

/// A number of fixed size on the wire.
pub trait Item: Copy + Eq {
    /// Its size in bytes.
    const SIZE: usize;
    /// Makes it from exactly [`SIZE`](Self::SIZE) bytes; from any others, nothing.
    fn from_wire(bytes: &[u8]) -> Option<Self>;
}

impl Item for u8 {
    const SIZE: usize = 1;
    fn from_wire(bytes: &[u8]) -> Option<Self> {
        <[u8; 1]>::try_from(bytes).ok().map(Self::from_be_bytes)
    }
}

impl Item for u16 {
    const SIZE: usize = 2;
    fn from_wire(bytes: &[u8]) -> Option<Self> {
        <[u8; 2]>::try_from(bytes).ok().map(Self::from_be_bytes)
    }
}

/// Numbers of fixed size, one after another, such as the cipher suites of a ClientHello.
pub struct List<'a, T> {
    bytes: &'a [u8],
    item: PhantomData<fn() -> T>,
}

impl<'a, T: Item> List<'a, T> {
    /// A list of whole items; a rest that is shorter than one is never shown.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, item: PhantomData }
    }

    /// The items, in the order of the wire.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> + DoubleEndedIterator + Clone + use<'a, T> {
        self.bytes.chunks_exact(T::SIZE).map(|chunk| match T::from_wire(chunk) {
            Some(item) => item,
            None => unreachable!("chunks_exact cuts chunks of exactly this size"),
        })
    }

    /// How many items there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() / T::SIZE
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether `wanted` is among them.
    pub fn contains(&self, wanted: T) -> bool {
        self.iter().any(|item| item == wanted)
    }

    /// The first item.
    pub fn first(&self) -> Option<T> {
        self.iter().next()
    }

    /// The bytes as they stood on the wire, without the length.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<T> Clone for List<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<'_, T> {}

impl<T> Default for List<'_, T> {
    fn default() -> Self {
        Self { bytes: &[], item: PhantomData }
    }
}

impl<T> PartialEq for List<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<T> Eq for List<'_, T> {}

impl<T: Item + fmt::Debug> fmt::Debug for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Values of varying length, one after another, such as the certificates of a chain. All of them were read once when
/// the sequence was made, so that walking it cannot fail.
pub struct Sequence<'a, T> {
    reader: Reader<'a>,
    len: usize,
    item: PhantomData<fn() -> T>,
}

impl<'a, T: Decode<'a>> Sequence<'a, T> {
    pub(super) const fn new(reader: Reader<'a>, len: usize) -> Self {
        Self { reader, len, item: PhantomData }
    }

    /// The values, in the order of the wire.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = T> + Clone + use<'a, T> {
        let mut reader = self.reader;
        std::iter::from_fn(move || if reader.is_empty() { None } else { T::decode(&mut reader).ok() })
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first value.
    pub fn first(&self) -> Option<T> {
        self.iter().next()
    }

    /// The bytes as they stood on the wire, without the length.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.reader.peek()
    }
}

impl<T> Clone for Sequence<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sequence<'_, T> {}

impl<T> Default for Sequence<'_, T> {
    fn default() -> Self {
        Self { reader: Reader::new(&[]), len: 0, item: PhantomData }
    }
}

impl<T> PartialEq for Sequence<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.reader.peek() == other.reader.peek()
    }
}

impl<T> Eq for Sequence<'_, T> {}

impl<'a, T: Decode<'a> + fmt::Debug> fmt::Debug for Sequence<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> Reader<'a> {
    /// Reads numbers with a length of one byte (counting bytes) in front.
    #[inline]
    pub fn list8<T: Item>(&mut self, what: &'static str) -> Result<List<'a, T>, WireError> {
        self.sub8(what)?.list(what)
    }

    /// Reads numbers with a length of two bytes (counting bytes) in front.
    #[inline]
    pub fn list16<T: Item>(&mut self, what: &'static str) -> Result<List<'a, T>, WireError> {
        self.sub16(what)?.list(what)
    }

    /// Reads all that is left as numbers.
    #[inline]
    pub fn list<T: Item>(mut self, what: &'static str) -> Result<List<'a, T>, WireError> {
        if self.left().is_multiple_of(T::SIZE) {
            Ok(List::new(self.rest()))
        } else {
            Err(self.problem(what, Problem::NotAMultiple { length: self.left(), of: T::SIZE }))
        }
    }

    /// Reads all that is left as values of varying length, each of which must be whole.
    #[inline]
    pub fn sequence<T: Decode<'a>>(self) -> Result<Sequence<'a, T>, WireError> {
        let mut walk = self;
        let mut len = 0;
        while !walk.is_empty() {
            T::decode(&mut walk)?;
            len += 1;
        }
        Ok(Sequence::new(self, len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_whole_items_only() {
        let list = List::<u16>::new(&[1, 2, 3, 4, 5]);
        assert_eq!(list.iter().collect::<Vec<_>>(), [0x0102, 0x0304]);
        assert_eq!(list.len(), 2);
        assert!(list.contains(0x0304));
        assert!(!list.contains(0x0203));
    }

    #[test]
    fn a_list_runs_backwards_too() {
        let list = List::<u8>::new(&[1, 2, 3]);
        assert_eq!(list.iter().rev().collect::<Vec<_>>(), [3, 2, 1]);
    }
}
