//! An application that holds its server's certificate against a name itself: after the handshake, as nginx does as a proxy, or in its
//! verify callback, as stunnel does.
//!
//! The call names a certificate and no connection, and any thread may make it at any time. So it only leaves a note with its thread, by
//! which nothing is followed: the connection whose certificate it was finds the note with its own next callback on that thread.

use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;

use super::super::sys::functions::SSL;
use super::super::sys::library::Symbols;

/// No name is longer (RFC 1035, section 2.3.4).
const LONGEST: usize = 255;

/// The connection of this thread whose peer's certificate was seen last, and what the application has found of it. Addresses, to be
/// compared.
struct Last {
    ssl: *const SSL,
    certificate: *const c_void,
    /// A name was found that the certificate does not have.
    refused: bool,
    /// Whether the name fits, until the connection has taken that.
    found: Option<bool>,
    name: [u8; LONGEST],
    length: usize,
}

thread_local! {
    static LAST: RefCell<Last> = const {
        RefCell::new(Last {
            ssl: ptr::null(),
            certificate: ptr::null(),
            refused: false,
            found: None,
            name: [0; LONGEST],
            length: 0,
        })
    };
}

/// Does something with what this thread has; nothing where the thread ends, or is in the midst of it.
fn with_last<T>(work: impl FnOnce(&mut Last) -> T) -> Option<T> {
    LAST.try_with(|last| last.try_borrow_mut().ok().map(|mut last| work(&mut last))).ok().flatten()
}

/// From now on this thread may hold this certificate, the peer's of this connection, against names.
pub(crate) fn expect(ssl: *const SSL, certificate: *const c_void) {
    with_last(|last| {
        if last.ssl != ssl || last.certificate != certificate {
            (last.ssl, last.certificate, last.refused, last.found) = (ssl, certificate, false, None);
        }
    });
}

/// As [`expect`], of a client whose handshake is done.
///
/// # Safety
/// `ssl` is alive and this thread's.
pub(crate) unsafe fn expect_of(symbols: &Symbols, ssl: *mut SSL) {
    let Some(get) = symbols.f.SSL_get1_peer_certificate else { return };
    // SAFETY: as promised; the certificate comes with a reference that is ours to release, and its connection has one of its own.
    let certificate = unsafe {
        let certificate = get(ssl);
        if !certificate.is_null() {
            (symbols.f.X509_free)(certificate);
        }
        certificate
    };
    expect(ssl, certificate.cast_const().cast());
}

/// A handshake begins: what this thread has of this address is another connection's.
pub(crate) fn forget(ssl: *const SSL) {
    with_last(|last| {
        if last.ssl == ssl {
            (last.ssl, last.certificate, last.found) = (ptr::null(), ptr::null(), None);
        }
    });
}

/// The application has held this certificate against this name. That a name fits is worth telling only where one before did not.
pub(crate) fn checked(certificate: *const c_void, name: &str, matches: bool) {
    with_last(|last| {
        let is_meant = !certificate.is_null() && last.certificate == certificate && name.len() <= LONGEST;
        if !is_meant || (matches && !last.refused) {
            return;
        }
        last.refused |= !matches;
        last.found = Some(matches);
        last.length = name.len();
        last.name[..name.len()].copy_from_slice(name.as_bytes());
    });
}

/// Whether the connection of `ssl` has something to [take](take).
pub(crate) fn is_pending(ssl: *const SSL) -> bool {
    with_last(|last| last.ssl == ssl && last.found.is_some()).unwrap_or(false)
}

/// What the application has found of the connection of `ssl`: the name, and whether it fits.
pub(crate) fn take(ssl: *const SSL) -> Option<(String, bool)> {
    with_last(|last| {
        let matches = if last.ssl == ssl { last.found.take() } else { None }?;
        let name = last.name.get(..last.length)?;
        Some((String::from_utf8_lossy(name).into_owned(), matches))
    })
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_taken_once_by_the_connection_whose_certificate_it_was() {
        let address = ptr::without_provenance::<SSL>;
        let certificate = ptr::without_provenance::<c_void>;
        checked(certificate(1), "nobody.example", false);
        expect(address(16), certificate(1));
        assert_eq!(take(address(16)), None, "it was before");
        checked(certificate(2), "another.example", false);
        checked(certificate(1), "fits.example", true);
        checked(ptr::null(), "none.example", false);
        assert!(!is_pending(address(16)));
        checked(certificate(1), "a.example", false);
        assert!(is_pending(address(16)) && !is_pending(address(32)));
        assert_eq!(take(address(32)), None);
        assert_eq!(take(address(16)), Some(("a.example".to_owned(), false)));
        assert_eq!(take(address(16)), None);
        checked(certificate(1), "b.example", true);
        assert_eq!(take(address(16)), Some(("b.example".to_owned(), true)), "one before did not fit");
        checked(certificate(1), &"a".repeat(LONGEST + 1), false);
        assert_eq!(take(address(16)), None);
    }

    #[test]
    fn a_connection_at_the_same_address_has_nothing_of_the_one_before() {
        let (ssl, certificate) = (ptr::without_provenance(48), ptr::without_provenance(3));
        expect(ssl, certificate);
        checked(certificate, "a.example", false);
        forget(ssl);
        assert_eq!(take(ssl), None);
        checked(certificate, "a.example", false);
        assert_eq!(take(ssl), None);
    }
}
