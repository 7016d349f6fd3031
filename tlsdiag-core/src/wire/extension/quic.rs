//! `quic_transport_parameters` (RFC 9000, section 18): raw parameters.

use super::*;

/// One parameter of QUIC's transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuicTransportParameter<'a> {
    /// Which one; up to 62 bits.
    pub id: u64,
    /// Its value, as the parameter defines it.
    pub value: &'a [u8],
}

impl QuicTransportParameter<'_> {
    /// The parameter's name.
    pub fn name(&self) -> Option<&'static str> {
        u16::try_from(self.id).ok().and_then(|id| QuicTransportParameterId(id).name())
    }
}

impl<'a> Decode<'a> for QuicTransportParameter<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        let id = varint(reader, "transport_parameter_id")?;
        let length = varint(reader, "transport_parameter_length")?;
        // A length beyond the address space is certainly beyond the message.
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        Ok(Self { id, value: reader.take(length, "transport_parameter_value")? })
    }
}

/// RFC 9000, section 16: the first two bits say how many bytes there are.
fn varint(reader: &mut Reader<'_>, what: &'static str) -> Result<u64, WireError> {
    let first = reader.u8(what)?;
    let more = (1_usize << (first >> 6)) - 1;
    let rest = reader.take(more, what)?;
    Ok(rest.iter().fold(u64::from(first & 0x3f), |number, &byte| number << 8 | u64::from(byte)))
}
