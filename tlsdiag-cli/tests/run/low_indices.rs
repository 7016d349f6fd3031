//! A program that uses ex_data indices of connections that it was never given.

use std::process::Command;

use crate::place::{Place, verdicts};
use crate::program::Said;

#[test]
fn what_a_program_keeps_at_low_indices_is_not_taken_for_ours() {
    let place = Place::new();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/low_indices.c");
    let program = place.file("low_indices");
    let mut compile = Command::new("cc");
    compile.args([source, "-o"]).arg(&program).args(["-lssl", "-lcrypto"]);
    assert!(compile.status().expect("cc").success());
    let mut command = place.run(&["--quiet", "--jsonl", "out.jsonl"]);
    let said = Said::from(command.arg(program).output().expect("it runs"));
    assert_eq!((said.code, said.out.as_str()), (Some(0), "established\n"), "{}", said.err);
    let records = place.records("out.jsonl");
    let found = verdicts(&records);
    assert!(found.len() == 2 && found.iter().all(|verdict| verdict.starts_with("established")), "{found:?}");
}
