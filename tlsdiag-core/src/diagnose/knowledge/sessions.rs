//! What comes after the first handshake, or stands in for a certificate: renegotiation, resumption, pre-shared keys.

use super::Knowledge;
use crate::diagnose::{Cause, Finding, Stack};

pub(super) const LEGACY_REFUSED: Knowledge = Knowledge {
    about: "The server does not know secure renegotiation, and OpenSSL 3 clients connect to none that does not. What OpenSSL says of it, \"… legacy renegotiation disabled\", misleads: no renegotiation has been tried, the first handshake is refused for what might follow.",
    known_by: &[
        "the client: a ServerHello without renegotiation_info, and its own reason",
        "the server: handshake_failure right after a ServerHello without it",
    ],
    look_alikes: &[
        (Cause::RenegotiationRefused, "the connection was established, and a second handshake was refused"),
        (Cause::EmsRequired, "it is extended_master_secret that is missing"),
    ],
    advice: secure_renegotiation,
    standards: &["RFC 5746 sections 3.4 and 4.1"],
    openssl: &[
        "SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED",
        "SSL_OP_LEGACY_SERVER_CONNECT",
        "SSL_CTX_set_options(3)",
    ],
};

pub(super) const RENEGOTIATION_REFUSED: Knowledge = Knowledge {
    about: "The server asks for a second handshake on the connection, to get a client certificate for one path of a site, and the \
            client does not renegotiate: HTTP/2 forbids it, TLS 1.3 has no such thing, and many libraries have it off.",
    known_by: &[
        "either side: a HelloRequest in an established connection of TLS 1.2, and no_renegotiation or the end after it",
    ],
    look_alikes: &[
        (Cause::ClientAuthPhaNotOffered, "the same wish in TLS 1.3"),
        (Cause::RenegotiationLegacyRefused, "it is the first handshake that is refused"),
    ],
    advice: ask_first,
    standards: &["RFC 5246 sections 7.2.2 and 7.4.1.1", "RFC 9113 section 9.2.1", "RFC 8446 section 4.1.2"],
    openssl: &["SSL_R_NO_RENEGOTIATION", "SSL_OP_NO_RENEGOTIATION", "SSL_CTX_set_options(3)"],
};

pub(super) const ID_CONTEXT: Knowledge = Knowledge {
    about: "A server that verifies clients must name the context that its sessions belong to, or a client could carry its \
            authentication from one virtual host to another. This one has named none, so OpenSSL refuses to resume: the first \
            connection works, the second fails.",
    known_by: &[
        "the server: its own reason, and a client that resumes",
        "the client: internal_error in answer to a ClientHello with a session, where one without is answered",
    ],
    look_alikes: &[(Cause::ConfigNoCertificate, "first connections fail as well")],
    advice: name_context,
    standards: &["RFC 8446 section 4.6.1", "RFC 5246 appendix F.1.4"],
    openssl: &["SSL_R_SESSION_ID_CONTEXT_UNINITIALIZED", "SSL_CTX_set_session_id_context(3)"],
};

pub(super) const PSK_UNKNOWN: Knowledge = Knowledge {
    about: "The client names a pre-shared key that the server does not have: another spelling of the identity, or a server without \
            any keys. In TLS 1.3 a server may go on with a certificate instead, and fails only if it has none.",
    known_by: &[
        "the server: its callback found no key for the identity",
        "the client: unknown_psk_identity, handshake_failure, or decrypt_error where the server hides which it was",
    ],
    look_alikes: &[(
        Cause::PskKeyMismatch,
        "the identity is known, and the keys differ; servers may answer both alike",
    )],
    advice: same_key,
    standards: &["RFC 8446 sections 4.2.11 and 6.2", "RFC 4279 section 2"],
    openssl: &[
        "SSL_R_PSK_IDENTITY_NOT_FOUND",
        "SSL_CTX_set_psk_find_session_callback(3)",
        "SSL_CTX_set_psk_server_callback(3)",
    ],
};

pub(super) const PSK_MISMATCH: Knowledge = Knowledge {
    about: "Both sides know the identity, and hold different keys for it. TLS 1.3 notices at once, by the binder in the ClientHello; \
            up to 1.2 it is the first protected record, Finished, that cannot be read.",
    known_by: &[
        "the server: the binder does not verify, or the client's Finished cannot be decrypted",
        "the client: decrypt_error, illegal_parameter or bad_record_mac in answer",
    ],
    look_alikes: &[
        (Cause::PskUnknownIdentity, "the server has no such identity"),
        (Cause::RecordBadMac, "there is no pre-shared key in the handshake"),
    ],
    advice: same_key,
    standards: &["RFC 8446 section 4.2.11.2", "RFC 4279 section 2"],
    openssl: &[
        "SSL_R_BINDER_DOES_NOT_VERIFY",
        "SSL_R_DIGEST_CHECK_FAILED",
        "SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
    ],
};

pub(super) const PSK_HASH: Knowledge = Knowledge {
    about: "In TLS 1.3 a pre-shared key is bound to a hash, SHA-256 unless something else was said when it was made, and can be used with \
            cipher suites of that hash alone. OpenSSL's -psk makes one for SHA-256; a server that speaks nothing but \
            TLS_AES_256_GCM_SHA384 passes over it as if it did not know it.",
    known_by: &[
        "the server: the length of the binder in the ClientHello, against the hash of the suites in common",
        "the client: handshake_failure, which tells nothing; its own suites and the hash that its key is bound to",
    ],
    look_alikes: &[
        (Cause::PskUnknownIdentity, "the server has no such identity"),
        (Cause::PskKeyMismatch, "the hash fits, and the binder does not verify"),
    ],
    advice: same_hash,
    standards: &["RFC 8446 sections 4.2.11 and 4.6.1", "RFC 9258"],
    openssl: &[
        "SSL_CTX_set_psk_use_session_callback(3)",
        "SSL_SESSION_set_cipher(3)",
        "SSL_CTX_set_ciphersuites(3)",
    ],
};

/// For a pre-shared key that is bound to another hash.
pub(in crate::diagnose) fn same_hash(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "enable a cipher suite of the key's hash on both sides, or bind the key to the hash of the suite:")
        .advise(Stack::Openssl, "openssl s_server … -psk 1a2b3c… -ciphersuites TLS_AES_128_GCM_SHA256")
        .note("openssl's -psk makes a key for SHA-256")
        .advise(Stack::OpensslCnf, "Ciphersuites = TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256")
}

/// For a client certificate that is wanted late, in TLS 1.2.
pub(in crate::diagnose) fn ask_first(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "ask for the client's certificate in the first handshake, on a host name of its own:",
        )
        .advise(Stack::Apache, "SSLVerifyClient require")
        .note("in the virtual host, not in a Location or Directory")
        .advise(Stack::Nginx, "ssl_verify_client on;")
        .note("in the server block; nginx never renegotiates")
        .advise(Stack::Openssl, "openssl s_server … -Verify 1")
}

/// For a client certificate that is wanted late, in TLS 1.3.
pub(in crate::diagnose) fn ask_late(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "ask in the handshake, on a host name of its own; or let the client offer it:")
        .advise(Stack::Apache, "SSLVerifyClient require")
        .note("in the virtual host, not in a Location or Directory")
        .advise(Stack::Python, "context.post_handshake_auth = True")
        .note("at the client")
        .advise(Stack::Openssl, "openssl s_client … -enable_pha")
        .advise(Stack::Nginx, "ssl_verify_client on;")
        .note("in the server block; nginx never asks late")
}

/// For a server without a session id context.
pub(in crate::diagnose) fn name_context(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "name a context in the server's program, different for each set of client CAs:")
        .advise(Stack::Openssl, "SSL_CTX_set_session_id_context(ctx, (const unsigned char *)\"name\", 4);")
        .note("one line of C; nginx and Apache do it by themselves")
        .advise(Stack::Openssl, "SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET); SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);")
        .note("or no resumption at all")
}

/// For sessions that go where they should not.
pub(in crate::diagnose) fn keep_apart(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "keep sessions of hosts with and without client authentication apart:")
        .advise(Stack::Nginx, "ssl_session_tickets off; ssl_session_cache off;")
        .note("in the server blocks of one address that differ in ssl_verify_client; nginx 1.26.3 and 1.27.4 mend it")
        .advise(Stack::Apache, "SSLSessionTickets off")
        .advise(Stack::Openssl, "SSL_CTX_set_session_id_context(ctx, (const unsigned char *)\"with client certificates\", 24);")
        .note("one line of C: a session id context of its own, and session ticket keys of its own")
}

/// For pre-shared keys that differ.
pub(in crate::diagnose) fn same_key(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "bring the same identity and key to both sides; the key is hexadecimal on OpenSSL's command line:")
        .advise(Stack::Openssl, "openssl s_client … -psk_identity NAME -psk 1a2b3c…")
        .advise(Stack::Openssl, "openssl s_server … -nocert -psk_identity NAME -psk 1a2b3c…")
        .advise(Stack::Python, "context.set_psk_client_callback(lambda hint: (\"NAME\", KEY))")
}

/// For a server without RFC 5746.
pub(in crate::diagnose) fn secure_renegotiation(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "update the server's TLS library (RFC 5746 is of 2010), or the middlebox that answers for it",
        )
        .advise(Stack::OpensslCnf, "Options = UnsafeLegacyServerConnect")
        .note("at the client, and only for this server: it takes away the protection against that attack")
        .advise(Stack::Python, "context.options |= ssl.OP_LEGACY_SERVER_CONNECT")
        .note("weakens it likewise; Python 3.12 and later")
        .advise(Stack::Openssl, "openssl s_client -legacy_server_connect -connect HOST:PORT")
        .note("only to see whether it is this")
}
