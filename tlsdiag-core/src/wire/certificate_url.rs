//! CertificateURL (RFC 6066, section 5): where a client's certificates are.

use super::code_points::CertificateChainType;
use super::error::WireError;
use super::list::Sequence;
use super::reader::{Decode, Reader};

/// In place of a client's Certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateUrl<'a> {
    /// What the URLs lead to.
    pub kind: CertificateChainType,
    /// The URLs: one for each certificate, or one for the whole chain.
    pub urls: Sequence<'a, UrlAndHash<'a>>,
}

/// Where something is, and how to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UrlAndHash<'a> {
    /// The URL.
    pub url: &'a [u8],
    /// The SHA-1 of what is there.
    pub hash: &'a [u8; 20],
}

impl<'a> CertificateUrl<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            kind: CertificateChainType(reader.u8("CertChainType")?),
            urls: reader.sub16("url_and_hash_list")?.sequence()?,
        })
    }
}

impl<'a> Decode<'a> for UrlAndHash<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let url = reader.bytes16("url")?;
        reader.u8("padding")?;
        Ok(Self { url, hash: reader.array("SHA1Hash")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_the_hash_of_what_it_leads_to() {
        let bytes = [&[1, 0, 24, 0, 1, b'u', 1][..], &[7; 20]].concat();
        let message = CertificateUrl::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(message.kind, CertificateChainType::PKIPATH);
        assert_eq!(message.urls.first(), Some(UrlAndHash { url: b"u", hash: &[7; 20] }));
    }
}
