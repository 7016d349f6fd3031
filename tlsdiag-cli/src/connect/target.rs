//! `-connect HOST[:PORT]`.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::error::{Error, Reason};

/// Where to connect to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Target {
    /// Reads a host with or without a port; an IPv6 address with a port stands in brackets.
    pub(super) fn parse(text: &str) -> Result<Target, Error> {
        let wrong = |what: &str| {
            Error::new(format!(
                "-connect {text}: {what}; write HOST[:PORT], such as localhost:443 or [::1]:443"
            ))
        };
        if text.contains("://") || text.contains('/') {
            return Err(wrong("this is a URL, or a path"));
        }
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or_else(|| wrong("the bracket is not closed"))?;
                (host, if port.is_empty() { None } else { Some(port.strip_prefix(':').unwrap_or(port)) })
            }
            None if text.parse::<IpAddr>().is_ok() => (text, None),
            None => match text.rsplit_once(':') {
                Some((host, _)) if host.contains(':') => {
                    return Err(wrong("an IPv6 address stands in brackets"));
                }
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        if host.is_empty() {
            return Err(wrong("the host is missing"));
        }
        let port = port.map_or(Ok(443), str::parse).ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| wrong("the port is no number from 1 to 65535"))?;
        Ok(Target { host: host.to_owned(), port })
    }

    /// The address, if it is one.
    pub(super) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// Connects to the first of the host's addresses that answers.
    pub(super) fn connect(&self, patience: Duration) -> Result<TcpStream, Error> {
        let Target { host, port } = self;
        let found: Vec<SocketAddr> = (host.as_str(), *port)
            .to_socket_addrs()
            .map_err(|_| Error::new(format!("there is no host {host}: check the name, and DNS")))?
            .collect();
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in &found {
            match TcpStream::connect_timeout(address, patience) {
                Ok(socket) => return Ok(socket),
                Err(cause) => last = cause,
            }
        }
        let what_to_do = match last.kind() {
            io::ErrorKind::ConnectionRefused => {
                "nothing listens there: check the port, and whether the server runs"
            }
            io::ErrorKind::TimedOut => "nothing answers: a firewall, a wrong address, or the host is down",
            _ => "check address and network",
        };
        Err(Error::new(format!("cannot connect to {host} port {port}: {}; {what_to_do}", Reason(&last))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_with_or_without_a_port() {
        let reads = |text: &str| Target::parse(text).map(|target| (target.host, target.port)).ok();
        let target = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(reads("example.org"), target("example.org", 443));
        assert_eq!(reads("example.org:8443"), target("example.org", 8443));
        assert_eq!(reads("127.0.0.1:1"), target("127.0.0.1", 1));
        assert_eq!(reads("[::1]:8443"), target("::1", 8443));
        assert_eq!(reads("[::1]"), target("::1", 443));
        assert_eq!(reads("::1"), target("::1", 443));
        for wrong in ["", ":443", "a:b", "a:0", "a:70000", "fe80::1%x:9", "[::1", "https://a/", "a:"] {
            assert!(reads(wrong).is_none(), "{wrong}");
        }
    }
}
