//! The examples and the README's program, built over pkg-config from a place where the library is installed, and a program of ten lines.

mod harness;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use harness::{library, pki, root, scratch, succeed};

/// How long the example's server may keep silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// How the example's server begins what it says of the last client, whose certificate has expired.
const LAST: &str = "\nclient_cert.expired (server";

/// Lays the library out as `make install` does, in a place of this test's own: tests run beside each other.
fn prefix(test: &str) -> PathBuf {
    let prefix = scratch(&format!("prefix-{test}-{}", std::process::id()));
    for folder in ["lib/pkgconfig", "include"] {
        std::fs::create_dir_all(prefix.join(folder)).expect("a folder");
    }
    let link = |target: &str, name: &str| {
        let _ = std::fs::remove_file(prefix.join(name));
        std::os::unix::fs::symlink(target, prefix.join(name)).expect("a link");
    };
    std::fs::copy(library().join("libtlsdiag.so"), prefix.join("lib/libtlsdiag.so.0.1.0")).expect("a copy");
    link("libtlsdiag.so.0.1.0", "lib/libtlsdiag.so.0");
    link("libtlsdiag.so.0", "lib/libtlsdiag.so");
    std::fs::copy(root().join("include/tlsdiag.h"), prefix.join("include/tlsdiag.h")).expect("a copy");
    let template = std::fs::read_to_string(root().join("packaging/tlsdiag.pc.in")).expect("the template");
    let pc = template
        .replace("@PREFIX@", &prefix.display().to_string())
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"))
        .replace("@RPATH@", "-Wl,-rpath,${libdir} ");
    std::fs::write(prefix.join("lib/pkgconfig/tlsdiag.pc"), pc).expect("a file");
    prefix
}

fn client(program: &Path, port: &str, more: &[PathBuf]) -> (Option<i32>, String) {
    let mut command = Command::new(program);
    command.arg(port).arg(pki().join("ca.pem")).args(more);
    let output = command.output().expect("the client runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Builds the examples over pkg-config, as a user would.
fn build_examples(prefix: &Path) -> PathBuf {
    let folder = prefix.join("examples");
    std::fs::create_dir_all(&folder).expect("a folder");
    for file in ["Makefile", "server.c", "client.c"] {
        std::fs::copy(root().join("examples/c").join(file), folder.join(file)).expect("a copy");
    }
    let mut make = Command::new("make");
    make.arg("--directory").arg(&folder).arg("CFLAGS=-std=c99 -O1 -Wall -Wextra -Wpedantic -Werror");
    make.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    succeed(make);
    folder
}

#[test]
fn a_server_and_a_client_say_what_went_wrong() {
    let prefix = prefix("examples");
    let folder = build_examples(&prefix);
    let at = |name: &str| pki().join(name);
    let mut server = Command::new(folder.join("server"));
    server.arg("0").args([at("server.pem"), at("server.key"), at("ca.pem")]);
    let mut server = server.stdout(Stdio::piped()).spawn().expect("the server runs");
    let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let (tell, told) = channel();
    let reader = std::thread::spawn(move || lines.for_each(|line| drop(tell.send(line))));
    let listening = told.recv_timeout(PATIENCE).expect("the server listens");
    let port = listening.rsplit(':').next().expect("a port");
    let none = client(&folder.join("client"), port, &[]);
    let good = client(&folder.join("client"), port, &[at("client.pem"), at("client.key")]);
    let bad = client(&folder.join("client"), port, &[at("expired.pem"), at("expired.key")]);
    // The server says what it makes of a handshake after the client has gone: wait for its last word.
    let mut said = String::from("\n");
    while !said.contains(LAST) {
        match told.recv_timeout(PATIENCE) {
            Ok(line) => said = said + &line + "\n",
            Err(_) => break,
        }
    }
    server.kill().expect("the server is there");
    server.wait().expect("the server ends");
    reader.join().expect("the reader ends");

    assert_eq!(none.0, Some(1), "{none:?}");
    assert!(none.1.starts_with("client_cert.missing (client"), "{none:?}");
    assert_eq!(good.0, Some(0), "{good:?}");
    assert!(good.1.starts_with("ok (client"), "{good:?}");
    assert_eq!(bad.0, Some(1), "{bad:?}");
    for verdict in ["\nclient_cert.missing (server", "\nok (server", LAST] {
        assert!(said.contains(verdict), "{verdict} in {said}");
    }
}

#[test]
fn ten_lines_build_with_pkg_config_alone_and_run() {
    let prefix = prefix("ten");
    let source = prefix.join("ten.c");
    let program = "#include <stdio.h>\n#include <tlsdiag.h>\n\nint main(void) {\n    tlsdiag_cause cause = TLSDIAG_CAUSE_INIT;\n    \
                   if (tlsdiag_cause_find(\"client_cert.missing\", &cause) != TLSDIAG_OK)\n        return 1;\n    \
                   printf(\"%s: %s\\n\", tlsdiag_version(), cause.meaning);\n    return 0;\n}\n";
    std::fs::write(&source, program).expect("a file");
    let mut shell = Command::new("sh");
    shell
        .arg("-c")
        .arg("cc \"$0\" -o \"$0.program\" $(pkg-config --cflags --libs tlsdiag) && exec \"$0.program\"");
    shell.arg(&source).env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).env_remove("LD_LIBRARY_PATH");
    let said = succeed(shell);
    assert!(said.starts_with(env!("CARGO_PKG_VERSION")) && said.contains("client certificate"), "{said}");
}

/// The only C program in the README, built by the command that stands there, at the example's server, whose CA it does not know.
#[test]
fn readme_program_builds_as_shown_and_names_the_cause() {
    let readme = include_str!("../../README.md");
    let program =
        readme.split("\n```c\n").nth(1).and_then(|rest| rest.split("```\n").next()).expect("a C program");
    let command = readme.lines().find(|line| line.starts_with("cc program.c ")).expect("a command");
    let command = command.split(" && ").next().expect("its first half");
    let prefix = prefix("readme");
    let folder = prefix.join("program");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("program.c"), program).expect("a file");
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).current_dir(&folder);
    shell.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).env_remove("LD_LIBRARY_PATH");
    succeed(shell);

    let examples = build_examples(&prefix);
    let at = |name: &str| pki().join(name);
    let mut server = Command::new(examples.join("server"));
    server.arg("0").args([at("server.pem"), at("server.key")]);
    let mut server = server.stdout(Stdio::piped()).spawn().expect("the server runs");
    let mut lines = BufReader::new(server.stdout.take().expect("a pipe")).lines().map_while(Result::ok);
    let listening = lines.next().expect("the server listens");
    let mut client = Command::new(folder.join("program"));
    client.arg(listening.rsplit(' ').next().expect("an address")).env_remove("LD_LIBRARY_PATH");
    let said = succeed(client);
    server.kill().expect("the server is there");
    server.wait().expect("the server ends");
    assert!(said.starts_with("server_cert.unknown_issuer (client"), "{said}");
}
