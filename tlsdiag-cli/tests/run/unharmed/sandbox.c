/* A program that allows itself few system calls, and is killed for others. `context`: once it has made its context, `connection`: once it has
   made its connection, `handshake`: after its first one, `child`: a process that it has forked, once that has made its connection. */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "handshake.h"

#define ALLOW(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void sandbox(void)
{
    struct sock_filter allowed[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        /* Memory, files that are open, and the time; what a server of a few connections needs. */
        ALLOW(SYS_read), ALLOW(SYS_write), ALLOW(SYS_close), ALLOW(SYS_fstat), ALLOW(SYS_newfstatat), ALLOW(SYS_brk), ALLOW(SYS_mmap),
        ALLOW(SYS_munmap), ALLOW(SYS_mprotect), ALLOW(SYS_mremap), ALLOW(SYS_madvise), ALLOW(SYS_futex), ALLOW(SYS_exit),
        ALLOW(SYS_exit_group), ALLOW(SYS_getpid), ALLOW(SYS_getrandom), ALLOW(SYS_clock_gettime), ALLOW(SYS_ppoll),
        ALLOW(SYS_sendto), ALLOW(SYS_recvfrom),
#ifdef SYS_poll
        ALLOW(SYS_poll),
#endif
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    struct sock_fprog program = {sizeof allowed / sizeof *allowed, allowed};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
        puts("no sandbox");
}

int main(int count, char **words)
{
    struct ends ends;
    int status;
    /* What printf needs is there by then. */
    printf("begins\n");
    fflush(stdout);
    SSL_CTX *one = context();
    if (!strcmp(words[1], "child")) {
        pid_t child = fork();
        if (child) {
            waitpid(child, &status, 0);
            printf("it ended with %d\n", status);
            return 0;
        }
    }
    if (!strcmp(words[1], "context"))
        sandbox();
    if (!strcmp(words[1], "handshake"))
        printf("established %d\n", visit(one));
    make(&ends, one);
    if (strcmp(words[1], "context"))
        sandbox();
    printf("established %d\n", shake(&ends));
    end(&ends);
    printf("established %d\n", visit(one));
    return 0;
}
