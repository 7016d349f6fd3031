//! Certificate policies, and blocks of addresses (RFC 3779).

use openssl::x509::verify::X509VerifyFlags;

use super::{Case, case};
use crate::scene::Scene;

const POLICIES: &str = "certificatePolicies";
const ADDRESSES: &str = "sbgp-ipAddrBlock";

pub(super) fn policies() -> Vec<Case> {
    fn checks(scene: &mut Scene) {
        scene.flags |= X509VerifyFlags::POLICY_CHECK;
    }
    vec![
        case("policy", "ok", &[0], |s| {
            checks(s);
            s.leaf().set(POLICIES, "1.3.6.1.4.1.55555.1");
        }),
        case("policy-twice-the-same", "malformed", &[42], |s| {
            checks(s);
            s.leaf().set(POLICIES, "1.3.6.1.4.1.55555.1,1.3.6.1.4.1.55555.1");
        }),
        case("ca-policy-twice-the-same", "malformed", &[42], |s| {
            checks(s);
            s.issuing().set(POLICIES, "1.3.6.1.4.1.55555.1,1.3.6.1.4.1.55555.1");
        }),
    ]
}

pub(super) fn addresses() -> Vec<Case> {
    fn blocks(scene: &mut Scene, issuing: &str, leaf: &str) {
        scene.root().set(ADDRESSES, "critical,IPv4:0.0.0.0/0");
        scene.issuing().set(ADDRESSES, issuing);
        scene.leaf().set(ADDRESSES, leaf);
    }
    vec![
        case("addresses", "ok", &[0], |s| {
            blocks(s, "critical,IPv4:10.0.0.0/8", "critical,IPv4:10.1.0.0/16");
        }),
        case("addresses-of-others", "rejected", &[46], |s| {
            blocks(s, "critical,IPv4:10.0.0.0/8", "critical,IPv4:192.0.2.0/24");
        }),
        case("addresses-twice-the-same", "malformed", &[41], |s| {
            blocks(
                s,
                "critical,IPv4:10.0.0.0/8",
                "critical,DER:30:10:30:0e:04:02:00:01:30:08:03:02:00:0a:03:02:00:0a",
            );
        }),
    ]
}
