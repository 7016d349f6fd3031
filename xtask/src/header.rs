//! `include/tlsdiag.h` from the sources of tlsdiag-ffi: cbindgen writes the declarations, and here come the introduction, the
//! version, the list of OpenSSL's functions and the initialisers.

use std::fmt::Write as _;
use std::path::Path;

use cbindgen::{Builder, Config, DocumentationStyle, ExportConfig, Language, Style};
use tlsdiag_core::source::openssl::Symbols;

/// Makes the header of the workspace at `root`.
pub(crate) fn generate(root: &Path) -> Result<String, String> {
    let crate_folder = root.join("tlsdiag-ffi");
    let introduction = introduction(&crate_folder.join("src/lib.rs"))?;
    let config = Config {
        language: Language::C,
        style: Style::Both,
        cpp_compat: true,
        usize_is_size_t: true,
        no_includes: true,
        sys_includes: ["stddef.h", "stdint.h"].map(str::to_owned).to_vec(),
        include_guard: Some("TLSDIAG_H".to_owned()),
        documentation_style: DocumentationStyle::Doxy,
        line_length: 110,
        header: Some(introduction),
        after_includes: Some(constants()),
        export: ExportConfig {
            // Only ever given as an int, since C may give any.
            include: ["tlsdiag_peer_certificate", "tlsdiag_before_tls_end"].map(str::to_owned).to_vec(),
            ..ExportConfig::default()
        },
        ..Config::default()
    };
    let bindings = Builder::new()
        .with_crate(&crate_folder)
        .with_config(config)
        .generate()
        .map_err(|error| format!("cbindgen: {error}"))?;
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8(text).map_err(|error| error.to_string())?;
    // What Rust calls safety is what a C programmer must see to.
    let text = text.replace(" * # Safety\n", " * The caller sees to it:\n");
    Ok(text.replace("#endif  /* TLSDIAG_H */", &format!("{}\n#endif  /* TLSDIAG_H */", initialisers()?)))
}

/// The crate's documentation is the header's introduction, word for word.
fn introduction(lib: &Path) -> Result<String, String> {
    let source = std::fs::read_to_string(lib).map_err(|error| format!("{}: {error}", lib.display()))?;
    let mut text = "/*\n".to_owned();
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        text.push_str(format!(" *{line}").trim_end());
        text.push('\n');
    }
    text.push_str(" *\n * This file is generated from tlsdiag-ffi by `make generated`.\n */");
    Ok(text)
}

fn constants() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut text = format!(
        "/** The version of this header; tlsdiag_version() is that of the library. */\n#define TLSDIAG_VERSION \"{version}\"\n"
    );
    for (part, name) in version.split('.').zip(["MAJOR", "MINOR", "PATCH"]) {
        let _ = writeln!(
            text,
            "/** Its {} number. */\n#define TLSDIAG_VERSION_{name} {part}",
            name.to_lowercase()
        );
    }
    text.push_str(
        "\n/**\n * The functions of OpenSSL's that a recorder needs, for a program that has OpenSSL linked statically:\n *\n \
         *     #define ENTRY(function) { #function, (tlsdiag_function) function },\n \
         *     static const tlsdiag_openssl_function table[] = { TLSDIAG_OPENSSL_FUNCTIONS(ENTRY) };\n *\n \
         * goes into tlsdiag_recorder_options. These are used as well where the table has them: ",
    );
    let mut line = 0;
    for (place, name) in Symbols::OPTIONAL.iter().enumerate() {
        if line + name.len() > 70 {
            text.push_str("\n * ");
            line = 0;
        }
        line += name.len() + 2;
        let end = if place + 1 == Symbols::OPTIONAL.len() { "." } else { ", " };
        let _ = write!(text, "{name}{end}");
    }
    text = text.replace(" \n", "\n");
    text.push_str("\n */\n#define TLSDIAG_OPENSSL_FUNCTIONS(ENTRY) \\\n");
    for (place, name) in Symbols::REQUIRED.iter().enumerate() {
        let end = if place + 1 == Symbols::REQUIRED.len() { "" } else { " \\" };
        let _ = writeln!(text, "  ENTRY({name}){end}");
    }
    text
}

/// A macro for each struct that begins with its size: the size, and everything else zero.
fn initialisers() -> Result<String, String> {
    const ZEROES: &[(&str, &str)] = &[
        ("recorder_options", "0, 0, 0, 0, 0, NULL, NULL, NULL, 0"),
        ("attach_options", "0, 0, NULL, NULL, NULL"),
        ("before_tls", "0, 0, 0, 0, NULL, NULL, 0"),
        ("text_options", "0, 0, 0, 0, 0"),
        ("recorder_counts", "0, 0, 0, 0, 0"),
        ("evidence", "0, NULL, NULL"),
        ("earlier", "NULL, NULL, NULL, NULL"),
        ("look_alike", "NULL, NULL"),
        ("advice", "NULL, NULL, NULL"),
        ("cause", "NULL, NULL, NULL, 0, 0"),
    ];
    let mut text = String::new();
    for (name, zeroes) in ZEROES {
        let _ = writeln!(
            text,
            "/** tlsdiag_{name} with its size set and everything else zero. */\n#define TLSDIAG_{}_INIT {{ sizeof(tlsdiag_{name}), {zeroes} }}\n",
            name.to_uppercase()
        );
    }
    Ok(text)
}
