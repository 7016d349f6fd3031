//! The catalogue of causes as something to read: an entry for a terminal, as JSON, and the whole as a page of Markdown.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::page::{Page, bold};
use super::remedies::Remedy;
use super::text::Style;
use crate::diagnose::{Advice, Cause, Entry};

/// An entry for people at a terminal, with an empty line behind it.
#[must_use]
pub fn text(cause: Cause, style: Style) -> String {
    let entry = cause.entry();
    let mut page = Page::new(style);
    page.spans(&[bold(cause.code())]);
    page.paragraph("  ", cause.meaning());
    page.line("");
    page.paragraph("  ", entry.about);
    page.heading("How it is known");
    entry.known_by.iter().for_each(|how| page.item(how));
    if !entry.look_alikes.is_empty() {
        page.heading("Look-alikes, and what tells");
        entry.look_alikes.iter().for_each(|(cause, tell)| page.item(&format!("{cause}: {tell}")));
    }
    page.heading("What to do");
    page.remedies(&entry.advice.iter().map(Remedy::known).collect::<Vec<_>>());
    page.heading("References");
    page.item(&entry.standards.join(", "));
    page.item(&format!("OpenSSL: {}", entry.openssl.join(", ")));
    page.item(&format!("class in metrics (gRPC A118): {}", cause.class().name()));
    if !cause.is_diagnosed() {
        page.item("this version has no rule that names it yet");
    }
    page.line("");
    page.into_text()
}

/// An entry as an object of JSON.
#[must_use]
pub fn json(cause: Cause) -> Value {
    let Entry { about, known_by, look_alikes, advice, standards, openssl, .. } = cause.entry();
    let alike = |(cause, tell): &(Cause, &str)| json!({ "cause": cause.code(), "tell": tell });
    let remedy = |advice: &Advice| {
        let mut remedy = json!({ "stack": advice.stack.as_str(), "line": advice.line });
        if let Some(note) = &advice.note {
            remedy["note"] = note.clone().into();
        }
        if let Some(side) = advice.side {
            remedy["side"] = side.as_str().into();
        }
        if let Some(place) = &advice.place {
            remedy["place"] = place.clone().into();
        }
        remedy
    };
    json!({
        "schema": "tlsdiag.cause/1",
        "cause": cause.code(),
        "meaning": cause.meaning(),
        "class": cause.class().name(),
        "diagnosed": cause.is_diagnosed(),
        "about": about,
        "known_by": known_by,
        "look_alikes": look_alikes.iter().map(alike).collect::<Vec<_>>(),
        "advice": advice.iter().map(remedy).collect::<Vec<_>>(),
        "standards": standards,
        "openssl": openssl,
    })
}

/// The whole catalogue as Markdown: `docs/causes.md`.
#[must_use]
pub fn markdown() -> String {
    let mut page = "# Causes\n\n<!-- Written by `make generated`; what it says stands in tlsdiag-core/src/diagnose. -->\n\n\
        Why TLS handshakes fail. A code names the root cause, not the symptom; codes are stable: new ones may be added, none is \
        renamed or reused. `tlsdiag causes CODE` prints an entry.\n\n| code | meaning |\n|---|---|\n"
        .to_owned();
    for cause in Cause::all() {
        let _ = writeln!(page, "| [`{0}`](#{1}) | {2} |", cause.code(), anchor(cause), cause.meaning());
    }
    for cause in Cause::all() {
        page.push_str(&section(cause));
    }
    page
}

/// What a heading with this code is called in links.
fn anchor(cause: Cause) -> String {
    cause.code().replace('.', "")
}

fn section(cause: Cause) -> String {
    let entry = cause.entry();
    let mut page = format!("\n## {}\n\n*{}*\n\n{}\n", cause.code(), cause.meaning(), entry.about);
    let mut list = |heading: &str, items: &[String]| {
        if !items.is_empty() {
            let _ = write!(page, "\n**{heading}**\n\n");
            items.iter().for_each(|item| page.push_str(&format!("- {item}\n")));
        }
    };
    let known: Vec<_> = entry.known_by.iter().map(|how| (*how).to_owned()).collect();
    list("How it is known", &known);
    let alike = |(other, tell): &(Cause, &str)| format!("[`{other}`](#{}): {tell}", anchor(*other));
    list("Look-alikes, and what tells", &entry.look_alikes.iter().map(alike).collect::<Vec<_>>());
    list("What to do", &entry.advice.iter().map(remedy).collect::<Vec<_>>());
    let references = [
        entry.standards.join(", "),
        format!(
            "OpenSSL: {}",
            entry.openssl.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
        format!("class in metrics (gRPC A118): `{}`", cause.class().name()),
    ];
    list("References", &references);
    page
}

fn remedy(advice: &Advice) -> String {
    let note = advice.note.as_ref().map_or_else(String::new, |note| format!(" ({note})"));
    match advice.stack.as_str() {
        "any" => format!("{}{note}", advice.line),
        stack => {
            let lines: Vec<_> = advice.line.lines().map(|line| format!("`{line}`")).collect();
            let place = advice.place.as_ref().map_or_else(String::new, |place| format!(", {place}"));
            format!("{stack}{place}: {}{note}", lines.join(" and "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_fits_a_terminal_and_every_link_leads_somewhere() {
        for cause in Cause::all() {
            let page = text(cause, Style::default());
            // Lines to be copied are never broken, and stand deeper than all others.
            let wide = page.lines().find(|line| line.chars().count() > 80 && !line.starts_with("      "));
            assert_eq!(wide, None, "{page}");
            assert_eq!(json(cause)["cause"], cause.code());
        }
        let page = markdown();
        for target in page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            let heading = |cause: &Cause| anchor(*cause) == target;
            assert!(Cause::all().any(|cause| heading(&cause)), "{target}");
        }
    }
}
