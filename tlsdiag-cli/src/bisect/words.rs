//! Changes to a server's offer in words.

use super::offer::{Change, Dimension, How, TICKETS};

/// So many items are named in a line of progress, and so many clauses; of more, only the number.
const NAMED: usize = 4;
const CLAUSES: usize = 2;

/// What is changed, as clauses such as `CertificateRequest leaves out rsa_pss_rsae_sha256`.
fn clauses(changes: &[Change], most: usize) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    let mut rest = changes;
    while let Some(first) = rest.first() {
        let is_alike = |change: &&Change| (change.dimension, change.how) == (first.dimension, first.how);
        let alike: Vec<&Change> = changes.iter().filter(is_alike).collect();
        rest = match rest.iter().position(|change| !is_alike(&change)) {
            Some(next) => &rest[next..],
            None => &[],
        };
        let said = one(first.dimension, first.how, &alike, most);
        if !clauses.contains(&said) {
            clauses.push(said);
        }
    }
    clauses
}

/// All that is changed.
pub(super) fn whole(changes: &[Change]) -> String {
    listed(&clauses(changes, usize::MAX))
}

/// The same, as short as a line of progress has to be.
pub(super) fn short(changes: &[Change]) -> String {
    let mut clauses = clauses(changes, NAMED);
    if clauses.len() > CLAUSES + 1 {
        let more = clauses.len() - CLAUSES;
        clauses.truncate(CLAUSES);
        clauses.push(format!("{more} more changes of this kind"));
    }
    if clauses.is_empty() { "as it is".to_owned() } else { listed(&clauses) }
}

fn one(dimension: Dimension, how: How, changes: &[&Change], most: usize) -> String {
    let items = |what: &str| {
        if changes.len() > most {
            // Two choices of groups differ in which they begin with.
            let first = match (dimension, how) {
                (Dimension::Groups, How::Without) => format!(", {} the first", shown(changes[0])),
                _ => String::new(),
            };
            return format!("{} {what}{first}", changes.len());
        }
        let names: Vec<String> = changes.iter().map(|change| shown(change)).collect();
        listed(&names)
    };
    match (dimension, how) {
        (Dimension::ClientSchemes, How::Without) => {
            format!("CertificateRequest leaves out {}", items("signature schemes"))
        }
        (Dimension::ClientSchemes, How::With) => {
            format!("CertificateRequest also lists {}", items("signature schemes"))
        }
        (Dimension::Schemes, How::Without) => {
            format!("the server does not sign with {}", items("signature schemes"))
        }
        (Dimension::Schemes, How::With) => {
            format!("the server may also sign with {}", items("signature schemes"))
        }
        (Dimension::Versions, How::Without) => format!("the server does not speak {}", items("versions")),
        (Dimension::Versions, How::With) => format!("the server also speaks {}", items("versions")),
        (Dimension::Groups, How::Without) => {
            format!("the server leaves out the groups {}", items("of its list"))
        }
        (Dimension::Groups, How::With) => format!("the server also takes {}", items("further groups")),
        (Dimension::Suites12 | Dimension::Suites13, How::Without) => {
            format!("the server leaves out {}", items("cipher suites"))
        }
        (Dimension::Suites12 | Dimension::Suites13, How::With) => {
            format!("the server also takes {}", items("further cipher suites"))
        }
        (Dimension::Level, _) => "the server's security level is 0".to_owned(),
        (Dimension::CaNames, How::Without) => format!("CertificateRequest does not name {}", items("CAs")),
        (Dimension::CaNames, How::With) => format!("CertificateRequest also names {}", items("CAs")),
        (Dimension::Protocols, How::Without) => {
            format!("the server does not take the protocol {}", items("by ALPN"))
        }
        (Dimension::Protocols, How::With) => format!("the server takes the protocol {}", items("by ALPN")),
        (Dimension::Tickets, _) => format!("the server sends no {}", items("tickets")),
    }
}

fn shown(change: &Change) -> String {
    match change.dimension {
        Dimension::Versions => version(&change.item),
        Dimension::Tickets if change.item == TICKETS => TICKETS.to_owned(),
        _ => change.item.clone(),
    }
}

/// `TLSv1.2` as people write it.
fn version(name: &str) -> String {
    match name.strip_prefix("TLSv") {
        Some("1") => "TLS 1.0".to_owned(),
        Some(number) => format!("TLS {number}"),
        None => name.to_owned(),
    }
}

/// `a, b and c`.
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_one_kind_are_one_clause() {
        let change = |dimension, how, item: &str| Change { dimension, how, item: item.to_owned() };
        let changes = [
            change(Dimension::ClientSchemes, How::Without, "rsa_pss_rsae_sha256"),
            change(Dimension::ClientSchemes, How::Without, "rsa_pss_rsae_sha384"),
            change(Dimension::Versions, How::Without, "TLSv1.3"),
            change(Dimension::Versions, How::With, "TLSv1"),
        ];
        assert_eq!(
            whole(&changes),
            "CertificateRequest leaves out rsa_pss_rsae_sha256 and rsa_pss_rsae_sha384, the server does not speak TLS 1.3 \
             and the server also speaks TLS 1.0"
        );
        assert_eq!(clauses(&changes[..2], 1), ["CertificateRequest leaves out 2 signature schemes"]);
        let groups = |first: &str| {
            [first, "b", "c", "d", "e"].map(|item| change(Dimension::Groups, How::Without, item))
        };
        assert_ne!(short(&groups("x25519")), short(&groups("secp256r1")));
        assert_eq!(short(&[]), "as it is");
        let more = [Dimension::Groups, Dimension::Level].map(|dimension| change(dimension, How::With, "x"));
        let all: Vec<Change> = changes.into_iter().chain(more).collect();
        assert!(short(&all).ends_with(", the server does not speak TLS 1.3 and 3 more changes of this kind"));
    }
}
