//! A certificate in words, for summaries and evidence.

use super::{Certificate, GeneralName, Name};

impl Certificate {
    /// The subject as text; empty where there is none.
    pub fn subject_text(&self) -> &str {
        self.subject.as_ref().map_or("", |name| name.text.as_str())
    }

    /// The issuer as text; empty where there is none.
    pub fn issuer_text(&self) -> &str {
        self.issuer.as_ref().map_or("", |name| name.text.as_str())
    }

    /// Whether `name` is the issuer, to the byte.
    pub fn is_issued_by_name(&self, name: &[u8]) -> bool {
        self.issuer.as_ref().is_some_and(|issuer| issuer.der == name)
    }

    /// The name of the issuer's own issuer, where the authority key identifier gives it (RFC 5280, section 4.2.1.1).
    pub fn issuers_issuer(&self) -> Option<&Name> {
        self.authority_issuer.iter().find_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        })
    }

    /// The host names and addresses that it is for, as a list; the subject where it has none.
    pub fn names_shown(&self) -> String {
        const SHOWN: usize = 6;
        let mut names: Vec<_> = self
            .sans
            .iter()
            .filter_map(|name| match name {
                // No client looks for an address there.
                GeneralName::Dns(name) if name.parse::<std::net::IpAddr>().is_ok() => {
                    Some(format!("{name} as a DNS name"))
                }
                GeneralName::Dns(name) => Some(name.clone()),
                GeneralName::Ip(address) => Some(address.to_string()),
                _ => None,
            })
            .collect();
        if names.is_empty() {
            return format!("no host in subjectAltName, only the subject \"{}\"", self.subject_text());
        }
        let more = names.len().saturating_sub(SHOWN);
        names.truncate(SHOWN);
        if more > 0 {
            names.push(format!("and {more} more"));
        }
        names.join(", ")
    }
}
