//! What recording costs, roughly; the benches measure it properly. Run with `--release -- --ignored --nocapture overhead`.

use openssl::ssl::{SslContext, SslVersion};
use tlsdiag_core::attach;

use crate::pipe::{client_ssl, server_ssl, shake};
use crate::pki;

fn cpu() -> f64 {
    // SAFETY: plain data, written by the call.
    unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time);
        time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
    }
}

fn round(client: &SslContext, server: &SslContext, session: Option<&openssl::ssl::SslSessionRef>) -> f64 {
    const PAIRS: u32 = 20;
    let start = cpu();
    for _ in 0..PAIRS {
        let mut ssl = client_ssl(client);
        if let Some(session) = session {
            // SAFETY: the session comes from this very context.
            unsafe { ssl.set_session(session).unwrap() };
        }
        let mut pair = shake(ssl, server_ssl(server));
        pair.talk();
        assert_eq!(pair.client.ssl().session_reused(), session.is_some());
        pair.client.shutdown().unwrap();
    }
    (cpu() - start) / f64::from(PAIRS)
}

#[test]
#[ignore = "takes seconds and says nothing in a debug build"]
fn overhead() {
    for (name, version, mutual, resumed) in [
        ("1.3 full", SslVersion::TLS1_3, false, false),
        ("1.3 mutual", SslVersion::TLS1_3, true, false),
        ("1.3 resumed", SslVersion::TLS1_3, false, true),
        ("1.2 mutual", SslVersion::TLS1_2, true, false),
    ] {
        let make_client = || {
            let mut client = pki::client(version);
            pki::identify(&mut client, &pki::pki().client);
            client
        };
        let server = || if mutual { pki::mutual_server(version) } else { pki::server(version) };
        let bare = (make_client().build(), server().build());
        for observed in ["nobody", "client", "server"] {
            let (mut client, mut server) = (make_client(), server());
            let recorder = tlsdiag_core::on_end(|recording| assert!(recording.len() > 10));
            let _attachment = match observed {
                "client" => Some(attach(&mut client, recorder).unwrap()),
                "server" => Some(attach(&mut server, recorder).unwrap()),
                _ => None,
            };
            let seen = (client.build(), server.build());
            let session = |(client, server): &(SslContext, SslContext)| {
                resumed.then(|| {
                    let mut pair = crate::pipe::pair(client, server);
                    pair.talk();
                    let session = pair.client.ssl().session().unwrap().to_owned();
                    pair.client.shutdown().unwrap();
                    session
                })
            };
            let (bare_session, seen_session) = (session(&bare), session(&seen));
            let mut ratios = Vec::new();
            let mut costs = Vec::new();
            for i in 0..200 {
                let one = || round(&bare.0, &bare.1, bare_session.as_deref());
                let two = || round(&seen.0, &seen.1, seen_session.as_deref());
                let (a, b) = if i % 2 == 0 {
                    let a = one();
                    (a, two())
                } else {
                    let b = two();
                    (one(), b)
                };
                ratios.push(b / a);
                costs.push(a);
            }
            ratios.sort_by(f64::total_cmp);
            costs.sort_by(f64::total_cmp);
            let (ratio, cost) = (ratios[100], costs[100]);
            println!(
                "{name:12} {observed}: bare pair {cost:6.0} µs, ratio {ratio:.4}, {:.1} µs",
                (ratio - 1.0) * cost
            );
        }
    }
}

#[test]
#[ignore = "for perf"]
fn perfloop() {
    let v = SslVersion::TLS1_3;
    let mut server = pki::server(v);
    let at = if std::env::var_os("SEEN").is_some() {
        Some(attach(&mut server, tlsdiag_core::on_end(|r| assert!(r.len() > 10))).unwrap())
    } else {
        None
    };
    let (c, s) = (pki::client(v).build(), server.build());
    let t = cpu();
    for _ in 0..std::env::var("N").map_or(500, |n| n.parse().unwrap()) {
        round(&c, &s, None);
    }
    println!("bare {}", (cpu() - t) / 10000.0);
    drop(at);
}
