//! Clients that fail for what a server offers, and such as fail for something else.

use std::fs;
use std::time::{Duration, Instant};

use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::x509::{X509, X509Name};
use tlsdiag_lab::pki::KeyKind;
use tlsdiag_lab::signal::{self, Signal};

use crate::place::{Place, attempts, value};
use crate::program::{run, tlsdiag};

const S_CLIENT: &str = "openssl s_client -connect {host}:{port}";

#[test]
fn a_client_with_one_group() {
    for version in ["1.2", "1.3"] {
        let place = Place::new();
        // In TLS 1.2 an RSA key exchange would do without any.
        let options =
            ["--tls", version, "--groups", "P-384", "--openssl-option", "CipherString=ECDHE+AESGCM"];
        let said = place.bisect(&options, &format!("{S_CLIENT} -groups X25519"));
        assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
        assert!(
            said.out.starts_with("The client works when the server also takes x25519.\n"),
            "{version}: {}{}",
            said.out,
            said.err
        );
        assert_eq!(value(&said, "Groups"), Some("secp384r1:x25519"));
        assert!(
            said.out.contains("Proven back and forth: 5 of 5 failed without it, 5 of 5 worked with it.\n"),
            "{}",
            said.out
        );
        assert!(said.out.contains("ssl_ecdh_curve secp384r1:x25519;"), "{}", said.out);
        assert!(place.records().len() >= attempts(&said), "each step is a record");
    }
}

#[test]
fn a_client_with_one_version() {
    let place = Place::new();
    let said = place.bisect(&["--tls", "1.3"], &format!("{S_CLIENT} -tls1_2"));
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works when the server also speaks TLS 1.2.\n"), "{}", said.out);
    assert!(said.out.contains("ssl_protocols TLSv1.2 TLSv1.3;"), "{}", said.out);
    // A gap in the versions is none that a server can have.
    let said = place.bisect(&["--tls", "1.2"], &format!("{S_CLIENT} -tls1_3"));
    assert!(said.out.starts_with("The client works when the server also speaks TLS 1.3.\n"), "{}", said.out);
}

#[test]
fn a_client_with_one_cipher_suite() {
    let place = Place::new();
    let options = ["--tls", "1.2", "--openssl-option", "CipherString=ECDHE+AESGCM"];
    let said = place.bisect(&options, &format!("{S_CLIENT} -cipher ECDHE-RSA-CHACHA20-POLY1305"));
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let sentence = "The client works when the server also takes ECDHE-RSA-CHACHA20-POLY1305.\n";
    assert!(said.out.starts_with(sentence), "{}", said.out);
}

#[test]
fn a_key_that_the_request_does_not_ask_for() {
    let place = Place::new();
    let client = format!("{S_CLIENT} -tls1_3 -cert alice.pem -key alice.key -cert_chain alice.pem -ign_eof");
    let said = place.bisect(&["--require", "--client-schemes", "ECDSA+SHA256", "--timeout", "3"], &client);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let sentence = said.out.lines().next().expect("a sentence");
    assert!(
        sentence.starts_with("The client works when CertificateRequest also lists rsa_pss_rsae_sha"),
        "{sentence}"
    );
    assert!(value(&said, "ClientSignatureAlgorithms").is_some(), "{}", said.out);
}

#[test]
fn a_request_that_names_too_many_cas() {
    let place = Place::new();
    let mut pem = fs::read(place.file("ca.pem")).expect("our folder");
    for number in 0..500 {
        pem.extend(authority(number).to_pem().expect("PEM"));
    }
    fs::write(place.file("ca.pem"), pem).expect("our folder");
    // OpenSSL takes no CertificateRequest of more than 100 KiB (SSL_CTX_set_max_cert_list(3)).
    let client = format!("{S_CLIENT} -cert alice.pem -key alice.key -cert_chain alice.pem");
    let said = place.bisect(&["--require"], &client);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let sentence = "The client works when CertificateRequest does not name any of the 501 CAs.\n";
    assert!(said.out.starts_with(sentence), "{}", said.out);
}

/// A CA with a long name.
fn authority(number: u32) -> X509 {
    let key = KeyKind::P256.generate().expect("a key");
    let mut name = X509Name::builder().expect("a name");
    for field in ["O", "OU", "CN"] {
        name.append_entry_by_text(field, &format!("{field} {number:060}")).expect("a name");
    }
    let name = name.build();
    let mut builder = X509::builder().expect("a certificate");
    builder.set_version(2).expect("a certificate");
    builder.set_subject_name(&name).expect("a certificate");
    builder.set_issuer_name(&name).expect("a certificate");
    builder.set_pubkey(&key).expect("a certificate");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a certificate");
    builder.set_not_after(&Asn1Time::days_from_now(9).expect("a time")).expect("a certificate");
    builder.sign(&key, MessageDigest::sha256()).expect("a certificate");
    builder.build()
}

#[test]
fn a_protocol_that_the_server_does_not_take() {
    let place = Place::new();
    let said = place.bisect(&["--alpn", "http/1.1"], &format!("{S_CLIENT} -alpn h2"));
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(
        said.out.starts_with("The client works when the server takes the protocol h2.\n"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Protocols http/1.1 h2"), "{}", said.out);
}

#[test]
fn an_old_client_needs_two_changes() {
    let place = Place::new();
    let said =
        place.bisect(&["--tls", "1.2..1.3"], &format!("{S_CLIENT} -tls1_1 -cipher DEFAULT@SECLEVEL=0"));
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    let sentence =
        "The client works when the server also speaks TLS 1.1 and the server's security level is 0.\n";
    assert!(said.out.starts_with(sentence), "{}", said.out);
    assert!(said.out.contains("MinProtocol = TLSv1.1"), "{}", said.out);
    assert!(said.out.contains("None of it can be left out"), "{}", said.out);
}

#[test]
fn ctrl_c_ends_the_client_too() {
    let place = Place::new();
    let mut command = tlsdiag(place.path());
    command.args(["bisect", "--port", "0", "--cert", "server.pem", "--key", "server.key", "--ca", "ca.pem"]);
    command.args(["--client", "echo $$ > pid.new; mv pid.new pid; exec sleep 600"]);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().expect("the program runs");
    while !place.file("pid").exists() {
        assert!(child.try_wait().expect("our child").is_none(), "it ends");
        std::thread::yield_now();
    }
    signal::send(child.id(), Signal::INT).expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_is_gone(&place);
}

fn assert_is_gone(place: &Place) {
    let pid = fs::read_to_string(place.file("pid")).expect("it was started");
    let goes_on = || {
        let state = fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    };
    // A signal that was sent has come when the process is next to run.
    let until = Instant::now() + Duration::from_secs(10);
    while goes_on() {
        assert!(Instant::now() < until, "it goes on");
        std::thread::yield_now();
    }
}

#[test]
fn nothing_helps_a_certificate_that_has_expired() {
    let place = Place::new();
    for version in ["-tls1_2", "-tls1_3"] {
        let client = format!("{S_CLIENT} {version} -cert carol.pem -key carol.key -cert_chain carol.pem");
        let said = place.bisect(&["--require"], &client);
        assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
        assert!(said.out.starts_with("Nothing that can be varied here helps"), "{}", said.out);
        assert!(said.out.contains("client_cert.expired"), "the verdict stands beside it: {}", said.out);
        assert!(!said.out.contains("works when"), "{}", said.out);
    }
}

#[test]
fn what_works_is_not_searched() {
    let place = Place::new();
    let said = place.bisect(&[], S_CLIENT);
    assert_eq!((said.code, attempts(&said)), (Some(0), 1), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works at once"), "{}", said.out);
}

#[test]
fn a_client_that_fails_by_itself_or_never_comes_is_told_as_that() {
    let place = Place::new();
    let said = place.bisect(&["--attempts", "5"], &format!("{S_CLIENT}; exit 3"));
    assert_eq!((said.code, attempts(&said)), (Some(1), 5), "{}{}", said.out, said.err);
    assert!(
        said.out.contains("the handshake was established, and the client was not content: exit status 3"),
        "{}",
        said.out
    );
    assert!(said.out.contains("not everything was tried"), "{}", said.out);
    let said = place.bisect(&[], "exit 3");
    assert_eq!((said.code, attempts(&said), &*said.out), (Some(2), 2, ""), "{}", said.err);
    let sentence =
        "the command ended twice without connecting to this server: exit status 3: see that it names";
    assert!(said.err.contains(sentence), "{}", said.err);
}

/// Counts its runs in a file, and does not connect in those that this says; `$n` is the number, from 1.
fn absent(place: &Place, when: &str, client: &str) -> String {
    fs::write(place.file("count"), "0").expect("our folder");
    format!("n=$(($(cat count) + 1)); echo $n > count; if {when}; then exit 3; fi; {client}")
}

#[test]
fn an_attempt_in_which_nobody_connects_does_not_count() {
    let place = Place::new();
    let client = format!("{S_CLIENT} -groups X25519");
    // Each third run ends before it connects.
    let said = place.bisect(&["--groups", "P-384"], &absent(&place, "[ $((n % 3)) = 0 ]", &client));
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works when the server also takes x25519.\n"), "{}", said.out);
    assert!(said.out.contains("5 of 5 failed without it, 5 of 5 worked with it"), "{}", said.out);
    assert!(said.err.contains("nobody connected, so it does not count: exit status 3"), "{}", said.err);
    // From the fifth on it never connects: that is no failure of what was offered then.
    let said = place.bisect(&["--groups", "P-384"], &absent(&place, "[ $n -ge 5 ]", &client));
    assert_eq!((said.code, &*said.out), (Some(2), ""), "{}", said.err);
    assert!(said.err.contains("ended 3 times without connecting to this server"), "{}", said.err);
    assert!(said.err.contains("so there is no verdict"), "{}", said.err);
    // Healthy, and once too early.
    let said = place.bisect(&[], &absent(&place, "[ $n = 1 ]", S_CLIENT));
    assert_eq!((said.code, attempts(&said)), (Some(0), 2), "{}{}", said.out, said.err);
    assert!(said.out.starts_with("The client works at once"), "{}", said.out);
}

#[test]
fn a_client_that_fails_at_times_is_not_searched() {
    let place = Place::new();
    fs::write(place.file("count"), "0").expect("our folder");
    let client = format!(
        "n=$(($(cat count) + 1)); echo $n > count; [ $((n % 3)) = 0 ] || only='-groups X25519'; {S_CLIENT} $only"
    );
    let said = place.bisect(&["--groups", "P-384"], &client);
    assert_eq!((said.code, attempts(&said)), (Some(1), 3), "{}{}", said.out, said.err);
    assert!(
        said.out.contains("it failed 2 times as it is, and then worked without any change"),
        "{}",
        said.out
    );
}

#[test]
fn a_client_that_changes_its_mind_gets_no_verdict() {
    let place = Place::new();
    let steady = place.bisect(&["--groups", "P-384"], &format!("{S_CLIENT} -groups X25519"));
    assert!(steady.out.starts_with("The client works when"), "{}{}", steady.out, steady.err);
    let before_the_proof = attempts(&steady) - 10;
    fs::write(place.file("count"), "0").expect("our folder");
    // It takes the group that it refused before as soon as the proof has begun.
    let client = format!(
        "n=$(cat count); echo $((n + 1)) > count; [ $n -lt {before_the_proof} ] && only='-groups X25519'; {S_CLIENT} $only"
    );
    let said = place.bisect(&["--groups", "P-384"], &client);
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert!(
        said.out.starts_with("It does not fail each time, so there is no verdict"),
        "{}{}",
        said.out,
        said.err
    );
    assert!(!said.out.contains("Groups ="), "{}", said.out);
}

#[test]
fn a_client_that_hangs_is_ended_with_what_it_started() {
    let place = Place::new();
    let said = place.bisect(&["--attempts", "1", "--timeout", "1"], "sleep 600 & echo $! > pid; wait");
    assert_eq!(said.code, Some(2), "{}{}", said.out, said.err);
    assert!(said.err.contains("had not ended after 1 s"), "{}", said.err);
    assert_is_gone(&place);
}

#[test]
fn its_help_has_an_example() {
    let folder = tempfile::tempdir().expect("a folder");
    let help = run(folder.path(), &["bisect", "--help"]);
    assert_eq!(help.code, Some(0));
    assert!(help.out.contains("--client 'curl"), "{}", help.out);
    let both = run(folder.path(), &["bisect", "--connect", "a:1", "--client", "true"]);
    assert_eq!(both.code, Some(2));
}
