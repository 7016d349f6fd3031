//! Certificate in the forms of TLS 1.2 (RFC 5246, section 7.4.2), TLS 1.3 (RFC 8446, section 4.4.2) and raw public
//! keys (RFC 7250, section 3), compressed (RFC 8879) or not, and CertificateVerify.

use super::code_points::*;
use super::dialect::Dialect;
use super::error::WireError;
use super::extension::{Extensions, Place};
use super::list::Sequence;
use super::reader::{Decode, Reader};

/// A chain of certificates, the sender's own first; or a raw public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateMessage<'a> {
    /// TLS 1.3: what the request was marked with, empty in a handshake.
    pub context: &'a [u8],
    form: Form<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form<'a> {
    /// TLS 1.3: each with extensions.
    Entries(Sequence<'a, CertificateEntry<'a>>),
    /// Before.
    Bare(Sequence<'a, BareCertificate<'a>>),
    /// Before, with a raw public key: no list, one key.
    RawPublicKey(&'a [u8]),
}

/// A certificate and what TLS 1.3 says beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateEntry<'a> {
    /// The DER of the X.509 certificate, or of a SubjectPublicKeyInfo if raw public keys were negotiated.
    pub data: &'a [u8],
    /// OCSP response, certificate timestamps and the like; none before TLS 1.3.
    pub extensions: Extensions<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct BareCertificate<'a>(&'a [u8]);

impl<'a> CertificateMessage<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        // Before TLS 1.3 the list's length fills the body to the byte; there, a context's length stands before it.
        let old = match dialect.version {
            Some(version) => !version.is_tls13(),
            None => reader
                .clone()
                .u24("certificate_list")
                .is_ok_and(|length| length as usize + 3 == reader.left()),
        };
        if !old {
            let context = reader.bytes8("certificate_request_context")?;
            let entries = reader.sub24("certificate_list")?.sequence()?;
            return Ok(Self { context, form: Form::Entries(entries) });
        }
        let form = if dialect.certificate_type == Some(CertificateType::RAW_PUBLIC_KEY) {
            Form::RawPublicKey(reader.bytes24("ASN.1_subjectPublicKeyInfo")?)
        } else {
            Form::Bare(reader.sub24("certificate_list")?.sequence()?)
        };
        Ok(Self { context: &[], form })
    }

    /// Decodes a body without its header, such as [`CompressedCertificate::decompress`] gives it.
    pub fn from_body(body: &'a [u8], dialect: &Dialect) -> Result<Self, WireError> {
        let mut reader = Reader::new(body);
        let message = Self::decode(&mut reader, dialect)?;
        reader.finish("certificate")?;
        Ok(message)
    }

    /// The certificates, the sender's own first.
    pub fn entries(&self) -> impl Iterator<Item = CertificateEntry<'a>> + Clone + use<'a> {
        let (entries, bare, raw) = match self.form {
            Form::Entries(entries) => (entries, Sequence::default(), None),
            Form::Bare(bare) => (Sequence::default(), bare, None),
            Form::RawPublicKey(key) => (Sequence::default(), Sequence::default(), Some(key)),
        };
        let plain = bare.iter().map(|certificate| certificate.0).chain(raw);
        entries.iter().chain(
            plain.map(|data| CertificateEntry { data, extensions: Extensions::none(Place::Certificate) }),
        )
    }

    /// The DER of each certificate, the sender's own first.
    pub fn certificates(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        self.entries().map(|entry| entry.data)
    }

    /// How many certificates there are.
    pub fn len(&self) -> usize {
        match self.form {
            Form::Entries(entries) => entries.len(),
            Form::Bare(bare) => bare.len(),
            Form::RawPublicKey(_) => 1,
        }
    }

    /// Whether the sender has no certificate to show.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'a> Decode<'a> for CertificateEntry<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            data: reader.bytes24("cert_data")?,
            extensions: Extensions::decode(reader, Place::Certificate)?,
        })
    }
}

impl<'a> Decode<'a> for BareCertificate<'a> {
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes24("ASN.1Cert").map(Self)
    }
}

/// A Certificate message under compression (RFC 8879, section 4); [`Self::decompress`] undoes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompressedCertificate<'a> {
    /// How it is compressed.
    pub algorithm: CertificateCompressionAlgorithm,
    /// How many bytes it will have.
    pub uncompressed_length: u32,
    /// The compressed body.
    pub message: &'a [u8],
}

impl<'a> CompressedCertificate<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            algorithm: CertificateCompressionAlgorithm(reader.u16("algorithm")?),
            uncompressed_length: reader.u24("uncompressed_length")?,
            message: reader.bytes24("compressed_certificate_message")?,
        })
    }
}

/// The proof that the sender of a Certificate has its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateVerify<'a> {
    /// How it is signed; TLS 1.0 and 1.1 leave it to the key.
    pub scheme: Option<SignatureScheme>,
    /// The signature.
    pub signature: &'a [u8],
}

impl<'a> CertificateVerify<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        // The signature's length fills the body in TLS 1.0 and 1.1; since then, a scheme stands before it.
        let named = match dialect.version {
            Some(version) => version.names_signature_schemes(),
            None => {
                reader.clone().u16("signature").is_ok_and(|length| usize::from(length) + 2 != reader.left())
            }
        };
        let scheme = if named { Some(SignatureScheme(reader.u16("algorithm")?)) } else { None };
        Ok(Self { scheme, signature: reader.bytes16("signature")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TLS1_1: Dialect = Dialect {
        version: Some(ProtocolVersion::TLS1_1),
        suite: None,
        dtls: false,
        certificate_type: Some(CertificateType::RAW_PUBLIC_KEY),
    };

    #[test]
    fn a_raw_public_key_before_tls_1_3_is_no_list() {
        let message = CertificateMessage::decode(&mut Reader::new(&[0, 0, 2, 0x30, 0]), &TLS1_1).unwrap();
        assert!(message.certificates().eq([&[0x30, 0][..]]));
        assert_eq!(message.len(), 1);
    }

    #[test]
    fn no_certificate_is_an_empty_list_in_both_forms() {
        for (bytes, version) in
            [(&[0, 0, 0][..], ProtocolVersion::TLS1_2), (&[0, 0, 0, 0], ProtocolVersion::TLS1_3)]
        {
            let told = Dialect { version: Some(version), ..Dialect::default() };
            for dialect in [told, Dialect::default()] {
                let mut reader = Reader::new(bytes);
                assert!(CertificateMessage::decode(&mut reader, &dialect).unwrap().is_empty());
                assert!(reader.is_empty());
            }
        }
    }

    #[test]
    fn a_signature_before_tls_1_2_names_no_scheme() {
        let bytes = [0, 2, 8, 4];
        for dialect in [TLS1_1, Dialect::default()] {
            let verify = CertificateVerify::decode(&mut Reader::new(&bytes), &dialect).unwrap();
            assert_eq!(verify, CertificateVerify { scheme: None, signature: &[8, 4] });
        }
    }

    #[test]
    fn a_compressed_chain_says_how_long_it_will_be() {
        let bytes = [0, 2, 0, 1, 0, 0, 0, 1, 7];
        let compressed = CompressedCertificate::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(compressed.algorithm.to_string(), "brotli");
        assert_eq!((compressed.uncompressed_length, compressed.message), (256, &[7][..]));
    }
}
