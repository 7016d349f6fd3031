/* A recorder made before fork(), as servers do, works in every child; what waits belongs to the parent; a file is shared. */
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pair.h"

#define CHILDREN 3
#define EACH 5

static SSL_CTX *server, *client;
static tlsdiag_writer *writer;
static int called;

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    (void)userdata;
    OK(tlsdiag_writer_append(writer, handshake));
    called++;
}

static void one_handshake(void) {
    pair both = pair_new(server, client);
    CHECK(pair_shake(both));
    pair_free(both);
}

static void count_lines(size_t line, const tlsdiag_handshake *handshake, const char *problem, void *userdata) {
    (void)line;
    CHECK(handshake != NULL && problem == NULL);
    ++*(int *)userdata;
}

int main(void) {
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_recorder *recorder, *queue;
    tlsdiag_handshake *waiting;
    char path[512], *text;
    int child, i, status, lines = 0;
    ssize_t length;

    snprintf(path, sizeof path, "%s/%ld.jsonl", getenv("SCRATCH"), (long)getpid());
    server = server_context(SSL_VERIFY_NONE, 0);
    client = client_context(NULL);
    OK(tlsdiag_writer_open(path, &writer));
    options.background = 1;
    OK(tlsdiag_recorder_new(&options, &recorder));
    OK(tlsdiag_recorder_on_handshake(recorder, on_handshake, NULL));
    OK(tlsdiag_recorder_new(NULL, &queue));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_attach_ctx(queue, server));
    /* The parent's thread is there when it forks, and waits: what it held in the middle of a callback the child could not free. */
    one_handshake();
    OK(tlsdiag_recorder_flush(recorder));
    for (child = 0; child < CHILDREN; child++) {
        if (fork() == 0) {
            called = 0;
            CHECK(tlsdiag_recorder_next(queue, &waiting) == TLSDIAG_NOT_FOUND);
            for (i = 0; i < EACH; i++)
                one_handshake();
            OK(tlsdiag_recorder_flush(recorder));
            CHECK(called == EACH);
            OK(tlsdiag_recorder_next(queue, &waiting));
            tlsdiag_handshake_free(waiting);
            tlsdiag_recorder_free(recorder);
            tlsdiag_recorder_free(queue);
            _exit(0);
        }
    }
    for (child = 0; child < CHILDREN; child++)
        CHECK(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    one_handshake();
    OK(tlsdiag_recorder_flush(recorder));
    CHECK(called == 2);
    OK(tlsdiag_recorder_next(queue, &waiting));
    tlsdiag_handshake_free(waiting);
    tlsdiag_recorder_free(recorder);
    tlsdiag_recorder_free(queue);
    tlsdiag_writer_free(writer);

    text = malloc(1 << 20);
    i = open(path, O_RDONLY);
    length = read(i, text, 1 << 20);
    close(i);
    unlink(path);
    CHECK(length > 0);
    OK(tlsdiag_jsonl_read(text, (size_t)length, count_lines, &lines));
    CHECK(lines == 2 + CHILDREN * EACH);
    free(text);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    puts("forks: as expected");
    return 0;
}
