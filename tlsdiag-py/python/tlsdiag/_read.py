"""Handshakes from files and bytes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Union

from tlsdiag import _native
from tlsdiag._errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tlsdiag._native import Handshake, Setup

    _Base = list[Handshake]
else:
    _Base = list

Readable = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]


class Handshakes(_Base):
    """A list of handshakes that prints as their reports, with the setups that failed before any handshake."""

    def __init__(self, handshakes: Iterable[Handshake] = (), setups: Iterable[Setup] = ()) -> None:
        super().__init__(handshakes)
        self.setups: list[Setup] = list(setups)

    def __str__(self) -> str:
        """The reports, one below the other."""
        return "\n\n".join([*map(str, self.setups), *map(str, self)])


_BYTES = (bytes, bytearray, memoryview)


def explain(source: Readable) -> Handshakes:
    """The handshakes of a file (a path), or of what a file holds (bytes), diagnosed; printed, they are their reports.

    Raises `FormatError`, which has what could be read all the same, where something is no handshake, and `OSError` where the file
    cannot be read.
    """
    if isinstance(source, _BYTES):
        name, data = "these bytes", bytes(source)
    else:
        path = Path(os.fspath(source))
        name, data = str(path), path.read_bytes()
    handshakes, setups, problems = _native.read_records(data)
    if problems:
        number, why = problems[0]
        more = f", and {len(problems) - 1} more lines" if len(problems) > 1 else ""
        raise FormatError(f"{name}, line {number}: {why}{more}", Handshakes(handshakes, setups), problems)
    if not handshakes and not setups:
        raise FormatError(f"{name}: there is no handshake in it")
    return Handshakes(handshakes, setups)


def read_jsonl(path: str | os.PathLike[str]) -> Handshakes:
    """The handshakes of a JSON lines file, as `tlsdiag s_server --jsonl` and `Handshake.to_json` write it.

    An empty file has none. Raises like `explain`.
    """
    path = Path(os.fspath(path))
    data = path.read_bytes()
    return explain(path) if data.strip() else Handshakes()


def decode_client_hello(data: bytes | bytearray | memoryview) -> _native.ClientHello:
    """Decodes a ClientHello (RFC 8446 section 4.1.2).

    From the handshake message with its header of four bytes, or from the records that carry it, as they stand on the wire. Raises
    `FormatError`, which says at which byte, where it is none, and `TypeError` for anything but bytes.
    """
    # bytes(5) would be five zeros.
    if not isinstance(data, _BYTES):
        raise TypeError(f"bytes are needed, not {type(data).__name__}")
    return _native.decode_client_hello(bytes(data))
