//! What DTLS has in place of a stream: headers of records and messages that say where their bytes belong (RFC 9147,
//! RFC 6347), and what puts these together.

mod deframer;
mod handshake;
mod reassembly;
mod record;

pub use deframer::{DtlsDeframer, DtlsFrame};
pub use handshake::DtlsHandshakeHeader;
pub use record::{DtlsCiphertextHeader, DtlsRecordHeader};
