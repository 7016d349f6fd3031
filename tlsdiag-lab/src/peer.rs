//! How the two sides are configured: what a scenario turns from its healthy default.

#![allow(unsafe_code)]

use std::ffi::{CString, c_int};

use openssl::error::ErrorStack;
use openssl::ssl::{
    Ssl, SslContext, SslContextBuilder, SslContextRef, SslMethod, SslOptions, SslRef, SslSessionCacheMode,
    SslVerifyMode, SslVersion,
};
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl_sys as ffi;

use crate::Error;
use crate::pki::{Holder, Identity, Pki, SERVER_NAME};
use crate::policy::{Policy, present};

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// TLS 1.2
    Tls12,
    /// TLS 1.3
    Tls13,
}

impl Version {
    /// `1.2` or `1.3`
    pub fn as_str(self) -> &'static str {
        match self {
            Version::Tls12 => "1.2",
            Version::Tls13 => "1.3",
        }
    }

    fn number(self) -> SslVersion {
        match self {
            Version::Tls12 => SslVersion::TLS1_2,
            Version::Tls13 => SslVersion::TLS1_3,
        }
    }
}

/// Picks an identity out of the [`Pki`].
pub type Pick = fn(&Pki) -> &Identity;

/// The last word on a context, for what only one scenario turns.
pub type Tune = fn(&mut SslContextBuilder, &Pki) -> Result<(), ErrorStack>;

/// The last word on a connection before its handshake; the number counts the scenario's connections from 0.
pub type TuneConnection = fn(&mut SslRef, usize) -> Result<(), ErrorStack>;

/// What both sides can be told; `None` is OpenSSL's default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offer {
    /// The oldest version.
    pub min: Option<Version>,
    /// The newest version.
    pub max: Option<Version>,
    /// Cipher suites of TLS 1.2, in OpenSSL's syntax.
    pub cipher_list: Option<&'static str>,
    /// Cipher suites of TLS 1.3.
    pub ciphersuites: Option<&'static str>,
    /// Groups for the key exchange, the first being the one a client guesses for its key share.
    pub groups: Option<&'static str>,
}

impl Offer {
    /// This version and no other.
    pub fn only(version: Version) -> Self {
        Offer { min: Some(version), max: Some(version), ..Offer::default() }
    }

    fn apply(&self, context: &mut SslContextBuilder) -> Result<(), ErrorStack> {
        context.set_min_proto_version(self.min.map(Version::number))?;
        context.set_max_proto_version(self.max.map(Version::number))?;
        self.cipher_list.map_or(Ok(()), |list| context.set_cipher_list(list))?;
        self.ciphersuites.map_or(Ok(()), |list| context.set_ciphersuites(list))?;
        self.groups.map_or(Ok(()), |list| context.set_groups_list(list))
    }
}

/// A server.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// Versions, cipher suites and groups.
    pub offer: Offer,
    /// Its certificate.
    pub identity: Pick,
    /// Whether it has that certificate loaded.
    pub has_identity: bool,
    /// Whether it insists on a client certificate (verify peer, fail if there is none).
    pub asks_client: bool,
    /// The signature schemes that it names in CertificateRequest; `None` is OpenSSL's default.
    pub client_sigalgs: Option<&'static str>,
    /// Whether it resumes by tickets; if not, then by session identifiers (TLS 1.2 only).
    pub tickets: bool,
    /// Anything else.
    pub tune: Option<Tune>,
    /// Anything else, for each connection.
    pub tune_connection: Option<TuneConnection>,
    /// What else it presents and how it verifies.
    pub policy: Policy,
}

impl Server {
    /// A server of one version with [`Pki::server`]'s certificate, which insists on a client certificate.
    pub fn new(version: Version) -> Self {
        Server {
            offer: Offer::only(version),
            identity: |pki| &pki.server,
            has_identity: true,
            asks_client: true,
            client_sigalgs: None,
            tickets: true,
            tune: None,
            tune_connection: None,
            policy: Policy::default(),
        }
    }

    /// A context that does so.
    pub fn context(&self, pki: &Pki) -> Result<SslContextBuilder, Error> {
        let mut context = self.configure(pki).map_err(Error::doing("configure a server"))?;
        self.policy.apply(&mut context, pki, Holder::Server)?;
        if let Some(compression) = self.policy.compression {
            compression.force(&mut context, self.has_identity)?;
        }
        Ok(context)
    }

    fn configure(&self, pki: &Pki) -> Result<SslContextBuilder, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_server())?;
        self.offer.apply(&mut context)?;
        if self.has_identity && self.policy.presents.is_none() {
            present(&mut context, (self.identity)(pki))?;
        }
        context.set_session_id_context(b"tlsdiag-lab")?;
        context.set_session_cache_mode(SslSessionCacheMode::SERVER);
        if !self.tickets {
            context.set_options(SslOptions::NO_TICKET);
        }
        if self.asks_client {
            context.set_cert_store(trusting(pki.trusted())?);
            context.add_client_ca(pki.trusted())?;
            context.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        }
        self.client_sigalgs.map_or(Ok(()), |list| set_client_sigalgs(&mut context, list))?;
        self.tune.map_or(Ok(()), |tune| tune(&mut context, pki))?;
        Ok(context)
    }
}

/// A client; it always verifies the server's certificate and name.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// Versions, cipher suites and groups.
    pub offer: Offer,
    /// Its certificate, if it has one.
    pub identity: Option<Pick>,
    /// The name that it asks for (server_name) and that it insists to find in the server's certificate.
    pub server_name: &'static str,
    /// Anything else.
    pub tune: Option<Tune>,
    /// Anything else, for each connection.
    pub tune_connection: Option<TuneConnection>,
    /// What else it presents and how it verifies.
    pub policy: Policy,
}

impl Client {
    /// A client of one version with [`Pki::client_rsa`]'s certificate.
    pub fn new(version: Version) -> Self {
        Client {
            offer: Offer::only(version),
            identity: Some(|pki| &pki.client_rsa),
            server_name: SERVER_NAME,
            tune: None,
            tune_connection: None,
            policy: Policy::default(),
        }
    }

    /// A context that does so, but for the name: that belongs to each connection, see [`Client::name`].
    pub fn context(&self, pki: &Pki) -> Result<SslContextBuilder, Error> {
        let mut context = self.configure(pki).map_err(Error::doing("configure a client"))?;
        self.policy.apply(&mut context, pki, Holder::Client)?;
        if let Some(compression) = self.policy.compression {
            let shows = self.identity.is_some() || self.policy.presents.is_some();
            compression.force(&mut context, shows)?;
        }
        Ok(context)
    }

    fn configure(&self, pki: &Pki) -> Result<SslContextBuilder, ErrorStack> {
        let mut context = SslContext::builder(SslMethod::tls_client())?;
        self.offer.apply(&mut context)?;
        context.set_cert_store(trusting(pki.trusted())?);
        context.set_verify(SslVerifyMode::PEER);
        context.set_alpn_protos(b"\x08http/1.1")?;
        if let Some(pick) = self.identity.filter(|_| self.policy.presents.is_none()) {
            present(&mut context, pick(pki))?;
        }
        self.tune.map_or(Ok(()), |tune| tune(&mut context, pki))?;
        Ok(context)
    }

    /// Tells one connection which server it wants.
    pub fn name(&self, ssl: &mut SslRef) -> Result<(), Error> {
        let mut name = || match self.server_name.parse() {
            // An address is no server_name (RFC 6066, section 3).
            Ok(address) => ssl.param_mut().set_ip(address),
            Err(_) => {
                ssl.set_hostname(self.server_name)?;
                ssl.param_mut().set_host(self.server_name)
            }
        };
        name().map_err(Error::doing("name the server"))?;
        self.policy.apply_to_connection(ssl)
    }
}

/// A connection of a context, before its handshake.
pub(crate) fn connection(context: &SslContextRef) -> Result<Ssl, Error> {
    Ssl::new(context).map_err(Error::doing("make a connection"))
}

fn trusting(root: &X509) -> Result<X509Store, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(root.clone())?;
    Ok(store.build())
}

/// `SSL_CTX_set1_client_sigalgs_list` is a macro of C, and the `openssl` crate has no word for it.
fn set_client_sigalgs(context: &mut SslContextBuilder, list: &str) -> Result<(), ErrorStack> {
    const SSL_CTRL_SET_CLIENT_SIGALGS_LIST: c_int = 102;
    let list = CString::new(list).expect("our own lists hold no NUL");
    // SAFETY: the context is alive and exclusively ours; OpenSSL parses the string before it returns.
    let set = unsafe {
        ffi::SSL_CTX_ctrl(
            context.as_ptr(),
            SSL_CTRL_SET_CLIENT_SIGALGS_LIST,
            0,
            list.as_ptr().cast_mut().cast(),
        )
    };
    if set == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}
