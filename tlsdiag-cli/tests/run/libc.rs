//! Programs of another libc: they run as ever, and what runs beside them is recorded.

use std::fs;
use std::process::Command;

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, object, verdicts};
use crate::program::Said;
use crate::servers::wait_for_lines;

/// A program that is linked with musl, or a word on that there is none.
fn with_musl() -> Option<Place> {
    let place = Place::new();
    fs::write(place.file("main.c"), "int main(void) { return 7; }\n").expect("our folder");
    match Command::new("musl-gcc").args(["-o", "other", "main.c"]).current_dir(place.path()).status() {
        Ok(status) => {
            assert!(status.success(), "musl-gcc builds a program");
            Some(place)
        }
        Err(_) => {
            println!("NOT TESTED: programs of another libc, since musl-gcc is missing (package musl-tools)");
            None
        }
    }
}

#[test]
fn a_program_of_another_libc_runs_and_one_sentence_says_that_it_is_not_recorded() {
    let Some(place) = with_musl() else { return };
    let said = Said::from(place.run(&[]).arg("./other").output().expect("it runs"));
    let sentence = "tlsdiag: ./other is linked with musl, and what records here needs glibc: it runs, and nothing of it is recorded\n";
    assert_eq!((said.code, said.err.as_str()), (Some(7), sentence));
}

#[test]
fn a_shell_starts_such_a_program_and_another_that_is_recorded() {
    let Some(place) = with_musl() else { return };
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let script = format!("curl --silent --cacert trusted.pem {}; ./other", place.url(&site));
    let said = Said::from(
        place.run(&["--jsonl", "out.jsonl"]).args(["sh", "-c", &script]).output().expect("it runs"),
    );
    assert_eq!((said.code, said.out.as_str()), (Some(7), "hello\n"), "{}", said.err);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    server.stop().expect("it ends");
}

/// What README says of LD_PRELOAD alone, in both forms.
#[test]
fn the_object_in_the_environment() {
    let Some(place) = with_musl() else { return };
    let other = |preload: &str| {
        let mut command = Command::new("./other");
        command.current_dir(place.path()).env("LD_PRELOAD", preload).output().expect("it runs").status.code()
    };
    let plain = object().canonicalize().expect("the object").display().to_string();
    let through_lib = format!("/$LIB/../../..{plain}");
    assert_eq!(other(&plain), Some(127));
    assert_eq!(other(&through_lib), Some(7));

    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    let mut curl = Command::new("curl");
    curl.current_dir(place.path()).args(["--silent", "--cacert", "trusted.pem", &place.url(&site)]);
    let said = curl.env("LD_PRELOAD", through_lib).env("TLSDIAG_JSONL", "out.jsonl").output().expect("curl");
    assert_eq!((said.stdout.as_slice(), said.stderr.as_slice()), (&b"hello\n"[..], &b""[..]));
    wait_for_lines(&place, "out.jsonl", 1);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    server.stop().expect("it ends");
}
