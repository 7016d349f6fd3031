//! `tlsdiag card` and PINs: a card is never locked by it, a reader's own keys and keys that want their PIN each time are respected, nothing that a
//! token says acts on a terminal. The token is one of our own (`tokens/token.c`), which writes down each login and each signature.

mod program;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;
use tlsdiag_lab::pki::{Authority, KeyKind, Profile, Purpose};

use crate::program::{Said, tlsdiag};

const LOGIN_REQUIRED: u32 = 0x4;
const PIN_SET: u32 = 0x8;
const ON_READER: u32 = 0x100;
const INITIALIZED: u32 = 0x400;
const WRONG_BEFORE: u32 = 0x1_0000;
const LAST_TRY: u32 = 0x2_0000;
const LOCKED: u32 = 0x4_0000;
const USUAL: u32 = LOGIN_REQUIRED | PIN_SET | INITIALIZED;

/// The token's module, and a certificate to lie on it.
fn module() -> &'static Path {
    static MADE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tokens/token.c");
        let mut compiler = Command::new("cc");
        let built = compiler
            .args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&path)
            .arg(source)
            .status();
        assert!(built.is_ok_and(|status| status.success()), "a C compiler, as cargo needs one");
        let authority = Authority::root("the CA").expect("a CA");
        let profile = Profile::new("alice").purpose(Purpose::Client).key(KeyKind::Rsa(2048));
        let certificate = authority.issue(&profile).expect("a certificate").certificate;
        fs::write(folder.path().join("certificate"), certificate.to_der().expect("DER")).expect("our folder");
        (folder, path)
    });
    path
}

struct Place(TempDir);

impl Place {
    fn new(pin: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("pin"), pin).expect("our folder");
        fs::set_permissions(folder.path().join("pin"), Permissions::from_mode(0o600)).expect("our file");
        Place(folder)
    }

    fn of_token<'a>(&self, command: &'a mut Command, flags: u32, label: &str) -> &'a mut Command {
        command.env("TOKEN_FLAGS", flags.to_string()).env("TOKEN_LABEL", label);
        command
            .env("TOKEN_CERT", module().with_file_name("certificate"))
            .env("TOKEN_LOG", self.0.path().join("log"))
    }

    fn command(&self, flags: u32, arguments: &[&str]) -> Command {
        let mut command = tlsdiag(self.0.path());
        self.of_token(&mut command, flags, "eID").args(["card", "--module"]).arg(module()).args(arguments);
        command
    }

    fn say(&self, flags: u32, arguments: &[&str]) -> Said {
        self.command(flags, arguments).output().expect("it runs").into()
    }

    /// What the token was asked to do.
    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.0.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// With a terminal at which this is typed, once it asks; on one line.
    fn type_in(&self, flags: u32, typed: &str) -> String {
        const TERMINAL: &str = r#"
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said, typed = b"", False
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:
        break
    if not some:
        break
    said += some
    if not typed and b"alone): " in said:
        os.write(terminal, sys.argv[1].encode() + b"\n")
        typed = True
status = os.waitpid(child, 0)[1]
if os.WIFSIGNALED(status):
    said += b"ended by signal %d" % os.WTERMSIG(status)
sys.stdout.buffer.write(said)
"#;
        let mut command = Command::new("python3");
        command.current_dir(self.0.path()).args(["-c", TERMINAL, typed, env!("CARGO_BIN_EXE_tlsdiag")]);
        self.of_token(&mut command, flags, "eID").args(["card", "--module"]).arg(module());
        let said = Said::from(command.output().expect("python3 runs")).out;
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn a_card_that_could_be_locked_is_left_alone() {
    for (flags, part) in [
        (LAST_TRY | WRONG_BEFORE, "one more wrong PIN would lock it"),
        (LOCKED, "its PIN is locked, and its PUK unlocks it"),
        (WRONG_BEFORE, "was given a wrong PIN before"),
    ] {
        let place = Place::new("1234");
        let said = place.say(USUAL | flags, &["--pin-file", "pin"]);
        assert_eq!(
            (said.code, said.out.as_str(), said.err.lines().count()),
            (Some(2), "", 1),
            "{}",
            said.err
        );
        assert!(said.err.contains(part), "{part}: {}", said.err);
        assert_eq!(place.log(), [""; 0], "it is not even asked");
        let said = place.say(USUAL | flags, &["--no-pin"]);
        assert!(said.code == Some(1) && said.out.contains("CKM_RSA_PKCS_PSS"), "{}{}", said.out, said.err);
        assert_eq!(place.log(), [""; 0]);
    }
}

#[test]
fn a_wrong_pin_is_given_once() {
    let place = Place::new("4321");
    let said = place.say(USUAL, &["--pin-file", "pin"]);
    assert_eq!((said.code, said.err.lines().count()), (Some(2), 1), "{}", said.err);
    assert_eq!(place.log(), ["login with a PIN"]);
    assert!(!said.err.contains("4321"), "{}", said.err);
}

#[test]
fn a_pin_is_typed_unseen() {
    let place = Place::new("");
    let said = place.type_in(USUAL, "1234");
    assert!(said.contains("PIN of the token eID") && said.contains("refused CKM_RSA_PKCS_PSS"), "{said}");
    assert!(!said.contains("1234"), "{said}");
    assert_eq!(place.log().iter().filter(|line| *line == "login with a PIN").count(), 1);
    let place = Place::new("");
    let said = place.type_in(USUAL | WRONG_BEFORE, "");
    assert!(
        said.contains("was given a wrong PIN before") && said.contains("No key was tried: no PIN was given"),
        "{said}"
    );
    assert_eq!(place.log(), [""; 0]);
    let place = Place::new("");
    let said = place.type_in(USUAL, "4321");
    assert!(said.contains("it is not tried again") && !said.contains("4321"), "{said}");
    assert_eq!(place.log(), ["login with a PIN"]);
}

#[test]
fn ctrl_c_ends_it_and_the_card_hears_nothing() {
    let place = Place::new("");
    let said = place.type_in(USUAL, "12\u{3}");
    assert!(said.ends_with("ended by signal 2"), "{said}");
    assert_eq!(place.log(), [""; 0]);
}

#[test]
fn a_reader_with_keys_of_its_own_takes_the_pin_itself() {
    let place = Place::new("1234");
    let said = place.say(USUAL | ON_READER, &["--pin-file", "pin"]);
    assert!(said.code == Some(2) && said.err.contains("on the reader alone"), "{}", said.err);
    assert_eq!(place.log(), [""; 0]);
    let said = place.say(USUAL | ON_READER, &[]);
    assert!(said.err.contains("enter the PIN of the token eID on the reader"), "{}", said.err);
    assert_eq!(place.log().first().map(String::as_str), Some("login without a PIN"));
}

#[test]
fn a_key_that_wants_its_pin_each_time_is_not_tried() {
    let place = Place::new("1234");
    let said: Said =
        place.command(USUAL, &["--pin-file", "pin"]).env("TOKEN_EACH", "1").output().expect("it runs").into();
    assert!(
        said.code == Some(1) && said.out.contains("wants its PIN for each signature"),
        "{}{}",
        said.out,
        said.err
    );
    assert_eq!(place.log(), ["login with a PIN"]);
    // The same key without that wish is tried.
    let said = place.say(USUAL, &["--pin-file", "pin"]);
    assert!(
        said.code == Some(1) && said.out.contains("CKR_FUNCTION_NOT_SUPPORTED"),
        "{}{}",
        said.out,
        said.err
    );
    assert!(place.log().iter().any(|line| line == "a signature"));
}

#[test]
fn what_a_token_says_is_inert() {
    let place = Place::new("1234");
    let hostile = "\x1b[2J\u{202e}card\n";
    for format in ["text", "json"] {
        for arguments in [&["--pin-file", "pin"][..], &["--no-pin"], &["--token", "x"]] {
            let mut command = place.command(USUAL, arguments);
            let said: Said = place
                .of_token(&mut command, USUAL, hostile)
                .args(["--format", format])
                .output()
                .expect("it runs")
                .into();
            let all = format!("{}{}", said.out, said.err);
            assert!(all.contains("card"), "{all}");
            let acts = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
            assert!(!all.contains(acts), "{arguments:?}: {all:?}");
        }
    }
}
