//! A client that leaves where its certificate is due, as a browser does that has to ask its user first.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode};

use super::connection::take_leave;

/// What the client says after its hello goes nowhere: so it has read the server's whole flight, and nothing came of it.
struct OnlyTheHello {
    socket: TcpStream,
    has_read: bool,
    is_over: bool,
}

impl Read for OnlyTheHello {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.is_over {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.has_read = true;
        self.socket.read(room)
    }
}

impl Write for OnlyTheHello {
    fn write(&mut self, words: &[u8]) -> io::Result<usize> {
        if self.has_read {
            self.is_over = true;
            return Ok(words.len());
        }
        self.socket.write(words)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins a handshake, reads what the server says and asks for, and closes the connection without a word.
pub(super) fn at_certificate_request(socket: TcpStream) {
    let Ok(own) = socket.try_clone() else { return };
    let under = OnlyTheHello { socket: own, has_read: false, is_over: false };
    let ssl = SslContext::builder(SslMethod::tls_client()).and_then(|mut context| {
        context.set_verify(SslVerifyMode::NONE);
        let mut ssl = Ssl::new(&context.build())?;
        ssl.set_hostname("localhost")?;
        Ok(ssl)
    });
    if let Ok(ssl) = ssl {
        // It ends where the server's answer to what it never got is due, or where the client believes that it is done.
        let _ = ssl.connect(under);
    }
    take_leave(&socket);
}
