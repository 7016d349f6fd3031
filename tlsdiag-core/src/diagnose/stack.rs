//! The software that an advice is for, and how a program is known for what it is.

use crate::handshake::Offer;
use crate::wire::{ExtensionType, SignatureScheme};

/// The software that an advice is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
#[expect(missing_docs, reason = "they are products' names")]
pub enum Stack {
    /// Whatever the software: something to do with certificates, cards or networks.
    Any,
    Openssl,
    OpensslCnf,
    Nginx,
    Apache,
    Python,
    Curl,
    /// Firefox and other users of NSS.
    Nss,
    Haproxy,
    Envoy,
    Postgresql,
    /// psql, and whatever else is a client of PostgreSQL by its library.
    Libpq,
    Mariadb,
    MariadbClient,
    Redis,
    Mosquitto,
    Slapd,
    /// The tools of OpenLDAP.
    Ldap,
    Postfix,
    Dovecot,
    Exim,
    Vsftpd,
    Openvpn,
    Stunnel,
    Freeradius,
    /// wpa_supplicant.
    Supplicant,
    Wget,
    Git,
    Chromium,
    Requests,
    Httpx,
    Aiohttp,
    Ruby,
    Php,
    Perl,
    Node,
    Java,
    Go,
}

impl Stack {
    /// The name as records write it, such as `openssl.cnf`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Stack::Any => "any",
            Stack::Openssl => "openssl",
            Stack::OpensslCnf => "openssl.cnf",
            Stack::Nginx => "nginx",
            Stack::Apache => "apache",
            Stack::Python => "python",
            Stack::Curl => "curl",
            Stack::Nss => "firefox",
            Stack::Haproxy => "haproxy",
            Stack::Envoy => "envoy",
            Stack::Postgresql => "postgresql",
            Stack::Libpq => "libpq",
            Stack::Mariadb => "mariadbd",
            Stack::MariadbClient => "mariadb",
            Stack::Redis => "redis",
            Stack::Mosquitto => "mosquitto",
            Stack::Slapd => "slapd",
            Stack::Ldap => "ldap.conf",
            Stack::Postfix => "postfix",
            Stack::Dovecot => "dovecot",
            Stack::Exim => "exim",
            Stack::Vsftpd => "vsftpd",
            Stack::Openvpn => "openvpn",
            Stack::Stunnel => "stunnel",
            Stack::Freeradius => "freeradius",
            Stack::Supplicant => "supplicant",
            Stack::Wget => "wget",
            Stack::Git => "git",
            Stack::Chromium => "chromium",
            Stack::Requests => "requests",
            Stack::Httpx => "httpx",
            Stack::Aiohttp => "aiohttp",
            Stack::Ruby => "ruby",
            Stack::Php => "php",
            Stack::Perl => "perl",
            Stack::Node => "node",
            Stack::Java => "java",
            Stack::Go => "go",
        }
    }

    /// What a process of this program takes advice as, by the name of its file; nothing where the name is not known.
    #[must_use]
    pub fn of_program(name: &str) -> &'static [Stack] {
        // Numbers of versions, as in python3.11 and php-fpm8.2.
        let bare = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        match bare {
            "openssl" => &[Stack::Openssl],
            "nginx" | "openresty" | "angie" => &[Stack::Nginx],
            "apache" | "httpd" => &[Stack::Apache],
            "haproxy" => &[Stack::Haproxy],
            "envoy" => &[Stack::Envoy],
            "postgres" => &[Stack::Postgresql],
            "psql" | "pg_dump" | "pg_dumpall" | "pg_restore" | "pg_basebackup" | "pg_isready"
            | "pg_receivewal" | "pgbench" => &[Stack::Libpq],
            "mariadbd" | "mysqld" => &[Stack::Mariadb],
            "mariadb" | "mysql" | "mariadb-dump" | "mysqldump" | "mariadb-admin" | "mysqladmin" => {
                &[Stack::MariadbClient]
            }
            // The server is a link to its own checker.
            "redis-server" | "redis-check-rdb" | "redis-check-aof" | "redis-cli" | "redis-benchmark"
            | "valkey-server" | "valkey-cli" => &[Stack::Redis],
            "mosquitto" | "mosquitto_sub" | "mosquitto_pub" | "mosquitto_rr" => &[Stack::Mosquitto],
            "slapd" => &[Stack::Slapd],
            "ldapsearch" | "ldapmodify" | "ldapwhoami" | "ldapadd" | "ldapdelete" => &[Stack::Ldap],
            "smtpd" | "smtp" | "lmtp" | "tlsproxy" | "posttls-finger" => &[Stack::Postfix],
            "imap-login" | "pop3-login" | "submission-login" | "managesieve-login" | "dovecot" => {
                &[Stack::Dovecot]
            }
            "exim" => &[Stack::Exim],
            "vsftpd" => &[Stack::Vsftpd],
            "openvpn" => &[Stack::Openvpn],
            "stunnel" => &[Stack::Stunnel],
            "freeradius" | "radiusd" => &[Stack::Freeradius],
            "wpa_supplicant" | "eapol_test" => &[Stack::Supplicant],
            "curl" => &[Stack::Curl],
            "wget" => &[Stack::Wget],
            "git" | "git-remote-http" | "git-remote-https" | "git-http-push" | "git-http-fetch" => {
                &[Stack::Git]
            }
            "python" => &[Stack::Python, Stack::Requests, Stack::Httpx, Stack::Aiohttp],
            "ruby" => &[Stack::Ruby],
            "php" | "php-fpm" | "php-cgi" => &[Stack::Php],
            "perl" => &[Stack::Perl],
            "node" | "nodejs" => &[Stack::Node],
            "java" => &[Stack::Java],
            "firefox" | "firefox-esr" => &[Stack::Nss],
            "chromium" | "chrome" => &[Stack::Chromium],
            _ => &[],
        }
    }

    /// The client whose hello this looks like: no other one that is known sends the like. `Curl` is any program with libcurl and OpenSSL,
    /// `Openssl` whoever uses that library and does not tell more. It decides which advice comes first, and nothing else.
    #[must_use]
    pub fn of_hello(offer: &Offer) -> Option<Stack> {
        const STATUS_REQUEST_V2: ExtensionType = ExtensionType(17);
        const RECORD_SIZE_LIMIT: ExtensionType = ExtensionType(28);
        const DELEGATED_CREDENTIAL: ExtensionType = ExtensionType(34);
        const APPLICATION_SETTINGS: [ExtensionType; 2] = [ExtensionType(17_513), ExtensionType(17_613)];
        let has = |kind: ExtensionType| offer.extensions.contains(&kind);
        let protocols: Vec<&str> = offer.alpn.iter().flatten().map(String::as_str).collect();
        if APPLICATION_SETTINGS.into_iter().any(has) {
            return Some(Stack::Chromium);
        }
        if has(DELEGATED_CREDENTIAL) && has(RECORD_SIZE_LIMIT) {
            return Some(Stack::Nss);
        }
        if has(STATUS_REQUEST_V2) {
            return Some(Stack::Java);
        }
        let schemes: Vec<u16> =
            offer.signature_schemes.iter().flatten().map(|scheme: &SignatureScheme| scheme.0).collect();
        if schemes.starts_with(&[0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601]) {
            return Some(Stack::Go);
        }
        // OpenSSL lists its schemes in an order of its own; who asks to be asked late, and for which protocols, is the program's choice.
        let openssl =
            schemes.windows(3).any(|three| three == [0x0403, 0x0503, 0x0603]) && schemes.contains(&0x0809);
        match (openssl, offer.post_handshake_auth, &protocols[..]) {
            (true, true, ["h2", "http/1.1"]) => Some(Stack::Curl),
            (true, ..) => Some(Stack::Openssl),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_files() {
        for (name, stack) in [
            ("nginx", Stack::Nginx),
            ("apache2", Stack::Apache),
            ("python3.11", Stack::Python),
            ("php-fpm8.2", Stack::Php),
            ("stunnel4", Stack::Stunnel),
            ("redis-check-rdb", Stack::Redis),
            ("exim4", Stack::Exim),
            ("ruby3.1", Stack::Ruby),
        ] {
            assert_eq!(Stack::of_program(name).first(), Some(&stack), "{name}");
        }
        assert!(Stack::of_program("a.out").is_empty() && Stack::of_program("").is_empty());
    }
}
