//! Python's own `ssl`: an HTTPS client and server of a few lines, with our advice run on their context.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Program, Told, configured, find};
use crate::place::Place;

pub(crate) struct Python;

const PEER: &str = r#"
import socket, ssl, sys
side, port, identity, trusts, asks, only, ciphers, alpn, plain, advice = sys.argv[1:]
server = side == "server"
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
if identity:
    context.load_cert_chain(identity + ".pem", identity + ".key")
if trusts:
    context.load_verify_locations(trusts + ".pem")
if asks:
    context.verify_mode = ssl.CERT_REQUIRED
if only:
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, only)
if ciphers:
    context.set_ciphers(ciphers)
if alpn:
    context.set_alpn_protocols([alpn])
exec(advice)
if server:
    listener = socket.create_server(("127.0.0.1", int(port)))
    while True:
        try:
            connection, _ = listener.accept()
            with connection if plain else context.wrap_socket(connection, server_side=True) as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nyes\n")
                if not plain:
                    peer.unwrap()
        except OSError as error:
            print(error, flush=True)
else:
    with socket.create_connection(("localhost", int(port))) as connection:
        with connection if plain else context.wrap_socket(connection, server_hostname="localhost") as peer:
            peer.sendall(b"GET / HTTP/1.0\r\n\r\n")
            print(peer.recv(4096))
"#;

impl Program for Python {
    fn name(&self) -> &'static str {
        "python"
    }

    fn found(&self) -> Option<PathBuf> {
        find("python3")
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        self.peer("client", place, told, port)
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        // Its server goes on without, whatever the client names.
        if told.alpn.is_some() { None } else { self.peer("server", place, told, port) }
    }
}

impl Python {
    fn peer(&self, side: &str, place: &Place, told: &Told, port: u16) -> Option<Command> {
        if told.group.is_some() || told.sigalgs.is_some() {
            return None;
        }
        // `set_ciphers` is about TLS 1.2 alone.
        if told.ciphers.is_some() && told.only == Some(Version::Tls13) {
            return None;
        }
        let mut command = Command::new(self.found()?);
        command.arg(place.write("peer.py", PEER)).arg(side).arg(port.to_string());
        command.arg(told.identity.unwrap_or_default()).arg(told.trusts.unwrap_or_default());
        command.arg(if told.asks_client { "yes" } else { "" });
        command.arg(match told.only {
            None => "",
            Some(Version::Tls12) => "TLSv1_2",
            Some(Version::Tls13) => "TLSv1_3",
        });
        command.arg(told.ciphers.map_or("", |(old, _)| old)).arg(told.alpn.unwrap_or_default());
        command.arg(if told.plain { "yes" } else { "" }).arg(told.advice.join("\n"));
        configured(place, &mut command, told);
        Some(command)
    }
}
