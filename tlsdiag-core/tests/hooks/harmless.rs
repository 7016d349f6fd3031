//! The same handshakes with and without a recorder: same results, same errors, same `errno`, and the application's own
//! callbacks called with the same arguments in the same order.

use std::cell::RefCell;
use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use foreign_types::ForeignTypeRef;
use openssl::ssl::{AlpnError, NameType, SslContextBuilder, SslVerifyMode, SslVersion};
use openssl_sys::{SSL, SSL_CTX};
use tlsdiag_core::event::{EventBody, EventKind};
use tlsdiag_core::source::openssl::AttachOptions;
use tlsdiag_core::{Collector, HandshakeRecorder, attach, attach_with};

use crate::brief::words;
use crate::ffi;
use crate::pipe::{Pair, client_ssl, pair, server_ssl, shake};
use crate::pki::{self, pki};

thread_local!(static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn log(line: String) {
    LOG.with_borrow_mut(|log| log.push(line));
}

extern "C" fn info(_ssl: *const SSL, place: c_int, value: c_int) {
    log(format!("info {place:#x} {value}"));
}

static SECURITY: OnceLock<ffi::Security> = OnceLock::new();

extern "C" fn security(
    ssl: *const SSL,
    context: *const SSL_CTX,
    operation: c_int,
    bits: c_int,
    nid: c_int,
    other: *mut c_void,
    arg: *mut c_void,
) -> c_int {
    let allowed = SECURITY.get().unwrap()(ssl, context, operation, bits, nid, other, arg);
    if !ssl.is_null() {
        log(format!("security {operation:#x} {bits} {nid} {allowed}"));
    }
    allowed
}

extern "C" fn message(
    write: c_int,
    _version: c_int,
    content_type: c_int,
    _bytes: *const c_void,
    len: usize,
    _ssl: *mut SSL,
    arg: *mut c_void,
) {
    // An ECDSA signature has no fixed length, but a record's header has.
    let len = if content_type == 22 { 0 } else { len };
    log(format!("message {write} {content_type} {len} {:?}", arg as usize));
}

/// Every callback that an application can set on a context.
fn listen(builder: &mut SslContextBuilder, who: &'static str) {
    builder
        .set_keylog_callback(move |_, line| log(format!("{who} keylog {}", line.split(' ').next().unwrap())));
    builder.set_verify_callback(mode_of(builder), move |ok, store| {
        log(format!("{who} verify {ok} {} {:?}", store.error_depth(), store.error()));
        ok
    });
    // SAFETY: a context that is being built, and functions of the right prototypes.
    unsafe {
        let context = builder.as_ptr();
        ffi::SSL_CTX_set_info_callback(context, Some(info));
        SECURITY.get_or_init(|| ffi::SSL_CTX_get_security_callback(context).unwrap());
        ffi::SSL_CTX_set_security_callback(context, Some(security));
        ffi::SSL_CTX_set_msg_callback(context, Some(message));
        ffi::SSL_CTX_ctrl(context, 16, 0, ptr::without_provenance_mut(0x51));
    }
}

fn mode_of(builder: &SslContextBuilder) -> SslVerifyMode {
    // SAFETY: a context that is being built.
    let mode = unsafe { ffi::SSL_CTX_get_verify_mode(builder.as_ptr()) };
    SslVerifyMode::from_bits_retain(mode)
}

struct Scenario {
    name: &'static str,
    version: SslVersion,
    mutual: bool,
    prepare: fn(&mut SslContextBuilder, &mut SslContextBuilder),
}

fn nothing(_: &mut SslContextBuilder, _: &mut SslContextBuilder) {}

fn with_client(client: &mut SslContextBuilder, _: &mut SslContextBuilder) {
    pki::identify(client, &pki().client);
}

fn with_stranger(client: &mut SslContextBuilder, _: &mut SslContextBuilder) {
    pki::identify(client, &pki().stranger);
}

fn untrusted_server(_: &mut SslContextBuilder, server: &mut SslContextBuilder) {
    pki::identify(server, &pki().stranger);
}

fn no_common_cipher(client: &mut SslContextBuilder, server: &mut SslContextBuilder) {
    client.set_cipher_list("ECDHE-ECDSA-AES128-GCM-SHA256").unwrap();
    server.set_cipher_list("ECDHE-ECDSA-AES256-GCM-SHA384").unwrap();
}

fn no_common_version(client: &mut SslContextBuilder, _: &mut SslContextBuilder) {
    client.set_min_proto_version(Some(SslVersion::TLS1_2)).unwrap();
    client.set_max_proto_version(Some(SslVersion::TLS1_2)).unwrap();
}

fn no_common_protocol(client: &mut SslContextBuilder, server: &mut SslContextBuilder) {
    client.set_alpn_protos(b"\x02h2").unwrap();
    server.set_alpn_select_callback(|_, _| {
        log("alpn".to_owned());
        Err(AlpnError::ALERT_FATAL)
    });
}

fn named(client: &mut SslContextBuilder, server: &mut SslContextBuilder) {
    pki::identify(client, &pki().client);
    server.set_servername_callback(|ssl, _| {
        log(format!("servername {:?}", ssl.servername(NameType::HOST_NAME)));
        let mut other = pki::mutual_server(SslVersion::TLS1_3);
        listen(&mut other, "other");
        let other = other.build();
        ssl.set_ssl_context(&other).unwrap();
        // As nginx does.
        ssl.set_verify_callback(SslVerifyMode::PEER, |ok, _| {
            log(format!("switched verify {ok}"));
            ok
        });
        Ok(())
    });
}

const SCENARIOS: &[Scenario] = &[
    Scenario { name: "1.2", version: SslVersion::TLS1_2, mutual: false, prepare: nothing },
    Scenario { name: "1.3", version: SslVersion::TLS1_3, mutual: false, prepare: nothing },
    Scenario { name: "1.2 mutual", version: SslVersion::TLS1_2, mutual: true, prepare: with_client },
    Scenario { name: "1.3 mutual", version: SslVersion::TLS1_3, mutual: true, prepare: with_client },
    Scenario { name: "1.2 missing", version: SslVersion::TLS1_2, mutual: true, prepare: nothing },
    Scenario { name: "1.3 missing", version: SslVersion::TLS1_3, mutual: true, prepare: nothing },
    Scenario { name: "1.2 stranger", version: SslVersion::TLS1_2, mutual: true, prepare: with_stranger },
    Scenario { name: "1.3 stranger", version: SslVersion::TLS1_3, mutual: true, prepare: with_stranger },
    Scenario { name: "1.2 server", version: SslVersion::TLS1_2, mutual: false, prepare: untrusted_server },
    Scenario { name: "1.3 server", version: SslVersion::TLS1_3, mutual: false, prepare: untrusted_server },
    Scenario { name: "cipher", version: SslVersion::TLS1_2, mutual: false, prepare: no_common_cipher },
    Scenario { name: "version", version: SslVersion::TLS1_3, mutual: false, prepare: no_common_version },
    Scenario { name: "alpn", version: SslVersion::TLS1_3, mutual: false, prepare: no_common_protocol },
    Scenario { name: "sni", version: SslVersion::TLS1_3, mutual: false, prepare: named },
];

/// Wants everything and looks at it.
struct Greedy(Collector);

impl HandshakeRecorder for Greedy {
    fn record(&self, event: &tlsdiag_core::event::Event<'_>) {
        // What a careless recorder may do to the thread.
        set_errno(99);
        self.0.record(event);
    }
    fn wants(&self, _kind: EventKind) -> bool {
        true
    }
}

fn set_errno(value: c_int) {
    // SAFETY: this thread's errno.
    unsafe { *libc::__errno_location() = value };
}

fn errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap()
}

/// Everything that an application could notice.
fn run(scenario: &Scenario, recorded: Option<&Arc<Greedy>>) -> Vec<String> {
    LOG.take();
    let mut client = pki::client(scenario.version);
    let mut server = match scenario.mutual {
        true => pki::mutual_server(scenario.version),
        false => pki::server(scenario.version),
    };
    (scenario.prepare)(&mut client, &mut server);
    listen(&mut client, "client");
    listen(&mut server, "server");
    let attachments = recorded.map(|recorder| {
        // SAFETY: the callback that `listen` has set, with its argument.
        let options = || unsafe {
            AttachOptions::new().message_callback(message as *const c_void, ptr::without_provenance_mut(0x51))
        };
        [
            attach_with(&mut client, Arc::clone(recorder), options()).unwrap(),
            attach_with(&mut server, Arc::clone(recorder), options()).unwrap(),
        ]
    });
    let (client, server) = (client.build(), server.build());
    set_errno(77);
    let Pair { mut client, mut server, client_result, server_result } = pair(&client, &server);
    log(format!("errno {}", errno()));
    log(format!("{client_result:?} {server_result:?}"));
    if client_result.0 == 0 && server_result.0 == 0 {
        for _ in 0..3 {
            log(format!("{:?} {:?}", client.ssl_write(b"hello"), server.ssl_read(&mut [0; 9])));
            log(format!("{:?} {:?}", server.ssl_write(b"hello"), client.ssl_read(&mut [0; 9])));
        }
        log(format!("{:?} {:?}", client.shutdown(), server.shutdown()));
    } else {
        log(format!("{:?} errno {}", client.ssl_read(&mut [0; 9]), errno()));
    }
    log(format!("{} {}", client.ssl().verify_result(), server.ssl().verify_result()));
    set_errno(78);
    drop((client, server));
    log(format!("errno {}", errno()));
    drop(attachments);
    LOG.take()
}

#[test]
fn nobody_notices() {
    for scenario in SCENARIOS {
        let bare = run(scenario, None);
        let recorder = Arc::new(Greedy(Collector::new()));
        let seen = run(scenario, Some(&recorder));
        for (i, (a, b)) in bare.iter().zip(&seen).enumerate() {
            assert_eq!(a, b, "{} line {i}\n{bare:#?}\n{seen:#?}", scenario.name);
        }
        assert_eq!(bare.len(), seen.len(), "{}", scenario.name);
        assert!(bare.len() > 30);
        let recordings = recorder.0.take();
        assert_eq!(recordings.len(), 2, "{}: both ends are recorded", scenario.name);
        assert!(recordings.iter().all(|recording| recording.missed() == 0), "{}", scenario.name);
    }
}

/// SNI chooses a context: it takes our verify and security hooks away, and they come back.
#[test]
fn a_context_switch_keeps_the_hooks() {
    let (mut client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
    named(&mut client, &mut server);
    let collector = Arc::new(Collector::new());
    let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
    let mut pair = pair(&client.build(), &server.build());
    assert_eq!((pair.client_result.0, pair.server_result.0), (0, 0));
    pair.talk();
    let recordings = collector.take();
    let words = words(&recordings[0]);
    assert!(words.iter().any(|w| w == "verify0:0"), "{words:?}");
    // SAFETY: a live SSL.
    let hook =
        unsafe { ffi::SSL_get_security_callback(foreign_types::ForeignTypeRef::as_ptr(pair.server.ssl())) };
    assert!(
        hook.is_some_and(|hook| hook as *const () != security as *const ()),
        "ours, not the new context's"
    );
    let after = recordings[0].events().find_map(|e| match e.body {
        EventBody::Reconfigured { local } => Some(Arc::clone(local)),
        _ => None,
    });
    let after = after.expect("the new context is told");
    assert_eq!(after.verify_mode, SslVerifyMode::PEER.bits());
    assert_eq!(after.ca_names.len(), 1);
    LOG.take();
}

/// An application that sets its info callback after us, on the context or on the connection, is called as well.
#[test]
fn callbacks_set_after_ours() {
    for on_ssl in [false, true] {
        LOG.take();
        let (client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
        let collector = Arc::new(Collector::new());
        let _attachment = attach(&mut server, Arc::clone(&collector)).unwrap();
        if !on_ssl {
            // SAFETY: a context that is being built.
            unsafe { ffi::SSL_CTX_set_info_callback(server.as_ptr(), Some(info)) };
        }
        let server = server_ssl(&server.build());
        if on_ssl {
            // SAFETY: a connection that has not begun.
            unsafe {
                ffi::SSL_set_info_callback(foreign_types::ForeignTypeRef::as_ptr(&*server), Some(info))
            };
        }
        drop(shake(client_ssl(&client.build()), server));
        let log = LOG.take();
        assert_eq!(log.iter().filter(|line| **line == "info 0x20 1").count(), 1, "{log:?}");
        let brief = crate::brief::brief(&collector.take());
        assert!(brief.ends_with("done >4 >4"), "{brief}");
    }
}

/// SNI gives the connection a message callback, or takes it off. From OpenSSL 3.2 on a record layer that was made without one tells
/// of no records.
#[test]
fn a_message_callback_that_sni_changes() {
    fn options(callback: Option<ffi::Message>) -> AttachOptions {
        let address = callback.map_or(ptr::null(), |callback| callback as *const c_void);
        // SAFETY: null or the callback that is set, with its argument.
        unsafe { AttachOptions::new().message_callback(address, ptr::without_provenance_mut(0x51)) }
    }
    let run = |version: SslVersion, before: Option<ffi::Message>, recorded: bool| {
        LOG.take();
        let (client, mut server) = (pki::client(version), pki::server(version));
        let after = before.is_none().then_some(message as ffi::Message);
        server.set_servername_callback(move |ssl, _| {
            // SAFETY: a live SSL in its own thread, and a function of the right prototype.
            unsafe {
                ffi::SSL_set_msg_callback(ssl.as_ptr(), after);
                openssl_sys::SSL_ctrl(ssl.as_ptr(), 16, 0, ptr::without_provenance_mut(0x51));
            }
            if recorded {
                attach_with(ssl, (), options(after)).unwrap().keep();
            }
            Ok(())
        });
        // SAFETY: a context that is being built, and a function of the right prototype.
        unsafe {
            ffi::SSL_CTX_set_msg_callback(server.as_ptr(), before);
            ffi::SSL_CTX_ctrl(server.as_ptr(), 16, 0, ptr::without_provenance_mut(0x51));
        }
        let collector = Arc::new(Collector::new());
        let attachment =
            recorded.then(|| attach_with(&mut server, Arc::clone(&collector), options(before)).unwrap());
        let mut pair = pair(&client.build(), &server.build());
        assert_eq!((pair.client_result.0, pair.server_result.0), (0, 0));
        pair.talk();
        if version == SslVersion::TLS1_3 {
            // SAFETY: a live TLS 1.3 connection; 1 asks the peer for an update too.
            assert_eq!(unsafe { ffi::SSL_key_update(pair.client.ssl().as_ptr(), 1) }, 1);
        }
        pair.talk();
        pair.client.shutdown().unwrap();
        pair.server.shutdown().unwrap();
        drop((pair, attachment));
        assert_eq!(collector.take().len(), usize::from(recorded));
        LOG.take()
    };
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        for before in [None, Some(message as ffi::Message)] {
            let (bare, seen) = (run(version, before, false), run(version, before, true));
            assert!(!bare.is_empty());
            assert_eq!(bare, seen, "{version:?} {}", before.is_some());
        }
    }
}

/// A BIO callback of the application's is called as often as without us, and is all that is left in the end.
#[test]
fn a_bio_callback_before_ours() {
    extern "C" fn count(
        _bio: *mut openssl_sys::BIO,
        operation: c_int,
        _bytes: *const c_void,
        len: usize,
        _argi: c_int,
        _argl: c_long,
        ret: c_int,
        _processed: *mut usize,
    ) -> c_long {
        // A write's length varies with the signature in it.
        log(format!("bio {operation:#x} {} {}", len.min(1), ret.min(1)));
        c_long::from(ret)
    }
    let run = |recorded: bool| {
        LOG.take();
        let (client, mut server) = (pki::client(SslVersion::TLS1_3), pki::server(SslVersion::TLS1_3));
        let _attachment = recorded.then(|| attach(&mut server, Collector::new()).unwrap());
        let (near, far) = crate::pipe::pipe();
        let mut client = openssl::ssl::SslStream::new(client_ssl(&client.build()), near).unwrap();
        let mut server = openssl::ssl::SslStream::new(server_ssl(&server.build()), far).unwrap();
        // SAFETY: a live SSL with its BIO.
        let bio = unsafe { openssl_sys::SSL_get_rbio(foreign_types::ForeignTypeRef::as_ptr(server.ssl())) };
        // SAFETY: as above.
        unsafe { ffi::BIO_set_callback_ex(bio, Some(count)) };
        assert!(client.do_handshake().is_err());
        assert!(server.do_handshake().is_err());
        client.do_handshake().unwrap();
        server.do_handshake().unwrap();
        client.ssl_write(b"hello").unwrap();
        server.ssl_read(&mut [0; 9]).unwrap();
        // SAFETY: as above.
        let left = unsafe { ffi::BIO_get_callback_ex(bio) };
        assert!(left.is_some_and(|left| left as *const () == count as *const ()));
        drop((client, server));
        LOG.take()
    };
    let (bare, seen) = (run(false), run(true));
    // 3.2 reads more at a time than those before it.
    assert!(bare.len() > 20, "{}", bare.len());
    assert_eq!(bare, seen);
}
