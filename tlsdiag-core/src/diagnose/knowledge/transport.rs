//! Connections that are cut off, go silent, or carry other bytes than were sent; and peers that break the rules.

use super::Knowledge;
use crate::diagnose::{Cause, Finding, Stack};
use crate::event::Role;

pub(super) const NOT_CONNECTED: Knowledge = Knowledge {
    about: "The library was told to begin, and there was no connection under it: nobody listens at the port, the program did not look at \
            what connect(2) came to or did not wait for it, or the descriptor that it passed is closed, no socket, or -1.",
    known_by: &[
        "this side: the error of its first read or write (ECONNREFUSED, ENOTCONN, EBADF, ENOTSOCK), or EPIPE on a socket of which the kernel \
         says that it was never connected (TCP_INFO)",
        "this side: OpenSSL's own error of a connection that it was to make (BIO_s_connect(3))",
    ],
    look_alikes: &[
        (Cause::TransportClosedBeforeHello, "there was a connection, and the peer closed or reset it"),
        (Cause::TransportTimeout, "the connection is still being made: nothing has answered yet"),
        (Cause::TransportOwnShutdown, "there was a connection, and then this program closed the descriptor"),
    ],
    advice: |finding| finding.with(listen).with(connect_first).with(accept_first),
    standards: &["RFC 9293 section 3.5.2"],
    openssl: &["SSL_ERROR_SYSCALL", "SSL_set_fd(3)", "BIO_R_CONNECT_ERROR", "BIO_R_NBIO_CONNECT_ERROR"],
};

pub(super) const CLOSED_BEFORE_HELLO: Knowledge = Knowledge {
    about: "The connection ended before its peer said one word of TLS. At a server that is a port scan, a health check, or a \
            browser that opened a connection in advance and did not need it; at a client, a backend that is down behind a \
            balancer, or a server that drops clients by address.",
    known_by: &["either side: the end of the stream or a reset, and not one byte received before it"],
    look_alikes: &[
        (Cause::MiddleboxHelloIntolerance, "a smaller ClientHello is answered"),
        (Cause::TransportTimeout, "the connection stays open, and silent"),
    ],
    advice: |finding| finding.with(server_down).with(health_check),
    standards: &["RFC 8446 section 6.1", "RFC 9293 section 3.5.2"],
    openssl: &["SSL_R_UNEXPECTED_EOF_WHILE_READING", "SSL_ERROR_SYSCALL", "SSL_get_error(3)"],
};

pub(super) const CLOSED_MID_HANDSHAKE: Knowledge = Knowledge {
    about: "The connection ended after the hellos, and nobody sent an alert to say why: a crash, a restart, a limit or a timeout of \
            the other program, or something in between that cuts.",
    known_by: &["either side: the end of the stream or a reset in the middle, without an alert"],
    look_alikes: &[
        (
            Cause::SigalgSignerRefused,
            "it ends exactly where the client's signature is due, after a CertificateRequest with RSA-PSS",
        ),
        (
            Cause::ClientCertMissing,
            "it ends after CertificateRequest, and the client comes back with a certificate: a browser that asked its user",
        ),
        (Cause::TransportTimeout, "it ends after a long silence"),
    ],
    advice: |finding| finding.with(look_into_logs),
    standards: &["RFC 8446 section 6.1"],
    openssl: &["SSL_R_UNEXPECTED_EOF_WHILE_READING", "SSL_ERROR_SYSCALL", "SSL_get_error(3)"],
};

pub(super) const TIMEOUT: Knowledge = Knowledge {
    about: "One side waited for the other's next message until somebody gave up. The other program hangs, a user has not yet typed \
            a PIN, or a path swallows packets of full size while small ones pass.",
    known_by: &["either side: no byte for a long time, and then this side or a balancer closes"],
    look_alikes: &[
        (
            Cause::MiddleboxHelloIntolerance,
            "it is the ClientHello that gets no answer, and a smaller one gets one",
        ),
        (Cause::SigalgSignerRefused, "Firefox is silent where its card refuses to sign, and comes back"),
    ],
    advice: |finding| finding.with(follow_packets),
    standards: &["RFC 9293 section 3.8.3", "RFC 4821"],
    openssl: &["SSL_ERROR_WANT_READ", "SSL_get_error(3)"],
};

pub(super) const OWN_SHUTDOWN: Knowledge = Knowledge {
    about: "The recorded program itself shut its socket down while its library waited for the peer: a timer of its own, a thread that \
            closes idle connections, or its own end. The library sees the end of the stream and blames the peer.",
    known_by: &[
        "this side: a read that returned 0, and a kernel that says the peer has not closed (TCP_INFO)",
    ],
    look_alikes: &[
        (Cause::TransportClosedBeforeHello, "the peer closed, before it had said anything"),
        (Cause::TransportClosedMidHandshake, "the peer closed, or something in the path did"),
        (Cause::TransportTimeout, "the library itself was told that the time was up"),
    ],
    advice: |finding| finding.with(own_timer),
    standards: &["RFC 9293 section 3.6"],
    openssl: &["SSL_R_UNEXPECTED_EOF_WHILE_READING", "SSL_ERROR_SYSCALL"],
};

pub(super) const BAD_MAC: Knowledge = Knowledge {
    about: "A protected record did not authenticate: its bytes are not those that were sealed, or two programs read and write one \
            connection, so that their counters disagree.",
    known_by: &[
        "the receiver: its own reason, and the alert bad_record_mac that it sends",
        "the sender: that alert, received",
    ],
    look_alikes: &[
        (
            Cause::PskKeyMismatch,
            "it is the first protected record of a handshake with a pre-shared key: the keys differ",
        ),
        (Cause::RecordCorrupt, "it is a header or a cleartext message that is wrong"),
    ],
    advice: |finding| finding.with(whole_bytes),
    standards: &["RFC 8446 sections 5.2 and 6.2", "RFC 5246 section 7.2.2"],
    openssl: &["SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC"],
};

pub(super) const CORRUPT: Knowledge = Knowledge {
    about: "Lengths that do not add up, a record's header that is none, or other bytes in the middle of a stream that began as TLS: \
            something wrote into the stream or altered it, or the sender's program has a fault.",
    known_by: &[
        "the receiver: its reason (bad length, length mismatch, wrong version number after good records)",
        "the sender: the alert decode_error, or its Finished refused",
    ],
    look_alikes: &[
        (Cause::NotTlsOtherProtocol, "the very first bytes are no TLS"),
        (
            Cause::TransportClosedMidHandshake,
            "OpenSSL before 3.0 calls a mere end of the stream a decode error now and then",
        ),
        (Cause::ProtocolViolation, "the message can be read, and is forbidden"),
    ],
    advice: |finding| finding.with(see_bytes).with(whole_bytes),
    standards: &["RFC 8446 sections 5.1 and 6.2"],
    openssl: &[
        "SSL_R_LENGTH_MISMATCH",
        "SSL_R_BAD_LENGTH",
        "SSL_R_WRONG_VERSION_NUMBER",
        "SSL_R_BAD_RECORD_TYPE",
    ],
};

pub(super) const VIOLATION: Knowledge = Knowledge {
    about: "A message that can be read and must not come here: out of order, an answer to what was not asked, a choice that was not \
            offered. One of the two libraries has a fault, or something in between answers in the other's place.",
    known_by: &[
        "the receiver: its reason, and the alert unexpected_message, illegal_parameter or unsupported_extension that it sends",
        "the sender: that alert, received",
    ],
    look_alikes: &[
        (Cause::RecordCorrupt, "the message cannot be read"),
        (Cause::SigalgPeerUsedUnoffered, "what was not offered is the signature scheme"),
    ],
    advice: |finding| finding.with(which_library),
    standards: &["RFC 8446 sections 4 and 6.2"],
    openssl: &["SSL_R_UNEXPECTED_MESSAGE", "SSL_R_WRONG_CIPHER_RETURNED", "SSL_R_UNSOLICITED_EXTENSION"],
};

pub(super) const HELLO_INTOLERANCE: Knowledge = Knowledge {
    about: "A ClientHello with post-quantum key shares no longer fits into one packet. Some firewalls, inspectors and old servers \
            read the first packet only, or do not know the version or an extension, and swallow or reset the connection.",
    known_by: &[
        "the client: no answer, or a reset, after a ClientHello that is large or new; and a smaller one is answered",
        "the server never sees it",
    ],
    look_alikes: &[
        (Cause::TransportClosedBeforeHello, "no ClientHello is answered, however small"),
        (Cause::TransportTimeout, "it goes silent later"),
    ],
    advice: |finding| finding.with(smaller_hello),
    standards: &["RFC 8446 appendix D.4", "RFC 8701", "RFC 7685"],
    openssl: &["SSL_ERROR_SYSCALL", "SSL_CTX_set1_groups_list(3)"],
};

/// For a connection that was cut.
pub(in crate::diagnose) fn look_into_logs(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "see what the other side and the devices in the path log at this time: crashes, restarts, limits, idle timeouts")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -state -msg")
        .note("from another network shows whether it is the path")
}

/// For a program that closes a descriptor which it still needs.
pub(in crate::diagnose) fn closed_here(finding: Finding) -> Finding {
    finding.advise(Stack::Any, "look into this program: what closes its descriptors while their handshake goes on (another thread, a timer, a number that is closed twice)")
}

/// For a connection that nobody accepts.
pub(in crate::diagnose) fn listen(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "see whether the server runs and listens at this address and port (on its host: ss -ltn)",
        )
        .advise(
            Stack::Any,
            "see which address the name has: one of IPv6 is refused where the server listens on IPv4 alone",
        )
}

/// For a name that nobody knows.
pub(in crate::diagnose) fn look_up(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "getent ahosts HOST")
        .note("no line: the name is wrong, or no DNS server answers for it")
}

/// For a client that has not waited for its connection.
pub(in crate::diagnose) fn connect_first(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "in the program: look at what connect(2) gives before SSL_connect(3); of a non-blocking socket wait until it can be written to, and \
         then ask for SO_ERROR",
    )
}

/// For a server that took another descriptor than its client's.
pub(in crate::diagnose) fn accept_first(finding: Finding) -> Finding {
    finding.advise(Stack::Any, "in the program: give SSL_set_fd(3) the descriptor that accept(2) has given, and look first whether it has given one")
}

/// For a program that shuts its own connection down.
pub(in crate::diagnose) fn own_timer(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "look into this program: what shuts its connections down (a timer for idle or slow peers, its own end), and after how long")
        .advise(Stack::Any, "if the time was too short, give the handshake more; if not, see what the peer was waiting for")
}

/// For a silence.
pub(in crate::diagnose) fn follow_packets(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "see on both ends which packets arrive (tcpdump), and what the silent side is waiting for")
        .advise(Stack::Any, "ping -M do -s 1400 HOST")
        .note("no answer where smaller pings have one: packets of full size are swallowed; lower the MTU or mend the firewall")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -tls1_2")
        .note("answered, and TLS 1.3 is not: something in the path cannot take the larger ClientHello")
        .advise(Stack::Nginx, "client_header_timeout 60s;")
        .note("where it is this server that is impatient with slow clients")
}

/// For a ClientHello that is swallowed.
pub(in crate::diagnose) fn smaller_hello(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "update or mend the firewall, inspector or balancer; to prove that it is the hello, make it small:")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -tls1_2")
        .advise(Stack::Curl, "curl --tls-max 1.2 --no-alpn https://HOST/")
        .advise(Stack::Any, "until then, send the large key share only when the server asks for it; OpenSSL 3.5 and later:")
        .advise(Stack::Curl, "curl --curves X25519:X25519MLKEM768:P-256 https://HOST/")
        .for_side(Role::Client)
        .advise(Stack::OpensslCnf, "Groups = *X25519:X25519MLKEM768:P-256")
        .for_side(Role::Client)
        .note("a star marks the groups whose key share goes with the first hello")
        .advise(Stack::Any, "or, if that is not enough, leave post-quantum groups out:")
        .advise(Stack::Curl, "curl --curves X25519:P-256 https://HOST/")
        .for_side(Role::Client)
        .note("traffic recorded now may be read by a quantum computer later")
        .advise(Stack::OpensslCnf, "Groups = X25519:P-256")
        .for_side(Role::Client)
        .note("likewise, for this client alone and until the device is mended")
}

/// For bytes that are altered on the way.
pub(in crate::diagnose) fn whole_bytes(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "go around the middlebox or network device to see which one alters bytes; switch its TLS inspection off")
        .advise(Stack::Any, "ethtool -K IFACE tso off gso off gro off")
        .note("on Linux, to see whether the network card is at fault")
        .advise(Stack::Any, "let no two processes use one TLS connection: connect after the fork")
}

/// For bytes that make no sense.
pub(in crate::diagnose) fn see_bytes(finding: Finding) -> Finding {
    finding
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -msg -debug")
        .note("shows the bytes as they arrive")
}

/// For a visitor that says nothing to a server.
pub(in crate::diagnose) fn health_check(finding: Finding) -> Finding {
    finding.advise(
        Stack::Any,
        "nothing to mend here, if the address is a health check's: let it speak TLS, or ignore these entries",
    )
}

/// For a server that says nothing.
pub(in crate::diagnose) fn server_down(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "see whether the server process runs behind this port, and what it logs at this time",
        )
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -tls1_2")
        .note("if this works, something in the path cannot take the larger ClientHello of TLS 1.3")
}

/// For a peer that breaks the rules.
pub(in crate::diagnose) fn which_library(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "find out which library and version the other side runs, update it, and go around middleboxes to exclude them")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -msg")
        .note("shows the messages; with -tls1_2 it shows whether TLS 1.3 is what the other side cannot do")
}
