//! `tlsdiag card` with tokens of SoftHSM: which of them can do TLS 1.3 with an RSA key, and why the other cannot.

mod program;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;
use tlsdiag_lab::card::{self, Card, Held};
use tlsdiag_lab::pki::{Authority, Identity, KeyKind, Profile, Purpose};

use crate::program::{Said, missing_for_a_card, tlsdiag};

/// Whether the programs for it are here; what is missing is printed.
fn can_test() -> bool {
    let missing = missing_for_a_card(&[]);
    if !missing.is_empty() {
        println!("NOT TESTED: a smart card, since {} are not on this machine", missing.join(", "));
    }
    missing.is_empty()
}

fn identity(kind: KeyKind) -> Identity {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    let authority = AUTHORITY.get_or_init(|| Authority::root("the CA").expect("a CA"));
    authority.issue(&Profile::new("alice").purpose(Purpose::Client).key(kind)).expect("a certificate")
}

struct Place {
    folder: TempDir,
    card: Card,
}

impl Place {
    fn new(kind: KeyKind, pss: bool) -> Self {
        Place::with(&identity(kind), pss)
    }

    fn with(identity: &Identity, pss: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let held = Held { identity, label: "alice", pss };
        let module = card::module().expect("SoftHSM");
        let card = Card::new(folder.path(), module, held, |name| PathBuf::from(name)).expect("a card");
        fs::write(folder.path().join("pin"), card::PIN).expect("our folder");
        fs::set_permissions(folder.path().join("pin"), Permissions::from_mode(0o600)).expect("our file");
        Place { folder, card }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = tlsdiag(self.path());
        command.env("SOFTHSM2_CONF", self.card.configuration());
        command.args(["card", "--module"]).arg(card::module().expect("SoftHSM")).args(arguments);
        command
    }

    fn say(&self, arguments: &[&str]) -> Said {
        self.command(arguments).output().expect("it runs").into()
    }

    fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let said = self.say(&[arguments, &["--format", "json"]].concat());
        (said.code, serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}")))
    }
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn two_tokens_and_which_can_do_tls13_with_an_rsa_key() {
    if !can_test() {
        return;
    }
    let able = Place::new(KeyKind::Rsa(2048), true);
    let said = able.say(&["--pin-file", "pin"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{}", said.out);
    assert!(
        flat(&said.out).contains(
            "This card can do TLS 1.3 with rsa_pss_rsae_sha256, and can do TLS 1.2 with rsa_pss_rsae_sha256."
        ),
        "{}",
        said.out
    );
    assert!(!said.out.contains("What to do") && !said.out.contains("CKR_"), "{}", said.out);

    let refusing = Place::new(KeyKind::Rsa(2048), false);
    let said = refusing.say(&["--pin-file", "pin"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""), "{}", said.out);
    let page = flat(&said.out);
    for part in [
        "This card can do TLS 1.2 with rsa_pkcs1_sha256, but only where the server does not ask for RSA-PSS first; it cannot do TLS 1.3 \
         with its RSA key, because TLS 1.3 needs RSA-PSS (RFC 8446 section 4.2.3), and the card refused CKM_RSA_PKCS_PSS: \
         CKR_MECHANISM_INVALID; CKM_SHA256_RSA_PKCS_PSS: CKR_MECHANISM_INVALID.",
        "What to do for TLS 1.2: sigalg.signer_refused",
        "ssl_conf_command ClientSignatureAlgorithms ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512;",
        "SSLOpenSSLConfCmd ClientSignatureAlgorithms ECDSA+SHA256:",
        "What to do for TLS 1.3: sigalg.signer_refused",
        "put an ECDSA key on the card",
    ] {
        assert!(page.contains(part), "{part}: {}", said.out);
    }
    let (code, record) = refusing.json(&["--pin-file", "pin"]);
    assert_eq!((code, &record["schema"]), (Some(1), &"tlsdiag.card/1".into()));
    let key = &record["keys"][0];
    let signs = |scheme: &str| {
        let schemes = key["schemes"].as_array().expect("schemes");
        schemes.iter().find(|one| one["scheme"] == scheme).expect("it was tried")["signs"] == true
    };
    assert!(signs("rsa_pkcs1_sha256") && signs("rsa_pkcs1_sha512") && !signs("rsa_pss_rsae_sha256"), "{key}");
    let fits: Vec<_> = key["versions"].as_array().expect("versions").iter().map(|one| &one["fits"]).collect();
    assert_eq!(fits, ["without_what_it_refuses", "none"]);
    assert!(record["mechanisms"].as_array().expect("a list").contains(&"CKM_RSA_PKCS_PSS".into()));
}

#[test]
fn what_a_server_refuses_whatever_the_key_signs() {
    if !can_test() {
        return;
    }
    let authority = Authority::root("the CA").expect("a CA");
    let profile = || Profile::new("alice").purpose(Purpose::Client);
    for (profile, parts) in [
        (profile().valid_days(-9, -2), &["Its certificate ended on ", "a server refuses it."][..]),
        (profile().valid_days(2, 9), &["Its certificate begins on "]),
        (
            profile().key(KeyKind::Rsa(1024)),
            &["Its key of 1024 bits is too short", "the key is too short for rsa_pss_rsae_sha512"],
        ),
    ] {
        let identity = authority.issue(&profile).expect("a certificate");
        let said = Place::with(&identity, true).say(&["--pin-file", "pin"]);
        assert_eq!(said.code, Some(1), "{}", said.out);
        for part in parts {
            assert!(flat(&said.out).contains(part), "{part}: {}", said.out);
        }
        assert!(!said.out.contains("raw RSA"), "{}", said.out);
    }
}

#[test]
fn keys_of_other_kinds_sign() {
    if !can_test() {
        return;
    }
    for (kind, scheme) in [
        (KeyKind::P256, "ecdsa_secp256r1_sha256"),
        (KeyKind::P384, "ecdsa_secp384r1_sha384"),
        (KeyKind::Ed25519, "ed25519"),
    ] {
        let place = Place::new(kind, true);
        let (code, record) = place.json(&["--pin-file", "pin"]);
        assert_eq!(code, Some(0), "{kind:?}: {record}");
        let tls13 = &record["keys"][0]["versions"][1];
        assert_eq!((&tls13["version"], &tls13["scheme"]), (&"TLS 1.3".into(), &scheme.into()), "{record}");
    }
}

#[test]
fn without_a_pin_the_mechanisms_alone_are_listed() {
    if !can_test() {
        return;
    }
    let place = Place::new(KeyKind::Rsa(2048), false);
    let said = place.say(&["--no-pin"]);
    assert_eq!(said.code, Some(1), "{}", said.err);
    let page = flat(&said.out);
    for part in ["CKM_RSA_PKCS_PSS", "No key was tried: the PIN was not asked for", "a signature alone shows"]
    {
        assert!(page.contains(part), "{part}: {}", said.out);
    }
    assert!(!said.out.contains("This card can"), "{}", said.out);
    // Nobody is there to be asked.
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(env!("CARGO_BIN_EXE_tlsdiag")).args([
        "card",
        "--token",
        card::LABEL,
        "--module",
    ]);
    command.arg(card::module().expect("SoftHSM")).env("SOFTHSM2_CONF", place.card.configuration());
    let said: Said = command.output().expect("setsid of util-linux").into();
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(flat(&said.out).contains("No key was tried: there is no terminal"), "{}", said.out);
}

#[test]
fn a_wrong_pin_is_tried_once_and_never_from_a_file_again() {
    if !can_test() {
        return;
    }
    let place = Place::new(KeyKind::P256, true);
    let write = |pin: &str| fs::write(place.path().join("pin"), pin).expect("our file");
    let refused = |part: &str| {
        let said = place.say(&["--pin-file", "pin"]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{}", said.err);
        assert!(said.err.contains(part) && said.err.lines().count() == 1, "{part}: {}", said.err);
    };
    // It cannot be the right one, so the card does not hear of it.
    write("123");
    refused("it was not tried");
    let (code, _) = {
        write(card::PIN);
        place.json(&["--pin-file", "pin"])
    };
    assert_eq!(code, Some(0));
    write("4321");
    refused("does not take this PIN; it is not tried again");
    // SoftHSM remembers that, and the right one in the file might as well be the wrong one.
    write(card::PIN);
    refused("was given a wrong PIN before");
    fs::set_permissions(place.path().join("pin"), Permissions::from_mode(0o644)).expect("our file");
    let fresh = Place::new(KeyKind::P256, true);
    fs::set_permissions(fresh.path().join("pin"), Permissions::from_mode(0o644)).expect("our file");
    let said = fresh.say(&["--pin-file", "pin"]);
    assert!(said.code == Some(2) && said.err.contains("chmod 600"), "{}", said.err);
}

#[test]
fn what_is_not_there_is_one_sentence() {
    if !can_test() {
        return;
    }
    let place = Place::new(KeyKind::P256, true);
    for (arguments, part) in [
        (&["--token", "other"][..], "there is no such token; there are card"),
        (&["--slot", "1"], "there is no such token"),
        (&["--module", "/nowhere.so"], "cannot load the module /nowhere.so"),
        (&["--pin-file", "nowhere"], "cannot take the PIN from nowhere"),
    ] {
        let mut command = tlsdiag(place.path());
        command.env("SOFTHSM2_CONF", place.card.configuration()).arg("card").args(arguments);
        if !arguments.contains(&"--module") {
            command.arg("--module").arg(card::module().expect("SoftHSM"));
        }
        let said: Said = command.output().expect("it runs").into();
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{arguments:?}: {}", said.err);
        assert!(said.err.contains(part) && said.err.lines().count() == 1, "{part}: {}", said.err);
    }
}
