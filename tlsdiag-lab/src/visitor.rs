//! A client as a browser is that has to ask its user for a certificate: it leaves where the certificate is due, and comes back with one.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslContextBuilder, SslFiletype, SslMethod, SslVerifyMode};

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

fn client(tune: impl FnOnce(&mut SslContextBuilder) -> Result<(), ErrorStack>) -> Result<Ssl, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::tls_client())?;
    context.set_verify(SslVerifyMode::NONE);
    tune(&mut context)?;
    let mut ssl = Ssl::new(&context.build())?;
    ssl.set_hostname("localhost")?;
    Ok(ssl)
}

/// Begins a handshake, and reads what the server says and asks for.
fn begins(socket: &TcpStream) {
    let Ok(own) = socket.try_clone() else { return };
    let under = OnlyTheHello { socket: own, has_read: false, is_over: false };
    if let Ok(ssl) = client(|_| Ok(())) {
        // It ends where the server's answer to what it never got is due, or where the client believes that it is done.
        let _ = ssl.connect(under);
    }
}

/// Begins a handshake, reads what the server says and asks for, and says nothing until the server gives up.
pub fn stays_silent(socket: &TcpStream) {
    begins(socket);
    let mut rest = [0; 4096];
    while matches!((&*socket).read(&mut rest), Ok(1..)) {}
}

/// Begins a handshake, reads what the server says and asks for, and closes the connection without a word.
pub fn leaves(socket: &TcpStream) {
    begins(socket);
    let _ = socket.shutdown(Shutdown::Write);
    let mut rest = [0; 4096];
    // Closing with bytes unread would reset the connection.
    while matches!((&*socket).read(&mut rest), Ok(1..)) {}
}

/// The same client comes with a certificate, asks for a page and reads it to its end.
///
/// # Errors
/// The files cannot be read, or the handshake or the connection fails.
pub fn comes(socket: TcpStream, certificate: &Path, key: &Path) -> io::Result<Vec<u8>> {
    let with = |context: &mut SslContextBuilder| {
        context.set_certificate_chain_file(certificate)?;
        context.set_private_key_file(key, SslFiletype::PEM)
    };
    let ssl = client(with).map_err(io::Error::other)?;
    let mut stream = ssl.connect(socket).map_err(io::Error::other)?;
    stream.write_all(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page)?;
    Ok(page)
}
