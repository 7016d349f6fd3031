//! Holds the sources to the import table of ARCHITECTURE.md: data flows one way.

mod graph;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use graph::Graph;

/// Module, and the modules of ours that it uses beside itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("neutralize", &[]),
    ("wire", &[]),
    ("event", &["neutralize"]),
    ("error", &["neutralize"]),
    ("recorder", &["event"]),
    ("source", &["event", "recorder", "error"]),
    ("handshake", &["event", "wire"]),
    ("signatures", &["event", "handshake", "wire"]),
    ("diagnose", &["event", "handshake", "wire"]),
    ("report", &["event", "recorder", "error", "handshake", "diagnose", "wire", "neutralize"]),
    ("compare", &["diagnose", "report", "neutralize"]),
];

/// The layers of the hooks (`source/openssl`), from the lowest up, and those that each imports
/// from.
const HOOKS: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("error_queue", &["sys"]),
    ("config", &["sys", "error_queue"]),
    ("phase", &[]),
    ("state", &["sys", "error_queue", "config", "phase"]),
    ("machine", &["sys", "error_queue", "config", "phase", "state"]),
    ("callbacks", &["sys", "state", "machine"]),
    ("current_connection", &["sys", "state"]),
    ("attach", &["sys", "state"]),
    ("detach", &["sys", "state"]),
    ("interposer", &["sys", "state"]),
    ("openssl_crate", &["sys", "attach"]),
    ("setup", &["sys", "error_queue"]),
];

/// Names that lib.rs re-exports, and the module that each comes from.
const RE_EXPORTED: &[(&str, &str)] =
    &[("Error", "error"), ("HandshakeRecorder", "recorder"), ("Collector", "recorder")];

fn sources(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a readable folder") {
            sources(&entry.expect("an entry").path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.to_owned());
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn module_of(path: &Path) -> String {
    let relative = path.strip_prefix(src()).expect("below src");
    let first = relative.components().next().expect("a component").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// Our modules that a line names as `crate::module`, braces unfolded; documentation may name
/// anything.
fn named(source: &str) -> Vec<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut names = Vec::new();
    for (place, _) in code.match_indices("crate::") {
        if code[..place].ends_with('$') || code[..place].ends_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            continue;
        }
        let rest = &code[place + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let inside = group.split('}').next().unwrap_or_default();
            names.extend(inside.split(',').map(|name| first_word(name.trim())));
        } else {
            names.push(first_word(rest));
        }
    }
    names
}

fn first_word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn modules_use_what_the_table_says_and_nothing_else() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    assert!(files.len() > 30, "the sources were found");
    let mut wrong = Vec::new();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in &files {
        let module = module_of(file);
        if module == "lib" {
            continue;
        }
        let source = fs::read_to_string(file).expect("a readable source");
        for name in named(&source) {
            let name = RE_EXPORTED
                .iter()
                .find(|(short, _)| *short == name)
                .map_or(name, |(_, home)| (*home).to_owned());
            if !MAY_USE.iter().any(|(module, _)| *module == name) {
                wrong.push(format!("{}: names crate::{name}; name its module", file.display()));
            } else if name != module {
                used.entry(module.clone()).or_default().insert(name);
            }
        }
        used.entry(module).or_default();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(used, rows(MAY_USE));
}

fn rows(table: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
    let row = |(module, uses): &(&str, &[&str])| {
        ((*module).to_owned(), uses.iter().map(|name| (*name).to_owned()).collect())
    };
    table.iter().map(row).collect()
}

#[test]
fn layers_of_the_hooks_import_from_those_below() {
    for (at, (layer, uses)) in HOOKS.iter().enumerate() {
        let below: Vec<_> = HOOKS[..at].iter().map(|(layer, _)| *layer).collect();
        assert!(uses.iter().all(|other| below.contains(other)), "{layer} lies below what it imports");
    }
    let layer = |module: &str| {
        let within = module.strip_prefix("source/openssl/")?;
        Some(within.split('/').next().unwrap_or(within).to_owned())
    };
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, imports) in Graph::read(&src()).0 {
        let Some(of) = layer(&module) else { continue };
        let others = imports.iter().filter_map(|import| layer(import)).filter(|other| *other != of);
        used.entry(of.clone()).or_default().extend(others);
    }
    assert_eq!(used, rows(HOOKS));
}

#[test]
fn no_crate_has_an_import_circle() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut crates = 0;
    for entry in fs::read_dir(workspace).expect("the workspace") {
        let src = entry.expect("an entry").path().join("src");
        if src.is_dir() {
            let graph = Graph::read(&src);
            assert_eq!(graph.circles(), [[""; 0]; 0], "{}", src.display());
            crates += 1;
        }
    }
    assert!(crates > 8, "the crates were found");
}

#[test]
fn the_table_of_the_architecture_is_this_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ARCHITECTURE.md");
    let page = fs::read_to_string(page).expect("ARCHITECTURE.md");
    for (module, uses) in MAY_USE {
        let uses = if uses.is_empty() { "nothing of ours".to_owned() } else { uses.map_names() };
        let row = format!("| `{module}` |");
        let line = page.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("no row {row}"));
        assert!(line.contains(&uses), "ARCHITECTURE.md says {line}, the test says {uses}");
    }
    for (layer, uses) in HOOKS {
        let uses = if uses.is_empty() { "nothing of ours".to_owned() } else { uses.map_names() };
        let row = format!("| `{layer}` | {uses} |");
        assert!(page.lines().any(|line| line.starts_with(&row)), "ARCHITECTURE.md has no row {row}");
    }
}

trait Names {
    fn map_names(&self) -> String;
}

impl Names for &[&str] {
    fn map_names(&self) -> String {
        self.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn unsafe_lives_in_the_hooks_alone() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    for file in files {
        let source = fs::read_to_string(&file).expect("a readable source");
        let uses =
            source.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("unsafe "));
        let hooks = file.starts_with(src().join("source/openssl"));
        assert!(!uses || hooks, "{} says unsafe", file.display());
    }
}

/// A recording is judged by its own time: one that was kept says the same on any day.
#[test]
fn nothing_behind_the_events_asks_the_clock() {
    let mut files = Vec::new();
    for stage in ["wire", "event", "handshake", "diagnose", "report", "compare"] {
        sources(&src().join(stage), &mut files);
    }
    for file in files {
        let source = fs::read_to_string(&file).expect("a readable source");
        let asks = ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];
        let asks = asks.iter().find(|call| source.contains(**call));
        assert_eq!(asks, None, "{}", file.display());
    }
}
