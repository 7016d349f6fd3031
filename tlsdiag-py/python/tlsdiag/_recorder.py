"""Recorders that are written in Python."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tlsdiag import _native

if TYPE_CHECKING:
    import ssl

    from tlsdiag._native import Handshake, LiveEvent
    from tlsdiag._record import Recorder

_KINDS = (
    "started", "reconfigured", "message", "alert", "change_cipher_spec", "record", "state", "step", "verify",
    "security_denied", "wire", "library_errors", "transport", "application_data", "ended",
)  # fmt: skip
_COSTLY = frozenset({"record", "step", "wire"})
_WAITING = 65_536


class HandshakeRecorder:
    """The base of recorders that are told of handshakes while they go on.

    Override `record` for each event, `finished` for each handshake that is over, or both, and put it on contexts with
    `tlsdiag.record(context, recorder=…)`. Both are called on a thread of their own, in the order in which things happened, and
    have been told everything when the `with` ends. With `inline = True` they are called on the thread that runs the handshake,
    while the peer waits: then return soon, and do not use the connection.

    What they raise goes to `sys.unraisablehook` and never into the handshake. Secrets are not told.
    """

    inline: bool = False
    """Whether to be called on the handshake's own thread."""

    def wants(self, kind: str) -> bool:
        """Whether `record` is to be told events of this kind (see `LiveEvent.kind`); asked once, before recording begins.

        By default all but `record`, `step` and `wire`, which are many.
        """
        return kind not in _COSTLY

    def record(self, event: LiveEvent) -> None:
        """Told of each event while a handshake goes on."""

    def finished(self, handshake: Handshake) -> None:
        """Told of each handshake that is over."""

    def attach(self, *contexts: ssl.SSLContext) -> Recorder:
        """The same as `tlsdiag.record(*contexts, recorder=self)`."""
        from tlsdiag._record import record

        return record(*contexts, recorder=self)


class Telling:
    """Tells one recorder for the length of one `with`."""

    def __init__(
        self, recorder: HandshakeRecorder, inline: bool | None = None, expires_within: int | None = None
    ) -> None:
        """Asks the recorder what it wants, and starts its thread unless it is to be called inline."""
        self.recorder = recorder
        self._kinds = self._ask()
        inline = recorder.inline if inline is None else inline
        self._expires_within = expires_within
        self._delivery = None if inline else _native.Delivery(_WAITING)
        self._thread: threading.Thread | None = None
        if self._delivery is not None:
            self._thread = threading.Thread(
                target=self._delivery.run, args=(recorder,), name="tlsdiag recorder", daemon=True
            )
            self._thread.start()

    def attach(self, context: ssl.SSLContext) -> _native.Attachment:
        """Puts the recorder on a context."""
        return _native.attach_recorder(
            context, self.recorder, self._kinds, self._delivery, self._expires_within
        )

    def finish(self, unfinished: list[Handshake]) -> None:
        """Waits until everything was told, and then tells how far the handshakes are that are not over."""
        if self._delivery is not None and self._thread is not None:
            self._delivery.close()
            # After a fork the thread is the parent's.
            if self._thread.is_alive() and self._thread is not threading.current_thread():
                self._thread.join()
            self._delivery.drain(self.recorder)
        for handshake in unfinished:
            try:
                self.recorder.finished(handshake)
            except Exception as error:
                unraisable(error, self.recorder)

    def _ask(self) -> list[str]:
        if type(self.recorder).record is HandshakeRecorder.record:
            return []
        wanted = []
        for kind in _KINDS:
            try:
                if self.recorder.wants(kind):
                    wanted.append(kind)
            except Exception as error:
                unraisable(error, self.recorder)
        return wanted


def unraisable(error: BaseException, source: object) -> None:
    """Hands an exception that may go nowhere else to `sys.unraisablehook`."""
    arguments: Any = SimpleNamespace(
        exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, err_msg=None, object=source
    )
    sys.unraisablehook(arguments)
