//! nginx.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Group, Program, Told, configured, find};
use crate::place::Place;

pub(crate) struct Nginx;

impl Program for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn found(&self) -> Option<PathBuf> {
        find("nginx")
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        if told.alpn.is_some() || told.sigalgs.is_some() {
            return None;
        }
        let tls = if told.plain { "" } else { " ssl" };
        let mut directives =
            vec![format!("listen 127.0.0.1:{port}{tls}"), "server_name localhost".to_owned()];
        if let Some(name) = told.identity {
            directives.push(format!("ssl_certificate {name}.pem"));
            directives.push(format!("ssl_certificate_key {name}.key"));
        }
        if told.asks_client {
            directives.push("ssl_verify_client on".to_owned());
            directives.push(format!("ssl_client_certificate {}.pem", told.trusts?));
        }
        match told.only {
            None => directives.push("ssl_protocols TLSv1.2 TLSv1.3".to_owned()), // 1.22 has no 1.3 unless told
            Some(Version::Tls12) => directives.push("ssl_protocols TLSv1.2".to_owned()),
            Some(Version::Tls13) => directives.push("ssl_protocols TLSv1.3".to_owned()),
        }
        if let Some((old, new)) = told.ciphers {
            directives.push(format!("ssl_ciphers {old}"));
            directives.push(format!("ssl_conf_command Ciphersuites {new}"));
        }
        if let Some(group) = told.group {
            directives.push(format!(
                "ssl_ecdh_curve {}",
                if group == Group::P256 { "prime256v1" } else { "secp384r1" }
            ));
        }
        if let Some(list) = told.client_sigalgs {
            directives.push(format!("ssl_conf_command ClientSignatureAlgorithms {list}"));
        }
        let mended: Vec<String> = told.advice.iter().flat_map(|line| statements(line)).collect();
        // A directive stands once, so that what is written takes the place of what stood there; a second certificate of another
        // kind stands beside the first, and so does a second command of another name.
        let last =
            |place: usize, line: &String| !mended[place + 1..].iter().any(|later| key(later) == key(line));
        let mended: Vec<_> = mended
            .iter()
            .enumerate()
            .filter(|(place, line)| last(*place, line))
            .map(|(_, line)| line.clone())
            .collect();
        let second = mended.iter().any(|new| new.starts_with("ssl_certificate /path/rsa.pem"));
        directives.retain(|old| second || !mended.iter().any(|new| key(new) == key(old)));
        directives.extend(mended);
        let folder = place.path().display();
        let server = directives.iter().map(|line| format!("        {line};\n")).collect::<String>();
        let server = server
            .replace("/path/", &format!("{folder}/"))
            .replace("listen 443 ", &format!("listen 127.0.0.1:{port} "));
        let text = format!(
            "daemon off;\nmaster_process off;\npid nginx.pid;\nerror_log stderr info;\nevents {{ worker_connections 64; }}\n\
             http {{\n    access_log off;\n    client_body_temp_path {folder}/t1;\n    proxy_temp_path {folder}/t2;\n    \
             fastcgi_temp_path {folder}/t3;\n    uwsgi_temp_path {folder}/t4;\n    scgi_temp_path {folder}/t5;\n    \
             server {{\n{server}        location / {{ return 200 \"yes\\n\"; }}\n    }}\n}}\n"
        );
        let mut command = Command::new(self.found()?);
        command
            .arg("-e")
            .arg("stderr")
            .arg("-p")
            .arg(place.path())
            .arg("-c")
            .arg(place.write("nginx.conf", text));
        configured(place, &mut command, told);
        Some(command)
    }
}

fn statements(line: &str) -> Vec<String> {
    line.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}

/// What makes two directives one: the first word, and of a command the second too.
fn key(directive: &str) -> Vec<&str> {
    let count = if directive.starts_with("ssl_conf_command") { 2 } else { 1 };
    directive.split_whitespace().take(count).collect()
}
