//! `tshark -T json` on a capture file that holds one message a packet, behind headers of IP and TCP made here: that
//! needs no right to capture.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::facts::Facts;
use super::peers::Conversation;

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

/// What tshark finds in the messages of each conversation.
pub(crate) fn read(conversations: &[Conversation], folder: &Path) -> Vec<Vec<Facts>> {
    // The header of a capture file of bare IP packets.
    let mut capture = Vec::new();
    for number in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 101] {
        capture.extend(number.to_le_bytes());
    }
    let mut counts = Vec::new();
    for (conversation, client) in conversations.iter().zip(40_000_u16..) {
        let (mut own, mut other) = (1_u32, 1_u32);
        let messages = conversation.plain();
        for (sent, message) in &messages {
            let (ports, sequence, acknowledged) =
                if *sent { ([client, 443], &mut own, other) } else { ([443, client], &mut other, own) };
            let record = [&[22, 3, 3][..], &(message.len() as u16).to_be_bytes(), message].concat();
            let packet = packet(ports, *sequence, acknowledged, &record);
            *sequence += record.len() as u32;
            for number in [1, 0, packet.len() as u32, packet.len() as u32] {
                capture.extend(number.to_le_bytes());
            }
            capture.extend(packet);
        }
        counts.push(messages.len());
    }
    let path = folder.join("capture.pcap");
    std::fs::write(&path, capture).unwrap();
    let mut command = Command::new("tshark");
    command.args(["-T", "json", "-r"]).arg(&path).args(FIELDS.iter().flat_map(|field| ["-e", field]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let packets: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(packets.len(), counts.iter().sum::<usize>());
    let mut packets = packets.iter().map(|packet| facts(&packet["_source"]["layers"]));
    counts.iter().map(|&count| packets.by_ref().take(count).collect()).collect()
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
        kind: short("tls.handshake.type")[0] as u8,
        length: numbers("tls.handshake.length")[0],
        version: short("tls.handshake.version").first().copied(),
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
