//! Tries the signatures between the certificates of a failed handshake, so that a diagnosis need not guess which key signed what.
//!
//! Pure Rust, and off the program's path: the collector does it, and whoever reads a file of recordings. Each pair is tried once in
//! a thread. What the algorithms here cannot do stays untried, and then nothing is said.

mod ecdsa;
mod proof;
mod rsa;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use ::sha2::{Digest, Sha256};

use crate::event::Recording;
use crate::handshake::{Handshake, OutcomeKind, Presented, TriedSignature};
use crate::wire::x509::Signed;

/// A chain has three members or four; whoever sends hundreds is not followed.
const MOST_PAIRS: usize = 16;

/// Of the verdicts that a thread remembers.
const REMEMBERED: usize = 256;

thread_local! {
    static TRIED: RefCell<HashMap<[u8; 32], Option<bool>>> = RefCell::new(HashMap::new());
}

impl Handshake {
    /// Tries the signatures of the certificates that were shown, against the keys of whoever has their issuer's name: in the chains, among
    /// this side's own certificates and among those that it trusts; and, where the peer found it wrong, the signature by which this side
    /// proved its key. Of a handshake that went well nothing is tried.
    #[must_use]
    pub fn with_signatures_tried(mut self, recording: &Recording) -> Self {
        if self.outcome.kind != OutcomeKind::Established {
            self.signatures = try_all(&self).into_iter().collect();
            self.signatures.own_proof = proof::of_own_key(&self, recording);
        }
        self
    }
}

fn try_all(handshake: &Handshake) -> Vec<TriedSignature> {
    let shown = [&handshake.server_chain, &handshake.client_chain].into_iter().flatten();
    let shown: Vec<&Presented> =
        shown.filter(|chain| !chain.raw_public_keys).flat_map(|chain| &chain.certificates).collect();
    let trusted = handshake.trusted();
    let own = handshake.own.iter().flat_map(|own| &own.chain.certificates);
    let issuers: Vec<&Presented> = shown.iter().copied().chain(own).chain(&trusted).collect();
    let mut tried: Vec<TriedSignature> = Vec::new();
    for child in &shown {
        for issuer in &issuers {
            let known = |one: &TriedSignature| *one.certificate == *child.der && *one.issuer == *issuer.der;
            if !issuer.certificate.has_name_of_issuer(&child.certificate) || tried.iter().any(known) {
                continue;
            }
            if tried.len() == MOST_PAIRS {
                return tried;
            }
            if let Some(made) = made(&child.der, &issuer.der) {
                let (certificate, issuer) = (Arc::clone(&child.der), Arc::clone(&issuer.der));
                tried.push(TriedSignature { certificate, issuer, made });
            }
        }
    }
    tried
}

/// Whether the key of `issuer` made the signature of `certificate`, remembered; `None` where that cannot be tried.
fn made(certificate: &[u8], issuer: &[u8]) -> Option<bool> {
    let length = (certificate.len() as u64).to_be_bytes();
    let pair =
        Sha256::new().chain_update(length).chain_update(certificate).chain_update(issuer).finalize().into();
    TRIED.with_borrow_mut(|remembered| {
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        *remembered.entry(pair).or_insert_with(|| try_one(certificate, issuer))
    })
}

/// Whether the key of `issuer` made the signature of `certificate`; `None` where that cannot be tried.
fn try_one(certificate: &[u8], issuer: &[u8]) -> Option<bool> {
    use x509_parser::prelude::{AlgorithmIdentifier, FromDer, SubjectPublicKeyInfo};

    let signed = Signed::parse(certificate)?;
    let made = Made { message: signed.signed, signature: signed.signature };
    let (_, algorithm) = AlgorithmIdentifier::from_der(signed.algorithm).ok()?;
    let (_, key) = SubjectPublicKeyInfo::from_der(Signed::parse(issuer)?.key).ok()?;
    let (oid, of_key) = (algorithm.algorithm.to_id_string(), key.algorithm.algorithm.to_id_string());
    if let (Some(signature), Some(key)) = (family(&oid), family(&of_key))
        && signature != key
    {
        return Some(false);
    }
    match (oid.as_str(), of_key.as_str()) {
        (oid, RSA | RSA_PSS) => {
            let hash = if oid == RSA_PSS { rsa::pss_hash(&algorithm)? } else { rsa::pkcs1_hash(oid)? };
            rsa::verify(&key, oid == RSA_PSS, hash, made)
        }
        (oid, EC) => ecdsa::verify(&key, ecdsa::hash(oid)?, made),
        (ED25519, ED25519) => ed25519(&key.subject_public_key.data, made),
        _ => None,
    }
}

/// The family of a signature's or a key's algorithm: a key makes signatures of its own alone.
fn family(oid: &str) -> Option<&'static str> {
    const PKCS1: &str = "1.2.840.113549.1.1.";
    const ECDSA: &str = "1.2.840.10045.4.";
    match oid {
        EC => Some("ECDSA"),
        ED25519 => Some("Ed25519"),
        _ if oid.starts_with(PKCS1) => Some("RSA"),
        _ if oid.starts_with(ECDSA) => Some("ECDSA"),
        _ => None,
    }
}

const RSA: &str = "1.2.840.113549.1.1.1";
const RSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";

/// A message and a signature.
#[derive(Clone, Copy)]
struct Made<'a> {
    message: &'a [u8],
    signature: &'a [u8],
}

/// The hashes that certificates are signed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

fn ed25519(key: &[u8], made: Made<'_>) -> Option<bool> {
    let key = ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let Ok(signature) = ed25519_dalek::Signature::from_slice(made.signature) else { return Some(false) };
    Some(key.verify_strict(made.message, &signature).is_ok())
}

#[cfg(test)]
mod tests;
