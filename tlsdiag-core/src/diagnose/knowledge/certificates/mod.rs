//! What can be wrong with a certificate, whichever side owns it. The verifier and the owner see different halves of it.

mod advice;
mod crl;
mod issuer;
mod strict;
mod unusual;

use super::OfCertificate;
use crate::diagnose::CertificateFault;

pub(in crate::diagnose) use advice::{
    advise, issue_anew, own_subject, right_identifier, same_ca, try_issuer, which_is_revoked, whole_path,
};
pub(in crate::diagnose) use crl::mend_crl;
pub(in crate::diagnose) use issuer::advise_at;
pub(in crate::diagnose) use strict::issue_by_rule;
pub(in crate::diagnose) use unusual::{
    address_block, lift_trust_setting, mend_constraint, mend_proxy, require_no_policy, right_identity,
    suite_b,
};

/// What there is to know about a fault, whichever side's certificate has it.
pub(super) fn of(fault: CertificateFault) -> &'static OfCertificate {
    match fault {
        CertificateFault::Expired => &OfCertificate {
            about: "The owner's certificate has ended. Often the new one is on the disk already, and the program still has the old one \
                    in memory, or another host behind the same address was forgotten.",
            known_by: &[
                "the verifier: X509_V_ERR 10 at depth 0",
                "the owner: certificate_expired, and notAfter of its own certificate against the clock",
            ],
            look_alikes: &[
                (CertificateFault::IssuerExpired, "it is another member of the chain; the alert is the same"),
                (CertificateFault::CrlExpired, "OpenSSL sends certificate_expired for an outdated CRL too"),
                (CertificateFault::NotYetValid, "a clock that is wrong the other way"),
            ],
            standards: &["RFC 5280 sections 4.1.2.5 and 6.1.3", "RFC 8446 section 6.2"],
            openssl: &["X509_V_ERR_CERT_HAS_EXPIRED", "openssl-x509(1)"],
        },
        CertificateFault::NotYetValid => &OfCertificate {
            about: "The certificate begins in the future: it was made by a CA whose clock is ahead, or the verifier's clock is behind, \
                    as after a restart without a battery or of a virtual machine.",
            known_by: &[
                "the verifier: X509_V_ERR 9",
                "the owner: notBefore against its own clock, and bad_certificate or certificate_expired",
            ],
            look_alikes: &[
                (CertificateFault::Expired, "the date has passed"),
                (CertificateFault::CrlExpired, "the CRL's dates, not the certificate's"),
            ],
            standards: &["RFC 5280 sections 4.1.2.5 and 6.1.3"],
            openssl: &["X509_V_ERR_CERT_NOT_YET_VALID", "X509_verify_cert_error_string(3)"],
        },
        CertificateFault::IssuerExpired => &OfCertificate {
            about: "The leaf is good, and an intermediate or root above it has ended. With cross-signed roots the verifier may follow \
                    a path that has ended though another has not.",
            known_by: &[
                "the verifier: X509_V_ERR 10 at a depth above 0",
                "the owner: certificate_expired though its own certificate is valid",
            ],
            look_alikes: &[
                (CertificateFault::Expired, "it is the leaf"),
                (CertificateFault::CrlExpired, "nothing in the chain has ended"),
            ],
            standards: &["RFC 5280 sections 6.1.3 and 6.1.4"],
            openssl: &["X509_V_ERR_CERT_HAS_EXPIRED", "X509_verify_cert_error_string(3)"],
        },
        CertificateFault::SelfSigned => &OfCertificate {
            about: "The certificate signed itself, and the verifier does not trust it as such: a test certificate, or the default one of \
                    a device. OpenSSL says the same of a certificate that has the same name as its CA, though the CA signed it and is \
                    trusted.",
            known_by: &[
                "the verifier: X509_V_ERR 18",
                "the owner: unknown_ca, and a certificate whose issuer is itself",
            ],
            look_alikes: &[
                (
                    CertificateFault::UnknownIssuer,
                    "a self-signed certificate ends the chain above the leaf (X509_V_ERR 19)",
                ),
                (CertificateFault::IncompleteChain, "the issuer is another one, and not here"),
            ],
            standards: &["RFC 5280 sections 3.2 and 6.1", "RFC 8446 section 6.2"],
            openssl: &["X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT", "X509_verify_cert_error_string(3)"],
        },
        CertificateFault::UnknownIssuer => &OfCertificate {
            about: "The chain is whole and leads to a CA that the verifier does not trust: its store lacks that root, or holds an older \
                    one of the same name. At a well-known site it is often a company's proxy that signs anew.",
            known_by: &[
                "the verifier: X509_V_ERR 19 or 20, and no issuer to look for",
                "the owner: unknown_ca, and a chain that ends in a root, or in what a root signed",
            ],
            look_alikes: &[
                (
                    CertificateFault::IncompleteChain,
                    "an intermediate is missing; with it the chain would reach a trusted root",
                ),
                (CertificateFault::SelfSigned, "the leaf itself is self-signed"),
                (CertificateFault::CrlUnavailable, "OpenSSL sends unknown_ca for a missing CRL too"),
                (CertificateFault::VerifyDepth, "OpenSSL sends unknown_ca for a chain that is too long too"),
            ],
            standards: &["RFC 5280 section 6.1", "RFC 8446 section 6.2"],
            openssl: &[
                "X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN",
                "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
                "SSL_CTX_load_verify_locations(3)",
            ],
        },
        CertificateFault::IncompleteChain => &OfCertificate {
            about: "The owner sent its own certificate and not the intermediate that issued it. Browsers fetch or remember \
                    intermediates, so they are content where programs are not.",
            known_by: &[
                "the verifier: X509_V_ERR 20 or 21, and a chain that stops below a root",
                "the owner: unknown_ca, and a Certificate message without the issuer of its leaf",
            ],
            look_alikes: &[
                (CertificateFault::UnknownIssuer, "the chain is whole, and its root is not trusted"),
                (CertificateFault::BadSignature, "an issuer of that name is here, with another key"),
            ],
            standards: &["RFC 8446 section 4.4.2", "RFC 5246 section 7.4.2"],
            openssl: &[
                "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
                "X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE",
                "SSL_CTX_use_certificate_chain_file(3)",
            ],
        },
        CertificateFault::WrongPurpose => &OfCertificate {
            about: "extendedKeyUsage names other uses than this one: a server's certificate used by a client, or the reverse. Public CAs \
                    have stopped issuing certificates for clients.",
            known_by: &[
                "the verifier: X509_V_ERR 26",
                "the owner: unsupported_certificate, and its own extendedKeyUsage",
            ],
            look_alikes: &[(CertificateFault::BadKeyUsage, "it is keyUsage that forbids it")],
            standards: &["RFC 5280 section 4.2.1.12", "RFC 8446 section 4.4.2.4"],
            openssl: &["X509_V_ERR_INVALID_PURPOSE", "X509_check_purpose(3)", "x509v3_config(5)"],
        },
        CertificateFault::BadKeyUsage => &OfCertificate {
            about: "keyUsage does not allow what the key must do: a leaf signs the handshake (digitalSignature), with RSA key exchange it \
                    decrypts (keyEncipherment), a CA signs certificates (keyCertSign).",
            known_by: &[
                "the verifier: X509_V_ERR 26, 32 or 39",
                "the owner: its own keyUsage, and unsupported_certificate or bad_certificate",
            ],
            look_alikes: &[
                (CertificateFault::WrongPurpose, "it is extendedKeyUsage that forbids it"),
                (CertificateFault::IssuerNotCa, "the issuer says by basicConstraints that it is no CA"),
            ],
            standards: &["RFC 5280 section 4.2.1.3", "RFC 8446 section 4.4.2.2"],
            openssl: &[
                "X509_V_ERR_KEYUSAGE_NO_DIGITAL_SIGNATURE",
                "X509_V_ERR_KEYUSAGE_NO_CERTSIGN",
                "x509v3_config(5)",
            ],
        },
        CertificateFault::Revoked => &OfCertificate {
            about: "The CA has taken the certificate back: its serial number stands in the CRL that the verifier holds, or an OCSP \
                    response says so. That is for good.",
            known_by: &["the verifier: X509_V_ERR 23", "the owner: certificate_revoked"],
            look_alikes: &[
                (CertificateFault::CrlExpired, "the CRL itself is outdated"),
                (CertificateFault::CrlUnavailable, "there is no CRL to look into"),
            ],
            standards: &["RFC 5280 sections 3.3 and 6.3", "RFC 6960 section 2.2"],
            openssl: &["X509_V_ERR_CERT_REVOKED", "openssl-crl(1)"],
        },
        CertificateFault::CrlUnavailable => &OfCertificate {
            about: "The verifier is told to check revocation and has no CRL of this issuer. Where the whole chain is checked, as nginx \
                    does, every CA needs one, the root too.",
            known_by: &[
                "the verifier: X509_V_ERR 3",
                "the owner: unknown_ca, which does not tell; so it is one of several",
            ],
            look_alikes: &[
                (CertificateFault::UnknownIssuer, "the same alert; the CA is not trusted"),
                (CertificateFault::CrlExpired, "there is a CRL, and it is outdated"),
                (
                    CertificateFault::CrlUnusable,
                    "there is a CRL, and it is not for this certificate or not in order",
                ),
            ],
            standards: &["RFC 5280 section 6.3"],
            openssl: &["X509_V_ERR_UNABLE_TO_GET_CRL", "X509_VERIFY_PARAM_set_flags(3)"],
        },
        CertificateFault::CrlUnusable => &OfCertificate {
            about: "The verifier is told to check revocation and has a CRL of this issuer that says nothing it may go by: its time has not \
                    come, another key signed it, its issuer may not sign CRLs, its issuingDistributionPoint is about other certificates, or \
                    it has a critical extension that is unknown.",
            known_by: &[
                "the verifier: X509_V_ERR 5, 8, 11, 15, 16, 33, 35, 36, 44 or 54",
                "the owner: bad_certificate, decrypt_error or certificate_unknown, which do not tell; so it is one of several",
            ],
            look_alikes: &[
                (CertificateFault::CrlUnavailable, "there is no CRL of this issuer at all"),
                (CertificateFault::CrlExpired, "its time is over"),
                (
                    CertificateFault::NotYetValid,
                    "it is the certificate's time that has not come; the alert is the same",
                ),
            ],
            standards: &["RFC 5280 sections 5.1.2.4, 5.2.5 and 6.3.3"],
            openssl: &[
                "X509_V_ERR_CRL_NOT_YET_VALID",
                "X509_V_ERR_DIFFERENT_CRL_SCOPE",
                "X509_V_ERR_CRL_SIGNATURE_FAILURE",
                "X509_V_ERR_KEYUSAGE_NO_CRL_SIGN",
                "openssl-crl(1)",
            ],
        },
        CertificateFault::CrlExpired => &OfCertificate {
            about: "The verifier's CRL is past its nextUpdate, so it can no longer say who is revoked, and everybody is refused from one \
                    minute to the next. Somebody forgot to issue or fetch it.",
            known_by: &[
                "the verifier: X509_V_ERR 12",
                "the owner: certificate_expired, though nothing in its chain has ended",
            ],
            look_alikes: &[
                (CertificateFault::Expired, "the alert is the same; its own notAfter has passed"),
                (CertificateFault::CrlUnavailable, "there is no CRL at all"),
            ],
            standards: &["RFC 5280 sections 5.1.2.5 and 6.3.3"],
            openssl: &["X509_V_ERR_CRL_HAS_EXPIRED", "openssl-crl(1)"],
        },
        CertificateFault::WeakKey => &OfCertificate {
            about: "A key of the chain has fewer bits than the verifier's security level allows: RSA below 2048 at level 2, below 1024 at \
                    level 1.",
            known_by: &[
                "the verifier: X509_V_ERR 66 (the leaf's) or 67 (a CA's)",
                "the owner: the size of its own keys, and bad_certificate or handshake_failure",
            ],
            look_alikes: &[
                (CertificateFault::WeakSignature, "the key is large enough; it is the digest"),
                (CertificateFault::UnknownIssuer, "an alert that many verifiers send for all of these"),
            ],
            standards: &["RFC 9325 section 4.5"],
            openssl: &[
                "X509_V_ERR_EE_KEY_TOO_SMALL",
                "X509_V_ERR_CA_KEY_TOO_SMALL",
                "SSL_CTX_set_security_level(3)",
            ],
        },
        CertificateFault::WeakSignature => &OfCertificate {
            about: "A certificate below the root is signed with SHA-1 or MD5. OpenSSL's words \"ca md too weak\" mislead: it is mostly the \
                    leaf's own signature, made by the CA.",
            known_by: &[
                "the verifier: X509_V_ERR 68",
                "the owner: signatureAlgorithm of its own certificates, and bad_certificate or handshake_failure",
            ],
            look_alikes: &[
                (CertificateFault::WeakKey, "the digest is good; it is the key"),
                (CertificateFault::BadSignature, "the signature is wrong, not weak"),
            ],
            standards: &["RFC 5280 section 4.1.1.2", "RFC 8446 section 4.4.2.4"],
            openssl: &["X509_V_ERR_CA_MD_TOO_WEAK", "SSL_R_CA_MD_TOO_WEAK", "SSL_CTX_set_security_level(3)"],
        },
        CertificateFault::PathLength => &OfCertificate {
            about: "A CA of the chain says in basicConstraints how many CAs may follow below it, and more do: somebody gave a \
                    department a CA of its own under one that may not have any.",
            known_by: &["the verifier: X509_V_ERR 25", "the owner: pathLenConstraint of its own chain"],
            look_alikes: &[(CertificateFault::VerifyDepth, "it is the verifier's limit, not the CA's")],
            standards: &["RFC 5280 sections 4.2.1.9 and 6.1.4"],
            openssl: &["X509_V_ERR_PATH_LENGTH_EXCEEDED", "x509v3_config(5)"],
        },
        CertificateFault::VerifyDepth => &OfCertificate {
            about: "The chain is longer than the verifier was told to follow. nginx's limit is 1 unless set, which is too short for two \
                    intermediates.",
            known_by: &[
                "the verifier: X509_V_ERR 22",
                "the owner: unknown_ca, which does not tell; so it is one of several",
            ],
            look_alikes: &[
                (CertificateFault::UnknownIssuer, "the same alert; the CA is not trusted"),
                (CertificateFault::PathLength, "it is the CA's own limit"),
            ],
            standards: &["RFC 5280 section 6.1"],
            openssl: &["X509_V_ERR_CERT_CHAIN_TOO_LONG", "SSL_CTX_set_verify_depth(3)"],
        },
        CertificateFault::NameConstraints => &OfCertificate {
            about: "A CA of the chain may issue only for some names (or for all but some), and this certificate has another. With old \
                    OpenSSL the Common Name counts as a name too.",
            known_by: &[
                "the verifier: X509_V_ERR 47 or 48",
                "the owner: its names against nameConstraints of its own chain",
            ],
            look_alikes: &[(CertificateFault::UnknownIssuer, "vague alerts do not tell them apart")],
            standards: &["RFC 5280 sections 4.2.1.10 and 6.1.3"],
            openssl: &["X509_V_ERR_PERMITTED_VIOLATION", "X509_V_ERR_EXCLUDED_VIOLATION", "x509v3_config(5)"],
        },
        CertificateFault::UnhandledCriticalExtension => &OfCertificate {
            about: "The certificate has an extension that is marked critical and that the verifier does not know; then it must refuse.",
            known_by: &[
                "the verifier: X509_V_ERR 34",
                "the owner: a critical extension in its own certificate that is not one of RFC 5280's",
            ],
            look_alikes: &[(CertificateFault::Malformed, "the certificate cannot be read at all")],
            standards: &["RFC 5280 section 4.2"],
            openssl: &["X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION", "x509v3_config(5)"],
        },
        CertificateFault::StrictProfile => &OfCertificate {
            about: "A certificate breaks a rule of RFC 5280 that many verifiers overlook and a strict one does not: a CA without keyUsage or \
                    with basicConstraints that are not critical, a certificate without authorityKeyIdentifier. Python verifies \
                    strictly since 3.13, so CAs of one's own that had worked for years are refused. A CA in the verifier's own \
                    store is held to the same rules.",
            known_by: &[
                "the verifier: X509_V_ERR 78 to 94, 102 or 103",
                "the owner: certificate_unknown, and the rules held against its own chain; the root it may not have",
            ],
            look_alikes: &[
                (
                    CertificateFault::UnknownIssuer,
                    "Java and browsers say certificate_unknown of a CA that they do not trust",
                ),
                (CertificateFault::IssuerNotCa, "basicConstraints is absent or says CA:false"),
                (CertificateFault::BadKeyUsage, "keyUsage is there, and forbids this use"),
            ],
            standards: &["RFC 5280 section 4.2", "RFC 6818 section 2"],
            openssl: &[
                "X509_V_ERR_CA_CERT_MISSING_KEY_USAGE",
                "X509_V_ERR_CA_BCONS_NOT_CRITICAL",
                "X509_V_ERR_MISSING_AUTHORITY_KEY_IDENTIFIER",
                "X509_VERIFY_PARAM_set_flags(3)",
                "x509v3_config(5)",
            ],
        },
        CertificateFault::BadSignature => &OfCertificate {
            about: "A signature within the chain was not made by the key of the issuer that stands above it: the file was damaged, or two \
                    CA certificates have one name and different keys.",
            known_by: &[
                "the verifier: X509_V_ERR 7",
                "the owner: the same check on its own chain, and decrypt_error",
            ],
            look_alikes: &[
                (
                    CertificateFault::ProofFailed,
                    "it is the handshake's signature that is wrong, not the chain's",
                ),
                (CertificateFault::IncompleteChain, "the true issuer is missing"),
            ],
            standards: &["RFC 5280 section 6.1.3"],
            openssl: &["X509_V_ERR_CERT_SIGNATURE_FAILURE", "openssl-verify(1)"],
        },
        CertificateFault::IssuerNotCa => &OfCertificate {
            about: "A certificate above the leaf is no CA's: basicConstraints is absent or says CA:false. Somebody signed with a leaf, or \
                    made a CA without the extension.",
            known_by: &[
                "the verifier: X509_V_ERR 79 (24 before OpenSSL 3.0)",
                "the owner: basicConstraints of its own chain, and unknown_ca",
            ],
            look_alikes: &[
                (CertificateFault::BadKeyUsage, "it is a CA, without keyCertSign"),
                (CertificateFault::UnknownIssuer, "the same alert; the CA is not trusted"),
            ],
            standards: &["RFC 5280 sections 4.2.1.9 and 6.1.4"],
            openssl: &["X509_V_ERR_INVALID_CA", "X509_check_ca(3)"],
        },
        CertificateFault::ChainTooLarge => &OfCertificate {
            about: "The Certificate message is longer than the verifier reads (100 kB in OpenSSL unless set): somebody sends a whole CA \
                    bundle along instead of the intermediates.",
            known_by: &[
                "the verifier: its reason, and the length in the message's header",
                "the owner: illegal_parameter in answer to a Certificate of that size",
            ],
            look_alikes: &[(CertificateFault::Malformed, "the message is read, and cannot be parsed")],
            standards: &["RFC 8446 section 4.4.2"],
            openssl: &["SSL_R_EXCESSIVE_MESSAGE_SIZE", "SSL_CTX_set_max_cert_list(3)"],
        },
        CertificateFault::ProofFailed => &OfCertificate {
            about: "The signature that proves possession of the key (CertificateVerify, or ServerKeyExchange up to TLS 1.2) does not match \
                    the certificate: another key signed, or a signer computed it wrongly.",
            known_by: &[
                "the verifier: its reason after that message",
                "the owner: decrypt_error right after its own signature",
            ],
            look_alikes: &[
                (CertificateFault::BadSignature, "it is a signature within the chain"),
                (CertificateFault::Malformed, "the certificate or its key cannot be read"),
            ],
            standards: &["RFC 8446 section 4.4.3", "RFC 5246 sections 7.4.3 and 7.4.8"],
            openssl: &["SSL_R_BAD_SIGNATURE", "SSL_CTX_check_private_key(3)"],
        },
        CertificateFault::Malformed => &OfCertificate {
            about: "What stands in the Certificate message is no certificate: not DER, an old or home-made tool's version of it, or a key \
                    that does not exist on its curve.",
            known_by: &[
                "the verifier: an ASN.1 error in its queue",
                "the owner: bad_certificate or decode_error, and a certificate that does not parse here either",
            ],
            look_alikes: &[
                (
                    CertificateFault::UnhandledCriticalExtension,
                    "it can be read, and is refused for an extension",
                ),
                (CertificateFault::ChainTooLarge, "the message is too long to be read"),
            ],
            standards: &["RFC 5280 section 4.1", "RFC 8446 section 6.2"],
            openssl: &["d2i_X509(3)", "openssl-asn1parse(1)"],
        },
    }
}
