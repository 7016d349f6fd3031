//! The `TLSDIAG_*` variables, read once when the object is loaded: nginx wipes its environment soon after.

use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tlsdiag_core::neutralize;
use tlsdiag_transport::Address;

use crate::stderr;

/// What this process was told.
pub(crate) struct Config {
    pub(crate) output: Output,
    /// Recordings that are plainly healthy stay here.
    pub(crate) failures_only: bool,
    /// The key log was asked for.
    pub(crate) secrets: bool,
}

/// Where recordings go.
pub(crate) enum Output {
    /// Nowhere: nothing is hooked.
    None,
    /// To the collector that listens here: `tlsdiag run`.
    Channel(Address),
    /// To a collector of our own, which writes these.
    Files(Files),
}

/// Files that a collector of our own writes. Most programs make no TLS connection, and none of these must concern them.
pub(crate) struct Files {
    /// Absolute, since the program may have changed its folder when the file is opened.
    pub(crate) jsonl: PathBuf,
    /// Likewise.
    pub(crate) keylog: Option<PathBuf>,
    /// Healthy handshakes are not written.
    pub(crate) failures_only: bool,
    /// Certificates that end within so many days are warned of.
    pub(crate) expires_within: Option<u32>,
}

static CONFIG: OnceLock<Config> = OnceLock::new();

/// The configuration.
pub(crate) fn config() -> &'static Config {
    CONFIG.get_or_init(read)
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

fn is_on(name: &str) -> bool {
    variable(name).is_some_and(|value| value != "0")
}

fn read() -> Config {
    let nothing = Config { output: Output::None, failures_only: false, secrets: false };
    // A program that runs with more rights than its user has must not be told by that user where to write.
    // SAFETY: takes a number and reads what the kernel put beside the stack.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        return nothing;
    }
    let failures_only = is_on("TLSDIAG_FAILURES_ONLY");
    if let Some(address) = variable("TLSDIAG_CHANNEL") {
        let Some(address) = address.to_str().and_then(Address::parse) else {
            say(
                "TLSDIAG_CHANNEL is set by `tlsdiag run` alone, and this is not what it sets; handshakes are not recorded",
            );
            return nothing;
        };
        let secrets = is_on("TLSDIAG_KEYLOG");
        return Config { output: Output::Channel(address), failures_only, secrets };
    }
    let path = |name| variable(name).and_then(|path| std::path::absolute(path).ok());
    let Some(jsonl) = path("TLSDIAG_JSONL") else { return nothing };
    let keylog = path("TLSDIAG_KEYLOG");
    let secrets = keylog.is_some();
    let expires_within = variable("TLSDIAG_EXPIRES_WITHIN").and_then(|days| {
        let number = days.to_str().and_then(|days| days.parse().ok()).filter(|days| *days > 0);
        if number.is_none() {
            let days = days.display();
            say(&format!("TLSDIAG_EXPIRES_WITHIN takes a number of days, not {days}; nobody is warned"));
        }
        number
    });
    let files = Files { jsonl, keylog, failures_only, expires_within };
    // A certificate that ends soon is found in a healthy handshake, which must not stay here then.
    let failures_only = failures_only && expires_within.is_none();
    Config { output: Output::Files(files), failures_only, secrets }
}

/// One sentence on the program's stderr.
pub(crate) fn say(sentence: &str) {
    stderr::write(format!("tlsdiag: {}\n", neutralize(sentence)).as_bytes());
}

/// The program's file, if the system says which one that is. It is asked once: a program may have forbidden itself to ask by its end.
pub(crate) fn executable() -> Option<&'static Path> {
    static EXECUTABLE: OnceLock<Option<PathBuf>> = OnceLock::new();
    EXECUTABLE.get_or_init(|| std::fs::read_link("/proc/self/exe").ok()).as_deref()
}

/// The program's name.
pub(crate) fn program() -> String {
    let name = executable().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| {
        let line = std::fs::read("/proc/self/comm").unwrap_or_default();
        std::ffi::OsString::from_vec(line).to_string_lossy().trim_end().to_owned()
    })
}
