//! [`Dialect`], what one must know to read handshake messages.

use super::code_points::{CertificateType, CipherSuite, ProtocolVersion};

/// What was negotiated so far, as far as it decides how later messages are laid out. The default is "nothing yet":
/// the decoder then judges by the lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// The negotiated version.
    pub version: Option<ProtocolVersion>,
    /// The negotiated suite.
    pub suite: Option<CipherSuite>,
    /// Whether messages have the header of DTLS, of 12 bytes instead of 4.
    pub dtls: bool,
    /// What the next Certificate holds, if the sender's certificate type was negotiated: X.509 otherwise.
    pub certificate_type: Option<CertificateType>,
}
