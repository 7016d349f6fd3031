/* Connections that OpenSSL never saw, as a server tells of them that reads the first bytes itself. */
#include "pair.h"

typedef struct {
    int told;
    const char *cause;
    const char *in_line;
} expected;

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    expected *of = userdata;
    const char *cause, *line;
    tlsdiag_role role;
    void *ssl;
    OK(tlsdiag_handshake_cause(handshake, &cause));
    SAME(cause, of->cause);
    OK(tlsdiag_handshake_one_line(handshake, &line));
    CHECK(strstr(line, of->in_line) != NULL);
    OK(tlsdiag_handshake_role(handshake, &role));
    CHECK(role == TLSDIAG_ROLE_SERVER);
    OK(tlsdiag_handshake_ssl(handshake, &ssl));
    CHECK(ssl == NULL);
    of->told++;
}

static tlsdiag_recorder *recorder;

static void told(const tlsdiag_before_tls *before, const char *cause, const char *in_line) {
    expected of = {0, cause, in_line};
    OK(tlsdiag_recorder_on_handshake(recorder, on_handshake, &of));
    OK(tlsdiag_recorder_before_tls(recorder, before));
    CHECK(of.told == 1);
}

static void refused(const char *first, int expects_proxy_header, const char *cause, const char *in_line) {
    tlsdiag_before_tls before = TLSDIAG_BEFORE_TLS_INIT;
    before.first = (const uint8_t *)first;
    before.first_length = strlen(first);
    before.expects_proxy_header = expects_proxy_header;
    told(&before, cause, in_line);
}

int main(void) {
    tlsdiag_before_tls before = TLSDIAG_BEFORE_TLS_INIT;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    refused("GET / HTTP/1.1\r\n", 0, "not_tls.plain_http", "plain HTTP");
    refused("PROXY TCP4 192.0.2.1", 0, "not_tls.proxy_header", "probably a PROXY protocol header");
    refused("SSH-2.0-OpenSSH_9", 0, "not_tls.other_protocol", "SSH");
    refused("\x16\x03\x01\x02\x01\x01", 1, "not_tls.proxy_header", "expects a PROXY protocol header");
    refused("PROXY TCP9 nonsense", 1, "not_tls.proxy_header", "could not read");
    refused("GET / HTTP/1.1\r\n", 1, "not_tls.plain_http", "plain HTTP");

    before.peer_address = "192.0.2.7";
    before.peer_port = 1234;
    before.end = TLSDIAG_BEFORE_TLS_CLOSED;
    told(&before, "transport.closed_before_hello", "192.0.2.7:1234");
    told(&before, "transport.closed_before_hello", "closed the connection without sending a single byte");
    before.end = TLSDIAG_BEFORE_TLS_RESET;
    told(&before, "transport.closed_before_hello", "reset the connection");
    before.end = TLSDIAG_BEFORE_TLS_TIMED_OUT;
    before.milliseconds = 60000;
    told(&before, "transport.timeout", "silent");

    /* What cannot be. */
    before.end = TLSDIAG_BEFORE_TLS_REFUSED;
    CHECK(tlsdiag_recorder_before_tls(recorder, &before) == TLSDIAG_BAD_VALUE);
    before.end = 77;
    CHECK(tlsdiag_recorder_before_tls(recorder, &before) == TLSDIAG_BAD_VALUE);
    before.end = TLSDIAG_BEFORE_TLS_CLOSED;
    before.peer_address = "nowhere";
    CHECK(tlsdiag_recorder_before_tls(recorder, &before) == TLSDIAG_BAD_VALUE);
    before.size = 3;
    CHECK(tlsdiag_recorder_before_tls(recorder, &before) == TLSDIAG_BAD_SIZE);

    tlsdiag_recorder_free(recorder);
    puts("before_tls: as expected");
    return 0;
}
