//! What a server offers, as lists that can be changed item by item.

use std::collections::BTreeMap;

use tlsdiag_core::diagnose::ServerSetting;

/// A list of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dimension {
    /// Of CertificateRequest, where a certificate is asked for.
    ClientSchemes,
    /// Of the server's own signatures.
    Schemes,
    Versions,
    Groups,
    Suites12,
    Suites13,
    /// Empty as it is configured; `0` is the lowest one.
    Level,
    /// Subjects of the CAs that CertificateRequest names.
    CaNames,
    /// Application protocols.
    Protocols,
    /// [`TICKETS`] and [`TICKETS_OF_TLS13`].
    Tickets,
}

pub(super) const TICKETS: &str = "session tickets that hold the session";
pub(super) const TICKETS_OF_TLS13: &str = "session tickets of TLS 1.3";

/// One item more or less. By its order, what is left out comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    pub(super) dimension: Dimension,
    pub(super) how: How,
    pub(super) item: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum How {
    Without,
    With,
}

/// The lists, as OpenSSL takes their items; one that is missing is not varied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Offer {
    lists: BTreeMap<Dimension, Vec<String>>,
}

/// From the lowest on, as `SSL_CONF_cmd(3)` writes them.
pub(super) const VERSIONS: [&str; 4] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

impl Offer {
    pub(super) fn set(&mut self, dimension: Dimension, list: Vec<String>) {
        self.lists.insert(dimension, list);
    }

    pub(super) fn list(&self, dimension: Dimension) -> Option<&[String]> {
        self.lists.get(&dimension).map(Vec::as_slice)
    }

    /// What has to change in this list for it to have these items. Lists keep their order, and what is new comes last.
    pub(super) fn changes(&self, dimension: Dimension, wanted: &[String]) -> Vec<Change> {
        let Some(list) = self.list(dimension) else { return Vec::new() };
        let change = |how, item: &String| Change { dimension, how, item: item.clone() };
        let gone = list.iter().filter(|item| !wanted.contains(item)).map(|item| change(How::Without, item));
        let new = wanted.iter().filter(|item| !list.contains(item)).map(|item| change(How::With, item));
        gone.chain(new).collect()
    }

    /// The offer with these changes.
    pub(super) fn changed(&self, changes: &[Change]) -> Offer {
        let mut offer = self.clone();
        for change in changes {
            let Some(list) = offer.lists.get_mut(&change.dimension) else { continue };
            match change.how {
                How::Without => list.retain(|item| *item != change.item),
                How::With if !list.contains(&change.item) => list.push(change.item.clone()),
                How::With => {}
            }
            if change.dimension == Dimension::Versions {
                list.sort_by_key(|version| VERSIONS.iter().position(|known| known == version));
            }
        }
        offer
    }

    /// Whether a server can be set to it: something in each list that needs it, and versions without a gap.
    pub(super) fn is_possible(&self) -> bool {
        self.lists.iter().all(|(dimension, list)| match dimension {
            Dimension::Level | Dimension::CaNames | Dimension::Protocols | Dimension::Tickets => true,
            Dimension::Suites12 | Dimension::Suites13 => !list.is_empty() || !self.needs(*dimension),
            Dimension::Versions => {
                let places: Vec<_> =
                    list.iter().filter_map(|one| VERSIONS.iter().position(|known| known == one)).collect();
                !places.is_empty() && places.windows(2).all(|pair| pair[1] == pair[0] + 1)
            }
            _ => !list.is_empty(),
        })
    }

    /// Whether a version that is enabled has suites of this kind.
    fn needs(&self, suites: Dimension) -> bool {
        let versions = self.list(Dimension::Versions).unwrap_or_default();
        versions.iter().any(|version| (version == "TLSv1.3") == (suites == Dimension::Suites13))
    }

    /// What a server is to be set to where these lists differ from that offer's.
    pub(super) fn settings(&self, from: &Offer) -> Vec<ServerSetting> {
        let differs = |(dimension, list): &(&Dimension, &Vec<String>)| from.list(**dimension) != Some(list);
        let joined = |list: &[String]| list.join(":");
        let mut settings = Vec::new();
        for (dimension, list) in self.lists.iter().filter(differs) {
            match dimension {
                Dimension::ClientSchemes => settings.push(ServerSetting::ClientSchemes(joined(list))),
                Dimension::Schemes => {
                    settings.push(ServerSetting::Schemes(joined(list)));
                    // It would go for clients, too.
                    let clients = self.list(Dimension::ClientSchemes);
                    let same = clients.filter(|clients| from.list(Dimension::ClientSchemes) == Some(clients));
                    settings.extend(same.map(|clients| ServerSetting::ClientSchemes(joined(clients))));
                }
                Dimension::Versions => settings.push(ServerSetting::Versions(list.clone())),
                Dimension::Groups => settings.push(ServerSetting::Groups(joined(list))),
                Dimension::Suites12 => settings.push(ServerSetting::Suites12(joined(list))),
                Dimension::Suites13 => settings.push(ServerSetting::Suites13(joined(list))),
                Dimension::Level => settings.push(ServerSetting::Level(0)),
                Dimension::CaNames => settings.push(ServerSetting::CaNames(list.clone())),
                Dimension::Protocols => settings.push(ServerSetting::Protocols(list.clone())),
                Dimension::Tickets => {
                    let gone = |item: &str| !list.iter().any(|one| one == item);
                    settings.extend(gone(TICKETS).then_some(ServerSetting::NoTickets));
                    settings.extend(gone(TICKETS_OF_TLS13).then_some(ServerSetting::NoTicketsOfTls13));
                }
            }
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn the_changes_to_a_list_make_that_list() {
        let mut offer = Offer::default();
        offer.set(Dimension::Groups, list(&["x25519", "secp256r1", "secp384r1"]));
        let wanted = list(&["secp256r1", "secp521r1"]);
        let changes = offer.changes(Dimension::Groups, &wanted);
        assert_eq!(changes.len(), 3);
        let changed = offer.changed(&changes);
        assert_eq!(changed.list(Dimension::Groups), Some(&wanted[..]));
        assert_eq!(changed.settings(&offer), [ServerSetting::Groups("secp256r1:secp521r1".to_owned())]);
        assert!(offer.changes(Dimension::Tickets, &[]).is_empty(), "it is not varied");
    }

    #[test]
    fn a_server_has_versions_without_a_gap_and_no_empty_list() {
        let mut offer = Offer::default();
        offer.set(Dimension::Versions, list(&["TLSv1.2"]));
        let with = |version: &str| Change {
            dimension: Dimension::Versions,
            how: How::With,
            item: version.to_owned(),
        };
        assert!(offer.changed(&[with("TLSv1.3"), with("TLSv1.1")]).is_possible());
        assert!(!offer.changed(&[with("TLSv1")]).is_possible());
        let settings = offer.changed(&[with("TLSv1.1")]).settings(&offer);
        assert_eq!(settings, [ServerSetting::Versions(list(&["TLSv1.1", "TLSv1.2"]))]);
        let none = Change { how: How::Without, ..with("TLSv1.2") };
        assert!(!offer.changed(&[none]).is_possible());
    }
}
