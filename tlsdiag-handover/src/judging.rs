//! What arrived, judged: recordings are unpacked, diagnosed and made into records, off the handshake's path.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek};
use std::os::fd::OwnedFd;

use tlsdiag_core::event::packed::Unpacker;
use tlsdiag_core::report::{Process, Record};
use tlsdiag_core::{Handshake, diagnose};

use crate::backlog::Arrival;
use crate::collector::News;
use crate::message::Message;

#[derive(Default)]
struct Connection {
    program: String,
    /// Each process remembers for itself what it has given.
    unpackers: HashMap<u32, Unpacker>,
}

pub(crate) struct Judging<T> {
    tell: T,
    notice: Option<u32>,
    connections: HashMap<u64, Connection>,
}

impl<T: FnMut(News)> Judging<T> {
    pub(crate) fn new(tell: T, notice: Option<u32>) -> Self {
        Judging { tell, notice, connections: HashMap::new() }
    }

    pub(crate) fn arrival(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::End { connection } => drop(self.connections.remove(&connection)),
            Arrival::Damage(why) => (self.tell)(News::Damaged(why)),
            Arrival::Packet { connection, bytes, file } => {
                let news = self.packet(connection, &bytes, file);
                (self.tell)(news);
            }
        }
    }

    fn packet(&mut self, connection: u64, bytes: &[u8], file: Option<OwnedFd>) -> News {
        let notice = self.notice;
        let from = self.connections.entry(connection).or_default();
        match Message::from_packet(bytes) {
            Some(Message::Program(program)) => {
                from.program = program.to_owned();
                News::Dropped(0)
            }
            Some(Message::Library(library)) => {
                News::Hooked { program: from.program.clone(), library: library.to_owned() }
            }
            Some(Message::Recording { pid, packed }) => {
                let program = from.program.clone();
                judged(pid, program, from.unpackers.entry(pid).or_default(), packed, notice)
            }
            Some(Message::Alone { pid, packed }) => {
                judged(pid, from.program.clone(), &mut Unpacker::default(), packed, notice)
            }
            Some(Message::Apart { pid }) => match file.map(contents) {
                Some(Ok(packed)) => {
                    judged(pid, from.program.clone(), &mut Unpacker::default(), &packed, notice)
                }
                Some(Err(error)) => News::Damaged(format!("a long recording cannot be read: {error}")),
                None => News::Damaged("a long recording came without its file".to_owned()),
            },
            Some(Message::Ring { .. } | Message::Wake) => News::Dropped(0),
            Some(Message::Dropped { count, .. }) => News::Dropped(count.into()),
            Some(Message::Secret(line)) => News::Secret(line.to_owned()),
            Some(Message::Unhooked(objects)) => News::Unhooked {
                program: from.program.clone(),
                objects: objects.lines().map(str::to_owned).collect(),
            },
            None => News::Damaged("something came through the channel that is no message of ours".to_owned()),
        }
    }
}

fn judged(pid: u32, program: String, unpacker: &mut Unpacker, packed: &[u8], notice: Option<u32>) -> News {
    match unpacker.unpack(packed) {
        Ok(recording) => {
            let handshake = Handshake::from_recording(&recording).with_expiry_notice(notice);
            let process = Process::new(pid, Some(program).filter(|program| !program.is_empty()));
            News::Handshake(Box::new(Record::from_process(&handshake, &diagnose(&handshake), process)))
        }
        Err(error) => News::Damaged(error.to_string()),
    }
}

fn contents(file: OwnedFd) -> std::io::Result<Vec<u8>> {
    let mut file = File::from(file);
    file.rewind()?;
    let mut bytes = Vec::new();
    file.take(64 << 20).read_to_end(&mut bytes)?;
    Ok(bytes)
}
