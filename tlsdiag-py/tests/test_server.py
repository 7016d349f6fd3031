"""The server for tests."""

import contextlib
import os
import socket
import ssl
import stat
import urllib.error
import urllib.request

import pytest

import tlsdiag


def get(server, context, path=""):
    with urllib.request.urlopen(server.url + path, context=context, timeout=20) as answer:
        return answer.read().decode()


def test_it_tells_the_client_its_handshake():
    with tlsdiag.Server() as server:
        assert server.url == f"https://localhost:{server.port}/"
        text = get(server, server.client_context())
        assert text.startswith("ok  established")
        handshake = tlsdiag.Handshake.from_json(get(server, server.client_context(), "hello.json"))
        assert handshake.role == "server"
        assert [one.outcome for one in server.handshakes] == ["established"] * 2
        assert handshake == server.handshakes[-1]
        folder = os.path.dirname(server.ca_file)
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(os.path.join(folder, "server.key")).st_mode) == 0o600
    assert not os.path.exists(folder)
    assert len(server.handshakes) == 2, "to be read afterwards, too"
    with pytest.raises(RuntimeError, match="not running"):
        server.port


def test_client_certificates():
    with tlsdiag.Server(client_auth="required") as server:
        get(server, server.client_context(server.client_cert()))
        for cert in (
            None,
            server.client_cert(trusted=False),
            server.client_cert(certificate="expired"),
            server.client_cert(certificate="self_signed"),
        ):
            with pytest.raises((urllib.error.URLError, ssl.SSLError, OSError)):
                get(server, server.client_context(cert))
        assert [handshake.cause for handshake in server.handshakes] == [
            None,
            "client_cert.missing",
            "client_cert.unknown_issuer",
            "client_cert.expired",
            "client_cert.self_signed",
        ]
        assert stat.S_IMODE(os.stat(server.client_cert().keyfile).st_mode) == 0o600
    with tlsdiag.Server(client_auth="optional") as server:
        get(server, server.client_context())
        assert server.handshakes[-1].outcome == "established_unverified"


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"certificate": "expired"}, "server_cert.expired"),
        ({"certificate": "not_yet_valid"}, "server_cert.not_yet_valid"),
        ({"certificate": "self_signed"}, "server_cert.self_signed"),
        ({"hostname": "other.example"}, "server_cert.hostname_mismatch"),
    ],
)
def test_bad_certificates(options, cause):
    with tlsdiag.Server(**options) as server, tlsdiag.record_all() as rec:
        context = server.client_context()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            with pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_hostname="localhost")
        assert rec.clients[-1].cause == cause
        assert len(server.handshakes) == 1


def test_wrong_use():
    with pytest.raises(ValueError, match="'maybe'; it can be none, optional, required"):
        tlsdiag.Server(client_auth="maybe")
    with pytest.raises(ValueError, match="certificate"):
        tlsdiag.Server(certificate="fine")
    with tlsdiag.Server() as server:
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{server.port}"):
            tlsdiag.Server(port=server.port).__enter__()
        with pytest.raises(RuntimeError, match="already"):
            server.__enter__()
    with server:
        get(server, server.client_context())


def test_a_context_of_ones_own(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["server"])
    client = ssl.create_default_context(cafile=files["ca"])
    with tlsdiag.Server(context=context) as server:
        assert server.context is context
        get(server, client)
        assert server.handshakes[-1].outcome == "established"


def test_a_client_that_is_slow_or_says_nothing():
    with tlsdiag.Server() as server:
        with socket.create_connection(("127.0.0.1", server.port)):
            pass
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                connection.recv(100)
        causes = [handshake.cause for handshake in server.handshakes]
        assert causes[-1] == "not_tls.plain_http"
