//! This side's certificate has ended, or ends soon, and the file that it came from has been renewed: the program has not read it since.
//!
//! Needs: the certificate that was sent, the time, what its file holds now.

use super::certificate::{cause, date, unix_seconds};
use super::exam;
use crate::diagnose::knowledge::own;
use crate::diagnose::{Cause, CertificateFault, Finding};
use crate::handshake::{Chain, Handshake, OwnFile, Presented};
use crate::wire::x509::Certificate;

const DAY: i64 = 86_400;

/// The certificate that this side sent, where a failed handshake may be due to its end, or where its end is worth a warning: then it is
/// worth while to look whether its file holds another one by now ([`Handshake::with_own_file`]).
#[must_use]
pub fn ending_certificate(handshake: &Handshake) -> Option<&Presented> {
    let chain = handshake.own_chain().filter(|chain| !chain.raw_public_keys)?;
    let leaf = chain.certificates.first()?;
    let left = leaf.certificate.not_after? - unix_seconds(handshake.time);
    let matters = match handshake.outcome.kind.is_established() {
        true => (0..notice(handshake)).contains(&left),
        false => left < 0,
    };
    matters.then_some(leaf)
}

/// Within so many seconds the end of a certificate is worth a warning.
fn notice(handshake: &Handshake) -> i64 {
    i64::from(handshake.expiry_notice.unwrap_or(0)) * DAY
}

/// The finding with this said, where it is about such a certificate and the file is good.
pub(in crate::diagnose) fn told(finding: Finding, handshake: &Handshake) -> Finding {
    let owner = handshake.role;
    let about_end = [cause(owner, CertificateFault::Expired), Cause::WarnCertificateExpiresSoon];
    if finding.side != owner.into() || !about_end.contains(&finding.cause) {
        return finding;
    }
    let Some(file) = handshake.own_file.as_ref() else { return finding };
    let Some((old, new)) = renewed(handshake, file) else { return finding };
    let (old, new) = (date(old), date(new));
    let changed = file.changed.map(|changed| date(unix_seconds(changed)));
    let since = changed.as_ref().map_or_else(String::new, |changed| format!(", changed at {changed},"));
    let ends = if finding.cause == Cause::WarnCertificateExpiresSoon { "ends" } else { "ended" };
    let path = &file.path;
    let mut finding = finding.see(None, "file of the own certificate", path);
    if let Some(changed) = changed {
        finding = finding.see(None, "changed at", changed);
    }
    let mut finding = finding.see(None, "not after, in that file", &new);
    // Renewed it is.
    finding.advice.clear();
    finding.explanation = format!(
        "The file {path}{since} holds a certificate for the same names that is valid until {new}, and this process still uses the one that \
         {ends} at {old}. {}",
        finding.explanation
    );
    finding.with(|finding| own::read_again(finding, owner, path))
}

/// When the certificate in memory ends, and the one in the file, if that one is good.
fn renewed(handshake: &Handshake, file: &OwnFile) -> Option<(i64, i64)> {
    let old = ending_certificate(handshake)?;
    let new = file.chain.certificates.first()?;
    let (old_end, new_end) = (old.certificate.not_after?, new.certificate.not_after?);
    let lasts = new_end > old_end && new_end - unix_seconds(handshake.time) > notice(handshake);
    let chain = with_issuers(handshake, &file.chain, old);
    let is_good = || exam::examine(handshake, handshake.role, &chain).is_empty();
    (old.der != new.der && lasts && is_for_the_same(&old.certificate, &new.certificate) && is_good())
        .then_some((old_end, new_end))
}

/// A file with nothing but the leaf goes with the issuers that are configured beside it.
fn with_issuers(handshake: &Handshake, file: &Chain, old: &Presented) -> Chain {
    let mut chain = file.clone();
    if chain.certificates.len() == 1
        && let Some(own) = handshake
            .own
            .iter()
            .find(|own| own.chain.certificates.first().is_some_and(|leaf| leaf.der == old.der))
    {
        chain.certificates.extend(own.chain.certificates.iter().skip(1).cloned());
    }
    chain
}

/// Whether one is for whatever the other is for.
fn is_for_the_same(old: &Certificate, new: &Certificate) -> bool {
    match old.sans.is_empty() {
        true => old.subject_text() == new.subject_text(),
        false => old.sans.iter().all(|name| new.sans.contains(name)),
    }
}

#[cfg(test)]
mod tests;
