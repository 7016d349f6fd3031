//! Certificates, keys and lists in a folder, under the names that our advice gives them: what it says can be typed as it stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use openssl::dh::Dh;
use openssl::pkcs12::Pkcs12;
use openssl::stack::Stack;
use tempfile::TempDir;
use tlsdiag_lab::pki::{Holder, Identity, Pki};

/// Of every PKCS #12 file here.
pub(crate) const PASSWORD: &str = "password";

pub(crate) struct Place {
    folder: TempDir,
    pub(crate) pki: Pki,
    /// Once the program for Java is compiled.
    pub(crate) compiled: Once,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Place {
            folder: tempfile::tempdir().expect("a folder"),
            pki: Pki::generate().expect("a PKI"),
            compiled: Once::new(),
        };
        place.certificates();
        place
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.file(name);
        fs::write(&path, content).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    fn certificates(&self) {
        let pki = &self.pki;
        let workshop = pki.workshop().expect("a workshop");
        let of = |holder, name| workshop.identity(holder, name).expect(name);
        for (name, identity) in [
            ("fullchain", &pki.server),
            ("ec", &pki.server_ec),
            ("lone", &pki.server_without_chain),
            ("server-expired", of(Holder::Server, "expired")),
            ("server-other-name", of(Holder::Server, "other-name")),
            ("server-self-signed", of(Holder::Server, "self-signed")),
            ("client", &pki.client_rsa),
            ("client-stranger", &pki.client_stranger),
            ("client-expired", &pki.client_expired),
            ("client-wrong-purpose", &pki.client_wrong_purpose),
            ("client-lone", &Identity { chain: Vec::new(), ..pki.client_rsa.clone() }),
        ] {
            self.identity(name, identity);
        }
        let pem = |certificate: &openssl::x509::X509| certificate.to_pem().expect("PEM");
        self.write("ca.pem", pem(&pki.root.certificate));
        self.write("client-ca.pem", pem(&pki.root.certificate));
        self.write("other-ca.pem", pem(&pki.stranger.certificate));
        self.write("intermediate.pem", pem(&pki.issuing.certificate));
        self.write("server.pem", pem(&pki.server.certificate));
        let copy = |from: &str, to: &str| {
            fs::copy(self.file(from), self.file(to)).expect("copied");
        };
        let groups = [("dh1024.pem", Dh::get_1024_160()), ("dh2048.pem", Dh::get_2048_256())];
        for (name, group) in groups {
            self.write(name, group.and_then(|group| group.params_to_pem()).expect("a group"));
        }
        // Apache takes DH parameters from the certificate's file.
        let small = ["fullchain.pem", "dh1024.pem"].map(|name| fs::read(self.file(name)).expect("PEM"));
        self.write("small-dh.pem", small.concat());
        copy("fullchain.key", "small-dh.key");
        copy("fullchain.key", "server.key");
        copy("fullchain.pem", "rsa.pem");
        copy("fullchain.key", "rsa.key");
        copy("client.pem", "client-chain.pem");
        let whole = [fs::read(self.file("client.pem")), fs::read(self.file("client.key"))]
            .map(|read| read.expect("PEM"));
        self.write("client-and-key.pem", whole.concat());
    }

    fn identity(&self, name: &str, identity: &Identity) {
        let mut pem = identity.certificate.to_pem().expect("PEM");
        let mut chain = Stack::new().expect("memory");
        for issuer in &identity.chain {
            pem.extend(issuer.to_pem().expect("PEM"));
            chain.push(issuer.clone()).expect("memory");
        }
        self.write(&format!("{name}.pem"), pem);
        self.write(&format!("{name}.key"), identity.key.private_key_to_pem_pkcs8().expect("PEM"));
        let mut bundle = Pkcs12::builder();
        bundle.name(name).pkey(&identity.key).cert(&identity.certificate).ca(chain);
        let bundle = bundle.build2(PASSWORD).and_then(|bundle| bundle.to_der()).expect("PKCS #12");
        self.write(&format!("{name}.p12"), bundle);
    }
}
