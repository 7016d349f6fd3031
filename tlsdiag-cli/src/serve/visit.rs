//! One connection, from its first byte to its report.

use std::io::PipeReader;
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use openssl::ssl::{Ssl, SslContext};
use tlsdiag_console::book::{Book, Lookup};
use tlsdiag_console::page;
use tlsdiag_core::report::{Clients, Meeting, Process, Record, text};
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, Handshake, attach_with};

use super::connection::{self, Connection, Limits};
use super::http;
use crate::error::Error;

/// How long a peer may take to hang up when everything is said.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where a record is handed on, as soon as its handshake has ended.
pub(crate) trait Report {
    fn report(&self, record: &Record);
}

/// What all connections have in common.
pub(crate) struct Visit<R> {
    pub(crate) context: SslContext,
    pub(crate) reporter: R,
    pub(crate) patience: Duration,
    pub(crate) expires_within: Option<u32>,
    /// Who has been here.
    pub(crate) clients: Arc<Mutex<Clients>>,
    /// Their handshakes, for pages.
    pub(crate) book: Arc<Book>,
    pub(crate) stopped: PipeReader,
}

impl<R: Report> Visit<R> {
    /// Shakes hands, answers, closes; the report is written as soon as the handshake has ended.
    pub(crate) fn receive(&self, socket: TcpStream, peer: SocketAddr) -> Result<(), Error> {
        let broken =
            |cause: &dyn std::fmt::Display| Error::new(format!("cannot serve this connection: {cause}"));
        let collector = Arc::new(Collector::with_capacity(16));
        let ssl = Ssl::new(&self.context).map_err(|cause| broken(&cause))?;
        let mut connection = Connection::new(ssl, socket).map_err(|cause| broken(&cause))?;
        let recorder = Arc::clone(&collector);
        attach_with(connection.ssl(), recorder, AttachOptions::new().peer(peer))
            .map_err(|cause| broken(&cause))?
            .keep();

        let mut told = Told { visit: self, collector: &collector, report: None };
        if connection.accept(&self.limits(self.patience)).is_ok() {
            told.tell();
            self.converse(&mut connection, &mut told);
        }
        told.tell();
        let socket = connection.end();
        told.tell();
        connection::take_leave(&socket, &self.limits(FAREWELL));
        Ok(())
    }

    fn converse(&self, connection: &mut Connection, told: &mut Told<'_, R>) {
        let limits = self.limits(self.patience);
        let mut request = Vec::new();
        while let Ok(bytes @ [_, ..]) = connection.read(&limits) {
            request.extend_from_slice(bytes);
            if !http::is_request(&request)
                || http::is_complete(&request)
                || request.len() > http::LONGEST_REQUEST
            {
                break;
            }
        }
        told.tell();
        if !request.is_empty() {
            let bytes = match &told.report {
                Some((number, _)) if http::wants_page(&request) => http::page(&request, &self.page(*number)),
                told => {
                    let text = told.as_ref().map(|(_, record)| report(record)).unwrap_or_default();
                    if http::is_request(&request) { http::answer(&request, &text) } else { text.into_bytes() }
                }
            };
            // A peer that has gone has its report all the same.
            if connection.write(&bytes, &limits).is_err() {
                return;
            }
        }
        connection.close();
    }

    /// The page of a handshake, with that client's earlier ones.
    fn page(&self, number: u64) -> String {
        match self.book.lookup(number) {
            Lookup::Handshake(picked) => page::own(picked.shown()).into_string(),
            // A thousand others have ended since.
            _ => "The handshake is no longer kept.".to_owned(),
        }
    }

    fn limits(&self, patience: Duration) -> Limits<'_> {
        Limits { deadline: Instant::now() + patience, stopped: Some(&self.stopped) }
    }
}

/// What this connection has reported.
struct Told<'a, R> {
    visit: &'a Visit<R>,
    collector: &'a Collector,
    /// The latest, with its number in the book.
    report: Option<(u64, Record)>,
}

impl<R: Report> Told<'_, R> {
    /// Reports what has ended since it was asked last.
    fn tell(&mut self) {
        for recording in self.collector.take() {
            let handshake = Handshake::from_recording(&recording)
                .with_expiry_notice(self.visit.expires_within)
                .with_signatures_tried(&recording);
            let clients = || self.visit.clients.lock().unwrap_or_else(PoisonError::into_inner);
            let mut meeting = Meeting::of(&handshake, Process::this());
            clients().recall(&mut meeting);
            let record = meeting.judge(&handshake);
            clients().keep(meeting);
            let number = self.visit.book.record(&record);
            self.visit.reporter.report(&record);
            self.report = Some((number, record));
        }
    }
}

fn report(record: &Record) -> String {
    let mut page = Vec::new();
    let written = text::write(record, &mut page, text::Style::default());
    written.ok().and_then(|()| String::from_utf8(page).ok()).unwrap_or_default()
}
