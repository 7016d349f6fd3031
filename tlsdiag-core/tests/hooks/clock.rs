//! All of these tests once more as on a machine where the kernel does not keep time by the processor's counter: every stamp is a call of
//! `clock_gettime(2)`. Most virtual machines are such ones.

use std::process::Command;

const CLOCK: &str = "TLSDIAG_CLOCK";

#[test]
fn every_test_once_more_with_clock_gettime() {
    if std::env::var_os(CLOCK).is_some() {
        // This is that other time, or somebody asks for one clock alone.
        return;
    }
    let again = Command::new(std::env::current_exe().unwrap()).env(CLOCK, "monotonic").output().unwrap();
    let (said, cried) = (String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&again.stderr));
    assert!(again.status.success(), "with {CLOCK}=monotonic: {said}{cried}");
}
