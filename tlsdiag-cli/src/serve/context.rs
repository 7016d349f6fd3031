//! The server's configuration, made from the command line.

use std::net::SocketAddr;

use openssl::error::ErrorStack;
use openssl::ssl::{AlpnError, SslContext, SslContextBuilder, SslMethod, SslVerifyMode};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use tlsdiag_lab::pki::folder;

use super::control::{self, Refused};
use super::pem::{self, Identity};
use crate::args::OfferArguments;
use crate::error::{Error, Reason};

/// A context, and what there is to say about it.
pub(crate) struct Setup {
    context: SslContextBuilder,
    /// The certificates that were made or found, where none was given.
    minted: Option<folder::Files>,
}

impl Setup {
    pub(crate) fn new(arguments: &OfferArguments) -> Result<Setup, Error> {
        let minted = match arguments.cert {
            Some(_) => None,
            None => Some(folder::write(&arguments.pki).map_err(|cause| {
                Error::new(format!("{}; or give your own certificate with --cert and --key", Reason(&cause)))
            })?),
        };
        let mut context = SslContext::builder(SslMethod::tls_server()).map_err(internal)?;
        context.set_session_id_context(b"tlsdiag serve").map_err(internal)?;
        control::set_dh_auto(&mut context).map_err(internal)?;
        negotiate(&mut context, arguments)?;
        match (&arguments.cert, &minted) {
            (Some(certificate), _) => {
                let key = arguments.key.as_deref();
                present(&mut context, &Identity::read(certificate, key, arguments.chain.as_deref())?)?;
            }
            (None, Some(files)) => {
                let chain = Some(files.server.as_path());
                present(&mut context, &Identity::read(&files.server, Some(&files.server_key), chain)?)?;
            }
            (None, None) => {}
        }
        trust(&mut context, arguments, minted.as_ref())?;
        ask(&mut context, arguments);
        Ok(Setup { context, minted })
    }

    pub(crate) fn into_context(self) -> SslContext {
        self.context.build()
    }

    /// Whose names the client hears.
    pub(crate) fn authorities(&self, arguments: &OfferArguments) -> Result<Vec<X509>, Error> {
        Ok(authorities(arguments, self.minted.as_ref())?.unwrap_or_default())
    }

    /// For what no argument says.
    pub(crate) fn builder(&mut self) -> &mut SslContextBuilder {
        &mut self.context
    }

    /// What to try, where the certificates are our own.
    pub(crate) fn greeting(&self, address: SocketAddr) -> Option<String> {
        let files = self.minted.as_ref()?;
        let port = address.port();
        let ip = address.ip();
        let resolve = match address {
            _ if ip.is_loopback() || ip.is_unspecified() => String::new(),
            SocketAddr::V4(_) => format!(" --resolve localhost:{port}:{ip}"),
            SocketAddr::V6(_) => format!(" --resolve localhost:{port}:[{ip}]"),
        };
        Some(format!(
            "try: curl --cacert {} --cert {} --key {}{resolve} https://localhost:{port}/",
            pem::quoted(&files.ca),
            pem::quoted(&files.client),
            pem::quoted(&files.client_key),
        ))
    }
}

/// Versions, groups, signature schemes and protocols, and what else is asked for by OpenSSL's names.
pub(crate) fn negotiate(context: &mut SslContextBuilder, arguments: &OfferArguments) -> Result<(), Error> {
    const SCHEMES: &str = "write for instance ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256";
    const GROUPS: &str = "write for instance X25519:P-256:P-384";
    if let Some((lowest, highest)) = arguments.tls {
        for (name, version) in [("MinProtocol", lowest), ("MaxProtocol", highest)] {
            set(context, "--tls", name, version, "this OpenSSL may be built without that version")?;
        }
    }
    for (option, name, list, help) in [
        ("--schemes", "SignatureAlgorithms", &arguments.schemes, SCHEMES),
        ("--client-schemes", "ClientSignatureAlgorithms", &arguments.client_schemes, SCHEMES),
        ("--groups", "Groups", &arguments.groups, GROUPS),
    ] {
        if let Some(list) = list {
            set(context, option, name, list, help)?;
        }
    }
    for setting in &arguments.openssl_options {
        let (name, value) = setting.split_once('=').ok_or_else(|| {
            Error::new(format!(
                "--openssl-option {setting}: write NAME=VALUE, such as Options=-SessionTicket"
            ))
        })?;
        let option = format!("--openssl-option {name}");
        set(context, &option, name, value, "SSL_CONF_cmd(3) lists the settings and their values")?;
    }
    match &arguments.alpn {
        Some(list) => protocols(context, list),
        None => Ok(()),
    }
}

fn set(
    context: &mut SslContextBuilder,
    option: &str,
    name: &str,
    value: &str,
    help: &str,
) -> Result<(), Error> {
    control::set(context, name, value).map_err(|refused| {
        Error::new(match refused {
            Refused::Unknown => format!("{option}: OpenSSL has no setting {name}; {help}"),
            Refused::Value(why) => {
                format!("{option} {value}: OpenSSL does not take this value ({}); {help}", pem::reason(&why))
            }
        })
    })
}

/// The first of these that the client offers is taken; where there is none, the handshake fails (RFC 7301 section 3.2).
fn protocols(context: &mut SslContextBuilder, list: &str) -> Result<(), Error> {
    let mut wire = Vec::new();
    for name in list.split(',') {
        let length = u8::try_from(name.len()).ok().filter(|length| *length > 0);
        let wrong = || Error::new(format!("--alpn {list}: a name has 1 to 255 bytes; write h2,http/1.1"));
        wire.push(length.ok_or_else(wrong)?);
        wire.extend(name.as_bytes());
    }
    // As long as the process: what is selected may be a part of it.
    let wire: &'static [u8] = wire.leak();
    context.set_alpn_select_callback(move |_, offered| {
        openssl::ssl::select_next_proto(wire, offered).ok_or(AlpnError::ALERT_FATAL)
    });
    Ok(())
}

/// The own certificate.
fn present(context: &mut SslContextBuilder, identity: &Identity) -> Result<(), Error> {
    let refused = |what: &str, cause: &ErrorStack| {
        let (shown, reason) = (identity.path.display(), pem::reason(cause));
        Error::new(format!("OpenSSL refuses {what} {shown}: {reason}; give another with --cert and --key"))
    };
    context.set_certificate(&identity.certificate).map_err(|cause| refused("the certificate", &cause))?;
    for issuer in &identity.chain {
        context.add_extra_chain_cert(issuer.clone()).map_err(|cause| refused("the chain of", &cause))?;
    }
    context.set_private_key(&identity.key).map_err(|cause| refused("the private key of", &cause))
}

/// Whose client certificates are good, and which CA names the client hears.
fn trust(
    context: &mut SslContextBuilder,
    arguments: &OfferArguments,
    minted: Option<&folder::Files>,
) -> Result<(), Error> {
    let Some(authorities) = authorities(arguments, minted)? else {
        return context.set_default_verify_paths().map_err(internal);
    };
    let mut store = X509StoreBuilder::new().map_err(internal)?;
    for authority in authorities {
        context.add_client_ca(&authority).map_err(internal)?;
        store.add_cert(authority).map_err(internal)?;
    }
    context.set_cert_store(store.build());
    Ok(())
}

/// The CA certificates that were named, or made.
fn authorities(
    arguments: &OfferArguments,
    minted: Option<&folder::Files>,
) -> Result<Option<Vec<X509>>, Error> {
    let path = arguments.ca.as_deref().or(minted.map(|files| files.ca.as_path()));
    path.map(|path| pem::certificates(path, "CA certificate", "--ca")).transpose()
}

/// Whether the client shall present a certificate, and what becomes of a bad one.
fn ask(context: &mut SslContextBuilder, arguments: &OfferArguments) {
    if arguments.require {
        context.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    } else if arguments.request {
        context.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    }
}

pub(crate) fn internal(cause: ErrorStack) -> Error {
    Error::new(format!("OpenSSL cannot be set up: {}", pem::reason(&cause)))
}
