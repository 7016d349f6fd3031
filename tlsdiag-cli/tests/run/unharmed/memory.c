/* A program that has no memory left. `once` and `ever`: its malloc fails once, or from then on, in each place of a handshake. `thread`: for
   a thread from its beginning on. `ours`: it fails for the preload object alone, until there is memory again. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>

#include "handshake.h"

extern void *__libc_malloc(size_t), *__libc_realloc(void *, size_t), *__libc_calloc(size_t, size_t);
extern void *__libc_memalign(size_t, size_t);
enum { ONCE, EVER, OURS };
static int mode;
static __thread int fails;
static __thread long left;

static int failed(void *caller)
{
    Dl_info info;
    if (!fails)
        return 0;
    if (mode == OURS && !(dladdr(caller, &info) && strstr(info.dli_fname, "tlsdiag_preload")))
        return 0;
    if (left > 0 && left--)
        return 0;
    if (mode == ONCE)
        fails = 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) { return failed(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return failed(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return failed(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size); }
void *aligned_alloc(size_t by, size_t size) { return failed(__builtin_return_address(0)) ? NULL : __libc_memalign(by, size); }
int posix_memalign(void **place, size_t by, size_t size)
{
    *place = failed(__builtin_return_address(0)) ? NULL : __libc_memalign(by, size);
    return *place ? 0 : ENOMEM;
}

static int visits(SSL_CTX *context, int count)
{
    struct ends ends[64];
    int established = 0;
    for (int i = 0; i < count; i++)
        make(&ends[i], context);
    for (int i = 0; i < count; i++)
        established += shake(&ends[i]);
    for (int i = 0; i < count; i++)
        end(&ends[i]);
    return established;
}

static struct ends begun;

static void *thread(void *unused)
{
    fails = 1;
    int established = shake(&begun);
    fails = 0;
    printf("in a thread %d\n", established);
    return NULL;
}

int main(int count, char **words)
{
    SSL_CTX *one = context();
    printf("at first %d\n", visit(one));
    if (count > 1 && !strcmp(words[1], "ours")) {
        mode = OURS;
        fails = 1;
        printf("without memory %d\n", visits(one, 64));
        fails = 0;
        printf("no new context %d\n", visits(one, 64));
        one = context();
        printf("with memory %d\n", visits(one, 3));
        return 0;
    }
    mode = !strcmp(words[1], "once") ? ONCE : EVER;
    if (!strcmp(words[1], "thread")) {
        pthread_t other;
        make(&begun, one);
        pthread_create(&other, NULL, thread, NULL);
        pthread_join(other, NULL);
        end(&begun);
        return 0;
    }
    int ended = 0;
    for (int place = 0; place < 300; place++) {
        fflush(stdout);
        if (!fork()) {
            left = place;
            fails = 1;
            struct ends ends;
            if (make(&ends, one))
                shake(&ends);
            end(&ends);
            fails = 0;
            _exit(0);
        }
        int status;
        wait(&status);
        ended += WIFEXITED(status);
    }
    printf("ended well %d\n", ended);
    return 0;
}
