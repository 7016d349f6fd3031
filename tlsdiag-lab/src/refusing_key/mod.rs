//! A private key that signs PKCS#1 v1.5 and refuses RSA-PSS, as some smart cards do.
//!
//! OpenSSL pads RSA-PSS itself and asks the key for a raw RSA operation (`RSA_NO_PADDING`). A card that only knows the
//! PKCS#1 v1.5 mechanisms refuses that, and its engine leaves an error in OpenSSL's queue. So does this key: the
//! private key operation is real, the refusal is real, only the plastic is missing.

mod method;

use openssl::pkey::{Id, PKey, PKeyRef, Private};

use crate::Error;

/// The library name in the errors that the refusing key leaves in OpenSSL's queue.
pub const LIBRARY: &str = "smart card";
/// The reason in the errors that the refusing key leaves in OpenSSL's queue.
pub const REASON: &str = "mechanism not supported by the card";

/// Puts an RSA key onto a "card" that cannot sign RSA-PSS.
pub fn without_pss(key: &PKeyRef<Private>) -> Result<PKey<Private>, Error> {
    if key.id() != Id::RSA {
        return Err(Error::new("only an RSA key can refuse RSA-PSS"));
    }
    method::put_on_card(key)
}

#[cfg(test)]
mod tests {
    use openssl::hash::MessageDigest;
    use openssl::rsa::Padding;
    use openssl::sign::{Signer, Verifier};

    use super::*;
    use crate::pki::KeyKind;

    #[test]
    fn pkcs1_signatures_are_made_and_verify() {
        let key = KeyKind::Rsa(2048).generate().unwrap();
        let card = without_pss(&key).unwrap();
        for digest in [MessageDigest::sha256(), MessageDigest::sha384(), MessageDigest::sha512()] {
            let signature = Signer::new(digest, &card).unwrap().sign_oneshot_to_vec(b"hello").unwrap();
            assert!(Verifier::new(digest, &key).unwrap().verify_oneshot(&signature, b"hello").unwrap());
            assert!(!Verifier::new(digest, &key).unwrap().verify_oneshot(&signature, b"other").unwrap());
        }
    }

    #[test]
    fn pss_is_refused_with_a_word_in_the_queue() {
        let key = KeyKind::Rsa(2048).generate().unwrap();
        let sign = |key: &PKeyRef<Private>| {
            let mut signer = Signer::new(MessageDigest::sha256(), key).unwrap();
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer.sign_oneshot_to_vec(b"hello")
        };
        sign(&key).expect("the bare key signs RSA-PSS");
        let queue = sign(&without_pss(&key).unwrap()).unwrap_err();
        let first = &queue.errors()[0];
        assert_eq!((first.library(), first.reason()), (Some(LIBRARY), Some(REASON)), "{queue:?}");
        assert!(first.library_code() >= 128, "a library number of its own, not one of OpenSSL's");
    }

    #[test]
    fn the_card_belongs_to_the_certificate_of_its_key() {
        let root = crate::pki::Authority::root("r").unwrap();
        let identity = root.issue(&crate::pki::Profile::new("alice").key(KeyKind::Rsa(2048))).unwrap();
        let card = without_pss(&identity.key).unwrap();
        assert!(identity.certificate.public_key().unwrap().public_eq(&card));
    }

    #[test]
    fn other_keys_are_turned_away() {
        let key = KeyKind::P256.generate().unwrap();
        assert_eq!(without_pss(&key).unwrap_err().to_string(), "only an RSA key can refuse RSA-PSS");
    }
}
