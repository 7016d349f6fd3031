/* A program with a libcrypto, and modules that have another one: the program's comes first, where its version is the one that is wanted. */
#include <dlfcn.h>
#include <stdio.h>

int X509_check_host(void *, const char *, size_t, unsigned, char **);

int main(int count, char **words)
{
    char certificate[4096] = {0};
    printf("program %d\n", X509_check_host(certificate, "", 0, 0, NULL));
    for (int i = 1; i < count; i++) {
        void *module = dlopen(words[i], RTLD_NOW | RTLD_LOCAL);
        int (*call)(void *) = module ? (int (*)(void *))dlsym(module, "call") : NULL;
        printf("module %d\n", call ? call(certificate) : -7);
        /* What it has not asked for yet is still there. */
        dlsym(RTLD_DEFAULT, "nothing");
        X509_check_host(certificate, "", 0, 0, NULL);
        printf("an error %d\n", dlerror() != NULL);
    }
    return 0;
}
