//! TLS 1.3 under its encryption: a server in this process that is recorded, and all that went over its socket.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};

use openssl::ssl::{HandshakeError, SslAcceptor, SslMethod, SslVerifyMode, SslVersion};
use tlsdiag_core::event::{Direction, EventBody};
use tlsdiag_core::{Collector, attach};

use super::peers::{self, PATIENCE};

/// Bytes, and whether the client sent them.
type Pieces = Vec<(bool, Vec<u8>)>;

pub(crate) struct Sealed {
    pub(crate) title: String,
    /// What went over the socket, in order.
    pub(crate) wire: Pieces,
    /// Key log lines, by which it can be decrypted.
    pub(crate) keys: String,
    /// The messages that the hooks recorded.
    pub(crate) messages: Pieces,
}

/// A socket that keeps what goes over it.
#[derive(Debug)]
struct Tap {
    socket: TcpStream,
    wire: Pieces,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.socket.read(buffer)?;
        self.wire.extend((count > 0).then(|| (true, buffer[..count].to_vec())));
        Ok(count)
    }
}

impl Write for Tap {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let count = self.socket.write(buffer)?;
        self.wire.push((false, buffer[..count].to_vec()));
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// Lets a client connect to a server that speaks TLS 1.3 alone and wants a certificate, but does without.
pub(crate) fn converse(peer: &str, command: &[&str], folder: &Path) -> Sealed {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (certificate, key) = (folder.join("leaf.pem"), folder.join("leaf.key"));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(serve(&listener, &certificate, &key)));
    let client = peers::spawn(peer, command, port, folder);
    let served = told.recv_timeout(PATIENCE);
    drop(client);
    let (wire, keys, messages) = served.unwrap_or_else(|_| panic!("{peer}: it never connected"));
    Sealed { title: format!("{peer}, sealed"), wire, keys, messages }
}

fn serve(listener: &TcpListener, certificate: &Path, key: &Path) -> (Pieces, String, Pieces) {
    let (keys, collector) = (Arc::new(Mutex::new(String::new())), Arc::new(Collector::new()));
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    builder.set_min_proto_version(Some(SslVersion::TLS1_3)).unwrap();
    builder.set_certificate_chain_file(certificate).unwrap();
    builder.set_private_key_file(key, openssl::ssl::SslFiletype::PEM).unwrap();
    builder.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    let kept = Arc::clone(&keys);
    builder.set_keylog_callback(move |_, line| *kept.lock().unwrap() += &format!("{line}\n"));
    attach(&mut *builder, Arc::clone(&collector)).unwrap().keep();
    let (socket, _) = listener.accept().unwrap();
    socket.set_read_timeout(Some(PATIENCE / 2)).unwrap();
    // A client may refuse the certificate; what was said until then is compared all the same.
    let wire = match builder.build().accept(Tap { socket, wire: Vec::new() }) {
        Ok(mut stream) => {
            let _ = stream.shutdown();
            std::mem::take(&mut stream.get_mut().wire)
        }
        Err(HandshakeError::Failure(mut stream)) => std::mem::take(&mut stream.get_mut().wire),
        Err(error) => panic!("{error}"),
    };
    let messages = collector
        .take()
        .iter()
        .flat_map(|recording| {
            recording
                .events()
                .filter_map(|event| match event.body {
                    EventBody::Message { direction, bytes } => {
                        Some((direction == Direction::Received, bytes.to_vec()))
                    }
                    _ => None,
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let keys = keys.lock().unwrap().clone();
    (wire, keys, messages)
}
