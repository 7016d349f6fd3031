//! `openssl s_client -trace`: one line a message, a suite and an extension.

use tlsdiag_core::wire::{Extensions, Message};

/// What the trace says about a message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Traced {
    /// Its name without the lines between words, so that `ClientHello` and `client_hello` are the same.
    name: String,
    length: usize,
    /// Number and name, where we have one.
    suites: Vec<(u16, String)>,
    /// Number and length.
    extensions: Vec<(u16, usize)>,
}

/// What the trace should say about a message of ours.
pub(crate) fn of(bytes: &[u8]) -> Traced {
    let message = Message::decode(bytes, &super::peers::dialect()).unwrap();
    let name = message.kind().to_string().replace('_', "");
    let list =
        |extensions: Extensions<'_>| extensions.iter().map(|(kind, body)| (kind.0, body.len())).collect();
    let (suites, extensions) = match message {
        Message::ClientHello(hello) => (hello.cipher_suites.iter().collect(), list(hello.extensions)),
        Message::ServerHello(hello) => (vec![hello.cipher_suite], list(hello.extensions)),
        _ => (Vec::new(), Vec::new()),
    };
    let suites = suites.iter().map(|suite| (suite.0, suite.to_string())).collect();
    Traced { name, length: bytes.len() - 4, suites, extensions }
}

/// The messages that the client sent, or received, in their order.
pub(crate) fn read(trace: &str, sent: bool) -> Vec<Traced> {
    let mut messages: Vec<Traced> = Vec::new();
    let mut of_interest = false;
    for line in trace.lines() {
        let text = line.trim();
        if line.starts_with("Sent ") || line.starts_with("Received ") {
            of_interest = line.starts_with("Sent ") == sent;
        } else if !of_interest {
            continue;
        } else if let Some((name, length)) = message(line) {
            messages.push(Traced { name, length, suites: Vec::new(), extensions: Vec::new() });
        } else if let (Some(last), Some(suite)) = (messages.last_mut(), suite(text)) {
            last.suites.push(suite);
        } else if let (Some(last), Some(extension)) = (messages.last_mut(), extension(text)) {
            last.extensions.push(extension);
        }
    }
    messages
}

/// `    ClientHello, Length=508`
fn message(line: &str) -> Option<(String, usize)> {
    let (name, length) = line.strip_prefix("    ")?.split_once(", Length=")?;
    name.chars()
        .all(char::is_alphanumeric)
        .then(|| Some((name.to_lowercase(), length.trim().parse().ok()?)))?
}

/// `{0x13, 0x02} TLS_AES_256_GCM_SHA384`, behind `cipher_suite` in a ServerHello.
fn suite(text: &str) -> Option<(u16, String)> {
    let (high, rest) = text.trim_start_matches("cipher_suite ").strip_prefix("{0x")?.split_once(", 0x")?;
    let (low, name) = rest.split_once("} ")?;
    Some((u16::from_str_radix(&format!("{high}{low}"), 16).ok()?, name.trim().to_owned()))
}

/// `extension_type=server_name(0), length=14`
fn extension(text: &str) -> Option<(u16, usize)> {
    let (kind, length) = text.strip_prefix("extension_type=")?.split_once("), length=")?;
    Some((kind.rsplit_once('(')?.1.parse().ok()?, length.trim().parse().ok()?))
}
