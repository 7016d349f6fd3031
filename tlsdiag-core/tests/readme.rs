//! The README's Rust program is `examples/record.rs`, which cargo builds, and it does what it says; its dependencies are this crate's own.
#![cfg(feature = "linked")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use tlsdiag_lab::pki::Pki;

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../examples/record.rs");

/// The only block of this language.
fn block(language: &str) -> &'static str {
    let begin = format!("\n```{language}\n");
    let mut blocks = README.split(&begin).skip(1);
    let block = blocks.next().and_then(|rest| rest.split("```\n").next());
    assert!(blocks.next().is_none(), "several blocks of {language}");
    block.unwrap_or_else(|| panic!("no block of {language}"))
}

#[test]
fn rust_block_is_the_example() {
    let code = EXAMPLE.split_once("\n\n").expect("a head").1;
    assert_eq!(block("rust"), code);
}

#[test]
fn toml_block_names_dependencies_of_this_workspace() {
    let workspace = include_str!("../../Cargo.toml");
    let lines: Vec<_> = block("toml").lines().filter(|line| line.contains('=')).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    for line in lines {
        let (name, value) = line.split_once(" = ").expect("a dependency");
        let version = value.trim_matches('"');
        let known = workspace.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        let known = known.unwrap_or_else(|| panic!("{name} is no dependency"));
        assert!(known.contains(&format!("\"{version}")), "{name}: {version}, and {known} here");
    }
}

#[test]
fn example_says_why_a_client_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let pki = Pki::generate().expect("a PKI");
    let file = |name: &str, bytes: Vec<u8>| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    };
    let shown = std::iter::once(&pki.server.certificate).chain(&pki.server.chain);
    let pem: Vec<Vec<u8>> = shown.map(|one| one.to_pem().expect("PEM")).collect();
    let certificate = file("server.pem", pem.concat());
    let key = file("server.key", pki.server.key.private_key_to_pem_pkcs8().expect("PEM"));
    // Where this test alone was asked for, cargo has not built it.
    let cargo = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "record"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(cargo.expect("cargo runs").success());
    // Beside the folder of the tests.
    let test = std::env::current_exe().expect("a path");
    let program = test.ancestors().nth(2).unwrap_or(Path::new(".")).join("examples/record");
    let mut server = Command::new(program);
    server.arg("0").args([&certificate, &key]).stdout(Stdio::piped());
    let mut server = server.spawn().expect("cargo has built the example");
    let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let address = lines.next().expect("it listens").rsplit(' ').next().expect("an address").to_owned();
    let status = Command::new("openssl")
        .args(["s_client", "-verify_return_error", "-connect", &address])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(!status.expect("openssl runs").success(), "an unknown CA");
    let said = lines.next().unwrap_or_default();
    server.kill().expect("it is there");
    server.wait().expect("it ends");
    assert!(said.starts_with("server_cert.unknown_issuer"), "{said}");
}
