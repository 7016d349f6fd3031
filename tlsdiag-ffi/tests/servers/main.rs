//! The modules for nginx and Apache httpd, built as `make install` builds them and loaded into the real servers: a request
//! each writes its record, its variable and its line in the error log, also after a reload.

#![allow(unreachable_pub, reason = "these modules are one program")]

mod apache;
#[path = "../harness/mod.rs"]
mod harness;
mod nginx;
mod running;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use harness::{library, root, scratch, succeed};

/// Where a module was built, with the header and the library of this workspace.
fn built(server: &str, module: &str) -> PathBuf {
    /// A module is made in one place, by one test at a time; the others find it there.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let build = scratch(server).join("build");
    let mut make = Command::new("make");
    make.arg("-C").arg(root().join("integrations").join(server)).arg(format!("BUILD={}", build.display()));
    make.env("PKG_CONFIG_PATH", package()).env_remove("MAKEFLAGS").env_remove("MAKELEVEL");
    let source = root().join("target/servers/nginx-src");
    if source.exists() {
        make.arg(format!("NGINX_SRC={}", source.display()));
    }
    succeed(make);
    build.join(module)
}

/// A folder with a `tlsdiag.pc` for the library that was just built.
fn package() -> &'static Path {
    static PACKAGE: OnceLock<PathBuf> = OnceLock::new();
    PACKAGE.get_or_init(|| {
        let (library, include, folder) = (library(), root().join("include"), scratch("package"));
        let text = format!(
            "Name: tlsdiag\nDescription: for tests\nVersion: 0\nCflags: -I{}\nLibs: -L{lib} -ltlsdiag -Wl,-rpath,{lib}\n",
            include.display(),
            lib = library.display()
        );
        std::fs::write(folder.join("tlsdiag.pc"), text).expect("a file");
        folder
    })
}
