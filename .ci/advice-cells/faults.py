"""What goes wrong, whatever the program: each fault is one thing turned in it, and a peer that minds."""
from dataclasses import dataclass, field

AES256 = 'ECDHE-RSA-AES256-GCM-SHA384'


@dataclass
class Fault:
    name: str
    cause: str
    # What the program is told, in its own words or else in those of openssl.cnf.
    knobs: list = field(default_factory=list)
    cnf: str = ''
    shows: str = None
    peer: dict = field(default_factory=dict)
    # The file that takes the place of the bad one; then the line that makes the program read it.
    renewed: str = None
    # Words that the line must have, where a cause has several.
    line: str = ''


SERVER = [
    Fault('highest version', 'version.no_overlap', ['max12'], 'MaxProtocol = TLSv1.2', peer={'only': '1.3'}),
    Fault('lowest version', 'version.no_overlap', ['min13'], 'MinProtocol = TLSv1.3', peer={'only': '1.2'}),
    Fault('suite of TLS 1.2', 'cipher.no_overlap', ['ciphers'], 'CipherString = ECDHE-RSA-AES128-GCM-SHA256', peer={'only': '1.2', 'ciphers': AES256}),
    Fault('suite of TLS 1.3', 'cipher.no_overlap', ['suites'], 'Ciphersuites = TLS_AES_128_GCM_SHA256', peer={'only': '1.3', 'suites': 'TLS_AES_256_GCM_SHA384'}),
    Fault('group', 'group.no_overlap', ['group'], 'Groups = P-384', peer={'groups': 'P-256'}),
    Fault('lone leaf', 'server_cert.incomplete_chain', shows='server', peer={'only': '1.2'}),
    Fault('key of the other kind', 'cipher.no_matching_certificate', shows='ec',
          peer={'only': '1.2', 'ciphers': 'ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384'}),
    Fault('old certificate', 'server_cert.expired', renewed='expired', peer={'only': '1.2'}),
    Fault('early certificate', 'server_cert.not_yet_valid', renewed='early', peer={'only': '1.2'}),
    Fault('purpose', 'server_cert.wrong_purpose', renewed='purpose', peer={'only': '1.2'}),
    Fault('name', 'server_cert.hostname_mismatch', renewed='named', peer={'only': '1.2'}),
    Fault('CA for clients', 'client_cert.unknown_issuer', [('verify', '/path/other.pem')], peer={'only': '1.2', 'identity': 'client'}),
    Fault('weak key of a client', 'client_cert.weak_key', [('verify', '/path/client-ca.pem')], peer={'only': '1.2', 'identity': 'weak-client', 'level': 1}),
    Fault('depth', 'client_cert.verify_depth', [('verify', '/path/client-ca.pem'), 'depth'], peer={'only': '1.2', 'identity': 'client'}),
    Fault('CRL lacking', 'client_cert.crl_unavailable', [('verify', '/path/client-ca.pem'), ('crl', '/path/root.crl')],
          peer={'only': '1.2', 'identity': 'client'}),
    Fault('schemes for clients', 'sigalg.client_key_incompatible', [('verify', '/path/client-ca.pem'), 'client schemes'],
          'ClientSignatureAlgorithms = ECDSA+SHA256', peer={'only': '1.2', 'identity': 'client', 'recorded': True}),
    Fault('small prime', 'dh.key_too_small', ['dh'], peer={'only': '1.2', 'ciphers': 'DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256', 'level': 2}),
]

CLIENT = [
    Fault('CA', 'server_cert.unknown_issuer', [('trust', 'other.pem')], peer={'only': '1.2'}),
    Fault('no certificate', 'client_cert.missing', peer={'only': '1.2', 'asks': True}),
    Fault('lone leaf', 'client_cert.incomplete_chain', [('identity', 'client.pem', 'client.key')], peer={'only': '1.2', 'asks': True}),
    Fault('highest version', 'version.no_overlap', ['max12'], 'MaxProtocol = TLSv1.2', peer={'only': '1.3'}),
    Fault('lowest version', 'version.no_overlap', ['min13'], 'MinProtocol = TLSv1.3', peer={'only': '1.2'}),
    Fault('suite of TLS 1.2', 'cipher.no_overlap', ['ciphers', '?max12'], 'CipherString = ECDHE-RSA-AES128-GCM-SHA256', peer={'only': '1.2', 'ciphers': AES256}),
    Fault('suite of TLS 1.3', 'cipher.no_overlap', ['suites'], 'Ciphersuites = TLS_AES_128_GCM_SHA256', peer={'only': '1.3', 'suites': 'TLS_AES_256_GCM_SHA384'}),
    Fault('group', 'group.no_overlap', ['group'], 'Groups = P-384', peer={'groups': 'P-256'}),
    Fault('schemes', 'sigalg.no_overlap', ['schemes'], 'SignatureAlgorithms = ECDSA+SHA256', peer={'only': '1.3'}),
    Fault('weak key', 'server_cert.weak_key', peer={'only': '1.2', 'shows': 'weak', 'level': 0}),
    Fault('small prime', 'dh.key_too_small', peer={'only': '1.2', 'small prime': True, 'level': 0}),
    Fault('name', 'server_cert.hostname_mismatch', peer={'only': '1.2', 'shows': 'named'}, line='HOST'),
]
