import socket
import ssl
import threading

import pytest

pytest_plugins = ["pytester"]

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.fixture(params=VERSIONS, ids=lambda version: version.name)
def version(request):
    return request.param


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    """A CA with certificates of its own: paths by name."""
    from tlsdiag import _native

    folder = tmp_path_factory.mktemp("pki")
    pki = _native.Pki("test CA")
    paths = {"ca": folder / "ca.pem"}
    paths["ca"].write_text(pki.certificate)

    def issue(name, names, **options):
        settings = {"server": True, "client": False, "begins": -1, "ends": 30, "self_signed": False, **options}
        identity = pki.issue(name, names, **settings)
        paths[name] = folder / f"{name}.pem"
        paths[name].write_text(identity.certificate + identity.key)

    issue("server", ["localhost", "127.0.0.1"])
    issue("other", ["other.example"])
    issue("expired", ["localhost"], begins=-30, ends=-1)
    issue("client", [], server=False, client=True)
    return paths


@pytest.fixture
def contexts(files, version):
    """A server's and a client's context that trust each other, in one version."""
    return make_contexts(files, version)


def make_contexts(files, version=ssl.TLSVersion.TLSv1_3, *, mutual=False, identity=None, server="server"):
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(files[server])
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.load_verify_locations(files["ca"])
    for context in (server_context, client_context):
        context.minimum_version = context.maximum_version = version
    if mutual:
        server_context.verify_mode = ssl.CERT_REQUIRED
        server_context.load_verify_locations(files["ca"])
    if identity is not None:
        client_context.load_cert_chain(files[identity])
    return server_context, client_context


def in_memory(server_context, client_context, *, name="localhost", rounds=10):
    """A handshake over memory BIOs: both ends and what each raised."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    errors = {"client": None, "server": None}
    done = {"client": False, "server": False}
    for _ in range(rounds):
        for side, end in (("client", client), ("server", server)):
            if done[side]:
                continue
            try:
                end.do_handshake()
                done[side] = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLError as error:
                errors[side] = error
                done[side] = True
        if all(done.values()):
            break
    return client, server, errors


def over_sockets(server_context, client_context, *, name="localhost"):
    """A handshake over sockets with a byte each way: what each end raised."""
    errors = {"client": None, "server": None}
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        try:
            connection, _ = listener.accept()
            connection.settimeout(20)
            with server_context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as tls:
                try:
                    tls.do_handshake()
                    tls.sendall(tls.recv(1))
                except OSError:
                    # Closing with bytes unread would reset the connection, and the client would not read the alert.
                    tls.shutdown(socket.SHUT_WR)
                    while tls.recv(100):
                        pass
                    raise
        except OSError as error:
            errors["server"] = error

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with socket.create_connection(listener.getsockname(), timeout=20) as connection:
            with client_context.wrap_socket(connection, server_hostname=name) as tls:
                tls.sendall(b"x")
                tls.recv(1)
    except OSError as error:
        errors["client"] = error
    thread.join()
    listener.close()
    return errors
