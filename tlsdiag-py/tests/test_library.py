"""No OpenSSL is linked, and the one that Python uses is checked before it is touched."""

import _ssl
import ctypes
import ssl
import subprocess
import sys

import pytest

import tlsdiag
from tlsdiag import _native


def test_no_libssl_is_linked():
    needed = subprocess.run(["ldd", _native.__file__], capture_output=True, text=True, check=True).stdout
    assert "libc.so" in needed
    assert "libssl" not in needed and "libcrypto" not in needed and "libpython" not in needed


def test_it_is_pythons_own():
    assert _native.prepare() == ssl.OPENSSL_VERSION


class Impostor:
    """Puts another pointer where a context keeps its SSL_CTX, for a moment."""

    def __init__(self, context, pointer):
        place = id(context) + object.__basicsize__
        self._field = ctypes.c_size_t.from_address(place)
        self._pointer = pointer

    def __enter__(self):
        self._true = self._field.value
        self._field.value = self._pointer

    def __exit__(self, *_):
        self._field.value = self._true


@pytest.mark.parametrize(
    ("pointer", "says"),
    [(0, "no memory"), (1, "no memory"), (0x10, "no memory"), (2**46, "no memory"), (-8, "no memory")],
)
def test_a_pointer_to_nowhere(pointer, says):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    inbox = _native.Inbox(1)
    # The getters of Python's would crash with such a pointer, so it has to be found out before they are asked.
    with Impostor(context, pointer % 2**64), pytest.raises(tlsdiag.UnsupportedLibrary, match=says):
        _native.attach(context, inbox)
    with tlsdiag.record(context):
        pass


def test_a_pointer_to_something_else():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    memory = ctypes.create_string_buffer(4096)
    with Impostor(context, (ctypes.addressof(memory) + 7) & ~7):
        with pytest.raises(tlsdiag.UnsupportedLibrary, match="no SSL_METHOD"):
            _native.attach(context, _native.Inbox(1))
    assert bytes(memory) == bytes(4096), "nothing was touched"


def test_what_python_says_must_be_what_openssl_says(monkeypatch):
    """As if the getters of the class were about another object."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def options(other):
        other.options ^= ssl.OP_NO_TICKET

    def verify(other):
        other.check_hostname = False
        other.verify_mode = ssl.CERT_NONE

    def versions(other):
        other.minimum_version = ssl.TLSVersion.TLSv1_3

    for change in (options, verify, versions):
        other = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        change(other)

        class Getters:
            __basicsize__ = _ssl._SSLContext.__basicsize__

            def __init__(self, wrong):
                self.wrong = wrong

            def __getattr__(self, name):
                wrong = self.wrong

                class Getter:
                    def __get__(self, _context, _owner=None):
                        return getattr(wrong, name)

                return Getter()

            def __instancecheck__(self, _instance):
                return True

        with monkeypatch.context() as patch:
            patch.setattr(_ssl, "_SSLContext", Getters(other))
            with pytest.raises(tlsdiag.UnsupportedLibrary, match=change.__name__):
                _native.attach(context, _native.Inbox(1))


def in_a_process(source, *options):
    return subprocess.run(
        [sys.executable, *options, "-c", source], capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("import sys; sys.implementation.name = 'pypy'", "this is pypy"),
        ("import sysconfig; sysconfig.get_config_vars()['Py_GIL_DISABLED'] = 1", "free-threaded"),
    ],
)
def test_other_interpreters_are_refused(change, says):
    done = in_a_process(f"""
{change}
import ssl, tlsdiag
try:
    with tlsdiag.record(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)):
        pass
except tlsdiag.UnsupportedLibrary as error:
    print(error)
""")
    assert says in done.stdout, done


def test_importing_it_imports_no_more_than_it_needs():
    done = in_a_process("import sys, tlsdiag; print([m for m in ('pytest', 'requests', 'httpx') if m in sys.modules])")
    assert done.stdout == "[]\n", done
