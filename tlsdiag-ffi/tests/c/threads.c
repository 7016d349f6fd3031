/* Recorders that come and go, in the foreground and in the background, while four threads handshake on the same contexts. */
#include <pthread.h>
#include <semaphore.h>

#include "pair.h"

#define THREADS 4
#define ROUNDS 30

static SSL_CTX *server, *client;
static volatile int stop;
static sem_t shaken;

typedef struct {
    volatile int alive;
    int calls;
    pthread_mutex_t lock;
} guard;

static void *shake(void *unused) {
    (void)unused;
    while (!stop) {
        pair both = pair_new(server, client);
        CHECK(pair_shake(both));
        pair_free(both);
        sem_post(&shaken);
    }
    return NULL;
}

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    guard *mine = userdata;
    const char *verdict;
    CHECK(mine->alive);
    OK(tlsdiag_handshake_verdict(handshake, &verdict));
    SAME(verdict, "ok");
    pthread_mutex_lock(&mine->lock);
    mine->calls++;
    pthread_mutex_unlock(&mine->lock);
    CHECK(mine->alive);
}

int main(void) {
    pthread_t threads[THREADS];
    tlsdiag_recorder *witness;
    tlsdiag_recorder_counts counts = TLSDIAG_RECORDER_COUNTS_INIT;
    int i, total = 0;

    server = server_context(SSL_VERIFY_NONE, 0);
    client = client_context(NULL);
    SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF);
    sem_init(&shaken, 0, 0);
    /* The first one is attached before threads share the context; those that follow find its hooks in place. */
    OK(tlsdiag_recorder_new(NULL, &witness));
    OK(tlsdiag_recorder_attach_ctx(witness, server));
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, shake, NULL) == 0);
    for (i = 0; i < ROUNDS; i++) {
        tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
        tlsdiag_recorder *recorder;
        tlsdiag_handshake *waiting;
        guard mine = {1, 0, PTHREAD_MUTEX_INITIALIZER};
        pair own = pair_new(server, client);
        int n;

        options.background = i % 2;
        OK(tlsdiag_recorder_new(&options, &recorder));
        OK(tlsdiag_recorder_on_handshake(recorder, on_handshake, &mine));
        OK(tlsdiag_recorder_attach_ssl(recorder, own.server));
        if (i % 3 == 0)
            OK(tlsdiag_recorder_attach_ctx(recorder, server));
        CHECK(pair_shake(own));
        for (n = 0; n < THREADS; n++)
            sem_wait(&shaken);
        tlsdiag_recorder_free(recorder);
        /* From here on nobody may call us with this. */
        mine.alive = 0;
        CHECK(mine.calls >= 1);
        total += mine.calls;
        pair_free(own);
        while (tlsdiag_recorder_next(witness, &waiting) == TLSDIAG_OK)
            tlsdiag_handshake_free(waiting);
    }
    stop = 1;
    for (i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    OK(tlsdiag_recorder_count(witness, &counts));
    CHECK(counts.finished >= ROUNDS && counts.panics == 0 && counts.missed_events == 0);
    tlsdiag_recorder_free(witness);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    printf("threads: %d callbacks\n", total);
    return 0;
}
