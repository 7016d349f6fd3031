//! OpenSSL of ours, recorded, meets a program of somebody else's.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::thread;

use openssl::ssl::{SslContextBuilder, SslRef};
use tlsdiag_core::report::{Record, text};
use tlsdiag_core::{Collector, Handshake};
use tlsdiag_lab::peer::{Client, Server};
use tlsdiag_lab::scenario::{Answering, Asking, Observer, Side};

use crate::both_ends::{Patient, announce_free};
use crate::place::Place;
use crate::programs::{PATIENCE, Program, Told, hush, serve, start};

/// Keeps what is recorded.
#[derive(Default)]
pub(crate) struct Watch(Arc<Collector>);

impl Observer for Watch {
    fn context(&self, _side: Side, context: &mut SslContextBuilder) {
        tlsdiag_core::attach(context, Patient(Arc::clone(&self.0))).expect("hooks").keep();
    }

    fn leaving(&self, _side: Side, ssl: &mut SslRef) {
        announce_free(ssl);
    }
}

impl Watch {
    pub(crate) fn records(&self) -> Vec<Record> {
        self.0.take().iter().map(Record::from_recording).collect()
    }

    pub(crate) fn handshakes(&self) -> Vec<Handshake> {
        self.0.take().iter().map(Handshake::from_recording).collect()
    }
}

/// Whoever connects, so that waiting for somebody who never comes can end.
pub(crate) fn arrivals(listener: TcpListener) -> mpsc::Receiver<TcpStream> {
    let (sockets, arrivals) = mpsc::channel();
    // Ends when the test does, or with the first arrival after it.
    thread::spawn(move || {
        while let Ok((socket, _)) = listener.accept() {
            if sockets.send(socket).is_err() {
                return;
            }
        }
    });
    arrivals
}

/// The program is the client, so many times; what our server recorded. `None` if it cannot be told so.
pub(crate) fn with_client(
    place: &Place,
    program: &dyn Program,
    told: &Told,
    server: Server,
    times: usize,
) -> Option<Vec<Record>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    program.client(place, told, port)?;
    let arrivals = arrivals(listener);
    let watch = Watch::default();
    let mut answering = Answering::new(server, &place.pki, &watch).expect("a server");
    for _ in 0..times {
        let mut client = start(place, program.client(place, told, port)?, "client.log");
        hush(&mut client);
        let socket = arrivals.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let said = std::fs::read_to_string(place.file("client.log")).unwrap_or_default();
            panic!("{} never connected: {told:?}\n{said}", program.name())
        });
        answering.serve(socket).expect("a connection");
    }
    drop(answering);
    Some(watch.records())
}

/// The program is the server, and our client asks so many times; what the client recorded.
pub(crate) fn with_server(
    place: &Place,
    program: &dyn Program,
    told: &Told,
    client: Client,
    times: usize,
) -> Option<Vec<Record>> {
    let (_server, port) = serve(place, program, told)?;
    let watch = Watch::default();
    let mut asking = Asking::new(client, &place.pki, &watch).expect("a client");
    for _ in 0..times {
        let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        asking.ask(socket).expect("a connection");
    }
    drop(asking);
    Some(watch.records())
}

pub(crate) fn shown(record: &Record) -> String {
    let mut out = Vec::new();
    text::write(record, &mut out, text::Style::default()).expect("memory");
    String::from_utf8(out).expect("text")
}
