//! A certificate's names against the names that a CA may issue for (RFC 5280, section 4.2.1.10).

use crate::wire::x509::{Certificate, GeneralName, NameConstraints};

/// The first name of the certificate that a CA with these constraints may not issue for.
pub(in crate::diagnose::rules) fn outside(
    constraints: &NameConstraints,
    one: &Certificate,
) -> Option<String> {
    let subject = one.subject.clone().filter(|subject| !subject.text.is_empty()).map(GeneralName::Directory);
    let mut names = one.sans.iter().chain(&subject);
    names.find(|name| !allowed(constraints, name)).map(ToString::to_string)
}

fn allowed(constraints: &NameConstraints, name: &GeneralName) -> bool {
    let same_kind = |base: &&GeneralName| match (name, *base) {
        (GeneralName::Ip(_), GeneralName::IpRange(_)) => true,
        _ => std::mem::discriminant(name) == std::mem::discriminant(*base),
    };
    let mut permitted = constraints.permitted.iter().filter(same_kind).peekable();
    let fits = permitted.peek().is_none() || permitted.any(|base| within(name, base));
    fits && !constraints.excluded.iter().filter(same_kind).any(|base| within(name, base))
}

fn within(name: &GeneralName, base: &GeneralName) -> bool {
    match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => is_below(name, base),
        (GeneralName::Email(address), GeneralName::Email(base)) => {
            let host = address.rsplit_once('@').map_or("", |(_, host)| host);
            match (base.contains('@'), base.strip_prefix('.')) {
                (true, _) => address.eq_ignore_ascii_case(base),
                (_, Some(domain)) => is_below(host, domain) && !host.eq_ignore_ascii_case(domain),
                _ => host.eq_ignore_ascii_case(base),
            }
        }
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            let (name, base) = (attributes(&name.der), attributes(&base.der));
            name.is_some_and(|name| base.is_some_and(|base| name.starts_with(base)))
        }
        (GeneralName::Ip(address), GeneralName::IpRange(range)) => {
            let address = match address {
                std::net::IpAddr::V4(address) => address.octets().to_vec(),
                std::net::IpAddr::V6(address) => address.octets().to_vec(),
            };
            let (base, mask) = range.split_at(range.len() / 2);
            base.len() == address.len()
                && address.iter().zip(base).zip(mask).all(|((a, b), mask)| a & mask == b & mask)
        }
        // Of other kinds nobody can tell.
        _ => true,
    }
}

/// Whether a host is the domain or below it.
fn is_below(name: &str, base: &str) -> bool {
    let (name, base) = (name.to_ascii_lowercase(), base.to_ascii_lowercase());
    let base = base.strip_prefix('.').unwrap_or(&base);
    base.is_empty() || name.strip_suffix(base).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What stands in the SEQUENCE of a name's DER.
fn attributes(der: &[u8]) -> Option<&[u8]> {
    let header = match der.get(1)? {
        0..=0x7f => 2,
        long => 2 + usize::from(long & 0x7f),
    };
    der.get(header..)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::x509::Name;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.to_owned())
    }

    #[test]
    fn a_constraint_covers_a_domain_and_what_is_below_it() {
        assert!(within(&dns("Example.com"), &dns("example.com")));
        assert!(within(&dns("a.b.example.com"), &dns("example.com")));
        assert!(within(&dns("a.example.com"), &dns(".example.com")));
        assert!(!within(&dns("badexample.com"), &dns("example.com")));
        let ten = GeneralName::IpRange(vec![10, 0, 0, 0, 255, 0, 0, 0]);
        assert!(within(&GeneralName::Ip("10.9.8.7".parse().unwrap()), &ten));
        assert!(!within(&GeneralName::Ip("11.9.8.7".parse().unwrap()), &ten));
        assert!(!within(&GeneralName::Ip("::1".parse().unwrap()), &ten));
    }

    #[test]
    fn an_address_of_mail_is_within_a_host_a_domain_or_itself() {
        let mail = |address: &str| GeneralName::Email(address.to_owned());
        assert!(within(&mail("a@example.com"), &mail("example.com")));
        assert!(!within(&mail("a@www.example.com"), &mail("example.com")));
        assert!(within(&mail("a@www.example.com"), &mail(".example.com")));
        assert!(within(&mail("a@example.com"), &mail("a@example.com")));
        assert!(!within(&mail("b@example.com"), &mail("a@example.com")));
    }

    #[test]
    fn a_distinguished_name_is_within_what_it_begins_with() {
        let name = |der: &[u8]| {
            GeneralName::Directory(Name { text: "x".to_owned(), common_name: None, der: der.to_vec() })
        };
        assert!(within(&name(&[0x30, 4, 1, 2, 3, 4]), &name(&[0x30, 2, 1, 2])));
        assert!(!within(&name(&[0x30, 4, 1, 2, 3, 4]), &name(&[0x30, 2, 3, 4])));
    }

    #[test]
    fn a_kind_of_name_that_is_not_constrained_is_allowed() {
        let constraints = NameConstraints { permitted: vec![dns("example.com")], excluded: vec![] };
        assert!(allowed(&constraints, &GeneralName::Ip("10.9.8.7".parse().unwrap())));
        assert!(!allowed(&constraints, &dns("example.org")));
        let constraints = NameConstraints { permitted: vec![], excluded: vec![dns("example.com")] };
        assert!(!allowed(&constraints, &dns("www.example.com")));
        assert!(allowed(&constraints, &dns("example.org")));
    }
}
