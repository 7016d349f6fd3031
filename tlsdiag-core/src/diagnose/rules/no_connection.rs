//! A handshake that was begun without a connection under it.
//!
//! Needs: the error of the first read or write, or OpenSSL's own of a connection that it was to make.

use super::own_shutdown::was_connected;
use crate::diagnose::knowledge::transport;
use crate::diagnose::{Cause, Confidence, Finding, Rule, Side};
use crate::event::{LibraryError, Role, TransportEnd};
use crate::handshake::Handshake;

pub(in crate::diagnose) const NOT_CONNECTED: Rule = Rule {
    name: "no_connection::not_connected",
    find: not_connected,
    causes: || vec![Cause::TransportNotConnected],
};

/// `ERR_LIB_BIO`.
const BIO: i32 = 32;
/// `BIO_R_CONNECT_ERROR` and `BIO_R_NBIO_CONNECT_ERROR`.
const CONNECT: &[i32] = &[103, 110];
/// What looks a host's name and a service's up, as OpenSSL 3 names it in its errors.
const LOOKUP: &str = "BIO_lookup_ex";

// As Linux numbers them.
const EBADF: i32 = 9;
const EPIPE: i32 = 32;
const ENOTSOCK: i32 = 88;
const ENOTCONN: i32 = 107;
const ECONNREFUSED: i32 = 111;

fn not_connected(handshake: &Handshake) -> Option<Finding> {
    if was_connected(handshake) || handshake.not_tls.is_some() || handshake.outcome.kind.is_established() {
        return None;
    }
    let of_bio = |wanted: &dyn Fn(&LibraryError) -> bool| {
        handshake.errors.iter().find(|error| error.library == BIO && wanted(&error.value))
    };
    if let Some(lookup) = of_bio(&|error| error.function == LOOKUP) {
        let said = if lookup.data.is_empty() { &lookup.reason_text } else { &lookup.data };
        return Some(
            finding(
                handshake,
                Side::Client,
                format!("The name or the port of the server could not be looked up: {said}."),
            )
            .see(lookup.event, "OpenSSL", format!("{LOOKUP}: {said}"))
            .with(transport::look_up),
        );
    }
    let broken = handshake.transport.as_ref().filter(|broken| broken.end == TransportEnd::NotConnected);
    let errno = match (broken, of_bio(&|error| CONNECT.contains(&error.reason))) {
        (Some(broken), _) => Some(broken.errno),
        (None, Some(_)) => {
            let system = handshake.errors.iter().rfind(|error| error.library == LibraryError::LIB_SYS);
            system.map(|error| error.reason)
        }
        (None, None) => return None,
    };
    let event = broken.map(|broken| broken.event).or(handshake.failed.map(|failed| failed.event));
    let seen = match errno {
        Some(errno) => format!("not connected, errno {errno}"),
        None => "connect error".to_owned(),
    };
    let own = handshake.role.as_str();
    let finding = match errno {
        Some(EBADF) => begun(handshake, "the descriptor that it gave the library is not open (EBADF)"),
        Some(ENOTSOCK) => begun(handshake, "the descriptor that it gave the library is no socket (ENOTSOCK)"),
        Some(ENOTCONN | EPIPE) => {
            begun(handshake, "the socket that it gave the library was never connected")
        }
        Some(ECONNREFUSED) => finding(
            handshake,
            handshake.role.peer().into(),
            format!("This {own} has no connection: it was refused (ECONNREFUSED). Nothing listens at that address and port, or a firewall answers so."),
        )
        .with(transport::listen),
        _ => finding(handshake, Side::Network, format!("This {own} has no connection: OpenSSL, which was to make it, could not."))
            .with(transport::listen),
    };
    Some(finding.see(event, "transport", seen))
}

fn begun(handshake: &Handshake, why: &str) -> Finding {
    let own = handshake.role.as_str();
    let finding = finding(
        handshake,
        handshake.role.into(),
        format!("This {own}'s own program began the handshake without a connection: {why}."),
    );
    match handshake.role {
        Role::Server => finding.with(transport::accept_first),
        Role::Client => finding.with(transport::connect_first),
    }
}

fn finding(handshake: &Handshake, side: Side, summary: String) -> Finding {
    let peer = handshake.role.peer().as_str();
    Finding::new(Cause::TransportNotConnected, Confidence::Certain, side, summary)
        .explain(format!("Nothing of TLS has reached the {peer}, and nothing of its own has come: what fails is the connection under TLS."))
        .not(Cause::TransportClosedBeforeHello, "there was no connection to close")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Direction;
    use crate::handshake::{At, Broken};

    fn cut(role: Role, end: TransportEnd, errno: i32) -> Handshake {
        let mut handshake = Handshake::blank(role);
        let value = Broken { direction: Direction::Sent, end, errno };
        handshake.transport = Some(At { event: 1, value });
        handshake
    }

    fn side(handshake: &Handshake) -> Option<Side> {
        not_connected(handshake).map(|finding| finding.side)
    }

    #[test]
    fn whose_it_is_the_error_tells() {
        for errno in [EBADF, ENOTSOCK, ENOTCONN, EPIPE] {
            assert_eq!(side(&cut(Role::Client, TransportEnd::NotConnected, errno)), Some(Side::Client));
            assert_eq!(side(&cut(Role::Server, TransportEnd::NotConnected, errno)), Some(Side::Server));
        }
        let refused = cut(Role::Client, TransportEnd::NotConnected, ECONNREFUSED);
        assert_eq!(side(&refused), Some(Side::Server));
    }

    #[test]
    fn a_connection_that_there_was_is_none_of_these() {
        for end in [
            TransportEnd::Eof,
            TransportEnd::Reset,
            TransportEnd::Timeout,
            TransportEnd::Other,
            TransportEnd::ShutDownHere,
        ] {
            assert_eq!(side(&cut(Role::Client, end, EPIPE)), None);
        }
        let mut heard = cut(Role::Client, TransportEnd::NotConnected, EBADF);
        heard.heard_tls = true;
        assert_eq!(side(&heard), None);
    }
}
