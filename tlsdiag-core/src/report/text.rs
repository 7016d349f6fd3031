//! The report for people at a terminal: what happened, how we know, what to do. Readable at 80 columns and without colour.

use std::fmt::Write as _;
use std::io::{self, Write};

pub use super::page::milliseconds;
use super::page::{Page, bold, painted, plain};
use super::record::{Code, EventRecord, FindingRecord, Record};
use super::remedies;
pub use super::style::Style;
use crate::neutralize::neutralize;

impl Record {
    /// The verdict in one word: the cause's code, `ok` for a healthy handshake, the code of a note for one that was not completed and is
    /// no failure, `unexplained` for a failure that no rule explains.
    #[must_use]
    pub fn verdict(&self) -> &str {
        self.diagnosis.verdict(&self.outcome)
    }

    /// The findings that are notes: what happened, and is no failure.
    pub fn notes(&self) -> impl Iterator<Item = &FindingRecord> {
        self.diagnosis.notes()
    }

    /// Whether there is something to mend: a finding that is an error, or no connection and no note that says why that is none.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.diagnosis.is_failure(self.tls.established)
    }

    /// The code of the root cause, if one was found.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.diagnosis.cause.as_deref()
    }

    /// Whether there is nothing to mend: established, verified or not, and no finding that is more than a note.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.diagnosis.is_healthy(&self.outcome)
    }

    /// Whether whoever wants failures alone need not see it: healthy, and with nothing to say of the client's earlier handshakes.
    #[must_use]
    pub fn says_nothing(&self) -> bool {
        self.is_healthy() && self.earlier.is_empty()
    }

    /// What it says of the client's earlier handshakes, in one clause for each thing that became of them.
    fn said_of_earlier(&self) -> Vec<String> {
        ["confirmed", "withdrawn"]
            .iter()
            .filter_map(|became| {
                let mut told = self.earlier.iter().filter(|one| one.became == **became);
                let (last, count) = (told.clone().next_back()?, told.clone().count());
                let cause = &told.next()?.cause;
                let which = match count {
                    1 => "of an earlier connection of this client".to_owned(),
                    more => format!("of {more} earlier connections of this client"),
                };
                Some(format!("{cause} {became}, {which}: {}", last.why))
            })
            .collect()
    }

    /// What the library found in the peer's certificate first, where it was let pass, as a clause.
    #[must_use]
    pub fn let_pass(&self) -> Option<String> {
        let peer = if self.role == "client" { "server" } else { "client" };
        let found = self.events.iter().filter(|event| event.kind == "verify");
        let fault = found.filter_map(|event| event.name.as_deref()?.strip_suffix(", let pass")).next()?;
        Some(format!("the {peer}'s certificate did not verify: {fault}"))
    }

    /// The library's error queue at the failure, in its own words.
    fn library_said(&self) -> Option<&str> {
        self.events.iter().rev().find(|event| event.kind == "library_errors")?.name.as_deref()
    }

    /// What broke it off, in the words of whoever did: the library's error queue, else the last alert that says something.
    #[must_use]
    pub fn last_words(&self) -> Option<String> {
        if let Some(said) = self.library_said() {
            return Some(said.to_owned());
        }
        let goodbye = |name: &str| name.ends_with("close_notify");
        let alert =
            self.events.iter().rev().find(|event| {
                event.kind == "alert" && event.name.as_deref().is_some_and(|name| !goodbye(name))
            });
        let Some(alert) = alert else {
            let end = self.events.iter().rev().find(|event| event.kind == "transport")?;
            return Some(format!("transport: {}", end.name.as_deref().unwrap_or_default()));
        };
        let way = alert.direction.as_deref().unwrap_or_default();
        Some(format!("alert {way}: {}", alert.name.as_deref().unwrap_or_default()))
    }

    /// The verdict in one line, for a log: cause or outcome, side, peer, server name, version, confidence and the sentence.
    #[must_use]
    pub fn one_line(&self) -> String {
        let mut line = format!("{} ({}", self.verdict(), self.role);
        if let Some(peer) = &self.peer {
            let _ = write!(line, ", peer {}", address(&peer.address, peer.port));
        }
        if let Some(name) = &self.tls.client.server_name {
            let _ = write!(line, ", for {name}");
        }
        if let Some(protocol) = &self.tls.protocol {
            let _ = write!(line, ", {} {}", protocol.name.to_uppercase(), protocol.version);
        }
        let finding =
            self.diagnosis.findings.first().filter(|finding| self.verdict() != "ok" || !finding.is_note());
        if let Some(finding) = finding {
            let _ = write!(line, ", {}", finding.confidence);
        }
        line.push(')');
        match finding {
            Some(finding) => {
                let _ = write!(line, ": {}", finding.summary);
            }
            None if self.verdict() == "unexplained" => {
                if let Some(said) = self.last_words() {
                    let _ = write!(line, ": {said}");
                }
                let _ = write!(line, ": {}", ending(self));
            }
            _ => {}
        }
        for said in self.said_of_earlier() {
            let _ = write!(line, "; {said}");
        }
        neutralize(&line).into_owned()
    }
}

/// Writes the whole report of one handshake, with an empty line behind it.
///
/// # Errors
///
/// Those of `out`.
pub fn write(record: &Record, out: &mut impl Write, style: Style) -> io::Result<()> {
    let mut page = Page::new(style);
    page.record(record);
    page.line("");
    out.write_all(page.into_text().as_bytes())
}

pub(crate) fn address(address: &str, port: u16) -> String {
    if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
}

/// `failed by the peer at server_hello`, in words.
pub(crate) fn ending(record: &Record) -> String {
    let what = record.outcome.replace('_', " ");
    let by = match record.by.as_deref() {
        Some("local") => " by this side",
        Some("peer") => " by the peer",
        Some("transport") => " with the connection",
        _ => "",
    };
    let stage = record.stage.as_ref().map_or_else(String::new, |stage| format!(" at {stage}"));
    format!("{what}{by}{stage}")
}

impl Page {
    fn record(&mut self, record: &Record) {
        if record.verdict() == "ok" && record.diagnosis.findings.is_empty() && record.earlier.is_empty() {
            self.healthy(record);
        } else {
            self.unhealthy(record);
        }
        if self.style.full {
            self.offers(record);
        }
    }

    /// Nothing to say: five lines at most.
    fn healthy(&mut self, record: &Record) {
        self.spans(&[painted("1;32", "ok"), plain("  "), plain(&record.outcome.replace('_', " "))]);
        let mut items = vec![here(record)];
        items.extend(record.let_pass());
        items.extend(negotiated(record));
        // How it came is no news, and five lines are few.
        items.extend(client_certificate(record).into_iter().take(1));
        items.extend(when(record));
        self.flow("  ", &items, 4);
        if self.style.full && self.style.timeline {
            self.timeline(record);
        }
    }

    /// What happened and what to do come first, then how it is known; what was offered stands last.
    fn unhealthy(&mut self, record: &Record) {
        match record.diagnosis.findings.first() {
            Some(finding) if record.verdict() != "ok" || !finding.is_note() => {
                let code = match finding.severity.as_str() {
                    "note" => "1;36",
                    "warning" => "1;33",
                    _ => "1;31",
                };
                let confidence = format!("  ({})", finding.confidence);
                self.spans(&[painted(code, &finding.cause), plain(&confidence)]);
                self.paragraph("  ", &finding.summary);
            }
            _ if record.verdict() == "ok" => {
                self.spans(&[painted("1;32", "ok"), plain("  "), plain(&record.outcome.replace('_', " "))]);
            }
            _ => {
                self.spans(&[painted("1;31", "unexplained"), plain("  no rule knows this failure")]);
                if let Some(said) = record.last_words() {
                    self.paragraph("  ", &said);
                }
            }
        }
        self.line("");
        self.facts(record);
        for (place, finding) in record.diagnosis.findings.iter().enumerate() {
            if place > 0 || record.verdict() == "ok" && finding.is_note() {
                self.line("");
                let confidence = format!("  ({})", finding.confidence);
                self.spans(&[plain("Also: "), bold(&finding.cause), plain(&confidence)]);
                self.paragraph("  ", &finding.summary);
            }
            self.finding(finding);
        }
        if !record.earlier.is_empty() {
            self.heading("What it says of the client's earlier connections");
            for one in &record.earlier {
                self.item(&format!("{}: {} {}: {}", one.id, one.cause, one.became, one.why));
            }
        }
        if self.style.timeline {
            self.timeline(record);
        }
    }

    fn timeline(&mut self, record: &Record) {
        if !record.events.is_empty() {
            self.heading("What happened");
            for event in &record.events {
                self.event(event);
            }
        }
    }

    fn facts(&mut self, record: &Record) {
        let ended = if record.verdict() == "ok" { String::new() } else { format!(": {}", ending(record)) };
        self.paragraph("  ", &format!("{}{ended}", here(record)));
        let parts = negotiated(record);
        if !parts.is_empty() {
            self.paragraph("  ", &parts.join(", "));
        }
        let certificate = client_certificate(record);
        if !certificate.is_empty() {
            self.paragraph("  ", &certificate.join(", "));
        }
        self.paragraph("  ", &when(record).join(", "));
    }

    pub(crate) fn finding(&mut self, finding: &FindingRecord) {
        if !finding.explanation.is_empty() {
            self.line("");
            self.paragraph("  ", &finding.explanation);
        }
        if !finding.advice.is_empty() {
            self.heading("What to do");
            self.remedies(&remedies::shown(finding, self.style.full));
        }
        if !finding.evidence.is_empty() {
            self.heading("How we know");
            for seen in &finding.evidence {
                let event = seen.event.map_or_else(String::new, |event| format!("#{event} "));
                self.item(&format!("{event}{}: {}", seen.field, seen.value));
            }
        }
        if !finding.alternatives.is_empty() {
            self.heading("It could also be");
            for other in &finding.alternatives {
                self.item(&format!("{}: {}", other.cause, other.tell));
            }
        }
        if !finding.ruled_out.is_empty() {
            self.heading("It is not");
            for other in &finding.ruled_out {
                self.item(&format!("{}: {}", other.cause, other.reason));
            }
        }
    }

    fn offers(&mut self, record: &Record) {
        if let Some(offer) = &record.offer {
            self.heading("What the client offered");
            self.list("versions", &offer.versions);
            self.list("cipher suites", &offer.cipher_suites);
            self.list("groups", offer.groups.as_deref().unwrap_or_default());
            self.list("key shares", offer.key_shares.as_deref().unwrap_or_default());
            self.list("signature schemes", offer.signature_schemes.as_deref().unwrap_or_default());
            let extensions: Vec<_> =
                offer.extensions.iter().map(|extension| extension.name.as_str()).collect();
            self.item(&format!("extensions: {}", extensions.join(", ")));
        }
        if let Some(request) = &record.certificate_request {
            self.heading("What the server asked of the client's certificate");
            self.list("signature schemes", request.signature_schemes.as_deref().unwrap_or_default());
            self.list("types", request.certificate_types.as_deref().unwrap_or_default());
            let authorities = match &request.authorities[..] {
                [] => "any".to_owned(),
                some => some.join(" | "),
            };
            self.item(&format!("CAs: {authorities}"));
        }
    }

    fn list(&mut self, what: &str, codes: &[Code]) {
        if !codes.is_empty() {
            self.item(&format!("{what}: {}", names(codes)));
        }
    }

    fn event(&mut self, event: &EventRecord) {
        let arrow = match event.direction.as_deref() {
            Some("sent") => "->",
            Some("received") => "<-",
            _ => "  ",
        };
        let name = event.name.as_deref().unwrap_or_default();
        let what = match event.kind.as_str() {
            "message" => name.to_owned(),
            "not_tls" => format!("no TLS: \"{name}\""),
            kind if name.is_empty() => kind.replace('_', " "),
            kind => format!("{} {name}", kind.replace('_', " ")),
        };
        let size = event.size.map_or_else(String::new, |size| format!(", {size} bytes"));
        let number = format!("#{}", event.event);
        self.paragraph_hanging(
            &format!("  {number:>5} {:>10}  {arrow} ", milliseconds(event.time_us)),
            "                       ",
            &format!("{what}{size}"),
        );
    }
}

/// `server side, peer 192.0.2.7:443`.
fn here(record: &Record) -> String {
    let peer = record
        .peer
        .as_ref()
        .map_or_else(String::new, |peer| format!(", peer {}", address(&peer.address, peer.port)));
    format!("{} side{peer}", record.role)
}

/// What was negotiated: version, cipher suite, group, scheme, protocol, and the name asked for.
fn negotiated(record: &Record) -> Vec<String> {
    let tls = &record.tls;
    let mut parts = Vec::new();
    if let Some(protocol) = &tls.protocol {
        parts.push(format!("{} {}", protocol.name.to_uppercase(), protocol.version));
    }
    parts.extend([&tls.cipher, &tls.curve].into_iter().flatten().cloned());
    if let Some(scheme) = record.answer.as_ref().and_then(|answer| answer.signature_scheme.as_ref()) {
        parts.push(scheme.name.clone());
    }
    if let Some(protocol) = &tls.next_protocol {
        parts.push(format!("ALPN {protocol}"));
    }
    if let Some(name) = &tls.client.server_name {
        parts.push(format!("for {name}"));
    }
    if tls.resumed {
        parts.push("resumed".to_owned());
    }
    parts
}

/// Whose certificate the client sent, and how it came.
fn client_certificate(record: &Record) -> Vec<String> {
    let none_came = record.certificates.client.as_ref().is_some_and(Vec::is_empty);
    if none_came && record.certificate_request.is_some() {
        return vec!["client certificate: asked for, none sent".to_owned()];
    }
    let Some(subject) = &record.tls.client.subject else { return Vec::new() };
    let how = record.certificates.client_compression.as_ref().map(|how| {
        let Code { name, .. } = &how.algorithm;
        format!("compressed with {name}: {} of {} bytes", how.size, how.uncompressed_size)
    });
    std::iter::once(format!("client certificate {subject}")).chain(how).collect()
}

fn when(record: &Record) -> Vec<String> {
    vec![record.time.clone(), format!("took {}", milliseconds(record.duration_us)), record.library.clone()]
}

/// Names of code points in a row.
fn names(codes: &[Code]) -> String {
    codes.iter().map(|code| code.name.as_str()).collect::<Vec<_>>().join(", ")
}
