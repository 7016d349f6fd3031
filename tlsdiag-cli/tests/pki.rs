//! `tlsdiag pki`: what it makes is what its commands say, good and faulty, and nothing is overwritten.

mod program;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use openssl::pkcs12::Pkcs12;
use tempfile::TempDir;
use tlsdiag_lab::card;

use crate::program::{Said, Server, missing_for_a_card, run, tlsdiag};

fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    made(folder.path(), &["init"]);
    folder
}

/// What a command prints that made something.
fn made(folder: &Path, words: &[&str]) -> String {
    let said = run(folder, &[&["pki"], words].concat());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{words:?}: {}", said.out);
    assert!(said.out.starts_with("made ") && said.out.contains("use it: "), "{words:?}: {}", said.out);
    for line in said.out.lines().filter_map(|line| line.strip_prefix("made ")) {
        let file = line.split([',', ' ']).next().expect("a file");
        assert!(folder.join(file).exists(), "{file}");
    }
    said.out
}

/// The one sentence of a command that made nothing.
fn refused(folder: &Path, words: &[&str]) -> String {
    let before = contents(folder);
    let said = run(folder, &[&["pki"], words].concat());
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{words:?}: {}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{words:?}: {}", said.err);
    assert_eq!(contents(folder), before, "{words:?}");
    said.err
}

fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files =
        fs::read_dir(folder.join("tlsdiag-pki")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<_> = files
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(&path).expect("our file")))
        .collect();
    all.sort();
    all
}

/// `tlsdiag serve` with what was made, which insists on a client's certificate.
fn serve(folder: &Path, more: &[&str]) -> Server {
    let mut command = tlsdiag(folder);
    command.args([
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--require",
        "--quiet",
        "--jsonl",
        "out.jsonl",
        "--count",
        "1",
    ]);
    Server::start(command.args(more))
}

fn curl(folder: &Path, server: &Server, client: &str) -> Said {
    let url = format!("https://localhost:{}/", server.address.port());
    let mut command = Command::new("curl");
    command.current_dir(folder).args([
        "--silent",
        "--show-error",
        "--ipv4",
        "--max-time",
        "20",
        "--cacert",
        "tlsdiag-pki/ca.pem",
    ]);
    command.args([
        "--cert",
        &format!("tlsdiag-pki/{client}.pem"),
        "--key",
        &format!("tlsdiag-pki/{client}.key"),
        &url,
    ]);
    // Else it does not even load a certificate that is too weak for its own security level.
    fs::write(folder.join("openssl.cnf"), CONFIGURATION).expect("our folder");
    command.env("OPENSSL_CONF", folder.join("openssl.cnf"));
    command.stdin(Stdio::null()).output().expect("curl is installed").into()
}

const CONFIGURATION: &str = "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = weak\n[weak]\n\
                             CipherString = DEFAULT:@SECLEVEL=0\n";

/// The cause of the one handshake of this client with a server of what was made.
fn cause(folder: &Path, client: &str, more: &[&str]) -> String {
    let _ = fs::remove_file(folder.join("out.jsonl"));
    let server = serve(folder, more);
    let _ = curl(folder, &server, client);
    let _ = server.finish();
    run(folder, &["explain", "--format", "causes", "out.jsonl"]).out.trim_end().to_owned()
}

#[test]
fn what_it_makes_works_together() {
    let folder = folder();
    let folder = folder.path();
    for (name, kind) in [("bob", "rsa"), ("eve", "p256"), ("ida", "ed25519")] {
        made(folder, &["issue", "client", name, "--key", kind]);
        assert_eq!(cause(folder, name, &[]), "ok", "{name}");
    }
    for file in ["issuing.key", "server.key", "client.key", "bob.key", "eve.key", "ida.key"] {
        let mode = fs::metadata(folder.join("tlsdiag-pki").join(file)).expect(file).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    // Names of hosts and addresses.
    for (name, file, option, wanted) in [
        ("www.lab.example", "www.lab.example", "-verify_hostname", "www.lab.example"),
        ("*.lab.example", "wildcard.lab.example", "-verify_hostname", "any.lab.example"),
        ("127.0.0.1", "127.0.0.1", "-verify_ip", "127.0.0.1"),
        ("::1", "__1", "-verify_ip", "::1"),
    ] {
        made(folder, &["issue", "server", name]);
        let mut command = Command::new("openssl");
        command.current_dir(folder.join("tlsdiag-pki")).args([
            "verify",
            "-CAfile",
            "ca.pem",
            "-untrusted",
            "issuing.pem",
        ]);
        command.args(["-purpose", "sslserver", option, wanted]).arg(format!("{file}.pem"));
        let said: Said = command.output().expect("openssl").into();
        assert_eq!(said.code, Some(0), "{name}: {}{}", said.out, said.err);
    }
}

#[test]
fn each_fault_is_the_one_that_was_asked_for() {
    let folder = folder();
    let folder = folder.path();
    for (fault, expected) in [
        ("expired", "client_cert.expired"),
        ("not-yet-valid", "client_cert.not_yet_valid"),
        ("wrong-purpose", "client_cert.wrong_purpose"),
        ("no-digital-signature", "client_cert.bad_key_usage"),
        ("weak-signature", "client_cert.weak_signature"),
        ("weak-key", "client_cert.weak_key"),
        ("unknown-critical", "client_cert.unhandled_critical_extension"),
        ("self-signed", "client_cert.self_signed"),
        ("wrong-issuer", "client_cert.unknown_issuer"),
        ("bad-signature", "client_cert.bad_signature"),
        ("no-chain", "client_cert.incomplete_chain"),
    ] {
        made(folder, &["issue", "client", fault, "--fault", fault]);
        assert_eq!(cause(folder, fault, &[]), expected, "{fault}");
    }
    made(folder, &["issue", "server", "localhost", "--fault", "wrong-name"]);
    let mine = ["--cert", "tlsdiag-pki/localhost.pem", "--key", "tlsdiag-pki/localhost.key"];
    let with_chain = ["--chain", "tlsdiag-pki/localhost.pem", "--ca", "tlsdiag-pki/ca.pem"];
    let server = serve(folder, &[mine, with_chain].concat());
    let said = curl(folder, &server, "client");
    assert_eq!(said.code, Some(60), "{}", said.err);
    drop(server);
}

#[test]
fn nothing_is_overwritten_and_what_is_wrong_is_one_sentence() {
    let folder = folder();
    let folder = folder.path();
    for (words, part) in [
        (&["init"][..], "ca.pem is there already; --force replaces it"),
        (&["issue", "client", "client"], "client.pem is there already; --force replaces it"),
        (&["issue", "client", "../x"], "a name has up to 64 letters"),
        (&["issue", "client", "ca"], "the CA's own files"),
        (&["issue", "client", "x", "--fault", "odd"], "expired, not-yet-valid"),
        (&["issue", "client", "x", "--fault", "wrong-name"], "names no host"),
        (&["issue", "client", "x", "--fault", "weak-key", "--key", "p256"], "leave --key away"),
        (&["issue", "client", "x", "--dir", "other"], "`tlsdiag pki init` makes a CA that keeps it"),
        (&["p12", "nobody", "--no-pass"], "`tlsdiag pki issue client nobody` makes it"),
        (&["p12", "client", "--pass-file", "nowhere"], "cannot take the passphrase from nowhere"),
        (&["card", "nobody"], "`tlsdiag pki issue client nobody` makes it"),
    ] {
        let said = refused(folder, words);
        assert!(said.contains(part), "{part}: {said}");
    }
    let before = contents(folder);
    made(folder, &["issue", "client", "client", "--force"]);
    assert_ne!(contents(folder), before);
    made(folder, &["init", "--force"]);
    // A key that others can read signs nothing.
    let key = folder.join("tlsdiag-pki/issuing.key");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).expect("our file");
    assert!(
        refused(folder, &["issue", "client", "x"])
            .contains("issuing.key can be read by others: chmod 600 it")
    );
}

#[test]
fn a_p12_holds_all_of_it() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("pass"), "a passphrase\n").expect("our folder");
    fs::set_permissions(folder.join("pass"), fs::Permissions::from_mode(0o600)).expect("our file");
    let path = folder.join("tlsdiag-pki/client.p12");
    for (words, passphrase) in
        [(&["--pass-file", "pass"][..], "a passphrase"), (&["--no-pass", "--force"], "")]
    {
        made(folder, &[&["p12", "client"], words].concat());
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, 0o600);
        let file = Pkcs12::from_der(&fs::read(&path).expect("our file")).expect("PKCS #12");
        let held = file.parse2(passphrase).expect("the passphrase");
        assert!(held.pkey.is_some() && held.cert.is_some() && held.ca.is_some_and(|chain| chain.len() == 1));
    }
    refused(folder, &["p12", "client", "--no-pass"]);
}

#[test]
fn a_card_is_one_that_tlsdiag_card_reads() {
    let missing = missing_for_a_card(&[]);
    let (Some(module), true) = (card::module(), missing.is_empty()) else {
        println!("NOT TESTED: tlsdiag pki card, since {missing:?} or SoftHSM are not on this machine");
        return;
    };
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("pin"), card::PIN).expect("our folder");
    fs::set_permissions(folder.join("pin"), fs::Permissions::from_mode(0o600)).expect("our file");
    for (words, status) in [(&[][..], 0), (&["--without-pss", "--force"], 1)] {
        let said = made(folder, &[&["card", "client"], words].concat());
        for part in ["export SOFTHSM2_CONF=", "modutil -dbdir", "-engine pkcs11", "gnutls-cli --provider"] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!folder.join("tlsdiag-pki/client.card/holder.key").exists(), "the key is on the token alone");
        let mut command = tlsdiag(folder);
        command.env("SOFTHSM2_CONF", folder.join("tlsdiag-pki/client.card/softhsm2.conf"));
        command.args(["card", "--token", "card", "--pin-file", "pin", "--module"]).arg(&module);
        let said: Said = command.output().expect("it runs").into();
        assert_eq!(said.code, Some(status), "{}{}", said.out, said.err);
    }
    assert!(refused(folder, &["card", "client"]).contains("--force replaces it"));
}

#[test]
fn a_file_is_no_folder_and_an_ed25519_key_is_not_for_nss() {
    let place = tempfile::tempdir().expect("a folder");
    std::fs::write(place.path().join("afile"), "").expect("our folder");
    let said = program::run(place.path(), &["pki", "--dir", "afile", "init"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("afile is no folder") && !said.err.contains("--force"), "{}", said.err);
    for arguments in [
        &["pki", "--dir", "p", "init"][..],
        &["pki", "--dir", "p", "issue", "client", "ed", "--key", "ed25519"],
    ] {
        let said = program::run(place.path(), arguments);
        assert_eq!(said.code, Some(0), "{}", said.err);
    }
    let said = program::run(place.path(), &["pki", "--dir", "p", "p12", "ed", "--no-pass"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.contains("cannot import an Ed25519 key") && !said.out.contains("pk12util"),
        "{}",
        said.out
    );
}
