//! Web servers and balancers, and the same as clients of what stands behind them.

use super::Setting::{
    Certificate, ClientSchemes, Crl, Depth, Dh, Groups, LowLevel, Name, OldVersions, Protocols, ProxyHeader,
    Reload, Schemes, SecondCertificate, Suites12, Suites13, Trust, Versions,
};
use super::{Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

const SECOND: &str = "beside the first";

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Nginx,
        side: Role::Server,
        place: "in the server block",
        lines: &[
            on(Versions, "ssl_protocols TLSv1.2 TLSv1.3;")
                .note("in place of every other ssl_protocols line of this address: they add up"),
            on(OldVersions, "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT@SECLEVEL=0;"),
            on(Suites12, "ssl_ciphers {};"),
            on(Suites13, "ssl_conf_command Ciphersuites {};"),
            on(Groups, "ssl_ecdh_curve {};"),
            on(Schemes, "ssl_conf_command SignatureAlgorithms {};"),
            on(ClientSchemes, "ssl_conf_command ClientSignatureAlgorithms {};"),
            on(Certificate, "ssl_certificate /path/fullchain.pem; ssl_certificate_key /path/server.key;"),
            on(SecondCertificate, "ssl_certificate /path/{}.pem; ssl_certificate_key /path/{}.key;")
                .note("a second pair of lines, beside the first"),
            on(Trust, "ssl_client_certificate /path/client-ca.pem;"),
            on(Depth, "ssl_verify_depth {};"),
            on(Crl, "ssl_crl /path/all-crls.pem;")
                .note("one file with the CRLs of all CAs of the chain; nginx checks the whole chain"),
            on(Dh, "ssl_dhparam /path/dh2048.pem;"),
            on(LowLevel, "ssl_ciphers DEFAULT@SECLEVEL={};"),
            on(Protocols, "listen 443 ssl http2;")
                .note("nginx 1.25.1 and later prefer a line of its own: http2 on;"),
            on(ProxyHeader, "listen 443 ssl proxy_protocol;"),
            on(Reload, "nginx -s reload").at("as root"),
        ],
    },
    Table {
        stack: Stack::Nginx,
        side: Role::Client,
        place: "beside proxy_pass, where nginx is the client of an upstream server",
        lines: &[
            on(Versions, "proxy_ssl_protocols TLSv1.2 TLSv1.3;"),
            on(
                OldVersions,
                "proxy_ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; proxy_ssl_ciphers DEFAULT@SECLEVEL=0;",
            ),
            on(Suites12, "proxy_ssl_ciphers {};"),
            on(Suites13, "proxy_ssl_conf_command Ciphersuites {};"),
            on(Groups, "proxy_ssl_conf_command Groups {};"),
            on(Schemes, "proxy_ssl_conf_command SignatureAlgorithms {};"),
            on(
                Certificate,
                "proxy_ssl_certificate /path/client-chain.pem; proxy_ssl_certificate_key /path/client.key;",
            ),
            on(Trust, "proxy_ssl_trusted_certificate /path/ca.pem;"),
            on(Depth, "proxy_ssl_verify_depth {};"),
            on(Crl, "proxy_ssl_crl /path/all-crls.pem;"),
            on(LowLevel, "proxy_ssl_ciphers DEFAULT@SECLEVEL={};"),
            on(Name, "proxy_ssl_server_name on; proxy_ssl_name HOST;")
                .note("nginx as the client of an upstream server sends no name by default"),
        ],
    },
    Table {
        stack: Stack::Apache,
        side: Role::Server,
        place: "in the virtual host",
        lines: &[
            on(Versions, "SSLProtocol -all +TLSv1.2 +TLSv1.3"),
            on(OldVersions, "SSLProtocol all +TLSv1 +TLSv1.1\nSSLCipherSuite DEFAULT@SECLEVEL=0"),
            on(Suites12, "SSLCipherSuite {}"),
            on(Suites13, "SSLCipherSuite TLSv1.3 {}"),
            on(Groups, "SSLOpenSSLConfCmd Groups {}"),
            on(Schemes, "SSLOpenSSLConfCmd SignatureAlgorithms {}"),
            on(ClientSchemes, "SSLOpenSSLConfCmd ClientSignatureAlgorithms {}"),
            on(Certificate, "SSLCertificateFile /path/fullchain.pem\nSSLCertificateKeyFile /path/server.key"),
            on(SecondCertificate, "SSLCertificateFile /path/{}.pem\nSSLCertificateKeyFile /path/{}.key")
                .note("a second pair of lines, beside the first"),
            on(Trust, "SSLCACertificateFile /path/client-ca.pem"),
            on(Depth, "SSLVerifyDepth {}"),
            on(Crl, "SSLCARevocationFile /path/all-crls.pem"),
            on(Dh, "SSLOpenSSLConfCmd DHParameters \"/path/dh2048.pem\""),
            on(LowLevel, "SSLCipherSuite DEFAULT@SECLEVEL={}"),
            on(Protocols, "Protocols h2 http/1.1"),
            on(ProxyHeader, "RemoteIPProxyProtocol On")
                .note("mod_remoteip, in the virtual host of this port"),
            on(Reload, "apachectl graceful").at("as root"),
        ],
    },
    Table {
        stack: Stack::Apache,
        side: Role::Client,
        place: "beside ProxyPass, where Apache is the client of a backend",
        lines: &[
            on(Versions, "SSLProxyProtocol -all +TLSv1.2 +TLSv1.3"),
            on(OldVersions, "SSLProxyProtocol all +TLSv1 +TLSv1.1\nSSLProxyCipherSuite DEFAULT@SECLEVEL=0"),
            on(Suites12, "SSLProxyCipherSuite {}"),
            on(Suites13, "SSLProxyCipherSuite TLSv1.3 {}"),
            on(Certificate, "SSLProxyMachineCertificateFile /path/client-and-key.pem\nSSLProxyMachineCertificateChainFile /path/intermediate.pem")
                .note("the first is the certificate alone and its key, one behind the other"),
            on(Trust, "SSLProxyCACertificateFile /path/ca.pem"),
            on(Depth, "SSLProxyVerifyDepth {}"),
            on(Crl, "SSLProxyCARevocationFile /path/all-crls.pem"),
            on(LowLevel, "SSLProxyCipherSuite DEFAULT@SECLEVEL={}"),
        ],
    },
    Table {
        stack: Stack::Haproxy,
        side: Role::Server,
        place: "at the end of the bind line",
        lines: &[
            on(Versions, "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3"),
            on(OldVersions, "ssl-min-ver TLSv1.0 ciphers DEFAULT@SECLEVEL=0"),
            on(Suites12, "ciphers {}"),
            on(Suites13, "ciphersuites {}"),
            on(Groups, "curves {}"),
            on(Certificate, "crt /path/fullchain-and-key.pem")
                .note("cat fullchain.pem server.key > fullchain-and-key.pem"),
            on(SecondCertificate, "crt /path/{}-and-key.pem").note(SECOND),
            on(Trust, "ca-file /path/client-ca.pem"),
            on(Crl, "crl-file /path/all-crls.pem"),
            on(LowLevel, "ciphers DEFAULT@SECLEVEL={}"),
            on(Protocols, "alpn h2,http/1.1"),
            on(ProxyHeader, "accept-proxy"),
            on(Dh, "ssl-dh-param-file /path/dh2048.pem").at("in the global section"),
            on(Reload, "systemctl reload haproxy").at("as root"),
        ],
    },
    Table {
        stack: Stack::Haproxy,
        side: Role::Client,
        place: "at the end of the server line of the backend",
        lines: &[
            on(Versions, "ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3"),
            on(OldVersions, "ssl-min-ver TLSv1.0 ciphers DEFAULT@SECLEVEL=0"),
            on(Suites12, "ciphers {}"),
            on(Suites13, "ciphersuites {}"),
            on(Certificate, "crt /path/client-chain-and-key.pem")
                .note("cat client-chain.pem client.key > client-chain-and-key.pem"),
            on(Trust, "ca-file /path/ca.pem"),
            on(Crl, "crl-file /path/all-crls.pem"),
            on(LowLevel, "ciphers DEFAULT@SECLEVEL={}"),
            on(Name, "sni str(HOST) verifyhost HOST"),
        ],
    },
    Table {
        stack: Stack::Envoy,
        side: Role::Server,
        place: "in common_tls_context of the listener's DownstreamTlsContext",
        lines: &[
            on(
                Versions,
                "tls_params: { tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3 }",
            ),
            on(
                Suites12,
                "tls_params: { cipher_suites: [ECDHE-ECDSA-AES128-GCM-SHA256, ECDHE-RSA-AES128-GCM-SHA256, ECDHE-ECDSA-AES256-GCM-SHA384, ECDHE-RSA-AES256-GCM-SHA384] }",
            ),
            on(Groups, "tls_params: { ecdh_curves: [X25519, P-256, P-384] }"),
            on(
                Certificate,
                "tls_certificates: [{ certificate_chain: { filename: /path/fullchain.pem }, private_key: { filename: /path/server.key } }]",
            ),
            on(Trust, "validation_context: { trusted_ca: { filename: /path/client-ca.pem } }"),
            on(
                Crl,
                "validation_context: { trusted_ca: { filename: /path/client-ca.pem }, crl: { filename: /path/all-crls.pem } }",
            ),
            on(Protocols, "alpn_protocols: [h2, http/1.1]"),
        ],
    },
    Table {
        stack: Stack::Envoy,
        side: Role::Client,
        place: "in common_tls_context of the cluster's UpstreamTlsContext",
        lines: &[
            on(
                Versions,
                "tls_params: { tls_minimum_protocol_version: TLSv1_2, tls_maximum_protocol_version: TLSv1_3 }",
            ),
            on(
                Certificate,
                "tls_certificates: [{ certificate_chain: { filename: /path/client-chain.pem }, private_key: { filename: /path/client.key } }]",
            ),
            on(Trust, "validation_context: { trusted_ca: { filename: /path/ca.pem } }"),
            on(Name, "sni: HOST").at("in the cluster's UpstreamTlsContext"),
        ],
    },
];
