/* Two connections in memory, and what every test needs. The certificates lie in the folder that PKI names. */
#ifndef PAIR_H
#define PAIR_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tlsdiag.h"

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n  last error: %s\n", __FILE__, __LINE__, #condition, tlsdiag_last_error());    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)
#define OK(call) CHECK((call) == TLSDIAG_OK)
#define SAME(text, expected) CHECK((text) != NULL && strcmp((text), (expected)) == 0)

typedef struct {
    SSL *server;
    SSL *client;
} pair;

static inline const char *in_pki(const char *name) {
    static char path[4][512];
    static int next;
    const char *folder = getenv("PKI");
    CHECK(folder != NULL);
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
    return path[next];
}

static inline int pass_everything(int ok, X509_STORE_CTX *store) {
    (void)ok;
    (void)store;
    return 1;
}

static inline SSL_CTX *server_context(int verify, int lenient) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    CHECK(ctx != NULL);
    CHECK(SSL_CTX_use_certificate_chain_file(ctx, in_pki("server.pem")) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(ctx, in_pki("server.key"), SSL_FILETYPE_PEM) == 1);
    CHECK(SSL_CTX_load_verify_locations(ctx, in_pki("ca.pem"), NULL) == 1);
    SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4);
    SSL_CTX_set_verify(ctx, verify, lenient ? pass_everything : NULL);
    return ctx;
}

static inline SSL_CTX *client_context(const char *identity) {
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    char file[128];
    CHECK(ctx != NULL);
    CHECK(SSL_CTX_load_verify_locations(ctx, in_pki("ca.pem"), NULL) == 1);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
    if (identity != NULL) {
        snprintf(file, sizeof file, "%s.pem", identity);
        CHECK(SSL_CTX_use_certificate_chain_file(ctx, in_pki(file)) == 1);
        snprintf(file, sizeof file, "%s.key", identity);
        CHECK(SSL_CTX_use_PrivateKey_file(ctx, in_pki(file), SSL_FILETYPE_PEM) == 1);
    }
    return ctx;
}

static inline pair pair_new(SSL_CTX *server, SSL_CTX *client) {
    pair both = {SSL_new(server), SSL_new(client)};
    BIO *one, *other;
    CHECK(both.server != NULL && both.client != NULL);
    CHECK(BIO_new_bio_pair(&one, 0, &other, 0) == 1);
    SSL_set_bio(both.server, one, one);
    SSL_set_bio(both.client, other, other);
    SSL_set_accept_state(both.server);
    SSL_set_connect_state(both.client);
    SSL_set_tlsext_host_name(both.client, "localhost");
    return both;
}

/* Each side in turn until neither can go on; then the server says a word, so that the client hears of its end. */
static inline int pair_shake(pair both) {
    int served = 0, connected = 0, turn;
    char byte;
    for (turn = 0; turn < 20; turn++) {
        connected = SSL_do_handshake(both.client);
        served = SSL_do_handshake(both.server);
        if (connected == 1 && served == 1)
            break;
    }
    if (served == 1)
        SSL_write(both.server, "x", 1);
    SSL_read(both.client, &byte, 1);
    ERR_clear_error();
    return served == 1 && connected == 1;
}

static inline void pair_free(pair both) {
    SSL_free(both.client);
    SSL_free(both.server);
}

#endif
