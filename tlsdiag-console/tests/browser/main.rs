//! The pages in a real browser: what a parser of HTML does not see. `check.mjs` looks at them in Chromium.
//!
//! It needs `node`, `npm` and `chromium`, and the packages that npm brings; without them it says so and is skipped. The pages and pictures
//! of them are in `target/console`.

#[path = "../pages/attack.rs"]
mod attack;
#[path = "../../../tlsdiag-core/tests/inert/hostile.rs"]
#[allow(dead_code, reason = "core's tests use the rest")]
mod hostile;
mod installed;
#[path = "../pages/scene.rs"]
#[allow(dead_code, reason = "the tests of the pages use the rest")]
mod scene;

use std::fs;
use std::path::Path;
use std::process::Command;

use attack::{ATTACK, attacks};
use installed::Chromium;
use scene::{case, client, overview, shown};
use tlsdiag_console::page;
use tlsdiag_console::view::{Client, Overview, Shown};
use tlsdiag_core::report::Record;

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
    let Chromium { folder, program } = match installed::chromium() {
        Ok(chromium) => chromium,
        Err(absent) => return println!("skipped: {absent}"),
    };
    let pages = folder.join("pages");
    if pages.exists() {
        fs::remove_dir_all(&pages).expect("those of an earlier time");
    }
    write_all(&pages);
    // A script finds its packages in a folder above it.
    let script = folder.join("check.mjs");
    fs::write(&script, include_str!("check.mjs")).expect("a script");
    let status = Command::new("node").arg(&script).arg(&folder).arg(program).status().expect("node");
    assert!(
        status.success(),
        "the pages have faults, which are printed above; {} has them",
        folder.display()
    );
}
