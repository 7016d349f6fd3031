//! The published form of a setup that failed before any handshake, and its report.

use std::fmt::Write as _;
use std::io;
use std::time::SystemTime;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::page::{Page, painted, plain};
use super::record::{Process, arrange_setup, finding, rfc3339};
use super::style::Style;
use super::{DiagnosisRecord, FindingRecord, Record};
use crate::diagnose::setup::diagnose_setup;
use crate::diagnose::{ResultClass, library};
use crate::event::setup::SetupFailure;
use crate::neutralize::neutralize;

/// A call that sets up certificates, keys, trusted certificates or cipher suites, and that failed: one line of a JSON lines file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SetupRecord {
    /// Always `tlsdiag.setup/1`.
    pub schema: String,
    /// Unique among all records.
    pub id: String,
    /// When the call failed, RFC 3339 in UTC.
    pub time: String,
    /// The TLS library in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub library: String,
    /// The process that made the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<Process>,
    /// OpenSSL's function, such as `SSL_CTX_use_PrivateKey_file`.
    pub function: String,
    /// The file or folder that it was given, or from which it read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it was given that is no file: a list of cipher suites, a command with its value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The file that the own certificate came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<String>,
    /// The file that the private key came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<String>,
    /// What it left in the error queue, oldest first.
    #[serde(default)]
    pub errors: Vec<SetupErrorRecord>,
    /// Why it failed.
    pub diagnosis: DiagnosisRecord,
}

/// An entry of OpenSSL's error queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct SetupErrorRecord {
    /// `ERR_GET_LIB`.
    pub library: i32,
    /// `ERR_GET_REASON`.
    pub reason: i32,
    /// Both in the library's words, with the data that was attached.
    pub text: String,
}

/// A line of a file of JSON lines.
#[derive(Clone, PartialEq, Debug)]
#[non_exhaustive]
pub enum Line {
    /// A handshake.
    Handshake(Box<Record>),
    /// A setup that failed.
    Setup(Box<SetupRecord>),
}

impl Line {
    /// The handshake, if it is one.
    #[must_use]
    pub fn handshake(self) -> Option<Record> {
        match self {
            Line::Handshake(record) => Some(*record),
            Line::Setup(_) => None,
        }
    }
}

/// The JSON Schema of a [`SetupRecord`], as it is published in `schema/setup-1.json`.
#[must_use]
pub fn setup_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(SetupRecord).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("$id".to_owned(), "urn:tlsdiag:schema:setup-1".into());
    }
    schema
}

impl SetupRecord {
    /// What the schema field says.
    pub const SCHEMA: &'static str = "tlsdiag.setup/1";

    /// The record of a call that failed in this process.
    #[must_use]
    pub fn new(failure: &SetupFailure) -> Self {
        SetupRecord::from_process(failure, Process::this())
    }

    /// The record of a call that failed in that process.
    #[must_use]
    pub fn from_process(failure: &SetupFailure, process: Process) -> Self {
        let since = failure.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let mut findings: Vec<FindingRecord> = diagnose_setup(failure).iter().map(finding).collect();
        arrange_setup(&mut findings, &process);
        let error = |error: &crate::event::LibraryError| SetupErrorRecord {
            library: error.library,
            reason: error.reason,
            text: library::show(error),
        };
        SetupRecord {
            schema: Self::SCHEMA.to_owned(),
            id: format!("{:x}-{:x}-setup", since.as_nanos(), process.pid),
            time: rfc3339(since),
            library: failure.library.clone(),
            process: Some(process),
            function: failure.function.clone(),
            file: failure.file.clone(),
            value: failure.value.clone(),
            certificate_file: failure.certificate_file.clone(),
            key_file: failure.key_file.clone(),
            errors: failure.errors.iter().map(error).collect(),
            diagnosis: DiagnosisRecord {
                cause: findings.first().map(|first| first.cause.clone()),
                result: ResultClass::UnknownFailure.name().to_owned(),
                findings,
            },
        }
    }

    /// The code of the root cause, if one was found.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.diagnosis.cause.as_deref()
    }

    /// The verdict in one word: the cause's code, or `unexplained`.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.cause().unwrap_or("unexplained")
    }

    /// The verdict in one line, for a log: cause, program, function, confidence and the sentence.
    #[must_use]
    pub fn one_line(&self) -> String {
        let mut line = format!("{} (setup", self.verdict());
        if let Some(name) = self.process.as_ref().and_then(|process| process.name.as_ref()) {
            let _ = write!(line, " of {name}");
        }
        let _ = write!(line, ", {}", self.function);
        let finding = self.diagnosis.findings.first();
        if let Some(finding) = finding {
            let _ = write!(line, ", {}", finding.confidence);
        }
        line.push_str("): ");
        match finding {
            Some(finding) => line.push_str(&finding.summary),
            None => line.push_str(&self.library_said()),
        }
        neutralize(&line).into_owned()
    }

    /// The error queue in a row; where it is empty, what is known.
    fn library_said(&self) -> String {
        let errors: Vec<_> = self.errors.iter().map(|error| error.text.as_str()).collect();
        let said = if errors.is_empty() { "it failed without a word".to_owned() } else { errors.join("; ") };
        match self.file.as_ref().or(self.value.as_ref()) {
            Some(named) => format!("{named}: {said}"),
            None => said,
        }
    }

    /// Writes the whole report, with an empty line behind it.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut impl io::Write, style: Style) -> io::Result<()> {
        let mut page = Page::new(style);
        match self.diagnosis.findings.first() {
            Some(finding) => {
                let confidence = format!("  ({})", finding.confidence);
                page.spans(&[painted("1;31", &finding.cause), plain(&confidence)]);
                page.paragraph("  ", &finding.summary);
            }
            None => {
                page.spans(&[painted("1;31", "unexplained"), plain("  no rule knows this failure")]);
                page.paragraph("  ", &format!("{} failed: {}", self.function, self.library_said()));
            }
        }
        let mut about = vec!["before any handshake".to_owned()];
        if let Some(process) = &self.process {
            let name = process.name.as_deref().unwrap_or("the program");
            about.push(format!("{name} (pid {})", process.pid));
        }
        about.push(self.time.clone());
        about.extend(Some(self.library.clone()).filter(|library| !library.is_empty()));
        page.line("");
        page.paragraph("  ", &about.join(", "));
        for finding in &self.diagnosis.findings {
            page.finding(finding);
        }
        page.line("");
        out.write_all(page.into_text().as_bytes())
    }
}

#[cfg(test)]
mod tests;
