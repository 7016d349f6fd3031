//! The table: a number of OpenSSL's is a line, with the depth that it is said of, limbo's kind of certificate that has it, and words without
//! which the advice would be another's: what has to be done, and to whose certificate.
//!
//! What is true of a kind stands in limbo's table, beside what was done to the scene.
//!
//! Numbers that `openssl verify` cannot be made to say first:
//! - 1: an error inside the library.
//! - 4, 5, 45, 52, 55, 101: no version from 3.0 to 4.0 gives them.
//! - 6, 24, 29, 30, 31, 76, 77: such a certificate is not taken for the issuer, so the answer is 20.
//! - 17, 69, 70: no memory left, a wrong call, a store that fails.
//! - 21: only a callback that lets 20 pass comes to it.
//! - 27, 50: an application's to give.
//! - 33: a list is not looked at unless the certificate of its issuer is here.
//! - 65, 71, 95: DANE, Certificate Transparency and raw public keys, which the command does not know.
//! - 73 to 75, 96 to 100: OCSP, which the command does not know either.
//! - 90, 91: such an extension is an unknown critical one, 34; and with -ignore_critical none is looked at.
//! - 102, 103: of OpenSSL 4.0, and 104 of a later one.

/// One number.
pub(crate) struct Row {
    pub(crate) error: i32,
    pub(crate) depth: u32,
    pub(crate) kind: &'static str,
    pub(crate) advice: &'static str,
}

const fn row(error: i32, depth: u32, kind: &'static str, advice: &'static str) -> Row {
    Row { error, depth, kind, advice }
}

/// Kinds in order, which nobody minds.
pub(crate) const GOOD: [&str; 9] = [
    "in-order",
    "two-roots-trusted",
    "self-signed-ca-that-may-sign",
    "proxy",
    "policy",
    "addresses",
    "suite-b",
    "email-fits",
    "client-email-fits",
];

pub(crate) fn rows() -> Vec<Row> {
    vec![
        row(2, 1, "intermediate-trusted", "-partial_chain"),
        row(3, 0, "list-absent", "CRL of every CA"),
        row(3, 1, "list-of-the-root-absent", "CRL of every CA"),
        row(7, 0, "leaf-damaged", "install it anew"),
        row(7, 1, "ca-damaged", "install it anew"),
        row(8, 0, "list-forged", "install the CRL"),
        row(9, 0, "leaf-too-young", "issue the certificate anew"),
        row(9, 1, "ca-too-young", "issue the CA's certificate anew"),
        row(10, 0, "leaf-expired", "renew the"),
        row(10, 1, "ca-expired", "replace the expired CA certificate"),
        row(11, 0, "list-too-young", "lastUpdate lies in the future"),
        row(12, 0, "list-expired", "CRL anew"),
        row(13, 0, "leaf-begins-at-no-date", "issue the certificate anew"),
        row(13, 1, "ca-begins-at-no-date", "CA's certificate"),
        row(14, 0, "leaf-ends-at-no-date", "issue the certificate anew"),
        row(14, 1, "ca-ends-at-no-date", "CA's certificate"),
        row(15, 0, "list-begins-at-no-date", "issue the CRL anew"),
        row(16, 0, "list-ends-at-no-date", "issue the CRL anew"),
        row(18, 0, "self-signed", "trusts"),
        row(19, 2, "root-unknown-and-sent", "trusts"),
        row(20, 0, "intermediate-missing", "intermediate.pem"),
        row(20, 1, "root-unknown", "trusts"),
        row(22, 2, "too-deep", "depth limit"),
        row(23, 0, "leaf-revoked", "issue a new certificate"),
        row(23, 1, "ca-revoked", "issued by another CA"),
        row(25, 2, "path-length-exceeded", "pathlen:1"),
        row(26, 0, "leaf-of-other-side", "extendedKeyUsage"),
        row(26, 1, "ca-of-other-side", "issued by another CA"),
        row(28, 2, "root-refused-for-this-purpose", "-clrreject"),
        row(32, 0, "self-signed-ca-that-may-not-sign", "keyCertSign"),
        row(34, 0, "leaf-unknown-critical", "issue the certificate anew"),
        row(34, 1, "ca-unknown-critical", "issue the CA's certificate anew"),
        row(35, 0, "list-of-a-ca-that-may-not", "issue the CA's certificate anew with cRLSign"),
        row(36, 0, "list-unknown-critical", "without that critical extension"),
        row(37, 1, "proxy-of-a-ca", "no CA's"),
        row(38, 1, "proxy-of-a-proxy-that-may-have-none", "proxyCertInfo"),
        row(39, 1, "proxy-of-a-leaf-that-may-not-sign", "holder's own certificate"),
        row(40, 0, "proxy-not-allowed", "-allow_proxy_certs"),
        row(41, 0, "addresses-twice-the-same", "issue the certificate anew"),
        row(42, 0, "policy-twice-the-same", "issue the certificate anew"),
        row(42, 1, "ca-policy-twice-the-same", "CA's certificate"),
        row(43, 0, "no-explicit-policy", "certificatePolicies"),
        row(44, 0, "list-of-another-place", "issuingDistributionPoint"),
        row(46, 1, "addresses-of-others", "below that CA anew"),
        row(47, 0, "dns-permitted-other", "within the CA's name constraints"),
        row(47, 1, "upper-dirname-forbids-lower-ca", "within the CA's name constraints"),
        row(48, 0, "dns-excluded", "within the CA's name constraints"),
        row(49, 0, "constraint-with-minimum", "issue the CA's certificate anew"),
        row(51, 0, "constraint-of-registered-ids", "issue the CA's certificate anew"),
        row(53, 0, "email-without-host", "issue the certificate anew"),
        row(54, 0, "list-of-another-root's-ca", "whoever signed the CRL"),
        row(56, 0, "suite-b-version-1", "-suiteB_128"),
        row(57, 0, "suite-b-rsa", "-suiteB_128"),
        row(57, 1, "suite-b-ca-of-rsa", "whole chain"),
        row(58, 0, "suite-b-p521", "-suiteB_128"),
        row(59, 0, "suite-b-sha384-of-p256", "-suiteB_128"),
        row(60, 0, "suite-b-of-192-bits-p256", "-suiteB_192"),
        row(61, 0, "suite-b-p384-of-p256", "-suiteB_128"),
        row(62, 0, "name-other", "subjectAltName = DNS:"),
        row(63, 0, "email-other", "subjectAltName = email:"),
        row(63, 0, "client-email-other", "subjectAltName = email:"),
        row(64, 0, "name-address-as-text", "IP:127.0.0.1"),
        row(66, 0, "leaf-weak-key", "issue the certificate anew"),
        row(67, 1, "ca-weak-key", "issued by another CA"),
        row(68, 0, "leaf-sha1", "issue the certificate anew"),
        row(68, 1, "ca-sha1", "CA's certificate issued anew"),
        row(72, 0, "proxy-of-another-name", "one CN more"),
        row(78, 0, "strict-two-algorithms", "two different algorithms"),
        row(79, 1, "ca-false", "issue the certificate by a CA"),
        row(80, 0, "strict-leaf-with-path-length", "CA:FALSE"),
        row(81, 1, "strict-path-length-without-usage", "keyCertSign"),
        row(82, 0, "strict-leaf-may-sign-certificates", "keyUsage = critical, digitalSignature"),
        row(83, 0, "strict-ca-without-name", "nameless"),
        row(84, 0, "strict-leaf-without-any-name", "with a subject"),
        row(85, 0, "strict-leaf-without-authority-identifier", "authorityKeyIdentifier ="),
        row(86, 1, "strict-ca-without-subject-identifier", "subjectKeyIdentifier ="),
        row(87, 0, "strict-empty-alternative-name", "subjectAltName ="),
        row(88, 0, "strict-nameless-and-not-critical", "subjectAltName = critical"),
        row(89, 1, "strict-ca-constraints-not-critical", "basicConstraints = critical, CA:TRUE"),
        row(92, 1, "strict-ca-without-usage", "keyCertSign"),
        row(93, 0, "strict-extensions-in-version-1", "version 3"),
        row(94, 1, "ca-of-an-unnamed-curve", "named_curve"),
    ]
}
