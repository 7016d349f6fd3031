//! Certificates with one fault each, and their healthy twins, for either side; and the lists of what was revoked.

use std::collections::BTreeMap;

use openssl::asn1::{Asn1Object, Asn1OctetString};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::x509::{X509, X509Crl, X509CrlBuilder, X509Extension, X509Ref, X509RevokedBuilder};

use super::authority::days_from_now;
use super::draft::{Draft, Usage, corrupted};
use super::{Authority, Fault, Identity, KeyKind, Pki, SERVER_NAME};
use crate::{Error, faulty_key};

/// Whose certificate it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A server: for [`SERVER_NAME`] and the loopback addresses, unless its name says otherwise.
    Server,
    /// A client: alice.
    Client,
}

/// The identities by their names, such as `expired`, and the revocation lists.
pub struct Workshop {
    identities: BTreeMap<(Holder, &'static str), Identity>,
    authorities: BTreeMap<&'static str, X509>,
    lists: BTreeMap<&'static str, X509Crl>,
}

impl std::fmt::Debug for Workshop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workshop").field("identities", &self.identities.keys()).finish_non_exhaustive()
    }
}

impl Workshop {
    pub(super) fn open(pki: &Pki) -> Result<Self, Error> {
        let rsa = KeyKind::Rsa(2048).generate()?;
        let mut workshop =
            Workshop { identities: BTreeMap::new(), authorities: BTreeMap::new(), lists: BTreeMap::new() };
        for holder in [Holder::Server, Holder::Client] {
            workshop.leaves(pki, holder, &rsa)?;
            workshop.chains(pki, holder)?;
            workshop.names(pki, holder)?;
        }
        workshop.lists(pki).map_err(Error::doing("make a revocation list"))?;
        Ok(workshop)
    }

    /// The identity with this name; the catalogue asks for none that was not made.
    pub fn identity(&self, holder: Holder, name: &str) -> Result<&Identity, Error> {
        let found = self.identities.iter().find(|((owner, known), _)| *owner == holder && *known == name);
        found
            .map(|(_, identity)| identity)
            .ok_or_else(|| Error::new(format!("no certificate is named {name}")))
    }

    /// A further authority's certificate, to trust or to name.
    pub fn authority(&self, name: &str) -> Result<&X509, Error> {
        self.authorities.get(name).ok_or_else(|| Error::new(format!("no authority is named {name}")))
    }

    /// A revocation list: `issuing`, `revoking` (lists the identities `revoked`), `stale`, `early` (its time comes in five days), `elsewhere`
    /// (for another place by its issuingDistributionPoint), `root`.
    pub fn list(&self, name: &str) -> Result<&X509Crl, Error> {
        self.lists.get(name).ok_or_else(|| Error::new(format!("no revocation list is named {name}")))
    }

    fn add(&mut self, holder: Holder, name: &'static str, identity: Identity) {
        self.identities.insert((holder, name), identity);
    }

    /// Faults of the leaf itself.
    fn leaves(&mut self, pki: &Pki, holder: Holder, rsa: &PKey<Private>) -> Result<(), Error> {
        /// keyUsage that is no BIT STRING but cut off in the middle of one.
        const CUT: (&str, bool, &[u8]) = ("2.5.29.15", true, &[0x03, 0x05, 0x07]);
        /// tlsfeature (RFC 7633): a SEQUENCE of status_request.
        const MUST_STAPLE: (&str, bool, &[u8]) = ("1.3.6.1.5.5.7.1.24", false, &[0x30, 3, 2, 1, 5]);
        let issuing = &pki.issuing;
        let good = leaf(holder);
        let made = [
            ("good", good.clone()),
            ("revoked", good.clone()),
            ("expired", Fault::Expired.mar(good.clone())),
            ("not-yet-valid", Fault::NotYetValid.mar(good.clone())),
            ("wrong-purpose", Fault::WrongPurpose.mar(good.clone())),
            ("any-purpose", Draft { purposes: &["anyExtendedKeyUsage"], ..good.clone() }),
            // A server of TLS 1.2 does not even offer it.
            ("bad-key-usage-ec", Fault::NoDigitalSignature.mar(good.clone())),
            ("no-purpose", Draft { purposes: &[], ..good.clone() }),
            ("no-key-usage", Draft { key_usage: Usage::Absent, ..good.clone() }),
            ("weak-key", Fault::WeakKey.mar(good.clone())),
            ("weak-signature", Fault::WeakSignature.mar(good.clone())),
            ("unknown-critical", Fault::UnknownCritical.mar(good.clone())),
            ("must-staple", Draft { extensions: &[MUST_STAPLE], ..good.clone() }),
            ("misnamed-issuer", Draft { misnames_issuer: true, ..good.clone() }),
        ];
        for (name, draft) in made {
            self.add(holder, name, draft.issued_by(issuing)?);
        }
        let honest = good.issued_by(issuing)?;
        let corrupt = Identity { certificate: corrupted(&honest.certificate)?, ..honest.clone() };
        self.add(holder, "bad-signature", corrupt);
        self.add(holder, "lone", Identity { chain: Vec::new(), ..honest.clone() });
        // With an RSA key, since a TLS 1.2 server would not even offer an ECDSA certificate of this kind.
        let odd = [
            ("bad-key-usage", Fault::NoDigitalSignature.mar(good.clone())),
            ("malformed", Draft { key_usage: Usage::Absent, extensions: &[CUT], ..good.clone() }),
        ];
        for (name, draft) in odd {
            let certificate = draft.sign(Some(issuing), rsa).map_err(Error::doing("make a certificate"))?;
            self.add(holder, name, Identity { certificate, key: rsa.clone(), chain: issuing.chain.clone() });
        }
        let certificate = good.sign(Some(issuing), rsa).map_err(Error::doing("make a certificate"))?;
        let key = faulty_key::that_signs_wrong(rsa)?;
        self.add(holder, "faulty-key", Identity { certificate, key, chain: issuing.chain.clone() });
        self.add(holder, "self-signed", good.self_signed()?);
        let bulk = |count| issuing.chain.iter().cycle().take(count).cloned().collect();
        self.add(holder, "bulky", Identity { chain: bulk(25), ..honest.clone() });
        self.add(holder, "large", Identity { chain: bulk(220), ..honest });
        Ok(())
    }

    /// Faults further up.
    fn chains(&mut self, pki: &Pki, holder: Holder) -> Result<(), Error> {
        self.authorities_amiss(pki, holder)?;
        self.issuers_amiss(pki, holder)?;
        self.roots_amiss(pki, holder)
    }

    /// An intermediate that may not issue, or not this certificate; and chains of two of them.
    fn authorities_amiss(&mut self, pki: &Pki, holder: Holder) -> Result<(), Error> {
        let (root, good) = (&pki.root, leaf(holder));
        let authority = Draft::authority("tlsdiag demo department CA");
        let made = [
            ("issuer-expired", Draft { valid_days: (-100, -10), ..authority.clone() }),
            ("issuer-too-young", Draft { valid_days: (5, 100), ..authority.clone() }),
            ("issuer-wrong-purpose", Draft { purposes: &["emailProtection"], ..authority.clone() }),
            ("strict-issuer-without-usage", Draft { key_usage: Usage::Absent, ..authority.clone() }),
            ("issuer-bad-key-usage", Draft { key_usage: Usage::Crl, ..authority.clone() }),
            ("issuer-weak-key", Draft { key: KeyKind::Rsa(1024), ..authority.clone() }),
            ("issuer-weak-signature", Draft { sha1: true, ..authority.clone() }),
            ("issuer-not-ca", Draft { ca: false, key_usage: Usage::Fitting, ..authority.clone() }),
            ("permitted-names", Draft { extensions: &[PERMITTED], ..authority.clone() }),
            ("excluded-names", Draft { extensions: &[EXCLUDED], ..authority.clone() }),
            ("fitting-names", Draft { extensions: &[FITTING], ..authority.clone() }),
        ];
        for (name, draft) in made {
            self.add(holder, name, good.issued_by(&draft.under(root)?)?);
        }
        let short = Draft { path_length: Some(0), ..authority.clone() }.under(root)?;
        let below = Draft::authority("tlsdiag demo team CA").under(&short)?;
        self.add(holder, "path-length", good.issued_by(&below)?);
        let deep = Draft::authority("tlsdiag demo team CA").under(&authority.under(root)?)?;
        let through_two = good.issued_by(&deep)?;
        let disorder = through_two.chain.iter().rev().cloned().collect();
        self.add(holder, "wrong-order", Identity { chain: disorder, ..through_two.clone() });
        let gap = through_two.chain.iter().take(1).cloned().collect();
        self.add(holder, "gap", Identity { chain: gap, ..through_two.clone() });
        self.add(holder, "two-intermediates", through_two);
        Ok(())
    }

    /// What is sent beside the certificate is not what it takes, or more than that.
    fn issuers_amiss(&mut self, pki: &Pki, holder: Holder) -> Result<(), Error> {
        let (root, issuing, good) = (&pki.root, &pki.issuing, leaf(holder));
        // The intermediate's signature is the one that is wrong.
        let mut forged = good.issued_by(issuing)?;
        forged.chain = vec![corrupted(&issuing.certificate)?];
        self.add(holder, "issuer-bad-signature", forged);

        // Signed by a second intermediate of the first one's name, and sent with the first.
        let renewed = good.issued_by(&Draft::authority("tlsdiag demo issuing CA").under(root)?)?;
        self.add(
            holder,
            "wrong-intermediate",
            Identity { chain: vec![issuing.certificate.clone()], ..renewed },
        );

        let honest = good.issued_by(issuing)?;
        let with_root =
            Identity { chain: vec![issuing.certificate.clone(), root.certificate.clone()], ..honest };
        self.add(holder, "with-root", with_root);

        // The root, certified by a stranger as well: who trusts the root needs none of it.
        let crossed = Draft::authority("tlsdiag demo root CA");
        let crossed = crossed_root(&crossed, root, &pki.stranger)?;
        let mut cross = good.issued_by(issuing)?;
        cross.chain.push(crossed);
        self.add(holder, "cross-signed", cross);
        Ok(())
    }

    /// Roots that are not trusted, or should not be.
    fn roots_amiss(&mut self, pki: &Pki, holder: Holder) -> Result<(), Error> {
        let good = leaf(holder);
        let other = Authority::root_of("Else Ltd", "Else Ltd root CA")?;
        let department = Draft::authority("Else Ltd issuing CA").under(&other)?;
        let complete = good.issued_by(&department)?;
        let mut rooted = complete.clone();
        rooted.chain.push(other.certificate.clone());
        self.add(holder, "unknown-issuer", complete);
        self.add(holder, "unknown-root-sent", rooted);
        self.add(holder, "unknown-root-directly", good.issued_by(&other)?);
        // A root that has the trusted one's very name, but another key.
        let impostor = Authority::root_of("tlsdiag demo", "tlsdiag demo root CA")?;
        self.add(holder, "impostor", good.issued_by(&impostor)?);
        let old = Draft { valid_days: (-3650, -5), ..Draft::authority("tlsdiag demo old root CA") };
        let key = old.self_signed()?;
        let old =
            Authority { certificate: key.certificate, key: key.key, organisation: None, chain: Vec::new() };
        self.add(holder, "root-expired", good.issued_by(&old)?);
        self.authorities.insert(
            match holder {
                Holder::Server => "servers' old root",
                Holder::Client => "clients' old root",
            },
            old.certificate,
        );
        let own = self.identity(holder, "self-signed")?.certificate.clone();
        self.authorities.insert(
            match holder {
                Holder::Server => "the server itself",
                Holder::Client => "the client itself",
            },
            own,
        );
        self.authorities.insert("intermediate", pki.issuing.certificate.clone());
        self.authorities.insert("stranger", pki.stranger.certificate.clone());
        Ok(())
    }

    /// Names of servers.
    fn names(&mut self, pki: &Pki, holder: Holder) -> Result<(), Error> {
        if holder == Holder::Client {
            return Ok(());
        }
        let good = leaf(holder);
        let made = [
            ("other-name", Draft { dns: &["other.example"], ips: &[], ..good.clone() }),
            ("wildcard", Draft { dns: &["*.lab.example"], ips: &[], ..good.clone() }),
            ("common-name-only", Draft { dns: &[], ips: &[], ..good.clone() }),
            (
                "other-common-name-only",
                Draft { dns: &[], ips: &[], common_name: "other.example", ..good.clone() },
            ),
            ("no-address", Draft { ips: &[], ..good }),
        ];
        for (name, draft) in made {
            self.add(holder, name, draft.issued_by(&pki.issuing)?);
        }
        Ok(())
    }

    fn lists(&mut self, pki: &Pki) -> Result<(), ErrorStack> {
        let revoked: Vec<X509> = self
            .identities
            .iter()
            .filter(|((_, name), _)| *name == "revoked")
            .map(|(_, identity)| identity.certificate.clone())
            .collect();
        let lists = [
            ("issuing", list(&pki.issuing, (-1, 30), &[])?),
            ("revoking", list(&pki.issuing, (-1, 30), &revoked)?),
            ("stale", list(&pki.issuing, (-40, -10), &[])?),
            ("early", list(&pki.issuing, (5, 35), &[])?),
            ("elsewhere", list_with(&pki.issuing, (-1, 30), &[], &[ELSEWHERE])?),
            ("root", list(&pki.root, (-1, 30), &[])?),
        ];
        self.lists.extend(lists);
        Ok(())
    }
}

/// nameConstraints (2.5.29.30): dNSName under [0] permitted or [1] excluded subtrees.
const PERMITTED: (&str, bool, &[u8]) = ("2.5.29.30", true, b"\x30\x12\xa0\x10\x30\x0e\x82\x0cintra.exempl");
const EXCLUDED: (&str, bool, &[u8]) =
    ("2.5.29.30", true, b"\x30\x1e\xa1\x1c\x30\x0b\x82\x09localhost\x30\x0d\x82\x0balice.exmpl");
const FITTING: (&str, bool, &[u8]) =
    ("2.5.29.30", true, b"\x30\x1e\xa0\x1c\x30\x0b\x82\x09localhost\x30\x0d\x82\x0balice.exmpl");

fn leaf(holder: Holder) -> Draft<'static> {
    match holder {
        Holder::Server => Draft {
            purposes: &["serverAuth"],
            dns: &[SERVER_NAME],
            ips: &["127.0.0.1", "::1"],
            ..Draft::leaf(SERVER_NAME)
        },
        Holder::Client => Draft { purposes: &["clientAuth"], dns: &["alice.exmpl"], ..Draft::leaf("alice") },
    }
}

/// The root's name and key in a certificate of the stranger's.
fn crossed_root(draft: &Draft<'_>, root: &Authority, stranger: &Authority) -> Result<X509, Error> {
    let stranger = Authority { organisation: root.organisation.clone(), ..stranger.clone() };
    draft.sign(Some(&stranger), &root.key).map_err(Error::doing("cross-sign a root"))
}

/// A critical issuingDistributionPoint (2.5.29.28): the URI <http://a.invalid>.
const ELSEWHERE: (&str, bool, &[u8]) =
    ("2.5.29.28", true, b"\x30\x16\xa0\x14\xa0\x12\x86\x10http://a.invalid");

fn list(issuer: &Authority, days: (i64, i64), revoked: &[X509]) -> Result<X509Crl, ErrorStack> {
    list_with(issuer, days, revoked, &[])
}

/// A list with further extensions: OID, critical, DER.
fn list_with(
    issuer: &Authority,
    days: (i64, i64),
    revoked: &[X509],
    extensions: &[(&str, bool, &[u8])],
) -> Result<X509Crl, ErrorStack> {
    let mut list = X509CrlBuilder::new()?;
    list.set_issuer_name(issuer.certificate.subject_name())?;
    list.set_last_update(days_from_now(days.0)?.as_ref())?;
    list.set_next_update(days_from_now(days.1)?.as_ref())?;
    for certificate in revoked {
        let certificate: &X509Ref = certificate;
        let mut entry = X509RevokedBuilder::new()?;
        entry.set_serial_number(certificate.serial_number())?;
        entry.set_revocation_date(days_from_now(-1)?.as_ref())?;
        list.add_revoked(entry.build())?;
    }
    let key = issuer.certificate.subject_key_id().map_or(&[][..], |key| key.as_slice());
    let length = u8::try_from(key.len()).unwrap_or_default();
    let authority_key = [&[0x30, length + 2, 0x80, length], key].concat();
    let usual: [(&str, bool, &[u8]); 2] =
        [("2.5.29.35", false, &authority_key), ("2.5.29.20", false, &[2, 1, 1])];
    for (oid, critical, der) in usual.iter().chain(extensions) {
        let (oid, der) = (Asn1Object::from_str(oid)?, Asn1OctetString::new_from_bytes(der)?);
        list.append_extension(X509Extension::new_from_der(&oid, *critical, &der)?)?;
    }
    list.sort()?;
    list.sign(&issuer.key, MessageDigest::sha256())?;
    // OpenSSL looks into the extensions of a list when it reads one.
    X509Crl::from_der(&list.build()?.to_der()?)
}
