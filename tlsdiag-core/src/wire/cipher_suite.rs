//! What a cipher suite's name says about key exchange and authentication (RFC 5246, appendix A.5, and its successors).

use super::code_points::CipherSuite;

/// How keys are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyExchange {
    /// TLS 1.3: the suite does not say.
    Any,
    /// The client encrypts a secret with the server's RSA key.
    Rsa,
    /// The server's certificate holds a Diffie-Hellman key.
    Dh,
    /// Ephemeral Diffie-Hellman.
    Dhe,
    /// The server's certificate holds a key on a curve for Diffie-Hellman.
    Ecdh,
    /// Ephemeral Diffie-Hellman on a curve.
    Ecdhe,
    /// The pre-shared key alone.
    Psk,
    /// A password (RFC 5054).
    Srp,
    /// Kerberos (RFC 2712).
    Krb5,
    /// GOST (RFC 9189).
    Gost,
    /// A password on a curve (RFC 8492).
    Eccpwd,
}

/// What a server's key must be, or who else vouches for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Authentication {
    /// TLS 1.3: the suite does not say.
    Any,
    /// A certificate with an RSA key.
    Rsa,
    /// A certificate with a DSA key.
    Dss,
    /// A certificate with a key on a curve: ECDSA, and EdDSA too (RFC 8422).
    Ecdsa,
    /// A pre-shared key.
    Psk,
    /// Nobody.
    Anonymous,
    /// A password.
    Password,
    /// Kerberos.
    Krb5,
    /// A certificate with a GOST key.
    Gost,
}

impl CipherSuite {
    /// How keys are exchanged; `None` for a suite that we do not know, and for a number that is no suite.
    pub fn key_exchange(self) -> Option<KeyExchange> {
        self.parts().map(|(exchange, _)| exchange)
    }

    /// What the server's key must be; `None` for a suite that we do not know, and for a number that is no suite.
    pub fn authentication(self) -> Option<Authentication> {
        self.parts().map(|(_, authentication)| authentication)
    }

    /// Whether this is a suite of TLS 1.3, which names no key exchange.
    pub const fn is_tls13(self) -> bool {
        matches!(self.0, 0x1301..=0x1307 | 0x00c6 | 0x00c7 | 0xc0b4 | 0xc0b5 | 0xc103..=0xc106)
    }

    /// The bytes of the hash of a suite of TLS 1.3 and its name (RFC 8446, appendix B.4); `None` for another suite, and for a hash that
    /// we do not know.
    pub fn tls13_hash(self) -> Option<(usize, &'static str)> {
        let name = self.name().filter(|_| self.is_tls13())?;
        [("SHA256", 32, "SHA-256"), ("SHA384", 48, "SHA-384"), ("SM3", 32, "SM3")]
            .into_iter()
            .find_map(|(end, bytes, hash)| name.ends_with(end).then_some((bytes, hash)))
    }

    /// Whether this is no suite but a signal to the server (RFC 5746, RFC 7507).
    pub const fn is_signal(self) -> bool {
        matches!(self, Self::TLS_EMPTY_RENEGOTIATION_INFO_SCSV | Self::TLS_FALLBACK_SCSV)
    }

    fn parts(self) -> Option<(KeyExchange, Authentication)> {
        if self.is_tls13() {
            return Some((KeyExchange::Any, Authentication::Any));
        }
        let name = self.name()?;
        let (head, _) = name.split_once("_WITH_")?;
        let head = head.strip_prefix("TLS_").or_else(|| head.strip_prefix("SSL_"))?;
        Some(match head {
            "RSA" | "RSA_EXPORT" | "RSA_EXPORT1024" | "RSA_FIPS" => (KeyExchange::Rsa, Authentication::Rsa),
            "DH_DSS" | "DH_DSS_EXPORT" => (KeyExchange::Dh, Authentication::Dss),
            "DH_RSA" | "DH_RSA_EXPORT" => (KeyExchange::Dh, Authentication::Rsa),
            "DHE_DSS" | "DHE_DSS_EXPORT" | "DHE_DSS_EXPORT1024" => (KeyExchange::Dhe, Authentication::Dss),
            "DHE_RSA" | "DHE_RSA_EXPORT" => (KeyExchange::Dhe, Authentication::Rsa),
            "DH_anon" | "DH_anon_EXPORT" => (KeyExchange::Dhe, Authentication::Anonymous),
            "ECDH_ECDSA" => (KeyExchange::Ecdh, Authentication::Ecdsa),
            "ECDH_RSA" => (KeyExchange::Ecdh, Authentication::Rsa),
            "ECDHE_ECDSA" => (KeyExchange::Ecdhe, Authentication::Ecdsa),
            "ECDHE_RSA" => (KeyExchange::Ecdhe, Authentication::Rsa),
            "ECDH_anon" => (KeyExchange::Ecdhe, Authentication::Anonymous),
            "PSK" => (KeyExchange::Psk, Authentication::Psk),
            "DHE_PSK" | "PSK_DHE" => (KeyExchange::Dhe, Authentication::Psk),
            "ECDHE_PSK" => (KeyExchange::Ecdhe, Authentication::Psk),
            "RSA_PSK" => (KeyExchange::Rsa, Authentication::Psk),
            "SRP_SHA" => (KeyExchange::Srp, Authentication::Password),
            "SRP_SHA_RSA" => (KeyExchange::Srp, Authentication::Rsa),
            "SRP_SHA_DSS" => (KeyExchange::Srp, Authentication::Dss),
            "KRB5" | "KRB5_EXPORT" => (KeyExchange::Krb5, Authentication::Krb5),
            "ECCPWD" => (KeyExchange::Eccpwd, Authentication::Password),
            head if head.starts_with("GOST") => (KeyExchange::Gost, Authentication::Gost),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_with_a_name_says_how_it_works() {
        let silent: Vec<_> = (0..=u16::MAX)
            .map(CipherSuite)
            .filter(|suite| suite.name().is_some() && !suite.is_signal() && suite.key_exchange().is_none())
            .collect();
        // The suite of nothing at all.
        assert_eq!(silent, [CipherSuite::TLS_NULL_WITH_NULL_NULL]);
    }

    #[test]
    fn names_are_taken_apart() {
        let suite = CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
        assert_eq!(suite.key_exchange(), Some(KeyExchange::Ecdhe));
        assert_eq!(suite.authentication(), Some(Authentication::Ecdsa));
        assert_eq!(CipherSuite::TLS_AES_128_GCM_SHA256.authentication(), Some(Authentication::Any));
    }
}
