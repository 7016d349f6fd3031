//! The configuration of one HTTPS site.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::servers;
use crate::Error;
use crate::pki::Identity;
use crate::port::Port;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// nginx.
    Nginx,
    /// Apache httpd with mod_ssl and the event MPM.
    Apache,
}

/// What the server asks of its clients: nginx's `ssl_verify_client`, Apache's `SSLVerifyClient`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAuth {
    /// Nothing.
    Off,
    /// A certificate, if they have one.
    Optional,
    /// A certificate.
    On,
    /// A certificate, but only once the request is known; Apache alone can do so.
    Late,
}

/// A site in a folder: its files, and the words that start its server.
#[derive(Debug, Clone)]
pub struct Site {
    kind: Kind,
    folder: PathBuf,
    /// Where it will listen.
    pub address: SocketAddr,
    _port: Port,
    workers: usize,
    daemon: bool,
    early_data: bool,
    client_auth: ClientAuth,
    /// In nginx's words. Apache's are the same, with a sign before each: without one the last word alone counts.
    versions: String,
}

impl Site {
    /// Writes certificate, key and the CA for clients into `folder`, which must exist. Nothing is started.
    ///
    /// # Errors
    /// A file cannot be written, or no port is free.
    pub fn new(
        kind: Kind,
        folder: &Path,
        server: &Identity,
        client_auth: ClientAuth,
        ca: &openssl::x509::X509Ref,
    ) -> Result<Self, Error> {
        let chain = std::iter::once(&server.certificate).chain(&server.chain);
        let pem = chain.map(|x509| x509.to_pem()).collect::<Result<Vec<_>, _>>();
        let files = [
            ("server.pem", pem.map(|pem| pem.concat())),
            ("server.key", server.key.private_key_to_pem_pkcs8()),
            ("ca.pem", ca.to_pem()),
        ];
        let folder = std::path::absolute(folder).map_err(Error::doing("find the folder"))?;
        for (name, pem) in files {
            let pem = pem.map_err(Error::doing("encode a certificate"))?;
            fs::write(folder.join(name), pem).map_err(Error::doing("write a certificate"))?;
        }
        let port = Port::reserve().map_err(Error::doing("find a free port"))?;
        Ok(Site {
            kind,
            folder,
            address: port.address().into(),
            _port: port,
            workers: 1,
            daemon: false,
            early_data: false,
            client_auth,
            versions: "TLSv1.2 TLSv1.3".to_owned(),
        })
    }

    /// Writes the configuration and gives the server's command line.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn command(&self) -> io::Result<Vec<OsString>> {
        let (name, configuration) = match self.kind {
            Kind::Nginx => ("nginx.conf", self.nginx()),
            Kind::Apache => ("apache.conf", self.apache()),
        };
        let path = self.folder.join(name);
        fs::create_dir_all(self.folder.join("site"))?;
        fs::write(self.folder.join("site/index.html"), "hello\n")?;
        fs::write(&path, configuration)?;
        let words: Vec<OsString> = match self.kind {
            Kind::Nginx => {
                vec![servers().join("nginx").into(), "-p".into(), self.folder.clone().into(), "-c".into()]
            }
            Kind::Apache if self.daemon => vec![servers().join("apache2").into(), "-f".into()],
            Kind::Apache => vec![servers().join("apache2").into(), "-DFOREGROUND".into(), "-f".into()],
        };
        Ok(words.into_iter().chain([path.into()]).collect())
    }

    fn nginx(&self) -> String {
        let folder = self.folder.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("  {kind}_temp_path {folder}/{kind};\n"))
            .concat();
        let client_auth = match self.client_auth {
            ClientAuth::Off | ClientAuth::Late => String::new(),
            ClientAuth::Optional => {
                format!("    ssl_client_certificate {folder}/ca.pem;\n    ssl_verify_client optional;\n")
            }
            ClientAuth::On => {
                format!("    ssl_client_certificate {folder}/ca.pem;\n    ssl_verify_client on;\n")
            }
        };
        let (workers, address, versions) = (self.workers, self.address, &self.versions);
        let daemon = if self.daemon { "on" } else { "off" };
        let sessions = match self.early_data {
            true => "ssl_early_data on;\n    ssl_session_cache shared:sessions:1m;",
            false => "ssl_session_tickets off;\n    ssl_session_cache off;",
        };
        format!(
            "daemon {daemon};\npid {folder}/pid;\nerror_log {folder}/error.log info;\nworker_processes {workers};\n\
             events {{ worker_connections 512; }}\n\
             http {{\n{temporary}  access_log {folder}/access.log;\n  server {{\n    listen {address} ssl;\n\
             \x20   ssl_certificate {folder}/server.pem;\n    ssl_certificate_key {folder}/server.key;\n\
             \x20   ssl_protocols {versions};\n    {sessions}\n\
             \x20   ssl_verify_depth 4;\n{client_auth}    location / {{ return 200 \"hello\\n\"; }}\n  }}\n}}\n"
        )
    }

    fn apache(&self) -> String {
        let (folder, modules) = (self.folder.display(), servers().join("apache2-modules"));
        let load: String = ["mpm_event", "authz_core", "dir", "ssl"]
            .map(|name| format!("LoadModule {name}_module {}/mod_{name}.so\n", modules.display()))
            .concat();
        let client_auth = match self.client_auth {
            ClientAuth::Off => String::new(),
            ClientAuth::Optional => {
                format!("SSLCACertificateFile {folder}/ca.pem\nSSLVerifyClient optional\nSSLVerifyDepth 4\n")
            }
            ClientAuth::On => {
                format!("SSLCACertificateFile {folder}/ca.pem\nSSLVerifyClient require\nSSLVerifyDepth 4\n")
            }
            ClientAuth::Late => format!(
                "SSLCACertificateFile {folder}/ca.pem\n<Location />\nSSLVerifyClient require\nSSLVerifyDepth 4\n</Location>\n"
            ),
        };
        let (workers, address) = (self.workers, self.address);
        let versions: String = self.versions.split(' ').map(|version| format!(" +{version}")).collect();
        format!(
            "ServerRoot {folder}\nServerName localhost\nDefaultRuntimeDir {folder}\nPidFile {folder}/pid\n\
             ErrorLog {folder}/error.log\nLogLevel info\n{load}Listen {address}\n\
             <IfModule mod_unixd.c>\nUser www-data\nGroup www-data\n</IfModule>\n\
             StartServers {workers}\nServerLimit {workers}\nThreadsPerChild 8\nMaxRequestWorkers {threads}\n\
             DocumentRoot {folder}/site\nDirectoryIndex index.html\n<Directory {folder}/site>\nRequire all granted\n</Directory>\n\
             SSLEngine on\nSSLProtocol -all{versions}\nSSLCertificateFile {folder}/server.pem\nSSLCertificateKeyFile {folder}/server.key\n\
             SSLSessionTickets off\n{client_auth}",
            threads = workers * 8
        )
    }

    /// The same with so many worker processes.
    #[must_use]
    pub fn workers(self, workers: usize) -> Self {
        Site { workers, ..self }
    }

    /// The same, in this version of TLS alone, such as `1.2`.
    #[must_use]
    pub fn only(self, version: &str) -> Self {
        Site { versions: format!("TLSv{version}"), ..self }
    }

    /// The same, with a server that goes into the background.
    #[must_use]
    pub fn in_background(self) -> Self {
        Site { daemon: true, ..self }
    }

    /// The same, with a server that takes early data; nginx alone does.
    #[must_use]
    pub fn early_data(self) -> Self {
        Site { early_data: true, ..self }
    }

    /// Which server it is for.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
