//! One OpenSSL that is loaded beside others, with the few functions that a handshake in memory takes.

mod log_taker;

use std::cell::Cell;
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_uchar, c_ulong, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use std::{env, ptr};

use tlsdiag_core::event::Recording;
use tlsdiag_core::source::openssl::{AttachOptions, Interposer, Symbols, attach_ctx_raw, ctrl};
use tlsdiag_core::{Collector, on_end};
use tlsdiag_lab::pki::{Identity, Pki};

use log_taker::LogTaker;

/// An OpenSSL that `build_openssl.rs` makes a shared object of.
pub struct Build {
    /// The object's name.
    pub object: &'static str,
    /// The words that its version string begins with.
    pub words: &'static str,
    /// Whether it compresses certificates (RFC 8879), which came with OpenSSL 3.2.
    pub compresses: bool,
}

/// All of them.
pub const BUILDS: [Build; 5] = [
    Build { object: "openssl-1-1-1.so", words: "OpenSSL 1.1.1w", compresses: false },
    Build { object: "openssl-3-0.so", words: "OpenSSL 3.0.", compresses: false },
    Build { object: "openssl-3-5.so", words: "OpenSSL 3.5.", compresses: true },
    Build { object: "openssl-3-6.so", words: "OpenSSL 3.6.", compresses: true },
    Build { object: "openssl-4-0.so", words: "OpenSSL 4.0.", compresses: true },
];

impl Build {
    fn path(&self) -> PathBuf {
        let folder = env::var_os("OPENSSL_OBJECTS").map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/openssl")),
            PathBuf::from,
        );
        let path = folder.join(self.object);
        assert!(path.exists(), "{} is missing: run `make versions`, which builds it", path.display());
        path
    }
}

/// What both ends of a handshake are set to.
#[derive(Clone, Copy)]
pub struct Protocol {
    /// The one version of TLS, as on the wire.
    pub version: c_long,
    /// The one algorithm that both compress certificates with (RFC 8879, section 7.3); `None`: they send them as they are.
    pub compression: Option<c_int>,
}

macro_rules! api {
    ($api:ident $( fn $name:ident($($arg:ty),*) $(-> $ret:ty)?; )*) => {
        #[allow(non_snake_case)]
        struct $api { $( $name: unsafe extern "C" fn($($arg),*) $(-> $ret)?, )* }

        impl $api {
            /// # Safety
            /// `handle` is an open handle to an OpenSSL.
            unsafe fn find(handle: *mut c_void) -> $api {
                $api { $( $name: {
                    let name = CString::new(stringify!($name)).expect("a name has no NUL");
                    // SAFETY: an open handle and a C string; the prototypes are OpenSSL's, the same in all versions that have them.
                    unsafe {
                        let found = libc::dlsym(handle, name.as_ptr());
                        assert!(!found.is_null(), "{name:?}");
                        std::mem::transmute::<*mut c_void, unsafe extern "C" fn($($arg),*) $(-> $ret)?>(found)
                    }
                }, )* }
            }
        }
    };
}

type Object = *mut c_void;
type Verify = unsafe extern "C" fn(c_int, Object) -> c_int;
type Decode = unsafe extern "C" fn(Object, *mut *const c_uchar, c_long) -> Object;

thread_local! {
    /// The `d2i_X509` of the library at work.
    static DECODE: Cell<Option<Decode>> = const { Cell::new(None) };
}

/// An application's callback that leaves errors of its own in the queue.
unsafe extern "C" fn careless(ok: c_int, _store: Object) -> c_int {
    let garbage = b"no certificate";
    let mut place = garbage.as_ptr();
    if let Some(decode) = DECODE.get() {
        // SAFETY: reads the garbage within its bounds and makes nothing of it.
        unsafe { decode(ptr::null_mut(), &mut place, garbage.len() as c_long) };
    }
    ok
}

api! { Api
    fn TLS_method() -> Object;
    fn SSL_CTX_new(Object) -> Object;
    fn SSL_CTX_free(Object);
    fn SSL_CTX_ctrl(Object, c_int, c_long, Object) -> c_long;
    fn SSL_CTX_use_certificate_ASN1(Object, c_int, *const c_uchar) -> c_int;
    fn SSL_CTX_use_PrivateKey_ASN1(c_int, Object, *const c_uchar, c_long) -> c_int;
    fn SSL_CTX_get_cert_store(Object) -> Object;
    fn SSL_CTX_set_verify(Object, c_int, Option<Verify>);
    fn X509_STORE_add_cert(Object, Object) -> c_int;
    fn d2i_X509(Object, *mut *const c_uchar, c_long) -> Object;
    fn X509_free(Object);
    fn SSL_new(Object) -> Object;
    fn SSL_free(Object);
    fn SSL_set_accept_state(Object);
    fn SSL_set_connect_state(Object);
    fn SSL_set_bio(Object, Object, Object);
    fn BIO_new_bio_pair(*mut Object, usize, *mut Object, usize) -> c_int;
    fn SSL_do_handshake(Object) -> c_int;
    fn SSL_read_early_data(Object, *mut c_void, usize, *mut usize) -> c_int;
    fn SSL_get_error(Object, c_int) -> c_int;
    fn SSL_write(Object, *const c_void, c_int) -> c_int;
    fn SSL_read(Object, *mut c_void, c_int) -> c_int;
    fn ERR_clear_error();
    fn ERR_get_error() -> c_ulong;
    fn ERR_reason_error_string(c_ulong) -> *const c_char;
    fn X509_verify_cert_error_string(c_long) -> *const c_char;
}

api! { CompressionApi
    fn SSL_CTX_set1_cert_comp_preference(Object, *const c_int, usize) -> c_int;
    fn SSL_CTX_compress_certs(Object, c_int) -> c_int;
}

const VERIFY_PEER: c_int = 1;
const FAIL_IF_NO_PEER_CERT: c_int = 2;

/// A loaded OpenSSL.
pub struct Library {
    api: Api,
    compression: Option<CompressionApi>,
    /// For the hooks.
    pub symbols: &'static Symbols,
}

/// What one handshake came to: what each side recorded, and what the application saw.
pub struct Outcome {
    /// The client's recording; empty without a recorder.
    pub client: Vec<Recording>,
    /// The server's.
    pub server: Vec<Recording>,
    /// The client's last result, as `SSL_get_error` gives it, with the error queue that it left, then the server's.
    pub seen: [(c_int, Vec<String>); 2],
}

impl Library {
    /// Loads it, with its names kept to itself.
    pub fn load(build: &Build) -> Library {
        let path = build.path();
        let name = CString::new(path.as_os_str().as_bytes()).expect("a path has no NUL");
        // SAFETY: loads an OpenSSL, which is never unloaded.
        unsafe {
            let handle = libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
            assert!(!handle.is_null(), "{:?}", CStr::from_ptr(libc::dlerror()));
            let symbols = Symbols::from_handle(handle).expect(build.object);
            let compression = build.compresses.then(|| CompressionApi::find(handle));
            Library { api: Api::find(handle), compression, symbols }
        }
    }

    /// What it says of a result of verification.
    pub fn verify_sentence(&self, result: i32) -> String {
        // SAFETY: any number may be asked for; the words are the library's own, and stay.
        let words = unsafe { CStr::from_ptr((self.api.X509_verify_cert_error_string)(c_long::from(result))) };
        words.to_string_lossy().into_owned()
    }

    /// A mutual handshake in memory, a byte each way, and the end; `client` is the certificate that the client has, if any.
    pub fn handshake(
        &self,
        pki: &Pki,
        protocol: Protocol,
        client: Option<&Identity>,
        record: bool,
    ) -> Outcome {
        let api = &self.api;
        let collectors = [Arc::new(Collector::new()), Arc::new(Collector::new())];
        // SAFETY: OpenSSL's objects, each alive until it is freed below, used by this thread alone.
        unsafe {
            (api.ERR_clear_error)();
            let contexts =
                [self.context(pki, protocol, client), self.context(pki, protocol, Some(&pki.server))];
            self.precompress(contexts[1], protocol);
            DECODE.set(Some(api.d2i_X509));
            (api.SSL_CTX_set_verify)(contexts[0], VERIFY_PEER, None);
            (api.SSL_CTX_set_verify)(contexts[1], VERIFY_PEER | FAIL_IF_NO_PEER_CERT, Some(careless));
            if record {
                for (context, collector) in contexts.iter().zip(&collectors) {
                    // One that takes all errors for its own, and one that keeps the recording.
                    let take_error = api.ERR_get_error;
                    let greedy = on_end(move |_| while take_error() != 0 {});
                    let recorder = Arc::new((greedy, Arc::clone(collector)));
                    attach_ctx_raw(self.symbols, *context, recorder, AttachOptions::new())
                        .expect("attaching")
                        .keep();
                }
            }
            let seen = self.shake(contexts.map(|context| (api.SSL_new)(context)), false);
            contexts.iter().for_each(|context| (api.SSL_CTX_free)(*context));
            let [client, server] = collectors.map(|collector| collector.take());
            Outcome { client, server, seen }
        }
    }

    /// Handshakes one after the other with one server that wants certificates or does not, with a client of each of these, under an
    /// interposer ([`Interposer`]): all but the first take the fast paths, and what goes well is taken as a
    /// log where nothing was verified. Where the server is ready for early data, none comes. The server's recordings, and how many of them
    /// were logs.
    pub fn fast_paths(
        &self,
        pki: &Pki,
        protocol: Protocol,
        wants_certificates: bool,
        reads_early_data: bool,
        clients: &[Option<&Identity>],
    ) -> (Vec<Recording>, usize) {
        let (api, taker) = (&self.api, Arc::new(LogTaker::default()));
        // SAFETY: as for `handshake`.
        unsafe {
            (api.ERR_clear_error)();
            let server = self.context(pki, protocol, Some(&pki.server));
            self.precompress(server, protocol);
            if wants_certificates {
                (api.SSL_CTX_set_verify)(server, VERIFY_PEER | FAIL_IF_NO_PEER_CERT, None);
            }
            let recorder = Arc::clone(&taker) as _;
            attach_ctx_raw(self.symbols, server, recorder, AttachOptions::new()).expect("attaching").keep();
            // The hooks know the processor's clock some time after the first attachment.
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(60) {
                std::thread::yield_now();
            }
            for client in clients {
                let client = self.context(pki, protocol, *client);
                (api.SSL_CTX_set_verify)(client, VERIFY_PEER, None);
                let sides = [client, server].map(|context| (api.SSL_new)(context));
                assert!(Interposer::new(self.symbols).made(sides[1], server));
                self.shake(sides, reads_early_data);
                (api.SSL_CTX_free)(client);
            }
            (api.SSL_CTX_free)(server);
        }
        let recordings = std::mem::take(&mut *taker.recordings.lock().expect("no panic"));
        (recordings, taker.logs.load(Ordering::Relaxed))
    }

    /// A handshake in memory, a byte each way, and the end of both: what each side saw last. The server may ask for early data first.
    ///
    /// # Safety
    /// Two connections, a client's and a server's, that only this thread knows.
    unsafe fn shake(&self, sides: [Object; 2], mut reads_early_data: bool) -> [(c_int, Vec<String>); 2] {
        /// `SSL_READ_EARLY_DATA_FINISH`.
        const FINISH: c_int = 2;
        let api = &self.api;
        // SAFETY: as promised; the BIOs are given away.
        unsafe {
            let mut bios = [ptr::null_mut(); 2];
            let [near, far] = &mut bios;
            assert_eq!((api.BIO_new_bio_pair)(near, 0, far, 0), 1);
            for (side, bio) in sides.iter().zip(bios) {
                (api.SSL_set_bio)(*side, bio, bio);
            }
            (api.SSL_set_connect_state)(sides[0]);
            (api.SSL_set_accept_state)(sides[1]);
            let mut seen = [(2, Vec::new()), (2, Vec::new())];
            let mut byte = [0_u8];
            let place = byte.as_mut_ptr().cast::<c_void>();
            for turn in 0..20 {
                for (side, seen) in sides.iter().zip(&mut seen) {
                    // A failed side says no more; one that is done says a byte and hears one.
                    if !matches!(seen.0, 0 | 2) {
                        continue;
                    }
                    (api.ERR_clear_error)();
                    if reads_early_data && *side == sides[1] {
                        let result = (api.SSL_read_early_data)(*side, place, 1, &mut 0);
                        reads_early_data = result != FINISH;
                        *seen = ((api.SSL_get_error)(*side, result), self.errors());
                        continue;
                    }
                    let mut result = (api.SSL_do_handshake)(*side);
                    if result == 1 && turn == 10 {
                        result = (api.SSL_write)(*side, b"x".as_ptr().cast(), 1);
                    } else if result == 1 && turn > 10 {
                        result = (api.SSL_read)(*side, place, 1);
                    }
                    *seen = ((api.SSL_get_error)(*side, result), self.errors());
                }
            }
            sides.iter().for_each(|side| (api.SSL_free)(*side));
            seen
        }
    }

    /// # Safety
    /// As the functions of OpenSSL that it calls.
    unsafe fn context(&self, pki: &Pki, protocol: Protocol, identity: Option<&Identity>) -> Object {
        let api = &self.api;
        // SAFETY: as promised; DER is read within its bounds, and the context takes what it needs of it.
        unsafe {
            let context = (api.SSL_CTX_new)((api.TLS_method)());
            for bound in [ctrl::SET_MIN_PROTO_VERSION, ctrl::SET_MAX_PROTO_VERSION] {
                assert_eq!((api.SSL_CTX_ctrl)(context, bound, protocol.version, ptr::null_mut()), 1);
            }
            self.prefer(context, protocol);
            let root = self.certificate(&pki.trusted().to_der().expect("DER"));
            assert_eq!((api.X509_STORE_add_cert)((api.SSL_CTX_get_cert_store)(context), root), 1);
            (api.X509_free)(root);
            if let Some(identity) = identity {
                let der = identity.certificate.to_der().expect("DER");
                let kind = identity.key.id().as_raw();
                let key = identity.key.private_key_to_der().expect("DER");
                let length = der.len() as c_int;
                assert_eq!((api.SSL_CTX_use_certificate_ASN1)(context, length, der.as_ptr()), 1);
                assert_eq!(
                    (api.SSL_CTX_use_PrivateKey_ASN1)(kind, context, key.as_ptr(), key.len() as c_long),
                    1
                );
                for issuer in &identity.chain {
                    let issuer = self.certificate(&issuer.to_der().expect("DER"));
                    assert_eq!((api.SSL_CTX_ctrl)(context, ctrl::EXTRA_CHAIN_CERT, 0, issuer), 1);
                }
            }
            context
        }
    }

    /// Sets which algorithm is offered and accepted: OpenSSL's default is all that it was built with.
    ///
    /// # Safety
    /// A context that only this thread knows.
    unsafe fn prefer(&self, context: Object, protocol: Protocol) {
        let Some(api) = &self.compression else {
            assert_eq!(protocol.compression, None, "this OpenSSL does not compress certificates");
            return;
        };
        let algorithms: Vec<c_int> = protocol.compression.into_iter().collect();
        let set = api.SSL_CTX_set1_cert_comp_preference;
        // SAFETY: as promised; the array is read within its bounds.
        assert_eq!(unsafe { set(context, algorithms.as_ptr(), algorithms.len()) }, 1, "{algorithms:?}");
    }

    /// Compresses the server's chain: unlike a client, a server sends only what was compressed beforehand.
    ///
    /// # Safety
    /// A context that only this thread knows.
    unsafe fn precompress(&self, server: Object, protocol: Protocol) {
        if let (Some(api), Some(algorithm)) = (&self.compression, protocol.compression) {
            // SAFETY: as promised.
            assert!(unsafe { (api.SSL_CTX_compress_certs)(server, algorithm) } > 0, "{algorithm}");
        }
    }

    /// # Safety
    /// As `d2i_X509`.
    unsafe fn certificate(&self, der: &[u8]) -> Object {
        let mut place = der.as_ptr();
        // SAFETY: reads `der` within its bounds.
        unsafe { (self.api.d2i_X509)(ptr::null_mut(), &mut place, der.len() as c_long) }
    }

    /// Takes the error queue, oldest first, in OpenSSL's words.
    fn errors(&self) -> Vec<String> {
        let mut errors = Vec::new();
        // SAFETY: works on this thread's queue; the texts are static.
        unsafe {
            loop {
                let code = (self.api.ERR_get_error)();
                if code == 0 {
                    return errors;
                }
                let text = (self.api.ERR_reason_error_string)(code);
                errors.push(if text.is_null() {
                    code.to_string()
                } else {
                    CStr::from_ptr(text).to_string_lossy().into_owned()
                });
            }
        }
    }
}
