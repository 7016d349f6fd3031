//! The whole table: every phase and every input.

use Action::{Begin, Drop, Ignore, Record, RecordAndEnd};
use Direction::{Received, Sent};
use Ending::{Freed, Settled};
use Phase::{
    AwaitingFirstWords, AwaitingVerdict, Dead, Done, EarlyData, Handshaking, HelloRequested, Idle, Over,
    PostHandshake, PostHandshakeFinished, Watching,
};

use super::*;

const OPEN: [Phase; 8] = [
    Handshaking,
    HelloRequested,
    PostHandshake,
    PostHandshakeFinished,
    EarlyData,
    Done,
    AwaitingVerdict,
    AwaitingFirstWords,
];
const CLOSED: [Phase; 4] = [Idle, Over, Watching, Dead];
const AWAITING: [Phase; 2] = [AwaitingVerdict, AwaitingFirstWords];
const MESSAGES: [Message; 7] = [
    Message::HelloRequest,
    Message::ClientHello,
    Message::CertificateRequest,
    Message::Finished,
    Message::NewSessionTicket,
    Message::KeyUpdate,
    Message::Other,
];

fn phases() -> Vec<Phase> {
    [&OPEN[..], &CLOSED].concat()
}

fn returned() -> [Input; 3] {
    [ToCome::Nothing, ToCome::Verdict, ToCome::FirstWords].map(Input::Returned)
}

fn messages() -> Vec<Input> {
    let both = |message| [Input::Message(message, Sent), Input::Message(message, Received)];
    MESSAGES.into_iter().flat_map(both).collect()
}

/// What the message callback shows beside messages.
fn contents() -> [Input; 7] {
    [
        Input::Alert(Sent, false),
        Input::Alert(Sent, true),
        Input::Alert(Received, false),
        Input::Alert(Received, true),
        Input::ApplicationData(Sent),
        Input::ApplicationData(Received),
        Input::OtherContent,
    ]
}

fn inputs() -> Vec<Input> {
    let others = [
        Input::Start,
        Input::Step,
        Input::Done,
        Input::EarlyDone,
        Input::Continued,
        Input::Paused,
        Input::Failed,
        Input::TransportEnded,
        Input::AskingRefused,
        Input::Skipped,
        Input::Freed,
        Input::Forgotten,
    ];
    [&others[..], &returned(), &messages(), &contents()].concat()
}

/// What differs from the rule: while a handshake is recorded all that comes is recorded, otherwise
/// it is ignored, and the phase stays. Of two rows that say something of one pair the first holds.
fn table() -> Vec<(Vec<Phase>, Vec<Input>, Phase, Action)> {
    let end = Action::End(Settled);
    let begins = |message: &Input| {
        let of = |message| [Input::Message(message, Sent), Input::Message(message, Received)];
        ![Message::HelloRequest, Message::NewSessionTicket, Message::KeyUpdate]
            .into_iter()
            .any(|quiet| of(quiet).contains(message))
    };
    let fatal = vec![Input::Alert(Sent, true), Input::Alert(Received, true)];
    let refusal = vec![Input::Alert(Sent, true), Input::Alert(Received, false), Input::Alert(Received, true)];
    let hello = [Sent, Received].map(|direction| Input::Message(Message::ClientHello, direction)).to_vec();
    let finished = [Sent, Received].map(|direction| Input::Message(Message::Finished, direction)).to_vec();
    let asks =
        [Sent, Received].map(|direction| Input::Message(Message::CertificateRequest, direction)).to_vec();
    let [nothing, verdict, words] = returned();
    let data = vec![Input::ApplicationData(Received)];
    let shown = [messages(), contents().to_vec()].concat();
    let under_way = vec![Handshaking, PostHandshake, PostHandshakeFinished, EarlyData];
    let returns = [&returned()[..], &[Input::Paused, Input::Failed]].concat();
    vec![
        // The first handshake, or one that was attached to in its middle.
        (vec![Idle], [vec![Input::Start], shown].concat(), Handshaking, Begin(None)),
        (CLOSED.to_vec(), vec![Input::Start], Handshaking, Begin(None)),
        (under_way, vec![Input::Start], Handshaking, Begin(Some(Freed))),
        (
            vec![Done, AwaitingVerdict, AwaitingFirstWords],
            vec![Input::Start],
            Handshaking,
            Begin(Some(Settled)),
        ),
        // It is established, and perhaps that is all.
        (
            vec![Handshaking, PostHandshake, PostHandshakeFinished, EarlyData, Done],
            vec![Input::Done],
            Done,
            Record,
        ),
        (vec![Done, AwaitingVerdict, AwaitingFirstWords], vec![nothing], Over, end),
        (vec![Done, AwaitingVerdict, AwaitingFirstWords], vec![verdict], AwaitingVerdict, Record),
        (vec![Done, AwaitingVerdict, AwaitingFirstWords], vec![words], AwaitingFirstWords, Record),
        (vec![Handshaking], returned().to_vec(), Handshaking, Ignore),
        // It is said to be done in its midst, and goes on.
        (vec![Handshaking], vec![Input::EarlyDone], EarlyData, Record),
        (vec![EarlyData], returned().to_vec(), EarlyData, Ignore),
        (vec![EarlyData], vec![Input::Continued], Handshaking, Ignore),
        // The peer's verdict.
        (vec![AwaitingFirstWords], data.clone(), Over, end),
        (vec![AwaitingVerdict], data, Over, RecordAndEnd),
        (AWAITING.to_vec(), vec![Input::Message(Message::NewSessionTicket, Received)], Over, RecordAndEnd),
        (AWAITING.to_vec(), refusal, Over, RecordAndEnd),
        (AWAITING.to_vec(), vec![Input::TransportEnded], Over, RecordAndEnd),
        // A server wants another handshake.
        (vec![Handshaking], vec![Input::Message(Message::HelloRequest, Sent)], HelloRequested, Record),
        (vec![HelloRequested], [vec![Input::Done], returned().to_vec()].concat(), HelloRequested, Ignore),
        (vec![HelloRequested], vec![Input::Start], Handshaking, Ignore),
        (vec![HelloRequested], hello, Handshaking, Record),
        (vec![HelloRequested], fatal, Over, RecordAndEnd),
        // Something moves after the end.
        (vec![Over], vec![Input::Step], Watching, Ignore),
        (vec![Watching], returns, Over, Ignore),
        (vec![Watching], messages().into_iter().filter(begins).collect(), PostHandshake, Begin(None)),
        // Authentication after the handshake.
        (AWAITING.to_vec(), asks, PostHandshake, Begin(Some(Settled))),
        (vec![PostHandshake], finished, PostHandshakeFinished, Record),
        (vec![PostHandshake], returned().to_vec(), PostHandshake, Ignore),
        (vec![PostHandshakeFinished], returned().to_vec(), PostHandshakeFinished, Ignore),
        (vec![AwaitingFirstWords], vec![Input::AskingRefused], PostHandshake, Begin(Some(Settled))),
        (CLOSED.to_vec(), vec![Input::AskingRefused], PostHandshake, Begin(None)),
        (vec![PostHandshake], vec![Input::AskingRefused], Over, RecordAndEnd),
        (vec![Handshaking], vec![Input::AskingRefused], Handshaking, Ignore),
        (vec![HelloRequested], vec![Input::AskingRefused], HelloRequested, Ignore),
        (vec![EarlyData], vec![Input::AskingRefused], EarlyData, Ignore),
        (vec![PostHandshakeFinished], vec![Input::AskingRefused], PostHandshakeFinished, Ignore),
        (vec![Done], vec![Input::AskingRefused], Done, Ignore),
        (vec![AwaitingVerdict], vec![Input::AskingRefused], AwaitingVerdict, Ignore),
        // The end.
        (OPEN.to_vec(), vec![Input::Failed], Dead, RecordAndEnd),
        (OPEN.to_vec(), vec![Input::Freed], Over, Action::End(Freed)),
        (OPEN.to_vec(), vec![Input::Forgotten], Over, Drop),
        (OPEN.to_vec(), vec![Input::Skipped], Dead, Drop),
        (CLOSED.to_vec(), vec![Input::Skipped], Dead, Ignore),
    ]
}

#[test]
fn every_phase_and_every_input_as_the_table_says() {
    let table = table();
    let mut used = vec![false; table.len()];
    for phase in phases() {
        for input in inputs() {
            let row = table
                .iter()
                .position(|(phases, inputs, ..)| phases.contains(&phase) && inputs.contains(&input));
            let expected = match row {
                Some(row) => {
                    used[row] = true;
                    (table[row].2, table[row].3)
                }
                None if OPEN.contains(&phase) => (phase, Record),
                None => (phase, Ignore),
            };
            assert_eq!(on(phase, input), expected, "{phase:?} {input:?}");
        }
    }
    assert!(used.into_iter().all(|used| used), "a row of the table says nothing");
}

#[test]
fn what_is_recorded_is_recorded_of_an_open_handshake() {
    for phase in phases() {
        assert_eq!(phase.is_open(), OPEN.contains(&phase), "{phase:?}");
        assert!(!phase.is_done() || phase.is_open(), "{phase:?}");
        assert!(!phase.is_awaiting() || phase.is_done(), "{phase:?}");
        for input in inputs() {
            let (next, action) = on(phase, input);
            let sound = match action {
                Ignore => phase.is_open() == next.is_open(),
                Record => phase.is_open() && next.is_open(),
                RecordAndEnd | Action::End(_) | Drop => phase.is_open() && !next.is_open(),
                Begin(ending) => next.is_open() && ending.is_some() == phase.is_open(),
            };
            assert!(sound, "{phase:?} {input:?}: {next:?} {action:?}");
        }
    }
}

/// A handshake that has begun gets what it began with, and does not begin once more.
#[test]
fn what_a_handshake_begins_with_is_recorded_of_it() {
    for phase in phases() {
        for input in inputs().into_iter().filter(|input| *input != Input::Start) {
            if let (next, Begin(_)) = on(phase, input) {
                let (_, action) = on(next, input);
                assert!(matches!(action, Record | RecordAndEnd), "{phase:?} {input:?}: {action:?}");
            }
        }
    }
}

/// What the fast paths take for granted (`HandshakeState::log_message`): a message only needs to be
/// logged.
#[test]
fn messages_of_fast_paths_are_recorded_and_change_nothing() {
    for input in messages() {
        if !matches!(input, Input::Message(Message::HelloRequest, _)) {
            assert_eq!(on(Handshaking, input), (Handshaking, Record), "{input:?}");
        }
    }
    for direction in [Sent, Received] {
        let ticket = Input::Message(Message::NewSessionTicket, direction);
        assert_eq!(on(Done, ticket), (Done, Record));
    }
}

#[test]
fn every_phase_is_reached_and_left() {
    let mut reached = vec![Idle];
    let mut at = 0;
    while let Some(phase) = reached.get(at).copied() {
        for input in inputs() {
            let (next, _) = on(phase, input);
            if !reached.contains(&next) {
                reached.push(next);
            }
        }
        at += 1;
    }
    assert_eq!(reached.len(), phases().len(), "{reached:?}");
    for phase in phases() {
        assert!(inputs().into_iter().any(|input| on(phase, input).0 != phase), "{phase:?}");
    }
}

#[test]
fn a_connection_that_failed_records_nothing_before_another_start() {
    for input in inputs() {
        let (_, action) = on(Dead, input);
        match input {
            Input::Start | Input::AskingRefused => assert_eq!(action, Begin(None)),
            _ => assert_eq!(action, Ignore, "{input:?}"),
        }
    }
}
