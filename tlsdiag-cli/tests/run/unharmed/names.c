/* A program of several libcryptos, whose functions say which they are. Argument: the folder of the modules. */
#include <dlfcn.h>
#include <stdio.h>

static char folder[4096];
static char certificate[4096];

static void *open(const char *name)
{
    char path[8192];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!module)
        puts(dlerror());
    return module;
}

static int call(void *module, const char *name)
{
    int (*function)(void *) = module ? (int (*)(void *))dlsym(module, name) : NULL;
    return function ? function(certificate) : -7;
}

int main(int count, char **words)
{
    snprintf(folder, sizeof folder, "%s", words[1]);
    void *one = open("module_one.so");
    /* It ends with its call, so that the program itself seems to be the caller; one libcrypto is there that has the function. */
    printf("jumps %d %d\n", call(one, "jump"), call(one, "jump"));
    void *other = open("module_two.so");
    for (int i = 0; i < 2; i++)
        printf("calls %d %d\n", call(one, "call"), call(other, "call"));
    dlclose(one);
    dlclose(other);
    /* Now the other one lies where the first did. */
    other = open("module_two.so");
    one = open("module_one.so");
    printf("again %d %d\n", call(one, "call"), call(other, "call"));
    return 0;
}
