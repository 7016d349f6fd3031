//! A demonstration PKI in a folder, for servers and clients that read PEM files.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::pkey::PKey;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::{X509, X509StoreContext};

use super::{Authority, Identity, KeyKind, Profile, Purpose, SERVER_NAME};
use crate::Error;

/// Where the files are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Files {
    /// The authority's certificate; its key is not kept.
    pub ca: PathBuf,
    /// The server's certificate (for localhost, 127.0.0.1 and ::1) and its chain.
    pub server: PathBuf,
    /// The server's private key.
    pub server_key: PathBuf,
    /// The client's certificate and its chain.
    pub client: PathBuf,
    /// The client's private key.
    pub client_key: PathBuf,
}

impl Files {
    fn of(folder: &Path) -> Self {
        Files {
            ca: folder.join("ca.pem"),
            server: folder.join("server.pem"),
            server_key: folder.join("server.key"),
            client: folder.join("client.pem"),
            client_key: folder.join("client.key"),
        }
    }

    fn all(&self) -> [&PathBuf; 5] {
        [&self.ca, &self.server, &self.server_key, &self.client, &self.client_key]
    }
}

/// Mints an authority, a server certificate and a client certificate into a folder, which is made if need be; or
/// finds the whole set there, in order and still valid, and leaves it alone. Anything in between is an error, and no
/// file is ever overwritten. Keys are readable by their owner only, from the moment they exist.
pub fn write(folder: impl AsRef<Path>) -> io::Result<Files> {
    let folder = folder.as_ref();
    fs::create_dir_all(folder).map_err(|cause| {
        io::Error::new(cause.kind(), format!("cannot make the folder {}: {cause}", folder.display()))
    })?;
    let files = Files::of(folder);
    let missing: Vec<_> =
        files.all().into_iter().filter(|path| fs::symlink_metadata(path).is_err()).collect();
    match missing.as_slice() {
        [] => check(&files)?,
        [_, _, _, _, _] => mint(&files)?,
        [path, ..] => {
            let rest = "remove the rest of the set, or choose another folder";
            return Err(io::Error::other(format!(
                "{} is missing beside its companions: {rest}",
                path.display()
            )));
        }
    }
    Ok(files)
}

fn mint(files: &Files) -> io::Result<()> {
    let (ca, server, client) = certify().map_err(io::Error::other)?;
    let contents = [
        (&files.ca, 0o644, ca.certificate.to_pem()),
        (&files.server, 0o644, chain_pem(&server)),
        (&files.server_key, 0o600, server.key.private_key_to_pem_pkcs8()),
        (&files.client, 0o644, chain_pem(&client)),
        (&files.client_key, 0o600, client.key.private_key_to_pem_pkcs8()),
    ];
    let mut made = Vec::new();
    for (path, mode, pem) in contents {
        let written = pem.map_err(io::Error::other).and_then(|pem| {
            let mut file = create(path, mode)?;
            made.push(path);
            file.write_all(&pem)
        });
        if let Err(cause) = written {
            // Half a set would be refused next time; only what we have just made ourselves is taken away.
            made.iter().for_each(|path| drop(fs::remove_file(path)));
            return Err(io::Error::new(cause.kind(), format!("cannot write {}: {cause}", path.display())));
        }
    }
    Ok(())
}

fn certify() -> Result<(Authority, Identity, Identity), Error> {
    let ca = Authority::root_of("tlsdiag demo", "tlsdiag demo root CA")?;
    let issuing = ca.intermediate("tlsdiag demo issuing CA")?;
    let server =
        Profile::new(SERVER_NAME).dns(SERVER_NAME).ip("127.0.0.1").ip("::1").purpose(Purpose::Server);
    let server = issuing.issue(&server.key(KeyKind::Rsa(2048)))?;
    let client = issuing.issue(&Profile::new("alice").purpose(Purpose::Client).key(KeyKind::Rsa(2048)))?;
    Ok((ca, server, client))
}

fn chain_pem(identity: &Identity) -> Result<Vec<u8>, ErrorStack> {
    let mut pem = identity.certificate.to_pem()?;
    for issuer in &identity.chain {
        pem.extend(issuer.to_pem()?);
    }
    Ok(pem)
}

/// A new file that has its mode from the start; an existing one, or a link in its place, is an error (O_EXCL).
fn create(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Whether an existing set is whole, fits together, and is still good.
fn check(files: &Files) -> io::Result<()> {
    let ca = read_chain(&files.ca)?.swap_remove(0);
    for (certificate, key) in [(&files.server, &files.server_key), (&files.client, &files.client_key)] {
        let broken = |what: &str| {
            let way_out = "remove the set, or choose another folder";
            io::Error::other(format!("{} {what}: {way_out}", certificate.display()))
        };
        if fs::metadata(key)?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other(format!("{} can be read by others: chmod 600 it", key.display())));
        }
        let chain = read_chain(certificate)?;
        let pem = read(key)?;
        let private = PKey::private_key_from_pem(&pem)
            .map_err(|_| io::Error::other(format!("{} holds no private key in PEM", key.display())))?;
        if !chain[0].public_key().map_err(io::Error::other)?.public_eq(&private) {
            return Err(broken("does not belong to the private key beside it"));
        }
        match verify(&ca, &chain).map_err(io::Error::other)? {
            Ok(()) => {}
            Err(reason) => return Err(broken(&format!("is no longer good ({reason})"))),
        }
    }
    Ok(())
}

fn verify(ca: &X509, chain: &[X509]) -> Result<Result<(), &'static str>, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(ca.clone())?;
    let mut issuers = Stack::new()?;
    chain[1..].iter().try_for_each(|issuer| issuers.push(issuer.clone()))?;
    X509StoreContext::new()?.init(&store.build(), &chain[0], &issuers, |context| {
        Ok(if context.verify_cert()? { Ok(()) } else { Err(context.error().error_string()) })
    })
}

/// The certificates of a file: one at least.
fn read_chain(path: &Path) -> io::Result<Vec<X509>> {
    match X509::stack_from_pem(&read(path)?) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(io::Error::other(format!("{} holds no certificate in PEM", path.display()))),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot read {}: {cause}", path.display())))
}
