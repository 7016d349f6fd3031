//! OpenSSL itself, its openssl.cnf, and clients that people run: fetchers and browsers.

use super::Setting::{
    Certificate, ClientSchemes, Crl, Depth, Dh, Groups, LowLevel, Name, OldVersions, Protocols, Schemes,
    SecondCertificate, Suites12, Suites13, Trust, Versions,
};
use super::{Line, Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

const LINE: &str = "on the command line";

pub(super) const OPENSSL: &[Table] = &[
    Table {
        stack: Stack::Openssl,
        side: Role::Server,
        place: LINE,
        lines: &[
            on(Versions, "openssl s_server … -min_protocol TLSv1.2 -max_protocol TLSv1.3"),
            on(OldVersions, "openssl s_server … -cipher DEFAULT@SECLEVEL=0 -min_protocol TLSv1"),
            on(Suites12, "openssl s_server … -cipher {}"),
            on(Suites13, "openssl s_server … -ciphersuites {}"),
            on(Groups, "openssl s_server … -groups {}"),
            on(Schemes, "openssl s_server … -sigalgs {}"),
            on(ClientSchemes, "openssl s_server … -client_sigalgs {}"),
            on(Certificate, "openssl s_server … -cert server.pem -key server.key -cert_chain intermediate.pem")
                .note("without -cert_chain if a root issued the certificate: of -cert only the first certificate is sent"),
            on(SecondCertificate, "openssl s_server … -dcert {}.pem -dkey {}.key -dcert_chain intermediate.pem"),
            on(Trust, "openssl s_server … -CAfile client-ca.pem"),
            on(Depth, "openssl s_server … -Verify {}"),
            on(Dh, "openssl s_server … -dhparam dh2048.pem"),
            on(LowLevel, "openssl s_server … -cipher DEFAULT@SECLEVEL={}"),
            on(Protocols, "openssl s_server … -alpn h2,http/1.1"),
        ],
    },
    Table {
        stack: Stack::Openssl,
        side: Role::Client,
        place: LINE,
        lines: &[
            on(Versions, "openssl s_client … -min_protocol TLSv1.2 -max_protocol TLSv1.3"),
            on(OldVersions, "openssl s_client … -cipher DEFAULT@SECLEVEL=0 -min_protocol TLSv1"),
            on(Suites12, "openssl s_client … -cipher {}"),
            on(Suites13, "openssl s_client … -ciphersuites {}"),
            on(Groups, "openssl s_client … -groups {}"),
            on(Schemes, "openssl s_client … -sigalgs {}"),
            on(Certificate, "openssl s_client … -cert client.pem -key client.key -cert_chain intermediate.pem")
                .note("without -cert_chain if a root issued the certificate: of -cert only the first certificate is sent"),
            on(Trust, "openssl s_client … -CAfile ca.pem"),
            on(Depth, "openssl s_client … -verify {}"),
            on(LowLevel, "openssl s_client … -cipher DEFAULT@SECLEVEL={}"),
            on(Name, "openssl s_client -connect ADDRESS:PORT -servername HOST"),
        ],
    },
];

/// What most programs with OpenSSL read that have no word of their own; the name of the file is in OPENSSL_CONF.
const FILE: &str = "in the section that ssl_conf and system_default lead to";

pub(super) const CNF: &[Table] = &[
    Table { stack: Stack::OpensslCnf, side: Role::Server, place: FILE, lines: OF_FILE },
    Table { stack: Stack::OpensslCnf, side: Role::Client, place: FILE, lines: OF_FILE },
];

/// The same on both sides, but that only a server asks for the schemes of clients.
const OF_FILE: &[Line] = &[
    on(Versions, "MinProtocol = TLSv1.2\nMaxProtocol = TLSv1.3"),
    on(OldVersions, "MinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0"),
    on(Suites12, "CipherString = {}"),
    on(Suites13, "Ciphersuites = {}"),
    on(Groups, "Groups = {}"),
    on(Schemes, "SignatureAlgorithms = {}"),
    on(ClientSchemes, "ClientSignatureAlgorithms = {}"),
    on(LowLevel, "CipherString = DEFAULT@SECLEVEL={}"),
];

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Curl,
        side: Role::Client,
        place: LINE,
        lines: &[
            on(Versions, "curl --tlsv1.2 --tls-max 1.3 …"),
            on(OldVersions, "curl --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 …"),
            on(Suites12, "curl --ciphers {} …"),
            on(Suites13, "curl --tls13-ciphers {} …"),
            on(Groups, "curl --curves {} …"),
            on(Certificate, "curl --cert client-chain.pem --key client.key …"),
            on(Trust, "curl --cacert ca.pem …")
                .note("or --proxy-cacert ca.pem, if it is the certificate of an https:// proxy"),
            on(Crl, "curl --crlfile all-crls.pem …"),
            on(LowLevel, "curl --ciphers DEFAULT@SECLEVEL={} …"),
            on(Name, "curl --resolve HOST:443:ADDRESS https://HOST/"),
            on(Protocols, "curl --http1.1 …"),
        ],
    },
    Table {
        stack: Stack::Wget,
        side: Role::Client,
        place: LINE,
        lines: &[
            on(Versions, "wget --secure-protocol=auto …"),
            on(Suites12, "wget --ciphers=NORMAL …")
                .note("Debian's is built with GnuTLS: the words are those of its priority strings"),
            on(Certificate, "wget --certificate=client-chain.pem --private-key=client.key …"),
            on(Trust, "wget --ca-certificate=ca.pem …"),
            on(Crl, "wget --crl-file=all-crls.pem …"),
        ],
    },
    Table {
        stack: Stack::Git,
        side: Role::Client,
        place: "in the repository",
        lines: &[
            on(Versions, "git config http.sslVersion \"\""),
            on(Suites12, "git config http.sslCipherList {}")
                .note("where git's libcurl is built with OpenSSL, which Debian's is not"),
            on(
                Certificate,
                "git config http.sslCert /path/client-chain.pem; git config http.sslKey /path/client.key",
            ),
            on(Trust, "git config http.sslCAInfo /path/ca.pem"),
        ],
    },
    Table {
        stack: Stack::Nss,
        side: Role::Client,
        place: "in about:config",
        lines: &[
            on(Versions, "security.tls.version.min = 3\nsecurity.tls.version.max = 4"),
            on(OldVersions, "security.tls.version.enable-deprecated = true"),
            on(Certificate, "pk12util -i client.p12 -d PROFILE")
                .at("on the command line, with Firefox' profile"),
            on(Trust, "certutil -A -n CA -t C,, -i ca.pem -d PROFILE")
                .at("on the command line, with Firefox' profile"),
        ],
    },
    Table {
        stack: Stack::Chromium,
        side: Role::Client,
        place: "on the command line, as the user",
        lines: &[
            on(Versions, "chromium --ssl-version-min=tls1.2 --ssl-version-max=tls1.3"),
            on(Certificate, "pk12util -i client.p12 -d sql:$HOME/.pki/nssdb"),
            on(Trust, "certutil -A -n CA -t C,, -i ca.pem -d sql:$HOME/.pki/nssdb"),
        ],
    },
];
