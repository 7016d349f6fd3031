"""The pytest plugin, in tests of its own."""

import sys

import pytest

BAD = """
    import socket, ssl
    import tlsdiag as package
    import pytest

    def connect(port, cafile=None):
        context = ssl.create_default_context(cafile=cafile)
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            with context.wrap_socket(connection, server_hostname="localhost") as tls:
                tls.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
                assert tls.recv(12)

    @pytest.fixture
    def server():
        with package.Server(certificate="expired") as server:
            yield server
"""


def run(pytester, source, *options):
    pytester.makepyfile(BAD + source)
    # In a process of its own: recording is a matter of the whole process.
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)


def test_the_fixture(pytester):
    result = run(
        pytester,
        """
    def test_it(tlsdiag, server):
        with pytest.raises(ssl.SSLError):
            connect(server.port, server.ca_file)
        assert tlsdiag.clients[-1].cause == "server_cert.expired"

    def test_nothing(tlsdiag):
        assert tlsdiag.handshakes == []
""",
    )
    result.assert_outcomes(passed=2)


def test_a_failing_test_says_why(pytester):
    source = """
    def test_it(server):
        connect(server.port, server.ca_file)

    def test_with_fixture(server, tlsdiag):
        connect(server.port, server.ca_file)

    def test_that_fails_otherwise(tlsdiag):
        assert False
"""
    result = run(pytester, source)
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*TLS handshakes that failed*", "server_cert.expired *"])
    assert str(result.stdout).count("TLS handshakes that failed") == 1
    result = run(pytester, source, "--tlsdiag")
    assert str(result.stdout).count("TLS handshakes that failed") == 2


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes from Python 3.11 on")
def test_a_with_statement_needs_no_plugin(pytester):
    result = run(
        pytester,
        """
    def test_it(server):
        with package.record_all():
            connect(server.port, server.ca_file)
""",
        "-p",
        "no:tlsdiag",
    )
    result.stdout.fnmatch_lines(["*tlsdiag: server_cert.expired *"])


def test_the_marker(pytester):
    result = run(
        pytester,
        """
    @pytest.mark.tls_cause("server_cert.expired")
    def test_right(server):
        with pytest.raises(ssl.SSLError):
            connect(server.port, server.ca_file)

    @pytest.mark.tls_cause("client_cert.missing")
    def test_wrong(server):
        with pytest.raises(ssl.SSLError):
            connect(server.port, server.ca_file)

    @pytest.mark.tls_cause("client_cert.missing")
    def test_none():
        pass

    @pytest.mark.tls_cause("client_cert.mising")
    def test_misspelt():
        pass
""",
        "--strict-markers",
    )
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "*no TLS handshake of this test failed for client_cert.missing; there were:*",
            "*server_cert.expired (*",
            "*(none was recorded)*",
            "*there is no cause 'client_cert.mising'; the nearest is 'client_cert.missing'*",
        ]
    )


def test_assertions_are_told(pytester):
    result = run(
        pytester,
        """
    def test_check(server, tlsdiag):
        with pytest.raises(ssl.SSLError):
            connect(server.port, server.ca_file)
        package.assert_handshake(tlsdiag.clients[-1], version="TLSv1.2", resumed=False)

    def test_equal(server, tlsdiag):
        for cafile in (None, server.ca_file):
            with pytest.raises(ssl.SSLError):
                connect(server.port, cafile)
        assert tlsdiag.clients[0] == tlsdiag.clients[1]
""",
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*the handshake is not as expected:*",
            "*cause    expected none, got server_cert.expired*",
            "*version  expected TLSv1.2, got TLSv1.3*",
            "*two handshakes that differ:*",
        ]
    )
