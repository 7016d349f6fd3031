//! Certificates and keys from files.

use std::fs;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use crate::error::{Error, Reason};

/// A certificate with its key and what is sent along.
pub(crate) struct Identity {
    pub(crate) path: PathBuf,
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
    pub(crate) chain: Vec<X509>,
}

impl Identity {
    /// Reads the first certificate of a file, its key (from the same file unless another is
    /// named), and the certificates to send along.
    pub(crate) fn read(
        certificate: &Path,
        key: Option<&Path>,
        chain: Option<&Path>,
    ) -> Result<Identity, Error> {
        let own = certificates(certificate, "certificate", "--cert")?.swap_remove(0);
        let private = private_key(key.unwrap_or(certificate), key.is_none())?;
        let fits = own.public_key().is_ok_and(|public| public.public_eq(&private));
        if !fits {
            return Err(Error::new(format!(
                "the key {} does not belong to the certificate {}; give the two that were made together",
                key.unwrap_or(certificate).display(),
                certificate.display()
            )));
        }
        let mut chain = chain.map_or(Ok(Vec::new()), |path| certificates(path, "certificate", "--chain"))?;
        // A chain file that begins with the certificate itself must not make the server send it twice.
        chain.retain(|issuer| *issuer != own);
        Ok(Identity { path: certificate.to_owned(), certificate: own, key: private, chain })
    }
}

/// All certificates of a file in PEM, or the one of a file in DER.
pub(crate) fn certificates(path: &Path, what: &str, option: &str) -> Result<Vec<X509>, Error> {
    let bytes = contents(path, what, option)?;
    let found = match X509::stack_from_pem(&bytes) {
        Ok(found) if !found.is_empty() => Some(found),
        _ => X509::from_der(&bytes).ok().map(|one| vec![one]),
    };
    drop(ErrorStack::get());
    found.ok_or_else(|| {
        Error::new(format!(
            "{} holds no {what} in PEM or DER; name one that does with {option}",
            path.display()
        ))
    })
}

fn private_key(path: &Path, beside_certificate: bool) -> Result<PKey<Private>, Error> {
    let bytes = contents(path, "private key", "--key")?;
    let mut encrypted = false;
    let pem = PKey::private_key_from_pem_callback(&bytes, |_| {
        encrypted = true;
        Ok(0)
    });
    let key = pem.or_else(|_| PKey::private_key_from_der(&bytes));
    drop(ErrorStack::get());
    key.map_err(|_| {
        let path = path.display();
        Error::new(if encrypted {
            format!("the key {path} is encrypted; decrypt it first: openssl pkey -in {path} -out FILE")
        } else if beside_certificate {
            format!("{path} holds a certificate and no private key; name its key with --key")
        } else {
            format!("{path} holds no private key in PEM or DER; name one that does with --key")
        })
    })
}

fn contents(path: &Path, what: &str, option: &str) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|cause| {
        let (path, reason) = (path.display(), Reason(&cause));
        Error::new(format!("cannot read the {what} {path}: {reason}; name another file with {option}"))
    })
}

/// The first of OpenSSL's reasons.
pub(crate) fn reason(stack: &ErrorStack) -> String {
    let first = stack.errors().first();
    first.and_then(|error| error.reason()).map_or_else(|| "it gives no reason".to_owned(), str::to_owned)
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let path = path.to_string_lossy();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%:=".contains(c);
    if path.chars().all(plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted(Path::new("a/b.pem")), "a/b.pem");
        assert_eq!(quoted(Path::new("it's a/b.pem")), r"'it'\''s a/b.pem'");
    }
}
