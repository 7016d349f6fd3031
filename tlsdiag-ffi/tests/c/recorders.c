/* What the options of a recorder make of it: its own thread, failures alone, certificates that end soon, the latest handshake. */
#include "pair.h"

static void count_only(const tlsdiag_handshake *handshake, void *userdata) {
    tlsdiag_outcome outcome;
    void *ssl;
    OK(tlsdiag_handshake_outcome(handshake, &outcome));
    OK(tlsdiag_handshake_ssl(handshake, &ssl));
    CHECK(ssl == NULL);
    ++*(int *)userdata;
}

/* On the recorder's own thread; failures alone. */
static void background(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    SSL_CTX *good = client_context("client"), *bad = client_context(NULL);
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_recorder *recorder, *failures;
    int all = 0, failed = 0, round;
    pair both;

    options.background = 1;
    OK(tlsdiag_recorder_new(&options, &recorder));
    options.failures_only = 1;
    OK(tlsdiag_recorder_new(&options, &failures));
    OK(tlsdiag_recorder_on_handshake(recorder, count_only, &all));
    OK(tlsdiag_recorder_on_handshake(failures, count_only, &failed));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_attach_ctx(failures, server));
    for (round = 0; round < 6; round++) {
        both = pair_new(server, round % 3 == 0 ? bad : good);
        CHECK(pair_shake(both) == (round % 3 != 0));
        pair_free(both);
    }
    OK(tlsdiag_recorder_flush(recorder));
    CHECK(all == 6);
    both = pair_new(server, bad);
    pair_shake(both);
    pair_free(both);
    /* What waits is still handed over. */
    tlsdiag_recorder_free(recorder);
    tlsdiag_recorder_free(failures);
    CHECK(all == 7 && failed == 3);
    SSL_CTX_free(server);
    SSL_CTX_free(good);
    SSL_CTX_free(bad);
}

/* A healthy handshake with a certificate that ends soon is handed over where failures alone are wanted, and no other one is. */
static void ends_soon(int days, const char *verdict) {
    SSL_CTX *server = server_context(SSL_VERIFY_NONE, 0), *client = client_context(NULL);
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *handshake = NULL;
    tlsdiag_outcome outcome;
    const char *text;
    pair both;

    options.failures_only = 1;
    options.expires_within_days = days;
    OK(tlsdiag_recorder_new(&options, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    both = pair_new(server, client);
    CHECK(pair_shake(both));
    pair_free(both);
    if (verdict == NULL) {
        CHECK(tlsdiag_recorder_next(recorder, &handshake) == TLSDIAG_NOT_FOUND);
    } else {
        OK(tlsdiag_recorder_next(recorder, &handshake));
        OK(tlsdiag_handshake_verdict(handshake, &text));
        SAME(text, verdict);
        OK(tlsdiag_handshake_outcome(handshake, &outcome));
        CHECK(outcome == TLSDIAG_OUTCOME_ESTABLISHED);
        tlsdiag_handshake_free(handshake);
    }
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

/* A server asks in the middle of a request what became of this connection's handshake. */
static void latest(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER, 0);
    SSL_CTX *client = client_context("client");
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *one = NULL, *two = NULL;
    const char *first, *second;
    char copy[128];
    pair a, b;

    options.keep_latest = 1;
    OK(tlsdiag_recorder_new(&options, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    a = pair_new(server, client);
    b = pair_new(server, client);
    CHECK(tlsdiag_recorder_latest_for_ssl(recorder, a.server, &one) == TLSDIAG_NOT_FOUND && one == NULL);
    CHECK(pair_shake(a));
    CHECK(pair_shake(b));
    OK(tlsdiag_recorder_latest_for_ssl(recorder, a.server, &one));
    OK(tlsdiag_recorder_latest_for_ssl(recorder, b.server, &two));
    OK(tlsdiag_handshake_id(one, &first));
    OK(tlsdiag_handshake_id(two, &second));
    CHECK(strcmp(first, second) != 0);
    snprintf(copy, sizeof copy, "%s", first);
    tlsdiag_handshake_free(one);
    OK(tlsdiag_recorder_latest_for_ssl(recorder, a.server, &one));
    OK(tlsdiag_handshake_id(one, &first));
    SAME(first, copy);
    CHECK(tlsdiag_recorder_latest_for_ssl(recorder, a.client, &two) == TLSDIAG_NOT_FOUND);
    pair_free(a);
    pair_free(b);
    tlsdiag_handshake_free(one);
    tlsdiag_handshake_free(two);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

int main(void) {
    background();
    ends_soon(36500, "warn.certificate_expires_soon");
    ends_soon(1, NULL);
    ends_soon(0, NULL);
    latest();
    puts("recorders: as expected");
    return 0;
}
