//! `openssl verify` over a scene's certificates, written as a user has them.

use std::ffi::c_int;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use foreign_types::ForeignType;
use openssl::x509::X509;
use openssl::x509::verify::X509VerifyFlags;

use crate::meeting::Cast;
use crate::scene::Holder;

unsafe extern "C" {
    fn i2d_X509_AUX(one: *mut openssl_sys::X509, out: *mut *mut u8) -> c_int;
}

/// The first thing that it minds.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Said {
    pub(crate) error: i32,
    pub(crate) depth: u32,
    pub(crate) sentence: String,
}

/// `None` where it says OK.
pub(crate) fn verify(folder: &Path, cast: &Cast) -> Option<Said> {
    let mut command = Command::new("openssl");
    command.args(["verify", "-no-CApath", "-no-CAstore", "-auth_level", "2"]);
    // A file without a certificate is an error of its own.
    match trusted(folder, cast) {
        Some(path) => command.arg("-CAfile").arg(path),
        None => command.arg("-no-CAfile"),
    };
    if !cast.sent.is_empty() {
        let sent = cast.sent.iter().map(|one| one.to_pem().expect("PEM")).collect::<Vec<_>>();
        command.arg("-untrusted").arg(write(folder, "chain.pem", &sent.concat()));
    }
    if !cast.lists.is_empty() {
        let lists = cast.lists.iter().map(|list| list.to_pem().expect("PEM")).collect::<Vec<_>>();
        command.arg("-CRLfile").arg(write(folder, "crl.pem", &lists.concat()));
    }
    command.args(options(cast));
    let leaf = cast.chain.last().expect("a leaf");
    command.arg(write(folder, "leaf.pem", &leaf.certificate.to_pem().expect("PEM")));
    let done = command.output().expect("openssl is installed");
    let words = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() {
        return None;
    }
    // A certificate that is passed over in the chain of a list's issuer is marked so, and would be another one.
    let said = words.lines().find_map(read);
    Some(said.unwrap_or_else(|| panic!("{command:?} minds something else: {words}")))
}

/// `error 10 at 0 depth lookup: certificate has expired`
fn read(line: &str) -> Option<Said> {
    let (error, rest) = line.strip_prefix("error ")?.split_once(" at ")?;
    let (depth, sentence) = rest.split_once(" depth lookup: ")?;
    Some(Said { error: error.parse().ok()?, depth: depth.parse().ok()?, sentence: sentence.to_owned() })
}

fn options(cast: &Cast) -> Vec<String> {
    const FLAGS: [(X509VerifyFlags, &str); 10] = [
        (X509VerifyFlags::CRL_CHECK, "-crl_check"),
        (X509VerifyFlags::CRL_CHECK_ALL, "-crl_check_all"),
        (X509VerifyFlags::EXTENDED_CRL_SUPPORT, "-extended_crl"),
        (X509VerifyFlags::X509_STRICT, "-x509_strict"),
        (X509VerifyFlags::PARTIAL_CHAIN, "-partial_chain"),
        (X509VerifyFlags::ALLOW_PROXY_CERTS, "-allow_proxy_certs"),
        (X509VerifyFlags::POLICY_CHECK, "-policy_check"),
        (X509VerifyFlags::EXPLICIT_POLICY, "-explicit_policy"),
        (X509VerifyFlags::CHECK_SS_SIGNATURE, "-check_ss_sig"),
        (X509VerifyFlags::SUITEB_128_LOS, "-suiteB_128"),
    ];
    let suite_b = X509VerifyFlags::SUITEB_128_LOS;
    let flags = FLAGS.into_iter().filter(|(flag, _)| cast.flags.contains(*flag));
    let mut options: Vec<String> = flags.map(|(_, option)| option.to_owned()).collect();
    if cast.flags.intersection(suite_b) == X509VerifyFlags::SUITEB_192_LOS {
        options.push("-suiteB_192".to_owned());
    }
    let known = FLAGS.into_iter().fold(suite_b, |known, (flag, _)| known | flag);
    assert!(known.contains(cast.flags), "{:?} has no option here", cast.flags);
    let mut add = |option: &str, value: String| options.extend([option.to_owned(), value]);
    let (purpose, asks) = match cast.holder {
        Holder::Server => ("sslserver", true),
        Holder::Client => ("sslclient", false),
    };
    add("-purpose", purpose.to_owned());
    if asks {
        let is_address = cast.asked.parse::<std::net::IpAddr>().is_ok();
        add(if is_address { "-verify_ip" } else { "-verify_hostname" }, cast.asked.to_owned());
    }
    if let Some(email) = cast.email {
        add("-verify_email", email.to_owned());
    }
    if let Some(depth) = cast.depth {
        add("-verify_depth", depth.to_string());
    }
    options
}

/// With their trust settings, as `openssl x509 -trustout` writes them.
fn trusted(folder: &Path, cast: &Cast) -> Option<PathBuf> {
    let pem = cast.trusted.iter().map(|one| {
        let lines = openssl::base64::encode_block(&with_settings(one));
        let lines: Vec<&str> =
            lines.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
        let lines = lines.join("\n");
        format!("-----BEGIN TRUSTED CERTIFICATE-----\n{lines}\n-----END TRUSTED CERTIFICATE-----\n")
    });
    let pem: Vec<String> = pem.collect();
    (!pem.is_empty()).then(|| write(folder, "ca.pem", pem.concat().as_bytes()))
}

fn with_settings(one: &X509) -> Vec<u8> {
    // SAFETY: the certificate is alive; without a place to write to, the length alone is given.
    let length = unsafe { i2d_X509_AUX(one.as_ptr(), std::ptr::null_mut()) };
    let mut der = vec![0; usize::try_from(length).expect("a certificate")];
    let mut place = der.as_mut_ptr();
    // SAFETY: as above, and there is room for what it said to need.
    let written = unsafe { i2d_X509_AUX(one.as_ptr(), &raw mut place) };
    assert_eq!(written, length, "a certificate");
    der
}

fn write(folder: &Path, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path
}
