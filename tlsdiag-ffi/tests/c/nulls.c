/* NULL for every pointer of every function, one at a time; results that must not be written; sizes that cannot be. */
#include "pair.h"

#define SETUP_LINE                                                                                                     \
    "{\"schema\":\"tlsdiag.setup/1\",\"id\":\"1-1-setup\",\"time\":\"2026-01-01T00:00:00Z\",\"function\":\"PKCS12_parse\","               \
    "\"diagnosis\":{\"result\":\"UNKNOWN_FAILURE\"}}"

#define NULLED(call) CHECK((call) == TLSDIAG_NULL_ARGUMENT)

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    (void)handshake;
    (void)userdata;
}

static void on_setup(const tlsdiag_setup *lent, void *userdata) {
    (void)lent;
    (void)userdata;
}

static void on_line(size_t line, const tlsdiag_handshake *handshake, const char *problem, void *userdata) {
    size_t *lines = userdata;
    CHECK((handshake == NULL) != (problem == NULL));
    /* Lent: freeing it does nothing. */
    tlsdiag_handshake_free((tlsdiag_handshake *)handshake);
    lines[handshake == NULL] = line;
}

/* A handle of each type to leave one argument out beside. */
static tlsdiag_recorder *recorder;
static tlsdiag_handshake *handshake;
static const tlsdiag_finding *finding;
static tlsdiag_writer *writer;
static tlsdiag_setup *setup;

#define EACH(object, function, type)                                                                                   \
    do {                                                                                                               \
        type out;                                                                                                      \
        unsigned char before[sizeof out];                                                                              \
        memset(&out, 0x5a, sizeof out);                                                                                \
        memcpy(before, &out, sizeof out);                                                                              \
        NULLED(function(NULL, &out));                                                                                  \
        CHECK(memcmp(&out, before, sizeof out) == 0);                                                                 \
        NULLED(function(object, NULL));                                                                                \
    } while (0)

#define HANDSHAKE(function, type) EACH(handshake, function, type)
#define SETUP(function, type) EACH(setup, function, type)
#define FINDING(function, type) EACH(finding, function, type)

static void nulls(SSL_CTX *ctx, SSL *ssl) {
    tlsdiag_recorder_counts counts = TLSDIAG_RECORDER_COUNTS_INIT;
    tlsdiag_evidence evidence = TLSDIAG_EVIDENCE_INIT;
    tlsdiag_earlier earlier = TLSDIAG_EARLIER_INIT;
    tlsdiag_look_alike other = TLSDIAG_LOOK_ALIKE_INIT;
    tlsdiag_advice advice = TLSDIAG_ADVICE_INIT;
    tlsdiag_cause cause = TLSDIAG_CAUSE_INIT;
    tlsdiag_before_tls before = TLSDIAG_BEFORE_TLS_INIT;
    tlsdiag_handshake *out = NULL;
    const char *text = NULL;
    char *made = NULL;
    uint16_t port;
    int number;

    NULLED(tlsdiag_recorder_new(NULL, NULL));
    NULLED(tlsdiag_recorder_on_handshake(NULL, on_handshake, NULL));
    NULLED(tlsdiag_recorder_next(NULL, &out));
    NULLED(tlsdiag_recorder_next(recorder, NULL));
    NULLED(tlsdiag_recorder_latest_for_ssl(NULL, ssl, &out));
    NULLED(tlsdiag_recorder_latest_for_ssl(recorder, NULL, &out));
    NULLED(tlsdiag_recorder_latest_for_ssl(recorder, ssl, NULL));
    NULLED(tlsdiag_recorder_flush(NULL));
    NULLED(tlsdiag_recorder_count(NULL, &counts));
    NULLED(tlsdiag_recorder_count(recorder, NULL));
    NULLED(tlsdiag_recorder_attach_ctx(NULL, ctx));
    NULLED(tlsdiag_recorder_attach_ctx(recorder, NULL));
    NULLED(tlsdiag_recorder_attach_ctx_with(NULL, ctx, NULL));
    NULLED(tlsdiag_recorder_attach_ctx_with(recorder, NULL, NULL));
    NULLED(tlsdiag_recorder_attach_ssl(NULL, ssl));
    NULLED(tlsdiag_recorder_attach_ssl(recorder, NULL));
    NULLED(tlsdiag_recorder_attach_ssl_with(NULL, ssl, NULL));
    NULLED(tlsdiag_recorder_attach_ssl_with(recorder, NULL, NULL));
    NULLED(tlsdiag_recorder_detach_ctx(NULL, ctx));
    NULLED(tlsdiag_recorder_detach_ctx(recorder, NULL));
    NULLED(tlsdiag_recorder_detach_ssl(NULL, ssl));
    NULLED(tlsdiag_recorder_detach_ssl(recorder, NULL));
    NULLED(tlsdiag_recorder_is_attached_ctx(NULL, ctx, &number));
    NULLED(tlsdiag_recorder_is_attached_ctx(recorder, NULL, &number));
    NULLED(tlsdiag_recorder_is_attached_ctx(recorder, ctx, NULL));
    tlsdiag_recorder_free(NULL);

    HANDSHAKE(tlsdiag_handshake_clone, tlsdiag_handshake *);
    HANDSHAKE(tlsdiag_handshake_outcome, tlsdiag_outcome);
    HANDSHAKE(tlsdiag_handshake_by, tlsdiag_by);
    HANDSHAKE(tlsdiag_handshake_role, tlsdiag_role);
    HANDSHAKE(tlsdiag_handshake_connection_id, uint64_t);
    HANDSHAKE(tlsdiag_handshake_ssl, void *);
    HANDSHAKE(tlsdiag_handshake_finding_count, size_t);
    HANDSHAKE(tlsdiag_handshake_note_count, size_t);
    HANDSHAKE(tlsdiag_handshake_earlier_count, size_t);
    HANDSHAKE(tlsdiag_handshake_client, const char *);
    HANDSHAKE(tlsdiag_handshake_to_json, char *);
    HANDSHAKE(tlsdiag_handshake_id, const char *);
    HANDSHAKE(tlsdiag_handshake_time, const char *);
    HANDSHAKE(tlsdiag_handshake_stage, const char *);
    HANDSHAKE(tlsdiag_handshake_cause, const char *);
    HANDSHAKE(tlsdiag_handshake_verdict, const char *);
    HANDSHAKE(tlsdiag_handshake_one_line, const char *);
    HANDSHAKE(tlsdiag_handshake_library, const char *);
    HANDSHAKE(tlsdiag_handshake_version, const char *);
    HANDSHAKE(tlsdiag_handshake_cipher, const char *);
    HANDSHAKE(tlsdiag_handshake_group, const char *);
    HANDSHAKE(tlsdiag_handshake_server_name, const char *);
    HANDSHAKE(tlsdiag_handshake_alpn, const char *);
    HANDSHAKE(tlsdiag_handshake_ja3, const char *);
    HANDSHAKE(tlsdiag_handshake_ja4, const char *);
    HANDSHAKE(tlsdiag_handshake_peer_subject, const char *);
    HANDSHAKE(tlsdiag_handshake_peer_issuer, const char *);
    HANDSHAKE(tlsdiag_handshake_duration_us, uint64_t);
    HANDSHAKE(tlsdiag_handshake_resumed, int);
    HANDSHAKE(tlsdiag_handshake_missed_events, uint32_t);
    NULLED(tlsdiag_handshake_peer(NULL, &text, &port));
    NULLED(tlsdiag_handshake_peer(handshake, NULL, &port));
    NULLED(tlsdiag_handshake_peer(handshake, &text, NULL));
    NULLED(tlsdiag_handshake_finding(NULL, 0, &finding));
    NULLED(tlsdiag_handshake_finding(handshake, 0, NULL));
    NULLED(tlsdiag_handshake_note(NULL, 0, &finding));
    NULLED(tlsdiag_handshake_note(handshake, 0, NULL));
    NULLED(tlsdiag_handshake_earlier(NULL, 0, &earlier));
    NULLED(tlsdiag_handshake_earlier(handshake, 0, NULL));
    NULLED(tlsdiag_handshake_to_text(NULL, NULL, &made));
    NULLED(tlsdiag_handshake_to_text(handshake, NULL, NULL));
    NULLED(tlsdiag_handshake_from_json(NULL, 0, &out));
    NULLED(tlsdiag_handshake_from_json("{}", 2, NULL));
    tlsdiag_handshake_free(NULL);

    FINDING(tlsdiag_finding_cause, const char *);
    FINDING(tlsdiag_finding_confidence, tlsdiag_confidence);
    FINDING(tlsdiag_finding_severity, tlsdiag_severity);
    FINDING(tlsdiag_finding_side, tlsdiag_side);
    FINDING(tlsdiag_finding_stage, const char *);
    FINDING(tlsdiag_finding_summary, const char *);
    FINDING(tlsdiag_finding_explanation, const char *);
    FINDING(tlsdiag_finding_evidence_count, size_t);
    FINDING(tlsdiag_finding_alternative_count, size_t);
    FINDING(tlsdiag_finding_ruled_out_count, size_t);
    FINDING(tlsdiag_finding_advice_count, size_t);
    NULLED(tlsdiag_finding_evidence(NULL, 0, &evidence));
    NULLED(tlsdiag_finding_evidence(finding, 0, NULL));
    NULLED(tlsdiag_finding_alternative(NULL, 0, &other));
    NULLED(tlsdiag_finding_alternative(finding, 0, NULL));
    NULLED(tlsdiag_finding_ruled_out(NULL, 0, &other));
    NULLED(tlsdiag_finding_ruled_out(finding, 0, NULL));
    NULLED(tlsdiag_finding_advice(NULL, 0, &advice));
    NULLED(tlsdiag_finding_advice(finding, 0, NULL));
    NULLED(tlsdiag_finding_advice_for(NULL, "any", &advice));
    NULLED(tlsdiag_finding_advice_for(finding, NULL, &advice));
    NULLED(tlsdiag_finding_advice_for(finding, "any", NULL));

    NULLED(tlsdiag_recorder_on_setup(NULL, on_setup, NULL));
    NULLED(tlsdiag_recorder_setup_failed(NULL, ctx, "SSL_CTX_use_certificate", NULL));
    NULLED(tlsdiag_recorder_setup_failed(recorder, NULL, "SSL_CTX_use_certificate", NULL));
    NULLED(tlsdiag_recorder_setup_failed(recorder, ctx, NULL, NULL));
    NULLED(tlsdiag_recorder_before_tls(NULL, &before));
    NULLED(tlsdiag_recorder_before_tls(recorder, NULL));
    NULLED(tlsdiag_setup_from_json(NULL, 0, &setup));
    NULLED(tlsdiag_setup_from_json("{}", 2, NULL));
    SETUP(tlsdiag_setup_verdict, const char *);
    SETUP(tlsdiag_setup_one_line, const char *);
    SETUP(tlsdiag_setup_function, const char *);
    SETUP(tlsdiag_setup_file, const char *);
    SETUP(tlsdiag_setup_finding, const tlsdiag_finding *);
    SETUP(tlsdiag_setup_to_json, char *);
    NULLED(tlsdiag_setup_to_text(NULL, NULL, &made));
    NULLED(tlsdiag_setup_to_text(setup, NULL, NULL));
    tlsdiag_setup_free(NULL);
    NULLED(tlsdiag_writer_append_setup(NULL, setup));
    NULLED(tlsdiag_writer_append_setup(writer, NULL));

    NULLED(tlsdiag_writer_open(NULL, &writer));
    NULLED(tlsdiag_writer_open("/dev/null", NULL));
    NULLED(tlsdiag_writer_from_fd(1, NULL));
    NULLED(tlsdiag_writer_append(NULL, handshake));
    NULLED(tlsdiag_writer_append(writer, NULL));
    NULLED(tlsdiag_writer_reopen(NULL));
    tlsdiag_writer_free(NULL);

    NULLED(tlsdiag_jsonl_read(NULL, 0, on_line, NULL));
    NULLED(tlsdiag_jsonl_read("", 0, NULL, NULL));
    NULLED(tlsdiag_jsonl_explain(NULL, 0, NULL, &made));
    NULLED(tlsdiag_jsonl_explain("{}", 2, NULL, NULL));
    NULLED(tlsdiag_client_hello_to_json(NULL, 0, &made));
    NULLED(tlsdiag_client_hello_to_json((const uint8_t *)"", 0, NULL));
    NULLED(tlsdiag_cause_count(NULL));
    NULLED(tlsdiag_cause_at(0, NULL));
    NULLED(tlsdiag_cause_find(NULL, &cause));
    NULLED(tlsdiag_cause_find("client_cert.missing", NULL));
    tlsdiag_string_free(NULL);
    CHECK(out == NULL && made == NULL && text == NULL);
    SAME(tlsdiag_last_error(), "cause is NULL");
}

/* Shorter than any version, longer with something set, absurd; and longer with nothing set, as from a newer header. */
static void sizes(SSL_CTX *ctx) {
    struct {
        tlsdiag_recorder_options known;
        char more[64];
    } newer;
    struct {
        tlsdiag_cause known;
        char more[16];
    } room;
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_attach_options attach = TLSDIAG_ATTACH_OPTIONS_INIT;
    tlsdiag_text_options style = TLSDIAG_TEXT_OPTIONS_INIT;
    tlsdiag_cause cause = TLSDIAG_CAUSE_INIT, before;
    tlsdiag_recorder *other = NULL;
    char *made = NULL;
    const size_t wrong[] = {0, 1, sizeof(size_t), 5000, (size_t)-1};
    size_t i;

    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options.size = attach.size = style.size = cause.size = wrong[i];
        before = cause;
        CHECK(tlsdiag_recorder_new(&options, &other) == TLSDIAG_BAD_SIZE && other == NULL);
        CHECK(strstr(tlsdiag_last_error(), "sizeof(tlsdiag_recorder_options)") != NULL);
        CHECK(tlsdiag_recorder_attach_ctx_with(recorder, ctx, &attach) == TLSDIAG_BAD_SIZE);
        CHECK(tlsdiag_handshake_to_text(handshake, &style, &made) == TLSDIAG_BAD_SIZE && made == NULL);
        CHECK(tlsdiag_cause_at(0, &cause) == TLSDIAG_BAD_SIZE && memcmp(&cause, &before, sizeof cause) == 0);
    }

    memset(&newer, 0, sizeof newer);
    newer.known.size = sizeof newer;
    OK(tlsdiag_recorder_new(&newer.known, &other));
    tlsdiag_recorder_free(other);
    other = NULL;
    newer.more[63] = 1;
    CHECK(tlsdiag_recorder_new(&newer.known, &other) == TLSDIAG_BAD_SIZE && other == NULL);

    memset(&room, 0x5a, sizeof room);
    room.known.size = sizeof room.known + 8;
    OK(tlsdiag_cause_find("client_cert.missing", &room.known));
    SAME(room.known.code, "client_cert.missing");
    CHECK(room.known.size == sizeof room.known + 8 && room.known.diagnosed == 1);
    CHECK(room.more[0] == 0 && room.more[7] == 0 && room.more[8] == 0x5a);
}

static void values(SSL_CTX *ctx) {
    tlsdiag_attach_options attach = TLSDIAG_ATTACH_OPTIONS_INIT;
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    tlsdiag_recorder *other = NULL;
    tlsdiag_cause cause = TLSDIAG_CAUSE_INIT;
    tlsdiag_handshake *none = NULL;
    tlsdiag_writer *nowhere = NULL;
    tlsdiag_openssl_function empty = {NULL, NULL};
    size_t count, lines[2] = {0, 0};
    char *made = NULL, *line, *file;
    static const uint8_t http[] = "GET / HTTP/1.1\r\n";
    static const uint8_t hello[] = {1, 0, 0, 41, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x13, 1, 1, 0};

    attach.peer_certificate = 3;
    CHECK(tlsdiag_recorder_attach_ctx_with(recorder, ctx, &attach) == TLSDIAG_BAD_VALUE);
    attach.peer_certificate = 0;
    attach.peer_address = "localhost";
    CHECK(tlsdiag_recorder_attach_ctx_with(recorder, ctx, &attach) == TLSDIAG_BAD_VALUE);
    attach.peer_address = "::1";
    attach.peer_port = 65536;
    CHECK(tlsdiag_recorder_attach_ctx_with(recorder, ctx, &attach) == TLSDIAG_BAD_VALUE);
    attach.peer_address = "\xff\xfe";
    CHECK(tlsdiag_recorder_attach_ctx_with(recorder, ctx, &attach) == TLSDIAG_BAD_VALUE);

    options.expires_within_days = -1;
    CHECK(tlsdiag_recorder_new(&options, &other) == TLSDIAG_BAD_VALUE && other == NULL);
    CHECK(strstr(tlsdiag_last_error(), "expires_within_days is -1") != NULL);
    options.expires_within_days = 0;
    options.keylog_file = "/nowhere/at/all";
    CHECK(tlsdiag_recorder_new(&options, &other) == TLSDIAG_IO && other == NULL);
    CHECK(strstr(tlsdiag_last_error(), "/nowhere/at/all") != NULL);
    options.keylog_file = NULL;
    options.openssl_functions = &empty;
    options.openssl_function_count = 1;
    CHECK(tlsdiag_recorder_new(&options, &other) == TLSDIAG_NO_OPENSSL && other == NULL);
    CHECK(strstr(tlsdiag_last_error(), "CRYPTO_get_ex_new_index") != NULL);

    CHECK(tlsdiag_writer_open("/nowhere/at/all", &nowhere) == TLSDIAG_IO && nowhere == NULL);
    CHECK(tlsdiag_writer_from_fd(-1, &nowhere) == TLSDIAG_BAD_VALUE);
    CHECK(tlsdiag_writer_from_fd(9999, &nowhere) == TLSDIAG_IO && nowhere == NULL);
    OK(tlsdiag_writer_from_fd(2, &nowhere));
    CHECK(tlsdiag_writer_reopen(nowhere) == TLSDIAG_BAD_VALUE);
    tlsdiag_writer_free(nowhere);
    nowhere = NULL;
    OK(tlsdiag_writer_open("/dev/full", &nowhere));
    CHECK(tlsdiag_writer_append(nowhere, handshake) == TLSDIAG_IO);
    tlsdiag_writer_free(nowhere);

    OK(tlsdiag_cause_count(&count));
    CHECK(count > 80 && tlsdiag_cause_at(count, &cause) == TLSDIAG_NOT_FOUND && cause.code == NULL);
    OK(tlsdiag_cause_at(count - 1, &cause));
    CHECK(*cause.meaning && *cause.result);
    CHECK(tlsdiag_cause_find("no.such", &cause) == TLSDIAG_NOT_FOUND);
    SAME(tlsdiag_status_str(-7), "no status of this version of tlsdiag");
    SAME(tlsdiag_outcome_str(99), "unknown");
    SAME(tlsdiag_by_str(99), "nobody");
    SAME(tlsdiag_role_str(TLSDIAG_ROLE_CLIENT), "client");
    SAME(tlsdiag_severity_str(TLSDIAG_SEVERITY_WARNING), "warning");
    SAME(tlsdiag_side_str(TLSDIAG_SIDE_NETWORK), "network");
    SAME(tlsdiag_version(), TLSDIAG_VERSION);

    CHECK(tlsdiag_client_hello_to_json(http, sizeof http - 1, &made) == TLSDIAG_MALFORMED && made == NULL);
    CHECK(tlsdiag_client_hello_to_json(hello, 0, &made) == TLSDIAG_MALFORMED && made == NULL);
    OK(tlsdiag_client_hello_to_json(hello, sizeof hello, &made));
    CHECK(strstr(made, "TLS_AES_128_GCM_SHA256") != NULL && strstr(made, "\"ja4\":\"t12i01") != NULL);
    tlsdiag_string_free(made);
    made = NULL;

    CHECK(tlsdiag_handshake_from_json("hello", 5, &none) == TLSDIAG_MALFORMED && none == NULL);
    CHECK(tlsdiag_jsonl_explain("hello\n", 6, NULL, &made) == TLSDIAG_MALFORMED && made == NULL);
    CHECK(strstr(tlsdiag_last_error(), "line 1") != NULL);
    OK(tlsdiag_handshake_to_json(handshake, &line));
    file = malloc(strlen(line) + 32);
    sprintf(file, "\nnot json\n%s\n", line);
    OK(tlsdiag_jsonl_read(file, strlen(file), on_line, lines));
    CHECK(lines[0] == 3 && lines[1] == 2);
    OK(tlsdiag_jsonl_explain(file, strlen(file), NULL, &made));
    CHECK(strstr(made, "line 2: this is not JSON") != NULL && strstr(made, "client_cert.missing") != NULL);
    tlsdiag_string_free(made);
    tlsdiag_string_free(line);
    free(file);
}

int main(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    SSL_CTX *client = client_context(NULL);
    pair both;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    both = pair_new(server, client);
    pair_shake(both);
    OK(tlsdiag_recorder_next(recorder, &handshake));
    OK(tlsdiag_handshake_finding(handshake, 0, &finding));
    OK(tlsdiag_writer_open("/dev/null", &writer));
    OK(tlsdiag_setup_from_json(SETUP_LINE, strlen(SETUP_LINE), &setup));
    nulls(server, both.server);
    sizes(server);
    values(server);
    pair_free(both);
    tlsdiag_handshake_free(handshake);
    tlsdiag_writer_free(writer);
    tlsdiag_setup_free(setup);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
    puts("nulls: as expected");
    return 0;
}
