//! Records whose every text attacks a page.

use tlsdiag_core::report::Record;

use super::hostile::{self, HOSTILE};
use super::scene::read;

/// What a peer may send so that it becomes a part of the page, or acts on whoever reads it.
pub(crate) const ATTACK: &str = "'\"></title></style></svg></pre><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}\x1b\n\u{2028}";

/// A record for each turn that a page takes.
pub(crate) fn attacks() -> Vec<Record> {
    let within = |text: &str| {
        let json = serde_json::to_string(text).expect("JSON");
        json[1..json.len() - 1].to_owned()
    };
    let record =
        |record: serde_json::Value| read(&record.to_string().replace(&within(HOSTILE), &within(ATTACK)));
    hostile::records().into_iter().map(record).collect()
}
