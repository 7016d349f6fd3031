//! Other decoders beside ours, on what real peers send over loopback: `tshark -T json` and `openssl s_client -trace`.
//!
//! Numbers are compared, not names, since a decoder may be older than a name. A peer or a decoder that is not on this
//! machine is left out, and standard error says so, also where the test passes. Those that `TLSDIAG_PEERS` names, with
//! spaces between, may not be missing.

mod facts;
mod peers;
mod sealed;
mod trace;
mod tshark;

use std::io::Write;

use facts::Facts;
use peers::{Conversation, Server};
use tlsdiag_core::wire::{Dialect, ProtocolVersion};

/// Whether `program` is here.
fn is_here(program: &str) -> bool {
    let found = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()));
    if !found {
        let wanted = std::env::var("TLSDIAG_PEERS").unwrap_or_default();
        assert!(!wanted.split(' ').any(|one| one == program), "{program} is not on this machine");
        say(&format!("left out: {program} is not on this machine"));
    }
    found
}

/// Says something that is shown also of a test that passes.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What each client that is here says to a server of each version, and what that answers.
fn conversations(folder: &std::path::Path) -> Vec<Conversation> {
    let mut conversations = Vec::new();
    for version in ["-tls1_2", "-tls1_3"] {
        let server = Server::start(folder, version);
        for (peer, command) in peers::CLIENTS {
            if is_here(command[0]) {
                conversations.push(server.talk_to(peer, command, folder));
            }
        }
    }
    conversations
}

#[test]
fn tshark_reads_the_same() {
    if !is_here("tshark") || !is_here("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let conversations = conversations(folder.path());
    let theirs = tshark::read(&conversations, folder.path());
    let mut compared = 0;
    for (conversation, theirs) in conversations.iter().zip(theirs) {
        let ours: Vec<Facts> =
            conversation.plain().iter().map(|(_, message)| Facts::of(message, &peers::dialect())).collect();
        assert!(ours.len() >= 2, "{}: {ours:?}", conversation.title);
        assert_eq!(ours, theirs, "{}", conversation.title);
        let kinds: Vec<u8> = ours.iter().flat_map(|facts| facts.kinds.clone()).collect();
        say(&format!("{}: messages {kinds:?} are the same", conversation.title));
        compared += ours.len();
    }
    // openssl alone: ClientHello, ServerHello, Certificate, ServerKeyExchange, CertificateRequest, ServerHelloDone, a
    // client's Certificate and ClientKeyExchange in TLS 1.2, two hellos in TLS 1.3.
    assert!(compared >= 10, "{compared}");
}

#[test]
fn openssls_trace_says_the_same() {
    if !is_here("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (peer, command) = peers::CLIENTS[0];
    for version in ["-tls1_2", "-tls1_3"] {
        let conversation = Server::start(folder.path(), version).talk_to(peer, command, folder.path());
        let plain = conversation.plain();
        for sent in [true, false] {
            let ours: Vec<_> =
                plain.iter().filter(|(own, _)| *own == sent).map(|(_, message)| trace::of(message)).collect();
            let theirs = trace::read(&conversation.output, sent);
            assert!(!ours.is_empty());
            assert_eq!(ours, theirs.get(..ours.len()).unwrap_or(&theirs), "{}", conversation.title);
            say(&format!("{}: {} messages are the same in the trace", conversation.title, ours.len()));
        }
    }
}

/// What the hooks saw in the clear is what tshark finds when it decrypts the same handshake of TLS 1.3.
#[test]
fn tshark_decrypts_what_was_recorded() {
    if !is_here("tshark") || !is_here("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    peers::make_certificates(folder);
    let dialect = Dialect { version: Some(ProtocolVersion::TLS1_3), ..Dialect::default() };
    for (peer, command) in peers::CLIENTS {
        if !is_here(command[0]) {
            continue;
        }
        let sealed = sealed::converse(peer, command, folder);
        for (by_client, theirs) in [true, false].into_iter().zip(tshark::open(&sealed, folder)) {
            let own = sealed.messages.iter().filter(|(by, _)| *by == by_client);
            let ours = Facts::joined(own.map(|(_, message)| Facts::of(message, &dialect)));
            assert_eq!(ours, theirs, "{}", sealed.title);
            // ServerHello, EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify, Finished; a client that
            // does not like the certificate says no more than its hello.
            assert!(ours.kinds.len() >= if by_client { 1 } else { 6 }, "{}: {:?}", sealed.title, ours.kinds);
            say(&format!("{}: messages {:?} are the same", sealed.title, ours.kinds));
        }
    }
}
