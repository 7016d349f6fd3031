//! `pre_shared_key` (RFC 8446, section 4.2.11).

use super::*;

/// Pre-shared keys, most often tickets of an earlier session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreSharedKey<'a> {
    /// ClientHello.
    Offered {
        /// The keys' names.
        identities: Sequence<'a, PskIdentity<'a>>,
        /// The proof, for each, that the client has the key.
        binders: Sequence<'a, PskBinder<'a>>,
    },
    /// ServerHello: the chosen identity, counted from 0.
    Chosen(u16),
}

/// The name of a pre-shared key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PskIdentity<'a> {
    /// A ticket, or what both sides agreed on out of band.
    pub identity: &'a [u8],
    /// The ticket's age in milliseconds plus the ticket's `age_add`, modulo 2³²; 0 for keys agreed out of band.
    pub obfuscated_ticket_age: u32,
}

/// An HMAC over the ClientHello up to the binders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PskBinder<'a>(pub &'a [u8]);

impl<'a> PreSharedKey<'a> {
    #[inline]
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            let identities = body.sub16("identities")?.sequence()?;
            let binders = body.sub16("binders")?.sequence()?;
            Ok(Self::Offered { identities, binders })
        } else {
            body.u16("selected_identity").map(Self::Chosen)
        }
    }
}

impl<'a> Decode<'a> for PskIdentity<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            identity: reader.bytes16("identity")?,
            obfuscated_ticket_age: reader.u32("obfuscated_ticket_age")?,
        })
    }
}

impl<'a> Decode<'a> for PskBinder<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        reader.bytes8("PskBinderEntry").map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_and_a_choice() {
        let bytes = [0, 7, 0, 1, 9, 0, 0, 1, 0, 0, 3, 2, 5, 6];
        let decoded = PreSharedKey::decode_in(&mut Reader::new(&bytes), Place::ClientHello).unwrap();
        let PreSharedKey::Offered { identities, binders } = decoded else { panic!("{decoded:?}") };
        assert!(identities.iter().eq([PskIdentity { identity: &[9], obfuscated_ticket_age: 256 }]));
        assert!(binders.iter().eq([PskBinder(&[5, 6])]));
        let chosen = PreSharedKey::decode_in(&mut Reader::new(&[0, 1]), Place::ServerHello);
        assert_eq!(chosen, Ok(PreSharedKey::Chosen(1)));
    }
}
