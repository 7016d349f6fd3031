//! Messages whose facts have no place of their own.

use crate::wire::{Dialect, Message, WireError};

/// A message as it came, with what is needed to read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OtherMessage {
    bytes: Vec<u8>,
    dialect: Dialect,
}

impl OtherMessage {
    pub(super) fn new(bytes: &[u8], dialect: Dialect) -> Self {
        OtherMessage { bytes: bytes.to_vec(), dialect }
    }

    /// The message with its header.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// It is malformed.
    pub fn decode(&self) -> Result<Message<'_>, WireError> {
        Message::decode(&self.bytes, &self.dialect)
    }
}
