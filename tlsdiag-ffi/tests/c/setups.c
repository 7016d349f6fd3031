/* Setups that fail before any handshake: an explicit call tells them, a callback of their own gets them, and the one for handshakes none. */
#include <openssl/x509.h>

#include "pair.h"

typedef struct {
    int setups;
    char *json;
    tlsdiag_writer *writer;
} seen;

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    (void)handshake;
    (void)userdata;
    CHECK(!"a setup is no handshake");
}

static void on_setup(const tlsdiag_setup *setup, void *userdata) {
    seen *all = userdata;
    const tlsdiag_finding *finding;
    const char *text;
    tlsdiag_side side;
    size_t count;
    char *made;

    all->setups++;
    OK(tlsdiag_setup_verdict(setup, &text));
    SAME(text, "config.key_mismatch");
    OK(tlsdiag_setup_function(setup, &text));
    SAME(text, "SSL_CTX_use_PrivateKey_file");
    OK(tlsdiag_setup_file(setup, &text));
    CHECK(strstr(text, "server.key") != NULL);
    OK(tlsdiag_setup_one_line(setup, &text));
    CHECK(strncmp(text, "config.key_mismatch (setup of ", 30) == 0 && strstr(text, "server.key") != NULL);
    OK(tlsdiag_setup_finding(setup, &finding));
    OK(tlsdiag_finding_side(finding, &side));
    CHECK(side == TLSDIAG_SIDE_LOCAL);
    SAME(tlsdiag_side_str(side), "local");
    OK(tlsdiag_finding_advice_count(finding, &count));
    CHECK(count > 1);
    OK(tlsdiag_setup_to_text(setup, NULL, &made));
    CHECK(strstr(made, "before any handshake") != NULL);
    tlsdiag_string_free(made);
    OK(tlsdiag_setup_to_json(setup, &all->json));
    OK(tlsdiag_writer_append_setup(all->writer, setup));
    /* Lent: freeing it does nothing. */
    tlsdiag_setup_free((tlsdiag_setup *)setup);
}

static void on_line(size_t line, const tlsdiag_handshake *handshake, const char *problem, void *userdata) {
    (void)line;
    (void)handshake;
    (void)userdata;
    CHECK(problem == NULL && !"a setup is passed over");
}

int main(void) {
    SSL_CTX *ctx = client_context(NULL);
    tlsdiag_recorder *recorder;
    tlsdiag_setup *setup = NULL;
    tlsdiag_handshake *none = NULL;
    seen all = {0, NULL, NULL};
    const char *text;
    char *made;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, ctx));
    OK(tlsdiag_recorder_on_handshake(recorder, on_handshake, NULL));
    OK(tlsdiag_writer_open("/dev/null", &all.writer));
    CHECK(SSL_CTX_use_certificate_chain_file(ctx, in_pki("client.pem")) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(ctx, in_pki("server.key"), SSL_FILETYPE_PEM) != 1);
    /* Nobody listens. */
    OK(tlsdiag_recorder_setup_failed(recorder, ctx, "SSL_CTX_use_PrivateKey_file", in_pki("server.key")));
    OK(tlsdiag_recorder_on_setup(recorder, on_setup, &all));
    OK(tlsdiag_recorder_setup_failed(recorder, ctx, "SSL_CTX_use_PrivateKey_file", in_pki("server.key")));
    CHECK(all.setups == 1);
    /* The queue is the application's. */
    CHECK(ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH);
    OK(tlsdiag_recorder_on_setup(recorder, NULL, NULL));
    OK(tlsdiag_recorder_setup_failed(recorder, ctx, "SSL_CTX_use_PrivateKey_file", NULL));
    CHECK(all.setups == 1);
    ERR_clear_error();

    OK(tlsdiag_setup_from_json(all.json, strlen(all.json), &setup));
    OK(tlsdiag_setup_verdict(setup, &text));
    SAME(text, "config.key_mismatch");
    CHECK(tlsdiag_handshake_from_json(all.json, strlen(all.json), &none) == TLSDIAG_MALFORMED && none == NULL);
    OK(tlsdiag_jsonl_read(all.json, strlen(all.json), on_line, NULL));
    OK(tlsdiag_jsonl_explain(all.json, strlen(all.json), NULL, &made));
    CHECK(strncmp(made, "config.key_mismatch", 19) == 0);
    tlsdiag_string_free(made);
    tlsdiag_string_free(all.json);
    tlsdiag_setup_free(setup);
    tlsdiag_writer_free(all.writer);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(ctx);
    puts("setups: as expected");
    return 0;
}
