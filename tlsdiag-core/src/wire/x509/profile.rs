//! Which extensions a certificate has, and which of them are critical: what RFC 5280's profile has rules about.

/// An extension that the profile of RFC 5280, section 4.2, has rules about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "they are the RFC's own names")]
pub enum Extension {
    SubjectKeyIdentifier,
    KeyUsage,
    SubjectAltName,
    BasicConstraints,
    NameConstraints,
    AuthorityKeyIdentifier,
    ExtendedKeyUsage,
    /// Of a proxy certificate (RFC 3820), whose issuer is no CA.
    ProxyCertInfo,
    /// Any other.
    Other,
}

impl Extension {
    pub(super) fn from_oid(oid: &str) -> Self {
        match oid {
            "2.5.29.14" => Self::SubjectKeyIdentifier,
            "2.5.29.15" => Self::KeyUsage,
            "2.5.29.17" => Self::SubjectAltName,
            "2.5.29.19" => Self::BasicConstraints,
            "2.5.29.30" => Self::NameConstraints,
            "2.5.29.35" => Self::AuthorityKeyIdentifier,
            "2.5.29.37" => Self::ExtendedKeyUsage,
            "1.3.6.1.5.5.7.1.14" => Self::ProxyCertInfo,
            _ => Self::Other,
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// The extensions of one certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extensions {
    present: u16,
    critical: u16,
}

impl Extensions {
    /// Takes note of one; whether it had not been there before.
    pub(crate) fn add(&mut self, extension: Extension, critical: bool) -> bool {
        let bit = extension.bit();
        let new = self.present & bit == 0;
        self.present |= bit;
        self.critical |= if critical { bit } else { 0 };
        new
    }

    /// Whether it stands there.
    pub const fn has(self, extension: Extension) -> bool {
        self.present & extension.bit() != 0
    }

    /// Whether it stands there and is critical.
    pub const fn is_critical(self, extension: Extension) -> bool {
        self.critical & extension.bit() != 0
    }

    /// Whether there is none at all.
    pub const fn is_empty(self) -> bool {
        self.present == 0
    }
}

/// The extensions that OpenSSL takes although they are critical; RFC 5280 has others, which are never to be critical.
pub(super) fn may_be_critical(oid: &str) -> bool {
    const TAKEN: [&str; 15] = [
        "2.16.840.1.113730.1.1",
        "2.5.29.15",
        "2.5.29.17",
        "2.5.29.19",
        "2.5.29.32",
        "2.5.29.31",
        "2.5.29.37",
        "1.3.6.1.5.5.7.1.7",
        "1.3.6.1.5.5.7.1.8",
        "1.3.6.1.5.5.7.48.1.5",
        "2.5.29.36",
        "1.3.6.1.5.5.7.1.14",
        "2.5.29.30",
        "2.5.29.33",
        "2.5.29.54",
    ];
    TAKEN.contains(&oid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_extension_is_known_apart() {
        let mut seen = Extensions::default();
        assert!(seen.is_empty());
        assert!(seen.add(Extension::KeyUsage, true));
        assert!(!seen.add(Extension::KeyUsage, false), "twice");
        assert!(seen.has(Extension::KeyUsage) && seen.is_critical(Extension::KeyUsage));
        assert!(!seen.has(Extension::BasicConstraints) && !seen.is_empty());
    }

    #[test]
    fn an_identifier_is_never_critical() {
        assert!(may_be_critical("2.5.29.19") && !may_be_critical("2.5.29.35"));
    }
}
