"""Records TLS handshakes inside Python's `ssl` module and says why one failed::

    with tlsdiag.record(context) as rec:
        ...
    handshake = rec.handshakes[-1]
    assert handshake.cause is None, handshake       # str(handshake) is the whole report

`record` takes any `ssl.SSLContext`, of a client or a server; `record_all` takes those that are out of reach. Handshakes end
exactly as they would have without it. `python -m tlsdiag` explains and compares recorded handshakes, and a pytest plugin comes
with the package.
"""  # noqa: D205, D400, D415

from tlsdiag._catalogue import Cause, Outcome
from tlsdiag._check import assert_handshake
from tlsdiag._errors import Error, FormatError, UnsupportedLibrary
from tlsdiag._native import (
    Advice,
    Alert,
    Alternative,
    Certificate,
    CertificateRequest,
    Certificates,
    ClientHello,
    Code,
    Difference,
    DifferenceRow,
    Earlier,
    Event,
    Evidence,
    Extension,
    Finding,
    Handshake,
    Joined,
    LiveEvent,
    LocalCertificate,
    LocalConfiguration,
    RuledOut,
    ServerHello,
    Setup,
    SignatureSchemes,
    Timing,
    diff,
    join,
)
from tlsdiag._native import version as _version
from tlsdiag._read import Handshakes, decode_client_hello, explain, read_jsonl
from tlsdiag._record import Recorder, record, record_all
from tlsdiag._recorder import HandshakeRecorder
from tlsdiag._server import ClientCertificate, Server

__all__ = [
    "Advice",
    "Alert",
    "Alternative",
    "Cause",
    "Certificate",
    "CertificateRequest",
    "Certificates",
    "ClientCertificate",
    "ClientHello",
    "Code",
    "Difference",
    "DifferenceRow",
    "Earlier",
    "Error",
    "Event",
    "Evidence",
    "Extension",
    "Finding",
    "FormatError",
    "Handshake",
    "HandshakeRecorder",
    "Handshakes",
    "Joined",
    "LiveEvent",
    "LocalCertificate",
    "LocalConfiguration",
    "Outcome",
    "Recorder",
    "RuledOut",
    "Server",
    "ServerHello",
    "Setup",
    "SignatureSchemes",
    "Timing",
    "UnsupportedLibrary",
    "assert_handshake",
    "decode_client_hello",
    "diff",
    "explain",
    "join",
    "read_jsonl",
    "record",
    "record_all",
]

__version__: str = _version()
