"""`python -m tlsdiag`: explains and compares recorded handshakes; the same as the command `tlsdiag`, over the same core."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

from tlsdiag import Cause, FormatError, Handshakes, __version__, _native, explain, join
from tlsdiag._record import is_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tlsdiag import Handshake

HEALTHY, DIAGNOSED, TROUBLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code: 0 healthy, 1 a failure was diagnosed, 2 wrong use or a bad file."""
    parser = _parser()
    options = parser.parse_args(arguments)
    commands = {"explain": _explain, "diff": _diff, "causes": _causes}
    try:
        code = commands[options.command](options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has seen enough; nothing more may be written when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return HEALTHY
    return code


class _Parser(argparse.ArgumentParser):
    """One that quotes what it is given inertly."""

    def error(self, message: str) -> NoReturn:
        super().error(_native.neutralize(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m tlsdiag", description="Says why TLS handshakes failed.")
    parser.add_argument("--version", action="version", version=f"tlsdiag {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    told = commands.add_parser("explain", help="tell recorded handshakes again")
    told.add_argument("files", nargs="+", metavar="FILE", help="a JSON lines file, or - for stdin")
    told.add_argument("--format", choices=("text", "json", "causes"), default="text", help="how to tell (text)")
    compared = commands.add_parser("diff", help="compare two recorded handshakes, the last of each file")
    compared.add_argument("first", metavar="A")
    compared.add_argument("second", metavar="B")
    catalogue = commands.add_parser("causes", help="list the causes, or say what one means")
    catalogue.add_argument("code", nargs="?", metavar="CODE")
    return parser


def _explain(options: argparse.Namespace) -> int:
    code = HEALTHY
    for file in options.files:
        handshakes, readable = _read(file)
        setups = handshakes.setups if isinstance(handshakes, Handshakes) else []
        told: list[Handshake | _native.Setup] = [*setups, *handshakes]
        for one in told:
            if options.format == "json":
                print(one.to_json())
            elif options.format == "causes":
                print(_native.neutralize(one.verdict))
            else:
                print(one, end="\n\n")
        failed = bool(setups) or any(is_failure(handshake) for handshake in handshakes)
        code = max(code, TROUBLE if not readable else DIAGNOSED if failed else HEALTHY)
    return code


def _diff(options: argparse.Namespace) -> int:
    chosen: list[Handshake] = []
    for file in (options.first, options.second):
        handshakes, readable = _read(file)
        if not handshakes and readable:
            return _complain(f"{file} holds no handshake, only setups that failed before any")
        if not readable:
            return TROUBLE
        chosen.append(handshakes[-1])
    print(_native.diff(*chosen))
    joined = join(*chosen)
    if joined is not None:
        print("\nboth ends of one connection:", _native.neutralize(joined.relation))
    return DIAGNOSED if any(map(is_failure, chosen)) else HEALTHY


def _causes(options: argparse.Namespace) -> int:
    if options.code is None:
        width = max(len(cause) for cause in Cause)
        for cause in Cause:
            print(f"{cause:<{width}}  {cause.meaning}")
        return HEALTHY
    try:
        cause = Cause(options.code)
    except ValueError as error:
        return _complain(str(error))
    print(_native.cause_text(cause))
    return HEALTHY


def _read(file: str) -> tuple[list[Handshake], bool]:
    try:
        return (explain(sys.stdin.buffer.read()) if file == "-" else explain(file)), True
    except FormatError as error:
        _complain(str(error))
        return error.handshakes, False
    except OSError as error:
        _complain(f"cannot read {file}: {error.strerror}")
        return Handshakes(), False


def _complain(sentence: str) -> int:
    print("tlsdiag:", _native.neutralize(sentence), file=sys.stderr)
    return TROUBLE


if __name__ == "__main__":
    sys.exit(main())
