#!/usr/bin/env python3
"""Compares the numbers in names/iana.txt with those that the PyPI package cryptodatahub knows.

Ours are written from the RFCs and IANA's registries; nothing is copied from the package, which is only asked whether it
agrees. A number that both know under different names is a fault, unless DELIBERATE says why. Numbers that only one
side knows are counted (and printed with -v), and are no fault.

    python3 -m venv target/names-venv && target/names-venv/bin/pip install cryptodatahub
    target/names-venv/bin/python .ci/names_crosscheck.py
"""

import pathlib
import re
import sys

from cryptodatahub.tls import algorithm, version

REGISTRIES = {
    "CipherSuite": algorithm.TlsCipherSuite,
    "ExtensionType": algorithm.TlsExtensionType,
    "NamedGroup": algorithm.TlsNamedCurve,
    "SignatureScheme": algorithm.TlsSignatureAndHashAlgorithm,
    "ProtocolVersion": version.TlsVersion,
    "EcPointFormat": algorithm.TlsECPointFormat,
    "CompressionMethod": algorithm.TlsCompressionMethod,
    "CertificateCompressionAlgorithm": algorithm.TlsCertificateCompressionAlgorithm,
    "PskKeyExchangeMode": algorithm.TlsPskKeyExchangeMode,
}

# (registry, numbers): why our names differ.
DELIBERATE = [
    ("ProtocolVersion", {0x0301}, "OpenSSL's TLSv1 stands in for any version in too many places"),
    ("SignatureScheme", {0x0101, 0x0201, 0x0301, 0x0401, 0x0501, 0x0601},
     "RFC 8446 says rsa_pkcs1_; MD5 and SHA-224 follow its pattern"),
    ("SignatureScheme", {0x0403, 0x0503, 0x0603}, "RFC 8446 binds the hash to a curve and says so in the name"),
    ("SignatureScheme", {0x0708}, "RFC 8998 says sm2sig_sm3"),
    ("NamedGroup", {0x6399, 0x639A}, "IANA has the names of the drafts"),
    ("ExtensionType", {34}, "RFC 9345 has the singular"),
    ("ExtensionType", {53}, "the number of a draft; RFC 9146 took 54, so that 53 must not have its name"),
    ("ExtensionType", {0x4469, 0x44CD}, "draft-vvv-tls-alps says application_settings"),
    ("PskKeyExchangeMode", {1}, "RFC 8446 says psk_dhe_ke"),
    ("CipherSuite", {0xC0AA, 0xC0AB}, "RFC 6655 turns PSK and DHE round in these two"),
    ("CipherSuite", {0xCC13, 0xCC14, 0xCC15, 0xFEFE, 0xFEFF, 0xFF85},
     "never IANA's; the letters before and behind are a matter of taste"),
]


def ours():
    path = pathlib.Path(__file__).resolve().parent.parent / "tlsdiag-core/names/iana.txt"
    registries, current = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            current = registries.setdefault(line.strip("[]").split()[0], {})
        elif line:
            number, name = line.split()[:2]
            current[int(number, 0)] = name
    return registries


def plain(name):
    """The letters and digits alone: the package's names are Python identifiers, and its versions have no v."""
    return re.sub("[^a-z0-9]", "", re.sub(r"(?<=SSL|TLS)v(?=\d)", "", name).lower())


def reason(registry, number):
    return next((why for name, numbers, why in DELIBERATE if name == registry and number in numbers), None)


def grease():
    """The package's values of GREASE against RFC 8701's rules, as open_enum.rs has them."""
    two = {member.value.code for member in algorithm.TlsGreaseTwoByte}
    one = {member.value.code for member in algorithm.TlsGreaseOneByte}
    return two == {number * 0x0101 for number in range(0x0A, 0x100, 0x10)} and one == set(range(0x0B, 0xE5, 0x1F))


def main():
    verbose = "-v" in sys.argv[1:]
    faults = 0 if grease() else 1
    print("GREASE: " + ("FAULT" if faults else "the same"))
    for registry, mine in ours().items():
        if registry not in REGISTRIES:
            continue
        theirs = {}
        for member in REGISTRIES[registry]:
            theirs.setdefault(member.value.code, []).append(member.name)
        same = deliberate = 0
        for number, name in mine.items():
            if number not in theirs:
                continue
            if any(plain(other) == plain(name) for other in theirs[number]):
                same += 1
            elif why := reason(registry, number):
                deliberate += 1
                if verbose:
                    print(f"{registry} {number:#06x}: {name}, not {'/'.join(theirs[number])}: {why}")
            else:
                faults += 1
                print(f"FAULT {registry} {number:#06x}: {name}, not {'/'.join(theirs[number])}")
        only = {number: names for number, names in theirs.items() if number not in mine}
        print(f"{registry}: {same} the same, {deliberate} under another name on purpose, "
              f"{len(set(mine) - set(theirs))} only ours, {len(only)} only theirs")
        for number, names in sorted(only.items()) if verbose else ():
            print(f"  only theirs: {number:#06x} {'/'.join(names)}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
