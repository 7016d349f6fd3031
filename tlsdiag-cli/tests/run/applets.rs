//! `tlsdiag s_server` and `tlsdiag s_client` beside the installed OpenSSL's own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::place::{Place, cause, object, verdicts};
use crate::program::{Said, tlsdiag};

/// The command of the founding case, as its notes have it, but for the files; and what it names besides, where that is wanted.
const NOTED: &str = "-key alice.key -cert alice.pem -state -www -CAfile trusted.pem -verify 2 -debug -security_debug_verbose \
                     -tls1_2 -msg";
const SCHEMES: &str = " -sigalgs ECDSA+SHA256:RSA-PSS+SHA256";

/// A running s_server.
struct Listening {
    child: Child,
    address: SocketAddr,
    out: thread::JoinHandle<String>,
}

/// Starts an s_server, and waits until it says where it accepts.
fn listen(mut command: Command, options: &str) -> Listening {
    command.args(["-accept", "127.0.0.1:0", "-naccept", "1"]).args(options.split_whitespace());
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut said = String::new();
    let address = loop {
        let start = said.len();
        if out.read_line(&mut said).expect("text") == 0 {
            let mut why = String::new();
            child.stderr.take().expect("a pipe").read_to_string(&mut why).expect("text");
            panic!("it does not listen: {why}");
        }
        if let Some(address) = said[start..].trim_end().strip_prefix("ACCEPT ") {
            break address.parse().expect("an address");
        }
    };
    let rest = thread::spawn(move || {
        out.read_to_string(&mut said).expect("text");
        said
    });
    Listening { child, address, out: rest }
}

impl Listening {
    fn finish(mut self) -> Said {
        let mut err = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut err).expect("text");
        let status = self.child.wait().expect("it ends");
        Said { code: status.code(), out: self.out.join().expect("its output is read"), err }
    }
}

fn openssl(place: &Place, applet: &str) -> Command {
    let mut command = Command::new("openssl");
    command.current_dir(place.path()).arg(applet);
    command
}

fn ours(place: &Place, words: &[&str]) -> Command {
    object();
    let mut command = tlsdiag(place.path());
    command.args(words);
    command
}

/// A page is asked for, with this certificate or with none.
fn visit(place: &Place, address: SocketAddr, client: Option<&str>) {
    let mut command = Command::new("curl");
    command.current_dir(place.path()).args([
        "--silent",
        "--insecure",
        "--max-time",
        "20",
        "--tls-max",
        "1.2",
    ]);
    if let Some(client) = client {
        command.args(["--cert", &format!("{client}.pem"), "--key", &format!("{client}.key")]);
    }
    command.arg(format!("https://{address}/")).output().expect("curl is installed");
}

/// Without what differs from one run to the next: addresses in memory and of the network, bytes in hexadecimal with their
/// number, and times. A signature of ECDSA is not always of one length.
fn steady(said: &str) -> Vec<String> {
    let is_hex = |word: &str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut lines = Vec::new();
    for line in said.lines() {
        let dump = line.split_whitespace().filter(|word| is_hex(&word.replace('-', ""))).count() > 0
            && (line.starts_with("    ") || line.contains(" - "));
        if dump {
            continue;
        }
        let line: String = line.replace("0x", "").chars().filter(|c| !c.is_ascii_hexdigit()).collect();
        lines.push(line);
    }
    lines
}

#[test]
fn the_command_of_the_notes_says_what_openssl_says_and_the_reason_besides() {
    let place = Place::new();
    for (options, client) in [
        (NOTED.to_owned(), Some("alice")),
        (NOTED.to_owned() + SCHEMES, Some("alice")),
        (NOTED.to_owned() + SCHEMES, None),
    ] {
        let _ = std::fs::remove_file(place.file("o.jsonl"));
        let run = |command| {
            let server = listen(command, &options);
            visit(&place, server.address, client);
            server.finish()
        };
        let (own, recorded) =
            (run(openssl(&place, "s_server")), run(ours(&place, &["s_server", "--jsonl", "o.jsonl"])));
        assert_eq!(own.code, recorded.code);
        assert!(own.out.lines().count() > 100, "{}", own.out);
        assert_eq!(steady(&own.out), steady(&recorded.out));
        // Its stderr is all there as well, in its order.
        let recorded_err = steady(&recorded.err);
        let mut rest = recorded_err.iter();
        for line in steady(&own.err) {
            assert!(rest.any(|one| *one == line), "{line:?} is missing on stderr: {}", recorded.err);
        }
        let records = place.records("o.jsonl");
        assert_eq!(records.len(), 1);
        let verdict = if cause(&records[0]) == "ok" { "ok  established" } else { cause(&records[0]) };
        assert!(recorded.err.contains(verdict), "{verdict}: {}", recorded.err);
    }
}

#[test]
fn a_server_reports_why_its_client_fails() {
    let place = Place::new();
    let options =
        "-www -key alice.key -cert alice.pem -CAfile trusted.pem -Verify 2 -verify_return_error -tls1_2";
    for (client, expected) in [
        (None, "failed client_cert.missing"),
        (Some("stranger"), "failed client_cert.self_signed"),
        (Some("alice"), "established ok"),
    ] {
        let _ = std::fs::remove_file(place.file("o.jsonl"));
        let server = listen(ours(&place, &["s_server", "--jsonl", "o.jsonl"]), options);
        visit(&place, server.address, client);
        let said = server.finish();
        assert_eq!(verdicts(&place.records("o.jsonl")), [expected], "{}", said.err);
        let (outcome, code) = expected.split_once(' ').expect("two words");
        let first = if code == "ok" { format!("ok  {outcome}") } else { code.to_owned() };
        assert!(said.err.lines().any(|line| line.starts_with(&first)), "{first}: {}", said.err);
        assert!(!said.out.contains(code) || code == "ok", "stdout is OpenSSL's: {}", said.out);
    }
}

#[test]
fn a_client_reports_why_its_server_fails_and_ends_as_openssls() {
    let place = Place::new();
    let server = listen(openssl(&place, "s_server"), "-www -key stranger.key -cert stranger.pem");
    let connect = server.address.to_string();
    let options = ["-connect", &connect, "-verify_return_error", "-CAfile", "trusted.pem"];
    let said: Said =
        ours(&place, &["s_client", "--jsonl", "o.jsonl"]).args(options).output().expect("it runs").into();
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert_eq!(cause(&place.records("o.jsonl")[0]), "server_cert.self_signed");
    assert!(said.err.lines().any(|line| line.starts_with("server_cert.self_signed")), "{}", said.err);
    assert!(said.out.starts_with("CONNECTED("), "{}", said.out);
    server.finish();
}

/// As s_client does without -verify_return_error: the report is healthy, and says what the library found.
#[test]
fn a_certificate_that_is_let_pass_is_not_passed_over_in_silence() {
    let place = Place::new();
    let server = listen(openssl(&place, "s_server"), "-www -key stranger.key -cert stranger.pem -tls1_2");
    let connect = server.address.to_string();
    let mut client = ours(&place, &["s_client", "-ign_eof", "-CAfile", "trusted.pem", "-connect", &connect])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    client.stdin.take().expect("a pipe").write_all(b"GET / HTTP/1.0\r\n\r\n").expect("it reads");
    let said: Said = client.wait_with_output().expect("it ends").into();
    assert!(said.err.lines().any(|line| line == "ok  established unverified"), "{}", said.err);
    assert!(
        said.err.replace("\n  ", " ").contains("the server's certificate did not verify: depth 0"),
        "{}",
        said.err
    );
    server.finish();
}

#[test]
fn every_option_goes_to_openssl() {
    let place = Place::new();
    // In its place: prints its arguments.
    let echo = place.file("echo");
    std::fs::write(&echo, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").expect("our folder");
    std::fs::set_permissions(&echo, PermissionsExt::from_mode(0o755)).expect("our folder");
    for applet in ["s_server", "s_client"] {
        let own: Said = openssl(&place, applet).arg("-help").output().expect("openssl").into();
        let recorded: Said = ours(&place, &[applet, "-help"]).output().expect("it runs").into();
        assert_eq!((own.code, &own.out), (recorded.code, &recorded.out), "{applet}");
        let listed = own.out.clone() + &own.err;
        let options: Vec<&str> = listed
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .filter(|word| word.starts_with('-') && word.len() > 2)
            .collect();
        assert!(options.len() > 100, "{listed}");
        let mut command = ours(&place, &[applet, "--openssl"]);
        command.arg(&echo).args(["--quiet", "--jsonl", "o.jsonl"]).args(&options);
        let said: Said = command.output().expect("it runs").into();
        let passed: Vec<&str> = said.out.lines().collect();
        assert_eq!(passed, [&[applet], &options[..]].concat(), "{}", said.err);
    }
    let help: Said = ours(&place, &["s_server", "--help"]).output().expect("it runs").into();
    for part in ["--jsonl", "--pki", "--openssl", "-help"] {
        assert!(help.out.contains(part), "{part}: {}", help.out);
    }
}

#[test]
fn certificates_are_made_where_none_is_named() {
    let place = Place::new();
    let server =
        listen(ours(&place, &["s_server", "--pki", "own", "--quiet"]), "-www -Verify 2 -verify_return_error");
    let url = format!("https://localhost:{}/", server.address.port());
    let page: Said = Command::new("curl")
        .current_dir(place.path())
        .args(["--silent", "--show-error", "--max-time", "20", "--ipv4"])
        .args(["--cacert", "own/ca.pem", "--cert", "own/client.pem", "--key", "own/client.key", &url])
        .output()
        .expect("curl is installed")
        .into();
    assert!(page.out.contains("s_server"), "{page:?}");
    let said = server.finish();
    assert!(said.err.contains("tlsdiag: with the certificates in own; "), "{}", said.err);
    assert_eq!(said.err.matches("tlsdiag: ok (server, ").count(), 1, "{}", said.err);
    // Its own default is left to it.
    std::fs::copy(place.file("own/server.pem"), place.file("server.pem")).expect("our folder");
    let said: Said = ours(&place, &["s_server", "--pki", "other", "-accept", "127.0.0.1:0", "-key", "none"])
        .stdin(Stdio::null())
        .output()
        .expect("it runs")
        .into();
    assert!(said.code != Some(0) && !place.file("other").exists(), "{}", said.err);
}

#[test]
fn the_certificate_made_is_sent_once_with_its_issuer() {
    let place = Place::new();
    let server = listen(ours(&place, &["s_server", "--pki", "own", "--quiet"]), "-www");
    let said: Said = Command::new("openssl")
        .args(["s_client", "-showcerts", "-connect", &server.address.to_string()])
        .stdin(Stdio::null())
        .output()
        .expect("openssl is installed")
        .into();
    let subjects: Vec<_> = said.out.lines().filter(|line| line.contains(" s:")).collect();
    assert!(matches!(&subjects[..], [leaf, issuer] if leaf != issuer), "{subjects:?}");
    assert_eq!(said.out.matches("BEGIN CERTIFICATE").count(), 2, "{}", said.out);
    server.finish();
}

#[test]
fn whoever_listens_everywhere_is_told() {
    let place = Place::new();
    let told = |options: &[&str]| {
        let mut command = ours(&place, &["s_server", "-cert", "none.pem"]);
        let said: Said = command.args(options).stdin(Stdio::null()).output().expect("it runs").into();
        said.err.lines().filter(|line| line.contains("every address of this machine")).count()
    };
    assert_eq!(told(&["-accept", "44399"]), 1);
    assert_eq!(told(&["-accept", "127.0.0.1:44399"]), 0);
}

#[test]
fn an_openssl_that_is_not_there_or_cannot_be_recorded_is_one_sentence() {
    let place = Place::new();
    let said: Said = ours(&place, &["s_client", "--openssl", "/nowhere/openssl", "-connect", "localhost:1"])
        .output()
        .expect("it runs")
        .into();
    assert_eq!((said.code, said.out.as_str()), (Some(127), ""));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("/nowhere/openssl") && said.err.contains("--openssl"), "{}", said.err);
    let said: Said = ours(&place, &["s_client", "--openssl", "no-openssl"]).output().expect("it runs").into();
    assert_eq!(said.code, Some(127), "{}", said.err);
    assert!(said.err.contains("no program no-openssl in PATH"), "{}", said.err);
}
