//! `tlsdiag explain`: recorded handshakes, told again.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use tlsdiag_core::report::{JoinedClients, Record, SetupRecord, jsonl, text};

use crate::args::{ExplainArguments, Format};
use crate::error::{self, Error};
use crate::records::{self, Audience};
use crate::say::{print_line, say};

/// Explains each file, as far as it can be read; says on stderr what cannot. The handshakes of one client are judged together, over all
/// files.
pub(crate) fn run(arguments: &ExplainArguments, style: text::Style) -> Result<ExitCode, Error> {
    let mut told = Told {
        out: BufWriter::new(io::stdout().lock()),
        format: arguments.format,
        style,
        failures: 0,
        complaints: 0,
        clients: clients(&arguments.files)?,
        at_once: false,
    };
    let mut done = Ok(());
    for file in &arguments.files {
        told.at_once = !file.is_file();
        done = records::read(file, &mut told);
        if done.is_err() {
            break;
        }
    }
    match done.and_then(|()| told.out.flush().map_err(Error::output)) {
        // Whoever read has seen enough: `tlsdiag explain … | head`.
        Ok(()) | Err(Error::OutputClosed) => Ok(told.exit_code()),
        Err(other) => Err(other),
    }
}

/// A first look at the files that can be read twice.
fn clients(files: &[PathBuf]) -> Result<JoinedClients, Error> {
    struct Look(JoinedClients);
    impl Audience for Look {
        fn record(&mut self, _line: usize, record: Record) -> Result<(), Error> {
            self.0.add(&record);
            Ok(())
        }
        fn setup(&mut self, _setup: SetupRecord) -> Result<(), Error> {
            Ok(())
        }
        /// It is said when the file is told.
        fn complaint(&mut self, _sentence: &str) -> Result<(), Error> {
            Ok(())
        }
    }
    let mut look = Look(JoinedClients::default());
    for file in files.iter().filter(|file| file.is_file()) {
        records::read(file, &mut look)?;
    }
    Ok(look.0.judged())
}

struct Told {
    out: BufWriter<StdoutLock<'static>>,
    format: Format,
    style: text::Style,
    failures: u64,
    complaints: u64,
    clients: JoinedClients,
    /// Whether this file can be read but once.
    at_once: bool,
}

impl Told {
    fn exit_code(&self) -> ExitCode {
        match (self.complaints, self.failures) {
            (0, 0) => error::HEALTHY,
            (0, _) => error::diagnosed(),
            (_, _) => error::trouble(),
        }
    }
}

impl Audience for Told {
    fn record(&mut self, _line: usize, mut record: Record) -> Result<(), Error> {
        if self.at_once {
            self.clients.tell_at_once(&mut record);
        } else {
            self.clients.tell(&mut record);
        }
        self.failures += u64::from(records::is_failure(&record));
        match self.format {
            Format::Text => text::write(&record, &mut self.out, self.style),
            Format::Json => jsonl::write(&record, &mut self.out),
            Format::Causes => print_line!(&mut self.out, "{}", record.verdict()),
        }
        .map_err(Error::output)
    }

    fn setup(&mut self, setup: SetupRecord) -> Result<(), Error> {
        self.failures += 1;
        match self.format {
            Format::Text => setup.write(&mut self.out, self.style),
            Format::Json => jsonl::write(&setup, &mut self.out),
            Format::Causes => print_line!(&mut self.out, "{}", setup.verdict()),
        }
        .map_err(Error::output)
    }

    /// Says what is wrong, below what has been told so far.
    fn complaint(&mut self, sentence: &str) -> Result<(), Error> {
        self.complaints += 1;
        self.out.flush().map_err(Error::output)?;
        say!("{sentence}");
        Ok(())
    }
}
