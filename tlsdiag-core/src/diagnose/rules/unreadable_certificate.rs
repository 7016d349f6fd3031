//! The peer's certificate failed here before or after its verification: too long to read, not to be parsed, or with
//! a handshake signature that its key did not make.
//!
//! Needs: the library's own reason in the error queue; the stage, the peer's chain and its signature's scheme where there.

use super::certificate::{cause, possessive};
use crate::diagnose::knowledge::certificates::advise;
use crate::diagnose::library::{self, reason};
use crate::diagnose::{Cause, CertificateFault, Confidence, Finding, Rule};
use crate::event::{Direction, Role};
use crate::handshake::{At, Chain, Handshake};
use crate::wire::{AlertDescription, DecompressError, HandshakeType};

pub(in crate::diagnose) const UNREADABLE: Rule = Rule {
    name: "unreadable_certificate::unreadable",
    find: unreadable,
    causes: || {
        let faults = [CertificateFault::ChainTooLarge, CertificateFault::Malformed];
        let owners = [Role::Server, Role::Client];
        owners.into_iter().flat_map(|owner| faults.map(|fault| cause(owner, fault))).collect()
    },
};

pub(in crate::diagnose) const UNPROVEN: Rule = Rule {
    name: "unreadable_certificate::unproven",
    find: unproven,
    causes: || [Role::Server, Role::Client].map(|owner| cause(owner, CertificateFault::ProofFailed)).to_vec(),
};

fn unreadable(handshake: &Handshake) -> Option<Finding> {
    if handshake.outcome.kind.is_established() {
        return None;
    }
    too_large(handshake).or_else(|| not_unpacked(handshake)).or_else(|| malformed(handshake))
}

/// The alerts by which a Certificate that cannot be unpacked is refused: bad_certificate (RFC 8879 §4), and what OpenSSL and
/// others send.
const UNPACKING_FAILED: [AlertDescription; 3] =
    [AlertDescription::BAD_CERTIFICATE, AlertDescription::DECODE_ERROR, AlertDescription::ILLEGAL_PARAMETER];

/// The certificate came compressed, and whoever got it could not unpack it.
fn not_unpacked(handshake: &Handshake) -> Option<Finding> {
    let by = |direction| {
        handshake.fatal_alert(direction).filter(|alert| UNPACKING_FAILED.contains(&alert.description))
    };
    let unpacking = [reason::BAD_COMPRESSION_ALGORITHM, reason::BAD_DECOMPRESSION];
    let complaint = unpacking.into_iter().find_map(|reason| handshake.ssl_reason(reason));
    let peer = handshake.role.peer();
    let failed = handshake
        .not_unpacked
        .iter()
        .filter(|failed| failed.value.error.is_fault())
        .map(|failed| (failed.value.owner, failed.event, failed.algorithm, failed.error.to_string()));
    // What we can unpack the library may refuse all the same.
    let refused_here = |chain: &At<Chain>| {
        let algorithm = chain.compression?.algorithm;
        let why = match complaint?.reason {
            reason::BAD_COMPRESSION_ALGORITHM => {
                format!("it is compressed with {algorithm}, which this side did not offer")
            }
            _ => format!("this side's library could not unpack it as {algorithm}"),
        };
        Some((peer, chain.event, algorithm, why))
    };
    let (owner, event, algorithm, why) =
        failed.chain(handshake.peer_chain().and_then(refused_here)).find(|(owner, ..)| {
            let refused = if *owner == peer { Direction::Sent } else { Direction::Received };
            by(refused).is_some()
        })?;
    // The peer's own library says of what is ours that it does not unpack; of the peer's, ours does.
    let (confidence, direction, told) = if owner == peer {
        let proven = if complaint.is_some() { Confidence::Certain } else { Confidence::Likely };
        (proven, Direction::Sent, "alert sent")
    } else {
        (Confidence::Likely, Direction::Received, "alert received")
    };
    let alert = by(direction)?;
    let summary = format!("The {} certificate came compressed and cannot be read: {why}.", possessive(owner));
    let mut finding =
        Finding::new(cause(owner, CertificateFault::Malformed), confidence, owner, summary)
            .explain(
                "Verification never began. Compression is an option of TLS 1.3 (RFC 8879): the handshake should go through where \
                 this end does not offer it (SSL_OP_NO_RX_CERTIFICATE_COMPRESSION), and the fault lies with whoever compressed.",
            )
            .see(event, "CompressedCertificate", format!("{algorithm}: {why}"))
            .see(alert.event, told, alert.description);
    if let Some(complaint) = complaint {
        finding = finding.see(complaint.event, "error queue", library::show(complaint));
    }
    Some(advise(finding, owner, CertificateFault::Malformed))
}

fn too_large(handshake: &Handshake) -> Option<Finding> {
    let error = handshake.ssl_reason(reason::EXCESSIVE_MESSAGE_SIZE)?;
    let owner = handshake.role.peer();
    let whose = possessive(owner);
    let reader = handshake.role.as_str();
    // The library refuses a message by its header, so the message itself was never seen; a compressed one is seen, and refused by
    // the length that it claims to unpack to.
    let packed = claimed_size(handshake, owner);
    let (summary, place) = match packed {
        Some((_, size)) => (
            format!(
                "The {whose} Certificate message unpacks to {size} bytes, more than this {reader} reads."
            ),
            "after the compressed body",
        ),
        None if handshake.peer_chain().is_none_or(|chain| chain.certificates.is_empty())
            && certificate_is_next(handshake, owner) =>
        {
            (
                format!("The {whose} Certificate message is larger than this {reader} reads."),
                "in the message's header",
            )
        }
        None => return None,
    };
    let mut finding =
        Finding::new(cause(owner, CertificateFault::ChainTooLarge), Confidence::Certain, owner, summary)
            .explain(format!(
                "The library stopped {place}, where the length stands. Its limit for certificates is 100 kB unless the application \
                 sets another (SSL_CTX_set_max_cert_list); a chain needs a few thousand bytes, a whole CA bundle sent by mistake has \
                 hundreds of thousands."
            ))
            .see(error.event, "error queue", library::show(error));
    if let Some((event, size)) = packed {
        finding = finding.see(event, "CompressedCertificate.uncompressed_length", size);
    }
    Some(advise(finding, owner, CertificateFault::ChainTooLarge))
}

/// The length that the peer's CompressedCertificate claims to unpack to, and the number of its event.
fn claimed_size(handshake: &Handshake, owner: Role) -> Option<(u32, usize)> {
    let read = handshake
        .peer_chain()
        .and_then(|chain| chain.compression.map(|how| (chain.event, how.uncompressed_size)));
    let unread = handshake.not_unpacked.iter().filter(|failed| failed.owner == owner);
    let mut claims = unread.filter_map(|failed| match failed.error {
        DecompressError::TooLong { claimed } => Some((failed.event, claimed as usize)),
        _ => None,
    });
    read.or_else(|| claims.next())
}

/// Whether the peer's Certificate is what comes next: behind EncryptedExtensions or CertificateRequest, or ServerHello before
/// TLS 1.3; behind this server's last message.
fn certificate_is_next(handshake: &Handshake, owner: Role) -> bool {
    let Some((last, direction)) = handshake.timeline.iter().rev().find_map(|step| step.message()) else {
        return false;
    };
    match owner {
        Role::Server if handshake.is_tls13() => {
            matches!(last, HandshakeType::ENCRYPTED_EXTENSIONS | HandshakeType::CERTIFICATE_REQUEST)
        }
        Role::Server => last == HandshakeType::SERVER_HELLO,
        Role::Client => {
            handshake.request.is_some()
                && direction == Direction::Sent
                && matches!(last, HandshakeType::FINISHED | HandshakeType::SERVER_HELLO_DONE)
        }
    }
}

/// The library could not parse a certificate at all; verification never began.
fn malformed(handshake: &Handshake) -> Option<Finding> {
    let alert = handshake.fatal_alert(Direction::Sent)?;
    let told = [AlertDescription::BAD_CERTIFICATE, AlertDescription::DECODE_ERROR];
    if !told.contains(&alert.description) || handshake.ssl_reason(reason::CERTIFICATE_VERIFY_FAILED).is_some()
    {
        return None;
    }
    let owner = handshake.role.peer();
    let chain = handshake.peer_chain()?;
    let (place, complaint) = chain
        .certificates
        .iter()
        .enumerate()
        .find_map(|(place, shown)| Some((place, shown.certificate.malformed.as_ref()?)))?;
    let summary = format!("The {} certificate cannot be parsed: {complaint}.", possessive(owner));
    let finding =
        Finding::new(cause(owner, CertificateFault::Malformed), Confidence::Certain, owner, summary)
            .explain("Verification never began: the bytes are no certificate, since they were made wrong or altered on the way.")
            .see(chain.event, format!("certificate {place} of the message"), complaint)
            .see(alert.event, "alert sent", alert.description);
    Some(advise(finding, owner, CertificateFault::Malformed))
}

fn unproven(handshake: &Handshake) -> Option<Finding> {
    let error = handshake.ssl_reason(reason::BAD_SIGNATURE)?;
    let owner = handshake.role.peer();
    let chain = handshake.peer_chain().filter(|chain| !chain.certificates.is_empty())?;
    if handshake.outcome.kind.is_established() {
        return None;
    }
    let signature = match owner {
        Role::Server => &handshake.server_signature,
        Role::Client => &handshake.client_signature,
    };
    let leaf = chain.leaf()?;
    let message = match (owner, handshake.is_tls13()) {
        (Role::Server, false) => "ServerKeyExchange",
        _ => "CertificateVerify",
    };
    // In TLS 1.3 whoever alters a hello alters the keys as well, and nothing can be read any more.
    let (confidence, made) = match handshake.is_tls13() {
        true => (Confidence::Certain, "was not made by the key of its certificate"),
        false => {
            (Confidence::Likely, "does not verify: it was probably not made by the key of its certificate")
        }
    };
    let summary =
        format!("The signature in the {} {message} {made} \"{}\".", possessive(owner), leaf.subject_text());
    let mut finding = Finding::new(cause(owner, CertificateFault::ProofFailed), confidence, owner, summary)
            .explain(
                "The certificate itself is not the matter: its owner could not prove that it holds the private key. Either its \
                 key is another one, or its signer computes wrong, or messages were changed in transit.",
            )
            .see(error.event, "error queue", library::show(error))
            .see(chain.event, format!("{} Certificate", possessive(owner)), leaf.subject_text());
    if let Some(signature) = signature {
        finding = finding.see(signature.event, format!("{message}, scheme"), signature.value);
    }
    finding = finding.not(
        cause(owner, CertificateFault::BadSignature),
        "it is the handshake's signature that is wrong, not a CA's",
    );
    if confidence == Confidence::Likely {
        finding = finding.or(
            Cause::RecordCorrupt,
            "whether a hello, or the signed message, was altered on the way: compare the other side's record",
        );
    }
    Some(advise(finding, owner, CertificateFault::ProofFailed))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnose::Cause;
    use crate::handshake::{NotUnpacked, OutcomeKind, Presented};
    use crate::wire::CertificateCompressionAlgorithm;
    use crate::wire::x509::Certificate;

    fn shown(role: Role, certificate: Certificate) -> Handshake {
        let mut handshake = Handshake::blank(role);
        let presented = Presented { der: Arc::from(&b""[..]), certificate: Arc::new(certificate) };
        let chain = At { event: 5, value: Chain { certificates: vec![presented], ..Chain::default() } };
        match role {
            Role::Client => handshake.server_chain = Some(chain),
            Role::Server => handshake.client_chain = Some(chain),
        }
        handshake
    }

    #[test]
    fn a_wrong_proof_is_the_peers() {
        let handshake = shown(Role::Server, Certificate::default()).with_reason(reason::BAD_SIGNATURE);
        let finding = unproven(&handshake).expect("a finding");
        assert_eq!(finding.cause, Cause::ClientCert(CertificateFault::ProofFailed));
        assert_eq!(unproven(&shown(Role::Server, Certificate::default())), None);
        let mut established = handshake;
        established.outcome.kind = OutcomeKind::Established;
        assert_eq!(unproven(&established), None);
    }

    #[test]
    fn bytes_that_are_no_certificate_are_malformed_unless_verification_failed() {
        let handshake = shown(Role::Client, Certificate::parse(&[0x30, 3, 2, 1, 1]))
            .with_alert(Direction::Sent, AlertDescription::BAD_CERTIFICATE);
        let finding = unreadable(&handshake).expect("a finding");
        assert_eq!(finding.cause, Cause::ServerCert(CertificateFault::Malformed));
        assert_eq!(unreadable(&handshake.with_reason(reason::CERTIFICATE_VERIFY_FAILED)), None);
        let whole = shown(Role::Client, Certificate::default())
            .with_alert(Direction::Sent, AlertDescription::BAD_CERTIFICATE);
        assert_eq!(unreadable(&whole), None);
    }

    #[test]
    fn not_unpacked_is_malformed_only_where_the_handshake_failed_for_it() {
        let algorithm = CertificateCompressionAlgorithm::ZSTD;
        let packed = |error, owner| {
            let mut handshake = Handshake::blank(Role::Server);
            handshake.not_unpacked.push(At { event: 5, value: NotUnpacked { owner, algorithm, error } });
            handshake
        };
        let corrupt = packed(DecompressError::Corrupt(algorithm), Role::Client);
        assert_eq!(unreadable(&corrupt), None);
        let refused = corrupt
            .with_alert(Direction::Sent, AlertDescription::BAD_CERTIFICATE)
            .with_reason(reason::BAD_DECOMPRESSION);
        let finding = unreadable(&refused).expect("a finding");
        assert_eq!(finding.cause, Cause::ClientCert(CertificateFault::Malformed));
        assert_eq!(finding.confidence, Confidence::Certain);
        assert!(finding.summary.contains("not valid zstd"), "{}", finding.summary);
        let long = packed(DecompressError::TooLong { claimed: 2_000_000 }, Role::Client)
            .with_alert(Direction::Sent, AlertDescription::BAD_CERTIFICATE);
        assert_eq!(unreadable(&long), None);
        let own = packed(DecompressError::Longer { claimed: 7 }, Role::Server);
        let own = own.with_alert(Direction::Received, AlertDescription::BAD_CERTIFICATE);
        let finding = unreadable(&own).expect("a finding");
        assert_eq!(finding.cause, Cause::ServerCert(CertificateFault::Malformed));
        assert_eq!(finding.confidence, Confidence::Likely);
    }

    #[test]
    fn a_message_too_large_is_a_certificate_only_where_one_is_due() {
        let handshake = Handshake::blank(Role::Client).with_reason(reason::EXCESSIVE_MESSAGE_SIZE);
        assert_eq!(unreadable(&handshake), None);
    }
}
