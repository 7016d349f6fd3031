/*
 * What becomes of a handshake: a line in the error log, a record in the file, the values of variables. It is reported within the
 * handshake, on the worker's only thread, so that nginx's log of that very connection can be used.
 */

#include "ngx_tlsdiag.h"

#include <sys/uio.h>


static ngx_tlsdiag_conf_t *ngx_tlsdiag_conf_of(ngx_tlsdiag_conf_t *conf,
    SSL *ssl);
static void ngx_tlsdiag_write(const tlsdiag_handshake *handshake,
    ngx_tlsdiag_conf_t *conf, ngx_log_t *log);


void
ngx_tlsdiag_on_handshake(const tlsdiag_handshake *handshake, void *data)
{
    ngx_tlsdiag_conf_t *conf = data;

    void              *ssl;
    size_t             notes, earlier;
    ngx_log_t         *log;
    ngx_uint_t         level;
    const char        *cause, *verdict;
    ngx_connection_t  *c;

    if (tlsdiag_handshake_ssl(handshake, &ssl) != TLSDIAG_OK) {
        ssl = NULL;
    }

    c = ssl ? ngx_ssl_get_connection((ngx_ssl_conn_t *) ssl) : NULL;
    log = c ? c->log : conf->before_tls ? conf->before_tls : ngx_cycle->log;

    if (ssl) {
        conf = ngx_tlsdiag_conf_of(conf, ssl);
        if (conf == NULL) {
            return;
        }
    }

    if (tlsdiag_handshake_cause(handshake, &cause) != TLSDIAG_OK) {
        return;
    }

    if (tlsdiag_handshake_note_count(handshake, &notes) != TLSDIAG_OK
        || tlsdiag_handshake_earlier_count(handshake, &earlier) != TLSDIAG_OK)
    {
        return;
    }

    /* what is no failure is told at a level that nobody is woken up by */

    if ((cause || notes || earlier)
        && tlsdiag_handshake_one_line(handshake, &verdict) == TLSDIAG_OK)
    {
        level = cause ? NGX_LOG_WARN : NGX_LOG_NOTICE;

        /* nginx's own word of a client that came and said nothing */

        if (conf->before_tls && conf->is_silent) {
            level = NGX_LOG_INFO;
        }

        ngx_log_error(level, log, 0, "tlsdiag: %s", verdict);
    }

    if (conf->file && (cause || notes || earlier || !conf->failures_only)) {
        ngx_tlsdiag_write(handshake, conf, log);
    }
}


void
ngx_tlsdiag_before_tls(ngx_tlsdiag_conf_t *conf, ngx_log_t *log,
    const tlsdiag_before_tls *before)
{
    conf->before_tls = log;
    conf->is_silent = (before->first_length == 0);

    if (tlsdiag_recorder_before_tls(conf->recorder, before) != TLSDIAG_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "tlsdiag: %s", tlsdiag_last_error());
    }

    conf->before_tls = NULL;
}


/* The settings of the server that the client's server_name led to. */
static ngx_tlsdiag_conf_t *
ngx_tlsdiag_conf_of(ngx_tlsdiag_conf_t *conf, SSL *ssl)
{
    SSL_CTX                *ctx;
    ngx_uint_t              i;
    ngx_tlsdiag_context_t  *context;

    ctx = SSL_get_SSL_CTX(ssl);
    context = conf->main->contexts.elts;

    for (i = 0; i < conf->main->contexts.nelts; i++) {
        if (context[i].ctx == ctx) {
            return context[i].conf;
        }
    }

    return conf;
}


static void
ngx_tlsdiag_write(const tlsdiag_handshake *handshake, ngx_tlsdiag_conf_t *conf,
    ngx_log_t *log)
{
    char          *json;
    size_t         len;
    ssize_t        n;
    ngx_err_t      err;
    struct iovec   iov[2];

    if (tlsdiag_handshake_to_json(handshake, &json) != TLSDIAG_OK) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "tlsdiag: %s", tlsdiag_last_error());
        return;
    }

    /* one call for the whole line, so that the lines of several workers do not mix */

    len = ngx_strlen(json);

    iov[0].iov_base = json;
    iov[0].iov_len = len;
    iov[1].iov_base = "\n";
    iov[1].iov_len = 1;

    do {
        n = writev(conf->file->fd, iov, 2);
        err = (n == -1) ? ngx_errno : 0;
    } while (err == NGX_EINTR);

    tlsdiag_string_free(json);

    if (n == (ssize_t) len + 1 || conf->complained == ngx_time()) {
        return;
    }

    conf->complained = ngx_time();

    if (n == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, err,
                      "tlsdiag: a record could not be written to \"%V\"",
                      &conf->file->name);
        return;
    }

    ngx_log_error(NGX_LOG_ALERT, log, 0,
                  "tlsdiag: a record was cut off in \"%V\": %z of %uz bytes",
                  &conf->file->name, n, len + 1);
}


ngx_int_t
ngx_tlsdiag_value(ngx_tlsdiag_conf_t *conf, ngx_connection_t *c,
    ngx_pool_t *pool, ngx_variable_value_t *v, uintptr_t which)
{
    size_t              len;
    const char         *text;
    tlsdiag_status      status;
    tlsdiag_outcome     outcome;
    tlsdiag_handshake  *handshake;

    v->not_found = 1;

    if (conf == NULL || conf->recorder == NULL || c->ssl == NULL
        || tlsdiag_recorder_latest_for_ssl(conf->recorder,
                                           c->ssl->connection, &handshake)
           != TLSDIAG_OK)
    {
        return NGX_OK;
    }

    text = NULL;

    switch (which) {

    case NGX_TLSDIAG_CAUSE:
        status = tlsdiag_handshake_cause(handshake, &text);
        break;

    case NGX_TLSDIAG_OUTCOME:
        status = tlsdiag_handshake_outcome(handshake, &outcome);
        if (status == TLSDIAG_OK) {
            text = tlsdiag_outcome_str(outcome);
        }
        break;

    default: /* NGX_TLSDIAG_JA4 */
        status = tlsdiag_handshake_ja4(handshake, &text);
        break;
    }

    if (status == TLSDIAG_OK && text != NULL) {
        len = ngx_strlen(text);

        v->data = ngx_pnalloc(pool, len);
        if (v->data == NULL) {
            tlsdiag_handshake_free(handshake);
            return NGX_ERROR;
        }

        ngx_memcpy(v->data, text, len);

        v->len = len;
        v->valid = 1;
        v->no_cacheable = 0;
        v->not_found = 0;
    }

    tlsdiag_handshake_free(handshake);

    return NGX_OK;
}
