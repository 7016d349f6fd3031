"""What a handshake says of itself."""

import copy
import datetime
import json
import pickle
import ssl
from pathlib import Path

import jsonschema
import pytest

import tlsdiag
from conftest import in_memory, make_contexts, over_sockets

SCHEMA = Path(__file__).parents[2] / "schema/handshake-1.json"


# Of OpenSSL's own choice; from 3.5 on it is a hybrid one, where the version has it.
HYBRID = ("X25519MLKEM768", 0x11EC)
X25519 = ("x25519", 0x1D)


def group_of(version):
    return HYBRID if ssl.OPENSSL_VERSION_INFO >= (3, 5) and version is ssl.TLSVersion.TLSv1_3 else X25519


@pytest.fixture
def both(files, version):
    server, client = make_contexts(files, version, mutual=True, identity="client")
    server.set_alpn_protocols(["h2", "http/1.1"])
    client.set_alpn_protocols(["http/1.1"])
    with tlsdiag.record(server, client) as rec:
        over_sockets(server, client)
    return rec


def test_its_facts(both, version):
    (at_client,), (at_server,) = both.clients, both.servers
    for handshake in both.handshakes:
        assert handshake.version == version.name.replace("v1_", "v1.")
        assert handshake.cipher.startswith("TLS_")
        assert handshake.group == group_of(version)[0]
        assert handshake.alpn == "http/1.1"
        assert handshake.sni == "localhost"
        assert handshake.resumed is False
        assert handshake.peer[0] == "127.0.0.1"
        assert handshake.established and handshake.verdict == "ok" and handshake.result == "SUCCESS"
        assert handshake.by is None and handshake.stage is None and handshake.finding is None
        assert handshake.library.startswith("OpenSSL")
        assert handshake.missed_events == 0
        assert handshake.signature_schemes.server == "ecdsa_secp256r1_sha256"
        assert handshake.signature_schemes.client == "ecdsa_secp256r1_sha256"
        assert "rsa_pss_rsae_sha256" in handshake.signature_schemes.offered
        assert "ecdsa_secp256r1_sha256" in handshake.signature_schemes.requested
        assert handshake.certificate_request.authorities == []
        assert handshake.server_hello.cipher_suite == handshake.cipher
        assert abs(datetime.datetime.now(datetime.timezone.utc) - handshake.time) < datetime.timedelta(minutes=5)
        assert handshake.timing.duration == handshake.duration > datetime.timedelta(0)
        assert handshake.timing.start == handshake.time
        assert handshake.timing.messages[0][1] == "client_hello"
    assert at_client.peer[1] != at_server.peer[1]
    assert at_client.client_hello.random == at_server.client_hello.random
    assert at_server.local.verify == ["peer", "fail_if_no_peer_cert"]
    assert at_server.local.certificates[0].subject == "CN=server"
    assert at_client.local.expected_name == "localhost"


def test_its_hello(both, version):
    hello = both.clients[0].client_hello
    assert len(hello.random) == 32 and hello.server_name == "localhost" and hello.alpn == ["http/1.1"]
    group = hello.groups[0]
    name, code = group_of(version)
    assert (group.name, group.code, int(group), str(group)) == (name, code, code, name)
    assert group == name and group in {name} and group != "secp256r1"
    assert "x25519" in hello.groups and "secp256r1" in hello.groups
    names = [extension.name for extension in hello.extensions]
    assert {"server_name", "supported_groups", "signature_algorithms"} <= set(names)
    assert hello.to_dict()["server_name"] == "localhost"
    raw = both.clients[0].message_bytes(hello.event)
    assert raw[0] == 1 and tlsdiag.decode_client_hello(raw) == hello


def test_its_certificates(both):
    certificates = both.clients[0].certificates
    leaf = certificates.server[0]
    assert (leaf.subject, leaf.issuer, leaf.ca, leaf.malformed) == ("CN=server", "CN=test CA", False, None)
    assert leaf.key == "EC secp256r1" and "serverAuth" in leaf.extended_key_usage
    assert leaf.not_before < datetime.datetime.now(datetime.timezone.utc) < leaf.not_after
    assert leaf.der[0] == 0x30
    again = tlsdiag.Handshake.from_json(both.clients[0].to_json()).certificates.server[0]
    assert again == leaf and again.der is None


def test_its_record(both):
    schema = json.loads(SCHEMA.read_text())
    for handshake in both.handshakes:
        record = json.loads(handshake.to_json())
        jsonschema.validate(record, schema)
        assert record == handshake.to_dict()
        assert "\n" not in handshake.to_json()
        again = tlsdiag.Handshake.from_json(handshake.to_json())
        assert again == handshake and hash(again) == hash(handshake)
        assert pickle.loads(pickle.dumps(handshake)) == handshake
        assert copy.deepcopy(handshake) == handshake
        assert str(again) == str(handshake)
    assert both.clients[0] != both.servers[0]


def test_its_words(files):
    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(server) as rec:
        over_sockets(server, client)
    handshake = rec.handshakes[0]
    assert str(handshake).startswith("client_cert.missing  (likely)")
    assert "How we know" in str(handshake) and "What to do" in str(handshake)
    assert repr(handshake).startswith("<Handshake client_cert.missing (server") and "\n" not in repr(handshake)
    assert len(handshake.report(width=60).splitlines()) > len(handshake.report(width=120).splitlines())
    assert "\x1b[" in handshake.report(color=True) and "\x1b[" not in str(handshake)
    finding = handshake.finding
    assert finding == handshake.findings[0]
    assert (finding.confidence, finding.severity, finding.side) == ("likely", "error", "client")
    assert finding.summary and finding.explanation and finding.evidence and finding.advice
    assert str(finding).startswith("client_cert.missing (likely): ")
    assert any(advice.stack == "python" for advice in finding.advice), "we are in Python here"
    alert = handshake.alerts[0]
    assert (alert.direction, alert.level, alert.description, alert.code) == (
        "sent",
        "fatal",
        "certificate_required",
        116,
    )
    assert handshake.by == "local" and handshake.stage


def test_html_is_escaped(files):
    server, client = make_contexts(files)
    client.check_hostname = False
    with tlsdiag.record(client) as rec:
        in_memory(server, client)
    record = rec.handshakes[0].to_dict()
    record["tls"]["client"]["server_name"] = "<script>alert('x')</script>&"
    html = tlsdiag.Handshake.from_json(json.dumps(record))._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html and "&#x27;x&#x27;" in html and "&amp;" in html
    assert html.startswith("<pre")


def test_resumption(files, version):
    server, client = make_contexts(files, version)
    first, at_server, _ = in_memory(server, client)
    at_server.write(b"x")
    first._sslobj  # noqa: B018
    session = None
    with tlsdiag.record(server, client) as rec:

        def shake(session):
            to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
            c = client.wrap_bio(to_client, to_server, server_hostname="localhost", session=session)
            s = server.wrap_bio(to_server, to_client, server_side=True)
            for _ in range(6):
                for end in (c, s):
                    try:
                        end.do_handshake()
                    except ssl.SSLWantReadError:
                        pass
            s.write(b"x")
            c.read(1)
            return c.session

        session = shake(None)
        shake(session)
    assert [handshake.resumed for handshake in rec.clients] == [False, True]
    assert [handshake.resumed for handshake in rec.servers] == [False, True]
    assert all(handshake.cause is None for handshake in rec.handshakes)
