//! Tunnels and access to networks. Where both sides take the same lines they are written once.

use super::Setting::{
    Certificate, Crl, Dh, Groups, LowLevel, Name, OldVersions, ProxyHeader, Reload, Suites12, Suites13,
    Trust, Versions,
};
use super::{Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Openvpn,
        side: Role::Server,
        place: "in the server's configuration file",
        lines: &[
            on(Versions, "tls-version-min 1.2\ntls-version-max 1.3"),
            on(OldVersions, "tls-version-min 1.0\ntls-cipher DEFAULT:@SECLEVEL=0"),
            on(Suites12, "tls-cipher {}"),
            on(Suites13, "tls-ciphersuites {}"),
            on(Groups, "tls-groups {}"),
            on(Certificate, "cert /path/fullchain.pem\nkey /path/server.key"),
            on(Trust, "ca /path/client-ca.pem"),
            on(Crl, "crl-verify /path/all-crls.pem"),
            on(Dh, "dh none").note("leaves ECDHE, which every client has"),
            on(LowLevel, "tls-cipher DEFAULT:@SECLEVEL={}"),
            on(Reload, "systemctl restart openvpn-server@NAME").at("as root"),
        ],
    },
    Table {
        stack: Stack::Openvpn,
        side: Role::Client,
        place: "in the client's configuration file",
        lines: &[
            on(Versions, "tls-version-min 1.2\ntls-version-max 1.3"),
            on(Suites12, "tls-cipher {}"),
            on(Suites13, "tls-ciphersuites {}"),
            on(Groups, "tls-groups {}"),
            on(Certificate, "cert /path/client-chain.pem\nkey /path/client.key"),
            on(Trust, "ca /path/ca.pem"),
            on(Crl, "crl-verify /path/all-crls.pem"),
            on(LowLevel, "tls-cipher DEFAULT:@SECLEVEL={}"),
            on(Name, "verify-x509-name HOST name"),
        ],
    },
    Table {
        stack: Stack::Stunnel,
        side: Role::Server,
        place: "in the service's section of stunnel.conf",
        lines: &[
            on(Versions, "sslVersionMin = TLSv1.2\nsslVersionMax = TLSv1.3"),
            on(OldVersions, "sslVersionMin = TLSv1\nsecurityLevel = 0"),
            on(Suites12, "ciphers = {}"),
            on(Suites13, "ciphersuites = {}"),
            on(Groups, "curves = {}"),
            on(Certificate, "cert = /path/fullchain.pem\nkey = /path/server.key"),
            on(Trust, "CAfile = /path/client-ca.pem"),
            on(Crl, "CRLfile = /path/all-crls.pem"),
            on(LowLevel, "securityLevel = {}"),
            on(ProxyHeader, "protocol = proxy"),
            on(Reload, "kill -HUP $(pidof stunnel4)").at("as root"),
        ],
    },
    Table {
        stack: Stack::Stunnel,
        side: Role::Client,
        place: "in the service's section of stunnel.conf, beside client = yes",
        lines: &[
            on(Versions, "sslVersionMin = TLSv1.2\nsslVersionMax = TLSv1.3"),
            on(OldVersions, "sslVersionMin = TLSv1\nsecurityLevel = 0"),
            on(Suites12, "ciphers = {}"),
            on(Suites13, "ciphersuites = {}"),
            on(Groups, "curves = {}"),
            on(Certificate, "cert = /path/client-chain.pem\nkey = /path/client.key"),
            on(Trust, "CAfile = /path/ca.pem"),
            on(Crl, "CRLfile = /path/all-crls.pem"),
            on(LowLevel, "securityLevel = {}"),
            on(Name, "sni = HOST\ncheckHost = HOST"),
        ],
    },
    Table {
        stack: Stack::Freeradius,
        side: Role::Server,
        place: "in tls-config tls-common of mods-available/eap",
        lines: &[
            on(Versions, "tls_min_version = \"1.2\"\ntls_max_version = \"1.3\""),
            on(OldVersions, "tls_min_version = \"1.0\"\ncipher_list = \"DEFAULT@SECLEVEL=0\""),
            on(Suites12, "cipher_list = \"{}\""),
            on(Groups, "ecdh_curve = \"\"").note("leaves the choice to OpenSSL, which has them all"),
            on(Certificate, "certificate_file = /path/fullchain.pem\nprivate_key_file = /path/server.key"),
            on(Trust, "ca_file = /path/client-ca.pem"),
            on(Crl, "ca_file = /path/client-ca-and-crls.pem")
                .note("with check_crl = yes: the CAs, and behind them their CRLs"),
            on(Dh, "dh_file = /path/dh2048.pem"),
            on(LowLevel, "cipher_list = \"DEFAULT@SECLEVEL={}\""),
            on(Reload, "systemctl restart freeradius").at("as root"),
        ],
    },
    Table {
        stack: Stack::Supplicant,
        side: Role::Client,
        place: "in the network block of wpa_supplicant.conf",
        lines: &[
            on(Versions, "phase1=\"tls_disable_tlsv1_2=0 tls_disable_tlsv1_3=0\""),
            on(
                OldVersions,
                "phase1=\"tls_disable_tlsv1_0=0 tls_disable_tlsv1_1=0\"\nopenssl_ciphers=\"DEFAULT@SECLEVEL=0\"",
            ),
            on(Suites12, "openssl_ciphers=\"{}\""),
            on(Certificate, "client_cert=\"/path/client-chain.pem\"\nprivate_key=\"/path/client.key\""),
            on(Trust, "ca_cert=\"/path/ca.pem\""),
            on(LowLevel, "openssl_ciphers=\"DEFAULT@SECLEVEL={}\""),
            on(Name, "domain_match=\"HOST\""),
        ],
    },
];
