"""A requests test with mutual TLS. Run it with `pytest test_mutual_tls.py`; it needs the package requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

import tlsdiag as td

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[td.Server]:
    with td.Server(client_auth="required") as running:
        yield running


def test_a_client_with_its_certificate(server: td.Server, tlsdiag: td.Recorder) -> None:
    answer = requests.get(server.url, verify=server.ca_file, cert=server.client_cert("alice"), timeout=10)
    assert answer.ok
    client = tlsdiag.clients[-1]
    td.assert_handshake(client, version="TLSv1.3", sni="localhost")
    shown = client.certificates.client
    assert shown is not None and shown[0].subject == "CN=alice"


@pytest.mark.tls_cause("client_cert.missing")
def test_a_client_that_forgot_it(server: td.Server) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(server.url, verify=server.ca_file, timeout=10)


def test_a_certificate_of_somebody_else(server: td.Server) -> None:
    stranger = server.client_cert("mallory", trusted=False)
    with pytest.raises(requests.exceptions.RequestException):
        requests.get(server.url, verify=server.ca_file, cert=stranger, timeout=10)
    assert server.handshakes[-1].cause == td.Cause.CLIENT_CERT_UNKNOWN_ISSUER, server.handshakes[-1]
