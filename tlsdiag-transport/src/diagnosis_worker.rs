//! The worker that unpacks what arrived, diagnoses it and makes records, off the handshake's path.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::process::{Pid, test_kill_process};
use tlsdiag_core::Handshake;
use tlsdiag_core::event::Recording;
use tlsdiag_core::event::setup::{SetupEvent, SetupFailure};
use tlsdiag_core::event::transfer::{PackedError, Unpacker, pack_alone};
use tlsdiag_core::report::{Clients, Process, SetupRecord};

use crate::collector_event::CollectorEvent;
use crate::established::Established;
use crate::message::Message;
use crate::own_files::OwnFiles;
use crate::queue::Arrival;
use crate::setups::Setups;

/// So many complaints are passed on: whoever sends garbage must not fill somebody's log.
const COMPLAINTS: u32 = 10;

#[derive(Default)]
struct Connection {
    program: String,
    /// Whether processes have the same numbers for us as for themselves, so that one can be asked for.
    same_numbers: bool,
    /// The process at the other end as we know it.
    peer: Option<u32>,
    /// Those that it forks have what their parent has read.
    own_files: OwnFiles,
    /// Each process remembers for itself what it has given.
    processes: HashMap<u32, Sending>,
}

impl Connection {
    /// Something happened to what this process sets up.
    fn setup(&mut self, pid: u32, event: SetupEvent) {
        // The handshakes of a forked process may have overtaken this.
        let heir = match &event {
            SetupEvent::Used { by, .. } if *by != pid => self.processes.get(by),
            _ => None,
        };
        let ended = heir.map(|process| process.setups.ended());
        let setups = &mut self.processes.entry(pid).or_default().setups;
        setups.event(event, Instant::now());
        if let Some(ended) = ended {
            setups.heir_ended(ended);
        }
    }
}

/// A process that sends recordings.
#[derive(Default)]
struct Sending {
    unpacker: Unpacker,
    established: Established,
    setups: Setups,
}

impl Sending {
    /// Whether it has something of which nobody knows whether more will come.
    fn waits(&self) -> bool {
        !self.established.is_empty() || !self.setups.is_empty()
    }
}

pub(crate) struct DiagnosisWorker<T> {
    on_event: T,
    notice: Option<u32>,
    clients: Clients,
    connections: HashMap<u64, Connection>,
    complaints: u32,
    /// Handshakes that left no record, and that no record has counted.
    lost: u64,
}

impl<T: FnMut(CollectorEvent)> DiagnosisWorker<T> {
    /// Where failures alone are handed over, nobody knows of a client's successes.
    pub(crate) fn new(on_event: T, notice: Option<u32>, failures_only: bool) -> Self {
        let clients = Clients::new().without_successes(failures_only);
        DiagnosisWorker { on_event, notice, clients, connections: HashMap::new(), complaints: 0, lost: 0 }
    }

    pub(crate) fn arrival(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Begin { connection, peer } => {
                self.connections.entry(connection).or_default().peer = peer;
            }
            Arrival::End { connection } => {
                let processes: Vec<u32> = match self.connections.get(&connection) {
                    Some(from) => from.processes.keys().copied().collect(),
                    None => Vec::new(),
                };
                processes.into_iter().for_each(|pid| self.release(connection, pid));
                self.connections.remove(&connection);
            }
            Arrival::Damage(why) => self.complain(why),
            Arrival::Packet { connection, bytes, file } => self.packet(connection, &bytes, file),
        }
    }

    /// Whether somebody has handshakes or setups of which nobody knows whether more will come: then [`look`](Self::look) is to be called now
    /// and then.
    pub(crate) fn waits(&self) -> bool {
        self.connections.values().flat_map(|from| from.processes.values()).any(Sending::waits)
    }

    /// Looks which processes have ended, though others go on with their connection.
    pub(crate) fn look(&mut self) {
        let (mut ended, mut due) = (Vec::new(), Vec::new());
        for (connection, from) in &mut self.connections {
            for (pid, process) in from.processes.iter_mut().filter(|(_, process)| process.waits()) {
                if from.same_numbers && has_ended(*pid) {
                    // A program that goes on in the background: what its first process had set up, the one that it forked has.
                    let goes_on = from.peer == Some(*pid);
                    ended.push((*connection, *pid, goes_on));
                } else {
                    due.push((*pid, from.program.clone(), process.setups.due(Instant::now())));
                }
            }
        }
        for (connection, pid, goes_on) in ended {
            match goes_on {
                true => self.release_handshakes(connection, pid),
                false => self.release(connection, pid),
            }
        }
        for (pid, program, failures) in due {
            self.setups(pid, &program, &failures);
        }
    }

    /// A process has ended: what there is of it. Its handshakes come first, since they may say that what it failed to set up was not needed.
    fn release(&mut self, connection: u64, pid: u32) {
        self.release_handshakes(connection, pid);
        let Some(from) = self.connections.get_mut(&connection) else { return };
        let program = from.program.clone();
        let failures = from.processes.get_mut(&pid).map(|process| process.setups.take()).unwrap_or_default();
        self.setups(pid, &program, &failures);
    }

    fn release_handshakes(&mut self, connection: u64, pid: u32) {
        let Some(from) = self.connections.get_mut(&connection) else { return };
        let packed = from.processes.get_mut(&pid).map(|process| process.established.take());
        self.records(connection, pid, &packed.unwrap_or_default());
    }

    fn records(&mut self, connection: u64, pid: u32, packed: &[Vec<u8>]) {
        for packed in packed {
            self.diagnose(connection, pid, Unpacker::default().unpack(packed));
        }
    }

    fn setups(&mut self, pid: u32, program: &str, failures: &[SetupFailure]) {
        for failure in failures {
            let process = Process::new(pid, Some(program.to_owned()).filter(|program| !program.is_empty()));
            let record = SetupRecord::from_process(failure, process);
            (self.on_event)(CollectorEvent::Setup(Box::new(record)));
        }
    }

    fn packet(&mut self, connection: u64, bytes: &[u8], file: Option<OwnedFd>) {
        let from = self.connections.entry(connection).or_default();
        match Message::from_packet(bytes) {
            Some(Message::Program { pid, name }) => {
                from.program = name.to_owned();
                from.same_numbers = from.peer == Some(pid);
            }
            Some(Message::Library(library)) => {
                let event =
                    CollectorEvent::Hooked { program: from.program.clone(), library: library.to_owned() };
                (self.on_event)(event);
            }
            Some(Message::Recording { pid, packed }) => {
                let unpacked = from.processes.entry(pid).or_default().unpacker.unpack(packed);
                self.ended(connection, pid, unpacked);
            }
            Some(Message::Alone { pid, packed }) => {
                self.ended(connection, pid, Unpacker::default().unpack(packed));
            }
            Some(Message::Apart { pid }) => match file.map(contents) {
                Some(Ok(packed)) => self.ended(connection, pid, Unpacker::default().unpack(&packed)),
                Some(Err(error)) => self.complain(format!("a long recording cannot be read: {error}")),
                None => self.complain("a long recording came without its file".to_owned()),
            },
            Some(Message::Established { pid, connection: number, packed }) => {
                let process = from.processes.entry(pid).or_default();
                // It may name its configuration by a number that means another one by the time that it counts.
                let whole = process.unpacker.unpack(packed).map(|recording| {
                    let mut whole = Vec::new();
                    let rest = pack_alone(&recording, &mut whole);
                    whole.extend_from_slice(rest);
                    whole
                });
                match whole.map(|whole| process.established.add(number, &whole)) {
                    Ok(oldest) => self.records(connection, pid, oldest.as_slice()),
                    Err(error) => self.complain(error.to_string()),
                }
            }
            Some(Message::Token(_) | Message::Ring { .. } | Message::Wake) => {}
            Some(Message::Dropped { count, .. }) => {
                self.lost += u64::from(count);
                (self.on_event)(CollectorEvent::Dropped(count.into()));
            }
            Some(Message::Setup { pid, event }) => match SetupEvent::from_bytes(event) {
                Some(SetupEvent::Loaded { file, root, certificate }) => {
                    from.own_files.loaded(certificate, file, &root);
                }
                Some(event) => from.setup(pid, event),
                None => self.complain("what a process failed to set up cannot be read".to_owned()),
            },
            Some(Message::Datagrams) => {
                (self.on_event)(CollectorEvent::Datagrams { program: from.program.clone() });
            }
            Some(Message::Secret(line)) => (self.on_event)(CollectorEvent::Secret(line.to_owned())),
            Some(Message::Unhooked(objects)) => {
                let objects = objects.lines().map(str::to_owned).collect();
                let event = CollectorEvent::Unhooked { program: from.program.clone(), objects };
                (self.on_event)(event);
            }
            None => self.complain("something came through the channel that is no message of ours".to_owned()),
        }
    }

    /// A recording has come, with which its connection has what it gets.
    fn ended(&mut self, connection: u64, pid: u32, unpacked: Result<Recording, PackedError>) {
        let from = self.connections.entry(connection).or_default();
        let is_new = match &unpacked {
            Ok(recording) => from.processes.entry(pid).or_default().established.end(recording.connection().0),
            Err(_) => true,
        };
        if is_new {
            self.diagnose(connection, pid, unpacked);
        }
    }

    fn diagnose(&mut self, connection: u64, pid: u32, unpacked: Result<Recording, PackedError>) {
        let from = self.connections.entry(connection).or_default();
        let program = from.program.clone();
        match unpacked {
            Ok(recording) => {
                let handshake = Handshake::from_recording(&recording)
                    .with_expiry_notice(self.notice)
                    .with_signatures_tried(&recording);
                let handshake = from.own_files.beside(handshake);
                let process = Process::new(pid, Some(program).filter(|program| !program.is_empty()));
                let mut record = self.clients.record(&handshake, process);
                record.lost_before = std::mem::take(&mut self.lost);
                from.processes.entry(pid).or_default();
                for (other, process) in &mut from.processes {
                    if *other == pid || process.setups.concern(pid) {
                        process.setups.handshake(&record, handshake.time + handshake.duration);
                    }
                }
                (self.on_event)(CollectorEvent::Handshake(Box::new(record)));
            }
            Err(error) => self.complain(error.to_string()),
        }
    }

    fn complain(&mut self, why: String) {
        self.complaints = self.complaints.saturating_add(1);
        if self.complaints < COMPLAINTS {
            (self.on_event)(CollectorEvent::Damaged(why));
        } else if self.complaints == COMPLAINTS {
            (self.on_event)(CollectorEvent::Damaged(format!("{why}; more of this kind is not reported")));
        }
    }
}

/// Whether there is no such process any more, or only what is left until its parent has asked for its status.
fn has_ended(pid: u32) -> bool {
    let gone = i32::try_from(pid)
        .ok()
        .and_then(Pid::from_raw)
        .is_none_or(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH));
    // "pid (name) state …", where the name may hold anything.
    gone || std::fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X'])))
}

fn contents(file: OwnedFd) -> std::io::Result<Vec<u8>> {
    let mut file = File::from(file);
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(64 << 20).read_to_end(&mut bytes)?;
    Ok(bytes)
}
