/*
 * A TLS client that says why its handshake failed, and exits with 1 if it did:
 *
 *     ./client PORT ca.pem [client.pem client.key]
 *
 * It connects to localhost on the loopback interface, and appends the record to the file that TLSDIAG_LOG names.
 */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <tlsdiag.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "client: cannot %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static int connect_to(unsigned short port) {
    struct sockaddr_in address = {0};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect to that port");
    return connection;
}

/* Prints what is known of a handshake, and what to do; gives whether it was healthy. */
static int tell(const tlsdiag_handshake *handshake) {
    const tlsdiag_finding *finding;
    tlsdiag_advice advice = TLSDIAG_ADVICE_INIT;
    const char *line, *path = getenv("TLSDIAG_LOG");
    tlsdiag_writer *writer;
    size_t findings;
    if (tlsdiag_handshake_one_line(handshake, &line) == TLSDIAG_OK)
        puts(line);
    if (tlsdiag_handshake_finding_count(handshake, &findings) != TLSDIAG_OK)
        fail(tlsdiag_last_error());
    if (findings > 0 && tlsdiag_handshake_finding(handshake, 0, &finding) == TLSDIAG_OK &&
        tlsdiag_finding_advice(finding, 0, &advice) == TLSDIAG_OK)
        printf("  %s: %s\n", advice.stack, advice.line);
    if (path != NULL) {
        if (tlsdiag_writer_open(path, &writer) != TLSDIAG_OK || tlsdiag_writer_append(writer, handshake) != TLSDIAG_OK)
            fail(tlsdiag_last_error());
        tlsdiag_writer_free(writer);
    }
    return findings == 0;
}

int main(int argc, char **argv) {
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *handshake;
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL *ssl;
    char buffer[256];
    int healthy = 0;
    if (argc < 3 || SSL_CTX_load_verify_locations(ctx, argv[2], NULL) != 1)
        fail("start: client PORT CA [CERTIFICATE KEY]");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (argc > 4 && (SSL_CTX_use_certificate_chain_file(ctx, argv[3]) != 1 ||
                     SSL_CTX_use_PrivateKey_file(ctx, argv[4], SSL_FILETYPE_PEM) != 1))
        fail("load the certificate and its key");
    if (tlsdiag_recorder_new(NULL, &recorder) != TLSDIAG_OK || tlsdiag_recorder_attach_ctx(recorder, ctx) != TLSDIAG_OK)
        fail(tlsdiag_last_error());
    ssl = SSL_new(ctx);
    SSL_set_tlsext_host_name(ssl, "localhost");
    SSL_set1_host(ssl, "localhost");
    SSL_set_fd(ssl, connect_to((unsigned short)atoi(argv[1])));
    /* In TLS 1.3 a refusal of the client's certificate comes only after the client is done: read once. */
    if (SSL_connect(ssl) == 1)
        SSL_read(ssl, buffer, sizeof buffer);
    SSL_free(ssl);
    while (tlsdiag_recorder_next(recorder, &handshake) == TLSDIAG_OK) {
        healthy = tell(handshake);
        tlsdiag_handshake_free(handshake);
    }
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(ctx);
    return healthy ? 0 : 1;
}
