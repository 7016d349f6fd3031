"""Setups that fail before any handshake: `rec.setups` has them, and `rec.handshakes` never."""

import json
import ssl

import pytest

import tlsdiag
from conftest import in_memory, make_contexts


def server():
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def test_a_key_that_does_not_fit(files):
    context = server()
    with tlsdiag.record(context) as rec, pytest.raises(ssl.SSLError, match="KEY_VALUES_MISMATCH"):
        context.load_cert_chain(files["server"], files["client"])
    (setup,) = rec.setups
    assert rec.handshakes == [] and rec.failed == []
    assert setup.cause is tlsdiag.Cause.CONFIG_KEY_MISMATCH and setup.verdict == "config.key_mismatch"
    assert setup.function == "SSL_CTX_use_PrivateKey_file" and setup.file == str(files["client"])
    assert setup.finding.side == "local" and str(files["server"]) in setup.finding.summary
    assert setup.errors and setup.one_line().startswith("config.key_mismatch (setup of ")
    assert str(setup).startswith("config.key_mismatch") and "before any handshake" in str(setup)
    assert tlsdiag.Setup.from_json(setup.to_json()) == setup
    assert json.loads(setup.to_json())["schema"] == "tlsdiag.setup/1"
    with pytest.raises(tlsdiag.FormatError):
        tlsdiag.Handshake.from_json(setup.to_json())


@pytest.mark.parametrize(
    ("load", "cause"),
    [
        (lambda context, files: context.load_cert_chain("/nowhere.pem", files["server"]), "config.file"),
        (lambda context, files: context.load_cert_chain(files["server"], "/nowhere.key"), "config.file"),
        (lambda context, files: context.load_verify_locations("/nowhere.pem"), "config.file"),
        (lambda context, files: context.load_verify_locations(__file__), "config.file"),
        (lambda context, files: context.load_cert_chain(__file__), "config.file"),
        (lambda context, files: context.set_ciphers("NO-SUCH-SUITE"), "config.invalid_value"),
    ],
)
def test_what_cannot_be_loaded(files, load, cause):
    context = server()
    with tlsdiag.record_all() as rec, pytest.raises(OSError):
        load(context, files)
    assert [setup.cause for setup in rec.setups] == [cause], rec.setups


def test_what_succeeds_later_makes_up_for_it(files):
    with tlsdiag.record_all() as rec:
        context = server()
        with pytest.raises(ssl.SSLError):
            context.load_cert_chain(files["server"], files["client"])
        assert len(rec.setups) == 1
        context.load_cert_chain(files["server"], files["server"])
        assert rec.setups == []
        other = server()
        with pytest.raises(ssl.SSLError):
            other.load_cert_chain(files["server"], files["client"])
        # Of another context, which may lie where that one did.
        del other
        server().load_cert_chain(files["server"], files["server"])
        assert len(rec.setups) == 1
        rec.clear()
        assert rec.setups == []


def test_nothing_is_left_of_it(files):
    assert "load_cert_chain" not in ssl.SSLContext.__dict__
    with tlsdiag.record_all():
        assert "load_cert_chain" in ssl.SSLContext.__dict__
    assert "load_cert_chain" not in ssl.SSLContext.__dict__
    with tlsdiag.record(*make_contexts(files)) as rec:
        in_memory(*make_contexts(files))
    assert rec.setups == []


def test_files_hold_both(files, tmp_path):
    context = server()
    with tlsdiag.record_all() as rec:
        with pytest.raises(ssl.SSLError):
            context.load_cert_chain(files["server"], files["client"])
        in_memory(*make_contexts(files))
    path = tmp_path / "both.jsonl"
    lines = [rec.setups[0].to_json(), *[handshake.to_json() for handshake in rec.handshakes]]
    path.write_text("\n".join(lines) + "\n")
    read = tlsdiag.read_jsonl(path)
    assert read.setups == rec.setups and len(read) == len(rec.handshakes) == 2
    assert str(read).startswith("config.key_mismatch")
    path.write_text(lines[0] + "\n")
    assert tlsdiag.explain(path) == [] and len(tlsdiag.explain(path).setups) == 1
