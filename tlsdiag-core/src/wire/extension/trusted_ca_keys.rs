//! `trusted_ca_keys` (RFC 6066, section 6).

use super::*;

/// An authority that the client trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TrustedAuthority<'a> {
    /// How it is named.
    pub kind: TrustedAuthorityType,
    /// A SHA-1 of its key or certificate, or its name in DER; nothing if both sides know it anyway.
    pub name: &'a [u8],
}

impl<'a> Decode<'a> for TrustedAuthority<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let kind = TrustedAuthorityType(reader.u8("identifier_type")?);
        let name = match kind {
            TrustedAuthorityType::PRE_AGREED => &[],
            TrustedAuthorityType::KEY_SHA1_HASH => reader.take(20, "key_sha1_hash")?,
            TrustedAuthorityType::X509_NAME => reader.bytes16("x509_name")?,
            TrustedAuthorityType::CERT_SHA1_HASH => reader.take(20, "cert_sha1_hash")?,
            // Nothing says how long others are.
            kind => return Err(reader.problem("identifier_type", Problem::Unknown { value: kind.0.into() })),
        };
        Ok(Self { kind, name })
    }
}

/// A server acknowledges with an empty body.
pub(super) fn decode<'a>(body: &mut Reader<'a>) -> Result<Sequence<'a, TrustedAuthority<'a>>, WireError> {
    if body.is_empty() { Ok(Sequence::default()) } else { body.sub16("trusted_authorities_list")?.sequence() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_own_length() {
        let bytes = [&[0, 27, 0, 1][..], &[7; 20], &[2, 0, 2, 0x30, 0]].concat();
        let list = decode(&mut Reader::new(&bytes)).unwrap();
        let seen: Vec<_> = list.iter().map(|one| (one.kind.to_string(), one.name.len())).collect();
        let expected = [("pre_agreed", 0), ("key_sha1_hash", 20), ("x509_name", 2)];
        assert!(seen.iter().map(|(kind, length)| (kind.as_str(), *length)).eq(expected));
        assert!(decode(&mut Reader::new(&[])).unwrap().is_empty());
        assert!(decode(&mut Reader::new(&[0, 1, 9])).is_err());
    }
}
