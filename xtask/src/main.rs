//! Writes the generated files of the workspace: `cargo run -p xtask -- names`. With `--check`, it writes nothing and
//! fails if a file is not what it should be.

use std::path::Path;
use std::process::ExitCode;

mod names;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    let result = match arguments.first().map(String::as_str) {
        Some("names") => names(check),
        _ => Err("usage: cargo run -p xtask -- names [--check]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn names(check: bool) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask has no parent folder")?;
    let from = root.join("tlsdiag-core/names/iana.txt");
    let to = root.join("tlsdiag-core/src/wire/names.rs");
    let data = std::fs::read_to_string(&from).map_err(|error| format!("{}: {error}", from.display()))?;
    let code = names::generate(&data)?;
    if check {
        let committed = std::fs::read_to_string(&to).map_err(|error| format!("{}: {error}", to.display()))?;
        if committed == code {
            return Ok(());
        }
        return Err(format!(
            "{} is not what names/iana.txt makes; run `cargo run -p xtask -- names`",
            to.display()
        ));
    }
    std::fs::write(&to, code).map_err(|error| format!("{}: {error}", to.display()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_names_are_current() {
        super::names(true).unwrap();
    }
}
