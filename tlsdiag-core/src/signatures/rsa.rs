//! RSA: PKCS#1 v1.5 and PSS (RFC 8017).

use rsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, PublicKey, pss};
use sha1::Sha1;
use sha2::digest::FixedOutputReset;
use sha2::digest::const_oid::AssociatedOid;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use x509_parser::prelude::{AlgorithmIdentifier, SubjectPublicKeyInfo};
use x509_parser::public_key::PublicKey as Parsed;
use x509_parser::signature_algorithm::RsaSsaPssParams;

use super::{Hash, Made};

/// In bits. Trying a longer key takes time that a stranger should not get.
const LONGEST: usize = 8192;
/// OpenSSL takes keys as short as this.
const SHORTEST: usize = 512;

pub(super) fn pkcs1_hash(oid: &str) -> Option<Hash> {
    Some(match oid {
        "1.2.840.113549.1.1.5" => Hash::Sha1,
        "1.2.840.113549.1.1.14" => Hash::Sha224,
        "1.2.840.113549.1.1.11" => Hash::Sha256,
        "1.2.840.113549.1.1.12" => Hash::Sha384,
        "1.2.840.113549.1.1.13" => Hash::Sha512,
        _ => return None,
    })
}

/// The hash of PSS; SHA-1 where it says none (RFC 4055, section 3.1).
pub(super) fn pss_hash(algorithm: &AlgorithmIdentifier<'_>) -> Option<Hash> {
    let Some(parameters) = algorithm.parameters.as_ref() else { return Some(Hash::Sha1) };
    let parameters = RsaSsaPssParams::try_from(parameters).ok()?;
    Some(match parameters.hash_algorithm_oid().to_id_string().as_str() {
        "1.3.14.3.2.26" => Hash::Sha1,
        "2.16.840.1.101.3.4.2.4" => Hash::Sha224,
        "2.16.840.1.101.3.4.2.1" => Hash::Sha256,
        "2.16.840.1.101.3.4.2.2" => Hash::Sha384,
        "2.16.840.1.101.3.4.2.3" => Hash::Sha512,
        _ => return None,
    })
}

pub(super) fn verify(key: &SubjectPublicKeyInfo<'_>, pss: bool, hash: Hash, made: Made<'_>) -> Option<bool> {
    let Ok(Parsed::RSA(numbers)) = key.parsed() else { return None };
    let number = |bytes: &[u8]| BoxedUint::from_be_slice_vartime(bytes);
    if numbers.modulus.len() > LONGEST / 8 + 1 || numbers.exponent.len() > 8 {
        return None;
    }
    let (modulus, exponent) = (number(numbers.modulus), number(numbers.exponent));
    let key = PublicKey::new_with_size_limits(modulus, exponent, SHORTEST..=LONGEST).ok()?;
    Some(match hash {
        Hash::Sha1 => by::<Sha1>(key, pss, made),
        Hash::Sha224 => by::<Sha224>(key, pss, made),
        Hash::Sha256 => by::<Sha256>(key, pss, made),
        Hash::Sha384 => by::<Sha384>(key, pss, made),
        Hash::Sha512 => by::<Sha512>(key, pss, made),
    })
}

fn by<D>(key: PublicKey, pss: bool, made: Made<'_>) -> bool
where
    D: Digest + AssociatedOid + FixedOutputReset,
{
    if !pss {
        return key.pkcs1v15_verify::<D>(made.message, made.signature).is_ok();
    }
    let key = pss::VerifyingKey::<D>::new_with_auto_salt_len(key);
    pss::Signature::try_from(made.signature)
        .is_ok_and(|signature| key.verify_prehash(&D::digest(made.message), &signature).is_ok())
}
