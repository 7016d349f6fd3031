//! Where `tlsdiag serve` and the console listen.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};

use rustix::event::{PollFd, PollFlags, poll};

use crate::error::{Error, Reason};

/// Listens on this port: of the host's first address, `*` being all of this machine's, or of both loopback addresses.
/// None of them blocks.
pub(crate) fn listen(host: Option<&str>, port: u16) -> Result<Vec<TcpListener>, Error> {
    let listeners = find(host, port)?;
    for listener in &listeners {
        let plumbing = |cause| Error::new(format!("cannot start the server: {}", Reason(&cause)));
        listener.set_nonblocking(true).map_err(plumbing)?;
    }
    Ok(listeners)
}

fn find(host: Option<&str>, port: u16) -> Result<Vec<TcpListener>, Error> {
    match host {
        None => loopback(port, "--port"),
        Some("*") => one(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)), "--port")
            .or_else(|_| one(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)), "--port")),
        Some(host) => {
            let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let found = (bare, port).to_socket_addrs().ok().and_then(|mut found| found.next());
            let found = found.ok_or_else(|| {
                Error::new(format!(
                    "--host {host}: there is no such host; write a name or an address, such as 127.0.0.1"
                ))
            })?;
            one(found, "--port")
        }
    }
}

/// Waits for the next connection on any of them.
pub(crate) fn accept(listeners: &[TcpListener]) -> io::Result<(TcpStream, SocketAddr)> {
    loop {
        let mut ready: Vec<_> =
            listeners.iter().map(|listener| PollFd::new(listener, PollFlags::IN)).collect();
        poll(&mut ready, None)?;
        let ready: Vec<bool> = ready.iter().map(|one| !one.revents().is_empty()).collect();
        for (listener, _) in listeners.iter().zip(ready).filter(|(_, ready)| *ready) {
            match listener.accept() {
                // It has gone, or was somebody else's.
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {}
                accepted => return accepted,
            }
        }
    }
}

/// Of both loopback addresses: a machine without IPv6 has but one, and a free port is the same one on both. The option chooses another port.
pub(crate) fn loopback(port: u16, option: &str) -> Result<Vec<TcpListener>, Error> {
    let mut listeners = one(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), option)?;
    let port = listeners[0].local_addr().map_or(port, |address| address.port());
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
        Ok(other) => listeners.push(other),
        Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
            return Err(cannot_listen((IpAddr::from(Ipv6Addr::LOCALHOST), port).into(), &cause, option));
        }
        Err(_) => {}
    }
    Ok(listeners)
}

fn one(address: SocketAddr, option: &str) -> Result<Vec<TcpListener>, Error> {
    let listening = TcpListener::bind(address).map(|listener| vec![listener]);
    listening.map_err(|cause| cannot_listen(address, &cause, option))
}

fn cannot_listen(address: SocketAddr, cause: &io::Error, option: &str) -> Error {
    let what_to_do = match cause.kind() {
        io::ErrorKind::AddrInUse => format!("choose another port with {option}, or 0 for a free one"),
        io::ErrorKind::PermissionDenied => {
            format!("ports below 1024 need root: choose another one with {option}")
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: choose another one with --host".to_owned()
        }
        _ => "choose another address with --host".to_owned(),
    };
    Error::new(format!("cannot listen on {address}: {}; {what_to_do}", Reason(cause)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(host: Option<&str>) -> Vec<SocketAddr> {
        let listeners = listen(host, 0).expect("a free port");
        listeners.iter().map(|listener| listener.local_addr().expect("its address")).collect()
    }

    #[test]
    fn loopback_unless_a_host_is_given() {
        let both = addresses(None);
        assert!(both.iter().all(|address| address.ip().is_loopback() && address.port() == both[0].port()));
        assert_eq!(addresses(Some("127.0.0.2"))[0].ip(), IpAddr::from([127, 0, 0, 2]));
        assert!(addresses(Some("localhost"))[0].ip().is_loopback());
        assert!(listen(Some("host.invalid"), 0).is_err_and(|why| why.to_string().starts_with("--host")));
    }
}
