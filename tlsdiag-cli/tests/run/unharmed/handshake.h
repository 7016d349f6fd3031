/* A handshake of a program with itself, by a key that both have: it takes next to no time. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static unsigned client_key(SSL *ssl, const char *hint, char *name, unsigned room, unsigned char *key, unsigned length)
{
    strcpy(name, "client");
    memset(key, 7, 16);
    return 16;
}

static unsigned server_key(SSL *ssl, const char *name, unsigned char *key, unsigned length)
{
    memset(key, 7, 16);
    return 16;
}

static SSL_CTX *context(void)
{
    SSL_CTX *made = SSL_CTX_new(TLS_method());
    SSL_CTX_set_max_proto_version(made, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(made, "PSK-AES128-GCM-SHA256");
    SSL_CTX_set_psk_client_callback(made, client_key);
    SSL_CTX_set_psk_server_callback(made, server_key);
    return made;
}

struct ends {
    SSL *client, *server;
};

static int make(struct ends *ends, SSL_CTX *context)
{
    BIO *one, *other;
    ends->client = SSL_new(context);
    ends->server = ends->client ? SSL_new(context) : NULL;
    if (!ends->server || !BIO_new_bio_pair(&one, 0, &other, 0))
        return 0;
    SSL_set_bio(ends->client, one, one);
    SSL_set_bio(ends->server, other, other);
    SSL_set_connect_state(ends->client);
    SSL_set_accept_state(ends->server);
    return 1;
}

static int shake(const struct ends *ends)
{
    for (int turn = 0; turn < 9; turn++) {
        SSL_do_handshake(ends->client);
        SSL_do_handshake(ends->server);
    }
    return SSL_is_init_finished(ends->client) && SSL_is_init_finished(ends->server);
}

static void end(const struct ends *ends)
{
    SSL_free(ends->client);
    SSL_free(ends->server);
}

/* A whole connection from its beginning to its end. */
__attribute__((unused)) static int visit(SSL_CTX *context)
{
    struct ends ends;
    int established = make(&ends, context) && shake(&ends);
    end(&ends);
    return established;
}
