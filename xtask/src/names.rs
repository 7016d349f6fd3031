//! `names/iana.txt` to `wire/names.rs`.
//!
//! The data is lines: `[CipherSuite u16]` opens a registry; `0x1301 TLS_AES_128_GCM_SHA256` is an entry; a third word
//! names the constant where it cannot be made from the name; `#` begins a comment.

use std::collections::HashSet;
use std::fmt::Write;

struct Registry {
    name: String,
    int: String,
    entries: Vec<Entry>,
}

struct Entry {
    number: u32,
    name: String,
    constant: String,
}

/// The Rust code for the registries in `data`.
pub(crate) fn generate(data: &str) -> Result<String, String> {
    let mut code = String::from(
        "//! Generated from `names/iana.txt` by `cargo run -p xtask -- names`; change that file, not this one.\n\n\
         use super::code_points::*;\n",
    );
    for registry in parse(data)? {
        write_registry(&mut code, &registry);
    }
    Ok(code)
}

fn parse(data: &str) -> Result<Vec<Registry>, String> {
    let mut registries: Vec<Registry> = Vec::new();
    for (index, line) in data.lines().enumerate() {
        let fault = |message: &str| format!("iana.txt, line {}: {message}: {line}", index + 1);
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        if let Some(head) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (name, int) = head.split_once(' ').ok_or_else(|| fault("no integer type"))?;
            registries.push(Registry { name: name.to_owned(), int: int.to_owned(), entries: Vec::new() });
            continue;
        }
        let registry = registries.last_mut().ok_or_else(|| fault("an entry before any registry"))?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let (number, name, constant) = match *words.as_slice() {
            [number, name] => (number, name, constant(name)),
            [number, name, constant] => (number, name, constant.to_owned()),
            _ => return Err(fault("two or three words wanted")),
        };
        let number = match number.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        }
        .map_err(|_| fault("not a number"))?;
        if registry.entries.last().is_some_and(|last| last.number >= number) {
            return Err(fault("numbers must rise"));
        }
        registry.entries.push(Entry { number, name: name.to_owned(), constant });
    }
    for registry in &registries {
        let mut seen = HashSet::new();
        for entry in &registry.entries {
            if !seen.insert(&entry.constant) {
                return Err(format!("iana.txt: {} has {} twice", registry.name, entry.constant));
            }
        }
    }
    Ok(registries)
}

/// `rsa_pss_rsae_sha256` → `RSA_PSS_RSAE_SHA256`.
fn constant(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

fn write_registry(code: &mut String, registry: &Registry) {
    let Registry { name, int, entries } = registry;
    let width = if int == "u8" { 2 } else { 4 };
    let _ = writeln!(code, "\nimpl {name} {{");
    for Entry { number, name, constant } in entries {
        let _ = writeln!(code, "    /// `{name}`, {number:#0w$x}.", w = width + 2);
        let _ = writeln!(code, "    pub const {constant}: Self = Self({number:#0w$x});", w = width + 2);
    }
    let _ = writeln!(code);
    for line in [
        "    /// The name in IANA's registry (or, where IANA gives none, the usual one); `None` for a number that we",
        "    /// do not know.",
        "    pub const fn name(self) -> Option<&'static str> {",
        "        Some(match self.0 {",
    ] {
        let _ = writeln!(code, "{line}");
    }
    for Entry { number, name, .. } in entries {
        let _ = writeln!(code, "            {number:#0w$x} => \"{name}\",", w = width + 2);
    }
    let _ = writeln!(code, "            _ => return None,\n        }})\n    }}\n}}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_becomes_a_constant_and_an_arm() {
        let code = generate("[NamedGroup u16]\n29 x25519 # Bernstein\n").unwrap();
        assert!(code.contains("pub const X25519: Self = Self(0x001d);"), "{code}");
        assert!(code.contains("0x001d => \"x25519\","), "{code}");
    }

    #[test]
    fn disorder_and_repetition_are_refused() {
        assert!(generate("[A u8]\n2 b\n1 a\n").is_err());
        assert!(generate("[A u8]\n1 b\n2 B\n").is_err());
        assert!(generate("1 a\n").is_err());
    }
}
