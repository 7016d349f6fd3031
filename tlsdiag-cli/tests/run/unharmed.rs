//! Programs in unusual places, which end as they would have ended: each prints what it sees, and that is the same bare, under
//! `tlsdiag run`, and with the preload object alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::place::{Place, object, verdicts};
use crate::program::Said;
use crate::servers::wait_for_lines;

/// The program of that name.
fn compiled(place: &Place, name: &str) -> PathBuf {
    build(place, name, name, &["-lssl", "-lcrypto", "-lpthread"])
}

fn build(place: &Place, source: &str, made: &str, options: &[&str]) -> PathBuf {
    let source = format!("{}/tests/run/unharmed/{source}.c", env!("CARGO_MANIFEST_DIR"));
    let mut compile = Command::new("cc");
    compile.current_dir(place.path()).args(["-w", "-O2", &source, "-o", made]).args(options).arg("-ldl");
    assert!(compile.status().expect("cc").success(), "{made}");
    place.file(made)
}

/// What was said with the command, and with the object alone.
struct Recorded {
    run: Said,
    alone: Said,
}

/// Runs a program bare and recorded, which must look the same to whoever reads its output; the records lie in run.jsonl and alone.jsonl.
fn same(place: &Place, name: &str, words: &[&str]) -> Recorded {
    same_of(place, &compiled(place, name), words)
}

fn same_of(place: &Place, program: &Path, words: &[&str]) -> Recorded {
    let begin = |command: &mut Command| {
        let output = command.current_dir(place.path()).args(words).stdin(Stdio::null()).output();
        Said::from(output.expect("it runs"))
    };
    let bare = begin(&mut Command::new(program));
    for file in ["run.jsonl", "alone.jsonl"] {
        let _ = fs::remove_file(place.file(file));
    }
    let run = begin(place.run(&["--quiet", "--jsonl", "run.jsonl"]).arg(program));
    let mut alone = Command::new(program);
    alone.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "alone.jsonl");
    let alone = begin(&mut alone);
    for said in [&run, &alone] {
        assert_eq!((said.code, &said.out), (bare.code, &bare.out), "{words:?}: {}", said.err);
    }
    assert_eq!(bare.code, Some(0), "{words:?}: {}", bare.out);
    Recorded { run, alone }
}

#[test]
fn a_program_without_memory_is_not_ended() {
    let place = Place::new();
    for mode in ["once", "ever", "thread"] {
        same(&place, "memory", &[mode]);
    }
}

/// Both ends of each connection are recorded: at first, and when there is memory again and a new context.
#[test]
fn a_program_that_has_memory_again_is_recorded_again() {
    const SAID: &str = "tlsdiag: no memory is left: handshakes are not recorded until the program makes another SSL_CTX and has memory \
        again";
    let place = Place::new();
    let Recorded { run, alone } = same(&place, "memory", &["ours"]);
    for (said, file) in [(run, "run.jsonl"), (alone, "alone.jsonl")] {
        assert_eq!(said.err.matches(SAID).count(), 1, "{}", said.err);
        wait_for_lines(&place, file, 8);
        let outcomes = verdicts(&place.records(file));
        assert_eq!(outcomes.len(), 8);
        assert!(outcomes.iter().all(|outcome| outcome.starts_with("established")), "{outcomes:?}");
    }
}

/// A collector of the object's own is none of the program's children, whatever that asks.
#[test]
fn a_program_finds_no_child_that_it_has_not_made() {
    let place = Place::new();
    for mode in ["reaper", "signal", "usage", "handlers", "any"] {
        same(&place, "children", &[mode]);
        wait_for_lines(&place, "alone.jsonl", 2);
    }
}

/// Closed standard streams stay closed, and low numbers are the program's.
#[test]
fn a_program_gets_the_descriptors_that_it_counts_on() {
    let place = Place::new();
    for limit in ["50", "4", "3"] {
        let Recorded { run, .. } = same(&place, "descriptors", &["few", limit]);
        if limit == "50" {
            wait_for_lines(&place, "alone.jsonl", 2);
            assert_eq!(place.records("run.jsonl").len(), 2, "{}", run.err);
        }
    }
}

/// What the object says goes to the program's stderr, and to nothing else that lies at its descriptor. A log is what is written to at its end.
#[test]
fn a_program_finds_nothing_of_ours_in_its_files_and_connections() {
    let place = Place::new();
    let program = compiled(&place, "descriptors");
    for words in [&["data"][..], &["socket"], &["log", "log"]] {
        let run = |command: &mut Command| {
            let _ = fs::remove_file(place.file("log"));
            let output = command.current_dir(place.path()).args(words).stdin(Stdio::null()).output();
            let said = Said::from(output.expect("it runs"));
            (said.code, said.out, fs::read_to_string(place.file("log")).unwrap_or_default())
        };
        let bare = run(&mut Command::new(&program));
        assert_eq!(bare.0, Some(0), "{}", bare.1);
        let by_command = run(place.run(&["--quiet"]).arg(&program));
        let mut alone = Command::new(&program);
        // What cannot be written is said at once.
        let alone = run(alone.env("LD_PRELOAD", object()).env("TLSDIAG_JSONL", "missing/alone.jsonl"));
        for (recorded, said) in [
            (
                by_command,
                "tlsdiag: the program has closed the descriptor by which its handshakes are recorded",
            ),
            (alone, "tlsdiag: cannot write "),
        ] {
            assert_eq!((recorded.0, &recorded.1), (bare.0, &bare.1), "{words:?}");
            assert_eq!(
                recorded.2.matches(said).count(),
                usize::from(words[0] == "log"),
                "{words:?}: {}",
                recorded.2
            );
        }
    }
}

const SHARED: &[&str] = &["-shared", "-fPIC", "-Wl,-rpath,$ORIGIN", "-L."];

/// Two libcryptos, and two modules that have one each.
fn two_modules(place: &Place) {
    for (who, name) in [("-DWHO=1", "one"), ("-DWHO=2", "two")] {
        build(place, "crypto", &format!("libcrypto_{name}.so"), &[SHARED, &[who]].concat());
        build(
            place,
            "module",
            &format!("module_{name}.so"),
            &[SHARED, &[&format!("-lcrypto_{name}")]].concat(),
        );
    }
}

#[test]
fn a_name_check_goes_to_the_libcrypto_of_its_caller() {
    let place = Place::new();
    two_modules(&place);
    let program = build(&place, "names", "names", &[]);
    same_of(&place, &program, &[place.path().to_str().expect("UTF-8")]);
}

/// The program's own libcrypto comes before a module's, unless it is one of another version.
#[test]
fn a_name_check_goes_to_the_libcrypto_of_the_program_first() {
    let place = Place::new();
    two_modules(&place);
    for (who, version) in [("-DWHO=11", "OPENSSL_1_1_0"), ("-DWHO=30", "OPENSSL_3.0.0")] {
        fs::write(place.file("map"), format!("{version} {{ global: *; }};\n")).expect("our folder");
        build(
            &place,
            "crypto",
            &format!("libcrypto_{version}.so"),
            &[SHARED, &[who, "-Wl,--version-script,map"]].concat(),
        );
        let library = format!("-lcrypto_{version}");
        build(&place, "module", &format!("module_{version}.so"), &[SHARED, &[&library]].concat());
    }
    let modules = ["./module_one.so", "./module_OPENSSL_1_1_0.so", "./module_OPENSSL_3.0.0.so"];
    for library in ["-lcrypto_one", "-lcrypto_OPENSSL_3.0.0", "-lcrypto_OPENSSL_1_1_0"] {
        let program = build(&place, "scope", "scope", &["-Wl,-rpath,$ORIGIN", "-L.", library]);
        same_of(&place, &program, &modules);
    }
}

/// What the object needs of the system it asks for before.
#[test]
fn a_program_in_a_sandbox_is_not_killed_for_what_we_do() {
    let place = Place::new();
    for (mode, count) in [("context", 4), ("connection", 4), ("handshake", 6), ("child", 4)] {
        let Recorded { run, .. } = same(&place, "sandbox", &[mode]);
        wait_for_lines(&place, "alone.jsonl", count);
        assert_eq!(place.records("run.jsonl").len(), count, "{mode}: {}", run.err);
    }
}

#[test]
fn a_program_finds_its_own_error_of_the_dynamic_linker() {
    let place = Place::new();
    same(&place, "errors", &[]);
}
