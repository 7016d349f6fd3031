//! What must not concern the program: files that cannot be opened at once, a collector that is killed, and strangers.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tlsdiag_lab::signal::Signal;
use tlsdiag_lab::web::{ClientAuth, Kind, Running};

use crate::place::{Place, object, verdicts};
use crate::program::Said;
use crate::servers::wait_for_lines;

fn fifo(place: &Place, name: &str) {
    assert!(Command::new("mkfifo").arg(place.file(name)).status().expect("mkfifo").success());
}

#[test]
fn a_fifo_that_nobody_reads_keeps_no_program_waiting() {
    let place = Place::new();
    fifo(&place, "fifo");
    let started = Instant::now();
    let mut command = Command::new("/bin/true");
    command.current_dir(place.path()).env("LD_PRELOAD", object());
    let said = Said::from(
        command.env("TLSDIAG_JSONL", "fifo").env("TLSDIAG_KEYLOG", "fifo").output().expect("true"),
    );
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "", ""));
    let said = Said::from(place.run(&["--jsonl", "fifo"]).arg("true").output().expect("tlsdiag"));
    assert_eq!(said.code, Some(0));
    assert_eq!(said.err.matches("fifo is a FIFO that nobody reads").count(), 1, "{}", said.err);
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_handshake_written_to_a_fifo_reaches_its_reader() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    fifo(&place, "fifo");
    // It ends where nobody writes any more, once somebody has.
    let script = "import os, select, sys\n\
        f = os.open('fifo', os.O_RDONLY | os.O_NONBLOCK)\n\
        poll = select.poll(); poll.register(f, select.POLLIN)\n\
        print('ready', flush=True)\n\
        while poll.poll():\n\
        \x20   read = os.read(f, 65536)\n\
        \x20   if not read: break\n\
        \x20   sys.stdout.write(read.decode())\n";
    let mut reader = Command::new("/usr/bin/python3");
    reader.args(["-c", script]).current_dir(place.path()).stdout(Stdio::piped());
    let mut reader = reader.spawn().expect("python3");
    let mut ready = [0; 6];
    reader.stdout.as_mut().expect("a pipe").read_exact(&mut ready).expect("it begins");
    let mut command = Command::new("curl");
    command.current_dir(place.path()).args(["--silent", "--cacert", "trusted.pem", &place.url(&site)]);
    let said = command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "fifo").output().expect("curl");
    assert_eq!(said.stdout, b"hello\n");
    let read = reader.wait_with_output().expect("python3");
    fs::write(place.file("out.jsonl"), read.stdout).expect("our folder");
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    server.stop().expect("it ends");
}

/// The collector of a server that was started here: the process that holds our file.
fn collector(place: &Place) -> i32 {
    let file = place.file("out.jsonl").canonicalize().expect("out.jsonl");
    let processes = fs::read_dir("/proc").expect("/proc").flatten();
    let holds = |process: &fs::DirEntry| {
        let open = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        open.into_iter().any(|fd| fs::read_link(fd.path()).is_ok_and(|path| path == file))
    };
    let found = processes.filter(holds).find_map(|process| process.file_name().to_str()?.parse().ok());
    found.expect("a collector")
}

#[test]
fn a_collector_that_is_killed_is_reported_once_and_replaced_at_the_next_reload() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off).workers(1);
    let words = site.command().expect("a configuration");
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).current_dir(place.path()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "out.jsonl");
    let server = Running::start(&mut command, site.address).expect("the server runs");
    let visit =
        |count: usize| (0..count).for_each(|_| assert_eq!(place.curl(&site, None).stdout, b"hello\n"));
    visit(5);
    wait_for_lines(&place, "out.jsonl", 5);
    let killed = collector(&place);
    assert!(Command::new("sh").args(["-c", &format!("kill -KILL {killed}")]).status().expect("sh").success());
    let until = Instant::now() + Duration::from_secs(20);
    while fs::read_to_string(format!("/proc/{killed}/stat")).is_ok_and(|stat| !stat.contains(") Z ")) {
        assert!(Instant::now() < until, "it ends");
        std::thread::yield_now();
    }
    visit(7);
    server.signal(Signal::HUP).expect("it runs");
    let log = || fs::read_to_string(place.file("error.log")).expect("a log");
    // Until then the old worker takes connections as well, and has no collector.
    while !log().contains(" exited with code 0") {
        assert!(Instant::now() < until, "the old worker ends: {}", log());
        std::thread::sleep(Duration::from_millis(10));
    }
    visit(6);
    wait_for_lines(&place, "out.jsonl", 11);
    assert!(!Path::new(&format!("/proc/{killed}")).exists(), "nothing of it stays in the list of processes");
    assert!(server.stop().expect("it ends").success());
    let records = place.records("out.jsonl");
    assert_eq!(records[5]["lost_before"], 7);
    assert!(records.iter().enumerate().all(|(i, record)| i == 5 || record.get("lost_before").is_none()));
    assert_eq!(log().matches("tlsdiag: the collector of handshakes has ended").count(), 1, "{}", log());
}

/// A program that goes on after `tlsdiag run` was killed.
#[test]
fn a_command_that_was_killed_is_reported_once_by_the_program_that_goes_on() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    for rounds in [40, 3] {
        let script = format!(
            "import os, socket, ssl\n\
             context = ssl.create_default_context(cafile='trusted.pem')\n\
             def visit():\n\
             \x20   with context.wrap_socket(socket.create_connection(('localhost', {})), server_hostname='localhost') as s:\n\
             \x20       s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.recv(8)\n\
             visit()\n\
             parent = os.getppid()\n\
             os.kill(parent, 9)\n\
             while os.getppid() == parent: pass\n\
             for i in range({rounds}): visit()\n",
            site.address.port()
        );
        let said =
            Said::from(place.run(&[]).args(["/usr/bin/python3", "-c", &script]).output().expect("tlsdiag"));
        let reported = "tlsdiag: the collector of handshakes has ended: they are not recorded any more\n";
        assert_eq!(said.err, reported, "{rounds}");
    }
    server.stop().expect("it ends");
}

/// What a local user can see of a recording that somebody else makes, and do with it.
const INTRUDER: &str = r"
import socket, re, sys
names = {line.split()[-1] for line in open('/proc/net/unix') if 'tlsdiag' in line.split()[-1]}
assert names, 'there is nothing to attack'
reached = 0
for name in names:
    at = '\0' + name[1:] if name.startswith('@') else name
    for first in (b'P\0\0\0\7nginx', b'LOpenSSL', b'T' + bytes(16), b'A\0\0\0\7garbage', b'garbage', b'Uobject'):
        try:
            s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            s.settimeout(5)
            s.connect(at)
            reached += 1
            for _ in range(200):
                s.send(first); s.send(b'garbage'); s.send(b'D\0\0\0\7\0\0\0\7')
        except OSError:
            pass
print('reached' if reached else 'not reached')
";

#[test]
fn a_stranger_who_knows_the_sockets_name_leaves_no_record_and_no_line() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.recorded(&site, &["--jsonl", "out.jsonl"]);
    assert_eq!(place.curl(&site, None).stdout, b"hello\n");
    let mut intruder = Command::new("/usr/bin/python3");
    intruder.args(["-c", INTRUDER]).current_dir("/");
    let we_are_root =
        String::from_utf8_lossy(&Command::new("id").arg("-u").output().expect("id").stdout).trim() == "0";
    if we_are_root {
        intruder.uid(65534).gid(65534);
    }
    let said = Said::from(intruder.output().expect("python3"));
    assert_eq!((said.code, said.out.as_str()), (Some(0), "reached\n"), "{}", said.err);
    assert_eq!(place.curl(&site, None).stdout, b"hello\n");
    assert!(server.stop().expect("it ends").success());
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"; 2]);
    assert_eq!(place.stderr(), "tlsdiag: 2 handshakes: 2 healthy, 0 failed\n");
}

/// How programs end that free nothing: each leaves its handshake.
#[test]
fn a_program_that_ends_without_freeing_its_connection_leaves_its_record() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    for (end, code) in [
        ("os._exit(3)", Some(3)),
        ("os.kill(os.getpid(), 9)", Some(137)),
        ("sys.exit(4)", Some(4)),
        ("s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.recv(8); os._exit(5)", Some(5)),
    ] {
        let script = format!(
            "import os, socket, ssl, sys\n\
             context = ssl.create_default_context(cafile='trusted.pem')\n\
             s = context.wrap_socket(socket.create_connection(('localhost', {})), server_hostname='localhost')\n\
             {end}\n",
            site.address.port()
        );
        let _ = fs::remove_file(place.file("out.jsonl"));
        let mut command = place.run(&["--jsonl", "out.jsonl"]);
        let said = Said::from(command.args(["/usr/bin/python3", "-c", &script]).output().expect("tlsdiag"));
        assert_eq!(said.code, code, "{end}: {}", said.err);
        assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"], "{end}: {}", said.err);
    }
    server.stop().expect("it ends");
}

/// A server whose clients say nothing, and that ends so: from its second handshake on recordings are deferred.
#[test]
fn a_server_that_ends_with_silent_clients_leaves_their_records() {
    let place = Place::new();
    let server = "import os, socket, ssl\n\
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n\
        context.load_cert_chain('alice.pem', 'alice.key')\n\
        listening = socket.create_server(('127.0.0.1', 0))\n\
        print(listening.getsockname()[1], flush=True)\n\
        clients = [context.wrap_socket(listening.accept()[0], server_side=True) for _ in range(4)]\n\
        os._exit(6)\n";
    let client = "import socket, ssl, sys\n\
        context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE\n\
        if sys.argv[2] == '1.2': context.maximum_version = ssl.TLSVersion.TLSv1_2\n\
        clients = [context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1])))) for _ in range(4)]\n\
        sys.stdin.read()\n";
    for version in ["1.2", "1.3"] {
        let _ = fs::remove_file(place.file("out.jsonl"));
        let mut recorded = place.run(&["--quiet", "--jsonl", "out.jsonl"]);
        recorded.args(["/usr/bin/python3", "-c", server]).stdout(Stdio::piped());
        let mut recorded = recorded.spawn().expect("tlsdiag");
        let mut port = String::new();
        BufReader::new(recorded.stdout.as_mut().expect("a pipe")).read_line(&mut port).expect("a port");
        let mut clients = Command::new("/usr/bin/python3");
        clients.args(["-c", client, port.trim(), version]).stdin(Stdio::piped());
        let mut clients = clients.spawn().expect("python3");
        assert_eq!(recorded.wait().expect("it ends").code(), Some(6), "{version}");
        drop(clients.stdin.take());
        assert!(clients.wait().expect("they end").success());
        assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"; 4], "{version}");
    }
}

/// A program that closes what it does not know, as daemons do, and goes on: it is told the truth, and the next context mends it.
#[test]
fn a_program_that_closes_our_descriptor_is_recorded_again_with_its_next_context() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let script = format!(
        "import os, socket, ssl\n\
         def context(): return ssl.create_default_context(cafile='trusted.pem')\n\
         def visit(context):\n\
         \x20   with context.wrap_socket(socket.create_connection(('localhost', {})), server_hostname='localhost') as s:\n\
         \x20       s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.recv(8)\n\
         one = context(); visit(one)\n\
         os.closerange(3, 1024)\n\
         for i in range(20): visit(one)\n\
         two = context(); visit(two)\n\
         os.closerange(3, 1024)\n",
        site.address.port()
    );
    let said = Said::from(
        place
            .run(&["--quiet", "--jsonl", "out.jsonl"])
            .args(["/usr/bin/python3", "-c", &script])
            .output()
            .expect("tlsdiag"),
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(
        said.err.matches("closed the descriptor by which its handshakes are recorded").count(),
        1,
        "{}",
        said.err
    );
    assert!(!said.err.contains("collector of handshakes has ended"), "{}", said.err);
    let records = place.records("out.jsonl");
    assert!(records.len() >= 2 && verdicts(&records).iter().all(|v| v == "established ok"), "{}", said.err);
    server.stop().expect("it ends");
}

/// Daemons close what they do not know once they have read their configuration.
#[test]
fn a_program_that_closes_our_descriptor_before_its_first_connection_is_recorded() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let script = format!(
        "import os, socket, ssl, sys\n\
         def visit(context):\n\
         \x20   with context.wrap_socket(socket.create_connection(('localhost', {})), server_hostname='localhost') as s:\n\
         \x20       s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); s.recv(8)\n\
         one = ssl.create_default_context(cafile='trusted.pem')\n\
         if 'before' in sys.argv: visit(one)\n\
         for i in range(2 if 'daemons' in sys.argv else 0):\n\
         \x20   if os.fork() == 0:\n\
         \x20       os.closerange(3, 1024)\n\
         \x20       for i in range(3): visit(one)\n\
         \x20       os._exit(0)\n\
         \x20   os.wait()\n\
         if 'itself' in sys.argv: os.closerange(3, 1024)\n\
         for i in range(3): visit(one)\n",
        site.address.port()
    );
    let cases: [(&[&str], usize); 4] =
        [(&["itself"], 3), (&["daemons"], 9), (&["daemons", "itself"], 9), (&["before", "daemons"], 10)];
    for (number, (words, count)) in cases.into_iter().enumerate() {
        for alone in [false, true] {
            let file = format!("out{number}{alone}.jsonl");
            let mut command = match alone {
                true => {
                    let mut command = Command::new("/usr/bin/python3");
                    command
                        .current_dir(place.path())
                        .env("LD_PRELOAD", object())
                        .env("TLSDIAG_JSONL", place.file(&file));
                    command
                }
                false => {
                    let mut command = place.run(&["--quiet", "--jsonl", &file]);
                    command.arg("/usr/bin/python3");
                    command
                }
            };
            let said = Said::from(command.args(["-c", &script]).args(words).output().expect("python3"));
            let summary = match alone {
                true => String::new(),
                false => format!("tlsdiag: {count} handshakes: {count} healthy, 0 failed\n"),
            };
            assert_eq!((said.code, said.err), (Some(0), summary), "{words:?}");
            wait_for_lines(&place, &file, count);
            assert_eq!(
                verdicts(&place.records(&file)),
                vec!["established ok"; count],
                "{words:?} alone: {alone}"
            );
        }
    }
    server.stop().expect("it ends");
}

/// Where there is no room for a folder there is the other name; and nothing stays of one that was killed.
#[test]
fn a_temporary_folder_that_cannot_be_written_does_not_matter() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let url = place.url(&site);
    let curl = ["curl", "--silent", "--cacert", "trusted.pem", &url];
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    let said = Said::from(command.args(curl).env("TMPDIR", "/proc").output().expect("tlsdiag"));
    assert_eq!((said.code, said.out.as_str()), (Some(0), "hello\n"), "{}", said.err);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    fs::create_dir(place.file("tmp")).expect("our folder");
    let left = || fs::read_dir(place.file("tmp")).expect("our folder").count();
    let mut killed = place.run(&[]);
    let mut killed = killed
        .args(["sh", "-c", "kill -KILL $PPID"])
        .env("TMPDIR", place.file("tmp"))
        .spawn()
        .expect("tlsdiag");
    killed.wait().expect("it ends");
    assert_eq!(left(), 1, "it was killed");
    let said =
        Said::from(place.run(&[]).args(curl).env("TMPDIR", place.file("tmp")).output().expect("tlsdiag"));
    assert_eq!((said.out.as_str(), left()), ("hello\n", 0), "{}", said.err);
    server.stop().expect("it ends");
}

/// A limit that the program has must not be felt because of us.
#[test]
fn a_program_without_descriptors_or_processes_to_spare_runs_as_ever() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    for limit in ["-n 12", "-u 1", "-f 0"] {
        let words = format!("ulimit {limit}; exec curl --silent --cacert trusted.pem {}", place.url(&site));
        let bare = place.say("sh", &["-c", &words]);
        let mut command = Command::new("bash");
        command.current_dir(place.path()).args(["-c", &words]);
        command.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "limited.jsonl");
        let said = Said::from(command.output().expect("sh"));
        assert_eq!((said.code, &said.out), (bare.code, &bare.out), "{limit}: {}", said.err);
        assert!(said.err.lines().count() <= 1, "{limit}: {}", said.err);
    }
    server.stop().expect("it ends");
}
