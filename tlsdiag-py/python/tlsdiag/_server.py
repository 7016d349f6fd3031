"""`Server`: a TLS server for tests, which says of each client why it failed."""

from __future__ import annotations

import contextlib
import http.server
import select
import shutil
import socket
import ssl
import tempfile
import threading
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tlsdiag import _native
from tlsdiag._read import Handshakes
from tlsdiag._record import Recorder, record

if TYPE_CHECKING:
    from types import TracebackType

_CLIENT_AUTH = {"none": ssl.CERT_NONE, "optional": ssl.CERT_OPTIONAL, "required": ssl.CERT_REQUIRED}
# Validity in days from now, and whether the CA signs.
_CERTIFICATES = {
    "valid": (-1, 365, False),
    "expired": (-30, -1, False),
    "not_yet_valid": (30, 365, False),
    "self_signed": (-1, 365, True),
}
_PATIENCE = 10.0


class ClientCertificate(NamedTuple):
    """The files of a client's certificate: what `SSLContext.load_cert_chain(*…)` and `requests` take."""

    certfile: str
    keyfile: str


class Server:
    """A TLS server on 127.0.0.1 for the length of a `with`, with a CA and certificates of its own::

        with tlsdiag.Server(client_auth="required") as server:
            requests.get(server.url, verify=server.ca_file, cert=server.client_cert())
        assert server.handshakes[-1].cause is None

    It answers every HTTP request with the report of its own handshake, as JSON where the path ends in `.json`.

    - `client_auth`: `none`, `optional` or `required`: whether a client has to show a certificate.
    - `port`: 0 takes a free one.
    - `hostname`: what its certificate is for, beside 127.0.0.1 if it is `localhost`.
    - `certificate`: `valid`, `expired`, `not_yet_valid` or `self_signed`.
    - `context`: an `ssl.SSLContext` to use instead; its certificates are then the caller's business.
    """  # noqa: D205, D400, D415

    def __init__(
        self,
        *,
        client_auth: str = "none",
        port: int = 0,
        hostname: str = "localhost",
        certificate: str = "valid",
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Checks the options; the server begins to listen when it is entered."""
        if client_auth not in _CLIENT_AUTH:
            raise ValueError(f"client_auth is {client_auth!r}; it can be {', '.join(_CLIENT_AUTH)}")
        if certificate not in _CERTIFICATES:
            raise ValueError(f"certificate is {certificate!r}; it can be {', '.join(_CERTIFICATES)}")
        self._client_auth = client_auth
        self._wanted_port = port
        self._hostname = hostname
        self._certificate = certificate
        self._given = context
        self._folder: Path | None = None
        self._pki: _native.Pki | None = None
        self._context: ssl.SSLContext | None = None
        self._recorder: Recorder | None = None
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None
        self._clients = 0

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._running.server_address[1])

    @property
    def hostname(self) -> str:
        """The name that its certificate is for."""
        return self._hostname

    @property
    def url(self) -> str:
        """Where it listens, such as `https://localhost:41235/`."""
        return f"https://{self._hostname}:{self.port}/"

    @property
    def ca_file(self) -> str:
        """The file of the CA that signed its certificate and signs clients', in PEM."""
        return str(self._path("ca.pem"))

    @property
    def context(self) -> ssl.SSLContext:
        """The context that it serves with, to be changed as a test likes."""
        if self._context is None:
            raise RuntimeError("the server is not running: use it in a with statement")
        return self._context

    @property
    def handshakes(self) -> Handshakes:
        """The handshakes so far, as the server saw them; those that go on are waited for, up to ten seconds."""
        if self._listener is not None:
            self._listener.settle(_PATIENCE)
        return Handshakes(self._recorder.handshakes if self._recorder is not None else [])

    def client_cert(self, name: str = "client", *, certificate: str = "valid", trusted: bool = True) -> ClientCertificate:
        """Makes a client's certificate and gives its files.

        `certificate` as for the server; one that is not `trusted` comes from another CA.
        """
        if certificate not in _CERTIFICATES:
            raise ValueError(f"certificate is {certificate!r}; it can be {', '.join(_CERTIFICATES)}")
        pki = self._authority if trusted else _native.Pki("another CA")
        begins, ends, self_signed = _CERTIFICATES[certificate]
        identity = pki.issue(
            name, [], server=False, client=True, begins=begins, ends=ends, self_signed=self_signed
        )
        self._clients += 1
        return self._put(f"client{self._clients}", identity)

    def client_context(self, cert: ClientCertificate | None = None) -> ssl.SSLContext:
        """A client's context that trusts this server, and shows `cert` if there is one."""
        context = ssl.create_default_context(cafile=self.ca_file)
        if cert is not None:
            context.load_cert_chain(cert.certfile, cert.keyfile)
        return context

    def __enter__(self) -> Server:
        """Begins to listen."""
        if self._listener is not None:
            raise RuntimeError("the server is running already")
        self._folder = Path(tempfile.mkdtemp(prefix="tlsdiag-"))
        try:
            self._pki = _native.Pki("tlsdiag test CA")
            (self._folder / "ca.pem").write_text(self._pki.certificate)
            self._context = self._given or self._make_context()
            self._recorder = record(self._context)
            self._recorder.__enter__()
            try:
                self._listener = _Listener((("127.0.0.1"), self._wanted_port), self._context, self._recorder)
            except OSError as error:
                self._recorder.__exit__(None, None, None)
                raise OSError(
                    error.errno, f"cannot listen on 127.0.0.1:{self._wanted_port}: {error.strerror}"
                ) from None
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            raise
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.02,), name="tlsdiag server", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops listening, closes what is open, and removes the files."""
        listener, self._listener = self._listener, None
        if listener is not None and self._thread is not None:
            listener.settle(_PATIENCE)
            listener.shutdown()
            self._thread.join()
            listener.close_connections()
            listener.server_close()
        if self._recorder is not None:
            self._recorder.__exit__(None, None, None)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __repr__(self) -> str:
        """Where it listens."""
        where = self.url if self._listener is not None else "not running"
        return _native.neutralize(f"<tlsdiag.Server {where}, client_auth={self._client_auth!r}>")

    @property
    def _running(self) -> _Listener:
        if self._listener is None:
            raise RuntimeError("the server is not running: use it in a with statement")
        return self._listener

    @property
    def _authority(self) -> _native.Pki:
        if self._pki is None:
            raise RuntimeError("the server is not running: use it in a with statement")
        return self._pki

    def _path(self, name: str) -> Path:
        if self._folder is None:
            raise RuntimeError("the server is not running: use it in a with statement")
        return self._folder / name

    def _put(self, name: str, identity: _native.Identity) -> ClientCertificate:
        certfile, keyfile = self._path(f"{name}.pem"), self._path(f"{name}.key")
        certfile.write_text(identity.certificate)
        keyfile.touch(mode=0o600)
        keyfile.write_text(identity.key)
        return ClientCertificate(str(certfile), str(keyfile))

    def _make_context(self) -> ssl.SSLContext:
        names = [self._hostname, "127.0.0.1"] if self._hostname == "localhost" else [self._hostname]
        begins, ends, self_signed = _CERTIFICATES[self._certificate]
        identity = self._authority.issue(
            self._hostname, names, server=True, client=False, begins=begins, ends=ends, self_signed=self_signed
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._put("server", identity))
        context.verify_mode = _CLIENT_AUTH[self._client_auth]
        if self._client_auth != "none":
            context.load_verify_locations(self.ca_file)
        return context


class _Listener(http.server.ThreadingHTTPServer):
    """Accepts; each connection has a thread, in which its handshake is run."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext, recorder: Recorder) -> None:
        super().__init__(address, _Answer)
        self.context = context
        self.recorder = recorder
        self._changed = threading.Condition()
        self._shaking = 0
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        connection, address = super().get_request()
        connection.settimeout(_PATIENCE)
        # Its handshake is run in the connection's own thread.
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._shaking += 1
            self._open.add(request)
        super().process_request(request, client_address)

    def shaken(self) -> None:
        """A handshake is over."""
        with self._changed:
            self._shaking -= 1
            self._changed.notify_all()

    def settle(self, patience: float) -> None:
        """Waits until every client that has connected had its handshake."""

        def is_settled() -> bool:
            waiting = select.select([self], [], [], 0)[0]
            return self._shaking == 0 and not waiting

        with self._changed:
            self._changed.wait_for(is_settled, patience)

    def close_connections(self) -> None:
        """Ends the connections that are open."""
        for request in list(self._open):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing: what went wrong with a handshake is recorded, and the rest is the client's business."""


class _Answer(http.server.BaseHTTPRequestHandler):
    """One connection: the handshake, and then an answer to each request."""

    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    server: _Listener

    def setup(self) -> None:
        try:
            self.request.do_handshake()
        except OSError:
            self.server.shaken()
            self._let_it_read()
            raise
        self.server.shaken()
        super().setup()

    def _let_it_read(self) -> None:
        """A client that has sent a request already must not be reset before it has read why it was refused."""
        with contextlib.suppress(OSError):
            self.request.settimeout(1)
            self.request.shutdown(socket.SHUT_WR)
            while self.request.recv(4096):
                pass

    def do_GET(self) -> None:
        peer = (self.client_address[0], self.client_address[1])
        own = [handshake for handshake in self.server.recorder.handshakes if handshake.peer == peer]
        json = self.path.endswith(".json")
        text = "\n".join(handshake.to_json() if json else str(handshake) for handshake in own[-1:])
        body = (text + "\n").encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json" if json else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    do_PUT = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """Keeps quiet."""
