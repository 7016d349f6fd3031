//! Connections that were established and should give to think.

use super::Knowledge;
use crate::diagnose::{Cause, Finding, Stack};

pub(super) const CLIENT_UNVERIFIED: Knowledge = Knowledge {
    about: "The server asked for a certificate, what came did not verify, and the handshake was let through: a callback that always \
            says yes, or a setting such as optional_no_ca. If nothing behind looks at the result, anybody gets in.",
    known_by: &[
        "the server: a fault in its verify callback that was accepted, and a handshake that was established",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "it failed, as it should"),
        (Cause::WarnAnyPublicCaAccepted, "the certificate does verify, by a store that is too wide"),
    ],
    advice: verify_for_real,
    standards: &["RFC 8446 section 4.4.2.4"],
    openssl: &["SSL_CTX_set_verify(3)", "SSL_get_verify_result(3)"],
};

pub(super) const ANY_PUBLIC_CA: Knowledge = Knowledge {
    about: "The server verifies clients against the system's CAs, which issue certificates to everybody: whoever owns any domain can \
            get in. It happens where no CA file is named, or where a helper for clients loads the system's store.",
    known_by: &[
        "the server: it asks for client certificates, and its store is large and holds well-known public CAs",
    ],
    look_alikes: &[(Cause::WarnClientUnverified, "the certificate does not verify at all")],
    advice: private_ca,
    standards: &["RFC 5280 section 6.1.1"],
    openssl: &["SSL_CTX_load_verify_locations(3)", "SSL_CTX_set_default_verify_paths(3)"],
};

pub(super) const RESUMED: Knowledge = Knowledge {
    about: "A resumed session shows no certificates: the client is who it was at first. That first handshake was made where no client \
            certificate is required, and its session is good where one is (CVE-2025-23419 is of this kind).",
    known_by: &[
        "the server: a resumed session without the client's certificate, in a context that requires one",
    ],
    look_alikes: &[(
        Cause::SessionIdContextUninitialized,
        "OpenSSL notices that no context was named, and refuses",
    )],
    advice: |finding| finding.with(super::sessions::keep_apart),
    standards: &["RFC 8446 sections 2.2 and 4.6.1"],
    openssl: &["SSL_CTX_set_session_id_context(3)", "SSL_CTX_set_session_cache_mode(3)"],
};

pub(super) const EXPIRES_SOON: Knowledge = Knowledge {
    about: "A certificate of a chain ends within the number of days that were set as the limit. Nothing has failed yet. It is off by \
            default.",
    known_by: &["either side: the dates of the chains that were shown, against the time of the handshake"],
    look_alikes: &[(Cause::ServerCert(crate::diagnose::CertificateFault::Expired), "it has ended already")],
    advice: renew,
    standards: &["RFC 5280 section 4.1.2.5"],
    openssl: &["openssl-x509(1)", "X509_get0_notAfter(3)"],
};

/// For a chain that ends soon.
pub(in crate::diagnose) fn renew(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "renew the certificate, and reload the server, which reads the file only at start:",
        )
        .with(super::programs::set(crate::event::Role::Server, super::programs::Setting::Reload, ""))
        .advise(Stack::Openssl, "openssl x509 -in certificate.pem -noout -subject -enddate -checkend 1209600")
        .note("fails if it ends within so many seconds: these are 14 days")
}

/// For a verification without consequence.
pub(in crate::diagnose) fn verify_for_real(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "if only clients whose certificate verifies are to be served, let the verify callback return what OpenSSL found, or look at the result before the client is served")
        .advise(Stack::Nginx, "ssl_verify_client on;")
        .note("not optional_no_ca, unless what is behind looks at $ssl_client_verify")
        .advise(Stack::Apache, "SSLVerifyClient require")
        .note("not optional_no_ca")
        .advise(Stack::Openssl, "openssl s_server … -Verify 1 -verify_return_error")
}

/// For a store that is too wide.
pub(in crate::diagnose) fn private_ca(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "trust for clients the private CA that issues their certificates, and nothing else:")
        .advise(Stack::Nginx, "ssl_client_certificate /path/client-ca.pem;")
        .advise(Stack::Apache, "SSLCACertificateFile /path/client-ca.pem")
        .advise(Stack::Python, "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_verify_locations(\"client-ca.pem\")")
        .note("not create_default_context, which loads the system's for Purpose.SERVER_AUTH")
        .advise(Stack::Openssl, "openssl s_server … -Verify 1 -CAfile client-ca.pem -no-CApath -no-CAstore")
}
