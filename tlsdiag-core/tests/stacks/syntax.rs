//! Every line of advice in the recorded cases is one that its stack accepts: nginx and Apache test their configuration, Python
//! compiles, OpenSSL and curl have the options that are named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tlsdiag_core::report::reader::Reader;

use crate::place::Place;
use crate::programs::{Program, Told, configured, find, is_here, named};

/// Stack and line, each once.
fn advised() -> BTreeSet<(String, String)> {
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("testdata/cases") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else if path.ends_with("events.jsonl") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases"), &mut found);
    let mut lines = BTreeSet::new();
    for path in found {
        let mut reader = Reader::new();
        let text = fs::read_to_string(path).expect("text");
        for record in text.lines().flat_map(|line| reader.line(line)) {
            let record = record.expect("a line").handshake().expect("a handshake");
            let findings = record.diagnosis.findings;
            let advice = findings.into_iter().flat_map(|finding| finding.advice);
            lines.extend(advice.map(|advice| (advice.stack, advice.line)));
        }
    }
    lines
}

/// Files that lines name and no handshake here needs.
fn place() -> Place {
    let place = Place::new();
    let workshop = place.pki.workshop().expect("a workshop");
    let list = |name| workshop.list(name).map(|list| list.to_pem().expect("PEM")).expect(name);
    place.write("crl.pem", list("issuing"));
    place.write("all-crls.pem", [list("issuing"), list("root")].concat());
    for (from, to) in [("server.key", "key.pem"), ("ca.pem", "more.pem"), ("ca.pem", "ca-chain.pem")] {
        fs::copy(place.file(from), place.file(to)).expect("copied");
    }
    place
}

fn tested(place: &Place, mut command: Command, more: &[&str]) -> Result<(), String> {
    let Output { status, stdout, stderr } =
        command.args(more).current_dir(place.path()).output().expect("it runs");
    let said = || String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    if status.success() { Ok(()) } else { Err(said()) }
}

/// The options that a program's own help names.
fn options(program: &str, help: &[&str]) -> BTreeSet<String> {
    let output = Command::new(find(program).expect(program)).args(help).output().expect("help");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let words = text.split_whitespace().map(|word| word.trim_end_matches(',').to_owned());
    words.filter(|word| word.starts_with('-')).collect()
}

fn wrong(place: &Place, stack: &str, line: &str) -> Result<(), String> {
    let told = |advice: &str| Told {
        identity: Some("fullchain"),
        trusts: Some("client-ca"),
        asks_client: true,
        advice: vec![advice.to_owned()],
        ..Told::default()
    };
    let of = |name: &str, more: &[&str]| {
        let program: &dyn Program = named(name);
        if !is_here(program) {
            return Ok(());
        }
        tested(place, program.server(place, &told(line), 4433).expect("a server"), more)
    };
    match stack {
        // A command, which goes into no configuration.
        "nginx" | "apache" if ["nginx ", "apachectl "].iter().any(|command| line.starts_with(command)) => {
            Ok(())
        }
        // Where nginx is unpacked and not installed, its folder of logs is not there.
        "nginx" if line.contains("/var/log/nginx/") => {
            wrong(place, stack, &line.replace("/var/log/nginx/", ""))
        }
        "nginx" => of("nginx", &["-t"]),
        "apache" => of("apache", &["-t"]),
        "python" => {
            let mut command = Command::new(find("python3").expect("python3"));
            command.args(["-c", "import sys; compile(sys.argv[1], 'advice', 'exec')", line]);
            tested(place, command, &[])
        }
        "openssl.cnf"
            if ["sage", "asicConstraints", "KeyIdentifier", "ame"].iter().any(|part| line.contains(part)) =>
        {
            // What a certificate is to say.
            let extensions = format!("[req]\ndistinguished_name = none\n[none]\n[extensions]\n{line}\n");
            place.write("request.cnf", extensions);
            let mut command = Command::new(find("openssl").expect("openssl"));
            command.args([
                "req",
                "-x509",
                "-config",
                "request.cnf",
                "-extensions",
                "extensions",
                "-subj",
                "/CN=a",
            ]);
            tested(place, command, &["-key", "server.key", "-out", "request.pem"])
        }
        "openssl.cnf" => {
            let mut command = Command::new(find("openssl").expect("openssl"));
            command.args(["ciphers"]);
            configured(place, &mut command, &Told { cnf: vec![line.to_owned()], ..Told::default() });
            tested(place, command, &[])
        }
        "openssl" if line.contains("; openssl ") => {
            line.split("; ").try_for_each(|command| self::wrong(place, stack, command))
        }
        "openssl" | "curl" => {
            let words: Vec<_> = line.split_whitespace().collect();
            let known = match words[..] {
                ["curl", ..] => options("curl", &["--help", "all"]),
                ["openssl", command, ..] => options("openssl", &[command, "-help"]),
                // A call of C, or another program.
                _ => return Ok(()),
            };
            let strange = words.iter().find(|word| {
                let option =
                    word.starts_with('-') && !word[1..].starts_with(|letter: char| letter.is_ascii_digit());
                // `-*` stands for the name of any digest.
                option && !known.contains(**word) && !(known.contains("-*") && word.starts_with("-sha"))
            });
            strange.map_or(Ok(()), |word| Err(format!("no option {word}")))
        }
        _ => Ok(()),
    }
}

#[test]
fn every_line_is_one_that_its_stack_accepts() {
    let place = place();
    let lines = advised();
    let wrong: Vec<_> = lines
        .iter()
        .filter_map(|(stack, line)| {
            wrong(&place, stack, line).err().map(|said| format!("{stack}: {line}\n{said}"))
        })
        .collect();
    println!("{} lines of advice are accepted, {} are not", lines.len() - wrong.len(), wrong.len());
    assert!(lines.len() > 100 && wrong.is_empty(), "{}", wrong.join("\n"));
}
