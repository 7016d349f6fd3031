//! What programs print is what they print without us, but for what differs from one run to the next.

use std::process::{Command, Stdio};

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::Place;

/// Stdout and stderr together, as a terminal shows them.
fn both(place: &Place, command: &mut Command, input: Stdio) -> String {
    let said = std::fs::File::create(place.file("said")).expect("our folder");
    let again = said.try_clone().expect("a descriptor");
    command.current_dir(place.path()).stdin(input).stdout(said).stderr(again);
    command.status().expect("the program runs");
    std::fs::read_to_string(place.file("said")).expect("text")
}

fn with(place: &Place, words: &[&str]) -> String {
    let mut command = place.run(&["--quiet", "--jsonl", "out.jsonl"]);
    command.args(words);
    let said = both(place, &mut command, Stdio::null());
    // Our one line of summary.
    said.lines().filter(|line| !line.starts_with("tlsdiag: ")).map(|line| format!("{line}\n")).collect()
}

fn without(place: &Place, words: &[&str]) -> String {
    both(place, Command::new(words[0]).args(&words[1..]), Stdio::null())
}

/// Random bytes, in any notation, and the clock; a run of them is one.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    for line in text.lines() {
        for word in line.split_inclusive([' ', ':', '-']) {
            let (bare, end) = word.split_at(word.trim_end_matches([' ', ':', '-']).len());
            let hex = bare.len() >= 2 && bare.chars().all(|c| c.is_ascii_hexdigit());
            settled.push_str(if hex { "xx" } else { bare });
            settled.push_str(end);
        }
        settled.push('\n');
    }
    settled
}

/// `openssl s_client` shows what its own callbacks heard: messages, states, every security decision.
#[test]
fn s_client_with_all_its_callbacks() {
    for protocol in ["-tls1_2", "-tls1_3"] {
        let place = Place::new();
        let site = place.even_site(Kind::Nginx, ClientAuth::On);
        let server = place.bare(&site);
        let address = site.address.to_string();
        let words = [
            "openssl",
            "s_client",
            "-connect",
            &address,
            protocol,
            "-CAfile",
            "trusted.pem",
            "-cert",
            "alice.pem",
            "-key",
            "alice.key",
            "-servername",
            "localhost",
            "-msg",
            "-state",
            "-security_debug_verbose",
            "-keylogfile",
            "keys",
            "-no_ticket",
        ];
        let (plain, ours) = (without(&place, &words), with(&place, &words));
        // The lines that its callbacks print.
        let callbacks = |text: &str| -> Vec<String> {
            let ours = ["<<<", ">>>", "SSL", "Security callback", "depth=", "verify ", "    "];
            // After the handshake it is a race whether the server's tickets come before the end of stdin.
            settled(text)
                .lines()
                .take_while(|line| !line.starts_with("New, TLS"))
                .filter(|line| ours.iter().any(|begins| line.starts_with(begins)) && !line.contains(" - "))
                .map(str::to_owned)
                .collect()
        };
        let (plain, ours) = (callbacks(&plain), callbacks(&ours));
        assert!(plain.len() > 100, "{protocol}: it shows what happens: {}", plain.len());
        for kind in ["<<<", ">>>", "SSL_connect", "Security callback", "depth="] {
            assert!(plain.iter().any(|line| line.starts_with(kind)), "{kind}");
        }
        assert_same(&plain, &ours, protocol);
        assert_eq!(place.records("out.jsonl").len(), 1);
        server.stop().expect("it ends");
    }
}

fn assert_same(plain: &[String], ours: &[String], what: &str) {
    for (number, (plain, ours)) in plain.iter().zip(ours).enumerate() {
        assert_eq!(plain, ours, "{what}, line {number}");
    }
    assert_eq!(plain.len(), ours.len(), "{what}: as many lines");
}

/// `curl -v` has a message callback on its context.
#[test]
fn curl_verbose() {
    let place = Place::new();
    let site = place.even_site(Kind::Nginx, ClientAuth::On);
    let server = place.bare(&site);
    let url = place.url(&site);
    let words =
        ["curl", "-sS", "-v", "--cacert", "trusted.pem", "--cert", "alice.pem", "--key", "alice.key", &url];
    let lines = |text: String| -> Vec<String> {
        // How many bytes came in one read is the network's affair, and so is whether the answer overtakes curl's word on its request.
        let lines = text.lines().filter(|line| {
            !line.starts_with("{ [")
                && !line.starts_with("} [")
                && !line.starts_with("* Request completely sent off")
        });
        let settled = lines.map(|line| match line {
            // Our own port is another one each time.
            line if line.contains(" from ") => line.chars().filter(|c| !c.is_ascii_digit()).collect(),
            line if line.starts_with("< Date:") => "< Date:".to_owned(),
            line => line.to_owned(),
        });
        settled.collect()
    };
    let (plain, ours) = (lines(without(&place, &words)), lines(with(&place, &words)));
    assert!(plain.iter().any(|line| line.contains("TLS handshake, Client hello (1)")), "{plain:?}");
    assert_same(&plain, &ours, "curl -v");
    server.stop().expect("it ends");
}

const SCRIPT: &str = r#"
import socket, ssl, sys
context = ssl.create_default_context(cafile="trusted.pem")
def message(connection, direction, version, content, kind, data):
    print(direction, version, content, kind, len(data) if content.name != "HEADER" else "")
context._msg_callback = message
context.keylog_filename = "keys"
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as raw:
    with context.wrap_socket(raw, server_hostname="localhost") as connection:
        print(connection.version(), connection.cipher(), context.verify_mode, context.options)
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        while connection.recv(4096):
            pass
"#;

/// Python's own message callback, which takes the place of whatever is there.
#[test]
fn python_with_a_message_callback() {
    let place = Place::new();
    let site = place.even_site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    std::fs::write(place.file("script.py"), SCRIPT).expect("our folder");
    let port = site.address.port().to_string();
    let words = ["/usr/bin/python3", "script.py", &port];
    let (plain, ours) = (without(&place, &words), with(&place, &words));
    assert!(plain.contains("write 772 22 1 "), "ClientHello is told: {plain}");
    assert_eq!(plain, ours);
    assert_eq!(place.records("out.jsonl").len(), 1);
    server.stop().expect("it ends");
}

/// A log without its times, process numbers and ports.
fn log(place: &Place, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(place.file(name)).expect(name);
    let number = |c: char| c.is_ascii_digit();
    text.lines()
        .map(|line| {
            let line: String = line.chars().map(|c| if number(c) { '0' } else { c }).collect();
            let mut parts: Vec<&str> = line.split('0').filter(|part| !part.is_empty()).collect();
            // The day and the month's name.
            if parts.first().is_some_and(|first| first.starts_with('[')) {
                parts.remove(0);
            }
            parts.concat()
        })
        .collect()
}

#[test]
fn the_servers_logs() {
    for kind in [Kind::Nginx, Kind::Apache] {
        let mut logs = Vec::new();
        for recorded in [false, true] {
            let place = Place::new();
            let site = place.even_site(kind, ClientAuth::On);
            let server = if recorded { place.recorded(&site, &[]) } else { place.bare(&site) };
            place.curl(&site, Some("alice"));
            place.curl(&site, Some("stranger"));
            place.curl(&site, None);
            place.say("curl", &["--silent", "--capath", "/nonexistent", &place.url(&site)]);
            server.stop().expect("it ends");
            let folder = place.path().display().to_string();
            let mut lines = log(&place, "error.log");
            if kind == Kind::Nginx {
                lines.extend(log(&place, "access.log"));
            }
            let digits = |text: &str| -> String { text.chars().filter(|c| !c.is_ascii_digit()).collect() };
            let mut lines: Vec<String> =
                lines.iter().map(|line| digits(line).replace(&digits(&folder), "")).collect();
            // nginx waits for its workers with a timer, and which comes first differs from run to run.
            lines.retain(|line| !line.contains("signal "));
            // Which of two processes or threads writes first is not ours to say.
            lines.sort();
            logs.push(lines);
        }
        assert!(logs[0].len() > 4, "{kind:?} logs something: {:?}", logs[0]);
        assert_same(&logs[0], &logs[1], &format!("{kind:?}"));
    }
}
