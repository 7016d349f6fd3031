/* key_check CERTIFICATE KEY...: compares keys with a certificate until one fits, before it makes any context, as HAProxy does. Says what
 * each comparison said; fails where none fits. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>

static int no_passphrase(char *buffer, int size, int writes, void *argument)
{
    (void)buffer, (void)size, (void)writes, (void)argument;
    return -1;
}

int main(int count, char **words)
{
    BIO *file = BIO_new_file(words[1], "r");
    X509 *certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    int fits = 0;
    for (int i = 2; i < count && !fits; i++) {
        BIO *with_key = BIO_new_file(words[i], "r");
        EVP_PKEY *key = PEM_read_bio_PrivateKey(with_key, NULL, no_passphrase, NULL);
        fits = key != NULL && X509_check_private_key(certificate, key);
        printf("%s: %d, %s\n", words[i], fits, ERR_peek_error() != 0 ? "with an error" : "without one");
        ERR_clear_error();
        EVP_PKEY_free(key);
        BIO_free(with_key);
    }
    X509_free(certificate);
    BIO_free(file);
    if (!fits)
        return 1;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_free(context);
    return 0;
}
