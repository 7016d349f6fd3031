//! A smart card of software: a token of SoftHSM in a folder.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tlsdiag_lab::card::{self, Card, Held};

use super::issued;
use crate::args::PkiCardArguments;
use crate::error::{Error, Reason};
use crate::serve::pem::quoted;

pub(super) fn write(folder: &Path, wanted: &PkiCardArguments, force: bool) -> Result<Vec<String>, Error> {
    let (files, identity) = issued(folder, &wanted.name)?;
    if wanted.without_pss && identity.key.rsa().is_err() {
        return Err(Error::new(format!(
            "the key of {} is none of RSA's, so --without-pss means nothing",
            wanted.name
        )));
    }
    let module = card::module()
        .ok_or_else(|| Error::new("SoftHSM's module is not on this machine: install softhsm2"))?;
    let place = files.certificate.with_extension("card");
    make(&place, force)?;
    let held = Held { identity: &identity, label: &wanted.name, pss: !wanted.without_pss };
    let token =
        Card::new(&absolute(&place)?, module.clone(), held, |name| PathBuf::from(name)).map_err(|cause| {
            match cause.kind() {
                io::ErrorKind::NotFound => Error::new(format!(
                    "it takes {}: install softhsm2 and opensc",
                    card::PROGRAMS.join(" and ")
                )),
                _ => Error::new(format!("the token is not made: {}", Reason(&cause))),
            }
        })?;
    let (module, name, label, pin) = (quoted(&module), &wanted.name, card::LABEL, card::PIN);
    let certificate = quoted(&files.certificate);
    let key = format!("'pkcs11:token={label};object={name};type=private'");
    Ok(vec![
        format!("made {}, the token {label} with the PIN {pin}", place.display()),
        format!("use it: export SOFTHSM2_CONF={}", quoted(&token.configuration())),
        format!("  what it can do      tlsdiag card --module {module} --token {label}"),
        format!("  Firefox and NSS     modutil -dbdir sql:PROFILE -add {label} -libfile {module}"),
        format!("                      tstclnt -h HOST -p PORT -d sql:PROFILE -n {label}:{name}"),
        format!(
            "  OpenSSL's engine    PKCS11_MODULE_PATH={module} openssl s_client -connect HOST:PORT -engine pkcs11 -keyform engine -key {key} -cert {certificate} -cert_chain {certificate}"
        ),
        format!(
            "  GnuTLS              gnutls-cli --provider {module} --x509certfile {certificate} --x509keyfile {key} -p PORT HOST"
        ),
    ])
}

/// An empty folder that its owner alone can look into.
fn make(place: &Path, force: bool) -> Result<(), Error> {
    let wrong = |what: &str, cause: io::Error| {
        Error::new(format!("cannot {what} {}: {}", place.display(), Reason(&cause)))
    };
    if fs::symlink_metadata(place).is_ok() {
        if !force {
            return Err(Error::new(format!("{} is there already; --force replaces it", place.display())));
        }
        // A token that was made here before, and nothing else.
        if !place.join("softhsm2.conf").is_file() {
            return Err(Error::new(format!(
                "{} is no token that was made here, and is left alone",
                place.display()
            )));
        }
        fs::remove_dir_all(place).map_err(|cause| wrong("remove", cause))?;
    }
    DirBuilder::new().mode(0o700).create(place).map_err(|cause| wrong("make", cause))
}

fn absolute(place: &Path) -> Result<PathBuf, Error> {
    fs::canonicalize(place)
        .map_err(|cause| Error::new(format!("cannot find {}: {}", place.display(), Reason(&cause))))
}
