//! What keeps a program from being set up, before any handshake: files, passphrases, settings.

use std::borrow::Cow;

use super::Knowledge;
use crate::diagnose::{Cause, Finding, Stack};

pub(super) const FILE: Knowledge = Knowledge {
    about: "A file of certificates, keys or CRLs that the program names cannot be used: it is not there, the program may not read it, it \
            is no PEM, or the own certificate does not come first in it. Most servers do not start then, and a client makes no connection.",
    known_by: &[
        "the program that reads it: OpenSSL's error queue when the file is loaded, with the reason of the system or of the decoder",
        "the other side sees nothing, since no connection is made",
    ],
    look_alikes: &[
        (Cause::ConfigKeyMismatch, "each file can be read, and they do not belong together"),
        (Cause::ConfigKeyLocked, "the file is there and encrypted"),
        (Cause::ConfigNoCertificate, "no file is named at all"),
    ],
    advice: |finding| {
        finding
            .with(|finding| missing(finding, "FILE"))
            .with(|finding| no_pem(finding, "FILE"))
            .with(|finding| order(finding, "FILE"))
    },
    standards: &["RFC 7468 section 5", "RFC 8446 section 4.4.2"],
    openssl: &[
        "PEM_R_NO_START_LINE",
        "BIO_R_NO_SUCH_FILE",
        "SSL_CTX_use_certificate_chain_file(3)",
        "SSL_CTX_load_verify_locations(3)",
    ],
};

pub(super) const KEY_LOCKED: Knowledge = Knowledge {
    about: "The private key is there and encrypted, or in a PKCS#12 file or on a card, and cannot be opened: the program was given no \
            passphrase, password or PIN, or a wrong one; or the file is encrypted with an algorithm that OpenSSL 3 has in its provider \
            \"legacy\" alone, as the PKCS#12 files of older programs are (RC2 with 40 bits).",
    known_by: &[
        "the program that loads the key: OpenSSL's error queue",
        "the other side sees nothing, since no connection is made",
    ],
    look_alikes: &[
        (Cause::ConfigFile, "the file is no key, or cannot be read"),
        (Cause::SigalgSignerRefused, "the key was opened, and refuses to sign"),
    ],
    advice: |finding| {
        finding.with(|finding| passphrase(finding, "FILE", false)).with(|finding| legacy(finding, "FILE"))
    },
    standards: &["RFC 7292 section 5", "RFC 8018 section 6"],
    openssl: &[
        "PEM_R_BAD_PASSWORD_READ",
        "EVP_R_BAD_DECRYPT",
        "PKCS12_R_MAC_VERIFY_FAILURE",
        "ERR_R_UNSUPPORTED",
        "openssl-pkcs12(1)",
    ],
};

pub(super) const INVALID_VALUE: Knowledge = Knowledge {
    about: "A setting is none that this OpenSSL accepts: a list of cipher suites of which it knows none, a misspelt name, a suite of \
            TLS 1.3 in the list of TLS 1.2 (they have a list of their own), a command of its configuration with a wrong value, or a \
            configuration that leaves it without any cipher, so that no SSL_CTX can be made.",
    known_by: &[
        "the program that sets it: OpenSSL's error queue, \"no cipher match\" most often",
        "the other side sees nothing, since no connection is made",
    ],
    look_alikes: &[
        (Cause::CipherNoOverlap, "the list is accepted, and the other side has none of it"),
        (Cause::ConfigSecurityLevel, "the suites are known, and the security level takes them away"),
    ],
    advice: |finding| ciphers(finding, "LIST"),
    standards: &["RFC 8446 appendix B.4"],
    openssl: &[
        "SSL_R_NO_CIPHER_MATCH",
        "SSL_R_LIBRARY_HAS_NO_CIPHERS",
        "SSL_CTX_set_cipher_list(3)",
        "SSL_CONF_cmd(3)",
        "openssl-ciphers(1)",
    ],
};

/// A name as a shell takes it.
pub(in crate::diagnose) fn quoted(name: &str) -> Cow<'_, str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:,@%".contains(letter);
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        return name.into();
    }
    format!("'{}'", name.replace('\'', r"'\''")).into()
}

/// For a file that is not there.
pub(in crate::diagnose) fn missing(finding: Finding, file: &str) -> Finding {
    finding
        .advise(Stack::Any, format!("put {file} there, or name the file that is there:"))
        .advise(Stack::Any, format!("ls -l {}", quoted(file)))
        .note("a name without a leading / counts from the folder in which the program runs; nginx and Apache count from their own")
}

/// For a file that the program may not read.
pub(in crate::diagnose) fn unreadable(finding: Finding, file: &str) -> Finding {
    finding
        .advise(
            Stack::Any,
            format!("let the user that the program runs as read {file}, and enter each folder above it:"),
        )
        .advise(Stack::Any, format!("namei -l {}", quoted(file)))
        .note("shows who may; SELinux and AppArmor have a say as well, in the system's log")
}

/// For a file of another form.
pub(in crate::diagnose) fn no_pem(finding: Finding, file: &str) -> Finding {
    let file = quoted(file);
    finding
        .advise(Stack::Any, "name a file in PEM form: one that has a line -----BEGIN …----- for what is wanted. A file in DER is turned into one:")
        .advise(Stack::Openssl, format!("openssl x509 -inform DER -in {file} -out certificate.pem"))
        .note("a certificate")
        .advise(Stack::Openssl, format!("openssl pkey -inform DER -in {file} -out key.pem"))
        .note("a key")
        .advise(Stack::Openssl, format!("openssl crl -inform DER -in {file} -out crl.pem"))
        .note("a CRL")
}

/// For a file whose certificates are in the wrong order.
pub(in crate::diagnose) fn order(finding: Finding, file: &str) -> Finding {
    finding
        .advise(Stack::Any, "write the own certificate first, then the one that issued it, and so on; the root may be left out:")
        .advise(Stack::Any, format!("cat own.pem intermediate.pem > {}", quoted(file)))
}

/// For a key that is encrypted, in a file of its own or in PKCS#12.
pub(in crate::diagnose) fn passphrase(finding: Finding, file: &str, is_pkcs12: bool) -> Finding {
    let command = if is_pkcs12 { "pkcs12" } else { "pkey" };
    finding
        .advise(
            Stack::Any,
            format!(
                "give the program the passphrase of {file}, or a key without one. This asks for it, and says whether it is right:"
            ),
        )
        .advise(Stack::Openssl, format!("openssl {command} -in {} -noout", quoted(file)))
        .advise(Stack::Nginx, "ssl_password_file /path/passphrases;")
        .note("one a line, mode 0600")
        .advise(Stack::Apache, "SSLPassPhraseDialog exec:/path/program")
        .note("the program prints it")
        .advise(Stack::Curl, "curl --cert client.pem --key client.key --pass PASSPHRASE …")
        .advise(Stack::Python, "context.load_cert_chain(\"cert.pem\", \"key.pem\", password=…)")
}

/// For a file that is encrypted with what OpenSSL 3 calls legacy.
pub(in crate::diagnose) fn legacy(finding: Finding, file: &str) -> Finding {
    let file = quoted(file);
    finding
        .advise(Stack::Any, "encrypt it anew, with an algorithm that OpenSSL 3 has; of a PKCS#12 file:")
        .advise(
            Stack::Openssl,
            format!("openssl pkcs12 -legacy -in {file} -nodes -out all.pem && openssl pkcs12 -export -in all.pem -out new.p12"),
        )
        .note("all.pem holds the bare key: delete it")
        .advise(Stack::OpensslCnf, "[provider_sect]\ndefault = default_sect\nlegacy = legacy_sect\n[default_sect]\nactivate = 1\n[legacy_sect]\nactivate = 1")
        .note("loads the provider \"legacy\" for every program that reads this file")
}

/// For a setting that OpenSSL does not accept.
pub(in crate::diagnose) fn ciphers(finding: Finding, list: &str) -> Finding {
    finding
        .advise(
            Stack::Any,
            "write names that this OpenSSL has; those of TLS 1.3 (TLS_…) have a list of their own:",
        )
        .advise(Stack::Openssl, format!("openssl ciphers -v {}", quoted(list)))
        .note("prints the suites that a list stands for, or says what is wrong with it")
}

/// For an OpenSSL whose configuration leaves it without ciphers.
pub(in crate::diagnose) fn providers(finding: Finding) -> Finding {
    finding
        .advise(
            Stack::Any,
            "activate the provider that has the ciphers, beside any other one that is activated, in the file that OPENSSL_CONF names or \
             that stands under OPENSSLDIR. With default_properties = fips=yes it is \"fips\", else \"default\":",
        )
        .advise(Stack::OpensslCnf, "[provider_sect]\ndefault = default_sect\n[default_sect]\nactivate = 1")
        .advise(Stack::Openssl, "openssl list -providers; openssl version -d; echo $OPENSSL_CONF")
        .note("shows which are active, and which file it is")
}
