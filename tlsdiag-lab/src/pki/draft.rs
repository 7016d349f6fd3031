//! A certificate of any shape, good or bad: what [`Profile`](super::Profile) would never let through.

use openssl::asn1::{Asn1Object, Asn1OctetString};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Extension};

use super::authority::{begin, digest_for, identify, name};
use super::{Authority, Identity, KeyKind};
use crate::Error;

/// What a certificate shall say, in the words of its extensions.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) common_name: &'a str,
    pub(super) key: KeyKind,
    pub(super) valid_days: (i64, i64),
    /// basicConstraints: a CA, with a path length or without.
    pub(super) ca: bool,
    pub(super) path_length: Option<u32>,
    pub(super) key_usage: Usage,
    pub(super) purposes: &'a [&'a str],
    pub(super) dns: &'a [&'a str],
    pub(super) ips: &'a [&'a str],
    /// Further extensions: OID, critical, DER.
    pub(super) extensions: &'a [(&'a str, bool, &'a [u8])],
    /// Whether the issuer signs with SHA-1.
    pub(super) sha1: bool,
    /// Whether the authorityKeyIdentifier names another key than the issuer's.
    pub(super) misnames_issuer: bool,
}

/// keyUsage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Usage {
    /// What its kind of certificate needs.
    Fitting,
    /// dataEncipherment, which no handshake can do with.
    Data,
    /// cRLSign alone.
    Crl,
    /// No such extension; what stands in [`Draft::extensions`] instead.
    Absent,
}

impl<'a> Draft<'a> {
    /// A leaf with a P-256 key, valid for a month.
    pub(super) fn leaf(common_name: &'a str) -> Self {
        Draft {
            common_name,
            key: KeyKind::P256,
            valid_days: (-1, 30),
            ca: false,
            path_length: None,
            key_usage: Usage::Fitting,
            purposes: &[],
            dns: &[],
            ips: &[],
            extensions: &[],
            sha1: false,
            misnames_issuer: false,
        }
    }

    /// An authority with a P-256 key, valid for ten years.
    pub(super) fn authority(common_name: &'a str) -> Self {
        Draft { ca: true, valid_days: (-100, 3650), ..Draft::leaf(common_name) }
    }

    /// Signed by an authority, with a new key, and with the authority's chain.
    pub(super) fn issued_by(&self, issuer: &Authority) -> Result<Identity, Error> {
        let key = self.key.generate()?;
        let certificate = self.sign(Some(issuer), &key).map_err(Error::doing("make a certificate"))?;
        Ok(Identity { certificate, key, chain: issuer.chain.clone() })
    }

    /// An authority that `issuer` certifies, whatever it says of itself.
    pub(super) fn under(&self, issuer: &Authority) -> Result<Authority, Error> {
        let Identity { certificate, key, mut chain } = self.issued_by(issuer)?;
        chain.insert(0, certificate.clone());
        Ok(Authority { certificate, key, organisation: issuer.organisation.clone(), chain })
    }

    /// Signed by itself.
    pub(super) fn self_signed(&self) -> Result<Identity, Error> {
        let key = self.key.generate()?;
        let certificate = self.sign(None, &key).map_err(Error::doing("make a self-signed certificate"))?;
        Ok(Identity { certificate, key, chain: Vec::new() })
    }

    /// The certificate for an existing key.
    pub(super) fn sign(&self, issuer: Option<&Authority>, key: &PKey<Private>) -> Result<X509, ErrorStack> {
        let subject = name(issuer.and_then(|issuer| issuer.organisation.as_deref()), self.common_name)?;
        let mut builder = begin(&subject, key, self.valid_days.0, self.valid_days.1)?;
        builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name()))?;
        let mut constraints = BasicConstraints::new();
        constraints.critical();
        if self.ca {
            constraints.ca();
        }
        if let Some(length) = self.path_length {
            constraints.pathlen(length);
        }
        builder.append_extension(constraints.build()?)?;
        if let Some(usage) = self.usage(key) {
            builder.append_extension(usage.build()?)?;
        }
        if !self.purposes.is_empty() {
            let mut extended = ExtendedKeyUsage::new();
            self.purposes.iter().for_each(|purpose| {
                extended.other(purpose);
            });
            builder.append_extension(extended.build()?)?;
        }
        if !(self.dns.is_empty() && self.ips.is_empty()) {
            let mut names = SubjectAlternativeName::new();
            self.dns.iter().for_each(|dns| {
                names.dns(dns);
            });
            self.ips.iter().for_each(|ip| {
                names.ip(ip);
            });
            let names = names.build(&builder.x509v3_context(None, None))?;
            builder.append_extension(names)?;
        }
        for (oid, critical, der) in self.extensions {
            let (oid, der) = (Asn1Object::from_str(oid)?, Asn1OctetString::new_from_bytes(der)?);
            builder.append_extension(X509Extension::new_from_der(&oid, *critical, &der)?)?;
        }
        let named = issuer.map(|issuer| issuer.certificate.clone());
        let named = if self.misnames_issuer { Some(namesake(named.as_ref(), &self.key)?) } else { named };
        identify(&mut builder, named.as_ref())?;
        let signer = issuer.map_or(key, |issuer| &issuer.key);
        builder.sign(signer, if self.sha1 { MessageDigest::sha1() } else { digest_for(signer) })?;
        Ok(builder.build())
    }

    fn usage(&self, key: &PKey<Private>) -> Option<KeyUsage> {
        let mut usage = KeyUsage::new();
        usage.critical();
        match (self.key_usage, self.ca) {
            (Usage::Fitting, true) => usage.key_cert_sign().crl_sign(),
            (Usage::Fitting, false) if key.id() == Id::RSA => usage.digital_signature().key_encipherment(),
            (Usage::Fitting, false) => usage.digital_signature(),
            (Usage::Data, _) => usage.data_encipherment(),
            (Usage::Crl, _) => usage.crl_sign(),
            (Usage::Absent, _) => return None,
        };
        Some(usage)
    }
}

/// The same certificate with one bit of its signature turned: the DER ends in the signature's last byte.
pub(super) fn corrupted(certificate: &X509) -> Result<X509, Error> {
    let turned = certificate.to_der().and_then(|mut der| {
        if let Some(last) = der.last_mut() {
            *last ^= 1;
        }
        X509::from_der(&der)
    });
    turned.map_err(Error::doing("corrupt a certificate"))
}

/// A certificate with an issuer's name, and another key.
fn namesake(issuer: Option<&X509>, kind: &KeyKind) -> Result<X509, ErrorStack> {
    let key = kind.generate().map_err(|_| ErrorStack::get())?;
    let subject = match issuer {
        Some(issuer) => issuer.subject_name().to_owned()?,
        None => name(None, "nobody")?,
    };
    let mut builder = begin(&subject, &key, -1, 1)?;
    builder.set_issuer_name(&subject)?;
    identify(&mut builder, None)?;
    builder.sign(&key, digest_for(&key))?;
    Ok(builder.build())
}
