//! Chromium, and the packages of npm with which a script looks at pages in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACKAGES: [&str; 2] = ["playwright-core@1.65.1", "axe-core@4.14.1"];

pub(crate) struct Chromium {
    /// Where the scripts are to lie: they find their packages there.
    pub(crate) folder: PathBuf,
    pub(crate) program: PathBuf,
}

/// What there is, or a clause that says what is missing.
pub(crate) fn chromium() -> Result<Chromium, String> {
    if let Some(absent) = ["node", "npm"].into_iter().find(|program| find(program).is_none()) {
        return Err(format!("{absent} is not there"));
    }
    let said = Command::new("node").arg("--version").output().map(|said| said.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let major = said.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    if major.is_none_or(|major: u32| major < 20) {
        return Err(format!("node is {}, and its packages need 20", said.trim()));
    }
    let program = find("chromium").ok_or("chromium is not there")?;
    let folder = folder();
    fs::create_dir_all(&folder).expect("a folder");
    match are_installed(&folder) {
        true => Ok(Chromium { folder, program }),
        false => Err(format!("npm does not bring {}", PACKAGES.join(" and "))),
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// `target/console`, whichever `target` this is built in.
fn folder() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let target =
        own.ancestors().find(|path| path.ends_with("deps")).and_then(Path::parent).and_then(Path::parent);
    target.expect("a target folder").join("console")
}

/// Whether the packages are there, or could be brought.
fn are_installed(folder: &Path) -> bool {
    let installed = |package: &str| {
        let (name, version) = package.split_once('@').expect("a version");
        let about = folder.join("node_modules").join(name).join("package.json");
        fs::read_to_string(about).is_ok_and(|about| about.contains(&format!("\"version\": \"{version}\"")))
    };
    if PACKAGES.iter().all(|package| installed(package)) {
        return true;
    }
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(PACKAGES);
    npm.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}
