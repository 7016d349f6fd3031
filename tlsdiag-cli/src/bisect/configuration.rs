//! The server's configuration with some changes made.

use openssl::ssl::SslContext;
use openssl::stack::Stack;
use openssl::x509::{X509, X509Name};
use tlsdiag_core::diagnose::ServerSetting;
use tlsdiag_core::wire::x509::Name;

use super::known::{self, Known};
use super::offer::{Change, Dimension, Offer};
use crate::args::OfferArguments;
use crate::error::Error;
use crate::serve::context::{Setup, internal};

/// More names of CAs than this go or stay together: what matters is then the size of the request.
const MOST_NAMES: usize = 32;

fn all_of(names: usize) -> String {
    format!("any of the {names} CAs")
}

pub(super) struct Configuration {
    arguments: OfferArguments,
    offer: Offer,
    authorities: Vec<X509>,
}

impl Configuration {
    pub(super) fn new(arguments: &OfferArguments, known: &Known) -> Result<Self, Error> {
        let authorities = Setup::new(arguments)?.authorities(arguments)?;
        let mut names = Vec::new();
        for authority in &authorities {
            let name = name(authority)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.len() > MOST_NAMES {
            names = vec![all_of(names.len())];
        }
        let offer = known::configured(arguments, known, names)?;
        Ok(Configuration { arguments: arguments.clone(), offer, authorities })
    }

    /// What is offered without any change.
    pub(super) fn offer(&self) -> &Offer {
        &self.offer
    }

    /// What the server is to be set to for these changes.
    pub(super) fn settings(&self, changes: &[Change]) -> Vec<ServerSetting> {
        self.offer.changed(changes).settings(&self.offer)
    }

    pub(super) fn context(&self, changes: &[Change]) -> Result<SslContext, Error> {
        let mut arguments = self.arguments.clone();
        let mut set = |name: &str, value: &str| arguments.openssl_options.push(format!("{name}={value}"));
        let (mut names, mut tickets) = (None, true);
        for setting in self.settings(changes) {
            match setting {
                ServerSetting::ClientSchemes(list) => set("ClientSignatureAlgorithms", &list),
                ServerSetting::Schemes(list) => set("SignatureAlgorithms", &list),
                ServerSetting::Groups(list) => set("Groups", &list),
                ServerSetting::Suites12(list) => set("CipherString", &list),
                ServerSetting::Suites13(list) => set("Ciphersuites", &list),
                ServerSetting::Versions(list) => {
                    set("Protocol", "ALL");
                    set("MinProtocol", list.first().map_or("", String::as_str));
                    set("MaxProtocol", list.last().map_or("", String::as_str));
                }
                ServerSetting::Level(level) => {
                    let offer = self.offer.changed(changes);
                    let suites = offer.list(Dimension::Suites12).unwrap_or_default().join(":");
                    let suites = if suites.is_empty() { "DEFAULT" } else { &suites };
                    set("CipherString", &format!("{suites}:@SECLEVEL={level}"));
                }
                ServerSetting::NoTickets => set("Options", "-SessionTicket"),
                ServerSetting::Protocols(list) => {
                    arguments.alpn = (!list.is_empty()).then(|| list.join(","));
                }
                ServerSetting::CaNames(list) => names = Some(list),
                ServerSetting::NoTicketsOfTls13 => tickets = false,
                other => return Err(Error::new(format!("{other:?} is no setting that is varied"))),
            }
        }
        let mut setup = Setup::new(&arguments)?;
        if let Some(names) = names {
            setup.builder().set_client_ca_list(self.named(&names)?);
        }
        if !tickets {
            setup.builder().set_num_tickets(0).map_err(internal)?;
        }
        Ok(setup.into_context())
    }

    /// The subjects with these names.
    fn named(&self, names: &[String]) -> Result<Stack<X509Name>, Error> {
        let mut stack = Stack::new().map_err(internal)?;
        for authority in &self.authorities {
            if names.contains(&name(authority)?) {
                let name = authority.subject_name().to_owned().map_err(internal)?;
                stack.push(name).map_err(internal)?;
            }
        }
        Ok(stack)
    }
}

fn name(authority: &X509) -> Result<String, Error> {
    Ok(Name::parse(&authority.subject_name().to_der().map_err(internal)?).text)
}
