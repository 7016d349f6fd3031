//! The pages in a real browser: what a parser of HTML does not see. `check.mjs` looks at them in Chromium.
//!
//! It needs `node`, `npm` and `chromium`, and the packages that npm brings; without them it says so and is skipped. The pages and pictures
//! of them are in `target/console`.

#[path = "../pages/attack.rs"]
mod attack;
#[path = "../../../tlsdiag-core/tests/inert/hostile.rs"]
#[allow(dead_code, reason = "core's tests use the rest")]
mod hostile;
#[path = "../pages/scene.rs"]
#[allow(dead_code, reason = "the tests of the pages use the rest")]
mod scene;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use attack::{ATTACK, attacks};
use scene::{case, client, overview, shown};
use tlsdiag_console::page;
use tlsdiag_console::view::{Client, Overview, Shown};
use tlsdiag_core::report::Record;

const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];

/// What is looked at, each from both sides where it is one of two.
const CASES: [&str; 9] = [
    "card-refuses-pss-1.2-server",
    "card-refuses-pss-1.3-client",
    "client-cert-expired-1.2-server",
    "client-cert-expired-1.3-client",
    "client-asks-user-1.3-server",
    "client-awaits-user-1.2-server",
    "version-client-too-old-1.2-server",
    "http-client-1.2-server",
    "healthy-mutual-1.3-server",
];

/// Where a program lies.
fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// `target/console`, whichever `target` this is built in.
fn folder() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let target =
        own.ancestors().find(|path| path.ends_with("deps")).and_then(Path::parent).and_then(Path::parent);
    target.expect("a target folder").join("console")
}

/// Whether the packages are there, or could be brought.
fn are_installed(folder: &Path) -> bool {
    let installed = |package: &str| {
        let (name, version) = package.split_once('@').expect("a version");
        let about = folder.join("node_modules").join(name).join("package.json");
        fs::read_to_string(about).is_ok_and(|about| about.contains(&format!("\"version\": \"{version}\"")))
    };
    if PACKAGES.iter().all(|package| installed(package)) {
        return true;
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(PACKAGES);
    npm.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn write(folder: &Path, name: &str, overview: &Overview, shown: Option<Shown<'_>>) {
    fs::write(folder.join(format!("{name}.html")), page::console(overview, shown).0).expect("a page");
    if let Some(shown) = shown {
        fs::write(folder.join(format!("own-{name}.html")), page::own(shown).0).expect("a page");
    }
}

/// A page of each kind.
fn write_all(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("policy"), page::content_security_policy()).expect("a policy");
    let (client, overview) = (client("Some program"), overview("127.0.0.1:4433"));
    let record = case(CASES[0]);
    for name in CASES {
        write(folder, name, &overview, Some(shown(&case(name), Some(&record), &client)));
    }
    write(folder, "nothing", &overview, None);
    let (client, overview): (Client, Overview) = (scene::client(ATTACK), scene::overview(ATTACK));
    // Each turn has its page in the tests of the pages; a browser takes its time.
    let records: Vec<Record> = attacks();
    for (at, record) in records.iter().enumerate().step_by(4) {
        write(folder, &format!("attack-{at}"), &overview, Some(shown(record, records.get(at + 1), &client)));
    }
}

#[test]
fn the_pages_in_chromium() {
    if let Some(absent) = ["node", "npm", "chromium"].into_iter().find(|program| find(program).is_none()) {
        println!("skipped: {absent} is not there");
        return;
    }
    let folder = folder();
    fs::create_dir_all(&folder).expect("a folder");
    if !are_installed(&folder) {
        println!("skipped: npm does not bring {}", PACKAGES.join(" and "));
        return;
    }
    let pages = folder.join("pages");
    if pages.exists() {
        fs::remove_dir_all(&pages).expect("those of an earlier time");
    }
    write_all(&pages);
    // A script finds its packages in a folder above it.
    let script = folder.join("check.mjs");
    fs::write(&script, include_str!("check.mjs")).expect("a script");
    let chromium = find("chromium").expect("it was there");
    let status = Command::new("node").arg(&script).arg(&folder).arg(chromium).status().expect("node");
    assert!(
        status.success(),
        "the pages have faults, which are printed above; {} has them",
        folder.display()
    );
}
