#!/usr/bin/env python3
"""Fills fuzz/corpus with what testdata/wire holds, so that a fuzzer begins with real bytes."""

import json
import pathlib
import shutil
import subprocess
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def put(target, name, data):
    folder = ROOT / "fuzz/corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def extensions(message):
    """The block at the end of a hello, found by its length."""
    for at in range(len(message) - 2):
        if at > 38 and int.from_bytes(message[at:at + 2], "big") == len(message) - at - 2:
            return message[at + 2:]
    return b""


def datagrams(message, part=100):
    """The message in fragments of DTLS; the first byte makes the target cut where a datagram ends."""
    body, out = message[4:], bytearray()
    for seq, at in enumerate(range(0, max(len(body), 1), part)):
        fragment = body[at:at + part]
        handshake = message[:4] + b"\0\1" + at.to_bytes(3, "big") + len(fragment).to_bytes(3, "big") + fragment
        out += b"\x16\xfe\xfd\0\0" + seq.to_bytes(6, "big") + len(handshake).to_bytes(2, "big") + handshake
    return bytes([12 + 13 + part - 1]) + out


def packed_by(program, body, stored):
    """What the program makes of it; where there is none, a form that compresses nothing."""
    if shutil.which(program) is None:
        return stored
    return subprocess.run([program, "--stdout"], input=body, capture_output=True, check=True).stdout


def compressed(body):
    """For each algorithm of RFC 8879 its number, the length that it claims, and the body."""
    length = len(body)
    # Of brotli the smallest window and one meta-block, of zstd a single segment and one block.
    in_brotli = (1 << 20 | length - 1 << 4).to_bytes(3, "little") + body + b"\3"
    in_zstd = b"\x28\xb5\x2f\xfd\xa0" + length.to_bytes(4, "little") + (length << 3 | 1).to_bytes(3, "little") + body
    packed = [zlib.compress(body), packed_by("brotli", body, in_brotli), packed_by("zstd", body, in_zstd)]
    return {number: bytes([number]) + length.to_bytes(3, "big") + data for number, data in enumerate(packed, 1)}


for path in sorted((ROOT / "testdata/wire").glob("*.hex")):
    for index, line in enumerate(path.read_text().splitlines()):
        data = bytes.fromhex(line.split()[-1])
        name = f"{path.stem}-{index}"
        if path.stem.startswith("certificate"):
            put("certificate", name, data)
        elif path.stem.startswith("hello"):
            put("record", name, b"\xff" + data)
            put("record", f"{name}-dtls", datagrams(data[5:]))
            put("message", name, b"\x04\x00\x13\x01" + data[5:])
            put("extensions", name, extensions(data[5:]))
        elif " handshake " in line:
            version = b"\x03" if "tls12" in path.stem else b"\x04"
            put("message", name, version + b"\x00\xc0\x30" + data)
            put("record", name, b"\x3f\x16\x03\x03" + len(data).to_bytes(2, "big") + data)
            put("record", f"{name}-dtls", datagrams(data))
            if data[0] in (1, 2, 8):
                put("extensions", name, extensions(data))
            if data[0] == 11:
                for number, packed in compressed(data[4:]).items():
                    put("compressed", f"{name}-{number}", packed)


def part(kind, data):
    return bytes([kind]) + len(data).to_bytes(2, "big") + data


# What hooks recorded, as the target `events` reads it: the side, then each event's kind, length and bytes.
for path in sorted((ROOT / "testdata/cases").glob("*/*/events.jsonl")):
    events, packed = b"", {}
    for line in path.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        if event.get("event") == "started":
            events = bytes([(event["role"] == "client") | 2 | 0x80])
        received = 0x80 * (event.get("direction") == "received")
        kind, data = {
            "message": lambda: (0, bytes.fromhex(event["bytes"])),
            "alert": lambda: (8, bytes([event["level"], event["description"]])),
            "change_cipher_spec": lambda: (11, b""),
            "handshake_done": lambda: (12, b"\0"),
            "failed": lambda: (13, b"\0"),
            "transport": lambda: (14, b""),
            "application_data": lambda: (15, b""),
        }.get(event.get("event"), lambda: (None, b""))()
        if kind is not None and len(data) < 1 << 16:
            events += part(kind | received, data)
            # The same certificate once more, as it looks where the sides compress.
            if kind == 0 and data[0] == 11 and not packed:
                packed = {number: part(16 | received, form) for number, form in compressed(data[4:]).items()}
    put("events", path.parent.name, events)
    for number, form in packed.items():
        put("events", f"{path.parent.name}-{number}", events + form)
