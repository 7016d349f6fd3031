//! Writes a page for each record of a file, beside the policy that a server would send with it: `page FILE.jsonl FOLDER`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use tlsdiag_console::page;
use tlsdiag_console::view::{Client, Entry, Overview, Shown, State};
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Record, join_clients};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("usage: page FILE.jsonl FOLDER".into());
    };
    let mut reader = Reader::new();
    let text = fs::read_to_string(&file)?;
    let lines: Vec<_> = text.lines().flat_map(|line| reader.line(line)).collect::<Result<_, _>>()?;
    let mut records: Vec<Record> = lines.into_iter().filter_map(|line| line.handshake()).collect();
    join_clients(&mut records);
    write(&file, &records, Path::new(&folder))
}

fn write(file: &str, records: &[Record], folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    let clients = clients(records);
    let overview = Overview {
        source: vec![file.to_owned()],
        handshakes: records.len() as u64,
        clients: clients.clone(),
        more_clients: 0,
        indexed: None,
        live: true,
    };
    for (at, record) in records.iter().enumerate() {
        let number = at as u64 + 1;
        let client = clients.iter().find(|client| client.entries.iter().any(|entry| entry.number == number));
        let shown = Shown { number, record, beside: beside(records, at), follows: false, client };
        fs::write(folder.join(format!("{number}.html")), page::console(&overview, Some(shown)).0)?;
        fs::write(folder.join(format!("own-{number}.html")), page::own(shown).0)?;
    }
    fs::write(folder.join("index.html"), page::console(&overview, None).0)?;
    fs::write(folder.join("policy"), page::content_security_policy())?;
    println!("{} pages in {}", records.len(), folder.display());
    Ok(())
}

/// Who the client was: its key at a server, the server's address at a client.
fn key(record: &Record) -> String {
    record.client.clone().unwrap_or_else(|| format!("a client's own, {}", record.role))
}

fn clients(records: &[Record]) -> Vec<Client> {
    let mut clients: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for (number, record) in (1..).zip(records) {
        clients.entry(key(record)).or_default().push(Entry {
            number,
            time: record.time.clone(),
            state: State::of_record(record),
            verdict: record.verdict().to_owned(),
        });
    }
    let client = |(key, entries): (String, Vec<Entry>)| {
        let state = entries.last().map_or(State::Noted, |entry| entry.state);
        let more = entries.len().saturating_sub(6);
        Client {
            title: "OpenSSL program".to_owned(),
            about: key,
            state,
            standing: state.word().to_owned(),
            entries: entries.into_iter().skip(more).collect(),
            more: more as u64,
        }
    };
    clients.into_iter().map(client).collect()
}

/// The nearest one of the same client that ended otherwise, after it or else before.
fn beside(records: &[Record], at: usize) -> Option<(u64, &Record)> {
    let is_other = |(_, other): &(usize, &Record)| {
        key(other) == key(&records[at]) && other.verdict() != records[at].verdict()
    };
    let mut after = records.iter().enumerate().skip(at + 1);
    let mut before = records.iter().enumerate().take(at).rev();
    let found = after.find(is_other).or_else(|| before.find(is_other))?;
    Some((found.0 as u64 + 1, found.1))
}
