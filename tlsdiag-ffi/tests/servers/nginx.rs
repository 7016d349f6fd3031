//! nginx's http and stream.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use serde_json::Value;
use tlsdiag_lab::port::Port;
use tlsdiag_lab::signal::Signal;

use crate::built;
use crate::harness::pki;
use crate::running::{Running, asks_its_user, curl, open_folder, program, untrusted, verdicts, wait_for};

/// Starts nginx with two workers, our modules and these blocks.
fn nginx(port: u16, blocks: &str) -> Running {
    let http = built("nginx", "objs/ngx_http_tlsdiag_module.so");
    let stream = http.with_file_name("ngx_stream_tlsdiag_module.so");
    let place = open_folder();
    let folder = place.path();
    let own = program("ngx_stream_module.so");
    let stream = if blocks.contains("stream {") {
        format!("load_module {};\nload_module {};\n", own.display(), stream.display())
    } else {
        String::new()
    };
    let blocks = blocks.replace("PKI", &pki().display().to_string());
    let text = format!(
        "load_module {};\n{stream}daemon off;\npid nginx.pid;\nerror_log error.log warn;\nworker_processes 2;\nevents {{}}\n\
         http {{\n  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n\
         {blocks}",
        http.display()
    );
    let configuration = folder.join("nginx.conf");
    fs::write(&configuration, text).expect("a file");
    let mut command = Command::new(program("nginx"));
    command.arg("-e").arg(folder.join("error.log")).arg("-p").arg(folder).arg("-c").arg(&configuration);
    let test =
        Command::new(command.get_program()).args(command.get_args()).arg("-t").output().expect("nginx");
    assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stderr));
    Running::start(command, place, port, Signal::QUIT)
}

const CERTIFICATE: &str = "ssl_certificate PKI/server.pem; ssl_certificate_key PKI/server.key;";
const FORMAT: &str = "log_format told '$status cause=$tlsdiag_cause outcome=$tlsdiag_outcome ja4=$tlsdiag_ja4';\n\
                      access_log access.log told;\n";

#[test]
fn a_request_writes_its_record_its_variables_and_its_line() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let mut server = nginx(
        port,
        &format!(
            "{FORMAT} tlsdiag_log n.jsonl;\nserver {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE}\n\
             ssl_client_certificate PKI/ca.pem; ssl_verify_client on; ssl_verify_depth 3; return 200 hello; }} }}"
        ),
    );
    assert_eq!(curl(port, "/", Some("client"), &[]), "hello200");
    assert!(curl(port, "/", None, &[]).ends_with("400"));
    assert!(curl(port, "/", Some("stranger"), &[]).ends_with("400"));
    assert!(curl(port, "/", None, &["--cacert", &untrusted()]).ends_with("000"));
    server.stop();

    let told = |kind: &str, cause: &str| ("server".to_owned(), kind.to_owned(), cause.to_owned());
    let records = server.records("n.jsonl");
    let verdicts = verdicts(&records);
    assert_eq!(verdicts.len(), 4, "{verdicts:?}");
    assert_eq!(verdicts[0], told("established", "ok"));
    assert_eq!(verdicts[1], told("established_unverified", "client_cert.missing"));
    assert_eq!(verdicts[2].1, "established_unverified");
    assert_eq!(verdicts[2].2, "client_cert.unknown_issuer");
    assert_eq!(verdicts[3], told("failed", "server_cert.unknown_issuer"));

    let access = server.read("access.log");
    let lines: Vec<_> = access.lines().map(|line| line.split(" ja4=").collect::<Vec<_>>()).collect();
    assert_eq!(lines[0][0], "200 cause=- outcome=established");
    assert_eq!(lines[1][0], "400 cause=client_cert.missing outcome=established_unverified");
    assert_eq!(lines[2][0], "400 cause=client_cert.unknown_issuer outcome=established_unverified");
    assert!(lines.iter().all(|line| line[1].starts_with('t') && line[1].len() == 36), "{access}");

    let errors = server.read("error.log");
    for cause in ["client_cert.missing", "client_cert.unknown_issuer", "server_cert.unknown_issuer"] {
        let line = errors.lines().find(|line| line.contains(&format!("tlsdiag: {cause} (server")));
        let line = line.unwrap_or_else(|| panic!("{cause} in {errors}"));
        assert!(line.contains("[warn]") && line.contains("client: 127.0.0.1"), "{line}");
    }
}

/// A client that leaves to ask its user is told at a level that nobody is woken up by, also where failures alone are written.
#[test]
fn a_client_that_asks_its_user_is_no_failure() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let mut server = nginx(
        port,
        &format!(
            "tlsdiag_log n.jsonl; tlsdiag_failures_only on; access_log off; error_log notes.log notice;\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE}\n\
             ssl_client_certificate PKI/ca.pem; ssl_verify_client on; ssl_verify_depth 3; return 200 hello; }} }}"
        ),
    );
    asks_its_user(port);
    server.stop();
    let records = server.records("n.jsonl");
    let told: Vec<_> = verdicts(&records).into_iter().map(|(_, outcome, cause)| (outcome, cause)).collect();
    assert_eq!(told[0], ("abandoned".to_owned(), "ok".to_owned()), "{told:?}");
    // Another worker knows of nothing to withdraw.
    assert!(told[1..].iter().all(|one| *one == ("established".to_owned(), "ok".to_owned())), "{told:?}");
    let notes = server.read("notes.log");
    let line = notes.lines().find(|line| line.contains("tlsdiag: note.client_asks_user (server"));
    assert!(line.is_some_and(|line| line.contains("[notice]")), "{notes}");
    assert!(!notes.contains("[warn]"), "{notes}");
    if told.len() == 2 {
        let of =
            |outcome: &str| records.iter().find(|record| record["outcome"] == outcome).expect("a record");
        assert_eq!(of("established")["earlier"][0]["id"], of("abandoned")["id"]);
        assert!(notes.contains("sigalg.signer_refused withdrawn"), "{notes}");
    }
}

#[test]
fn settings_go_by_server_name_and_upstreams_are_recorded() {
    let held = [(); 2].map(|()| Port::reserve().expect("a port"));
    let [port, behind] = held.each_ref().map(Port::number);
    let mut server = nginx(
        port,
        &format!(
            "{FORMAT} tlsdiag_log all.jsonl;\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE} tlsdiag_failures_only on;\n\
               location / {{ return 200 first; }}\n\
               location /strict {{ proxy_pass https://127.0.0.1:{behind}; proxy_ssl_verify on; proxy_ssl_name localhost;\n\
                 proxy_ssl_trusted_certificate PKI/stranger.pem; }} }}\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name second.test; {CERTIFICATE} tlsdiag_log second.jsonl;\n\
               return 200 second; }}\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name silent.test; {CERTIFICATE} tlsdiag_log off;\n\
               return 200 silent; }}\n\
             server {{ listen 127.0.0.1:{behind} ssl; {CERTIFICATE} tlsdiag_log off; return 200 behind; }} }}"
        ),
    );
    let at = |name: &str| format!("https://{name}:{port}/");
    let open = ["--insecure", "--output", "/dev/null"];
    assert_eq!(curl(port, "/", None, &[]), "first200");
    curl(port, "/", None, &[&open[..], &[&at("second.test")]].concat());
    curl(port, "/", None, &[&open[..], &[&at("silent.test")]].concat());
    assert!(curl(port, "/strict", None, &[]).ends_with("502"));
    server.stop();
    let access = server.read("access.log");
    assert!(access.starts_with("200 cause=- outcome=established"), "also of what is not written: {access}");
    let second = server.records("second.jsonl");
    assert_eq!(second.len(), 1, "{second:?}");
    assert_eq!(second[0]["tls"]["client"]["server_name"], "second.test");
    let all = server.records("all.jsonl");
    let verdicts = verdicts(&all);
    assert_eq!(verdicts.len(), 1, "failures alone, and none of the other servers': {verdicts:?}");
    let (role, outcome, cause) = &verdicts[0];
    assert_eq!((role.as_str(), outcome.as_str()), ("client", "established_unverified"));
    assert!(cause.starts_with("server_cert."), "{cause}");
}

/// Also where failures alone are written.
#[test]
fn certificates_that_end_soon_are_warned_of() {
    for (days, expected) in [("36500", &["warn.certificate_expires_soon"][..]), ("1", &[])] {
        let held = Port::reserve().expect("a port");
        let port = held.number();
        let mut server = nginx(
            port,
            &format!(
                "{FORMAT} tlsdiag_log n.jsonl; tlsdiag_failures_only on; tlsdiag_expires_within {days};\n\
                 server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE} return 200 hello; }} }}"
            ),
        );
        assert_eq!(curl(port, "/", None, &[]), "hello200");
        server.stop();
        let verdicts = verdicts(&server.records("n.jsonl"));
        let causes: Vec<_> = verdicts.iter().map(|(_, _, cause)| cause).collect();
        assert_eq!(causes, expected, "within {days} days");
    }
}

#[test]
fn reload_and_reopen_go_on() {
    let held = Port::reserve().expect("a port");
    let port = held.number();
    let server = nginx(
        port,
        &format!(
            "{FORMAT} tlsdiag_log n.jsonl;\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE} return 200 hello; }} }}"
        ),
    );
    assert_eq!(curl(port, "/", None, &[]), "hello200");
    let workers = |name: &str| -> Vec<u64> {
        server.records(name).iter().filter_map(|record| record["process"]["pid"].as_u64()).collect()
    };
    let old = workers("n.jsonl");
    assert!(!old.is_empty());
    server.signal(Signal::HUP);
    wait_for("a record of a new worker", || {
        assert_eq!(curl(port, "/", None, &[]), "hello200");
        workers("n.jsonl").iter().any(|pid| !old.contains(pid)).then_some(())
    });
    fs::rename(server.folder.path().join("n.jsonl"), server.folder.path().join("n.old")).expect("renamed");
    server.signal(Signal::USR1);
    wait_for("a record in the new file", || {
        assert_eq!(curl(port, "/", None, &[]), "hello200");
        (!workers("n.jsonl").is_empty()).then_some(())
    });
}

/// What a client that does not begin with TLS says, and what it is answered.
fn says(port: u16, words: &[u8]) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).expect("the server");
    socket.write_all(words).expect("it reads");
    let mut answer = Vec::new();
    // A server that closes with bytes unread resets the connection.
    let _ = socket.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// nginx looks at the first byte itself, and OpenSSL never hears of these.
#[test]
fn what_openssl_never_sees_is_told() {
    let held = [(); 4].map(|()| Port::reserve().expect("a port"));
    let [port, balanced, redirected, busy] = held.each_ref().map(Port::number);
    let mut server = nginx(
        port,
        &format!(
            "tlsdiag_log n.jsonl; tlsdiag_failures_only on; access_log off; error_log info.log info; client_header_timeout 1s;\n\
             server {{ listen 127.0.0.1:{port} ssl; server_name localhost; {CERTIFICATE} return 200 hello; }}\n\
             server {{ listen 127.0.0.1:{balanced} ssl proxy_protocol; {CERTIFICATE} tlsdiag_log b.jsonl; return 200 hello; }}\n\
             server {{ listen 127.0.0.1:{redirected} ssl; {CERTIFICATE} tlsdiag_log r.jsonl;\n\
               error_page 497 =301 https://$host$request_uri; return 200 hello; }}\n\
             server {{ listen 127.0.0.1:{busy} ssl; {CERTIFICATE} tlsdiag_log s.jsonl; log_subrequest on; mirror /m;\n\
               error_page 497 /refused.html; location = /m {{ internal; return 204; }}\n\
               location / {{ root html; }} }} }}"
        ),
    );
    // Two workers write them, each in its own time.
    let all = |server: &Running, name: &str| -> Vec<_> {
        let records = server.records(name);
        let cause = |one: &Value| one["diagnosis"]["cause"].as_str().unwrap_or("ok").to_owned();
        let mut causes: Vec<_> = records.iter().map(cause).collect();
        causes.sort();
        causes
    };
    wait_for("the connection that looked for the port", || {
        (all(&server, "n.jsonl").len() == 1).then_some(())
    });
    assert!(says(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").contains("400"));
    assert!(says(port, b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n\r\n").contains("400"));
    says(port, b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c");
    says(port, b"SSH-2.0-OpenSSH_9.2\r\n");
    assert_eq!(says(port, b""), "", "it waits for a second, and closes");
    assert_eq!(curl(port, "/", None, &[]), "hello200");
    let told = [
        "not_tls.other_protocol",
        "not_tls.plain_http",
        "not_tls.proxy_header",
        "not_tls.proxy_header",
        "transport.closed_before_hello",
        "transport.timeout",
    ];
    wait_for("all of them", || (all(&server, "n.jsonl") == told).then_some(()));

    // Here a header is due.
    assert!(curl(balanced, "/", None, &[]).ends_with("000"));
    assert_eq!(curl(balanced, "/", None, &["--haproxy-protocol"]), "hello200");
    says(balanced, b"PROXY UNKNOWN\r\nGET / HTTP/1.0\r\n\r\n");
    says(balanced, b"PROXY TCP9 nonsense\r\n");
    assert!(says(balanced, b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.0\r\n\r\n").contains("400"));
    let told = ["not_tls.plain_http", "not_tls.plain_http", "not_tls.proxy_header", "not_tls.proxy_header"];
    wait_for("all of these", || (all(&server, "b.jsonl") == told).then_some(()));

    // Subrequests are logged, too, and headers may need several buffers.
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nPROXY: {}\r\n\r\n", "a".repeat(3000));
    says(busy, long.as_bytes());
    wait_for("that one", || (all(&server, "s.jsonl") == ["not_tls.plain_http"]).then_some(()));

    // A redirect is what somebody wants of that port; and whoever leaves is told of once.
    assert!(says(redirected, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").contains("301"));
    drop(TcpStream::connect(("127.0.0.1", redirected)).expect("the server"));
    wait_for("the connection that was closed", || (!all(&server, "r.jsonl").is_empty()).then_some(()));
    server.stop();
    assert_eq!(all(&server, "r.jsonl"), ["transport.closed_before_hello"]);
    assert!(!server.read("error.log").contains("exited on signal"), "{}", server.read("error.log"));
    let errors = server.read("info.log");
    let line = |cause: &str| errors.lines().find(|line| line.contains(&format!("tlsdiag: {cause} (server")));
    let refused = line("not_tls.plain_http").unwrap_or_default();
    assert!(refused.contains("[warn]") && refused.contains("client: 127.0.0.1"), "{errors}");
    assert!(line("transport.closed_before_hello").is_some_and(|line| line.contains("[info]")), "{errors}");
    assert!(line("transport.timeout").is_some_and(|line| line.contains("[info]")), "{errors}");
}

#[test]
fn streams_have_it_too() {
    let held = [(); 2].map(|()| Port::reserve().expect("a port"));
    let [port, behind] = held.each_ref().map(Port::number);
    let mut server = nginx(
        port,
        &format!(
            "access_log off; server {{ listen 127.0.0.1:{behind} ssl; {CERTIFICATE} tlsdiag_log off; return 200 behind; }} }}\n\
             stream {{ log_format told 'cause=$tlsdiag_cause outcome=$tlsdiag_outcome'; access_log stream.log told;\n\
             tlsdiag_log s.jsonl;\n\
             server {{ listen 127.0.0.1:{port} ssl; {CERTIFICATE} ssl_client_certificate PKI/ca.pem; ssl_verify_depth 3;\n\
               ssl_verify_client optional; proxy_ssl on; proxy_pass 127.0.0.1:{behind}; }} }}"
        ),
    );
    assert_eq!(curl(port, "/", Some("client"), &[]), "behind200");
    curl(port, "/", Some("stranger"), &[]);
    server.stop();
    let records = server.records("s.jsonl");
    let verdicts = verdicts(&records);
    assert!(verdicts.contains(&("server".into(), "established".into(), "ok".into())), "{verdicts:?}");
    assert!(
        verdicts.iter().any(|(role, _, cause)| role == "client" && cause == "ok"),
        "upstream: {verdicts:?}"
    );
    assert!(verdicts.iter().any(|(_, _, cause)| cause == "client_cert.unknown_issuer"), "{verdicts:?}");
    let told = server.read("stream.log");
    assert!(told.lines().any(|line| line == "cause=- outcome=established"), "{told}");
    assert!(told.contains("cause=client_cert.unknown_issuer outcome=established_unverified"), "{told}");
}
