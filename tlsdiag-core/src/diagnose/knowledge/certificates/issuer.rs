//! What to do where it is not the owner's own certificate that has the fault, but a CA's above it: its owner cannot mend that alone.

use super::advice;
use crate::diagnose::{CertificateFault, Finding, Stack};
use crate::event::Role;

/// Adds what to do about a fault of the certificate at this depth of the owner's chain.
pub(in crate::diagnose) fn advise_at(
    finding: Finding,
    owner: Role,
    fault: CertificateFault,
    depth: u32,
) -> Finding {
    if depth == 0 {
        return advice::advise(finding, owner, fault);
    }
    let (purpose, whose) = match owner {
        Role::Server => ("serverAuth", "server's"),
        Role::Client => ("clientAuth", "client's"),
    };
    match fault {
        CertificateFault::WrongPurpose => finding
            .advise(Stack::Any, format!("have the {whose} certificate issued by another CA: one whose own extendedKeyUsage has {purpose}, or none"))
            .note("public CAs have intermediates for servers alone: use a private CA for client certificates")
            .advise(Stack::OpensslCnf, "extendedKeyUsage = serverAuth, clientAuth")
            .note("in the intermediate CA's certificate, if it is your own, or leave the extension out there"),
        CertificateFault::BadKeyUsage => finding
            .advise(Stack::Any, "issue the CA's certificate anew with keyCertSign, and send the new one with the leaf, which may stay:")
            .advise(Stack::OpensslCnf, "keyUsage = critical, keyCertSign, cRLSign")
            .note("in the intermediate CA's certificate"),
        CertificateFault::WeakKey => finding
            .advise(Stack::Any, "have the certificate issued by another CA, or by this one with a new key: RSA of 2048 bits or P-256 at least")
            .with(|finding| advice::lower_level(finding, owner, fault)),
        CertificateFault::WeakSignature => finding
            .advise(Stack::Any, "have that CA's certificate issued anew by the CA above it, signed with SHA-256, and send the new one; the leaf may stay")
            .advise(Stack::Openssl, "openssl x509 -req -sha256 …")
            .note("-sha256 where a script still says -sha1")
            .with(|finding| advice::lower_level(finding, owner, fault)),
        CertificateFault::NotYetValid => finding
            .advise(Stack::Any, "compare the clocks of both sides with NTP; issue the CA's certificate anew if they agree"),
        CertificateFault::UnhandledCriticalExtension => finding
            .advise(Stack::Any, "issue the CA's certificate anew with that extension not critical, unless every verifier is to know it"),
        CertificateFault::Revoked => finding
            .advise(Stack::Any, format!("have the {whose} certificate issued by another CA: whatever the revoked one issued is refused"))
            .advise(Stack::Openssl, "openssl crl -in crl.pem -noout -text")
            .note("lists the serial numbers that are revoked, with dates and reasons"),
        CertificateFault::Malformed => finding
            .advise(Stack::Any, "issue the CA's certificate anew with another tool, and send the new one with the leaf, which may stay: what it says is not what X.509 allows")
            .with(advice::parse),
        _ => advice::advise(finding, owner, fault),
    }
}
