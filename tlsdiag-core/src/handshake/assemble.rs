//! The fold: a handshake and the next event give the handshake.

mod certificate;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::{
    AlertSeen, Answer, At, Broken, Denial, Done, Handshake, KeyExchange, Offer, OtherMessage, Outcome,
    OwnCertificate, Presented, Request, Signatures, Step, StepKind, Verification,
};
use crate::event::{Direction, Event, EventBody, LocalConfiguration, Recording, Role, State};
use crate::wire::{
    self, AlertDescription, AlertLevel, CertificateType, Dialect, Extension, ExtensionType, Extensions,
    HandshakeType, Message, RecordHeader, SslV2ClientHello,
};

impl Handshake {
    /// Folds a recording into its handshake. Never fails: what cannot be decoded is listed in [`Handshake::undecoded`].
    #[must_use]
    pub fn from_recording(recording: &Recording) -> Self {
        let mut fold = Fold {
            handshake: Handshake::empty(recording),
            dialect: Dialect::default(),
            certificate_types: CertificateTypes::default(),
            start: None,
            sealed: false,
        };
        for event in recording.events() {
            fold.add(&event);
        }
        let mut handshake = fold.handshake;
        let now = &handshake.local.certificates;
        handshake.own = now.iter().map(OwnCertificate::parse).collect();
        if let Some(start) = &fold.start
            && now.is_empty()
        {
            handshake.withdrawn = start.certificates.iter().map(OwnCertificate::parse).collect();
        }
        handshake.outcome = Outcome::of(&handshake);
        handshake
    }

    fn empty(recording: &Recording) -> Self {
        Handshake {
            connection: recording.connection(),
            role: Role::Client,
            time: SystemTime::UNIX_EPOCH,
            duration: Duration::ZERO,
            peer: None,
            expected_name: None,
            local: Arc::default(),
            local_event: 0,
            own: Vec::new(),
            withdrawn: Vec::new(),
            signatures: Signatures::default(),
            offer: None,
            first_offer: None,
            retry: None,
            answer: None,
            key_exchange: None,
            request: None,
            server_chain: None,
            client_chain: None,
            not_unpacked: Vec::new(),
            server_signature: None,
            client_signature: None,
            ticket: None,
            alerts: Vec::new(),
            verifications: Vec::new(),
            denials: Vec::new(),
            errors: Vec::new(),
            transport: None,
            unacknowledged: None,
            received: None,
            names_checked: Vec::new(),
            not_tls: None,
            first_record: None,
            noise: None,
            heard_tls: false,
            done: None,
            failed: None,
            application_data: [None; 2],
            undecoded: Vec::new(),
            others: Vec::new(),
            timeline: Vec::new(),
            missed: recording.missed(),
            freed: false,
            expiry_notice: None,
            own_file: None,
            outcome: Outcome::UNDECIDED,
        }
    }
}

/// What the sides put into their Certificate messages (RFC 7250), where that was negotiated.
#[derive(Default)]
struct CertificateTypes {
    client: Option<CertificateType>,
    server: Option<CertificateType>,
}

impl CertificateTypes {
    fn read(&mut self, extensions: &Extensions<'_>) {
        let chosen = |kind| match extensions.find(kind)?.ok()? {
            Extension::ClientCertificateType(wire::CertificateTypes::Chosen(chosen))
            | Extension::ServerCertificateType(wire::CertificateTypes::Chosen(chosen)) => Some(chosen),
            _ => None,
        };
        self.client = chosen(ExtensionType::CLIENT_CERTIFICATE_TYPE).or(self.client);
        self.server = chosen(ExtensionType::SERVER_CERTIFICATE_TYPE).or(self.server);
    }
}

struct Fold {
    handshake: Handshake,
    /// What later messages must be read by.
    dialect: Dialect,
    certificate_types: CertificateTypes,
    /// The configuration at the start.
    start: Option<Arc<LocalConfiguration>>,
    /// Whether the record received last is of the type that TLS 1.3 protects everything in.
    sealed: bool,
}

impl Fold {
    fn add(&mut self, event: &Event<'_>) {
        let number = event.sequence;
        self.handshake.duration = event.elapsed;
        match event.body {
            EventBody::Started { role, time, peer, expected_name, local } => {
                self.handshake.role = role;
                self.handshake.time = time;
                self.handshake.peer = peer;
                self.handshake.expected_name = expected_name.map(str::to_owned);
                self.start = Some(Arc::clone(local));
                self.configure(number, local);
            }
            EventBody::Reconfigured { local } => {
                self.configure(number, local);
                self.step(event, StepKind::Reconfigured);
            }
            EventBody::Message { direction, bytes } => self.message(event, direction, bytes),
            EventBody::Alert { direction, level, description } => {
                self.alert(event, direction, AlertLevel(level), AlertDescription(description));
            }
            EventBody::ChangeCipherSpec { direction } => {
                self.step(event, StepKind::ChangeCipherSpec(direction));
            }
            EventBody::Record { direction: Direction::Received, header } => {
                self.sealed = header[0] == 23;
                self.record(event, header);
            }
            EventBody::State(state) => self.state(event, state),
            EventBody::Verify { depth, ok, accepted, error, certificate } => {
                if !ok || !accepted {
                    let certificate = certificate.map(Presented::parse);
                    let value = Verification { depth, ok, accepted, error, certificate };
                    self.handshake.verifications.push(At { event: number, value });
                    self.step(event, StepKind::VerifyFault { depth, error, accepted });
                }
            }
            EventBody::SecurityDenied { operation, bits, nid } => {
                let value = Denial { operation, bits, nid };
                self.handshake.denials.push(At { event: number, value });
            }
            EventBody::LibraryErrors(errors) => {
                let found = errors.iter().map(|error| At { event: number, value: error.clone() });
                self.handshake.errors.extend(found);
                self.step(event, StepKind::LibraryErrors);
            }
            EventBody::Transport { direction, end, errno } => {
                self.transport(event, Broken { direction, end, errno });
            }
            EventBody::Unacknowledged { bytes } => {
                self.handshake.unacknowledged = Some(At { event: number, value: bytes });
                self.step(event, StepKind::Unacknowledged(bytes));
            }
            EventBody::Received { bytes } => {
                self.handshake.received = Some(At { event: number, value: bytes });
                self.step(event, StepKind::Received(bytes));
            }
            EventBody::NameChecked { name, matches } => {
                let name = name.to_owned();
                self.handshake.names_checked.push(At { event: number, value: (name.clone(), matches) });
                self.step(event, StepKind::NameChecked { name, matches });
            }
            EventBody::ApplicationData { direction } => self.application_data(event, direction),
            // Sent record headers and sealed bytes add nothing; the rest never stands in a recording.
            EventBody::Record { .. } | EventBody::Wire { .. } => {}
            EventBody::Secret(_)
            | EventBody::Paused { .. }
            | EventBody::Established { .. }
            | EventBody::Ended { .. } => {}
        }
    }

    fn alert(
        &mut self,
        event: &Event<'_>,
        direction: Direction,
        level: AlertLevel,
        description: AlertDescription,
    ) {
        let after_done = self.handshake.done.is_some();
        let sealed = self.sealed && direction == Direction::Received;
        let value = AlertSeen { direction, level, description, after_done, sealed };
        self.handshake.alerts.push(At { event: event.sequence, value });
        self.step(event, StepKind::Alert(direction, level, description));
    }

    /// The first end is the one that mattered; a write after a reset only repeats it.
    fn transport(&mut self, event: &Event<'_>, value: Broken) {
        if self.handshake.transport.is_none() {
            self.step(event, StepKind::Transport(value.direction, value.end, value.errno));
            self.handshake.transport = Some(At { event: event.sequence, value });
        }
    }

    fn application_data(&mut self, event: &Event<'_>, direction: Direction) {
        let seen = match direction {
            Direction::Sent => &mut self.handshake.application_data[0],
            Direction::Received => &mut self.handshake.application_data[1],
        };
        if seen.is_none() {
            *seen = Some(event.sequence);
            self.step(event, StepKind::ApplicationData(direction));
        }
    }

    fn step(&mut self, event: &Event<'_>, kind: StepKind) {
        self.handshake.timeline.push(Step { event: event.sequence, elapsed: event.elapsed, kind });
    }

    fn configure(&mut self, number: u32, local: &Arc<LocalConfiguration>) {
        self.handshake.local = Arc::clone(local);
        self.handshake.local_event = number;
    }

    fn state(&mut self, event: &Event<'_>, state: State<'_>) {
        let number = event.sequence;
        match state {
            State::HandshakeDone { verify_result, resumed, peer_certificate } => {
                let done = Done { verify_result, resumed, peer_certificate };
                self.handshake.done = Some(At { event: number, value: done });
                // What came after the hello and before this is early data (RFC 8446 §2.3).
                if self.handshake.offer.is_some() {
                    self.handshake.application_data = [None; 2];
                }
                self.step(event, StepKind::Done);
            }
            State::Failed { verify_result, .. } => {
                self.handshake.failed = Some(At { event: number, value: verify_result });
                self.step(event, StepKind::Failed);
            }
            State::Freed => {
                self.handshake.freed = true;
                self.step(event, StepKind::Freed);
            }
            State::HandshakeStarted | State::Step(_) => {}
        }
    }

    fn record(&mut self, event: &Event<'_>, header: [u8; 5]) {
        self.handshake.first_record.get_or_insert(At { event: event.sequence, value: header });
        if RecordHeader::decode(&header).is_plausible() {
            self.handshake.heard_tls = true;
        } else if self.handshake.not_tls.is_none() && !self.handshake.heard_tls {
            self.handshake.not_tls = Some(At { event: event.sequence, value: header });
            self.step(event, StepKind::NotTls(header));
        } else if self.handshake.heard_tls && self.handshake.done.is_none() {
            self.handshake.noise.get_or_insert(At { event: event.sequence, value: header });
        }
    }

    fn message(&mut self, event: &Event<'_>, direction: Direction, bytes: &[u8]) {
        if direction == Direction::Received {
            self.handshake.heard_tls = true;
        }
        let from_client = (direction == Direction::Sent) == (self.handshake.role == Role::Client);
        let types = &self.certificate_types;
        self.dialect.certificate_type = if from_client { types.client } else { types.server };
        if let Some(hello) = sslv2(bytes).filter(|_| direction == Direction::Received) {
            let step = StepKind::Message {
                direction,
                kind: HandshakeType::CLIENT_HELLO,
                retry: false,
                size: bytes.len(),
            };
            self.step(event, step);
            let offer = Offer::read_sslv2(&hello, bytes.len());
            self.handshake.offer = Some(At { event: event.sequence, value: offer });
            return;
        }
        let decoded = Message::decode(bytes, &self.dialect);
        let kind = HandshakeType(bytes.first().copied().unwrap_or_default());
        let retry = matches!(&decoded, Ok(Message::ServerHello(hello)) if hello.is_hello_retry_request());
        self.step(event, StepKind::Message { direction, kind, retry, size: bytes.len() });
        if decoded.as_ref().map_or(true, says_more) {
            let value = OtherMessage::new(bytes, self.dialect);
            self.handshake.others.push(At { event: event.sequence, value });
        }
        match decoded {
            Ok(message) => self.read(event.sequence, from_client, &message, bytes.len()),
            Err(error) => {
                let problem = At { event: event.sequence, value: error.to_string() };
                self.handshake.undecoded.push(problem);
            }
        }
    }

    fn read(&mut self, number: u32, from_client: bool, message: &Message<'_>, size: usize) {
        let handshake = &mut self.handshake;
        match message {
            Message::ClientHello(hello) => {
                let offer = At { event: number, value: Offer::read(hello, size) };
                if let Some(first) = handshake.offer.replace(offer) {
                    handshake.first_offer.get_or_insert(first);
                }
            }
            Message::ServerHello(hello) => {
                let answer = At { event: number, value: Answer::read(hello) };
                self.dialect.version = Some(answer.version);
                self.dialect.suite = Some(answer.cipher_suite);
                self.certificate_types.read(&hello.extensions);
                if hello.is_hello_retry_request() {
                    handshake.retry = Some(answer);
                } else {
                    handshake.answer = Some(answer);
                }
            }
            Message::EncryptedExtensions(encrypted) => {
                self.certificate_types.read(&encrypted.extensions);
                if let Some(answer) = &mut handshake.answer {
                    answer.value.add(encrypted);
                }
            }
            Message::ServerKeyExchange(exchange) => {
                let exchange = At { event: number, value: KeyExchange::read(exchange) };
                handshake.server_signature =
                    exchange.scheme.map(|scheme| At { event: number, value: scheme });
                handshake.key_exchange = Some(exchange);
            }
            Message::CertificateRequest(request) => {
                let value = Request::read(request, handshake.done.is_some());
                handshake.request = Some(At { event: number, value });
            }
            Message::Certificate(certificate) => {
                self.chain(number, from_client, certificate, size, None);
            }
            Message::CompressedCertificate(compressed) => {
                self.compressed(number, from_client, compressed, size);
            }
            Message::CertificateVerify(verify) => {
                let scheme = verify.scheme.map(|scheme| At { event: number, value: scheme });
                if from_client {
                    handshake.client_signature = scheme;
                } else {
                    handshake.server_signature = scheme;
                }
            }
            Message::NewSessionTicket(_) => {
                handshake.ticket.get_or_insert(number);
            }
            _ => {}
        }
    }
}

/// A ClientHello in the form of SSLv2: of its kind, but what stands where a message has its length is a version.
fn sslv2(bytes: &[u8]) -> Option<SslV2ClientHello<'_>> {
    let &[1, high, middle, low, ..] = bytes else { return None };
    let length = u32::from_be_bytes([0, high, middle, low]) as usize;
    (length + 4 != bytes.len()).then(|| SslV2ClientHello::decode_body(bytes).ok()).flatten()
}

/// Whether the message says something that has no place of its own.
fn says_more(message: &Message<'_>) -> bool {
    !matches!(
        message,
        Message::HelloRequest
            | Message::ClientHello(_)
            | Message::EndOfEarlyData
            | Message::EncryptedExtensions(_)
            | Message::Certificate(_)
            | Message::CertificateRequest(_)
            | Message::ServerHelloDone
            | Message::Finished(_)
    )
}
