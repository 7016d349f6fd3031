//! Which versions of TLS a side's own settings leave it, and which setting takes a version away.
//!
//! OpenSSL has four that do: the range, an option for each version (`ssl_protocols` of nginx and `SSLProtocol` of Apache set those),
//! the security level, and the cipher suites, which are not looked at here.

use crate::event::LocalConfiguration;
use crate::handshake::Offer;
use crate::wire::{CipherSuite, ProtocolVersion};

/// Versions, oldest first. Builds with SSLv3 are not told from others, so it is left out.
const ALL: [ProtocolVersion; 4] =
    [ProtocolVersion::TLS1_0, ProtocolVersion::TLS1_1, ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3];

/// From this on OpenSSL speaks TLS 1.0 and 1.1 at security level 0 alone. Before, from 3.0 on, they fail at level 1 for their
/// signatures, if they need one.
const LEVEL_FORBIDS_OLD: u64 = 0x3020_0000;

/// From this on a signature with SHA-1 needs security level 0.
const LEVEL_FORBIDS_SHA1: u64 = 0x3000_0000;

/// What takes a version away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Bar {
    /// The lowest version that is set.
    Lowest(ProtocolVersion),
    /// The highest version that is set.
    Highest(ProtocolVersion),
    /// An option that switches this version off.
    Option(&'static str),
    /// The security level.
    Level(i32),
}

/// The option that switches a version off.
fn option(version: ProtocolVersion) -> Option<(u64, &'static str)> {
    Some(match version {
        ProtocolVersion::TLS1_0 => (1 << 26, "SSL_OP_NO_TLSv1"),
        ProtocolVersion::TLS1_1 => (1 << 28, "SSL_OP_NO_TLSv1_1"),
        ProtocolVersion::TLS1_2 => (1 << 27, "SSL_OP_NO_TLSv1_2"),
        ProtocolVersion::TLS1_3 => (1 << 29, "SSL_OP_NO_TLSv1_3"),
        _ => return None,
    })
}

/// What takes this version away from a side with these settings; `None` where it is enabled.
pub(super) fn bar(local: &LocalConfiguration, version: ProtocolVersion) -> Option<Bar> {
    let number = version.0;
    if local.minimum_version > number {
        return Some(Bar::Lowest(ProtocolVersion(local.minimum_version)));
    }
    if local.maximum_version != 0 && local.maximum_version < number {
        return Some(Bar::Highest(ProtocolVersion(local.maximum_version)));
    }
    if let Some((_, name)) = option(version).filter(|(bit, _)| local.options & bit != 0) {
        return Some(Bar::Option(name));
    }
    let level = local.security_level;
    let denied = match version {
        _ if local.library_number >= LEVEL_FORBIDS_OLD => version <= ProtocolVersion::TLS1_1 && level > 0,
        ProtocolVersion::TLS1_0 => level >= 3,
        ProtocolVersion::TLS1_1 => level >= 4,
        _ => false,
    };
    denied.then_some(Bar::Level(level))
}

/// Whether the security level allows a suite: OpenSSL lists it all the same, and leaves it out when it chooses
/// (`SSL_CTX_set_security_level(3)`). Of those that it never builds in nothing is said.
pub(super) fn level_allows(level: i32, suite: CipherSuite) -> bool {
    let name = suite.to_string();
    let has = |part: &str| name.contains(part);
    let strength = match () {
        () if has("NULL") => 0,
        () if has("3DES") => 112,
        () if has("256") && !has("_128_") || has("CHACHA20") => 256,
        () => 128,
    };
    let needed = match level {
        ..=0 => 0,
        1 => 80,
        2 => 112,
        3 => 128,
        4 => 192,
        _ => 256,
    };
    let forward = suite.is_tls13() || has("DHE_");
    let mac = !name.ends_with("_SHA") || needed <= 160;
    strength >= needed && mac && (level < 3 || forward)
}

/// The versions that these settings enable, oldest first.
pub(super) fn enabled(local: &LocalConfiguration) -> Vec<ProtocolVersion> {
    ALL.into_iter().filter(|version| bar(local, *version).is_none()).collect()
}

/// The versions that the settings enable and the hello offers, oldest first.
pub(super) fn common(local: &LocalConfiguration, offer: &Offer) -> Vec<ProtocolVersion> {
    enabled(local).into_iter().filter(|version| offer.offers(*version)).collect()
}

/// The best version that a client offers, drafts of TLS 1.3 last.
pub(super) fn best(offer: &Offer) -> Option<ProtocolVersion> {
    let known = offer.versions.iter().copied().filter(|version| !version.is_grease());
    known.max_by_key(|version| (version.is_tls13(), *version <= ProtocolVersion::TLS1_3, *version))
}

/// Whether this library at this security level makes and takes no signature with SHA-1, and so none of TLS 1.0 and 1.1.
pub(super) fn level_forbids_sha1(local: &LocalConfiguration) -> bool {
    local.library_number >= LEVEL_FORBIDS_SHA1 && local.security_level > 0
}

/// Whether a version before TLS 1.2 is in use, whose signatures are with SHA-1 (and MD5) always (RFC 4346, section 7.4.3).
pub(super) fn signs_with_sha1(version: ProtocolVersion) -> bool {
    version < ProtocolVersion::TLS1_2
}

/// Versions in words: `TLSv1.2 alone`, `TLSv1.2 to TLSv1.3`, `TLSv1 and TLSv1.2`.
pub(super) fn shown(versions: &[ProtocolVersion]) -> String {
    match versions {
        [] => "no version at all".to_owned(),
        [one] => format!("{one} alone"),
        [first, .., last] => {
            let place = |version| ALL.iter().position(|other| other == version);
            let whole =
                place(last).zip(place(first)).is_some_and(|(last, first)| last - first + 1 == versions.len());
            if whole {
                return format!("{first} to {last}");
            }
            let names: Vec<_> = versions.iter().map(ProtocolVersion::to_string).collect();
            let (last, names) =
                names.split_last().map_or((String::new(), &[][..]), |(last, names)| (last.clone(), names));
            format!("{} and {last}", names.join(", "))
        }
    }
}

impl Bar {
    /// What stands against this version, in words: a clause behind "TLSv1.3 is off here:".
    pub(super) fn shown(self) -> String {
        match self {
            Bar::Lowest(version) => format!("the lowest version that is set is {version}"),
            Bar::Highest(version) => format!("the highest version that is set is {version}"),
            Bar::Option(name) => {
                format!(
                    "the option {name} (which ssl_protocols of nginx, SSLProtocol of Apache and Protocol of openssl.cnf set)"
                )
            }
            Bar::Level(level) => format!("it needs security level 0, and the level here is {level}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V10: ProtocolVersion = ProtocolVersion::TLS1_0;
    const V12: ProtocolVersion = ProtocolVersion::TLS1_2;
    const V13: ProtocolVersion = ProtocolVersion::TLS1_3;

    #[test]
    fn each_setting_takes_its_versions() {
        let local = LocalConfiguration {
            library_number: 0x3000_0160,
            security_level: 2,
            ..LocalConfiguration::default()
        };
        assert_eq!(shown(&enabled(&local)), "TLSv1.0 to TLSv1.3");
        let range = LocalConfiguration { minimum_version: 0x0303, maximum_version: 0x0303, ..local.clone() };
        assert_eq!(shown(&enabled(&range)), "TLSv1.2 alone");
        assert_eq!((bar(&range, V10), bar(&range, V13)), (Some(Bar::Lowest(V12)), Some(Bar::Highest(V12))));
        let options = LocalConfiguration { options: (1 << 28) | (1 << 29), ..local.clone() };
        assert_eq!(shown(&enabled(&options)), "TLSv1.0 and TLSv1.2");
        assert_eq!(bar(&options, V13), Some(Bar::Option("SSL_OP_NO_TLSv1_3")));
        let new = LocalConfiguration { library_number: 0x3050_0050, ..local };
        assert_eq!(
            (shown(&enabled(&new)), bar(&new, V10)),
            ("TLSv1.2 to TLSv1.3".to_owned(), Some(Bar::Level(2)))
        );
    }

    #[test]
    fn the_level_takes_suites_away() {
        let (aes128, aes256) = (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        );
        let allowed = |suite| (0..=5).filter(|level| level_allows(*level, suite)).count();
        assert_eq!((allowed(aes128), allowed(aes256)), (4, 6));
        assert_eq!(allowed(CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA), 3);
        assert_eq!(allowed(CipherSuite(0x1301)), 4);
    }

    #[test]
    fn what_both_have_is_what_they_speak() {
        let local = LocalConfiguration { options: 1 << 29, ..LocalConfiguration::default() };
        let offer = |versions: &[ProtocolVersion]| Offer {
            versions: versions.to_vec(),
            names_versions: true,
            ..Offer::default()
        };
        assert_eq!(common(&local, &offer(&[V13])), []);
        assert_eq!(common(&local, &offer(&[V13, V12])), [V12]);
    }
}
