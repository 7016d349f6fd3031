//! The fast path for bodies that are one list, some bytes, or nothing: most of a ClientHello.
//!
//! Clients shuffle their extensions, so that a processor cannot foresee a jump by kind, and each wrong guess costs as
//! much as decoding an extension. Here the kind selects numbers instead of code. A body that is not exactly as the
//! numbers say is left to [`Extension::decode`], which finds out what is wrong with it.

use super::*;

/// How the body of one kind is laid out in a ClientHello.
struct Plain {
    kind: ExtensionType,
    /// The extension, without what its body holds.
    empty: Extension<'static>,
    /// How many bytes the length in front has.
    prefix: u8,
    /// What takes that length out of the first two bytes of the body.
    shift: u8,
    /// What takes it out of the length of the body, where no length is in front.
    whole: u16,
    /// The bits that must be zero in it.
    zero: u16,
}

/// What follows the length.
#[derive(Clone, Copy)]
enum Holds {
    Bytes,
    NumbersOfTwoBytes,
    Nothing,
}

const fn plain(kind: ExtensionType, prefix: u8, holds: Holds, empty: Extension<'static>) -> Plain {
    let whole = if prefix == 0 { u16::MAX } else { 0 };
    let zero = match holds {
        Holds::Bytes => 0,
        Holds::NumbersOfTwoBytes => 1,
        Holds::Nothing => u16::MAX,
    };
    Plain { kind, empty, prefix, shift: 16 - 8 * prefix, whole, zero }
}

macro_rules! rows {
    ($($kind:ident: $prefix:literal $holds:ident $variant:ident$(($($empty:tt)*))?;)*) => {
        [$(plain(ExtensionType::$kind, $prefix, Holds::$holds, Extension::$variant$(($($empty)*))?),)*]
    };
}

static ROWS: [Plain; 20] = rows! {
    TRUNCATED_HMAC: 0 Nothing TruncatedHmac;
    SUPPORTED_GROUPS: 2 NumbersOfTwoBytes SupportedGroups(List::new(&[]));
    EC_POINT_FORMATS: 1 Bytes EcPointFormats(List::new(&[]));
    SIGNATURE_ALGORITHMS: 2 NumbersOfTwoBytes SignatureAlgorithms(List::new(&[]));
    SIGNED_CERTIFICATE_TIMESTAMP: 0 Nothing SignedCertificateTimestamps(Sequence::new(Reader::new(&[]), 0));
    CLIENT_CERTIFICATE_TYPE: 1 Bytes ClientCertificateType(CertificateTypes::Offered(List::new(&[])));
    SERVER_CERTIFICATE_TYPE: 1 Bytes ServerCertificateType(CertificateTypes::Offered(List::new(&[])));
    PADDING: 0 Bytes Padding(&[]);
    ENCRYPT_THEN_MAC: 0 Nothing EncryptThenMac;
    EXTENDED_MASTER_SECRET: 0 Nothing ExtendedMasterSecret;
    COMPRESS_CERTIFICATE: 1 NumbersOfTwoBytes CompressCertificate(List::new(&[]));
    DELEGATED_CREDENTIAL: 2 NumbersOfTwoBytes DelegatedCredentialSchemes(List::new(&[]));
    SESSION_TICKET: 0 Bytes SessionTicket(&[]);
    SUPPORTED_VERSIONS: 1 NumbersOfTwoBytes SupportedVersions(SupportedVersions::Offered(List::new(&[])));
    COOKIE: 2 Bytes Cookie(&[]);
    PSK_KEY_EXCHANGE_MODES: 1 Bytes PskKeyExchangeModes(List::new(&[]));
    POST_HANDSHAKE_AUTH: 0 Nothing PostHandshakeAuth;
    SIGNATURE_ALGORITHMS_CERT: 2 NumbersOfTwoBytes SignatureAlgorithmsCert(List::new(&[]));
    CONNECTION_ID: 1 Bytes ConnectionId(&[]);
    RENEGOTIATION_INFO: 1 Bytes RenegotiationInfo(&[]);
};

/// The row of a kind; behind the last row where it has none.
static ROW_OF: [u8; 64] = {
    let mut row_of = [ROWS.len() as u8; 64];
    let mut row = 0;
    while row < ROWS.len() {
        row_of[place_of(ROWS[row].kind)] = row as u8;
        row += 1;
    }
    row_of
};

/// Where a kind stands in [`ROW_OF`]: at its number, but for `renegotiation_info` the number is too large.
#[inline(always)]
const fn place_of(kind: ExtensionType) -> usize {
    if kind.0 == ExtensionType::RENEGOTIATION_INFO.0 { 63 } else { kind.0 as usize }
}

/// Decodes the extension of a ClientHello whose body is the first `length` bytes of `rest`, if it has a row and the
/// body is as the row says.
#[inline(always)]
pub(super) fn decode(kind: ExtensionType, rest: &[u8], length: usize) -> Option<Extension<'_>> {
    let row = ROWS.get(usize::from(*ROW_OF.get(place_of(kind))?)).filter(|row| row.kind == kind)?;
    // Behind a body of one byte or none this reads what follows it, and then does not look at that.
    let head = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    let claimed = head >> row.shift | length & usize::from(row.whole);
    let bytes = rest.get(usize::from(row.prefix)..length)?;
    if bytes.len() != claimed || claimed & usize::from(row.zero) != 0 {
        return None;
    }
    let mut extension = row.empty;
    // One way for all that hold something: they hold it at the same place.
    match &mut extension {
        Extension::SupportedGroups(list) => *list = List::new(bytes),
        Extension::EcPointFormats(list) => *list = List::new(bytes),
        Extension::SignatureAlgorithms(list)
        | Extension::SignatureAlgorithmsCert(list)
        | Extension::DelegatedCredentialSchemes(list) => *list = List::new(bytes),
        Extension::ClientCertificateType(types) | Extension::ServerCertificateType(types) => {
            *types = CertificateTypes::Offered(List::new(bytes));
        }
        Extension::CompressCertificate(list) => *list = List::new(bytes),
        Extension::SupportedVersions(versions) => *versions = SupportedVersions::Offered(List::new(bytes)),
        Extension::PskKeyExchangeModes(list) => *list = List::new(bytes),
        Extension::Padding(held)
        | Extension::SessionTicket(held)
        | Extension::Cookie(held)
        | Extension::ConnectionId(held)
        | Extension::RenegotiationInfo(held) => *held = bytes,
        _ => {}
    }
    Some(extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every body of up to three bytes out of these, and more behind it, for each kind: what the fast path decodes is
    /// what the long way decodes, and what it leaves is either malformed or nothing of a row.
    #[test]
    fn the_fast_path_decodes_as_the_slow_one() {
        const BYTES: [u8; 6] = [0, 1, 2, 3, 4, 0xff];
        let mut bodies = vec![vec![]];
        for length in 0..5 {
            let longer = |body: &Vec<u8>| BYTES.map(|byte| [body.as_slice(), &[byte]].concat());
            bodies.extend(
                bodies.iter().filter(|body| body.len() == length).flat_map(longer).collect::<Vec<_>>(),
            );
        }
        let (mut short, mut malformed) = (0, 0);
        for row in &ROWS {
            for body in &bodies {
                let rest = [body.as_slice(), &[0, 2]].concat();
                let long = Extension::decode(row.kind, Reader::new(body), Place::ClientHello);
                match plain::decode(row.kind, &rest, body.len()) {
                    Some(extension) => {
                        assert_eq!(Ok(extension), long, "{body:?}");
                        short += 1;
                    }
                    None if row.kind == ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP => {}
                    None => {
                        assert!(long.is_err(), "{}: {body:?}", row.kind);
                        malformed += 1;
                    }
                }
            }
        }
        assert!(short > 1000 && malformed > 1000, "{short}, {malformed}");
    }

    #[test]
    fn all_other_kinds_are_left_to_the_slow_path() {
        let kinds = (0..=u16::MAX).map(ExtensionType);
        let plain: Vec<_> = kinds.filter(|&kind| decode(kind, &[0; 4], 0).is_some()).collect();
        let nothing_in_front = |row: &&Plain| row.prefix == 0;
        assert_eq!(plain.len(), ROWS.iter().filter(nothing_in_front).count());
        assert!(ROWS.iter().all(|row| usize::from(ROW_OF[place_of(row.kind)]) < ROWS.len()));
    }
}
