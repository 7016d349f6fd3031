"""Web servers and balancers, OpenSSL's own, and those of a few lines of Python and Node.js."""
import os
import pathlib
import re
import signal

import place
from place import run, text
from server import HERE, Server, has_libssl


class Nginx(Server):
    title = stack = program = 'nginx'
    knobs = {'max12': 'ssl_protocols TLSv1.2;', 'min13': 'ssl_protocols TLSv1.3;', 'ciphers': 'ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;',
             'suites': 'ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;', 'group': 'ssl_ecdh_curve secp384r1;',
             'verify': 'ssl_verify_client on; ssl_client_certificate {}; ssl_verify_depth 5;', 'crl': 'ssl_crl {};', 'depth': 'ssl_verify_depth 0;',
             'client schemes': 'ssl_conf_command ClientSignatureAlgorithms ECDSA+SHA256;',
             'dh': 'ssl_ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0; ssl_dhparam /path/dh1024.pem;'}

    def statements(self, advice):
        return [statement.strip() + ';' for statement in advice.split(';') if statement.strip()]

    def key(self, line):
        return ' '.join(line.rstrip(';').split()[:2 if line.startswith('ssl_conf_command') else 1])

    def certificate(self, file, key):
        return f'ssl_certificate {file}; ssl_certificate_key {key};'

    def put(self, advice):
        if re.search(r'ssl_certificate /path/(live/)?(rsa|ec)\.pem', advice):
            self.lines += self.statements(advice)
        else:
            super().put(advice.replace('listen 443 ', f'listen 127.0.0.1:{self.port} '))

    def command(self):
        if not any(line.startswith('listen') for line in self.lines):
            self.lines.insert(0, f'listen 127.0.0.1:{self.port} ssl;')
        if not any(line.startswith('ssl_protocols') for line in self.lines):
            self.put('ssl_protocols TLSv1.2 TLSv1.3;')
        return place.nginx('', f'server_name localhost;\n{self.content()}location / {{ return 200 "yes\\n"; }}\n')

    def reload(self, line, running):
        run(*line.split(), '-p', HERE(), '-c', f'{HERE()}/nginx.conf')


class Apache(Server):
    title, stack, program = 'Apache httpd', 'apache', 'apache2'
    as_root = True
    knobs = {'max12': 'SSLProtocol TLSv1.2', 'min13': 'SSLProtocol TLSv1.3', 'ciphers': 'SSLCipherSuite ECDHE-RSA-AES128-GCM-SHA256',
             'suites': 'SSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256', 'group': 'SSLOpenSSLConfCmd Groups P-384',
             'verify': 'SSLVerifyClient require\nSSLVerifyDepth 5\nSSLCACertificateFile {}', 'depth': 'SSLVerifyDepth 0',
             'crl': 'SSLCARevocationFile {}\nSSLCARevocationCheck chain',
             'client schemes': 'SSLOpenSSLConfCmd ClientSignatureAlgorithms ECDSA+SHA256'}

    def key(self, line):
        words = line.split()
        return ' '.join(words[:2]) if words[0] == 'SSLOpenSSLConfCmd' or words[:2] == ['SSLCipherSuite', 'TLSv1.3'] else words[0]

    def certificate(self, file, key):
        return f'SSLCertificateFile {file}\nSSLCertificateKeyFile {key}'

    def put(self, advice):
        if re.search(r'SSLCertificateFile /path/(live/)?(rsa|ec)\.pem', advice):
            self.lines += self.statements(advice)
        else:
            super().put(advice)

    def command(self):
        modules = '/usr/lib/apache2/modules'
        names = ('mpm_event', 'authz_core', 'socache_shmcb', 'ssl', 'remoteip')
        text('apache.conf', ''.join(f'LoadModule {name}_module {modules}/mod_{name}.so\n' for name in names) +
             f'ServerName localhost\nListen 127.0.0.1:{self.port}\nPidFile {HERE()}/apache.pid\nDefaultRuntimeDir {HERE()}\nErrorLog /dev/stderr\n'
             f'User #65534\nGroup #65534\n<VirtualHost 127.0.0.1:{self.port}>\nServerName localhost\nSSLEngine on\n{self.content()}</VirtualHost>\n')
        return ['apache2', '-d', HERE(), '-f', 'apache.conf', '-DFOREGROUND']

    def reload(self, line, running):
        # What apachectl starts, with this configuration.
        run('apache2', '-d', HERE(), '-f', 'apache.conf', '-k', line.split()[1])


class Haproxy(Server):
    title, stack, program = 'HAProxy', 'haproxy', 'haproxy'
    knobs = {'max12': 'ssl-max-ver TLSv1.2', 'min13': 'ssl-min-ver TLSv1.3', 'ciphers': 'ciphers ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'ciphersuites TLS_AES_128_GCM_SHA256',
             'group': 'curves P-384', 'verify': 'verify required ca-file {}', 'crl': 'crl-file {}', 'plain': ''}

    def statements(self, advice):
        found = []
        for word in advice.split():
            if found and not found[-1].count(' ') and found[-1] not in ('accept-proxy', 'ssl'):
                found[-1] += f' {word}'
            else:
                found.append(word)
        return found

    def put(self, advice):
        if re.search(r'crt /path/(live/)?(rsa|ec)-and-key', advice):
            self.lines += self.statements(advice)
        else:
            super().put(advice)

    def shows(self, name, folder='/path'):
        self.put(f'crt {folder}/{name}-and-key.pem')

    def command(self):
        words = self.content().replace('\n', ' ')
        text('haproxy.cfg', 'global\n tune.ssl.default-dh-param 2048\ndefaults\n mode http\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n'
             f'frontend f\n bind 127.0.0.1:{self.port} ssl {words}\n http-request return status 200\n')
        return ['haproxy', '-W', '-f', 'haproxy.cfg']

    def reload(self, line, running):
        # The unit's ExecReload.
        master = next(number for number in running.processes() if pathlib.Path(f'/proc/{number}/exe').resolve().name == 'haproxy')
        os.kill(master, signal.SIGUSR2)


class Openssl(Server):
    title, stack, program = 'openssl s_server', 'openssl', 'openssl'
    knobs = {'max12': '-max_protocol TLSv1.2', 'min13': '-min_protocol TLSv1.3', 'ciphers': '-cipher ECDHE-RSA-AES128-GCM-SHA256', 'suites': '-ciphersuites TLS_AES_128_GCM_SHA256', 'group': '-groups P-384',
             'verify': '-Verify 5 -verify_return_error -CAfile {} -no-CApath -no-CAstore', 'client schemes': '-client_sigalgs ECDSA+SHA256'}
    flags = ('-verify_return_error', '-no-CApath', '-no-CAstore')

    def statements(self, advice):
        found = []
        for word in advice.replace('openssl s_server', '').replace('…', '').split():
            if found and ' ' not in found[-1] and found[-1] not in self.flags:
                found[-1] += f' {word}'
            else:
                found.append(word)
        return found

    def shows(self, name, folder='/path'):
        key = 'server' if name == 'fullchain' else name
        self.put(f'-cert {folder}/{name}.pem -key {folder}/{key}.key' + ('' if name == 'server' else f' -cert_chain {HERE()}/intermediate.pem'))

    def command(self):
        return ['openssl', 's_server', '-accept', f'127.0.0.1:{self.port}', '-www', *self.content().split()]


PYTHON = r"""
import signal, socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for line in open('python-lines').read().splitlines():
    exec(line)
signal.signal(signal.SIGHUP, lambda *_: exec(open('python-reload').read()))
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    try:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as peer:
            peer.recv(1)
    except OSError as error:
        print(error, flush=True)
"""


class Python(Server):
    title, stack, program = 'Python, ssl', 'python', '/usr/bin/python3'
    knobs = {'max12': 'context.maximum_version = ssl.TLSVersion.TLSv1_2', 'min13': 'context.minimum_version = ssl.TLSVersion.TLSv1_3', 'ciphers': 'context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")',
             'group': 'context.set_ecdh_curve("secp384r1")', 'verify': 'context.load_verify_locations("{}"); context.verify_mode = ssl.CERT_REQUIRED',
             'crl': 'context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN; context.load_verify_locations("{}")'}

    def key(self, line):
        # A later line does what an earlier one did, or more.
        return line

    def certificate(self, file, key):
        return f'context.load_cert_chain("{file}", "{key}")'

    def command(self):
        text('python-lines', self.content())
        return [self.program, text('server.py', PYTHON), self.port]

    def reload(self, line, running):
        text('python-reload', line.replace('"fullchain.pem"', '"live/fullchain.pem"').replace('"server.key"', '"live/server.key"'))
        super().reload('kill -HUP', running)


NODE = r"""
const fs = require("fs"), tls = require("tls");
const server = tls.createServer({ %s }, socket => socket.on("error", () => {}).end("yes"));
server.on("tlsClientError", error => console.log(error.message));
process.on("SIGHUP", () => eval(fs.readFileSync("node-reload", "utf8")));
server.listen(Number(process.argv[2]), "127.0.0.1");
"""


class Node(Server):
    title, stack, program = 'Node.js', 'node', '/usr/bin/node'
    # Debian's; others have an OpenSSL of their own built in.
    recorded = has_libssl('/usr/bin/node')
    knobs = {'max12': 'maxVersion: "TLSv1.2"', 'min13': 'minVersion: "TLSv1.3"', 'ciphers': 'ciphers: "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'ecdhCurve: "P-384"',
             'verify': 'requestCert: true, ca: fs.readFileSync("{}")', 'crl': 'crl: fs.readFileSync("{}")'}

    def statements(self, advice):
        return [advice]

    def key(self, line):
        return line

    def certificate(self, file, key):
        return f'cert: fs.readFileSync("{file}"), key: fs.readFileSync("{key}")'

    def command(self):
        # Of two options of one name the later counts.
        return [self.program, text('server.js', NODE % ', '.join(self.content().splitlines())), self.port]

    def reload(self, line, running):
        text('node-reload', line.replace('"fullchain.pem"', '"live/fullchain.pem"').replace('"server.key"', '"live/server.key"'))
        super().reload('kill -HUP', running)
