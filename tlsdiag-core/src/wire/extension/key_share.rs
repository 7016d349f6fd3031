//! `key_share` in its three forms (RFC 8446, section 4.2.8).

use super::*;

/// Public keys for the key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShare<'a> {
    /// ClientHello: one key for each group the client guesses.
    Offered(Sequence<'a, KeyShareEntry<'a>>),
    /// ServerHello: the server's key.
    Chosen(KeyShareEntry<'a>),
    /// HelloRetryRequest: the group that the server wants a key for.
    Retry(NamedGroup),
}

/// A public key and its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyShareEntry<'a> {
    /// The group.
    pub group: NamedGroup,
    /// The key, or a KEM's ciphertext, as the group defines it.
    pub key_exchange: &'a [u8],
}

impl<'a> KeyShare<'a> {
    #[inline]
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        match place {
            Place::ClientHello => body.sub16("client_shares")?.sequence().map(Self::Offered),
            Place::HelloRetryRequest => {
                body.u16("selected_group").map(|group| Self::Retry(NamedGroup(group)))
            }
            _ => KeyShareEntry::decode(body).map(Self::Chosen),
        }
    }
}

impl<'a> Decode<'a> for KeyShareEntry<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self { group: NamedGroup(reader.u16("group")?), key_exchange: reader.bytes16("key_exchange")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_has_its_form() {
        let decode = |bytes, place| KeyShare::decode_in(&mut Reader::new(bytes), place);
        let entry = KeyShareEntry { group: NamedGroup::X25519, key_exchange: &[7] };
        assert_eq!(decode(&[0, 29, 0, 1, 7], Place::ServerHello), Ok(KeyShare::Chosen(entry)));
        assert_eq!(decode(&[0, 29], Place::HelloRetryRequest), Ok(KeyShare::Retry(NamedGroup::X25519)));
        let Ok(KeyShare::Offered(shares)) = decode(&[0, 5, 0, 29, 0, 1, 7], Place::ClientHello) else {
            panic!()
        };
        assert!(shares.iter().eq([entry]));
        // The second share is cut: the sequence is refused as a whole.
        assert!(decode(&[0, 8, 0, 29, 0, 1, 7, 0, 23, 0], Place::ClientHello).is_err());
    }
}
