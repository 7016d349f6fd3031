//! The outer structure of DER: tag, length, contents.

use super::super::error::{Problem, WireError};
use super::super::reader::Reader;

/// One DER element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    /// Its first byte.
    pub(super) tag: u8,
    /// Its contents.
    pub(super) body: Reader<'a>,
    /// All of it, with tag and length.
    pub(super) whole: &'a [u8],
    offset: usize,
}

impl Element<'_> {
    /// An error at this element.
    pub(super) fn malformed(&self, what: &'static str) -> WireError {
        WireError { what, offset: self.offset, problem: Problem::Malformed }
    }
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// Reads an element of any kind.
pub(super) fn element<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<Element<'a>, WireError> {
    let start = *reader;
    let tag = reader.u8(what)?;
    let length = match reader.u8(what)? {
        short @ 0..=0x7f => usize::from(short),
        0x81 => usize::from(reader.u8(what)?),
        0x82 => usize::from(reader.u16(what)?),
        0x83 => reader.u24(what)? as usize,
        // Longer than anything TLS can carry, or of indefinite length, which DER forbids.
        _ => return Err(start.problem(what, Problem::Malformed)),
    };
    let body = reader.sub(length, what)?;
    let header = body.offset() - start.offset();
    let whole = start.clone().take(header + length, what)?;
    Ok(Element { tag, body, whole, offset: start.offset() })
}

/// Reads a SEQUENCE.
pub(super) fn sequence<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<Element<'a>, WireError> {
    tagged(reader, SEQUENCE, what)
}

/// Reads an INTEGER's magnitude, without the zero byte that says it is positive.
pub(super) fn integer<'a>(reader: &mut Reader<'a>, what: &'static str) -> Result<&'a [u8], WireError> {
    match tagged(reader, INTEGER, what)?.body.peek() {
        [0, rest @ ..] if !rest.is_empty() => Ok(rest),
        number => Ok(number),
    }
}

/// Reads an element if it has this tag.
pub(super) fn optional<'a>(
    reader: &mut Reader<'a>,
    tag: u8,
    what: &'static str,
) -> Result<Option<Element<'a>>, WireError> {
    if reader.peek().first() == Some(&tag) { element(reader, what).map(Some) } else { Ok(None) }
}

fn tagged<'a>(reader: &mut Reader<'a>, tag: u8, what: &'static str) -> Result<Element<'a>, WireError> {
    let found = element(reader, what)?;
    if found.tag == tag { Ok(found) } else { Err(found.malformed(what)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_one_two_and_three_bytes() {
        let element = element(&mut Reader::new(&[4, 2, 7, 7, 9]), "x").unwrap();
        assert_eq!((element.tag, element.body.peek(), element.whole), (4, &[7, 7][..], &[4, 2, 7, 7][..]));
        let mut long = vec![0x30, 0x82, 1, 0];
        long.resize(4 + 256, 0);
        assert_eq!(sequence(&mut Reader::new(&long), "x").unwrap().body.left(), 256);
        assert!(sequence(&mut Reader::new(&long[..200]), "x").is_err());
    }

    #[test]
    fn an_indefinite_length_is_malformed() {
        let error = element(&mut Reader::new(&[0x30, 0x80, 0, 0]), "x").unwrap_err();
        assert_eq!(error.problem, Problem::Malformed);
    }

    #[test]
    fn a_positive_integer_loses_its_sign_byte() {
        assert_eq!(integer(&mut Reader::new(&[2, 2, 0, 0x80]), "x"), Ok(&[0x80][..]));
        assert_eq!(integer(&mut Reader::new(&[2, 1, 0]), "x"), Ok(&[0][..]));
    }
}
