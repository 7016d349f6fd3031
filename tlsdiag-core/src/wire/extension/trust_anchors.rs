//! `trust_anchors` (draft-ietf-tls-trust-anchor-ids).

use super::*;

/// The short name of an authority: the DER of a relative OID, without its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrustAnchorId<'a>(pub &'a [u8]);

impl<'a> Decode<'a> for TrustAnchorId<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes8("TrustAnchorIdentifier").map(Self)
    }
}

pub(super) fn decode<'a>(body: &mut Reader<'a>) -> Result<Sequence<'a, TrustAnchorId<'a>>, WireError> {
    if body.is_empty() { Ok(Sequence::default()) } else { body.sub16("trust_anchors")?.sequence() }
}
