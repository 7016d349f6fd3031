/* Takes the addresses of libssl's functions with dlsym, uses each of those that the preload object stands in for, and says what it
   got. Arguments: a port on 127.0.0.1, and the libraries, in the order in which they are loaded. */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void *pointer;
#define GET(result, name, arguments) result(*name) arguments = (result(*) arguments)dlsym(library, #name)

static void message(int write, int version, int type, const void *bytes, size_t length, pointer ssl, pointer count)
{
    ++*(int *)count;
}
static void info(const pointer ssl, int where, int value) {}
static int verify(int ok, pointer store) { return 1; }
static int security(pointer s, pointer ctx, int op, int bits, int nid, pointer other, pointer ex) { return 1; }
static void keylog(const pointer ssl, const char *line) {}

static int use(const char *name, const char *port)
{
    pointer library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        puts(dlerror());
        return 1;
    }
    GET(pointer, TLS_client_method, (void));
    GET(pointer, TLS_server_method, (void));
    GET(pointer, SSL_CTX_new, (pointer));
    GET(pointer, SSL_CTX_new_ex, (pointer, const char *, pointer));
    GET(pointer, SSL_new, (pointer));
    GET(void, SSL_free, (pointer));
    GET(void, SSL_CTX_free, (pointer));
    GET(pointer, SSL_set_SSL_CTX, (pointer, pointer));
    GET(pointer, SSL_get_SSL_CTX, (pointer));
    GET(void, SSL_CTX_set_msg_callback, (pointer, pointer));
    GET(void, SSL_set_msg_callback, (pointer, pointer));
    GET(long, SSL_CTX_callback_ctrl, (pointer, int, pointer));
    GET(long, SSL_callback_ctrl, (pointer, int, pointer));
    GET(long, SSL_CTX_ctrl, (pointer, int, long, pointer));
    GET(long, SSL_ctrl, (pointer, int, long, pointer));
    GET(void, SSL_CTX_set_info_callback, (pointer, pointer));
    GET(pointer, SSL_CTX_get_info_callback, (pointer));
    GET(void, SSL_set_info_callback, (pointer, pointer));
    GET(pointer, SSL_get_info_callback, (pointer));
    GET(void, SSL_set_verify, (pointer, int, pointer));
    GET(pointer, SSL_get_verify_callback, (pointer));
    GET(int, SSL_verify_client_post_handshake, (pointer));
    GET(void, SSL_set_security_callback, (pointer, pointer));
    GET(pointer, SSL_get_security_callback, (pointer));
    GET(void, SSL_CTX_set_keylog_callback, (pointer, pointer));
    GET(pointer, SSL_CTX_get_keylog_callback, (pointer));
    GET(int, SSL_set_fd, (pointer, int));
    GET(int, SSL_connect, (pointer));
    GET(int, SSL_write, (pointer, const void *, int));
    GET(int, SSL_read, (pointer, void *, int));
    GET(int, SSL_shutdown, (pointer));

    /* Without a context of its own, then with one that is not touched but for a handshake. */
    printf("no method: %d\n", SSL_CTX_new(NULL) != NULL);
    SSL_free(NULL);
    pointer plain = SSL_CTX_new(TLS_client_method());
    pointer ssl = SSL_new(plain);
    printf("made: %d %d\n", plain != NULL, ssl != NULL);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    printf("connected: %d\n", connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    SSL_set_fd(ssl, fd);
    /* The argument of a message callback alone, where no memory lies. */
    printf("argument: %ld\n", SSL_ctrl(ssl, 16, 0, (pointer)0x51));
    printf("handshake: %d\n", SSL_connect(ssl));
    char request[] = "GET / HTTP/1.0\r\n\r\n", answer[9] = {0};
    SSL_write(ssl, request, sizeof request - 1);
    printf("read: %d %.8s\n", SSL_read(ssl, answer, 8), answer);
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(fd);

    pointer one = SSL_CTX_new_ex(NULL, NULL, TLS_client_method()), other = SSL_CTX_new(TLS_client_method());
    printf("contexts: %d %d\n", one != NULL, other != NULL);
    int heard = 0;
    SSL_CTX_set_msg_callback(one, message);
    printf("ctx ctrl: %ld %ld\n", SSL_CTX_callback_ctrl(one, 15, message), SSL_CTX_ctrl(one, 16, 0, &heard));
    SSL_CTX_set_info_callback(one, info);
    SSL_CTX_set_keylog_callback(one, keylog);
    printf("ctx got: %d %d\n", SSL_CTX_get_info_callback(one) == info, SSL_CTX_get_keylog_callback(one) == keylog);
    printf("options: %d\n", SSL_CTX_ctrl(one, 123, 0x0303, NULL) == 1);
    pointer client = SSL_new(one);
    SSL_set_msg_callback(client, message);
    printf("ctrl: %ld %ld\n", SSL_callback_ctrl(client, 15, message), SSL_ctrl(client, 16, 0, &heard));
    SSL_set_info_callback(client, info);
    SSL_set_verify(client, 1, verify);
    SSL_set_security_callback(client, security);
    printf("got: %d %d %d\n", SSL_get_info_callback(client) == info, SSL_get_verify_callback(client) == verify,
           SSL_get_security_callback(client) == security);
    printf("late: %d\n", SSL_verify_client_post_handshake(client));
    printf("moved: %d %d\n", SSL_set_SSL_CTX(client, other) == other, SSL_get_SSL_CTX(client) == other);
    SSL_free(client);
    SSL_CTX_free(one);
    SSL_CTX_free(other);
    SSL_CTX_free(plain);
    return 0;
}

int main(int count, char **words)
{
    for (int i = 2; i < count; i++)
        if (use(words[i], words[1]))
            return 1;
    return 0;
}
