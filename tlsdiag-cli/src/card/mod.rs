//! `tlsdiag card`: what a smart card or token can do in TLS, from test signatures with its keys, before anybody fails.

mod module;
mod pin;
mod signing;
mod token;

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::SystemTime;

use cryptoki::error::{Error as Refusal, RvError};
use cryptoki::session::Session;
use tlsdiag_core::diagnose::card::is_too_short;
use tlsdiag_core::report::CardRecord;
use tlsdiag_core::report::text::Style;
use tlsdiag_core::wire::x509::KeyKind;

use crate::args::{CardArguments, Layout};
use crate::error::{self, Error};
use crate::say::print_json;

use signing::Tried;
use token::{Held, Token};

/// Looks at a token, and prints what it can do.
pub(crate) fn run(arguments: &CardArguments, style: Style) -> Result<ExitCode, Error> {
    let token = choose(module::tokens(arguments.module.as_deref())?, arguments)?;
    let record = look(&token, arguments)?;
    let mut out = io::stdout().lock();
    match arguments.format {
        Layout::Text => out.write_all(record.text(style).as_bytes()).map_err(Error::output)?,
        Layout::Json => {
            let value = serde_json::to_value(&record).map_err(|cause| Error::output(cause.into()))?;
            print_json(&mut out, &value)?;
        }
    }
    out.flush().map_err(Error::output)?;
    Ok(if record.does_tls13() { error::HEALTHY } else { error::diagnosed() })
}

/// The token that is meant.
fn choose(tokens: Vec<Token>, arguments: &CardArguments) -> Result<Token, Error> {
    let names: Vec<_> =
        tokens.iter().map(|token| format!("{} (slot {})", token.label(), token.slot())).collect();
    let meant = |token: &Token| {
        arguments.token.as_ref().is_none_or(|label| token.label() == label)
            && arguments.slot.is_none_or(|slot| token.slot() == slot)
    };
    let mut fitting: Vec<_> = tokens.into_iter().filter(meant).collect();
    match (fitting.len(), &names[..]) {
        (1, _) => Ok(fitting.swap_remove(0)),
        (_, []) => Err(Error::new(
            "there is no token: insert the card, or name the module that its maker has for it with --module",
        )),
        (0, _) => Err(Error::new(format!("there is no such token; there are {}", names.join(", ")))),
        _ => Err(Error::new(format!(
            "there are several tokens, {}: name one with --token or --slot",
            names.join(", ")
        ))),
    }
}

/// Reads it, and has its keys sign if that may be.
fn look(token: &Token, arguments: &CardArguments) -> Result<CardRecord, Error> {
    let facts = &token.facts;
    let model = [facts.manufacturer_id(), facts.model()].join(" ");
    let mut record = CardRecord::new(
        token.module.display().to_string(),
        token.label().to_owned(),
        model.trim().to_owned(),
        facts.serial_number().to_owned(),
        token.slot(),
    );
    record.mechanisms = token.mechanisms()?;
    let session = token.open()?;
    record.untried = pin::log_in(token, &session, arguments)?;
    for held in token.certificates(&session)? {
        // A CA's, which many cards bring along.
        if !held.certificate.is_ca() {
            key(token, &session, held, &mut record)?;
        }
    }
    Ok(record)
}

/// One certificate, and its key.
fn key(token: &Token, session: &Session, held: Held, record: &mut CardRecord) -> Result<(), Error> {
    let id: String = held.id.iter().map(|byte| format!("{byte:02x}")).collect();
    let named = |label: &str| if label.is_empty() { format!("key {id}") } else { label.to_owned() };
    if let Some(why) = record.untried.clone() {
        record.untried(now(), named(&held.label), id.clone(), &held.certificate, &why);
        return Ok(());
    }
    let found = token.key(session, &held.id)?;
    let label = named(found.as_ref().map_or(&held.label, |key| &key.label));
    let tls = held.certificate.key_usage.is_none_or(|usage| usage.digital_signature());
    let why = match &found {
        None => "there is no private key with its CKA_ID on the token",
        // A signature with such a key may bind its holder.
        Some(key) if key.asks_each_time => {
            "it wants its PIN for each signature (CKA_ALWAYS_AUTHENTICATE), so no test is made with it"
        }
        Some(key) if !key.signs => "it may not sign (CKA_SIGN)",
        Some(_) if !tls => "its certificate's keyUsage has no digitalSignature, so TLS cannot use it",
        Some(_) => "",
    };
    let tried = match (&found, &held.certificate.key) {
        (Some(private), Some(public)) if why.is_empty() => {
            Tried::new(session, private.handle, public, &held.der)
        }
        _ => None,
    };
    let Some(tried) = tried else {
        let why = if why.is_empty() { "its certificate's key cannot be read" } else { why };
        record.untried(now(), label, id, &held.certificate, why);
        return Ok(());
    };
    let trials = tried.all()?;
    let is_rsa = held.certificate.key.as_ref().is_some_and(|key| key.kind == KeyKind::Rsa);
    let pss = |trial: &tlsdiag_core::diagnose::card::Trial| {
        tlsdiag_core::diagnose::fit::is_pss(trial.scheme)
            && !trial.signs()
            && !held.certificate.key.as_ref().is_some_and(|key| is_too_short(key, trial.scheme))
    };
    let mut notes = Vec::new();
    if is_rsa && trials.iter().any(pss) && tried.does_raw_rsa() {
        notes.push(
            "It does raw RSA (CKM_RSA_X_509): a program that makes the padding itself, as OpenSSL's pkcs11 engine does, may still sign RSA-PSS."
                .to_owned(),
        );
    }
    record.tried(now(), label, id, &held.certificate, &trials, notes);
    Ok(())
}

/// In seconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs().cast_signed())
}

/// A refusal of PKCS #11 by its name in the standard.
fn refusal(cause: &Refusal) -> String {
    match cause {
        Refusal::Pkcs11(RvError::VendorDefined(number), _) => format!("CKR_VENDOR_DEFINED {number:#x}"),
        Refusal::Pkcs11(code, _) => {
            let mut name = "CKR".to_owned();
            for letter in format!("{code:?}").chars() {
                if letter.is_ascii_uppercase() {
                    name.push('_');
                }
                name.push(letter.to_ascii_uppercase());
            }
            name
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;

    use super::*;

    #[test]
    fn refusals_have_their_names_of_the_standard() {
        let name = |code| refusal(&Refusal::Pkcs11(code, Function::SignInit));
        assert_eq!(name(RvError::MechanismInvalid), "CKR_MECHANISM_INVALID");
        assert_eq!(name(RvError::PinLenRange), "CKR_PIN_LEN_RANGE");
        assert_eq!(name(RvError::VendorDefined(0x8000_0001)), "CKR_VENDOR_DEFINED 0x80000001");
    }
}
