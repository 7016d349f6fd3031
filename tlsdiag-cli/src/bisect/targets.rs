//! What is tried, and in which order: each list alone first, then several at once. What helps is made small afterwards, so a target may
//! be as large as it likes. A thing that is to be varied is added here.

use tlsdiag_core::diagnose::fit::is_pss;
use tlsdiag_core::wire::SignatureScheme;

use super::known::Known;
use super::offer::{Change, Dimension, Offer, TICKETS, VERSIONS};

/// In this order, unless a verdict says where to begin.
const ORDER: [Dimension; 10] = [
    Dimension::ClientSchemes,
    Dimension::Versions,
    Dimension::Groups,
    Dimension::Suites12,
    Dimension::Suites13,
    Dimension::Schemes,
    Dimension::CaNames,
    Dimension::Level,
    Dimension::Protocols,
    Dimension::Tickets,
];

/// Where a cause is looked for first: all is tried whatever it says.
const HINTS: [(&str, Dimension); 8] = [
    ("sigalg.no_overlap", Dimension::Schemes),
    ("sigalg.", Dimension::ClientSchemes),
    ("client_cert.not_in_ca_list", Dimension::CaNames),
    ("version.", Dimension::Versions),
    ("group.", Dimension::Groups),
    ("cipher.", Dimension::Suites12),
    ("alpn.", Dimension::Protocols),
    ("config.security_level", Dimension::Level),
];

/// The sets of changes to this offer that are tried, in their order.
pub(super) fn targets(offer: &Offer, known: &Known, verdict: &str) -> Vec<Vec<Change>> {
    let mut order = ORDER.to_vec();
    if let Some((_, first)) = HINTS.iter().find(|(start, _)| verdict.starts_with(start)) {
        order.retain(|dimension| dimension != first);
        order.insert(0, *first);
    }
    let alone = order.into_iter().flat_map(|dimension| {
        let wanted = wanted(offer, known, dimension).into_iter();
        wanted.map(move |list| offer.changes(dimension, &list))
    });
    let mut targets: Vec<Vec<Change>> = Vec::new();
    for target in alone.chain(together(offer, known)) {
        if !target.is_empty() && offer.changed(&target).is_possible() && !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}

/// What one list may be instead.
fn wanted(offer: &Offer, known: &Known, dimension: Dimension) -> Vec<Vec<String>> {
    let all = |more: &[String]| with(offer.list(dimension).unwrap_or_default(), more);
    let one = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    match dimension {
        Dimension::ClientSchemes | Dimension::Schemes => schemes(offer, known, dimension),
        Dimension::Versions => {
            vec![one(&VERSIONS[2..3]), one(&VERSIONS[3..]), one(&VERSIONS[2..]), one(&VERSIONS)]
        }
        Dimension::Groups => {
            let alone = ["x25519", "secp256r1"]
                .into_iter()
                .filter(|group| known.groups.iter().any(|one| one == group));
            let more = [all(&known.usual_groups), all(&known.groups)];
            more.into_iter().chain(alone.map(|group| one(&[group]))).collect()
        }
        Dimension::Suites12 => vec![all(&known.usual_suites12), all(&known.suites12)],
        Dimension::Suites13 => vec![all(&known.suites13)],
        Dimension::CaNames => vec![Vec::new()],
        Dimension::Level => vec![one(&["0"])],
        Dimension::Protocols => {
            let more = ["h2", "http/1.1"].map(str::to_owned);
            vec![all(&more), Vec::new()]
        }
        Dimension::Tickets => {
            let fewer = offer.list(dimension).unwrap_or_default();
            vec![fewer.iter().filter(|item| *item != TICKETS).cloned().collect(), Vec::new()]
        }
    }
}

/// More schemes, and fewer of one kind: a client that takes the first one and cannot do it fails for what is there.
fn schemes(offer: &Offer, known: &Known, dimension: Dimension) -> Vec<Vec<String>> {
    let list = offer.list(dimension).unwrap_or_default();
    let (usual, all) = (with(list, &known.usual_schemes), with(list, &known.scheme_names()));
    let without = |list: &[String], kind: fn(u16) -> bool| {
        let is_of_kind = |name: &String| known.schemes.iter().any(|one| one.name == *name && kind(one.code));
        list.iter().filter(|name| !is_of_kind(name)).cloned().collect::<Vec<_>>()
    };
    vec![
        without(list, is_rsa_pss),
        without(&usual, is_rsa_pss),
        without(&all, is_rsa_pss),
        usual,
        without(&all, is_ecdsa_or_eddsa),
        without(&all, is_pkcs1),
        all,
    ]
}

fn is_rsa_pss(code: u16) -> bool {
    is_pss(SignatureScheme(code))
}

fn is_ecdsa_or_eddsa(code: u16) -> bool {
    code & 0xff == 3 && code < 0x0700 || matches!(code, 0x0807 | 0x0808 | 0x081a..=0x081c)
}

fn is_pkcs1(code: u16) -> bool {
    code & 0xff == 1 && code < 0x0700
}

/// Two lists at once, and then everything, in each version and with each choice of schemes.
fn together(offer: &Offer, known: &Known) -> Vec<Vec<Change>> {
    // The most that this list may be is what its own targets end with.
    let most = |dimension| wanted(offer, known, dimension).pop().unwrap_or_default();
    let tolerant: Vec<Change> = [
        // In a server's own list of TLS 1.3 nothing can stand for RSA-PSS with an RSA key: it is as long as can be.
        (Dimension::Schemes, most(Dimension::Schemes)),
        (Dimension::Groups, with(offer.list(Dimension::Groups).unwrap_or_default(), &known.groups)),
        (Dimension::Suites12, most(Dimension::Suites12)),
        (Dimension::Suites13, most(Dimension::Suites13)),
        (Dimension::Level, most(Dimension::Level)),
        (Dimension::CaNames, Vec::new()),
        (Dimension::Protocols, Vec::new()),
    ]
    .into_iter()
    .flat_map(|(dimension, list)| offer.changes(dimension, &list))
    .collect();
    let mut versions = wanted(offer, known, Dimension::Versions);
    versions.insert(0, offer.list(Dimension::Versions).unwrap_or_default().to_vec());
    let schemes = wanted(offer, known, Dimension::ClientSchemes);
    let list = offer.list(Dimension::ClientSchemes).unwrap_or_default().to_vec();
    let schemes = [list, schemes[0].clone(), schemes[2].clone(), schemes[schemes.len() - 1].clone()];
    let (mut targets, mut all) = (Vec::new(), Vec::new());
    for version in versions {
        for schemes in &schemes {
            let mut two = offer.changes(Dimension::ClientSchemes, schemes);
            two.extend(offer.changes(Dimension::Versions, &version));
            all.push(two.iter().chain(&tolerant).cloned().collect());
            targets.push(two);
        }
    }
    targets.extend(all);
    targets
}

/// A list and what it lacks.
fn with(list: &[String], more: &[String]) -> Vec<String> {
    let new = more.iter().filter(|item| !list.contains(item));
    list.iter().chain(new).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bisect::offer::How;

    fn known() -> Known {
        let scheme =
            |code: u16| crate::bisect::known::Scheme { code, name: SignatureScheme(code).to_string() };
        let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
        Known {
            schemes: [0x0403, 0x0804, 0x0401].map(scheme).to_vec(),
            usual_schemes: Vec::new(),
            groups: list(&["x25519", "secp256r1"]),
            usual_groups: list(&["x25519"]),
            suites12: list(&["ECDHE-RSA-AES128-GCM-SHA256"]),
            usual_suites12: Vec::new(),
            suites13: list(&["TLS_AES_128_GCM_SHA256"]),
        }
    }

    fn offer() -> Offer {
        let known = known();
        let mut offer = Offer::default();
        let schemes: Vec<String> = known.schemes.iter().map(|one| one.name.clone()).collect();
        offer.set(Dimension::ClientSchemes, schemes.clone());
        offer.set(Dimension::Schemes, schemes);
        offer.set(Dimension::Groups, known.groups);
        offer.set(Dimension::Suites12, known.suites12);
        offer.set(Dimension::Suites13, known.suites13);
        offer.set(Dimension::Versions, VERSIONS[2..].iter().map(|one| (*one).to_owned()).collect());
        offer.set(Dimension::Level, Vec::new());
        offer.set(Dimension::CaNames, vec!["CN=a".to_owned()]);
        offer
    }

    #[test]
    fn a_verdict_changes_the_order_and_nothing_else() {
        let (offer, known) = (offer(), known());
        let mut plain = targets(&offer, &known, "unexplained");
        assert_eq!(plain[0][0].dimension, Dimension::ClientSchemes);
        assert!(plain[0].iter().all(|change| change.how == How::Without), "RSA-PSS is left out");
        let mut hinted = targets(&offer, &known, "group.no_overlap");
        assert_eq!(hinted[0][0].dimension, Dimension::Groups);
        plain.sort();
        hinted.sort();
        assert_eq!(plain, hinted);
    }

    #[test]
    fn each_target_is_a_server_that_can_be() {
        let offer = offer();
        for target in targets(&offer, &known(), "") {
            let changed = offer.changed(&target);
            assert!(changed != offer && changed.is_possible(), "{target:?}");
        }
    }

    #[test]
    fn kinds_of_schemes_are_told_apart() {
        let kinds = |code| (is_rsa_pss(code), is_ecdsa_or_eddsa(code), is_pkcs1(code));
        for (code, kind) in [
            (0x0804, (true, false, false)),
            (0x080b, (true, false, false)),
            (0x0403, (false, true, false)),
            (0x0807, (false, true, false)),
            (0x0501, (false, false, true)),
            (0x0402, (false, false, false)),
        ] {
            assert_eq!(kinds(code), kind, "{code:04x}");
        }
    }
}
