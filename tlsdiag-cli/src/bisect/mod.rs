//! `tlsdiag bisect`: finds the smallest change that makes a failing client, or server, work, and proves it by going back and forth.

mod answer;
mod client;
mod configuration;
mod known;
mod log;
mod minimal;
mod offer;
mod path;
mod records;
mod search;
mod stand;
mod targets;
mod words;

use std::num::NonZeroU64;
use std::process::ExitCode;
use std::time::Duration;

use tlsdiag_core::report::Record;

use crate::args::BisectArguments;
use crate::error::{Error, Reason};
use crate::say::say;
use crate::serve::context::Setup;
use client::{Client, Command, Reload, url, watch_signals};
use configuration::Configuration;
use known::Known;
use log::Log;
use offer::Change;
use records::Records;
use search::{Answer, Measure, Trial, Why, search};
use stand::Stand;

/// Where somebody has to reload a page for each, and where not.
const MOST: (u64, u64) = (14, 150);

pub(crate) fn run(arguments: &BisectArguments) -> Result<ExitCode, Error> {
    let most = match arguments.attempts.map(NonZeroU64::get) {
        Some(most) => most,
        None if arguments.client.is_none() && arguments.connect.is_none() => MOST.0,
        None => MOST.1,
    };
    match &arguments.connect {
        Some(address) => path::run(arguments, address, most),
        None => serve(arguments, most),
    }
}

/// Varies what a client is offered.
fn serve(arguments: &BisectArguments, most: u64) -> Result<ExitCode, Error> {
    let patience = Duration::from_secs(arguments.timeout.get());
    let known = Known::new()?;
    let configuration = Configuration::new(&arguments.offer, &known)?;
    // The certificates are made, and the options understood, before anybody is asked to come.
    let setup = Setup::new(&arguments.offer)?;
    let stand = Stand::new(&arguments.offer, patience, arguments.client.is_some())?;
    let (host, port) = (host(&arguments.offer.host), stand.address.port());
    let client = match &arguments.client {
        Some(command) => {
            watch_signals()
                .map_err(|cause| Error::new(format!("cannot watch for signals: {}", Reason(&cause))))?;
            Client::Command(Command::new(command, &host, port, patience))
        }
        None => {
            say!("listening on {}", stand.address);
            if let Some(greeting) = setup.greeting(stand.address) {
                say!("{greeting}");
            }
            Client::Reload(Reload::new(url(&host, port), most))
        }
    };
    drop(setup);
    let records = Records::new(&arguments.offer)?;
    let mut bench = Bench { configuration, stand, client, records, log: Log::default(), number: 0 };
    let targets = |bench: &mut Bench| {
        let verdict = bench.log.verdict().map(Record::verdict).unwrap_or_default();
        targets::targets(bench.configuration.offer(), &known, verdict)
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let measure = match bench.client {
        Client::Command(_) => Measure::of_program(most),
        Client::Reload(_) => Measure::of_person(most),
    };
    let found = search(&mut bench, targets, measure)?;
    let Bench { configuration, records, log, .. } = bench;
    records.close()?;
    answer::print(&found, &configuration, &log)
}

/// The name under which a client finds this server.
fn host(named: &Option<String>) -> String {
    match named.as_deref() {
        None | Some("*") => "localhost".to_owned(),
        Some(host) => host.trim_start_matches('[').trim_end_matches(']').to_owned(),
    }
}

/// A client at a server that can be changed.
struct Bench {
    configuration: Configuration,
    stand: Stand,
    client: Client,
    records: Records,
    log: Log<Change>,
    number: u64,
}

impl Trial for Bench {
    type Change = Change;
    type Error = Error;

    fn is_possible(&self, changes: &[Change]) -> bool {
        self.configuration.offer().changed(changes).is_possible()
    }

    fn attempt(&mut self, changes: &[Change], why: Why) -> Result<Answer, Error> {
        self.number += 1;
        let context = self.configuration.context(changes)?;
        let mut serving = self.stand.serve(context, self.number)?;
        let outcome = self.client.attempt(&mut serving)?;
        for record in &outcome.records {
            self.records.take(record);
        }
        Ok(self.log.add(changes, &words::short(changes), why, outcome))
    }
}
