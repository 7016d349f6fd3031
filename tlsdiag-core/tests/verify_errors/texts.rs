//! The table of texts beside OpenSSL's: each number that the library at hand knows, and what later ones say. The library's own words of
//! each version stand beside it in `make versions`.

use openssl::ssl::SslVersion;
use openssl::x509::X509VerifyResult;
use tlsdiag_core::diagnose;
use tlsdiag_core::diagnose::library::{is_known_verify_error, verify_meaning};

use crate::meeting::Other;
use crate::{cast, kinds};

/// What OpenSSL says of a number that it does not know.
const UNKNOWN: &str = "unknown certificate verification error";

/// What 3.5 to 4.0 say in more words than 3.0, or of numbers that it has not.
const LATER: [(i32, &str); 9] = [
    (9, "certificate is not yet valid or the system clock is incorrect"),
    (95, "Raw public key untrusted, no trusted keys configured"),
    (96, "OCSP response(s) invalid"),
    (97, "OCSP response signature verification failure"),
    (98, "OCSP response not yet valid (contains a date in the future)"),
    (99, "OCSP response has expired"),
    (100, "no OCSP response available for certificate"),
    (102, "Empty Authority Key Identifier"),
    (103, "Authority Key Identifier issuer and serial number must be paired"),
];

/// Each number that the library at hand or a later one knows, with its sentence.
fn sentences() -> Vec<(i32, &'static str)> {
    let here = (1..=200).map(|error| {
        // SAFETY: any number may be asked for.
        let result = unsafe { X509VerifyResult::from_raw(error) };
        (error, result.error_string())
    });
    let here: Vec<(i32, &str)> = here.filter(|(_, sentence)| *sentence != UNKNOWN).collect();
    assert!(here.len() >= 90, "OpenSSL knows {} numbers", here.len());
    [here, LATER.to_vec()].concat()
}

fn says_more(sentence: &str, text: &str) -> bool {
    sentence.chars().count() > text.chars().count()
}

#[test]
fn each_number_has_a_text_that_is_no_shorter_than_the_librarys() {
    let short: Vec<String> = sentences()
        .into_iter()
        .filter(|(error, sentence)| {
            !is_known_verify_error(*error) || says_more(sentence, verify_meaning(*error))
        })
        .map(|(error, sentence)| {
            format!("{error}: \"{sentence}\" says more than \"{}\"", verify_meaning(error))
        })
        .collect();
    assert!(short.is_empty(), "{short:#?}");
}

/// What no certificate brings about is put into handshakes that failed at the leaf, and at a CA above it.
#[test]
fn each_number_has_a_cause_and_a_sentence_wherever_it_stands() {
    let other = Other::new();
    let mut wrong = Vec::new();
    for (holder, case) in kinds() {
        if !["leaf-expired", "ca-expired"].contains(&case.name) {
            continue;
        }
        let mut verifier = cast(holder, &case).meet(&other, SslVersion::TLS1_3).verifier;
        let at = verifier.verifications.iter().position(|seen| !seen.ok).expect("a fault");
        for (error, sentence) in sentences() {
            verifier.verifications[at].value.error = error;
            let what = format!("{error} in the place of {} ({holder:?})", case.name);
            match diagnose(&verifier).findings.first() {
                None => wrong.push(format!("{what}: nothing is found")),
                Some(found)
                    if !found.cause.code().contains("_cert.") || says_more(sentence, &found.summary) =>
                {
                    wrong.push(format!("{what}: {}: {}", found.cause.code(), found.summary));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
