//! What a list shows of a record, read without the rest of it: a record has some fifteen thousand bytes, of which this is a tenth.

use serde::Deserialize;
use tlsdiag_core::neutralize;
use tlsdiag_core::report::{
    DiagnosisRecord, EarlierRecord, FindingRecord, PeerRecord, Process, Record, SetupRecord,
};

use crate::view::State;

/// The head of a line, whichever kind of record it is.
#[derive(Debug, Deserialize)]
pub(crate) struct Head {
    schema: String,
    pub(crate) id: String,
    pub(crate) time: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    process: Option<Process>,
    #[serde(default)]
    peer: Option<PeerRecord>,
    #[serde(default)]
    client: Option<String>,
    #[serde(default)]
    client_program: Option<String>,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    tls: Tls,
    #[serde(default)]
    diagnosis: Verdict,
    #[serde(default)]
    pub(crate) earlier: Vec<EarlierRecord>,
}

/// Of a diagnosis, which is long where there is much advice, what decides how it is called.
#[derive(Debug, Default, Deserialize)]
struct Verdict {
    #[serde(default)]
    cause: Option<String>,
    #[serde(default)]
    findings: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    cause: String,
    severity: String,
}

impl From<&DiagnosisRecord> for Verdict {
    fn from(diagnosis: &DiagnosisRecord) -> Self {
        let named = |finding: &FindingRecord| Named {
            cause: finding.cause.clone(),
            severity: finding.severity.clone(),
        };
        Verdict { cause: diagnosis.cause.clone(), findings: diagnosis.findings.iter().map(named).collect() }
    }
}

impl Verdict {
    /// As what the core judges by.
    fn diagnosis(&self) -> DiagnosisRecord {
        let mut diagnosis = DiagnosisRecord::default();
        diagnosis.cause.clone_from(&self.cause);
        for Named { cause, severity } in &self.findings {
            let mut finding = FindingRecord::default();
            (finding.cause, finding.severity) = (cause.clone(), severity.clone());
            diagnosis.findings.push(finding);
        }
        diagnosis
    }
}

#[derive(Debug, Default, Deserialize)]
struct Tls {
    #[serde(default)]
    established: bool,
    #[serde(default)]
    client: End,
    #[serde(default)]
    server: End,
}

#[derive(Debug, Default, Deserialize)]
struct End {
    #[serde(default)]
    server_name: Option<String>,
    #[serde(default)]
    subject: Option<String>,
}

impl From<&Record> for Head {
    fn from(record: &Record) -> Self {
        let end = |peer: &tlsdiag_core::report::TlsPeer| End {
            server_name: peer.server_name.clone(),
            subject: peer.subject.clone(),
        };
        Head {
            schema: record.schema.clone(),
            id: record.id.clone(),
            time: record.time.clone(),
            role: record.role.clone(),
            process: record.process.clone(),
            peer: record.peer.clone(),
            client: record.client.clone(),
            client_program: record.client_program.clone(),
            outcome: record.outcome.clone(),
            tls: Tls {
                established: record.tls.established,
                client: end(&record.tls.client),
                server: end(&record.tls.server),
            },
            diagnosis: (&record.diagnosis).into(),
            earlier: record.earlier.clone(),
        }
    }
}

impl From<&SetupRecord> for Head {
    fn from(setup: &SetupRecord) -> Self {
        Head {
            schema: setup.schema.clone(),
            id: setup.id.clone(),
            time: setup.time.clone(),
            role: String::new(),
            process: setup.process.clone(),
            peer: None,
            client: None,
            client_program: None,
            outcome: String::new(),
            tls: Tls::default(),
            diagnosis: (&setup.diagnosis).into(),
            earlier: Vec::new(),
        }
    }
}

/// Whose handshake it is: by what it is known, and what it is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Who {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) about: String,
}

impl Head {
    /// Reads it, if the line is a record of ours.
    pub(crate) fn read(line: &str) -> Option<Head> {
        let head: Head = serde_json::from_str(line).ok()?;
        let ours = head.schema == Record::SCHEMA && !head.outcome.is_empty() || head.is_setup();
        ours.then_some(head)
    }

    /// Whether it is a setup that failed, and no handshake.
    pub(crate) fn is_setup(&self) -> bool {
        self.schema == SetupRecord::SCHEMA
    }

    /// How a list shows it: how it ended, and the verdict.
    pub(crate) fn judged(&self) -> (State, String) {
        let diagnosis = self.diagnosis.diagnosis();
        let state = match () {
            () if self.is_setup() || diagnosis.is_failure(self.tls.established) => State::Failed,
            () if diagnosis.is_healthy(&self.outcome) => State::Worked,
            () if self.tls.established => State::Warned,
            // What a client that left without a word, or is silent, means is told by its next handshakes.
            () => State::Waiting,
        };
        let words = match diagnosis.verdict(&self.outcome) {
            "note.client_asks_user" => LEFT,
            "note.awaits_user" => "silent after the certificate was asked for",
            code => code,
        };
        (state, cut(words, 80))
    }

    /// Whether a later handshake of the same client may say what became of it.
    pub(crate) fn is_open(&self) -> bool {
        self.outcome == "abandoned" && self.client.is_some()
    }

    pub(crate) fn who(&self) -> Who {
        if self.is_setup() {
            let name = self.process.as_ref().and_then(|process| process.name.as_deref());
            let title = cut(name.unwrap_or("this program"), 80);
            return Who { key: format!("setup {title}"), title, about: "before any handshake".to_owned() };
        }
        if self.role == "client" { self.server_reached() } else { self.visitor() }
    }

    /// At a server: the client.
    fn visitor(&self) -> Who {
        let address = self.peer.as_ref().map_or("-", |peer| &peer.address);
        let title = match self.client_program.as_deref() {
            Some("firefox") => "Firefox-like browser",
            Some("chromium") => "Chromium-like browser",
            Some("curl") => "curl, or a program like it",
            Some("openssl") => "OpenSSL program",
            Some("go") => "Go program",
            Some("java") => "Java program",
            Some(other) => other,
            None if self.outcome == "not_tls" => "no client of TLS",
            None if self.client.is_none() => "whoever sent no ClientHello",
            None => "TLS client",
        };
        // One that sent no hello has no key; all of one address are one then.
        let key = self.client.clone().unwrap_or_else(|| format!("- {address} {title}"));
        let name = self.tls.client.server_name.as_ref().map(|name| format!("for {name}"));
        let address = (address != "-").then(|| address.to_owned());
        Who { key, title: cut(title, 80), about: about([address, name, self.tls.client.subject.clone()]) }
    }

    /// At a client: the server.
    fn server_reached(&self) -> Who {
        let address = self.peer.as_ref().map(|peer| match peer.address.contains(':') {
            true => format!("[{}]:{}", peer.address, peer.port),
            false => format!("{}:{}", peer.address, peer.port),
        });
        let name = self.tls.client.server_name.clone();
        let shown = address.clone().unwrap_or_else(|| "-".to_owned());
        let key = format!("to {} {shown}", name.as_deref().unwrap_or("-"));
        let title = name.or_else(|| address.clone()).unwrap_or_else(|| "a server".to_owned());
        Who { key, title: cut(&title, 120), about: about([address, None, self.tls.server.subject.clone()]) }
    }
}

/// Of a client that left where its certificate was due.
const LEFT: &str = "left where its certificate was due";

/// The same, once one of its address and kind was let in.
pub(crate) const CAME_BACK: &str = "left where its certificate was due; one of its kind was let in";

fn about(parts: [Option<String>; 3]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().map(|part| cut(&part, 200)).collect();
    parts.join(" · ")
}

/// What came from outside, made inert, and no longer than this.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    neutralize(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_says_what_its_record_says() {
        let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/cases");
        let mut seen = 0;
        for case in super::super::tests::records(&cases) {
            let json = tlsdiag_core::neutralize::json(&case).expect("JSON");
            let (read, made) = (Head::read(&json).expect("a record"), Head::from(&case));
            assert_eq!(format!("{read:?}"), format!("{made:?}"));
            let (state, verdict) = read.judged();
            assert_eq!(state == State::Failed, case.is_failure());
            assert_eq!(state == State::Worked, case.is_healthy());
            assert!(verdict == case.verdict() || case.verdict().starts_with("note."), "{verdict}");
            seen += 1;
        }
        assert!(seen > 100, "the cases were found");
        assert!(Head::read("{\"schema\":\"other/1\"}").is_none() && Head::read("[]").is_none());
    }

    #[test]
    fn what_a_peer_says_is_inert_and_short() {
        assert_eq!(cut("a\u{202e}b\n", 80), r"a\u{202e}b\n");
        assert_eq!(cut(&"é".repeat(90), 80), "é".repeat(80) + "…");
    }
}
