//! Mail servers, and a server of files.

use super::Setting::{
    Certificate, Crl, Dh, Groups, LowLevel, LowestVersion, OldVersions, ProxyHeader, Reload,
    SecondCertificate, Suites12, Suites13, Trust, Versions,
};
use super::{Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

const GNUTLS: &str = "Debian's is built with GnuTLS: the words are those of its priority strings";

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Postfix,
        side: Role::Server,
        place: "in main.cf, then postfix reload",
        lines: &[
            on(Versions, "smtpd_tls_protocols = >=TLSv1.2\nsmtpd_tls_mandatory_protocols = >=TLSv1.2"),
            on(OldVersions, "smtpd_tls_protocols = >=TLSv1\nsmtpd_tls_mandatory_protocols = >=TLSv1"),
            on(Suites12, "smtpd_tls_ciphers = high\ntls_high_cipherlist = {}"),
            on(Groups, "tls_eecdh_auto_curves = X25519 prime256v1 secp384r1"),
            on(Certificate, "smtpd_tls_cert_file = /path/fullchain.pem\nsmtpd_tls_key_file = /path/server.key"),
            on(SecondCertificate, "smtpd_tls_chain_files = /path/server.key, /path/fullchain.pem, /path/{}.key, /path/{}.pem")
                .note("in place of smtpd_tls_cert_file and smtpd_tls_key_file"),
            on(Trust, "smtpd_tls_CAfile = /path/client-ca.pem"),
            on(Dh, "smtpd_tls_dh1024_param_file = /path/dh2048.pem").note("its name is older than its use"),
            on(ProxyHeader, "smtpd_upstream_proxy_protocol = haproxy"),
            on(Reload, "postfix reload").at("as root"),
        ],
    },
    Table {
        stack: Stack::Postfix,
        side: Role::Client,
        place: "in main.cf, then postfix reload",
        lines: &[
            on(Versions, "smtp_tls_protocols = >=TLSv1.2\nsmtp_tls_mandatory_protocols = >=TLSv1.2"),
            on(Suites12, "smtp_tls_ciphers = high\nsmtp_tls_mandatory_ciphers = high\ntls_high_cipherlist = {}"),
            on(Groups, "tls_eecdh_auto_curves = X25519 prime256v1 secp384r1"),
            on(Certificate, "smtp_tls_cert_file = /path/client-chain.pem\nsmtp_tls_key_file = /path/client.key"),
            on(Trust, "smtp_tls_CAfile = /path/ca.pem"),
        ],
    },
    Table {
        stack: Stack::Dovecot,
        side: Role::Server,
        place: "in dovecot.conf, then doveadm reload",
        lines: &[
            on(LowestVersion, "ssl_min_protocol = TLSv1.2"),
            on(OldVersions, "ssl_min_protocol = TLSv1\nssl_cipher_list = DEFAULT@SECLEVEL=0"),
            on(Suites12, "ssl_cipher_list = {}"),
            on(Suites13, "ssl_cipher_suites = {}"),
            on(Groups, "ssl_curve_list = {}"),
            on(Certificate, "ssl_cert = </path/fullchain.pem\nssl_key = </path/server.key")
                .note("Dovecot 2.4: ssl_server_cert_file, ssl_server_key_file, and no <"),
            on(SecondCertificate, "ssl_alt_cert = </path/{}.pem\nssl_alt_key = </path/{}.key").note("beside the first"),
            on(Trust, "ssl_ca = </path/client-ca.pem").note("with the CRLs of these CAs behind them, unless ssl_require_crl = no"),
            on(Crl, "ssl_ca = </path/client-ca-and-crls.pem").note("the CAs, and behind them their CRLs"),
            on(Dh, "ssl_dh = </path/dh2048.pem"),
            on(LowLevel, "ssl_cipher_list = DEFAULT@SECLEVEL={}"),
            on(Reload, "doveadm reload").at("as root"),
        ],
    },
    Table {
        stack: Stack::Exim,
        side: Role::Server,
        place: "in the main section of exim.conf",
        lines: &[
            on(Versions, "tls_require_ciphers = NORMAL").note(GNUTLS),
            on(OldVersions, "tls_require_ciphers = NORMAL:+VERS-TLS1.0:+VERS-TLS1.1").note("weakens this server for every client: only until the old one is updated; with GnuTLS, as Debian builds it"),
            on(Suites12, "tls_require_ciphers = NORMAL").note(GNUTLS),
            on(Groups, "tls_require_ciphers = NORMAL").note(GNUTLS),
            on(Certificate, "tls_certificate = /path/fullchain.pem\ntls_privatekey = /path/server.key"),
            on(SecondCertificate, "tls_certificate = /path/fullchain.pem : /path/{}.pem\ntls_privatekey = /path/server.key : /path/{}.key"),
            on(Trust, "tls_verify_certificates = /path/client-ca.pem"),
            on(Crl, "tls_crl = /path/all-crls.pem"),
            on(Dh, "tls_dhparam = /path/dh2048.pem"),
            on(Reload, "systemctl reload exim4").at("as root"),
        ],
    },
    Table {
        stack: Stack::Vsftpd,
        side: Role::Server,
        place: "in vsftpd.conf",
        lines: &[
            on(Suites12, "ssl_ciphers={}"),
            on(Certificate, "rsa_cert_file=/path/fullchain.pem\nrsa_private_key_file=/path/server.key"),
            on(Trust, "ca_certs_file=/path/client-ca.pem"),
            on(OldVersions, "ssl_tlsv1=YES\nssl_ciphers=DEFAULT@SECLEVEL=0"),
            on(LowLevel, "ssl_ciphers=DEFAULT@SECLEVEL={}"),
            on(Reload, "systemctl restart vsftpd").at("as root"),
        ],
    },
];
