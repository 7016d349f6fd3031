//! Why a call that sets a program up failed, before any handshake: a pure function of the failure.
//!
//! Reasons are OpenSSL's numbers; its words are shown, and nothing is decided by them.

use super::knowledge::{own, setup as advice};
use super::library::show;
use super::{Cause, Confidence, Finding, Side, Stack};
use crate::event::LibraryError;
use crate::event::setup::{SetupFailure, SetupKind};
use crate::wire::x509::Certificate;

mod mismatch;

/// What can be named here.
pub(super) const CAUSES: &[Cause] = &[
    Cause::ConfigKeyMismatch,
    Cause::ConfigSecurityLevel,
    Cause::ConfigFile,
    Cause::ConfigKeyLocked,
    Cause::ConfigInvalidValue,
];

/// Libraries of the error queue: `ERR_LIB_*` of `<openssl/err.h>`.
mod lib {
    pub(super) const SYS: i32 = 2;
    pub(super) const EVP: i32 = 6;
    pub(super) const PEM: i32 = 9;
    pub(super) const X509: i32 = 11;
    pub(super) const ASN1: i32 = 13;
    pub(super) const SSL: i32 = 20;
    pub(super) const BIO: i32 = 32;
    pub(super) const PKCS12: i32 = 35;
    pub(super) const PROVIDER: i32 = 57;
    pub(super) const DECODER: i32 = 60;
}

/// `ERR_R_UNSUPPORTED` of 3.0 and later.
const UNSUPPORTED: i32 = 268 | (2 << 18);
/// `errno`s, the same on every system that OpenSSL runs on under Linux.
const NOT_THERE: i32 = 2;
const NOT_ALLOWED: [i32; 2] = [1, 13];
const IS_A_FOLDER: i32 = 21;

/// Why it failed, as far as that can be known; `None` where OpenSSL's own words have to do.
#[must_use]
pub fn diagnose_setup(failure: &SetupFailure) -> Option<Finding> {
    let found = security_level(failure)
        .or_else(|| mismatch::find(failure))
        .or_else(|| locked(failure))
        .or_else(|| file(failure))
        .or_else(|| no_ciphers(failure))
        .or_else(|| value(failure))?;
    Some(super::wording::in_accord(found))
}

/// A finding with what every one of them has to show.
fn finding(cause: Cause, confidence: Confidence, failure: &SetupFailure, summary: String) -> Finding {
    let mut finding =
        Finding::new(cause, confidence, Side::Local, summary).see(None, "failed", &failure.function);
    let named = [
        ("file", name(failure)),
        ("certificate from", failure.certificate_file.clone()),
        ("private key from", failure.key_file.clone()),
        ("value", failure.value.clone()),
    ];
    for (field, value) in named {
        if let Some(value) = value {
            finding = finding.see(None, field, value);
        }
    }
    for error in &failure.errors {
        finding = finding.see(None, "error queue", show(error));
    }
    finding
}

fn has(failure: &SetupFailure, library: i32, reasons: &[i32]) -> bool {
    failure.errors.iter().any(|error| error.library == library && reasons.contains(&error.reason))
}

/// The file, as it was given, or as OpenSSL says that it tried to open it.
fn name(failure: &SetupFailure) -> Option<String> {
    let opened = |error: &LibraryError| {
        let arguments = error.data.split_once("fopen(")?.1;
        let name = arguments.rsplit_once(',')?.0.trim().trim_matches('\'');
        (error.library == lib::SYS && !name.is_empty()).then(|| name.to_owned())
    };
    failure.file.clone().or_else(|| failure.errors.iter().find_map(opened))
}

fn what(failure: &SetupFailure) -> &'static str {
    match failure.kind {
        SetupKind::ReadCertificate | SetupKind::Certificate => "certificate",
        SetupKind::ReadKey | SetupKind::Key | SetupKind::CheckKey => "private key",
        SetupKind::ReadPkcs12 | SetupKind::OpenPkcs12 => "PKCS#12 file",
        _ => "file",
    }
}

/// `the private key in b.key`, or without a file `the private key`.
fn shown(what: &str, file: Option<&str>) -> String {
    file.map_or_else(|| format!("the {what}"), |file| format!("the {what} in {file}"))
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The own certificate or its chain is below the own security level.
fn security_level(failure: &SetupFailure) -> Option<Finding> {
    use super::library::reason::{CA_KEY_TOO_SMALL, CA_MD_TOO_WEAK, EE_KEY_TOO_SMALL};
    let too_weak = [
        (EE_KEY_TOO_SMALL, "its key is too small"),
        (CA_KEY_TOO_SMALL, "the key of a CA in its chain is too small"),
        (CA_MD_TOO_WEAK, "it, or a certificate of its chain, is signed with a digest that is too weak"),
    ];
    let (_, weak) = too_weak.into_iter().find(|(reason, _)| has(failure, lib::SSL, &[*reason]))?;
    let file = failure.certificate_file.as_deref().or(failure.file.as_deref());
    let level = failure.security_level.map_or_else(String::new, |level| format!(" {level}"));
    let certificate = shown("own certificate", file);
    let mut finding = finding(
        Cause::ConfigSecurityLevel,
        Confidence::Certain,
        failure,
        format!("OpenSSL's security level{level} refuses {certificate}: {weak}."),
    )
    .explain(
        "OpenSSL holds the certificates that it is given against its security level. Level 2, the default of many distributions, wants RSA \
         of 2048 bits and no SHA-1.",
    );
    for der in failure.certificates.iter().take(1) {
        let leaf = Certificate::parse(der);
        let subject = leaf.subject.as_ref().map(ToString::to_string).unwrap_or_default();
        let key = leaf.key.as_ref().map_or_else(String::new, |key| format!(", {key}"));
        finding = finding.see(None, "own certificate", format!("{subject}{key}"));
    }
    if let Some(file) = file {
        finding = finding
            .advise(Stack::Openssl, format!("openssl x509 -in {} -noout -text", advice::quoted(file)))
            .note("shows the size of its key and the digest of its signature");
    }
    Some(finding.with(own::stronger))
}

/// A key that is there, and cannot be opened.
fn locked(failure: &SetupFailure) -> Option<Finding> {
    let file = failure.key_file.as_deref().filter(|_| failure.file.is_none()).or(failure.file.as_deref());
    let name = file.unwrap_or("FILE");
    let thing = shown(what(failure), file);
    let is_pkcs12 = matches!(failure.kind, SetupKind::ReadPkcs12 | SetupKind::OpenPkcs12);
    let legacy = failure.errors.iter().find_map(|error| unsupported_cipher(failure, error));
    if let Some(cipher) = legacy {
        let (library, cipher) = (&failure.library, cipher.as_str());
        let of = if library.is_empty() { "OpenSSL" } else { library };
        return Some(
            finding(
                Cause::ConfigKeyLocked,
                Confidence::Certain,
                failure,
                format!("{} is encrypted with {cipher}, which this OpenSSL does not have loaded.", capital(&thing)),
            )
            .explain(format!(
                "OpenSSL 3 has moved old algorithms into the provider \"legacy\", which is not loaded by itself. The library is {of}. It says \
                 nothing about the password."
            ))
            .with(|finding| advice::legacy(finding, name)),
        );
    }
    // `pem_bytes_read_bio`: the callback that is asked for the passphrase had none.
    const NO_PASSPHRASE: &[i32] = &[104, 111];
    if has(failure, lib::PEM, NO_PASSPHRASE) {
        return Some(
            finding(
                Cause::ConfigKeyLocked,
                Confidence::Certain,
                failure,
                format!("{} is encrypted, and the program has no passphrase for it.", capital(&thing)),
            )
            .explain("OpenSSL asked for the passphrase and was given none: the program has none set, or nobody was there to type it.")
            .with(|finding| advice::passphrase(finding, name, is_pkcs12)),
        );
    }
    let refused_pin = failure.errors.iter().find_map(pin);
    // One wrong passphrase in 256 leaves a padding that is right, and then no key (`PKCS12_R_DECODE_ERROR`).
    let wrong = has(failure, lib::PKCS12, &[101, 113, 116])
        || has(failure, lib::EVP, &[100])
        || has(failure, lib::PROVIDER, &[100])
        || has(failure, lib::PEM, &[101]);
    if !wrong && refused_pin.is_none() {
        return None;
    }
    let (confidence, summary) = match refused_pin {
        Some(why) => {
            (Confidence::Certain, format!("{} was not opened by its token: {why}.", capital(&thing)))
        }
        None => (
            Confidence::Likely,
            format!(
                "{} is encrypted, and the passphrase that was given is probably not its own.",
                capital(&thing)
            ),
        ),
    };
    Some(
        finding(Cause::ConfigKeyLocked, confidence, failure, summary)
            .explain("What was decrypted is no key, or its checksum is wrong. A file that was damaged would look the same.")
            .or(Cause::ConfigFile, "the right passphrase opens it elsewhere, or does not")
            .with(|finding| advice::passphrase(finding, name, is_pkcs12)),
    )
}

/// The algorithm that could not be fetched, as OpenSSL's data names it: `Algorithm (RC2-40-CBC : 0), Properties ()`.
fn unsupported_cipher(failure: &SetupFailure, error: &LibraryError) -> Option<String> {
    use SetupKind::{Key, OpenPkcs12, ReadKey, ReadPkcs12};
    if (error.library, error.reason) != (lib::EVP, UNSUPPORTED)
        || !matches!(failure.kind, OpenPkcs12 | ReadPkcs12 | Key | ReadKey)
    {
        return None;
    }
    let name = error.data.split_once("Algorithm (")?.1.split([' ', ')', ':']).next()?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "-./".contains(letter);
    (!name.is_empty() && name.chars().all(is_name)).then(|| name.to_owned())
}

/// Why a token refused a PIN: PKCS#11's numbers (`CKR_*`), which its engine passes on.
fn pin(error: &LibraryError) -> Option<&'static str> {
    let name = error.library_name.to_ascii_lowercase();
    if !name.contains("pkcs#11") && !name.contains("pkcs11") {
        return None;
    }
    match error.reason {
        0xa0 => Some("the PIN is wrong"),
        0xa1 | 0xa2 => Some("the PIN cannot be one"),
        0xa3 => Some("the PIN has expired"),
        0xa4 => Some("the PIN is locked, after too many wrong ones"),
        _ => None,
    }
}

/// A file that cannot be used as it is.
fn file(failure: &SetupFailure) -> Option<Finding> {
    let name = name(failure);
    let file = name.as_deref().unwrap_or("FILE");
    let place = name.as_deref().map_or_else(|| format!("The {}", what(failure)), str::to_owned);
    let config = |summary: String| finding(Cause::ConfigFile, Confidence::Certain, failure, summary);
    let system = failure.errors.iter().find(|error| error.library == lib::SYS).map(|error| error.reason);
    match system {
        Some(NOT_THERE) => {
            return Some(
                config(format!("{place} is not there.")).with(|finding| advice::missing(finding, file)),
            );
        }
        Some(errno) if NOT_ALLOWED.contains(&errno) => {
            return Some(
                config(format!("The program may not read {place}, or a folder above it."))
                    .with(|finding| advice::unreadable(finding, file)),
            );
        }
        Some(IS_A_FOLDER) => {
            return Some(
                config(format!("{place} is a folder, and a file is wanted."))
                    .with(|finding| advice::missing(finding, file)),
            );
        }
        _ => {}
    }
    if has(failure, lib::BIO, &[128]) {
        return Some(config(format!("{place} is not there.")).with(|finding| advice::missing(finding, file)));
    }
    let wanted = match failure.kind {
        SetupKind::ReadKey | SetupKind::Key => "private key",
        SetupKind::ReadPkcs12 | SetupKind::OpenPkcs12 => "PKCS#12",
        _ if failure.function == "X509_load_crl_file" => "CRL",
        _ => "certificate",
    };
    const NO_START_LINE: i32 = 108;
    const NEITHER: i32 = 136;
    const DAMAGED: &[i32] = &[100, 102, 103, 112];
    const NOTHING_FOUND: &[i32] = &[135, NEITHER, 137];
    let nothing = has(failure, lib::PEM, &[NO_START_LINE]) || has(failure, lib::X509, NOTHING_FOUND);
    // OpenSSL 3 says the same of a file without a key and of a key that is cut off.
    if !nothing && wanted == "private key" && has(failure, lib::DECODER, &[UNSUPPORTED]) {
        let inside = name.as_deref().map_or_else(|| "what was read".to_owned(), str::to_owned);
        let seen = format!("OpenSSL finds no private key that it can read in {inside}");
        // Something was decoded, and was no key.
        let decoded = failure.errors.iter().any(|error| error.library == lib::ASN1);
        let (confidence, summary) = match decoded {
            true => (Confidence::Likely, format!("{seen}: probably it is damaged.")),
            false => (Confidence::Certain, format!("{seen}.")),
        };
        return Some(
            finding(Cause::ConfigFile, confidence, failure, summary)
                .explain(
                    "There is none in PEM form, or it is damaged: a line that is missing or altered is enough. A key that is encrypted in the \
                     old form (Proc-Type: 4,ENCRYPTED) may look the same under a wrong passphrase.",
                )
                .or(
                    Cause::ConfigKeyLocked,
                    "the file: where it has a line Proc-Type: 4,ENCRYPTED, the passphrase may be another one's",
                )
                .with(|finding| advice::no_pem(finding, file)),
        );
    }
    if nothing {
        let inside = name.as_deref().map_or_else(|| "what was read".to_owned(), str::to_owned);
        let wanted = if has(failure, lib::X509, &[NEITHER]) { "certificate and no CRL" } else { wanted };
        return Some(
            config(format!("There is no {wanted} in PEM form in {inside}."))
                .explain(
                    "OpenSSL looks for a line -----BEGIN …----- that names what it wants, and found none.",
                )
                .with(|finding| advice::no_pem(finding, file)),
        );
    }
    // What Python leaves of the queue: the newest entry alone.
    const PEM_LIB: &[i32] = &[9, 9 | 2 << 18];
    let in_short = failure.kind == SetupKind::Certificate && has(failure, lib::SSL, PEM_LIB);
    if in_short
        || has(failure, lib::PEM, DAMAGED)
        || failure.errors.iter().any(|error| error.library == lib::ASN1)
    {
        return Some(
            config(format!("{place} is damaged, or of another form: no {wanted} can be decoded from it."))
                .with(|finding| advice::no_pem(finding, file)),
        );
    }
    None
}

/// No context can be made, since no provider that is loaded has a cipher.
fn no_ciphers(failure: &SetupFailure) -> Option<Finding> {
    const LIBRARY_HAS_NO_CIPHERS: i32 = 161;
    if failure.kind != SetupKind::Context || !has(failure, lib::SSL, &[LIBRARY_HAS_NO_CIPHERS]) {
        return None;
    }
    Some(
        finding(
            Cause::ConfigInvalidValue,
            Confidence::Likely,
            failure,
            "OpenSSL has no cipher to make an SSL_CTX with: probably its configuration activates no provider that has any.".to_owned(),
        )
        .explain(
            "OpenSSL 3 has its algorithms from providers. Where its configuration activates one, such as \"legacy\", the provider \"default\" is \
             not loaded by itself any more; and where it asks for properties, such as fips=yes, only a provider with these counts.",
        )
        .with(advice::providers),
    )
}

/// A setting that OpenSSL does not accept.
fn value(failure: &SetupFailure) -> Option<Finding> {
    let value = failure.value.as_deref().unwrap_or_default();
    let summary = match failure.kind {
        SetupKind::Ciphers if value.is_empty() => {
            "OpenSSL does not accept the list of cipher suites.".to_owned()
        }
        SetupKind::Ciphers => format!("OpenSSL does not accept the list of cipher suites \"{value}\"."),
        SetupKind::Command => format!("OpenSSL does not accept the setting \"{value}\"."),
        _ => return None,
    };
    Some(finding(Cause::ConfigInvalidValue, Confidence::Certain, failure, summary).with(|finding| {
        match failure.kind {
            SetupKind::Ciphers => advice::ciphers(finding, value),
            _ => finding.advise(
                Stack::Any,
                format!("write a value that this OpenSSL has for \"{value}\"; SSL_CONF_cmd(3) lists them"),
            ),
        }
    }))
}

#[cfg(test)]
mod tests;
