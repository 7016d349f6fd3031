/* Loads what need not be there and goes on, or does not; then has a handshake with itself. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *mode;

static int is(const char *name)
{
    return strcmp(mode, name) == 0;
}

static SSL_CTX *with_files(const char *certificate, const char *key)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL_CTX_use_certificate_chain_file(context, certificate);
    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM);
    return context;
}

static void handshake(SSL_CTX *at_server, SSL_CTX *at_client)
{
    SSL *server = SSL_new(at_server), *client = SSL_new(at_client);
    BIO *one, *other;
    BIO_new_bio_pair(&one, 0, &other, 0);
    SSL_set_bio(client, one, one);
    SSL_set_bio(server, other, other);
    SSL_set_accept_state(server);
    SSL_set_connect_state(client);
    for (int turn = 0; turn < 9; turn++) {
        SSL_do_handshake(client);
        SSL_do_handshake(server);
    }
    puts(SSL_is_init_finished(client) && SSL_is_init_finished(server) ? "established" : "failed");
    SSL_free(client);
    SSL_free(server);
}

/* An optional file of a context, as hitch has one for each stapled response. */
static void look_for_missing(void)
{
    BIO *file = BIO_new_file("missing.ocsp", "r");
    if (file)
        BIO_free(file);
    ERR_clear_error();
}

/* A certificate is looked for in the file of a key, as sslsplit does. */
static void look_in_key(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    if (SSL_CTX_use_certificate_file(context, "own.key", SSL_FILETYPE_PEM) == 1)
        puts("a certificate in a key");
    ERR_clear_error();
    SSL_CTX_free(context);
}

static int accept_all(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

/* What the program says no by is in its own log alone, as with nginx. */
static int choose(SSL *ssl, void *key)
{
    int fits = SSL_use_certificate_file(ssl, "own.pem", SSL_FILETYPE_PEM) == 1
        && SSL_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) == 1;
    ERR_clear_error();
    return fits;
}

int main(int count, char **words)
{
    mode = count > 1 ? words[1] : "";
    if (is("key") || is("key alone"))
        look_in_key();
    if (is("key alone"))
        return 1;
    if (is("callback") || is("right callback")) {
        SSL_CTX *server = SSL_CTX_new(TLS_method());
        SSL_CTX_set_cert_cb(server, choose, is("callback") ? "other.key" : "own.key");
        handshake(server, SSL_CTX_new(TLS_method()));
        return 0;
    }
    SSL_CTX *server = with_files("own.pem", "own.key");
    if (is("pinned") || is("not pinned")) {
        SSL_CTX_load_verify_locations(server, is("pinned") ? "alice.pem" : "own.pem", NULL);
        SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_all);
        handshake(server, with_files("alice.pem", "alice.key"));
        return 0;
    }
    if (!is("key"))
        look_for_missing();
    if (is("file alone"))
        return 1;
    if (is("fork") || is("background")) {
        fflush(stdout);
        pid_t child = fork();
        if (child > 0 && is("background"))
            _exit(0);
        if (child > 0)
            return waitpid(child, NULL, 0) < 0;
        /* The collector looks each second which processes have ended. */
        if (is("background"))
            sleep(3);
    }
    handshake(server, server);
    SSL_CTX_free(server);
    return 0;
}
