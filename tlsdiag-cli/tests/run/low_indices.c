/* A handshake with itself by a program that keeps things of its own at indices which OpenSSL has never given it, as FreeRADIUS does. */
#include <openssl/ssl.h>
#include <stdio.h>

static SSL *end(SSL_CTX *context, int server)
{
    static char things[17];
    SSL *ssl = SSL_new(context);
    SSL_set_options(ssl, SSL_OP_NO_TLSv1_3);
    SSL_set_dh_auto(ssl, 1);
    SSL_set_cipher_list(ssl, "aNULL:@SECLEVEL=0");
    for (int index = 1; index <= 16; index++)
        SSL_set_ex_data(ssl, index, &things[index]);
    if (server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    return ssl;
}

int main(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *client = end(context, 0), *server = end(context, 1);
    BIO *one, *other;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(client, one, one);
    SSL_set_bio(server, other, other);
    for (int turn = 0; turn < 9; turn++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    puts(SSL_is_init_finished(client) && SSL_is_init_finished(server) ? "established" : "failed");
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(context);
    return 0;
}
