//! The ClientHello, and what can be changed about it and its way. A thing that is to be varied toward a server is added here.

use std::net::IpAddr;

use openssl::error::ErrorStack;
use openssl::ssl::{
    ExtensionContext, SslAlert, SslContextBuilder, SslMethod, SslOptions, SslVerifyMode, SslVersion,
};

use super::super::known;
use crate::args::OfferArguments;
use crate::error::Error;
use crate::serve::context::{self, internal};
use crate::serve::control;
use crate::serve::pem::{self, Identity};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// The hello has no extension that makes it large.
    NotLarge,
    /// It offers no post-quantum key exchange, which makes it large as well.
    NoPostQuantum,
    NoTls13,
    NoServerName,
    NoProtocols,
    NoTickets,
    /// It comes in several records of TLS.
    SmallRecords,
    /// It comes in small segments of TCP, and so does what the server sends.
    SmallSegments,
    /// TLS 1.0 and all suites are offered, and the lowest security level allows them.
    OldTls,
}

impl Change {
    const ALL: [Change; 9] = [
        Change::NotLarge,
        Change::NoPostQuantum,
        Change::NoTls13,
        Change::NoServerName,
        Change::NoProtocols,
        Change::NoTickets,
        Change::SmallRecords,
        Change::SmallSegments,
        Change::OldTls,
    ];
}

/// What a browser's post-quantum key share adds, roughly (X25519MLKEM768: 1,216 bytes).
const LARGE: usize = 1400;

/// A code point that nobody knows and everybody has to pass over (GREASE, RFC 8701).
const UNKNOWN_EXTENSION: u16 = 0x5a5a;

/// The smallest that OpenSSL makes (`SSL_CTX_set_max_send_fragment(3)`).
const SMALLEST_RECORD: libc::c_long = 512;

pub(super) struct Hello {
    arguments: OfferArguments,
    pub(super) name: Option<String>,
    protocols: Vec<u8>,
    /// The groups without those, where there are post-quantum ones.
    classic: Option<Vec<String>>,
    enlarged: bool,
}

/// An address is no name (RFC 6066 section 3).
pub(super) fn name_of(host: &str) -> Option<String> {
    host.parse::<IpAddr>().is_err().then(|| host.to_owned())
}

impl Hello {
    pub(super) fn new(arguments: &OfferArguments, name: Option<String>) -> Result<Self, Error> {
        let listed = arguments.alpn.as_deref().unwrap_or("h2,http/1.1");
        let mut protocols = Vec::new();
        for protocol in listed.split(',') {
            let length = u8::try_from(protocol.len()).ok().filter(|length| *length > 0);
            protocols.push(
                length.ok_or_else(|| Error::new(format!("--alpn {listed}: a name has 1 to 255 bytes")))?,
            );
            protocols.extend(protocol.as_bytes());
        }
        let mut hello =
            Hello { arguments: arguments.clone(), name, protocols, classic: None, enlarged: false };
        let groups = known::groups(&hello.arguments)?;
        let is_classic = |group: &String| !group.to_ascii_uppercase().contains("MLKEM");
        if !groups.iter().all(is_classic) {
            hello.classic = Some(groups.into_iter().filter(is_classic).collect());
        }
        Ok(hello)
    }

    pub(super) fn is_large(&self) -> bool {
        self.enlarged || self.classic.is_some()
    }

    pub(super) fn enlarge(&mut self) {
        self.enlarged = true;
    }

    pub(super) fn called(&self) -> &'static str {
        if self.enlarged {
            "made as large as one with post-quantum key exchange"
        } else {
            "as OpenSSL makes it"
        }
    }

    pub(super) fn is_possible(&self, changes: &[Change]) -> bool {
        changes.iter().all(|change| match change {
            Change::NotLarge => self.enlarged,
            Change::NoPostQuantum => self.classic.as_ref().is_some_and(|groups| !groups.is_empty()),
            Change::NoServerName => self.name.is_some(),
            _ => true,
        })
    }

    /// Each change alone, then several: what makes the hello less, the same in small pieces, and all of it.
    pub(super) fn targets(&self) -> Vec<Vec<Change>> {
        let possible: Vec<Change> =
            Change::ALL.into_iter().filter(|change| self.is_possible(&[*change])).collect();
        let up_to =
            |last: Change| possible.iter().copied().filter(|change| *change <= last).collect::<Vec<_>>();
        let mut targets: Vec<Vec<Change>> = possible.iter().map(|change| vec![*change]).collect();
        targets.extend([up_to(Change::NoTickets), up_to(Change::SmallSegments), up_to(Change::OldTls)]);
        let newer = possible.iter().copied().filter(|change| *change != Change::NoTls13);
        targets.push(newer.collect());
        targets
    }

    pub(super) fn context(&self, changes: &[Change]) -> Result<SslContextBuilder, Error> {
        let has = |change| changes.contains(&change);
        let mut context = SslContextBuilder::new(SslMethod::tls_client()).map_err(internal)?;
        context::negotiate(&mut context, &OfferArguments { alpn: None, ..self.arguments.clone() })?;
        self.identify(&mut context)?;
        if !has(Change::NoProtocols) {
            context.set_alpn_protos(&self.protocols).map_err(internal)?;
        }
        if has(Change::NoTickets) {
            context.set_options(SslOptions::NO_TICKET);
        }
        if self.enlarged && !has(Change::NotLarge) {
            enlarge(&mut context).map_err(internal)?;
        }
        let mut set = |name, value: &str| {
            let refused = || Error::new(format!("OpenSSL does not take {name} = {value}"));
            control::set(&mut context, name, value).map_err(|_| refused())
        };
        if let Some(groups) = self.classic.as_ref().filter(|_| has(Change::NoPostQuantum)) {
            set("Groups", &groups.join(":"))?;
        }
        if has(Change::OldTls) {
            set("CipherString", "ALL:COMPLEMENTOFALL@SECLEVEL=0")?;
        }
        if has(Change::OldTls) {
            context.set_min_proto_version(Some(SslVersion::TLS1)).map_err(internal)?;
        }
        if has(Change::NoTls13) {
            context.set_max_proto_version(Some(SslVersion::TLS1_2)).map_err(internal)?;
        }
        if has(Change::SmallRecords) {
            small_records(&mut context)?;
        }
        Ok(context)
    }

    /// The client's own certificate, and whom it trusts: without a CA, everybody, since this is about the path.
    fn identify(&self, context: &mut SslContextBuilder) -> Result<(), Error> {
        let OfferArguments { cert, key, chain, ca, .. } = &self.arguments;
        if let Some(cert) = cert {
            let identity = Identity::read(cert, key.as_deref(), chain.as_deref())?;
            context.set_certificate(&identity.certificate).map_err(internal)?;
            context.set_private_key(&identity.key).map_err(internal)?;
            for issuer in identity.chain {
                context.add_extra_chain_cert(issuer).map_err(internal)?;
            }
        }
        context.set_verify(SslVerifyMode::NONE);
        if let Some(ca) = ca {
            for authority in pem::certificates(ca, "CA certificate", "--ca")? {
                context.cert_store_mut().add_cert(authority).map_err(internal)?;
            }
            context.set_verify(SslVerifyMode::PEER);
        }
        Ok(())
    }

    /// Whether the server is to be waited for after the handshake: of TLS 1.3, it refuses a certificate only then.
    pub(super) fn shows_certificate(&self) -> bool {
        self.arguments.cert.is_some()
    }
}

fn enlarge(context: &mut SslContextBuilder) -> Result<(), ErrorStack> {
    context.add_custom_ext(
        UNKNOWN_EXTENSION,
        ExtensionContext::CLIENT_HELLO,
        |_, _, _| Ok::<_, SslAlert>(Some(vec![0_u8; LARGE])),
        |_, _, _, _| Ok(()),
    )
}

#[allow(unsafe_code)]
fn small_records(context: &mut SslContextBuilder) -> Result<(), Error> {
    const SSL_CTRL_SET_MAX_SEND_FRAGMENT: libc::c_int = 52;
    // SAFETY: the context is alive and exclusively ours; this command takes its number and no pointer.
    let set = unsafe {
        openssl_sys::SSL_CTX_ctrl(
            context.as_ptr(),
            SSL_CTRL_SET_MAX_SEND_FRAGMENT,
            SMALLEST_RECORD,
            std::ptr::null_mut(),
        )
    };
    if set == 1 { Ok(()) } else { Err(internal(ErrorStack::get())) }
}
