"""What recording costs: CPU time of handshakes of `ssl.SSLObject`s in memory, recorded, over the same without.

Both ends run in this thread; the server's is recorded, as in the bench of the hooks, and then both are.

Rounds come in pairs, one of each kind in turn, so that whatever else the machine does meets both. Prints the median ratio with
its 95 % interval, and puts it under `overhead.python` into the file that is named, beside the figures of the other benches.
`TLSDIAG_BENCH_ROUNDS` makes it shorter or longer.
"""

from __future__ import annotations

import json
import os
import ssl
import statistics
import sys
import time
from pathlib import Path

import tlsdiag

HANDSHAKES = 5
SCENARIOS = {"tls13": ("none", "TLSv1_3"), "tls13_mutual": ("required", "TLSv1_3"), "tls12_mutual": ("required", "TLSv1_2")}


def handshake(server_context: ssl.SSLContext, client_context: ssl.SSLContext) -> None:
    """One handshake, and a byte each way."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname="localhost")
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    ends = [client, server]
    while ends:
        for end in list(ends):
            try:
                end.do_handshake()
                ends.remove(end)
            except ssl.SSLWantReadError:
                pass
    client.write(b"x")
    server.write(server.read(1))
    client.read(1)


def contexts(server: tlsdiag.Server, version: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A context for either end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = Path(server.ca_file).parent
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(server.ca_file)
    context.verify_mode = server.context.verify_mode
    context.maximum_version = ssl.TLSVersion[version]
    return context, server.client_context(server.client_cert())


def batch(pair: tuple[ssl.SSLContext, ssl.SSLContext]) -> int:
    """CPU time of some handshakes, in nanoseconds."""
    begin = time.thread_time_ns()
    for _ in range(HANDSHAKES):
        handshake(*pair)
    return time.thread_time_ns() - begin


def measure(rounds: int, client_auth: str, version: str, *, both: bool) -> dict[str, float]:
    """The ratio, recorded to bare."""
    ratios, bare_times = [], []
    with tlsdiag.Server(client_auth=client_auth) as server:
        bare, recorded = contexts(server, version), contexts(server, version)
        with tlsdiag.record(*recorded[: 2 if both else 1]) as recorder:
            for number in range(rounds + 3):
                # Which comes first changes from round to round.
                times = {}
                for kind in ("bare", "recorded") if number % 2 else ("recorded", "bare"):
                    times[kind] = batch(bare if kind == "bare" else recorded)
                recorder.clear()
                if number >= 3:  # the first ones warm up
                    ratios.append(times["recorded"] / times["bare"])
                    bare_times.append(times["bare"] / HANDSHAKES / 1000)
    ratios.sort()
    # The number of values below the true median is binomial(n, 1/2).
    spread, middle = 0.98 * len(ratios) ** 0.5, (len(ratios) - 1) / 2
    low, high = ratios[max(0, round(middle - spread))], ratios[min(len(ratios) - 1, round(middle + spread))]
    return {
        "median": round(statistics.median(ratios), 4),
        "low": round(low, 4),
        "high": round(high, 4),
        "bare_us": round(statistics.median(bare_times), 1),
    }


def main() -> None:
    """Measures every scenario."""
    rounds = int(os.environ.get("TLSDIAG_BENCH_ROUNDS", "400"))
    results = {}
    for name, both in [(name, both) for both in (False, True) for name in SCENARIOS]:
        label = f"{name}_both" if both else name
        result = results[label] = measure(rounds, *SCENARIOS[name], both=both)
        print(
            f"overhead.python {label:<17} {result['median']:.4f}  ({result['low']:.4f} to {result['high']:.4f}), "
            f"bare {result['bare_us']:.0f} µs a pair"
        )
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        figures = json.loads(path.read_text()) if path.exists() else {}
        figures["overhead.python"] = results
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
