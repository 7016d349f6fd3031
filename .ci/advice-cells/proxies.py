"""Proxies and tunnels as clients of what is behind them."""

import place
import servers
from client import HERE, Client
from place import Running, port, run, text, until


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
        run('curl', '-q', '-s', '-o', '/dev/null', '--noproxy', '*', '--max-time', '4', f'http://127.0.0.1:{self.proxy.own}/', check=False)
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
        return place.nginx('master_process off; ', f'listen 127.0.0.1:{self.own};\nlocation / {{ proxy_pass https://127.0.0.1:{self.port};\n{self.content()}\n}} ')

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
