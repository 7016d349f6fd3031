//! Handshakes in memory.

use std::io::{Read, Write};
use std::sync::LazyLock;

use openssl::ssl::{SslContext, SslRef};
use tlsdiag_lab::Error;
use tlsdiag_lab::pair::{self, Session};
use tlsdiag_lab::peer::{Client, Server, Version};
use tlsdiag_lab::pki::Pki;

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::generate().unwrap());

fn contexts(version: Version, mutual: bool) -> (SslContext, SslContext, Client) {
    let server = Server { asks_client: mutual, ..Server::new(version) };
    let client = Client::new(version);
    (server.context(&PKI).unwrap().build(), client.context(&PKI).unwrap().build(), client)
}

fn leave(_: &mut SslRef) -> Result<(), Error> {
    Ok(())
}

#[test]
fn both_sides_finish_and_speak() {
    for (version, mutual) in
        [(Version::Tls12, false), (Version::Tls12, true), (Version::Tls13, false), (Version::Tls13, true)]
    {
        let (server, client, setup) = contexts(version, mutual);
        let (mut served, mut asked) =
            pair::handshake(&server, &client, leave, |ssl| setup.name(ssl)).unwrap();
        assert_eq!(served.ssl().version_str(), format!("TLSv{}", version.as_str()));
        assert_eq!(served.ssl().peer_certificate().is_some(), mutual);
        asked.write_all(b"ping").unwrap();
        let mut said = [0; 4];
        served.read_exact(&mut said).unwrap();
        assert_eq!(&said, b"ping");
        served.shutdown().unwrap();
        assert_eq!(asked.read(&mut said).unwrap(), 0, "the server has said goodbye");
    }
}

#[test]
fn a_session_is_resumed_again_and_again_though_nobody_says_goodbye() {
    for version in [Version::Tls12, Version::Tls13] {
        let (server, client, setup) = contexts(version, true);
        let session = {
            let (_served, mut asked) =
                pair::handshake(&server, &client, leave, |ssl| setup.name(ssl)).unwrap();
            assert!(!asked.ssl().session_reused());
            pair::session(&mut asked).unwrap()
        };
        for _ in 0..3 {
            let again = |ssl: &mut SslRef| setup.name(ssl).and_then(|()| session.resume(ssl));
            let (served, asked) = pair::handshake(&server, &client, leave, again).unwrap();
            assert!(served.ssl().session_reused() && asked.ssl().session_reused(), "{version:?}");
        }
    }
}

#[test]
fn a_session_of_another_context_is_refused() {
    let (server, client, setup) = contexts(Version::Tls13, true);
    let (_served, mut asked) = pair::handshake(&server, &client, leave, |ssl| setup.name(ssl)).unwrap();
    let session: Session = pair::session(&mut asked).unwrap();
    let (server, stranger, _) = contexts(Version::Tls13, true);
    let error = pair::handshake(&server, &stranger, leave, |ssl| session.resume(ssl)).unwrap_err();
    assert_eq!(error.to_string(), "a session can be resumed in its own context only");
}

#[test]
fn a_handshake_that_fails_says_where() {
    let (server, client, _) = contexts(Version::Tls13, true);
    let wrong_name = Client { server_name: "payments.example", ..Client::new(Version::Tls13) };
    let error = pair::handshake(&server, &client, leave, |ssl| wrong_name.name(ssl)).unwrap_err().to_string();
    assert!(error.starts_with("cannot handshake in memory at the client: "), "{error}");
    assert!(error.contains("certificate verify failed"), "{error}");
}
