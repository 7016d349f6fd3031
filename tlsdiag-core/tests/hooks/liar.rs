//! A peer whose compressed certificate is not what it says: rustls, which lets its compressor be replaced.

use std::io::{ErrorKind, Write};
use std::sync::Arc;

use flate2::write::ZlibEncoder;
use openssl::ssl::{ErrorCode, Ssl, SslStream};
use rustls::compress::{CertCompressor, CompressionFailed, CompressionLevel};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::version::TLS13;
use rustls::{
    CertificateCompressionAlgorithm, ClientConfig, ClientConnection, Connection, RootCertStore, ServerConfig,
    ServerConnection,
};
use ruzstd::encoding::compress_to_vec;
use tlsdiag_lab::compression::Compression;

use crate::pipe::{Pipe, pipe};
use crate::pki::{Identity, pki};

/// What stands in a CompressedCertificate instead of the Certificate that it claims the length of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Nothing is wrong.
    None,
    /// The first half.
    Truncated,
    /// Bytes that no compressor makes.
    Garbage,
    /// All but the last byte.
    Shorter,
    /// Some bytes more.
    Longer,
    /// 64 MiB of zeros.
    Bomb,
}

impl Lie {
    pub(crate) const ALL: [Lie; 5] = [Lie::Truncated, Lie::Garbage, Lie::Shorter, Lie::Longer, Lie::Bomb];

    fn body(self, algorithm: Compression, certificate: &[u8]) -> Vec<u8> {
        let honest = compress(algorithm, certificate);
        match self {
            Lie::None => honest,
            Lie::Truncated => honest[..honest.len() / 2].to_vec(),
            Lie::Garbage => vec![0x11; 300],
            Lie::Shorter => compress(algorithm, &certificate[..certificate.len() - 1]),
            Lie::Longer => compress(algorithm, &[certificate, b"and more"].concat()),
            Lie::Bomb => compress(algorithm, &vec![0; 64 * 1024 * 1024]),
        }
    }
}

fn compress(algorithm: Compression, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        Compression::Zlib => {
            let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Compression::Brotli => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 4, 22);
            encoder.write_all(bytes).unwrap();
            encoder.into_inner()
        }
        Compression::Zstd => compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest),
    }
}

#[derive(Debug)]
struct Liar(Compression, Lie);

impl CertCompressor for Liar {
    fn compress(&self, certificate: Vec<u8>, _: CompressionLevel) -> Result<Vec<u8>, CompressionFailed> {
        Ok(self.1.body(self.0, &certificate))
    }

    fn algorithm(&self) -> CertificateCompressionAlgorithm {
        CertificateCompressionAlgorithm::from(self.0 as u16)
    }
}

impl Liar {
    fn only(algorithm: Compression, lie: Lie) -> Vec<&'static dyn CertCompressor> {
        vec![Box::leak(Box::new(Liar(algorithm, lie)))]
    }
}

fn shown(identity: &Identity) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let key = PrivatePkcs8KeyDer::from(identity.key.private_key_to_pkcs8().unwrap());
    (vec![identity.certificate.to_der().unwrap().into()], key.into())
}

/// A client that shows its certificate so.
pub(crate) fn client(algorithm: Compression, lie: Lie) -> Connection {
    let mut roots = RootCertStore::empty();
    roots.add(pki().ca.certificate.to_der().unwrap().into()).unwrap();
    let (chain, key) = shown(&pki().client);
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    config.cert_compressors = Liar::only(algorithm, lie);
    let name = ServerName::try_from("localhost").unwrap();
    ClientConnection::new(Arc::new(config), name).unwrap().into()
}

/// A server that shows its certificate so.
pub(crate) fn server(algorithm: Compression, lie: Lie) -> Connection {
    let (chain, key) = shown(&pki().server);
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.cert_compressors = Liar::only(algorithm, lie);
    ServerConnection::new(Arc::new(config)).unwrap().into()
}

/// A handshake of OpenSSL with such a peer, each in turn; whether OpenSSL's side succeeded.
pub(crate) fn shake(ssl: Ssl, mut peer: Connection) -> bool {
    let (near, mut far) = pipe();
    let mut stream = SslStream::new(ssl, near).unwrap();
    for _ in 0..20 {
        turn(&mut peer, &mut far);
        match stream.do_handshake() {
            Ok(()) => return true,
            Err(error) if error.code() == ErrorCode::WANT_READ => {}
            Err(_) => return false,
        }
    }
    panic!("the handshake is stuck")
}

fn turn(peer: &mut Connection, pipe: &mut Pipe) {
    match peer.read_tls(pipe) {
        // What it makes of an alert is of no interest here.
        Ok(_) => drop(peer.process_new_packets()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
    }
    while peer.wants_write() {
        peer.write_tls(pipe).unwrap();
    }
}
