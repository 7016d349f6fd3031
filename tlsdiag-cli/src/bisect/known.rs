//! What this OpenSSL offers as it is configured, and all that it could: read off the ClientHello that it makes, since it has no functions
//! that tell.

use std::io::{self, Read, Write};

use openssl::ssl::{HandshakeError, Ssl, SslContextBuilder, SslMethod, SslOptions, SslVersion};
use tlsdiag_core::report::{Code, OfferRecord, client_hello};
use tlsdiag_core::wire::{NamedGroup, SignatureScheme};

use super::offer::{Dimension, Offer, TICKETS, TICKETS_OF_TLS13, VERSIONS};
use crate::args::OfferArguments;
use crate::error::Error;
use crate::serve::context::{self, internal};
use crate::serve::control;

/// A scheme or group with its number.
#[derive(Debug, Clone)]
pub(super) struct Scheme {
    pub(super) code: u16,
    pub(super) name: String,
}

/// All that this OpenSSL can offer.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) schemes: Vec<Scheme>,
    /// Those that it offers where nothing is set.
    pub(super) usual_schemes: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) usual_groups: Vec<String>,
    pub(super) suites12: Vec<String>,
    pub(super) usual_suites12: Vec<String>,
    pub(super) suites13: Vec<String>,
}

/// All suites, and what is allowed at the lowest security level.
const EVERYTHING: [(&str, &str); 2] =
    [("CipherString", "ALL:COMPLEMENTOFALL@SECLEVEL=0"), ("MinProtocol", "TLSv1")];

const ANY_VERSION: [(&str, &str); 3] =
    [("Protocol", "ALL"), ("MinProtocol", "None"), ("MaxProtocol", "None")];

impl Known {
    pub(super) fn new() -> Result<Known, Error> {
        let taken = |name: &str, value: &str| {
            let mut context = SslContextBuilder::new(SslMethod::tls()).map_err(internal)?;
            Ok::<_, Error>(control::set(&mut context, name, value).is_ok())
        };
        let mut schemes = Vec::new();
        // Signature schemes of both kinds of numbers: a digest and a key, or one of RFC 8446 and later.
        for code in (0x0201..=0x0603).chain(0x0804..=0x081f) {
            for name in [Some(SignatureScheme(code).to_string()), pair(code)].into_iter().flatten() {
                if taken("SignatureAlgorithms", &name)? {
                    schemes.push(Scheme { code, name });
                    break;
                }
            }
        }
        let mut groups = Vec::new();
        for code in (1..=64).chain(0x0100..=0x0110).chain(0x11e0..=0x11ff) {
            let name = NamedGroup(code).to_string();
            if taken("Groups", &name)? {
                groups.push(name);
            }
        }
        let mut context = SslContextBuilder::new(SslMethod::tls()).map_err(internal)?;
        for (name, value) in EVERYTHING {
            let _ = control::set(&mut context, name, value);
        }
        let suites = "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:\
                      TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256";
        let _ = control::set(&mut context, "Ciphersuites", suites);
        let (suites13, suites12) = suites_of(context)?;
        let mut known = Known { schemes, groups, suites12, suites13, ..Known::default() };
        let usual = || SslContextBuilder::new(SslMethod::tls()).map_err(internal);
        let hello = hello(usual()?)?;
        known.usual_schemes = known.names(hello.signature_schemes);
        known.usual_groups = hello.groups.unwrap_or_default().into_iter().map(|group| group.name).collect();
        known.usual_suites12 = suites_of(usual()?)?.1;
        Ok(known)
    }

    pub(super) fn scheme_names(&self) -> Vec<String> {
        self.schemes.iter().map(|scheme| scheme.name.clone()).collect()
    }

    /// The names that OpenSSL takes for these schemes.
    fn names(&self, list: Option<Vec<Code>>) -> Vec<String> {
        let name =
            |code: Code| self.schemes.iter().find(|one| one.code == code.code).map(|one| one.name.clone());
        list.unwrap_or_default().into_iter().filter_map(name).collect()
    }
}

/// OpenSSL's other kind of name: those that RFC 8446 gave no name have no other.
fn pair(code: u16) -> Option<String> {
    let key = ["RSA", "DSA", "ECDSA"].get(usize::from(code & 0xff).checked_sub(1)?)?;
    let digest = ["MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]
        .get(usize::from(code >> 8).checked_sub(1)?)?;
    Some(format!("{key}+{digest}"))
}

/// The groups that a peer with these arguments offers.
pub(super) fn groups(arguments: &OfferArguments) -> Result<Vec<String>, Error> {
    let mut context = SslContextBuilder::new(SslMethod::tls()).map_err(internal)?;
    context::negotiate(&mut context, &OfferArguments { alpn: None, ..arguments.clone() })?;
    let groups = hello(context)?.groups.unwrap_or_default();
    Ok(groups.into_iter().map(|group| group.name).collect())
}

/// The offer of a server with these arguments, which names these CAs.
pub(super) fn configured(
    arguments: &OfferArguments,
    known: &Known,
    ca_names: Vec<String>,
) -> Result<Offer, Error> {
    let context = || {
        let mut context = SslContextBuilder::new(SslMethod::tls()).map_err(internal)?;
        context::negotiate(&mut context, &OfferArguments { alpn: None, ..arguments.clone() })?;
        Ok::<_, Error>(context)
    };
    // What there is for a version that is not enabled counts, too: it may be.
    let wide = || {
        let mut context = context()?;
        for (name, value) in ANY_VERSION {
            let _ = control::set(&mut context, name, value);
        }
        Ok::<_, Error>(context)
    };
    let versions = versions(&mut context()?);
    let hello = hello(wide()?)?;
    let (suites13, suites12) = suites_of(wide()?)?;
    let mut offer = Offer::default();
    let schemes = known.names(hello.signature_schemes);
    if arguments.require || arguments.request {
        let own = client_schemes(arguments);
        let asked = match own {
            None => schemes.clone(),
            Some(list) => {
                let mut context = wide()?;
                let _ = control::set(&mut context, "SignatureAlgorithms", &list);
                known.names(self::hello(context)?.signature_schemes)
            }
        };
        offer.set(Dimension::ClientSchemes, asked);
        offer.set(Dimension::CaNames, ca_names);
    }
    offer.set(Dimension::Schemes, schemes);
    let groups = hello.groups.unwrap_or_default().into_iter().map(|group| group.name);
    offer.set(Dimension::Groups, groups.collect());
    offer.set(Dimension::Suites12, suites12);
    offer.set(Dimension::Suites13, suites13);
    offer.set(Dimension::Versions, versions);
    offer.set(Dimension::Level, Vec::new());
    let protocols = arguments.alpn.iter().flat_map(|list| list.split(',')).map(str::to_owned);
    offer.set(Dimension::Protocols, protocols.collect());
    offer.set(Dimension::Tickets, vec![TICKETS.to_owned(), TICKETS_OF_TLS13.to_owned()]);
    Ok(offer)
}

/// What CertificateRequest is set to, where that is not what the server's own signatures are.
fn client_schemes(arguments: &OfferArguments) -> Option<String> {
    let named = arguments.openssl_options.iter().rev().find_map(|setting| {
        let (name, value) = setting.split_once('=')?;
        name.eq_ignore_ascii_case("ClientSignatureAlgorithms").then(|| value.to_owned())
    });
    named.or_else(|| arguments.client_schemes.clone())
}

/// The enabled versions; those below 1.2 are none where the security level forbids their signatures.
fn versions(context: &mut SslContextBuilder) -> Vec<String> {
    const OFF: [SslOptions; 4] =
        [SslOptions::NO_TLSV1, SslOptions::NO_TLSV1_1, SslOptions::NO_TLSV1_2, SslOptions::NO_TLSV1_3];
    const NUMBERS: [SslVersion; 4] =
        [SslVersion::TLS1, SslVersion::TLS1_1, SslVersion::TLS1_2, SslVersion::TLS1_3];
    let place = |version: Option<SslVersion>| NUMBERS.iter().position(|one| Some(*one) == version);
    let lowest = place(context.min_proto_version()).unwrap_or(0);
    let highest = place(context.max_proto_version()).unwrap_or(3);
    let options = context.options();
    let allowed = if security_level(context) > 0 { 2 } else { 0 };
    (lowest.max(allowed)..=highest)
        .filter(|at| !options.contains(OFF[*at]))
        .map(|at| VERSIONS[at].to_owned())
        .collect()
}

#[allow(unsafe_code)]
fn security_level(context: &SslContextBuilder) -> i32 {
    // SAFETY: the context is alive, and this function reads a number of it.
    unsafe { openssl_sys::SSL_CTX_get_security_level(context.as_ptr()) }
}

/// The names of the suites of TLS 1.3, and of those before it.
fn suites_of(context: SslContextBuilder) -> Result<(Vec<String>, Vec<String>), Error> {
    let reader = SslContextBuilder::new(SslMethod::tls()).map_err(internal)?.build();
    let hello = hello(context)?;
    let codes = hello.cipher_suites.iter().map(|suite| suite.code);
    let bytes: Vec<u8> = codes.flat_map(u16::to_be_bytes).collect();
    let found = Ssl::new(&reader).map_err(internal)?.bytes_to_cipher_list(&bytes, false).map_err(internal)?;
    let names = found.suites.iter().map(|suite| suite.name().to_owned());
    Ok(names.partition(|name| name.starts_with("TLS_")))
}

/// The ClientHello of this configuration.
fn hello(context: SslContextBuilder) -> Result<OfferRecord, Error> {
    let written = first_flight(Ssl::new(&context.build()).map_err(internal)?)?;
    client_hello(&written).map(|hello| hello.offer).map_err(|cause| Error::new(cause.to_string()))
}

/// What a client sends before it hears anything.
pub(super) fn first_flight(ssl: Ssl) -> Result<Vec<u8>, Error> {
    match ssl.connect(Unanswered(Vec::new())) {
        Err(HandshakeError::WouldBlock(waiting)) => Ok(waiting.get_ref().0.clone()),
        _ => Err(Error::new("OpenSSL makes no ClientHello with these settings: they leave nothing to offer")),
    }
}

/// A peer that says nothing.
#[derive(Debug)]
struct Unanswered(Vec<u8>);

impl Read for Unanswered {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl Write for Unanswered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
