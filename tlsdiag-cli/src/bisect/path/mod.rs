//! `bisect --connect`: the same search toward a server, or toward what lies before it: our own ClientHello is what varies.

mod dial;
mod hello;
mod told;

use std::process::ExitCode;
use std::time::Duration;

use super::client::Outcome;
use super::log::Log;
use super::records::Records;
use super::search::{Answer, Found, Measure, Trial, Why, search};
use crate::args::BisectArguments;
use crate::error::Error;
use hello::{Change, Hello};

pub(super) fn run(arguments: &BisectArguments, address: &str, most: u64) -> Result<ExitCode, Error> {
    let (host, port) = split(address)?;
    let name = arguments.servername.clone().or_else(|| hello::name_of(&host));
    let hello = Hello::new(&arguments.offer, name)?;
    let mut bench = Bench {
        peer: dial::resolve(&host, port)?,
        patience: Duration::from_secs(arguments.timeout.get()),
        hello,
        records: Records::new(&arguments.offer)?,
        log: Log::default(),
    };
    let found = bench.find(most)?;
    let probes = bench.probe(&found)?;
    bench.records.close()?;
    told::print(&found, &probes, &bench.hello, &bench.log)
}

/// What two further attempts with the large hello showed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Probes {
    /// Whether it works in small TCP segments.
    segments: Option<bool>,
    /// Whether it works in small TLS records.
    records: Option<bool>,
    /// What works is smaller, and fails when it is padded to the old size.
    size_decides: bool,
    /// Whether a smaller one that offers TLS 1.3 works.
    short: Option<bool>,
}

/// A server and the ClientHello that it is sent.
struct Bench {
    peer: std::net::SocketAddr,
    patience: Duration,
    hello: Hello,
    records: Records,
    log: Log<Change>,
}

impl Bench {
    /// First with the hello that OpenSSL sends, then, where that works, with one as large as today's browsers send.
    fn find(&mut self, most: u64) -> Result<Found<Change>, Error> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let targets = |bench: &mut Bench| bench.hello.targets();
        let found = search(self, targets, Measure::of_program(most))?;
        if found != Found::NothingFails || self.hello.is_large() {
            return Ok(found);
        }
        self.hello.enlarge();
        self.log.start_again();
        search(self, targets, Measure::of_program(most.saturating_sub(1)))
    }

    /// A large hello that is not taken: is it its size as TLS, or that of its packets?
    fn probe(&mut self, found: &Found<Change>) -> Result<Probes, Error> {
        let Found::Changes { minimal, .. } = found else { return Ok(Probes::default()) };
        if !matches!(minimal.changes[..], [Change::NotLarge | Change::NoPostQuantum]) {
            return self.probe_size(&minimal.changes);
        }
        Ok(Probes {
            segments: Some(self.works(&[Change::SmallSegments])?),
            records: Some(self.works(&[Change::SmallRecords])?),
            ..Probes::default()
        })
    }

    /// A change that makes the hello smaller as well proves nothing before the same is as large as it was.
    fn probe_size(&mut self, changes: &[Change]) -> Result<Probes, Error> {
        if self.hello.length(changes)? >= self.hello.length(&[])? {
            return Ok(Probes::default());
        }
        let with = |more| [changes, &[more]].concat();
        // An unknown extension that is empty tells whether it is the size or the extension that is not taken.
        let size_decides = !self.works(&with(Change::Padded))? && self.works(&with(Change::Greased))?;
        let short = if size_decides { Some(self.works(&[Change::Short])?) } else { None };
        Ok(Probes { size_decides, short, ..Probes::default() })
    }

    fn works(&mut self, changes: &[Change]) -> Result<bool, Error> {
        Ok(self.attempt(changes, Why::Part)? == Answer::Works)
    }
}

impl Trial for Bench {
    type Change = Change;
    type Error = Error;

    fn is_possible(&self, changes: &[Change]) -> bool {
        self.hello.is_possible(changes)
    }

    fn attempt(&mut self, changes: &[Change], why: Why) -> Result<Answer, Error> {
        let record = dial::meet(self.peer, &self.hello, changes, self.patience)?;
        let works = record
            .as_ref()
            .is_some_and(|record| matches!(&*record.outcome, "established" | "established_unverified"));
        record.iter().for_each(|record| self.records.take(record));
        let words = match changes {
            [] => format!("the ClientHello {}", self.hello.called()),
            _ => told::clause(changes, &self.hello),
        };
        let outcome = Outcome { works, records: record.into_iter().collect(), ended: None };
        Ok(self.log.add(changes, &words, why, outcome))
    }
}

fn split(address: &str) -> Result<(String, u16), Error> {
    let found = address.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    let bare = |host: &str| host.trim_start_matches('[').trim_end_matches(']').to_owned();
    found
        .filter(|(host, _)| !host.is_empty())
        .map(|(host, port)| (bare(host), port))
        .ok_or_else(|| Error::new(format!("--connect {address}: write HOST:PORT, such as example.org:443")))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        assert_eq!(split("example.org:443").expect("good"), ("example.org".to_owned(), 443));
        assert_eq!(split("[::1]:8443").expect("good"), ("::1".to_owned(), 8443));
        for wrong in ["example.org", ":443", "a:b", ""] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
