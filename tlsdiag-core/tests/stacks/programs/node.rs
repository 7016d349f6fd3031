//! Node.js.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, find};
use crate::place::Place;

pub(crate) struct Node;

const PEER: &str = r#"
const tls = require('tls'), fs = require('fs');
const [side, port, identity, trusts, asks, only, ciphers, group, sigalgs, alpn] = process.argv.slice(2);
const read = (name, end) => fs.readFileSync(name + end);
const told = { host: '127.0.0.1', port: Number(port), servername: 'localhost' };
if (identity) { told.cert = read(identity, '.pem'); told.key = read(identity, '.key'); }
if (trusts) told.ca = [read(trusts, '.pem')];
if (asks) { told.requestCert = true; told.rejectUnauthorized = true; }
if (only) told.minVersion = told.maxVersion = only;
if (ciphers) told.ciphers = ciphers;
if (group) told.ecdhCurve = group;
if (sigalgs) told.sigalgs = sigalgs;
if (alpn) told.ALPNProtocols = [alpn];
if (side === 'server') {
    const server = tls.createServer(told, peer => {
        peer.on('error', () => {});
        peer.once('data', () => peer.end('HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nyes\n'));
    });
    server.on('tlsClientError', error => console.log(error.message));
    server.listen(Number(port), '127.0.0.1');
} else {
    const peer = tls.connect(told, () => peer.write('GET / HTTP/1.0\r\n\r\n'));
    peer.on('data', data => console.log(String(data)));
    peer.on('error', error => console.log(error.message));
}
"#;

impl Program for Node {
    fn name(&self) -> &'static str {
        "node"
    }

    fn found(&self) -> Option<PathBuf> {
        find("node")
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        self.peer("client", place, told, port)
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        // It completes the handshake and hangs up, so that the other side can know nothing of what it thinks.
        if told.asks_client && told.identity.is_none() {
            None
        } else {
            self.peer("server", place, told, port)
        }
    }
}

impl Node {
    fn peer(&self, side: &str, place: &Place, told: &Told, port: u16) -> Option<Command> {
        if told.plain {
            return None;
        }
        let mut command = Command::new(self.found()?);
        command.arg(place.write("peer.js", PEER)).arg(side).arg(port.to_string());
        command.arg(told.identity.unwrap_or_default()).arg(told.trusts.unwrap_or_default());
        command.arg(if told.asks_client { "yes" } else { "" });
        command.arg(match told.only {
            None => "",
            Some(Version::Tls12) => "TLSv1.2",
            Some(Version::Tls13) => "TLSv1.3",
        });
        command.arg(told.ciphers.map_or(String::new(), |(old, new)| format!("{new}:{old}")));
        command.arg(match told.group {
            None => "",
            Some(Group::P256) => "P-256",
            Some(Group::P384) => "P-384",
        });
        command.arg(told.sigalgs.unwrap_or_default()).arg(told.alpn.unwrap_or_default());
        Some(command)
    }
}
