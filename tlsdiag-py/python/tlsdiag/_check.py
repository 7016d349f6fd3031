"""`assert_handshake`: what a handshake should be, said at once."""

from __future__ import annotations

from tlsdiag import _native


class _Unsaid:
    """Marks what a caller did not say."""

    def __repr__(self) -> str:
        return "unsaid"


_UNSAID = _Unsaid()


def assert_handshake(
    handshake: _native.Handshake,
    *,
    cause: str | None = None,
    outcome: str | _Unsaid = _UNSAID,
    version: str | None | _Unsaid = _UNSAID,
    cipher: str | None | _Unsaid = _UNSAID,
    group: str | None | _Unsaid = _UNSAID,
    alpn: str | None | _Unsaid = _UNSAID,
    sni: str | None | _Unsaid = _UNSAID,
    resumed: bool | _Unsaid = _UNSAID,
    role: str | _Unsaid = _UNSAID,
    by: str | None | _Unsaid = _UNSAID,
    stage: str | None | _Unsaid = _UNSAID,
    like: _native.Handshake | None = None,
) -> None:
    """Raises `AssertionError`, with every difference and the report, unless a handshake is as expected.

    With `cause=None`, the default, it must have no cause and be established, unless `outcome` says otherwise. What is not said is
    not looked at. With `like`, a handshake that went well, a failure also says what differs from that one.
    """
    if not isinstance(handshake, _native.Handshake):
        raise TypeError(f"a tlsdiag.Handshake is needed, not {type(handshake).__name__}")
    expected: dict[str, object] = {
        "cause": cause,
        "outcome": outcome,
        "version": version,
        "cipher": cipher,
        "group": group,
        "alpn": alpn,
        "sni": sni,
        "resumed": resumed,
        "role": role,
        "by": by,
        "stage": stage,
    }
    wrong = []
    for name, value in expected.items():
        got = getattr(handshake, name)
        if value is not _UNSAID and got != value:
            wrong.append(f"  {name:<8} expected {_show(value)}, got {_show(got)}")
    if cause is None and outcome is _UNSAID and not handshake.established:
        wrong.append(f"  {'outcome':<8} expected established, got {_show(handshake.outcome)}")
    if not wrong:
        return
    parts = ["the handshake is not as expected:", *wrong]
    if like is not None:
        parts += ["", "beside the one that it should be like:", str(_native.diff(handshake, like))]
    parts += ["", str(handshake)]
    raise AssertionError("\n".join(parts))


def _show(value: object) -> str:
    return "none" if value is None else _native.neutralize(str(value))
