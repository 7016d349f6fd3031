//! Bytes as hexadecimal text, for serde's `with`.

use std::borrow::Cow;
use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE as HEX;
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Bytes that are written as text.
#[derive(Clone)]
pub(crate) struct Hex<'a>(pub(crate) Cow<'a, [u8]>);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&HEX.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hex<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Vec<u8>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes in hexadecimal")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Vec<u8>, E> {
                HEX.decode(text.as_bytes()).map_err(|_| E::custom("bytes that are not hexadecimal"))
            }
        }
        deserializer.deserialize_str(Text).map(|bytes| Hex(Cow::Owned(bytes)))
    }
}

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    Hex(Cow::Borrowed(bytes)).serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Hex::deserialize(deserializer).map(|hex| hex.0.into_owned())
}

/// The same for a list of byte strings.
pub(crate) mod list {
    use super::{Cow, Deserialize, Deserializer, Hex, Serializer};

    pub(crate) fn serialize<S: Serializer>(list: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|bytes| Hex(Cow::Borrowed(bytes))))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
        let list = Vec::<Hex<'static>>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|hex| hex.0.into_owned()).collect())
    }
}
