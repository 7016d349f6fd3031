//! Peers written by hand: they say TLS that no library would say.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::connection::take_leave;

/// What a hand-written server answers to a ClientHello.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hello {
    pub(super) suite: u16,
    pub(super) extended_master_secret: bool,
    pub(super) secure_renegotiation: bool,
}

impl Hello {
    /// A ServerHello of TLS 1.2 as one record.
    pub(super) fn record(self) -> Vec<u8> {
        let mut extensions = Vec::new();
        if self.secure_renegotiation {
            extensions.extend([0xff, 0x01, 0, 1, 0]);
        }
        if self.extended_master_secret {
            extensions.extend([0, 23, 0, 0]);
        }
        let mut body = vec![3, 3];
        body.extend([0x5a; 32]);
        body.push(0);
        body.extend(self.suite.to_be_bytes());
        body.push(0);
        body.extend((extensions.len() as u16).to_be_bytes());
        body.extend(extensions);
        handshake(2, &body)
    }
}

/// A handshake message as one record.
pub(super) fn handshake(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind, 0];
    message.extend((body.len() as u16).to_be_bytes());
    message.extend(body);
    record(22, &message)
}

/// A fatal alert as one record.
pub(super) fn alert(description: u8) -> Vec<u8> {
    record(21, &[2, description])
}

pub(super) fn record(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 3, 3];
    record.extend((body.len() as u16).to_be_bytes());
    record.extend(body);
    record
}

/// A ClientHello of TLS 1.2 as one record, with these extensions behind supported_groups, point formats and
/// signature_algorithms.
pub(super) fn client_hello(extensions: &[u8]) -> Vec<u8> {
    let mut block = vec![
        0, 10, 0, 6, 0, 4, 0, 29, 0, 23, // supported_groups: x25519, secp256r1
        0, 11, 0, 2, 1, 0, // ec_point_formats: uncompressed
        0, 13, 0, 8, 0, 6, 4, 3, 8, 4, 4, 1, // signature_algorithms
    ];
    block.extend(extensions);
    let mut body = vec![3, 3];
    body.extend([0xa5; 32]);
    body.push(0);
    body.extend([0, 4, 0xc0, 0x2f, 0x00, 0xff]);
    body.extend([1, 0]);
    body.extend((block.len() as u16).to_be_bytes());
    body.extend(block);
    handshake(1, &body)
}

/// Waits for the first words of the peer, says these, and takes leave.
pub(super) fn answer(mut socket: TcpStream, words: &[u8]) {
    let mut heard = [0_u8; 8192];
    if matches!(socket.read(&mut heard), Ok(1..)) && socket.write_all(words).is_ok() {
        take_leave(&socket);
    }
}

/// Says these words first, and takes leave.
pub(super) fn speak(mut socket: TcpStream, words: &[u8]) {
    if socket.write_all(words).is_ok() {
        take_leave(&socket);
    }
}

/// Says something, waits for the peer's first answer, says something else, and takes leave.
pub(super) fn converse(mut socket: TcpStream, first: &[u8], then: &[u8]) {
    if socket.write_all(first).is_ok() {
        answer(socket, then);
    }
}

/// Listens until the peer gives up.
pub(super) fn listen(mut socket: TcpStream) {
    let mut heard = [0_u8; 4096];
    while matches!(socket.read(&mut heard), Ok(1..)) {}
}
