//! An application that sets the argument of its message callback alone (`SSL_set_msg_callback_arg(3)`): OpenSSL gives it to the callback
//! that is there, which is ours. It is not followed, and the recording is the same.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::Arc;

use foreign_types::ForeignTypeRef;
use openssl::ssl::{Ssl, SslContext, SslRef};
use openssl_sys::SSL;
use tlsdiag_core::source::openssl::{Interposer, Symbols, ctrl};
use tlsdiag_core::{Collector, attach};

use crate::alone::alone;
use crate::brief::words;
use crate::fast_paths::{HANDSHAKES, Making, first_words, interpose};
use crate::ffi;
use crate::pipe::{client_ssl, server_ssl, shake};

/// No memory lies there.
const ARGUMENT: usize = 0x51;

fn set_argument(ssl: &SslRef) {
    let argument = ptr::without_provenance_mut(ARGUMENT);
    // SAFETY: a live SSL; the argument is only handed on.
    assert_eq!(unsafe { openssl_sys::SSL_ctrl(ssl.as_ptr(), ctrl::SET_MSG_CALLBACK_ARG, 0, argument) }, 1);
}

/// What both ends tell of a handshake before which something is done with each of them.
fn recorded(make: Making, prepare: impl Fn(&Ssl, &SslContext)) -> Vec<String> {
    let (mut client, mut server) = make();
    let collector = Arc::new(Collector::new());
    let _attachments = [
        attach(&mut client, Arc::clone(&collector)).unwrap(),
        attach(&mut server, Arc::clone(&collector)).unwrap(),
    ];
    let (client, server) = (client.build(), server.build());
    // The second one of a context may be deferred.
    for _ in 0..2 {
        let (near, far) = (client_ssl(&client), server_ssl(&server));
        prepare(&near, &client);
        prepare(&far, &server);
        drop(first_words(shake(near, far)));
    }
    let mut all: Vec<_> = collector.take().iter().map(|recording| words(recording).join(" ")).collect();
    all.sort();
    assert_eq!(all.len(), 4);
    all
}

#[test]
fn an_argument_set_alone_changes_no_recording() {
    for (name, make) in HANDSHAKES {
        let untouched = recorded(make, |_, _| ());
        assert_eq!(recorded(make, |ssl, _| set_argument(ssl)), untouched, "{name}");
        let interposed = recorded(make, |ssl, context| assert!(interpose(ssl, context)));
        assert_eq!(interposed, untouched, "{name}");
        // Past the interposer, as a library does that calls itself.
        let argued = recorded(make, |ssl, context| {
            assert!(interpose(ssl, context));
            set_argument(ssl);
        });
        assert_eq!(argued, untouched, "{name}");
    }
}

thread_local!(static ARGUMENTS: RefCell<BTreeSet<usize>> = const { RefCell::new(BTreeSet::new()) });

extern "C" fn message(
    _write: c_int,
    _version: c_int,
    _content_type: c_int,
    _bytes: *const c_void,
    _len: usize,
    _ssl: *mut SSL,
    argument: *mut c_void,
) {
    ARGUMENTS.with_borrow_mut(|arguments| arguments.insert(argument as usize));
}

/// Alone, since no recording is deferred any more in a process that has a message callback of its own.
#[test]
fn an_interposed_argument_goes_to_the_applications_callback() {
    if !alone() {
        return;
    }
    for (name, make) in HANDSHAKES {
        let untouched = recorded(make, |ssl, context| assert!(interpose(ssl, context)));
        let argued = recorded(make, |ssl, context| {
            assert!(interpose(ssl, context));
            let (interposer, ssl) = (Interposer::new(Symbols::linked().unwrap()), ssl.as_ptr().cast());
            let callback: ffi::Message = message;
            // SAFETY: a live SSL of this thread, and a message callback that follows no argument.
            unsafe {
                assert!(interposer.set_message(ssl, callback as *const c_void));
                assert!(interposer.set_message_arg(ssl, ptr::without_provenance_mut(ARGUMENT)));
            }
        });
        assert_eq!(argued, untouched, "{name}");
        let arguments = ARGUMENTS.take();
        assert_eq!(arguments, BTreeSet::from([ARGUMENT]), "{name}");
    }
}
