//! Which key made which certificate's signature, as far as that was tried.

use std::sync::Arc;

/// What was tried of the signatures between certificates; empty where nobody has tried any. Trying costs up to a tenth of a
/// millisecond each, so it is done where a failed handshake is judged and never where it runs.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    tried: Vec<TriedSignature>,
    /// Whether the key of this side's own certificate made the signature that this side proved it with (CertificateVerify, ServerKeyExchange), over the messages
    /// as this side has them; `None` where that was not tried, or cannot be.
    pub own_proof: Option<bool>,
}

/// One certificate, held against the key of one possible issuer.
#[derive(Clone, Debug)]
pub struct TriedSignature {
    /// The certificate, DER.
    pub certificate: Arc<[u8]>,
    /// The possible issuer's, DER.
    pub issuer: Arc<[u8]>,
    /// Whether the issuer's key made the certificate's signature.
    pub made: bool,
}

impl Signatures {
    /// Whether the issuer's key made the certificate's signature; `None` where that was not tried, or cannot be.
    #[must_use]
    pub fn made(&self, certificate: &[u8], issuer: &[u8]) -> Option<bool> {
        let of = |one: &&TriedSignature| *one.certificate == *certificate && *one.issuer == *issuer;
        self.tried.iter().find(of).map(|one| one.made)
    }
}

impl FromIterator<TriedSignature> for Signatures {
    fn from_iter<T: IntoIterator<Item = TriedSignature>>(tried: T) -> Self {
        Signatures { tried: tried.into_iter().collect(), own_proof: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tried_is_not_known() {
        let der = |byte: u8| Arc::from(&[byte][..]);
        let tried = TriedSignature { certificate: der(1), issuer: der(2), made: false };
        let signatures: Signatures = [tried].into_iter().collect();
        assert_eq!(signatures.made(&[1], &[2]), Some(false));
        assert_eq!(signatures.made(&[2], &[1]), None);
        assert_eq!(Signatures::default().made(&[1], &[2]), None);
    }
}
