//! A TLS server that prints one line for each handshake: what became of it, and why.
//!
//!     cargo run --example record -- 4433 server.pem server.key
//!
//! The README shows this program from here on.

use std::net::TcpListener;
use std::sync::Arc;

use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod};
use tlsdiag_core::report::Record;
use tlsdiag_core::{Collector, Handshake, diagnose};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, port, certificate, key] = &args[..] else {
        return Err("usage: record PORT CERTIFICATE KEY".into());
    };
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls())?;
    acceptor.set_certificate_chain_file(certificate)?;
    acceptor.set_private_key_file(key, SslFiletype::PEM)?;

    let collector = Arc::new(Collector::new());
    tlsdiag_core::attach(&mut acceptor, Arc::clone(&collector))?.keep();

    let acceptor = acceptor.build();
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?))?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming() {
        // A connection's recording ends with the connection, if not before.
        drop(acceptor.accept(stream?));
        for recording in collector.take() {
            let handshake = Handshake::from_recording(&recording);
            println!("{}", Record::new(&handshake, &diagnose(&handshake)).one_line());
        }
    }
    Ok(())
}
