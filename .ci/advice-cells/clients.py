"""Clients: how each makes one handshake, and where a line of advice goes: on its command line, into its configuration or its source."""
import os, pathlib, re, shutil

import servers
from place import Failed, Running, port, run, text, until

HERE = pathlib.Path.cwd


class Client:
    title = stack = program = None
    side = 'client'
    recorded = True
    knobs = {}
    # Whether all lines that are for it are needed at once.
    takes_all = False
    # It ends by itself by then, or is ended.
    limit = 10

    def __init__(self):
        self.lines, self.port, self.env = [], None, {}

    def found(self):
        return shutil.which(self.program)

    def put(self, advice):
        self.lines.append(advice)

    def knob(self, name, *values):
        line = self.knobs.get(name)
        if line is None:
            return False
        if line:
            self.put(line.format(*values))
        return True

    def content(self):
        return self.filled('\n'.join(self.lines))

    def filled(self, line):
        return line.replace('/path/', f'{HERE()}/').replace('HOST:443', f'other.test:{self.port}').replace('https://HOST/', f'https://other.test:{self.port}/').replace(
            'HOST', 'other.test').replace('ADDRESS', '127.0.0.1').replace(':PORT', f':{self.port}')

    def url(self):
        return f'https://localhost:{self.port}/'

    def command(self):
        raise NotImplementedError

    def session(self, env):
        return Running(self.command(), recorded=self.recorded, env={**env, **self.env})


class OnTheLine(Client):
    """Options on a command line: a later one takes the place of an earlier one."""
    name = None

    def words(self):
        return [word for line in self.lines for word in self.filled(line).split() if word not in (self.name, '…')]


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


class Script(Client):
    """A line in a program's own source."""
    source = None
    suffix = ''

    def command(self):
        lines = self.content()
        source = self.source.replace('@LINES@', lines).replace('@PORT@', str(self.port)).replace('@URL@', self.url())
        return [self.program, text(f'client{self.suffix}', source)]


class Python(Script):
    title, stack, program, suffix = 'Python, ssl', 'python', '/usr/bin/python3', '.py'
    knobs = {'trust': 'context.load_verify_locations("{}")', 'identity': 'context.load_cert_chain("{}", "{}")', 'max12': 'context.maximum_version = ssl.TLSVersion.TLSv1_2',
             'min13': 'context.minimum_version = ssl.TLSVersion.TLSv1_3',
             'ciphers': 'context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")', 'group': 'context.set_ecdh_curve("secp384r1")'}
    source = '''import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
sock = socket.create_connection(("127.0.0.1", @PORT@))
peer = None
@LINES@
peer = peer or context.wrap_socket(sock, server_hostname="localhost")
peer.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
print(peer.recv(100))
'''

    def knob(self, name, *values):
        # One that was loaded stays: the right CA comes in place of the other one.
        if name == 'trust':
            self.lines = [line for line in self.lines if 'load_verify' not in line]
        return super().knob(name, *values)

    def put(self, advice):
        super().put(advice.replace('context.wrap_socket', 'peer = context.wrap_socket'))


class Requests(Script):
    title, stack, program, suffix = 'Python, requests', 'requests', '/usr/bin/python3', '.py'
    knobs = {'trust': 'requests.get(URL, verify="{}")', 'identity': 'requests.get(URL, verify="ca.pem", cert=("{}", "{}"))'}
    source = 'import requests\nURL = "@URL@"\n@LINES@\n'

    def put(self, advice):
        # The call is one; what is advised is an argument of it.
        before = {word.split('=')[0]: word for line in self.lines for word in re.findall(r'(?:verify|cert)=(?:\([^)]*\)|"[^"]*")', line)}
        now = {word.split('=')[0]: word for word in re.findall(r'(?:verify|cert)=(?:\([^)]*\)|"[^"]*")', advice)}
        self.lines = [f'requests.get(URL, {", ".join({**before, **now}.values())})']


class WithContext(Script):
    """A library of Python's that is handed an SSLContext."""
    program, suffix, takes_all = '/usr/bin/python3', '.py', True
    knobs = Python.knobs

    def knob(self, name, *values):
        if name == 'trust':
            self.lines = [line for line in self.lines if 'load_verify' not in line]
        return super().knob(name, *values)

    def put(self, advice):
        if advice.startswith('context.'):
            self.lines.insert(len([line for line in self.lines if line.startswith('context.')]), advice)
        else:
            self.lines = [line for line in self.lines if line.startswith('context.')] + [advice]


class Httpx(WithContext):
    title, stack = 'Python, httpx', ['python', 'httpx']
    source = '''import httpx, ssl
URL, context = "@URL@", ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
@LINES@
'''

    def command(self):
        if not any(line.startswith('httpx') for line in self.lines):
            self.lines.append('httpx.get(URL, verify=context)')
        return super().command()


class Aiohttp(WithContext):
    title, stack = 'Python, aiohttp', ['python', 'aiohttp']
    source = '''import aiohttp, asyncio, ssl
URL, context = "@URL@", ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
@CONTEXT@
async def main():
    async with aiohttp.ClientSession() as session:
        @CALL@
asyncio.run(main())
'''

    def command(self):
        calls = [line for line in self.lines if line.startswith('await')] or ['await session.get(URL, ssl=context)']
        context = [self.filled(line) for line in self.lines if line.startswith('context.')]
        source = self.source.replace('@CONTEXT@', '\n'.join(context)).replace('@CALL@', calls[-1]).replace('@URL@', self.url())
        return [self.program, text('client.py', source)]


class Ruby(Script):
    title, stack, program, suffix = 'Ruby, Net::HTTP', 'ruby', '/usr/bin/ruby', '.rb'
    knobs = {'trust': 'http.ca_file = "{}"', 'identity': 'http.cert = OpenSSL::X509::Certificate.new(File.read("{}")); http.key = OpenSSL::PKey.read(File.read("{}"))',
             'max12': 'http.max_version = :TLS1_2', 'min13': 'http.min_version = :TLS1_3', 'ciphers': 'http.ciphers = "ECDHE-RSA-AES128-GCM-SHA256"'}
    source = '''require "net/http"
http = Net::HTTP.new("localhost", @PORT@)
@LINES@
http.use_ssl = true
http.get("/")
'''

    def filled(self, line):
        return super().filled(line.replace('443', str(self.port)))

    def put(self, advice):
        if 'Net::HTTP.new' in advice:
            self.lines.insert(0, advice)
        else:
            super().put(advice)


class Php(Script):
    title, stack, program, suffix = 'PHP', 'php', 'php', '.php'
    knobs = {'trust': '"cafile" => "{}"', 'identity': '"local_cert" => "{}", "local_pk" => "{}"', 'max12': '"crypto_method" => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT', 'min13': '"crypto_method" => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT',
             'ciphers': '"ciphers" => "ECDHE-RSA-AES128-GCM-SHA256"'}
    source = '<?php echo file_get_contents("@URL@", false, stream_context_create(["ssl" => [\n@LINES@\n]]));\n'

    def content(self):
        return ',\n'.join(self.filled(line) for line in self.lines)


class Perl(Script):
    title, stack, program, suffix = 'Perl, IO::Socket::SSL', 'perl', '/usr/bin/perl', '.pl'
    knobs = {'trust': 'SSL_ca_file => "{}"', 'identity': 'SSL_use_cert => 1, SSL_cert_file => "{}", SSL_key_file => "{}"', 'max12': 'SSL_version => "TLSv1_2"', 'min13': 'SSL_version => "TLSv1_3"',
             'ciphers': 'SSL_cipher_list => "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'SSL_ecdh_curve => "P-384"'}
    source = 'use IO::Socket::SSL;\nmy $peer = IO::Socket::SSL->new(PeerAddr => "127.0.0.1:@PORT@", SSL_hostname => "localhost", SSL_verifycn_name => "localhost",\n@LINES@\n) or die;\n'

    def content(self):
        return ',\n'.join(self.filled(line) for line in self.lines)


class Node(Script):
    title, stack, program, suffix = 'Node.js', 'node', '/usr/bin/node', '.js'
    knobs = {'trust': 'ca: fs.readFileSync("{}")', 'identity': 'cert: fs.readFileSync("{}"), key: fs.readFileSync("{}")', 'max12': 'maxVersion: "TLSv1.2"', 'min13': 'minVersion: "TLSv1.3"',
             'ciphers': 'ciphers: "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'ecdhCurve: "P-384"', 'schemes': 'sigalgs: "ECDSA+SHA256"'}
    source = '''const fs = require("fs");
require("tls").connect({ host: "127.0.0.1", port: @PORT@, servername: "localhost", @LINES@ }, function () { this.end("GET / HTTP/1.0\\r\\n\\r\\n"); })
    .on("data", () => {}).on("error", error => console.log(error.message));
'''

    def content(self):
        return ', '.join(self.filled(line) for line in self.lines)


JAVA = '''
import java.net.URI;
public class Client {
    public static void main(String[] words) throws Exception {
        System.out.println(((javax.net.ssl.HttpsURLConnection) new URI(words[0]).toURL().openConnection()).getResponseCode());
    }
}
'''


class Java(OnTheLine):
    title, stack, program, name, recorded, limit = 'Java', 'java', '/usr/bin/java', 'java', False, 20
    knobs = {'trust': '-Djavax.net.ssl.trustStore={}.p12', 'max12': '-Djdk.tls.client.protocols=TLSv1.2', 'min13': '-Djdk.tls.client.protocols=TLSv1.3', 'group': '-Djdk.tls.namedGroups=secp384r1'}

    def found(self):
        return shutil.which('javac') and super().found()

    def command(self):
        if not pathlib.Path('Client.class').exists():
            text('Client.java', JAVA)
            run('javac', 'Client.java', timeout=60)
            for name, file in (('ca', 'ca.pem.p12'), ('other', 'other.pem.p12')):
                run('keytool', '-importcert', '-noprompt', '-alias', 'ca', '-file', f'{name}.pem', '-keystore', file, '-storepass', 'PASSWORD', timeout=60)
            shutil.copy('ca.pem.p12', 'trust.p12')
        return ['java', '-Djavax.net.ssl.trustStorePassword=PASSWORD', *self.words(), '-cp', '.', 'Client', self.url()]


GO = '''
package main

import (
    "crypto/tls"
    "fmt"
    "os"
)

func main() {
    pair, _ := tls.LoadX509KeyPair(os.Getenv("PAIR")+".pem", "client.key")
    _ = pair
    connection, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], &tls.Config{
        @LINES@
    })
    if err != nil {
        fmt.Println(err)
        os.Exit(1)
    }
    connection.Write([]byte("GET / HTTP/1.0\\r\\n\\r\\n"))
    connection.Read(make([]byte, 100))
}
'''


class Go(Client):
    title, stack, program, recorded = 'Go', 'go', 'go', False
    knobs = {'trust': 'SSL_CERT_FILE={}', 'identity': 'Certificates: []tls.Certificate{{pair}},', 'max12': 'MaxVersion: tls.VersionTLS12,', 'min13': 'MinVersion: tls.VersionTLS13,',
             'ciphers': 'CipherSuites: []uint16{{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}},', 'group': 'CurvePreferences: []tls.CurveID{{tls.CurveP384}},'}

    def knob(self, name, *values):
        if name == 'identity':
            self.env['PAIR'] = 'client'
        return super().knob(name, *values)

    def put(self, advice):
        if advice.startswith('SSL_CERT_FILE='):
            self.env['SSL_CERT_FILE'] = f'{HERE()}/{advice.split("=")[1]}'
            self.env['SSL_CERT_DIR'] = '/nonexistent'
            return
        if 'Certificates' in advice and any('Certificates' in line for line in self.lines):
            self.env['PAIR'] = 'client-chain'
            return
        # A field stands once.
        names = re.findall(r'(\w+): ', advice)
        self.lines = [line for line in self.lines if not any(line.startswith(f'{name}:') for name in names)] + [advice]

    def command(self):
        self.env.setdefault('PAIR', 'client-chain')
        server_name = '' if any('ServerName' in line for line in self.lines) else 'ServerName: "localhost",'
        text('client.go', GO.replace('@LINES@', self.content() + server_name))
        run('go', 'build', '-o', 'client-go', 'client.go', timeout=120, env={**os.environ, 'GOCACHE': f'{HERE()}/go-cache', 'HOME': str(HERE()), 'GO111MODULE': 'off', 'GOFLAGS': ''})
        return [HERE() / 'client-go', self.port]


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


class Stunnel(Client):
    """Goes to the server as soon as somebody comes to it."""
    title, stack, program = 'stunnel, as client', 'stunnel', 'stunnel4'
    knobs = {'trust': 'verifyChain = yes\ncheckHost = localhost\nCAfile = {}', 'identity': 'cert = {}\nkey = {}', 'max12': 'sslVersionMax = TLSv1.2', 'min13': 'sslVersionMin = TLSv1.3',
             'ciphers': 'ciphers = ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'ciphersuites = TLS_AES_128_GCM_SHA256', 'group': 'curves = P-384'}
    limit = 0.5

    def put(self, advice):
        for line in advice.splitlines():
            key = line.split('=')[0].strip()
            self.lines = [old for old in self.lines if old.split('=')[0].strip() != key] + [line]

    def command(self):
        self.own = port()
        text('stunnel.conf', f'foreground = yes\npid =\n[s]\nclient = yes\naccept = 127.0.0.1:{self.own}\nconnect = 127.0.0.1:{self.port}\n{self.content()}\n')
        return ['stunnel4', HERE() / 'stunnel.conf']

    def session(self, env):
        return Visited(self, env)


class Visited(Running):
    """A proxy under `tlsdiag run`, which somebody visits."""

    def __init__(self, proxy, env):
        super().__init__(proxy.command(), recorded=True, env={**env, **proxy.env}, port=proxy.own)
        self.proxy = proxy

    def wait(self, limit=None):
        Running_client = ['openssl', 's_client'] if False else ['/usr/bin/curl', '-q', '-s', '-o', '/dev/null', '--noproxy', '*', '--max-time', '4', f'http://127.0.0.1:{self.proxy.own}/']
        run(*Running_client, check=False)
        until(lambda: self.records(), 'a record', 8)


class NginxProxy(Client):
    title, stack, program = 'nginx, as proxy', 'nginx', 'nginx'
    knobs = {'trust': 'proxy_ssl_verify on; proxy_ssl_name localhost; proxy_ssl_verify_depth 5; proxy_ssl_trusted_certificate {};', 'identity': 'proxy_ssl_certificate {}; proxy_ssl_certificate_key {};',
             'max12': 'proxy_ssl_protocols TLSv1.2;', 'min13': 'proxy_ssl_protocols TLSv1.3;', 'ciphers': 'proxy_ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256;',
             'suites': 'proxy_ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;', 'group': 'proxy_ssl_conf_command Groups P-384;',
             'schemes': 'proxy_ssl_conf_command SignatureAlgorithms ECDSA+SHA256;'}

    def put(self, advice):
        for line in servers.Nginx.statements(self, advice):
            key = ' '.join(line.rstrip(';').split()[:2 if 'conf_command' in line else 1])
            self.lines = [old for old in self.lines if ' '.join(old.rstrip(';').split()[:2 if 'conf_command' in old else 1]) != key] + [line]

    def command(self):
        self.own = port()
        if not any(line.startswith('proxy_ssl_protocols') for line in self.lines):
            self.put('proxy_ssl_protocols TLSv1.2 TLSv1.3;')
        text('nginx.conf', f'user root; daemon off; master_process off; pid {HERE()}/nginx.pid; error_log stderr info; events {{}}\nhttp {{ access_log off;\nserver {{\n'
             f'listen 127.0.0.1:{self.own};\nlocation / {{ proxy_pass https://127.0.0.1:{self.port};\n{self.content()}\n}} }} }}\n')
        return ['nginx', '-p', HERE(), '-e', 'stderr', '-c', HERE() / 'nginx.conf']

    def session(self, env):
        return Visited(self, env)


class ApacheProxy(Client):
    title, stack, program = 'Apache httpd, as proxy', 'apache', 'apache2'
    knobs = {'trust': 'SSLProxyVerify require\nSSLProxyCheckPeerName off\nSSLProxyVerifyDepth 5\nSSLProxyCACertificateFile {}', 'identity': 'SSLProxyMachineCertificateFile client-and-key.pem',
             'max12': 'SSLProxyProtocol TLSv1.2', 'min13': 'SSLProxyProtocol TLSv1.3', 'ciphers': 'SSLProxyCipherSuite ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'SSLProxyCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256'}

    def put(self, advice):
        for line in advice.splitlines():
            key = servers.Apache.key(self, line.replace('SSLProxy', 'SSL')).replace('SSL', 'SSLProxy')
            self.lines = [old for old in self.lines if servers.Apache.key(self, old.replace('SSLProxy', 'SSL')).replace('SSL', 'SSLProxy') != key] + [line]

    def command(self):
        self.own = port()
        modules = '/usr/lib/apache2/modules'
        names = ('mpm_event', 'authz_core', 'socache_shmcb', 'ssl', 'proxy', 'proxy_http')
        text('apache.conf', ''.join(f'LoadModule {name}_module {modules}/mod_{name}.so\n' for name in names) +
             f'ServerName localhost\nListen 127.0.0.1:{self.own}\nPidFile {HERE()}/apache.pid\nDefaultRuntimeDir {HERE()}\nErrorLog /dev/stderr\nUser #65534\nGroup #65534\n'
             f'<VirtualHost 127.0.0.1:{self.own}>\nServerName localhost\nSSLProxyEngine on\nProxyPass / https://localhost:{self.port}/\n{self.content()}\n</VirtualHost>\n')
        return ['apache2', '-d', HERE(), '-f', 'apache.conf', '-DFOREGROUND']

    def session(self, env):
        return Visited(self, env)


class HaproxyBackend(Client):
    title, stack, program = 'HAProxy, as client', 'haproxy', 'haproxy'
    knobs = {'trust': 'verify required verifyhost localhost ca-file {}', 'identity': 'crt client-and-key.pem', 'max12': 'ssl-max-ver TLSv1.2', 'min13': 'ssl-min-ver TLSv1.3', 'ciphers': 'ciphers ECDHE-RSA-AES128-GCM-SHA256',
             'suites': 'ciphersuites TLS_AES_128_GCM_SHA256'}

    def put(self, advice):
        for line in servers.Haproxy.statements(self, advice):
            self.lines = [old for old in self.lines if old.split()[0] != line.split()[0]] + [line]

    def command(self):
        self.own = port()
        words = self.content().replace('\n', ' ')
        text('haproxy.cfg', 'defaults\n mode http\n retries 0\n timeout client 5s\n timeout server 5s\n timeout connect 5s\n'
             f'listen f\n bind 127.0.0.1:{self.own}\n server s 127.0.0.1:{self.port} ssl {words}\n')
        return ['haproxy', '-W', '-f', 'haproxy.cfg']

    def session(self, env):
        return Visited(self, env)


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


CLIENTS = [Curl, Wget, Git, OpensslClient, Python, Requests, Httpx, Aiohttp, Ruby, Php, Perl, Node, Java, Go, Psql, MariadbClient, RedisCli, MosquittoSub, Ldapsearch,
           Stunnel, NginxProxy, ApacheProxy, HaproxyBackend]
