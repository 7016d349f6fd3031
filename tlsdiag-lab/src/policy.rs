//! What a side presents and how it verifies, where that is not the default: the knobs of the certificates' scenarios.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_void};
use std::ptr;

use foreign_types::{ForeignType, ForeignTypeRef};
use openssl::error::ErrorStack;
use openssl::ssl::{SslContextBuilder, SslRef, SslVerifyMode, StatusType};
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509CrlRef, X509StoreContextRef, X509VerifyResult};
use openssl_sys as ffi;

use crate::Error;
use crate::compression::Compression;
use crate::pki::{Holder, Identity, Pki};

type CertificateCallback = unsafe extern "C" fn(*mut ffi::SSL, *mut c_void) -> c_int;

unsafe extern "C" {
    fn X509_STORE_add_crl(store: *mut ffi::X509_STORE, list: *mut ffi::X509_CRL) -> c_int;
    fn SSL_CTX_set_cert_cb(
        context: *mut ffi::SSL_CTX,
        callback: Option<CertificateCallback>,
        argument: *mut c_void,
    );
    fn SSL_get_client_CA_list(ssl: *const ffi::SSL) -> *mut ffi::stack_st_X509_NAME;
    fn SSL_certs_clear(ssl: *mut ffi::SSL);
    fn X509_NAME_cmp(a: *const ffi::X509_NAME, b: *const ffi::X509_NAME) -> c_int;
}

/// The knobs; the default turns none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Policy {
    /// An identity of [`Workshop`](crate::pki::Workshop) to present, by its name.
    pub presents: Option<&'static str>,
    /// OpenSSL's security level, 0 to 5.
    pub level: Option<u32>,
    /// How certificates are compressed, if at all; `None` is OpenSSL's default.
    pub compression: Option<Compression>,
    /// Whom it trusts.
    pub trusts: Anchors,
    /// An authority of [`Workshop`](crate::pki::Workshop) whose name a server sends in CertificateRequest, and no other.
    pub names: Option<&'static str>,
    /// Whether it checks revocation, and with which lists of [`Workshop`](crate::pki::Workshop).
    pub revocation: Revocation,
    /// Whether it holds certificates to every rule of RFC 5280 (`X509_V_FLAG_X509_STRICT`), as Python does since 3.13.
    pub strict: bool,
    /// How many intermediates it accepts.
    pub depth: Option<u32>,
    /// The largest Certificate message that it reads, in bytes.
    pub longest_chain: Option<u32>,
    /// What comes of a verification.
    pub verifies: Verifies,
    /// A client that insists on a stapled OCSP response.
    pub wants_staple: bool,
    /// A client that presents its certificate only if its issuer is among the names in CertificateRequest, as browsers,
    /// Java and .NET do.
    pub heeds_names: bool,
}

/// Whom a side trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Anchors {
    /// The PKI's root.
    #[default]
    Root,
    /// Nobody.
    Nobody,
    /// An authority of [`Workshop`](crate::pki::Workshop).
    Named(&'static str),
}

/// Which certificates are looked up in which revocation lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Revocation {
    /// None.
    #[default]
    Unchecked,
    /// The leaf, in these lists.
    Leaf(&'static [&'static str]),
    /// The whole chain, in these lists.
    Chain(&'static [&'static str]),
}

/// What comes of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Verifies {
    /// A fault ends the handshake, and a server insists on a certificate.
    #[default]
    Strictly,
    /// A fault ends the handshake, but a client need not present a certificate.
    IfPresented,
    /// There is none: `curl -k`, or a server that asks nobody.
    Not,
    /// Faults are let pass by a callback and stay known, as nginx does; a certificate is asked for, not insisted on.
    LettingPass,
    /// A callback accepts faults on purpose, and says that all is well.
    Forgiving,
    /// A callback refuses what OpenSSL has found good.
    Refusing,
}

pub(crate) fn present(context: &mut SslContextBuilder, identity: &Identity) -> Result<(), ErrorStack> {
    context.set_certificate(&identity.certificate)?;
    identity.chain.iter().try_for_each(|issuer| context.add_extra_chain_cert(issuer.clone()))?;
    context.set_private_key(&identity.key)?;
    context.check_private_key()
}

impl Policy {
    pub(crate) fn apply(
        &self,
        context: &mut SslContextBuilder,
        pki: &Pki,
        holder: Holder,
    ) -> Result<(), Error> {
        if let Some(level) = self.level {
            context.set_security_level(level);
        }
        if let Some(name) = self.presents {
            let identity = pki.workshop()?.identity(holder, name)?;
            present(context, identity).map_err(Error::doing("present a certificate"))?;
        }
        self.trust(context, pki)?;
        self.mode(context, holder);
        if let Some(depth) = self.depth {
            context.set_verify_depth(depth);
        }
        if let Some(bytes) = self.longest_chain {
            const SSL_CTRL_SET_MAX_CERT_LIST: c_int = 51;
            // SAFETY: the context is alive and exclusively ours; the control takes a number.
            unsafe {
                ffi::SSL_CTX_ctrl(
                    context.as_ptr(),
                    SSL_CTRL_SET_MAX_CERT_LIST,
                    bytes as c_long,
                    ptr::null_mut(),
                )
            };
        }
        if self.wants_staple {
            context
                .set_status_callback(|ssl| Ok(ssl.ocsp_status().is_some()))
                .map_err(Error::doing("ask for a stapled response"))?;
        }
        if self.heeds_names {
            // SAFETY: the context is alive and exclusively ours; the callback is a function and needs no argument.
            unsafe { SSL_CTX_set_cert_cb(context.as_ptr(), Some(withdraw_unless_named), ptr::null_mut()) };
        }
        Ok(())
    }

    /// What belongs to each connection of a client.
    pub(crate) fn apply_to_connection(&self, ssl: &mut SslRef) -> Result<(), Error> {
        if self.wants_staple {
            ssl.set_status_type(StatusType::OCSP).map_err(Error::doing("ask for a stapled response"))?;
        }
        Ok(())
    }

    fn trust(&self, context: &mut SslContextBuilder, pki: &Pki) -> Result<(), Error> {
        let (flags, lists) = match self.revocation {
            Revocation::Unchecked => (X509VerifyFlags::empty(), &[][..]),
            Revocation::Leaf(lists) => (X509VerifyFlags::CRL_CHECK, lists),
            Revocation::Chain(lists) => (X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL, lists),
        };
        let flags = if self.strict { flags | X509VerifyFlags::X509_STRICT } else { flags };
        if self.trusts == Anchors::Root && lists.is_empty() && flags.is_empty() && self.names.is_none() {
            return Ok(());
        }
        let anchor = match self.trusts {
            Anchors::Root => Some(pki.trusted()),
            Anchors::Nobody => None,
            Anchors::Named(name) => Some(pki.workshop()?.authority(name)?),
        };
        let lists =
            lists.iter().map(|name| Ok(&**pki.workshop()?.list(name)?)).collect::<Result<Vec<_>, Error>>()?;
        let make = || -> Result<X509Store, ErrorStack> {
            let mut store = X509StoreBuilder::new()?;
            anchor.map_or(Ok(()), |anchor| store.add_cert(anchor.clone()))?;
            lists.iter().try_for_each(|list| add_list(&mut store, list))?;
            store.set_flags(flags)?;
            Ok(store.build())
        };
        context.set_cert_store(make().map_err(Error::doing("make a store of trusted certificates"))?);
        if let Some(name) = self.names {
            let mut names = openssl::stack::Stack::new().map_err(Error::doing("make a list of names"))?;
            let authority = pki.workshop()?.authority(name)?;
            authority
                .subject_name()
                .to_owned()
                .and_then(|name| names.push(name))
                .map_err(Error::doing("name an authority"))?;
            context.set_client_ca_list(names);
        }
        Ok(())
    }

    fn mode(&self, context: &mut SslContextBuilder, holder: Holder) {
        let required = match holder {
            Holder::Server => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
            Holder::Client => SslVerifyMode::PEER,
        };
        match self.verifies {
            Verifies::Strictly => {}
            Verifies::IfPresented => context.set_verify(SslVerifyMode::PEER),
            Verifies::Not => context.set_verify(SslVerifyMode::NONE),
            Verifies::LettingPass => context.set_verify_callback(SslVerifyMode::PEER, |_, _| true),
            Verifies::Forgiving => {
                context.set_verify_callback(required, |_, store: &mut X509StoreContextRef| {
                    store.set_error(X509VerifyResult::OK);
                    true
                });
            }
            Verifies::Refusing => context.set_verify_callback(required, |_, store| store.error_depth() != 0),
        }
    }
}

fn add_list(store: &mut X509StoreBuilder, list: &X509CrlRef) -> Result<(), ErrorStack> {
    // SAFETY: both are alive; the store takes a reference of its own.
    let added = unsafe { X509_STORE_add_crl(store.as_ptr(), list.as_ptr()) };
    if added == 1 { Ok(()) } else { Err(ErrorStack::get()) }
}

/// A client that asks somebody for its certificate, and has no answer yet: its handshake stands still.
pub(crate) fn waits_for_certificate(context: &mut SslContextBuilder) {
    unsafe extern "C" fn wait(_: *mut ffi::SSL, _argument: *mut c_void) -> c_int {
        -1
    }
    // SAFETY: the context is alive and exclusively ours; the callback is a function and needs no argument.
    unsafe { SSL_CTX_set_cert_cb(context.as_ptr(), Some(wait), ptr::null_mut()) };
}

/// A client's choice by CertificateRequest's names, as applications make it: no certificate unless an issuer of it is named.
unsafe extern "C" fn withdraw_unless_named(ssl: *mut ffi::SSL, _argument: *mut c_void) -> c_int {
    // SAFETY: OpenSSL calls with the living connection, before it takes a certificate from it. The list is the connection's
    // and the certificate is its own too; neither is kept.
    unsafe {
        let names = SSL_get_client_CA_list(ssl);
        let certificate = ffi::SSL_get_certificate(ssl);
        if names.is_null() || certificate.is_null() {
            return 1;
        }
        let issuer = ffi::X509_get_issuer_name(certificate);
        let count = ffi::OPENSSL_sk_num(names.cast());
        let named =
            (0..count).any(|i| X509_NAME_cmp(ffi::OPENSSL_sk_value(names.cast(), i).cast(), issuer) == 0);
        if count > 0 && !named {
            SSL_certs_clear(ssl);
        }
    }
    1
}
