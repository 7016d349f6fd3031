//! Transports that cut, reset, swallow and alter.

use super::super::path::{Deed, Edit, Way};
use super::super::{descriptor, forged};
use super::Verdict::{Alternative, Cause, Healthy, NotRecorded};
use super::{Interlude, OwnFault, Scenario, Side, Tls12, Tls13, Version, openssl_since};
use crate::peer::Tune;

const CUT: &str = "transport.closed_mid_handshake";
const TIMEOUT: &str = "transport.timeout";

pub(super) fn add(version: Version, all: &mut Vec<Scenario>) {
    cut(version, all);
    shut_down(version, all);
    unconnected(version, all);
    swallowed(version, all);
    altered(version, all);
    altered_in_the_clear(version, all);
    if version == Tls12 {
        rewritten(all);
    }
}

fn cut(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, path: Edit| {
        Scenario::new(slug, summary, version).one_sided().over(path).ends(Cause(CUT), Cause(CUT))
    };
    all.push(start(
        "cut",
        "The way breaks in the midst of the server's certificate.",
        |way, number, record| match (way, number) {
            (Way::ToClient, 2) => Deed::Cut(record[..record.len() / 2].to_vec()),
            _ => Deed::Pass(record),
        },
    ));
    all.push(start(
        "reset",
        "Both connections are reset after the ServerHello.",
        |way, number, record| match (way, number) {
            (Way::ToClient, 1) => Deed::Reset,
            _ => Deed::Pass(record),
        },
    ));
    all.push(
        start("cut-mutual", "The way breaks after the client's hello is answered.", |way, number, record| {
            match (way, number) {
                (Way::ToServer, 1) => Deed::Reset,
                _ => Deed::Pass(record),
            }
        })
        .mutual()
        .with(Interlude::ClientWaits)
        .ends(Cause(CUT), Cause(CUT)),
    );
}

/// The peer waits, and the end that is read is this side's own.
fn shut_down(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary| Scenario::new(slug, summary, version).one_sided();
    let own = Cause("transport.own_shutdown");
    all.push(
        start("own-shutdown-server", "The server's own program shuts the socket down, and its client waits.")
            .own_fault(Side::Server, OwnFault::ShutForReading)
            .asked_by(forged::listen)
            .ends(own, NotRecorded),
    );
    all.push(
        start("own-shutdown-client", "The client's own program shuts the socket down, and its server waits.")
            .own_fault(Side::Client, OwnFault::ShutForReading)
            .served_by(forged::listen)
            .ends(NotRecorded, own),
    );
    all.push(
        Scenario::new(
            "descriptor-lost-client",
            "The client's own program closes the descriptor that its library still reads.",
            version,
        )
        .one_sided()
        .client(|client| {
            client.tune_connection = Some(|ssl, _| {
                descriptor::is_lost_at_certificate(ssl);
                Ok(())
            });
        })
        .ends(Cause(CUT), own),
    );
}

/// There is nothing under it to speak over.
fn unconnected(version: Version, all: &mut Vec<Scenario>) {
    all.push(
        Scenario::new(
            "not-connected-client",
            "The client's own program has not connected the socket that it gives the library.",
            version,
        )
        .one_sided()
        .own_fault(Side::Client, OwnFault::NeverConnected)
        .served_by(forged::listen)
        .ends(NotRecorded, Cause("transport.not_connected")),
    );
}

fn swallowed(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, path: Edit| Scenario::new(slug, summary, version).one_sided().over(path);
    all.push(
        start("swallowed-answer", "What the server sends never arrives.", |way, _, record| match way {
            Way::ToClient => Deed::Swallow,
            Way::ToServer => Deed::Pass(record),
        })
        .client_is_impatient()
        .ends(Alternative { named: CUT, truth: TIMEOUT }, Cause(TIMEOUT)),
    );
    let client_sees = match version {
        Tls12 => Alternative { named: CUT, truth: TIMEOUT },
        Tls13 => Healthy,
    };
    all.push(
        start(
            "swallowed-second-flight",
            "After its hello nothing of the client's arrives.",
            |way, number, record| match (way, number) {
                (Way::ToServer, 1..) => Deed::Swallow,
                _ => Deed::Pass(record),
            },
        )
        .server_is_impatient()
        .ends(Cause(TIMEOUT), client_sees),
    );
    all.push(
        start("swallowed-hello", "Nothing arrives in either direction.", |_, _, _| Deed::Swallow)
            .impatient()
            .ends(Cause(TIMEOUT), Cause(TIMEOUT)),
    );
    all.push(
        start("hello-swallowed-for-its-size", "A ClientHello of two segments never arrives.", |_, _, _| {
            Deed::Swallow
        })
        .client(|client| client.tune = Some(LARGE_HELLO))
        .impatient()
        // Whoever swallowed it acknowledged it first.
        .ends(Cause(TIMEOUT), Alternative { named: TIMEOUT, truth: "middlebox.hello_intolerance" }),
    );
    all.push(
        Scenario::new(
            "hello-lost-for-its-size",
            "A ClientHello of two segments is never acknowledged.",
            version,
        )
        .one_sided()
        .over_a_small_link()
        .served_by(forged::listen)
        .client(|client| client.tune = Some(LARGE_HELLO))
        .client_is_impatient()
        .ends(NotRecorded, Cause("middlebox.hello_intolerance")),
    );
    all.push(
        start(
            "hello-reset-for-its-size",
            "A ClientHello of two segments is answered with a reset.",
            |way, _, record| match way {
                Way::ToServer if record.len() > 1400 => Deed::Reset,
                _ => Deed::Pass(record),
            },
        )
        .client(|client| client.tune = Some(LARGE_HELLO))
        .ends(
            Cause("transport.closed_before_hello"),
            Alternative { named: "transport.closed_before_hello", truth: "middlebox.hello_intolerance" },
        ),
    );
}

/// With the same cause at both ends, most of the time.
fn edited(
    version: Version,
    slug: &'static str,
    summary: &'static str,
    cause: &'static str,
    path: Edit,
) -> Scenario {
    Scenario::new(slug, summary, version).one_sided().over(path).ends(Cause(cause), Cause(cause))
}

/// A sealed record.
fn altered(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause, path: Edit| edited(version, slug, summary, cause, path);
    let to_client: Edit = match version {
        Tls12 => |way, _, record| match way {
            Way::ToClient if is_finished(&record) => flip_last(record),
            _ => Deed::Pass(record),
        },
        Tls13 => |way, number, record| match (way, number) {
            (Way::ToClient, 2) => flip_last(record),
            _ => Deed::Pass(record),
        },
    };
    let to_server: Edit = match version {
        Tls12 => |way, _, record| match way {
            Way::ToServer if is_finished(&record) => flip_last(record),
            _ => Deed::Pass(record),
        },
        Tls13 => |way, number, record| match (way, number) {
            (Way::ToServer, 2) => flip_last(record),
            _ => Deed::Pass(record),
        },
    };
    // In TLS 1.2 the server's Finished is the last word: the server is done before the client complains.
    all.push(start(
        "bad-mac-to-client",
        "A byte of a sealed record to the client is flipped.",
        "record.bad_mac",
        to_client,
    ));
    all.push(start(
        "bad-mac-to-server",
        "A byte of a sealed record to the server is flipped.",
        "record.bad_mac",
        to_server,
    ));
}

/// A record in the clear.
fn altered_in_the_clear(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug, summary, cause, path: Edit| edited(version, slug, summary, cause, path);
    all.push(start(
        "header-altered-to-client",
        "The header of the server's second record is altered.",
        "record.corrupt",
        |way, number, mut record| {
            if (way, number) == (Way::ToClient, 1) {
                record.get_mut(1).into_iter().for_each(|byte| *byte ^= 0x44);
            }
            Deed::Pass(record)
        },
    ));
    // Whose bytes they were, an alert of another meaning does not tell.
    let refused = Alternative { named: "protocol.violation", truth: "record.corrupt" };
    let mut noise = start(
        "noise-to-server",
        "Noise arrives at the server after the client's hello.",
        "record.corrupt",
        |way, number, record| match (way, number) {
            (Way::ToServer, 1) => Deed::Pass(b"\x9b\x12\x5c\xf1\x88\x00\x01\x02noise".to_vec()),
            _ => Deed::Pass(record),
        },
    );
    // From 3.2 on a record of an unknown type is answered with unexpected_message under TLS 1.3.
    if version == Tls13 && openssl_since(3, 2) {
        noise.client = refused;
    }
    all.push(noise);
    let mut hello = start(
        "server-hello-altered",
        "The length of the ServerHello's session id is altered.",
        "record.corrupt",
        |way, number, mut record| {
            if (way, number) == (Way::ToClient, 0) {
                record[43] ^= 0x80;
            }
            Deed::Pass(record)
        },
    );
    // With a post-quantum key share, from 3.5 on, the ServerHello is long enough for that length: illegal_parameter.
    if version == Tls13 && openssl_since(3, 5) {
        hello.server = refused;
        hello.client = Alternative { named: "protocol.violation", truth: "record.corrupt" };
    }
    all.push(hello);
    all.push(start(
        "client-hello-altered",
        "The length of the ClientHello's session id is altered.",
        "record.corrupt",
        |way, number, mut record| {
            if (way, number) == (Way::ToServer, 0) {
                record[43] ^= 0x80;
            }
            Deed::Pass(record)
        },
    ));
}

/// Altered on the way such that one side signs with what the other did not offer.
fn rewritten(all: &mut Vec<Scenario>) {
    let start = |slug, summary, path: Edit| Scenario::new(slug, summary, Tls12).over(path);
    let unoffered = "sigalg.peer_used_unoffered";
    let cannot_tell = |named| Alternative { named, truth: unoffered };
    all.push(
        start(
            "server-signs-with-what-it-likes",
            "The server signs with a scheme that the client left out.",
            |way, number, mut record| {
                if (way, number) == (Way::ToServer, 0) {
                    replace(&mut record, &[0, 13, 0, 4, 0, 2, 8, 5], &[0, 13, 0, 4, 0, 2, 4, 1]);
                }
                Deed::Pass(record)
            },
        )
        .one_sided()
        .client(|client| client.tune = Some(|context, _| context.set_sigalgs_list("RSA-PSS+SHA384")))
        .ends(cannot_tell("server_cert.rejected"), Cause(unoffered)),
    );
    all.push(
        start(
            "client-signs-with-what-it-likes",
            "The client signs with a scheme that the server left out.",
            |way, _, mut record| {
                if way == Way::ToClient && record.get(5) == Some(&13) {
                    replace(&mut record, &[0, 4, 4, 3, 5, 1], &[0, 4, 4, 3, 4, 1]);
                }
                Deed::Pass(record)
            },
        )
        .server(|server| server.client_sigalgs = Some("ECDSA+SHA256:RSA+SHA384"))
        .ends(Cause(unoffered), cannot_tell("client_cert.rejected")),
    );
}

/// Finished under AES-GCM in TLS 1.2: a nonce of 8 bytes, a message of 16, a tag of 16.
fn is_finished(record: &[u8]) -> bool {
    record.len() == 45 && record[0] == 22
}

fn flip_last(mut record: Vec<u8>) -> Deed {
    if let Some(last) = record.last_mut() {
        *last ^= 1;
    }
    Deed::Pass(record)
}

fn replace(record: &mut [u8], old: &[u8], new: &[u8]) {
    let at = record.windows(old.len()).position(|bytes| bytes == old).expect("the bytes to replace");
    record[at..at + new.len()].copy_from_slice(new);
}

/// Two kilobytes of application protocols.
pub(super) const LARGE_HELLO: Tune = |context, _| {
    let mut protocols = b"\x08http/1.1".to_vec();
    for number in 0..40_u8 {
        protocols.push(50);
        protocols.extend([b'a' + number % 26; 50]);
    }
    context.set_alpn_protos(&protocols)
};
