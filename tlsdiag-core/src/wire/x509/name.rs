//! X.501 names as text (RFC 4514) and as the bytes that decide whether two are the same.

use super::der::Element;
use super::hex;
use crate::wire::error::WireError;
use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::prelude::{FromDer, X509Name};

/// A distinguished name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name as RFC 4514 writes it, the most special part first: `CN=www.example,O=Example`.
    pub text: String,
    /// The first common name, unescaped.
    pub common_name: Option<String>,
    /// The DER.
    pub der: Vec<u8>,
}

impl Name {
    /// Reads the DER of a name, such as one in a CertificateRequest. What does not parse shows as `#` and its bytes.
    pub fn parse(der: &[u8]) -> Self {
        match X509Name::from_der(der) {
            Ok((_, name)) => Self::new(&name, der),
            Err(_) => Self { text: format!("#{}", hex(der)), common_name: None, der: der.to_vec() },
        }
    }

    pub(super) fn from_der(element: &Element<'_>) -> Result<Self, WireError> {
        let (_, name) = X509Name::from_der(element.whole).map_err(|_| element.malformed("Name"))?;
        Ok(Self::new(&name, element.whole))
    }

    pub(super) fn new(name: &X509Name<'_>, der: &[u8]) -> Self {
        let mut text = String::new();
        let parts: Vec<_> = name.iter_rdn().collect();
        for part in parts.iter().rev() {
            for (index, attribute) in part.iter().enumerate() {
                if !text.is_empty() {
                    text.push(if index == 0 { ',' } else { '+' });
                }
                let oid = attribute.attr_type().to_id_string();
                text.push_str(short_name(&oid).unwrap_or(&oid));
                text.push('=');
                match value(attribute.attr_value()) {
                    Some(value) => escape(&mut text, &value),
                    None => {
                        text.push('#');
                        text.push_str(&hex(attribute.attr_value().data));
                    }
                }
            }
        }
        let common_name = name.iter_common_name().next().and_then(|attribute| value(attribute.attr_value()));
        Self { text, common_name, der: der.to_vec() }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

/// RFC 4514, section 3, and what certificates often hold beside.
fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "STREET",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.42" => "GN",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.65" => "pseudonym",
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

/// The text of an attribute, if it is a string.
fn value(any: &Any<'_>) -> Option<String> {
    match any.tag() {
        Tag::BmpString => {
            let units =
                any.data.chunks_exact(2).filter_map(|unit| unit.try_into().ok()).map(u16::from_be_bytes);
            Some(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
        }
        // In practice Latin-1 whatever the standard says.
        Tag::T61String => Some(any.data.iter().copied().map(char::from).collect()),
        Tag::Utf8String
        | Tag::PrintableString
        | Tag::Ia5String
        | Tag::NumericString
        | Tag::VisibleString
        | Tag::GeneralString => Some(String::from_utf8_lossy(any.data).into_owned()),
        _ => None,
    }
}

/// RFC 4514, section 2.4. Control characters are escaped too: a name must not write to anyone's terminal.
fn escape(text: &mut String, value: &str) {
    let last = value.chars().count().saturating_sub(1);
    for (index, c) in value.chars().enumerate() {
        let special = matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\');
        let edge = (c == ' ' && (index == 0 || index == last)) || (c == '#' && index == 0);
        if c.is_control() {
            let mut utf8 = [0; 4];
            for byte in c.encode_utf8(&mut utf8).bytes() {
                text.push('\\');
                text.push_str(&hex(&[byte]));
            }
            continue;
        }
        if special || edge {
            text.push('\\');
        }
        text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(value: &str) -> String {
        let mut text = String::new();
        escape(&mut text, value);
        text
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escaped("Sue, Grabbit and Runn"), "Sue\\, Grabbit and Runn");
        assert_eq!(escaped(" #x "), "\\ #x\\ ");
        assert_eq!(escaped("#1"), "\\#1");
        assert_eq!(escaped("a\x1b[31m\r"), "a\\1b[31m\\0d");
    }

    #[test]
    fn a_name_reads_from_the_special_to_the_general() {
        // SEQUENCE { SET { C=DE }, SET { O=A B, OU=C }, SET { CN=x,y } }
        let der = [
            &[0x30, 0x34][..],
            &[0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x06, 0x13, 0x02, b'D', b'E'],
            &[0x31, 0x17, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x0a, 0x0c, 0x03, b'A', b' ', b'B'],
            &[0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x0b, 0x1e, 0x02, 0, b'C'],
            &[0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 0x03, b'x', b',', b'y'],
        ]
        .concat();
        let name = Name::parse(&der);
        assert_eq!(name.text, "CN=x\\,y,O=A B+OU=C,C=DE");
        assert_eq!(name.common_name.as_deref(), Some("x,y"));
    }

    #[test]
    fn rubbish_shows_as_hex() {
        assert_eq!(Name::parse(&[0x30, 0x05, 0xff]).text, "#3005ff");
    }
}
