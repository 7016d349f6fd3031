//! Certificates: every fault of the server's and of the client's, and the look-alikes that are none.

use super::super::Verdict::{Alternative, Cause, Healthy};
use super::super::{Scenario, Verdict};
use super::presented;
use crate::compression::Compression;
use crate::peer::Version;
use crate::peer::Version::{Tls12, Tls13};
use crate::pki::Holder;
use crate::policy::{Anchors, Policy, Revocation, Verifies};

pub(in super::super) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for version in [Tls12, Tls13] {
        for holder in [Holder::Server, Holder::Client] {
            let row = Row { version, holder };
            row.faults(&mut all);
            row.healthy(&mut all);
        }
        presented::names(version, &mut all);
        presented::client_choices(version, &mut all);
    }
    all
}

/// The scenarios of one owner's certificate in one version: the other side verifies it.
#[derive(Clone, Copy)]
struct Row {
    version: Version,
    holder: Holder,
}

/// A fault: which identity is presented, and the codes without their family at the verifier and at the owner.
struct Fault {
    slug: &'static str,
    summary: &'static str,
    verifier: Found,
    owner: Found,
}

/// What a side should find.
#[derive(Clone, Copy)]
enum Found {
    Named(&'static str),
    /// Another cause is named, and the true one stands among its alternatives.
    Among(&'static str, &'static str),
}

use Found::{Among, Named};

/// The same at both sides.
const fn both(slug: &'static str, cause: &'static str, summary: &'static str) -> Fault {
    Fault { slug, summary, verifier: Named(cause), owner: Named(cause) }
}

/// The owner sees less.
const fn guessed(
    slug: &'static str,
    cause: &'static str,
    named: &'static str,
    summary: &'static str,
) -> Fault {
    Fault { slug, summary, verifier: Named(cause), owner: Among(named, cause) }
}

impl Row {
    fn faults(self, all: &mut Vec<Scenario>) {
        self.presented(all);
        self.unreached(all);
        self.revoked(all);
        self.limited(all);
        self.decided(all);
    }

    /// The fault is in what is shown.
    fn presented(self, all: &mut Vec<Scenario>) {
        let presented = [
            both("expired", "expired", "The certificate ran out ten days ago."),
            both("not-yet-valid", "not_yet_valid", "The certificate's time comes in five days."),
            both("issuer-expired", "issuer_expired", "The intermediate's certificate has run out."),
            both("issuer-too-young", "not_yet_valid", "The intermediate's time comes in five days."),
            both("self-signed", "self_signed", "The certificate is self-signed."),
            both("unknown-root-sent", "unknown_issuer", "A whole chain, of an authority nobody trusts."),
            both("impostor", "unknown_issuer", "A root of the same name has another key."),
            both("wrong-purpose", "wrong_purpose", "The certificate is for e-mail alone."),
            both("any-purpose", "wrong_purpose", "Any purpose is not enough for OpenSSL."),
            both("issuer-wrong-purpose", "wrong_purpose", "The intermediate is for e-mail alone."),
            both("bad-key-usage", "bad_key_usage", "The key may encrypt data and nothing else."),
            both("issuer-bad-key-usage", "bad_key_usage", "The intermediate may not sign certificates."),
            both("weak-key", "weak_key", "The key is RSA of 1024 bits."),
            both("issuer-weak-key", "weak_key", "The intermediate's key is RSA of 1024 bits."),
            both("weak-signature", "weak_signature", "The certificate is signed with SHA-1."),
            both("issuer-weak-signature", "weak_signature", "The intermediate is signed with SHA-1."),
            both("path-length", "path_length", "An intermediate below one that allows none."),
            both("permitted-names", "name_constraints", "The intermediate is for other names."),
            both("excluded-names", "name_constraints", "The intermediate is for all but this name."),
            both(
                "unknown-critical",
                "unhandled_critical_extension",
                "A critical extension that nobody knows.",
            ),
            both("bad-signature", "bad_signature", "One bit of the certificate's signature is wrong."),
            // Whose root would prove it, the owner need not have; that the proof of its own key is right it can try.
            both(
                "issuer-bad-signature",
                "bad_signature",
                "One bit of the intermediate's signature is wrong.",
            ),
            both(
                "wrong-intermediate",
                "incomplete_chain",
                "The intermediate has the right name and another key.",
            ),
            both("misnamed-issuer", "unknown_issuer", "The certificate names another key than its issuer's."),
            both("issuer-not-ca", "issuer_not_ca", "The issuer is no authority."),
            both("large", "chain_too_large", "The Certificate message has over 100 kB."),
            both("malformed", "malformed", "The certificate's keyUsage is cut off."),
            both("faulty-key", "proof_failed", "The owner's signer makes a wrong signature."),
        ];
        all.extend(presented.into_iter().map(|fault| self.presenting(fault, |_| {})));
    }

    /// No trust anchor is reached.
    fn unreached(self, all: &mut Vec<Scenario>) {
        let unreached = [
            // To a verifier, and to an owner, a lone certificate looks the same with both.
            both("lone", "incomplete_chain", "The intermediate was not sent."),
            both("gap", "incomplete_chain", "One of two intermediates was not sent."),
            both("unknown-issuer", "unknown_issuer", "A chain without its root, which nobody trusts."),
            both("unknown-root-directly", "unknown_issuer", "Issued by a root that nobody trusts."),
        ];
        all.extend(unreached.into_iter().map(|fault| self.presenting(fault, |_| {})));
        all.push(self.trusting(
            match self.holder {
                Holder::Server => both("root-expired", "issuer_expired", "The trusted root has run out."),
                Holder::Client => {
                    guessed("root-expired", "issuer_expired", "crl_expired", "The trusted root has run out.")
                }
            },
            match self.holder {
                Holder::Server => "servers' old root",
                Holder::Client => "clients' old root",
            },
        ));
    }

    /// The verifier checks revocation.
    fn revoked(self, all: &mut Vec<Scenario>) {
        let checked = [
            (
                "revoked",
                both("revoked", "revoked", "The certificate is on the revocation list."),
                Revocation::Leaf(&["revoking"]),
            ),
            (
                "good",
                guessed(
                    "crl-unavailable",
                    "crl_unavailable",
                    "unknown_issuer",
                    "The verifier checks lists and has none.",
                ),
                Revocation::Leaf(&[]),
            ),
            (
                "good",
                guessed(
                    "crl-unavailable-for-issuer",
                    "crl_unavailable",
                    "unknown_issuer",
                    "The verifier lacks the root's revocation list.",
                ),
                Revocation::Chain(&["issuing"]),
            ),
            (
                "good",
                match self.holder {
                    Holder::Server => guessed(
                        "crl-expired",
                        "crl_expired",
                        "issuer_expired",
                        "The revocation list is stale.",
                    ),
                    Holder::Client => both("crl-expired", "crl_expired", "The revocation list is stale."),
                },
                Revocation::Leaf(&["stale"]),
            ),
            (
                "good",
                guessed("crl-early", "crl_unusable", "rejected", "The revocation list's time has not come."),
                Revocation::Leaf(&["early"]),
            ),
            (
                "good",
                guessed(
                    "crl-elsewhere",
                    "crl_unusable",
                    "rejected",
                    "The revocation list is about other certificates.",
                ),
                Revocation::Leaf(&["elsewhere"]),
            ),
        ];
        for (presents, fault, revocation) in checked {
            let scenario = self.presenting(fault, |policy| policy.revocation = revocation);
            all.push(self.owner(scenario, |policy| policy.presents = Some(presents)));
        }
        let strict = both(
            "strict-issuer-without-usage",
            "strict_profile",
            "The intermediate has no keyUsage, and the verifier is strict.",
        );
        all.push(self.presenting(strict, |policy| policy.strict = true));
    }

    /// The verifier has limits of its own, or trusts nobody.
    fn limited(self, all: &mut Vec<Scenario>) {
        let deep = guessed(
            "verify-depth",
            "verify_depth",
            "unknown_issuer",
            "Two intermediates, and the verifier follows one.",
        );
        let deep = self.presenting(deep, |policy| policy.depth = Some(1));
        all.push(self.owner(deep, |policy| policy.presents = Some("two-intermediates")));
        let small = both("small-limit", "chain_too_large", "The verifier reads 8,000 bytes of chain.");
        let small = self.presenting(small, |policy| policy.longest_chain = Some(8000));
        // From 3.2 on OpenSSL's clients compress what they show without being asked to, its servers do not.
        let compresses = Compression::ALL.iter().any(|algorithm| algorithm.is_available());
        let small = if self.version == Tls13 && self.holder == Holder::Client && compresses {
            small.vague_about_size()
        } else {
            small
        };
        all.push(self.owner(small, |policy| policy.presents = Some("bulky")));
        let nobody = both("nobody-trusted", "unknown_issuer", "The verifier trusts nobody.");
        let nobody = self.presenting(nobody, |policy| policy.trusts = Anchors::Nobody);
        all.push(self.owner(nobody, |policy| policy.presents = Some("good")));
    }

    /// The verifier's application decides.
    fn decided(self, all: &mut Vec<Scenario>) {
        let refused = both("refused", "rejected", "The verifier's application refuses a good certificate.");
        let mut refused = self.presenting(refused, |policy| policy.verifies = Verifies::Refusing);
        if self.holder == Holder::Server && self.version == Tls12 {
            // The same bytes as of a client whose signer fails before it has sent anything.
            refused.server = Alternative { named: "sigalg.signer_refused", truth: "server_cert.rejected" };
        }
        all.push(self.owner(refused, |policy| policy.presents = Some("good")));
        for (slug, presents, cause) in [
            ("passed-expired", "expired", "expired"),
            ("passed-unknown-issuer", "unknown-issuer", "unknown_issuer"),
        ] {
            let fault = both(slug, cause, "The verifier's callback lets a fault pass and remembers it.");
            let scenario = self.presenting(fault, |policy| policy.verifies = Verifies::LettingPass);
            let scenario = self.owner(scenario, |policy| policy.presents = Some(presents));
            all.push(self.only_verifier(scenario));
        }
    }

    fn healthy(self, all: &mut Vec<Scenario>) {
        for (presents, summary) in [
            ("good", "The certificate is in order."),
            ("wrong-order", "The chain comes in the wrong order, and verifies."),
            ("cross-signed", "The chain has a cross-signed root to spare."),
            ("with-root", "The chain has its root to spare."),
            ("two-intermediates", "The chain has two intermediates."),
            ("fitting-names", "The intermediate's name constraints fit."),
            ("no-purpose", "The certificate has no extendedKeyUsage."),
            ("no-key-usage", "The certificate has no keyUsage."),
            ("strict-issuer-without-usage", "The intermediate has no keyUsage, and nobody is strict."),
            ("must-staple", "The certificate insists on a stapled response, and the verifier does not."),
        ] {
            let scenario = self.start(format!("healthy-{presents}"), summary);
            all.push(self.owner(scenario, |policy| policy.presents = Some(presents)));
        }
        let mut verified = |slug: &str, presents, summary, turn: &dyn Fn(&mut Policy)| {
            let scenario = self.start(format!("healthy-{slug}"), summary);
            let scenario = self.owner(scenario, |policy| policy.presents = Some(presents));
            all.push(self.verifier(scenario, turn));
        };
        verified("crl", "good", "The leaf is looked up in a revocation list.", &|policy| {
            policy.revocation = Revocation::Leaf(&["revoking"]);
        });
        verified("crl-chain", "good", "The whole chain is looked up in revocation lists.", &|policy| {
            policy.revocation = Revocation::Chain(&["issuing", "root"]);
        });
        verified("strict", "good", "A strict verifier has nothing to complain of.", &|policy| {
            policy.strict = true;
        });
        verified("depth", "two-intermediates", "The verifier's depth just suffices.", &|policy| {
            policy.depth = Some(2);
        });
        verified("trusted-itself", "self-signed", "A self-signed certificate that is trusted.", &|policy| {
            policy.trusts = Anchors::Named(match self.holder {
                Holder::Server => "the server itself",
                Holder::Client => "the client itself",
            });
        });
        verified("forgiven", "expired", "The verifier's callback accepts the fault on purpose.", &|policy| {
            policy.verifies = Verifies::Forgiving;
        });
        verified("unverified", "expired", "The verifier verifies nothing.", &|policy| {
            policy.verifies = Verifies::Not;
        });
        verified("low-level", "weak-key", "A weak key at a verifier whose level allows it.", &|policy| {
            policy.level = Some(0);
        });
    }

    /// The fault's identity presented; the verifier turned.
    fn presenting(self, fault: Fault, turn: impl FnOnce(&mut Policy)) -> Scenario {
        let Fault { slug, summary, verifier, owner } = fault;
        let family = self.family();
        let scenario = self.start(slug.to_owned(), summary);
        let scenario = self.owner(scenario, |policy| policy.presents = Some(slug));
        let scenario = self.verifier(scenario, turn);
        let (verifier, owner) = (verdict(family, verifier), verdict(family, owner));
        match self.holder {
            Holder::Server => scenario.ends(owner, verifier),
            Holder::Client => scenario.ends(verifier, owner),
        }
    }

    fn trusting(self, fault: Fault, anchor: &'static str) -> Scenario {
        self.presenting(fault, |policy| policy.trusts = Anchors::Named(anchor))
    }

    /// The handshake succeeds, and only the verifier has something to say.
    fn only_verifier(self, mut scenario: Scenario) -> Scenario {
        match self.holder {
            Holder::Server => scenario.server = Healthy,
            Holder::Client => scenario.client = Healthy,
        }
        scenario
    }

    fn family(self) -> &'static str {
        match self.holder {
            Holder::Server => "server_cert",
            Holder::Client => "client_cert",
        }
    }

    /// The mutual handshake; the owner's level lets it present anything, the verifier's is Debian's default.
    fn start(self, slug: String, summary: &'static str) -> Scenario {
        let scenario =
            Scenario::new(&format!("{}-{slug}", self.family().replace('_', "-")), summary, self.version);
        let scenario = self.owner(scenario, |policy| policy.level = Some(0));
        self.verifier(scenario, |policy| policy.level = Some(2))
    }

    fn owner(self, scenario: Scenario, turn: impl FnOnce(&mut Policy)) -> Scenario {
        match self.holder {
            Holder::Server => scenario.server(|server| turn(&mut server.policy)),
            Holder::Client => scenario.client(|client| turn(&mut client.policy)),
        }
    }

    fn verifier(self, scenario: Scenario, turn: impl FnOnce(&mut Policy)) -> Scenario {
        match self.holder {
            Holder::Server => scenario.client(|client| turn(&mut client.policy)),
            Holder::Client => scenario.server(|server| turn(&mut server.policy)),
        }
    }
}

/// The full codes, from a table since they live as long as the program.
fn verdict(family: &'static str, found: Found) -> Verdict {
    match found {
        Named(cause) => Cause(code(family, cause)),
        Among(named, truth) => Alternative { named: code(family, named), truth: code(family, truth) },
    }
}

fn code(family: &'static str, cause: &'static str) -> &'static str {
    macro_rules! codes {
        ($($cause:literal)*) => {
            match (family, cause) {
                $(("server_cert", $cause) => concat!("server_cert.", $cause),
                ("client_cert", $cause) => concat!("client_cert.", $cause),)*
                unknown => unreachable!("{unknown:?}"),
            }
        };
    }
    codes! {
        "crl_unusable" "strict_profile" "expired" "not_yet_valid" "issuer_expired" "self_signed" "unknown_issuer" "incomplete_chain" "wrong_purpose"
        "bad_key_usage" "revoked" "crl_unavailable" "crl_expired" "weak_key" "weak_signature" "path_length"
        "verify_depth" "name_constraints" "unhandled_critical_extension" "bad_signature" "issuer_not_ca"
        "chain_too_large" "proof_failed" "malformed" "rejected"
    }
}
