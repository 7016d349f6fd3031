"""Certificates, keys and lists in a folder, under the names that the advice gives them; and ports, processes and records."""
import itertools
import json
import os
import pathlib
import signal
import subprocess
import time

LIMIT = 20

CONFIG = """[ca]
default_ca = own
[own]
dir = %(name)s
database = %(name)s/index
new_certs_dir = %(name)s
serial = %(name)s/serial
crlnumber = %(name)s/crlnumber
certificate = %(name)s.pem
private_key = %(name)s.key
default_md = sha256
default_days = 60
default_crl_days = 30
unique_subject = no
policy = any
[any]
commonName = supplied
"""

LEAF = 'basicConstraints=CA:FALSE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nkeyUsage=critical,digitalSignature,keyEncipherment\n'
CA = 'basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nkeyUsage=critical,keyCertSign,cRLSign\n'


class Failed(Exception):
    """What was to be tried did not come about."""


def run(*command, check=True, **more):
    options = dict(stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace', timeout=LIMIT)
    done = subprocess.run([str(word) for word in command], **{**options, **more})
    if check and done.returncode:
        raise Failed(f'{command}: exit status {done.returncode}: {done.stdout}{done.stderr}')
    return done


def until(ready, what, limit=LIMIT):
    """Waits for what another process does, which nothing but looking tells."""
    end = time.monotonic() + limit
    while not ready():
        if time.monotonic() > end:
            raise Failed(f'{what}: not within {limit} s')
        time.sleep(0.02)


def text(name, content):
    path = pathlib.Path(name)
    path.write_text(content)
    return path.resolve()


def authority(name, subject, issuer=None):
    """A CA, of its own or of another one, with what `openssl ca` wants."""
    pathlib.Path(name).mkdir()
    for file, content in (('index', ''), ('serial', '1000'), ('crlnumber', '01')):
        text(f'{name}/{file}', content)
    text(f'{name}.cnf', CONFIG % {'name': name})
    if issuer:
        leaf(name, issuer, extensions=CA, subject=subject)
        return
    text('extensions', CA.replace('authorityKeyIdentifier=keyid\n', ''))
    run('openssl', 'genpkey', '-algorithm', 'RSA', '-out', f'{name}.key')
    run('openssl', 'req', '-new', '-key', f'{name}.key', '-subj', f'/CN={subject}', '-out', 'request')
    run('openssl', 'x509', '-req', '-in', 'request', '-signkey', f'{name}.key', '-days', '3650', '-extfile', 'extensions', '-out', f'{name}.pem')


def leaf(name, issuer, extensions=LEAF, subject=None, key='RSA', dates=()):
    kind = {'RSA': [], 'EC': ['-pkeyopt', 'ec_paramgen_curve:P-256'], 'weak': ['-pkeyopt', 'rsa_keygen_bits:1024']}[key]
    run('openssl', 'genpkey', '-algorithm', 'EC' if key == 'EC' else 'RSA', *kind, '-out', f'{name}.key')
    run('openssl', 'req', '-new', '-key', f'{name}.key', '-subj', f'/CN={subject or name}', '-out', 'request')
    text('extensions', extensions)
    run('openssl', 'ca', '-batch', '-notext', '-config', f'{issuer}.cnf', '-in', 'request', '-extfile', 'extensions', *dates, '-out', f'{name}.pem')
    # Whoever serves is seldom root.
    pathlib.Path(f'{name}.key').chmod(0o644)


def crl(issuer, name, *dates):
    run('openssl', 'ca', '-gencrl', '-config', f'{issuer}.cnf', '-out', name, *dates)


def nginx(program, statements):
    """nginx with one server. All that it writes is here, since its own folders are absent where it is unpacked and not installed."""
    here = pathlib.Path.cwd()
    temporary = ' '.join(f'{kind}_temp_path {here}/{kind};' for kind in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
    text('nginx.conf', f'user root; daemon off; {program}pid {here}/nginx.pid; error_log stderr info; events {{}}\n'
         f'http {{ access_log off; {temporary}\nserver {{\n{statements}}} }}\n')
    return ['nginx', '-p', here, '-e', 'stderr', '-c', here / 'nginx.conf']


def joined(name, *parts):
    text(name, ''.join(pathlib.Path(part).read_text() for part in parts))


def certificates():
    authority('root', 'Root')
    authority('other', 'Other Root')
    authority('intermediate', 'Issuing CA', 'root')
    server = LEAF + 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n'
    client = LEAF + 'extendedKeyUsage=clientAuth\n'
    leaf('server', 'intermediate', server)
    leaf('ec', 'intermediate', server, key='EC')
    leaf('expired', 'intermediate', server, dates=('-startdate', '20200101000000Z', '-enddate', '20210101000000Z'))
    leaf('early', 'intermediate', server, dates=('-startdate', '20900101000000Z', '-enddate', '20910101000000Z'))
    leaf('purpose', 'intermediate', LEAF + 'extendedKeyUsage=clientAuth\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n')
    leaf('named', 'intermediate', LEAF + 'extendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.test\n')
    leaf('weak', 'intermediate', server, key='weak')
    leaf('client', 'intermediate', client)
    leaf('weak-client', 'intermediate', client, key='weak')
    for name in ('server', 'ec', 'expired', 'early', 'purpose', 'named', 'weak', 'client', 'weak-client'):
        joined(f'{name}-chain.pem', f'{name}.pem', 'intermediate.pem')
    for name in ('expired', 'early', 'purpose', 'named', 'weak'):
        joined(f'{name}-and-key.pem', f'{name}-chain.pem', f'{name}.key')
    joined('fullchain.pem', 'server-chain.pem')
    joined('fullchain.key', 'server.key')
    pathlib.Path('ec.pem').rename('ec-leaf.pem')
    joined('ec.pem', 'ec-leaf.pem', 'intermediate.pem')
    joined('rsa.pem', 'fullchain.pem')
    joined('rsa.key', 'server.key')
    for name in ('fullchain', 'ec', 'rsa'):
        joined(f'{name}-and-key.pem', f'{name}.pem', f'{name}.key')
    joined('server-and-key.pem', 'server.pem', 'server.key')
    joined('client-chain-and-key.pem', 'client-chain.pem', 'client.key')
    joined('client-and-key.pem', 'client.pem', 'client.key')
    joined('ca.pem', 'root.pem')
    joined('client-ca.pem', 'root.pem')
    crl('root', 'root.crl')
    crl('intermediate', 'intermediate.crl')
    joined('root-crl.pem', 'root.crl')
    joined('ca-crl.pem', 'intermediate.crl')
    joined('all-crls.pem', 'root.crl', 'intermediate.crl')
    joined('client-ca-and-crls.pem', 'client-ca.pem', 'intermediate.pem', 'all-crls.pem')
    joined('ca-and-root-crl.pem', 'client-ca.pem', 'intermediate.pem', 'root.crl')
    run('openssl', 'dhparam', '-out', 'dh1024.pem', '1024', timeout=60)
    run('openssl', 'genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048', '-out', 'dh2048.pem')
    run('openssl', 'pkcs12', '-export', '-in', 'client-chain.pem', '-inkey', 'client.key', '-name', 'client', '-passout', 'pass:PASSWORD', '-out', 'client.p12')


PORTS = itertools.count(21000 + os.getpid() % 4000)


def tables():
    return [line for name in ('tcp', 'tcp6', 'udp') for line in pathlib.Path(f'/proc/net/{name}').read_text().splitlines()]


def port():
    """One that nobody has."""
    return next(number for number in PORTS if not any(f':{number:04X} ' in line for line in tables()))


def listens(number):
    """Looks it up instead of connecting: a connection would be recorded."""
    return any(f':{number:04X} ' in line and (' 0A ' in line or ' 07 ' in line) for line in tables())


class Running:
    """A program as long as the `with` block lasts, recorded or bare."""
    count = itertools.count()
    tlsdiag = None

    def __init__(self, command, recorded=False, port=None, env=None, stop=None, feed=False):
        number = next(self.count)
        self.out, self.log = pathlib.Path(f'out{number}.jsonl'), pathlib.Path(f'log{number}')
        command = [str(word) for word in command]
        self.command = [str(self.tlsdiag), 'run', '--jsonl', str(self.out), '--', *command] if recorded else command
        self.port, self.env, self.by, self.feed = port, env, stop, feed

    def __enter__(self):
        with self.log.open('w') as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE if self.feed else subprocess.DEVNULL, stdout=log, stderr=log,
                                            env={**os.environ, **(self.env or {})})
        try:
            if self.port:
                until(lambda: listens(self.port) or self.process.poll() is not None, f'{self.command} listens')
                if self.process.poll() is not None:
                    raise Failed(f'{self.command} ended: {self.said()}')
        except BaseException:
            self.stop()
            raise
        return self

    def said(self):
        return self.log.read_text(errors='replace')[-1500:]

    def records(self):
        content = self.out.read_text() if self.out.exists() else ''
        return [json.loads(line) for line in content.splitlines() if content.endswith('\n')]

    def processes(self):
        """This one's and its children's numbers, as far as they are to be told something."""
        found, look = [], [self.process.pid]
        while look:
            number = look.pop()
            found.append(number)
            try:
                look += [int(child) for child in pathlib.Path(f'/proc/{number}/task/{number}/children').read_text().split()]
            except OSError:
                pass
        return found

    def wait(self, limit=LIMIT):
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            pass

    def stop(self):
        if self.by:
            run(*self.by, check=False)
        elif self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(4)
        except subprocess.TimeoutExpired:
            for number in reversed(self.processes()):
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()

    def __exit__(self, *_):
        self.stop()
