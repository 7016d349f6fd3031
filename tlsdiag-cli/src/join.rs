//! `tlsdiag join`: a client's and a server's records of the same connections.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use tlsdiag_core::compare;
use tlsdiag_core::report::text::Style;

use crate::args::{JoinArguments, Layout};
use crate::count::counted;
use crate::error::{self, Error};
use crate::records::{self, Placed, Source};
use crate::say::{print_json, print_line, say};

/// Joins all pairs; the exit code says whether one of them failed.
pub(crate) fn run(arguments: &JoinArguments, style: Style) -> Result<ExitCode, Error> {
    let mut sources = vec![Source::parse(&arguments.first)?];
    if let Some(second) = &arguments.second {
        let second = Source::parse(second)?;
        // One file that holds both ends is read once.
        if !sources.contains(&second) {
            sources.push(second);
        }
    }
    let mut complaints = 0;
    let mut all = Vec::new();
    for source in &sources {
        let (records, _) = records::collect(source, &mut complaints, |kept, placed| kept.push(placed))?;
        if records.is_empty() {
            return Err(Error::Told);
        }
        all.extend(records);
    }
    let names: Vec<String> = sources.iter().map(Source::name).collect();
    let (pairs, alone) = pairs(&all);
    if pairs.is_empty() {
        return Err(Error::new(format!(
            "no two of the {} records in {} are the client's and the server's of one connection: they are told by the \
             random value of the ClientHello (offer.random)",
            all.len(),
            names.join(" and ")
        )));
    }

    let mut out = BufWriter::new(io::stdout().lock());
    let mut failures = 0_u64;
    for (number, (a, b)) in pairs.iter().enumerate() {
        let Some(joined) = compare::join(&a.record, &b.record) else { continue };
        failures += u64::from(
            joined.finding.is_some() || records::is_failure(&a.record) || records::is_failure(&b.record),
        );
        let (client, server) = if a.record.role == "client" { (a, b) } else { (b, a) };
        match arguments.format {
            Layout::Text => {
                let print = |out: &mut BufWriter<io::StdoutLock<'_>>| {
                    if number > 0 {
                        print_line!(out)?;
                    }
                    print_line!(out, "client  {client}")?;
                    print_line!(out, "server  {server}")?;
                    print_line!(out)?;
                    joined.write(out, style)
                };
                print(&mut out).map_err(Error::output)?;
            }
            Layout::Json => {
                let mut json = joined.to_json();
                json["schema"] = "tlsdiag.join/1".into();
                for (name, placed) in [("client", client), ("server", server)] {
                    json[name]["file"] = placed.file.clone().into();
                    json[name]["line"] = placed.line.into();
                }
                print_json(&mut out, &json)?;
            }
        }
    }
    out.flush().map_err(Error::output)?;
    if let Some(first) = alone.first() {
        let connections = counted(pairs.len() as u64, "connection");
        let records = counted(alone.len() as u64, "record");
        say!("{connections} joined; the other end of {records} is not here, first of {first}");
    }
    Ok(match (complaints, failures) {
        (0, 0) => error::HEALTHY,
        (0, _) => error::diagnosed(),
        _ => error::trouble(),
    })
}

type Pair<'a> = (&'a Placed, &'a Placed);

/// Each record with the other end's of the same connection, in the order in which the pairs are complete; and those left.
fn pairs(all: &[Placed]) -> (Vec<Pair<'_>>, Vec<&Placed>) {
    // Those still alone, by the random of the ClientHello. A record that is there twice meets its other end once.
    let mut waiting: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut alone = vec![true; all.len()];
    let mut pairs = Vec::new();
    for (place, placed) in all.iter().enumerate() {
        let Some(offer) = &placed.record.offer else { continue };
        let same = waiting.entry(&offer.random).or_default();
        match same.iter().position(|other| all[*other].record.role != placed.record.role) {
            Some(found) => {
                let other = same.remove(found);
                (alone[place], alone[other]) = (false, false);
                pairs.push((&all[other], placed));
            }
            None => same.push(place),
        }
    }
    let alone = all.iter().zip(alone).filter(|(_, alone)| *alone).map(|(placed, _)| placed).collect();
    (pairs, alone)
}
