"""`record` on contexts of the ssl module, at both ends."""

import asyncio
import gc
import ssl
import threading

import pytest

import tlsdiag
from conftest import in_memory, make_contexts, over_sockets


def ends(recorder):
    by_role = {handshake.role: handshake for handshake in recorder.handshakes}
    return by_role["server"], by_role["client"]


def test_a_client_without_a_certificate(files, version):
    server, client = make_contexts(files, version, mutual=True)
    with tlsdiag.record(server, client) as rec:
        errors = over_sockets(server, client)
    assert errors["client"] is not None and errors["server"] is not None
    at_server, at_client = ends(rec)
    assert at_server.cause == "client_cert.missing"
    assert at_client.cause == "client_cert.missing"
    assert at_client.findings[0].alternatives == []
    assert at_client.findings[0].confidence == "certain"
    assert at_server.outcome == "failed"


def test_a_client_with_a_certificate(files, version):
    server, client = make_contexts(files, version, mutual=True, identity="client")
    with tlsdiag.record(server, client) as rec:
        errors = over_sockets(server, client)
    assert errors == {"client": None, "server": None}
    for handshake in ends(rec):
        assert handshake.cause is None, handshake
        assert handshake.outcome == "established"
        assert handshake.certificates.client[0].subject == "CN=client"


def test_while_the_connection_is_in_use(files, version):
    """A client of TLS 1.3 may still be refused, and yet it is there."""
    server, client = make_contexts(files, version)
    with tlsdiag.record(client) as rec:
        connection, _, errors = in_memory(server, client)
        assert errors == {"client": None, "server": None}
        assert [handshake.outcome for handshake in rec.handshakes] == ["established"]
    assert connection.version() == rec.handshakes[-1].version
    assert rec.handshakes[-1].outcome == "established"


def test_a_refusal_that_comes_after_the_with(files):
    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(client) as rec:
        connection, _, errors = in_memory(server, client)
    assert errors["client"] is None and errors["server"] is not None
    assert rec.handshakes[-1].outcome == "established", "as far as this client knows"
    with pytest.raises(ssl.SSLError):
        connection.read(1)
    assert rec.handshakes[-1].outcome == "refused_after_established"
    assert rec.handshakes[-1].cause == "client_cert.missing"


def test_a_handshake_that_is_never_finished(files):
    server, client = make_contexts(files)
    with tlsdiag.record(client) as rec:
        connection, _, _ = in_memory(server, client, rounds=0)
        with pytest.raises(ssl.SSLWantReadError):
            connection.do_handshake()
        assert rec.handshakes == []
        assert [handshake.client_hello.server_name for handshake in rec.pending] == ["localhost"]
    assert [handshake.outcome for handshake in rec.handshakes] == ["abandoned"]
    del connection
    assert [handshake.outcome for handshake in rec.handshakes] == ["abandoned"]


def test_off_at_the_end(files):
    server, client = make_contexts(files)
    with tlsdiag.record(server) as rec:
        pass
    over_sockets(server, client)
    assert rec.handshakes == []
    with rec:
        over_sockets(server, client)
    assert len(rec.handshakes) == 1


def test_nested_and_concurrent(files):
    server, client = make_contexts(files)
    with tlsdiag.record(server) as outer:
        over_sockets(server, client)
        with tlsdiag.record(server, client) as inner, outer:
            over_sockets(server, client)
        over_sockets(server, client)
    assert len(outer.handshakes) == 3
    assert sorted(handshake.role for handshake in inner.handshakes) == ["client", "server"]


def test_a_decorator(files):
    server, client = make_contexts(files)
    recorder = tlsdiag.record(server)

    @recorder
    def handshake(name):
        """What it does."""
        over_sockets(server, client)
        return name

    assert handshake("x") == "x"
    assert handshake.__doc__ == "What it does."
    assert len(recorder.handshakes) == 1

    @recorder
    async def later():
        await asyncio.get_running_loop().run_in_executor(None, over_sockets, server, client)
        return 5

    assert asyncio.run(later()) == 5
    assert len(recorder.handshakes) == 2


def test_a_limit_keeps_the_newest(files):
    server, client = make_contexts(files)
    with tlsdiag.record(server, limit=2) as rec:
        for _ in range(5):
            in_memory(server, client)
            rec.handshakes  # noqa: B018
    assert len(rec.handshakes) == 2
    assert rec.dropped == 3
    rec.clear()
    assert rec.handshakes == []
    with pytest.raises(ValueError, match="limit"):
        tlsdiag.record(server, limit=0)


@pytest.mark.parametrize("inline", [False, True])
def test_a_certificate_that_ends_soon(files, inline):
    class Told(tlsdiag.HandshakeRecorder):
        causes: list

        def finished(self, handshake):
            self.causes.append(handshake.cause)

    server, client = make_contexts(files)
    for days, cause in [(36_500, "warn.certificate_expires_soon"), (1, None), (0, None), (None, None)]:
        told = Told()
        told.causes = []
        with tlsdiag.record(server, client, recorder=told, inline=inline, expires_within=days) as rec:
            over_sockets(server, client)
        for handshake in ends(rec):
            assert handshake.cause == cause
            assert handshake.outcome == "established"
        assert told.causes == [cause, cause]
        assert rec.failed == [], "nothing has failed yet"
    with tlsdiag.record_all(expires_within=36_500) as everything:
        over_sockets(server, client)
    assert ends(everything)[0].cause == "warn.certificate_expires_soon"
    for wrong in (-1, 2**32):
        with pytest.raises(ValueError, match=f"expires_within is {wrong}"):
            tlsdiag.record(server, expires_within=wrong)


def test_an_exception_gets_the_verdict(files, version):
    server, client = make_contexts(files, version, server="expired")
    with pytest.raises(ssl.SSLError) as raised:
        with tlsdiag.record(client):
            raise in_memory(server, client)[2]["client"]
    if hasattr(raised.value, "__notes__"):
        assert "server_cert.expired" in raised.value.__notes__[0]


def test_threads(files):
    server, client = make_contexts(files)
    count, rounds = 8, 25
    with tlsdiag.record(server, client) as rec:
        failed = []

        def shake():
            for _ in range(rounds):
                with tlsdiag.record(client):
                    failed.extend(filter(None, in_memory(server, client)[2].values()))

        threads = [threading.Thread(target=shake) for _ in range(count)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            rec.handshakes  # noqa: B018
        for thread in threads:
            thread.join()
    assert failed == []
    assert len(rec.servers) == len(rec.clients) == count * rounds
    assert {handshake.outcome for handshake in rec.handshakes} == {"established"}


def test_contexts_collected_while_recording(files):
    server, _ = make_contexts(files)
    with tlsdiag.record_all() as rec:
        for _ in range(20):
            _, client = make_contexts(files)
            in_memory(server, client)
            del client
            gc.collect()
        assert len(rec._attached) < 15
    assert len(rec.clients) == 20


def test_what_cannot_be_recorded(files):
    server, client = make_contexts(files)
    with pytest.raises(TypeError, match="record_all"):
        tlsdiag.record()
    with pytest.raises(TypeError, match="not a builtins.str"):
        tlsdiag.record("context")
    connection, _, _ = in_memory(server, client)
    with pytest.raises(TypeError, match="its .context is one"):
        tlsdiag.record(connection)


def test_a_subclass_with_getters_of_its_own(files):
    class Odd(ssl.SSLContext):
        __hash__ = None

        @property
        def options(self):
            return 0

        def __eq__(self, other):
            return True

    client = Odd(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(files["ca"])
    server, _ = make_contexts(files)
    with tlsdiag.record(client) as rec:
        in_memory(server, client)
    assert rec.handshakes[-1].outcome == "established"
