"""Databases, brokers and directories."""
import os
import pathlib
import shutil

from place import run, text
from server import HERE, Server, as_user, owned


class Postgresql(Server):
    title, stack, program, starttls = 'PostgreSQL', 'postgresql', 'initdb', 'postgres'
    knobs = {'max12': "ssl_max_protocol_version = 'TLSv1.2'", 'min13': "ssl_min_protocol_version = 'TLSv1.3'", 'ciphers': "ssl_ciphers = 'ECDHE-RSA-AES128-GCM-SHA256'",
             'group': "ssl_ecdh_curve = 'secp384r1'", 'verify': "ssl_ca_file = '{}'", 'crl': "ssl_crl_file = '{}'",
             'dh': ["ssl_ciphers = 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0'", "ssl_dh_params_file = '/path/dh1024.pem'"]}

    as_peer = {'only 1.2': "ssl_max_protocol_version = 'TLSv1.2'", 'only 1.3': "ssl_min_protocol_version = 'TLSv1.3'", 'ciphers': "ssl_ciphers = '{}'",
               'asks': "ssl_ca_file = '/path/client-ca.pem'"}

    def bin(self):
        folders = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin/postgres'))
        return folders[-1].parent if folders and os.geteuid() == 0 else None

    def found(self):
        return self.bin()

    insists = True

    def certificate(self, file, key):
        return f"ssl_cert_file = '{file}'\nssl_key_file = '{key}'"

    def command(self):
        data = pathlib.Path('pg')
        if not data.exists():
            run(*as_user('postgres'), self.bin() / 'initdb', '-D', owned('pg', 'postgres'), '-A', 'trust', cwd='/', timeout=120)
        for key in pathlib.Path().glob('**/*.key'):
            # It takes no key that others may read, unless it is root's and a group's.
            shutil.chown(key, 'root', 'postgres')
            key.chmod(0o640)
        text('pg/own.conf', f'ssl = on\nlisten_addresses = \'127.0.0.1\'\nport = {self.port}\nunix_socket_directories = \'{HERE()}/pg\'\n{self.content()}')
        # Whoever names CAs asks for a certificate; that it insists is said in another file.
        insists = ' clientcert=verify-ca' if self.insists and any('ssl_ca_file' in line for line in self.lines) else ''
        text('pg/pg_hba.conf', f'local all all trust\nhostssl all all all trust{insists}\n')
        base = pathlib.Path('pg/postgresql.conf').read_text().split('# own')[0]
        text('pg/postgresql.conf', f"{base}# own\ninclude 'own.conf'\n")
        return [*as_user('postgres'), self.bin() / 'postgres', '-D', f'{HERE()}/pg']

    def reload(self, line, running):
        run('psql', '-h', f'{HERE()}/pg', '-p', self.port, '-U', 'postgres', '-c', line)


class Mariadb(Server):
    title, stack, program, starttls = 'MariaDB', 'mariadbd', 'mariadbd', 'mysql'
    as_root = True
    as_peer = {'only 1.2': 'tls_version = TLSv1.2', 'only 1.3': 'tls_version = TLSv1.3', 'ciphers': 'ssl_cipher = {}'}
    knobs = {'max12': 'tls_version = TLSv1.2', 'min13': 'tls_version = TLSv1.3', 'ciphers': 'ssl_cipher = ECDHE-RSA-AES128-GCM-SHA256', 'verify': 'ssl_ca = {}', 'crl': 'ssl_crl = {}'}

    def certificate(self, file, key):
        return f'ssl_cert = {file}\nssl_key = {key}'

    def command(self):
        if not pathlib.Path('my').exists():
            run('mariadb-install-db', '--no-defaults', '--user=mysql', f'--datadir={owned("my", "mysql")}', timeout=180)
        if not any(self.key(line) == 'ssl_ca' for line in self.lines):
            self.lines.append('ssl_ca = /path/client-ca.pem')
        text('my.cnf', f'[mariadbd]\nuser = mysql\ndatadir = {HERE()}/my\nsocket = {HERE()}/my/socket\nbind_address = 127.0.0.1\nport = {self.port}\n{self.content()}')
        return ['mariadbd', f'--defaults-file={HERE()}/my.cnf']

    def reload(self, line, running):
        run('mariadb', '--no-defaults', f'--socket={HERE()}/my/socket', '-u', 'root', '-e', line)


class Redis(Server):
    title, stack, program = 'Redis', 'redis', 'redis-server'
    knobs = {'max12': 'tls-protocols "TLSv1.2"', 'min13': 'tls-protocols "TLSv1.3"', 'ciphers': 'tls-ciphers ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'tls-ciphersuites TLS_AES_128_GCM_SHA256',
             'verify': 'tls-ca-cert-file {}\ntls-auth-clients yes',
             'dh': 'tls-ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0\ntls-dh-params-file /path/dh1024.pem'}

    def certificate(self, file, key):
        return f'tls-cert-file {file}\ntls-key-file {key}'

    def command(self):
        if not any(line.startswith('tls-auth-clients') for line in self.lines):
            self.lines += ['tls-auth-clients no', 'tls-ca-cert-file /path/ca.pem']
        text('redis.conf', f'port 0\ntls-port {self.port}\nbind 127.0.0.1\nsave ""\ndir {HERE()}\n{self.content()}')
        return ['redis-server', f'{HERE()}/redis.conf']

    def reload(self, line, running):
        run('redis-cli', '--tls', '--insecure', '-p', self.port, *line.split())


class Mosquitto(Server):
    title, stack, program = 'Mosquitto', 'mosquitto', 'mosquitto'
    knobs = {'min13': 'tls_version tlsv1.3', 'ciphers': 'ciphers ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'ciphers_tls1.3 TLS_AES_128_GCM_SHA256',
             'verify': 'cafile {}\nrequire_certificate true', 'crl': 'crlfile {}', 'dh': 'ciphers DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0\ndhparamfile /path/dh1024.pem'}

    def certificate(self, file, key):
        return f'certfile {file}\nkeyfile {key}'

    def command(self):
        text('mosquitto.conf', f'user root\nlistener {self.port} 127.0.0.1\nallow_anonymous true\n{self.content()}')
        return ['mosquitto', '-c', f'{HERE()}/mosquitto.conf']


class Slapd(Server):
    title, stack, program, recorded = 'slapd', 'slapd', 'slapd', False
    knobs = {'max12': 'TLSCipherSuite NORMAL:-VERS-TLS1.3', 'min13': 'TLSProtocolMin 3.4', 'ciphers': 'TLSCipherSuite NORMAL:-CIPHER-ALL:+AES-128-GCM',
             'group': 'TLSCipherSuite NORMAL:-GROUP-ALL:+GROUP-SECP384R1', 'verify': 'TLSCACertificateFile {}\nTLSVerifyClient demand', 'crl': 'TLSCRLFile {}'}

    def certificate(self, file, key):
        return f'TLSCertificateFile {file}\nTLSCertificateKeyFile {key}'

    def command(self):
        text('slapd.conf', f'pidfile {HERE()}/slapd.pid\n{self.content()}')
        return ['slapd', '-d', '0', '-h', f'ldaps://127.0.0.1:{self.port}', '-f', f'{HERE()}/slapd.conf']
