"""Handshakes of one client, judged together."""

import socket
import ssl
import threading

import tlsdiag
from conftest import make_contexts


def leave_at_request(address, context):
    """Reads what the server says and asks for, and closes the connection without a word."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(address, timeout=20) as connection:
        said_hello = False
        while True:
            try:
                client.do_handshake()
            except ssl.SSLWantReadError:
                pass
            if said_hello and outgoing.pending:
                # That would be its Certificate.
                return
            connection.sendall(outgoing.read())
            said_hello = True
            incoming.write(connection.recv(16384))


def serve(listener, context, count, errors):
    for _ in range(count):
        connection, _ = listener.accept()
        connection.settimeout(20)
        try:
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(tls.recv(1))
        except OSError as error:
            errors.append(error)
            connection.close()


def visits(server, first, second):
    """A client that leaves at CertificateRequest, and one that comes with a certificate."""
    errors = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener, server, 2, errors))
        thread.start()
        leave_at_request(listener.getsockname(), first)
        with socket.create_connection(listener.getsockname(), timeout=20) as connection:
            with second.wrap_socket(connection, server_hostname="localhost") as tls:
                tls.sendall(b"x")
                tls.recv(1)
        thread.join()
    return errors


def test_a_client_that_asks_its_user_is_no_failure(files, version, tmp_path):
    server, client = make_contexts(files, version, mutual=True, identity="client")
    _, asking = make_contexts(files, version, mutual=True)
    with tlsdiag.record(server) as rec:
        errors = visits(server, asking, client)
    assert len(errors) == 1, "its application is told of the end"
    left, came_back = rec.handshakes
    assert (left.verdict, left.outcome, left.cause) == ("note.client_asks_user", "abandoned", None), left
    assert left.findings == [] and left.finding is None
    assert [note.severity for note in left.notes] == ["note"]
    assert "sigalg.signer_refused" in [other.cause for other in left.notes[0].alternatives]
    assert rec.failed == []
    assert left.client is not None and left.client == came_back.client
    (told,) = came_back.earlier
    assert (told.id, told.cause, told.became) == (left.id, "sigalg.signer_refused", "withdrawn")
    assert came_back.cause is None and came_back.notes == []

    path = tmp_path / "both.jsonl"
    path.write_text("".join(handshake.to_json() + "\n" for handshake in rec.handshakes))
    again, _ = tlsdiag.explain(path)
    assert again.verdict == "note.client_asks_user" and again.notes[0].alternatives == []


def test_a_recorder_of_its_own_is_told_the_same(files, version):
    class Told(tlsdiag.HandshakeRecorder):
        def __init__(self):
            self.handshakes = []

        def finished(self, handshake):
            self.handshakes.append(handshake)

    server, client = make_contexts(files, version, mutual=True, identity="client")
    _, asking = make_contexts(files, version, mutual=True)
    for inline in (False, True):
        told = Told()
        with tlsdiag.record(server, recorder=told, inline=inline):
            visits(server, asking, client)
        left, came_back = told.handshakes
        assert left.verdict == "note.client_asks_user"
        assert [earlier.id for earlier in came_back.earlier] == [left.id]
