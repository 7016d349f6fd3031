//! What to do about what few verifiers ask for, and few certificates have.

use crate::diagnose::library::verify;
use crate::diagnose::{Finding, Stack};

/// The verifier takes what Suite B has, and nothing else.
pub(in crate::diagnose) fn suite_b(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "issue the whole chain with P-256 and ecdsa-with-SHA256, or with P-384 and ecdsa-with-SHA384, all of version 3",
        )
        .advise(Stack::Openssl, "openssl verify -suiteB_128 -CAfile ca.pem -untrusted chain.pem certificate.pem")
        .note("says whether the new one is in order; -suiteB_192 takes P-384 alone, -suiteB_128_only P-256 alone")
        .advise(Stack::OpensslCnf, "CipherString = DEFAULT")
        .note("at the verifier, where it says SUITEB128, SUITEB128ONLY or SUITEB192: then it takes other keys as well")
}

/// The verifier, or a CA, requires a policy.
pub(in crate::diagnose) fn require_no_policy(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "issue each certificate below the root with the policy that the verifier asks for, or let the verifier require none",
        )
        .advise(Stack::OpensslCnf, "certificatePolicies = 1.2.3.4")
        .note("with the policy's own number, in the leaf's extensions and in each intermediate CA's")
        .advise(Stack::Openssl, "openssl verify -explicit_policy -policy 1.2.3.4 -CAfile ca.pem -untrusted chain.pem certificate.pem")
        .note("says whether the chain has it")
}

/// A certificate has addresses that its issuer has not.
pub(in crate::diagnose) fn address_block(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "issue the certificate below that CA anew with addresses and AS numbers that the CA has, or without any",
        )
        .advise(Stack::OpensslCnf, "sbgp-ipAddrBlock = critical, IPv4:inherit, IPv6:inherit")
        .note("takes over what the issuer has")
}

/// For OpenSSL's word on a proxy certificate.
pub(in crate::diagnose) fn mend_proxy(finding: Finding, error: i32) -> Finding {
    match error {
        verify::INVALID_NON_CA => finding.advise(
            Stack::Any,
            "issue the proxy certificate with a certificate that is no CA's, with basicConstraints CA:FALSE or none",
        ),
        verify::PROXY_PATH_LENGTH_EXCEEDED => finding
            .advise(Stack::Any, "issue the proxy certificate with the holder's own certificate, or allow one more below the upper proxy:")
            .advise(Stack::OpensslCnf, "proxyCertInfo = critical, language:id-ppl-inheritAll, pathlen:1"),
        verify::KEYUSAGE_NO_DIGITAL_SIGNATURE => finding
            .advise(Stack::Any, "have the holder's own certificate issued anew with digitalSignature, and issue the proxy certificate with that one:")
            .advise(Stack::OpensslCnf, "keyUsage = critical, digitalSignature")
            .note("in the certificate of the proxy's issuer"),
        verify::PROXY_CERTIFICATES_NOT_ALLOWED => finding
            .advise(Stack::Any, "show the holder's own certificate in the place of the proxy certificate, or let the verifier allow those:")
            .advise(Stack::Openssl, "-allow_proxy_certs")
            .note("X509_V_FLAG_ALLOW_PROXY_CERTS in a program, or OPENSSL_ALLOW_PROXY_CERTS=1 before OpenSSL 1.1.0"),
        _ => finding.advise(
            Stack::Any,
            "issue the proxy certificate anew: its subject is the issuer's subject with one CN more (RFC 3820, section 3.4)",
        ),
    }
}

/// For name constraints, or a name under them, that the library cannot compare.
pub(in crate::diagnose) fn mend_constraint(finding: Finding, error: i32) -> Finding {
    match error {
        verify::UNSUPPORTED_NAME_SYNTAX => finding
            .advise(
                Stack::Any,
                "issue the certificate anew with whole names: an e-mail address and a URI with their hosts (RFC 5280, section 4.2.1.6)",
            )
            .advise(Stack::OpensslCnf, "subjectAltName = DNS:name.example, email:user@name.example"),
        _ => finding
            .advise(
                Stack::Any,
                "issue the CA's certificate anew with constraints of DNS, IP, email, URI and dirName alone, without minimum and maximum",
            )
            .advise(Stack::OpensslCnf, "nameConstraints = critical, permitted;DNS:name.example")
            .note("in the CA's certificate; or issue the leaf without names of the kind that cannot be compared"),
    }
}

/// A trust setting beside a CA's certificate.
pub(in crate::diagnose) fn lift_trust_setting(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "take the trust setting off the certificate in the verifier's store if the CA is to be trusted for this, or have another CA issue",
        )
        .advise(Stack::Openssl, "openssl x509 -in ca.pem -noout -text")
        .note("shows Trusted Uses and Rejected Uses at the end")
        .advise(Stack::Openssl, "openssl x509 -in ca.pem -clrtrust -clrreject -out ca-without-settings.pem")
        .note("only for a CA that you trust: somebody took it out for this use")
}

/// The name, or the address, that a verifier was told to look for in a certificate.
pub(in crate::diagnose) fn right_identity(finding: Finding, error: i32) -> Finding {
    let (line, option) = match error {
        verify::EMAIL_MISMATCH => ("subjectAltName = email:user@name.example", "-verify_email"),
        verify::IP_ADDRESS_MISMATCH => ("subjectAltName = IP:192.0.2.1", "-verify_ip"),
        _ => ("subjectAltName = DNS:name.example", "-verify_hostname"),
    };
    finding
        .advise(
            Stack::Any,
            "use a certificate that has in subjectAltName what the verifier asks for, or let the verifier ask for what this one has",
        )
        .advise(Stack::OpensslCnf, line)
        .note("in the extensions section that signs the certificate")
        .advise(Stack::Openssl, option)
        .note("the option of openssl's programs that asks for it")
}
