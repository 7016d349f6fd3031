//! The client's configuration, made from the command line.

use openssl::ssl::{SslContext, SslMethod, SslRef, SslVerifyMode};
use openssl::x509::store::X509StoreBuilder;

use super::target::Target;
use crate::args::ClientArguments;
use crate::error::Error;
use crate::serve::context::{Lists, internal, negotiate, present};
use crate::serve::pem::{self, Identity};

/// The context: what is offered, shown and trusted.
pub(super) fn build(arguments: &ClientArguments) -> Result<SslContext, Error> {
    let mut context = SslContext::builder(SslMethod::tls_client()).map_err(internal)?;
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
    if let Some(list) = &arguments.groups {
        let help = "write for instance X25519:P-256:P-384";
        context.set_groups_list(list).map_err(|_| {
            Error::new(format!("-groups {list}: OpenSSL can make nothing of this list; {help}"))
        })?;
    }
    if let Some(list) = &arguments.alpn {
        context.set_alpn_protos(&protocols(list)?).map_err(internal)?;
    }
    if let Some(certificate) = &arguments.cert {
        let (key, chain) = (arguments.key.as_deref(), arguments.cert_chain.as_deref());
        present(&mut context, &Identity::read(certificate, key, chain)?)?;
    }
    match &arguments.ca_file {
        Some(path) => {
            let mut store = X509StoreBuilder::new().map_err(internal)?;
            for authority in pem::certificates(path, "CA certificate", "-CAfile")? {
                store.add_cert(authority).map_err(internal)?;
            }
            context.set_cert_store(store.build());
        }
        None => context.set_default_verify_paths().map_err(internal)?,
    }
    if let Some(depth) = arguments.verify {
        context.set_verify_depth(depth);
    }
    let strict = arguments.verify_return_error;
    context.set_verify_callback(SslVerifyMode::PEER, move |good, _| good || !strict);
    Ok(context.build())
}

/// The names: the one that is sent, and the one that the certificate is held against.
pub(super) fn name(ssl: &mut SslRef, arguments: &ClientArguments, target: &Target) -> Result<(), Error> {
    let sent = match (&arguments.servername, arguments.noservername || target.ip().is_some()) {
        (Some(name), _) => Some(name.as_str()),
        (None, true) => None,
        (None, false) => Some(target.host.as_str()),
    };
    if let Some(name) = sent {
        ssl.set_hostname(name)
            .map_err(|_| Error::new(format!("-servername {name}: this is no host name")))?;
    }
    let held =
        arguments.verify_hostname.as_deref().or(arguments.servername.as_deref()).unwrap_or(&target.host);
    let parameters = ssl.param_mut();
    match held.parse() {
        Ok(address) => parameters.set_ip(address),
        Err(_) => parameters.set_host(held),
    }
    .map_err(|_| Error::new(format!("-verify_hostname {held}: this is no host name")))
}

/// The wire's form: each name behind its length.
fn protocols(list: &str) -> Result<Vec<u8>, Error> {
    let mut wire = Vec::new();
    for name in list.split(',').map(str::trim) {
        let length = u8::try_from(name.len()).ok().filter(|length| *length > 0);
        let length = length.ok_or_else(|| {
            Error::new(format!("-alpn {list}: each protocol is of 1 to 255 bytes, such as h2,http/1.1"))
        })?;
        wire.push(length);
        wire.extend_from_slice(name.as_bytes());
    }
    Ok(wire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_stand_behind_their_lengths() {
        assert_eq!(protocols("h2, http/1.1").ok(), Some(b"\x02h2\x08http/1.1".to_vec()));
        assert!(protocols("h2,").is_err() && protocols("").is_err());
    }
}
