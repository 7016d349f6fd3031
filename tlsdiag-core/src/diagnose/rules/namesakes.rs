//! Certificates that have an issuer's name: which of them signed, and what the authorityKeyIdentifier says of each.
//!
//! Needs: the chains as they were shown, the certificates that this side trusts, and the signatures that were tried.

use crate::handshake::{Chain, Handshake, Presented, Signatures};
use crate::wire::x509::{Certificate, Contradiction};

/// A certificate whose subject is the issuer that another one names.
pub(super) struct Namesake {
    pub(super) shown: Presented,
    /// Whether its key made the signature; `None` where that was not tried.
    pub(super) signed: Option<bool>,
    /// What of the authorityKeyIdentifier does not fit it.
    pub(super) contradiction: Option<Contradiction>,
}

impl Namesake {
    fn new(signatures: &Signatures, child: &Presented, shown: &Presented) -> Self {
        Namesake {
            shown: shown.clone(),
            signed: signatures.made(&child.der, &shown.der),
            contradiction: shown.certificate.contradicted_by(&child.certificate),
        }
    }

    /// Whether it is shown not to have signed, by a signature that was tried or, where none was, by its key identifier.
    pub(super) fn is_another(&self) -> bool {
        match self.signed {
            Some(signed) => !signed,
            None => self.contradiction == Some(Contradiction::Key),
        }
    }

    /// Whether its key signed, as far as is known, and the authorityKeyIdentifier names another certificate all the same.
    pub(super) fn is_misnamed(&self) -> bool {
        match (self.signed, self.contradiction) {
            (Some(signed), Some(_)) => signed,
            // Another serial number or issuer of the same name: the key may be the same, as where a CA was renewed.
            (None, Some(contradiction)) => contradiction != Contradiction::Key,
            (_, None) => false,
        }
    }

    /// Whether nothing speaks against its being the issuer.
    pub(super) fn fits(&self) -> bool {
        self.contradiction.is_none() && self.signed != Some(false)
    }

    /// How it is known that it did not sign: half a sentence.
    pub(super) fn why_another(&self) -> &'static str {
        match (self.signed, self.contradiction) {
            (Some(false), _) => "its key did not sign this certificate, which was tried",
            _ => "its key identifier is not the one that the certificate names",
        }
    }

    /// What the authorityKeyIdentifier of `child` says, and what is true of this one: half a sentence.
    pub(super) fn why_misnamed(&self, child: &Certificate) -> String {
        let issuer = &self.shown.certificate;
        let tried = if self.signed == Some(true) { "its key did sign, which was tried, but" } else { "but" };
        let told = match self.contradiction {
            Some(Contradiction::Serial) => format!(
                "serial number {}, and that CA certificate has {}",
                child.authority_serial.as_deref().unwrap_or("unknown"),
                issuer.serial.as_deref().unwrap_or("none")
            ),
            Some(Contradiction::Issuer) => format!(
                "a certificate issued by \"{}\", and that CA certificate was issued by \"{}\"",
                child.issuers_issuer().map_or("unknown", |name| name.text.as_str()),
                issuer.issuer_text()
            ),
            _ => "another key identifier than that CA certificate has".to_owned(),
        };
        format!("{tried} the certificate's authorityKeyIdentifier names {told}")
    }
}

/// Of the chain that `child` was sent in, the certificates that have its issuer's name; a root is not its own.
pub(super) fn sent(handshake: &Handshake, chain: &Chain, child: &Presented) -> Vec<Namesake> {
    of(&handshake.signatures, child, &chain.certificates)
}

/// Likewise of those that this side trusts.
pub(super) fn trusted(handshake: &Handshake, child: &Presented) -> Vec<Namesake> {
    of(&handshake.signatures, child, &handshake.trusted())
}

fn of(signatures: &Signatures, child: &Presented, among: &[Presented]) -> Vec<Namesake> {
    among
        .iter()
        .filter(|one| one.der != child.der && one.certificate.has_name_of_issuer(&child.certificate))
        .map(|one| Namesake::new(signatures, child, one))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::handshake::TriedSignature;

    fn shown(byte: u8, certificate: Certificate) -> Presented {
        Presented { der: Arc::from(&[byte][..]), certificate: Arc::new(certificate) }
    }

    #[test]
    fn a_tried_signature_counts_for_more_than_an_identifier() {
        let child = shown(1, Certificate { authority_key_id: Some(vec![1]), ..Certificate::default() });
        let ca = shown(2, Certificate { subject_key_id: Some(vec![2]), ..Certificate::default() });
        let seen = |signed: Option<bool>| {
            let tried = signed.map(|made| TriedSignature {
                certificate: Arc::clone(&child.der),
                issuer: Arc::clone(&ca.der),
                made,
            });
            Namesake::new(&tried.into_iter().collect(), &child, &ca)
        };
        assert!(seen(None).is_another() && !seen(None).is_misnamed());
        assert!(seen(Some(false)).is_another() && !seen(Some(false)).is_misnamed());
        assert!(!seen(Some(true)).is_another() && seen(Some(true)).is_misnamed());
        assert!(!seen(Some(true)).fits());
    }
}
