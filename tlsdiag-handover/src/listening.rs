//! The collecting end's address.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::net::{self, AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tempfile::TempDir;

/// Connections that may wait to be accepted.
const WAITING: i32 = 4096;

/// A socket that processes connect to, in a folder of its own, which goes when this does.
#[derive(Debug)]
pub struct Listening {
    pub(crate) socket: OwnedFd,
    path: PathBuf,
    _folder: TempDir,
}

impl Listening {
    /// Listens.
    ///
    /// # Errors
    /// Those of making a folder in the system's place for temporary files, and a socket in it.
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("tlsdiag-").tempdir()?;
        // A server may change its user before it connects. Others can use the socket only by a name that cannot be listed.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let name = tempfile::Builder::new().prefix("").rand_bytes(16).make_in(folder.path(), |path| {
            let socket =
                net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?;
            net::bind(&socket, &SocketAddrUnix::new(path)?)?;
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
            net::listen(&socket, WAITING)?;
            Ok(socket)
        })?;
        let (socket, path) = name.into_parts();
        let path = path.keep().map_err(|error| error.error)?;
        Ok(Listening { socket, path, _folder: folder })
    }

    /// Where it listens.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Two ends that know each other: one to send, one to collect.
///
/// # Errors
/// No descriptor is left.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)?)
}
