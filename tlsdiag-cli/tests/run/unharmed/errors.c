/* A program that asks the dynamic linker late what went wrong. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "handshake.h"

#define STILL_THERE(call) \
    do { \
        dlsym(RTLD_DEFAULT, "nothing"); \
        call; \
        printf("%s %d\n", #call, dlerror() != NULL); \
    } while (0)

int main(void)
{
    X509 *certificate = X509_new();
    STILL_THERE(accept(-1, NULL, NULL));
    STILL_THERE(accept4(-1, NULL, NULL, 0));
    STILL_THERE(X509_check_host(certificate, "a", 0, 0, NULL));
    STILL_THERE(X509_check_ip_asc(certificate, "192.0.2.1", 0));
    /* The first call of libssl finds it. */
    SSL_CTX *one = context();
    SSL *ssl;
    STILL_THERE(one = SSL_CTX_new(TLS_method()));
    STILL_THERE(ssl = SSL_new(one));
    STILL_THERE(SSL_set_info_callback(ssl, NULL));
    STILL_THERE(SSL_free(ssl));
    return 0;
}
