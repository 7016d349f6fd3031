"""Mail servers, a server of files, and tunnels and access to networks."""
import os
import pathlib
import re
import shutil
import signal

from place import run, text
from server import HERE, Server, owned


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
    as_root = True
    knobs = {'ciphers': 'ssl_ciphers=ECDHE-RSA-AES128-GCM-SHA256', 'verify': 'require_cert=YES\nvalidate_cert=YES\nca_certs_file={}'}

    def certificate(self, file, key):
        return f'rsa_cert_file={file}\nrsa_private_key_file={key}'

    def command(self):
        pathlib.Path('/run/vsftpd/empty').mkdir(parents=True, exist_ok=True)
        text('vsftpd.conf', f'listen=YES\nlisten_address=127.0.0.1\nlisten_port={self.port}\nbackground=NO\nanonymous_enable=YES\nssl_enable=YES\n'
             f'allow_anon_ssl=YES\nssl_tlsv1=YES\nanon_root=/run/vsftpd/empty\n{self.content()}')
        return ['vsftpd', f'{HERE()}/vsftpd.conf']


def postfix(service, settings):
    """The command that starts it in a folder of its own, with one service more."""
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
    text('postfix/master.cf', f'{service}\n' + pathlib.Path('postfix/master.dist').read_text())
    keep = run('postconf', '-dh', 'import_environment').stdout.strip()
    text('postfix/main.cf', f'compatibility_level = 3.6\nqueue_directory = {HERE()}/postfix/queue\ndata_directory = {HERE()}/postfix/data\ninet_interfaces = 127.0.0.1\n'
         f'inet_protocols = ipv4\nmaillog_file = /dev/stdout\nmyhostname = localhost.invalid\nmydestination =\n'
         f'import_environment = {keep} LD_PRELOAD TLSDIAG_CHANNEL OPENSSL_CONF\n{settings}')
    return ['postfix', '-c', f'{HERE()}/postfix', 'start-fg']


class Postfix(Server):
    title, stack, program, starttls = 'Postfix', 'postfix', 'postfix', 'smtp'
    as_root = True
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
        return postfix(f'127.0.0.1:{self.port} inet n - n - - smtpd', f'smtpd_tls_security_level = may\n{self.content()}')

    def stop(self):
        return ['postfix', '-c', f'{HERE()}/postfix', 'abort']

    def reload(self, line, running):
        run('postfix', '-c', f'{HERE()}/postfix', line.split()[1])


class Dovecot(Server):
    title, stack, program = 'Dovecot', 'dovecot', 'dovecot'
    as_root = True
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
        return shutil.which('exim4', path='/opt/exim/usr/sbin:/usr/sbin') if os.geteuid() == 0 else None

    def command(self):
        text('exim.conf', f'exim_path = {self.found()}\nexim_user = mail\nexim_group = mail\nspool_directory = {owned("exim", "mail")}\nlog_file_path = {HERE()}/exim/%slog\n'
             f'local_interfaces = 127.0.0.1\ntls_advertise_hosts = *\nacl_smtp_rcpt = accept\nkeep_environment =\n{self.content()}')
        return [self.found(), '-C', f'{HERE()}/exim.conf', '-bdf', '-oX', self.port]

    def reload(self, line, running):
        # The unit's ExecReload.
        os.kill(running.process.pid, signal.SIGHUP)


class Freeradius(Server):
    title, stack, program = 'FreeRADIUS', 'freeradius', 'freeradius'
    as_root = True
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
    as_peer = {'only 1.2': 'tls-version-max 1.2', 'only 1.3': 'tls-version-min 1.3', 'ciphers': 'tls-cipher {}', 'asks': 'ca /path/client-ca.pem'}
    # Without "mode server", which wants a device, it takes nobody who shows no certificate.
    always_asks = True
    knobs = {'max12': 'tls-version-max 1.2', 'min13': 'tls-version-min 1.3', 'ciphers': 'tls-cipher ECDHE-RSA-AES128-GCM-SHA256', 'suites': 'tls-ciphersuites TLS_AES_128_GCM_SHA256',
             'group': 'tls-groups P-384', 'verify': 'ca {}', 'crl': 'crl-verify {}'}

    def certificate(self, file, key):
        return f'cert {file}\nkey {key}'

    def command(self):
        if not any(self.key(line) == 'ca' for line in self.lines):
            self.lines.append('ca /path/client-ca.pem')
        text('server.ovpn', f'proto udp\ndev null\nifconfig 10.9.0.1 10.9.0.2\nifconfig-noexec\ncipher AES-256-GCM\ntls-server\ndh none\nlocal 127.0.0.1\nport {self.port}\n{self.content()}')
        return ['openvpn', '--config', f'{HERE()}/server.ovpn']
