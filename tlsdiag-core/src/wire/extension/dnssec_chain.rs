//! `dnssec_chain` (RFC 9102).

use super::*;

/// A server's DNS records with the proof that they are genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnssecChain<'a> {
    /// ClientHello: the port of the service whose records are wanted.
    Wanted(u16),
    /// The server's answer.
    Proof {
        /// For how many hours the server will go on answering so.
        support_lifetime: u16,
        /// The records, with what signs them.
        chain: &'a [u8],
    },
}

impl<'a> DnssecChain<'a> {
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            return body.u16("PortNumber").map(Self::Wanted);
        }
        Ok(Self::Proof { support_lifetime: body.u16("ExtSupportLifetime")?, chain: body.rest() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_asked_for_and_a_chain_answered() {
        let decode = |bytes, place| DnssecChain::decode_in(&mut Reader::new(bytes), place);
        assert_eq!(decode(&[1, 0xbb], Place::ClientHello), Ok(DnssecChain::Wanted(443)));
        let proof = DnssecChain::Proof { support_lifetime: 24, chain: &[1, 2, 3] };
        assert_eq!(decode(&[0, 24, 1, 2, 3], Place::Certificate), Ok(proof));
    }
}
