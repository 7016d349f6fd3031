//! Options: the key log, and quiet.

use std::os::unix::fs::PermissionsExt;

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::Place;
use crate::program::Said;

#[test]
fn keys_are_logged_into_a_file_of_their_own_when_asked() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.recorded(&site, &["--keylog", "keys", "--jsonl", "out.jsonl"]);
    let curl = ["--silent", "--cacert", "trusted.pem", &place.url(&site)];
    let mut command = std::process::Command::new("curl");
    // curl writes its own, by which ours is proved.
    let said =
        command.current_dir(place.path()).args(curl).env("SSLKEYLOGFILE", "curls").output().expect("curl");
    assert_eq!(said.stdout, b"hello\n");
    assert!(server.stop().expect("it ends").success());
    let lines = |name: &str| {
        let text = std::fs::read_to_string(place.file(name)).expect(name);
        let mut lines: Vec<String> =
            text.lines().filter(|line| !line.starts_with("EXPORTER")).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines("keys"), lines("curls"));
    assert!(lines("keys").len() >= 4);
    let mode = std::fs::metadata(place.file("keys")).expect("keys").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let record = std::fs::read_to_string(place.file("out.jsonl")).expect("out.jsonl");
    for line in lines("keys") {
        let secret = line.rsplit(' ').next().expect("a secret");
        assert!(!record.contains(secret), "no secret is in a record");
    }
}

#[test]
fn a_key_log_that_others_can_read_is_refused() {
    let place = Place::new();
    std::fs::write(place.file("keys"), "").expect("our folder");
    std::fs::set_permissions(place.file("keys"), std::fs::Permissions::from_mode(0o644)).expect("our file");
    let said: Said = place.run(&["--keylog", "keys"]).arg("true").output().expect("it runs").into();
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("keys can be read by others (mode 644): chmod 600 it"), "{}", said.err);
}

#[test]
fn quiet_says_no_verdicts() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::On);
    let server = place.recorded(&site, &["--quiet"]);
    place.curl(&site, Some("stranger"));
    assert!(server.stop().expect("it ends").success());
    let said = place.stderr();
    let said: Vec<_> = said.lines().filter(|line| line.starts_with("tlsdiag: ")).collect();
    assert_eq!(said.len(), 1, "the summary alone: {said:?}");
    assert!(said[0].starts_with("tlsdiag: 1 handshake: 0 healthy"), "{said:?}");
}
