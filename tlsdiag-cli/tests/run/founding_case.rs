//! The founding case with the browser itself: Firefox with a card whose key refuses RSA-PSS, at `tlsdiag s_server`, which asks for it. What
//! Firefox does in TLS 1.2 looks as if it asked its user, so the first attempt is a note, and the second one names the card. With the line
//! that is advised the page comes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tlsdiag_lab::card::{self, Card, Held};

use crate::browsers::{database, find};
use crate::place::{Place, pki};
use crate::signers::{server, words_of_advice, write_files};

/// Marionette's protocol: a length, a colon, and JSON.
struct Firefox {
    process: Child,
    socket: BufReader<TcpStream>,
    number: u64,
}

impl Firefox {
    /// With this profile and these cards, of which it knows; the PIN was given.
    fn start(place: &Place, card: &Card, profile: &Path) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let preferences = fs::read_to_string(profile.join("user.js")).expect("our file");
        let preferences = format!("{preferences}user_pref(\"marionette.port\", {port});\n");
        fs::write(profile.join("user.js"), preferences).expect("our folder");
        let mut command = card.command("firefox-esr");
        command.args([
            "--headless",
            "--no-remote",
            "--marionette",
            "--remote-allow-system-access",
            "--profile",
        ]);
        command.arg(profile).env("HOME", place.path());
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("firefox-esr");
        let until = Instant::now() + Duration::from_secs(60);
        let socket = loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
                Ok(socket) => break socket,
                // Nothing tells but the port itself.
                Err(_) if Instant::now() < until => std::thread::sleep(Duration::from_millis(50)),
                Err(error) => panic!("Firefox does not listen: {error}"),
            }
        };
        socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
        let mut firefox = Firefox { process, socket: BufReader::new(socket), number: 0 };
        firefox.read();
        firefox
            .ask("WebDriver:NewSession", &json!({"capabilities": {"unhandledPromptBehavior": "ignore"}}))
            .expect("a session");
        firefox.ask("WebDriver:SetTimeouts", &json!({"pageLoad": 7000, "script": 30000})).expect("limits");
        firefox.log_in(place);
        firefox
    }

    fn read(&mut self) -> Value {
        let mut length = Vec::new();
        self.socket.read_until(b':', &mut length).expect("Firefox answers");
        let length = str::from_utf8(&length).ok().and_then(|text| text.trim_end_matches(':').parse().ok());
        let mut message = vec![0; length.expect("a length")];
        self.socket.read_exact(&mut message).expect("Firefox answers");
        serde_json::from_slice(&message).expect("JSON")
    }

    /// What it answers, or why not.
    fn ask(&mut self, command: &str, parameters: &Value) -> Result<Value, Value> {
        self.number += 1;
        let message = json!([0, self.number, command, parameters]).to_string();
        write!(self.socket.get_mut(), "{}:{message}", message.len()).expect("Firefox listens");
        let answer = self.read();
        match &answer[2] {
            Value::Null => Ok(answer[3].clone()),
            error => Err(error.clone()),
        }
    }

    /// The dialog that asks for the PIN is answered as a user would.
    fn log_in(&mut self, place: &Place) {
        const ANSWER: &str = r#"
            const done = arguments[arguments.length - 1];
            const { setInterval, clearInterval } = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs");
            const timer = setInterval(() => {
                for (const window of Services.wm.getEnumerator(null)) {
                    const frames = [...window.document.querySelectorAll(".dialogFrame")].map(frame => frame.contentDocument);
                    for (const document of [window.document, ...frames]) {
                        const field = document?.getElementById("password1Textbox");
                        const dialog = document?.querySelector("dialog");
                        if (!field || !dialog) continue;
                        field.value = "PIN";
                        field.dispatchEvent(new document.defaultView.Event("input", { bubbles: true }));
                        try {
                            dialog.acceptDialog();
                        } catch {
                            return; // it has no buttons yet
                        }
                        clearInterval(timer);
                        return;
                    }
                }
            }, 100);
            (async () => {
                const modules = Cc["@mozilla.org/security/pkcs11moduledb;1"].getService(Ci.nsIPKCS11ModuleDB);
                for (const module of await modules.listModules())
                    for (const slot of module.slots)
                        if (slot.tokenName == "card") {
                            await (await slot.getToken()).login(true);
                            return slot.status == slot.SLOT_LOGGED_IN;
                        }
            })().then(String, String).then(ended => IOUtils.writeUTF8("TOLD", ended)).then(done, done);"#;
        let told = place.file("logged-in");
        let script = ANSWER.replace("PIN", card::PIN).replace("TOLD", &told.to_string_lossy());
        self.ask("Marionette:SetContext", &json!({"value": "chrome"})).expect("a context");
        // It may be interrupted by the very dialog that it answers, so it says elsewhere how that ended.
        let _ = self
            .ask("WebDriver:ExecuteAsyncScript", &json!({"script": script, "args": [], "sandbox": "system"}));
        let until = Instant::now() + Duration::from_secs(30);
        while fs::read_to_string(&told).unwrap_or_default() != "true" {
            assert!(
                Instant::now() < until,
                "the card does not take its PIN: {:?}",
                fs::read_to_string(&told)
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        self.ask("Marionette:SetContext", &json!({"value": "content"})).expect("a context");
    }

    /// Whether the page came. Where Firefox asks for the PIN once more, it is told to go on without, and asked again.
    fn views(&mut self, url: &str) -> bool {
        for _ in 0..3 {
            match self.ask("WebDriver:Navigate", &json!({"url": url})) {
                Ok(_) => return true,
                Err(error) if error["error"] == "unexpected alert open" => {
                    let _ = self.ask("WebDriver:DismissAlert", &json!({}));
                }
                Err(error) => {
                    let no_page = error["error"] == "timeout"
                        || error["message"].to_string().contains("about:neterror");
                    assert!(no_page, "{error}");
                    return false;
                }
            }
        }
        panic!("Firefox asks again and again");
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        let _ = self.ask_to_quit();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Firefox {
    fn ask_to_quit(&mut self) -> std::io::Result<()> {
        let message = json!([0, self.number + 1, "Marionette:Quit", {"flags": ["eForceQuit"]}]).to_string();
        write!(self.socket.get_mut(), "{}:{message}", message.len())?;
        // It answers, and closes the connection.
        self.socket.read_to_end(&mut Vec::new()).map(drop)
    }
}

/// A profile of Firefox that knows of this card.
fn profile(place: &Place, card: &Card) -> PathBuf {
    let profile = database(place, "profile", false);
    let at = format!("sql:{}", profile.display());
    // Firefox shows what leads to a CA that the server names.
    for (number, one) in pki().client_rsa.chain.iter().enumerate() {
        fs::write(place.file("issuer.pem"), one.to_pem().expect("PEM")).expect("our folder");
        let name = format!("issuer {number}");
        card.run("certutil", &["-A", "-n", &name, "-t", ",,", "-i", "issuer.pem", "-d", &at])
            .expect("certutil");
    }
    card.add_to(&at).expect("modutil");
    fs::write(profile.join("user.js"), crate::browsers::PREFERENCES).expect("our folder");
    profile
}

/// What becomes of this card in a version, and what the advice makes of it.
fn meets(place: &Place, firefox: &mut Firefox, version: &str, words: &[&str]) {
    let url = |port: u16| format!("https://localhost:{port}/");
    // The second attempt names it; but Firefox, tired of its card, now and then answers without any certificate in between.
    let named = |place: &Place| {
        let records = place.records("out.jsonl");
        records.into_iter().find(|record| record["diagnosis"]["cause"] == "sigalg.signer_refused")
    };
    // s_server has one connection at a time: one that Firefox opens in advance, and does not use, keeps it from all others. And who is let in
    // without a certificate, which it has declined then, may have asked its user before.
    for _ in 0..4 {
        let (refusing, port) = server(place, words);
        for view in 0..4 {
            assert!(!firefox.views(&url(port)), "TLS {version}: the card signs with PSS");
            if view > 0 && named(place).is_some() {
                break;
            }
        }
        let _ = refusing.stop().expect("it ends");
        if named(place).is_some() {
            break;
        }
    }
    let raised = named(place).unwrap_or_else(|| panic!("TLS {version}: it is not named: {}", place.stderr()));
    let records = place.records("out.jsonl");
    let first = |record: &Value| record["diagnosis"]["findings"][0]["cause"].clone();
    if version == "1.2" {
        assert_eq!(first(&records[0]), "note.client_asks_user", "{}", place.stderr());
    }
    assert!(records.iter().all(|record| first(record) != "transport.timeout"), "{}", place.stderr());

    // The line that is advised, as it stands there.
    let advised = words_of_advice(&raised);
    let advised: Vec<&str> = words.iter().copied().chain(advised.iter().map(String::as_str)).collect();
    fs::remove_file(place.file("out.jsonl")).expect("our file");
    let (mended, port) = server(place, &advised);
    assert!(firefox.views(&url(port)), "the advice does not mend it: {advised:?}\n{}", place.stderr());
    let _ = mended.stop().expect("it ends");
    let records = place.records("out.jsonl");
    let signed = |record: &Value| {
        record["outcome"] == "established"
            && record["certificates"]["client"].as_array().is_some_and(|chain| !chain.is_empty())
    };
    assert!(records.iter().any(signed), "{}", place.stderr());
    assert!(records.iter().all(|record| first(record) != "sigalg.signer_refused"), "{}", place.stderr());
    fs::remove_file(place.file("out.jsonl")).expect("our file");
    println!("mended: Firefox, TLS {version}: {}", advised.join(" "));
}

#[test]
fn firefox_with_a_card_that_refuses_pss() {
    let programs = card::PROGRAMS.into_iter().chain(["firefox-esr", "certutil", "modutil"]);
    let missing: Vec<_> = programs.filter(|program| !find(program)).collect();
    let (Some(module), true) = (card::module(), missing.is_empty()) else {
        println!("NOT TESTED: Firefox with a card, since {missing:?} or SoftHSM are not on this machine");
        return;
    };
    let place = Place::new();
    write_files(&place);
    let held = Held::without_pss(&pki().client_rsa);
    let card = Card::new(place.path(), module, held, |name| PathBuf::from(name)).expect("a card");
    let profile = profile(&place, &card);
    let mut firefox = Firefox::start(&place, &card, &profile);
    meets(&place, &mut firefox, "1.2", &["-tls1_2"]);
    meets(&place, &mut firefox, "1.3", &[]);
}
