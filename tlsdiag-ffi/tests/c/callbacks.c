/* Callbacks that do what they like: attach again, change the callback, free the handshake they were lent, free the recorder. */
#include "pair.h"

static SSL_CTX *server, *client;
static tlsdiag_recorder *recorder;
static int called;

static void one_handshake(void) {
    pair both = pair_new(server, client);
    CHECK(pair_shake(both));
    pair_free(both);
}

static void count(const tlsdiag_handshake *handshake, void *userdata) {
    const char *verdict;
    OK(tlsdiag_handshake_verdict(handshake, &verdict));
    SAME(verdict, "ok");
    ++*(int *)userdata;
}

static void attach_again(const tlsdiag_handshake *handshake, void *userdata) {
    SSL_CTX *another = server_context(SSL_VERIFY_NONE, 0);
    void *ssl;
    OK(tlsdiag_handshake_ssl(handshake, &ssl));
    OK(tlsdiag_recorder_attach_ctx(recorder, another));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_detach_ctx(recorder, another));
    SSL_CTX_free(another);
    count(handshake, userdata);
}

static void free_what_is_lent(const tlsdiag_handshake *handshake, void *userdata) {
    tlsdiag_handshake *mine;
    OK(tlsdiag_handshake_clone(handshake, &mine));
    tlsdiag_handshake_free((tlsdiag_handshake *)handshake);
    tlsdiag_handshake_free(mine);
    count(handshake, userdata);
}

static void change(const tlsdiag_handshake *handshake, void *userdata) {
    OK(tlsdiag_recorder_on_handshake(recorder, count, userdata));
    count(handshake, userdata);
}

/* A handshake within the callback of another's end. */
static void shake_again(const tlsdiag_handshake *handshake, void *userdata) {
    static int depth;
    CHECK(tlsdiag_recorder_flush(recorder) == TLSDIAG_OK);
    if (depth++ == 0)
        one_handshake();
    count(handshake, userdata);
}

static void free_recorder(const tlsdiag_handshake *handshake, void *userdata) {
    tlsdiag_recorder_free(recorder);
    recorder = NULL;
    count(handshake, userdata);
}

static void flush_within(const tlsdiag_handshake *handshake, void *userdata) {
    CHECK(tlsdiag_recorder_flush(recorder) == TLSDIAG_REENTERED);
    count(handshake, userdata);
}

static void with(tlsdiag_handshake_callback callback, int background) {
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    options.background = background;
    OK(tlsdiag_recorder_new(&options, &recorder));
    OK(tlsdiag_recorder_on_handshake(recorder, callback, &called));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    called = 0;
}

int main(void) {
    server = server_context(SSL_VERIFY_NONE, 0);
    client = client_context(NULL);

    with(attach_again, 0);
    one_handshake();
    one_handshake();
    CHECK(called == 2);
    tlsdiag_recorder_free(recorder);

    with(free_what_is_lent, 0);
    one_handshake();
    CHECK(called == 1);
    tlsdiag_recorder_free(recorder);

    with(change, 0);
    one_handshake();
    one_handshake();
    CHECK(called == 2);
    OK(tlsdiag_recorder_on_handshake(recorder, NULL, NULL));
    one_handshake();
    CHECK(called == 2);
    tlsdiag_recorder_free(recorder);

    with(shake_again, 0);
    one_handshake();
    CHECK(called == 2);
    tlsdiag_recorder_free(recorder);

    with(free_recorder, 0);
    one_handshake();
    one_handshake();
    CHECK(called == 1 && recorder == NULL);

    with(flush_within, 1);
    one_handshake();
    OK(tlsdiag_recorder_flush(recorder));
    CHECK(called == 1);
    tlsdiag_recorder_free(recorder);

    SSL_CTX_free(server);
    SSL_CTX_free(client);
    puts("callbacks: as expected");
    return 0;
}
