//! Programs that are linked with no libssl and take its functions' addresses: with `dlsym`, by ctypes, from two libraries at once.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::web::{ClientAuth, Kind};

use crate::place::{Place, verdicts};
use crate::program::Said;

/// The C program, compiled into the folder.
fn compiled(place: &Place) -> PathBuf {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run/by_address.c");
    let program = place.file("by_address");
    let status = Command::new("cc").args([source, "-o"]).arg(&program).arg("-ldl").status().expect("cc");
    assert!(status.success());
    program
}

/// The system's libssl.
fn library() -> PathBuf {
    let script =
        "import _ssl, re; print(re.search(r'\\S*/libssl\\.so\\S*', open('/proc/self/maps').read())[0])";
    let said = Command::new("/usr/bin/python3").args(["-c", script]).output().expect("python3");
    PathBuf::from(String::from_utf8(said.stdout).expect("a path").trim())
}

/// A libssl of another name, as wheels bring their own.
fn other_library(place: &Place) -> PathBuf {
    let original = library();
    let name = original.file_name().expect("a name").to_str().expect("UTF-8").to_owned();
    let other = name.replace("ssl", "tls");
    let mut bytes = fs::read(&original).expect("libssl");
    let places: Vec<usize> = bytes
        .windows(name.len())
        .enumerate()
        .filter(|(_, w)| *w == name.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "its name is in it");
    for at in places {
        bytes[at..at + name.len()].copy_from_slice(other.as_bytes());
    }
    let path = place.file(&other);
    fs::write(&path, bytes).expect("our folder");
    path
}

/// What a command says bare and recorded is the same, and this is what was recorded.
fn same(place: &Place, words: &[&str]) -> Vec<String> {
    let bare = place.say(words[0], &words[1..]);
    let _ = fs::remove_file(place.file("out.jsonl"));
    let recorded =
        Said::from(place.run(&["--quiet", "--jsonl", "out.jsonl"]).args(words).output().expect("tlsdiag"));
    assert_eq!((recorded.code, &recorded.out), (bare.code, &bare.out), "{}", recorded.err);
    assert_eq!(bare.code, Some(0), "{}", bare.out);
    verdicts(&place.records("out.jsonl"))
}

#[test]
fn a_program_that_asks_dlsym_runs_as_ever_and_is_recorded() {
    let place = Place::new();
    let (site, program, library) = (place.site(Kind::Nginx, ClientAuth::Off), compiled(&place), library());
    let server = place.bare(&site);
    let port = site.address.port().to_string();
    let words = [program.to_str().expect("UTF-8"), &port, library.to_str().expect("UTF-8")];
    let records = same(&place, &words);
    // Its default is to verify nothing.
    assert_eq!(records, ["established_unverified ok"]);
    server.stop().expect("it ends");
}

#[test]
fn each_of_two_libraries_gets_its_own_calls() {
    let place = Place::new();
    let (site, program) = (place.site(Kind::Nginx, ClientAuth::Off), compiled(&place));
    let (one, other) = (library(), other_library(&place));
    let server = place.bare(&site);
    let port = site.address.port().to_string();
    let [one, other] = [&one, &other].map(|path| path.to_str().expect("UTF-8"));
    for order in [[other, one], [one, other]] {
        let words = [program.to_str().expect("UTF-8"), &port, order[0], order[1]];
        assert_eq!(same(&place, &words).len(), 2, "{order:?}");
    }
    // One of them is the program's own: Python's ssl has loaded it.
    let script = "import ssl, socket, sys, subprocess, ctypes\n\
        def own():\n\
        \x20   context = ssl.create_default_context(cafile='trusted.pem')\n\
        \x20   with context.wrap_socket(socket.create_connection(('localhost', int(sys.argv[1]))), server_hostname='localhost') as s:\n\
        \x20       s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); print(s.recv(8))\n\
        own()\n\
        p, n = ctypes.c_void_p, ctypes.c_int\n\
        library = ctypes.CDLL(sys.argv[2])\n\
        for name, result, arguments in (('TLS_client_method', p, []), ('SSL_CTX_new', p, [p]), ('SSL_new', p, [p]),\n\
        \x20       ('SSL_set_fd', n, [p, n]), ('SSL_connect', n, [p]), ('SSL_free', None, [p]), ('SSL_CTX_free', None, [p])):\n\
        \x20   function = getattr(library, name); function.restype, function.argtypes = result, arguments\n\
        context = library.SSL_CTX_new(library.TLS_client_method())\n\
        s = library.SSL_new(context)\n\
        connection = socket.create_connection(('localhost', int(sys.argv[1])))\n\
        print(bool(context), bool(s), library.SSL_set_fd(s, connection.fileno()), library.SSL_connect(s))\n\
        library.SSL_free(s); library.SSL_CTX_free(context)\n\
        own()\n";
    for library in [one, other] {
        let records = same(&place, &["/usr/bin/python3", "-c", script, &port, library]);
        assert_eq!(records.len(), 3, "{library}: {records:?}");
    }
    server.stop().expect("it ends");
}

/// A second libssl that calls itself past us, as one that was linked with -Bsymbolic does: it runs unharmed, and that is reported.
#[test]
fn a_library_of_which_nothing_is_seen_is_reported_beside_what_was_recorded() {
    let place = Place::new();
    let site = place.site(Kind::Nginx, ClientAuth::Off);
    let server = place.bare(&site);
    fs::write(place.file("own.c"), "int SSL_new(void) { return 7; }\n").expect("our folder");
    let built = place.say("cc", &["-shared", "-fPIC", "-o", "libssl-own.so.9", "own.c"]);
    assert_eq!(built.code, Some(0), "{}", built.err);
    let script = format!(
        "import ctypes, socket, ssl\n\
         print(ctypes.CDLL('./libssl-own.so.9').SSL_new())\n\
         context = ssl.create_default_context(cafile='trusted.pem')\n\
         context.wrap_socket(socket.create_connection(('localhost', {})), server_hostname='localhost').close()\n",
        site.address.port()
    );
    let mut command = place.run(&["--jsonl", "out.jsonl"]);
    let said = Said::from(command.args(["/usr/bin/python3", "-c", &script]).output().expect("tlsdiag"));
    assert_eq!((said.code, said.out.as_str()), (Some(0), "7\n"), "{}", said.err);
    assert_eq!(verdicts(&place.records("out.jsonl")), ["established ok"]);
    assert_eq!(said.err.matches("loaded libssl-own.so.9 when it ran").count(), 1, "{}", said.err);
    assert_eq!(said.err.lines().count(), 2, "{}", said.err);
    server.stop().expect("it ends");
}
