use std::path::Path;

use tlsdiag_core::report::reader::Reader;

use super::*;
use crate::view::State;

/// All records of the recorded cases below a folder.
pub(super) fn records(folder: &Path) -> Vec<Record> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(records(&path));
        } else if path.file_name().is_some_and(|name| name == "events.jsonl") {
            let text = std::fs::read_to_string(&path).expect("text");
            let mut reader = Reader::new();
            let told = text.lines().flat_map(|line| reader.line(line)).collect::<Vec<_>>();
            found.extend(told.into_iter().filter_map(|line| line.expect("a good line").handshake()));
        }
    }
    found
}

fn record(changes: serde_json::Value) -> Record {
    let mut json = serde_json::json!({
        "schema": "tlsdiag.handshake/1", "id": "1", "time": "2026-11-30T00:10:06.997629Z", "duration_us": 7,
        "role": "server", "source": "openssl-hooks", "client": "192.0.2.7 shop.example a",
        "client_program": "firefox", "peer": {"address": "192.0.2.7", "port": 4711}, "outcome": "established",
        "tls": {"established": true, "resumed": false, "client": {"server_name": "shop.example"}},
        "diagnosis": {"result": "success"},
    });
    let (serde_json::Value::Object(all), serde_json::Value::Object(changes)) = (&mut json, changes) else {
        panic!("objects")
    };
    all.extend(changes);
    serde_json::from_value(json).expect("a record")
}

fn healthy(id: &str, client: &str) -> Record {
    record(serde_json::json!({"id": id, "client": client}))
}

fn failed(id: &str, client: &str) -> Record {
    record(serde_json::json!({
        "id": id, "client": client, "outcome": "failed", "tls": {"established": false, "resumed": false},
        "diagnosis": {"result": "x", "cause": "client_cert.missing"},
    }))
}

/// One that ended where its certificate was due.
fn left(id: &str, client: &str, cause: Option<&str>) -> Record {
    let severity = if cause.is_some() { "error" } else { "note" };
    let named = cause.unwrap_or("note.client_asks_user");
    record(serde_json::json!({
        "id": id, "client": client, "outcome": "abandoned", "tls": {"established": false, "resumed": false},
        "certificate_request": {"event": 9, "certificate_types": [], "authorities": []},
        "diagnosis": {"result": "x", "cause": cause, "findings": [{
            "cause": named, "confidence": "possible", "severity": severity, "side": "client", "summary": "It left."}]},
    }))
}

fn saying(record: Record, earlier: &str, became: &str) -> Record {
    let mut json = serde_json::to_value(record).expect("JSON");
    json["earlier"] = serde_json::json!([
        {"id": earlier, "cause": "sigalg.signer_refused", "became": became, "why": "it came back"}]);
    serde_json::from_value(json).expect("a record")
}

fn standings(book: &Book) -> Vec<(String, State)> {
    book.overview().clients.into_iter().map(|client| (client.standing, client.state)).collect()
}

#[test]
fn clients_are_grouped_and_trouble_comes_first() {
    let book = Book::new(vec!["somewhere".to_owned()], true);
    for record in
        [failed("1", "a"), healthy("2", "b"), failed("3", "c"), healthy("4", "c"), healthy("5", "b")]
    {
        book.record(&record);
    }
    let overview = book.overview();
    assert_eq!((overview.handshakes, overview.more_clients, overview.indexed), (5, 0, None));
    let told: Vec<_> = overview
        .clients
        .iter()
        .map(|client| {
            let numbers: Vec<u64> = client.entries.iter().map(|entry| entry.number).collect();
            (client.standing.as_str(), numbers)
        })
        .collect();
    let expected = [("fails", vec![1]), ("works", vec![2, 5]), ("works now, and failed before", vec![3, 4])];
    assert_eq!(told, expected);
    assert_eq!(overview.clients[0].title, "Firefox-like browser");
    assert_eq!(overview.clients[1].about, "192.0.2.7 · for shop.example");
}

#[test]
fn the_newest_trouble_is_followed_until_it_is_mended() {
    let book = Book::new(Vec::new(), true);
    let number = |book: &Book| book.newest_trouble().map(|picked| picked.shown().number);
    assert_eq!(number(&book), None);
    for (record, expected) in [
        (healthy("1", "a"), 1),
        (failed("2", "b"), 2),
        (healthy("3", "a"), 2),
        (left("4", "c", None), 2),
        (healthy("5", "b"), 4),
        (healthy("6", "c"), 6),
    ] {
        book.record(&record);
        assert_eq!(number(&book), Some(expected), "{}", record.id);
    }
    let Lookup::Handshake(picked) = book.lookup(2) else { panic!("it is known") };
    let shown = picked.shown();
    assert_eq!((shown.record.id.as_str(), shown.follows), ("2", false));
    assert_eq!(shown.beside.map(|(number, record)| (number, record.id.as_str())), Some((5, "5")));
    assert!(matches!(book.lookup(7), Lookup::Nothing(_)) && matches!(book.lookup(0), Lookup::Nothing(_)));
}

#[test]
fn what_later_handshakes_say_is_applied_in_lists_and_pages() {
    let book = Book::new(Vec::new(), true);
    book.record(&left("1", "a", None));
    book.record(&left("2", "b", Some("sigalg.signer_refused")));
    assert_eq!(book.overview().clients[1].state, State::Waiting);
    assert_eq!(book.overview().clients[0].state, State::Failed);
    book.record(&saying(left("3", "a", Some("sigalg.signer_refused")), "1", "confirmed"));
    book.record(&saying(healthy("4", "b"), "2", "withdrawn"));
    assert_eq!(standings(&book), [("fails".to_owned(), State::Failed), ("works".to_owned(), State::Worked)]);
    let verdicts: Vec<_> = book
        .overview()
        .clients
        .iter()
        .flat_map(|client| client.entries.iter().map(|entry| (entry.number, entry.state)))
        .collect();
    assert_eq!(verdicts, [(1, State::Failed), (3, State::Failed), (2, State::Noted), (4, State::Worked)]);
    for (number, verdict) in [(1, "sigalg.signer_refused"), (2, "note.client_asks_user")] {
        let Lookup::Handshake(picked) = book.lookup(number) else { panic!("it is known") };
        assert_eq!(picked.shown().record.verdict(), verdict);
    }
}

#[test]
fn a_setup_is_an_entry_of_its_program() {
    let book = Book::new(Vec::new(), true);
    let setup: SetupRecord = serde_json::from_value(serde_json::json!({
        "schema": "tlsdiag.setup/1", "id": "1", "time": "2026-11-30T00:10:06.997629Z", "function": "SSL_CTX_x",
        "process": {"pid": 7, "name": "nginx"}, "diagnosis": {"result": "x", "cause": "config.file"},
    }))
    .expect("a setup");
    book.setup(&setup);
    let client = &book.overview().clients[0];
    assert_eq!((client.title.as_str(), client.standing.as_str()), ("nginx", "cannot be set up"));
    assert!(matches!(book.lookup(1), Lookup::Setup(_)) && book.newest_trouble().is_none());
    book.record(&healthy("2", "a"));
    assert_eq!(book.newest_trouble().map(|picked| picked.shown().number), Some(2));
}

#[test]
fn the_newest_thousand_are_kept_and_the_rest_has_lines() {
    let book = Book::new(Vec::new(), true);
    for number in 1..=1500 {
        book.record(&healthy(&number.to_string(), "a"));
    }
    let overview = book.overview();
    assert_eq!((overview.handshakes, overview.clients[0].entries.len()), (1500, 12));
    assert_eq!(overview.clients[0].more, 1488);
    assert!(matches!(book.lookup(500), Lookup::Nothing(why) if why.contains("newest 1000")));
    assert!(matches!(book.lookup(501), Lookup::Handshake(_)));
}

#[test]
fn a_hundred_thousand_clients_have_a_bound() {
    let book = Book::new(Vec::new(), true);
    let mut seen = healthy("1", "a");
    for number in 0..130_000 {
        seen.client = Some(format!("192.0.2.7 shop.example {number}"));
        book.newest([Found { head: (&seen).into(), text: None, place: None }]);
    }
    let inner = book.inner();
    let known = inner.clients.len();
    assert!((75_000..=100_000).contains(&known), "{known}");
    drop(inner);
    let overview = book.overview();
    assert_eq!((overview.clients.len(), overview.more_clients), (200, 129_800));
    assert_eq!(overview.clients[0].entries[0].number, 130_000, "the newest are known");
}

#[test]
fn a_page_of_its_own_has_the_clients_earlier_ones() {
    let book = Book::new(Vec::new(), true);
    for record in [failed("1", "a"), healthy("2", "b"), healthy("3", "a")] {
        book.record(&record);
    }
    let Lookup::Handshake(picked) = book.lookup(3) else { panic!("it is known") };
    let client = picked.shown().client.expect("its client");
    let numbers: Vec<u64> = client.entries.iter().map(|entry| entry.number).collect();
    assert_eq!((numbers, client.standing.as_str()), (vec![1, 3], "works now, and failed before"));
}
