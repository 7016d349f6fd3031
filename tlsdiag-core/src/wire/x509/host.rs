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
    /// By a wildcard for a part of the first label, such as `w*.example.com`: OpenSSL accepts that unless it is told otherwise
    /// (`X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS`); browsers, Go, curl and Python do not.
    PartialWildcard,
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
            _ if self.dns_names().any(|pattern| covers_in_part(pattern, host)) => HostMatch::PartialWildcard,
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

/// A wildcard at the beginning or the end of the first label, with other characters beside it, as X509_check_host(3) takes it: two more labels
/// must follow, and neither label may be one of IDNA.
fn covers_in_part(pattern: &str, host: &str) -> bool {
    let (Some((label, parent)), Some((name, rest))) = (pattern.split_once('.'), host.split_once('.')) else {
        return false;
    };
    let (start, end) = match (label.strip_suffix('*'), label.strip_prefix('*')) {
        (Some(start), _) => (start, ""),
        (None, Some(end)) => ("", end),
        (None, None) => return false,
    };
    let is_of_idna = |label: &str| label.get(..4).is_some_and(|first| first.eq_ignore_ascii_case("xn--"));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let begins = name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let ends = name.len().checked_sub(end.len()).and_then(|at| name.get(at..));
    let whole = label == "*";
    !whole
        && plain(start)
        && plain(end)
        && plain(name)
        && !is_of_idna(label)
        && !is_of_idna(name)
        && parent.contains('.')
        && !parent.contains('*')
        && rest.trim_end_matches('.').eq_ignore_ascii_case(parent.trim_end_matches('.'))
        && name.len() >= start.len() + end.len()
        && begins
        && ends.is_some_and(|last| last.eq_ignore_ascii_case(end))
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

    /// As OpenSSL's X509_check_host(3) answers.
    #[test]
    fn a_wildcard_for_a_part_of_the_first_label_is_openssls_alone() {
        let matched = |pattern: &str, host: &str| {
            certificate(None, &[GeneralName::Dns(pattern.into())]).host_match(host)
        };
        for (pattern, host) in [
            ("w*.example.com", "www.example.com"),
            ("W*.example.com", "w.EXAMPLE.com"),
            ("*w.example.com", "www.example.com"),
        ] {
            assert_eq!(matched(pattern, host), HostMatch::PartialWildcard, "{pattern} {host}");
        }
        for (pattern, host) in [
            ("w*.example.com", "api.example.com"),
            ("w*w.example.com", "www.example.com"),
            ("w*.com", "www.com"),
            ("w*.example.com", "www.a.example.com"),
            ("www.e*.example.com", "www.ex.example.com"),
            ("xn--*.example.com", "xn--a.example.com"),
            ("x*.example.com", "xn--a.example.com"),
            ("w**.example.com", "www.example.com"),
        ] {
            assert_eq!(matched(pattern, host), HostMatch::None, "{pattern} {host}");
        }
        assert_eq!(matched("*.example.com", "www.example.com"), HostMatch::SubjectAltName);
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
