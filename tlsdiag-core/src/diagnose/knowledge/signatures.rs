//! Signature schemes: what a key can sign with, and what the other side takes.

use super::Knowledge;
use super::programs::{Setting, set};
use crate::diagnose::{Cause, CertificateFault, Finding, Stack};
use crate::event::Role;
use crate::wire::x509::KeyKind;

/// What every RSA card can do, and what comes of EC keys: all but RSA-PSS.
const WITHOUT_PSS: &str = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512";

/// What clients usually offer.
const USUAL: &str = "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA+SHA256";

pub(super) const NO_OVERLAP: Knowledge = Knowledge {
    about: "The server must sign the handshake with its certificate's key, in a scheme that the client lists in \
            signature_algorithms. It has no key that can: an EC certificate for a client that takes RSA alone, an RSA certificate \
            for one that has no RSA-PSS in TLS 1.3, or a curve that TLS 1.3 ties to another digest.",
    known_by: &[
        "the server: its keys against the ClientHello's signature_algorithms",
        "the client: handshake_failure in answer to a short list",
    ],
    look_alikes: &[
        (Cause::CipherNoOverlap, "\"no shared cipher\" of TLS 1.2 though suites meet"),
        (Cause::CipherNoMatchingCertificate, "the suites themselves name another kind of key"),
        (Cause::ConfigSecurityLevel, "a scheme does fit, and the server's own level leaves it out"),
    ],
    advice: |finding| accept_scheme(finding, &[]),
    standards: &["RFC 8446 sections 4.2.3 and 4.4.2.2", "RFC 5246 section 7.4.1.4.1"],
    openssl: &[
        "SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM",
        "SSL_R_NO_SHARED_CIPHER",
        "SSL_CTX_set1_sigalgs_list(3)",
    ],
};

pub(super) const CLIENT_KEY_INCOMPATIBLE: Knowledge = Knowledge {
    about: "The client has a certificate, but its key can sign with nothing that the server's CertificateRequest lists, or with nothing of \
            that which its own settings allow. So it sends an empty Certificate, byte for byte as if it had none, and both logs speak of a \
            missing certificate.",
    known_by: &[
        "the client: its own key against CertificateRequest; where that fits, it is its own ClientSignatureAlgorithms",
        "the server: only as one of three, since an empty Certificate does not say why it is empty",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "the client has no certificate configured: its own record tells"),
        (Cause::ClientCertNotInCaList, "the schemes fit, and the issuer is not among the names"),
        (Cause::SigalgSignerRefused, "the certificate was sent; it is the signature that did not come"),
    ],
    advice: |finding| accept_key(finding, &[]),
    standards: &["RFC 8446 sections 4.3.2 and 4.4.2.3", "RFC 5246 sections 7.4.4 and 7.4.6"],
    openssl: &["SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE", "SSL_CTX_set1_client_sigalgs_list(3)"],
};

pub(super) const SIGNER_REFUSED: Knowledge = Knowledge {
    about: "A scheme was agreed on, and the client's signer (smart card, HSM, token, its driver) would not sign with it. Many cards \
            do RSA with PKCS#1 v1.5 padding only; OpenSSL asks for RSA-PSS first since 1.1.1, and TLS 1.3 for nothing else. \
            Server logs show an end of the connection, or internal_error.",
    known_by: &[
        "the client: the signer's own error in the queue, after CertificateRequest and before CertificateVerify",
        "the server: CertificateRequest lists rsa_pss_rsae_* first, and then comes internal_error, the end or silence where \
         CertificateVerify is due; certain once a second connection without RSA-PSS succeeds",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "the client sends an empty Certificate instead"),
        (
            Cause::TransportClosedMidHandshake,
            "a browser that asks its user for a certificate ends the connection too, and comes back with one",
        ),
        (Cause::TransportTimeout, "a PIN dialog that nobody has answered yet"),
    ],
    advice: |finding| finding.with(card_in_tls12).with(card_in_tls13),
    standards: &["RFC 8446 sections 4.2.3 and 4.4.3", "RFC 8017 section 8.1", "RFC 5246 section 7.4.8"],
    openssl: &["SSL_CTX_set1_client_sigalgs_list(3)", "SSL_CONF_cmd(3)", "openssl-s_server(1)"],
};

pub(super) const PEER_USED_UNOFFERED: Knowledge = Knowledge {
    about: "The peer signed with a scheme that was not on the list it had been given: mostly SHA-1 from an old TLS 1.2 stack, which \
            security levels from 1 on no longer offer in OpenSSL 3.",
    known_by: &[
        "the verifier: the scheme of CertificateVerify or ServerKeyExchange is not in its own list",
        "the signer: its own choice against the other's list, and an alert right after it",
    ],
    look_alikes: &[
        (
            Cause::ServerCert(CertificateFault::WeakSignature),
            "it is a signature within the chain that is too weak",
        ),
        (
            Cause::ServerCert(CertificateFault::ProofFailed),
            "the scheme was offered, and the signature is wrong",
        ),
    ],
    advice: offered_scheme,
    standards: &["RFC 8446 sections 4.2.3 and 4.4.3", "RFC 5246 section 7.4.3", "RFC 9155"],
    openssl: &["SSL_R_WRONG_SIGNATURE_TYPE", "SSL_CTX_set1_sigalgs_list(3)", "SSL_CTX_set_security_level(3)"],
};

/// For a scheme that was not offered.
pub(in crate::diagnose) fn offered_scheme(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "update the signer's TLS library, or speak TLS 1.3 with it, where SHA-1 does not exist")
        .advise(Stack::OpensslCnf, "SignatureAlgorithms = ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:RSA+SHA1\nCipherString = DEFAULT@SECLEVEL=1")
        .note("at the verifier; SHA-1 signatures can be forged: only until the signer is mended")
        .advise(Stack::Openssl, "openssl s_client … -sigalgs ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:RSA+SHA1 -cipher DEFAULT@SECLEVEL=1")
        .note("only to see whether it is this")
}

/// What the usual schemes lack for a key of this kind, to stand behind them in a list of OpenSSL's.
fn besides(keys: &[KeyKind]) -> String {
    let of = |key: &KeyKind| match key {
        KeyKind::RsaPss => Some(":rsa_pss_pss_sha256"),
        KeyKind::Ed25519 => Some(":ed25519"),
        KeyKind::Ed448 => Some(":ed448"),
        KeyKind::Ec { curve } if curve == "secp521r1" => Some(":ECDSA+SHA512"),
        _ => None,
    };
    keys.iter().filter_map(of).collect()
}

/// For a client's key that fits no scheme.
pub(in crate::diagnose) fn accept_key(finding: Finding, keys: &[KeyKind]) -> Finding {
    let list = format!("RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA256{}", besides(keys));
    finding
        .advise(
            Stack::Any,
            "let the server accept a scheme of this key as well (for RSA: rsa_pss_rsae_* in TLS 1.3):",
        )
        .with(set(Role::Server, Setting::ClientSchemes, list))
        .advise(
            Stack::Any,
            "or give the client a key of a kind that the server does accept, such as ECDSA P-256",
        )
}

/// For a server's key that fits no scheme.
pub(in crate::diagnose) fn accept_scheme(finding: Finding, keys: &[KeyKind]) -> Finding {
    let list = format!("{USUAL}{}", besides(keys));
    finding
        .advise(Stack::Any, "let the client accept the usual schemes, or give the server a second certificate with a key of the other kind:")
        .with(set(Role::Client, Setting::Schemes, list))
        .with(set(Role::Server, Setting::SecondCertificate, "ec"))
}

/// For a server's key that TLS 1.3 has no scheme for.
pub(in crate::diagnose) fn another_key(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "give the server a second certificate with a P-256 or RSA key, for TLS 1.3; in TLS 1.2 the one that it has may do:")
        .advise(Stack::Openssl, "openssl s_server … -dcert ec.pem -dkey ec.key")
        .advise(Stack::Nginx, "ssl_certificate /path/ec.pem; ssl_certificate_key /path/ec.key;")
        .note("a second pair of lines, beside the first")
        .advise(Stack::Apache, "SSLCertificateFile /path/ec.pem\nSSLCertificateKeyFile /path/ec.key")
        .note("a second pair of lines, beside the first")
        .advise(Stack::Any, "for brainpool curves OpenSSL has schemes of TLS 1.3 from 3.2 on (RFC 8734), where both sides name them")
}

/// The server's own setting leaves too little.
pub(in crate::diagnose) fn schemes_of_the_server(finding: Finding, keys: &[KeyKind]) -> Finding {
    finding
        .advise(
            Stack::Any,
            "take the SignatureAlgorithms setting of the server away, or allow the usual schemes in it:",
        )
        .with(set(Role::Server, Setting::Schemes, format!("{USUAL}{}", besides(keys))))
}

/// The client's own setting leaves out what its own key needs.
pub(in crate::diagnose) fn schemes_of_the_client(finding: Finding, keys: &[KeyKind]) -> Finding {
    let list = format!("{USUAL}{}", besides(keys));
    finding
        .advise(
            Stack::Any,
            "take the ClientSignatureAlgorithms or SignatureAlgorithms setting of the client away, or allow the schemes of its key in it:",
        )
        .advise(Stack::Openssl, format!("openssl s_client … -client_sigalgs {list}"))
        .for_side(Role::Client)
        .advise(Stack::OpensslCnf, format!("ClientSignatureAlgorithms = {list}"))
        .for_side(Role::Client)
        .note("in the client's openssl.cnf, in the section that ssl_conf and system_default lead to")
}

/// For a card without RSA-PSS, in TLS 1.3.
pub(in crate::diagnose) fn card_in_tls13(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "put an ECDSA key on the card, or use middleware that can do RSA-PSS: TLS 1.3 allows RSA no other padding")
        .advise(Stack::Any, "until then, keep these clients at TLS 1.2 and leave RSA-PSS out there:")
        .advise(Stack::Openssl, format!("openssl s_server … -tls1_2 -client_sigalgs {WITHOUT_PSS}"))
        .for_side(Role::Server)
        .advise(Stack::Nginx, format!("ssl_protocols TLSv1.2; ssl_conf_command ClientSignatureAlgorithms {WITHOUT_PSS};"))
        .for_side(Role::Server)
        .advise(Stack::Apache, format!("SSLProtocol TLSv1.2\nSSLOpenSSLConfCmd ClientSignatureAlgorithms {WITHOUT_PSS}"))
        .for_side(Role::Server)
        .advise(Stack::OpensslCnf, format!("MaxProtocol = TLSv1.2\nClientSignatureAlgorithms = {WITHOUT_PSS}"))
        .for_side(Role::Server)
        .advise(Stack::Nss, "security.tls.version.max = 3")
        .for_side(Role::Client)
        .note("about:config in Firefox: caps this client at TLS 1.2")
}

/// For a card without RSA-PSS, in TLS 1.2.
pub(in crate::diagnose) fn card_in_tls12(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "leave RSA-PSS out of what the server asks clients for:")
        .with(set(Role::Server, Setting::ClientSchemes, WITHOUT_PSS))
        .note(
        "the Client form, not SignatureAlgorithms: that one also limits the server's own signatures and ends TLS 1.3 for \
        everyone if the server's certificate is RSA",
        )
        .advise(Stack::Any, "better in the long run: an ECDSA key on the card, or middleware that can do RSA-PSS")
}

/// For a card that refuses what no list of a server's can leave out.
pub(in crate::diagnose) fn another_card(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "look into the card's own tools whether this key may sign, and for what; a new key (ECDSA P-256) or other middleware may do",
    )
}
