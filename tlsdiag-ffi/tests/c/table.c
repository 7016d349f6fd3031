/* OpenSSL's functions given in a table, as by a program that has it linked statically, and by a handle of dlopen. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include "pair.h"

#define ENTRY(function) {#function, (tlsdiag_function)function},
static const tlsdiag_openssl_function table[] = {TLSDIAG_OPENSSL_FUNCTIONS(ENTRY)};

static void with(const tlsdiag_recorder_options *options) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    SSL_CTX *client = client_context(NULL);
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *handshake;
    const char *cause;
    pair both;

    OK(tlsdiag_recorder_new(options, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    both = pair_new(server, client);
    CHECK(!pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_next(recorder, &handshake));
    OK(tlsdiag_handshake_cause(handshake, &cause));
    SAME(cause, "client_cert.missing");
    tlsdiag_handshake_free(handshake);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

int main(void) {
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    Dl_info info;

    options.openssl_functions = table;
    options.openssl_function_count = sizeof table / sizeof *table;
    with(&options);
    options.openssl_functions = NULL;
    CHECK(dladdr(TLS_method(), &info) != 0);
    options.openssl_handle = dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    CHECK(options.openssl_handle != NULL);
    with(&options);
    dlclose(options.openssl_handle);
    puts("table: as expected");
    return 0;
}
