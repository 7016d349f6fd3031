"""Keeps recording where the application changes a context or a connection after the recorder came.

CPython replaces OpenSSL's message callback when `SSLContext._msg_callback` is set, and takes it off a connection whose `context`
is changed (as a server's `sni_callback` does). So while anything is recorded these setters are followed: they do what they did,
and then ours is put in front again.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections import Counter
from typing import Any

from tlsdiag import _native

_lock = threading.RLock()
_recorded: Counter[int] = Counter()
_replaced: list[tuple[type[Any], str, Any]] = []


def begin(context: ssl.SSLContext) -> None:
    """Follows a context that a recorder was put on."""
    with _lock:
        if not _replaced:
            _replace(ssl.SSLContext, "_msg_callback", _after_message_callback)
            _replace(ssl.SSLSocket, "context", _after_context)
            _replace(ssl.SSLObject, "context", _after_context)
        _recorded[id(context)] += 1


def end(identity: int) -> None:
    """Follows the context with this `id` for one recorder less."""
    with _lock:
        _recorded[identity] -= 1
        if _recorded[identity] <= 0:
            del _recorded[identity]
        if not _recorded:
            while _replaced:
                owner, name, original = _replaced.pop()
                setattr(owner, name, original)


def _replace(owner: type[Any], name: str, after: Any) -> None:
    original = owner.__dict__.get(name)
    if not isinstance(original, property) or original.fset is None:
        return
    setter = original.fset

    def follow(self: Any, value: Any) -> None:
        setter(self, value)
        with contextlib.suppress(Exception):  # whatever is amiss, setting it has worked
            after(self, value)

    _replaced.append((owner, name, original))
    setattr(owner, name, property(original.fget, follow, original.fdel, original.__doc__))


def _after_message_callback(context: ssl.SSLContext, _value: object) -> None:
    if id(context) in _recorded:
        _native.rehook(context)


def _after_context(connection: Any, context: ssl.SSLContext) -> None:
    if _recorded and connection._sslobj is not None:
        _native.resume(connection._sslobj, context)
