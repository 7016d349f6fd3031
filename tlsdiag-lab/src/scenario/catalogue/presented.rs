//! Which certificate is shown, for which name, and whether one is shown at all.

use super::super::Scenario;
use super::super::Verdict::{Alternative, Cause};
use crate::peer::{Client, Server, Version};
use crate::policy::Verifies;

/// The name of the server, and its stapled response.
pub(super) fn names(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug: &str, summary, presents, asked| {
        Scenario::new(&format!("server-cert-{slug}"), summary, version)
            .server(|server| server.policy.presents = Some(presents))
            .client(|client| client.server_name = asked)
    };
    let mismatch = Cause("server_cert.hostname_mismatch");
    for (slug, summary, presents, asked) in [
        ("other-name", "The certificate is for another name.", "other-name", "localhost"),
        ("wildcard-too-deep", "A wildcard covers one label.", "wildcard", "a.b.lab.example"),
        ("wildcard-parent", "A wildcard does not cover the parent.", "wildcard", "lab.example"),
        ("name-and-port", "The client asks for a name with its port.", "good", "localhost:443"),
        ("name-with-a-dot", "The client asks for a name with the root's dot.", "good", "localhost."),
        ("other-common-name", "No subjectAltName, and another CN.", "other-common-name-only", "localhost"),
    ] {
        all.push(start(slug, summary, presents, asked).ends(mismatch, mismatch));
    }
    // No server_name goes with an address, so the server cannot know what was asked for.
    let among = Alternative { named: "server_cert.rejected", truth: "server_cert.hostname_mismatch" };
    all.push(
        start(
            "no-address",
            "The client asks for an address that the certificate lacks.",
            "no-address",
            "127.0.0.1",
        )
        .ends(among, mismatch),
    );
    for (slug, summary, presents, asked) in [
        ("healthy-wildcard", "A wildcard covers the name.", "wildcard", "www.lab.example"),
        ("healthy-address", "The client asks for an address.", "good", "127.0.0.1"),
        ("healthy-common-name", "No subjectAltName, but the CN fits.", "common-name-only", "localhost"),
        ("healthy-any-case", "Names have no case.", "good", "LocalHost"),
    ] {
        all.push(start(slug, summary, presents, asked));
    }
    let staple = Cause("server_cert.stapling_required");
    all.push(
        start("stapling-required", "The client insists on a stapled response.", "good", "localhost")
            .client(|client| client.policy.wants_staple = true)
            .ends(staple, staple),
    );
}

/// Whether the client shows a certificate at all.
pub(super) fn client_choices(version: Version, all: &mut Vec<Scenario>) {
    let start = |slug: &str, summary| Scenario::new(&format!("client-cert-{slug}"), summary, version);
    let none = |client: &mut Client| client.identity = None;
    let optional = |server: &mut Server| server.policy.verifies = Verifies::IfPresented;
    let missing = Cause("client_cert.missing");
    all.push(
        start("required-absent", "A certificate is required, and the client has none.")
            .client(none)
            .ends(missing, missing),
    );
    all.push(
        start("healthy-optional-absent", "A certificate is welcome, and the client has none.")
            .server(optional)
            .client(none),
    );
    all.push(
        start("healthy-optional-present", "A certificate is welcome, and the client has one.")
            .server(optional),
    );
    all.push(
        start("healthy-unasked", "Nobody asks the client, which has a certificate.")
            .server(|server| server.asks_client = false),
    );
    all.push(
        start("optional-expired", "A certificate is welcome, and the client's has expired.")
            .server(optional)
            .client(|client| client.policy.presents = Some("expired"))
            .ends(Cause("client_cert.expired"), Cause("client_cert.expired")),
    );
    all.push(
        start("not-in-ca-list", "The client heeds the server's names, and is of none of them.")
            .server(|server| server.policy.names = Some("stranger"))
            .client(|client| client.policy.heeds_names = true)
            .ends(
                Alternative { named: "client_cert.missing", truth: "client_cert.not_in_ca_list" },
                Cause("client_cert.not_in_ca_list"),
            ),
    );
    all.push(
        start("healthy-not-in-ca-list", "The client sends what the server does not name, but trusts.")
            .server(|server| server.policy.names = Some("stranger")),
    );
}
