//! Whatever stands in a record, nothing that is made of it acts on a terminal, a log or a page; and JSON keeps the value.

#[path = "../encoder/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod encoder;
mod hostile;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use encoder::{client_hello, extension, message, vec8, vec16};
use hostile::{HOSTILE, assert_inert, assert_shown_inert};
use tlsdiag_core::compare;
use tlsdiag_core::event::{ConnectionId, Direction, EventBody, LocalConfiguration, Recording, Role, lines};
use tlsdiag_core::neutralize;
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::text::{self, Style};
use tlsdiag_core::report::{self, Record, jsonl};

/// Read as a file is.
fn read(line: &str) -> Record {
    let mut read = Reader::new().line(line);
    let line = read.pop().expect("a line").unwrap_or_else(|error| panic!("{error}: {line}"));
    line.handshake().expect("a handshake")
}

fn records() -> Vec<Record> {
    hostile::records().iter().map(|record| read(&record.to_string())).collect()
}

fn styles() -> [Style; 3] {
    [Style::default(), Style::default().with_color(true), Style::default().with_width(40)]
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory is never full");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_record() {
    for record in records() {
        for style in styles() {
            assert_shown_inert("text", &written(|out| text::write(&record, out, style)));
        }
        let line = record.one_line();
        assert_shown_inert("one_line", &line);
        assert!(!line.contains('\n'), "{line}");
    }
}

#[test]
fn two_records() {
    let records = records();
    let mut joined = 0;
    for left in &records {
        for right in &records {
            let difference = compare::diff(left, right);
            for style in styles() {
                assert_inert("diff", &written(|out| difference.write(out, style)));
            }
            assert_shown_inert("diff as JSON", &neutralize::json(&difference).expect("JSON"));
            let Some(both) = compare::join(left, right) else { continue };
            joined += 1;
            for style in styles() {
                assert_shown_inert("join", &written(|out| both.write(out, style)));
            }
            assert_shown_inert("join as JSON", &neutralize::json(&both.to_json()).expect("JSON"));
        }
    }
    assert!(joined > 20, "{joined} pairs");
}

#[test]
fn json_is_inert_and_keeps_every_value() {
    for record in records() {
        let line = written(|out| jsonl::write(&record, out));
        assert_shown_inert("JSON", &line);
        assert_eq!(line.find('\n'), Some(line.len() - 1), "one line");
        assert_eq!(read(line.trim_end()), record);
        let value: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(value["tls"]["client"]["server_name"], HOSTILE);
    }
}

#[test]
fn what_is_wrong_with_a_line() {
    let quoted = serde_json::Value::from(HOSTILE).to_string();
    let head = r#"{"schema":"tlsdiag.events/1","connection":1,"events":2}"#;
    for lines in [
        vec![format!(r#"{{"schema":{quoted}}}"#)],
        vec![format!(r#"{{"schema":"tlsdiag.events/{}}}"#, &quoted[1..])],
        vec![format!(r#"{{"schema":"tlsdiag.handshake/1","id":{{{quoted}:1}}}}"#)],
        vec![format!(r#"{{"schema":"tlsdiag.handshake/1","duration_us":{quoted}}}"#)],
        vec![head.to_owned(), format!(r#"{{"at":1,"event":{quoted}}}"#)],
        vec![head.to_owned(), format!(r#"{{"at":1,"event":"message","direction":{quoted},"bytes":"00"}}"#)],
        vec![head.to_owned(), format!(r#"{{"at":1,"event":"message","direction":"sent","bytes":{quoted}}}"#)],
        vec![HOSTILE.to_owned()],
    ] {
        let mut reader = Reader::new();
        let errors: Vec<String> = lines
            .iter()
            .flat_map(|line| reader.line(line))
            .filter_map(|told| told.err().map(|error| error.to_string()))
            .collect();
        assert!(!errors.is_empty(), "{lines:?}");
        for error in errors {
            assert_inert("the error", &error);
            assert!(!error.contains('\n'), "{error}");
        }
    }
}

/// A server that was sent these messages, and whose library and own name are hostile as well.
fn recording(messages: &[Vec<u8>]) -> Recording {
    let mut recording = Recording::new(ConnectionId(1));
    let local = Arc::new(LocalConfiguration { library: HOSTILE.to_owned(), ..LocalConfiguration::default() });
    let (role, time) = (Role::Server, SystemTime::UNIX_EPOCH);
    let started = EventBody::Started { role, time, peer: None, expected_name: Some(HOSTILE), local: &local };
    recording.push(Duration::ZERO, &started);
    for bytes in messages {
        recording.push(Duration::ZERO, &EventBody::Message { direction: Direction::Received, bytes });
    }
    recording
}

#[test]
fn a_client_hello_from_the_wire() {
    let name = vec16(&[&[0][..], &vec16(HOSTILE.as_bytes())].concat());
    let protocols = vec16(&[vec8(HOSTILE.as_bytes()), vec8(b"h2")].concat());
    let hello =
        client_hello(&[7; 32], &[], &[0x1301, 0xc02f], &[extension(0, &name), extension(16, &protocols)]);

    let decoded = report::client_hello(&hello).expect("a ClientHello");
    assert_eq!(decoded.offer.server_name.as_deref(), Some(HOSTILE));
    assert_shown_inert("the ClientHello as JSON", &neutralize::json(&decoded).expect("JSON"));

    // A name of an X.509 certificate's, in UTF-8, behind it.
    let common_name = [&[0x0c, HOSTILE.len() as u8][..], HOSTILE.as_bytes()].concat();
    let der = |tag: u8, body: &[u8]| [&[tag][..], &[u8::try_from(body.len()).expect("short")], body].concat();
    let subject = der(0x30, &der(0x31, &der(0x30, &[&[6, 3, 0x55, 4, 3][..], &common_name].concat())));
    let authorities = message(13, &[vec8(&[1]), vec16(&[4, 1]), vec16(&vec16(&subject))].concat());

    let recording = recording(&[hello, authorities]);
    let record = Record::from_recording(&recording);
    for style in styles() {
        assert_shown_inert("text", &written(|out| text::write(&record, out, style)));
    }
    assert_inert("one_line", &record.one_line());
    assert_shown_inert("JSON", &written(|out| jsonl::write(&record, out)));
    let kept = written(|out| lines::write(&recording, out));
    assert_shown_inert("the recording", &kept);
    assert_eq!(lines::read(kept.as_bytes()).expect("a recording").len(), 1);
}
