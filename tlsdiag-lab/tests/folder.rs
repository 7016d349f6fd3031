//! A PKI in a folder: minted whole, reused whole, never patched up and never overwritten.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use openssl::ssl::{SslContext, SslFiletype, SslMethod};
use tlsdiag_lab::pki::{Authority, KeyKind, Profile, folder};

const NAMES: [&str; 5] = ["ca.pem", "client.key", "client.pem", "server.key", "server.pem"];

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

fn refusal(folder: &Path) -> String {
    let before = contents(folder);
    let sentence = folder::write(folder).unwrap_err().to_string();
    assert_eq!(contents(folder), before, "a refusal changes nothing");
    assert!(!sentence.contains('\n'), "{sentence}");
    sentence
}

#[test]
fn a_set_is_minted_once_and_found_again() {
    let place = tempfile::tempdir().unwrap();
    let new = place.path().join("a/b");
    let files = folder::write(&new).unwrap();
    let minted = contents(&new);
    assert_eq!(minted.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), NAMES);
    assert_eq!(folder::write(&new).unwrap(), files);
    assert_eq!(contents(&new), minted);
}

#[test]
fn keys_are_their_owners_alone() {
    let place = tempfile::tempdir().unwrap();
    let files = folder::write(place.path()).unwrap();
    for key in [&files.server_key, &files.client_key] {
        assert_eq!(fs::metadata(key).unwrap().permissions().mode() & 0o777, 0o600);
    }
    fs::set_permissions(&files.client_key, Permissions::from_mode(0o640)).unwrap();
    assert!(refusal(place.path()).ends_with("client.key can be read by others: chmod 600 it"));
}

#[test]
fn openssl_takes_the_files() {
    let place = tempfile::tempdir().unwrap();
    let files = folder::write(place.path()).unwrap();
    for (certificate, key) in [(&files.server, &files.server_key), (&files.client, &files.client_key)] {
        let mut context = SslContext::builder(SslMethod::tls()).unwrap();
        context.set_ca_file(&files.ca).unwrap();
        context.set_certificate_chain_file(certificate).unwrap();
        context.set_private_key_file(key, SslFiletype::PEM).unwrap();
        context.check_private_key().unwrap();
        assert_eq!(context.build().extra_chain_certs().len(), 1, "the intermediate comes along");
    }
}

#[test]
fn half_a_set_is_refused() {
    for name in NAMES {
        let place = tempfile::tempdir().unwrap();
        folder::write(place.path()).unwrap();
        fs::remove_file(place.path().join(name)).unwrap();
        assert!(refusal(place.path()).contains(&format!("{name} is missing beside its companions")));
    }
}

#[test]
fn a_dangling_link_is_not_followed() {
    let place = tempfile::tempdir().unwrap();
    let elsewhere = place.path().join("elsewhere");
    let target = place.path().join("set");
    fs::create_dir(&target).unwrap();
    symlink(&elsewhere, target.join("server.key")).unwrap();
    assert!(folder::write(&target).is_err());
    assert!(!elsewhere.exists());
}

#[test]
fn damage_and_age_are_named() {
    let place = tempfile::tempdir().unwrap();
    let files = folder::write(place.path()).unwrap();
    let good = fs::read(&files.server).unwrap();

    fs::write(&files.server, "not a certificate").unwrap();
    assert!(refusal(place.path()).ends_with("server.pem holds no certificate in PEM"));

    fs::copy(&files.client, &files.server).unwrap();
    assert!(refusal(place.path()).contains("server.pem does not belong to the private key beside it"));

    let ca = Authority::root("another CA").unwrap();
    let old = ca.issue(&Profile::new("localhost").valid_days(-9, -2).key(KeyKind::P256)).unwrap();
    fs::write(&files.ca, ca.certificate.to_pem().unwrap()).unwrap();
    fs::write(&files.server, old.certificate.to_pem().unwrap()).unwrap();
    fs::write(&files.server_key, old.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    assert!(refusal(place.path()).contains("server.pem is no longer good (certificate has expired)"));

    fs::write(&files.server, good).unwrap();
    fs::write(&files.server_key, "no key").unwrap();
    assert!(refusal(place.path()).ends_with("server.key holds no private key in PEM"));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "").unwrap();
    let sentence = folder::write(file.join("sub")).unwrap_err().to_string();
    assert!(sentence.starts_with("cannot make the folder "), "{sentence}");
}

#[test]
fn the_issuers_are_had_without_the_certificate() {
    let place = tempfile::tempdir().unwrap();
    let files = folder::write(place.path()).unwrap();
    let path = folder::issuers(&files.server).unwrap();
    let [whole, issuers] = [&files.server, &path].map(|path| fs::read_to_string(path).unwrap());
    assert_eq!(issuers.matches("BEGIN CERTIFICATE").count(), 1);
    assert!(whole.ends_with(&issuers) && whole.len() > issuers.len());
    fs::write(&path, "of an older CA").unwrap();
    assert_eq!(folder::issuers(&files.server).unwrap(), path);
    assert_eq!(fs::read_to_string(&path).unwrap(), issuers);
    // It is no part of the set.
    assert_eq!(folder::write(place.path()).unwrap(), files);
}
