"""Clients that people run: a line of advice goes on the command line, or into a file of theirs."""
import pathlib

import servers
from client import HERE, Client, OnTheLine
from place import run, text


class Curl(OnTheLine):
    title = stack = program = name = 'curl'
    knobs = {'trust': '--cacert {}', 'identity': '--cert {} --key {}', 'max12': '--tls-max 1.2', 'min13': '--tlsv1.3', 'ciphers': '--ciphers ECDHE-RSA-AES128-GCM-SHA256',
             'suites': '--tls13-ciphers TLS_AES_128_GCM_SHA256', 'group': '--curves P-384'}

    def command(self):
        words = self.words()
        # --tlsv1.2 is the lowest version; the highest one is what was said before it.
        url = [] if any(word.startswith('https:') for word in words) else [self.url()]
        return ['/usr/bin/curl', '-q', '-sS', '-4', '--noproxy', '*', '--max-time', '8', *words, *url]


class Wget(OnTheLine):
    title = stack = program = name = 'wget'
    recorded = False
    knobs = {'trust': '--ca-certificate={}', 'identity': '--certificate={} --private-key={}', 'max12': '--secure-protocol=TLSv1_2',
             'ciphers': '--ciphers=NORMAL:-CIPHER-ALL:+AES-128-GCM', 'group': '--ciphers=NORMAL:-GROUP-ALL:+GROUP-SECP384R1'}

    def command(self):
        return ['wget', '--no-config', '-4', '-t', '1', '-T', '8', '-q', '-O', '-', *self.words(), self.url()]


class Git(Client):
    title, stack, program, recorded = 'git', 'git', '/usr/bin/git', False
    knobs = {'trust': 'git config http.sslCAInfo {}', 'identity': 'git config http.sslCert {}; git config http.sslKey {}'}

    def command(self):
        if not pathlib.Path('repository').exists():
            run(self.program, 'init', '-q', 'repository')
        text('repository/.git/config', '[core]\n repositoryformatversion = 0\n')
        for line in self.lines:
            run('sh', '-c', self.filled(line.replace('git config', f'{self.program} config').replace(' ca.pem', f' {HERE()}/ca.pem').replace(
                ' other.pem', f' {HERE()}/other.pem').replace(' client.', f' {HERE()}/client.')), cwd='repository')
        return [self.program, '-C', 'repository', 'ls-remote', self.url()]


class Psql(Client):
    """To a server of PostgreSQL's, since TLS begins inside of its protocol."""
    title, stack, program = 'psql', 'libpq', 'psql'
    knobs = {'trust': 'sslrootcert={}', 'identity': 'sslcert={} sslkey={}', 'max12': 'ssl_max_protocol_version=TLSv1.2', 'min13': 'ssl_min_protocol_version=TLSv1.3'}
    inner = servers.Postgresql

    def command(self):
        words = ' '.join(self.filled(line) for line in self.lines)
        host = '' if 'host=' in words else 'host=localhost hostaddr=127.0.0.1'
        return ['psql', f'{host} port={self.port} user=postgres dbname=postgres sslmode=verify-full {words}', '-c', 'SELECT 1']


class MariadbClient(OnTheLine):
    title, stack, program, name, recorded = 'mariadb', 'mariadb', 'mariadb', 'mariadb', True
    knobs = {'trust': '--ssl-ca={}', 'identity': '--ssl-cert={} --ssl-key={}', 'max12': '--tls-version=TLSv1.2', 'min13': '--tls-version=TLSv1.3', 'ciphers': '--ssl-cipher=ECDHE-RSA-AES128-GCM-SHA256'}
    inner = servers.Mariadb

    def command(self):
        return ['mariadb', '--no-defaults', '-h', 'localhost', '--protocol=tcp', '-P', self.port, '-u', 'root', '--ssl-verify-server-cert', *self.words(), '-e', 'SELECT 1']


class RedisCli(OnTheLine):
    title, stack, program, name = 'redis-cli', 'redis', 'redis-cli', 'redis-cli'
    knobs = {'trust': '--cacert {}', 'identity': '--cert {} --key {}', 'ciphers': '--tls-ciphers ECDHE-RSA-AES128-GCM-SHA256', 'suites': '--tls-ciphersuites TLS_AES_128_GCM_SHA256'}
    limit = 1.5

    def command(self):
        return ['redis-cli', '--tls', '-h', '127.0.0.1', '-p', self.port, *self.words(), 'PING']


class MosquittoSub(OnTheLine):
    title, stack, program, name = 'mosquitto_sub', 'mosquitto', 'mosquitto_sub', 'mosquitto_sub'
    knobs = {'trust': '--cafile {}', 'identity': '--cert {} --key {}', 'min13': '--tls-version tlsv1.3', 'ciphers': '--ciphers ECDHE-RSA-AES128-GCM-SHA256'}
    limit = 1.5

    def command(self):
        return ['mosquitto_sub', '-h', 'localhost', '-p', self.port, '-t', 'x', '-W', '1', *self.words()]


class Ldapsearch(Client):
    title, stack, program, recorded = 'ldapsearch', 'ldap.conf', 'ldapsearch', False
    knobs = {'trust': 'TLS_CACERT /path/{}', 'identity': 'TLS_CERT /path/{}\nTLS_KEY /path/{}', 'max12': 'TLS_CIPHER_SUITE NORMAL:-VERS-TLS1.3',
             'ciphers': 'TLS_CIPHER_SUITE NORMAL:-CIPHER-ALL:+AES-128-GCM'}
    limit = 1.5

    def put(self, advice):
        for line in advice.splitlines():
            self.lines = [old for old in self.lines if old.split()[0] != line.split()[0]] + [line]

    def command(self):
        # TLS_CERT and TLS_KEY are a user's own options.
        self.env = {'LDAPRC': 'ldaprc-cell', 'HOME': str(HERE()), 'LDAPCONF': str(text('ldaprc-cell', self.content()))}
        return ['ldapsearch', '-x', '-H', f'ldaps://localhost:{self.port}', '-o', 'nettimeout=3', '-b', '', '-s', 'base']


class OpensslClient(OnTheLine):
    title, stack, program, name = 'openssl s_client', 'openssl', 'openssl', None
    knobs = {'trust': '-CAfile {}', 'identity': '-cert {} -key {}', 'max12': '-max_protocol TLSv1.2', 'min13': '-min_protocol TLSv1.3', 'ciphers': '-cipher ECDHE-RSA-AES128-GCM-SHA256', 'suites': '-ciphersuites TLS_AES_128_GCM_SHA256',
             'group': '-groups P-384', 'schemes': '-sigalgs ECDSA+SHA256'}

    def words(self):
        # It takes each option once.
        found = {}
        for line in self.lines:
            words = [word for word in self.filled(line).split() if word not in ('openssl', 's_client', '…')]
            while words:
                flag = words.pop(0)
                found[flag] = [words.pop(0)] if words and not words[0].startswith('-') else []
        return [word for flag, value in found.items() for word in (flag, *value)]

    def command(self):
        words = self.words()
        if '-connect' not in words:
            words += ['-connect', f'127.0.0.1:{self.port}']
        name = words[words.index('-servername') + 1] if '-servername' in words else 'localhost'
        return ['openssl', 's_client', '-verify_return_error', '-verify_hostname', name, *words]
