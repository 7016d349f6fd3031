//! Builds each OpenSSL from the sources that its `openssl-src` crate carries, as one shared object with all its symbols bound
//! to itself, so that several live in one process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo gives OUT_DIR"));
    // Each crate has types of its own, of the same names.
    macro_rules! build {
        ($source:ident, $name:literal) => {{
            let folder = out.join($name);
            let object = out.join(format!("{}-{}.so", $name, $source::version()));
            // Whatever else makes cargo run this again, the sources of a version do not change.
            if !object.exists() {
                fs::create_dir_all(&folder).expect("a folder under OUT_DIR");
                link($source::Build::new().out_dir(&folder).build().lib_dir(), &object);
            }
            println!("cargo::rustc-env={}={}", $name, object.display());
        }};
    }
    build!(openssl_1, "OPENSSL_1");
    build!(openssl_3, "OPENSSL_3");
    build!(openssl_4, "OPENSSL_4");
}

fn link(folder: &Path, to: &Path) {
    let unfinished = to.with_extension("part");
    let status = Command::new("cc")
        .args(["-shared", "-Wl,-Bsymbolic", "-Wl,--whole-archive"])
        .arg(folder.join("libssl.a"))
        .arg(folder.join("libcrypto.a"))
        .args(["-Wl,--no-whole-archive", "-ldl", "-lpthread", "-o"])
        .arg(&unfinished)
        .status()
        .expect("a C compiler, cc");
    assert!(status.success(), "cannot link {}", to.display());
    fs::rename(unfinished, to).expect("a file under OUT_DIR");
}
