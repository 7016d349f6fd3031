//! What to do about each fault of a certificate, stack by stack; where a line weakens security it says so and comes last.
//!
//! Needs: nothing but the fault and its owner.

use super::{crl, strict};
use crate::diagnose::knowledge::programs::{Setting, set};
use crate::diagnose::{CertificateFault, Finding, Stack};
use crate::event::Role;

/// Adds what to do about a fault of the owner's certificate, as far as it is the same whoever found it.
pub(in crate::diagnose) fn advise(finding: Finding, owner: Role, fault: CertificateFault) -> Finding {
    let finding = advise_owner(finding, owner, fault);
    match (fault, owner) {
        (
            CertificateFault::Expired
            | CertificateFault::NotYetValid
            | CertificateFault::IssuerExpired
            | CertificateFault::WrongPurpose
            | CertificateFault::BadKeyUsage
            | CertificateFault::WeakKey
            | CertificateFault::WeakSignature
            | CertificateFault::Revoked,
            Role::Server,
        ) => reload(finding, "the old certificate"),
        (CertificateFault::CrlExpired, Role::Client) => reload(finding, "the old CRL"),
        _ => finding,
    }
}

fn advise_owner(finding: Finding, owner: Role, fault: CertificateFault) -> Finding {
    match (fault, owner) {
        (CertificateFault::Expired, Role::Client) => finding
            .advise(Stack::Any, "renew the client's certificate and install it where the old one is")
            .advise(Stack::Openssl, "openssl x509 -in client.pem -noout -subject -enddate")
            .note("shows when a certificate file ends"),
        (CertificateFault::Expired, Role::Server) => finding
            .advise(Stack::Any, "renew the server's certificate, and put it where the old one is")
            .advise(Stack::Openssl, "openssl x509 -in server.pem -noout -subject -enddate")
            .note("shows when a certificate file ends"),
        (CertificateFault::IssuerExpired, _) => finding
            .advise(Stack::Any, "replace the expired CA certificate in the chain file, and in the verifier's store if it is there"),
        (CertificateFault::NotYetValid, _) => finding
            .advise(Stack::Any, "compare the clocks of both sides with NTP; issue the certificate anew if they agree"),
        (CertificateFault::WrongPurpose, Role::Client) => finding
            .advise(Stack::Any, "issue the client's certificate with extendedKeyUsage = clientAuth")
            .note("public CAs no longer issue clientAuth: use a private CA for client certificates")
            .advise(Stack::OpensslCnf, "extendedKeyUsage = clientAuth")
            .note("in the extensions section that signs the client's certificate"),
        (CertificateFault::WrongPurpose, Role::Server) => finding
            .advise(Stack::Any, "issue the server's certificate with extendedKeyUsage = serverAuth")
            .advise(Stack::OpensslCnf, "extendedKeyUsage = serverAuth")
            .note("in the extensions section that signs the server's certificate"),
        (CertificateFault::UnknownIssuer | CertificateFault::SelfSigned, Role::Client) => finding
            .advise(Stack::Any, "have the client use a certificate of a CA that the server trusts, or add the issuing CA to the server:")
            .with(set(Role::Server, Setting::Trust, "")),
        (CertificateFault::UnknownIssuer | CertificateFault::SelfSigned, Role::Server) => finding
            .advise(Stack::Any, "add the server's CA certificate to what the client trusts:")
            .with(set(Role::Client, Setting::Trust, "")),
        (CertificateFault::IncompleteChain, Role::Server) => finding
            .advise(Stack::Any, "let the server send leaf and intermediates, leaf first: cat server.pem intermediate.pem > fullchain.pem")
            .with(set(Role::Server, Setting::Certificate, "")),
        (CertificateFault::IncompleteChain, Role::Client) => finding
            .advise(Stack::Any, "let the client send its intermediates too: cat client.pem intermediate.pem > client-chain.pem")
            .with(set(Role::Client, Setting::Certificate, "")),
        (CertificateFault::VerifyDepth, Role::Client) => finding
            .advise(Stack::Any, "raise the server's depth limit to the number of intermediates:")
            .with(set(Role::Server, Setting::Depth, "3")),
        (CertificateFault::Revoked, _) => {
            finding
                .advise(Stack::Any, "issue a new certificate for a new key: a revocation cannot be taken back")
                .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -text")
                .note("lists the serial numbers that are revoked, with dates and reasons")
        }
        (CertificateFault::CrlExpired, _) => {
            finding
                .advise(Stack::Any, "fetch or issue the CRL anew, each time before its nextUpdate, and reload the verifier")
                .advise(Stack::Openssl, "openssl ca -gencrl -out crl.pem")
                .note("at the CA; openssl crl -in crl.pem -noout -nextupdate shows when it ends")
                .with(crls)
        }
        (CertificateFault::CrlUnavailable, _) => finding
            .advise(Stack::Any, "give the verifier a CRL of every CA in the chain, the root's included:")
            .with(crls)
            .advise(Stack::Apache, "SSLCARevocationCheck leaf")
            .note("weaker: then revoked intermediates pass")
            .advise(Stack::Python, "context.verify_flags = ssl.VERIFY_CRL_CHECK_LEAF")
            .note("weaker than VERIFY_CRL_CHECK_CHAIN: then revoked intermediates pass"),
        (CertificateFault::CrlUnusable, _) => crl::mend_any_crl(finding),
        (CertificateFault::StrictProfile, _) => strict::issue_by_any_rule(finding),
        (CertificateFault::WeakKey | CertificateFault::WeakSignature, _) => finding
            .advise(Stack::Any, "issue the certificate anew, and its CA's if that is the weak one: RSA of 2048 bits or P-256 at least, signed with SHA-256")
            .advise(Stack::Openssl, "openssl x509 -req -sha256 …")
            .note("-sha256 where a script still says -sha1")
            .with(|finding| lower_level(finding, owner, fault)),
        (CertificateFault::BadKeyUsage, _) => finding
            .advise(Stack::Any, "issue the certificate anew: a leaf needs digitalSignature, a CA keyCertSign")
            .advise(Stack::OpensslCnf, "keyUsage = critical, digitalSignature")
            .note("for a leaf; with an RSA key and TLS 1.2 keyEncipherment may stand beside it")
            .advise(Stack::OpensslCnf, "keyUsage = critical, keyCertSign, cRLSign")
            .note("for a CA"),
        (CertificateFault::PathLength, _) => finding
            .advise(Stack::Any, "issue the leaf from the CA that the path length ends at, or issue that CA anew with room for one more:")
            .advise(Stack::OpensslCnf, "basicConstraints = critical, CA:true, pathlen:1"),
        (CertificateFault::NameConstraints, _) => finding
            .advise(Stack::Any, "use names within the CA's name constraints, or a CA that may issue for these names")
            .advise(Stack::OpensslCnf, "nameConstraints = critical, permitted;DNS:name.example")
            .note("in the CA's certificate, if it shall issue for name.example too")
            .advise(Stack::OpensslCnf, "nameConstraints = critical, permitted;IP:192.0.2.0/255.255.255.0")
            .note("likewise, where it is an address: no DNS entry allows one"),
        (CertificateFault::UnhandledCriticalExtension, _) => finding
            .advise(Stack::Any, "issue the certificate anew with that extension not critical, unless every verifier is to know it"),
        (CertificateFault::BadSignature, _) => finding
            .advise(Stack::Any, "compare the certificate that arrives with its file at the owner; if they are the same, install it anew from its CA: the file was \
                     damaged, or a CA certificate of the same name has another key; if not, something on the way altered it")
            .advise(Stack::Openssl, "openssl x509 -in certificate.pem -noout -fingerprint -sha256")
            .note("of the file; openssl s_client -connect HOST:PORT -showcerts shows what arrives")
            .advise(Stack::Openssl, "openssl verify -partial_chain -trusted issuer.pem certificate.pem")
            .note("says whether the one signed the other"),
        (CertificateFault::IssuerNotCa, _) => finding
            .advise(Stack::Any, "issue the certificate by a CA: one with basicConstraints CA:true and keyUsage keyCertSign")
            .advise(Stack::OpensslCnf, "basicConstraints = critical, CA:true")
            .note("only in the issuer's certificate, and only if it is meant to be a CA"),
        (CertificateFault::ChainTooLarge, _) => finding
            .advise(Stack::Any, "send the leaf and its intermediates, and nothing else: not a whole CA bundle")
            .advise(Stack::Nginx, "ssl_certificate /path/fullchain.pem;")
            .note("leaf and intermediates; the CAs for clients belong into ssl_client_certificate")
            .advise(Stack::Apache, "SSLCertificateFile /path/fullchain.pem")
            .note("leaf and intermediates; the CAs for clients belong into SSLCACertificateFile")
            .advise(Stack::Any, "at the verifier SSL_CTX_set_max_cert_list(ctx, bytes) raises the limit")
            .note("every peer may then make it read that much"),
        (CertificateFault::ProofFailed, _) => finding
            .advise(Stack::Any, "let certificate and key belong together, and try the owner's signer with another library or firmware")
            .advise(Stack::Openssl, "openssl x509 -in cert.pem -noout -pubkey; openssl pkey -in key.pem -pubout")
            .note("both print the same public key if the two belong together"),
        (CertificateFault::Malformed, _) => finding
            .advise(Stack::Any, "issue the certificate anew with another tool: what it says is not what X.509 allows")
            .with(parse),
        (CertificateFault::VerifyDepth, Role::Server) => finding
            .advise(Stack::Any, "raise the client's depth limit to the number of intermediates:")
            .with(set(Role::Client, Setting::Depth, "3")),
    }
}

/// Shows a certificate that no tool reads whole.
pub(super) fn parse(finding: Finding) -> Finding {
    finding
        .advise(Stack::Openssl, "openssl asn1parse -in certificate.pem")
        .note("shows what stands in it, as far as it can be read")
}

/// Whoever reads the new file has read the old one at its start.
fn reload(finding: Finding, what: &str) -> Finding {
    finding
        .advise(
            Stack::Any,
            format!("the server has read {what} at its start, and reads the new one when it is told so:"),
        )
        .with(set(Role::Server, Setting::Reload, ""))
}

/// Either side may be the verifier.
fn crls(finding: Finding) -> Finding {
    finding.with(set(Role::Server, Setting::Crl, "")).with(set(Role::Client, Setting::Crl, ""))
}

/// For a verifier that must go on with a weak chain of this owner's: keys of RSA from 1024 bits, or signatures with SHA-1.
pub(super) fn lower_level(finding: Finding, owner: Role, fault: CertificateFault) -> Finding {
    let (what, level) = match fault {
        CertificateFault::WeakSignature => ("SHA-1, which OpenSSL 3 allows at level 0", "0"),
        _ => ("RSA from 1024 bits, which is level 1", "1"),
    };
    finding
        .advise(
            Stack::Any,
            format!("until then, and only if it cannot be mended at once, let the verifier take {what}:"),
        )
        .with(set(owner.peer(), Setting::LowLevel, level))
}

/// The certificate's authorityKeyIdentifier names a certificate of its CA that is not the one in use.
pub(in crate::diagnose) fn right_identifier(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "issue the certificate anew with the CA certificate that is in use now, or install the CA certificate that it names")
        .advise(Stack::OpensslCnf, "authorityKeyIdentifier = keyid")
        .note("without issuer and serial number, so that a CA certificate that is renewed with the same key fits")
        .advise(Stack::Openssl, "openssl x509 -in certificate.pem -noout -ext authorityKeyIdentifier")
        .note("beside it: openssl x509 -in ca.pem -noout -serial -ext subjectKeyIdentifier")
}

/// The certificate has the same name as its CA.
pub(in crate::diagnose) fn own_subject(finding: Finding, verifier: &str) -> Finding {
    finding
        .advise(
            Stack::Any,
            format!("issue the certificate anew, with another subject than its CA's; the {verifier} has to trust the CA, and not this certificate"),
        )
        .advise(Stack::Openssl, "openssl x509 -in certificate.pem -noout -subject -issuer")
        .note("the two lines must differ")
        .advise(Stack::OpensslCnf, "subjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid")
        .note("in the extensions section that signs the certificate: by them OpenSSL tells the certificate from its CA, even under one name")
}

/// A CA that was made anew under its old name is another one, and its name does not tell.
pub(in crate::diagnose) fn same_ca(finding: Finding) -> Finding {
    finding
        .advise(Stack::Openssl, "openssl x509 -in ca.pem -noout -serial -ext subjectKeyIdentifier")
        .note("on both sides: a CA certificate that was made anew under its old name has other values than openssl x509 -in certificate.pem -noout -ext authorityKeyIdentifier names")
}

/// One of several certificates has been revoked.
pub(in crate::diagnose) fn which_is_revoked(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "see which certificate of the chain it is: for its own the owner needs a new one with a new key, for a CA's one of another CA",
        )
        .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -text")
        .note("the CRL of each CA of the chain: it lists the serial numbers that are revoked, with dates and reasons")
}

/// How to find out which certificate signed which.
pub(in crate::diagnose) fn try_issuer(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "send the intermediate certificate whose key signed, and not another one of its name:",
        )
        .advise(Stack::Openssl, "openssl verify -partial_chain -trusted intermediate.pem certificate.pem")
        .note("says whether the one signed the other")
}

/// The verifier trusts an intermediate, and not the root above it.
pub(in crate::diagnose) fn whole_path(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "put the root into the verifier's CA file as well, or let a trusted intermediate end a chain:",
        )
        .advise(Stack::Openssl, "-partial_chain")
        .note("X509_V_FLAG_PARTIAL_CHAIN in a program")
        .advise(Stack::Python, "context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN")
}

/// A fault of the certificate itself, or of a CA's, that has no cause of its own.
pub(in crate::diagnose) fn issue_anew(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "issue the certificate at this depth of the chain anew, without this fault (RFC 5280, section 4.2)")
        .advise(Stack::Openssl, "openssl verify -x509_strict -CAfile ca.pem -untrusted chain.pem certificate.pem")
        .note("says whether the new one is in order")
}
