/* Handshakes as a server and its clients see them: every accessor, the callback, the queue. */
#include "pair.h"

static int called;
static tlsdiag_handshake *kept;

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata) {
    void *ssl = NULL;
    called++;
    CHECK(userdata == &called);
    OK(tlsdiag_handshake_ssl(handshake, &ssl));
    CHECK(ssl != NULL && SSL_is_server((SSL *)ssl));
    tlsdiag_handshake_free(kept);
    OK(tlsdiag_handshake_clone(handshake, &kept));
}

/* A healthy mutual handshake: what was negotiated, and nothing to complain of. */
static void healthy(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    SSL_CTX *client = client_context("client");
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *read_again;
    const char *text;
    char *json, *report;
    tlsdiag_outcome outcome;
    tlsdiag_by by;
    tlsdiag_role role;
    size_t count = 77;
    uint64_t number;
    uint32_t missed;
    uint16_t port;
    int resumed = 7;
    void *ssl = &count;
    pair both;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_on_handshake(recorder, on_handshake, &called));
    both = pair_new(server, client);
    CHECK(pair_shake(both));
    pair_free(both);
    CHECK(called == 1 && kept != NULL);

    OK(tlsdiag_handshake_outcome(kept, &outcome));
    CHECK(outcome == TLSDIAG_OUTCOME_ESTABLISHED);
    SAME(tlsdiag_outcome_str(outcome), "established");
    OK(tlsdiag_handshake_by(kept, &by));
    CHECK(by == TLSDIAG_BY_NOBODY);
    OK(tlsdiag_handshake_role(kept, &role));
    CHECK(role == TLSDIAG_ROLE_SERVER);
    OK(tlsdiag_handshake_cause(kept, &text));
    CHECK(text == NULL);
    OK(tlsdiag_handshake_stage(kept, &text));
    CHECK(text == NULL);
    OK(tlsdiag_handshake_verdict(kept, &text));
    SAME(text, "ok");
    OK(tlsdiag_handshake_version(kept, &text));
    SAME(text, "1.3");
    OK(tlsdiag_handshake_cipher(kept, &text));
    CHECK(strncmp(text, "TLS_", 4) == 0);
    OK(tlsdiag_handshake_group(kept, &text));
    CHECK(text != NULL);
    OK(tlsdiag_handshake_server_name(kept, &text));
    SAME(text, "localhost");
    OK(tlsdiag_handshake_alpn(kept, &text));
    CHECK(text == NULL);
    OK(tlsdiag_handshake_ja3(kept, &text));
    CHECK(strlen(text) == 32);
    OK(tlsdiag_handshake_ja4(kept, &text));
    CHECK(strlen(text) == 36);
    OK(tlsdiag_handshake_peer_subject(kept, &text));
    CHECK(strstr(text, "alice") != NULL);
    OK(tlsdiag_handshake_peer_issuer(kept, &text));
    CHECK(text != NULL);
    OK(tlsdiag_handshake_library(kept, &text));
    SAME(text, OpenSSL_version(OPENSSL_VERSION));
    OK(tlsdiag_handshake_id(kept, &text));
    OK(tlsdiag_handshake_time(kept, &text));
    CHECK(text[4] == '-' && text[strlen(text) - 1] == 'Z');
    OK(tlsdiag_handshake_one_line(kept, &text));
    CHECK(strncmp(text, "ok (server", 10) == 0);
    OK(tlsdiag_handshake_peer(kept, &text, &port));
    CHECK(text == NULL && port == 0);
    OK(tlsdiag_handshake_duration_us(kept, &number));
    CHECK(number > 0);
    OK(tlsdiag_handshake_connection_id(kept, &number));
    CHECK(number > 0);
    OK(tlsdiag_handshake_resumed(kept, &resumed));
    CHECK(resumed == 0);
    OK(tlsdiag_handshake_missed_events(kept, &missed));
    CHECK(missed == 0);
    OK(tlsdiag_handshake_ssl(kept, &ssl));
    CHECK(ssl == NULL);
    OK(tlsdiag_handshake_finding_count(kept, &count));
    CHECK(count == 0);

    OK(tlsdiag_handshake_to_json(kept, &json));
    CHECK(json[0] == '{' && strchr(json, '\n') == NULL);
    OK(tlsdiag_handshake_from_json(json, strlen(json), &read_again));
    OK(tlsdiag_handshake_outcome(read_again, &outcome));
    CHECK(outcome == TLSDIAG_OUTCOME_ESTABLISHED);
    OK(tlsdiag_handshake_to_text(read_again, NULL, &report));
    CHECK(strstr(report, "TLS") != NULL);
    tlsdiag_string_free(report);
    tlsdiag_string_free(json);
    tlsdiag_handshake_free(read_again);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

/* A client without a certificate, at the server, out of the queue: the finding in all its parts. */
static void missing(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, 0);
    SSL_CTX *client = client_context(NULL);
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *handshake = NULL;
    const tlsdiag_finding *finding;
    tlsdiag_evidence evidence = TLSDIAG_EVIDENCE_INIT;
    tlsdiag_look_alike other = TLSDIAG_LOOK_ALIKE_INIT;
    tlsdiag_advice advice = TLSDIAG_ADVICE_INIT;
    tlsdiag_recorder_counts counts = TLSDIAG_RECORDER_COUNTS_INIT;
    tlsdiag_text_options style = TLSDIAG_TEXT_OPTIONS_INIT;
    tlsdiag_confidence confidence;
    tlsdiag_severity severity;
    tlsdiag_side side;
    tlsdiag_by by;
    const char *text;
    char *report;
    size_t count, i;
    pair both;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    CHECK(tlsdiag_recorder_next(recorder, &handshake) == TLSDIAG_NOT_FOUND && handshake == NULL);
    both = pair_new(server, client);
    CHECK(!pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_count(recorder, &counts));
    CHECK(counts.size == sizeof counts && counts.finished == 1 && counts.waiting == 1 && counts.dropped == 0);
    OK(tlsdiag_recorder_next(recorder, &handshake));

    OK(tlsdiag_handshake_cause(handshake, &text));
    SAME(text, "client_cert.missing");
    OK(tlsdiag_handshake_by(handshake, &by));
    CHECK(by == TLSDIAG_BY_LOCAL);
    OK(tlsdiag_handshake_finding_count(handshake, &count));
    CHECK(count >= 1);
    finding = NULL;
    CHECK(tlsdiag_handshake_finding(handshake, count, &finding) == TLSDIAG_NOT_FOUND && finding == NULL);
    OK(tlsdiag_handshake_finding(handshake, 0, &finding));
    OK(tlsdiag_finding_cause(finding, &text));
    SAME(text, "client_cert.missing");
    OK(tlsdiag_finding_confidence(finding, &confidence));
    SAME(tlsdiag_confidence_str(confidence), "likely");
    OK(tlsdiag_finding_severity(finding, &severity));
    CHECK(severity == TLSDIAG_SEVERITY_ERROR);
    OK(tlsdiag_finding_side(finding, &side));
    CHECK(side == TLSDIAG_SIDE_CLIENT);
    OK(tlsdiag_finding_stage(finding, &text));
    SAME(text, "certificate");
    OK(tlsdiag_finding_summary(finding, &text));
    CHECK(strlen(text) > 20);
    OK(tlsdiag_finding_explanation(finding, &text));
    CHECK(strlen(text) > 20);
    OK(tlsdiag_finding_evidence_count(finding, &count));
    CHECK(count >= 2);
    OK(tlsdiag_finding_evidence(finding, 0, &evidence));
    CHECK(evidence.size == sizeof evidence && evidence.event >= 0 && *evidence.field && *evidence.value);
    OK(tlsdiag_finding_ruled_out_count(finding, &count));
    for (i = 0; i < count; i++) {
        OK(tlsdiag_finding_ruled_out(finding, i, &other));
        CHECK(*other.cause && *other.reason);
    }
    CHECK(tlsdiag_finding_ruled_out(finding, count, &other) == TLSDIAG_NOT_FOUND);
    OK(tlsdiag_finding_alternative_count(finding, &count));
    CHECK(count >= 1);
    for (i = 0; i < count; i++) {
        OK(tlsdiag_finding_alternative(finding, i, &other));
        CHECK(*other.cause && *other.reason);
    }
    CHECK(tlsdiag_finding_alternative(finding, count, &other) == TLSDIAG_NOT_FOUND);
    OK(tlsdiag_finding_advice_count(finding, &count));
    CHECK(count >= 3);
    OK(tlsdiag_finding_advice(finding, count - 1, &advice));
    OK(tlsdiag_finding_advice_for(finding, "curl", &advice));
    CHECK(strstr(advice.line, "--cert") != NULL && advice.note == NULL);
    CHECK(tlsdiag_finding_advice_for(finding, "abacus", &advice) == TLSDIAG_NOT_FOUND);
    style.width = 100;
    style.color = 1;
    style.hide_timeline = 1;
    OK(tlsdiag_handshake_to_text(handshake, &style, &report));
    CHECK(strstr(report, "\x1b[") != NULL && strstr(report, "client_cert.missing") != NULL);
    tlsdiag_string_free(report);

    tlsdiag_handshake_free(handshake);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

/* What nginx does: the library lets everybody pass, and the application has told that it does not. */
static void told(const char *identity, int policy, const char *expected, tlsdiag_outcome expected_outcome) {
    SSL_CTX *server = server_context(SSL_VERIFY_PEER, 1);
    SSL_CTX *client = client_context(identity);
    tlsdiag_recorder *recorder;
    tlsdiag_handshake *handshake;
    tlsdiag_attach_options options = TLSDIAG_ATTACH_OPTIONS_INIT;
    tlsdiag_outcome outcome;
    const char *verdict;
    pair both;

    options.peer_certificate = policy;
    options.peer_address = "192.0.2.7";
    options.peer_port = 4711;
    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_attach_ctx_with(recorder, server, &options));
    both = pair_new(server, client);
    CHECK(pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_next(recorder, &handshake));
    OK(tlsdiag_handshake_verdict(handshake, &verdict));
    OK(tlsdiag_handshake_outcome(handshake, &outcome));
    if (strcmp(verdict, expected) != 0 || outcome != expected_outcome) {
        fprintf(stderr, "%s with policy %d: %s %s\n", identity ? identity : "nobody", policy, verdict,
                tlsdiag_outcome_str(outcome));
        exit(1);
    }
    OK(tlsdiag_handshake_one_line(handshake, &verdict));
    CHECK(strstr(verdict, "192.0.2.7:4711") != NULL);
    tlsdiag_handshake_free(handshake);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

/* One SSL; both on it and on its context; attached twice; detached; the wrong kind of object. */
static void attaching(void) {
    SSL_CTX *server = server_context(SSL_VERIFY_NONE, 0);
    SSL_CTX *client = client_context(NULL);
    tlsdiag_recorder *recorder;
    tlsdiag_recorder_counts counts = TLSDIAG_RECORDER_COUNTS_INIT;
    int attached = -1;
    pair both;

    OK(tlsdiag_recorder_new(NULL, &recorder));
    OK(tlsdiag_recorder_is_attached_ctx(recorder, server, &attached));
    CHECK(attached == 0);
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_attach_ctx(recorder, server));
    OK(tlsdiag_recorder_is_attached_ctx(recorder, server, &attached));
    CHECK(attached == 1);
    both = pair_new(server, client);
    OK(tlsdiag_recorder_attach_ssl(recorder, both.server));
    CHECK(tlsdiag_recorder_attach_ctx(recorder, both.server) == TLSDIAG_BAD_VALUE);
    CHECK(tlsdiag_recorder_attach_ssl(recorder, server) == TLSDIAG_BAD_VALUE);
    CHECK(strstr(tlsdiag_last_error(), "SSL_CTX") != NULL);
    CHECK(tlsdiag_recorder_attach_ctx(recorder, (char *)server + 1) == TLSDIAG_BAD_VALUE);
    CHECK(pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_count(recorder, &counts));
    CHECK(counts.finished == 1);

    OK(tlsdiag_recorder_detach_ctx(recorder, server));
    CHECK(tlsdiag_recorder_detach_ctx(recorder, server) == TLSDIAG_NOT_FOUND);
    both = pair_new(server, client);
    CHECK(tlsdiag_recorder_detach_ssl(recorder, both.server) == TLSDIAG_NOT_FOUND);
    CHECK(pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_count(recorder, &counts));
    CHECK(counts.finished == 1);

    both = pair_new(server, client);
    OK(tlsdiag_recorder_attach_ssl(recorder, both.server));
    OK(tlsdiag_recorder_detach_ssl(recorder, both.server));
    OK(tlsdiag_recorder_attach_ssl(recorder, both.client));
    CHECK(pair_shake(both));
    pair_free(both);
    OK(tlsdiag_recorder_count(recorder, &counts));
    CHECK(counts.finished == 2);
    tlsdiag_recorder_free(recorder);
    SSL_CTX_free(server);
    SSL_CTX_free(client);
}

int main(void) {
    healthy();
    missing();
    told("client", TLSDIAG_PEER_CERTIFICATE_REQUIRED, "ok", TLSDIAG_OUTCOME_ESTABLISHED);
    told(NULL, TLSDIAG_PEER_CERTIFICATE_REQUIRED, "client_cert.missing", TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED);
    told(NULL, TLSDIAG_PEER_CERTIFICATE_OPTIONAL, "ok", TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED);
    told(NULL, TLSDIAG_PEER_CERTIFICATE_UNKNOWN, "ok", TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED);
    told("expired", TLSDIAG_PEER_CERTIFICATE_OPTIONAL, "client_cert.expired",
         TLSDIAG_OUTCOME_ESTABLISHED_UNVERIFIED);
    attaching();
    tlsdiag_handshake_free(kept);
    puts("handshakes: as expected");
    return 0;
}
