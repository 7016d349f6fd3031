"""`python -m tlsdiag`."""

import json
import subprocess
import sys

import pytest

import tlsdiag
from conftest import in_memory, make_contexts


def run(*arguments, given=None):
    done = subprocess.run(
        [sys.executable, "-m", "tlsdiag", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def recorded(files, tmp_path):
    server, client = make_contexts(files, mutual=True)
    with tlsdiag.record(server) as rec:
        in_memory(server, client)
        client.load_cert_chain(files["client"])
        in_memory(server, client)
    paths = tmp_path / "bad.jsonl", tmp_path / "good.jsonl"
    for path, handshake in zip(paths, rec.handshakes):
        path.write_text(handshake.to_json() + "\n")
    return (*paths, rec.handshakes)


def test_explain(recorded):
    bad, good, handshakes = recorded
    assert run("explain", good) == (0, f"{handshakes[1]}\n\n", "")
    assert run("explain", bad, good) == (1, f"{handshakes[0]}\n\n{handshakes[1]}\n\n", "")
    assert run("explain", "--format", "causes", bad, good)[1] == "client_cert.missing\nok\n"
    code, out, _ = run("explain", "--format", "json", bad)
    assert json.loads(out) == handshakes[0].to_dict()
    assert run("explain", "-", given=good.read_text())[0] == 0


def test_diff(recorded):
    bad, good, handshakes = recorded
    code, out, err = run("diff", bad, good)
    assert (code, err) == (1, "")
    assert out == f"{tlsdiag.diff(*handshakes)}\n"
    assert run("diff", good, good)[0] == 0


def test_causes():
    code, out, _ = run("causes")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [cause.value for cause in tlsdiag.Cause]
    code, out, _ = run("causes", "client_cert.missing")
    assert code == 0 and tlsdiag.Cause.CLIENT_CERT_MISSING.meaning.split()[0] in out


def test_wrong_use(recorded, tmp_path):
    bad, _, _ = recorded
    code, _, err = run("causes", "client_cert.mising")
    assert code == 2 and "the nearest is 'client_cert.missing'" in err
    code, out, err = run("explain", tmp_path / "nowhere", bad)
    assert code == 2 and "client_cert.missing" in out and err.startswith("tlsdiag: cannot read ")
    rubbish = tmp_path / "rubbish"
    rubbish.write_text(bad.read_text() + "rubbish\n")
    code, out, err = run("explain", rubbish)
    assert code == 2 and "client_cert.missing" in out and "line 2: this is not JSON" in err
    assert run("diff", bad, tmp_path / "nowhere")[0] == 2
    assert run()[0] == 2
    assert run("nonsense")[0] == 2


def test_a_reader_that_goes_away(recorded):
    bad, _, _ = recorded
    command = f"{sys.executable} -m tlsdiag explain {' '.join([str(bad)] * 50)} | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and done.stdout.startswith("client_cert.missing")
