//! The advice, taken at its word: a handshake fails, the record's line for that stack is written into its configuration as it
//! stands, and the same handshake works.

use std::collections::BTreeSet;

use openssl::ssl::{AlpnError, select_next_proto};
use tlsdiag_core::report::Record;
use tlsdiag_lab::peer::Version::{self, Tls12, Tls13};
use tlsdiag_lab::peer::{Client, Offer, Server};

use crate::cells::{AES128, AES256, ECDHE};
use crate::meeting;
use crate::place::Place;
use crate::programs::{Group, Told, curl, is_here, named};

/// A program with something wrong, what our side records of it, and the stack whose line is to mend it.
struct Fault<Ours> {
    cause: &'static str,
    program: &'static str,
    /// The stack of the line, where it is not the program itself.
    stack: Option<&'static str>,
    theirs: Told,
    ours: Ours,
}

impl<Ours> Fault<Ours> {
    fn theirs(mut self, turn: impl FnOnce(&mut Told)) -> Self {
        turn(&mut self.theirs);
        self
    }

    fn ours(mut self, turn: impl FnOnce(&mut Ours)) -> Self {
        turn(&mut self.ours);
        self
    }

    /// By a line of openssl.cnf, which the program reads.
    fn by_cnf(mut self) -> Self {
        self.stack = Some("openssl.cnf");
        self
    }
}

/// The lines for this stack in the first finding, as they are printed, for the side that is not ours.
fn lines(record: &Record, cause: &str, stack: &str) -> Vec<String> {
    let first = record.diagnosis.findings.first().filter(|first| first.cause == cause);
    let first = first.unwrap_or_else(|| panic!("{cause} is not found first:\n{}", meeting::shown(record)));
    let is_theirs = |side: &Option<String>| side.as_ref().is_none_or(|side| *side != record.role);
    let lines = first.advice.iter().filter(|advice| advice.stack == stack && is_theirs(&advice.side));
    lines.map(|advice| advice.line.clone()).collect()
}

/// Tries it broken, then mended by the first line of its stack.
fn mend<Ours: Copy>(
    fault: &Fault<Ours>,
    meet: impl Fn(&Told, Ours) -> Option<Vec<Record>>,
) -> Result<String, String> {
    let stack = fault.stack.unwrap_or(fault.program);
    let title = format!("{} at {}, by {stack}", fault.cause, fault.program);
    let of = |told: &Told| meet(told, fault.ours).and_then(|mut records| records.pop());
    let broken = of(&fault.theirs).ok_or_else(|| format!("{title}: cannot be made to fail"))?;
    if broken.tls.established && broken.diagnosis.cause.is_none() {
        return Err(format!("{title}: nothing failed"));
    }
    let line = lines(&broken, fault.cause, stack).into_iter().next();
    let line = line.ok_or_else(|| format!("{title}: there is no line\n{}", meeting::shown(&broken)))?;
    let mut told = fault.theirs.clone();
    match stack {
        "openssl.cnf" => told.cnf.push(line.clone()),
        _ => told.advice.push(line.clone()),
    }
    let mended = of(&told).ok_or_else(|| format!("{title}: nothing was recorded with {line}"))?;
    if mended.tls.established && mended.diagnosis.findings.is_empty() {
        Ok(format!("{title}: {}", line.replace('\n', " | ")))
    } else {
        Err(format!("{title}: {line} does not mend it\n{}", meeting::shown(&mended)))
    }
}

fn judge(results: Vec<Result<String, String>>) {
    let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    for line in good.iter().flatten() {
        println!("mended: {line}");
    }
    let bad: Vec<String> = bad.into_iter().filter_map(Result::err).collect();
    println!("{} lines of advice mend what they are for, {} do not", good.len(), bad.len());
    assert!(bad.is_empty() && !good.is_empty(), "{}", bad.join("\n"));
}

fn at_server(cause: &'static str, program: &'static str, version: Version) -> Fault<Client> {
    Fault {
        cause,
        program,
        stack: None,
        theirs: Told {
            identity: Some("fullchain"),
            trusts: Some("client-ca"),
            asks_client: true,
            ..Told::default()
        },
        ours: Client::new(version),
    }
}

/// What each of the three servers can be told.
fn at_each_server(program: &'static str) -> Vec<Fault<Client>> {
    let fault = at_server;
    let mut faults = Vec::new();
    faults.push(
        fault("sigalg.signer_refused", program, Tls12)
            .ours(|client| client.identity = Some(|pki| &pki.client_card)),
    );
    faults.push(fault("sigalg.signer_refused", program, Tls13).ours(|client| {
        client.offer = Offer::default();
        client.identity = Some(|pki| &pki.client_card);
    }));
    faults.push(
        fault("server_cert.incomplete_chain", program, Tls12).theirs(|told| told.identity = Some("lone")),
    );
    faults.push(
        fault("group.no_overlap", program, Tls13)
            .theirs(|told| told.group = Some(Group::P384))
            .ours(|client| client.offer.groups = Some("P-256")),
    );
    for version in [Tls12, Tls13] {
        faults.push(
            fault("cipher.no_overlap", program, version).theirs(|told| told.ciphers = Some(AES128)).ours(
                |client| {
                    (client.offer.cipher_list, client.offer.ciphersuites) = (Some(AES256.0), Some(AES256.1))
                },
            ),
        );
    }
    // A client of old, which has nothing of what is usual.
    faults.push(
        fault("cipher.no_overlap", program, Tls12)
            .theirs(|told| told.ciphers = Some(AES128))
            .ours(|client| client.offer.cipher_list = Some("AES256-SHA:AES128-SHA256")),
    );
    if program != "openssl" {
        faults.push(fault("version.no_overlap", program, Tls13).theirs(|told| told.only = Some(Tls12)));
        faults.push(
            fault("cipher.no_matching_certificate", program, Tls12)
                .theirs(|told| told.identity = Some("ec"))
                .ours(|client| {
                    client.offer.cipher_list = Some(
                        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305",
                    )
                }),
        );
    }
    if program != "nginx" {
        // nginx completes the handshake, so that its client records nothing to mend.
        faults.push(
            fault("sigalg.client_key_incompatible", program, Tls12)
                .theirs(|told| told.client_sigalgs = Some("ECDSA+SHA256")),
        );
        faults.push(
            fault("client_cert.unknown_issuer", program, Tls12).theirs(|told| told.trusts = Some("other-ca")),
        );
    }
    faults
}

/// The program is the server.
fn at_servers() -> Vec<Fault<Client>> {
    let fault = at_server;
    let mut faults: Vec<_> = ["openssl", "nginx", "apache"].into_iter().flat_map(at_each_server).collect();
    // The broken line is of the same kind as the one that mends it; Apache takes DH parameters from the certificate's file too.
    for (program, identity, small) in [
        (
            "nginx",
            "fullchain",
            "ssl_ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0; ssl_dhparam /path/dh1024.pem;",
        ),
        ("apache", "small-dh", "SSLCipherSuite DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0"),
    ] {
        faults.push(fault("dh.key_too_small", program, Tls12).theirs(|told| {
            told.identity = Some(identity);
            told.advice = vec![small.to_owned()];
        }));
    }
    faults.push(
        fault("sigalg.signer_refused", "openssl", Tls12)
            .ours(|client| client.identity = Some(|pki| &pki.client_card))
            .by_cnf(),
    );
    faults.push(
        fault("server_cert.incomplete_chain", "python", Tls13).theirs(|told| told.identity = Some("lone")),
    );
    faults.push(
        fault("client_cert.unknown_issuer", "python", Tls12).theirs(|told| told.trusts = Some("other-ca")),
    );
    faults.push(
        fault("cipher.no_overlap", "python", Tls12)
            .theirs(|told| told.ciphers = Some(AES128))
            .ours(|client| client.offer.cipher_list = Some(AES256.0)),
    );
    faults
}

/// The program is the client.
fn at_clients() -> Vec<Fault<Server>> {
    let fault = |cause, program, version: Version| Fault {
        cause,
        program,
        stack: None,
        theirs: Told { identity: Some("client"), trusts: Some("ca"), ..Told::default() },
        ours: Server::new(version),
    };
    let mut faults = Vec::new();
    for program in ["openssl", "curl", "python"] {
        for version in [Tls12, Tls13] {
            faults.push(fault("client_cert.missing", program, version).theirs(|told| told.identity = None));
            faults.push(
                fault("client_cert.incomplete_chain", program, version)
                    .theirs(|told| told.identity = Some("client-lone")),
            );
            // What a client trusts that looks at the result itself, the server never hears.
            if program != "curl" || !curl::looks_at_the_result_itself() {
                faults.push(
                    fault("server_cert.unknown_issuer", program, version)
                        .theirs(|told| told.trusts = Some("other-ca")),
                );
            }
        }
        if program != "openssl" {
            faults.push(fault("version.no_overlap", program, Tls12).theirs(|told| told.only = Some(Tls13)));
            faults.push(
                fault("cipher.no_overlap", program, Tls12)
                    .theirs(|told| (told.only, told.ciphers) = (None, Some(AES128)))
                    .ours(|server| server.offer.cipher_list = Some(AES256.0)),
            );
            // A server of old, which has nothing of what is usual.
            faults.push(
                fault("cipher.no_overlap", program, Tls12)
                    .theirs(|told| (told.only, told.ciphers) = (None, Some(AES128)))
                    .ours(|server| server.offer.cipher_list = Some("AES256-SHA:AES128-SHA256")),
            );
        }
        // A line of openssl.cnf for a program that says nothing of its own.
        faults.push(
            fault("group.no_overlap", program, Tls13)
                .theirs(|told| told.cnf = vec!["Groups = P-384".to_owned()])
                .ours(|server| server.offer.groups = Some("P-256"))
                .by_cnf(),
        );
        faults.push(
            fault("group.no_overlap", program, Tls12)
                .theirs(|told| {
                    told.cnf = vec!["Groups = P-384".to_owned(), format!("CipherString = {ECDHE}")]
                })
                .ours(|server| (server.offer.groups, server.offer.cipher_list) = (Some("P-256"), Some(ECDHE)))
                .by_cnf(),
        );
    }
    faults.push(
        fault("group.no_overlap", "curl", Tls13)
            .theirs(|told| told.group = Some(Group::P384))
            .ours(|server| server.offer.groups = Some("P-256")),
    );
    faults.push(
        fault("sigalg.no_overlap", "openssl", Tls13).theirs(|told| told.sigalgs = Some("ECDSA+SHA256")),
    );
    faults.push(
        fault("sigalg.no_overlap", "openssl", Tls12)
            .theirs(|told| told.cnf = vec!["SignatureAlgorithms = ECDSA+SHA256".to_owned()])
            .by_cnf(),
    );
    for version in [Tls12, Tls13] {
        faults.push(
            fault("server_cert.weak_key", "openssl", version)
                .ours(|server| (server.policy.presents, server.policy.level) = (Some("weak-key"), Some(0)))
                .by_cnf(),
        );
    }
    faults.push(fault("alpn.no_overlap", "python", Tls13).theirs(|told| told.alpn = Some("imap")).ours(
        |server| {
            server.tune = Some(|context, _| {
                context.set_alpn_select_callback(|_, offered| {
                    select_next_proto(b"\x02h2", offered).ok_or(AlpnError::ALERT_FATAL)
                });
                Ok(())
            });
        },
    ));
    faults
}

#[test]
fn what_is_advised_mends_servers() {
    let place = Place::new();
    let mut results = Vec::new();
    for fault in at_servers() {
        let program = named(fault.program);
        if is_here(program) {
            results.push(mend(&fault, |told, ours| meeting::with_server(&place, program, told, ours, 1)));
        }
    }
    judge(results);
}

#[test]
fn what_is_advised_mends_clients() {
    let place = Place::new();
    let mut results = Vec::new();
    for fault in at_clients() {
        let program = named(fault.program);
        if is_here(program) {
            results.push(mend(&fault, |told, ours| meeting::with_client(&place, program, told, ours, 1)));
        }
    }
    judge(results);
}

/// Every stack that our advice speaks to is asked at least once.
#[test]
fn each_stack_is_among_them() {
    let stack = |program: &'static str, stack: Option<&'static str>| stack.unwrap_or(program);
    let servers = at_servers().iter().map(|fault| stack(fault.program, fault.stack)).collect::<BTreeSet<_>>();
    let clients = at_clients().iter().map(|fault| stack(fault.program, fault.stack)).collect::<BTreeSet<_>>();
    let all: Vec<_> = servers.union(&clients).copied().collect();
    assert_eq!(all, ["apache", "curl", "nginx", "openssl", "openssl.cnf", "python"]);
}
