//! `tlsdiag generate`: the manual and the completions, made from the command line as it is declared; for `make install`.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::{Arguments, GenerateArguments, What};
use crate::error::{self, Error};

/// Writes man pages to a folder, or a shell's completions to stdout.
pub(crate) fn run(arguments: &GenerateArguments) -> Result<ExitCode, Error> {
    let mut command = Arguments::command();
    let shell = match arguments.what {
        What::Man => {
            let folder = arguments.dir.as_deref().unwrap_or_else(|| ".".as_ref());
            clap_mangen::generate_to(command, folder).map_err(|cause| {
                Error::new(format!("cannot write man pages to {}: {cause}", folder.display()))
            })?;
            return Ok(error::HEALTHY);
        }
        What::Bash => Shell::Bash,
        What::Zsh => Shell::Zsh,
        What::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "tlsdiag", &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script).and_then(|()| out.flush()).map_err(Error::output)?;
    Ok(error::HEALTHY)
}
