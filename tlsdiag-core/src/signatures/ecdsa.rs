//! ECDSA on the curves that certificates are seen with.

use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_parser::prelude::SubjectPublicKeyInfo;

use super::{Hash, Made};

pub(super) fn hash(oid: &str) -> Option<Hash> {
    Some(match oid {
        "1.2.840.10045.4.1" => Hash::Sha1,
        "1.2.840.10045.4.3.1" => Hash::Sha224,
        "1.2.840.10045.4.3.2" => Hash::Sha256,
        "1.2.840.10045.4.3.3" => Hash::Sha384,
        "1.2.840.10045.4.3.4" => Hash::Sha512,
        _ => return None,
    })
}

pub(super) fn verify(key: &SubjectPublicKeyInfo<'_>, hash: Hash, made: Made<'_>) -> Option<bool> {
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
    let digest = match hash {
        Hash::Sha1 => Sha1::digest(made.message).to_vec(),
        Hash::Sha224 => Sha224::digest(made.message).to_vec(),
        Hash::Sha256 => Sha256::digest(made.message).to_vec(),
        Hash::Sha384 => Sha384::digest(made.message).to_vec(),
        Hash::Sha512 => Sha512::digest(made.message).to_vec(),
    };
    let point = &*key.subject_public_key.data;
    match curve.as_str() {
        "1.2.840.10045.3.1.7" => p256(point, &digest, made.signature),
        "1.3.132.0.34" => p384(point, &digest, made.signature),
        "1.3.132.0.35" => p521(point, &digest, made.signature),
        _ => None,
    }
}

/// A function for each curve, whose numbers have so many bytes. A key that is none cannot be tried; a signature that is none was not
/// made by the key.
macro_rules! on_curve {
    ($($name:ident, $bytes:literal;)*) => { $(
        fn $name(point: &[u8], digest: &[u8], signature: &[u8]) -> Option<bool> {
            use ::$name::ecdsa::signature::hazmat::PrehashVerifier;
            use ::$name::ecdsa::{Signature, VerifyingKey};

            let key = VerifyingKey::from_sec1_bytes(point).ok()?;
            let Some(signature) = pair::<$bytes>(signature) else { return Some(false) };
            let Ok(signature) = Signature::from_slice(&signature) else { return Some(false) };
            // A digest that is shorter than the curve's numbers is the same number with zeros in front.
            let mut padded = vec![0; usize::saturating_sub($bytes, digest.len())];
            padded.extend_from_slice(digest);
            Some(key.verify_prehash(&padded, &signature).is_ok())
        }
    )* };
}

on_curve! {
    p256, 32;
    p384, 48;
    p521, 66;
}

/// The two numbers of a DER signature, each in so many bytes.
fn pair<const BYTES: usize>(signature: &[u8]) -> Option<Vec<u8>> {
    use x509_parser::der_parser::der::parse_der_sequence;

    let (_, sequence) = parse_der_sequence(signature).ok()?;
    let [r, s] = sequence.as_sequence().ok()?.as_slice() else { return None };
    let mut both = Vec::with_capacity(2 * BYTES);
    for number in [r, s] {
        let number = number.as_slice().ok()?;
        let number = &number[number.iter().take_while(|byte| **byte == 0).count()..];
        both.resize(both.len() + BYTES.checked_sub(number.len())?, 0);
        both.extend_from_slice(number);
    }
    Some(both)
}
