//! `delegated_credential` (RFC 9345, section 4).

use super::*;

/// A short-lived key to which a certificate delegates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelegatedCredential<'a> {
    /// Seconds after the certificate's notBefore at which the credential ends.
    pub valid_time: u32,
    /// What the credential's key signs CertificateVerify with.
    pub certificate_verify_algorithm: SignatureScheme,
    /// The credential's public key, a DER SubjectPublicKeyInfo.
    pub public_key: &'a [u8],
    /// What the certificate's key signed the credential with.
    pub algorithm: SignatureScheme,
    /// That signature.
    pub signature: &'a [u8],
}

impl<'a> Decode<'a> for DelegatedCredential<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            valid_time: reader.u32("valid_time")?,
            certificate_verify_algorithm: SignatureScheme(reader.u16("dc_cert_verify_algorithm")?),
            public_key: reader.bytes24("ASN1_subjectPublicKeyInfo")?,
            algorithm: SignatureScheme(reader.u16("algorithm")?),
            signature: reader.bytes16("signature")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_names_both_its_schemes() {
        let bytes = [0, 0, 0, 60, 8, 7, 0, 0, 1, 5, 4, 3, 0, 2, 6, 7];
        let credential = DelegatedCredential::decode(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(credential.certificate_verify_algorithm, SignatureScheme::ED25519);
        assert_eq!(credential.algorithm, SignatureScheme::ECDSA_SECP256R1_SHA256);
        assert_eq!((credential.valid_time, credential.signature), (60, &[6, 7][..]));
    }
}
