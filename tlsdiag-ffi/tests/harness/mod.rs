//! Builds the library as it is installed, C programs over its header, and runs them.

#![allow(dead_code, unreachable_pub)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tlsdiag_lab::pki::{Identity, Pki};

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A folder for what tests make.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ffi").join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Where the library lies. It is built alone: together with the rest of the workspace cargo would give tlsdiag-core the
/// feature that links libssl.
pub fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("ffi");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--locked", "--package", "tlsdiag-ffi", "--target-dir"])
            .arg(&target)
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let folder = target.join("debug");
        let soname = folder.join("libtlsdiag.so.0");
        if !soname.exists() {
            // Another test may have been quicker.
            let _ = std::os::unix::fs::symlink("libtlsdiag.so", &soname);
        }
        folder
    })
}

/// How a C program is built and run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Under {
    Nothing,
    /// AddressSanitizer with its leak detector, and UndefinedBehaviorSanitizer.
    Sanitizers,
    Valgrind,
}

/// Builds `tests/c/NAME.c` and gives the program.
pub fn build(name: &str, under: Under) -> PathBuf {
    let (library, folder) = (library(), scratch(name));
    let program = folder.join(format!("{under:?}").to_lowercase());
    let mut cc = Command::new("cc");
    cc.args(["-std=gnu99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-O1", "-pthread"]);
    if under == Under::Sanitizers {
        cc.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]);
    }
    cc.arg("-I").arg(root().join("include"));
    cc.arg(root().join("tlsdiag-ffi/tests/c").join(name).with_extension("c"));
    cc.arg("-o").arg(&program).arg("-L").arg(library);
    cc.args(["-ltlsdiag", "-lssl", "-lcrypto", "-ldl"]);
    cc.arg(format!("-Wl,-rpath,{}", library.display()));
    succeed(cc);
    program
}

/// Builds and runs a program with the certificates of the laboratory; whatever is found makes it fail.
pub fn run(name: &str, under: Under) {
    let program = build(name, under);
    let mut command = match under {
        Under::Valgrind => {
            if !has("valgrind") {
                println!("{name}: not run under Valgrind, which is not here");
                return;
            }
            let mut valgrind = Command::new("valgrind");
            // A forked child lacks its parent's other threads, and what these held of their own is lost to it.
            let leaks = if name == "forks" { "--leak-check=no" } else { "--leak-check=full" };
            valgrind.args([
                "--quiet",
                "--error-exitcode=99",
                leaks,
                "--show-leak-kinds=definite",
                "--errors-for-leak-kinds=definite",
            ]);
            valgrind.arg("--fair-sched=yes").arg(program);
            valgrind
        }
        _ => Command::new(program),
    };
    command.env("PKI", pki()).env("SCRATCH", scratch(name)).env("ASAN_OPTIONS", "detect_leaks=1");
    succeed(command);
}

pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Runs to the end and insists on success.
pub fn succeed(mut command: Command) -> String {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

/// A folder with the laboratory's certificates in PEM.
pub fn pki() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch(&format!("pki-{}", std::process::id()));
        let pki = Pki::generate().expect("certificates");
        let put = |name: &str, identity: &Identity| {
            let mut chain = identity.certificate.to_pem().expect("PEM");
            identity.chain.iter().for_each(|one| chain.extend(one.to_pem().expect("PEM")));
            std::fs::write(folder.join(name).with_extension("pem"), chain).expect("a file");
            let key = identity.key.private_key_to_pem_pkcs8().expect("PEM");
            std::fs::write(folder.join(name).with_extension("key"), key).expect("a file");
        };
        put("server", &pki.server);
        put("client", &pki.client_rsa);
        put("expired", &pki.client_expired);
        put("stranger", &pki.client_stranger);
        std::fs::write(folder.join("ca.pem"), pki.trusted().to_pem().expect("PEM")).expect("a file");
        folder
    })
}
