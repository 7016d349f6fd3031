//! Makes certificates and revocation lists of any shape, good or bad, in the words of openssl.cnf.
#![allow(
    deprecated,
    reason = "OpenSSL's own syntax for extensions is the one that a reader knows, and all of it is written here"
)]

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::BigNum;
use openssl::conf::{Conf, ConfMethod};
use openssl::ec::{Asn1Flag, EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Private};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Rsa;
use openssl::x509::{
    X509, X509Builder, X509Crl, X509CrlBuilder, X509Extension, X509Name, X509NameBuilder, X509RevokedBuilder,
};

use crate::signed_again::{Edit, signed_again};

/// What one certificate shall say.
#[derive(Clone)]
pub(crate) struct Paper {
    /// As `CN=name,O=organisation`; nothing for a nameless one.
    pub(crate) subject: &'static str,
    pub(crate) key: Key,
    /// Name and value, as openssl.cnf has them; one name may stand there twice.
    pub(crate) extensions: Vec<(&'static str, String)>,
    /// Days from now.
    pub(crate) days: (i64, i64),
    pub(crate) version: i32,
    /// In hexadecimal, with a sign; `None` is random.
    pub(crate) serial: Option<&'static str>,
    pub(crate) digest: fn() -> MessageDigest,
    pub(crate) signer: Signer,
    /// What no tool would write, signed like the rest.
    pub(crate) edit: Option<Edit>,
}

/// The kind of a key.
#[derive(Clone, Copy)]
pub(crate) enum Key {
    Curve(Nid),
    /// P-256, given by its parameters and not by its name.
    Explicit,
    Ed25519,
    Rsa(u32),
    RsaPss,
}

/// Whose key signs.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Signer {
    Issuer,
    /// Another CA of the issuer's name; the certificate names that one's key in authorityKeyIdentifier.
    Namesake,
    /// Another key, and the certificate says that it was the issuer's.
    Impostor,
    /// The issuer's, and then one bit was turned.
    Damaged,
}

/// A certificate with its key.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) certificate: X509,
    pub(crate) key: PKey<Private>,
}

impl Key {
    pub(crate) fn generate(self) -> PKey<Private> {
        match self {
            Key::Curve(curve) => {
                let group = EcGroup::from_curve_name(curve).expect("a curve");
                PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
            }
            Key::Explicit => {
                let mut group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
                group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
                PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
            }
            Key::Ed25519 => PKey::generate_ed25519().expect("a key"),
            Key::Rsa(bits) => PKey::from_rsa(Rsa::generate(bits).expect("a key")).expect("a key"),
            Key::RsaPss => {
                let mut context = PkeyCtx::new_id(Id::RSA_PSS).expect("RSA-PSS");
                context.keygen_init().expect("RSA-PSS");
                context.keygen().expect("a key")
            }
        }
    }
}

impl Paper {
    /// A CA in order, by the strictest rules.
    pub(crate) fn authority(subject: &'static str) -> Self {
        Paper {
            subject,
            key: Key::Curve(Nid::X9_62_PRIME256V1),
            extensions: Vec::new(),
            days: (-100, 3650),
            version: 3,
            serial: None,
            digest: MessageDigest::sha256,
            signer: Signer::Issuer,
            edit: None,
        }
        .with("basicConstraints", "critical,CA:TRUE")
        .with("keyUsage", "critical,keyCertSign,cRLSign")
        .with("subjectKeyIdentifier", "hash")
        .with("authorityKeyIdentifier", "keyid:always")
    }

    /// A leaf in order, by the strictest rules, for either side.
    pub(crate) fn leaf(purpose: &str) -> Self {
        Paper { days: (-1, 30), ..Paper::authority("CN=localhost,O=Limbo") }
            .with("basicConstraints", "critical,CA:FALSE")
            .with("keyUsage", "critical,digitalSignature")
            .with("extendedKeyUsage", purpose)
            .with("subjectAltName", "DNS:localhost,IP:127.0.0.1,email:alice@example.org")
    }

    /// A proxy certificate (RFC 3820) of whoever issues it, with what this extension of it says.
    pub(crate) fn proxy(subject: &'static str, purpose: &str, information: &str) -> Self {
        let mut proxy = Paper { subject, ..Paper::leaf(purpose) }.with("proxyCertInfo", information);
        proxy.without("basicConstraints");
        proxy.without("subjectAltName");
        proxy
    }

    /// With this extension in the place of one of its name.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        match self.extensions.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value.to_owned(),
            None => self.extensions.push((name, value.to_owned())),
        }
    }

    pub(crate) fn without(&mut self, name: &str) {
        self.extensions.retain(|(known, _)| *known != name);
    }

    /// The certificate, issued by itself or another.
    pub(crate) fn issue(&self, key: PKey<Private>, issuer: Option<&Made>) -> Made {
        let namesake = issuer.map(|issuer| namesake(&issuer.certificate));
        let (named, signing) = match (self.signer, issuer, &namesake) {
            (_, None, _) => (None, &key),
            (Signer::Namesake, _, Some(other)) => (Some(&other.certificate), &other.key),
            (Signer::Impostor, Some(issuer), Some(other)) => (Some(&issuer.certificate), &other.key),
            (_, Some(issuer), _) => (Some(&issuer.certificate), &issuer.key),
        };
        let subject = name(self.subject);
        let mut builder = self.begin(&subject, &key);
        builder.set_issuer_name(named.map_or(&*subject, |named| named.subject_name())).expect("an issuer");
        // Policies and proxies could be written in sections of a file, so there has to be one.
        let no_sections = Conf::new(ConfMethod::default()).expect("a configuration");
        for (name, value) in &self.extensions {
            if named.is_none() && *name == "authorityKeyIdentifier" && value.starts_with("keyid") {
                continue;
            }
            let extension = {
                let context = builder.x509v3_context(named.map(|named| &**named), Some(&no_sections));
                X509Extension::new(None, Some(&context), name, value)
            };
            builder
                .append_extension(extension.unwrap_or_else(|why| panic!("{name} = {value}: {why}")))
                .expect("an extension");
        }
        let digest =
            if matches!(signing.id(), Id::ED25519) { MessageDigest::null() } else { (self.digest)() };
        builder.sign(signing, digest).expect("a signature");
        let mut certificate = builder.build();
        if let Some(edit) = self.edit {
            let der = signed_again(&certificate.to_der().expect("DER"), edit, signing, (self.digest)());
            certificate = X509::from_der(&der).expect("a certificate");
        }
        if self.signer == Signer::Damaged {
            let mut der = certificate.to_der().expect("DER");
            *der.last_mut().expect("a signature") ^= 1;
            certificate = X509::from_der(&der).expect("a certificate");
        }
        Made { certificate, key }
    }

    fn begin(&self, subject: &X509Name, key: &PKey<Private>) -> X509Builder {
        let mut builder = X509::builder().expect("a certificate");
        builder.set_version(self.version - 1).expect("a version");
        builder.set_serial_number(&serial(self.serial)).expect("a serial number");
        builder.set_subject_name(subject).expect("a subject");
        builder.set_not_before(&days_from_now(self.days.0)).expect("a date");
        builder.set_not_after(&days_from_now(self.days.1)).expect("a date");
        builder.set_pubkey(key).expect("a key");
        builder
    }
}

/// Another CA of this one's name.
fn namesake(issuer: &X509) -> Made {
    let paper = Paper::authority("CN=namesake");
    let key = paper.key.generate();
    let mut builder = paper.begin(&issuer.subject_name().to_owned().expect("a name"), &key);
    builder.set_issuer_name(issuer.subject_name()).expect("an issuer");
    for (name, value) in &paper.extensions[..3] {
        let extension = X509Extension::new(None, Some(&builder.x509v3_context(None, None)), name, value);
        builder.append_extension(extension.expect("an extension")).expect("an extension");
    }
    builder.sign(&key, MessageDigest::sha256()).expect("a signature");
    Made { certificate: builder.build(), key }
}

pub(crate) fn name(text: &str) -> X509Name {
    let mut name = X509NameBuilder::new().expect("a name");
    for (kind, value) in text.split(',').filter_map(|part| part.split_once('=')) {
        name.append_entry_by_text(kind, value).expect("a part of a name");
    }
    name.build()
}

fn serial(text: Option<&str>) -> Asn1Integer {
    let number = match text {
        Some(text) => BigNum::from_hex_str(text).expect("a number"),
        None => {
            let mut random = BigNum::new().expect("a number");
            random.rand(159, openssl::bn::MsbOption::ONE, false).expect("a number");
            random
        }
    };
    number.to_asn1_integer().expect("a number")
}

fn days_from_now(days: i64) -> Asn1Time {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Asn1Time::from_unix(i64::try_from(now.as_secs()).expect("a time") + days * 86_400).expect("a time")
}

/// What a revocation list shall say.
#[derive(Clone)]
pub(crate) struct List {
    /// Which CA's: its place from the root down; behind the leaf's are those of what is sent besides.
    pub(crate) issuer: usize,
    pub(crate) days: (i64, i64),
    /// Places of the certificates that it revokes.
    pub(crate) revokes: Vec<usize>,
    pub(crate) extensions: Vec<(&'static str, &'static str)>,
    /// Signed by another key.
    pub(crate) forged: bool,
    pub(crate) edit: Option<Edit>,
}

impl List {
    pub(crate) fn of(issuer: usize) -> Self {
        List {
            issuer,
            days: (-1, 30),
            revokes: Vec::new(),
            extensions: Vec::new(),
            forged: false,
            edit: None,
        }
    }

    pub(crate) fn issue(&self, all: &[Made]) -> X509Crl {
        let issuer = &all[self.issuer];
        let mut list = X509CrlBuilder::new().expect("a list");
        list.set_issuer_name(issuer.certificate.subject_name()).expect("an issuer");
        list.set_last_update(&days_from_now(self.days.0)).expect("a date");
        list.set_next_update(&days_from_now(self.days.1)).expect("a date");
        for place in &self.revokes {
            let mut entry = X509RevokedBuilder::new().expect("an entry");
            entry.set_serial_number(all[*place].certificate.serial_number()).expect("a serial number");
            entry.set_revocation_date(&days_from_now(-1)).expect("a date");
            list.add_revoked(entry.build()).expect("an entry");
        }
        let context = X509::builder().expect("a certificate");
        let always = [("authorityKeyIdentifier", "keyid"), ("2.5.29.20", "DER:020101")];
        for (name, value) in always.iter().chain(&self.extensions) {
            let context = context.x509v3_context(Some(&issuer.certificate), None);
            let extension = X509Extension::new(None, Some(&context), name, value);
            list.append_extension(extension.unwrap_or_else(|why| panic!("{name} = {value}: {why}")))
                .expect("an extension");
        }
        list.sort().expect("a list");
        let forger = self.forged.then(|| namesake(&issuer.certificate));
        let key = forger.as_ref().map_or(&issuer.key, |forger| &forger.key);
        list.sign(key, MessageDigest::sha256()).expect("a signature");
        let mut der = list.build().expect("a list").to_der().expect("DER");
        if let Some(edit) = self.edit {
            der = signed_again(&der, edit, key, MessageDigest::sha256());
        }
        // As a verifier reads it: what was built in memory has not been looked into.
        X509Crl::from_der(&der).expect("a list")
    }
}
