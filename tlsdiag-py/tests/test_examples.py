"""The examples run and say what they promise."""

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(*command):
    done = subprocess.run([sys.executable, *command], cwd=EXAMPLES, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_mutual_tls():
    assert "3 passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mutual_tls.py")


def test_asyncio_server():
    lines = run("asyncio_server.py").splitlines()
    assert [line.split()[0] for line in lines] == ["ok", "client_cert.missing", "client_cert.expired"], lines


def test_flask_app():
    out = run("flask_app.py", "--once")
    assert out.startswith("ok  established") and "client certificate CN=client" in out
