//! A certificate that was shown ends within the days that the reader has set as the limit.
//!
//! Needs: the limit (none by default), the chains that were shown, the time of the handshake.

use super::certificate;
use crate::diagnose::knowledge::warnings;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Severity};
use crate::event::Role;
use crate::handshake::Handshake;
use crate::wire::x509::Certificate;

pub(in crate::diagnose) const SOON: Rule =
    Rule { name: "expiry::soon", find: soon, causes: || vec![Cause::WarnCertificateExpiresSoon] };

const DAY: i64 = 86_400;

fn soon(handshake: &Handshake) -> Option<Finding> {
    let days = i64::from(handshake.expiry_notice?);
    if !handshake.outcome.kind.is_established() {
        return None;
    }
    let now = certificate::unix_seconds(handshake.time);
    let left = |shown: &Certificate| {
        shown.not_after.map(|end| end - now).filter(|left| (0..days * DAY).contains(left))
    };
    let chains = [(Role::Server, &handshake.server_chain), (Role::Client, &handshake.client_chain)];
    let shown = chains.into_iter().filter_map(|(owner, chain)| Some((owner, chain.as_ref()?))).flat_map(
        |(owner, chain)| {
            chain.certificates.iter().map(move |shown| (owner, chain.event, &*shown.certificate))
        },
    );
    let (owner, event, first) =
        shown.filter(|(.., one)| left(one).is_some()).min_by_key(|(.., one)| left(one))?;
    let whole = left(first)? / DAY;
    let mut finding = Finding::new(
        Cause::WarnCertificateExpiresSoon,
        Confidence::Certain,
        owner,
        format!(
            "A certificate of the {}, \"{}\", ends in {whole} {}.",
            owner.as_str(),
            first.subject_text(),
            if whole == 1 { "day" } else { "days" }
        ),
    )
    .explain("Nothing has failed yet. From that day on every peer that verifies this chain refuses it.")
    .see(event, "not after", first.not_after.map_or_else(String::new, certificate::date));
    finding.severity = Severity::Warning;
    Some(finding.with(warnings::renew))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::handshake::{At, Chain, OutcomeKind, Presented};

    /// An established handshake at day 100, whose server showed a certificate that ends on that day.
    fn shown(end: i64, notice: Option<u32>) -> Option<String> {
        let mut handshake = Handshake::blank(Role::Client).with_expiry_notice(notice);
        handshake.outcome.kind = OutcomeKind::Established;
        handshake.time = UNIX_EPOCH + Duration::from_secs(100 * DAY.unsigned_abs());
        let mut presented = Presented::parse(&[]);
        let mut certificate = (*presented.certificate).clone();
        certificate.not_after = Some(end * DAY);
        presented.certificate = certificate.into();
        let chain = Chain { certificates: vec![presented], ..Chain::default() };
        handshake.server_chain = Some(At { event: 1, value: chain });
        soon(&handshake).map(|finding| finding.summary)
    }

    #[test]
    fn only_within_the_days_that_were_set() {
        assert!(shown(110, Some(30)).expect("a finding").ends_with("ends in 10 days."));
        assert!(shown(101, Some(2)).expect("a finding").ends_with("ends in 1 day."));
        assert_eq!(shown(140, Some(30)), None);
        assert_eq!(shown(99, Some(30)), None, "it has ended already, which is another cause");
        assert_eq!(shown(110, Some(0)), None);
        assert_eq!(shown(110, None), None);
    }
}
