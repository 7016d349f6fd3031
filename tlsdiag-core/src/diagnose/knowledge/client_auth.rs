//! The client's certificate: asked for, found, sent or not; and refusals that give no reason.

use super::Knowledge;
use super::programs::{Setting, set};
use crate::diagnose::{Cause, CertificateFault, Finding, Stack};
use crate::event::Role;

pub(super) const PHA_NOT_OFFERED: Knowledge = Knowledge {
    about: "The server wants a certificate after the handshake, for one path of a site, and in TLS 1.3 it may ask only a client whose \
            hello offered that. Python, Java and OpenSSL clients do so if told to; browsers never do, and HTTP/2 forbids it.",
    known_by: &[
        "the server: post_handshake_auth is missing in the ClientHello, and its attempt to ask failed",
        "the client notices nothing of TLS: it gets an answer of the application, such as HTTP 403",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "the client was asked, and had none"),
        (Cause::RenegotiationRefused, "the same wish in TLS 1.2"),
    ],
    advice: |finding| finding.with(super::sessions::ask_late),
    standards: &["RFC 8446 sections 4.2.6 and 4.6.2", "RFC 8740"],
    openssl: &["SSL_R_EXTENSION_NOT_RECEIVED", "SSL_verify_client_post_handshake(3)"],
};

pub(super) const CA_LIST_TOO_LARGE: Knowledge = Knowledge {
    about: "CertificateRequest carries the names of the CAs whose certificates the server would take, and they are more than fit: \
            somebody named the system's whole store. The message cannot be made, or the client refuses to read one so long.",
    known_by: &[
        "the server: the size of its list, and an error where CertificateRequest is made",
        "the client: a CertificateRequest that is larger than it reads, or internal_error where it should come",
    ],
    look_alikes: &[(
        Cause::ServerCert(CertificateFault::ChainTooLarge),
        "it is the Certificate message that is too large",
    )],
    advice: fewer_names,
    standards: &["RFC 8446 sections 4.2.4 and 4.3.2", "RFC 5246 section 7.4.4"],
    openssl: &["SSL_R_EXCESSIVE_MESSAGE_SIZE", "SSL_CTX_set_client_CA_list(3)"],
};

pub(super) const MISSING: Knowledge = Knowledge {
    about: "The server requires a client certificate and got an empty Certificate message: the client has none configured. In TLS 1.3 \
            the client believes that it is connected, and hears of it with its first read.",
    known_by: &[
        "the client: no certificate in its own configuration when CertificateRequest came",
        "the server: an empty Certificate, which does not say why it is empty; so it is one of three",
    ],
    look_alikes: &[
        (
            Cause::SigalgClientKeyIncompatible,
            "the client has one whose key can sign with nothing that is asked",
        ),
        (Cause::ClientCertNotInCaList, "the client has one, of another issuer than those named"),
        (Cause::ConfigKeyMismatch, "the client has one without its private key"),
        (Cause::ClientAuthPhaNotOffered, "the client was never asked"),
    ],
    advice: give_certificate,
    standards: &["RFC 8446 sections 4.4.2.4 and 6.2", "RFC 5246 section 7.4.6"],
    openssl: &[
        "SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE",
        "SSL_CTX_set_verify(3)",
        "SSL_CTX_set_client_cert_cb(3)",
    ],
};

pub(super) const NOT_IN_CA_LIST: Knowledge = Knowledge {
    about: "The server names the CAs whose certificates it takes, and the client's is of none of them; so browsers and other careful \
            clients send nothing. OpenSSL's own clients do not look at the list and send what they have.",
    known_by: &[
        "the client: the issuers of its certificates against CertificateRequest.certificate_authorities",
        "the server: only as one of three, since all it sees is an empty Certificate",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "the client has no certificate at all"),
        (Cause::SigalgClientKeyIncompatible, "the issuer is named, and the key fits no scheme"),
        (Cause::ClientCert(CertificateFault::UnknownIssuer), "the certificate was sent, and then refused"),
    ],
    advice: name_issuer,
    standards: &["RFC 8446 section 4.2.4", "RFC 5246 section 7.4.4"],
    openssl: &["SSL_CTX_set_client_CA_list(3)", "SSL_CTX_set_client_cert_cb(3)"],
};

pub(super) const REJECTED: Knowledge = Knowledge {
    about: "The other side refused the certificate and said no more than bad_certificate, certificate_unknown or access_denied, and \
            this side's own look at it (dates, purposes, chain, sizes, names) found nothing. The reason lies with the verifier: \
            its trust, its revocation lists, or a check of the application.",
    known_by: &[
        "the owner: the alert, received, and nothing wrong in its own certificate",
        "the verifier knows more, and names it",
    ],
    look_alikes: &[(
        Cause::RecordCorrupt,
        "an alert of the other direction: mind who sent it, the receiver of the certificate",
    )],
    advice: |finding| see_log(finding, "verifier"),
    standards: &["RFC 8446 section 6.2", "RFC 5246 section 7.2.2"],
    openssl: &["SSL_get_verify_result(3)", "X509_verify_cert_error_string(3)"],
};

/// For too many CA names.
pub(in crate::diagnose) fn fewer_names(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "name only the CAs that really issue client certificates; those that are trusted may be more:",
        )
        .advise(
            Stack::Nginx,
            "ssl_client_certificate /path/client-ca.pem; ssl_trusted_certificate /path/more.pem;",
        )
        .note("the names of the first are sent, those of the second are not")
        .advise(Stack::Apache, "SSLCADNRequestFile /path/client-ca.pem")
        .advise(Stack::Openssl, "openssl s_server … -Verify 1 -CAfile client-ca.pem")
        .advise(Stack::Python, "context.load_verify_locations(\"client-ca.pem\")")
}

/// For an issuer that is not named.
pub(in crate::diagnose) fn name_issuer(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "add the issuer of the client's certificate to the CA names of the server:")
        .advise(Stack::Apache, "SSLCADNRequestFile /path/client-ca.pem")
        .for_side(Role::Server)
        .with(set(Role::Server, Setting::Trust, ""))
}

/// For a client whose program chooses among its certificates by the names.
pub(in crate::diagnose) fn held_back(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "give this client's program a certificate of a CA that the server names, or let the server name the CA of the one that it has:")
        .advise(Stack::Apache, "SSLProxyMachineCertificateFile /path/client-and-key.pem")
        .note("where Apache is the client of a backend: it sends none whose issuer the backend does not name")
        .advise(Stack::Apache, "SSLProxyMachineCertificateChainFile /path/intermediates.pem")
        .note("likewise, where an intermediate issued the certificate and the backend names the root")
        .advise(Stack::Nginx, "ssl_client_certificate /path/client-ca.pem;")
        .note("at the server: the names of these CAs are sent")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT")
        .note("prints the CAs that the server names (Acceptable client certificate CA names)")
}

/// For a client without a certificate.
pub(in crate::diagnose) fn give_certificate(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "give the client a certificate of a CA that the server trusts, and its key; client-chain.pem is the certificate and its intermediates:")
        .with(set(Role::Client, Setting::Certificate, ""))
        .advise(Stack::Any, "with a smart card: see that the card is in its reader and its PIN was given, not cancelled")
        .advise(Stack::Any, "with a browser: see that its dialog was answered; it hides certificates that have expired, that are not under the CAs the server names, or that are not for clients")
}

/// For a refusal without a reason.
pub(in crate::diagnose) fn see_log(finding: Finding, verifier: &str) -> Finding {
    finding.advise(Stack::Any, format!("look into the {verifier}'s log, or record the handshake there"))
}

pub(super) const CLIENT_ASKS_USER: Knowledge = Knowledge {
    about: "The server asked for a certificate, and the client closed the connection without a word. A browser does so to ask its user which \
            certificate to show, and then comes back with it: each page view of a new user begins like this. It is no failure, and is noted \
            since a card that cannot sign leaves in the same way.",
    known_by: &[
        "the server: the end of the stream after its CertificateRequest, with no Certificate and no alert",
        "the server, by the client's next handshakes: one that succeeds takes the suspicion away, and one that ends at the same message again \
         raises it",
    ],
    look_alikes: &[
        (
            Cause::SigalgSignerRefused,
            "the client comes back and ends at the same message again, never with success",
        ),
        (Cause::ClientCertMissing, "the client sends an empty Certificate"),
        (
            Cause::TransportClosedMidHandshake,
            "a health check or a scanner: it comes back at regular intervals",
        ),
    ],
    advice: user_is_asked,
    standards: &["RFC 8446 section 4.3.2", "RFC 5246 section 7.4.4"],
    openssl: &["SSL_R_UNEXPECTED_EOF_WHILE_READING", "SSL_CTX_set_verify(3)"],
};

pub(super) const AWAITS_USER: Knowledge = Knowledge {
    about: "The server asked for a certificate, and nothing came until it gave up. The client's user may be at a dialog, for a certificate or \
            for a card's PIN, and takes longer than the server waits. It is no failure of TLS, and is noted since a card's driver that \
            hangs looks the same.",
    known_by: &["the server: silence after its CertificateRequest for a second or more, until it gave up"],
    look_alikes: &[
        (Cause::SigalgSignerRefused, "the client comes back and is silent again, never with success"),
        (Cause::TransportTimeout, "the silence begins at another message: nobody is asked anything there"),
    ],
    advice: user_is_asked,
    standards: &["RFC 8446 section 4.3.2", "RFC 5246 section 7.4.4"],
    openssl: &["SSL_CTX_set_verify(3)"],
};

/// For a client that asks its user.
pub(in crate::diagnose) fn user_is_asked(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "nothing to mend, if the client comes back with a certificate; if it never does, look into its own log")
        .advise(Stack::Nginx, "client_header_timeout 120s;")
        .note("where users take longer at their dialogs than the server waits")
        .advise(Stack::Apache, "RequestReadTimeout handshake=120")
        .note("likewise")
}
