//! What programs were built against stays: the symbols, the library's name, what it needs, and the header for C and for C++.

mod harness;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use harness::{has, library, root, scratch, succeed};

fn listed() -> BTreeSet<String> {
    let list = std::fs::read_to_string(root().join("tlsdiag-ffi/abi.txt")).expect("the list");
    list.lines().map(str::to_owned).collect()
}

#[test]
fn the_library_exports_what_is_listed_and_nothing_else() {
    let mut nm = Command::new("nm");
    nm.args(["-D", "--defined-only"]).arg(library().join("libtlsdiag.so"));
    let exported: BTreeSet<String> =
        succeed(nm).lines().filter_map(|line| line.split_whitespace().last().map(str::to_owned)).collect();
    assert_eq!(
        exported,
        listed(),
        "a function that is there stays; a new one is added to tlsdiag-ffi/abi.txt"
    );
    assert!(exported.iter().all(|name| name.starts_with("tlsdiag_")));
}

#[test]
fn the_header_declares_what_is_listed() {
    let header = std::fs::read_to_string(root().join("include/tlsdiag.h")).expect("the header");
    let declared: BTreeSet<String> = header
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.starts_with("typedef") && line.contains('('))
        .filter_map(|line| {
            let name = line.split('(').next()?.split([' ', '*']).next_back()?;
            name.starts_with("tlsdiag_").then(|| name.to_owned())
        })
        .collect();
    assert_eq!(declared, listed());
}

#[test]
fn it_has_its_name_and_needs_no_openssl() {
    let mut readelf = Command::new("readelf");
    readelf.args(["-d"]).arg(library().join("libtlsdiag.so"));
    let dynamic = succeed(readelf);
    assert!(dynamic.contains("Library soname: [libtlsdiag.so.0]"), "{dynamic}");
    assert!(dynamic.contains("NODELETE"), "{dynamic}");
    assert!(!dynamic.contains("libssl") && !dynamic.contains("libcrypto"), "{dynamic}");
}

const PROGRAM: &str = "#include \"tlsdiag.h\"
int main(void) {
    tlsdiag_recorder_options recorder = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_attach_options attach = TLSDIAG_ATTACH_OPTIONS_INIT;
    tlsdiag_text_options style = TLSDIAG_TEXT_OPTIONS_INIT;
    tlsdiag_recorder_counts counts = TLSDIAG_RECORDER_COUNTS_INIT;
    tlsdiag_evidence evidence = TLSDIAG_EVIDENCE_INIT;
    tlsdiag_look_alike other = TLSDIAG_LOOK_ALIKE_INIT;
    tlsdiag_advice advice = TLSDIAG_ADVICE_INIT;
    tlsdiag_cause cause = TLSDIAG_CAUSE_INIT;
    tlsdiag_outcome outcome = TLSDIAG_OUTCOME_FAILED;
    return !(recorder.size && attach.size && style.size && counts.size && evidence.size && other.size && advice.size &&
             cause.size && tlsdiag_outcome_str(outcome) && tlsdiag_version()[0]);
}
";

fn compiles(compiler: &str, arguments: &[&str], file: &Path) {
    let mut command = Command::new(compiler);
    command.args(arguments).args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"]);
    command.arg(root().join("include")).arg(file).arg("-o").arg(file.with_extension("program"));
    command.arg("-L").arg(library()).arg("-ltlsdiag").arg(format!("-Wl,-rpath,{}", library().display()));
    succeed(command);
    succeed(Command::new(file.with_extension("program")));
}

#[test]
fn the_header_is_c99_and_cpp() {
    let folder = scratch("header");
    let (c, cpp) = (folder.join("c.c"), folder.join("cpp.cc"));
    std::fs::write(&c, PROGRAM).expect("a file");
    std::fs::write(&cpp, PROGRAM).expect("a file");
    compiles("cc", &["-std=c99"], &c);
    compiles("cc", &["-std=c11"], &c);
    if has("c++") {
        compiles("c++", &["-std=c++11"], &cpp);
    } else {
        println!("C++: not tried, since there is no compiler");
    }
}
