//! Two ends in one process, one of which verifies the other's certificate; both are recorded.

use std::ffi::c_int;
use std::io::{Read, Write};

use foreign_types::{ForeignType, ForeignTypeRef};
use openssl::asn1::Asn1Object;
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslStream, SslVerifyMode, SslVersion};
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509, X509Crl};
use tlsdiag_core::Handshake;
use tlsdiag_lab::pair::{End, ends};
use tlsdiag_lab::scenario::{Observer, Side};

use crate::both_ends::BothEnds;
use crate::paper::{Made, Paper};
use crate::scene::{Extra, Holder, Scene, Trust};

unsafe extern "C" {
    fn X509_STORE_add_crl(store: *mut openssl_sys::X509_STORE, list: *mut openssl_sys::X509_CRL) -> c_int;
    fn X509_add1_reject_object(
        one: *mut openssl_sys::X509,
        purpose: *const openssl_sys::ASN1_OBJECT,
    ) -> c_int;
}

/// The certificates of a scene: made once, shown in either version.
pub(crate) struct Cast {
    /// From the root down to the leaf.
    pub(crate) chain: Vec<Made>,
    pub(crate) sent: Vec<X509>,
    pub(crate) trusted: Vec<X509>,
    pub(crate) lists: Vec<X509Crl>,
    pub(crate) flags: X509VerifyFlags,
    pub(crate) depth: Option<u32>,
    pub(crate) asked: &'static str,
    pub(crate) email: Option<&'static str>,
    pub(crate) holder: Holder,
}

/// What came of it.
pub(crate) struct Met {
    /// The verifier's handshake, and the owner's.
    pub(crate) verifier: Handshake,
    pub(crate) owner: Handshake,
    /// `SSL_get_verify_result` at the verifier.
    pub(crate) error: i32,
}

impl Cast {
    pub(crate) fn new(scene: &Scene) -> Self {
        let mut chain: Vec<Made> = Vec::new();
        for paper in &scene.papers {
            chain.push(paper.issue(paper.key.generate(), chain.last()));
        }
        let last = chain.len() - 1;
        let mut sent: Vec<X509> = match &scene.sent {
            Some(places) => places.iter().map(|place| chain[*place].certificate.clone()).collect(),
            None => (1..last).rev().map(|place| chain[place].certificate.clone()).collect(),
        };
        let stranger = Paper::authority("CN=Stranger Root,O=Elsewhere");
        let stranger = stranger.issue(stranger.key.generate(), None);
        let extra = scene.extra.iter().map(|extra| match extra {
            Extra::Stranger => stranger.clone(),
            // The root's name and key in a certificate of another root's.
            Extra::CrossSignedRoot => scene.papers[0].issue(chain[0].key.clone(), Some(&stranger)),
            // Another root of the name, which signed itself.
            Extra::OtherRoot => scene.papers[0].issue(scene.papers[0].key.generate(), None),
            Extra::OtherIssuing => scene.papers[1].issue(scene.papers[1].key.generate(), Some(&stranger)),
        });
        let extra: Vec<Made> = extra.collect();
        sent.extend(extra.iter().map(|one| one.certificate.clone()));
        let root = chain[0].certificate.clone();
        let trusted = match scene.trusts {
            Trust::Place(place) => vec![chain[place].certificate.clone()],
            Trust::RootRefused => vec![refused(root, Scene::purpose(scene.holder))],
            Trust::Stranger => vec![stranger.certificate],
            Trust::Both => vec![root, stranger.certificate],
            Trust::Nobody => Vec::new(),
        };
        let all = [&*chain, &*extra].concat();
        Cast {
            lists: scene.lists.iter().map(|list| list.issue(&all)).collect(),
            chain,
            sent,
            trusted,
            flags: scene.flags,
            depth: scene.depth,
            asked: scene.asked,
            email: scene.email,
            holder: scene.holder,
        }
    }

    /// The handshake.
    pub(crate) fn meet(&self, other: &Other, version: SslVersion) -> Met {
        let (mut server, mut client) =
            (context(SslMethod::tls_server(), version), context(SslMethod::tls_client(), version));
        let leaf = self.chain.last().expect("a leaf");
        client.set_verify(SslVerifyMode::PEER);
        match self.holder {
            Holder::Server => {
                present(&mut server, leaf, &self.sent);
                self.verify(&mut client);
            }
            Holder::Client => {
                present(&mut client, leaf, &self.sent);
                present(&mut server, &other.server, &[]);
                trust(
                    &mut client,
                    std::slice::from_ref(&other.root.certificate),
                    &[],
                    X509VerifyFlags::empty(),
                );
                self.verify(&mut server);
                server.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
            }
        }
        let both = BothEnds::default();
        both.context(Side::Server, &mut server);
        both.context(Side::Client, &mut client);
        let error = talk(&both, &server.build(), &client.build(), self.asked, self.holder);
        let read = |collector: &tlsdiag_core::Collector| {
            let recordings = collector.take();
            let recording = recordings.last().expect("a recording");
            Handshake::from_recording(recording).with_signatures_tried(recording)
        };
        let (server, client) = (read(&both.server), read(&both.client));
        match self.holder {
            Holder::Server => Met { verifier: client, owner: server, error },
            Holder::Client => Met { verifier: server, owner: client, error },
        }
    }

    fn verify(&self, context: &mut SslContextBuilder) {
        context.set_security_level(2);
        trust(context, &self.trusted, &self.lists, self.flags);
        if let Some(depth) = self.depth {
            context.set_verify_depth(depth);
        }
        if let Some(email) = self.email {
            context.verify_param_mut().set_email(email).expect("an address");
        }
    }
}

/// The server whose clients' certificates are the matter.
pub(crate) struct Other {
    root: Made,
    server: Made,
}

impl Other {
    pub(crate) fn new() -> Self {
        let root = Paper::authority("CN=Server Root,O=Server");
        let root = root.issue(root.key.generate(), None);
        let leaf = Paper::leaf("serverAuth");
        let server = leaf.issue(leaf.key.generate(), Some(&root));
        Other { root, server }
    }
}

fn context(method: SslMethod, version: SslVersion) -> SslContextBuilder {
    let mut context = SslContext::builder(method).expect("a context");
    context.set_min_proto_version(Some(version)).expect("a version");
    context.set_max_proto_version(Some(version)).expect("a version");
    // An owner may show anything; a verifier has Debian's level.
    context.set_security_level(0);
    context.set_session_id_context(b"limbo").expect("an id");
    context
}

fn present(context: &mut SslContextBuilder, leaf: &Made, sent: &[X509]) {
    context.set_certificate(&leaf.certificate).expect("a certificate");
    context.set_private_key(&leaf.key).expect("a key");
    for one in sent {
        context.add_extra_chain_cert(one.clone()).expect("a certificate");
    }
}

/// With a trust setting as `openssl x509 -addreject` makes it.
fn refused(one: X509, purpose: &str) -> X509 {
    let purpose = Asn1Object::from_str(purpose).expect("a purpose");
    // SAFETY: both are alive; the certificate takes a copy of the purpose.
    assert_eq!(unsafe { X509_add1_reject_object(one.as_ptr(), purpose.as_ptr()) }, 1, "a trust setting");
    one
}

fn trust(context: &mut SslContextBuilder, trusted: &[X509], lists: &[X509Crl], flags: X509VerifyFlags) {
    let mut store = X509StoreBuilder::new().expect("a store");
    for one in trusted {
        store.add_cert(one.clone()).expect("a certificate");
    }
    for list in lists {
        // SAFETY: both are alive; the store takes a reference of its own.
        assert_eq!(unsafe { X509_STORE_add_crl(store.as_ptr(), list.as_ptr()) }, 1, "a list");
    }
    store.set_flags(flags).expect("flags");
    context.set_cert_store(store.build());
}

/// A handshake and a word each; gives the verifier's result.
fn talk(both: &BothEnds, server: &SslContext, client: &SslContext, asked: &str, holder: Holder) -> i32 {
    let (at_server, at_client) = ends();
    let mut ssl = openssl::ssl::Ssl::new(client).expect("a connection");
    match asked.parse() {
        Ok(address) => ssl.param_mut().set_ip(address).expect("an address"),
        Err(_) => {
            ssl.set_hostname(asked).expect("a name");
            ssl.param_mut().set_host(asked).expect("a name");
        }
    }
    let mut client = SslStream::new(ssl, at_client).expect("a stream");
    let ssl = openssl::ssl::Ssl::new(server).expect("a connection");
    let mut server = SslStream::new(ssl, at_server).expect("a stream");
    if handshake(&mut server, &mut client) {
        let mut said = [0; 8];
        let heard =
            client.write(b"hello").and_then(|_| server.read(&mut said)).and_then(|_| server.write(b"hello"));
        // A client of TLS 1.3 hears of the refusal here.
        if heard.is_ok() && client.read(&mut said).is_ok() {
            let _ = client.shutdown();
            let _ = server.shutdown();
        }
    }
    let verifier = if holder == Holder::Server { client.ssl() } else { server.ssl() };
    let error = verifier.verify_result().as_raw();
    // SAFETY: the streams own the connections, and nothing else uses them here.
    unsafe {
        both.leaving(Side::Client, openssl::ssl::SslRef::from_ptr_mut(client.ssl().as_ptr()));
        both.leaving(Side::Server, openssl::ssl::SslRef::from_ptr_mut(server.ssl().as_ptr()));
    }
    error
}

/// Whether both sides are done; ends where one fails.
fn handshake(server: &mut SslStream<End>, client: &mut SslStream<End>) -> bool {
    use openssl::ssl::ErrorCode;
    for _ in 0..16 {
        // In this order, so that each has read what the other said of it last.
        let asked = client.connect();
        // What one side left in the thread's queue is no error of the other's.
        drop(openssl::error::ErrorStack::get());
        let answered = server.accept();
        drop(openssl::error::ErrorStack::get());
        let failed = |result: &Result<(), openssl::ssl::Error>| {
            result.as_ref().is_err_and(|error| error.code() != ErrorCode::WANT_READ)
        };
        match (&asked, &answered) {
            (Ok(()), Ok(())) => return true,
            (_, wrong) if failed(wrong) => {
                // A client of TLS 1.3 is done before it is refused.
                let _ = client.connect().map(|()| client.ssl_read(&mut [0; 8]));
                return false;
            }
            (wrong, _) if failed(wrong) => return false,
            _ => {}
        }
    }
    panic!("each side waits for the other");
}
