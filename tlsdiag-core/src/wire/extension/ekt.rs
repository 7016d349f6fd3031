//! `supported_ekt_ciphers` (RFC 8870, section 5.2.1).

use super::*;

/// What may encrypt the keys of SRTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EktCiphers<'a> {
    /// ClientHello: all that the client takes, best first.
    Offered(List<'a, EktCipher>),
    /// The server's choice.
    Chosen(EktCipher),
}

impl<'a> EktCiphers<'a> {
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            body.list8("supported_ciphers").map(Self::Offered)
        } else {
            body.u8("selected_cipher").map(|number| Self::Chosen(EktCipher(number)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_and_a_choice() {
        let decode = |bytes, place| EktCiphers::decode_in(&mut Reader::new(bytes), place);
        let Ok(EktCiphers::Offered(list)) = decode(&[2, 1, 2], Place::ClientHello) else { panic!() };
        assert!(list.contains(EktCipher::AESKW256));
        assert_eq!(decode(&[1], Place::ServerHello), Ok(EktCiphers::Chosen(EktCipher::AESKW128)));
    }
}
