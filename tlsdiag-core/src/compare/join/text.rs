//! What two ends recorded, for people at a terminal.

use std::io::{self, Write};

use super::{Joined, Moment, Way};
use crate::report::Record;
use crate::report::page::{Page, bold, painted, plain};
use crate::report::text::{Style, address, ending};

impl Joined<'_> {
    /// Writes it, with an empty line behind it: the verdict, how the ends relate, how we know, and what happened.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut impl Write, style: Style) -> io::Result<()> {
        let mut page = Page::new(style);
        match &self.finding {
            Some(finding) => {
                let color = if finding.severity == "warning" { "1;33" } else { "1;31" };
                let confidence = format!("  ({})", finding.confidence);
                page.spans(&[painted(color, self.verdict()), plain(&confidence)]);
                page.paragraph("  ", &finding.summary);
            }
            None => page.spans(&[bold(self.verdict())]),
        }
        page.line("");
        page.paragraph("  ", &self.relation);
        for record in [self.client, self.server] {
            page.paragraph("  ", &one_end(record));
        }
        if let Some(finding) = &self.finding {
            page.finding(finding);
        }
        if !self.moments.is_empty() {
            page.heading("What happened, in milliseconds since each end's own start");
            page.line("        client     server");
            for moment in &self.moments {
                page.moment(moment);
            }
        }
        page.line("");
        out.write_all(page.into_text().as_bytes())
    }
}

fn one_end(record: &Record) -> String {
    let peer = record
        .peer
        .as_ref()
        .map_or_else(String::new, |peer| format!(", peer {}", address(&peer.address, peer.port)));
    format!("{}{peer}: {}, {}", record.role, record.verdict(), ending(record))
}

impl Page {
    fn moment(&mut self, moment: &Moment) {
        let time = |micros: Option<u64>| {
            micros.map_or_else(String::new, |micros| format!("{}.{}", micros / 1000, micros % 1000 / 100))
        };
        let arrow = match (moment.way, moment.client_us, moment.server_us) {
            (Some(Way::ToServer), _, _) => "->",
            (Some(Way::ToClient), _, _) => "<-",
            (None, Some(_), _) => "client:",
            (None, None, _) => "server:",
        };
        let lost = match (moment.way, moment.client_us, moment.server_us) {
            (Some(Way::ToServer), _, None) => " (the server did not see it)",
            (Some(Way::ToServer), None, _) => " (the client did not send it)",
            (Some(Way::ToClient), None, _) => " (the client did not see it)",
            (Some(Way::ToClient), _, None) => " (the server did not send it)",
            _ => "",
        };
        let head = format!("    {:>10} {:>10}  {arrow} ", time(moment.client_us), time(moment.server_us));
        self.paragraph_hanging(&head, &" ".repeat(30), &format!("{}{lost}", moment.what));
    }
}
