//! What comes through: exit status and signals; and what is said where nothing can be recorded.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use tlsdiag_lab::signal::{self, Signal};
use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, object};
use crate::program::Said;

fn run(place: &Place, options: &[&str], words: &[&str]) -> Said {
    place.run(options).args(words).output().expect("the program runs").into()
}

#[test]
fn the_exit_status_is_the_commands() {
    let place = Place::new();
    assert_eq!(run(&place, &[], &["true"]).code, Some(0));
    assert_eq!(run(&place, &[], &["sh", "-c", "exit 77"]).code, Some(77));
    assert_eq!(run(&place, &[], &["sh", "-c", "kill -TERM $$"]).code, Some(128 + 15));
    assert_eq!(run(&place, &[], &["sh", "-c", "kill -KILL $$"]).code, Some(128 + 9));
}

/// Nobody reads what we say any more (`tlsdiag run … 2>&1 | head`): the program, its records and its status are as ever.
#[test]
fn a_stderr_that_nobody_reads_changes_nothing() {
    let place = Place::new();
    let deaf = || {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        Stdio::from(writer)
    };
    let status = place.run(&[]).args(["sh", "-c", "exit 77"]).stderr(deaf()).status().expect("it runs");
    assert_eq!(status.code(), Some(77));

    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    // It does not trust the server, of which a verdict is said as it comes.
    let script = "curl -s \"$0\"; curl -s \"$0\"; exit 78";
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    command.args(["sh", "-c", script, &place.url(&site)]).stderr(deaf());
    assert_eq!(command.status().expect("it runs").code(), Some(78));
    server.stop().expect("it ends");
    let outcomes: Vec<_> =
        place.records("out.jsonl").iter().map(|record| record["outcome"].clone()).collect();
    assert_eq!(outcomes, ["failed", "failed"]);
}

#[test]
fn a_command_that_cannot_be_run() {
    let place = Place::new();
    let said = run(&place, &[], &["no-such-program"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(127), "tlsdiag: there is no program no-such-program in PATH\n")
    );
    let said = run(&place, &[], &["./no-such-program"]);
    assert_eq!(said.code, Some(127));
    fs::write(place.file("text"), "hello").expect("our folder");
    let said = run(&place, &[], &["./text"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(126), "tlsdiag: ./text is not executable: chmod +x it\n")
    );
    let said = run(&place, &[], &["/tmp"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(126), "tlsdiag: /tmp is a folder: name a program in it\n")
    );
    let said = run(&place, &["--jsonl", "no-such-folder/out.jsonl"], &["true"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.starts_with("tlsdiag: cannot write no-such-folder/out.jsonl: "), "{}", said.err);
    let without = place.run(&[]).arg("true").env("TLSDIAG_PRELOAD", "/no/such.so").output().expect("it runs");
    assert_eq!(without.status.code(), Some(2));
    let said = String::from_utf8_lossy(&without.stderr).into_owned();
    assert_eq!(said, "tlsdiag: TLSDIAG_PRELOAD names /no/such.so, and there is no such file\n");
}

#[test]
fn signals_are_passed_on() {
    let place = Place::new();
    // It says when it is ready, and which signals came.
    let script = "for s in HUP QUIT USR1 USR2 WINCH INT; do trap \"echo $s\" $s; done; \
                  trap 'echo TERM; exit 3' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = place
        .run(&[])
        .args(["bash", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it runs");
    let mut out = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    let mut next = || {
        line.clear();
        std::io::BufRead::read_line(&mut out, &mut line).expect("text");
        line.trim().to_owned()
    };
    assert_eq!(next(), "ready");
    let all = [
        (Signal::HUP, "HUP"),
        (Signal::QUIT, "QUIT"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
        (Signal::WINCH, "WINCH"),
        (Signal::INT, "INT"),
        (Signal::TERM, "TERM"),
    ];
    for (signal, name) in all {
        signal::send(child.id(), signal).expect("it runs");
        assert_eq!(next(), name);
    }
    assert_eq!(child.wait().expect("it ends").code(), Some(3));
}

#[test]
fn a_static_program_is_named() {
    let place = Place::new();
    fs::write(place.file("main.c"), "int main(void) { return 5; }\n").expect("our folder");
    assert_eq!(place.say("gcc", &["-static", "-o", "static", "main.c"]).code, Some(0));
    let said = run(&place, &[], &["./static"]);
    assert_eq!(said.code, Some(5));
    let sentence = "tlsdiag: ./static is linked statically, so nothing can be loaded into it: it runs, and nothing of it is recorded\n";
    assert_eq!(said.err, sentence);
}

#[test]
fn a_program_with_an_openssl_of_its_own_is_named() {
    let place = Place::new();
    // The line by which OpenSSL names itself, in a program that has no libssl.
    let source = "#include <stdio.h>\nint main(void) { puts(\"OpenSSL 3.9.9 1 Jan 2031\"); return 0; }\n";
    fs::write(place.file("main.c"), source).expect("our folder");
    assert_eq!(place.say("gcc", &["-o", "own", "main.c"]).code, Some(0));
    let said = run(&place, &[], &["./own"]);
    let expected = "no handshake was recorded: ./own has an OpenSSL of its own built in (OpenSSL 3.9.9 1 Jan 2031); \
                    tlsdiag records a libssl that is a shared library of its own\n";
    assert!(said.err.ends_with(expected), "{}", said.err);
}

/// What a file says of itself, where no version tells.
#[test]
fn a_program_that_exports_openssls_functions_and_one_of_gos_are_named() {
    let place = Place::new();
    let programs = [
        (
            "void SSL_CTX_new(void) {}",
            "has an OpenSSL of its own built in; tlsdiag records a libssl that is a shared library of its own",
        ),
        (
            "__attribute__((section(\".go.buildinfo\"))) char built[] = \"\\xff Go buildinf:\";",
            "is a Go program and was not seen to use a libssl; Go's own TLS is not recorded",
        ),
    ];
    for (line, sentence) in programs {
        fs::write(place.file("main.c"), format!("{line}\nint main(void) {{ return 0; }}\n"))
            .expect("our folder");
        assert_eq!(place.say("gcc", &["-rdynamic", "-o", "own", "main.c"]).code, Some(0));
        let said = run(&place, &[], &["./own"]);
        assert_eq!(said.err, format!("tlsdiag: no handshake was recorded: ./own {sentence}\n"));
    }
}

#[test]
fn a_libssl_that_was_loaded_and_not_used() {
    let place = Place::new();
    let said = run(&place, &[], &["/usr/bin/python3", "-c", "import _ssl"]);
    assert!(said.err.contains("had libssl.so") && said.err.contains(" loaded, which _ssl."), "{}", said.err);
    assert!(said.err.ends_with(" is linked with, and made no TLS connection with it\n"), "{}", said.err);
    let said = run(&place, &[], &["openssl", "version"]);
    assert!(said.err.contains("openssl is linked with libssl.so"), "{}", said.err);
    // It is linked with the header's words on its version as well, and has no OpenSSL of its own for that.
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    let said = run(&place, &[], &["true"]);
    assert!(said.err.ends_with("/true was not seen to use a libssl\n"), "{}", said.err);
}

/// Debian's curl has GnuTLS with it, for a library that it does not use.
#[test]
fn what_is_merely_carried_along_is_not_blamed() {
    let place = Place::new();
    let port = tlsdiag_lab::port::Port::reserve().expect("a port");
    let said = run(&place, &[], &["curl", "--silent", &format!("https://{}/", port.address())]);
    assert_eq!(said.code, Some(7), "{}", said.err);
    assert!(
        said.err.contains("curl had libssl.so") || said.err.contains("curl is linked with libssl.so"),
        "{}",
        said.err
    );
    assert!(
        said.err.ends_with("made no TLS connection with it\n") && !said.err.contains("gnutls"),
        "{}",
        said.err
    );
}

#[test]
fn a_setuid_program_is_named() {
    let place = Place::new();
    let path = place.file("other");
    fs::copy("/usr/bin/true", &path).expect("our folder");
    // To belong to somebody else it needs root; without, there is nothing to see.
    if std::os::unix::fs::chown(&path, Some(65534), None).is_err() {
        eprintln!("not root: no setuid program of somebody else's can be made");
        return;
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4755)).expect("our file");
    let said = run(&place, &[], &["./other"]);
    assert!(
        said.err.contains("./other is setuid, and the system loads nothing foreign into such programs"),
        "{}",
        said.err
    );
}

#[test]
fn a_full_disk_is_said_once_and_the_command_goes_on() {
    let place = Place::new();
    let script = "import ssl\na, b, c, d = (ssl.MemoryBIO() for _ in range(4))\n\
                  for _ in range(2):\n  x = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname='x')\n  \
                  try: x.do_handshake()\n  except ssl.SSLWantReadError: pass\n  del x\n";
    let said = run(&place, &["--quiet", "--jsonl", "/dev/full"], &["/usr/bin/python3", "-c", script]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(
        said.err.matches("cannot write /dev/full: No space left on device").count(),
        1,
        "{}",
        said.err
    );
    assert!(said.err.contains("2 handshakes could not be written to /dev/full"), "{}", said.err);
}

#[test]
fn the_object_is_linked_with_no_libssl() {
    let said = Command::new("ldd").arg(object()).output().expect("ldd is there");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("libc.so") && !said.contains("libssl") && !said.contains("libcrypto"), "{said}");
}
