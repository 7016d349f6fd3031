//! Against certificates that OpenSSL made.

use tlsdiag_lab::pki::{Authority, KeyKind, Profile};

use super::{made, try_one};

/// A leaf, its issuer, and another certificate of the issuer's name, as DER.
fn family(kind: KeyKind) -> [Vec<u8>; 3] {
    let [real, other] = [(), ()].map(|()| {
        let mut authority = Authority::root("Tern CA").expect("a root");
        authority.key = kind.generate().expect("a key");
        // Its own certificate, for the key that it signs with.
        let own = authority.certify(&Profile::new("Tern CA"), authority.key.clone()).expect("a certificate");
        (authority, own.certificate.to_der().expect("DER"))
    });
    let leaf = real.0.issue(&Profile::new("leaf")).expect("a leaf");
    [leaf.certificate.to_der().expect("DER"), real.1, other.1]
}

#[test]
fn the_key_that_signed_is_told_from_another_one_of_the_name() {
    for kind in [KeyKind::Rsa(2048), KeyKind::P256, KeyKind::P384, KeyKind::Ed25519] {
        let [leaf, issuer, other] = family(kind);
        assert_eq!(try_one(&leaf, &issuer), Some(true), "{kind:?}");
        assert_eq!(try_one(&leaf, &other), Some(false), "{kind:?}");
        // Remembered, and the same.
        assert_eq!((made(&leaf, &issuer), made(&leaf, &issuer)), (Some(true), Some(true)));
    }
}

#[test]
fn an_altered_certificate_was_signed_by_nobody() {
    let [mut leaf, issuer, _] = family(KeyKind::P256);
    let name = leaf.windows(4).position(|four| four == b"leaf").expect("the subject");
    leaf[name] ^= 1;
    assert_eq!(try_one(&leaf, &issuer), Some(false));
}

#[test]
fn a_key_of_another_kind_did_not_sign_and_what_is_no_certificate_is_not_tried() {
    let [leaf, _, _] = family(KeyKind::P256);
    let [_, rsa, _] = family(KeyKind::Rsa(2048));
    assert_eq!(try_one(&leaf, &rsa), Some(false));
    assert_eq!(try_one(&leaf, b"no certificate"), None);
    assert_eq!(try_one(b"", &rsa), None);
}
