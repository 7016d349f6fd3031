"""Setups that fail before any handshake.

While something is recorded, those methods of `ssl.SSLContext` are followed that load certificates, keys and cipher suites: they
do what they did, and what they raise is told. Passwords are not looked at.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
import threading
from typing import TYPE_CHECKING, Any

from tlsdiag import _native

if TYPE_CHECKING:
    from tlsdiag._record import Recorder

_CERTIFICATE = "SSL_CTX_use_certificate_chain_file"
_KEY = "SSL_CTX_use_PrivateKey_file"
_CHECK = "SSL_CTX_check_private_key"
#: `ERR_LIB_*` by the names that Python has for them.
_LIBRARIES = {"SSL": 20, "X509": 11, "PEM": 9, "EVP": 6, "ASN1": 13, "BIO": 32, "PKCS12": 35}
_ERR_LIB_SYS = 2

_lock = threading.RLock()
_recorders: list[Recorder] = []
_followed: list[str] = []


def begin(recorder: Recorder) -> None:
    """Tells this recorder of what fails from now on."""
    with _lock:
        if not _recorders:
            for name in ("load_cert_chain", "load_verify_locations", "set_ciphers"):
                # A class that has one of its own has it from the application.
                if name not in ssl.SSLContext.__dict__:
                    setattr(ssl.SSLContext, name, _follow(name, getattr(ssl.SSLContext, name)))
                    _followed.append(name)
        _recorders.append(recorder)


def end(recorder: Recorder) -> None:
    """Tells this recorder no more."""
    with _lock:
        with contextlib.suppress(ValueError):
            _recorders.remove(recorder)
        while not _recorders and _followed:
            delattr(ssl.SSLContext, _followed.pop())


def _follow(name: str, original: Any) -> Any:
    @functools.wraps(original)
    def method(self: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
        try:
            result = original(self, *args, **kwargs)
        except (OSError, ssl.SSLError) as error:
            with contextlib.suppress(Exception):  # what it raises is the application's
                for recorder in list(_recorders):
                    recorder._setup_failed(self, name, functools.partial(_failed, self, name, args, kwargs, error))
            raise
        for recorder in list(_recorders):
            recorder._setup_succeeded(self, name)
        return result

    return method


def _failed(
    context: ssl.SSLContext, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], error: OSError
) -> _native.Setup:
    given = dict(zip(_ARGUMENTS[name], args), **kwargs)
    certificate, key, value = _path(given.get("certfile")), _path(given.get("keyfile")), None
    if name == "load_cert_chain":
        function = _function(error, certificate, key)
        file = {_KEY: key or certificate, _CERTIFICATE: certificate}.get(function)
    elif name == "load_verify_locations":
        function = "SSL_CTX_load_verify_locations"
        file = _path(given.get("cafile")) or _path(given.get("capath"))
    else:
        function, file, value = "SSL_CTX_set_cipher_list", None, str(given.get("cipherlist"))
    is_ours = isinstance(error, ssl.SSLError)
    library = _LIBRARIES.get(getattr(error, "library", None) or "", 0) if is_ours else _ERR_LIB_SYS
    return _native.setup_failed(
        context, function, file, value, certificate, key or certificate, library, error.errno or 0, str(error)
    )


_ARGUMENTS = {
    "load_cert_chain": ("certfile", "keyfile"),
    "load_verify_locations": ("cafile", "capath"),
    "set_ciphers": ("cipherlist",),
}


def _path(given: Any) -> str | None:
    return os.fsdecode(given) if isinstance(given, (str, bytes, os.PathLike)) else None


def _function(error: OSError, certificate: str | None, key: str | None) -> str:
    """The function that failed: Python calls three of OpenSSL's and does not say which one it was."""
    reason = getattr(error, "reason", None)
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH"):
        return _KEY
    if reason in ("NO_CERTIFICATE_ASSIGNED", "NO_PRIVATE_KEY_ASSIGNED"):
        return _CHECK
    if reason is not None or key is None or certificate is None:
        return _CERTIFICATE
    # A file of certificates is everybody's to read, and one that can be read is not what failed.
    try:
        with open(certificate, "rb") as file:
            return _KEY if b"-----BEGIN " in file.read(1 << 20) else _CERTIFICATE
    except OSError:
        return _CERTIFICATE
