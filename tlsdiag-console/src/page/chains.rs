//! The chains that were shown, each certificate with the time that it is valid for.
//!
//! Time is counted from when the handshake was recorded: that is the day that decided, and a page has no clock.

use maud::{Markup, html};
use tlsdiag_core::report::{CertificateRecord, CompressionRecord, Record};

use super::clients::glyph;
use super::facts::{day, length, moment, row};
use crate::view::State;

/// So many certificates of a chain are shown.
const MOST: usize = 10;

pub(super) fn chains(record: &Record) -> Markup {
    let certificates = &record.certificates;
    html! {
        @if certificates.client.is_some() || certificates.server.is_some() {
            div.two {
                @if let Some(chain) = &certificates.client {
                    (section(record, "client", chain, certificates.client_compression.as_ref()))
                }
                @if let Some(chain) = &certificates.server {
                    (section(record, "server", chain, certificates.server_compression.as_ref()))
                }
            }
        }
    }
}

fn section(
    record: &Record,
    owner: &str,
    chain: &[CertificateRecord],
    compression: Option<&CompressionRecord>,
) -> Markup {
    let this = if record.role == owner { "This " } else { "The " };
    html! {
        section.card aria-labelledby={ "chain-" (owner) "-title" } {
            h2 id={ "chain-" (owner) "-title" } { (this) (owner) "'s certificates" }
            @if chain.is_empty() { p { "None: its Certificate message is empty." } }
            ol.chain {
                @for certificate in chain.iter().take(MOST) { li { (one(certificate, &record.time)) } }
            }
            @if chain.len() > MOST { p.small { "and " (chain.len() - MOST) " more" } }
            @if let Some(how) = compression {
                p.small {
                    "compressed with " (how.algorithm.name) ": " (how.size) " of " (how.uncompressed_size) " bytes"
                }
            }
        }
    }
}

fn one(certificate: &CertificateRecord, recorded: &str) -> Markup {
    let CertificateRecord { subject, issuer, key, signature_algorithm, subject_alt_names, .. } = certificate;
    html! {
        b { @if certificate.raw_public_key { "A bare public key" } @else { (subject) } }
        @for label in labels(certificate) { " " span.label { (label) } }
        p.small {
            @if !certificate.raw_public_key {
                @if subject == issuer { "issued by itself" } @else { "issued by " (issuer) }
                " · "
            }
            (key)
            @if !signature_algorithm.is_empty() { " · signed with " (signature_algorithm) }
            @if !subject_alt_names.is_empty() { " · for " (row(subject_alt_names.iter().map(String::as_str), ", ")) }
        }
        (validity(certificate, recorded))
        @if let Some(where_) = &certificate.malformed { p { (glyph(State::Failed)) " cannot be read whole: " (where_) } }
        @if !certificate.unknown_critical.is_empty() {
            p {
                (glyph(State::Warned)) " critical extensions that are not known: "
                (row(certificate.unknown_critical.iter().map(String::as_str), ", "))
            }
        }
    }
}

/// What it may be used for.
fn labels(certificate: &CertificateRecord) -> Vec<String> {
    let ca = certificate.ca.then(|| match certificate.path_length {
        Some(length) => format!("CA, path length {length}"),
        None => "CA".to_owned(),
    });
    let staple = certificate.must_staple.then(|| "must staple".to_owned());
    let purposes = certificate.extended_key_usage.iter().flatten().take(MOST).cloned();
    ca.into_iter().chain(purposes).chain(staple).collect()
}

/// From when to when, and where in between it was used.
fn validity(certificate: &CertificateRecord, recorded: &str) -> Markup {
    let (Some(from), Some(to)) = (&certificate.not_before, &certificate.not_after) else { return html! {} };
    let moments = (moment(from), moment(to), moment(recorded));
    let (Some(begin), Some(end), Some(at)) = moments else {
        return html! { p.small { (from) " to " (to) } };
    };
    let between = |from: i64, to: i64| length(to.abs_diff(from));
    let (state, words) = if at < begin {
        (State::Failed, format!("not yet valid: {} too early when it was recorded", between(at, begin)))
    } else if at > end {
        (State::Failed, format!("expired {} before it was recorded", between(end, at)))
    } else {
        (State::Worked, format!("{} left when it was recorded", between(at, end)))
    };
    let whole = end.abs_diff(begin).max(1);
    let over = if at < begin { 0 } else { at.abs_diff(begin).min(whole) };
    // A share of a hundred; of a time that is as long as one may write it.
    let percent = u128::from(over) * 100 / u128::from(whole);
    html! {
        svg.bar.(state.class()) viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.whole width="100" height="4" {}
            rect.over width=(percent.max(1)) height="4" {}
        }
        p.small { (day(from)) " to " (day(to)) ", " (glyph(state)) " " (words) }
    }
}
