"""Clients of mail servers and tunnels, which run until they are ended."""

import servers
from client import HERE, Client
from mail import postfix
from place import Failed, Running, run, text, until


class Lasting(Running):
    """Under `tlsdiag run`, until something was recorded."""

    def __init__(self, client, env):
        super().__init__(client.command(), recorded=True, env={**env, **client.env}, stop=client.stop())
        self.client = client

    def wait(self, limit=None):
        try:
            self.client.sets_off(self)
            until(self.records, 'a record', 10)
        except Failed:
            pass  # Then the verdict is that nothing was recorded.


class LastingClient(Client):
    separator = None

    def put(self, advice):
        for line in advice.splitlines():
            key = line.split(self.separator)[0].strip()
            self.lines = [old for old in self.lines if old.split(self.separator)[0].strip() != key] + [line]

    def stop(self):
        return None

    def sets_off(self, running):
        pass

    def session(self, env):
        return Lasting(self, env)


class OpenvpnClient(LastingClient):
    title, stack, program = 'OpenVPN, as client', 'openvpn', 'openvpn'
    inner = servers.Openvpn
    # Its server keeps the place of one that failed for a minute.
    alone = True
    knobs = {'trust': 'ca {}', 'identity': 'cert {}\nkey {}', 'max12': 'tls-version-max 1.2', 'min13': 'tls-version-min 1.3', 'ciphers': 'tls-cipher ECDHE-RSA-AES128-GCM-SHA256',
             'suites': 'tls-ciphersuites TLS_AES_128_GCM_SHA256', 'group': 'tls-groups P-384'}

    def command(self):
        own = any(line.startswith('cert ') for line in self.lines)
        # Without a certificate it wants another way to say who it is.
        login = text('login', 'user\nsecret\n')
        by = '' if own else f'auth-user-pass {login}\n'
        text('client.ovpn', f'client\nproto udp\ndev null\nifconfig-noexec\nroute-noexec\ncipher AES-256-GCM\nremote 127.0.0.1 {self.port}\nnobind\nremote-cert-tls server\n{by}{self.content()}\n')
        return ['openvpn', '--config', f'{HERE()}/client.ovpn']


class PostfixClient(LastingClient):
    """Sends a message to a relay that speaks TLS from the first byte."""
    title, stack, program, separator = 'Postfix, as client', 'postfix', 'postfix', '='
    knobs = {'trust': 'smtp_tls_CAfile = /path/{}', 'identity': 'smtp_tls_cert_file = /path/{}\nsmtp_tls_key_file = /path/{}', 'max12': 'smtp_tls_protocols = TLSv1.2\nsmtp_tls_mandatory_protocols = TLSv1.2',
             'min13': 'smtp_tls_protocols = >=TLSv1.3\nsmtp_tls_mandatory_protocols = >=TLSv1.3', 'ciphers': 'smtp_tls_mandatory_ciphers = high\ntls_high_cipherlist = ECDHE-RSA-AES128-GCM-SHA256',
             'group': 'tls_eecdh_auto_curves = secp384r1'}

    def found(self):
        return servers.Postfix().found()

    def command(self):
        return postfix('', f'relayhost = [localhost]:{self.port}\nsmtp_host_lookup = native\nsmtp_tls_wrappermode = yes\nsmtp_tls_security_level = verify\n'
                       f'smtp_tls_verify_cert_match = hostname\nsmtp_connect_timeout = 5s\n{self.content()}\n')

    def stop(self):
        return servers.Postfix().stop()

    def sets_off(self, running):
        until(lambda: 'daemon started' in running.said(), 'Postfix has started', 10)
        run('sendmail', '-C', f'{HERE()}/postfix', '-f', 'from@localhost', 'to@other.test', stdin=text('letter', 'Subject: a letter\n\nhello\n').open())
