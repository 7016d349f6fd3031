//! `-accept [HOST:]PORT`.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};

use crate::error::Error;

/// Reads the address to listen on: a port alone means the loopback interface, `*` all of them.
pub(crate) fn parse(text: &str) -> Result<SocketAddr, Error> {
    let wrong =
        |what: &str| Error::new(format!("-accept {text}: {what}; write [HOST:]PORT, such as 127.0.0.1:4433"));
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (Some(host), port),
        None => (None, text),
    };
    let port: u16 = port.parse().map_err(|_| wrong("the port is no number from 0 to 65535"))?;
    match host {
        None => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        Some("") => Err(wrong("the host is missing")),
        Some("*") => Ok(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))),
        Some(host) => {
            let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            if bare.is_none() && host.contains(':') {
                return Err(wrong("an IPv6 address stands in brackets"));
            }
            let mut found =
                (bare.unwrap_or(host), port).to_socket_addrs().map_err(|_| wrong("there is no such host"))?;
            found.next().ok_or_else(|| wrong("there is no such host"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_unless_a_host_is_given() {
        let reads =
            |text: &str| parse(text).map(|address| address.to_string()).map_err(|error| error.to_string());
        assert_eq!(reads("4433"), Ok("127.0.0.1:4433".to_owned()));
        assert_eq!(reads("127.0.0.2:0"), Ok("127.0.0.2:0".to_owned()));
        assert_eq!(reads("[::1]:4433"), Ok("[::1]:4433".to_owned()));
        assert_eq!(reads("*:4433"), Ok("0.0.0.0:4433".to_owned()));
        for wrong in ["", "https", "70000", ":4433", "::1:4433", "127.0.0.1:", "host.invalid.:1"] {
            assert!(reads(wrong).is_err_and(|why| why.starts_with("-accept")), "{wrong}");
        }
    }
}
