"""Handshakes from files: the recorded cases, JSON lines, bytes."""

import json
from pathlib import Path

import pytest

import tlsdiag
from conftest import in_memory, make_contexts

TESTDATA = Path(__file__).parents[2] / "testdata"
CASES = sorted(path.parent for path in (TESTDATA / "cases").glob("*/*/events.jsonl"))


def unlike(at, expected, found):
    """Where what was found lacks something of what is expected; fields may be added."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [line for key in expected for line in unlike(f"{at}.{key}", expected[key], found.get(key))]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [line for n, pair in enumerate(zip(expected, found)) for line in unlike(f"{at}[{n}]", *pair)]
    return [] if expected == found else [f"{at}: expected {expected}, found {found}"]


def test_the_recorded_cases_say_what_they_say_in_rust():
    assert len(CASES) > 150
    wrong = []
    for case in CASES:
        expected = json.loads((case / "expected.json").read_text())
        handshakes = tlsdiag.explain(case / "events.jsonl")
        wrong += unlike(case.name, expected["records"], [handshake.to_dict() for handshake in handshakes])
        truth = expected["truth"]
        last = handshakes[-1]
        if truth is None:
            assert last.cause is None, case
        else:
            first = [*last.findings, *last.notes][0]
            assert truth in (first.cause, *(other.cause for other in first.alternatives)), case
    assert wrong == []


@pytest.fixture
def handshakes(files):
    server, client = make_contexts(files)
    with tlsdiag.record(server, client) as rec:
        in_memory(server, client)
    return rec.handshakes


def test_json_lines(handshakes, tmp_path):
    path = tmp_path / "handshakes.jsonl"
    path.write_text("".join(handshake.to_json() + "\n" for handshake in handshakes))
    assert tlsdiag.read_jsonl(path) == handshakes
    assert tlsdiag.read_jsonl(str(path)) == handshakes
    assert tlsdiag.explain(path) == handshakes == tlsdiag.explain(path.read_bytes())
    assert str(tlsdiag.explain(path)) == "\n\n".join(map(str, handshakes))
    (tmp_path / "empty").touch()
    assert tlsdiag.read_jsonl(tmp_path / "empty") == []


def test_bad_lines(handshakes, tmp_path):
    path = tmp_path / "handshakes.jsonl"
    good = handshakes[0].to_json()
    path.write_bytes(f"{good}\nrubbish\n{good[:100]}\n".encode() + b"\xff\xfe\n")
    with pytest.raises(tlsdiag.FormatError, match=r"line 2: .*and 2 more lines") as raised:
        tlsdiag.read_jsonl(path)
    assert raised.value.handshakes == handshakes[:1]
    assert [number for number, _ in raised.value.problems] == [2, 3, 4]
    assert isinstance(raised.value, ValueError)
    with pytest.raises(tlsdiag.FormatError, match="no handshake in it"):
        tlsdiag.explain(b"")
    with pytest.raises(FileNotFoundError):
        tlsdiag.explain(tmp_path / "nowhere")
    with pytest.raises(tlsdiag.FormatError, match="schema"):
        tlsdiag.Handshake.from_json("{}")


def test_client_hellos():
    for path in sorted((TESTDATA / "wire").glob("hello_*.hex")):
        data = bytes.fromhex("".join(line for line in path.read_text().split("\n") if not line.startswith("#")))
        hello = tlsdiag.decode_client_hello(data)
        assert hello.cipher_suites and hello.extensions and hello.ja4, path
        start = 5 if data[0] == 22 else 0
        assert tlsdiag.decode_client_hello(memoryview(data)[start:]) == hello or start == 0


@pytest.mark.parametrize(
    "data", [b"", b"GET / HTTP/1.1\r\n", b"\x01\x00\x00\x05\x03", b"\x16\x03\x01\x00\x05\x01", b"\x02\x00\x00\x00"]
)
def test_what_is_no_client_hello(data):
    with pytest.raises(tlsdiag.FormatError, match="no ClientHello"):
        tlsdiag.decode_client_hello(data)


def test_diff_and_join(files):
    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(server, client) as rec:
        in_memory(server, client)
        client.load_cert_chain(files["client"])
        in_memory(server, client)
    missing, fine = rec.servers
    difference = tlsdiag.diff(missing, fine)
    assert "client_cert.missing" in str(difference)
    assert any(row.explains for row in difference.differences)
    assert "client_cert.missing" in difference.explanation
    assert tlsdiag.diff(fine, fine).explanation is None
    joined = tlsdiag.join(rec.servers[0], rec.clients[0])
    assert joined.finding.cause == "client_cert.missing" and joined.relation
    assert tlsdiag.join(rec.servers[0], rec.clients[1]) is None
