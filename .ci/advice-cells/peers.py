"""The other end: a peer of OpenSSL's, or the program's own kind where it speaks TLS inside of another protocol."""

from place import Failed, Running, port, text, until


def cnf(lines, name='openssl.cnf'):
    """The environment of a program whose openssl.cnf says these lines to every context."""
    if not lines:
        return {}
    section = '\n'.join(lines)
    # Node reads a name of its own.
    path = text(name, f'openssl_conf = init\nnodejs_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system_default\n[system_default]\n{section}\n')
    return {'OPENSSL_CONF': str(path)}


def words(peer):
    """Settings of a peer as options of s_client and s_server."""
    found = []
    if peer.get('only'):
        found.append('-tls' + peer['only'].replace('.', '_'))
    ciphers = peer.get('ciphers')
    if 'level' in peer:
        ciphers = f'{ciphers or "DEFAULT"}:@SECLEVEL={peer["level"]}'
    for option, value in (('-cipher', ciphers), ('-ciphersuites', peer.get('suites')), ('-groups', peer.get('groups'))):
        found += [option, value] if value else []
    return found


def identity(name):
    return ['-cert', f'{name}.pem', '-key', f'{name}.key', '-cert_chain', 'intermediate.pem']


def s_client(server, peer):
    """Goes when it has seen what it waits for."""
    command = ['openssl', 's_client', '-connect', f'127.0.0.1:{server.port}', '-CAfile', 'root.pem', '-verify_return_error', '-servername', 'localhost',
               '-verify_hostname', 'localhost', *words(peer), *(['-starttls', server.starttls] if server.starttls else []),
               *(identity(peer['identity']) if peer.get('identity') else [])]
    recorded = peer.get('recorded') or not server.recorded
    with Running(command, recorded=recorded, feed=True) as client:
        client.process.stdin.close()
        client.wait()
        return client.records()


def openvpn(server, peer):
    name = peer.get('identity', 'client')
    lines = ['proto udp', 'dev null', 'ifconfig 10.9.0.2 10.9.0.1', 'ifconfig-noexec', 'cipher AES-256-GCM', 'tls-client', f'remote 127.0.0.1 {server.port}', 'nobind',
             'ca root.pem', f'cert {name}-chain.pem', f'key {name}.key', 'remote-cert-tls server', f'tls-cert-profile {"insecure" if "level" in peer else "legacy"}']
    for key, option in (('ciphers', 'tls-cipher'), ('suites', 'tls-ciphersuites'), ('groups', 'tls-groups')):
        lines += [f'{option} {peer[key]}'] if peer.get(key) else []
    lines += {'1.2': ['tls-version-max 1.2'], '1.3': ['tls-version-min 1.3'], None: []}[peer.get('only')]
    before = len(server.running.records())
    with Running(['openvpn', '--config', text('client.ovpn', '\n'.join(lines) + '\n')], recorded=peer.get('recorded')) as client:
        try:
            until(client.records if peer.get('recorded') else lambda: len(server.running.records()) > before, 'a record', 8)
        except Failed:
            pass  # Then the verdict is that nothing was recorded.
        return client.records()


def eapol_test(server, peer):
    phase = {'1.2': 'tls_disable_tlsv1_3=1', '1.3': 'tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1 tls_disable_tlsv1_2=1 tls_disable_tlsv1_3=0', None: ''}[peer.get('only')]
    name = peer.get('identity', 'client')
    more = f' openssl_ciphers="{peer.get("ciphers") or "DEFAULT"}{"@SECLEVEL=1" if "level" in peer else ""}"\n' if peer.get('ciphers') or 'level' in peer else ''
    env = cnf([f'Groups = {peer["groups"]}']) if peer.get('groups') else {}
    command = ['eapol_test', '-c', text('eapol.conf', f'network={{\n key_mgmt=WPA-EAP\n eap=TLS\n identity="client"\n ca_cert="root.pem"\n client_cert="{name}-chain.pem"\n'
                                        f' private_key="{name}.key"\n phase1="{phase}"\n{more}}}\n'), '-p', server.port, '-s', 'secret', '-t', '5']
    with Running(command, recorded=peer.get('recorded'), env=env) as client:
        client.wait(8)
        return client.records()


def meet(server, peer):
    return {'openvpn': openvpn, 'eapol_test': eapol_test}.get(getattr(server, 'by', None), s_client)(server, peer)


class SServer:
    """s_server, for a client that is tried."""

    def __init__(self, peer, recorded):
        name = peer.get('shows', 'server')
        self.port = port()
        command = ['openssl', 's_server', '-accept', f'127.0.0.1:{self.port}', *identity(name), '-www', *words(peer)]
        if peer.get('asks'):
            command += ['-Verify', '5', '-verify_return_error', '-CAfile', 'root.pem', '-no-CApath', '-no-CAstore']
        if peer.get('small prime'):
            command += ['-dhparam', 'dh1024.pem', '-cipher', 'DHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0', '-serverpref']
        self.running = Running(command, recorded=recorded, port=self.port)

    def __enter__(self):
        self.running.__enter__()
        return self

    def __exit__(self, *rest):
        self.running.__exit__(*rest)


class Inner:
    """A server of the client's own kind, since TLS begins inside of its protocol."""

    def __init__(self, kind, peer):
        self.server = kind()
        self.server.port = self.port = port()
        self.server.shows({'server': 'fullchain'}.get(peer.get('shows', 'server'), f'{peer.get("shows")}-chain'))
        self.server.put(self.server.as_peer['only ' + peer['only']]) if peer.get('only') else None
        ciphers = peer.get('ciphers') or ('DEFAULT:@SECLEVEL=0' if 'level' in peer else None)
        if ciphers:
            self.server.put(self.server.as_peer['ciphers'].format(ciphers))
        if peer.get('asks'):
            self.server.put(self.server.as_peer['asks'])
        level = [f'CipherString = DEFAULT@SECLEVEL={peer["level"]}'] if 'level' in peer else []
        self.running = Running(self.server.command(), port=self.port, env=cnf(level, 'inner.cnf'))

    def __enter__(self):
        self.running.__enter__()
        return self

    def __exit__(self, *rest):
        self.running.__exit__(*rest)


def server_for(client, peer):
    """Where a client goes, or None where there is no such server."""
    kind = getattr(client, 'inner', None)
    if kind is None:
        return SServer(peer, not client.recorded)
    if getattr(kind, 'always_asks', False) and not peer.get('asks'):
        client.knob('identity', 'client-chain.pem', 'client.key')
    known = {'only', 'shows', 'level', 'ciphers', 'recorded', *(['asks'] if 'asks' in kind.as_peer else [])}
    return Inner(kind, peer) if set(peer) <= known else None
