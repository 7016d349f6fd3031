//! A PKCS #12 file, as browsers import it.

use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::Id;
use openssl::stack::Stack;
use tlsdiag_lab::pki::{Identity, folder};
use zeroize::Zeroizing;

use super::{issued, refused};
use crate::args::P12Arguments;
use crate::error::Error;
use crate::secret::{self, Secret};
use crate::serve::pem::quoted;

pub(super) fn write(folder: &Path, wanted: &P12Arguments, force: bool) -> Result<Vec<String>, Error> {
    let (files, identity) = issued(folder, &wanted.name)?;
    let passphrase = passphrase(wanted)?;
    let der = pack(&wanted.name, &identity, &passphrase)
        .map_err(|cause| Error::new(format!("OpenSSL packs no PKCS #12 file: {cause}")))?;
    let path = files.certificate.with_extension("p12");
    folder::write_private(&path, &der, force).map_err(refused)?;
    if identity.key.id() == Id::ED25519 {
        return Ok(vec![
            format!("made {}", path.display()),
            "NSS and Firefox of Debian 12 cannot import an Ed25519 key: for them issue one with --key p256"
                .to_owned(),
        ]);
    }
    let shown = quoted(&path);
    Ok(vec![
        format!("made {}", path.display()),
        format!(
            "use it: pk12util -i {shown} -d sql:PROFILE, or in Firefox: Settings, Certificates, Your Certificates, Import"
        ),
        format!(
            "        its CA: certutil -A -n lab -t CT,C, -i {} -d sql:PROFILE",
            quoted(&folder.join("ca.pem"))
        ),
    ])
}

fn passphrase(wanted: &P12Arguments) -> Result<Secret, Error> {
    if wanted.no_pass {
        return Ok(Zeroizing::new(String::new()));
    }
    if let Some(path) = &wanted.pass_file {
        return secret::from_file(path, "passphrase");
    }
    let ask = |prompt| {
        secret::ask(prompt)?.ok_or_else(|| {
            Error::new(
                "there is no terminal to ask for a passphrase: give --pass-file FILE, or --no-pass for none",
            )
        })
    };
    let first = ask("Passphrase: ")?;
    if first.is_empty() {
        return Err(Error::new("the passphrase is empty; --no-pass says that it shall be"));
    }
    if *ask("The same again: ")? != *first {
        return Err(Error::new("the two are not the same"));
    }
    Ok(first)
}

fn pack(name: &str, identity: &Identity, passphrase: &str) -> Result<Vec<u8>, ErrorStack> {
    let mut chain = Stack::new()?;
    identity.chain.iter().try_for_each(|issuer| chain.push(issuer.clone()))?;
    let mut file = Pkcs12::builder();
    file.name(name).pkey(&identity.key).cert(&identity.certificate).ca(chain);
    file.build2(passphrase)?.to_der()
}
