//! Page views of Chromium and Firefox with a client certificate: the first connections of each are closed at CertificateRequest, to ask
//! the user, and none of that is a failure. A browser that is not on this machine is named in the output, and not tested.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tlsdiag_lab::port::Port;
use tlsdiag_lab::web::{ClientAuth, Kind, Running};

use crate::place::{Place, pki};
use crate::program::{Said, tlsdiag};

/// A browser with its own folder below a place.
struct Browser {
    name: &'static str,
    /// Makes its home ready.
    prepare: fn(&Place),
    /// Its command, with that home and a folder of this view's own, for this address.
    view: fn(&Place, &Place, &str) -> Command,
    /// What it needs, to be found by its path.
    needs: &'static [&'static str],
    /// Whether it tells what the page says.
    tells: bool,
}

const CHROMIUM: Browser = Browser {
    name: "chromium",
    prepare: |home| drop(database(home, ".pki/nssdb", true)),
    view: chromium,
    needs: &["chromium", "certutil", "pk12util", "unshare"],
    tells: true,
};
const FIREFOX: Browser = Browser {
    name: "firefox-esr",
    prepare: use_profile,
    view: firefox,
    needs: &["firefox-esr", "certutil", "pk12util"],
    tells: false,
};

pub(crate) fn find(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

impl Browser {
    /// Why it cannot be tested here.
    fn missing(&self) -> Option<String> {
        let absent: Vec<_> = self.needs.iter().copied().filter(|program| !find(program)).collect();
        if !absent.is_empty() {
            return Some(format!("{} are not on this machine", absent.join(", ")));
        }
        // Which certificate is shown is said by a policy, which is a file of the system's: the browser is given its own view of that.
        let apart = |program: &&&str| **program == "unshare";
        let unshared = self.needs.iter().find(apart).is_none_or(|_| {
            let tried = Command::new("unshare").args(UNSHARE).arg("true").stderr(Stdio::null()).status();
            tried.is_ok_and(|status| status.success()) && fs::metadata(POLICIES).is_ok()
        });
        (!unshared).then(|| format!("this user cannot give it a view of {POLICIES} of its own"))
    }
}

const POLICIES: &str = "/etc/chromium";

/// Root's own namespace of mounts, or that of a user who is root there.
const UNSHARE: [&str; 2] = ["--mount", "--map-root-user"];

/// The folder that is the browser's home, with the CA in a database of NSS, and alice's certificate if that is wanted.
pub(crate) fn database(place: &Place, folder: &str, with_alice: bool) -> PathBuf {
    let home = place.file(folder);
    fs::create_dir_all(&home).expect("our folder");
    let at = format!("sql:{}", home.display());
    let run = |program: &str, arguments: &[&str]| {
        let said = place.say(program, arguments);
        assert_eq!(said.code, Some(0), "{program}: {}{}", said.out, said.err);
    };
    let pack = ["pkcs12", "-export", "-in", "alice.pem", "-inkey", "alice.key", "-name", "alice"];
    run("openssl", &[&pack[..], &["-passout", "pass:x", "-out", "alice.p12"]].concat());
    run("certutil", &["-N", "--empty-password", "-d", &at]);
    run("certutil", &["-A", "-n", "ca", "-t", "CT,C,", "-i", "trusted.pem", "-d", &at]);
    if with_alice {
        run("pk12util", &["-i", "alice.p12", "-d", &at, "-W", "x"]);
    }
    home
}

/// Firefox shows the certificate that fits; whatever it wants of the network beside the page ends at a port where nobody listens.
pub(crate) const PREFERENCES: &str = "user_pref(\"security.default_personal_cert\", \"Select Automatically\");\n\
    user_pref(\"network.proxy.type\", 1);\n\
    user_pref(\"network.proxy.http\", \"127.0.0.1\");\nuser_pref(\"network.proxy.http_port\", 1);\n\
    user_pref(\"network.proxy.ssl\", \"127.0.0.1\");\nuser_pref(\"network.proxy.ssl_port\", 1);\n\
    user_pref(\"network.proxy.no_proxies_on\", \"localhost, 127.0.0.1\");\n\
    user_pref(\"network.captive-portal-service.enabled\", false);\n\
    user_pref(\"network.connectivity-service.enabled\", false);\n\
    user_pref(\"app.update.enabled\", false);\n\
    user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n";

fn limited(program: &str) -> Command {
    let mut command = Command::new("timeout");
    command.args(["60", program]);
    command
}

/// Prints the page.
fn chromium(home: &Place, place: &Place, url: &str) -> Command {
    let policy = format!(
        r#"{{"AutoSelectCertificateForUrls":["{{\"pattern\":\"{}\",\"filter\":{{}}}}"]}}"#,
        url.trim_end_matches('/')
    );
    fs::write(place.file("policy.json"), policy).expect("our folder");
    let script = format!(
        "mount -t tmpfs none {POLICIES} && mkdir -p {POLICIES}/policies/managed && \
         cp policy.json {POLICIES}/policies/managed/ && exec \"$@\""
    );
    let mut command = limited("unshare");
    command.args(UNSHARE).args(["sh", "-c", &script, "sh", "chromium"]);
    command.args(["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]);
    command.args(["--disable-background-networking", "--disable-component-update"]);
    command.arg("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost");
    // Nothing of the view before is known to it.
    let profile =
        tempfile::Builder::new().prefix("profile").tempdir_in(place.path()).expect("our folder").keep();
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.args(["--dump-dom", url]).env("HOME", home.path());
    command
}

/// A profile that has been in use once. While a new one is made, Firefox may not know its certificates yet, and answers without any.
fn use_profile(home: &Place) {
    let profile = database(home, "used", true);
    fs::write(profile.join("user.js"), PREFERENCES).expect("our folder");
    let mut command = limited("firefox-esr");
    command.args(["--headless", "--no-remote", "--profile"]).arg(&profile);
    command.arg("--screenshot").arg(home.file("nothing.png")).arg("about:blank");
    let said: Said = command.env("HOME", home.path()).output().expect("it starts").into();
    assert!(home.file("nothing.png").is_file(), "no picture: {}{}", said.out, said.err);
}

/// Takes a picture of the page, with a profile that knows nothing of the views before.
fn firefox(home: &Place, place: &Place, url: &str) -> Command {
    let profile = place.file("profile");
    let copied = Command::new("cp").arg("-r").arg(home.file("used")).arg(&profile).status();
    assert!(copied.is_ok_and(|status| status.success()), "the profile is not copied");
    let mut command = limited("firefox-esr");
    command.args(["--headless", "--no-remote", "--profile"]).arg(&profile);
    command.arg("--screenshot").arg(place.file("page.png")).arg(url).env("HOME", place.path());
    command
}

/// A server that asks for a certificate, in this version alone, recorded; and where the page is.
fn server(place: &Place, which: &str, version: &str) -> (Running, String) {
    let options = ["--jsonl", "out.jsonl"];
    let site = match which {
        "nginx" => place.even_site(Kind::Nginx, ClientAuth::On),
        "Apache" => place.even_site(Kind::Apache, ClientAuth::On),
        _ => {
            // Its certificate's files and alice's.
            drop(place.even_site(Kind::Nginx, ClientAuth::On));
            let chain: Vec<u8> =
                pki().server.chain.iter().flat_map(|x509| x509.to_pem().expect("PEM")).collect();
            fs::write(place.file("chain.pem"), chain).expect("our folder");
            let port = Port::reserve().expect("a port");
            let url = format!("https://localhost:{}/", port.address().port());
            if which == "serve" {
                let mut command = tlsdiag(place.path());
                command.args(["serve", "--host", "127.0.0.1", "--port", &port.address().port().to_string()]);
                command.args(["--cert", "server.pem", "--key", "server.key", "--chain", "chain.pem"]);
                command.args(["--ca", "ca.pem", "--require", "--tls", version]).args(options);
                command.stdout(Stdio::null());
                command.stderr(fs::File::create(place.file("stderr")).expect("our folder"));
                let running = Running::start(&mut command, port.address().into()).expect("it listens");
                return (running, url);
            }
            let accept = port.address().to_string();
            let mut command = place.run(&options);
            command.args([
                "openssl",
                "s_server",
                "-accept",
                &accept,
                "-cert",
                "server.pem",
                "-key",
                "server.key",
            ]);
            command.args([
                "-cert_chain",
                "chain.pem",
                "-CAfile",
                "ca.pem",
                "-Verify",
                "4",
                "-verify_return_error",
            ]);
            command.args(["-www", if version == "1.2" { "-tls1_2" } else { "-tls1_3" }]);
            command.stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(fs::File::create(place.file("stderr")).expect("our folder"));
            let running = Running::start(&mut command, port.address().into()).expect("it listens");
            return (running, url);
        }
    };
    let site = site.only(version);
    (place.recorded(&site, &options), place.url(&site))
}

fn page_views(browser: &Browser) {
    if let Some(why) = browser.missing() {
        println!("NOT TESTED: {}, since {why}", browser.name);
        return;
    }
    let home = Place::new();
    // With alice's RSA certificate.
    drop(home.even_site(Kind::Nginx, ClientAuth::On));
    (browser.prepare)(&home);
    for which in ["s_server", "nginx", "Apache", "serve"] {
        for version in ["1.2", "1.3"] {
            // Firefox now and then answers without the certificate that it has: that handshake fails, and is told as that.
            let answered = (0..4).any(|_| page_view(browser, &home, which, version));
            assert!(answered, "{} never shows its certificate to {which}", browser.name);
        }
    }
}

/// One view; whether the browser showed its certificate wherever it answered.
fn page_view(browser: &Browser, home: &Place, which: &str, version: &str) -> bool {
    let place = Place::new();
    // Programs that give root's rights away come in here, too.
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).expect("our folder");
    let (server, url) = server(&place, which, version);
    let mut command = (browser.view)(home, &place, &url);
    let said: Said = command.current_dir(place.path()).output().expect("it starts").into();
    let _ = server.stop().expect("it ends");
    let title = format!("{} at {which}, TLS {version}", browser.name);
    let told = || format!("{title}\n{}\n{}\n{}", said.out, said.err, place.stderr());
    let records = place.records("out.jsonl");
    let empty =
        |record: &serde_json::Value| record["certificates"]["client"].as_array().is_some_and(Vec::is_empty);
    if records.iter().any(empty) {
        let missing = |record: &&serde_json::Value| {
            empty(record) && record["diagnosis"]["cause"] != "client_cert.missing"
        };
        assert_eq!(records.iter().find(missing), None, "{}", told());
        println!("{title}: an empty Certificate");
        return false;
    }
    let page = match which {
        "s_server" => "s_server",
        "serve" => "The handshake worked",
        _ => "hello",
    };
    let came = if browser.tells { said.out.contains(page) } else { place.file("page.png").is_file() };
    assert!(came, "no page came: {}", told());

    let established = records.iter().filter(|record| record["outcome"] == "established").count();
    let noted = |record: &&serde_json::Value| {
        let finding = &record["diagnosis"]["findings"][0];
        record["outcome"] == "abandoned" && finding["cause"] == "note.client_asks_user"
    };
    let notes = records.iter().filter(noted).count();
    assert!(established >= 1 && notes >= 1 && established + notes == records.len(), "{}", told());
    assert!(records.iter().all(|record| record["diagnosis"].get("cause").is_none()), "{}", told());
    // `serve` has no last words, and a page of its own, of which a picture is kept to be looked at.
    assert!(which == "serve" || place.stderr().contains(", 0 failed"), "{}", told());
    if which == "serve" && !browser.tells {
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("console");
        fs::create_dir_all(&pictures).expect("a folder of cargo's");
        fs::copy(place.file("page.png"), pictures.join(format!("{}-{version}.png", browser.name)))
            .expect("a picture");
    }
    let withdrawn = |record: &serde_json::Value| record["earlier"][0]["became"] == "withdrawn";
    // A connection that it left after it had been let in by another one raises no suspicion.
    let left_first = records.iter().position(|record| noted(&record))
        < records.iter().position(|record| record["outcome"] == "established");
    assert!(!left_first || records.iter().any(withdrawn), "{}", told());
    // For a reader of the file there is no suspicion left.
    let explained: Said = tlsdiag(place.path())
        .args(["explain", "--format", "json", "out.jsonl"])
        .output()
        .expect("it runs")
        .into();
    assert!(explained.code == Some(0) && !explained.out.contains("\"severity\":\"error\""), "{}", told());
    assert!(!explained.out.contains("\"alternatives\":[{"), "{}", explained.out);
    println!("{title}: {established} established, {notes} noted, 0 failed");
    true
}

#[test]
fn chromium_has_no_failure() {
    page_views(&CHROMIUM);
}

#[test]
fn firefox_has_no_failure() {
    page_views(&FIREFOX);
}
