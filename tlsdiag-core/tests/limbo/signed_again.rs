//! What no tool would write: a certificate or a revocation list is changed in its signed part, and signed once more.

use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// What is changed.
#[derive(Clone, Copy)]
pub(crate) enum Edit {
    /// notBefore or lastUpdate ends in a letter that no date has.
    FirstDate,
    /// Likewise notAfter or nextUpdate.
    SecondDate,
    /// The signed part says SHA-384, and the signature is made with SHA-256.
    Algorithm,
}

impl Edit {
    fn apply(self, part: &mut [u8]) {
        /// A UTCTime with seconds.
        const DATE: [u8; 2] = [0x17, 13];
        const ECDSA_WITH_SHA256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
        let places = |what: &[u8], part: &[u8]| -> Vec<usize> {
            (0..part.len()).filter(|at| part[*at..].starts_with(what)).collect()
        };
        match self {
            Edit::FirstDate => part[places(&DATE, part)[0] + 14] = b'X',
            Edit::SecondDate => part[places(&DATE, part)[1] + 14] = b'X',
            Edit::Algorithm => part[places(&ECDSA_WITH_SHA256, part)[0] + 7] = 3,
        }
    }
}

/// SEQUENCE { signed part, algorithm, BIT STRING } anew.
pub(crate) fn signed_again(der: &[u8], edit: Edit, key: &PKey<Private>, digest: MessageDigest) -> Vec<u8> {
    let (whole, _) = split(der);
    let body = &der[der.len() - whole..];
    let (length, header) = split(body);
    let mut part = body[..header + length].to_vec();
    let (length, header) = split(&body[part.len()..]);
    let algorithm = &body[part.len()..part.len() + header + length];
    edit.apply(&mut part);
    let mut signer = Signer::new(digest, key).expect("a signer");
    let signature = signer.sign_oneshot_to_vec(&part).expect("a signature");
    let signature = wrap(BIT_STRING, &[&[0], &*signature].concat());
    wrap(SEQUENCE, &[&*part, algorithm, &signature].concat())
}

/// The length of what stands in the first value, and that of its header.
fn split(der: &[u8]) -> (usize, usize) {
    match der[1] {
        short @ 0..128 => (usize::from(short), 2),
        long => {
            let bytes = usize::from(long & 0x7f);
            let length = der[2..2 + bytes].iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            (length, 2 + bytes)
        }
    }
}

fn wrap(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a short value").to_be_bytes();
    match body.len() {
        0..128 => [&[tag, length[1]], body].concat(),
        _ => [&[tag, 0x82, length[0], length[1]], body].concat(),
    }
}
