"""What can go wrong with recording and reading; a failed handshake is a finding and no exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tlsdiag import _native

if TYPE_CHECKING:
    from tlsdiag._native import Handshake


class Error(Exception):
    """The base of tlsdiag's own exceptions. Its text is one sentence."""

    def __str__(self) -> str:
        """The sentence, inert whatever it quotes of a file."""
        return _native.neutralize(super().__str__())


class UnsupportedLibrary(Error, RuntimeError):
    """This interpreter or its OpenSSL cannot be recorded; nothing was touched."""


class FormatError(Error, ValueError):
    """What was to be read is not what it should be.

    `handshakes` has what could be read all the same, and `problems` the number of each bad line and what is wrong with it.
    """

    def __init__(
        self,
        message: str,
        handshakes: list[Handshake] | None = None,
        problems: list[tuple[int, str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.handshakes: list[Handshake] = handshakes or []
        self.problems: list[tuple[int, str]] = problems or []
