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
    make_folder(folder)?;
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

/// The issuers alone of a certificate's file, in a file beside it, for programs that take the two apart (`-cert_chain` of OpenSSL's
/// applets, which sends what the file holds behind the certificate of `-cert`). It is made if need be, and anew after the certificate.
///
/// # Errors
/// The certificate cannot be read, or the file cannot be written.
pub fn issuers(certificate: &Path) -> io::Result<PathBuf> {
    let mut pem = Vec::new();
    for issuer in &read_chain(certificate)?[1..] {
        pem.extend(issuer.to_pem().map_err(io::Error::other)?);
    }
    let stem = certificate.file_stem().unwrap_or_default().to_string_lossy();
    let path = certificate.with_file_name(format!("{stem}-issuers.pem"));
    if fs::read(&path).is_ok_and(|there| there == pem) {
        return Ok(path);
    }
    // Whoever reads it meanwhile sees the one or the other.
    let new = certificate.with_file_name(format!(".{stem}-issuers.{}", std::process::id()));
    create([(&new, 0o644, Ok(pem))], true)?;
    fs::rename(&new, &path)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot write {}: {cause}", path.display())))?;
    Ok(path)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    if fs::metadata(folder).is_ok_and(|there| !there.is_dir()) {
        return Err(io::Error::other(format!("{} is no folder", folder.display())));
    }
    fs::create_dir_all(folder).map_err(|cause| {
        io::Error::new(cause.kind(), format!("cannot make the folder {}: {cause}", folder.display()))
    })
}

fn mint(files: &Files) -> io::Result<()> {
    let (ca, _, server, client) = certify().map_err(io::Error::other)?;
    create(contents(files, &ca, &server, &client), false)
}

/// The whole set anew, with the intermediate CA and its key beside it; what is there is overwritten if that is wanted.
pub(super) fn mint_anew(folder: &Path, force: bool) -> io::Result<(Files, Authority)> {
    make_folder(folder)?;
    let files = Files::of(folder);
    let (ca, issuing, server, client) = certify().map_err(io::Error::other)?;
    let [certificate, key] = issuing_files(folder);
    let kept = [
        (&certificate, 0o644, issuing.certificate.to_pem()),
        (&key, 0o600, issuing.key.private_key_to_pem_pkcs8()),
    ];
    create(contents(&files, &ca, &server, &client).into_iter().chain(kept), force)?;
    Ok((files, issuing))
}

/// The certificate of the CA that issues, and its key.
pub(super) fn issuing_files(folder: &Path) -> [PathBuf; 2] {
    ["issuing.pem", "issuing.key"].map(|name| folder.join(name))
}

type Content<'a> = (&'a PathBuf, u32, Result<Vec<u8>, ErrorStack>);

fn contents<'a>(files: &'a Files, ca: &Authority, server: &Identity, client: &Identity) -> [Content<'a>; 5] {
    [
        (&files.ca, 0o644, ca.certificate.to_pem()),
        (&files.server, 0o644, chain_pem(server)),
        (&files.server_key, 0o600, server.key.private_key_to_pem_pkcs8()),
        (&files.client, 0o644, chain_pem(client)),
        (&files.client_key, 0o600, client.key.private_key_to_pem_pkcs8()),
    ]
}

/// Writes files, all of them or none. One that is there is an error, or is replaced as a whole.
pub(super) fn create<'a>(contents: impl IntoIterator<Item = Content<'a>>, force: bool) -> io::Result<()> {
    let contents: Vec<_> = contents.into_iter().collect();
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    if let Some((path, ..)) = contents.iter().find(|(path, ..)| !force && there(path)) {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("{} is there already", path.display()),
        ));
    }
    let mut made = Vec::new();
    for (path, mode, pem) in contents {
        let written = pem.map_err(io::Error::other).and_then(|pem| {
            if force && there(path) {
                fs::remove_file(path)?;
            }
            let mut file = create_new(path, mode)?;
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

/// A file that its owner alone can read.
///
/// # Errors
/// It is there already and `force` is not given, or cannot be written.
pub fn write_private(path: &Path, content: &[u8], force: bool) -> io::Result<()> {
    create([(&path.to_owned(), 0o600, Ok(content.to_vec()))], force)
}

fn certify() -> Result<(Authority, Authority, Identity, Identity), Error> {
    let ca = Authority::root_of("tlsdiag demo", "tlsdiag demo root CA")?;
    let issuing = ca.intermediate("tlsdiag demo issuing CA")?;
    let server =
        Profile::new(SERVER_NAME).dns(SERVER_NAME).ip("127.0.0.1").ip("::1").purpose(Purpose::Server);
    let server = issuing.issue(&server.key(KeyKind::Rsa(2048)))?;
    let client = issuing.issue(&Profile::new("alice").purpose(Purpose::Client).key(KeyKind::Rsa(2048)))?;
    Ok((ca, issuing, server, client))
}

pub(super) fn chain_pem(identity: &Identity) -> Result<Vec<u8>, ErrorStack> {
    let mut pem = identity.certificate.to_pem()?;
    for issuer in &identity.chain {
        pem.extend(issuer.to_pem()?);
    }
    Ok(pem)
}

/// A new file that has its mode from the start; an existing one, or a link in its place, is an error (O_EXCL).
fn create_new(path: &Path, mode: u32) -> io::Result<File> {
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
        check_private(key)?;
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

/// That nobody but its owner can read a key.
pub(super) fn check_private(key: &Path) -> io::Result<()> {
    let facts = fs::metadata(key)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot read {}: {cause}", key.display())))?;
    match facts.permissions().mode() & 0o077 {
        0 => Ok(()),
        _ => Err(io::Error::other(format!("{} can be read by others: chmod 600 it", key.display()))),
    }
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
pub(super) fn read_chain(path: &Path) -> io::Result<Vec<X509>> {
    match X509::stack_from_pem(&read(path)?) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(io::Error::other(format!("{} holds no certificate in PEM", path.display()))),
    }
}

pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
        .map_err(|cause| io::Error::new(cause.kind(), format!("cannot read {}: {cause}", path.display())))
}
