//! Java's own JSSE.

use std::path::PathBuf;
use std::process::Command;

use tlsdiag_lab::peer::Version;

use super::{Program, Told, find};
use crate::place::{PASSWORD, Place};

pub(crate) struct Java;

const PEER: &str = r#"
import java.io.*;
import java.net.*;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.*;

public class Peer {
    public static void main(String[] told) throws Exception {
        String side = told[0], identity = told[2], trusts = told[3], asks = told[4], only = told[5], ciphers = told[6], alpn = told[7];
        int port = Integer.parseInt(told[1]);
        char[] password = told[8].toCharArray();
        KeyManager[] keys = null;
        if (!identity.isEmpty()) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new FileInputStream(identity + ".p12"), password);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, password);
            keys = factory.getKeyManagers();
        }
        TrustManager[] trust = null;
        if (!trusts.isEmpty()) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream(trusts + ".pem")));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            trust = factory.getTrustManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        SSLParameters parameters = context.getDefaultSSLParameters();
        if (!only.isEmpty()) parameters.setProtocols(new String[] { only });
        if (!ciphers.isEmpty()) parameters.setCipherSuites(ciphers.split(":"));
        if (!alpn.isEmpty()) parameters.setApplicationProtocols(new String[] { alpn });
        if (side.equals("server")) {
            parameters.setNeedClientAuth(!asks.isEmpty());
            SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(port, 8, InetAddress.getByName("127.0.0.1"));
            listener.setSSLParameters(parameters);
            while (true) {
                try (Socket peer = listener.accept()) {
                    peer.getInputStream().read(new byte[4096]);
                    peer.getOutputStream().write("HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nyes\n".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException error) {
                    System.out.println(error);
                }
            }
        }
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        try (SSLSocket peer = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
            peer.setSSLParameters(parameters);
            peer.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            System.out.println(peer.getInputStream().read(new byte[4096]));
        }
    }
}
"#;

impl Program for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn found(&self) -> Option<PathBuf> {
        find("javac").and(find("java"))
    }

    fn client(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        self.peer("client", place, told, port)
    }

    fn server(&self, place: &Place, told: &Told, port: u16) -> Option<Command> {
        self.peer("server", place, told, port)
    }

    fn heeds_names(&self) -> bool {
        true
    }
}

impl Java {
    fn peer(&self, side: &str, place: &Place, told: &Told, port: u16) -> Option<Command> {
        if told.plain || told.group.is_some() || told.sigalgs.is_some() {
            return None;
        }
        place.compiled.call_once(|| {
            let source = place.write("Peer.java", PEER);
            let compiled =
                Command::new(find("javac").expect("javac")).arg("-d").arg(place.path()).arg(source).output();
            let compiled = compiled.expect("javac");
            assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        });
        let mut command = Command::new(self.found()?);
        command.args([
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.net.preferIPv4Stack=true",
            "-cp",
        ]);
        command.arg(place.path()).args(["Peer", side]).arg(port.to_string());
        command.arg(told.identity.unwrap_or_default()).arg(told.trusts.unwrap_or_default());
        command.arg(if told.asks_client { "yes" } else { "" });
        command.arg(match told.only {
            None => "",
            Some(Version::Tls12) => "TLSv1.2",
            Some(Version::Tls13) => "TLSv1.3",
        });
        command.arg(match (told.ciphers, told.only) {
            (None, _) => "",
            (Some(("ECDHE-RSA-AES128-GCM-SHA256", _)), Some(Version::Tls12)) => {
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
            }
            (Some((_, new)), Some(Version::Tls13)) => new,
            _ => return None,
        });
        command.arg(told.alpn.unwrap_or_default()).arg(PASSWORD);
        Some(command)
    }
}
