/*
 * A TLS server that says of each handshake what went wrong and why:
 *
 *     ./server PORT server.pem server.key [client-ca.pem]
 *
 * It listens on the loopback interface; with a CA it insists on a client certificate. Port 0 takes a free one, and says which.
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

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    FILE *out = userdata;
    const char *line, *cause;
    char *report;
    if (tlsdiag_handshake_one_line(handshake, &line) == TLSDIAG_OK)
        fprintf(out, "%s\n", line);
    /* A healthy handshake has no cause, and needs no report. */
    if (tlsdiag_handshake_cause(handshake, &cause) == TLSDIAG_OK && cause != NULL &&
        tlsdiag_handshake_to_text(handshake, NULL, &report) == TLSDIAG_OK) {
        fputs(report, out);
        tlsdiag_string_free(report);
    }
    fflush(out);
}

static void fail(const char *what) {
    fprintf(stderr, "server: cannot %s\n", what);
    ERR_print_errors_fp(stderr);
    exit(2);
}

static int listen_on(unsigned short port) {
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        fail("listen on that port");
    printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv) {
    tlsdiag_recorder *recorder;
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int listener, connection;
    if (argc < 4)
        fail("start: server PORT CERTIFICATE KEY [CLIENT-CA]");
    if (SSL_CTX_use_certificate_chain_file(ctx, argv[2]) != 1 ||
        SSL_CTX_use_PrivateKey_file(ctx, argv[3], SSL_FILETYPE_PEM) != 1)
        fail("load the certificate and its key");
    if (argc > 4) {
        if (SSL_CTX_load_verify_locations(ctx, argv[4], NULL) != 1)
            fail("load the client CA");
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    if (tlsdiag_recorder_new(NULL, &recorder) != TLSDIAG_OK || tlsdiag_recorder_attach_ctx(recorder, ctx) != TLSDIAG_OK ||
        tlsdiag_recorder_on_handshake(recorder, on_handshake, stdout) != TLSDIAG_OK)
        fail(tlsdiag_last_error());
    listener = listen_on((unsigned short)atoi(argv[1]));
    while ((connection = accept(listener, NULL, NULL)) >= 0) {
        SSL *ssl = SSL_new(ctx);
        SSL_set_fd(ssl, connection);
        if (SSL_accept(ssl) == 1) {
            SSL_write(ssl, "hello\n", 6);
            SSL_shutdown(ssl);
        }
        ERR_clear_error();
        SSL_free(ssl);
        close(connection);
    }
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(ctx);
    return 0;
}
