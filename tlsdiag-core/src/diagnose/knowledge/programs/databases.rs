//! Databases, brokers and directories, and their clients.

use super::Setting::{
    Certificate, Crl, Dh, Groups, LowLevel, LowestVersion, Name, OldVersions, Reload, Suites12, Suites13,
    Trust, Versions,
};
use super::{Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

const GNUTLS: &str = "Debian's is built with GnuTLS: the words are those of its priority strings";

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Postgresql,
        side: Role::Server,
        place: "in postgresql.conf, then pg_ctl reload",
        lines: &[
            on(Versions, "ssl_min_protocol_version = 'TLSv1.2'\nssl_max_protocol_version = ''"),
            on(OldVersions, "ssl_min_protocol_version = 'TLSv1'\nssl_ciphers = 'DEFAULT@SECLEVEL=0'"),
            on(Suites12, "ssl_ciphers = '{}'"),
            on(Groups, "ssl_ecdh_curve = 'prime256v1'")
                .note("PostgreSQL 18 takes a list: ssl_groups = 'X25519:prime256v1'"),
            on(Certificate, "ssl_cert_file = '/path/fullchain.pem'\nssl_key_file = '/path/server.key'"),
            on(Trust, "ssl_ca_file = '/path/client-ca.pem'"),
            on(Crl, "ssl_crl_file = '/path/all-crls.pem'"),
            on(Dh, "ssl_dh_params_file = '/path/dh2048.pem'"),
            on(LowLevel, "ssl_ciphers = 'DEFAULT@SECLEVEL={}'"),
            on(Reload, "SELECT pg_reload_conf();").at("in psql, as a superuser"),
        ],
    },
    Table {
        stack: Stack::Libpq,
        side: Role::Client,
        place: "in the connection string of psql and other users of libpq",
        lines: &[
            on(Versions, "ssl_min_protocol_version=TLSv1.2 ssl_max_protocol_version=TLSv1.3"),
            on(Certificate, "sslcert=/path/client-chain.pem sslkey=/path/client.key"),
            on(Trust, "sslrootcert=/path/ca.pem"),
            on(Crl, "sslcrl=/path/all-crls.pem"),
            on(Name, "host=HOST hostaddr=ADDRESS"),
        ],
    },
    Table {
        stack: Stack::Mariadb,
        side: Role::Server,
        place: "in the section [mariadbd] of the server's option file",
        lines: &[
            on(Versions, "tls_version = TLSv1.2,TLSv1.3"),
            on(OldVersions, "tls_version = TLSv1.0,TLSv1.1,TLSv1.2,TLSv1.3\nssl_cipher = DEFAULT@SECLEVEL=0"),
            on(Suites12, "ssl_cipher = {}"),
            on(Certificate, "ssl_cert = /path/fullchain.pem\nssl_key = /path/server.key"),
            on(Trust, "ssl_ca = /path/client-ca.pem"),
            on(Crl, "ssl_crl = /path/all-crls.pem"),
            on(LowLevel, "ssl_cipher = DEFAULT@SECLEVEL={}"),
            on(Reload, "FLUSH SSL;").at("in mariadb, as root"),
        ],
    },
    Table {
        stack: Stack::MariadbClient,
        side: Role::Client,
        place: "on the command line, or in the section [client] of an option file without the dashes",
        lines: &[
            on(Versions, "--tls-version=TLSv1.2,TLSv1.3"),
            on(Suites12, "--ssl-cipher={}"),
            on(Certificate, "--ssl-cert=/path/client-chain.pem --ssl-key=/path/client.key"),
            on(Trust, "--ssl-ca=/path/ca.pem"),
            on(Crl, "--ssl-crl=/path/all-crls.pem"),
        ],
    },
    Table {
        stack: Stack::Redis,
        side: Role::Server,
        place: "in redis.conf",
        lines: &[
            on(Versions, "tls-protocols \"TLSv1.2 TLSv1.3\""),
            on(
                OldVersions,
                "tls-protocols \"TLSv1 TLSv1.1 TLSv1.2 TLSv1.3\"\ntls-ciphers DEFAULT@SECLEVEL=0",
            ),
            on(Suites12, "tls-ciphers {}"),
            on(Suites13, "tls-ciphersuites {}"),
            on(Certificate, "tls-cert-file /path/fullchain.pem\ntls-key-file /path/server.key"),
            on(Trust, "tls-ca-cert-file /path/client-ca.pem"),
            on(Dh, "tls-dh-params-file /path/dh2048.pem"),
            on(LowLevel, "tls-ciphers DEFAULT@SECLEVEL={}"),
            on(Reload, "CONFIG SET tls-cert-file /path/fullchain.pem tls-key-file /path/server.key")
                .at("in redis-cli"),
        ],
    },
    Table {
        stack: Stack::Redis,
        side: Role::Client,
        place: "on the command line of redis-cli",
        lines: &[
            on(Suites12, "--tls-ciphers {}"),
            on(Suites13, "--tls-ciphersuites {}"),
            on(Certificate, "--cert /path/client-chain.pem --key /path/client.key"),
            on(Trust, "--cacert /path/ca.pem"),
            on(LowLevel, "--tls-ciphers DEFAULT@SECLEVEL={}"),
            on(Name, "--sni HOST"),
        ],
    },
    Table {
        stack: Stack::Mosquitto,
        side: Role::Server,
        place: "in mosquitto.conf, behind the listener",
        lines: &[
            on(LowestVersion, "tls_version tlsv1.2").note("the lowest version: 1.3 is allowed as well"),
            on(OldVersions, "tls_version tlsv1.1\nciphers DEFAULT@SECLEVEL=0"),
            on(Suites12, "ciphers {}"),
            on(Suites13, "ciphers_tls1.3 {}"),
            on(Certificate, "certfile /path/fullchain.pem\nkeyfile /path/server.key"),
            on(Trust, "cafile /path/client-ca.pem"),
            on(Crl, "crlfile /path/all-crls.pem"),
            on(Dh, "dhparamfile /path/dh2048.pem"),
            on(LowLevel, "ciphers DEFAULT@SECLEVEL={}"),
            on(Reload, "kill -HUP $(pidof mosquitto)").at("as root"),
        ],
    },
    Table {
        stack: Stack::Mosquitto,
        side: Role::Client,
        place: "on the command line of mosquitto_sub and mosquitto_pub",
        lines: &[
            on(LowestVersion, "--tls-version tlsv1.2").note("the lowest version: 1.3 is allowed as well"),
            on(Suites12, "--ciphers {}"),
            on(Certificate, "--cert /path/client-chain.pem --key /path/client.key"),
            on(Trust, "--cafile /path/ca.pem"),
            on(LowLevel, "--ciphers DEFAULT@SECLEVEL={}"),
        ],
    },
    Table {
        stack: Stack::Slapd,
        side: Role::Server,
        place: "in slapd.conf, or with olc before the name in cn=config",
        lines: &[
            on(Versions, "TLSProtocolMin 3.3\nTLSCipherSuite NORMAL").note(GNUTLS),
            on(Suites12, "TLSCipherSuite NORMAL").note(GNUTLS),
            on(Groups, "TLSCipherSuite NORMAL:+GROUP-ALL").note(GNUTLS),
            on(Certificate, "TLSCertificateFile /path/fullchain.pem\nTLSCertificateKeyFile /path/server.key"),
            on(Trust, "TLSCACertificateFile /path/client-ca.pem"),
            on(Crl, "TLSCRLFile /path/all-crls.pem").note("with GnuTLS, as Debian builds it"),
            on(Reload, "systemctl restart slapd").at("as root"),
        ],
    },
    Table {
        stack: Stack::Ldap,
        side: Role::Client,
        place: "in ldap.conf of the OpenLDAP tools",
        lines: &[
            on(Versions, "TLS_PROTOCOL_MIN 3.3\nTLS_CIPHER_SUITE NORMAL").note(GNUTLS),
            on(Suites12, "TLS_CIPHER_SUITE NORMAL").note(GNUTLS),
            on(Certificate, "TLS_CERT /path/client-chain.pem\nTLS_KEY /path/client.key"),
            on(Trust, "TLS_CACERT /path/ca.pem"),
            on(Crl, "TLS_CRLFILE /path/all-crls.pem").note("with GnuTLS, as Debian builds it"),
        ],
    },
];
