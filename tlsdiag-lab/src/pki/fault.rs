//! What can be wrong with a certificate on purpose, for whoever makes one of their own.

use super::KeyKind;
use super::authority::Authority;
use super::draft::{Draft, Usage, corrupted};
use super::{Identity, SERVER_NAME};
use crate::Error;

/// A fault of a certificate, or of what is sent with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It ended ten days ago.
    Expired,
    /// It begins in five days.
    NotYetValid,
    /// Its extendedKeyUsage is for e-mail alone.
    WrongPurpose,
    /// Its keyUsage has no digitalSignature.
    NoDigitalSignature,
    /// It is for another host.
    WrongName,
    /// RSA with 1024 bits.
    WeakKey,
    /// Its issuer signed it with SHA-1.
    WeakSignature,
    /// It has a critical extension that nobody knows.
    UnknownCritical,
    /// It is signed by itself.
    SelfSigned,
    /// It is of a CA that nobody trusts.
    WrongIssuer,
    /// A bit of its signature is turned.
    BadSignature,
    /// The intermediate is not sent with it.
    NoChain,
}

/// privateKeyUsagePeriod's neighbour in an arc that nobody reads.
const UNKNOWN: (&str, bool, &[u8]) = ("1.3.6.1.4.1.55555.1.1", true, &[0x05, 0x00]);

impl Fault {
    /// All, with their names.
    pub const ALL: [(&'static str, Fault); 12] = [
        ("expired", Fault::Expired),
        ("not-yet-valid", Fault::NotYetValid),
        ("wrong-purpose", Fault::WrongPurpose),
        ("no-digital-signature", Fault::NoDigitalSignature),
        ("wrong-name", Fault::WrongName),
        ("weak-key", Fault::WeakKey),
        ("weak-signature", Fault::WeakSignature),
        ("unknown-critical", Fault::UnknownCritical),
        ("self-signed", Fault::SelfSigned),
        ("wrong-issuer", Fault::WrongIssuer),
        ("bad-signature", Fault::BadSignature),
        ("no-chain", Fault::NoChain),
    ];

    /// What is to be written otherwise; nothing for faults of whoever signs it and of what is sent with it.
    pub(super) fn mar(self, good: Draft<'_>) -> Draft<'_> {
        match self {
            Fault::Expired => Draft { valid_days: (-40, -10), ..good },
            Fault::NotYetValid => Draft { valid_days: (5, 35), ..good },
            Fault::WrongPurpose => Draft { purposes: &["emailProtection"], ..good },
            Fault::NoDigitalSignature => Draft { key_usage: Usage::Data, ..good },
            Fault::WrongName => Draft { dns: &["other.example"], ips: &[], ..good },
            Fault::WeakKey => Draft { key: KeyKind::Rsa(1024), ..good },
            Fault::WeakSignature => Draft { sha1: true, ..good },
            Fault::UnknownCritical => Draft { extensions: &[UNKNOWN], ..good },
            Fault::SelfSigned | Fault::WrongIssuer | Fault::BadSignature | Fault::NoChain => good,
        }
    }
}

/// Makes a key and a certificate of this draft, with a fault or without.
pub(super) fn issue(issuer: &Authority, draft: Draft<'_>, fault: Option<Fault>) -> Result<Identity, Error> {
    let draft = match fault {
        Some(fault) => fault.mar(draft),
        None => draft,
    };
    match fault {
        Some(Fault::SelfSigned) => draft.self_signed(),
        Some(Fault::WrongIssuer) => {
            draft.issued_by(&Authority::root_of("Somebody Else", "Somebody Else CA")?)
        }
        Some(Fault::BadSignature) => {
            let honest = draft.issued_by(issuer)?;
            Ok(Identity { certificate: corrupted(&honest.certificate)?, ..honest })
        }
        Some(Fault::NoChain) => Ok(Identity { chain: Vec::new(), ..draft.issued_by(issuer)? }),
        _ => draft.issued_by(issuer),
    }
}

/// The names of a server: a host or an address; [`SERVER_NAME`] has both loopback addresses besides.
pub(super) fn names(name: &str) -> (Vec<&str>, Vec<&str>) {
    match name.parse::<std::net::IpAddr>() {
        Ok(_) => (Vec::new(), vec![name]),
        Err(_) if name == SERVER_NAME => (vec![name], vec!["127.0.0.1", "::1"]),
        Err(_) => (vec![name], Vec::new()),
    }
}
