//! By what the handshakes of one client are known.

use super::Handshake;
use crate::event::Role;

impl Handshake {
    /// The key of this server's client: its address, the server name that it asked for, and the fingerprint of its hello without what
    /// changes from one connection to the next. `None` where the hello is not known, and at a client.
    ///
    /// Two programs of one kind on one host have the same key, as have the users behind one address of a network; where the library is not
    /// told the address, as under Apache httpd, all clients of one kind have.
    #[must_use]
    pub fn client_key(&self) -> Option<String> {
        if self.role != Role::Server {
            return None;
        }
        let offer = self.first_offer.as_ref().or(self.offer.as_ref())?;
        let address = self.peer.map_or_else(|| "-".to_owned(), |peer| peer.ip().to_canonical().to_string());
        let name = offer.server_name.as_deref().unwrap_or("-");
        Some(format!("{address} {name} {}", offer.stable_fingerprint()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handshake::{At, Offer};

    #[test]
    fn a_key_is_of_the_address_and_not_of_the_port() {
        let mut handshake = Handshake::blank(Role::Server);
        assert_eq!(handshake.client_key(), None);
        let offer = Offer { server_name: Some("shop.example".to_owned()), ..Offer::default() };
        handshake.offer = Some(At { event: 1, value: offer });
        assert!(handshake.client_key().is_some_and(|key| key.starts_with("- shop.example ")));
        handshake.peer = "[::ffff:192.0.2.7]:4711".parse().ok();
        let mapped = handshake.client_key().expect("a key");
        assert!(mapped.starts_with("192.0.2.7 shop.example "), "{mapped}");
        handshake.peer = "192.0.2.7:9".parse().ok();
        assert_eq!(handshake.client_key(), Some(mapped));
        handshake.role = Role::Client;
        assert_eq!(handshake.client_key(), None);
    }
}
