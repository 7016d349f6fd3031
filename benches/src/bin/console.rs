//! The console over a long file: how soon the newest handshakes are shown, how long the rest takes, and how much memory all of it needs.
//!
//! The file holds the recorded cases over and over, under new ids: 100,000 records unless another number is given. It is made in the folder
//! for temporary files, and deleted.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rustix::fs::{Advice, fadvise};
use tlsdiag_console::files::Reading;
use tlsdiag_console::server::Server;
use tlsdiag_core::neutralize::json;
use tlsdiag_core::report::reader::Reader;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(100_000), |count| count.parse())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("handshakes.jsonl");
    let length = write(&path, count)?;
    println!("{count} records, {} MB", length / 1_000_000);
    for cold in [false, true] {
        if cold {
            let file = File::open(&path)?;
            file.sync_all()?;
            fadvise(&file, 0, None, Advice::DontNeed)?;
        }
        measure(&path, cold)?;
    }
    println!("most memory: {} MB", memory()?);
    Ok(())
}

fn measure(path: &Path, cold: bool) -> Result<(), Box<dyn std::error::Error>> {
    let begin = Instant::now();
    let reading = Reading::begin(&[path.to_owned()], Arc::new(|sentence: &str| println!("{sentence}")))?;
    let book = Arc::clone(reading.book());
    let server = Server::start(vec![TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?], Arc::clone(&book))?;
    get(&server.url())?;
    let (shown, first) = (begin.elapsed(), book.overview().handshakes);
    reading.go_on()?;
    let mut changes = book.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    while book.overview().indexed.is_some() {
        runtime.block_on(changes.changed())?;
    }
    let all = begin.elapsed();
    get(&server.url())?;
    let cache = if cold { "not in the page cache" } else { "in the page cache" };
    println!(
        "{cache}: a page with the newest {first} after {shown:.2?}, all {} after {all:.2?}",
        book.overview().handshakes
    );
    Ok(())
}

/// Gets a page, whole.
fn get(url: &str) -> io::Result<()> {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut socket = TcpStream::connect(address)?;
    write!(socket, "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
    Ok(())
}

fn write(path: &Path, count: usize) -> Result<u64, Box<dyn std::error::Error>> {
    let mut lines = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases"), &mut lines)?;
    let mut out = BufWriter::new(File::create(path)?);
    for (number, (id, line)) in lines.iter().cycle().take(count).enumerate() {
        let own = format!("\"id\":\"{id}\"");
        out.write_all(line.replacen(&own, &format!("\"id\":\"{number:x}-1-1\""), 1).as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(path.metadata()?.len())
}

/// The records of all cases, with their ids.
fn collect(folder: &Path, lines: &mut Vec<(String, String)>) -> Result<(), Box<dyn std::error::Error>> {
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, lines)?;
        } else if path.ends_with("events.jsonl") {
            let (text, mut reader) = (std::fs::read_to_string(&path)?, Reader::new());
            for told in text.lines().flat_map(|line| reader.line(line)) {
                if let Some(record) = told?.handshake() {
                    lines.push((record.id.clone(), json(&record)?));
                }
            }
        }
    }
    Ok(())
}

/// The most memory that this process has had, in MB.
fn memory() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
    Ok(peak.trim().trim_end_matches(" kB").parse::<u64>()? / 1000)
}
