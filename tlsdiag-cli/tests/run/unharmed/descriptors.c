/* A program whose descriptors are its own. `few N`: it may have so many, and closes standard streams. `data`, `socket`, `log FILE`: what
   lies at the number of stderr is something else, and then it closes what it does not know and goes on, of which there is something to say. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "handshake.h"

static void limited(int most)
{
    struct rlimit limit = {most, most};
    setrlimit(RLIMIT_NOFILE, &limit);
    close(0);
    close(2);
    SSL_CTX *one = context();
    int first = dup(1), second = dup(1);
    printf("at %d: the next ones are %d %d, established %d\n", most, first, second, visit(one));
}

/* The collector's descriptor is closed, and this is told after some more handshakes. */
static void go_on(void)
{
    SSL_CTX *one = context();
    int established = visit(one);
    closefrom(5);
    for (int i = 0; i < 40; i++)
        established += visit(one);
    printf("established %d\n", established);
}

int main(int count, char **words)
{
    char bytes[4096];
    int pair[2];
    alarm(20);
    switch (words[1][0]) {
    case 'd':
        close(2);
        printf("data at %d\n", open("data", O_RDWR | O_CREAT | O_TRUNC, 0600));
        go_on();
        printf("it has %d bytes\n", (int)lseek(2, 0, SEEK_END));
        break;
    case 's':
        close(2);
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
        printf("connected at %d\n", pair[0]);
        go_on();
        printf("received %d\n", (int)recv(pair[1], bytes, sizeof bytes, MSG_DONTWAIT));
        /* Nobody else has it. */
        close(2);
        printf("then %d\n", (int)recv(pair[1], bytes, sizeof bytes, 0));
        break;
    case 'l':
        dup2(open(words[2], O_WRONLY | O_CREAT | O_APPEND, 0600), 2);
        go_on();
        break;
    default:
        limited(atoi(words[2]));
    }
    return 0;
}
