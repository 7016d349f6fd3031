//! `tlsdiag explain` on good files and damaged ones, after `tlsdiag demo` has made them.

mod program;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use program::{run, run_with, tlsdiag};

/// The records of a demo: made once for all tests here.
fn recorded(folder: &Path) -> String {
    let said = run(folder, &["demo", "--dir", "demo"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    assert!(said.out.starts_with("SCENARIO"), "{}", said.out);
    assert!(!said.out.contains("WRONG") && said.out.contains("every verdict is right"), "{}", said.out);
    assert!(said.out.contains("\nsigalg.signer_refused  ("), "the founding case: {}", said.out);
    assert!(!said.out.contains('\x1b'), "no colours in a pipe");
    fs::read_to_string(folder.join("demo/handshakes.jsonl")).expect("handshakes")
}

#[test]
fn a_demo_and_its_records_told_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let lines = recorded(folder);
    let count = lines.lines().count();
    let first = lines.lines().next().expect("a line");
    let file = "demo/handshakes.jsonl";

    // Every record is valid by the schema, and comes out as it went in.
    let schema = include_str!("../../schema/handshake-1.json");
    let schema = serde_json::from_str(schema).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for line in lines.lines() {
        let record = serde_json::from_str(line).expect("JSON");
        assert!(schema.is_valid(&record), "{line}");
    }
    assert_eq!(run(folder, &["explain", "--format", "json", file]).out, lines);

    // One cause a line, in order, and exit code 1 since some have failed.
    let causes = run(folder, &["explain", "--format", "causes", file]);
    assert_eq!((causes.code, causes.out.lines().count()), (Some(1), count));
    assert_eq!(causes.out.lines().next(), Some("ok"));
    fs::write(folder.join("healthy.jsonl"), format!("{first}\n")).expect("written");
    assert_eq!(run(folder, &["explain", "--format", "causes", "healthy.jsonl"]).code, Some(0));

    // The reports of two files and of stdin.
    let both = run(folder, &["explain", "healthy.jsonl", "healthy.jsonl"]);
    assert_eq!((both.code, both.out.matches("ok  established").count()), (Some(0), 2));
    let said = run_with(folder, &["explain", "-"], first.as_bytes());
    assert_eq!((said.code, said.out.matches("ok  established").count()), (Some(0), 1));
    let coloured = run(folder, &["--color", "always", "explain", "healthy.jsonl"]);
    assert!(coloured.out.contains('\x1b'));

    damaged(folder, &lines, first);
    closed(folder);
}

/// Good lines are told, bad ones named by file and number.
fn damaged(folder: &Path, lines: &str, first: &str) {
    let says = |name: &str, content: &[u8]| {
        fs::write(folder.join(name), content).expect("written");
        let said = run(folder, &["explain", "--format", "causes", name]);
        assert_eq!(said.code, Some(2), "{name}: {said:?}");
        said
    };

    let cut = says("cut.jsonl", &lines.as_bytes()[..first.len() + 1 + first.len() / 2]);
    assert_eq!(cut.out, "ok\n");
    assert_eq!(cut.err.lines().count(), 1, "{}", cut.err);
    assert!(cut.err.contains("cut.jsonl, line 2:") && cut.err.contains("cut off"), "{}", cut.err);

    let mixed = says("mixed.jsonl", format!("rubbish\n{first}\n\n{{}}\n{first}\n").as_bytes());
    assert_eq!(mixed.out, "ok\nok\n");
    let complaints: Vec<&str> = mixed.err.lines().collect();
    assert_eq!(complaints.len(), 2, "{}", mixed.err);
    assert!(complaints[0].contains("mixed.jsonl, line 1:") && complaints[1].contains("mixed.jsonl, line 4:"));

    for (name, content, what) in [
        ("empty.jsonl", &b""[..], "empty"),
        ("blank.jsonl", b"\n\n", "empty"),
        ("foreign.jsonl", b"{\"a\": 1}\n{\"b\": 2}\n", "no file of handshakes"),
        ("binary.jsonl", b"\xff\xfe\n\0\n\x80\n", "no file of handshakes"),
        ("half.jsonl", &first.as_bytes()[..first.len() / 2], "cut off"),
    ] {
        let said = says(name, content);
        assert_eq!(said.out, "");
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
        assert!(said.err.contains(name) && said.err.contains(what), "{}", said.err);
    }

    let missing = run(folder, &["explain", "--format", "causes", "missing.jsonl", "healthy.jsonl"]);
    assert_eq!((missing.code, missing.out.as_str()), (Some(2), "ok\n"));
    assert!(missing.err.contains("missing.jsonl") && missing.err.lines().count() == 1, "{}", missing.err);
    assert_eq!(run(folder, &["explain", "."]).code, Some(2));
}

/// A reader that has seen enough is no error.
fn closed(folder: &Path) {
    for arguments in [&["explain", "demo/handshakes.jsonl"][..], &["causes"], &["demo", "--dir", "again"]] {
        let mut child = tlsdiag(folder)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        drop(child.stdout.take());
        let done = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&done.stderr), "");
        assert!(matches!(done.status.code(), Some(0 | 1)), "{arguments:?}: {:?}", done.status);
    }
}
