//! The record shows all that stands on the wire: each extension and message typed, certificates whole, unknown parts as
//! numbers and hexadecimal, malformed ones with what is wrong.

#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use encoder::{client_hello, every_extension, extension, message, vec8, vec16, vec24};
use serde_json::{Value, json};
use tlsdiag_core::event::{ConnectionId, Direction, EventBody, Recording, Role, lines};
use tlsdiag_core::report::Record;

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let text = include_str!("../../schema/handshake-1.json");
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
});

/// The record of a server that received the client's messages (true) and sent the others.
fn record(messages: &[(bool, Vec<u8>)]) -> Value {
    let mut recording = Recording::new(ConnectionId(1));
    let local = Arc::default();
    let (role, time) = (Role::Server, SystemTime::UNIX_EPOCH);
    let started = EventBody::Started { role, time, peer: None, expected_name: None, local: &local };
    recording.push(Duration::ZERO, &started);
    for (by_client, bytes) in messages {
        let direction = if *by_client { Direction::Received } else { Direction::Sent };
        recording.push(Duration::ZERO, &EventBody::Message { direction, bytes });
    }
    let record = serde_json::to_value(Record::from_recording(&recording)).unwrap();
    assert!(
        SCHEMA.is_valid(&record),
        "{:?}",
        SCHEMA.iter_errors(&record).next().map(|error| error.to_string())
    );
    record
}

fn hello(extensions: &[Vec<u8>]) -> (bool, Vec<u8>) {
    (true, client_hello(&[7; 32], &[1; 32], &[0x1301, 0xc02f, 0x1a1a, 0xabcd], extensions))
}

/// A ServerHello of this version and suite.
fn server_hello(version: u16, suite: u16, extensions: &[u8]) -> (bool, Vec<u8>) {
    let extensions = match version {
        0x0304 => [extension(43, &version.to_be_bytes()).as_slice(), extensions].concat(),
        _ => extensions.to_vec(),
    };
    let body = [&[3, 3][..], &[9; 32], &vec8(&[]), &suite.to_be_bytes(), &[0], &vec16(&extensions)];
    (false, message(2, &body.concat()))
}

/// The DER of a certificate of `testdata/wire`.
fn certificate(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../testdata/wire/certificate_{name}.hex"));
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.trim();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn every_extension_of_a_hello_is_typed() {
    // Bytes that mean nothing beyond themselves, or that no RFC defines.
    let plain = ["GREASE(0x0a0a)", "connection_id", "external_id_hash", "tls_flags"];
    let record = record(&[hello(&every_extension())]);
    let extensions = record["offer"]["extensions"].as_array().unwrap();
    assert_eq!(extensions.len(), every_extension().len());
    for extension in extensions {
        let name = extension["name"].as_str().unwrap();
        assert!(extension["problem"].is_null(), "{extension}");
        assert!(!name.starts_with("0x"), "{extension}");
        if extension["size"] != 0 {
            assert!(!extension["value"].is_null(), "{extension}");
            assert!(!extension["value"].is_string() || plain.contains(&name), "{extension}");
        }
    }
    let of = |name: &str| extensions.iter().find(|one| one["name"] == name).unwrap()["value"].clone();
    assert_eq!(of("supported_groups")[1], json!({ "code": 4588, "name": "X25519MLKEM768" }));
    assert_eq!(of("compress_certificate")[2]["name"], "zstd");
    assert_eq!(of("encrypted_client_hello")["type"], "outer");
    assert_eq!(of("pre_shared_key")["binders"], json!([32]));
    assert_eq!(of("status_request")["type"]["name"], "ocsp");
    assert_eq!(of("quic_transport_parameters")[0]["name"], "max_idle_timeout");
    assert_eq!(record["offer"]["cipher_suites"][3], json!({ "code": 0xabcd, "name": "0xabcd" }));
    assert_eq!(record["offer"]["compression_methods"][0]["name"], "NULL");
}

#[test]
fn the_messages_of_tls_1_2_say_what_they_hold() {
    let record = record(&[
        hello(&[]),
        server_hello(0x0303, 0xc02f, &[]),
        (false, message(22, &[&[1][..], &vec24(&[0x30, 3, 0x0a, 1, 0])].concat())),
        (false, message(12, &[&[3, 0, 29][..], &vec8(&[8; 32]), &[8, 4], &vec16(&[7; 256])].concat())),
        (true, message(16, &vec8(&[8; 32]))),
        (true, message(15, &[&[8, 4][..], &vec16(&[7; 256])].concat())),
        (false, message(4, &[&[0, 0, 28, 32][..], &vec16(&[5; 192])].concat())),
        (false, message(99, &[1, 2, 3])),
        (false, message(4, &[0, 0])),
    ]);
    let values: Vec<&Value> =
        record["events"].as_array().unwrap().iter().map(|event| &event["value"]).collect();
    assert_eq!(values[1]["compression_method"]["name"], "NULL");
    assert_eq!(values[2]["responses"][0]["status"]["name"], "successful");
    let group = json!({ "code": 29, "name": "x25519" });
    let scheme = json!({ "code": 0x0804, "name": "rsa_pss_rsae_sha256" });
    let exchange = json!({ "group": group, "public_length": 32, "scheme": scheme, "signature_length": 256 });
    assert_eq!(values[3], &exchange);
    assert_eq!(values[4], &json!({ "type": "ecdhe", "length": 32 }));
    assert_eq!(values[5], &json!({ "scheme": scheme, "signature_length": 256 }));
    assert_eq!(values[6], &json!({ "lifetime_s": 7200, "ticket_length": 192 }));
    assert_eq!(values[7], &json!({ "type": { "code": 99, "name": "0x63" }, "body": "010203" }));
    // The last one is cut off.
    let last = &record["events"][8];
    assert_eq!(last["value"], "040000020000");
    assert!(last["problem"].as_str().unwrap().contains("ticket_lifetime"), "{last}");
}

#[test]
fn a_retry_is_shown_with_the_hello_before_it() {
    let sum = *b"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";
    let extensions =
        [extension(43, &[3, 4]), extension(51, &[0, 24]), extension(44, &vec16(&[1; 20]))].concat();
    let retry = [&[3, 3][..], &sum, &vec8(&[]), &[0x13, 1, 0], &vec16(&extensions)].concat();
    let record = record(&[hello(&[]), (false, message(2, &retry)), hello(&every_extension())]);
    assert_eq!(record["first_offer"]["extensions"], json!([]));
    assert_eq!(record["offer"]["retried"], true);
    let retry = &record["retry"];
    assert_eq!(retry["group"]["name"], "secp384r1");
    assert_eq!(retry["extensions"][1]["value"], json!({ "group": { "code": 24, "name": "secp384r1" } }));
    assert_eq!(retry["extensions"][2]["value"], json!({ "length": 20 }));
}

#[test]
fn certificates_are_shown_whole_with_what_stands_beside_them() {
    let response = [&[1][..], &vec24(&[0x30, 3, 0x0a, 1, 3])].concat();
    let credential = [&[0, 0, 0, 60, 8, 7][..], &vec24(&[5, 4]), &[4, 3], &vec16(&[6])].concat();
    let beside = [extension(5, &response), extension(34, &credential)].concat();
    let chain = [
        [vec24(&certificate("server")), vec16(&beside)].concat(),
        [vec24(&certificate("constrained")), vec16(&[])].concat(),
        [vec24(&certificate("critical")), vec16(&[])].concat(),
        [vec24(&certificate("server")[..200]), vec16(&[])].concat(),
    ];
    let record = record(&[
        hello(&[]),
        server_hello(0x0304, 0x1301, &[]),
        (false, message(11, &[vec8(&[]), vec24(&chain.concat())].concat())),
    ]);
    let shown = record["certificates"]["server"].as_array().unwrap();
    let server = &shown[0];
    assert_eq!(server["key"], "RSA 2048");
    assert_eq!(server["key_bits"], 2048);
    assert_eq!(server["subject_alt_names"].as_array().unwrap().len(), 9);
    assert_eq!(server["key_usage"], json!(["digitalSignature", "keyEncipherment"]));
    assert_eq!(server["extended_key_usage"], json!(["serverAuth", "1.3.6.1.5.5.7.3.17"]));
    assert_eq!(server["ocsp_urls"], json!(["http://ocsp.example.com/"]));
    assert_eq!(server["crl_urls"], json!(["http://crl.example.com/ca.crl"]));
    assert_eq!(server["ca_issuers_urls"], json!(["http://ca.example.com/ca.der"]));
    assert_eq!((&server["must_staple"], &server["ca"]), (&json!(true), &json!(false)));
    for name in ["subject", "issuer", "serial", "not_before", "not_after", "signature_algorithm"] {
        assert!(server[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {server}");
    }
    assert!(server["authority_key_id"].is_string() && server["authority_serial"].is_string());
    assert_eq!(server["authority_issuer"].as_array().unwrap().len(), 1);
    assert_eq!(server["extensions"][0]["value"]["response"]["status"]["name"], "tryLater");
    assert_eq!(server["extensions"][1]["value"]["scheme"]["name"], "ed25519");
    let authority = &shown[1];
    assert_eq!((&authority["ca"], &authority["path_length"]), (&json!(true), &json!(0)));
    let constraints = json!({ "permitted": ["DNS:example.com"], "excluded": ["IP:10.0.0.0/255.0.0.0"] });
    assert_eq!(authority["name_constraints"], constraints);
    assert_eq!(shown[2]["unknown_critical"], json!(["1.3.6.1.4.1.99999.1"]));
    assert!(shown[3]["malformed"].is_string(), "{}", shown[3]);
}

#[test]
fn a_bare_public_key_is_no_malformed_certificate() {
    // The SubjectPublicKeyInfo of an Ed25519 key (RFC 8410, section 10.1).
    let spki = [&[0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0][..], &[9; 32]].concat();
    for (version, suite, body) in [
        (0x0304_u16, 0x1301, [vec8(&[]), vec24(&[vec24(&spki), vec16(&[])].concat())].concat()),
        (0x0303, 0xc02b, vec24(&spki)),
    ] {
        let chosen = extension(20, &[2]);
        let mut messages = vec![hello(&[extension(20, &vec8(&[2, 0]))])];
        if version == 0x0304 {
            messages.push(server_hello(version, suite, &[]));
            messages.push((false, message(8, &vec16(&chosen))));
        } else {
            messages.push(server_hello(version, suite, &chosen));
        }
        messages.push((false, message(11, &body)));
        let record = record(&messages);
        let key = &record["certificates"]["server"][0];
        assert_eq!((&key["raw_public_key"], &key["key"]), (&json!(true), &json!("Ed25519")), "{record}");
        assert!(key["malformed"].is_null(), "{key}");
    }
}

/// What was recorded of real handshakes leaves nothing out either.
#[test]
fn real_handshakes_are_shown_whole() {
    // These have a place of their own in the record, or no body.
    let elsewhere = [
        "client_hello",
        "hello_request",
        "encrypted_extensions",
        "certificate",
        "certificate_request",
        "server_hello_done",
        "end_of_early_data",
        "finished",
    ];
    let healthy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases/healthy");
    let mut typed = 0;
    for folder in std::fs::read_dir(healthy).unwrap() {
        let path = folder.unwrap().path().join("events.jsonl");
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        for recording in lines::read(file).unwrap() {
            let record = serde_json::to_value(Record::from_recording(&recording)).unwrap();
            assert!(SCHEMA.is_valid(&record), "{}", path.display());
            let events = record["events"].as_array().unwrap();
            for event in events.iter().filter(|event| event["kind"] == "message") {
                assert!(event["problem"].is_null(), "{}: {event}", path.display());
                if !elsewhere.contains(&event["name"].as_str().unwrap()) {
                    assert!(event["value"].is_object(), "{}: {event}", path.display());
                    typed += 1;
                }
            }
            for place in ["/offer/extensions", "/answer/extensions", "/answer/encrypted_extensions"] {
                for extension in record.pointer(place).and_then(Value::as_array).into_iter().flatten() {
                    assert!(extension["problem"].is_null(), "{}: {extension}", path.display());
                }
            }
        }
    }
    assert!(typed > 300, "{typed}");
}
