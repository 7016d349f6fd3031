//! Crafted files, and names and arguments that are as bad: nothing of them acts on the terminal.

#[path = "../../tlsdiag-core/tests/inert/hostile.rs"]
mod hostile;
mod program;

use std::ffi::OsString;
use std::fs;

use hostile::{HOSTILE, assert_inert, assert_shown_inert};
use program::run;

/// A name of a file: what a path may hold of it.
const NAME: &str = "x\x1b[2J\r\nFORGED\u{9b}2J\u{202e}\u{2066}\u{2028}\u{200b}.jsonl";

#[test]
fn crafted_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let lines: String = hostile::records().iter().map(|record| format!("{record}\n")).collect();
    fs::write(folder.join(NAME), lines).expect("written");
    fs::write(folder.join("rubbish"), format!("{{\"schema\":{}}}\n", serde_json::Value::from(HOSTILE)))
        .expect("written");

    for color in ["never", "always"] {
        for arguments in [
            &["explain", NAME][..],
            &["explain", "--format", "json", NAME],
            &["explain", "--format", "causes", NAME],
            &["diff", NAME],
            &["diff", &format!("{NAME}:1"), &format!("{NAME}:2")],
            &["diff", "--format", "json", NAME],
            &["join", NAME],
            &["join", "--format", "json", NAME],
        ] {
            let said = run(folder, &[&["--color", color], arguments].concat());
            assert_shown_inert(&format!("stdout of {arguments:?}, {}", said.err), &said.out);
            assert_inert(&format!("stderr of {arguments:?}"), &said.err);
        }
    }
    let said = run(folder, &["explain", "rubbish", NAME]);
    assert_inert("stdout", &said.out);
    assert_shown_inert("stderr", &said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[test]
fn arguments() {
    let folder = tempfile::tempdir().expect("a folder");
    for arguments in [
        &["explain", NAME][..],
        &["diff", NAME],
        &["join", NAME, NAME],
        &["causes", NAME],
        &[NAME],
        &["explain", "--format", NAME, "f"],
        &["serve", "--port", NAME],
        &["serve", "--host", NAME],
        &["serve", "--port", "0", "--cert", NAME],
        &["serve", "--port", "0", "--schemes", NAME],
        &["serve", "--port", "0", "--openssl-option", NAME],
        &["s_server", "--openssl", NAME],
        &["s_server", "--pki", &format!("/proc/{NAME}")],
        &["run", "--", NAME],
        &["run", "--jsonl", &format!("none/{NAME}"), "--", "true"],
        &["demo", "--dir", &format!("/proc/{NAME}")],
    ] {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let said = run(folder.path(), &arguments);
        assert_inert(&format!("stdout of {arguments:?}"), &said.out);
        assert_inert(&format!("stderr of {arguments:?}"), &said.err);
        assert_eq!(said.err.lines().count(), 1, "{arguments:?}: {}", said.err);
    }
}
