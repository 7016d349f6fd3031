//! What is wrong with this side's own configuration.

use super::Knowledge;
use super::programs::{Setting, set};
use super::setup::quoted;
use crate::diagnose::{Cause, CertificateFault, Finding, Stack};
use crate::event::Role;

pub(super) const KEY_MISMATCH: Knowledge = Knowledge {
    about: "The private key is not that of the certificate beside it: one of two files is older, or the file begins with a CA's \
            certificate instead of the own one. OpenSSL drops the key, and goes on as if there were no certificate.",
    known_by: &[
        "its owner: a certificate without a private key, or a key that is not the certificate's",
        "the other side: an empty Certificate, \"no shared cipher\", or a signature that does not verify",
    ],
    look_alikes: &[
        (Cause::ClientCertMissing, "the client has no certificate either"),
        (Cause::ConfigNoCertificate, "the server has none either"),
        (Cause::ServerCert(CertificateFault::ProofFailed), "a signer elsewhere signed with another key"),
    ],
    advice: own_key,
    standards: &["RFC 8446 section 4.4.2.2", "RFC 5246 section 7.4.2"],
    openssl: &["X509_R_KEY_VALUES_MISMATCH", "SSL_CTX_check_private_key(3)"],
};

pub(super) const NO_CERTIFICATE: Knowledge = Knowledge {
    about: "The server has no certificate for this handshake: none is configured, not for this name, or a callback brought none. \
            OpenSSL calls it \"no shared cipher\", since all suites with a certificate fall away.",
    known_by: &[
        "the server: no certificate in its own configuration",
        "the client: handshake_failure in answer to a hello in which nothing is narrow, as one of several",
    ],
    look_alikes: &[
        (Cause::CipherNoOverlap, "certificates are there, and the suites do not meet"),
        (Cause::SniUnrecognized, "the server refuses the name on purpose"),
        (Cause::ConfigKeyMismatch, "there is a certificate without its key"),
    ],
    advice: |finding| finding.with(server_certificate).with(own_key),
    standards: &["RFC 8446 section 4.4.2", "RFC 5246 section 7.4.2"],
    openssl: &[
        "SSL_R_NO_SHARED_CIPHER",
        "SSL_R_CERT_CB_ERROR",
        "SSL_CTX_set_cert_cb(3)",
        "SSL_CTX_use_certificate(3)",
    ],
};

pub(super) const SECURITY_LEVEL: Knowledge = Knowledge {
    about: "This side's own certificate or key is below its own security level: 1024 bits of RSA, or a signature with SHA-1. Debian's \
            OpenSSL has level 2, others 1; an update of the system raises it and nothing else has changed.",
    known_by: &[
        "its owner: the denial of its own security callback, or the reason when the certificate was loaded",
        "the other side sees a handshake that fails before the certificate comes",
    ],
    look_alikes: &[
        (Cause::ServerCert(CertificateFault::WeakKey), "it is the other side's level that refuses"),
        (Cause::ConfigNoCertificate, "there is no certificate to refuse"),
    ],
    advice: stronger,
    standards: &["RFC 9325 section 4.5", "RFC 9155"],
    openssl: &[
        "SSL_R_EE_KEY_TOO_SMALL",
        "SSL_R_CA_MD_TOO_WEAK",
        "SSL_R_CA_KEY_TOO_SMALL",
        "SSL_CTX_set_security_level(3)",
    ],
};

pub(super) const CALLBACK: Knowledge = Knowledge {
    about: "OpenSSL asks the program at many points: which certificate, which name, which key, which OCSP response. The program's answer \
            was no, or it failed, and OpenSSL broke off with an alert that mostly says internal_error. The reason stands in the \
            program's own log, if anywhere.",
    known_by: &[
        "the side whose program it is: OpenSSL's reason, which names the callback or the place",
        "the other side: the alert, internal_error most often, which does not tell",
    ],
    look_alikes: &[
        (Cause::SniUnrecognized, "the program refuses the name, and says unrecognized_name"),
        (Cause::ConfigNoCertificate, "no callback at all, and no certificate"),
        (Cause::ConfigSecurityLevel, "the library itself refuses its certificate or its signature"),
    ],
    advice: |finding| finding.with(see_program_log),
    standards: &["RFC 8446 section 6.2"],
    openssl: &[
        "SSL_R_CALLBACK_FAILED",
        "SSL_R_CERT_CB_ERROR",
        "SSL_R_CLIENTHELLO_TLSEXT",
        "SSL_CTX_set_cert_cb(3)",
        "SSL_CTX_set_client_hello_cb(3)",
        "SSL_CTX_set_tlsext_status_cb(3)",
    ],
};

/// For a file that was renewed since the program read it.
pub(in crate::diagnose) fn read_again(finding: Finding, owner: Role, path: &str) -> Finding {
    let line = match owner {
        Role::Server => "the certificate has been renewed: let the server read its file again",
        Role::Client => "the certificate has been renewed: restart the client, or let it read its file again",
    };
    let finding = finding
        .advise(Stack::Any, line)
        .note("each time it is renewed: certbot runs the command that is given to it as --deploy-hook");
    let finding = if owner == Role::Server { finding.with(set(owner, Setting::Reload, "")) } else { finding };
    finding
        .advise(Stack::Openssl, format!("openssl x509 -in {} -noout -subject -enddate", quoted(path)))
        .note("shows what the file holds now")
}

/// For a callback of the program's own that failed.
pub(in crate::diagnose) fn see_program_log(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "see what this program logs at this time, and whether the files that it names for this server name are there:")
        .advise(Stack::Nginx, "error_log /var/log/nginx/error.log info;")
        .note("ssl_certificate with variables, ssl_stapling_file and Lua's ssl_certificate_by_lua are its callbacks")
        .advise(Stack::Apache, "LogLevel ssl:debug")
        .advise(Stack::Python, "SSLContext.sni_callback, set_psk_client_callback, set_psk_server_callback")
        .note("an exception in one of them breaks the handshake off: it goes to sys.unraisablehook")
        .advise(Stack::Openssl, "openssl s_server … -status_file response.der")
        .note("the file must be there and be a response in DER")
}

/// For a peer that failed for reasons of its own.
pub(in crate::diagnose) fn see_peer_log(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "see what the other side's program logs at this time; record it there as well")
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -state -msg")
        .note("shows after which message it breaks off")
}

/// For a key that is not the certificate's.
pub(in crate::diagnose) fn own_key(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "load the key that was made with this certificate, own certificate first in the file; these two must print the same:")
        .advise(Stack::Openssl, "openssl x509 -in cert.pem -noout -pubkey; openssl pkey -in key.pem -pubout")
        .with(key_settings)
}

/// Where a certificate and its key are named.
pub(in crate::diagnose) fn key_settings(finding: Finding) -> Finding {
    finding.with(set(Role::Server, Setting::Certificate, "")).with(set(
        Role::Client,
        Setting::Certificate,
        "",
    ))
}

/// For a certificate below the own level.
pub(in crate::diagnose) fn stronger(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "issue the certificate anew, with ECDSA P-256 or RSA of 2048 bits and SHA-256")
        .advise(
            Stack::Openssl,
            "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout new.key -out new.csr",
        )
        .advise(Stack::Any, "until the new certificate is there, and only until then:")
        .with(set(Role::Server, Setting::LowLevel, "1"))
        .with(set(Role::Client, Setting::LowLevel, "1"))
}

/// For a server that seems to refuse its own certificate.
pub(in crate::diagnose) fn see_server_log(finding: Finding) -> Finding {
    finding
        .advise(Stack::Any, "see what the server logs at this time; issue its certificate anew, with ECDSA P-256 or RSA of 2048 bits")
        .advise(Stack::Openssl, "openssl x509 -in server.pem -noout -text")
        .note("at the server: shows the key's size and the signature's digest")
}

/// For a server that seems to have no certificate.
pub(in crate::diagnose) fn server_certificate(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "see what the server logs at this time, and which certificate it has for this name:",
        )
        .with(set(Role::Server, Setting::Certificate, ""))
        .advise(Stack::Openssl, "openssl s_client -connect HOST:PORT -servername HOST")
        .for_side(Role::Client)
        .note("with -tls1_2 and with -cipher and -groups in turn shows what the server does accept")
}
