//! A folder's own CA, which issues further certificates into it, good and faulty ones.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openssl::pkey::PKey;

use super::draft::Draft;
use super::fault::{self, Fault};
use super::folder::{self, Files, chain_pem, check_private, create, read, read_chain};
use super::{Authority, Holder, Identity, KeyKind};

/// The intermediate CA of a folder, with its key.
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    issuing: Authority,
}

/// What shall be issued.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// For whom.
    pub holder: Holder,
    /// The name of the host, or of the client; and of the files.
    pub name: &'a str,
    /// The kind of key.
    pub key: KeyKind,
    /// What shall be wrong with it.
    pub fault: Option<Fault>,
    /// Whether files of this name are replaced.
    pub force: bool,
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The certificate, and what is sent with it.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Issued {
    /// Where the certificate of this name lies.
    #[must_use]
    pub fn of(folder: &Path, name: &str) -> Self {
        let name = stem(name);
        Issued { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) }
    }

    /// The certificate, its key, and what is sent with it.
    ///
    /// # Errors
    /// They are not there, do not fit together, or the key can be read by others.
    pub fn identity(&self) -> io::Result<Identity> {
        check_private(&self.key)?;
        let mut chain = read_chain(&self.certificate)?;
        let key = private_key(&self.key)?;
        let certificate = chain.remove(0);
        if !certificate.public_key().map_err(io::Error::other)?.public_eq(&key) {
            let (certificate, key) = (self.certificate.display(), self.key.display());
            return Err(io::Error::other(format!("{certificate} does not belong to the key {key}")));
        }
        Ok(Identity { certificate, key, chain })
    }
}

/// A name as that of a file: an address has colons, and the name for all hosts a star.
fn stem(name: &str) -> String {
    name.replace('*', "wildcard").replace(':', "_")
}

impl Desk {
    /// Makes a CA with a first server and a first client, as [`folder::write`] does, and keeps the key of its intermediate.
    ///
    /// # Errors
    /// A file of the set is there already and `force` is not given, or cannot be written.
    pub fn open_new(folder: &Path, force: bool) -> io::Result<(Files, Self)> {
        let (files, issuing) = folder::mint_anew(folder, force)?;
        Ok((files, Desk { folder: folder.to_owned(), issuing }))
    }

    /// The CA of a folder, which was made by [`Desk::open_new`].
    ///
    /// # Errors
    /// There is none, or its key can be read by others.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let [certificate, key] = folder::issuing_files(folder);
        if fs::symlink_metadata(&key).is_err() {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                format!("{} is not there, the key of the CA that issues", key.display()),
            ));
        }
        check_private(&key)?;
        let issuing = Authority::with_key(read_chain(&certificate)?.swap_remove(0), private_key(&key)?);
        Ok(Desk { folder: folder.to_owned(), issuing })
    }

    /// Issues a certificate, and writes it with its chain and its key.
    ///
    /// # Errors
    /// Such a file is there already, or cannot be written.
    pub fn issue(&self, order: &Order<'_>) -> io::Result<Issued> {
        let (dns, ips) = match order.holder {
            Holder::Server => fault::names(order.name),
            Holder::Client => (Vec::new(), Vec::new()),
        };
        let purposes: &[&str] = match order.holder {
            Holder::Server => &["serverAuth"],
            Holder::Client => &["clientAuth"],
        };
        let draft = Draft { key: order.key, purposes, dns: &dns, ips: &ips, ..Draft::leaf(order.name) };
        let identity = fault::issue(&self.issuing, draft, order.fault).map_err(io::Error::other)?;
        let files = Issued::of(&self.folder, order.name);
        let contents = [
            (&files.certificate, 0o644, chain_pem(&identity)),
            (&files.key, 0o600, identity.key.private_key_to_pem_pkcs8()),
        ];
        create(contents, order.force)?;
        Ok(files)
    }
}

fn private_key(path: &Path) -> io::Result<PKey<openssl::pkey::Private>> {
    PKey::private_key_from_pem(&read(path)?)
        .map_err(|_| io::Error::other(format!("{} holds no private key in PEM", path.display())))
}
