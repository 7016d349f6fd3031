//! Where a collector listens, and the token by which it knows those that belong to it: one environment variable.

use std::fmt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use rustix::rand::{GetRandomFlags, getrandom};

/// What only the collector and those whom it started know. The names of sockets are shown to every local user (/proc/net/unix); the
/// environment of a process is shown to its own user alone (proc_pid_environ(5)).
#[derive(Clone, Copy)]
pub struct Token([u8; Token::LENGTH]);

impl Token {
    const LENGTH: usize = 16;

    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Token(random()?))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether these bytes are the token; how long that takes does not depend on where they differ.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        bytes.len() == Token::LENGTH
            && self.0.iter().zip(bytes).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Random bytes of the system's.
pub(crate) fn random<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    // As few are given whole (getrandom(2)).
    getrandom(&mut bytes, GetRandomFlags::empty())?;
    Ok(bytes)
}

/// The address of a [`Listening`](crate::Listening), which its [`Display`](fmt::Display) writes into an environment variable.
#[derive(Clone, Debug)]
pub struct Address {
    pub(crate) token: Token,
    /// Who listens: nobody else is told anything.
    pub(crate) user: u32,
    /// A name in the abstract namespace (unix(7)), reached also where the folder cannot be: after a chroot, with a /tmp of one's own.
    pub(crate) name: Option<String>,
    /// A name in the file system, reached also from another network namespace.
    pub(crate) path: Option<PathBuf>,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let token = HEXLOWER.encode(&self.token.0);
        let (name, path) =
            (self.name.as_deref().unwrap_or(""), self.path.as_deref().unwrap_or(Path::new("")));
        write!(f, "{token}:{}:{name}:{}", self.user, path.display())
    }
}

impl Address {
    /// Reads what an environment variable says; `None` where that is no address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let token = HEXLOWER.decode(parts.next()?.as_bytes()).ok()?.try_into().ok()?;
        let user = parts.next()?.parse().ok()?;
        let [name, path] = [parts.next()?, parts.next()?];
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Address { token: Token(token), user, name: given(name), path: given(path).map(PathBuf::from) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let address = Address {
            token: Token::new().unwrap(),
            user: 1000,
            name: Some("tlsdiag-1".to_owned()),
            path: Some("/tmp/a:b/c".into()),
        };
        let read = Address::parse(&address.to_string()).unwrap();
        assert!(read.token.is(address.token.as_bytes()));
        assert_eq!((read.user, read.name, read.path), (1000, address.name, address.path));
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in ["", "/tmp/socket", "00:0:a:b", &format!("{}:x:a:b", "0".repeat(32))] {
            assert!(Address::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_is_itself_and_nothing_else() {
        let [one, other] = [Token::new().unwrap(), Token::new().unwrap()];
        assert!(one.is(one.as_bytes()));
        assert!(!one.is(other.as_bytes()) && !one.is(&one.as_bytes()[1..]) && !one.is(&[]));
        assert_eq!(format!("{one:?}"), "Token(..)");
    }
}
