//! Whatever is wrong with the input: one clear sentence on stderr, exit code 2.

mod program;

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use program::{Place, Said, run};

/// One sentence that names these things, and nothing else.
fn assert_sentence(said: &Said, names: &[&str]) {
    assert_eq!(said.code, Some(2), "{said:?}");
    assert_eq!(said.out, "");
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.starts_with("tlsdiag: "), "{}", said.err);
    for name in names {
        assert!(said.err.contains(name), "{name} in: {}", said.err);
    }
}

fn serve(folder: &Path, arguments: &[&str]) -> Said {
    run(folder, &[&["serve"], arguments].concat())
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let done =
        Command::new("openssl").args(arguments).current_dir(folder).output().expect("openssl is installed");
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn certificates_and_keys() {
    let place = Place::new();
    let own = &place.path().join("pki");
    openssl(own, &["genrsa", "-out", "other.key", "2048"]);
    openssl(own, &["rsa", "-aes128", "-passout", "pass:x", "-in", "other.key", "-out", "locked.key"]);
    std::fs::write(own.join("empty"), "").expect("written");
    let good = ["--port", "0", "--cert", "server.pem"];
    for (arguments, names) in [
        (&["--cert", "none.pem", "--key", "server.key"][..], &["none.pem", "No such file", "--cert"][..]),
        (&["--cert", "server.pem", "--key", "none.key"], &["none.key", "No such file", "--key"]),
        (&["--cert", "empty", "--key", "server.key"], &["empty", "no certificate"]),
        (&["--cert", "server.key", "--key", "server.key"], &["server.key", "no certificate"]),
        (&["--cert", "server.pem", "--key", "ca.pem"], &["ca.pem", "no private key"]),
        (&["--cert", "server.pem"], &["server.pem", "no private key", "--key"]),
        (&["--cert", "server.pem", "--key", "other.key"], &["other.key", "server.pem", "does not belong"]),
        (&["--cert", "server.pem", "--key", "locked.key"], &["locked.key", "encrypted", "openssl pkey"]),
        (&["--key", "server.key"], &["--cert"]),
        (&[&good[..], &["--key", "server.key", "--ca", "none"]].concat(), &["none", "--ca"]),
        (&[&good[..], &["--key", "server.key", "--ca", "server.key"]].concat(), &["server.key", "--ca"]),
        (&[&good[..], &["--key", "server.key", "--chain", "empty"]].concat(), &["empty", "--chain"]),
    ] {
        assert_sentence(&serve(own, arguments), names);
    }
}

#[test]
fn lists_and_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, names) in [
        (
            &["--openssl-option", "CipherString=NONSENSE"][..],
            &["CipherString NONSENSE", "no cipher match"][..],
        ),
        (&["--openssl-option", "Nonsense=1"], &["Nonsense", "SSL_CONF_cmd(3)"]),
        (&["--openssl-option", "Options"], &["Options", "NAME=VALUE"]),
        (&["--schemes", "NONSENSE"], &["--schemes NONSENSE", "ECDSA+SHA256"]),
        (&["--client-schemes", "RSA"], &["--client-schemes RSA"]),
        (&["--groups", "NONSENSE"], &["--groups NONSENSE", "X25519"]),
        (&["--alpn", "h2,"], &["--alpn h2,", "h2,http/1.1"]),
        (&["--count", "0"], &["count", "from 1 on"]),
        (&["--tls", "1.4"], &["1.4", "1.2..1.3"]),
        (&["--require", "--request"], &["require", "request"]),
        (&["--prot", "0"], &["prot", "--port"]),
        (&["--cert"], &["cert"]),
        (&["stray"], &["stray"]),
    ] {
        assert_sentence(&serve(folder.path(), arguments), names);
    }
}

#[test]
fn addresses() {
    let folder = tempfile::tempdir().expect("a folder");
    for wrong in ["https", "70000", "-1"] {
        assert_sentence(&serve(folder.path(), &["--port", wrong]), &[wrong]);
    }
    assert_sentence(
        &serve(folder.path(), &["--port", "0", "--host", "host.invalid"]),
        &["host.invalid", "--host"],
    );
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let taken = listener.local_addr().expect("its address");
    let port = taken.port().to_string();
    assert_sentence(&serve(folder.path(), &["--port", &port]), &[&taken.to_string(), "in use", "--port"]);
}

#[test]
fn files_that_cannot_be_written() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in ["none/out.jsonl", "."] {
        assert_sentence(&serve(folder.path(), &["--port", "0", "--jsonl", path]), &[path, "--jsonl"]);
    }
    std::fs::write(folder.path().join("file"), "").expect("written");
    assert_sentence(&serve(folder.path(), &["--port", "0", "--pki", "file"]), &["file", "--cert"]);
    assert_sentence(&run(folder.path(), &["demo", "--dir", "file"]), &["file", "--dir"]);
}

#[test]
fn commands_and_codes() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, names) in [
        (&[][..], &[][..]),
        (&["server"], &["server"]),
        (&["explain"], &["FILE"]),
        (&["explain", "--format", "xml", "f"], &["xml"]),
        (&["causes", "client_cert.mising"], &["client_cert.missing"]),
    ] {
        assert_sentence(&run(folder.path(), arguments), names);
    }
}

#[test]
fn every_cause_has_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = run(folder.path(), &["causes", "--format", "json"]);
    assert_eq!((all.code, all.err.as_str()), (Some(0), ""));
    let list = run(folder.path(), &["causes"]).out;
    assert_eq!(all.out.lines().count() + 1, list.lines().count());
    for line in all.out.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let code = entry["cause"].as_str().expect("a code");
        assert!(list.contains(code));
        for part in ["about", "known_by", "advice", "standards", "openssl"] {
            assert!(
                !entry[part].as_str().map_or(entry[part].as_array().is_none_or(Vec::is_empty), str::is_empty),
                "{code}: {part}"
            );
        }
    }
    let page = run(folder.path(), &["causes", "sigalg.signer_refused"]);
    assert_eq!((page.code, page.err.as_str()), (Some(0), ""));
    for part in [
        "smart card",
        "How it is known",
        "client_cert.missing",
        "ssl_conf_command ClientSignatureAlgorithms",
        "RFC 8446 sections 4.2.3 and 4.4.3",
        "SSL_CTX_set1_client_sigalgs_list(3)",
        "SIGNATURE_VERIFICATION_FAILED",
    ] {
        assert!(page.out.contains(part), "{part} in: {}", page.out);
    }
}

#[test]
fn an_option_of_run_is_not_taken_for_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let said = run(folder.path(), &["run", "--expire-within", "3", "--", "true"]);
    assert_sentence(&said, &["--expire-within", "did you mean --expires-within?"]);
}
