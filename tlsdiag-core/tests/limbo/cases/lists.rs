//! Revocation lists.

use openssl::x509::verify::X509VerifyFlags;

use super::{Case, UNKNOWN, case};
use crate::paper::List;
use crate::scene::{Extra, Trust};
use crate::signed_again::Edit;

/// issuingDistributionPoint with one URI, or with one of its flags set: `82` is onlyContainsCACerts, `85` onlyContainsAttributeCerts.
const OTHER_PLACE: (&str, &str) =
    ("2.5.29.28", "critical,DER:30:15:a0:13:a0:11:86:0f:68:74:74:70:3a:2f:2f:61:2e:69:6e:76:61:6c:69");
const CAS_ALONE: (&str, &str) = ("2.5.29.28", "critical,DER:30:03:82:01:ff");

pub(super) fn lists() -> Vec<Case> {
    vec![
        case("list", "ok", &[0], |s| s.looks_up([List::of(1)])),
        case("list-absent", "crl_unavailable", &[3], |s| s.looks_up([])),
        case("list-of-another-ca", "crl_unavailable", &[3], |s| s.looks_up([List::of(0)])),
        case("list-expired", "crl_expired", &[12], |s| {
            s.looks_up([List { days: (-40, -10), ..List::of(1) }])
        }),
        case("list-too-young", "crl_unusable", &[11], |s| {
            s.looks_up([List { days: (5, 40), ..List::of(1) }])
        }),
        case("leaf-revoked", "revoked", &[23], |s| s.looks_up([List { revokes: vec![2], ..List::of(1) }])),
        case("ca-revoked", "revoked", &[23], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1), List { revokes: vec![1], ..List::of(0) }]);
        }),
        case("lists-of-the-chain", "ok", &[0], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1), List::of(0)]);
        }),
        case("list-of-the-root-absent", "crl_unavailable", &[3], |s| {
            s.flags |= X509VerifyFlags::CRL_CHECK_ALL;
            s.looks_up([List::of(1)]);
        }),
        case("list-of-another-place", "crl_unusable", &[44], |s| {
            s.looks_up([List { extensions: vec![OTHER_PLACE], ..List::of(1) }])
        }),
        case("list-of-cas-alone", "crl_unusable", &[44], |s| {
            s.looks_up([List { extensions: vec![CAS_ALONE], ..List::of(1) }])
        }),
        case("list-unknown-critical", "crl_unusable", &[36], |s| {
            s.looks_up([List { extensions: vec![(UNKNOWN, "critical,DER:0500")], ..List::of(1) }]);
        }),
        case("list-is-a-delta", "crl_unavailable", &[3], |s| {
            s.looks_up([List { extensions: vec![("2.5.29.27", "critical,DER:020101")], ..List::of(1) }]);
        }),
        case("list-forged", "crl_unusable", &[8], |s| s.looks_up([List { forged: true, ..List::of(1) }])),
        case("list-of-a-ca-that-may-not", "crl_unusable", &[35], |s| {
            s.issuing().set("keyUsage", "critical,keyCertSign");
            s.looks_up([List::of(1)]);
        }),
    ]
}

/// Dates that are none, and a list that another root's CA of the same name has made.
pub(super) fn seldom() -> Vec<Case> {
    vec![
        case("list-begins-at-no-date", "crl_unusable", &[15], |s| {
            s.looks_up([List { edit: Some(Edit::FirstDate), ..List::of(1) }])
        }),
        case("list-ends-at-no-date", "crl_unusable", &[16], |s| {
            s.looks_up([List { edit: Some(Edit::SecondDate), ..List::of(1) }])
        }),
        case("list-of-another-root's-ca", "crl_unusable", &[54], |s| {
            s.extra.push(Extra::OtherIssuing);
            s.trusts = Trust::Both;
            s.flags |= X509VerifyFlags::EXTENDED_CRL_SUPPORT;
            s.looks_up([List::of(3)]);
        }),
    ]
}
