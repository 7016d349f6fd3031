//! NewSessionTicket in the forms of TLS 1.2 (RFC 5077, section 3.3) and TLS 1.3 (RFC 8446, section 4.6.1).

use super::code_points::*;
use super::dialect::Dialect;
use super::error::WireError;
use super::extension::{Extension, Extensions, Place};
use super::reader::Reader;

/// A ticket to resume the session with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewSessionTicket<'a> {
    /// How long it may be used, in seconds; in TLS 1.2 a hint, and 0 says nothing.
    pub lifetime: u32,
    /// The ticket.
    pub ticket: &'a [u8],
    /// What TLS 1.3 adds.
    pub tls13: Option<TicketTls13<'a>>,
}

/// The part of a ticket that only TLS 1.3 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketTls13<'a> {
    /// What the client adds to the ticket's age, in milliseconds, when it shows the ticket.
    pub age_add: u32,
    /// Tells the tickets of one connection apart.
    pub nonce: &'a [u8],
    /// The extensions.
    pub extensions: Extensions<'a>,
}

impl<'a> NewSessionTicket<'a> {
    pub(super) fn decode(reader: &mut Reader<'a>, dialect: &Dialect) -> Result<Self, WireError> {
        let lifetime = reader.u32("ticket_lifetime")?;
        let new = match dialect.version {
            Some(version) => version.is_tls13(),
            // TLS 1.2's ticket fills the message to its end.
            None => {
                !reader.clone().u16("ticket").is_ok_and(|length| usize::from(length) + 2 == reader.left())
            }
        };
        if !new {
            return Ok(Self { lifetime, ticket: reader.bytes16("ticket")?, tls13: None });
        }
        let age_add = reader.u32("ticket_age_add")?;
        let nonce = reader.bytes8("ticket_nonce")?;
        let ticket = reader.bytes16("ticket")?;
        let extensions = Extensions::decode(reader, Place::NewSessionTicket)?;
        Ok(Self { lifetime, ticket, tls13: Some(TicketTls13 { age_add, nonce, extensions }) })
    }

    /// How many bytes of early data a client may send with the ticket.
    pub fn max_early_data(&self) -> Option<u32> {
        match self.tls13?.extensions.find(ExtensionType::EARLY_DATA)?.ok()? {
            Extension::EarlyData(most) => most,
            _ => None,
        }
    }
}
