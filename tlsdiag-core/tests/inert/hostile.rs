//! Records whose every text is hostile, made of the published schema: a field that is new is in them.

use serde_json::{Map, Value};

/// What a peer, a certificate or a crafted file may hold: erases the screen, begins a line that looks like one of ours, ends a C string,
/// turns the order of reading round, and hides what stands there.
pub(crate) const HOSTILE: &str = "x\x1b[2J\r\nFORGED\0\u{9b}2J\u{85}\u{7f}\u{61c}\u{200e}\u{202e}\u{2066}\u{2028}\u{2029}\u{200b}\u{2060}\
                                  \u{feff}\u{e0041}<b>&\"";

/// A record that has every field, with a hostile text in each, but for those of these names: they steer what is shown.
pub(crate) fn record(steering: &[(&str, &str)]) -> Value {
    let schema = tlsdiag_core::report::schema();
    let mut record = filled(&schema, &schema, steering);
    record["schema"] = "tlsdiag.handshake/1".into();
    record
}

/// Records that take each turn of what is printed: failures and warnings of either end, a healthy handshake, one without a cause,
/// and one whose every word is hostile.
pub(crate) fn records() -> Vec<Value> {
    let mut records = vec![record(&[])];
    for role in ["client", "server"] {
        for (outcome, by) in [("failed", "local"), ("abandoned", "peer"), ("established_unverified", HOSTILE)]
        {
            for (severity, kind) in [("error", "message"), ("warning", "alert"), ("error", "not_tls")] {
                let direction = if severity == "error" { "sent" } else { "received" };
                let steering = [
                    ("role", role),
                    ("outcome", outcome),
                    ("by", by),
                    ("severity", severity),
                    ("kind", kind),
                    ("direction", direction),
                ];
                records.push(record(&steering));
            }
        }
        for (outcome, kind) in [("established", "done"), ("failed", "library_errors")] {
            let mut unnamed = record(&[("role", role), ("outcome", outcome), ("kind", kind)]);
            unnamed["diagnosis"] = serde_json::json!({ "result": HOSTILE });
            records.push(unnamed);
        }
    }
    records
}

fn filled(schema: &Value, root: &Value, steering: &[(&str, &str)]) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return filled(root.pointer(&name[1..]).expect("a definition"), root, steering);
    }
    if let Some(one) = schema["anyOf"].as_array() {
        return filled(&one[0], root, steering);
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str());
    match kind {
        Some("object") => {
            let properties = schema["properties"].as_object().expect("properties");
            let fill = |(name, schema): (&String, &Value)| {
                let steered = steering.iter().find(|(steered, _)| steered == name);
                (name.clone(), steered.map_or_else(|| filled(schema, root, steering), |(_, to)| (*to).into()))
            };
            properties.iter().map(fill).collect::<Map<_, _>>().into()
        }
        Some("array") => vec![filled(&schema["items"], root, steering)].into(),
        Some("string") => HOSTILE.into(),
        Some("integer") => 1.into(),
        Some("boolean") => true.into(),
        // Any value: what is in an extension or a message.
        None => serde_json::json!({ HOSTILE: [HOSTILE] }),
        Some(other) => panic!("the schema has {other}, which is not filled"),
    }
}

/// What may act in a text that is shown; line ends are left to whoever knows how many there are.
fn acts(c: char) -> bool {
    c != '\n' && c.is_control()
        || "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{feff}".contains(c)
        || ('\u{200b}'..='\u{200d}').contains(&c)
        || ('\u{202a}'..='\u{202e}').contains(&c)
        || ('\u{2060}'..='\u{2069}').contains(&c)
        || ('\u{e0000}'..='\u{e007f}').contains(&c)
}

/// Nothing acts in what an exit shows, and no line begins as whoever wrote the text would have it.
pub(crate) fn assert_inert(exit: &str, shown: &str) {
    // What the page paints with is its own.
    let plain = ["1", "1;31", "1;32", "1;33", "0"]
        .iter()
        .fold(shown.to_owned(), |text, paint| text.replace(&format!("\x1b[{paint}m"), ""));
    assert_eq!(plain.chars().find(|c| acts(*c)), None, "{exit}: {shown:?}");
    assert!(!plain.lines().any(|line| line.starts_with("FORGED")), "{exit}: {shown:?}");
}

/// The same of something that shows the hostile text: it is there, and can be read.
pub(crate) fn assert_shown_inert(exit: &str, shown: &str) {
    assert_inert(exit, shown);
    assert!(shown.contains(r"\u{202e}") || shown.contains(r"\u202e"), "{exit} does not show it: {shown}");
}
