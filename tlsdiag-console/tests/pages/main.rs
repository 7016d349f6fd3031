//! Every page is well-formed, leads nowhere but where something is, and holds nothing that acts, whatever stands in a record.

mod attack;
#[path = "../../../tlsdiag-core/tests/inert/hostile.rs"]
#[allow(dead_code, reason = "core's tests use the rest")]
mod hostile;
mod scene;
mod story;

use std::collections::HashSet;

use attack::{ATTACK, attacks};
use scene::{case, cases, client, overview, read, shown};
use scraper::{ElementRef, Html, Selector};
use tlsdiag_console::page;
use tlsdiag_console::view::Overview;
use tlsdiag_core::report::Record;

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect("a selector")).collect()
}

/// What is wrong with a page.
fn faults(text: &str) -> Vec<String> {
    let page = Html::parse_document(text);
    let mut faults: Vec<String> = page.errors.iter().map(ToString::to_string).collect();
    let mut ids = HashSet::new();
    let elements = all(&page, "*");
    for id in elements.iter().filter_map(|element| element.value().attr("id")) {
        if !ids.insert(id) {
            faults.push(format!("two elements have the id {id}"));
        }
    }
    for element in &elements {
        for (name, value) in element.value().attrs() {
            let targets: Vec<&str> = match name {
                "for" | "data-copy" => vec![value],
                "aria-labelledby" => value.split(' ').collect(),
                "href" => value.strip_prefix('#').into_iter().collect(),
                _ => Vec::new(),
            };
            let lost = targets.iter().filter(|id| !ids.contains(**id));
            faults.extend(lost.map(|id| format!("{name}: no {id}")));
            let leads = ["#", "/handshake/", "data:image/svg+xml,"];
            if name == "href" && value != "/" && !leads.iter().any(|begin| value.starts_with(begin)) {
                faults.push(format!("a way to {value}"));
            }
            if name == "style" || name.starts_with("on") || name == "src" {
                faults.push(format!("the attribute {name}"));
            }
        }
    }
    for svg in all(&page, "svg") {
        let is_named = |child: &str| svg.select(&Selector::parse(child).expect("a selector")).count() == 1;
        let is_hidden = svg.value().attr("aria-hidden") == Some("true");
        let is_picture = svg.value().attr("role") == Some("img");
        let is_told = is_hidden || is_picture && is_named("title") && is_named("desc");
        if !is_told {
            faults.push("a drawing without words".to_owned());
        }
    }
    if all(&page, "h1").len() != 1 {
        faults.push("not one headline".to_owned());
    }
    faults
}

/// The check finds what it is for.
#[test]
fn faults_are_found() {
    let page =
        |body: &str| format!("<!DOCTYPE html><html lang=\"en\"><title>x</title><h1>x</h1>{body}</html>");
    assert_eq!(faults(&page("<p>x</p>")), Vec::<String>::new());
    for body in [
        "</b>",
        "<div><p>x</div></p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<a href=\"#b\">x</a>",
        "<label for=\"c\">x</label>",
        "<a href=\"https://example.com/\">x</a>",
        "<p style=\"color: red\">x</p>",
        "<p onclick=\"x()\">x</p>",
        "<img src=\"x\">",
        "<svg></svg>",
        "<h1>x</h1>",
    ] {
        assert_ne!(faults(&page(body)), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn every_case_is_a_page_that_is_well_formed() {
    let (client, overview) = (client("Some program"), overview("127.0.0.1:4433"));
    let mut wrong = Vec::new();
    let cases = cases();
    let mut before: Option<&Record> = None;
    for (name, records) in cases {
        for record in records {
            let shown = shown(record, before, &client);
            let mut found = faults(&page::console(&overview, Some(shown)).0);
            found.extend(faults(&page::own(shown).0));
            wrong.extend(found.first().map(|fault| format!("{name}: {fault}")));
            before = Some(record);
        }
    }
    assert!(cases.len() > 500, "{} cases", cases.len());
    assert!(wrong.is_empty(), "{} pages are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(faults(&page::console(&overview, None).0), Vec::<String>::new());
    assert_eq!(faults(&page::console(&Overview::default(), None).0), Vec::<String>::new());
}

/// What acts, or is not seen; a page has no line end of its own outside of styles and scripts.
fn acts(c: char) -> bool {
    c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c)
}

#[test]
fn nothing_of_a_hostile_record_becomes_a_part_of_the_page() {
    let (client, overview) = (client(ATTACK), overview(ATTACK));
    let records = attacks();
    for (at, record) in records.iter().enumerate() {
        let shown = shown(record, records.get(at + 1), &client);
        for (scripts, text) in [(2, page::console(&overview, Some(shown)).0), (1, page::own(shown).0)] {
            assert_eq!(faults(&text), Vec::<String>::new(), "{at}");
            let page = Html::parse_document(&text);
            assert_eq!(all(&page, "script").len(), scripts, "{at}");
            assert!(all(&page, "img").is_empty());
            for element in all(&page, "*") {
                // The sizes of a drawing are the page's own, and so is the line end in an element's text.
                assert!(element.value().attrs().all(|(_, value)| !value.contains(acts)), "{element:?}");
            }
            let mut rest = text.as_str();
            for name in ["style", "script", "script"] {
                let Some((head, tail)) = rest.split_once(&format!("<{name}>")) else { continue };
                assert_eq!(head.find(acts), None, "{at}");
                rest = tail.split_once(&format!("</{name}>")).expect("an end").1;
            }
            assert_eq!(rest.find(acts), None, "{at}");
            assert!(text.contains(r"\u{202e}") && text.contains("&lt;img src=x"), "{at}: it is not shown");
        }
    }
}

/// The browser computes the same hashes of what stands between the tags.
#[test]
fn the_policy_names_what_stands_in_the_page() {
    use sha2::Digest;
    let record = case("card-refuses-pss-1.2-server");
    let client = client("Some program");
    let text = page::console(&overview("x"), Some(shown(&record, None, &client))).0;
    let policy = page::content_security_policy();
    let mut count = 0;
    for name in ["style", "script"] {
        for part in text.split(&format!("<{name}>")).skip(1) {
            let part = part.split(&format!("</{name}>")).next().expect("a text");
            let hash = data_encoding::BASE64.encode(&sha2::Sha256::digest(part));
            let directive = policy.split("; ").find(|one| one.starts_with(&format!("{name}-src")));
            let directive = directive.expect("a directive");
            assert!(directive.contains(&format!("'sha256-{hash}'")), "{directive}");
            count += 1;
        }
    }
    assert_eq!(count, 3);
    assert!(!policy.contains("unsafe") && policy.starts_with("default-src 'none'; "), "{policy}");
}

/// Who makes a record large does not make a page large.
#[test]
fn a_record_of_any_size_is_a_page_of_a_size() {
    let record = case("card-refuses-pss-1.2-server");
    let mut value = serde_json::to_value(&record).expect("JSON");
    let mut repeat = |at: &str, count: usize| {
        let list = value.pointer_mut(at).expect("a list");
        *list = vec![list[0].clone(); count].into();
    };
    repeat("/events", 20_000);
    repeat("/certificate_request/signature_schemes", 20_000);
    repeat("/offer/cipher_suites", 20_000);
    repeat("/certificates/client", 2_000);
    let (record, client) = (read(&value.to_string()), client("x"));
    let text = page::own(shown(&record, None, &client)).0;
    assert_eq!(faults(&text), Vec::<String>::new());
    let elements = all(&Html::parse_document(&text), "*").len();
    assert!(elements < 5_000, "{elements} elements");
}
