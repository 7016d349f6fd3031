//! A verifier that insists on Suite B (RFC 6460).

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::x509::verify::X509VerifyFlags;

use super::{Case, case};
use crate::paper::Key;
use crate::scene::Scene;

fn insists(scene: &mut Scene) {
    scene.flags |= X509VerifyFlags::SUITEB_128_LOS;
}

pub(super) fn suite_b() -> Vec<Case> {
    vec![
        case("suite-b", "ok", &[0], insists),
        case("suite-b-version-1", "rejected", &[56], |s| {
            insists(s);
            s.leaf().version = 1;
            s.leaf().extensions.clear();
        }),
        case("suite-b-rsa", "rejected", &[57], |s| {
            insists(s);
            s.leaf().key = Key::Rsa(2048);
        }),
        case("suite-b-p521", "rejected", &[58], |s| {
            insists(s);
            s.leaf().key = Key::Curve(Nid::SECP521R1);
        }),
        case("suite-b-sha384-of-p256", "rejected", &[59], |s| {
            insists(s);
            s.leaf().digest = MessageDigest::sha384;
        }),
        case("suite-b-ca-of-rsa", "rejected", &[57], |s| {
            insists(s);
            s.issuing().key = Key::Rsa(2048);
        }),
        case("suite-b-of-192-bits-p256", "rejected", &[60], |s| s.flags |= X509VerifyFlags::SUITEB_192_LOS),
        case("suite-b-p384-of-p256", "rejected", &[61], |s| {
            insists(s);
            s.leaf().key = Key::Curve(Nid::SECP384R1);
        }),
    ]
}
