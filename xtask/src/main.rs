//! Writes the generated files of the workspace: `cargo run -p xtask -- names`, `-- schema`, `-- causes`, `-- header` and `-- python`. With `--check`,
//! it writes nothing and fails if a file is not what it should be. `-- cases` keeps the recorded corpus.

use std::path::Path;
use std::process::ExitCode;

#[cfg(feature = "core")]
#[path = "../../tlsdiag-core/tests/both_ends/mod.rs"]
mod both_ends;
#[cfg(feature = "core")]
mod cases;
#[cfg(feature = "core")]
mod header;
mod names;
#[cfg(feature = "core")]
mod python;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| arguments.iter().any(|argument| argument == name);
    let check = flag("--check");
    let result = match arguments.first().map(String::as_str) {
        Some("names") => names(check),
        #[cfg(feature = "core")]
        Some("schema") => schema(check),
        #[cfg(feature = "core")]
        Some("header") => c_header(check),
        #[cfg(feature = "core")]
        Some("python") => catalogue(check),
        #[cfg(feature = "core")]
        Some("causes") => put("docs/causes.md", &tlsdiag_core::report::catalogue::markdown(), check),
        #[cfg(feature = "core")]
        Some("cases") if flag("--record") => cases::record(root(), flag("--anew")),
        #[cfg(feature = "core")]
        Some("cases") => cases::expect(root()),
        _ => Err(
            "usage: cargo run -p xtask -- names|schema|causes|header|python [--check] | cases [--record [--anew]]"
                .to_owned(),
        ),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn names(check: bool) -> Result<(), String> {
    let from = root().join("tlsdiag-core/names/iana.txt");
    let data = std::fs::read_to_string(&from).map_err(|error| format!("{}: {error}", from.display()))?;
    put("tlsdiag-core/src/wire/names.rs", &names::generate(&data)?, check)
}

#[cfg(feature = "core")]
fn schema(check: bool) -> Result<(), String> {
    for (file, schema) in [
        ("schema/handshake-1.json", tlsdiag_core::report::schema()),
        ("schema/setup-1.json", tlsdiag_core::report::setup_schema()),
    ] {
        let mut text = serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?;
        text.push('\n');
        put(file, &text, check)?;
    }
    Ok(())
}

#[cfg(feature = "core")]
fn catalogue(check: bool) -> Result<(), String> {
    put("tlsdiag-py/python/tlsdiag/_catalogue.py", &python::catalogue(), check)
}

#[cfg(feature = "core")]
fn c_header(check: bool) -> Result<(), String> {
    put("include/tlsdiag.h", &header::generate(root())?, check)
}

/// Writes a generated file, or compares it with what is there.
fn put(file: &str, text: &str, check: bool) -> Result<(), String> {
    let path = root().join(file);
    let failed = |error: std::io::Error| format!("{file}: {error}");
    if !check {
        return std::fs::write(&path, text).map_err(failed);
    }
    if std::fs::read_to_string(&path).map_err(failed)? == text {
        return Ok(());
    }
    Err(format!("{file} is not what its source makes; run `make generated`"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_names_are_current() {
        super::names(true).unwrap();
    }

    #[cfg(feature = "core")]
    #[test]
    fn the_committed_catalogue_is_current() {
        super::catalogue(true).unwrap();
    }

    #[cfg(feature = "core")]
    #[test]
    fn the_committed_causes_are_current() {
        super::put("docs/causes.md", &tlsdiag_core::report::catalogue::markdown(), true).unwrap();
    }

    #[cfg(feature = "core")]
    #[test]
    fn the_committed_schema_is_current() {
        super::schema(true).unwrap();
    }

    #[cfg(feature = "core")]
    #[test]
    fn the_committed_header_is_current() {
        super::c_header(true).unwrap();
    }
}
