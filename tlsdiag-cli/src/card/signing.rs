//! Test signatures: each scheme of a CertificateRequest by the mechanisms that programs use for it, checked with the certificate's key.

use cryptoki::error::{Error as Refusal, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::error::ErrorStack;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Public};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};
use openssl::x509::X509;
use tlsdiag_core::diagnose::card::{Attempt, Trial, USUAL_SCHEMES, is_too_short};
use tlsdiag_core::diagnose::fit;
use tlsdiag_core::wire::x509::Key;
use tlsdiag_core::wire::{ProtocolVersion, SignatureScheme};

use super::refusal;
use crate::error::Error;

/// What is signed: it says what it is, and is no handshake's.
const MESSAGE: &[u8] = b"tlsdiag card: a test signature, good for nothing else";

/// Where the digest is made, as a mechanism has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Made {
    /// By the program: this is what the card signs.
    Outside,
    /// By the card, or the library in front of it.
    Inside,
}

/// A digest: its numbers and names in OpenSSL and in PKCS #11.
struct Digest {
    openssl: MessageDigest,
    /// DigestInfo before the digest itself (RFC 8017 section 9.2, note 1).
    prefix: &'static [u8],
    kind: MechanismType,
    mgf: PkcsMgfType,
    pkcs1: Mechanism<'static>,
    pss: fn(PkcsPssParams) -> Mechanism<'static>,
    ecdsa: Mechanism<'static>,
}

fn digest_of(scheme: SignatureScheme) -> Option<Digest> {
    use SignatureScheme as S;
    let sha256 =
        [S::RSA_PKCS1_SHA256, S::RSA_PSS_RSAE_SHA256, S::RSA_PSS_PSS_SHA256, S::ECDSA_SECP256R1_SHA256];
    let sha384 =
        [S::RSA_PKCS1_SHA384, S::RSA_PSS_RSAE_SHA384, S::RSA_PSS_PSS_SHA384, S::ECDSA_SECP384R1_SHA384];
    let sha512 =
        [S::RSA_PKCS1_SHA512, S::RSA_PSS_RSAE_SHA512, S::RSA_PSS_PSS_SHA512, S::ECDSA_SECP521R1_SHA512];
    if sha256.contains(&scheme) {
        return Some(Digest {
            openssl: MessageDigest::sha256(),
            prefix: b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
            kind: MechanismType::SHA256,
            mgf: PkcsMgfType::MGF1_SHA256,
            pkcs1: Mechanism::Sha256RsaPkcs,
            pss: Mechanism::Sha256RsaPkcsPss,
            ecdsa: Mechanism::EcdsaSha256,
        });
    }
    if sha384.contains(&scheme) {
        return Some(Digest {
            openssl: MessageDigest::sha384(),
            prefix: b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
            kind: MechanismType::SHA384,
            mgf: PkcsMgfType::MGF1_SHA384,
            pkcs1: Mechanism::Sha384RsaPkcs,
            pss: Mechanism::Sha384RsaPkcsPss,
            ecdsa: Mechanism::EcdsaSha384,
        });
    }
    sha512.contains(&scheme).then(|| Digest {
        openssl: MessageDigest::sha512(),
        prefix: b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
        kind: MechanismType::SHA512,
        mgf: PkcsMgfType::MGF1_SHA512,
        pkcs1: Mechanism::Sha512RsaPkcs,
        pss: Mechanism::Sha512RsaPkcsPss,
        ecdsa: Mechanism::EcdsaSha512,
    })
}

/// A key that is tried.
pub(super) struct Tried<'a> {
    session: &'a Session,
    handle: ObjectHandle,
    key: &'a Key,
    public: PKey<Public>,
}

impl<'a> Tried<'a> {
    /// With the key of this certificate; `None` where OpenSSL cannot read that.
    pub(super) fn new(
        session: &'a Session,
        handle: ObjectHandle,
        key: &'a Key,
        certificate: &[u8],
    ) -> Option<Self> {
        let public = X509::from_der(certificate).and_then(|read| read.public_key());
        if public.is_err() {
            drop(ErrorStack::get());
        }
        Some(Tried { session, handle, key, public: public.ok()? })
    }

    /// Each scheme that a key of this kind has in TLS 1.2 or 1.3.
    pub(super) fn all(&self) -> Result<Vec<Trial>, Error> {
        let fits = |scheme: &SignatureScheme| {
            [ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3]
                .iter()
                .any(|version| fit::can_sign(&self.key.kind, *version, *scheme))
        };
        let mut trials = Vec::new();
        for scheme in USUAL_SCHEMES.into_iter().filter(fits) {
            let mut attempts = Vec::new();
            for (mechanism, made, input) in self.ways(scheme)? {
                let too_short = is_too_short(self.key, scheme);
                let refusal = match self.session.sign(&mechanism, self.handle, &input) {
                    Ok(signature) if self.verifies(scheme, &signature) => None,
                    Ok(_) => Some("a signature that does not verify with the certificate's key".to_owned()),
                    Err(cause) if says_nothing_of_the_scheme(&cause) => {
                        return Err(Error::new(format!(
                            "the card stopped while it was tried: {}",
                            refusal(&cause)
                        )));
                    }
                    Err(_) if too_short => Some(format!("the key is too short for {scheme}")),
                    Err(cause) => Some(refusal(&cause)),
                };
                let mechanism = mechanism.mechanism_type().to_string();
                attempts.push(Attempt { mechanism, digest_outside: made == Made::Outside, refusal });
            }
            trials.push(Trial { scheme, attempts });
        }
        Ok(trials)
    }

    /// Whether raw RSA works, with which OpenSSL's engine makes RSA-PSS where the card has none.
    pub(super) fn does_raw_rsa(&self) -> bool {
        let Ok(rsa) = self.public.rsa() else { return false };
        let size = rsa.size() as usize;
        let mut block = vec![0; size.saturating_sub(MESSAGE.len())];
        block.extend(MESSAGE);
        let Ok(signature) = self.session.sign(&Mechanism::RsaX509, self.handle, &block) else { return false };
        let mut back = vec![0; size];
        let opened = rsa.public_decrypt(&signature, &mut back, Padding::NONE);
        drop(ErrorStack::get());
        opened.is_ok_and(|length| back[..length] == block)
    }

    /// The mechanisms that make a signature of this scheme, and what each is given.
    fn ways(&self, scheme: SignatureScheme) -> Result<Vec<(Mechanism<'static>, Made, Vec<u8>)>, Error> {
        let Some(digest) = digest_of(scheme) else {
            let parameters = match scheme {
                SignatureScheme::ED448 => EddsaSignatureScheme::Ed448(b""),
                _ => EddsaSignatureScheme::Pure,
            };
            // There is one way alone, and it has no digest.
            return Ok(vec![(
                Mechanism::Eddsa(EddsaParams::new(parameters)),
                Made::Outside,
                MESSAGE.to_vec(),
            )]);
        };
        let made = hash(digest.openssl, MESSAGE)
            .map_err(|cause| Error::new(format!("OpenSSL makes no digest: {cause}")))?
            .to_vec();
        let inside = |mechanism| (mechanism, Made::Inside, MESSAGE.to_vec());
        Ok(match scheme.0 & 0xff {
            _ if fit::is_pss(scheme) => {
                let parameters = PkcsPssParams {
                    hash_alg: digest.kind,
                    mgf: digest.mgf,
                    s_len: (made.len() as u64).into(),
                };
                let outside = (Mechanism::RsaPkcsPss(parameters), Made::Outside, made);
                vec![outside, inside((digest.pss)(parameters))]
            }
            1 => {
                let info = [digest.prefix, &made].concat();
                vec![(Mechanism::RsaPkcs, Made::Outside, info), inside(digest.pkcs1)]
            }
            _ => {
                // What is longer than the curve's order does not count (FIPS 186-5 section 6.4.1), and not every card shortens it.
                let most = self.key.bits.map_or(made.len(), |bits| bits.div_ceil(8) as usize);
                let shortened = made[..made.len().min(most)].to_vec();
                vec![(Mechanism::Ecdsa, Made::Outside, shortened), inside(digest.ecdsa)]
            }
        })
    }

    fn verifies(&self, scheme: SignatureScheme, signature: &[u8]) -> bool {
        let verified = self.verify(scheme, signature);
        drop(ErrorStack::get());
        verified.unwrap_or(false)
    }

    fn verify(&self, scheme: SignatureScheme, signature: &[u8]) -> Result<bool, ErrorStack> {
        let Some(digest) = digest_of(scheme) else {
            return Verifier::new_without_digest(&self.public)?.verify_oneshot(signature, MESSAGE);
        };
        let mut verifier = Verifier::new(digest.openssl, &self.public)?;
        if fit::is_pss(scheme) {
            verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
            verifier.set_rsa_mgf1_md(digest.openssl)?;
            verifier.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
        } else if scheme.0 & 0xff == 3 {
            // PKCS #11 has r and s behind one another, TLS has them in DER.
            let (r, s) = signature.split_at(signature.len() / 2);
            let both = EcdsaSig::from_private_components(BigNum::from_slice(r)?, BigNum::from_slice(s)?)?;
            return verifier.verify_oneshot(&both.to_der()?, MESSAGE);
        }
        verifier.verify_oneshot(signature, MESSAGE)
    }
}

/// A refusal for another reason: the card is gone, or nobody is logged in any more.
fn says_nothing_of_the_scheme(cause: &Refusal) -> bool {
    matches!(
        cause,
        Refusal::Pkcs11(
            RvError::DeviceRemoved
                | RvError::TokenNotPresent
                | RvError::SessionClosed
                | RvError::SessionHandleInvalid
                | RvError::UserNotLoggedIn
                | RvError::PinExpired
                | RvError::DeviceMemory
                | RvError::HostMemory
                | RvError::FunctionCanceled,
            _
        )
    )
}
