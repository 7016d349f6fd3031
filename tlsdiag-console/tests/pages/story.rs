//! A page tells what the record says: no less, and no more.

use maud::html;
use scraper::Html;
use tlsdiag_console::page;
use tlsdiag_console::view::{Overview, State};
use tlsdiag_core::report::Record;

use super::all;
use super::scene::{case, cases, client, read, shown};

fn page_of(record: &Record, beside: Option<&Record>) -> String {
    page::console(&Overview::default(), Some(shown(record, beside, &client("Some program")))).0
}

/// The texts of what a selector finds.
fn texts(page: &str, selector: &str) -> Vec<String> {
    all(&Html::parse_document(page), selector).iter().map(|element| element.text().collect()).collect()
}

/// The page of the founding case says what the text says.
#[test]
fn a_card_that_refuses_pss() {
    let record = case("card-refuses-pss-1.2-server");
    let page = page_of(&record, None);
    let finding = &record.diagnosis.findings[0];
    let escaped = |text: &str| html! { (text) }.0;
    for text in [&finding.summary, &finding.explanation, &finding.advice[0].line, &finding.advice[1].line] {
        assert!(page.contains(&escaped(text)), "{text}");
    }
    assert_eq!(texts(&page, "svg .missing .words"), ["CertificateVerify ✕ never came"]);
    let hit = texts(&page, "#schemes-client tr.hit");
    assert!(hit[0].contains("rsa_pss_rsae_sha256") && hit[0].contains("no signature came"), "{hit:?}");
    let parsed = Html::parse_document(&page);
    for seen in finding.evidence.iter().filter_map(|seen| seen.event) {
        let selector = format!("ul.evidence a[href='#event-{seen}']");
        assert_eq!(all(&parsed, &selector).len(), 1, "{selector}");
    }
}

/// What did come is not said to be missing.
#[test]
fn a_message_is_missing_where_none_came() {
    let missing = |name: &str| texts(&page_of(&case(name), None), "svg .missing .words").join(" ");
    assert_eq!(missing("client-asks-user-1.2-server"), "Certificate (client's) ○ never came");
    assert_eq!(missing("client-asks-user-1.3-server"), "Certificate (client's) ○ never came");
    assert_eq!(missing("card-refuses-pss-1.3-client"), "CertificateVerify ✕ was not sent");
    // It came, and was refused.
    assert_eq!(missing("client-cert-expired-1.2-server"), "");
    // The client was done before it was refused.
    assert_eq!(missing("client-cert-expired-1.3-client"), "");
    // It failed over something that came, though nothing was read as a message.
    for name in ["protocol.violation/", "client_cert.chain_too_large/"] {
        for (name, records) in cases().iter().filter(|(folder, _)| folder.contains(name)) {
            let record = records.last().expect("a record");
            if record.by.as_deref() == Some("local") {
                assert_eq!(texts(&page_of(record, None), "svg .missing .words").join(" "), "", "{name}");
            }
        }
    }
    // What was not kept may have been the message.
    let mut value = serde_json::to_value(case("card-refuses-pss-1.2-server")).expect("JSON");
    value["missed_events"] = 1.into();
    let page = page_of(&read(&value.to_string()), None);
    assert_eq!(texts(&page, "svg .missing"), Vec::<String>::new());
    assert!(page.contains("Events that were not kept: 1"));
}

/// Where the stage is a message that was not seen, its place in the ladder is drawn; where it was seen, none is.
#[test]
fn what_is_drawn_as_missing_was_not_seen() {
    let mut drawn = 0;
    for (name, records) in cases() {
        for record in records {
            let page = page_of(record, None);
            let missing = texts(&page, "svg .missing .words").len();
            assert!(missing <= 1, "{name}");
            drawn += missing;
            if record.tls.established {
                assert_eq!(missing, 0, "{name}");
            }
        }
    }
    assert!(drawn > 100, "{drawn} messages are missing");
}

#[test]
fn a_healthy_handshake_has_no_fault() {
    for (name, records) in cases().iter().filter(|(name, _)| name.contains("/healthy/")) {
        let record = records.last().expect("a record");
        assert_eq!(State::of_record(record), State::Worked, "{name}");
        let page = page_of(record, None);
        assert!(texts(&page, "h1")[0].starts_with("The handshake worked: established"), "{name}");
        assert_eq!(texts(&page, ".hit, .pill.bad, svg .failed"), Vec::<String>::new(), "{name}");
    }
}

/// The two stand in the order in which they came, and what explains it is marked.
#[test]
fn before_and_after() {
    let (before, after) = (case("card-refuses-pss-1.2-server"), case("card-refuses-pss-1.3-server"));
    let page = page_of(&before, Some(&after));
    let head = texts(&page, "#beside thead th");
    assert!(head[1].contains("(this one)") && head[2].contains("#9"), "{head:?}");
    let difference = tlsdiag_core::compare::diff(&before, &after);
    assert_eq!(texts(&page, "#beside p.lead"), [difference.summary]);
}

/// A client that got through is led to nothing of others', and nothing is loaded behind it.
#[test]
fn ones_own_page_leads_nowhere() {
    let record = case("card-refuses-pss-1.2-server");
    let client = client("Some program");
    let page = page::own(shown(&record, Some(&record), &client)).0;
    let parsed = Html::parse_document(&page);
    let ways: Vec<_> = all(&parsed, "a").iter().filter_map(|a| a.value().attr("href")).collect();
    assert!(!ways.is_empty() && ways.iter().all(|way| way.starts_with('#')), "{ways:?}");
    assert!(!page.contains("EventSource") && all(&parsed, "nav").is_empty());
}
