//! Wire enumerations are open: a struct around the number, with the names that IANA knows at its side. A number
//! without a name is data, not an error.

/// Declares one open enumeration: the struct, its Display, and how it is read from the wire.
/// `grease` names the function that recognises the values RFC 8701 reserves.
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident($int:ty), $grease:path) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $int);

        impl $name {
            /// Whether RFC 8701 reserves this number as GREASE: sent to keep peers tolerant, meaning nothing.
            pub const fn is_grease(self) -> bool {
                $grease(self.0 as u16)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                const WIDTH: usize = 2 + 2 * size_of::<$int>();
                match self.name() {
                    Some(name) => f.pad(name),
                    None if self.is_grease() => write!(f, "GREASE({:#0WIDTH$x})", self.0),
                    None => write!(f, "{:#0WIDTH$x}", self.0),
                }
            }
        }

        impl From<$name> for u16 {
            fn from(item: $name) -> u16 {
                u16::from(item.0)
            }
        }

        impl From<$int> for $name {
            fn from(number: $int) -> Self {
                Self(number)
            }
        }

        impl $crate::wire::list::Item for $name {
            const SIZE: usize = size_of::<$int>();
            #[inline]
            fn from_wire(bytes: &[u8]) -> Option<Self> {
                <[u8; size_of::<$int>()]>::try_from(bytes).ok().map(|bytes| Self(<$int>::from_be_bytes(bytes)))
            }
        }
    };
}
pub(crate) use open_enum;

/// RFC 8701, section 2: sixteen values 0x0a0a, 0x1a1a … 0xfafa.
pub(crate) const fn grease16(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

/// RFC 8701, section 2: eight values 0x0b, 0x2a … 0xe4, each 0x1f above the last.
pub(crate) const fn grease8(number: u16) -> bool {
    number <= 0xe4 && number % 0x1f == 0x0b
}

/// For enumerations in which nothing is reserved.
pub(crate) const fn no_grease(_: u16) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::super::code_points::{AlertDescription, CipherSuite, PskKeyExchangeMode};
    use super::*;

    #[test]
    fn a_number_shows_as_name_or_grease_or_hex() {
        assert_eq!(CipherSuite(0x1301).to_string(), "TLS_AES_128_GCM_SHA256");
        assert_eq!(CipherSuite(0x1a1a).to_string(), "GREASE(0x1a1a)");
        assert_eq!(CipherSuite(0x00f7).to_string(), "0x00f7");
        assert_eq!(AlertDescription(7).to_string(), "0x07");
        assert_eq!(PskKeyExchangeMode(0x0b).to_string(), "GREASE(0x0b)");
    }

    #[test]
    fn there_are_sixteen_and_eight_grease_values() {
        assert_eq!((0..=u16::MAX).filter(|&number| grease16(number)).count(), 16);
        let small: Vec<_> = (0..=255).filter(|&number| grease8(number)).collect();
        assert_eq!(small, [0x0b, 0x2a, 0x49, 0x68, 0x87, 0xa6, 0xc5, 0xe4]);
    }

    #[test]
    fn display_honours_width() {
        assert_eq!(format!("[{:>24}]", CipherSuite(0x1301)), "[  TLS_AES_128_GCM_SHA256]");
    }
}
