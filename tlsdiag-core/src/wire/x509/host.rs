//! Whether a certificate is for a host (RFC 9525, section 6; RFC 6125 before it).

use std::net::IpAddr;

use super::{Certificate, GeneralName};

/// How a certificate matches a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMatch {
    /// By one of its subjectAltNames.
    SubjectAltName,
    /// By its common name, and it has no dNSName: OpenSSL still accepts that, browsers and Go do not.
    CommonName,
    /// Not at all.
    None,
}

impl Certificate {
    /// Whether OpenSSL would accept this certificate for `host`, a DNS name or an address (IPv6 with or without
    /// brackets). [`host_match`](Self::host_match) says whether everyone would.
    pub fn matches_host(&self, host: &str) -> bool {
        self.host_match(host) != HostMatch::None
    }

    /// How this certificate matches `host`.
    pub fn host_match(&self, host: &str) -> HostMatch {
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = address.parse::<IpAddr>() {
            // An address is never looked for among DNS names, and no wildcard covers one.
            let found = self.sans.contains(&GeneralName::Ip(address));
            return if found { HostMatch::SubjectAltName } else { HostMatch::None };
        }
        if self.dns_names().any(|pattern| covers(pattern, host)) {
            return HostMatch::SubjectAltName;
        }
        let common_name = self.subject.as_ref().and_then(|subject| subject.common_name.as_deref());
        match common_name {
            Some(name) if self.dns_names().next().is_none() && covers(name, host) => HostMatch::CommonName,
            _ => HostMatch::None,
        }
    }

    /// The DNS names among the subjectAltNames.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.sans.iter().filter_map(|name| match name {
            GeneralName::Dns(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

/// A wildcard stands for one whole label, the first, and two more must follow it.
fn covers(pattern: &str, host: &str) -> bool {
    let pattern = pattern.strip_suffix('.').unwrap_or(pattern);
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return false;
    }
    match pattern.strip_prefix("*.") {
        Some(parent) => match host.split_once('.') {
            Some((label, rest)) => {
                !label.is_empty()
                    && parent.contains('.')
                    && rest.eq_ignore_ascii_case(parent)
                    && !rest.contains('*')
            }
            None => false,
        },
        None => pattern.eq_ignore_ascii_case(host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(common_name: Option<&str>, sans: &[GeneralName]) -> Certificate {
        let subject = crate::wire::x509::Name {
            text: String::new(),
            common_name: common_name.map(str::to_owned),
            der: Vec::new(),
        };
        Certificate { subject: Some(subject), sans: sans.to_vec(), ..Certificate::default() }
    }

    #[test]
    fn a_wildcard_is_one_whole_first_label() {
        assert!(covers("*.example.com", "www.EXAMPLE.com"));
        assert!(covers("*.example.com", "www.example.com."));
        assert!(!covers("*.example.com", "example.com"));
        assert!(!covers("*.example.com", "a.b.example.com"));
        assert!(!covers("w*.example.com", "www.example.com"));
        assert!(!covers("www.*.com", "www.example.com"));
        assert!(!covers("*.com", "example.com"));
        assert!(!covers("*", "localhost"));
        assert!(!covers("*.example.com", ".example.com"));
    }

    #[test]
    fn an_address_is_no_dns_name() {
        let named = certificate(Some("192.0.2.1"), &[GeneralName::Dns("192.0.2.1".into())]);
        assert_eq!(named.host_match("192.0.2.1"), HostMatch::None);
        let listed = certificate(None, &[GeneralName::Ip("2001:db8::1".parse().unwrap())]);
        assert!(listed.matches_host("[2001:DB8::1]"));
        assert!(!listed.matches_host("2001:db8::2"));
    }

    #[test]
    fn the_common_name_counts_only_without_dns_names() {
        let old = certificate(Some("www.example.com"), &[GeneralName::Email("a@b".into())]);
        assert_eq!(old.host_match("www.example.com"), HostMatch::CommonName);
        let new = certificate(Some("www.example.com"), &[GeneralName::Dns("other.example.com".into())]);
        assert_eq!(new.host_match("www.example.com"), HostMatch::None);
        assert_eq!(new.host_match("other.example.com"), HostMatch::SubjectAltName);
    }
}
