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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_two_four_or_eight_bytes() {
        // The examples of RFC 9000, appendix A.1.
        let read = |bytes: &[u8]| varint(&mut Reader::new(bytes), "x");
        assert_eq!(read(&[0xc2, 0x19, 0x7c, 0x5e, 0xff, 0x14, 0xe8, 0x8c]), Ok(151_288_809_941_952_652));
        assert_eq!(read(&[0x9d, 0x7f, 0x3e, 0x7d]), Ok(494_878_333));
        assert_eq!(read(&[0x7b, 0xbd]), Ok(15_293));
        assert_eq!(read(&[0x25]), Ok(37));
        assert!(read(&[0x9d, 0x7f]).is_err());
    }

    #[test]
    fn a_length_beyond_the_message_is_an_error() {
        let bytes = [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0];
        assert!(QuicTransportParameter::decode(&mut Reader::new(&bytes)).is_err());
        let parameter = QuicTransportParameter::decode(&mut Reader::new(&[1, 1, 30])).unwrap();
        assert_eq!((parameter.name(), parameter.value), (Some("max_idle_timeout"), &[30][..]));
    }
}
