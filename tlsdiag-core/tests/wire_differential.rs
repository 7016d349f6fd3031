//! Two decoders, one answer: `tls-parser` reads the same hellos, as far as it knows them.

#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use std::path::PathBuf;

use proptest::prelude::*;
use tls_parser::{TlsExtension, TlsMessage, TlsMessageHandshake};
use tlsdiag_core::wire::*;

fn compare(bytes: &[u8]) {
    let Ok(Message::ClientHello(ours)) = Message::decode(bytes, &Dialect::default()) else { panic!() };
    let Ok((_, TlsMessage::Handshake(TlsMessageHandshake::ClientHello(theirs)))) =
        tls_parser::parse_tls_message_handshake(bytes)
    else {
        panic!()
    };
    assert_eq!(ours.legacy_version.0, theirs.version.0);
    assert_eq!(&ours.random[..], theirs.random);
    assert_eq!(ours.session_id, theirs.session_id.unwrap_or_default());
    assert!(ours.cipher_suites.iter().map(|suite| suite.0).eq(theirs.ciphers.iter().map(|suite| suite.0)));
    let (rest, extensions) =
        tls_parser::parse_tls_client_hello_extensions(theirs.ext.unwrap_or_default()).unwrap();
    assert_eq!(rest, b"");
    assert_eq!(ours.extensions.iter().count(), extensions.len());
    let mut compared = 0;
    for (ours, theirs) in ours.extensions.typed().zip(&extensions) {
        compared += usize::from(agree(&ours.unwrap(), theirs));
    }
    assert!(compared > 4, "{compared} extensions that both know");
}

/// Whether both typed the extension; panics if they read it differently.
fn agree(ours: &Extension<'_>, theirs: &TlsExtension<'_>) -> bool {
    match (ours, theirs) {
        (Extension::ServerName(ours), TlsExtension::SNI(theirs)) => {
            assert!(
                ours.iter()
                    .map(|name| (name.kind.0, name.name))
                    .eq(theirs.iter().map(|one| (one.0.0, one.1)))
            );
        }
        (Extension::SupportedGroups(ours), TlsExtension::EllipticCurves(theirs)) => {
            assert!(ours.iter().map(|group| group.0).eq(theirs.iter().map(|group| group.0)));
        }
        (Extension::SignatureAlgorithms(ours), TlsExtension::SignatureAlgorithms(theirs)) => {
            assert!(ours.iter().map(|scheme| scheme.0).eq(theirs.iter().copied()));
        }
        (Extension::EcPointFormats(ours), TlsExtension::EcPointFormats(theirs)) => {
            assert_eq!(ours.as_bytes(), *theirs);
        }
        (
            Extension::SupportedVersions(SupportedVersions::Offered(ours)),
            TlsExtension::SupportedVersions(theirs),
        ) => {
            assert!(ours.iter().map(|version| version.0).eq(theirs.iter().map(|version| version.0)));
        }
        (Extension::Alpn(ours), TlsExtension::ALPN(theirs)) => {
            assert!(ours.iter().map(|name| name.0).eq(theirs.iter().copied()));
        }
        (Extension::PskKeyExchangeModes(ours), TlsExtension::PskExchangeModes(theirs)) => {
            assert!(ours.iter().map(|mode| mode.0).eq(theirs.iter().copied()));
        }
        (Extension::SessionTicket(ours), TlsExtension::SessionTicket(theirs)) => assert_eq!(ours, theirs),
        (Extension::RecordSizeLimit(ours), TlsExtension::RecordSizeLimit(theirs)) => assert_eq!(ours, theirs),
        (Extension::MaxFragmentLength(ours), TlsExtension::MaxFragmentLength(theirs)) => {
            assert_eq!(ours.0, *theirs)
        }
        (Extension::Heartbeat(ours), TlsExtension::Heartbeat(theirs)) => assert_eq!(ours.0, *theirs),
        (Extension::Padding(ours), TlsExtension::Padding(theirs)) => assert_eq!(ours, theirs),
        (Extension::EncryptThenMac, TlsExtension::EncryptThenMac)
        | (Extension::ExtendedMasterSecret, TlsExtension::ExtendedMasterSecret)
        | (Extension::PostHandshakeAuth, TlsExtension::PostHandshakeAuth)
        | (Extension::Grease { .. }, TlsExtension::Grease(..)) => {}
        // Known to one of them alone, or raw bytes there.
        _ => return false,
    }
    true
}

#[test]
fn hellos_of_real_programs() {
    for name in ["curl", "node", "java", "pyopenssl"] {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/wire");
        let text = std::fs::read_to_string(folder.join(format!("hello_{name}.hex"))).unwrap();
        let digits = text.trim();
        let bytes: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect();
        compare(&bytes[5..]);
    }
}

proptest! {
    #[test]
    fn hellos_with_extensions_in_any_order(
        random: [u8; 32],
        session in proptest::collection::vec(any::<u8>(), 1..32),
        suites in proptest::collection::vec(any::<u16>(), 1..40),
        extensions in Just(encoder::every_extension()).prop_shuffle(),
    ) {
        compare(&encoder::client_hello(&random, &session, &suites, &extensions));
    }
}
