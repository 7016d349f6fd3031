//! Apache httpd with mod_ssl.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, configured, find};
use crate::place::Place;

pub(crate) struct Apache;

impl Program for Apache {
    fn name(&self) -> &'static str {
        "apache"
    }

    fn found(&self) -> Option<PathBuf> {
        find("apache2").filter(|_| modules().is_some())
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        if told.alpn.is_some() || told.sigalgs.is_some() {
            return None;
        }
        let mut lines = Vec::new();
        if !told.plain {
            lines.push("SSLEngine on".to_owned());
        }
        if let Some(name) = told.identity {
            lines.push(format!("SSLCertificateFile {name}.pem\nSSLCertificateKeyFile {name}.key"));
        }
        if told.asks_client {
            lines.push(format!(
                "SSLVerifyClient require\nSSLVerifyDepth 5\nSSLCACertificateFile {}.pem",
                told.trusts?
            ));
        }
        match told.only {
            None => {}
            Some(Version::Tls12) => lines.push("SSLProtocol TLSv1.2".to_owned()),
            Some(Version::Tls13) => lines.push("SSLProtocol TLSv1.3".to_owned()),
        }
        if let Some((old, new)) = told.ciphers {
            lines.push(format!("SSLCipherSuite {old}\nSSLCipherSuite TLSv1.3 {new}"));
        }
        if let Some(group) = told.group {
            lines.push(format!(
                "SSLOpenSSLConfCmd Groups {}",
                if group == Group::P256 { "P-256" } else { "P-384" }
            ));
        }
        if let Some(list) = told.client_sigalgs {
            lines.push(format!("SSLOpenSSLConfCmd ClientSignatureAlgorithms {list}"));
        }
        let mended = told.advice.join("\n");
        // A certificate of the same file name takes the place of what stood there; the rest is overridden by what comes later.
        if mended.contains("SSLCertificateFile /path/fullchain.pem") {
            lines.retain(|line| !line.starts_with("SSLCertificateFile"));
            if !mended.contains("SSLCertificateKeyFile") {
                lines.push("SSLCertificateKeyFile server.key".to_owned());
            }
        }
        // What belongs to the whole server.
        let (server, host): (Vec<_>, Vec<_>) =
            mended.lines().partition(|line| line.starts_with("SSLStaplingCache"));
        let server = server.join("\n");
        lines.push(host.join("\n"));
        let (folder, modules) = (place.path().display(), modules()?);
        let modules = modules.display();
        let host = lines.join("\n").replace("/path/", &format!("{folder}/"));
        let text = format!(
            "ServerRoot {folder}\nServerName localhost\nPidFile {folder}/apache.pid\nDefaultRuntimeDir {folder}\nMutex posixsem\n\
             LoadModule mpm_event_module {modules}/mod_mpm_event.so\nLoadModule authz_core_module {modules}/mod_authz_core.so\n\
             LoadModule socache_shmcb_module {modules}/mod_socache_shmcb.so\nLoadModule ssl_module {modules}/mod_ssl.so\n\
             LoadModule remoteip_module {modules}/mod_remoteip.so\n\
             LoadModule reqtimeout_module {modules}/mod_reqtimeout.so\n{server}\n\
             User #65534\nGroup #65534\nErrorLog /dev/stderr\nLogLevel ssl:info\nStartServers 1\nThreadsPerChild 4\n\
             ServerLimit 1\nMaxRequestWorkers 4\nSSLSessionCache shmcb:{folder}/cache(102400)\nListen 127.0.0.1:{port}\n\
             <VirtualHost 127.0.0.1:{port}>\nServerName localhost\n{host}\n</VirtualHost>\n"
        );
        let mut command = Command::new(self.found()?);
        command.args(["-X", "-f"]).arg(place.write("apache.conf", text));
        configured(place, &mut command, told);
        Some(command)
    }
}

fn modules() -> Option<PathBuf> {
    let unpacked =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/programs/usr/lib/apache2/modules");
    [PathBuf::from("/usr/lib/apache2/modules"), unpacked]
        .into_iter()
        .find(|folder| folder.join("mod_ssl.so").is_file())
}
