//! `tlsdiag s_client`: one handshake with somebody else's server, and its report.

mod context;
mod starttls;
mod target;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openssl::ssl::{Ssl, SslVersion};
use tlsdiag_core::report::{Record, text};
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, Handshake, attach_with, diagnose};

use crate::args::ClientArguments;
use crate::error::{self, Error};
use crate::records::is_failure;
use crate::serve::connection::{Connection, Limits};
use crate::serve::journal::Journal;
use crate::serve::reporter::Reporter;
use target::Target;

/// Shakes hands once; the exit code says whether something was wrong.
pub(crate) fn run(arguments: &ClientArguments, style: text::Style) -> Result<ExitCode, Error> {
    let target = Target::parse(arguments.target())?;
    let context = context::build(arguments)?;
    let journal = arguments.jsonl.as_deref().map(Journal::open).transpose()?;
    let reporter = Reporter::new(style, arguments.quiet, journal);
    let patience = Duration::from_secs(arguments.timeout.get());

    let mut socket = target.connect(patience)?;
    if let Some(protocol) = arguments.starttls {
        starttls::ask(&mut socket, protocol, &target, patience)?;
    }
    let broken = |cause: &dyn std::fmt::Display| Error::new(format!("cannot use this connection: {cause}"));
    let peer = socket.peer_addr().map_err(|cause| broken(&cause))?;
    let collector = Arc::new(Collector::new());
    let mut ssl = Ssl::new(&context).map_err(|cause| broken(&cause))?;
    context::name(&mut ssl, arguments, &target)?;
    let mut connection = Connection::new(ssl, socket).map_err(|cause| broken(&cause))?;
    attach_with(connection.ssl(), Arc::clone(&collector), AttachOptions::new().peer(peer))
        .map_err(|cause| broken(&cause))?
        .keep();

    let limits = |patience: Duration| Limits { deadline: Instant::now() + patience, stopped: None };
    if connection.connect(&limits(patience)).is_ok() {
        // Up to TLS 1.2 the server has had the last word already.
        if connection.ssl().version2() == Some(SslVersion::TLS1_3) {
            // Nothing more is wanted than to hear whether it refuses: what it says stands in the record.
            let _ = connection.read(&limits(Duration::from_secs_f64(arguments.wait)));
        }
        connection.close();
    }
    drop(connection.end());

    let mut failed = None;
    for recording in collector.take() {
        let handshake = Handshake::from_recording(&recording)
            .with_expiry_notice(arguments.expires_within)
            .with_signatures_tried(&recording);
        let record = Record::new(&handshake, &diagnose(&handshake));
        reporter.report(&record);
        // Also what passed unverified is what somebody who asks wants to know.
        failed = Some(failed.unwrap_or(false) | (is_failure(&record) || record.cause().is_some()));
    }
    reporter.close()?;
    match failed {
        Some(false) => Ok(error::HEALTHY),
        Some(true) => Ok(error::diagnosed()),
        None => Err(Error::new("nothing was recorded of this handshake")),
    }
}
