//! `--console` beside what is recorded.

use std::process::Command;

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, object};
use crate::program::tlsdiag;
use crate::program::watched::{Events, Watched, get};

/// A server whose certificate nobody trusts.
fn stranger(place: &Place) -> (Watched, String) {
    let mut command = Command::new("openssl");
    command.current_dir(place.path()).args(["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-www"]);
    let mut server = Watched::start(command.args(["-key", "stranger.key", "-cert", "stranger.pem"]));
    let address = server.line("ACCEPT ");
    (server, address)
}

#[test]
fn a_client_that_has_ended_is_shown_until_ctrl_c_and_its_status_passed_on() {
    object();
    let place = Place::new();
    let (_server, address) = stranger(&place);
    let options = ["-connect", &address, "-verify_return_error", "-CAfile", "trusted.pem"];
    let mut client = Watched::start(tlsdiag(place.path()).args(["s_client", "--console"]).args(options));
    let console = client.console();
    client.line("tlsdiag: the console stays until Ctrl-C");
    let page = get(console, "/").body;
    assert!(page.contains("server_cert.self_signed"), "{page}");
    assert_eq!(client.interrupt().0, Some(1), "OpenSSL's own");
}

#[test]
fn whoever_is_interrupted_does_not_stay() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::On);
    let mut command = place.run(&["--console", "--quiet"]);
    let mut server = Watched::start(command.args(site.command().expect("a configuration")));
    let mut events = Events::open(server.console());
    let console = server.console();
    while matches!(place.curl(&site, Some("alice")).status.code(), None | Some(7)) {
        std::thread::yield_now();
    }
    events.wait_for(1);
    let json = get(console, "/handshake/1.json").body;
    assert!(json.contains("\"outcome\":\"established\""), "{json}");
    server.interrupt();
    let said = server.rest();
    assert!(!said.iter().any(|line| line.contains("the console stays")), "{said:#?}");
}

#[test]
fn a_setup_that_failed_is_shown_as_well() {
    let place = Place::new();
    let command =
        ["s_server", "--console", "-accept", "127.0.0.1:0", "-key", "alice.key", "-cert", "stranger.pem"];
    let mut server = Watched::start(tlsdiag(place.path()).args(command));
    let console = server.console();
    server.line("tlsdiag: the console stays until Ctrl-C");
    let report = get(console, "/handshake/1");
    assert_eq!(report.header("content-type"), Some("text/plain; charset=utf-8"), "{report:?}");
    assert!(report.body.contains("config.key_mismatch"), "{report:?}");
    assert_ne!(server.interrupt().0, Some(0));
}
