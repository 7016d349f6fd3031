//! A small public key infrastructure that lives as long as the process, or in a folder.

mod authority;
mod desk;
mod draft;
mod fault;
pub mod folder;
mod profile;
mod workshop;

use std::sync::{Arc, OnceLock};
use std::thread;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use crate::{Error, refusing_key};

pub use authority::{Authority, Identity};
pub use desk::{Desk, Issued, Order};
pub use fault::Fault;
pub use profile::{KeyKind, Profile, Purpose};
pub use workshop::{Holder, Workshop};

/// The name that the server's certificates carry, and that clients ask for unless a scenario says otherwise.
pub const SERVER_NAME: &str = "localhost";

/// Every authority, certificate and key that the scenarios need, made once.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pki {
    /// The authority that both sides trust.
    pub root: Authority,
    /// The intermediate that issues all certificates but the stranger's.
    pub issuing: Authority,
    /// A root that nobody trusts.
    pub stranger: Authority,
    /// The server: RSA-2048, chain included, for [`SERVER_NAME`] and both loopback addresses.
    pub server: Identity,
    /// The same server with a P-256 key.
    pub server_ec: Identity,
    /// [`Pki::server`] without its intermediate certificate.
    pub server_without_chain: Identity,
    /// A client with an RSA-2048 key.
    pub client_rsa: Identity,
    /// A client with a P-256 key.
    pub client_ec: Identity,
    /// [`Pki::client_rsa`] with its key on a smart card that cannot sign RSA-PSS; see [`refusing_key`].
    pub client_card: Identity,
    /// A client that the stranger certified.
    pub client_stranger: Identity,
    /// A client whose certificate ran out ten days ago.
    pub client_expired: Identity,
    /// A client whose certificate is for servers only (extendedKeyUsage serverAuth).
    pub client_wrong_purpose: Identity,
    workshop: Arc<OnceLock<Result<Workshop, Error>>>,
}

impl Pki {
    /// Makes everything; two RSA keys take most of the time.
    pub fn generate() -> Result<Self, Error> {
        let (server_key, client_key) = two_rsa_keys()?;
        let root = Authority::root_of("tlsdiag demo", "tlsdiag demo root CA")?;
        let issuing = root.intermediate("tlsdiag demo issuing CA")?;
        let stranger = Authority::root_of("Somebody Else", "Somebody Else CA")?;

        let at_server =
            Profile::new(SERVER_NAME).dns(SERVER_NAME).ip("127.0.0.1").ip("::1").purpose(Purpose::Server);
        let server = issuing.certify(&at_server, server_key)?;
        let at_client = |name| Profile::new(name).purpose(Purpose::Client);
        let client_rsa = issuing.certify(&at_client("alice"), client_key)?;

        Ok(Pki {
            server_ec: issuing.issue(&at_server.clone().key(KeyKind::P256))?,
            server_without_chain: Identity { chain: Vec::new(), ..server.clone() },
            client_ec: issuing.issue(&at_client("bob"))?,
            client_card: Identity { key: refusing_key::without_pss(&client_rsa.key)?, ..client_rsa.clone() },
            client_stranger: stranger.issue(&at_client("mallory"))?,
            client_expired: issuing.issue(&at_client("carol").valid_days(-40, -10))?,
            client_wrong_purpose: issuing.issue(&at_client("dave").purpose(Purpose::Server))?,
            root,
            issuing,
            stranger,
            server,
            client_rsa,
            workshop: Arc::default(),
        })
    }

    /// Certificates with one fault each, made when first asked for.
    pub fn workshop(&self) -> Result<&Workshop, Error> {
        self.workshop.get_or_init(|| Workshop::open(self)).as_ref().map_err(Clone::clone)
    }

    /// What both sides trust.
    pub fn trusted(&self) -> &X509 {
        &self.root.certificate
    }
}

fn two_rsa_keys() -> Result<(PKey<Private>, PKey<Private>), Error> {
    thread::scope(|scope| {
        let other = scope.spawn(|| KeyKind::Rsa(2048).generate());
        let one = KeyKind::Rsa(2048).generate()?;
        let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        Ok((one, other))
    })
}
