//! What OpenSSL calls a cipher suite.

use crate::wire::CipherSuite;

/// The name that a cipher list takes; `None` for a suite that no OpenSSL of today has built in, and for one that needs no certificate.
#[must_use]
pub fn cipher_name(suite: CipherSuite) -> Option<String> {
    let name = suite.name()?;
    if suite.is_tls13() {
        return Some(name.to_owned()).filter(|_| (0x1301..=0x1305).contains(&suite.0));
    }
    let (keys, rest) = name.strip_prefix("TLS_")?.split_once("_WITH_")?;
    let keys = match keys {
        "RSA" => "",
        "DHE_RSA" => "DHE-RSA-",
        "ECDHE_RSA" => "ECDHE-RSA-",
        "ECDHE_ECDSA" => "ECDHE-ECDSA-",
        _ => return None,
    };
    if rest == "CHACHA20_POLY1305_SHA256" {
        return Some(format!("{keys}CHACHA20-POLY1305"));
    }
    let (cipher, rest) = rest.split_once('_')?;
    let (bits, rest) = rest.split_once('_')?;
    let known = cipher == "AES" || (cipher == "CAMELLIA" && rest.starts_with("CBC"));
    let rest = match rest {
        "CBC_SHA" => "-SHA",
        "CBC_SHA256" => "-SHA256",
        "CBC_SHA384" => "-SHA384",
        "GCM_SHA256" => "-GCM-SHA256",
        "GCM_SHA384" => "-GCM-SHA384",
        "CCM" => "-CCM",
        "CCM_8" => "-CCM8",
        _ => return None,
    };
    known.then(|| format!("{keys}{cipher}{bits}{rest}"))
}

#[cfg(all(test, feature = "linked"))]
mod tests {
    use openssl::ssl::{Ssl, SslContext, SslMethod};

    use super::*;

    #[test]
    fn the_names_are_those_of_the_library() {
        let context = SslContext::builder(SslMethod::tls()).unwrap().build();
        let ssl = Ssl::new(&context).unwrap();
        let real = |suite: CipherSuite| {
            let known = ssl.bytes_to_cipher_list(&suite.0.to_be_bytes(), false).ok()?;
            Some(known.suites.iter().next()?.name().to_owned())
        };
        let named = (0..=u16::MAX).map(CipherSuite).filter_map(|suite| Some((suite, cipher_name(suite)?)));
        let mut known = 0;
        for (suite, name) in named {
            if let Some(real) = real(suite) {
                assert_eq!(name, real);
                known += 1;
            }
        }
        assert!(known > 50, "{known}");
    }
}
