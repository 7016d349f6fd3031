"""Recorders that are written in Python."""

import sys
import threading

import pytest

import tlsdiag
from conftest import in_memory, make_contexts, over_sockets


class Notes(tlsdiag.HandshakeRecorder):
    def __init__(self, inline=False):
        self.inline = inline
        self.events = []
        self.handshakes = []
        self.threads = set()

    def record(self, event):
        self.threads.add(threading.current_thread().name)
        self.events.append(event)

    def finished(self, handshake):
        self.handshakes.append(handshake)


@pytest.mark.parametrize("inline", [False, True])
def test_told_of_everything(files, version, inline):
    server, client = make_contexts(files, version, mutual=True)
    notes = Notes()
    with tlsdiag.record(server, recorder=notes, inline=inline) as rec:
        over_sockets(server, client)
    assert ("tlsdiag recorder" in notes.threads) is not inline
    assert [handshake.cause for handshake in notes.handshakes] == ["client_cert.missing"]
    assert notes.handshakes == rec.handshakes
    kinds = [event.kind for event in notes.events]
    assert kinds[0] == "started" and kinds[-1] == "ended"
    assert [event.number for event in notes.events] == sorted(event.number for event in notes.events)
    hello = next(event for event in notes.events if event.kind == "message")
    assert (hello.name, hello.direction) == ("client_hello", "received")
    assert tlsdiag.decode_client_hello(hello.data).server_name == "localhost"
    alert = next(event for event in notes.events if event.kind == "alert")
    assert alert.direction == "sent" and alert.data[0] == 2
    assert not {"record", "step", "wire"} & set(kinds)


def test_what_it_wants(files):
    class Wants(Notes):
        def wants(self, kind):
            return kind in ("wire", "step")

    server, client = make_contexts(files)
    wants = Wants()
    with wants.attach(server):
        over_sockets(server, client)
    assert {event.kind for event in wants.events} == {"wire", "step"}
    assert wants.events[-1].direction in ("sent", "received", None)
    assert len(wants.handshakes) == 1


def test_the_end_alone(files):
    class End(tlsdiag.HandshakeRecorder):
        def __init__(self):
            self.seen = []

        def finished(self, handshake):
            self.seen.append(handshake.outcome)

    end = End()
    server, client = make_contexts(files)
    with end.attach(server, client):
        in_memory(server, client)
    assert end.seen == ["established", "established"], "the client's, too, which is not over"


@pytest.mark.parametrize("inline", [False, True])
def test_what_it_raises(files, monkeypatch, inline):
    class Bad(Notes):
        def record(self, event):
            raise RuntimeError("record")

        def finished(self, handshake):
            raise KeyError("finished")

        def wants(self, kind):
            if kind == "step":
                raise ZeroDivisionError
            return kind in ("message", "alert")

    raised = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: raised.append((args.exc_type, args.object)))
    server, client = make_contexts(files)
    bad = Bad(inline)
    with tlsdiag.record(server, recorder=bad) as rec:
        assert over_sockets(server, client) == {"client": None, "server": None}
    assert rec.handshakes[-1].outcome == "established"
    assert [kind for kind, _ in raised].count(KeyError) == 1
    assert [kind for kind, _ in raised].count(RuntimeError) > 5
    assert [kind for kind, _ in raised].count(ZeroDivisionError) == 1
    assert all(source is bad for _, source in raised)


def test_several_threads(files):
    server, client = make_contexts(files)
    notes = Notes()
    with tlsdiag.record(server, recorder=notes):
        threads = [
            threading.Thread(target=lambda: [in_memory(server, client) for _ in range(20)]) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(notes.handshakes) == 80
    by_connection = {}
    for event in notes.events:
        by_connection.setdefault(event.connection, []).append(event.number)
    assert len(by_connection) == 80
    assert all(numbers == sorted(numbers) for numbers in by_connection.values())
