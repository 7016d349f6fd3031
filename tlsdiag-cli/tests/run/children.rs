//! Programs that a program starts: those that cannot be recorded are named, and those that go on are waited for.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, verdicts};

/// What was said up to the sentence that has these words, and what comes after stdin was closed, which the programs wait for.
fn said_until(mut child: Child, words: &str) -> (String, String) {
    let mut err = BufReader::new(child.stderr.take().expect("a pipe"));
    let mut before = String::new();
    while !before.contains(words) {
        assert_ne!(err.read_line(&mut before).expect("text"), 0, "no word of {words:?}: {before}");
    }
    drop(child.stdin.take());
    let mut after = String::new();
    err.read_to_string(&mut after).expect("text");
    assert!(child.wait().expect("it ends").success(), "{before}{after}");
    (before, after)
}

fn start(place: &Place, words: &[&str]) -> Child {
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("it runs")
}

/// Has a libssl, and ends with its input.
const WAITS: &str = "env -i /usr/bin/python3 -c 'import ssl, sys; sys.stdin.read()'; true";

#[test]
fn a_child_without_our_environment_is_named() {
    let place = Place::new();
    let (before, after) = said_until(start(&place, &["bash", "-c", WAITS]), "is not recorded");
    let sentence = "has a libssl and is not recorded: it was started by bash without LD_PRELOAD and TLSDIAG_CHANNEL in its environment\n";
    assert!(before.starts_with("tlsdiag: python3") && before.ends_with(sentence), "{before}");
    assert_eq!(before.lines().count(), 1, "once: {before}");
    let start = "tlsdiag: no handshake was recorded: what was said above of python3";
    assert!(after.starts_with(start) && after.lines().count() == 1, "{after}");
}

#[test]
fn of_a_parent_that_is_known_it_is_said_what_mends_it() {
    let place = Place::new();
    fs::copy("/bin/bash", place.file("dovecot")).expect("our folder");
    let (before, _) = said_until(start(&place, &["./dovecot", "-c", WAITS]), "is not recorded");
    let line = "what mends it: in dovecot.conf: import_environment = $import_environment LD_PRELOAD TLSDIAG_CHANNEL\n";
    assert!(before.contains("it was started by dovecot without") && before.ends_with(line), "{before}");
}

/// The first process leaves when the second has begun to use OpenSSL.
const GOES_AWAY: &str = "
import os, ssl, sys, urllib.request
begun, begins = os.pipe()
if os.fork():
    os.read(begun, 1)
    os._exit(0)
context = ssl.create_default_context(cafile='trusted.pem')
os.write(begins, b'.')
sys.stdin.read()
urllib.request.urlopen(sys.argv[1], context=context).read()
";

#[test]
fn a_program_that_goes_into_the_background_is_recorded_until_it_ends() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let child = start(&place, &["/usr/bin/python3", "-c", GOES_AWAY, &place.url(&site)]);
    let (before, after) = said_until(child, "goes on in the background");
    let sentence = before.strip_prefix("tlsdiag: python3").expect("its name");
    let says = sentence.contains(" (pid ")
        && sentence.ends_with(") goes on in the background: recording until it ends\n");
    assert!(says, "{before}");
    assert_eq!(after, "tlsdiag: 1 handshake: 1 healthy, 0 failed\n");
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    server.stop().expect("it ends");
}

#[test]
fn a_program_that_ends_in_the_foreground_is_not_said_to_go_on() {
    let place = Place::new();
    let said = place.run(&[]).args(["sh", "-c", "sleep 1 & true"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.contains("background"), "{said}");
}

/// In a PID namespace (a container) the group of a process may be none of those that are there.
#[test]
fn signals_are_passed_on_where_the_group_is_not_to_be_seen() {
    let place = Place::new();
    let script = "\"$0\" run -- sh -c 'trap \"exit 3\" TERM; : > ready; while :; do sleep 0.05; done' & \
                  while ! [ -e ready ]; do sleep 0.05; done; kill -TERM $!; wait $!";
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--mount-proc", "sh", "-c", script, env!("CARGO_BIN_EXE_tlsdiag")]);
    let said = command.current_dir(place.path()).stdin(Stdio::null()).output().expect("unshare");
    let err = String::from_utf8_lossy(&said.stderr).into_owned();
    if err.starts_with("unshare: ") {
        println!("NOT TESTED: a PID namespace, since none can be made here: {err}");
        return;
    }
    assert_eq!(said.status.code(), Some(3), "{err}");
}
