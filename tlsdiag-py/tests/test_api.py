"""The package's own rules: what is public is documented, typed, frozen and exported."""

import ast
import enum
import inspect
import re
from pathlib import Path

import pytest

import tlsdiag
from tlsdiag import _native

ROOT = Path(tlsdiag.__file__).parent
SOURCES = Path(__file__).parents[1] / "src"
NATIVE = [value for value in vars(_native).values() if inspect.isclass(value)]


def test_the_compiled_classes_are_wrapped():
    """Every class that a user can meet has a public name, and every function has a caller in the package."""
    machinery = {"Attachment", "Inbox", "Delivery", "Pki", "Identity"}
    for value in NATIVE:
        if value.__name__ in machinery:
            assert value.__module__ == "tlsdiag._native"
        else:
            assert value.__module__ == "tlsdiag", value
            assert getattr(tlsdiag, value.__name__) is value
    package = "".join(path.read_text() for path in ROOT.glob("*.py"))
    for name, value in vars(_native).items():
        if inspect.isbuiltin(value) and name not in ("causes", "outcomes"):
            assert re.search(rf"\b(_native\.{name}|{name}(,| as _{name}))", package), f"{name} has no caller"


def test_every_class_of_the_sources_is_exported_and_frozen():
    declared = {}
    for path in SOURCES.glob("*.rs"):
        for options, name in re.findall(r"#\[pyclass\((.*?)\)\]\s(?:#\[.*\]\s)*pub\(crate\) struct (\w+)", path.read_text()):
            declared[name] = options
    assert set(declared) == {value.__name__ for value in NATIVE}
    assert all("frozen" in options for options in declared.values()), declared
    for value in NATIVE:
        with pytest.raises(TypeError):
            type("Sub", (value,), {})


def test_nothing_can_be_set(files):
    from conftest import in_memory, make_contexts

    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(server) as rec:
        in_memory(server, client)
    handshake = rec.handshakes[0]
    things = [handshake, handshake.finding, handshake.client_hello, handshake.certificates, handshake.alerts[0]]
    things += [handshake.events[0], handshake.timing, handshake.finding.evidence[0], handshake.finding.advice[0]]
    for thing in things:
        for name in [name for name in dir(thing) if not name.startswith("_")] + ["something"]:
            with pytest.raises(AttributeError):
                setattr(thing, name, None)


def test_every_public_name_is_documented():
    lacking = []
    for name in tlsdiag.__all__:
        value = getattr(tlsdiag, name)
        if not inspect.getdoc(value):
            lacking.append(name)
        if inspect.isclass(value):
            for member, what in vars(value).items():
                described = inspect.isroutine(what) or isinstance(what, property) or inspect.isgetsetdescriptor(what)
                if described and not member.startswith("_") and not inspect.getdoc(what):
                    lacking.append(f"{name}.{member}")
    assert lacking == []
    assert sorted(tlsdiag.__all__) == tlsdiag.__all__


def test_the_catalogue_is_cores():
    assert [cause.value for cause in tlsdiag.Cause] == _native.causes()
    assert [outcome.value for outcome in tlsdiag.Outcome] == _native.outcomes()
    for cause in tlsdiag.Cause:
        assert cause.meaning and cause.result_class.isupper() and cause.is_diagnosed in (True, False)
        assert cause.name == cause.value.upper().replace(".", "_")


def test_causes_are_their_strings():
    cause = tlsdiag.Cause.CLIENT_CERT_MISSING
    assert cause == "client_cert.missing" and "client_cert.missing" == cause
    assert {cause: 1}["client_cert.missing"] == 1
    assert str(cause) == f"{cause}" == "%s" % cause == "client_cert.missing"  # noqa: UP031
    assert tlsdiag.Cause("client_cert.missing") is cause
    assert cause != "client_cert.expired" and cause is not None
    assert isinstance(cause, str) and isinstance(cause, enum.Enum)
    with pytest.raises(ValueError, match="nearest is 'client_cert.missing'"):
        tlsdiag.Cause("client_cert.mising")
    with pytest.raises(ValueError):
        tlsdiag.Outcome("splendid")


def test_a_word_of_a_newer_version():
    stranger = tlsdiag.Cause._of("quantum.decoherence")
    assert stranger == "quantum.decoherence" and isinstance(stranger, tlsdiag.Cause)
    assert stranger not in list(tlsdiag.Cause)


def test_faces_hold_no_words():
    """Cause codes stand in core and in the file that is written from it."""
    codes = set(_native.causes())
    for path in ROOT.glob("*.py"):
        if path.name == "_catalogue.py":
            continue
        tree = ast.parse(path.read_text())
        documentation = {
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node not in documentation:
                assert node.value not in codes, f"{path.name}: {node.value}"


def test_assert_handshake(files):
    from conftest import in_memory, make_contexts

    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(server) as rec:
        in_memory(server, client)
        client.load_cert_chain(files["client"])
        in_memory(server, client)
    missing, fine = rec.handshakes
    tlsdiag.assert_handshake(fine)
    tlsdiag.assert_handshake(fine, version="TLSv1.3", outcome="established", alpn=None, resumed=False, role="server")
    tlsdiag.assert_handshake(missing, cause="client_cert.missing", by="local", outcome="failed")
    with pytest.raises(AssertionError, match=r"(?s)cause    expected none, got client_cert.missing.*beside the one") as raised:
        tlsdiag.assert_handshake(missing, like=fine)
    assert str(missing) in str(raised.value)
    with pytest.raises(AssertionError, match="alpn     expected h2, got none"):
        tlsdiag.assert_handshake(fine, alpn="h2")
    with pytest.raises(AssertionError, match="outcome"):
        tlsdiag.assert_handshake(missing, cause="client_cert.missing", outcome="established")
    with pytest.raises(TypeError, match="not list"):
        tlsdiag.assert_handshake(rec.handshakes)
