//! The collecting end's sockets.

use std::fs::{self, Permissions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use rustix::process::geteuid;
use tempfile::TempDir;

use crate::address::{Address, Token, random};

/// Connections that may wait to be accepted.
const WAITING: i32 = 4096;

/// How the folders are named that hold a socket.
const FOLDER: &str = "tlsdiag-run-";
/// A socket on which nobody listens yet.
const UNREADY: &str = ".socket";

/// Sockets that processes connect to: one by a name that is in no folder, and one in a folder of its own, which goes when this does.
/// Either may be lacking: the folder where there is no room for one.
#[derive(Debug)]
pub struct Listening {
    pub(crate) sockets: Vec<OwnedFd>,
    address: Address,
    _folder: Option<TempDir>,
}

impl Listening {
    /// Listens, and removes the folders of those that were killed.
    ///
    /// # Errors
    /// Neither socket can be made.
    pub fn new() -> io::Result<Self> {
        let name = format!("tlsdiag-{}", HEXLOWER.encode(&random::<16>()?));
        let token = Token::new()?;
        let mut sockets = Vec::new();
        let mut listen = |made: io::Result<OwnedFd>| made.map(|socket| sockets.push(socket));
        let by_name = listen(
            SocketAddrUnix::new_abstract_name(name.as_bytes())
                .map_err(io::Error::from)
                .and_then(|at| bound(&at)),
        );
        remove_left_folders(&std::env::temp_dir());
        let folder =
            in_folder().and_then(|(folder, path, socket)| listen(Ok(socket)).map(|()| (folder, path)));
        if let (Err(_), Err(cause)) = (&by_name, &folder) {
            return Err(io::Error::new(cause.kind(), cause.to_string()));
        }
        let (folder, path) = folder.ok().unzip();
        let address = Address { token, user: geteuid().as_raw(), name: by_name.ok().map(|()| name), path };
        Ok(Listening { sockets, address, _folder: folder })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }
}

/// A socket that listens there.
fn bound(at: &SocketAddrUnix) -> io::Result<OwnedFd> {
    let socket = net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
    net::bind(&socket, at)?;
    net::listen(&socket, WAITING)?;
    Ok(socket)
}

fn in_folder() -> io::Result<(TempDir, PathBuf, OwnedFd)> {
    let folder = tempfile::Builder::new().prefix(FOLDER).tempdir()?;
    // A server may change its user before it connects. Who may connect is told apart by the token.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o711))?;
    let (unready, path) = (folder.path().join(UNREADY), folder.path().join("socket"));
    let socket = bound(&SocketAddrUnix::new(&unready)?)?;
    fs::set_permissions(&unready, Permissions::from_mode(0o666))?;
    // Whoever looks for folders that were left finds it once it listens.
    fs::rename(&unready, &path)?;
    Ok((folder, path, socket))
}

/// Removes our user's folders with a socket on which nobody listens any more.
fn remove_left_folders(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let folder = entry.path();
        if entry.file_name().to_string_lossy().starts_with(FOLDER) && is_left(&folder) {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

fn is_left(folder: &Path) -> bool {
    let socket = folder.join("socket");
    let is_ours = |path: &Path| fs::symlink_metadata(path).is_ok_and(|m| m.uid() == geteuid().as_raw());
    let is_socket = fs::symlink_metadata(&socket).is_ok_and(|m| m.file_type().is_socket());
    is_socket
        && is_ours(folder)
        && is_ours(&socket)
        && matches!(connect_to(&socket), Err(error) if error.kind() == io::ErrorKind::ConnectionRefused)
}

fn connect_to(path: &Path) -> io::Result<OwnedFd> {
    let socket = net::socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        None,
    )?;
    net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    Ok(socket)
}

/// Two ends that know each other: one to send, one to collect.
///
/// # Errors
/// No descriptor is left.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_one_that_was_killed_is_removed_and_others_stay() {
        let place = tempfile::tempdir().unwrap();
        let [left, alive, empty, other] = ["tlsdiag-run-1", "tlsdiag-run-2", "tlsdiag-run-3", "tlsdiag-1"]
            .map(|name| place.path().join(name));
        for folder in [&left, &alive, &empty, &other] {
            fs::create_dir(folder).unwrap();
        }
        for folder in [&left, &other] {
            drop(bound(&SocketAddrUnix::new(folder.join("socket")).unwrap()).unwrap());
        }
        let _alive = bound(&SocketAddrUnix::new(alive.join("socket")).unwrap()).unwrap();
        remove_left_folders(place.path());
        assert_eq!([&left, &alive, &empty, &other].map(|folder| folder.exists()), [false, true, true, true]);
    }
}
