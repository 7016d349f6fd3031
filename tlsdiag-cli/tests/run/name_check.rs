//! A client that compares the name itself: the checks say what they say unrecorded, and the name is known.

use std::process::Command;

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, verdicts};
use crate::program::Said;

#[test]
fn a_name_that_the_program_compares_itself_is_known() {
    let place = Place::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/name_check.c");
    let program = place.file("name_check");
    let mut compile = Command::new("cc");
    compile.args([source, "-o"]).arg(&program).args(["-lssl", "-lcrypto"]);
    assert!(compile.status().expect("cc").success());
    let program = program.to_str().expect("UTF-8");
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let port = site.address.port().to_string();
    let mismatch = "server_cert.hostname_mismatch";
    for (words, verdict) in [
        (&["pool_a"][..], format!("established {mismatch}")),
        (&["192.0.2.1"], format!("established {mismatch}")),
        // A later name fits.
        (&["pool_a", "localhost"], "established ok".to_owned()),
        (&["localhost"], "established ok".to_owned()),
        (&["callback"], format!("failed {mismatch}")),
    ] {
        let words = [&[port.as_str()][..], words].concat();
        let bare = place.say(program, &words);
        let file = format!("{}.jsonl", words[1..].join("-"));
        let mut command = place.run(&["--quiet", "--jsonl", &file]);
        let said = Said::from(command.arg(program).args(&words).output().expect("tlsdiag"));
        assert_eq!((said.code, &said.out), (bare.code, &bare.out), "{}", said.err);
        let records = place.records(&file);
        assert_eq!(verdicts(&records), [verdict], "{words:?}");
        let finding = &records[0]["diagnosis"]["findings"][0];
        if !finding.is_null() {
            let name = if words[1] == "callback" { "payments.example" } else { words[1] };
            assert!(finding["summary"].as_str().is_some_and(|summary| summary.contains(name)), "{finding}");
            assert_eq!(finding["confidence"], "certain");
        }
    }
    server.stop().expect("it ends");
}
