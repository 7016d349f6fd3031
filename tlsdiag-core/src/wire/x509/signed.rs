//! What an issuer's signature is about: the bytes that were signed, how, and the signature.

use super::der::{self, Element};
use crate::wire::error::WireError;
use crate::wire::reader::Reader;

/// The parts of a certificate that it takes to try a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed<'a> {
    /// The tbsCertificate, DER: what was signed.
    pub signed: &'a [u8],
    /// The AlgorithmIdentifier beside the signature, DER.
    pub algorithm: &'a [u8],
    /// The signature.
    pub signature: &'a [u8],
    /// The certificate's own SubjectPublicKeyInfo, DER.
    pub key: &'a [u8],
}

impl<'a> Signed<'a> {
    /// Takes a certificate's DER apart; `None` where it is malformed.
    #[must_use]
    pub fn parse(certificate: &'a [u8]) -> Option<Self> {
        read(certificate).ok().flatten()
    }
}

fn read(certificate: &[u8]) -> Result<Option<Signed<'_>>, WireError> {
    let mut outer = der::sequence(&mut Reader::new(certificate), "Certificate")?.body;
    let signed = der::sequence(&mut outer, "tbsCertificate")?;
    let algorithm = der::sequence(&mut outer, "signatureAlgorithm")?.whole;
    let signature = der::element(&mut outer, "signatureValue")?;
    let mut tbs = signed.body;
    der::optional(&mut tbs, 0xa0, "version")?;
    der::integer(&mut tbs, "serialNumber")?;
    for field in ["signature", "issuer", "validity", "subject"] {
        der::sequence(&mut tbs, field)?;
    }
    let key = der::sequence(&mut tbs, "subjectPublicKeyInfo")?.whole;
    Ok(bits(&signature).map(|signature| Signed { signed: signed.whole, algorithm, signature, key }))
}

/// A BIT STRING of whole bytes.
fn bits<'a>(element: &Element<'a>) -> Option<&'a [u8]> {
    const BIT_STRING: u8 = 0x03;
    match element.body.peek() {
        [0, bytes @ ..] if element.tag == BIT_STRING => Some(bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_parts() {
        assert_eq!(Signed::parse(&[]), None);
        assert_eq!(Signed::parse(&[0x30, 2, 0x30, 0]), None);
    }
}
