//! Tests that need a process to themselves: where another one of this program fills the memory, or sets a message callback, after which
//! no recording is deferred in that process any more.

use std::process::Command;
use std::thread;

/// Whether the test that asks runs alone. Where it does not it is run so, and what it says is said.
pub(crate) fn alone() -> bool {
    const ALONE: &str = "TLSDIAG_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let this = thread::current();
    let name = this.name().expect("a test's thread has its name");
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(ALONE, "1")
        .output()
        .unwrap();
    let (said, cried) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}{cried}");
    false
}
