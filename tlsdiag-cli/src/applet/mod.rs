//! `tlsdiag s_server` and `tlsdiag s_client`: the installed OpenSSL's own, under the recorder that `tlsdiag run` has. Every option,
//! dump and byte of output is OpenSSL's; ours are the reports, and certificates where it would find none.

mod words;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use tlsdiag_core::report::text::Style;
use tlsdiag_lab::pki::folder;

use crate::args::{Added, ClientAppletArguments, RunArguments, ServerAppletArguments};
use crate::error::{Error, Reason};
use crate::run;
use crate::say::say;
use crate::serve::pem::quoted;

pub(crate) fn server(arguments: ServerAppletArguments, style: Style) -> Result<ExitCode, Error> {
    let words = &arguments.added.words;
    let mut before = Vec::new();
    if let Some(missing) = is_missing(&arguments.added) {
        return Ok(missing);
    }
    if !words::asks_for_help(words) {
        if !words::names_certificate(words) && !Path::new(words::DEFAULT_CERTIFICATE).exists() {
            before = minted(&arguments.pki, words)?;
        }
        if let Some(place) = words::open_to_all(words) {
            say!(
                "openssl s_server listens on every address of this machine, port {}: {} is for this machine alone",
                place.port,
                place.closed
            );
        }
    }
    record("s_server", before, arguments.added, style)
}

pub(crate) fn client(arguments: ClientAppletArguments, style: Style) -> Result<ExitCode, Error> {
    match is_missing(&arguments.added) {
        Some(missing) => Ok(missing),
        None => record("s_client", Vec::new(), arguments.added, style),
    }
}

/// Says that there is no such openssl, where there is none.
fn is_missing(added: &Added) -> Option<ExitCode> {
    let missing = run::missing(&added.openssl)?;
    say!("{missing}; --openssl names one that is elsewhere");
    Some(ExitCode::from(run::NOT_FOUND))
}

fn record(applet: &str, before: Vec<OsString>, added: Added, style: Style) -> Result<ExitCode, Error> {
    let mut command = vec![added.openssl.into_os_string(), applet.into()];
    command.extend(before);
    command.extend(added.words);
    run::run(&RunArguments {
        jsonl: added.jsonl,
        failures_only: false,
        expires_within: added.expires_within,
        keylog: None,
        quiet: added.quiet,
        console: added.console,
        command,
        reports: Some(style),
    })
}

/// The options for certificates of our own. They stand before the user's, which OpenSSL lets win.
fn minted(pki: &Path, words: &[OsString]) -> Result<Vec<OsString>, Error> {
    let (files, issuers) = folder::write(pki)
        .and_then(|files| folder::issuers(&files.server).map(|issuers| (files, issuers)))
        .map_err(|cause| {
            Error::new(format!("{}; or name your own certificate with -cert and -key", Reason(&cause)))
        })?;
    let mut before: Vec<OsString> = Vec::new();
    for (option, file) in [("-cert", &files.server), ("-key", &files.server_key), ("-cert_chain", &issuers)] {
        before.extend([option.into(), file.into()]);
    }
    if !words::names_trust(words) {
        before.extend(["-CAfile".into(), files.ca.as_os_str().to_owned()]);
    }
    say!(
        "with the certificates in {}; a client: curl --cacert {} --cert {} --key {} https://localhost:{}/",
        pki.display(),
        quoted(&files.ca),
        quoted(&files.client),
        quoted(&files.client_key),
        Some(words::port(words)).filter(|port| *port != "0").unwrap_or("PORT")
    );
    Ok(before)
}
