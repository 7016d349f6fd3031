//! What real peers sent, decoded: handshakes and hellos of `testdata/wire`, which `capture.py` makes there.

use std::path::PathBuf;

use tlsdiag_core::wire::*;

fn lines(name: &str) -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../testdata/wire");
    let text = std::fs::read_to_string(folder.join(format!("{name}.hex"))).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

/// The handshake messages of a capture, without their direction.
fn messages(name: &str) -> Vec<Vec<u8>> {
    lines(name).iter().filter_map(|line| line.split_once(" handshake ")).map(|(_, hex)| unhex(hex)).collect()
}

fn dialect(version: ProtocolVersion, suite: CipherSuite) -> Dialect {
    Dialect { version: Some(version), suite: Some(suite), ..Dialect::default() }
}

/// Everything that a message holds, touched; any error fails the test.
fn assert_typed(message: &Message<'_>) {
    let check = |extensions: Extensions<'_>| {
        for extension in extensions.typed() {
            let extension = extension.unwrap();
            assert!(!matches!(extension, Extension::Unknown { .. }), "{extension:?}");
        }
    };
    match message {
        Message::ClientHello(hello) => check(hello.extensions),
        Message::ServerHello(hello) => check(hello.extensions),
        Message::EncryptedExtensions(message) => check(message.extensions),
        Message::Certificate(message) => message.entries().for_each(|entry| check(entry.extensions)),
        Message::CertificateRequest(request) => request.extensions().into_iter().for_each(check),
        Message::NewSessionTicket(ticket) => {
            ticket.tls13.into_iter().for_each(|ticket| check(ticket.extensions))
        }
        Message::Unknown { .. } => panic!("{message:?}"),
        _ => {}
    }
}

fn kinds(name: &str, dialect: &Dialect) -> Vec<String> {
    let decode = |bytes: &Vec<u8>| {
        let message = Message::decode(bytes, dialect).unwrap();
        assert_typed(&message);
        message.kind().to_string()
    };
    messages(name).iter().map(decode).collect()
}

const ECDHE: CipherSuite = CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;

#[test]
fn a_mutual_handshake_of_tls_1_2() {
    let dialect = dialect(ProtocolVersion::TLS1_2, ECDHE);
    let expected = [
        "client_hello",
        "server_hello",
        "certificate",
        "server_key_exchange",
        "certificate_request",
        "server_hello_done",
        "certificate",
        "client_key_exchange",
        "certificate_verify",
        "finished",
        "new_session_ticket",
        "finished",
    ];
    assert_eq!(kinds("tls12_mutual", &dialect), expected);
    let messages = messages("tls12_mutual");
    let decoded: Vec<_> = messages.iter().map(|bytes| Message::decode(bytes, &dialect).unwrap()).collect();
    let [
        Message::ClientHello(client),
        Message::ServerHello(server),
        Message::Certificate(chain),
        Message::ServerKeyExchange(key),
        Message::CertificateRequest(request),
        _,
        Message::Certificate(client_chain),
        Message::ClientKeyExchange(client_key),
        Message::CertificateVerify(verify),
        Message::Finished(finished),
        Message::NewSessionTicket(ticket),
        _,
    ] = decoded.as_slice()
    else {
        panic!("{decoded:?}")
    };
    assert_eq!(client.server_name(), Some("localhost"));
    assert_eq!(client.best_version(), ProtocolVersion::TLS1_2);
    assert!(client.extended_master_secret() && client.encrypt_then_mac() && client.secure_renegotiation());
    assert_eq!(
        client.alpn().unwrap().iter().map(|name| name.0).collect::<Vec<_>>(),
        [&b"h2"[..], b"http/1.1"]
    );
    assert_eq!(server.cipher_suite, ECDHE);
    assert_eq!(server.version(), ProtocolVersion::TLS1_2);
    assert_eq!(server.alpn().unwrap().as_str(), Some("http/1.1"));
    assert!(server.extended_master_secret() && !server.is_hello_retry_request());
    assert_eq!(chain.len(), 2);
    assert_eq!(client_chain.len(), 2);
    assert_eq!(key.group(), Some(NamedGroup::X25519));
    assert_eq!(key.scheme.unwrap().to_string(), "rsa_pss_rsae_sha256");
    assert_eq!(key.signature.unwrap().len(), 256);
    let types: Vec<_> = request.certificate_types().unwrap().iter().map(|kind| kind.to_string()).collect();
    assert_eq!(types, ["rsa_sign", "dss_sign", "ecdsa_sign"]);
    assert!(request.signature_schemes().unwrap().contains(SignatureScheme::RSA_PKCS1_SHA256));
    assert!(matches!(client_key.params, ClientKeyParams::Ecdhe(point) if point.len() == 32));
    assert_eq!(verify.scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    assert_eq!(finished.len(), 12);
    assert_eq!((ticket.lifetime, ticket.tls13.is_none()), (7200, true));
}

#[test]
fn an_rsa_key_exchange() {
    let dialect = dialect(ProtocolVersion::TLS1_2, CipherSuite::TLS_RSA_WITH_AES_128_GCM_SHA256);
    let messages = messages("tls12_rsa");
    let key = messages.iter().find(|bytes| bytes[0] == 16).unwrap();
    let Ok(Message::ClientKeyExchange(key)) = Message::decode(key, &dialect) else { panic!() };
    assert!(matches!(key.params, ClientKeyParams::EncryptedPremaster(secret) if secret.len() == 256));
    assert!(!kinds("tls12_rsa", &dialect).contains(&"server_key_exchange".to_owned()));
}

#[test]
fn a_mutual_handshake_of_tls_1_3() {
    let dialect = dialect(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_256_GCM_SHA384);
    let expected = [
        "client_hello",
        "server_hello",
        "encrypted_extensions",
        "certificate_request",
        "certificate",
        "certificate_verify",
        "finished",
        "certificate",
        "certificate_verify",
        "finished",
        "new_session_ticket",
        "new_session_ticket",
    ];
    assert_eq!(kinds("tls13_mutual", &dialect), expected);
    let messages = messages("tls13_mutual");
    let decoded: Vec<_> = messages.iter().map(|bytes| Message::decode(bytes, &dialect).unwrap()).collect();
    let [
        Message::ClientHello(client),
        Message::ServerHello(server),
        Message::EncryptedExtensions(extensions),
        Message::CertificateRequest(request),
        Message::Certificate(chain),
        Message::CertificateVerify(verify),
        Message::Finished(finished),
        _,
        Message::CertificateVerify(client_verify),
        _,
        Message::NewSessionTicket(ticket),
        _,
    ] = decoded.as_slice()
    else {
        panic!("{decoded:?}")
    };
    assert_eq!(client.best_version(), ProtocolVersion::TLS1_3);
    assert!(
        client.offers_version(ProtocolVersion::TLS1_3) && !client.offers_version(ProtocolVersion::TLS1_2)
    );
    let shares: Vec<_> = client.key_shares().unwrap().iter().map(|share| share.group.to_string()).collect();
    assert_eq!(shares, ["x25519"]);
    assert_eq!(client.psk_modes().unwrap().first(), Some(PskKeyExchangeMode::PSK_DHE_KE));
    assert_eq!(server.version(), ProtocolVersion::TLS1_3);
    assert_eq!(server.legacy_version, ProtocolVersion::TLS1_2);
    assert_eq!(server.group(), Some(NamedGroup::X25519));
    assert_eq!(extensions.alpn().unwrap().0, b"http/1.1");
    assert_eq!(request.context(), b"");
    assert!(request.signature_schemes().unwrap().contains(SignatureScheme::RSA_PSS_RSAE_SHA256));
    assert!(request.certificate_types().is_none());
    let leaf = x509::Certificate::parse(chain.certificates().next().unwrap());
    assert_eq!(leaf.subject.unwrap().text, "CN=localhost");
    assert_eq!(verify.scheme, Some(SignatureScheme::RSA_PSS_RSAE_SHA256));
    assert_eq!(client_verify.scheme, Some(SignatureScheme::ECDSA_SECP256R1_SHA256));
    assert_eq!(finished.len(), 48);
    assert_eq!(ticket.lifetime, 7200);
    assert_eq!(ticket.tls13.unwrap().nonce.len(), 8);
}

#[test]
fn a_retry_names_the_group_that_is_wanted() {
    let messages = messages("tls13_retry");
    let Ok(Message::ServerHello(retry)) = Message::decode(&messages[1], &Dialect::default()) else {
        panic!()
    };
    assert!(retry.is_hello_retry_request());
    assert_eq!(retry.version(), ProtocolVersion::TLS1_3);
    assert_eq!(retry.group(), Some(NamedGroup::SECP521R1));
    let Ok(Message::ClientHello(again)) = Message::decode(&messages[2], &Dialect::default()) else {
        panic!()
    };
    assert_eq!(again.key_shares().unwrap().first().unwrap().group, NamedGroup::SECP521R1);
    let Ok(Message::ServerHello(hello)) = Message::decode(&messages[3], &Dialect::default()) else {
        panic!()
    };
    assert!(!hello.is_hello_retry_request());
    assert_eq!(hello.key_share().unwrap().key_exchange.len(), 133);
}

/// Nothing is known yet when the first messages come, or when a record of events was cut: lengths must then decide.
#[test]
fn a_default_dialect_reads_the_same_as_the_right_one() {
    for (name, dialect) in [
        ("tls12_mutual", dialect(ProtocolVersion::TLS1_2, ECDHE)),
        ("tls13_mutual", dialect(ProtocolVersion::TLS1_3, CipherSuite::TLS_AES_256_GCM_SHA384)),
    ] {
        for bytes in messages(name) {
            let informed = Message::decode(&bytes, &dialect).unwrap();
            let guessed = Message::decode(&bytes, &Dialect::default()).unwrap();
            if informed.kind() != HandshakeType::CLIENT_KEY_EXCHANGE {
                assert_eq!(informed, guessed);
            }
        }
    }
}

#[test]
fn a_message_cut_anywhere_is_an_error_and_no_panic() {
    for name in ["tls12_mutual", "tls12_rsa", "tls13_mutual", "tls13_retry"] {
        for bytes in messages(name) {
            for length in 0..bytes.len() {
                let mut cut = bytes[..length].to_vec();
                assert!(Message::decode(&cut, &Dialect::default()).is_err());
                // The same with a header that agrees with the cut.
                if let Some(body) = length.checked_sub(4) {
                    cut[1..4].copy_from_slice(&u32::try_from(body).unwrap().to_be_bytes()[1..]);
                    let _ = Message::decode(&cut, &Dialect::default());
                }
            }
        }
    }
}

fn hello(name: &str, check: impl FnOnce(&ClientHello<'_>)) {
    let bytes = unhex(&lines(&format!("hello_{name}"))[0]);
    let mut seen = 0;
    let mut check = Some(check);
    Deframer::new().push(&bytes, |frame| {
        let Frame::Handshake(message) = frame else { panic!("{frame:?}") };
        let message = Message::decode(message, &Dialect::default()).unwrap();
        assert_typed(&message);
        let Message::ClientHello(hello) = message else { panic!("{message:?}") };
        check.take().unwrap()(&hello);
        seen += 1;
    });
    assert_eq!(seen, 1);
    assert_eq!(looks_like(&bytes[..5]), LooksLike::Tls);
}

#[test]
fn openssl_4_offers_a_hybrid_group_and_ml_dsa_by_name() {
    hello("pyopenssl", |hello| {
        assert_eq!(hello.server_name(), Some("localhost"));
        assert!(hello.supported_groups().unwrap().contains(NamedGroup::X25519MLKEM768));
        let share = hello.key_shares().unwrap().first().unwrap();
        assert_eq!((share.group.to_string().as_str(), share.key_exchange.len()), ("X25519MLKEM768", 1216));
        let schemes = hello.signature_algorithms().unwrap();
        assert!(schemes.contains(SignatureScheme::MLDSA65));
        for scheme in schemes.iter() {
            assert!(scheme.name().is_some(), "{scheme}");
        }
        for group in hello.supported_groups().unwrap().iter() {
            assert!(group.name().is_some(), "{group}");
        }
    });
}

#[test]
fn hellos_of_other_programs() {
    hello("curl", |hello| assert_eq!(hello.server_name(), Some("localhost")));
    hello("node", |hello| {
        assert_eq!(hello.server_name(), Some("localhost"));
        assert_eq!(hello.alpn().unwrap().first().unwrap().as_str(), Some("h2"));
    });
    hello("java", |hello| {
        assert!(hello.offers_version(ProtocolVersion::TLS1_3));
        assert!(hello.extensions.contains(ExtensionType::STATUS_REQUEST_V2));
        assert!(hello.signature_algorithms_cert().is_some());
        for suite in hello.cipher_suites.iter() {
            assert!(suite.name().is_some(), "{suite}");
        }
    });
}
