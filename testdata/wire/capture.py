#!/usr/bin/env python3
"""Makes the captures beside it anew: real handshakes and certificates, as hexadecimal.

Needs openssl (3.0 or later), Python's ssl over it, and whichever of curl, node, java and pyOpenSSL is there.
What a peer does not offer is left as it was. The tests name values (names, dates, random bytes never), so a new
capture passes them too.
"""

import os
import socket
import ssl
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[constrained]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,digitalSignature,keyCertSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer:always
nameConstraints = critical,permitted;DNS:example.com,excluded;IP:10.0.0.0/255.0.0.0
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth,1.3.6.1.5.5.7.3.17
subjectAltName = DNS:localhost,DNS:*.example.com,IP:127.0.0.1,IP:::1,email:ops@example.com,URI:https://example.com/,RID:1.2.3.4,otherName:1.2.3.5;UTF8:x,dirName:dirname
authorityInfoAccess = OCSP;URI:http://ocsp.example.com/,caIssuers;URI:http://ca.example.com/ca.der
crlDistributionPoints = URI:http://crl.example.com/ca.crl
tlsfeature = status_request
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer:always
[dirname]
CN = other
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
[critical]
1.3.6.1.4.1.99999.1 = critical,ASN1:NULL
"""


def run(*arguments):
    subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def write(name, lines):
    with open(os.path.join(HERE, name), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


def certificates(folder):
    config = os.path.join(folder, "x.cnf")
    with open(config, "w", encoding="ascii") as file:
        file.write(CONFIG)

    def path(name):
        return os.path.join(folder, name)

    def issue(name, subject, section, key, issuer=None, more=()):
        run("openssl", "genpkey", *key, "-out", path(name + ".key"))
        sign = ["-signkey", path(name + ".key")]
        if issuer:
            sign = ["-CA", path(issuer + ".pem"), "-CAkey", path(issuer + ".key"), "-CAcreateserial"]
        # A v1 certificate comes of no extensions at all.
        extensions = ["-extfile", config, "-extensions", section] if section else []
        run("openssl", "req", "-new", "-key", path(name + ".key"), "-subj", subject, "-multivalue-rdn",
            "-utf8", "-config", config, "-out", path(name + ".csr"))
        run("openssl", "x509", "-req", "-in", path(name + ".csr"), *sign, *extensions, "-days", "36500",
            "-out", path(name + ".pem"), *more)
        pem = open(path(name + ".pem"), encoding="ascii").read()
        write("certificate_" + name + ".hex", [ssl.PEM_cert_to_DER_cert(pem).hex()])

    rsa = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
    ec = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    issue("root", "/C=DE/O=Example, Inc./CN=Root", "root", rsa)
    issue("constrained", "/O=Example, Inc.+OU=CAs/CN=Würzburg CA", "constrained", ["-algorithm", "EC", "-pkeyopt",
          "ec_paramgen_curve:P-384"], "root", ["-sha384"])
    issue("server", "/CN=localhost", "server", rsa, "root")
    issue("client", "/CN=client", "client", ec, "root")
    issue("critical", "/CN=critical", "critical", ec, "root")
    issue("ed25519", "/CN=ed", None, ["-algorithm", "ED25519"])
    issue("ed448", "/CN=ed", None, ["-algorithm", "ED448"])
    issue("rsa_pss", "/CN=pss", None, ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt",
          "rsa_pss_keygen_md:sha384"], None, ["-sha384"])
    run("openssl", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:1024",
        "-out", path("dsa.params"))
    issue("dsa", "/CN=dsa", None, ["-paramfile", path("dsa.params")])
    return path


def pump(client, server, outgoing, incoming):
    done = [False, False]
    for _ in range(20):
        for index, side in enumerate((client, server)):
            try:
                if not done[index]:
                    side.do_handshake()
                    done[index] = True
            except ssl.SSLWantReadError:
                pass
            outgoing[index].write(incoming[index].read())
        if all(done):
            return
    raise RuntimeError("no handshake")


def handshake(path, name, version, tune=lambda client, server: None, session=None):
    """One mutual handshake in memory, as the client saw it: `>` sent, `<` received."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(path("root.pem"))
    client.load_cert_chain(path("client.pem"), path("client.key"))
    client.set_alpn_protocols(["h2", "http/1.1"])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path("server.pem"), path("server.key"))
    server.load_verify_locations(path("root.pem"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.set_alpn_protocols(["http/1.1"])
    client.minimum_version = client.maximum_version = version
    tune(client, server)
    lines = []

    def seen(_connection, direction, _version, content_type, message_type, data):
        kind = {20: "change_cipher_spec", 21: "alert", 22: "handshake"}.get(int(content_type))
        if kind:
            lines.append(f"{'>' if direction == 'write' else '<'} {kind} {data.hex()}")

    client._msg_callback = seen  # CPython's own debugging door: no public one shows decrypted messages
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    from_client, from_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    mine = client.wrap_bio(to_client, from_client, server_hostname="localhost", session=session)
    theirs = server.wrap_bio(to_server, from_server, server_side=True)
    pump(mine, theirs, (to_server, to_client), (from_client, from_server))
    theirs.write(b"x")
    to_client.write(from_server.read())
    mine.read(1)
    write(name + ".hex", lines)


def hello(name, command):
    """The first record that a program sends to a loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    port = listener.getsockname()[1]
    process = subprocess.Popen([part.format(port=port) for part in command], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        connection, _ = listener.accept()
        connection.settimeout(20)
        data = b""
        while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "big"):
            piece = connection.recv(65536)
            if not piece:
                break
            data += piece
        connection.close()
        write("hello_" + name + ".hex", [data.hex()])
    finally:
        process.terminate()
        process.wait()


JAVA = """
import javax.net.ssl.*;
public class Hello {{
    public static void main(String[] arguments) throws Exception {{
        SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault().createSocket("localhost", {port});
        socket.startHandshake();
    }}
}}
"""

PYOPENSSL = """
import socket
from OpenSSL import SSL
connection = SSL.Connection(SSL.Context(SSL.TLS_METHOD), socket.create_connection(("127.0.0.1", {port})))
connection.set_tlsext_host_name(b"localhost")
connection.set_connect_state()
connection.do_handshake()
"""


MLDSA = """
import datetime, sys
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import mldsa
key = mldsa.MLDSA65PrivateKey.generate()
name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mldsa")])
day = datetime.datetime(2026, 1, 1)
builder = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day + datetime.timedelta(365))
print(builder.sign(key, None).public_bytes(serialization.Encoding.DER).hex())
"""


def mldsa(python):
    made = subprocess.run([python, "-c", MLDSA], check=True, capture_output=True, encoding="ascii")
    write("certificate_mldsa65.hex", made.stdout.split())


def main():
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable  # one with pyOpenSSL
    with tempfile.TemporaryDirectory() as folder:
        path = certificates(folder)
        handshake(path, "tls12_mutual", ssl.TLSVersion.TLSv1_2)
        handshake(path, "tls12_rsa", ssl.TLSVersion.TLSv1_2,
                  lambda *both: [side.set_ciphers("AES128-GCM-SHA256") for side in both])
        handshake(path, "tls13_mutual", ssl.TLSVersion.TLSv1_3)
        handshake(path, "tls13_retry", ssl.TLSVersion.TLSv1_3, lambda _, server: server.set_ecdh_curve("secp521r1"))
        hello("curl", ["curl", "-sk", "https://localhost:{port}/"])
        hello("node", ["node", "-e", "require('tls').connect({{port:{port},host:'127.0.0.1',servername:'localhost',"
                                     "ALPNProtocols:['h2']}}).on('error',()=>{{}})"])
        hello("pyopenssl", [python, "-c", PYOPENSSL])
        java_hello(folder)
        mldsa(python)


def java_hello(folder):
    source = os.path.join(folder, "Hello.java")
    # The port is not known before hello() listens, so a shell writes the source.
    script = f"cat > {source} <<'END'\n{JAVA}END\nexec java {source}"
    hello("java", ["sh", "-c", script])


main()
