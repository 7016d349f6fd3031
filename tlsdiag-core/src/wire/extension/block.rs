//! The block of extensions in a message: found, walked, decoded one by one.

use super::*;

/// The message that a block of extensions stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A ClientHello.
    ClientHello,
    /// A ServerHello, of any version.
    ServerHello,
    /// A ServerHello that is a HelloRetryRequest.
    HelloRetryRequest,
    /// TLS 1.3's EncryptedExtensions.
    EncryptedExtensions,
    /// An entry of TLS 1.3's Certificate.
    Certificate,
    /// TLS 1.3's CertificateRequest.
    CertificateRequest,
    /// TLS 1.3's NewSessionTicket.
    NewSessionTicket,
}

/// A block of extensions (RFC 8446, section 4.2).
///
/// Nothing in it is read before someone asks, so that a hello with a malformed block still shows its suites and all
/// extensions before the fault. [`check`](Self::check) finds that fault, and [`typed`](Self::typed) ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extensions<'a> {
    bytes: &'a [u8],
    offset: usize,
    place: Place,
}

impl<'a> Extensions<'a> {
    /// The block of a message that has none.
    pub const fn none(place: Place) -> Self {
        Self { bytes: &[], offset: 0, place }
    }

    /// The extensions that `block`, the inside of the block's length, holds.
    pub const fn new(block: Reader<'a>, place: Place) -> Self {
        Self { bytes: block.peek(), offset: block.offset(), place }
    }

    /// Checks that whole extensions fill the block; their bodies are not read.
    pub fn check(&self) -> Result<(), WireError> {
        let mut walk = Reader::at(self.bytes, self.offset);
        while !walk.is_empty() {
            next_extension(&mut walk)?;
        }
        Ok(())
    }

    /// Reads a block with its length of two bytes in front; where the message already ends, a block of none.
    #[inline]
    pub(in crate::wire) fn decode_optional(reader: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if reader.is_empty() { Ok(Self::none(place)) } else { Self::decode(reader, place) }
    }

    /// Reads a block with its length of two bytes in front.
    #[inline]
    pub(in crate::wire) fn decode(reader: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        reader.sub16("extensions").map(|block| Self::new(block, place))
    }

    /// The message that the block stands in.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The block's bytes, without its length.
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Kind and body of each extension, in the order of the wire.
    pub fn iter(&self) -> impl Iterator<Item = (ExtensionType, &'a [u8])> + Clone + use<'a> {
        self.readers().map(|(kind, body)| (kind, body.peek()))
    }

    /// The kind of each extension, in the order of the wire.
    pub fn kinds(&self) -> impl Iterator<Item = ExtensionType> + Clone + use<'a> {
        self.readers().map(|(kind, _)| kind)
    }

    /// The body of the first extension of this kind.
    pub fn get(&self, wanted: ExtensionType) -> Option<&'a [u8]> {
        self.reader_of(wanted).map(|body| body.peek())
    }

    /// Whether there is an extension of this kind.
    pub fn contains(&self, wanted: ExtensionType) -> bool {
        self.reader_of(wanted).is_some()
    }

    /// Each extension with its body decoded, in the order of the wire. Where the block itself is malformed, the error
    /// that says so is the last item.
    pub fn typed(&self) -> Typed<'a> {
        Typed { block: Reader::at(self.bytes, self.offset), place: self.place }
    }

    /// The first extension of this kind, decoded.
    pub fn find(&self, wanted: ExtensionType) -> Option<Result<Extension<'a>, WireError>> {
        self.reader_of(wanted).map(|body| Extension::decode(wanted, body, self.place))
    }

    #[inline]
    fn readers(&self) -> impl Iterator<Item = (ExtensionType, Reader<'a>)> + Clone + use<'a> {
        let mut reader = Reader::at(self.bytes, self.offset);
        std::iter::from_fn(move || {
            if reader.is_empty() {
                return None;
            }
            next_extension(&mut reader).ok()
        })
    }

    fn reader_of(&self, wanted: ExtensionType) -> Option<Reader<'a>> {
        self.readers().find(|(kind, _)| *kind == wanted).map(|(_, body)| body)
    }
}

/// How many bytes an extension's kind and length have.
const HEADER: usize = 4;

/// Reads one extension's kind and body, in few steps: this is the innermost loop of all decoding.
#[inline(always)]
fn next_extension<'a>(block: &mut Reader<'a>) -> Result<(ExtensionType, Reader<'a>), WireError> {
    let &[a, b, c, d] = block.array::<HEADER>("Extension")?;
    let body = block.sub(usize::from(u16::from_be_bytes([c, d])), "extension_data")?;
    Ok((ExtensionType(u16::from_be_bytes([a, b])), body))
}

/// The extensions of a block, decoded one after the other.
#[derive(Clone, Debug)]
pub struct Typed<'a> {
    block: Reader<'a>,
    place: Place,
}

impl<'a> Iterator for Typed<'a> {
    type Item = Result<Extension<'a>, WireError>;

    // Inline, so that where it stands in the block stays in registers: the next extension begins where this one says.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.block.is_empty() {
            return None;
        }
        let block = self.block.peek();
        match next_extension(&mut self.block) {
            Ok((kind, body)) => {
                if self.place == Place::ClientHello
                    && let Some(rest) = block.get(HEADER..)
                    && let Some(extension) = plain::decode(kind, rest, body.left())
                {
                    return Some(Ok(extension));
                }
                Extension::decode_next(kind, body.peek(), body.offset(), self.place)
            }
            Err(error) => {
                self.block.rest();
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// record_size_limit, then one that says it has nine bytes where one is left.
    const BROKEN: [u8; 11] = [0, 28, 0, 2, 0x40, 1, 0, 10, 0, 9, 7];

    #[test]
    fn a_broken_block_shows_what_comes_before_the_fault() {
        let extensions = Extensions::new(Reader::at(&BROKEN, 50), Place::ClientHello);
        assert!(extensions.kinds().eq([ExtensionType::RECORD_SIZE_LIMIT]));
        let error = extensions.check().unwrap_err();
        assert_eq!((error.offset, error.problem), (60, Problem::Missing { needed: 9, left: 1 }));
        let typed: Vec<_> = extensions.typed().collect();
        assert_eq!(typed, [Ok(Extension::RecordSizeLimit(0x4001)), Err(error)]);
    }

    #[test]
    fn the_first_of_a_kind_is_found() {
        let bytes = [0, 28, 0, 2, 0, 1, 0, 28, 0, 2, 0, 2, 0, 23, 0, 0];
        let extensions = Extensions::new(Reader::new(&bytes), Place::ClientHello);
        assert_eq!(extensions.get(ExtensionType::RECORD_SIZE_LIMIT), Some(&[0, 1][..]));
        assert!(extensions.contains(ExtensionType::EXTENDED_MASTER_SECRET));
        assert_eq!(extensions.find(ExtensionType::COOKIE), None);
        assert_eq!(extensions.check(), Ok(()));
    }
}
