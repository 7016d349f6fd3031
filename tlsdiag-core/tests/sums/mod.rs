//! What a table comes to, as a line of JSON for `.ci/matrix`: `TLSDIAG_MATRIX_SUMS` names the file that it is added to.

use std::fs::OpenOptions;
use std::io::Write;

use serde_json::json;

/// Verdicts against what is true by construction.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sums {
    pub(crate) precise: usize,
    pub(crate) alternative: usize,
    pub(crate) missed: usize,
    pub(crate) wrong: usize,
    pub(crate) healthy: usize,
    pub(crate) false_alarms: usize,
}

impl Sums {
    pub(crate) fn write(self, table: &str) {
        let Some(path) = std::env::var_os("TLSDIAG_MATRIX_SUMS") else { return };
        let Sums { precise, alternative, missed, wrong, healthy, false_alarms } = self;
        let line = json!({
            "table": table, "precise": precise, "alternative": alternative, "missed": missed, "wrong": wrong,
            "healthy": healthy, "false_alarms": false_alarms,
        });
        let file = OpenOptions::new().create(true).append(true).open(&path);
        // One call, so that the lines of tests that end at once stay whole.
        file.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes())).expect("the file of sums");
    }
}
