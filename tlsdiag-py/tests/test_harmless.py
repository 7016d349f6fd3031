"""What Python's own callbacks see is what they would have seen without a recorder."""

import contextlib
import ssl

import pytest

import tlsdiag
from conftest import in_memory, make_contexts, over_sockets


def messages_of(client, server, seen):
    def message(connection, direction, version, content_type, message_type, data):
        # Not how long they are: signatures in DER differ by a byte or two.
        assert isinstance(data, bytes)
        seen.append((type(connection).__name__, direction, version, content_type, message_type))

    client._msg_callback = message
    in_memory(server, client)
    return seen


def test_a_message_callback_from_before(files, version):
    server, client = make_contexts(files, version)
    bare = list(messages_of(client, server, []))
    assert bare
    seen = []
    messages_of(client, server, seen)
    seen.clear()
    with tlsdiag.record(client) as rec:
        in_memory(server, client)
    assert seen == bare
    assert rec.handshakes[-1].outcome == "established"
    assert any(event.name == "finished" for event in rec.handshakes[-1].events)
    seen.clear()
    in_memory(server, client)
    assert seen == bare, "and it stays when the recorder has gone"


def test_a_message_callback_set_while_recording(files, version):
    server, client = make_contexts(files, version)
    bare = list(messages_of(client, server, []))
    client._msg_callback = None
    seen = []
    with tlsdiag.record(client) as rec:
        in_memory(server, client)
        messages_of(client, server, seen)
        client._msg_callback = None
        in_memory(server, client)
    assert seen == bare
    for handshake in rec.handshakes:
        assert any(event.name == "finished" for event in handshake.events), handshake
    in_memory(server, client)
    assert seen == bare


def test_the_setters_are_put_back(files):
    names = [(ssl.SSLContext, "_msg_callback"), (ssl.SSLSocket, "context"), (ssl.SSLObject, "context")]
    before = [owner.__dict__[name] for owner, name in names]
    new = ssl.SSLContext.__dict__["__new__"]
    server, _ = make_contexts(files)
    with tlsdiag.record(server), tlsdiag.record_all():
        assert [owner.__dict__[name] for owner, name in names] != before
        assert ssl.SSLContext.__dict__["__new__"] is not new
    assert [owner.__dict__[name] for owner, name in names] == before
    assert ssl.SSLContext.__dict__["__new__"] is new


@pytest.mark.parametrize("watched", [False, True])
def test_a_context_that_sni_chooses(files, version, watched):
    server, client = make_contexts(files, version)
    chosen, _ = make_contexts(files, version, server="other")
    client.check_hostname = False
    seen = []
    if watched:
        chosen._msg_callback = lambda *arguments: seen.append(arguments[1:5])

    def choose(connection, name, context):
        connection.context = chosen

    def talk():
        at_client, at_server, errors = in_memory(server, client)
        at_server.write(b"x")
        at_client.read(1)
        return errors

    server.sni_callback = choose
    talk()
    bare = list(seen)
    assert bool(bare) == watched
    seen.clear()
    with tlsdiag.record(server) as rec:
        errors = talk()
    assert errors == {"client": None, "server": None}
    handshake = rec.handshakes[-1]
    assert handshake.certificates.server[0].subject == "CN=other", handshake
    assert any(event.name == "finished" for event in handshake.events), handshake
    assert seen == bare


def test_a_context_changed_after_the_handshake(files, version):
    server, client = make_contexts(files, version)
    other, _ = make_contexts(files, version)
    seen = []
    other._msg_callback = lambda *arguments: seen.append(arguments[1:5])

    def talk():
        at_client, at_server, _ = in_memory(server, client)
        at_server.context = other
        for _ in range(2):
            at_client.write(b"x")
            at_server.read(1)
            at_server.write(b"x")
            at_client.read(1)

    talk()
    bare = list(seen)
    seen.clear()
    with tlsdiag.record(server):
        talk()
    assert seen == bare


def test_a_message_callback_is_for_new_connections(files, version):
    server, client = make_contexts(files, version)
    seen = []

    def shake():
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = [
            client.wrap_bio(to_client, to_server, server_hostname="localhost"),
            server.wrap_bio(to_server, to_client, server_side=True),
        ]
        for _ in range(3):
            for end in ends:
                with contextlib.suppress(ssl.SSLWantReadError):
                    end.do_handshake()
            # The handshake has begun, and OpenSSL has taken the callback from the context before.
            server._msg_callback = lambda *arguments: seen.append(arguments[1:5])
        server._msg_callback = None
        assert ends[1].cipher() is not None

    shake()
    bare = list(seen)
    seen.clear()
    with tlsdiag.record(server):
        shake()
    assert seen == bare


def test_a_keylog_and_verify_results_stay(files, tmp_path, version):
    server, client = make_contexts(files, version, mutual=True, identity="client")
    client.keylog_filename = str(tmp_path / "keys")
    with tlsdiag.record(server, client) as rec:
        errors = over_sockets(server, client)
    assert errors == {"client": None, "server": None}
    keys = (tmp_path / "keys").read_text()
    assert "CLIENT" in keys
    for handshake in rec.handshakes:
        secret = keys.split()[-1]
        assert secret not in handshake.to_json() and secret not in str(handshake)


def test_errors_are_the_same(files, version):
    server, client = make_contexts(files, version, server="expired")
    bare = in_memory(server, client)[2]
    with tlsdiag.record(server, client):
        recorded = in_memory(server, client)[2]
    for side in ("client", "server"):
        assert repr(recorded[side]) == repr(bare[side])
        for name in ("reason", "library", "verify_code", "verify_message"):
            assert getattr(recorded[side], name, None) == getattr(bare[side], name, None)
