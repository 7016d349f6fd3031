//! Builds one OpenSSL, from the sources that its `openssl-src` crate carries, as one shared object with all its symbols bound to
//! itself, so that several live in one process: `openssl-3-5 FOLDER` writes `FOLDER/openssl-3-5.so`.
//!
//! That crate could build it, too, but never with certificate compression.

use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::{env, fs, thread};

/// What can compress a certificate, with the libraries that it takes. OpenSSL 1.1.1 and 3.0 know zlib alone.
const COMPRESSION: [(&str, &[&str]); 3] = [
    ("zlib", &["-lz"]),
    ("brotli", &["-lbrotlienc", "-lbrotlidec", "-lbrotlicommon"]),
    ("zstd", &["-lzstd"]),
];

fn main() {
    let name = env!("CARGO_PKG_NAME");
    let folder = PathBuf::from(env::args_os().nth(1).expect("a folder for the object"));
    fs::create_dir_all(&folder).expect("a folder that can be written");
    let folder = folder.canonicalize().expect("a folder");
    let (object, recipe_file) =
        (folder.join(name).with_extension("so"), folder.join(name).with_extension("txt"));
    let (options, libraries) = recipe();
    let recipe = format!("{}\n{options:?}\n{libraries:?}\n", openssl_src::version());
    if object.exists() && fs::read_to_string(&recipe_file).is_ok_and(|built| built == recipe) {
        return;
    }
    println!("building {name}, {}", openssl_src::version());
    let work = folder.join(name);
    let _ = fs::remove_dir_all(&work);
    fs::create_dir(&work).expect("a folder to build in");
    build(&work, &options);
    link(&work, &libraries, &object);
    fs::write(recipe_file, recipe).expect("a file beside the object");
    fs::remove_dir_all(&work).expect("a folder of our own");
}

/// The options for this version's `Configure`, and the libraries that it links with in turn.
fn recipe() -> (Vec<String>, Vec<&'static str>) {
    let configure =
        fs::read_to_string(openssl_src::source_dir().join("Configure")).expect("OpenSSL's Configure");
    let knows = |option: &str| configure.contains(&format!("\"{option}\""));
    // What the crate leaves out of the sources, or what nobody loads.
    let unwanted = ["shared", "tests", "legacy"].into_iter().filter(|option| knows(option));
    let mut options: Vec<_> = unwanted.map(|option| format!("no-{option}")).collect();
    let mut libraries = Vec::new();
    for (option, needed) in COMPRESSION.into_iter().filter(|(option, _)| knows(option)) {
        options.push(format!("enable-{option}"));
        libraries.extend(needed);
    }
    (options, libraries)
}

/// Builds the static libraries in `work`; the sources stay as they are.
fn build(work: &Path, options: &[String]) {
    // The Configure of 1.1.1 wants the machine's name from this wrapper; those of 3.0 and later find it themselves.
    let config = openssl_src::source_dir().join("config");
    run(Command::new("sh").arg(config).args(options).current_dir(work), work);
    let jobs = thread::available_parallelism().map_or(1, usize::from);
    run(Command::new("make").arg(format!("-j{jobs}")).arg("build_libs").current_dir(work), work);
}

fn link(work: &Path, libraries: &[&str], object: &Path) {
    let mut link = Command::new("cc");
    link.args(["-shared", "-Wl,-Bsymbolic", "-Wl,--whole-archive", "libssl.a", "libcrypto.a"]);
    link.arg("-Wl,--no-whole-archive").args(libraries).args(["-ldl", "-lpthread", "-o", "object.so"]);
    run(link.current_dir(work), work);
    // What stands at that place is always whole.
    fs::rename(work.join("object.so"), object).expect("a folder that can be written");
}

/// Runs it, and says what it said only if it fails.
fn run(command: &mut Command, work: &Path) {
    let log = work.join("log");
    let output = fs::File::create(&log).expect("a log");
    let errors = output.try_clone().expect("a log");
    // What the outer make tells its own jobs is not for this one.
    for told in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
        command.env_remove(told);
    }
    let status = command.stdout(output).stderr(errors).status();
    let status = status.unwrap_or_else(|error| panic!("{:?} is missing: {error}", command.get_program()));
    if !status.success() {
        eprintln!("{}", fs::read_to_string(&log).unwrap_or_default());
        eprintln!("cannot build {}: {:?} ended with {status}", env!("CARGO_PKG_NAME"), command.get_program());
        process::exit(1);
    }
}
