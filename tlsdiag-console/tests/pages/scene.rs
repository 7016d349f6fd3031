//! Records, and what stands around one on a page.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tlsdiag_console::view::{Client, Entry, Overview, Shown, State};
use tlsdiag_core::event::lines;
use tlsdiag_core::report::reader::Reader;
use tlsdiag_core::report::{Record, join_clients};

fn subfolders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).expect("a readable folder").map(|entry| entry.expect("an entry").path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn folders() -> impl Iterator<Item = PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases");
    subfolders(&corpus).into_iter().flat_map(|cause| subfolders(&cause))
}

/// The records of a case; those of one client are judged together.
fn records(folder: &Path) -> Vec<Record> {
    let file = File::open(folder.join("events.jsonl")).expect("events");
    let recordings = lines::read(BufReader::new(file)).expect("recordings");
    let mut records: Vec<_> = recordings.iter().map(Record::from_recording).collect();
    join_clients(&mut records);
    records
}

/// All recorded cases, each with its name.
pub(crate) fn cases() -> &'static [(String, Vec<Record>)] {
    static CASES: LazyLock<Vec<(String, Vec<Record>)>> =
        LazyLock::new(|| folders().map(|folder| (folder.display().to_string(), records(&folder))).collect());
    &CASES
}

/// The record that a case is about.
pub(crate) fn case(name: &str) -> Record {
    let folder = folders().find(|folder| folder.ends_with(name)).expect("a case of this name");
    records(&folder).pop().expect("a record")
}

/// Read as a file is.
pub(crate) fn read(line: &str) -> Record {
    let line = Reader::new().line(line).pop().expect("a line");
    line.expect("a record").handshake().expect("a handshake")
}

pub(crate) fn shown<'a>(record: &'a Record, beside: Option<&'a Record>, client: &'a Client) -> Shown<'a> {
    Shown { number: 7, record, beside: beside.map(|other| (9, other)), follows: true, client: Some(client) }
}

pub(crate) fn client(text: &str) -> Client {
    let entry = |number, state| Entry { number, time: text.to_owned(), state, verdict: text.to_owned() };
    Client {
        title: text.to_owned(),
        about: text.to_owned(),
        state: State::Failed,
        standing: text.to_owned(),
        entries: vec![entry(7, State::Failed), entry(9, State::Worked)],
        more: 3,
    }
}

pub(crate) fn overview(text: &str) -> Overview {
    Overview {
        source: vec![text.to_owned()],
        handshakes: 2,
        clients: vec![client(text), client("another")],
        more_clients: 1,
        indexed: Some(120),
        live: true,
    }
}
