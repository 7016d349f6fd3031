"""Clients that make contexts of their own, each with a server certificate that does not do."""

import asyncio
import email.message
import smtplib
import socket
import ssl
import threading
import urllib.error
import urllib.request

import aiohttp
import httpx
import pytest
import requests

import tlsdiag


@pytest.fixture(params=["unknown", "expired"])
def bad(request):
    """A server, what a client trusts, and what is wrong with it."""
    if request.param == "unknown":
        with tlsdiag.Server() as server:
            yield server, None, "server_cert.unknown_issuer"
    else:
        with tlsdiag.Server(certificate="expired") as server:
            yield server, server.ca_file, "server_cert.expired"


def check(recorder, cause):
    client = recorder.clients[-1]
    # A server that sends its leaf alone may lack an intermediate or its CA may not be trusted.
    alternatives = [other.cause for other in client.findings[0].alternatives] if client.findings else []
    assert cause == client.cause or cause in alternatives, client
    assert client.outcome == "failed" and client.sni == "localhost"


def test_urllib(bad):
    server, ca_file, cause = bad
    with tlsdiag.record_all() as rec:
        context = ssl.create_default_context(cafile=ca_file)
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(server.url, context=context)
    check(rec, cause)


def test_requests(bad):
    server, ca_file, cause = bad
    with tlsdiag.record_all() as rec, pytest.raises(requests.exceptions.SSLError):
        requests.get(server.url, verify=ca_file or True)
    check(rec, cause)


def test_httpx(bad):
    server, ca_file, cause = bad
    with tlsdiag.record_all() as rec, pytest.raises(httpx.ConnectError):
        verify = ssl.create_default_context(cafile=ca_file) if ca_file else True
        httpx.get(server.url, verify=verify)
    check(rec, cause)


def test_aiohttp(bad):
    server, ca_file, cause = bad

    async def get():
        context = ssl.create_default_context(cafile=ca_file)
        async with aiohttp.ClientSession() as session, session.get(server.url, ssl=context):
            pass

    with tlsdiag.record_all() as rec, pytest.raises(aiohttp.ClientConnectorCertificateError):
        asyncio.run(get())
    check(rec, cause)


def test_aiohttp_with_the_context_of_its_own():
    async def get(url):
        async with aiohttp.ClientSession() as session, session.get(url):
            pass

    with tlsdiag.Server() as server, tlsdiag.record_all() as rec:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            asyncio.run(get(server.url))
    assert rec.clients[-1].outcome == "failed"


def test_asyncio(bad):
    server, ca_file, cause = bad

    async def connect():
        context = ssl.create_default_context(cafile=ca_file)
        await asyncio.open_connection("localhost", server.port, ssl=context)

    with tlsdiag.record_all() as rec, pytest.raises(ssl.SSLCertVerificationError):
        asyncio.run(connect())
    check(rec, cause)


def test_smtplib_over_tls(bad):
    server, ca_file, cause = bad
    with tlsdiag.record_all() as rec, pytest.raises(ssl.SSLError):
        smtplib.SMTP_SSL("localhost", server.port, context=ssl.create_default_context(cafile=ca_file))
    check(rec, cause)


def test_smtplib_with_starttls(files):
    """A mail server that begins in the clear."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files["expired"])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(20)
            connection.sendall(b"220 localhost ESMTP\r\n")
            for answer in (b"250-localhost\r\n250 STARTTLS\r\n", b"220 go ahead\r\n"):
                connection.recv(1000)
                connection.sendall(answer)
            with pytest.raises(ssl.SSLError):
                server.wrap_socket(connection, server_side=True)

    thread = threading.Thread(target=serve)
    thread.start()
    message = email.message.EmailMessage()
    message.set_content("x")
    with tlsdiag.record_all() as rec:
        with smtplib.SMTP("localhost", listener.getsockname()[1], timeout=20) as smtp:
            with pytest.raises(ssl.SSLError):
                smtp.starttls(context=ssl.create_default_context(cafile=files["ca"]))
            smtp.close()
    thread.join()
    listener.close()
    check(rec, "server_cert.expired")
    assert rec.servers[-1].outcome == "failed"


def test_healthy():
    with tlsdiag.Server(client_auth="required") as server:
        cert = server.client_cert()
        with tlsdiag.record_all() as rec:
            assert requests.get(server.url, verify=server.ca_file, cert=cert).ok
            assert httpx.get(server.url, verify=server.client_context(cert)).is_success
        assert [handshake.cause for handshake in rec.clients] == [None, None], rec.handshakes
        assert [handshake.outcome for handshake in server.handshakes] == ["established"] * 2
        with tlsdiag.record_all() as rec, pytest.raises(requests.exceptions.RequestException):
            requests.get(server.url, verify=server.ca_file)
        assert rec.clients[-1].cause == "client_cert.missing"


def test_pyopenssl_is_refused_with_the_reason():
    context = pytest.importorskip("OpenSSL.SSL").Context(pytest.importorskip("OpenSSL.SSL").TLS_METHOD)
    with pytest.raises(tlsdiag.UnsupportedLibrary, match="statically into the package cryptography"):
        tlsdiag.record(context)
