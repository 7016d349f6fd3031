//! What comes before any handshake: certificates, keys, trusted certificates and cipher suites are given to the library, and a call for
//! that fails.
//!
//! A failure counts only if nothing makes up for it: see [`SetupKind::makes_up_for`]. So whoever watches a program sends
//! [`SetupEvent`]s, and whoever collects them waits.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::LibraryError;
use super::lines::bytes;

/// Declares [`SetupKind`] with the functions of each kind.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $variant:ident: $($function:literal)*;)*) => {
        /// What a call sets up.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum SetupKind {
            $($(#[doc = $doc])* $variant,)*
            /// Something else.
            Other,
        }

        impl SetupKind {
            /// The kind of a function of OpenSSL's.
            #[must_use]
            pub fn of_function(name: &str) -> SetupKind {
                match name {
                    $($($function)|* => SetupKind::$variant,)*
                    _ => SetupKind::Other,
                }
            }
        }
    };
}

kinds! {
    /// A file is opened.
    File: "BIO_new_file";
    /// A certificate is read.
    ReadCertificate: "PEM_read_bio_X509" "PEM_read_bio_X509_AUX";
    /// A private key is read, or asked of an engine.
    ReadKey: "PEM_read_bio_PrivateKey" "ENGINE_load_private_key";
    /// A PKCS#12 file is read.
    ReadPkcs12: "d2i_PKCS12_bio" "d2i_PKCS12_fp";
    /// A PKCS#12 file is opened with its password.
    OpenPkcs12: "PKCS12_parse";
    /// The own certificate, or its chain.
    Certificate:
        "SSL_CTX_use_certificate" "SSL_CTX_use_certificate_ASN1" "SSL_CTX_use_certificate_file" "SSL_CTX_use_certificate_chain_file"
        "SSL_CTX_add0_chain_cert" "SSL_CTX_set0_chain" "SSL_use_certificate" "SSL_use_certificate_ASN1" "SSL_use_certificate_file"
        "SSL_use_certificate_chain_file" "SSL_CTX_use_cert_and_key" "SSL_use_cert_and_key";
    /// The own private key.
    Key:
        "SSL_CTX_use_PrivateKey" "SSL_CTX_use_PrivateKey_ASN1" "SSL_CTX_use_PrivateKey_file" "SSL_CTX_use_RSAPrivateKey_file"
        "SSL_use_PrivateKey" "SSL_use_PrivateKey_ASN1" "SSL_use_PrivateKey_file" "SSL_use_RSAPrivateKey_file";
    /// Certificate and private key are compared.
    CheckKey: "SSL_CTX_check_private_key" "SSL_check_private_key" "X509_check_private_key";
    /// Certificates to be trusted.
    Trust: "SSL_CTX_load_verify_locations" "SSL_CTX_load_verify_file" "SSL_CTX_load_verify_dir" "SSL_load_client_CA_file";
    /// What a store of certificates and CRLs holds.
    Store: "X509_STORE_load_locations" "X509_STORE_load_file" "X509_STORE_load_path";
    /// Cipher suites.
    Ciphers: "SSL_CTX_set_cipher_list" "SSL_CTX_set_ciphersuites" "SSL_set_cipher_list" "SSL_set_ciphersuites";
    /// A command of a configuration.
    Command: "SSL_CONF_cmd";
    /// A context itself.
    Context: "SSL_CTX_new" "SSL_CTX_new_ex";
}

impl SetupKind {
    /// Whether a failure of that kind counts no more once a call of this kind has succeeded. Certificates that were taken were read, and
    /// a key that fits its certificate was loaded, in the end.
    #[must_use]
    pub fn makes_up_for(self, failed: SetupKind) -> bool {
        use SetupKind::*;
        self == failed
            || match self {
                OpenPkcs12 => failed == ReadPkcs12,
                Certificate => matches!(failed, ReadCertificate | ReadPkcs12 | OpenPkcs12),
                Key => matches!(failed, ReadKey | ReadPkcs12 | OpenPkcs12 | File),
                CheckKey => matches!(failed, ReadKey | Key | ReadCertificate | Certificate),
                _ => false,
            }
    }

    /// Whether a program that goes on to make a connection, with whichever context, says by that alone that it can do without: files and
    /// stores are often tried that need not be there.
    #[must_use]
    pub fn is_optional(self) -> bool {
        use SetupKind::*;
        matches!(self, File | ReadCertificate | ReadKey | ReadPkcs12 | OpenPkcs12 | Store)
    }
}

/// A call that failed. No key, passphrase or PIN is in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetupFailure {
    /// What it was to set up.
    pub kind: SetupKind,
    /// OpenSSL's function.
    pub function: String,
    /// When it failed.
    pub time: SystemTime,
    /// The library in its own words.
    #[serde(default)]
    pub library: String,
    /// The file or folder that it was given, or from which it read, where that is known.
    #[serde(default)]
    pub file: Option<String>,
    /// What it was given that is no file: a list of cipher suites, a command with its value.
    #[serde(default)]
    pub value: Option<String>,
    /// The file that the own certificate came from, where that is known.
    #[serde(default)]
    pub certificate_file: Option<String>,
    /// The file that the private key came from, likewise.
    #[serde(default)]
    pub key_file: Option<String>,
    /// Whether a certificate had been taken before.
    #[serde(default)]
    pub certificate_was_loaded: bool,
    /// Whether a private key had been taken before.
    #[serde(default)]
    pub key_was_loaded: bool,
    /// The own certificate and the chain beside it, DER, where they may say why.
    #[serde(default, with = "bytes::list")]
    pub certificates: Vec<Vec<u8>>,
    /// OpenSSL's security level.
    #[serde(default)]
    pub security_level: Option<i32>,
    /// What it left in the error queue, oldest first.
    #[serde(default)]
    pub errors: Vec<LibraryError>,
}

impl SetupFailure {
    /// A call of this function of OpenSSL's that failed at that time, and nothing else of it.
    #[must_use]
    pub fn new(function: &str, time: SystemTime) -> Self {
        SetupFailure {
            kind: SetupKind::of_function(function),
            function: function.to_owned(),
            time,
            library: String::new(),
            file: None,
            value: None,
            certificate_file: None,
            key_file: None,
            certificate_was_loaded: false,
            key_was_loaded: false,
            certificates: Vec::new(),
            security_level: None,
            errors: Vec::new(),
        }
    }
}

/// What happens to the setup of a context. Contexts are numbered by whoever sends these; 0 is none.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SetupEvent {
    /// A call failed.
    Failed {
        /// The context.
        context: u64,
        /// What failed.
        failure: Box<SetupFailure>,
        /// Another context has a key and lives: what succeeds later may be for a third.
        #[serde(default)]
        beside_others: bool,
    },
    /// A call succeeded, after one had failed.
    Succeeded {
        /// The context.
        context: u64,
        /// What it set up.
        kind: SetupKind,
        /// The file that was given, where that is known.
        #[serde(default)]
        file: Option<String>,
        /// For a certificate the file of its key, and for a key that is taken or compared that of its certificate, likewise.
        #[serde(default)]
        beside: Option<String>,
    },
    /// An own certificate was read from a file.
    Loaded {
        /// The file, by the name that the program has for it, from the root.
        file: String,
        /// The root in which that name holds, as whoever sends it can tell it from others.
        root: String,
        /// The certificate, DER.
        #[serde(with = "bytes")]
        certificate: Vec<u8>,
    },
    /// A connection is made from a context of which something had failed, or that was set up since.
    Used {
        /// The context.
        context: u64,
        /// The process that makes it, which may have been forked since.
        #[serde(default)]
        by: u32,
    },
    /// A context is freed of which something had failed.
    Freed {
        /// The context.
        context: u64,
    },
}

impl SetupEvent {
    /// As bytes, for another process.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Strings, numbers and a time after 1970 can always be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads these bytes; `None` where they are none of ours.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_read() {
        let mut failure = SetupFailure::new("SSL_CTX_use_PrivateKey_file", SystemTime::UNIX_EPOCH);
        failure.file = Some("b.key".to_owned());
        failure.certificates = vec![vec![0x30, 0x00]];
        failure.errors = vec![LibraryError { library: 11, reason: 116, ..LibraryError::default() }];
        for event in [
            SetupEvent::Failed { context: 7, failure: Box::new(failure), beside_others: true },
            SetupEvent::Succeeded { context: 7, kind: SetupKind::ReadKey, file: None, beside: None },
            SetupEvent::Loaded {
                file: "/own.pem".to_owned(),
                root: "1:2".to_owned(),
                certificate: vec![0x30, 0x00],
            },
            SetupEvent::Used { context: u64::MAX, by: 7 },
            SetupEvent::Freed { context: 0 },
        ] {
            assert_eq!(SetupEvent::from_bytes(&event.to_bytes()), Some(event));
        }
        assert_eq!(SetupEvent::from_bytes(b"{}"), None);
    }

    #[test]
    fn a_success_makes_up_for_its_own_kind_and_for_what_led_to_it() {
        use SetupKind::*;
        assert!(Key.makes_up_for(Key) && Key.makes_up_for(ReadKey) && CheckKey.makes_up_for(Certificate));
        assert!(!ReadKey.makes_up_for(Key) && !Certificate.makes_up_for(Key) && !Trust.makes_up_for(File));
        assert_eq!(SetupKind::of_function("PKCS12_parse"), OpenPkcs12);
        assert_eq!(SetupKind::of_function("SSL_CTX_new"), Context);
        assert_eq!(SetupKind::of_function("SSL_new"), Other);
    }
}
