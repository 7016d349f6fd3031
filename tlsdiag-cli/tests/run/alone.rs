//! The preload object without `tlsdiag run`, as a service manager would set it up.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tlsdiag_lab::signal::Signal;
use tlsdiag_lab::web::{ClientAuth, Kind, Running};

use crate::place::{Place, object, verdicts};
use crate::servers::wait_for_lines;

fn preloaded(command: &mut Command) -> &mut Command {
    command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "out.jsonl")
}

#[test]
fn curl() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let mut command = Command::new("curl");
    command.current_dir(place.path()).args(["--silent", "--cacert", "trusted.pem", &place.url(&site)]);
    // The output is read to its end: the collector must not hold it open.
    let said = preloaded(&mut command).output().expect("curl");
    assert_eq!((said.stdout.as_slice(), said.stderr.as_slice()), (&b"hello\n"[..], &b""[..]));
    wait_for_lines(&place, "out.jsonl", 1);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    server.stop().expect("it ends");
}

/// A certificate that ends soon is told of, also where failures alone are wanted; the lab's end within a hundred years.
#[test]
fn certificates_that_end_soon() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let visit = |days: &str, more: &[&str]| {
        let _ = std::fs::remove_file(place.file("out.jsonl"));
        let mut command = Command::new("curl");
        command.current_dir(place.path()).args(["--silent", "--cacert", "trusted.pem"]).args(more);
        command.env("TLSDIAG_FAILURES_ONLY", "1").env("TLSDIAG_EXPIRES_WITHIN", days);
        let said = preloaded(command.arg(place.url(&site))).output().expect("curl");
        String::from_utf8_lossy(&said.stderr).into_owned()
    };
    assert_eq!(visit("36500", &[]), "");
    wait_for_lines(&place, "out.jsonl", 1);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established warn.certificate_expires_soon"]);
    // The second visit is one that fails: with it, whatever there is to be written has been.
    assert_eq!(visit("1", &[&place.url(&site), "--next", "--silent", "--capath", "/nonexistent"]), "");
    wait_for_lines(&place, "out.jsonl", 1);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["failed server_cert.unknown_issuer"]);
    let said = visit("soon", &[]);
    assert_eq!(said, "tlsdiag: TLSDIAG_EXPIRES_WITHIN takes a number of days, not soon; nobody is warned\n");
    server.stop().expect("it ends");
}

/// The collectors of servers in this folder: processes that hold our file.
fn collectors(place: &Place) -> usize {
    let file = place.file("out.jsonl").canonicalize().expect("out.jsonl");
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let named = processes.filter(|process| {
        std::fs::read_to_string(process.path().join("comm")).is_ok_and(|name| name.trim() == "tlsdiag")
    });
    let holds = |process: &std::fs::DirEntry| {
        let open = std::fs::read_dir(process.path().join("fd"));
        open.is_ok_and(|open| {
            open.flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|path| path == file))
        })
    };
    named.filter(holds).count()
}

#[test]
fn servers_that_give_up_root_and_are_told_to_reload() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let place = Place::new();
        let site = place.site(kind, ClientAuth::Off).workers(2);
        let words = site.command().expect("a configuration");
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Running::start(preloaded(&mut command), site.address).expect("the server runs");
        assert_eq!(place.curl(&site, None).stdout, b"hello\n");
        wait_for_lines(&place, "out.jsonl", 1);
        assert_eq!(collectors(&place), 1);
        server.signal(Signal::HUP).expect("it runs");
        let until = Instant::now() + Duration::from_secs(20);
        let mut answered = 1;
        while answered < 4 {
            answered += usize::from(place.curl(&site, None).stdout == b"hello\n");
            assert!(Instant::now() < until, "{kind:?} answers after HUP");
        }
        assert!(server.stop().expect("it ends").success());
        // The collector ends by itself when the last worker has.
        while collectors(&place) > 0 {
            assert!(Instant::now() < until, "the collector of {kind:?} ends");
            std::thread::sleep(Duration::from_millis(10));
        }
        let records = place.records("out.jsonl");
        let good = verdicts(&records).iter().filter(|verdict| *verdict == "established ok").count();
        assert_eq!(good, answered, "{kind:?}");
        assert!(std::net::TcpStream::connect(site.address).is_err(), "nobody holds the port");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_nothing_else_changes() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let mut command = Command::new("curl");
    command.current_dir(place.path()).args(["--silent", "--cacert", "trusted.pem", &place.url(&site)]);
    command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "/no/such/folder/out.jsonl");
    let said = command.output().expect("curl");
    assert!(said.status.success() && said.stdout == b"hello\n");
    server.stop().expect("it ends");
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.starts_with("tlsdiag: cannot write /no/such/folder/out.jsonl: "), "{said}");
    assert_eq!(said.lines().count(), 1);
}
