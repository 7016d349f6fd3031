/* A program that looks at its children when it has made its first context. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "handshake.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int forks;

static void before(void)
{
    forks++;
    pthread_mutex_lock(&mutex);
}
static void after(void) { pthread_mutex_unlock(&mutex); }

int main(int count, char **words)
{
    char mode = words[1][0];
    sigset_t child, pending;
    struct rusage usage;
    SSL_CTX *one;
    alarm(20);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    switch (mode) {
    case 'r': /* reaper: whoever has lost its parent is its child, and it waits for them all. */
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        one = context();
        if (!fork())
            _exit(0);
        for (count = 0; wait(NULL) > 0; count++)
            ;
        printf("waited for %d, then %s\n", count, errno == ECHILD ? "none is left" : strerror(errno));
        break;
    case 's': /* signal */
        sigprocmask(SIG_BLOCK, &child, NULL);
        one = context();
        sigpending(&pending);
        printf("a child has ended: %d\n", sigismember(&pending, SIGCHLD));
        break;
    case 'u': /* usage */
        one = context();
        getrusage(RUSAGE_CHILDREN, &usage);
        printf("children have used memory: %d\n", usage.ru_maxrss > 0);
        break;
    case 'h': /* handlers: they would wait for what this thread has. */
        pthread_atfork(before, after, after);
        pthread_mutex_lock(&mutex);
        one = context();
        pthread_mutex_unlock(&mutex);
        printf("handlers of fork ran %d times\n", forks);
        break;
    default:
        one = context();
        printf("any child: %d\n", waitpid(-1, NULL, WNOHANG));
    }
    printf("established %d\n", visit(one));
    return 0;
}
