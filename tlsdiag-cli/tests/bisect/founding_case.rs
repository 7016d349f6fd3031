//! The founding case, found by trying: NSS with a card whose key refuses RSA-PSS.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tlsdiag_lab::card::{self, Card, Held};

use crate::place::{Place, attempts, pki, value};

fn find(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// The command of a client with the card; `None` where something for it is not on this machine.
fn client(place: &Place) -> Option<String> {
    let programs = card::PROGRAMS.into_iter().chain(["certutil", "modutil", "tstclnt"]);
    let missing: Vec<_> = programs.filter(|program| !find(program)).collect();
    let module = card::module().filter(|_| missing.is_empty());
    let Some(module) = module else {
        println!("NOT TESTED: a smart card, since {missing:?} or SoftHSM are not on this machine");
        return None;
    };
    let card =
        Card::new(place.path(), module, Held::without_pss(&pki().client_rsa), |name| PathBuf::from(name))
            .expect("a card");
    let database = place.file("database");
    fs::create_dir(&database).expect("our folder");
    let at = format!("sql:{}", database.display());
    fs::write(place.file("issuing.pem"), pki().issuing.certificate.to_pem().expect("PEM"))
        .expect("our folder");
    let run =
        |arguments: &[&str]| card.run("certutil", &[arguments, &["-d", &at]].concat()).expect("certutil");
    run(&["-N", "--empty-password"]);
    run(&["-A", "-n", "ca", "-t", "CT,C,", "-i", "ca.pem"]);
    run(&["-A", "-n", "issuing", "-t", ",,", "-i", "issuing.pem"]);
    card.add_to(&at).expect("modutil");
    fs::write(place.file("request"), "GET / HTTP/1.0\r\n\r\n").expect("our folder");
    let (settings, pin) = (place.file("softhsm2.conf"), card::PIN);
    Some(format!(
        "SOFTHSM2_CONF='{}' tstclnt -4 -O -h {{host}} -p {{port}} -d '{at}' -n card:alice -w {pin} -V tls1.2:tls1.3 -A request",
        settings.display()
    ))
}

#[test]
fn a_card_without_pss_is_found_in_tls12() {
    let place = Place::new();
    let Some(client) = client(&place) else { return };
    let began = Instant::now();
    let said = place.bisect(&["--require", "--tls", "1.2"], &client);
    let took = began.elapsed();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    println!("{took:?}, {} attempts\n{}", attempts(&said), said.out);
    assert!(took < Duration::from_secs(60), "{took:?}");
    let sentence = said.out.lines().next().expect("a sentence");
    assert!(sentence.starts_with("The client works when CertificateRequest leaves out "), "{sentence}");
    assert!(sentence.contains("rsa_pss_rsae_sha256"), "{sentence}");
    for other in ["pkcs1", "ecdsa", "the server", " lists "] {
        assert!(!sentence.contains(other), "{sentence}");
    }
    assert!(said.out.contains("What fits that: sigalg.signer_refused"), "{}", said.out);
    // The line at its word: the same client works at once.
    let list = value(&said, "ClientSignatureAlgorithms").expect("a line");
    let mended = place.bisect(&["--require", "--tls", "1.2", "--client-schemes", list], &client);
    assert_eq!((mended.code, attempts(&mended)), (Some(0), 1), "{}{}", mended.out, mended.err);
    assert!(said.out.contains("SSLOpenSSLConfCmd ClientSignatureAlgorithms "), "{}", said.out);
    assert!(said.out.contains("ssl_conf_command ClientSignatureAlgorithms "), "{}", said.out);
    assert!(place.records().len() >= attempts(&said), "each step is a record");
}

#[test]
fn a_card_without_pss_needs_tls12_as_well_where_tls13_is_spoken() {
    let place = Place::new();
    let Some(client) = client(&place) else { return };
    let began = Instant::now();
    let said = place.bisect(&["--require"], &client);
    let took = began.elapsed();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    println!("{took:?}, {} attempts\n{}", attempts(&said), said.out);
    assert!(took < Duration::from_secs(60), "{took:?}");
    let sentence = said.out.lines().next().expect("a sentence");
    assert!(sentence.contains("CertificateRequest leaves out rsa_pss_rsae_sha256"), "{sentence}");
    assert!(sentence.contains("the server does not speak TLS 1.3"), "{sentence}");
    assert!(said.out.contains("handshake as it was: sigalg.signer_refused"), "{}", said.out);
    assert!(said.out.contains("ssl_protocols TLSv1.2;"), "{}", said.out);
    assert_eq!(value(&said, "MaxProtocol"), Some("TLSv1.2"), "{}", said.out);
    let list = value(&said, "ClientSignatureAlgorithms").expect("a line");
    let mended = place.bisect(&["--require", "--tls", "1.2", "--client-schemes", list], &client);
    assert_eq!((mended.code, attempts(&mended)), (Some(0), 1), "{}{}", mended.out, mended.err);
}
