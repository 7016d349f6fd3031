use std::fs::OpenOptions;
use std::io::Write;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::book::Lookup;
use crate::view::State;

fn line(id: u64, failed: bool) -> String {
    let (outcome, cause) = if failed { ("failed", "client_cert.missing") } else { ("established", "") };
    let cause = if failed { format!("\"cause\":\"{cause}\",") } else { String::new() };
    // The filling stands for the rest of a record.
    let filling = "x".repeat(300);
    format!(
        "{{\"schema\":\"tlsdiag.handshake/1\",\"id\":\"{id}\",\"time\":\"2026-11-30T00:00:00.{id:06}Z\",\"duration_us\":1,\
         \"role\":\"server\",\"source\":\"{filling}\",\"client\":\"a - b\",\"outcome\":\"{outcome}\",\
         \"tls\":{{\"established\":{},\"resumed\":false}},\"diagnosis\":{{{cause}\"result\":\"x\"}}}}\n",
        !failed
    )
}

struct Place {
    folder: TempDir,
    tell: Sender<String>,
    said: Receiver<String>,
}

impl Place {
    fn new() -> Place {
        let (tell, said) = mpsc::channel();
        Place { folder: tempfile::tempdir().expect("a folder"), tell, said }
    }

    fn write(&self, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("hs.jsonl");
        let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("our folder");
        file.write_all(text.as_ref()).expect("our folder");
        path
    }

    fn begin(&self) -> Result<Reading, String> {
        let said = self.tell.clone();
        let tell: Tell = Arc::new(move |sentence: &str| drop(said.send(sentence.to_owned())));
        Reading::begin(&[self.folder.path().join("hs.jsonl")], tell)
    }

    /// Reads on until this holds.
    fn read_until(&self, holds: impl Fn(&Book) -> bool) -> Arc<Book> {
        let reading = self.begin().expect("it is read");
        let book = Arc::clone(reading.book());
        reading.go_on().expect("threads");
        wait(&book, holds);
        book
    }

    fn said(&self) -> Vec<String> {
        self.said.try_iter().collect()
    }
}

/// Waits for changes until this holds.
fn wait(book: &Book, holds: impl Fn(&Book) -> bool) {
    let mut changes = book.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        while !holds(book) {
            let change = tokio::time::timeout(Duration::from_secs(60), changes.changed());
            change.await.unwrap_or_else(|_| panic!("it never holds: {:?}", book.overview())).expect("a book");
        }
    });
}

fn id(book: &Book, number: u64) -> String {
    match book.lookup(number) {
        Lookup::Handshake(picked) => picked.shown().record.id.clone(),
        other => panic!("{number}: {other:?}"),
    }
}

#[test]
fn the_newest_come_first_and_then_all() {
    let place = Place::new();
    place.write((1..=5000).map(|id| line(id, id % 10 == 0)).collect::<String>());
    let reading = place.begin().expect("it is read");
    let overview = reading.book().overview();
    assert_eq!((overview.handshakes, overview.indexed.is_some(), overview.live), (1000, true, true));
    let early = overview.clients[0].entries.last().expect("one").number;
    assert_eq!(id(reading.book(), early), "5000");
    let book = Arc::clone(reading.book());
    reading.go_on().expect("threads");
    wait(&book, |book| book.overview().indexed.is_none());
    assert_eq!(book.overview().handshakes, 5000);
    for number in [1, 2, 3999, 4000, 4001, 5000] {
        assert_eq!(id(&book, number), number.to_string());
    }
    // Its first address stays good.
    assert_eq!(id(&book, early), "5000");
    assert_eq!(place.said(), [""; 0]);
}

#[test]
fn what_is_appended_is_followed_through_rotation_and_truncation() {
    let place = Place::new();
    let path = place.write(line(1, false));
    let book = place.read_until(|book| book.overview().handshakes == 1);
    let second = line(2, true);
    let (half, rest) = second.split_at(100);
    place.write(half);
    place.write(rest);
    wait(&book, |book| book.overview().handshakes == 2);
    assert_eq!((id(&book, 2), book.overview().clients[0].state), ("2".to_owned(), State::Failed));
    std::fs::rename(&path, path.with_extension("1")).expect("our folder");
    place.write(line(3, false));
    wait(&book, |book| book.overview().handshakes == 3);
    std::fs::write(&path, "").expect("our folder");
    let said = place.said.recv_timeout(Duration::from_secs(60)).expect("it is said");
    assert!(said.contains("cut off"), "{said}");
    place.write(line(4, false));
    wait(&book, |book| book.overview().handshakes == 4);
    assert_eq!((id(&book, 1), id(&book, 3)), ("1".to_owned(), "3".to_owned()));
}

#[test]
fn bad_lines_are_counted_and_the_others_read() {
    let place = Place::new();
    place.write("hello\n{}\n");
    place.write(line(1, false));
    place.write(b"\xff\xfe\n\n");
    place.write(&line(9, false)[..200]);
    place.write("\n");
    place.write(line(2, false));
    let book = place.read_until(|book| book.overview().indexed.is_none());
    assert_eq!(book.overview().handshakes, 2);
    assert_eq!((id(&book, 1), id(&book, 2)), ("1".to_owned(), "2".to_owned()));
    let said = place.said();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains(": 4 lines cannot be read, the first at byte 0: this is not JSON"), "{said:?}");
}

#[test]
fn a_file_of_something_else_is_refused_in_one_sentence() {
    let place = Place::new();
    place.write("hello\n".repeat(100));
    let why = place.begin().map(drop).expect_err("it is none of ours");
    assert!(why.contains("no file of handshakes") && why.contains("not JSON"), "{why}");
    assert!(Reading::begin(&[place.folder.path().join("none")], Arc::new(|_: &str| {})).is_err());
    assert!(Reading::begin(&[place.folder.path().to_owned()], Arc::new(|_: &str| {})).is_err());
}

#[test]
fn recordings_are_read_from_the_end_as_well() {
    let case = "../testdata/cases/client_cert.missing";
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join(case);
    let folder = std::fs::read_dir(case).expect("a case").next().expect("one").expect("one").path();
    let recording = std::fs::read_to_string(folder.join("events.jsonl")).expect("text");
    let lines: Vec<&str> = recording.split_inclusive('\n').collect();
    let place = Place::new();
    place.write(line(1, false));
    place.write(&recording);
    place.write(line(2, false));
    // The last one is being written.
    place.write(lines[..3].concat());
    let reading = place.begin().expect("it is read");
    let book = Arc::clone(reading.book());
    let before = book.overview();
    assert_eq!((before.indexed, place.said()), (None, vec![]));
    assert_eq!(id(&book, before.handshakes), "2");
    reading.go_on().expect("threads");
    place.write(lines[3..].concat());
    let more = before.handshakes - 2;
    wait(&book, |book| book.overview().handshakes == before.handshakes + more);
    let Lookup::Handshake(picked) = book.lookup(before.handshakes + 1) else { panic!("it is known") };
    assert!(!picked.shown().record.events.is_empty());
    assert_eq!(place.said(), [""; 0]);
}

#[test]
fn what_is_longer_than_any_record_is_passed_over() {
    let place = Place::new();
    place.write(line(1, false));
    place.write("x".repeat(LONGEST_LINE + 5_000_000) + "\n");
    place.write(line(2, false));
    let book = place.read_until(|book| book.overview().indexed.is_none());
    assert_eq!(book.overview().handshakes, 2);
    assert_eq!((id(&book, 1), id(&book, 2)), ("1".to_owned(), "2".to_owned()));
    let said = place.said();
    assert!(said.iter().any(|said| said.contains("longer than any record")), "{said:?}");
}

#[test]
fn a_fifo_is_opened_at_once_and_one_writer_follows_another() {
    let place = Place::new();
    let path = place.folder.path().join("hs.jsonl");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo of coreutils");
    assert!(made.success());
    let reading = place.begin().expect("nobody writes yet");
    let book = Arc::clone(reading.book());
    reading.go_on().expect("threads");
    for number in 1..4 {
        std::fs::write(&path, line(number, false)).expect("it is read");
        wait(&book, |book| book.overview().handshakes == number);
        assert_eq!(id(&book, number), number.to_string());
    }
    assert_eq!(place.said(), [""; 0]);
}

#[test]
fn a_stream_without_lines_is_one_sentence() {
    let place = Place::new();
    let said = place.tell.clone();
    let tell: Tell = Arc::new(move |sentence: &str| drop(said.send(sentence.to_owned())));
    let reading = Reading::begin(&[PathBuf::from("/dev/zero")], tell).expect("it is read as it comes");
    let book = Arc::clone(reading.book());
    reading.go_on().expect("threads");
    wait(&book, |book| !book.overview().live);
    let said = place.said();
    assert!(matches!(&said[..], [one] if one.contains("does not end")), "{said:?}");
}

#[test]
fn a_last_line_without_an_end_is_read_if_it_is_whole() {
    let whole = line(1, false);
    let whole = whole.trim_end();
    for text in [format!("hello\n{whole}"), format!("\u{feff}{whole}"), format!("\u{feff}{whole}\n")] {
        let place = Place::new();
        place.write(&text);
        let reading = place.begin().expect("it is ours");
        assert_eq!((reading.book().overview().handshakes, id(reading.book(), 1)), (1, "1".to_owned()));
    }
    let place = Place::new();
    place.write(format!("hello\n{}", &whole[..200]));
    let book = place.read_until(|book| book.overview().handshakes == 0);
    place.write(format!("{}\n", &whole[200..]));
    wait(&book, |book| book.overview().handshakes == 1);
    for text in ["x".repeat(10_000_000), "hello\n{}".to_owned()] {
        let place = Place::new();
        place.write(text);
        assert!(place.begin().is_err_and(|why| why.contains("no file of handshakes") && why.len() < 300));
    }
}
