//! `tshark -T json` on captures of what went over loopback, behind headers of IP and TCP made here: that needs no right
//! to capture, and each message can have a packet of its own.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::facts::Facts;
use super::peers::Conversation;
use super::sealed::Sealed;

const FIELDS: [&str; 14] = [
    "tls.handshake.type",
    "tls.handshake.length",
    "tls.handshake.version",
    "tls.handshake.ciphersuite",
    "tls.handshake.extension.type",
    "tls.handshake.extension.len",
    "tls.handshake.extensions.supported_version",
    "tls.handshake.extensions_supported_group",
    "tls.handshake.extensions_key_share_group",
    "tls.handshake.sig_hash_alg",
    "tls.handshake.extensions_alpn_str",
    "tls.handshake.extensions_server_name",
    "tls.handshake.certificate_length",
    "tls.handshake.cert_type",
];

/// A capture file of bare IP packets.
struct Capture(Vec<u8>);

/// One connection in it.
struct Stream {
    client: u16,
    /// The next sequence numbers of the client and of the server.
    next: [u32; 2],
}

impl Capture {
    fn new() -> Self {
        let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101];
        Capture(header.iter().flat_map(|number| number.to_le_bytes()).collect())
    }

    fn put(&mut self, stream: &mut Stream, by_client: bool, payload: &[u8]) {
        let (ports, own, other) = match by_client {
            true => ([stream.client, 443], 0, 1),
            false => ([443, stream.client], 1, 0),
        };
        let packet = packet(ports, stream.next[own], stream.next[other], payload);
        stream.next[own] += payload.len() as u32;
        for number in [1, 0, packet.len() as u32, packet.len() as u32] {
            self.0.extend(number.to_le_bytes());
        }
        self.0.extend(packet);
    }

    /// What tshark says of the packets that `options` leave.
    fn read(&self, folder: &Path, options: &[&str]) -> Vec<Value> {
        let path = folder.join("capture.pcap");
        std::fs::write(&path, &self.0).unwrap();
        let mut command = Command::new("tshark");
        command.args(["-T", "json", "-r"]).arg(&path).args(options).args(["-e", "tcp.srcport"]);
        let output = command.args(FIELDS.iter().flat_map(|field| ["-e", field])).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// What tshark finds in the messages of each conversation.
pub(crate) fn read(conversations: &[Conversation], folder: &Path) -> Vec<Vec<Facts>> {
    let mut capture = Capture::new();
    let mut counts = Vec::new();
    for (conversation, client) in conversations.iter().zip(40_000_u16..) {
        let mut stream = Stream { client, next: [1, 1] };
        let messages = conversation.plain();
        for (sent, message) in &messages {
            let record = [&[22, 3, 3][..], &(message.len() as u16).to_be_bytes(), message].concat();
            capture.put(&mut stream, *sent, &record);
        }
        counts.push(messages.len());
    }
    let packets = capture.read(folder, &[]);
    assert_eq!(packets.len(), counts.iter().sum::<usize>());
    let mut packets = packets.iter().map(|packet| facts(&packet["_source"]["layers"]));
    counts.iter().map(|&count| packets.by_ref().take(count).collect()).collect()
}

/// What tshark, with the keys, finds in all that the client sent, and in all that the server sent.
pub(crate) fn open(sealed: &Sealed, folder: &Path) -> [Facts; 2] {
    let mut capture = Capture::new();
    let mut stream = Stream { client: 40_000, next: [1, 1] };
    for (by_client, bytes) in &sealed.wire {
        capture.put(&mut stream, *by_client, bytes);
    }
    let keys = folder.join("keys");
    std::fs::write(&keys, &sealed.keys).unwrap();
    let keys = format!("tls.keylog_file:{}", keys.display());
    let packets = capture.read(folder, &["-o", &keys, "-Y", "tls.handshake"]);
    ["40000", "443"].map(|port| {
        let layers = packets.iter().map(|packet| &packet["_source"]["layers"]);
        Facts::joined(layers.filter(|layers| layers["tcp.srcport"][0] == port).map(facts))
    })
}

/// An IPv4 packet with a piece of a TCP stream; tshark does not check their sums unless it is told to.
fn packet([source, target]: [u16; 2], sequence: u32, acknowledged: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x45, 0];
    packet.extend((payload.len() as u16 + 40).to_be_bytes());
    packet.extend([0, 1, 0, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    packet.extend(source.to_be_bytes().into_iter().chain(target.to_be_bytes()));
    packet.extend(sequence.to_be_bytes().into_iter().chain(acknowledged.to_be_bytes()));
    packet.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend(payload);
    packet
}

fn facts(layers: &Value) -> Facts {
    let texts = |field: &str| -> Vec<String> {
        let list = layers[field].as_array().cloned().unwrap_or_default();
        list.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let numbers = |field: &str| -> Vec<usize> { texts(field).iter().map(|text| number(text)).collect() };
    let short =
        |field: &str| -> Vec<u16> { numbers(field).into_iter().map(|number| number as u16).collect() };
    Facts {
        kinds: short("tls.handshake.type").into_iter().map(|kind| kind as u8).collect(),
        lengths: numbers("tls.handshake.length"),
        versions_before: short("tls.handshake.version"),
        suites: short("tls.handshake.ciphersuite"),
        extensions: short("tls.handshake.extension.type")
            .into_iter()
            .zip(numbers("tls.handshake.extension.len"))
            .collect(),
        versions: short("tls.handshake.extensions.supported_version"),
        groups: short("tls.handshake.extensions_supported_group"),
        shares: short("tls.handshake.extensions_key_share_group"),
        schemes: short("tls.handshake.sig_hash_alg"),
        alpn: texts("tls.handshake.extensions_alpn_str"),
        names: texts("tls.handshake.extensions_server_name"),
        certificates: numbers("tls.handshake.certificate_length"),
        certificate_types: short("tls.handshake.cert_type"),
    }
}

fn number(text: &str) -> usize {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => usize::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.unwrap_or_else(|_| panic!("tshark says {text} where a number was expected"))
}
