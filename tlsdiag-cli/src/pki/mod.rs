//! `tlsdiag pki`: a CA for a laboratory, and what it issues, good and faulty on purpose.

mod card;
mod p12;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use tlsdiag_lab::pki::{Desk, Fault, Holder, Issued, KeyKind, Order};

use crate::args::{IssueArguments, KeyOfCertificate, PkiArguments, PkiCommand, WhoseCertificate};
use crate::error::{self, Error, Reason};
use crate::say::print_line;
use crate::serve::pem::quoted;

pub(crate) fn run(arguments: &PkiArguments) -> Result<ExitCode, Error> {
    let folder = &arguments.dir;
    let lines = match &arguments.command {
        PkiCommand::Init => init(folder, arguments.force)?,
        PkiCommand::Issue(order) => issue(folder, order, arguments.force)?,
        PkiCommand::P12(wanted) => p12::write(folder, wanted, arguments.force)?,
        PkiCommand::Card(wanted) => card::write(folder, wanted, arguments.force)?,
    };
    let mut out = io::stdout().lock();
    lines.iter().try_for_each(|line| print_line!(&mut out, "{line}")).map_err(Error::output)?;
    out.flush().map_err(Error::output)?;
    Ok(error::HEALTHY)
}

/// A CA with its first certificates.
fn init(folder: &Path, force: bool) -> Result<Vec<String>, Error> {
    let (files, _) = Desk::open_new(folder, force).map_err(refused)?;
    let made = [&files.ca, &files.server, &files.server_key, &files.client, &files.client_key];
    let mut lines: Vec<_> = made.into_iter().map(|path| format!("made {}", path.display())).collect();
    lines.push(format!(
        "made {} and its key, with which `tlsdiag pki issue` signs",
        folder.join("issuing.pem").display()
    ));
    lines.push(format!("use it: tlsdiag serve --require --pki {}", quoted(folder)));
    lines.push(format!(
        "        curl --cacert {} --cert {} --key {} https://localhost:4433/",
        quoted(&files.ca),
        quoted(&files.client),
        quoted(&files.client_key)
    ));
    Ok(lines)
}

fn issue(folder: &Path, wanted: &IssueArguments, force: bool) -> Result<Vec<String>, Error> {
    let holder = match wanted.holder {
        WhoseCertificate::Server => Holder::Server,
        WhoseCertificate::Client => Holder::Client,
    };
    let key = match wanted.key {
        KeyOfCertificate::Rsa => KeyKind::Rsa(2048),
        KeyOfCertificate::P256 => KeyKind::P256,
        KeyOfCertificate::Ed25519 => KeyKind::Ed25519,
    };
    match wanted.fault {
        Some(Fault::WeakKey) if wanted.key != KeyOfCertificate::Rsa => {
            return Err(Error::new("a weak key is one of RSA with 1024 bits: leave --key away"));
        }
        Some(Fault::WrongName) if holder == Holder::Client => {
            return Err(Error::new("a client's certificate names no host, so it can have no wrong one"));
        }
        _ => {}
    }
    let desk = Desk::open(folder).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Error::new(format!(
            "{}; `tlsdiag pki init` makes a CA that keeps it, in a folder of its own with --dir",
            Reason(&cause)
        )),
        _ => Error::new(Reason(&cause).to_string()),
    })?;
    let order = Order { holder, name: &wanted.name, key, fault: wanted.fault, force };
    let files = desk.issue(&order).map_err(refused)?;
    let ca = folder.join("ca.pem");
    let use_ = match holder {
        Holder::Server => format!(
            "use it: tlsdiag serve --cert {0} --key {1} --chain {0} --ca {2}",
            quoted(&files.certificate),
            quoted(&files.key),
            quoted(&ca)
        ),
        Holder::Client => format!(
            "use it: curl --cacert {} --cert {} --key {} https://localhost:4433/",
            quoted(&ca),
            quoted(&files.certificate),
            quoted(&files.key)
        ),
    };
    Ok(vec![format!("made {}", files.certificate.display()), format!("made {}", files.key.display()), use_])
}

/// What was issued before.
fn issued(folder: &Path, name: &str) -> Result<(Issued, tlsdiag_lab::pki::Identity), Error> {
    let files = Issued::of(folder, name);
    let identity = files.identity().map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => {
            Error::new(format!("{}; `tlsdiag pki issue client {name}` makes it", Reason(&cause)))
        }
        _ => Error::new(Reason(&cause).to_string()),
    })?;
    Ok((files, identity))
}

fn refused(cause: io::Error) -> Error {
    match cause.kind() {
        io::ErrorKind::AlreadyExists => Error::new(format!("{}; --force replaces it", Reason(&cause))),
        _ => Error::new(Reason(&cause).to_string()),
    }
}
