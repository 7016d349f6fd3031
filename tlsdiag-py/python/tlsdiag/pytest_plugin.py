"""The pytest plugin: a failing test says why its handshakes failed.

- the fixture `tlsdiag` is a `tlsdiag.Recorder` of everything that the test does;
- `--tlsdiag` records every test, its fixtures included;
- a test that fails shows the report of each handshake in it that failed;
- `@pytest.mark.tls_cause("client_cert.missing")` demands that a handshake of the test fails for this cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tlsdiag._catalogue import Cause
from tlsdiag._errors import UnsupportedLibrary
from tlsdiag._record import Recorder, record_all

if TYPE_CHECKING:
    from collections.abc import Generator

    from tlsdiag._native import Handshake

_RECORDER = pytest.StashKey[Recorder]()
_SHOWN = 5


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds `--tlsdiag`."""
    group = parser.getgroup("tlsdiag", "TLS handshakes")
    group.addoption(
        "--tlsdiag",
        action="store_true",
        default=False,
        help="record the TLS handshakes of every test, and say of a failing one why they failed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line(
        "markers", "tls_cause(code): a TLS handshake of this test must fail for this cause, such as client_cert.missing"
    )


@pytest.fixture
def tlsdiag(request: pytest.FixtureRequest) -> Recorder:
    """Records the TLS handshakes of this test: `tlsdiag.handshakes` has them."""
    # Begun in pytest_runtest_setup, so that the handshakes of other fixtures are there, too.
    recorder: Recorder = request.node.stash[_RECORDER]
    return recorder


def _expected(item: pytest.Item) -> list[Cause]:
    causes = []
    for mark in item.iter_markers("tls_cause"):
        if not mark.args:
            raise pytest.UsageError(f"{item.nodeid}: the marker tls_cause needs the code of a cause")
        try:
            causes += [Cause(code) for code in mark.args]
        except ValueError as error:
            raise pytest.UsageError(f"{item.nodeid}: {error}") from None
    return causes


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Records from before the first fixture to after the last one."""
    wanted = (
        item.config.getoption("--tlsdiag")
        or "tlsdiag" in getattr(item, "fixturenames", ())
        or item.get_closest_marker("tls_cause") is not None
    )
    if not wanted:
        return (yield)
    recorder = record_all()
    item.stash[_RECORDER] = recorder
    try:
        recorder.__enter__()
    except UnsupportedLibrary as error:
        if not item.config.getoption("--tlsdiag"):
            raise
        item.warn(pytest.PytestWarning(f"TLS handshakes cannot be recorded: {error}"))
        return (yield)
    try:
        return (yield)
    finally:
        recorder.__exit__(None, None, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Holds a test to its marker, once it has passed."""
    expected = _expected(item)
    yield
    if not expected:
        return
    handshakes = item.stash[_RECORDER].handshakes
    found = {handshake.cause for handshake in handshakes}
    missing = [cause for cause in expected if cause not in found]
    if missing:
        told = [f"  {handshake.one_line()}" for handshake in handshakes] or ["  (none was recorded)"]
        pytest.fail(
            f"no TLS handshake of this test failed for {', '.join(missing)}; there were:\n" + "\n".join(told), pytrace=False
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the handshakes that failed beside a test that failed."""
    report = yield
    recorder = item.stash.get(_RECORDER, None)
    if report.failed and recorder is not None:
        failed = recorder.failed
        if failed:
            report.sections.append(("TLS handshakes that failed", _section(failed)))
    return report


def _section(failed: list[Handshake]) -> str:
    shown = failed[-_SHOWN:]
    text = "\n\n".join(str(handshake) for handshake in shown)
    if len(failed) > len(shown):
        text = f"the last {len(shown)} of {len(failed)}:\n\n{text}"
    return text


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Shows what differs between two handshakes that should be equal."""
    from tlsdiag._native import Handshake, diff

    if op == "==" and isinstance(left, Handshake) and isinstance(right, Handshake):
        return ["two handshakes that differ:", *str(diff(left, right)).splitlines()]
    return None
