//! Handshakes that were begun without a connection, and those that had one.

use std::ffi::CString;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{Ssl, SslContext, SslVersion};
use openssl_sys::SSL;
use tlsdiag_core::{Collector, Handshake, attach, diagnose};

use crate::pipe::{client_ssl, server_ssl};
use crate::pki;

unsafe extern "C" {
    fn BIO_s_connect() -> *const openssl_sys::BIO_METHOD;
    fn BIO_ctrl(bio: *mut openssl_sys::BIO, command: i32, number: i64, place: *mut libc::c_void) -> i64;
}

/// The cause, the side that it is laid to, and the sentence, or what else there is.
fn verdict(of_server: bool, begin: impl FnOnce(*mut SSL)) -> (String, String) {
    let mut context =
        if of_server { pki::server(SslVersion::TLS1_3) } else { pki::client(SslVersion::TLS1_3) };
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut context, Arc::clone(&collector)).unwrap();
    let context: SslContext = context.build();
    let ssl: Ssl = if of_server { server_ssl(&context) } else { client_ssl(&context) };
    begin(ssl.as_ptr());
    // SAFETY: this thread's queue.
    unsafe { openssl_sys::ERR_clear_error() };
    drop(ssl);
    let recordings = collector.take();
    let diagnosis = diagnose(&Handshake::from_recording(&recordings[0]));
    match diagnosis.findings.first() {
        Some(finding) => (format!("{} ({:?})", finding.cause.code(), finding.side), finding.summary.clone()),
        None => ("none".to_owned(), String::new()),
    }
}

fn over(descriptor: RawFd, of_server: bool) -> (String, String) {
    verdict(of_server, |ssl| {
        // SAFETY: a live SSL; what the descriptor is is what is tried.
        unsafe {
            assert_eq!(crate::ffi::SSL_set_fd(ssl, descriptor), 1);
            let returned =
                if of_server { openssl_sys::SSL_accept(ssl) } else { openssl_sys::SSL_connect(ssl) };
            assert!(returned <= 0);
        }
    })
}

/// A port at which nobody listens for as long as this lives: it is bound.
fn deaf_port() -> (OwnedFd, u16) {
    let socket = socket(0);
    let mut address = address(0);
    let mut length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
    // SAFETY: an open socket, and an address of its family with its length.
    unsafe {
        let place = (&raw mut address).cast::<libc::sockaddr>();
        assert_eq!(libc::bind(socket.as_raw_fd(), place, length), 0);
        assert_eq!(libc::getsockname(socket.as_raw_fd(), place, &raw mut length), 0);
    }
    (socket, u16::from_be(address.sin_port))
}

fn address(port: u16) -> libc::sockaddr_in {
    libc::sockaddr_in {
        sin_family: libc::AF_INET as libc::sa_family_t,
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    }
}

fn socket(flags: i32) -> OwnedFd {
    // SAFETY: a new descriptor, which nobody else has.
    unsafe {
        let made = libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC | flags, 0);
        assert!(made >= 0);
        OwnedFd::from_raw_fd(made)
    }
}

/// Begins to connect to a port at which nobody listens, and does not look at what comes of it.
fn refused(flags: i32) -> (OwnedFd, OwnedFd) {
    let (held, port) = deaf_port();
    let socket = socket(flags);
    let address = address(port);
    let length = size_of::<libc::sockaddr_in>() as libc::socklen_t;
    // SAFETY: as in `deaf_port`; one entry to poll.
    unsafe {
        assert_eq!(libc::connect(socket.as_raw_fd(), (&raw const address).cast(), length), -1);
        let mut entry = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLOUT, revents: 0 };
        assert_eq!(libc::poll(&raw mut entry, 1, 20_000), 1);
    }
    (held, socket)
}

const OWN_CLIENT: &str = "transport.not_connected (Client)";

#[test]
fn a_descriptor_without_a_connection_is_this_sides_own() {
    // Above what this process may open.
    for none in [-1, 1 << 28] {
        let (seen, said) = over(none, false);
        assert_eq!(seen, OWN_CLIENT);
        assert!(said.contains("EBADF"), "{said}");
    }
    let (seen, said) = over(socket(0).as_raw_fd(), false);
    assert_eq!(seen, OWN_CLIENT, "{said}");
    assert!(said.contains("never connected"), "{said}");
    let (seen, said) = over(-1, true);
    assert_eq!(seen, "transport.not_connected (Server)", "{said}");
}

#[test]
fn a_connection_that_was_refused_is_told() {
    let (_held, refused_later) = refused(libc::SOCK_NONBLOCK);
    let (seen, said) = over(refused_later.as_raw_fd(), false);
    assert_eq!(seen, "transport.not_connected (Server)", "{said}");
    assert!(said.contains("ECONNREFUSED"), "{said}");
    // Here connect(2) has said so, and nobody listened.
    let (_held, refused_at_once) = refused(0);
    assert_eq!(over(refused_at_once.as_raw_fd(), false).0, OWN_CLIENT);
}

/// OpenSSL makes the connection itself, when the first message is to be sent.
fn by_bio(target: &str) -> (String, String) {
    let target = CString::new(target).unwrap();
    verdict(false, |ssl| {
        const BIO_C_SET_CONNECT: i32 = 100;
        // SAFETY: a live SSL, which takes the BIO over; the name is copied.
        unsafe {
            let bio = openssl_sys::BIO_new(BIO_s_connect());
            assert!(BIO_ctrl(bio, BIO_C_SET_CONNECT, 0, target.as_ptr().cast_mut().cast()) == 1);
            openssl_sys::SSL_set_bio(ssl, bio, bio);
            assert!(openssl_sys::SSL_connect(ssl) <= 0);
        }
    })
}

#[test]
fn what_openssl_could_not_connect_is_told() {
    let (_held, port) = deaf_port();
    let (seen, said) = by_bio(&format!("127.0.0.1:{port}"));
    assert_eq!(seen, "transport.not_connected (Server)", "{said}");
    // A service's name that nobody has asks no name server.
    let (seen, said) = by_bio("127.0.0.1:no-such-service");
    assert_eq!(seen, OWN_CLIENT, "{said}");
    assert!(said.contains("looked up"), "{said}");
}

fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// Resets it: what was not read is lost.
fn reset(socket: TcpStream) {
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    // SAFETY: an open socket, and the option's own type.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_LINGER,
            (&raw const linger).cast(),
            size_of::<libc::linger>() as libc::socklen_t,
        )
    };
    assert_eq!(set, 0);
    drop(socket);
}

#[test]
fn a_connection_that_there_was_is_not_said_to_have_been_none() {
    let (near, far) = connected();
    reset(far);
    assert_eq!(over(near.as_raw_fd(), false).0, "transport.closed_before_hello (Server)");
    // The reset was read before: the error is EPIPE, as of a socket that was never connected.
    let (near, far) = connected();
    reset(far);
    assert!(std::io::Read::read(&mut &near, &mut [0]).is_err());
    assert_eq!(over(near.as_raw_fd(), false).0, "transport.closed_before_hello (Server)");
    let (near, far) = connected();
    far.shutdown(Shutdown::Write).unwrap();
    assert_eq!(over(near.as_raw_fd(), false).0, "transport.closed_before_hello (Server)");
    let (near, _far) = connected();
    near.shutdown(Shutdown::Both).unwrap();
    assert_eq!(over(near.as_raw_fd(), false).0, "transport.own_shutdown (Client)");
}

/// What the library still reads is closed, when the peer has spoken and when it has not.
#[test]
fn a_descriptor_that_is_closed_midway_is_this_sides_own() {
    for spoken in [&b"\x16\x03\x01\x02\x00\x01"[..], b""] {
        let (near, far) = connected();
        let (seen, said) = verdict(true, |ssl| {
            far.set_nonblocking(true).unwrap();
            std::io::Write::write_all(&mut &near, spoken).unwrap();
            // SAFETY: a live SSL, and an open descriptor until it is replaced by one of a number that nothing has.
            unsafe {
                assert_eq!(crate::ffi::SSL_set_fd(ssl, far.as_raw_fd()), 1);
                let mut returned = openssl_sys::SSL_accept(ssl);
                while matches!(far.peek(&mut [0]), Ok(1..)) {
                    returned = openssl_sys::SSL_accept(ssl);
                }
                assert_eq!(openssl_sys::SSL_get_error(ssl, returned), openssl_sys::SSL_ERROR_WANT_READ);
                const BIO_C_SET_FD: i32 = 104;
                let gone: libc::c_int = 1 << 28;
                let bio = openssl_sys::SSL_get_rbio(ssl);
                BIO_ctrl(bio, BIO_C_SET_FD, 0, ptr::from_ref(&gone).cast_mut().cast());
                assert!(openssl_sys::SSL_accept(ssl) <= 0);
            }
        });
        assert_eq!(seen, "transport.own_shutdown (Server)", "{said}");
        assert!(said.contains("closed the connection's descriptor"), "{said}");
    }
}
