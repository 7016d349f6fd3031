//! Recordings from a sender to a collector, by ring and by socket: none is lost, whoever sleeps and however full it is.

use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use tlsdiag_core::event::transfer::{Packer, pack_alone};
use tlsdiag_core::event::{ConnectionId, Direction, EventBody, Recording, State};
use tlsdiag_transport::{Collector, CollectorEvent, Delivery, Message, Sender, Way, pair};

/// A client's first word, of so many bytes.
fn recording(number: u64, length: usize) -> Recording {
    let mut recording = Recording::new(ConnectionId(number));
    recording.push(Duration::ZERO, &EventBody::State(State::HandshakeStarted)).expect("room");
    let bytes = vec![1; length];
    recording
        .push(
            Duration::from_nanos(number),
            &EventBody::Message { direction: Direction::Received, bytes: &bytes },
        )
        .expect("room");
    recording
}

struct Channel {
    sender: Sender,
    packer: Packer,
    buffer: Vec<u8>,
    way: Way,
    events: Receiver<CollectorEvent>,
    worker: std::thread::JoinHandle<()>,
}

impl Channel {
    fn open() -> Self {
        let (ours, theirs) = pair().expect("a pair of sockets");
        let (sent, events) = mpsc::channel();
        let collector = Collector::only(theirs).expect("a collector");
        let (_closer, worker) =
            collector.start(move |event| sent.send(event).expect("heard")).expect("threads");
        let sender = Sender::new(ours).expect("a sender");
        Channel { sender, packer: Packer::default(), buffer: Vec::new(), way: Way::default(), events, worker }
    }

    fn send(&mut self, recording: &Recording) -> Delivery {
        let Channel { sender, packer, buffer, way, .. } = self;
        let mut apart = false;
        let delivery = sender.recording(7, Some(way), buffer, |alone, out| {
            apart = alone;
            if alone { pack_alone(recording, out) } else { packer.pack(recording, out) }
        });
        if apart {
            packer.forget();
        }
        delivery
    }

    /// Ends the sender and counts what came of it.
    fn close(self) -> usize {
        drop((self.sender, self.way));
        self.worker.join().expect("no panic");
        self.events.iter().filter(is_handshake).count()
    }
}

fn is_handshake(event: &CollectorEvent) -> bool {
    match event {
        CollectorEvent::Handshake(_) => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_ring_holds_arrives_also_after_its_process_has_gone() {
    let mut channel = Channel::open();
    for number in 0..3000 {
        assert_eq!(channel.send(&recording(number, 300)), Delivery::Done);
    }
    assert!(matches!(channel.way, Way::Ring(_)), "{:?}", channel.way);
    assert_eq!(channel.close(), 3000);
}

#[test]
fn a_collector_that_sleeps_is_woken() {
    let mut channel = Channel::open();
    let long = Duration::from_secs(60);
    let next = |channel: &mut Channel, number| {
        assert_eq!(channel.send(&recording(number, 300)), Delivery::Done);
        loop {
            if is_handshake(&channel.events.recv_timeout(long).expect("it comes")) {
                break;
            }
        }
    };
    next(&mut channel, 0);
    // Once asleep it would not look at its rings for a minute.
    for number in 1..4 {
        std::thread::park_timeout(Duration::from_millis(400));
        next(&mut channel, number);
    }
    assert_eq!(channel.close(), 0);
}

#[test]
fn what_a_ring_has_no_room_for_goes_by_the_socket() {
    let mut channel = Channel::open();
    for number in 0..200 {
        // Now and then one that is longer than any packet, which goes through a file of its own.
        let length = if number % 50 == 49 { 200_000 } else { 60_000 };
        assert_eq!(channel.send(&recording(number, length)), Delivery::Done);
    }
    assert_eq!(channel.close(), 200);
}

#[test]
fn a_process_that_can_have_no_ring_uses_the_socket() {
    let mut channel = Channel::open();
    channel.way = Way::Socket;
    for number in 0..100 {
        assert_eq!(channel.send(&recording(number, 300)), Delivery::Done);
    }
    assert!(matches!(channel.way, Way::Socket));
    assert_eq!(channel.close(), 100);
}

#[test]
fn several_threads_of_a_process_share_the_socket() {
    let mut channel = Channel::open();
    std::thread::scope(|scope| {
        for thread in 0..3 {
            let sender = &channel.sender;
            scope.spawn(move || {
                for number in 0..100 {
                    let recording = recording(1000 * thread + number, 300);
                    let delivery =
                        sender.recording(7, None, &mut Vec::new(), |_, out| pack_alone(&recording, out));
                    assert_eq!(delivery, Delivery::Done);
                }
            });
        }
    });
    assert_eq!(channel.send(&recording(1, 300)), Delivery::Done);
    assert_eq!(channel.close(), 301);
}

#[test]
fn a_file_that_is_no_ring_is_said_and_harms_nobody() {
    let channel = Channel::open();
    assert_eq!(channel.sender.send(&Message::Ring { pid: 7 }), Delivery::Done, "and no file at all");
    assert_eq!(channel.close(), 0);
}
