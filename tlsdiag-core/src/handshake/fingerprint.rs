//! Fingerprints of a ClientHello by which software is recognised: JA3 (Salesforce, 2017) and JA4 (FoxIO, 2023).

use data_encoding::HEXLOWER;
use md5::Md5;
use sha2::{Digest, Sha256};

use super::Offer;
use crate::wire::{Extension, ExtensionType, Extensions, Place, ProtocolVersion, Reader};

/// Extensions that a client sends on one connection and leaves out on another, since it resumes, was sent back, or fills up.
const CHANGING: [ExtensionType; 4] =
    [ExtensionType::PRE_SHARED_KEY, ExtensionType::EARLY_DATA, ExtensionType::COOKIE, ExtensionType::PADDING];

impl Offer {
    /// What stays the same in all hellos of one client: a JA4 without pre_shared_key, early_data, cookie and padding.
    #[must_use]
    pub fn stable_fingerprint(&self) -> String {
        self.ja4_without(&CHANGING)
    }

    /// JA3: the MD5, in hexadecimal, of [`ja3_text`](Self::ja3_text). A client that shuffles its extensions has another one
    /// each time.
    #[must_use]
    pub fn ja3(&self) -> String {
        hex(&Md5::digest(self.ja3_text()), 32)
    }

    /// What JA3 is the digest of: version, suites, extensions, groups and point formats as decimal numbers, GREASE left out.
    #[must_use]
    pub fn ja3_text(&self) -> String {
        let decimal = |numbers: &mut dyn Iterator<Item = u16>| {
            numbers.map(|number| number.to_string()).collect::<Vec<_>>().join("-")
        };
        let suites = self.cipher_suites.iter().filter(|suite| !suite.is_grease()).map(|suite| suite.0);
        let kinds = self.extensions.iter().filter(|kind| !kind.is_grease()).map(|kind| kind.0);
        let groups = self.groups.iter().flatten().filter(|group| !group.is_grease()).map(|group| group.0);
        format!(
            "{},{},{},{},{}",
            self.legacy_version,
            decimal(&mut { suites }),
            decimal(&mut { kinds }),
            decimal(&mut { groups }),
            decimal(&mut self.point_formats.iter().map(|format| u16::from(*format)))
        )
    }

    /// JA4 of a client over TCP, of QUIC or of DTLS. Lists are sorted before they are digested, so that shuffling changes nothing.
    #[must_use]
    pub fn ja4(&self) -> String {
        self.ja4_without(&[])
    }

    fn ja4_without(&self, left_out: &[ExtensionType]) -> String {
        let mut suites: Vec<_> = self
            .cipher_suites
            .iter()
            .filter(|suite| !suite.is_grease())
            .map(|suite| hex16(suite.0))
            .collect();
        let counts = |kind: &ExtensionType| !kind.is_grease() && !left_out.contains(kind);
        let kinds: Vec<_> = self.extensions.iter().copied().filter(counts).collect();
        let named = if kinds.contains(&ExtensionType::SERVER_NAME) { 'd' } else { 'i' };
        let quic = [ExtensionType::QUIC_TRANSPORT_PARAMETERS, ExtensionType::QUIC_TRANSPORT_PARAMETERS_DRAFT];
        let transport = match ProtocolVersion(self.legacy_version).is_dtls() {
            true => 'd',
            // These stand in a hello over QUIC and in no other (RFC 9001, section 8.2).
            false if kinds.iter().any(|kind| quic.contains(kind)) => 'q',
            false => 't',
        };
        let head = format!(
            "{transport}{}{named}{:02}{:02}{}",
            self.ja4_version(),
            suites.len().min(99),
            kinds.len().min(99),
            self.ja4_alpn()
        );
        suites.sort();
        let apart = [ExtensionType::SERVER_NAME, ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION];
        let mut sorted: Vec<_> =
            kinds.iter().filter(|kind| !apart.contains(kind)).map(|kind| hex16(kind.0)).collect();
        sorted.sort();
        let schemes: Vec<_> = self
            .signature_schemes
            .iter()
            .flatten()
            .filter(|scheme| !scheme.is_grease())
            .map(|scheme| hex16(scheme.0))
            .collect();
        let mut rest = sorted.join(",");
        if !schemes.is_empty() {
            rest.push('_');
            rest.push_str(&schemes.join(","));
        }
        format!("{head}_{}_{}", short_digest(&suites.join(",")), short_digest(&rest))
    }

    fn ja4_version(&self) -> &'static str {
        let versions = self.versions.iter().copied().filter(|version| !version.is_grease());
        // The numbers of DTLS run backwards.
        let best = match ProtocolVersion(self.legacy_version).is_dtls() {
            true => versions.min(),
            false => versions.max(),
        };
        match best.unwrap_or(ProtocolVersion(self.legacy_version)) {
            ProtocolVersion::TLS1_3 => "13",
            ProtocolVersion::TLS1_2 => "12",
            ProtocolVersion::TLS1_1 => "11",
            ProtocolVersion::TLS1_0 => "10",
            ProtocolVersion::SSL3 => "s3",
            ProtocolVersion::SSL2 => "s2",
            ProtocolVersion::DTLS1_0 => "d1",
            ProtocolVersion::DTLS1_2 => "d2",
            ProtocolVersion::DTLS1_3 => "d3",
            _ => "00",
        }
    }

    /// First and last byte of the first protocol; of its hexadecimal form, where either is no letter or digit. (So JA4's
    /// description has it; programs made before that show 9s instead.)
    fn ja4_alpn(&self) -> String {
        let extensions = Extensions::new(Reader::new(&self.extension_block), Place::ClientHello);
        let name = match extensions.find(ExtensionType::APPLICATION_LAYER_PROTOCOL_NEGOTIATION) {
            Some(Ok(Extension::Alpn(names))) => names.first().map_or(&[][..], |name| name.0),
            _ => &[],
        };
        let (Some(&first), Some(&last)) = (name.first(), name.last()) else { return "00".to_owned() };
        if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            [first, last].map(char::from).iter().collect()
        } else {
            format!("{:x}{:x}", first >> 4, last & 15)
        }
    }
}

fn hex16(number: u16) -> String {
    format!("{number:04x}")
}

fn hex(bytes: &[u8], digits: usize) -> String {
    let mut text: String = HEXLOWER.encode(bytes);
    text.truncate(digits);
    text
}

/// The first 12 digits of the SHA-256; zeros for nothing.
fn short_digest(text: &str) -> String {
    if text.is_empty() { "000000000000".to_owned() } else { hex(&Sha256::digest(text), 12) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{CipherSuite, NamedGroup, SignatureScheme};

    /// The two examples in JA3's own description.
    #[test]
    fn ja3_is_as_published() {
        let mut offer = Offer {
            legacy_version: 769,
            cipher_suites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4]
                .map(CipherSuite)
                .to_vec(),
            extensions: [0, 10, 11].map(ExtensionType).to_vec(),
            groups: Some([23, 24, 25].map(NamedGroup).to_vec()),
            point_formats: vec![0],
            ..Offer::default()
        };
        assert_eq!(offer.ja3_text(), "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0");
        assert_eq!(offer.ja3(), "ada70206e40642a3e4461f35503241d5");
        // GREASE changes nothing.
        offer.cipher_suites.insert(0, CipherSuite(0x3a3a));
        offer.extensions.push(ExtensionType(0xfafa));
        assert_eq!(offer.ja3(), "ada70206e40642a3e4461f35503241d5");
        let without_extensions = Offer {
            legacy_version: 769,
            cipher_suites: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99].map(CipherSuite).to_vec(),
            ..Offer::default()
        };
        assert_eq!(without_extensions.ja3(), "de350869b8c85de67a350c8d186f11e6");
    }

    /// An `application_layer_protocol_negotiation` with this protocol before another.
    fn alpn(name: &[u8]) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap();
        [&[0, 16, 0, length + 6, 0, length + 4, length][..], name, &[2, b'x', b'y']].concat()
    }

    /// The example in JA4's own description: Chrome.
    fn chrome() -> Offer {
        let suites = [
            0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
            0x009c, 0x009d, 0x002f, 0x0035,
        ];
        let kinds = [
            0x1a1a, 0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012,
            0x002b, 0xff01, 0x000b, 0x000a, 0x0015,
        ];
        let schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        Offer {
            legacy_version: 0x0303,
            versions: [0x2a2a, 0x0304, 0x0303].map(ProtocolVersion).to_vec(),
            names_versions: true,
            cipher_suites: suites.map(CipherSuite).to_vec(),
            extensions: kinds.map(ExtensionType).to_vec(),
            extension_block: alpn(b"h2"),
            signature_schemes: Some(schemes.map(SignatureScheme).to_vec()),
            ..Offer::default()
        }
    }

    #[test]
    fn ja4_is_as_published() {
        assert_eq!(chrome().ja4(), "t13d1516h2_8daaf6152771_e5627efa2ab1");
        // Without signature algorithms there is no underscore behind the extensions.
        let unsigned = Offer { signature_schemes: None, ..chrome() };
        assert_eq!(unsigned.ja4(), "t13d1516h2_8daaf6152771_6d807ffa2a79");
        // GREASE among the schemes is left out, and the order of extensions changes nothing.
        let mut shuffled = chrome();
        shuffled.extensions.reverse();
        shuffled.signature_schemes.as_mut().unwrap().insert(1, SignatureScheme(0x5a5a));
        assert_eq!(shuffled.ja4(), chrome().ja4());
    }

    /// Chrome over QUIC, as JA4's list of examples has it.
    #[test]
    fn ja4_knows_quic() {
        let kinds = [0x0000, 0x000a, 0x000d, 0x0010, 0x001b, 0x002b, 0x002d, 0x0033, 0x0039, 0x4469];
        let schemes = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201];
        let offer = Offer {
            legacy_version: 0x0303,
            versions: vec![ProtocolVersion::TLS1_3],
            cipher_suites: [0x1301, 0x1302, 0x1303].map(CipherSuite).to_vec(),
            extensions: kinds.map(ExtensionType).to_vec(),
            extension_block: alpn(b"h3"),
            signature_schemes: Some(schemes.map(SignatureScheme).to_vec()),
            ..Offer::default()
        };
        assert_eq!(offer.ja4(), "q13d0310h3_55b375c5d22e_cd85d2d88918");
    }

    /// A client that resumes, was sent a cookie or fills up is the same client.
    #[test]
    fn a_stable_fingerprint_has_nothing_that_changes() {
        let mut resuming = chrome();
        resuming.extensions.extend([0x0029, 0x002a, 0x002c].map(ExtensionType));
        assert_ne!(resuming.ja4(), chrome().ja4());
        assert_eq!(resuming.stable_fingerprint(), chrome().stable_fingerprint());
        resuming.extensions.retain(|kind| *kind != ExtensionType::PADDING);
        assert_eq!(resuming.stable_fingerprint(), chrome().stable_fingerprint());
        resuming.extensions.push(ExtensionType(0x0031));
        assert_ne!(resuming.stable_fingerprint(), chrome().stable_fingerprint());
    }

    #[test]
    fn ja4_counts_what_is_there() {
        let mut offer = chrome();
        offer.extensions.retain(|kind| kind.0 > 0x10);
        offer.extension_block.clear();
        assert!(offer.ja4().starts_with("t13i151000_8daaf6152771_"), "{}", offer.ja4());
        offer.cipher_suites = (0..120).map(CipherSuite).collect();
        assert!(offer.ja4().starts_with("t13i991000_"));
        let nothing = Offer { legacy_version: 0x0303, ..Offer::default() };
        assert_eq!(nothing.ja4(), "t12i000000_000000000000_000000000000");
    }

    /// The examples of JA4's description, and a protocol of one letter.
    #[test]
    fn ja4_shows_a_protocol_that_is_no_text_in_hexadecimal() {
        for (name, shown) in [
            (&b"http/1.1"[..], "h1"),
            (b"h", "hh"),
            (b"", "00"),
            (&[0xab], "ab"),
            (&[0x20], "20"),
            (&[0xab, 0xcd], "ad"),
            (&[0x20, 0x61], "21"),
            (&[0x30, 0xab], "3b"),
            (&[0x61, 0x20], "60"),
            (&[0x30, 0x31, 0xab, 0xcd], "3d"),
            (&[0x30, 0xab, 0xcd, 0x31], "01"),
        ] {
            let offer = Offer { extension_block: alpn(name), ..Offer::default() };
            assert_eq!(offer.ja4_alpn(), shown, "{name:?}");
        }
        assert_eq!(Offer::default().ja4_alpn(), "00");
    }

    #[test]
    fn ja4_knows_each_version() {
        for (versions, shown) in [
            (&[0x0304, 0x0303][..], "t13"),
            (&[0x0303], "t12"),
            (&[0x0302], "t11"),
            (&[0x0301], "t10"),
            (&[0x0300], "ts3"),
            (&[0x0a0a, 0x0303], "t12"),
            (&[0x0399], "t00"),
            (&[0xfefd, 0xfefc], "dd3"),
            (&[0xfefd], "dd2"),
            (&[0xfeff], "dd1"),
        ] {
            let legacy_version = if versions[0] > 0xfe00 { 0xfefd } else { 0x0303 };
            let versions = versions.iter().copied().map(ProtocolVersion).collect();
            let offer = Offer { legacy_version, versions, ..Offer::default() };
            assert!(offer.ja4().starts_with(shown), "{}", offer.ja4());
        }
    }
}
