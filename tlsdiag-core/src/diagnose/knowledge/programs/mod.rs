//! What each program calls a setting: a table for each program and side, so that a cause says what is to be set, once, and every
//! program's line follows.
//!
//! In a line `{}` stands for the value in OpenSSL's syntax, `{,}` for the same with commas, and `/path/` for the folder of a file.
//! `docs/advice.md` says which lines were written into their program and seen to work.

mod databases;
mod languages;
mod mail;
mod networks;
pub(in crate::diagnose) mod server;
mod tools;
mod web;

use super::{Advice, Finding, Side};
use crate::diagnose::Stack;
use crate::event::Role;

/// What is to be set, whatever a program calls it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::diagnose) enum Setting {
    /// TLS 1.2 and 1.3.
    Versions,
    /// TLS 1.2 besides 1.3, where a program names the lowest version alone.
    LowestVersion,
    /// TLS 1.0 and 1.1 besides, and signatures with SHA-1.
    OldVersions,
    /// Suites up to TLS 1.2: the value.
    Suites12,
    /// Suites of TLS 1.3: the value.
    Suites13,
    /// Groups of the key exchange: the value.
    Groups,
    /// Schemes that the other side may sign with: the value.
    Schemes,
    /// Schemes that a server asks of clients: the value.
    ClientSchemes,
    /// The own certificate with its chain, and its key.
    Certificate,
    /// A second certificate, beside the first; the value is the kind of key and the files' name.
    SecondCertificate,
    /// The CAs that the other side's certificate may be of.
    Trust,
    /// So many intermediates: the value.
    Depth,
    /// CRLs of all CAs of the chain.
    Crl,
    /// Diffie-Hellman parameters of 2048 bits.
    Dh,
    /// Another security level: the value.
    LowLevel,
    /// The server's name, as the client sends and compares it.
    Name,
    /// Application protocols.
    Protocols,
    /// The balancer's PROXY header before the first byte.
    ProxyHeader,
    /// Reads new files.
    Reload,
}

/// The lines of one program, as one side of a connection.
struct Table {
    stack: Stack,
    side: Role,
    /// Where they go.
    place: &'static str,
    lines: &'static [Line],
}

/// A line, and what it costs or needs.
struct Line {
    setting: Setting,
    text: &'static str,
    note: Option<&'static str>,
    /// Where this one goes, if not where the others do.
    place: Option<&'static str>,
}

const fn on(setting: Setting, text: &'static str) -> Line {
    Line { setting, text, note: None, place: None }
}

impl Line {
    const fn note(self, note: &'static str) -> Line {
        Line { note: Some(note), ..self }
    }

    const fn at(self, place: &'static str) -> Line {
        Line { place: Some(place), ..self }
    }
}

const COST: &str = "weakens this side for every peer: only until the old one is updated";

impl Setting {
    /// What it costs with any program.
    fn cost(self) -> Option<&'static str> {
        match self {
            Setting::OldVersions | Setting::LowLevel => Some(COST),
            _ => None,
        }
    }
}

/// Best known first.
const TABLES: &[&[Table]] = &[
    tools::OPENSSL,
    web::TABLES,
    databases::TABLES,
    mail::TABLES,
    networks::TABLES,
    tools::TABLES,
    languages::TABLES,
    tools::CNF,
];

/// Adds the line of each program that has this setting on this side.
pub(in crate::diagnose) fn set(
    side: Role,
    setting: Setting,
    value: impl Into<String>,
) -> impl FnOnce(Finding) -> Finding {
    let value = value.into();
    move |mut finding| {
        let tables = TABLES.iter().copied().flatten().filter(|table| table.side == side);
        for table in tables {
            for line in table.lines.iter().filter(|line| line.setting == setting) {
                let text = line.text.replace("{,}", &value.replace(':', ",")).replace("{}", &value);
                // What is the same on both sides is said once.
                if let Some(known) =
                    finding.advice.iter_mut().find(|known| known.stack == table.stack && known.line == text)
                {
                    known.side = known.side.filter(|known| *known == side.into());
                    continue;
                }
                finding.advice.push(Advice {
                    stack: table.stack,
                    line: text,
                    note: line.note.or_else(|| setting.cost()).map(str::to_owned),
                    side: Some(Side::from(side)),
                    place: Some(line.place.unwrap_or(table.place).to_owned()),
                });
            }
        }
        finding
    }
}
