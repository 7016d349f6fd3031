//! The `tlsdiag` command: it reads its arguments, calls [`tlsdiag_core`] and prints. What a handshake means, and the words
//! for it, are the library's.

#![deny(clippy::print_stderr, clippy::print_stdout)] // a reader that has gone must not make us panic: see `say`
#![deny(clippy::disallowed_macros, clippy::disallowed_methods)] // what came from outside is printed by `say`: see `clippy.toml`
#![deny(unsafe_code)] // allowed again where OpenSSL has to be called: the file says so at its head

mod applet;
mod args;
mod bisect;
mod card;
mod causes;
mod console;
mod count;
mod demo;
mod diff;
mod error;
mod explain;
mod generate;
mod join;
mod pki;
mod records;
mod run;
mod say;
mod screen;
mod secret;
mod serve;

use std::process::ExitCode;

use args::Command;
use error::{Error, trouble};
use say::say;

fn main() -> ExitCode {
    let arguments = match args::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(asked) if !asked.use_stderr() => {
            // Help or version; a reader that has gone needs neither.
            let _ = asked.print();
            return error::HEALTHY;
        }
        Err(wrong) => {
            say!("{}", args::sentence(&wrong));
            return trouble();
        }
    };
    let (color, full) = (arguments.color, arguments.full);
    let style = screen::on_stdout(color).with_full(full);
    let done = match arguments.command {
        Command::Demo(arguments) => demo::run(&arguments, style),
        Command::ServerApplet(applet) => applet::server(applet, screen::on_stderr(color).with_full(full)),
        Command::ClientApplet(applet) => applet::client(applet, screen::on_stderr(color).with_full(full)),
        Command::Serve(arguments) => serve::run(&arguments, style),
        Command::Bisect(arguments) => bisect::run(&arguments),
        Command::Pki(arguments) => pki::run(&arguments),
        Command::Card(arguments) => card::run(&arguments, style),
        Command::Run(arguments) => run::run(&arguments),
        Command::Console(arguments) => console::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments, style),
        Command::Diff(arguments) => diff::run(&arguments, style),
        Command::Join(arguments) => join::run(&arguments, style),
        Command::Causes(arguments) => causes::run(&arguments, style),
        Command::Generate(arguments) => generate::run(&arguments),
    };
    match done {
        Ok(code) => code,
        Err(Error::OutputClosed) => error::HEALTHY,
        Err(Error::Told) => trouble(),
        Err(error) => {
            say!("{error}");
            trouble()
        }
    }
}
