//! A small PKI, minted once: one CA, a server, a client; and contexts that use it.

use std::sync::OnceLock;

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslContext, SslContextBuilder, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509NameBuilder};

pub(crate) struct Identity {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

pub(crate) struct Pki {
    pub(crate) ca: Identity,
    pub(crate) server: Identity,
    pub(crate) client: Identity,
    pub(crate) stranger: Identity,
}

pub(crate) fn pki() -> &'static Pki {
    static PKI: OnceLock<Pki> = OnceLock::new();
    PKI.get_or_init(|| {
        let ca = mint("Test CA", None);
        Pki {
            server: mint("localhost", Some(&ca)),
            client: mint("client", Some(&ca)),
            stranger: mint("stranger", None),
            ca,
        }
    })
}

pub(crate) fn mint(name: &str, issuer: Option<&Identity>) -> Identity {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    let subject = subject.build();
    let mut x509 = X509Builder::new().unwrap();
    x509.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, MsbOption::ONE, false).unwrap();
    x509.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    x509.set_subject_name(&subject).unwrap();
    x509.set_issuer_name(issuer.map_or(&subject, |issuer| issuer.certificate.subject_name())).unwrap();
    x509.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    x509.set_not_after(&Asn1Time::days_from_now(30).unwrap()).unwrap();
    x509.set_pubkey(&key).unwrap();
    let mut constraints = BasicConstraints::new();
    if issuer.is_none() {
        constraints.ca();
    }
    x509.append_extension(constraints.critical().build().unwrap()).unwrap();
    if issuer.is_some() {
        let san = SubjectAlternativeName::new().dns(name).build(&x509.x509v3_context(None, None)).unwrap();
        x509.append_extension(san).unwrap();
    }
    x509.sign(issuer.map_or(&key, |issuer| &issuer.key), MessageDigest::sha256()).unwrap();
    Identity { certificate: x509.build(), key }
}

/// A client that trusts the CA.
pub(crate) fn client(version: SslVersion) -> SslContextBuilder {
    let mut builder = context(version);
    builder.set_verify(SslVerifyMode::PEER);
    builder
}

/// A server with its certificate.
pub(crate) fn server(version: SslVersion) -> SslContextBuilder {
    let mut builder = context(version);
    identify(&mut builder, &pki().server);
    builder
}

/// A server that insists on a client's certificate.
pub(crate) fn mutual_server(version: SslVersion) -> SslContextBuilder {
    let mut builder = server(version);
    builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    let mut names = openssl::stack::Stack::new().unwrap();
    names.push(pki().ca.certificate.subject_name().to_owned().unwrap()).unwrap();
    builder.set_client_ca_list(names);
    builder.set_session_id_context(b"test").unwrap();
    builder
}

pub(crate) fn identify(builder: &mut SslContextBuilder, identity: &Identity) {
    builder.set_certificate(&identity.certificate).unwrap();
    builder.set_private_key(&identity.key).unwrap();
}

fn context(version: SslVersion) -> SslContextBuilder {
    let mut builder = SslContext::builder(SslMethod::tls()).unwrap();
    builder.set_min_proto_version(Some(version)).unwrap();
    builder.set_max_proto_version(Some(version)).unwrap();
    builder.cert_store_mut().add_cert(pki().ca.certificate.clone()).unwrap();
    builder
}
