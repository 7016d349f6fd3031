//! `ticket_pinning` (RFC 8672).

use super::*;

/// A ticket by which a client knows a server again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketPinning<'a> {
    /// ClientHello: the ticket, none at the first visit.
    Shown(&'a [u8]),
    /// The server: its proof and a new ticket.
    Proved {
        /// That it can read the client's ticket; none at the first visit.
        proof: &'a [u8],
        /// The next ticket; none if the server wants no more pinning.
        ticket: &'a [u8],
        /// How many seconds the server will take it for.
        lifetime: u32,
    },
}

impl<'a> TicketPinning<'a> {
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if place == Place::ClientHello {
            return body.bytes16("pinning_ticket").map(Self::Shown);
        }
        Ok(Self::Proved {
            proof: body.bytes8("pinning_proof")?,
            ticket: body.bytes16("pinning_ticket")?,
            lifetime: body.u32("lifetime")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_shown_and_answered_with_a_proof() {
        let decode = |bytes, place| TicketPinning::decode_in(&mut Reader::new(bytes), place);
        assert_eq!(decode(&[0, 1, 7], Place::ClientHello), Ok(TicketPinning::Shown(&[7])));
        let proved = TicketPinning::Proved { proof: &[5], ticket: &[6], lifetime: 60 };
        assert_eq!(decode(&[1, 5, 0, 1, 6, 0, 0, 0, 60], Place::EncryptedExtensions), Ok(proved));
    }
}
