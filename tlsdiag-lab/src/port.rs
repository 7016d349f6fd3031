//! Ports of loopback for servers that cannot take an open socket, but want to be told a number.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::net::{self, AddressFamily, SocketAddrAny, SocketFlags, SocketType, sockopt};

/// A port of 127.0.0.1 that is a server's from now on, and nobody else's.
///
/// Between the moment when a port is found free and the moment when a server listens there, the system may give it to any other
/// socket of any process, and whoever connects then meets a stranger. So a socket stays bound to it, which does not listen: with
/// `SO_REUSEADDR` on both, a server that names the port may bind to it nevertheless, while nobody gets it who takes what comes
/// (socket(7), ip(7)).
#[derive(Debug, Clone)]
pub struct Port {
    number: u16,
    _held: Arc<OwnedFd>,
}

impl Port {
    /// Takes a free one, until the last clone is dropped.
    ///
    /// # Errors
    /// None is free, or there are too many open files.
    pub fn reserve() -> io::Result<Self> {
        let socket = net::socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        sockopt::set_socket_reuseaddr(&socket, true)?;
        net::bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
        let address: SocketAddrAny = net::getsockname(&socket)?;
        let address = SocketAddrV4::try_from(address)?;
        Ok(Port { number: address.port(), _held: Arc::new(socket) })
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }

    /// Where its server is to listen.
    #[must_use]
    pub fn address(&self) -> SocketAddrV4 {
        SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.number)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn its_server_can_listen_there() {
        let port = Port::reserve().unwrap();
        assert!(TcpStream::connect(port.address()).is_err(), "nobody listens yet");
        let listener = TcpListener::bind(port.address()).unwrap();
        TcpStream::connect(port.address()).unwrap();
        drop(listener);
    }

    #[test]
    fn nobody_else_gets_it() {
        const MANY: usize = 100;
        let held: Vec<_> = (0..MANY).map(|_| Port::reserve().unwrap()).collect();
        let mut numbers: Vec<_> = held.iter().map(Port::number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), MANY);
        let others: Vec<_> = (0..MANY).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        for other in &others {
            let number = other.local_addr().unwrap().port();
            assert!(numbers.binary_search(&number).is_err(), "{number}");
        }
    }
}
