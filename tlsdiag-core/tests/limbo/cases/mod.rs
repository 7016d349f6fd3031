//! The table: what is made, what is true of it, and by which number OpenSSL refuses it. A kind of fault is a line in one of these files.
//!
//! The truth is what was done to the scene, in the words of docs/causes.md: a fault of the certificate, whichever side owns it, a whole code,
//! or `ok`. It is never taken from what the rules say.

mod chains;
mod constraints;
mod extensions;
mod lists;
mod names;
mod policies;
mod proxies;
mod strict;
mod suite_b;
mod unreadable;
mod usages;

use crate::scene::{Holder, Scene};

/// One kind of certificate.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) truth: &'static str,
    /// `X509_V_*` at the verifier: with another one the situation did not come about.
    pub(crate) openssl: &'static [i32],
    pub(crate) turn: fn(&mut Scene),
}

impl Case {
    /// The code that is true of this owner's certificate.
    pub(crate) fn truth_for(&self, holder: Holder) -> String {
        let family = match holder {
            Holder::Server => "server_cert",
            Holder::Client => "client_cert",
        };
        match self.truth {
            truth if truth == "ok" || truth.contains('.') => truth.to_owned(),
            fault => format!("{family}.{fault}"),
        }
    }

    /// Whether the OpenSSL at hand minds this no longer.
    pub(crate) fn is_let_pass(&self) -> bool {
        const SINCE: [(&str, i64); 1] = [("strict-extensions-in-version-1", 0x3050_0000)];
        SINCE.iter().any(|(name, since)| *name == self.name && openssl::version::number() >= *since)
    }
}

const fn case(
    name: &'static str,
    truth: &'static str,
    openssl: &'static [i32],
    turn: fn(&mut Scene),
) -> Case {
    Case { name, truth, openssl, turn }
}

/// An arc that nobody uses.
const UNKNOWN: &str = "1.3.6.1.4.1.55555.7";

/// For either side's certificate.
pub(crate) fn of_both() -> Vec<Case> {
    [
        constraints::constraints(),
        usages::usages(),
        usages::times(),
        extensions::extensions(),
        chains::issuers(),
        chains::chains(),
        chains::strength(),
        lists::lists(),
        strict::strictly(),
        strict::strictly_named(),
    ]
    .concat()
}

/// For either side's certificate, where the verifier insists on what few do, or somebody wrote what no tool writes: whoever sees the alert
/// alone has little chance.
pub(crate) fn rare() -> Vec<Case> {
    [
        chains::trust_settings(),
        constraints::unsupported(),
        lists::seldom(),
        strict::seldom(),
        policies::policies(),
        policies::addresses(),
        proxies::proxies(),
        suite_b::suite_b(),
        unreadable::unreadable(),
        usages::seldom(),
    ]
    .concat()
}

/// For a server's alone: its names, which the client compares.
pub(crate) fn of_servers() -> Vec<Case> {
    names::names()
}

/// For a client's alone.
pub(crate) fn of_clients() -> Vec<Case> {
    names::addresses()
}
