//! Which file of a crate imports which, read from its sources.
//!
//! An import is a path that begins with `crate`, `super` or `self`, in a `use` or anywhere else but
//! in tests. A folder's `mod.rs` that declares its files and gives their items on is no import of
//! theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and those that it imports, as paths from the crate's root: `source/openssl/sys/der`.
/// The root itself is the empty path.
pub(crate) struct Graph(pub(crate) BTreeMap<String, BTreeSet<String>>);

impl Graph {
    /// Of the crate whose sources lie in this folder.
    pub(crate) fn read(src: &Path) -> Graph {
        let mut files = Vec::new();
        super::sources(src, &mut files);
        let modules: BTreeMap<String, PathBuf> =
            files.into_iter().map(|file| (module_of(&file, src), file)).collect();
        let imports = modules.iter().map(|(module, file)| {
            let source = fs::read_to_string(file).expect("a readable source");
            let found = paths(&source).into_iter().filter_map(|path| resolve(module, &path, &modules));
            (module.clone(), found.filter(|other| other != module).collect())
        });
        Graph(imports.collect())
    }

    /// Modules that import each other, directly or by way of others; each circle is as large as it
    /// gets.
    pub(crate) fn circles(&self) -> Vec<Vec<&str>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> =
            self.0.keys().map(|module| (module.as_str(), self.reached_from(module))).collect();
        let mut circles = BTreeSet::new();
        for module in self.0.keys().map(String::as_str).filter(|module| reached[module].contains(module)) {
            circles.insert(
                reached[module].iter().copied().filter(|other| reached[other].contains(module)).collect(),
            );
        }
        circles.into_iter().collect()
    }

    fn reached_from(&self, module: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&str> = self.0[module].iter().map(String::as_str).collect();
        while let Some(module) = next.pop() {
            if reached.insert(module) {
                next.extend(self.0[module].iter().map(String::as_str));
            }
        }
        reached
    }
}

fn module_of(file: &Path, src: &Path) -> String {
    let relative = file.strip_prefix(src).expect("below src").with_extension("");
    let relative = relative.to_str().expect("UTF-8");
    match relative {
        "lib" | "main" | "mod" => String::new(),
        _ => relative.trim_end_matches("/mod").to_owned(),
    }
}

/// The module that a path leads to: the longest beginning that is a module.
fn resolve(module: &str, path: &Named, modules: &BTreeMap<String, PathBuf>) -> Option<String> {
    let mut at: Vec<&str> = module.split('/').filter(|segment| !segment.is_empty()).collect();
    at.extend(path.within.iter().map(String::as_str));
    let mut segments = path.segments.iter().map(String::as_str).peekable();
    match segments.next()? {
        "crate" => at.clear(),
        "super" => drop(at.pop()?),
        _ => {}
    }
    while segments.next_if_eq(&"super").is_some() {
        at.pop()?;
    }
    let mut found = None;
    if modules.contains_key(&at.join("/")) {
        found = Some(at.join("/"));
    }
    for segment in segments {
        at.push(segment);
        if modules.contains_key(&at.join("/")) {
            found = Some(at.join("/"));
        }
    }
    found
}

/// A path as it stands in a source.
struct Named {
    segments: Vec<String>,
    /// The modules within the file in whose braces it stands.
    within: Vec<String>,
}

fn paths(source: &str) -> Vec<Named> {
    let source = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let source =
        source.split("#[cfg(all(test, feature = \"linked\"))]\nmod tests {").next().unwrap_or_default();
    let lines = source.lines().map(|line| line.split("//").next().unwrap_or_default());
    let tokens = tokens(&lines.collect::<Vec<_>>().join("\n"));
    let (mut found, mut depth, mut within) = (Vec::new(), 0, Vec::<(usize, String)>::new());
    let mut i = 0;
    while i < tokens.len() {
        match tokens[i].as_str() {
            "{" => {
                if i >= 2 && tokens[i - 2] == "mod" {
                    within.push((depth, tokens[i - 1].clone()));
                }
                depth += 1;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                if within.last().is_some_and(|(outside, _)| *outside == depth) {
                    within.pop();
                }
            }
            "crate" | "super" | "self"
                if tokens.get(i + 1).is_some_and(|next| next == "::")
                    && (i == 0 || !matches!(tokens[i - 1].as_str(), "::" | "$")) =>
            {
                let mut segments = Vec::new();
                i = tree(&tokens, i, &mut Vec::new(), &mut segments);
                let within = || within.iter().map(|(_, name)| name.clone()).collect();
                found.extend(segments.into_iter().map(|segments| Named { segments, within: within() }));
                continue;
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// Unfolds the braces of a path that begins with this token; gives the token behind it.
fn tree(tokens: &[String], mut i: usize, prefix: &mut Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let token = |i: usize| tokens.get(i).map_or("", String::as_str);
    let before = prefix.len();
    loop {
        if token(i) == "{" {
            i += 1;
            while !matches!(token(i), "}" | "") {
                i = tree(tokens, i, prefix, found);
                while !matches!(token(i), "," | "}" | "") {
                    // The name that an item is imported as.
                    i += 1;
                }
                i += usize::from(token(i) == ",");
            }
            i += 1;
            break;
        }
        prefix.push(token(i).to_owned());
        i += 1;
        if token(i) != "::" || !(token(i + 1) == "{" || is_name(token(i + 1))) {
            found.push(prefix.clone());
            break;
        }
        i += 1;
    }
    prefix.truncate(before);
    i
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// Names, `::`, and every other sign by itself.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if is_name(rest) => {
                rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len())
            }
            ':' if rest.starts_with("::") => 2,
            _ => first.len_utf8(),
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

#[test]
fn paths_are_unfolded_and_resolved() {
    let source = "//! use super::comment;\n\
        use super::{sys::der, state::{self, context::ContextState as State}};\n\
        mod inner { use super::super::sys; }\n\
        fn f() { super::sys::guard::contain::<u8>(|| $crate::no()) }\n\
        #[cfg(test)]\nmod tests { use super::super::machine; }";
    let modules: BTreeMap<String, PathBuf> =
        ["a/b", "a/sys", "a/sys/der", "a/sys/guard", "a/state", "a/state/context", "a/machine"]
            .map(|module| (module.to_owned(), PathBuf::new()))
            .into();
    let found: Vec<_> = paths(source).iter().filter_map(|path| resolve("a/b", path, &modules)).collect();
    assert_eq!(found, ["a/sys/der", "a/state", "a/state/context", "a/sys", "a/sys/guard"]);
}

#[test]
fn circles_are_found_whole() {
    let graph = [("a", vec!["b"]), ("b", vec!["c", "d"]), ("c", vec!["a"]), ("d", vec![]), ("e", vec!["a"])];
    let graph = Graph(
        graph
            .into_iter()
            .map(|(module, imports)| (module.to_owned(), imports.into_iter().map(str::to_owned).collect()))
            .collect(),
    );
    assert_eq!(graph.circles(), [["a", "b", "c"]]);
}
