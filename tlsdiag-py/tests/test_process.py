"""Forks, memory and shutdown, each in a process of its own."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

HERE = Path(__file__).parent

PREPARE = """
import os, ssl, sys, threading, tempfile, pathlib
sys.path.insert(0, {here!r})
import tlsdiag
from tlsdiag import _native
from conftest import in_memory, make_contexts, over_sockets
folder = pathlib.Path(tempfile.mkdtemp())
pki = _native.Pki("test CA")
files = {{"ca": folder / "ca.pem", "server": folder / "server.pem"}}
files["ca"].write_text(pki.certificate)
one = pki.issue("server", ["localhost"], server=True, client=False, begins=-1, ends=9, self_signed=False)
files["server"].write_text(one.certificate + one.key)
server, client = make_contexts(files)
"""


def run(source, timeout=240):
    program = PREPARE.format(here=str(HERE)) + textwrap.dedent(source)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_fork_while_threads_shake_hands():
    """No lock of ours is taken in the child, whatever the parent's threads were doing.

    It does not use OpenSSL there: a lock of OpenSSL's own may be taken, with and without us.
    """
    out = run("""
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        stop = False
        with tlsdiag.record(server, client, limit=20) as rec:
            def shake():
                while not stop:
                    in_memory(server, client)
            threads = [threading.Thread(target=shake) for _ in range(3)]
            for thread in threads:
                thread.start()
            for _ in range(60):
                child = os.fork()
                if child == 0:
                    told = rec.handshakes, rec.pending, rec.dropped
                    rec.clear()
                    os._exit(0 if told and rec.handshakes == [] else 3)
                _, status = os.waitpid(child, 0)
                assert status == 0, status
            stop = True
            for thread in threads:
                thread.join()
        assert {h.outcome for h in rec.handshakes} == {"established"}
        print("fine")
    """)
    assert out == "fine\n"


def test_a_child_records_for_itself():
    out = run("""
        with tlsdiag.record(server) as rec:
            in_memory(server, client)
            child = os.fork()
            in_memory(server, client)
            in_memory(server, client)
            if child == 0:
                os._exit(0 if len(rec.handshakes) == 3 else 3)
            assert os.waitpid(child, 0)[1] == 0
        assert len(rec.handshakes) == 3
        print("fine")
    """)
    assert out == "fine\n"


def test_a_recorder_in_python_and_a_fork():
    out = run("""
        class Notes(tlsdiag.HandshakeRecorder):
            def __init__(self):
                self.seen = []
            def finished(self, handshake):
                self.seen.append(handshake.role)
        notes = Notes()
        with tlsdiag.record(server, recorder=notes):
            child = os.fork()
            in_memory(server, client)
        assert notes.seen == ["server"], notes.seen
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        print("fine")
    """)
    assert out == "fine\n"


def test_memory_stays():
    """Handshakes in a loop, recorded in all the ways there are."""
    count = int(os.environ.get("TLSDIAG_HANDSHAKES", "1500"))
    out = run(
        f"""
        import gc
        def resident():
            gc.collect()
            with open("/proc/self/statm") as f:
                return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
        class Quiet(tlsdiag.HandshakeRecorder):
            def record(self, event):
                pass
        count = {count}
        quiet = Quiet()
        def some(count):
            with tlsdiag.record(server, client, limit=50) as rec:
                for number in range(count):
                    in_memory(server, client)
                    if number % 100 == 0:
                        rec.handshakes
                        with tlsdiag.record(client, recorder=quiet), tlsdiag.record_all(limit=1) as every:
                            in_memory(server, client)
                            str(every.handshakes[0])
        some(count // 3)
        before = resident()
        some(count)
        after = resident()
        print(before, after)
    """,
        timeout=3000,
    )
    before, after = map(int, out.split())
    assert after - before < 3_000, f"{before} kB before, {after} kB after {count} handshakes"


def test_recording_until_the_interpreter_ends():
    for inline in (True, False):
        out = run(f"""
            class Notes(tlsdiag.HandshakeRecorder):
                inline = {inline}
                def record(self, event):
                    pass
            recorder = tlsdiag.record(server, client, recorder=Notes())
            recorder.__enter__()
            kept = in_memory(server, client)
            thread = threading.Thread(target=lambda: [in_memory(server, client) for _ in range(10**6)], daemon=True)
            thread.start()
            print("over")
        """)
        assert out == "over\n"
