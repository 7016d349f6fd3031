//! The ClientHello, and what can be changed about it and its way. A thing that is to be varied toward a server is added here.

use std::net::IpAddr;

use openssl::error::ErrorStack;
use openssl::ssl::{
    ExtensionContext, Ssl, SslAlert, SslContextBuilder, SslMethod, SslOptions, SslVerifyMode, SslVersion,
};

use super::super::known;
use super::super::offer::VERSIONS;
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
    /// TLS 1.2 is offered, too, where nothing but TLS 1.3 was.
    AlsoTls12,
    /// TLS 1.0 and TLS 1.1 are offered, too.
    AlsoTls10,
    AllSuites,
    LevelZero,
    /// As large as it was, by an extension that nobody knows.
    Padded,
    /// That extension without anything in it.
    Greased,
    /// Few suites, groups and schemes; TLS 1.3 stays.
    Short,
}

impl Change {
    const ALL: [Change; 12] = [
        Change::NotLarge,
        Change::NoPostQuantum,
        Change::NoTls13,
        Change::NoServerName,
        Change::NoProtocols,
        Change::NoTickets,
        Change::SmallRecords,
        Change::SmallSegments,
        Change::AlsoTls12,
        Change::AlsoTls10,
        Change::AllSuites,
        Change::LevelZero,
    ];
}

/// What a browser's post-quantum key share adds, roughly (X25519MLKEM768: 1,216 bytes).
const LARGE: usize = 1400;

/// A code point that nobody knows and everybody has to pass over (GREASE, RFC 8701).
const UNKNOWN_EXTENSION: u16 = 0x5a5a;

/// Another one, for what is padded.
const PADDING_EXTENSION: u16 = 0x6a6a;

/// The smallest that OpenSSL makes (`SSL_CTX_set_max_send_fragment(3)`).
const SMALLEST_RECORD: libc::c_long = 512;

pub(super) struct Hello {
    arguments: OfferArguments,
    pub(super) name: Option<String>,
    protocols: Vec<u8>,
    /// The groups without those, where there are post-quantum ones.
    classic: Option<Vec<String>>,
    /// Those of them that are not post-quantum ones.
    groups: Vec<String>,
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
        let mut hello = Hello {
            arguments: arguments.clone(),
            name,
            protocols,
            classic: None,
            groups: Vec::new(),
            enlarged: false,
        };
        let groups = known::groups(&hello.arguments)?;
        let is_classic = |group: &String| !group.to_ascii_uppercase().contains("MLKEM");
        if !groups.iter().all(is_classic) {
            hello.classic = Some(groups.iter().filter(|group| is_classic(group)).cloned().collect());
        }
        hello.groups = groups.into_iter().filter(is_classic).collect();
        Ok(hello)
    }

    pub(super) fn is_large(&self) -> bool {
        self.enlarged || self.classic.is_some()
    }

    pub(super) fn enlarge(&mut self) {
        self.enlarged = true;
    }

    fn is_tls13_alone(&self) -> bool {
        self.arguments.tls.is_some_and(|(lowest, _)| lowest == VERSIONS[3])
    }

    /// How many bytes it has on the wire.
    pub(super) fn length(&self, changes: &[Change]) -> Result<usize, Error> {
        let mut ssl = Ssl::new(&self.context(changes)?.build()).map_err(internal)?;
        if let Some(name) = self.name.as_deref().filter(|_| !changes.contains(&Change::NoServerName)) {
            ssl.set_hostname(name).map_err(internal)?;
        }
        known::first_flight(ssl).map(|bytes| bytes.len())
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
            Change::NoTls13 => !self.is_tls13_alone(),
            Change::AlsoTls12 => self.is_tls13_alone(),
            Change::AlsoTls10 => !self.is_tls13_alone() || changes.contains(&Change::AlsoTls12),
            _ => true,
        })
    }

    /// Each change alone, then several: what makes the hello less, the same in small pieces, and all of it.
    pub(super) fn targets(&self) -> Vec<Vec<Change>> {
        let is_possible =
            |change: &Change| self.is_possible(&[*change]) || self.is_possible(&[*change, Change::AlsoTls12]);
        let possible: Vec<Change> = Change::ALL.into_iter().filter(is_possible).collect();
        let up_to =
            |last: Change| possible.iter().copied().filter(|change| *change <= last).collect::<Vec<_>>();
        let mut targets: Vec<Vec<Change>> = possible.iter().map(|change| vec![*change]).collect();
        targets.push(possible.iter().copied().filter(|change| *change >= Change::AlsoTls12).collect());
        targets.extend([up_to(Change::NoTickets), up_to(Change::SmallSegments), up_to(Change::LevelZero)]);
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
            add_unknown(&mut context, UNKNOWN_EXTENSION, LARGE).map_err(internal)?;
        }
        let mut set = |name, value: &str| {
            let refused = || Error::new(format!("OpenSSL does not take {name} = {value}"));
            control::set(&mut context, name, value).map_err(|_| refused())
        };
        if let Some(groups) = self.classic.as_ref().filter(|_| has(Change::NoPostQuantum)) {
            set("Groups", &groups.join(":"))?;
        }
        if has(Change::AllSuites) {
            set("CipherString", "ALL:COMPLEMENTOFALL")?;
        }
        if has(Change::Short) {
            let few: Vec<String> = self.groups.iter().take(2).cloned().collect();
            set("Groups", &few.join(":"))?;
            set("CipherString", "ECDHE+AESGCM")?;
            set("SignatureAlgorithms", "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA+SHA256")?;
        }
        if has(Change::LevelZero) {
            context.set_security_level(0);
        }
        if has(Change::AlsoTls10) {
            context.set_min_proto_version(Some(SslVersion::TLS1)).map_err(internal)?;
        } else if has(Change::AlsoTls12) {
            context.set_min_proto_version(Some(SslVersion::TLS1_2)).map_err(internal)?;
        }
        if has(Change::Padded) || has(Change::Greased) {
            let bare: Vec<Change> = changes
                .iter()
                .copied()
                .filter(|change| *change != Change::Padded && *change != Change::Greased)
                .collect();
            // Its type and its length take four bytes.
            let lacking = self.length(&[])?.saturating_sub(self.length(&bare)? + 4);
            let length = if has(Change::Padded) { lacking } else { 0 };
            add_unknown(&mut context, PADDING_EXTENSION, length).map_err(internal)?;
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

fn add_unknown(context: &mut SslContextBuilder, code: u16, length: usize) -> Result<(), ErrorStack> {
    context.add_custom_ext(
        code,
        ExtensionContext::CLIENT_HELLO,
        move |_, _, _| Ok::<_, SslAlert>(Some(vec![0_u8; length])),
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
