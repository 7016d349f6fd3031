//! What keeps our variables in the environment of programs that others start, by who starts them.

use std::path::PathBuf;

/// A program that cleans the environment of what it starts.
struct Cleaner {
    /// The end of its path.
    program: &'static str,
    line: fn(&str) -> String,
}

const CLEANERS: &[Cleaner] = &[
    Cleaner {
        program: "dovecot",
        line: |names| format!("in dovecot.conf: import_environment = $import_environment {names}"),
    },
    Cleaner {
        program: "postfix/sbin/master",
        line: |names| format!("postconf -e \"import_environment=$(postconf -h import_environment) {names}\""),
    },
    Cleaner {
        program: "exim4",
        line: |names| format!("in exim's configuration: keep_environment = {}", names.replace(' ', " : ")),
    },
    // The system takes LD_PRELOAD away from setuid programs before they run.
    Cleaner {
        program: "sudo", line: |_| "sudo tlsdiag run -- …, and not tlsdiag run -- sudo …".to_owned()
    },
    Cleaner {
        program: "su", line: |_| "su -c 'tlsdiag run -- …', and not tlsdiag run -- su …".to_owned()
    },
];

/// The line for what one of these programs starts, the nearest first; `names` are those of our variables, with blanks between.
pub(super) fn line(parents: &[PathBuf], names: &str) -> Option<String> {
    let known = |parent: &PathBuf| CLEANERS.iter().find(|cleaner| parent.ends_with(cleaner.program));
    parents.iter().find_map(known).map(|cleaner| (cleaner.line)(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_that_is_known() {
        let parents = ["/usr/lib/dovecot/config", "/usr/sbin/dovecot", "/usr/bin/sudo"].map(PathBuf::from);
        let expected = "in dovecot.conf: import_environment = $import_environment LD_PRELOAD TLSDIAG_CHANNEL";
        assert_eq!(line(&parents, "LD_PRELOAD TLSDIAG_CHANNEL").as_deref(), Some(expected));
        assert_eq!(line(&[PathBuf::from("/usr/bin/bash")], "LD_PRELOAD"), None);
    }
}
