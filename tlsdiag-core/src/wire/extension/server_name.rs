//! `server_name` (RFC 6066, section 3).

use super::*;

/// A name that the client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerName<'a> {
    /// Its kind; only `host_name` was ever defined.
    pub kind: NameType,
    /// Its bytes.
    pub name: &'a [u8],
}

impl<'a> ServerName<'a> {
    /// The name as text, if it is any.
    pub fn as_str(&self) -> Option<&'a str> {
        std::str::from_utf8(self.name).ok()
    }
}

impl<'a> Decode<'a> for ServerName<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { kind: NameType(reader.u8("name_type")?), name: reader.bytes16("HostName")? })
    }
}

/// A server acknowledges with an empty body.
#[inline]
pub(super) fn decode<'a>(body: &mut Reader<'a>) -> Result<Sequence<'a, ServerName<'a>>, WireError> {
    if body.is_empty() { Ok(Sequence::default()) } else { body.sub16("server_name_list")?.sequence() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_acknowledges_with_nothing() {
        assert!(decode(&mut Reader::new(&[])).unwrap().is_empty());
        let names = decode(&mut Reader::new(&[0, 4, 0, 0, 1, b'x'])).unwrap();
        assert_eq!(names.first().unwrap().as_str(), Some("x"));
        let odd = decode(&mut Reader::new(&[0, 4, 0, 0, 1, 0xff])).unwrap();
        assert_eq!(odd.first().unwrap().as_str(), None);
    }
}
