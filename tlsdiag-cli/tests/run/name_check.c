/* name_check PORT callback|NAME...: connects to localhost, and holds the server's certificate against the names itself: after the
 * handshake until one fits, or in the verify callback. Says what each check said, and whether it went on. */
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int in_callback(int ok, X509_STORE_CTX *store)
{
    if (X509_STORE_CTX_get_error_depth(store) > 0 || !ok)
        return ok;
    int fits = X509_check_host(X509_STORE_CTX_get_current_cert(store), "payments.example", 0, 0, NULL);
    printf("callback: %d\n", fits);
    return fits;
}

int main(int count, char **words)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), callback = count > 2 && strcmp(words[2], "callback") == 0;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(context, "trusted.pem", NULL);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, callback ? in_callback : NULL);
    SSL *ssl = SSL_new(context);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 || SSL_set_fd(ssl, fd) != 1)
        return 2;
    int done = SSL_connect(ssl), fits = 0;
    printf("connected: %d\n", done);
    if (done == 1 && !callback) {
        X509 *peer = SSL_get1_peer_certificate(ssl);
        for (int i = 2; i < count && !fits; i++) {
            int is_address = words[i][0] >= '0' && words[i][0] <= '9';
            fits = is_address ? X509_check_ip_asc(peer, words[i], 0) : X509_check_host(peer, words[i], 0, 0, NULL);
            printf("%s: %d\n", words[i], fits);
        }
        X509_free(peer);
        char answer[8];
        if (fits && SSL_write(ssl, "GET / HTTP/1.0\r\n\r\n", 18) == 18)
            SSL_read(ssl, answer, sizeof answer);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return 0;
}
