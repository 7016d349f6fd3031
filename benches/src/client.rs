//! A client that takes as little time as it can, since it is the server that is measured: while it thinks, the server's processor goes
//! idle, and what it forgets meanwhile is not ours.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::version::TLS13;
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use tlsdiag_lab::pki::Identity;

/// Full handshakes of TLS 1.3, by rustls.
#[derive(Debug)]
pub struct LightClient(Arc<ClientConfig>);

impl LightClient {
    /// With a certificate, or without.
    ///
    /// # Errors
    ///
    /// The key is of a kind that is not known here.
    pub fn new(identity: Option<&Identity>) -> Result<Self, Box<dyn std::error::Error>> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(Trusting(Arc::clone(&provider)));
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match identity {
            None => builder.with_no_client_auth(),
            Some(Identity { certificate, key, chain }) => {
                let all = std::iter::once(certificate).chain(chain);
                let all: Result<_, _> = all.map(|one| one.to_der().map(CertificateDer::from)).collect();
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.private_key_to_pkcs8()?));
                builder.with_client_auth_cert(all?, key)?
            }
        };
        config.resumption = Resumption::disabled();
        Ok(LightClient(Arc::new(config)))
    }

    /// One connection, up to the server's end of it: it closes when it has our close_notify, and only then has done all that it does for
    /// a connection.
    ///
    /// # Errors
    ///
    /// The connection or its handshake fails.
    pub fn handshake(&self, server: SocketAddr) -> io::Result<()> {
        self.connection(server, &[])
    }

    /// As [`handshake`](Self::handshake), by a client that says something before it leaves.
    ///
    /// # Errors
    ///
    /// The connection or its handshake fails.
    pub fn connection(&self, server: SocketAddr, words: &[u8]) -> io::Result<()> {
        let stream = TcpStream::connect(server)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut stream = Restless(stream);
        let name = ServerName::from(server.ip());
        let mut client = ClientConnection::new(Arc::clone(&self.0), name).map_err(io::Error::other)?;
        while client.is_handshaking() {
            client.complete_io(&mut stream)?;
        }
        client.writer().write_all(words)?;
        client.send_close_notify();
        while client.wants_write() {
            client.write_tls(&mut stream)?;
        }
        // Tickets and its own close_notify; where it resets the connection after that, it is over as well.
        let _ = io::copy(&mut stream, &mut io::sink());
        Ok(())
    }
}

/// A socket that asks again and again instead of sleeping: to wake a sleeper costs the server more than all that we do, and whether it
/// must is a matter of microseconds.
struct Restless(TcpStream);

fn again<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match attempt() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::hint::spin_loop(),
            other => return other,
        }
    }
}

impl Read for Restless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        again(|| self.0.read(buffer))
    }
}

impl Write for Restless {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        again(|| self.0.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Believes whatever the server says.
#[derive(Debug)]
struct Trusting(Arc<CryptoProvider>);

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _chain: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
