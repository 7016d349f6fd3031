//! The signature schemes that one end asks for, in its order, and what became of each.

use maud::{Markup, html};
use tlsdiag_core::diagnose::fit;
use tlsdiag_core::report::{CertificateRecord, Code, Record};
use tlsdiag_core::wire::x509::KeyKind;
use tlsdiag_core::wire::{ProtocolVersion, SignatureScheme};

use super::clients::glyph;
use crate::view::{Shown, State};

/// So many rows are shown.
const MOST: usize = 100;

/// What decides over a signature.
struct Schemes<'a> {
    /// Who signs: `client` or `server`.
    signer: &'static str,
    /// In the order of whoever verifies.
    asked: &'a [Code],
    /// What the signer's own hello lists, where the client signs.
    knows: Option<&'a [Code]>,
    /// The keys that the signer has, as they are shown.
    keys: Vec<&'a str>,
    version: Option<ProtocolVersion>,
    signed: Option<&'a Code>,
    /// The number of another handshake of the client, what was asked in it, and what was signed.
    beside: Option<(u64, &'a [Code], Option<&'a Code>)>,
    is_refused: bool,
    is_established: bool,
}

pub(super) fn schemes(shown: Shown<'_>) -> Markup {
    let cause = shown.record.cause().unwrap_or_default();
    let of_client = client(shown).filter(|schemes| !schemes.asked.is_empty());
    let of_server = server(shown.record).filter(|schemes| !schemes.asked.is_empty());
    let by_server = matches!(
        cause,
        "sigalg.no_overlap" | "sigalg.peer_used_unoffered" | "cipher.no_matching_certificate"
    );
    let by_client = cause.starts_with("sigalg.") && of_client.is_some()
        || shown.record.stage.as_deref() == Some("certificate_verify");
    html! {
        @if let Some(schemes) = of_client { (section(&schemes, by_client)) }
        @if let Some(schemes) = of_server { @if by_server { (section(&schemes, true)) } }
    }
}

fn client(shown: Shown<'_>) -> Option<Schemes<'_>> {
    let record = shown.record;
    let request = record.certificate_request.as_ref()?;
    let beside = shown.beside.and_then(|(number, other)| {
        let request = other.certificate_request.as_ref()?;
        Some((number, request.signature_schemes.as_deref()?, request.answered_with.as_ref()))
    });
    Some(Schemes {
        signer: "client",
        asked: request.signature_schemes.as_deref()?,
        knows: record.offer.as_ref().and_then(|offer| offer.signature_schemes.as_deref()),
        keys: keys(record.certificates.client.as_deref(), record, "client"),
        version: version(record),
        signed: request.answered_with.as_ref(),
        beside,
        is_refused: record.cause() == Some("sigalg.signer_refused") && request.answered_with.is_none(),
        is_established: record.tls.established,
    })
}

fn server(record: &Record) -> Option<Schemes<'_>> {
    Some(Schemes {
        signer: "server",
        asked: record.offer.as_ref()?.signature_schemes.as_deref()?,
        knows: None,
        keys: keys(record.certificates.server.as_deref(), record, "server"),
        version: version(record),
        signed: record.answer.as_ref().and_then(|answer| answer.signature_scheme.as_ref()),
        beside: None,
        is_refused: false,
        is_established: record.tls.established,
    })
}

/// The key of the certificate that was shown, else those that this side is set up with.
fn keys<'a>(chain: Option<&'a [CertificateRecord]>, record: &'a Record, signer: &str) -> Vec<&'a str> {
    match chain.and_then(<[_]>::first) {
        Some(leaf) => vec![&leaf.key],
        None if record.role == signer => record.local.certificates.iter().map(|own| &*own.key).collect(),
        None => Vec::new(),
    }
}

fn version(record: &Record) -> Option<ProtocolVersion> {
    record.answer.as_ref().map(|answer| ProtocolVersion(answer.version.code))
}

impl Schemes<'_> {
    /// Whether a key of the signer's can make this signature; `None` where no key is known.
    fn fits(&self, scheme: &Code) -> Option<bool> {
        let kinds: Vec<KeyKind> = self.keys.iter().filter_map(|key| KeyKind::of_shown(key)).collect();
        let versions = match self.version {
            Some(version) => vec![version],
            None => vec![ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3],
        };
        let can = |kind: &KeyKind| {
            versions.iter().any(|version| fit::can_sign(kind, *version, SignatureScheme(scheme.code)))
        };
        (!kinds.is_empty()).then(|| kinds.iter().any(can))
    }

    /// What became of it: a state for its colour, and words.
    fn became(&self, scheme: &Code, is_first: bool) -> Option<(State, String)> {
        let is = |signed: Option<&Code>| signed.is_some_and(|signed| signed.code == scheme.code);
        if is(self.signed) {
            let state = if self.is_established { State::Worked } else { State::Noted };
            return Some((state, "signed".to_owned()));
        }
        if self.fits(scheme) == Some(false) {
            return Some((State::Noted, "does not fit the key".to_owned()));
        }
        match self.beside {
            Some((number, _, signed)) if is(signed) => {
                return Some((State::Worked, format!("signed in #{number}")));
            }
            _ => {}
        }
        let refused = self.is_refused && is_first && self.fits(scheme) == Some(true);
        refused.then(|| (State::Failed, "the first that fits the key; no signature came".to_owned()))
    }
}

fn section(schemes: &Schemes<'_>, is_open: bool) -> Markup {
    let signer = schemes.signer;
    let id = format!("schemes-{signer}");
    let (fitting, others): (Vec<_>, Vec<_>) = schemes
        .asked
        .iter()
        .take(MOST)
        .enumerate()
        .partition(|(_, scheme)| schemes.fits(scheme) != Some(false));
    let asker = if signer == "client" { "server" } else { "client" };
    html! {
        section.card aria-labelledby={ (id) "-title" } {
            h2 id={ (id) "-title" } { "Schemes for the " (signer) "'s signature" }
            details id=(id) open[is_open] {
                summary { "In the " (asker) "'s order, " (schemes.asked.len()) " in all" }
                p.small { (note(schemes, fitting.len())) }
                @if !fitting.is_empty() { (table(schemes, &fitting)) }
                @if !others.is_empty() {
                    details id={ (id) "-others" } {
                        summary { (others.len()) " more, which do not fit the key" }
                        (table(schemes, &others))
                    }
                }
                @if schemes.asked.len() > MOST { p.small { "Those behind the first " (MOST) " are not shown." } }
                @if let Some(signed) = schemes.signed {
                    @if !schemes.asked.iter().any(|scheme| scheme.code == signed.code) {
                        p { (glyph(State::Failed)) " signed with " code { (signed.name) } ", which is not in the list" }
                    }
                }
            }
        }
    }
}

fn note(schemes: &Schemes<'_>, fitting: usize) -> String {
    let signer = schemes.signer;
    match (&schemes.keys[..], fitting) {
        ([], _) => format!("The {signer}'s key is not known, so all are shown."),
        (keys, 0) => format!("None fits the {signer}'s key: {}.", keys.join(", ")),
        (keys, _) => format!("These fit the {signer}'s key: {}.", keys.join(", ")),
    }
}

fn table(schemes: &Schemes<'_>, rows: &[(usize, &Code)]) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" aria-label="Signature schemes" {
            table {
                thead {
                    tr {
                        th scope="col" { "place" }
                        th scope="col" { "scheme" }
                        @if schemes.knows.is_some() { th scope="col" { "in the client's hello" } }
                        @if let Some((number, ..)) = schemes.beside { th scope="col" { "asked for in #" (number) } }
                        th scope="col" { "what became of it" }
                    }
                }
                tbody { @for (at, (place, scheme)) in rows.iter().enumerate() { (line(schemes, *place, scheme, at == 0)) } }
            }
        }
    }
}

fn line(schemes: &Schemes<'_>, place: usize, scheme: &Code, is_first: bool) -> Markup {
    let became = schemes.became(scheme, is_first);
    let class = match became {
        Some((State::Failed, _)) => Some("hit"),
        Some((State::Worked, _)) => Some("took"),
        _ => None,
    };
    html! {
        tr class=[class] {
            td { (place + 1) }
            th scope="row" { (scheme.name) }
            @if let Some(knows) = schemes.knows { td { (yes(contains(knows, scheme))) } }
            @if let Some((_, asked, _)) = schemes.beside { td { (yes(contains(asked, scheme))) } }
            td {
                @if let Some((state, words)) = became {
                    (glyph(state)) " " @if state == State::Noted { (words) } @else { b.(state.class()) { (words) } }
                }
            }
        }
    }
}

fn contains(codes: &[Code], scheme: &Code) -> bool {
    codes.iter().any(|code| code.code == scheme.code)
}

fn yes(is: bool) -> Markup {
    html! { @if is { "yes" } @else { b { "no" } } }
}
