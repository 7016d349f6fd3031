//! Languages and their libraries: what stands in the program's own source, or on the command line that starts it.

use super::Setting::{
    Certificate, Crl, Groups, LowLevel, Name, OldVersions, Protocols, Reload, Schemes, Suites12, Trust,
    Versions,
};
use super::{Table, on};
use crate::diagnose::Stack;
use crate::event::Role;

const NODE: &str = "in the options of tls.connect, https.request and the like";
const NODE_SERVER: &str = "in the options of https.createServer and the like";
const HTTP: &str = "on the Net::HTTP object, before it starts";
const SSL: &str = "in the \"ssl\" array of stream_context_create";
const SOCKET: &str = "among the arguments of IO::Socket::SSL";
const CONFIG: &str = "in the tls.Config of the server";

pub(super) const TABLES: &[Table] = &[
    Table {
        stack: Stack::Python,
        side: Role::Server,
        place: "on the SSLContext of the server",
        lines: &[
            on(Versions, "context.minimum_version = ssl.TLSVersion.TLSv1_2; context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED"),
            on(OldVersions, "context.minimum_version = ssl.TLSVersion.TLSv1; context.set_ciphers(\"DEFAULT@SECLEVEL=0\")"),
            on(Suites12, "context.set_ciphers(\"{}\")"),
            on(Groups, "context.set_ecdh_curve(\"prime256v1\")"),
            on(Certificate, "context.load_cert_chain(\"fullchain.pem\", \"server.key\")"),
            on(Trust, "context.load_verify_locations(\"client-ca.pem\")")
                .note("only a CA that you trust to admit clients: every certificate under it gets in"),
            on(Crl, "context.load_verify_locations(\"all-crls.pem\")"),
            on(LowLevel, "context.set_ciphers(\"DEFAULT@SECLEVEL={}\")"),
            on(Protocols, "context.set_alpn_protocols([\"h2\", \"http/1.1\"])"),
            on(Reload, "context.load_cert_chain(\"fullchain.pem\", \"server.key\")")
                .note("the same context takes it for its next connection, while the server runs"),
        ],
    },
    Table {
        stack: Stack::Python,
        side: Role::Client,
        place: "on the SSLContext of the client",
        lines: &[
            on(Versions, "context.minimum_version = ssl.TLSVersion.TLSv1_2; context.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED"),
            on(OldVersions, "context.minimum_version = ssl.TLSVersion.TLSv1; context.set_ciphers(\"DEFAULT@SECLEVEL=0\")"),
            on(Suites12, "context.set_ciphers(\"{}\")"),
            on(Groups, "context.set_ecdh_curve(\"prime256v1\")"),
            on(Certificate, "context.load_cert_chain(\"client-chain.pem\", \"client.key\")"),
            on(Trust, "context.load_verify_locations(\"ca.pem\")"),
            on(Crl, "context.load_verify_locations(\"all-crls.pem\")"),
            on(LowLevel, "context.set_ciphers(\"DEFAULT@SECLEVEL={}\")"),
            on(Name, "context.wrap_socket(sock, server_hostname=\"HOST\")"),
            on(Protocols, "context.set_alpn_protocols([\"h2\", \"http/1.1\"])"),
        ],
    },
    Table {
        stack: Stack::Requests,
        side: Role::Client,
        place: "in the call, or on the session",
        lines: &[
            on(Certificate, "requests.get(URL, cert=(\"client-chain.pem\", \"client.key\"))"),
            on(Trust, "requests.get(URL, verify=\"ca.pem\")"),
        ],
    },
    Table {
        stack: Stack::Httpx,
        side: Role::Client,
        place: "with the SSLContext above",
        lines: &[
            on(Versions, "httpx.get(URL, verify=context)"),
            on(OldVersions, "httpx.get(URL, verify=context)"),
            on(Suites12, "httpx.get(URL, verify=context)"),
            on(Certificate, "httpx.get(URL, verify=context)"),
            on(Trust, "httpx.get(URL, verify=context)"),
            on(LowLevel, "httpx.get(URL, verify=context)"),
        ],
    },
    Table {
        stack: Stack::Aiohttp,
        side: Role::Client,
        place: "with the SSLContext above",
        lines: &[
            on(Versions, "await session.get(URL, ssl=context)"),
            on(OldVersions, "await session.get(URL, ssl=context)"),
            on(Suites12, "await session.get(URL, ssl=context)"),
            on(Certificate, "await session.get(URL, ssl=context)"),
            on(Trust, "await session.get(URL, ssl=context)"),
            on(LowLevel, "await session.get(URL, ssl=context)"),
        ],
    },
    Table {
        stack: Stack::Ruby,
        side: Role::Client,
        place: HTTP,
        lines: &[
            on(Versions, "http.min_version = :TLS1_2; http.max_version = nil"),
            on(OldVersions, "http.min_version = :TLS1; http.ciphers = \"DEFAULT@SECLEVEL=0\""),
            on(Suites12, "http.ciphers = \"{}\""),
            on(Certificate, "http.cert, *http.extra_chain_cert = OpenSSL::X509::Certificate.load_file(\"client-chain.pem\"); http.key = OpenSSL::PKey.read(File.read(\"client.key\"))"),
            on(Trust, "http.ca_file = \"ca.pem\""),
            on(LowLevel, "http.ciphers = \"DEFAULT@SECLEVEL={}\""),
            on(Name, "http = Net::HTTP.new(\"HOST\", 443); http.ipaddr = \"ADDRESS\""),
        ],
    },
    Table {
        stack: Stack::Php,
        side: Role::Client,
        place: SSL,
        lines: &[
            on(Versions, "\"crypto_method\" => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT | STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT"),
            on(OldVersions, "\"crypto_method\" => STREAM_CRYPTO_METHOD_ANY_CLIENT, \"security_level\" => 0"),
            on(Suites12, "\"ciphers\" => \"{}\""),
            on(Certificate, "\"local_cert\" => \"client-chain.pem\", \"local_pk\" => \"client.key\""),
            on(Trust, "\"cafile\" => \"ca.pem\""),
            on(LowLevel, "\"security_level\" => {}"),
            on(Name, "\"peer_name\" => \"HOST\""),
        ],
    },
    Table {
        stack: Stack::Perl,
        side: Role::Client,
        place: SOCKET,
        lines: &[
            on(Versions, "SSL_version => \"SSLv23:!SSLv3:!SSLv2:!TLSv1:!TLSv1_1\""),
            on(OldVersions, "SSL_version => \"SSLv23:!SSLv3:!SSLv2\", SSL_cipher_list => 'DEFAULT:@SECLEVEL=0'"),
            on(Suites12, "SSL_cipher_list => \"{}\""),
            on(Groups, "SSL_ecdh_curve => \"{}\""),
            on(Certificate, "SSL_use_cert => 1, SSL_cert_file => \"client-chain.pem\", SSL_key_file => \"client.key\""),
            on(Trust, "SSL_ca_file => \"ca.pem\""),
            on(LowLevel, "SSL_cipher_list => 'DEFAULT:@SECLEVEL={}'"),
            on(Name, "SSL_hostname => \"HOST\", SSL_verifycn_name => \"HOST\""),
        ],
    },
    Table {
        stack: Stack::Node,
        side: Role::Server,
        place: NODE_SERVER,
        lines: &[
            on(Versions, "minVersion: \"TLSv1.2\", maxVersion: \"TLSv1.3\""),
            on(OldVersions, "minVersion: \"TLSv1\", ciphers: \"DEFAULT@SECLEVEL=0\""),
            on(Suites12, "ciphers: \"{}\""),
            on(Groups, "ecdhCurve: \"{}\""),
            on(Certificate, "cert: fs.readFileSync(\"fullchain.pem\"), key: fs.readFileSync(\"server.key\")"),
            on(Trust, "ca: fs.readFileSync(\"client-ca.pem\")"),
            on(Crl, "crl: [\"root-crl.pem\", \"ca-crl.pem\"].map(file => fs.readFileSync(file))")
                .note("a file for each CA: of one with several CRLs, the first alone is read"),
            on(LowLevel, "ciphers: \"DEFAULT@SECLEVEL={}\""),
            on(Protocols, "ALPNProtocols: [\"h2\", \"http/1.1\"]"),
            on(Reload, "server.setSecureContext({ cert: fs.readFileSync(\"fullchain.pem\"), key: fs.readFileSync(\"server.key\") })")
                .at("in the program, while it runs"),
        ],
    },
    Table {
        stack: Stack::Node,
        side: Role::Client,
        place: NODE,
        lines: &[
            on(Versions, "minVersion: \"TLSv1.2\", maxVersion: \"TLSv1.3\""),
            on(OldVersions, "minVersion: \"TLSv1\", ciphers: \"DEFAULT@SECLEVEL=0\""),
            on(Suites12, "ciphers: \"{}\""),
            on(Schemes, "sigalgs: \"{}\""),
            on(Groups, "ecdhCurve: \"{}\""),
            on(Certificate, "cert: fs.readFileSync(\"client-chain.pem\"), key: fs.readFileSync(\"client.key\")"),
            on(Trust, "ca: fs.readFileSync(\"ca.pem\")"),
            on(LowLevel, "ciphers: \"DEFAULT@SECLEVEL={}\""),
            on(Name, "servername: \"HOST\""),
        ],
    },
    Table {
        stack: Stack::Java,
        side: Role::Client,
        place: "on the command line that starts it",
        lines: &[
            on(Versions, "java -Djdk.tls.client.protocols=TLSv1.3,TLSv1.2 …"),
            on(Groups, "java -Djdk.tls.namedGroups=x25519,secp256r1,secp384r1 …"),
            on(Certificate, "java -Djavax.net.ssl.keyStore=client.p12 -Djavax.net.ssl.keyStorePassword=PASSWORD …"),
            on(Trust, "java -Djavax.net.ssl.trustStore=trust.p12 …")
                .note("keytool -importcert -noprompt -alias ca -file ca.pem -keystore trust.p12 -storepass PASSWORD"),
        ],
    },
    Table {
        stack: Stack::Go,
        side: Role::Server,
        place: CONFIG,
        lines: &[
            on(Versions, "MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13,"),
            on(Groups, "CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},"),
        ],
    },
    Table {
        stack: Stack::Go,
        side: Role::Client,
        place: "in the tls.Config of the client",
        lines: &[
            on(Versions, "MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS13,"),
            on(OldVersions, "MinVersion: tls.VersionTLS10,"),
            on(Suites12, "CipherSuites: nil,").note("the usual ones, which end in ECDHE with AES-GCM and ChaCha20"),
            on(Groups, "CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256},"),
            on(Certificate, "Certificates: []tls.Certificate{pair},").note("pair, err := tls.LoadX509KeyPair(\"client-chain.pem\", \"client.key\")"),
            on(Trust, "SSL_CERT_FILE=ca.pem").at("in the environment of the program, on Linux"),
            on(Name, "ServerName: \"HOST\","),
        ],
    },
];
