"""`record` and `record_all`: the recorder that tests use."""

from __future__ import annotations

import _ssl
import contextlib
import functools
import gc
import inspect
import ssl
import sys
import threading
import weakref
from collections import deque
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from tlsdiag import _follow, _native, _setup
from tlsdiag._errors import UnsupportedLibrary
from tlsdiag._recorder import HandshakeRecorder, Telling, unraisable

if TYPE_CHECKING:
    from types import TracebackType

    from tlsdiag._native import Handshake, Setup

_F = TypeVar("_F", bound=Callable[..., Any])

_LIMIT = 4096
_NOTES = 5


class Recorder:
    """Records the handshakes of some contexts, or of all, while it is entered.

    Made by `record` and `record_all`. A context manager and a decorator, of functions and of coroutine functions; it may be
    entered again, also while it is entered, and then goes on where it was.
    """

    def __init__(
        self,
        contexts: tuple[ssl.SSLContext, ...],
        *,
        everything: bool,
        recorder: HandshakeRecorder | None,
        inline: bool | None,
        limit: int,
        expires_within: int | None,
    ) -> None:
        """Use `record` or `record_all`."""
        if limit < 1:
            raise ValueError(f"limit is {limit}; at least one handshake has to be kept")
        if expires_within is not None and not 0 <= expires_within < 2**32:
            raise ValueError(f"expires_within is {expires_within}; it is a number of days, 0 or more")
        self._contexts = contexts
        self._everything = everything
        self._recorder = recorder
        self._inline = inline
        self._limit = limit
        self._expires_within = expires_within
        self._inbox = _native.Inbox(limit, expires_within)
        self._told: dict[int, Handshake] = {}
        self._forgotten = 0
        self._telling: Telling | None = None
        self._entered = 0
        self._lock = threading.RLock()
        # By identity: a context may be of a class that says what its equals are.
        self._gone: deque[int] = deque()
        # Of which context, by which of its methods; `None` where the context is gone.
        self._setups: list[tuple[int | None, str, Setup]] = []
        self._attached: dict[int, tuple[weakref.ref[ssl.SSLContext], list[_native.Attachment]]] = {}

    @property
    def handshakes(self) -> list[Handshake]:
        """The handshakes so far, in the order in which they began.

        A client of TLS 1.3 that is done is among them although a refusal may still come: then its handshake is told anew the next
        time. Other handshakes that are not over appear when the `with` ends, as far as they went; before that, see `pending`.
        """
        with self._lock:
            # Those that go on first: one that ends meanwhile is then told twice and not left out.
            so_far = {
                number: handshake for number, done, handshake in self._inbox.open() if done or not self._entered
            }
            self._collect()
            told = {**so_far, **self._told}
            return [told[number] for number in sorted(told)]

    @property
    def pending(self) -> list[Handshake]:
        """The handshakes that have begun and are not done, as far as they went when the application last had control."""
        return [handshake for _, done, handshake in self._inbox.open() if not done]

    @property
    def failed(self) -> list[Handshake]:
        """Those of `handshakes` that were not established without a note that says why, or have a finding that is an error."""
        return [handshake for handshake in self.handshakes if is_failure(handshake)]

    @property
    def clients(self) -> list[Handshake]:
        """Those of `handshakes` that the client's side recorded."""
        return [handshake for handshake in self.handshakes if handshake.role == "client"]

    @property
    def servers(self) -> list[Handshake]:
        """Those of `handshakes` that the server's side recorded."""
        return [handshake for handshake in self.handshakes if handshake.role == "server"]

    @property
    def setups(self) -> list[Setup]:
        """Setups of recorded contexts that failed before any handshake, and that nothing has made up for since.

        A certificate, a key, trusted certificates or cipher suites could not be loaded: `load_cert_chain`,
        `load_verify_locations` or `set_ciphers` raised. A later call of the same method that succeeds on the same context takes
        it away. `handshakes` never has them.
        """
        with self._lock:
            return [setup for _, _, setup in self._setups]

    @property
    def dropped(self) -> int:
        """How many handshakes were forgotten, the oldest first, since more ended than `limit`."""
        return self._inbox.dropped + self._forgotten

    def clear(self) -> None:
        """Forgets the handshakes so far."""
        with self._lock:
            self._inbox.clear()
            self._told.clear()
            self._setups.clear()

    def __enter__(self) -> Recorder:
        """Begins to record."""
        with self._lock:
            self._entered += 1
            if self._entered > 1:
                return self
            try:
                if self._recorder is not None:
                    self._telling = Telling(self._recorder, self._inline, self._expires_within)
                for context in self._contexts:
                    self._attach(context)
                if self._everything:
                    _begin_everywhere(self)
                _setup.begin(self)
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Takes the recorder off; what has begun is still told to its end.

        An exception on its way out gets a note with the verdict of each handshake that failed (from Python 3.11 on).
        """
        with self._lock:
            last = self._entered == 1
            if last:
                self._leave()
            else:
                self._entered -= 1
        if last and error is not None and sys.version_info >= (3, 11):
            for handshake in self.failed[-_NOTES:]:
                error.add_note(f"tlsdiag: {handshake.one_line()}")

    def __call__(self, function: _F) -> _F:
        """Records while `function` runs."""
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def recorded_coroutine(*args: Any, **kwargs: Any) -> Any:
                with self:
                    return await function(*args, **kwargs)

            return recorded_coroutine  # type: ignore[return-value]

        @functools.wraps(function)
        def recorded(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return recorded  # type: ignore[return-value]

    def __repr__(self) -> str:
        """What it records, and how much it has."""
        what = "everything" if self._everything else f"{len(self._contexts)} contexts"
        return f"<tlsdiag.Recorder of {what}, {len(self.handshakes)} handshakes>"

    def _collect(self) -> None:
        self._told.update(self._inbox.take())
        while len(self._told) > self._limit:
            del self._told[next(iter(self._told))]
            self._forgotten += 1

    def _attach(self, context: ssl.SSLContext) -> None:
        with self._lock:
            self._forget_the_gone()
            identity = id(context)
            if identity in self._attached:
                return
            attachments = [_native.attach(context, self._inbox)]
            if self._telling is not None:
                attachments.append(self._telling.attach(context))
            # Called whenever the context goes, on whichever thread and whatever locks it holds: only a note is left.
            gone = self._gone

            def note(_: object) -> None:
                gone.append(identity)

            self._attached[identity] = (weakref.ref(context, note), attachments)
            _follow.begin(context)

    def _forget_the_gone(self) -> None:
        while self._gone:
            identity = self._gone.popleft()
            if self._attached.pop(identity, None) is not None:
                _follow.end(identity)
                self._setups = [(None if of == identity else of, method, setup) for of, method, setup in self._setups]

    def _setup_failed(self, context: ssl.SSLContext, method: str, make: Callable[[], Setup]) -> None:
        with self._lock:
            self._forget_the_gone()
            if id(context) in self._attached:
                self._setup_succeeded(context, method)
                self._setups.append((id(context), method, make()))
                del self._setups[: -self._limit]

    def _setup_succeeded(self, context: ssl.SSLContext, method: str) -> None:
        if self._setups:
            with self._lock:
                self._forget_the_gone()
                self._setups = [one for one in self._setups if one[:2] != (id(context), method)]

    def _leave(self) -> None:
        self._entered = 0
        _setup.end(self)
        if self._everything:
            _end_everywhere(self)
        self._forget_the_gone()
        attached, self._attached = self._attached, {}
        for identity, (_, attachments) in attached.items():
            attachments[0].finish()
            for attachment in attachments[1:]:
                attachment.detach()
            _follow.end(identity)
        telling, self._telling = self._telling, None
        if telling is not None:
            telling.finish([handshake for _, _, handshake in self._inbox.open()])


def is_failure(handshake: Handshake) -> bool:
    """Whether a handshake was not established and no note says why that is no failure, or has a finding that is an error."""
    if any(finding.severity == "error" for finding in handshake.findings):
        return True
    return not handshake.established and (bool(handshake.findings) or not handshake.notes)


def record(
    *contexts: ssl.SSLContext,
    recorder: HandshakeRecorder | None = None,
    inline: bool | None = None,
    limit: int = _LIMIT,
    expires_within: int | None = None,
) -> Recorder:
    """Records the handshakes of these contexts, on whichever side they are::

        with tlsdiag.record(context) as rec:
            ...
        assert rec.handshakes[-1].cause is None, rec.handshakes[-1]

    `recorder` is told of them as they happen, with `inline=True` on the handshake's own thread; `limit` is how many handshakes
    are kept, the newest; a certificate that ends within `expires_within` days is a finding, `warn.certificate_expires_soon`,
    also of a healthy handshake. Raises `TypeError` for anything but an `ssl.SSLContext`; entering raises `UnsupportedLibrary`,
    and touches nothing, where this Python's OpenSSL cannot be recorded.
    """  # noqa: D205, D400, D415
    if not contexts:
        raise TypeError("name the contexts to record, or use record_all() for those that are out of reach")
    for context in contexts:
        if not isinstance(context, _ssl._SSLContext):
            _refuse(context)
    return Recorder(
        contexts,
        everything=False,
        recorder=recorder,
        inline=inline,
        limit=limit,
        expires_within=expires_within,
    )


def record_all(
    *,
    recorder: HandshakeRecorder | None = None,
    inline: bool | None = None,
    limit: int = _LIMIT,
    expires_within: int | None = None,
) -> Recorder:
    """Records the handshakes of every context of this process.

    Of those that exist and of those that are made while it is entered: what urllib, requests, httpx, aiohttp, asyncio and smtplib
    make for themselves is among them. Otherwise like `record`.
    """
    return Recorder(
        (), everything=True, recorder=recorder, inline=inline, limit=limit, expires_within=expires_within
    )


def _refuse(context: object) -> None:
    kind = type(context)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if kind.__module__.partition(".")[0] == "OpenSSL":
        raise UnsupportedLibrary(
            f"a {name} cannot be recorded: pyOpenSSL uses the OpenSSL that is linked statically into the package cryptography, "
            "which hides the functions that recording needs (SSL_CTX_set_ex_data is one)"
        )
    if isinstance(context, (ssl.SSLSocket, ssl.SSLObject)):
        raise TypeError(f"an ssl.SSLContext is recorded, not a {name}; its .context is one")
    raise TypeError(f"an ssl.SSLContext is needed, not a {name}")


_everywhere: list[Recorder] = []
_everywhere_lock = threading.RLock()
_original: Any = None
_CONTEXT: type[ssl.SSLContext] = ssl.SSLContext


def _new(cls: type[ssl.SSLContext], *args: Any, **kwargs: Any) -> ssl.SSLContext:
    context: ssl.SSLContext = _original.__get__(None, cls)(cls, *args, **kwargs)
    for recorder in list(_everywhere):
        try:
            recorder._attach(context)
        except Exception as error:
            unraisable(error, recorder)
    return context


_wrapped = staticmethod(_new)


def _begin_everywhere(recorder: Recorder) -> None:
    global _original
    _native.prepare()
    with _everywhere_lock:
        if not _everywhere:
            _original = _CONTEXT.__dict__["__new__"]
            setattr(_CONTEXT, "__new__", _wrapped)  # noqa: B010
        _everywhere.append(recorder)
    for thing in gc.get_objects():
        if issubclass(type(thing), _ssl._SSLContext):
            recorder._attach(thing)


def _end_everywhere(recorder: Recorder) -> None:
    with _everywhere_lock:
        with contextlib.suppress(ValueError):
            _everywhere.remove(recorder)
        # Whoever wrapped it after us calls ours, which then only passes on.
        if not _everywhere and _CONTEXT.__dict__["__new__"] is _wrapped:
            setattr(_CONTEXT, "__new__", _original)  # noqa: B010


# OpenSSL gives a context our state as it is made, from the first time on that the library was looked at; one that is made before
# gets it from its first recorder, while other threads may be using it.
with contextlib.suppress(UnsupportedLibrary):
    _native.prepare()
