//! The server's configuration, made from the command line as openssl s_server makes it.

use std::net::SocketAddr;

use openssl::error::ErrorStack;
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use tlsdiag_lab::pki::folder;

use super::control;
use super::pem::{self, Identity};
use crate::args::ServerArguments;
use crate::error::{Error, Reason};

/// A context, and what there is to say about it.
pub(crate) struct Setup {
    context: SslContext,
    /// The certificates that were made or found, where none was given.
    minted: Option<folder::Files>,
}

impl Setup {
    pub(crate) fn new(arguments: &ServerArguments) -> Result<Setup, Error> {
        let minted = match arguments.cert {
            Some(_) => None,
            None => Some(folder::write(&arguments.pki).map_err(|cause| {
                Error::new(format!("{}; or give your own certificate with -cert and -key", Reason(&cause)))
            })?),
        };
        let mut context = SslContext::builder(SslMethod::tls_server()).map_err(internal)?;
        context.set_session_id_context(b"tlsdiag s_server").map_err(internal)?;
        control::set_dh_auto(&mut context).map_err(internal)?;
        negotiate(
            &mut context,
            &Lists {
                tls1_2: arguments.tls1_2,
                tls1_3: arguments.tls1_3,
                cipher: arguments.cipher.as_deref(),
                ciphersuites: arguments.ciphersuites.as_deref(),
                sigalgs: arguments.sigalgs.as_deref(),
                client_sigalgs: arguments.client_sigalgs.as_deref(),
            },
        )?;
        match (&arguments.cert, &minted) {
            (Some(certificate), _) => {
                let key = arguments.key.as_deref();
                present(&mut context, &Identity::read(certificate, key, arguments.cert_chain.as_deref())?)?;
            }
            (None, Some(files)) => {
                let chain = Some(files.server.as_path());
                present(&mut context, &Identity::read(&files.server, Some(&files.server_key), chain)?)?;
            }
            (None, None) => {}
        }
        trust(&mut context, arguments, minted.as_ref())?;
        ask(&mut context, arguments);
        Ok(Setup { context: context.build(), minted })
    }

    pub(crate) fn into_context(self) -> SslContext {
        self.context
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

/// What either side offers, as OpenSSL writes it on command lines.
pub(crate) struct Lists<'a> {
    pub(crate) tls1_2: bool,
    pub(crate) tls1_3: bool,
    pub(crate) cipher: Option<&'a str>,
    pub(crate) ciphersuites: Option<&'a str>,
    pub(crate) sigalgs: Option<&'a str>,
    pub(crate) client_sigalgs: Option<&'a str>,
}

/// Versions, cipher suites and signature schemes.
pub(crate) fn negotiate(context: &mut SslContextBuilder, lists: &Lists<'_>) -> Result<(), Error> {
    let only = match (lists.tls1_2, lists.tls1_3) {
        (true, _) => Some(SslVersion::TLS1_2),
        (_, true) => Some(SslVersion::TLS1_3),
        _ => None,
    };
    if only.is_some() {
        context
            .set_min_proto_version(only)
            .and_then(|()| context.set_max_proto_version(only))
            .map_err(internal)?;
    }
    let wrong = |option: &str, value: &str, what_to_do: &str| {
        // OpenSSL's own words for it ("no cipher match") say less than these.
        Error::new(format!("-{option} {value}: OpenSSL can make nothing of this list; {what_to_do}"))
    };
    if let Some(list) = lists.cipher {
        let help = "`openssl ciphers -v` shows what there is";
        context.set_cipher_list(list).map_err(|_| wrong("cipher", list, help))?;
    }
    if let Some(list) = lists.ciphersuites {
        let help = "`openssl ciphers -v -s -tls1_3` shows what there is";
        context.set_ciphersuites(list).map_err(|_| wrong("ciphersuites", list, help))?;
    }
    let help = "write for instance ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256";
    if let Some(list) = lists.sigalgs {
        context.set_sigalgs_list(list).map_err(|_| wrong("sigalgs", list, help))?;
    }
    if let Some(list) = lists.client_sigalgs {
        control::set_client_sigalgs(context, list).map_err(|_| wrong("client_sigalgs", list, help))?;
    }
    Ok(())
}

/// The own certificate.
pub(crate) fn present(context: &mut SslContextBuilder, identity: &Identity) -> Result<(), Error> {
    let refused = |what: &str, cause: &ErrorStack| {
        let (shown, reason) = (identity.path.display(), pem::reason(cause));
        Error::new(format!("OpenSSL refuses {what} {shown}: {reason}; give another with -cert and -key"))
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
    arguments: &ServerArguments,
    minted: Option<&folder::Files>,
) -> Result<(), Error> {
    let Some(path) = arguments.ca_file.as_deref().or(minted.map(|files| files.ca.as_path())) else {
        return context.set_default_verify_paths().map_err(internal);
    };
    let mut store = X509StoreBuilder::new().map_err(internal)?;
    for authority in pem::certificates(path, "CA certificate", "-CAfile")? {
        context.add_client_ca(&authority).map_err(internal)?;
        store.add_cert(authority).map_err(internal)?;
    }
    context.set_cert_store(store.build());
    Ok(())
}

/// Whether the client shall present a certificate, and what becomes of a bad one: as openssl s_server's own callback has
/// it, a certificate that does not verify passes unless `-verify_return_error` is given or the chain is too long.
fn ask(context: &mut SslContextBuilder, arguments: &ServerArguments) {
    let (mode, depth) = match (arguments.verify, arguments.insist) {
        (_, Some(depth)) => (SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT, depth),
        (Some(depth), None) => (SslVerifyMode::PEER, depth),
        (None, None) => return,
    };
    let strict = arguments.verify_return_error;
    context.set_verify_callback(mode, move |good, chain| good || (!strict && chain.error_depth() <= depth));
}

pub(crate) fn internal(cause: ErrorStack) -> Error {
    Error::new(format!("OpenSSL cannot be set up: {}", pem::reason(&cause)))
}
