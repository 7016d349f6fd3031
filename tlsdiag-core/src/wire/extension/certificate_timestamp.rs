//! Certificate Transparency: `signed_certificate_timestamp` (RFC 6962, section 3.3) and `transparency_info` (RFC 9162).

use super::*;

/// A certificate log's promise, as it stands in the list; [`v1`](Self::v1) reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignedCertificateTimestamp<'a>(pub &'a [u8]);

/// A log's promise to show a certificate (RFC 6962, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TimestampV1<'a> {
    /// The SHA-256 of the log's key.
    pub log_id: &'a [u8; 32],
    /// When the log saw the certificate, in milliseconds since 1970 (UTC).
    pub timestamp: u64,
    /// None has been defined.
    pub extensions: &'a [u8],
    /// How the log signed.
    pub algorithm: SignatureScheme,
    /// That signature.
    pub signature: &'a [u8],
}

impl<'a> SignedCertificateTimestamp<'a> {
    /// The promise, if its version is 1, the only one of RFC 6962.
    pub fn v1(&self) -> Option<Result<TimestampV1<'a>, WireError>> {
        let (&0, rest) = self.0.split_first()? else { return None };
        let mut reader = Reader::at(rest, 1);
        Some(TimestampV1::decode(&mut reader).and_then(|timestamp| {
            reader.finish("SignedCertificateTimestamp")?;
            Ok(timestamp)
        }))
    }
}

impl<'a> Decode<'a> for TimestampV1<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            log_id: reader.array("id")?,
            timestamp: reader.u64("timestamp")?,
            extensions: reader.bytes16("extensions")?,
            algorithm: SignatureScheme(reader.u16("algorithm")?),
            signature: reader.bytes16("signature")?,
        })
    }
}

impl<'a> Decode<'a> for SignedCertificateTimestamp<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes16("SerializedSCT").map(Self)
    }
}

/// An item of RFC 9162, which has timestamps, inclusion proofs and signed tree heads; undecoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TransparencyItem<'a>(pub &'a [u8]);

impl<'a> Decode<'a> for TransparencyItem<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes16("SerializedTransItem").map(Self)
    }
}

/// A client asks with an empty body.
#[inline]
pub(super) fn decode_timestamps<'a>(
    body: &mut Reader<'a>,
) -> Result<Sequence<'a, SignedCertificateTimestamp<'a>>, WireError> {
    if body.is_empty() { Ok(Sequence::default()) } else { body.sub16("sct_list")?.sequence() }
}

/// A client asks with an empty body.
pub(super) fn decode_items<'a>(
    body: &mut Reader<'a>,
) -> Result<Sequence<'a, TransparencyItem<'a>>, WireError> {
    if body.is_empty() { Ok(Sequence::default()) } else { body.sub16("trans_item_list")?.sequence() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_names_its_log_and_its_time() {
        let bytes = [&[0][..], &[7; 32], &[0, 0, 1, 0x98, 0, 0, 0, 0, 0, 0, 4, 3, 0, 1, 9]].concat();
        let list = [&[0, 50, 0, 48][..], &bytes].concat();
        let list = decode_timestamps(&mut Reader::new(&list)).unwrap();
        let promise = list.first().unwrap().v1().unwrap().unwrap();
        assert_eq!((promise.log_id, promise.timestamp), (&[7; 32], 0x198_0000_0000));
        assert_eq!(promise.algorithm, SignatureScheme::ECDSA_SECP256R1_SHA256);
        assert!(SignedCertificateTimestamp(&bytes[..40]).v1().unwrap().is_err());
        assert_eq!(SignedCertificateTimestamp(&[1, 2]).v1(), None);
    }
}
