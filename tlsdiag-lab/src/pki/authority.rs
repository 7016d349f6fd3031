//! Authorities, and what they issue.

use std::time::{SystemTime, UNIX_EPOCH};

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};

use super::{KeyKind, Profile, Purpose};
use crate::Error;

/// A certificate, its private key, and the certificates between it and its root.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: X509,
    /// Its private key.
    pub key: PKey<Private>,
    /// The issuers' certificates to send along, nearest first, without the root.
    pub chain: Vec<X509>,
}

/// An authority that issues certificates: with a P-256 key, valid from a hundred days ago for ten years, so that what it issues may have expired.
#[derive(Debug, Clone)]
pub struct Authority {
    /// Its certificate.
    pub certificate: X509,
    /// Its private key.
    pub key: PKey<Private>,
    pub(super) organisation: Option<String>,
    /// What an identity of this authority sends along: empty for a root.
    pub(super) chain: Vec<X509>,
}

impl Authority {
    /// A self-signed authority without an organisation.
    pub fn root(common_name: &str) -> Result<Self, Error> {
        Self::self_signed(None, common_name)
    }

    /// A self-signed authority; all that it issues belongs to the organisation (O=) too.
    pub fn root_of(organisation: &str, common_name: &str) -> Result<Self, Error> {
        Self::self_signed(Some(organisation), common_name)
    }

    /// An intermediate that was made before, and its key; its organisation is its subject's.
    pub(super) fn with_key(certificate: X509, key: PKey<Private>) -> Self {
        let named = certificate.subject_name().entries_by_nid(Nid::ORGANIZATIONNAME).next();
        let organisation = named.and_then(|entry| entry.data().to_string().ok());
        Authority { chain: vec![certificate.clone()], certificate, key, organisation }
    }

    fn self_signed(organisation: Option<&str>, common_name: &str) -> Result<Self, Error> {
        let key = KeyKind::P256.generate()?;
        let certificate = authority_certificate(organisation, common_name, &key, None)
            .map_err(Error::doing("make a root certificate"))?;
        Ok(Authority { certificate, key, organisation: organisation.map(str::to_owned), chain: Vec::new() })
    }

    /// An authority that this one certifies.
    pub fn intermediate(&self, common_name: &str) -> Result<Self, Error> {
        let key = KeyKind::P256.generate()?;
        let certificate = authority_certificate(self.organisation.as_deref(), common_name, &key, Some(self))
            .map_err(Error::doing("make an intermediate certificate"))?;
        let mut chain = vec![certificate.clone()];
        chain.extend(self.chain.iter().cloned());
        Ok(Authority { certificate, key, organisation: self.organisation.clone(), chain })
    }

    /// Makes a key and certifies it.
    pub fn issue(&self, profile: &Profile) -> Result<Identity, Error> {
        self.certify(profile, profile.key.generate()?)
    }

    /// Certifies an existing key; the profile's kind of key does not matter here.
    pub fn certify(&self, profile: &Profile, key: PKey<Private>) -> Result<Identity, Error> {
        let certificate =
            leaf_certificate(self, profile, &key).map_err(Error::doing("make an end-entity certificate"))?;
        let chain = if profile.with_chain { self.chain.clone() } else { Vec::new() };
        Ok(Identity { certificate, key, chain })
    }
}

fn authority_certificate(
    organisation: Option<&str>,
    common_name: &str,
    key: &PKey<Private>,
    issuer: Option<&Authority>,
) -> Result<X509, ErrorStack> {
    let subject = name(organisation, common_name)?;
    let mut builder = begin(&subject, key, -100, 3650)?;
    match issuer {
        Some(issuer) => builder.set_issuer_name(issuer.certificate.subject_name())?,
        None => builder.set_issuer_name(&subject)?,
    }
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
    identify(&mut builder, issuer.map(|issuer| &issuer.certificate))?;
    let signer = issuer.map_or(key, |issuer| &issuer.key);
    builder.sign(signer, digest_for(signer))?;
    Ok(builder.build())
}

fn leaf_certificate(issuer: &Authority, profile: &Profile, key: &PKey<Private>) -> Result<X509, ErrorStack> {
    let subject = name(issuer.organisation.as_deref(), &profile.common_name)?;
    let mut builder = begin(&subject, key, profile.not_before, profile.not_after)?;
    builder.set_issuer_name(issuer.certificate.subject_name())?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    let mut usage = KeyUsage::new();
    usage.critical().digital_signature();
    if key.id() == Id::RSA {
        usage.key_encipherment();
    }
    builder.append_extension(usage.build()?)?;
    let mut extended = ExtendedKeyUsage::new();
    match profile.purpose {
        Purpose::Server => builder.append_extension(extended.server_auth().build()?)?,
        Purpose::Client => builder.append_extension(extended.client_auth().build()?)?,
        Purpose::Both => builder.append_extension(extended.server_auth().client_auth().build()?)?,
        Purpose::None => {}
    }
    if !(profile.dns.is_empty() && profile.ip.is_empty()) {
        let mut names = SubjectAlternativeName::new();
        for dns in &profile.dns {
            names.dns(dns);
        }
        for ip in &profile.ip {
            names.ip(ip);
        }
        let names = names.build(&builder.x509v3_context(Some(&issuer.certificate), None))?;
        builder.append_extension(names)?;
    }
    identify(&mut builder, Some(&issuer.certificate))?;
    builder.sign(&issuer.key, digest_for(&issuer.key))?;
    Ok(builder.build())
}

/// What all certificates have in common before their extensions.
pub(super) fn begin(
    subject: &X509Name,
    key: &PKey<Private>,
    not_before: i64,
    not_after: i64,
) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?; // v3
    builder.set_serial_number(random_serial()?.as_ref())?;
    builder.set_subject_name(subject)?;
    builder.set_not_before(days_from_now(not_before)?.as_ref())?;
    builder.set_not_after(days_from_now(not_after)?.as_ref())?;
    builder.set_pubkey(key)?;
    Ok(builder)
}

/// Adds the key identifiers; the subject's must be there before the authority's of a self-signed certificate.
pub(super) fn identify(builder: &mut X509Builder, issuer: Option<&X509>) -> Result<(), ErrorStack> {
    let subject =
        SubjectKeyIdentifier::new().build(&builder.x509v3_context(issuer.map(AsRef::as_ref), None))?;
    builder.append_extension(subject)?;
    if issuer.is_some() {
        let context = builder.x509v3_context(issuer.map(AsRef::as_ref), None);
        let authority = AuthorityKeyIdentifier::new().keyid(true).build(&context)?;
        builder.append_extension(authority)?;
    }
    Ok(())
}

pub(super) fn name(organisation: Option<&str>, common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    if let Some(organisation) = organisation {
        name.append_entry_by_text("O", organisation)?;
    }
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}

/// 159 random bits: positive and within the twenty octets that RFC 5280 allows.
fn random_serial() -> Result<Asn1Integer, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(159, MsbOption::MAYBE_ZERO, false)?;
    serial.to_asn1_integer()
}

pub(super) fn days_from_now(days: i64) -> Result<Asn1Time, ErrorStack> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64);
    Asn1Time::from_unix(now + days * 86_400)
}

pub(super) fn digest_for<T: HasPublic>(key: &PKeyRef<T>) -> MessageDigest {
    match key.id() {
        Id::ED25519 => MessageDigest::null(),
        _ => MessageDigest::sha256(),
    }
}
