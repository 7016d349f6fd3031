"""A Flask app behind TLS that shows its visitors, at /handshake, what their handshake was.

Run it with `python flask_app.py`; it needs the package flask. Visit it with the `curl` command that it prints. With `--once`
it visits itself and stops.
"""

from __future__ import annotations

import sys
import threading
import urllib.request

from flask import Flask, Response, request
from werkzeug.serving import make_server

import tlsdiag

app = Flask(__name__)
recorder = tlsdiag.record_all(limit=100)


@app.get("/handshake")
def handshake() -> Response:
    """The report of the visitor's own handshake."""
    peer = (request.environ["REMOTE_ADDR"], int(request.environ["REMOTE_PORT"]))
    for one in reversed(recorder.servers):
        if one.peer == peer:
            return Response(f"{one}\n", content_type="text/plain; charset=utf-8")
    return Response("not recorded\n", status=404, content_type="text/plain; charset=utf-8")


def main() -> None:
    """Serves on a free port, with certificates of tlsdiag's own server."""
    with recorder, tlsdiag.Server(client_auth="optional") as pki:
        server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=pki.context)
        url = f"https://localhost:{server.port}/handshake"
        if "--once" not in sys.argv:
            print(f"curl --cacert {pki.ca_file} {url}", flush=True)
            server.serve_forever()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with urllib.request.urlopen(url, context=pki.client_context(pki.client_cert()), timeout=10) as answer:
            print(answer.read().decode(), end="")
        server.shutdown()
        thread.join()


if __name__ == "__main__":
    main()
