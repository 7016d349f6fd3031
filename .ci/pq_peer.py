#!/usr/bin/env python3
"""Has a client with OpenSSL 4.0 (pyOpenSSL) talk to `tlsdiag serve`, and checks that the report names what is new.

X25519MLKEM768 and every signature scheme must have a name, ML-DSA's too; none may be a bare number.

    python3 -m venv target/pq-venv && target/pq-venv/bin/pip install pyopenssl
    target/pq-venv/bin/python .ci/pq_peer.py target/debug/tlsdiag
"""

import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

try:
    from OpenSSL import SSL
except ImportError:
    print("pq_peer: skipped, since this Python has no pyOpenSSL")
    sys.exit(0)


def connect(port):
    connection = SSL.Connection(SSL.Context(SSL.TLS_METHOD), socket.create_connection(("127.0.0.1", port), 30))
    connection.set_tlsext_host_name(b"localhost")
    connection.set_connect_state()
    connection.setblocking(1)
    connection.do_handshake()
    connection.shutdown()
    connection.close()


def handshake(program, folder):
    jsonl = folder / "handshakes.jsonl"
    command = [program, "serve", "--host", "127.0.0.1", "--port", "0", "--count", "1", "--pki", str(folder / "pki"),
               "--jsonl", str(jsonl)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        try:
            said = ""
            for line in server.stdout:
                said += line
                if address := re.search(r"(?:127\.0\.0\.1|localhost):(\d+)", line):
                    break
            else:
                sys.exit(f"pq_peer: the server never listened:\n{said}")
            connect(int(address[1]))
            server.stdout.read()
            server.wait(30)
        finally:
            server.kill()
    return jsonl


def bare_numbers(value, path=""):
    """Where the record has `0x1234` in place of a name of a group or a scheme."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from bare_numbers(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from bare_numbers(item, path)
    elif isinstance(value, str) and re.search("group|scheme|signature", path) and re.fullmatch(r"0x[0-9a-f]{4}", value):
        yield f"{path}: {value}"


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "target/debug/tlsdiag"
    print(f"pq_peer: the client is {SSL.SSLeay_version(SSL.SSLEAY_VERSION).decode()}")
    with tempfile.TemporaryDirectory() as name:
        jsonl = handshake(program, pathlib.Path(name))
        record = json.loads(jsonl.read_text().splitlines()[0])
        # A verdict other than healthy is status 1, which is no fault of ours here.
        explained = subprocess.run([program, "explain", "--full", str(jsonl)], capture_output=True, text=True)
    text = explained.stdout
    faults = [f"the text lacks {name}" for name in ("X25519MLKEM768", "mldsa44", "mldsa65", "mldsa87") if name not in text]
    # A long name may stand on a line of its own, but it stands there.
    offered = [scheme["name"] for scheme in record["offer"]["signature_schemes"]]
    faults += [f"the text lacks the scheme {name}" for name in offered if name not in text]
    faults += [f"a bare number in the record: {place}" for place in bare_numbers(record)]
    faults += [f"a bare number in the text: {number}" for number in re.findall(r"\b0x[0-9a-f]{4}\b", text)]
    for fault in faults:
        print(f"pq_peer: FAULT {fault}")
    if faults:
        print(text)
        return 1
    print(f"pq_peer: all named: X25519MLKEM768, {', '.join(offered)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
