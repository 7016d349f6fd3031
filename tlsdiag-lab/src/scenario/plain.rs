//! The peers that do not speak TLS. They have no results: what befalls them does not matter.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::connection::take_leave;

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Asks in cleartext and waits until the server has nothing more to say.
pub(super) fn http_client(mut socket: TcpStream) {
    if socket.write_all(REQUEST).is_ok() {
        take_leave(&socket);
    }
}

/// Waits for the first bytes, answers in cleartext, and hangs up when the client does.
pub(super) fn http_server(mut socket: TcpStream) {
    let mut request = [0_u8; 4096];
    if matches!(socket.read(&mut request), Ok(1..)) && socket.write_all(ANSWER).is_ok() {
        take_leave(&socket);
    }
}

/// Hangs up without a byte; what the peer sent is read, so that the end is a FIN and not a reset.
pub(super) fn closes(socket: TcpStream) {
    take_leave(&socket);
}
