//! Scenarios once more, as today's programs meet them: certificates under compression, and a ClientHello of two segments.

use super::super::Verdict::{Alternative, Cause};
use super::super::{Peer, Scenario, Verdict};
use super::broken::LARGE_HELLO;
use crate::compression::Compression;
use crate::peer::Version::Tls13;

/// Each cause of a certificate with both certificates compressed, by one algorithm after the other.
pub(in super::super) fn compressed() -> Vec<Scenario> {
    let available: Vec<Compression> =
        Compression::ALL.into_iter().filter(|algorithm| algorithm.is_available()).collect();
    let of_certificates = |scenario: &Scenario| {
        let causes = [scenario.server, scenario.client].map(truth);
        causes
            .iter()
            .flatten()
            .any(|cause| cause.starts_with("server_cert.") || cause.starts_with("client_cert."))
    };
    let all = [super::all(), super::certificates::all(), super::negotiation()].concat();
    all.into_iter()
        .filter(|scenario| scenario.version == Tls13 && of_certificates(scenario))
        .filter(|scenario| {
            matches!((&scenario.server_peer, &scenario.client_peer), (Peer::Tls(_), Peer::Tls(_)))
        })
        .zip(available.iter().cycle())
        .map(|(scenario, algorithm)| scenario.under(*algorithm))
        .collect()
}

/// Each cause of the transport at a client whose hello is large for no matter of it.
pub(in super::super) fn with_large_hello() -> Vec<Scenario> {
    let all = [super::all(), super::negotiation()].concat();
    let of_transport =
        |scenario: &Scenario| truth(scenario.client).is_some_and(|cause| cause.starts_with("transport."));
    all.into_iter()
        .filter(of_transport)
        .filter(|scenario| matches!(&scenario.client_peer, Peer::Tls(client) if client.tune.is_none()))
        .map(|scenario| scenario.named("large-hello").client(|client| client.tune = Some(LARGE_HELLO)))
        .collect()
}

fn truth(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Cause(truth) | Alternative { truth, .. } => Some(truth),
        Verdict::Healthy | Verdict::NotRecorded => None,
    }
}

impl Scenario {
    fn under(self, algorithm: Compression) -> Scenario {
        self.named("compressed")
            .server(|server| server.policy.compression = Some(algorithm))
            .client(|client| client.policy.compression = Some(algorithm))
            .vague_about_size()
    }

    /// What stands before the version in the name of a twin.
    fn named(mut self, word: &str) -> Scenario {
        if let Some((slug, version)) = self.name.rsplit_once('-') {
            self.name = format!("{slug}-{word}-{version}");
        }
        self
    }

    /// OpenSSL answers a compressed chain above its limit with bad_certificate, which can mean anything, and one that was not
    /// compressed with illegal_parameter. So the owner of a chain that only a lower limit refuses cannot tell.
    pub(super) fn vague_about_size(mut self) -> Scenario {
        if self.name.starts_with("server-cert-small-limit") {
            self.server = Alternative { named: "server_cert.rejected", truth: "server_cert.chain_too_large" };
        }
        if self.name.starts_with("client-cert-small-limit") {
            self.client = Alternative { named: "client_cert.rejected", truth: "client_cert.chain_too_large" };
        }
        self
    }
}
