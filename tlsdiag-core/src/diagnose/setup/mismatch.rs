//! A key and a certificate that do not belong together.

use super::{capital, finding, has, lib, shown};
use crate::diagnose::knowledge::{own, setup as advice};
use crate::diagnose::{Cause, Confidence, Finding, Stack};
use crate::event::setup::{SetupFailure, SetupKind};
use crate::wire::x509::Certificate;

/// Certificate and key do not belong together: another key, or a file that does not begin with the own certificate.
pub(super) fn find(failure: &SetupFailure) -> Option<Finding> {
    const TYPES_DIFFER: i32 = 115;
    const VALUES_DIFFER: i32 = 116;
    const NO_CERTIFICATE: i32 = 177;
    const NO_KEY: i32 = 190;
    let differ = has(failure, lib::X509, &[TYPES_DIFFER, VALUES_DIFFER]);
    // A certificate that is loaded behind its key takes the key away where the two do not fit, and a key of another type has no
    // certificate beside it.
    let both = failure.certificate_was_loaded && failure.key_was_loaded;
    let apart =
        both && failure.kind == SetupKind::CheckKey && has(failure, lib::SSL, &[NO_KEY, NO_CERTIFICATE]);
    if !differ && !apart {
        return None;
    }
    let key_file = failure.key_file.as_deref().or(failure.file.as_deref());
    let certificate_file = failure.certificate_file.as_deref();
    if let Some(found) = wrong_order(failure, certificate_file) {
        return Some(found);
    }
    let (certificate, key) = (shown("certificate", certificate_file), shown("private key", key_file));
    let both = certificate_file.is_some() && certificate_file == key_file;
    let summary = match both {
        true => format!(
            "The private key in {} is not that of the first certificate in it.",
            key_file.unwrap_or_default()
        ),
        false => format!("{} is not that of {certificate}.", capital(&key)),
    };
    let (certificate_name, key_name) =
        (certificate_file.unwrap_or("cert.pem"), key_file.unwrap_or("key.pem"));
    let mut finding = finding(Cause::ConfigKeyMismatch, Confidence::Certain, failure, summary).explain(
        "OpenSSL refuses a key that does not belong to the certificate beside it. Often one of two files is older: the certificate was \
         issued for a key that was made anew.",
    );
    if let Some(leaf) = failure.certificates.first() {
        let subject = Certificate::parse(leaf).subject.map(|name| name.to_string()).unwrap_or_default();
        finding = finding.see(None, "own certificate", subject);
    }
    Some(
        finding
            .advise(
                Stack::Any,
                format!("load the key that was made with {certificate}; these two must print the same:"),
            )
            .advise(
                Stack::Openssl,
                format!(
                    "openssl x509 -in {} -noout -pubkey; openssl pkey -in {} -pubout",
                    advice::quoted(certificate_name),
                    advice::quoted(key_name)
                ),
            )
            .with(own::key_settings),
    )
}

/// The first certificate issued one of those behind it, and is a CA's: it is not the own one.
fn wrong_order(failure: &SetupFailure, file: Option<&str>) -> Option<Finding> {
    let chain: Vec<_> = failure.certificates.iter().map(|der| Certificate::parse(der)).collect();
    let (first, rest) = chain.split_first()?;
    let own = rest.iter().find(|other| first.issued(other) && !other.is_ca() && !other.is_self_signed_name());
    let own = own.filter(|_| first.is_ca())?;
    let subject =
        |certificate: &Certificate| certificate.subject.as_ref().map(ToString::to_string).unwrap_or_default();
    let place = file.unwrap_or("The file of certificates");
    Some(
        finding(
            Cause::ConfigFile,
            Confidence::Certain,
            failure,
            format!(
                "{place} is in the wrong order: it begins with the certificate of the issuer ({}), and the own one ({}) stands behind it.",
                subject(first),
                subject(own)
            ),
        )
        .explain(
            "OpenSSL takes the first certificate of a file for the own one and the others for its chain. The private key is not the \
             issuer's, so it is refused (\"key values mismatch\").",
        )
        .see(None, "first certificate", subject(first))
        .see(None, "the own one behind it", subject(own))
        .not(Cause::ConfigKeyMismatch, "the key is compared with the issuer's certificate, which comes first")
        .with(|finding| advice::order(finding, file.unwrap_or("fullchain.pem"))),
    )
}
