"""Text that came from outside acts nowhere: not in `repr`, not in `str`, not in HTML, not in errors, not on the terminal."""

import array
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tlsdiag
from tlsdiag import _native

SCHEMA = json.loads((Path(__file__).parents[2] / "schema/handshake-1.json").read_text())
SETUP_SCHEMA = json.loads((Path(__file__).parents[2] / "schema/setup-1.json").read_text())
SCHEMA["$defs"].update(SETUP_SCHEMA["$defs"])
SOURCES = Path(__file__).parents[1] / "src"
HOSTILE = (
    "x\x1b[2J\r\nFORGED\0\x9b2J\x85\x7f\u061c\u200e\u202e\u2066\u2028\u2029\u200b\u2060\ufeff\U000e0041<b>&\""
)
ACTS = re.compile(
    "[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)


def filled(schema, steering):
    """A value of everything that the schema has, with a hostile text in each place, but for those that steer."""
    if schema is True or not schema.keys() & {"$ref", "anyOf", "type"}:
        return {HOSTILE: [HOSTILE]}
    if "$ref" in schema:
        return filled(SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], steering)
    if "anyOf" in schema:
        return filled(schema["anyOf"][0], steering)
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    if kind == "object":
        return {name: steering.get(name) or filled(part, steering) for name, part in schema["properties"].items()}
    if kind == "array":
        return [filled(schema["items"], steering)]
    return {"string": HOSTILE, "integer": 1, "boolean": True}[kind]


def handshake(**steering):
    record = filled(SCHEMA, {"schema": "tlsdiag.handshake/1", **steering})
    return tlsdiag.Handshake.from_json(json.dumps(record))


def setup():
    return tlsdiag.Setup.from_json(json.dumps(filled(SETUP_SCHEMA, {"schema": "tlsdiag.setup/1"})))


def assert_inert(text, *, lines=False):
    acting = ACTS.findall(text.replace("\n", "") if lines else text)
    assert acting == [], text
    assert not any(line.startswith("FORGED") for line in text.splitlines()), text


def things(value, seen):
    """Everything that a value gives by attribute, whatever its class."""
    if isinstance(value, (list, tuple)):
        for one in value:
            things(one, seen)
    elif type(value).__module__.partition(".")[0] == "tlsdiag" and not any(value is one for one in seen):
        seen.append(value)
        for name, what in inspect.getmembers(type(value)):
            if not name.startswith("_") and (isinstance(what, property) or inspect.isgetsetdescriptor(what)):
                things(getattr(value, name), seen)
    return seen


# Made by other means than reading: by recording, and of nothing that came from outside.
NOT_READ = {"LiveEvent", "Attachment", "Delivery", "Inbox", "Pki", "Identity"}


def test_repr_and_str_of_every_class():
    seen = []
    for kind, name in (("message", HOSTILE), ("alert", f"{HOSTILE} {HOSTILE}")):
        server, client = handshake(role="server", kind=kind), handshake(role="client", kind=kind)
        record = server.to_dict()
        record["events"][0]["name"] = name
        record["offer"]["alpn"] = [HOSTILE, name + "2"]
        server = tlsdiag.Handshake.from_json(json.dumps(record))
        things([server, client, tlsdiag.diff(server, client), tlsdiag.join(server, client), setup()], seen)
    assert server.sni == server.client_hello.server_name == server.cause == HOSTILE, "attributes have it as it was said"
    pages = tlsdiag.Handshake, tlsdiag.Difference, tlsdiag.Joined, tlsdiag.Setup
    for thing in seen:
        assert_inert(repr(thing))
        assert_inert(str(thing), lines=isinstance(thing, pages))
        assert_inert(f"{thing}", lines=isinstance(thing, pages))
    assert r"\u{202e}" in repr(server.client_hello) and r"\u{202e}" in str(server) and r"\u{202e}" in str(server.cause)
    assert_inert(repr(tlsdiag.Handshakes([server])))
    classes = {value.__name__ for value in vars(_native).values() if inspect.isclass(value)}
    assert classes - NOT_READ == {type(thing).__name__ for thing in seen} & classes, "each class has been looked at"


def test_no_class_shows_text_by_itself():
    shows = re.compile(r"fn (__repr__|__str__|__format__|_repr_html_|report|one_line)\b[^{]*\{")
    found = [line for path in SOURCES.glob("*.rs") for line in shows.finditer(path.read_text())]
    assert len(found) > 25
    for line in found:
        assert re.search(r"-> (PyResult<Inert>|Inert) \{", line.group(0)), line.group(0)


def test_pages_lines_json_and_html():
    for outcome in ("failed", "established", HOSTILE):
        told = handshake(outcome=outcome, role="server")
        assert_inert(told.one_line())
        assert_inert(re.sub(r"\x1b\[(0|1|1;3[123])m", "", told.report(color=True)), lines=True)
        assert_inert(told.to_json())
        assert json.loads(told.to_json()) == told.to_dict()
        assert told.to_dict()["tls"]["client"]["server_name"] == HOSTILE
        html = told._repr_html_()
        assert_inert(html, lines=True)
        assert "<b>" not in html and "&lt;b&gt;" in html


def test_errors(tmp_path):
    quoted = json.dumps({"schema": HOSTILE})
    with pytest.raises(tlsdiag.FormatError) as raised:
        tlsdiag.Handshake.from_json(quoted)
    assert_inert(str(raised.value))
    path = tmp_path / HOSTILE.replace("\0", "").replace("/", "")
    path.write_text(quoted)
    with pytest.raises(tlsdiag.FormatError, match="this version reads") as raised:
        tlsdiag.explain(path)
    assert_inert(str(raised.value))
    assert_inert(repr(raised.value))
    with pytest.raises(AssertionError) as failed:
        tlsdiag.assert_handshake(handshake(role="server"), alpn="h2", sni=HOSTILE + "!")
    assert_inert(str(failed.value), lines=True)
    with pytest.raises(ValueError) as wrong:
        tlsdiag.Cause(HOSTILE)
    assert_inert(str(wrong.value))


def client_hello(name, protocol):
    def sized(length, data):
        return len(data).to_bytes(length, "big") + data

    def extension(kind, body):
        return kind.to_bytes(2, "big") + sized(2, body)

    extensions = extension(0, sized(2, b"\0" + sized(2, name))) + extension(16, sized(2, sized(1, protocol)))
    body = b"\3\3" + bytes(32) + b"\0" + sized(2, b"\x13\1") + b"\1\0" + sized(2, extensions)
    return b"\1" + sized(3, body)


def test_a_client_hello_from_the_wire():
    hello = tlsdiag.decode_client_hello(client_hello(HOSTILE.encode(), HOSTILE.encode()))
    assert hello.server_name == HOSTILE
    assert_inert(repr(hello))
    assert_inert(str(hello))
    assert r"\u{1b}[2J\r\nFORGED" in repr(hello) and r"\u{202e}" in repr(hello)


@pytest.mark.parametrize("wrong", [5, 0, True, None, "text", [1, 2], range(3), 1.5, object(), array.array("B", b"\1")])
def test_bytes_are_bytes(wrong):
    with pytest.raises(TypeError, match="bytes"):
        tlsdiag.decode_client_hello(wrong)
    for function in (_native.decode_client_hello, _native.read_records):
        with pytest.raises(TypeError):
            function(wrong)
    if not isinstance(wrong, (str, int)):
        with pytest.raises(TypeError):
            tlsdiag.explain(wrong)


def test_every_kind_of_bytes_is_read():
    data = client_hello(b"localhost", b"h2")
    for same in (data, bytearray(data), memoryview(data), memoryview(data + data)[: len(data)]):
        assert tlsdiag.decode_client_hello(same).server_name == "localhost"


def test_what_the_command_prints(tmp_path):
    path = tmp_path / "crafted\x1b[2J\u202e.jsonl"
    both = [handshake(role="server").to_dict(), handshake(role="client").to_dict()]
    path.write_text("".join(json.dumps(record) + "\n" for record in both) + json.dumps({"schema": HOSTILE}) + "\n")
    for arguments in (
        ["explain", path],
        ["explain", "--format", "json", path],
        ["explain", "--format", "causes", path],
        ["explain", tmp_path / "none\x1b[2J\u202e"],
        ["diff", path, path],
        ["causes", "\x1b[2J\u202e"],
        ["explain", "--format", "\x1b[2J\u202e", path],
        ["explain", path, "--\x1b[2J\u202e"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "tlsdiag", *map(str, arguments)],
            capture_output=True,
            env={"PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"},
            timeout=60,
        )
        for said in (done.stdout, done.stderr):
            assert_inert(said.decode(), lines=True)
        assert b"202e" in done.stdout + done.stderr, arguments
