"""Servers: how each is started with settings of its own words, where a line of advice goes, and how it is told to read new files.

A configuration is a list of lines; a line of advice takes the place of the one with the same key."""
import os, pathlib, pwd, re, shutil, signal

from place import Failed, joined, run, text

HERE = pathlib.Path.cwd


def owned(name, user):
    """An empty folder of this user's."""
    shutil.rmtree(name, ignore_errors=True)
    pathlib.Path(name).mkdir()
    shutil.chown(name, user)
    return f'{HERE()}/{name}'


def as_user(user):
    who = pwd.getpwnam(user)
    return ['setpriv', f'--reuid={who.pw_uid}', f'--regid={who.pw_gid}', '--clear-groups']


class Server:
    title = stack = program = None
    starttls = None
    side = 'server'
    # Whether it is this process that is recorded: where it uses another library, its client is.
    recorded = True
    # What is wrong, in the program's own words; what it has no word for is said in openssl.cnf.
    knobs = {}
    separator = r'[\s=]+'

    def __init__(self):
        self.lines, self.port, self.env = [], None, {}

    def found(self):
        return shutil.which(self.program)

    def statements(self, advice):
        return [line for line in advice.splitlines() if line.strip()]

    def key(self, line):
        return re.split(self.separator, line.strip())[0]

    def put(self, advice):
        """In place of what has the same key."""
        for line in self.statements(advice):
            self.lines = [old for old in self.lines if self.key(old) != self.key(line)] + [line]

    def certificate(self, file, key):
        """The line for a certificate and its key."""
        raise NotImplementedError

    def shows(self, name, folder='/path'):
        self.put(self.certificate(f'{folder}/{name}.pem', f'{folder}/{"server" if name == "fullchain" else name.removesuffix("-chain")}.key'))

    def knob(self, name, *values):
        line = self.knobs.get(name)
        if line is None:
            return False
        for one in [line] if isinstance(line, str) else line:
            self.put(one.format(*values))
        return True

    def content(self):
        return '\n'.join(self.lines).replace('/path/', f'{HERE()}/') + '\n'

    def command(self):
        """Writes the configuration and gives the command that starts it; may set self.env."""
        raise NotImplementedError

    def stop(self):
        return None

    def reload(self, line, running):
        """Does what the line says; True if the server has to be started anew for that."""
        if line.startswith('systemctl restart'):
            return True
        if line.startswith('kill -HUP'):
            program = pathlib.Path(self.found()).resolve().name
            for number in running.processes():
                try:
                    if pathlib.Path(f'/proc/{number}/exe').resolve().name == program:
                        os.kill(number, signal.SIGHUP)
                        return False
                except OSError:
                    continue
        raise Failed(f'{line}: no way to do that here')


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
        text('nginx.conf', f'user root; daemon off; pid {HERE()}/nginx.pid; error_log stderr info; events {{}}\nhttp {{ access_log off;\nserver {{\n'
             f'server_name localhost;\n{self.content()}location / {{ return 200 "yes\\n"; }}\n}} }}\n')
        return ['nginx', '-p', HERE(), '-e', 'stderr', '-c', f'{HERE()}/nginx.conf']

    def reload(self, line, running):
        run(*line.split(), '-p', HERE(), '-c', f'{HERE()}/nginx.conf')


class Apache(Server):
    title, stack, program = 'Apache httpd', 'apache', 'apache2'
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
             f'User root\nGroup root\n<VirtualHost 127.0.0.1:{self.port}>\nServerName localhost\nSSLEngine on\n{self.content()}</VirtualHost>\n'.replace(
                 'User root\nGroup root\n', 'User #65534\nGroup #65534\n'))
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


class Postgresql(Server):
    title, stack, program, starttls = 'PostgreSQL', 'postgresql', 'initdb', 'postgres'
    knobs = {'max12': "ssl_max_protocol_version = 'TLSv1.2'", 'min13': "ssl_min_protocol_version = 'TLSv1.3'", 'ciphers': "ssl_ciphers = 'ECDHE-RSA-AES128-GCM-SHA256'",
             'group': "ssl_ecdh_curve = 'secp384r1'", 'verify': "ssl_ca_file = '{}'", 'crl': "ssl_crl_file = '{}'",
             'dh': ["ssl_ciphers = 'DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0'", "ssl_dh_params_file = '/path/dh1024.pem'"]}

    as_peer = {'only 1.2': "ssl_max_protocol_version = 'TLSv1.2'", 'only 1.3': "ssl_min_protocol_version = 'TLSv1.3'", 'ciphers': "ssl_ciphers = '{}'",
               'asks': "ssl_ca_file = '/path/client-ca.pem'"}

    def bin(self):
        folders = sorted(pathlib.Path('/usr/lib/postgresql').glob('*/bin/postgres'))
        return folders[-1].parent if folders else None

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


class Stunnel(Server):
    title, stack, program = 'stunnel', 'stunnel', 'stunnel4'
    knobs = {'max12': 'sslVersionMax = TLSv1.2', 'min13': 'sslVersionMin = TLSv1.3', 'ciphers': 'ciphers = ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'ciphersuites = TLS_AES_128_GCM_SHA256',
             'group': 'curves = P-384', 'verify': 'verifyChain = yes\nCAfile = {}', 'crl': 'CRLfile = {}'}

    def certificate(self, file, key):
        return f'cert = {file}\nkey = {key}'

    def command(self):
        text('stunnel.conf', f'foreground = yes\npid =\n[s]\naccept = 127.0.0.1:{self.port}\nexec = /bin/cat\nexecArgs = cat\n{self.content()}')
        return ['stunnel4', f'{HERE()}/stunnel.conf']


class Vsftpd(Server):
    title, stack, program, starttls = 'vsftpd', 'vsftpd', 'vsftpd', 'ftp'
    knobs = {'ciphers': 'ssl_ciphers=ECDHE-RSA-AES128-GCM-SHA256', 'verify': 'require_cert=YES\nvalidate_cert=YES\nca_certs_file={}'}

    def certificate(self, file, key):
        return f'rsa_cert_file={file}\nrsa_private_key_file={key}'

    def command(self):
        pathlib.Path('/run/vsftpd/empty').mkdir(parents=True, exist_ok=True)
        text('vsftpd.conf', f'listen=YES\nlisten_address=127.0.0.1\nlisten_port={self.port}\nbackground=NO\nanonymous_enable=YES\nssl_enable=YES\n'
             f'allow_anon_ssl=YES\nssl_tlsv1=YES\nanon_root=/run/vsftpd/empty\n{self.content()}')
        return ['vsftpd', f'{HERE()}/vsftpd.conf']


class Postfix(Server):
    title, stack, program, starttls = 'Postfix', 'postfix', 'postfix', 'smtp'
    knobs = {'max12': 'smtpd_tls_protocols = TLSv1.2\nsmtpd_tls_mandatory_protocols = TLSv1.2', 'min13': 'smtpd_tls_protocols = >=TLSv1.3\nsmtpd_tls_mandatory_protocols = >=TLSv1.3',
             'ciphers': 'smtpd_tls_ciphers = high\ntls_high_cipherlist = ECDHE-RSA-AES128-GCM-SHA256', 'group': 'tls_eecdh_auto_curves = secp384r1',
             'verify': 'smtpd_tls_security_level = encrypt\nsmtpd_tls_req_ccert = yes\nsmtpd_tls_CAfile = {}\nsmtpd_tls_ccert_verifydepth = 5'}

    def certificate(self, file, key):
        return f'smtpd_tls_cert_file = {file}\nsmtpd_tls_key_file = {key}'

    def put(self, advice):
        if 'smtpd_tls_chain_files' in advice:
            self.lines = [line for line in self.lines if not line.startswith(('smtpd_tls_cert_file', 'smtpd_tls_key_file'))]
        super().put(advice)

    def command(self):
        folder = pathlib.Path('postfix')
        if not folder.exists():
            folder.mkdir()
            for name in ('queue', 'data'):
                (folder / name).mkdir()
            shutil.chown(folder / 'data', 'postfix')
            source = pathlib.Path('/usr/share/postfix/master.cf.dist')
            lines = [line for line in source.read_text().splitlines() if not re.match(r'smtp\s+inet', line)]
            # Not in a chroot, where this folder is not.
            lines = [re.sub(r'^(\S+\s+\S+\s+\S+\s+\S+\s+)y', r'\1n', line) for line in lines]
            text('postfix/master.dist', '\n'.join(lines) + '\n')
        text('postfix/master.cf', f'127.0.0.1:{self.port} inet n - n - - smtpd\n' + pathlib.Path('postfix/master.dist').read_text())
        keep = run('postconf', '-dh', 'import_environment').stdout.strip()
        text('postfix/main.cf', f'compatibility_level = 3.6\nqueue_directory = {HERE()}/postfix/queue\ndata_directory = {HERE()}/postfix/data\ninet_interfaces = 127.0.0.1\n'
             f'inet_protocols = ipv4\nmaillog_file = /dev/stdout\nmyhostname = localhost.invalid\nmydestination =\nsmtpd_tls_security_level = may\n'
             f'import_environment = {keep} LD_PRELOAD TLSDIAG_CHANNEL OPENSSL_CONF\n{self.content()}')
        return ['postfix', '-c', f'{HERE()}/postfix', 'start-fg']

    def stop(self):
        return ['postfix', '-c', f'{HERE()}/postfix', 'abort']

    def reload(self, line, running):
        run('postfix', '-c', f'{HERE()}/postfix', line.split()[1])


class Dovecot(Server):
    title, stack, program = 'Dovecot', 'dovecot', 'dovecot'
    knobs = {'min13': 'ssl_min_protocol = TLSv1.3', 'ciphers': 'ssl_cipher_list = ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'ssl_cipher_suites = TLS_AES_128_GCM_SHA256', 'group': 'ssl_curve_list = P-384',
             'verify': 'ssl_ca = <{}\nssl_verify_client_cert = yes\nauth_ssl_require_client_cert = yes\nssl_require_crl = no',
             'crl': 'ssl_ca = </path/ca-and-root-crl.pem\nssl_require_crl = yes'}

    def certificate(self, file, key):
        return f'ssl_cert = <{file}\nssl_key = <{key}'

    def command(self):
        text('dovecot.conf', f'base_dir = {HERE()}/dovecot\nlog_path = /dev/stderr\nprotocols = imap\nssl = required\n'
             f'service imap-login {{\n inet_listener imap {{\n port = 0\n }}\n inet_listener imaps {{\n address = 127.0.0.1\n port = {self.port}\n ssl = yes\n }}\n}}\n'
             f'passdb {{\n driver = static\n args = nopassword=y\n}}\nimport_environment = $import_environment LD_PRELOAD TLSDIAG_CHANNEL OPENSSL_CONF\n{self.content()}')
        return ['dovecot', '-F', '-c', f'{HERE()}/dovecot.conf']

    def reload(self, line, running):
        run('doveadm', '-c', f'{HERE()}/dovecot.conf', 'reload')


class Exim(Server):
    title, stack, program, starttls, recorded = 'Exim', 'exim', 'exim4', 'smtp', False
    knobs = {'max12': 'tls_require_ciphers = NORMAL:-VERS-TLS1.3', 'min13': 'tls_require_ciphers = NORMAL:-VERS-TLS1.2', 'ciphers': 'tls_require_ciphers = NORMAL:-CIPHER-ALL:+AES-128-GCM',
             'group': 'tls_require_ciphers = NORMAL:-GROUP-ALL:+GROUP-SECP384R1',
             'verify': 'tls_verify_certificates = {}\ntls_verify_hosts = *', 'crl': 'tls_crl = {}'}

    def certificate(self, file, key):
        return f'tls_certificate = {file}\ntls_privatekey = {key}'

    def found(self):
        return shutil.which('exim4', path='/opt/exim/usr/sbin:/usr/sbin')

    def command(self):
        text('exim.conf', f'exim_path = {self.found()}\nexim_user = mail\nexim_group = mail\nspool_directory = {owned("exim", "mail")}\nlog_file_path = {HERE()}/exim/%slog\n'
             f'local_interfaces = 127.0.0.1\ntls_advertise_hosts = *\nacl_smtp_rcpt = accept\nkeep_environment =\n{self.content()}')
        return [self.found(), '-C', f'{HERE()}/exim.conf', '-bdf', '-oX', self.port]

    def reload(self, line, running):
        # The unit's ExecReload.
        os.kill(running.process.pid, signal.SIGHUP)


class Slapd(Server):
    title, stack, program, recorded = 'slapd', 'slapd', 'slapd', False
    knobs = {'max12': 'TLSCipherSuite NORMAL:-VERS-TLS1.3', 'min13': 'TLSProtocolMin 3.4', 'ciphers': 'TLSCipherSuite NORMAL:-CIPHER-ALL:+AES-128-GCM',
             'group': 'TLSCipherSuite NORMAL:-GROUP-ALL:+GROUP-SECP384R1', 'verify': 'TLSCACertificateFile {}\nTLSVerifyClient demand', 'crl': 'TLSCRLFile {}'}

    def certificate(self, file, key):
        return f'TLSCertificateFile {file}\nTLSCertificateKeyFile {key}'

    def command(self):
        text('slapd.conf', f'pidfile {HERE()}/slapd.pid\n{self.content()}')
        return ['slapd', '-d', '0', '-h', f'ldaps://127.0.0.1:{self.port}', '-f', f'{HERE()}/slapd.conf']


class Freeradius(Server):
    title, stack, program = 'FreeRADIUS', 'freeradius', 'freeradius'
    by = 'eapol_test'
    knobs = {'max12': 'tls_max_version = "1.2"', 'min13': 'tls_min_version = "1.3"\ntls_max_version = "1.3"', 'ciphers': 'cipher_list = "ECDHE-RSA-AES128-GCM-SHA256"', 'group': 'ecdh_curve = "secp384r1"',
             'verify': 'ca_file = {}', 'crl': 'ca_file = /path/ca-and-root-crl.pem\ncheck_crl = yes'}

    def certificate(self, file, key):
        return f'certificate_file = {file}\nprivate_key_file = {key}'

    def command(self):
        shutil.rmtree('radius', ignore_errors=True)
        pathlib.Path('radius').mkdir()
        shutil.copy('/etc/freeradius/3.0/dictionary', 'radius')
        for key, usual in (('ca_file', 'ca_file = /path/client-ca.pem'), ('tls_min_version', 'tls_min_version = "1.2"'), ('tls_max_version', 'tls_max_version = "1.2"')):
            if not any(self.key(line) == key for line in self.lines):
                self.lines.append(usual)
        text('radius/radiusd.conf', 'libdir = /usr/lib/freeradius\nclient localhost {\n ipaddr = 127.0.0.1\n secret = secret\n}\nmodules {\n eap {\n  default_eap_type = tls\n'
             f'  tls-config tls-common {{\n{self.content()}\n  }}\n  tls {{\n   tls = tls-common\n  }}\n }}\n}}\nserver default {{\n listen {{\n  type = auth\n  ipaddr = 127.0.0.1\n'
             f'  port = {self.port}\n }}\n authorize {{\n  eap\n }}\n authenticate {{\n  eap\n }}\n}}\n')
        return ['freeradius', '-d', f'{HERE()}/radius', '-f', '-l', 'stdout']


class Openvpn(Server):
    title, stack, program = 'OpenVPN', 'openvpn', 'openvpn'
    by = 'openvpn'
    separator = r'\s+'
    knobs = {'max12': 'tls-version-max 1.2', 'min13': 'tls-version-min 1.3', 'ciphers': 'tls-cipher ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'tls-ciphersuites TLS_AES_128_GCM_SHA256',
             'group': 'tls-groups P-384', 'verify': 'ca {}', 'crl': 'crl-verify {}'}

    def certificate(self, file, key):
        return f'cert {file}\nkey {key}'

    def command(self):
        if not any(self.key(line) == 'ca' for line in self.lines):
            self.lines.append('ca /path/client-ca.pem')
        text('server.ovpn', f'proto udp\ndev null\nifconfig 10.9.0.1 10.9.0.2\nifconfig-noexec\ncipher AES-256-GCM\ntls-server\ndh none\nlocal 127.0.0.1\nport {self.port}\n{self.content()}')
        return ['openvpn', '--config', f'{HERE()}/server.ovpn']


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


SERVERS = [Nginx, Apache, Haproxy, Postgresql, Mariadb, Redis, Mosquitto, Postfix, Dovecot, Exim, Vsftpd, Stunnel, Openvpn, Freeradius, Slapd, Openssl, Python, Node]
