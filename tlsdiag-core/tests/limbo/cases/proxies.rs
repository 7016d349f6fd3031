//! Proxy certificates (RFC 3820), which a leaf's holder issues with it.

use openssl::x509::verify::X509VerifyFlags;

use super::{Case, case};
use crate::scene::Scene;

const INHERITS: &str = "critical,language:id-ppl-inheritAll";

pub(super) fn proxies() -> Vec<Case> {
    vec![
        case("proxy", "ok", &[0], |s| s.proxied(INHERITS)),
        case("proxy-not-allowed", "rejected", &[40], |s| {
            s.proxied(INHERITS);
            s.flags.remove(X509VerifyFlags::ALLOW_PROXY_CERTS);
        }),
        case("proxy-of-a-ca", "rejected", &[37], |s| {
            s.proxied(INHERITS);
            s.papers[2].set("basicConstraints", "critical,CA:TRUE");
            s.papers[2].set("keyUsage", "critical,digitalSignature,keyCertSign");
        }),
        case("proxy-of-a-proxy-that-may-have-none", "rejected", &[38], |s| {
            s.proxied("critical,language:id-ppl-inheritAll,pathlen:0");
            s.proxied(INHERITS);
            s.leaf().subject = "CN=localhost,O=Limbo,CN=proxy,CN=another";
        }),
        case("proxy-of-a-leaf-that-may-not-sign", "bad_key_usage", &[39], |s| {
            s.proxied(INHERITS);
            s.papers[2].set("keyUsage", "critical,keyAgreement");
        }),
        case("proxy-of-another-name", "rejected", &[72], |s: &mut Scene| {
            s.proxied(INHERITS);
            s.leaf().subject = "CN=localhost,O=Elsewhere,CN=proxy";
        }),
    ]
}
