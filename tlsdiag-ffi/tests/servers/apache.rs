//! Apache httpd.

use std::fs;
use std::path::Path;
use std::process::Command;

use tlsdiag_lab::port::Port;
use tlsdiag_lab::signal::Signal;

use crate::built;
use crate::harness::{pki, root, succeed};
use crate::running::{Running, asks_its_user, curl, open_folder, program, untrusted, verdicts, wait_for};

fn modules() -> std::path::PathBuf {
    let put = root().join("target/servers/apache2-modules");
    if put.exists() { put } else { Path::new("/usr/lib/apache2/modules").to_owned() }
}

/// Starts Apache httpd with mod_ssl, our module and these lines.
fn apache(port: u16, lines: &str) -> Running {
    let module = built("apache", "mod_tlsdiag.so");
    let place = open_folder();
    let folder = place.path();
    fs::write(folder.join("page"), "hello").expect("a file");
    let mut text = format!("LoadModule tlsdiag_module {}\n", module.display());
    for name in ["mpm_event", "authz_core", "socache_shmcb", "ssl", "proxy", "proxy_http"] {
        text += &format!("LoadModule {name}_module {}/mod_{name}.so\n", modules().display());
    }
    let here = folder.display();
    text += &format!(
        "ServerRoot {here}\nDocumentRoot {here}\nMutex file:{here}\nPidFile httpd.pid\nErrorLog error.log\nLogLevel warn\n\
         Listen 127.0.0.1:{port}\nServerName localhost\nServerLimit 2\nThreadsPerChild 8\nMaxRequestWorkers 16\n\
         LogFormat \"%>s cause=%{{TLSDIAG_CAUSE}}e outcome=%{{TLSDIAG_OUTCOME}}e ja4=%{{TLSDIAG_JA4}}e\" told\n\
         CustomLog access.log told\nSSLCertificateFile PKI/server.pem\nSSLCertificateKeyFile PKI/server.key\n{lines}"
    );
    let configuration = folder.join("httpd.conf");
    let text = text.replace("PKI", &pki().display().to_string()).replace("HERE", &here.to_string());
    fs::write(&configuration, text).expect("a file");
    let mut list = Command::new(program("apache2"));
    list.arg("-f").arg(&configuration).arg("-M");
    assert!(succeed(list).contains("tlsdiag_module"));
    let mut command = Command::new(program("apache2"));
    command.arg("-f").arg(&configuration).arg("-DFOREGROUND");
    Running::start(command, place, port, Signal::TERM)
}

#[test]
fn a_request_writes_its_record_its_variables_and_its_line() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let mut server = apache(
        port,
        &format!(
            "TLSDiagLog a.jsonl\n\
             <VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nServerName localhost\nSSLCACertificateFile PKI/ca.pem\n\
             SSLVerifyClient require\nSSLVerifyDepth 3\n</VirtualHost>\n\
             <VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nServerName open.test\nTLSDiagLog \"|/usr/bin/tee HERE/b.jsonl\"\n\
             TLSDiagFailuresOnly On\n</VirtualHost>\n"
        ),
    );
    assert_eq!(curl(port, "/page", Some("client"), &[]), "hello200");
    curl(port, "/page", None, &[]);
    curl(port, "/page", Some("stranger"), &[]);
    assert!(curl(port, "/page", None, &["--cacert", &untrusted()]).ends_with("000"));
    let open = format!("https://open.test:{port}/page");
    curl(port, "/page", Some("client"), &["--insecure", "--output", "/dev/null", &open]);
    server.stop();

    let records = server.records("a.jsonl");
    let verdicts = verdicts(&records);
    let causes: Vec<_> = verdicts.iter().map(|(_, _, cause)| cause.as_str()).collect();
    assert_eq!(
        causes[..4],
        ["ok", "client_cert.missing", "client_cert.unknown_issuer", "server_cert.unknown_issuer"],
        "{verdicts:?}"
    );
    assert!(
        records.iter().all(|record| record["peer"]["address"] == "127.0.0.1"),
        "mod_ssl reads for OpenSSL"
    );
    let access = server.read("access.log");
    assert!(access.starts_with("200 cause=- outcome=established ja4=t"), "{access}");
    let errors = server.read("error.log");
    for cause in &causes[1..4] {
        let line = errors.lines().find(|line| line.contains(&format!("tlsdiag: {cause} (server")));
        let line = line.unwrap_or_else(|| panic!("{cause} in {errors}"));
        assert!(line.contains("[tlsdiag:warn]") && line.contains("[client 127.0.0.1:"), "{line}");
    }
    assert!(server.records("b.jsonl").iter().all(|record| record["diagnosis"]["cause"].is_string()));
}

/// Also where failures alone are written.
/// A client that leaves to ask its user is told at a level that nobody is woken up by.
#[test]
fn a_client_that_asks_its_user_is_no_failure() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let mut server = apache(
        port,
        &format!(
            "TLSDiagLog a.jsonl\nLogLevel tlsdiag:info\n<VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nServerName localhost\n\
             SSLCACertificateFile PKI/ca.pem\nSSLVerifyClient require\nSSLVerifyDepth 3\n</VirtualHost>\n"
        ),
    );
    asks_its_user(port);
    server.stop();
    let records = server.records("a.jsonl");
    let told: Vec<_> = verdicts(&records).into_iter().map(|(_, outcome, cause)| (outcome, cause)).collect();
    let expected = ["abandoned", "established"].map(|outcome| (outcome.to_owned(), "ok".to_owned()));
    assert_eq!(told, expected);
    let of = |outcome: &str| records.iter().find(|record| record["outcome"] == outcome).expect("a record");
    assert_eq!(of("abandoned")["client"], of("established")["client"]);
    let errors = server.read("error.log");
    let line = errors.lines().find(|line| line.contains("tlsdiag: note.client_asks_user (server"));
    assert!(line.is_some_and(|line| line.contains("[tlsdiag:info]")), "{errors}");
    // Whether it listens was seen by a connection.
    let warned = |line: &str| line.contains("[tlsdiag:warn]") && !line.contains("closed_before_hello");
    assert!(!errors.lines().any(warned), "{errors}");
}

#[test]
fn certificates_that_end_soon_are_warned_of() {
    for (days, expected) in [("36500", &["warn.certificate_expires_soon"][..]), ("1", &[])] {
        let held = Port::reserve().expect("a port");
        let port = held.number();
        let mut server = apache(
            port,
            &format!(
                "TLSDiagLog a.jsonl\nTLSDiagFailuresOnly On\nTLSDiagExpiresWithin {days}\n\
                 <VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nServerName localhost\n</VirtualHost>\n"
            ),
        );
        assert_eq!(curl(port, "/page", None, &[]), "hello200");
        server.stop();
        let verdicts = verdicts(&server.records("a.jsonl"));
        let causes: Vec<_> = verdicts.iter().map(|(_, _, cause)| cause).collect();
        assert_eq!(causes, expected, "within {days} days");
    }
}

#[test]
fn a_graceful_restart_goes_on() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let server = apache(
        port,
        &format!(
            "TLSDiagLog a.jsonl\n<VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nServerName localhost\n</VirtualHost>\n"
        ),
    );
    assert_eq!(curl(port, "/page", None, &[]), "hello200");
    let workers = || -> Vec<u64> {
        server.records("a.jsonl").iter().filter_map(|record| record["process"]["pid"].as_u64()).collect()
    };
    let mut seen = workers();
    assert!(!seen.is_empty());
    for _ in 0..2 {
        server.signal(Signal::USR1);
        wait_for("a record of a new process", || {
            curl(port, "/page", None, &[]);
            workers().iter().any(|pid| !seen.contains(pid)).then_some(())
        });
        seen = workers();
    }
    assert!(!server.read("error.log").contains("exit signal"), "{}", server.read("error.log"));
}
