/*
 * A recorder for each server block that has its own settings, attached to SSL contexts when the configuration is whole.
 * A handshake is told within it, on the worker's only thread, so that nginx's log of that very connection can be used.
 */

#include "ngx_tlsdiag.h"

#include <sys/uio.h>


static void ngx_tlsdiag_on_handshake(const tlsdiag_handshake *handshake,
    void *data);
static ngx_tlsdiag_conf_t *ngx_tlsdiag_conf_of(ngx_tlsdiag_conf_t *conf,
    SSL *ssl);
static void ngx_tlsdiag_write(const tlsdiag_handshake *handshake,
    ngx_tlsdiag_conf_t *conf, ngx_log_t *log);
static ngx_int_t ngx_tlsdiag_recorder(ngx_cycle_t *cycle,
    ngx_tlsdiag_conf_t *conf);
static void ngx_tlsdiag_cleanup(void *data);


ngx_int_t
ngx_tlsdiag_begin(ngx_conf_t *cf, ngx_tlsdiag_main_t *main)
{
    main->before = cf->cycle->pool->cleanup;

    return ngx_array_init(&main->contexts, cf->pool, 4,
                          sizeof(ngx_tlsdiag_context_t));
}


ngx_conf_num_bounds_t  ngx_tlsdiag_days = {
    ngx_conf_check_num_bounds, 1, 36500
};


void
ngx_tlsdiag_create(ngx_tlsdiag_conf_t *conf)
{
    conf->file = NGX_CONF_UNSET_PTR;
    conf->off = NGX_CONF_UNSET;
    conf->failures_only = NGX_CONF_UNSET;
    conf->expires_within = NGX_CONF_UNSET;
}


void
ngx_tlsdiag_merge(ngx_tlsdiag_conf_t *parent, ngx_tlsdiag_conf_t *conf,
    ngx_tlsdiag_main_t *main)
{
    ngx_conf_merge_ptr_value(conf->file, parent->file, NULL);
    ngx_conf_merge_value(conf->off, parent->off, 0);
    ngx_conf_merge_value(conf->failures_only, parent->failures_only, 0);
    ngx_conf_merge_value(conf->expires_within, parent->expires_within, 0);

    conf->main = main;

    if (conf->file && !conf->failures_only) {
        main->logs_healthy = 1;
    }
}


char *
ngx_tlsdiag_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_tlsdiag_conf_t *tdcf = conf;

    ngx_str_t *value;

    if (tdcf->file != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        tdcf->file = NULL;
        tdcf->off = 1;
        return NGX_CONF_OK;
    }

    /* nginx opens it, gives it to the workers and opens it again on USR1, like its other logs */

    tdcf->file = ngx_conf_open_file(cf->cycle, &value[1]);
    if (tdcf->file == NULL) {
        return NGX_CONF_ERROR;
    }

    tdcf->off = 0;

    return NGX_CONF_OK;
}


/* What ssl_verify_client means: off, on, optional, optional_no_ca. */
int
ngx_tlsdiag_verify(ngx_uint_t verify)
{
    switch (verify) {
    case 1:
        return TLSDIAG_PEER_CERTIFICATE_REQUIRED;
    case 2:
        return TLSDIAG_PEER_CERTIFICATE_OPTIONAL;
    default:
        return TLSDIAG_PEER_CERTIFICATE_UNKNOWN;
    }
}


ngx_int_t
ngx_tlsdiag_add(ngx_tlsdiag_main_t *main, ngx_ssl_t *ssl,
    ngx_tlsdiag_conf_t *conf, int peer_certificate)
{
    ngx_uint_t              i;
    ngx_tlsdiag_context_t  *context;

    if (ssl == NULL || ssl->ctx == NULL) {
        return NGX_OK;
    }

    /* a context that several places inherit belongs to the first */

    context = main->contexts.elts;

    for (i = 0; i < main->contexts.nelts; i++) {
        if (context[i].ctx == ssl->ctx) {
            return NGX_OK;
        }
    }

    context = ngx_array_push(&main->contexts);
    if (context == NULL) {
        return NGX_ERROR;
    }

    context->ctx = ssl->ctx;
    context->conf = conf->off ? NULL : conf;
    context->peer_certificate = peer_certificate;

    return NGX_OK;
}


/*
 * The settings of a proxy are its module's own. But whoever makes an SSL context leaves word for its end with the
 * cycle's pool, and the newest word comes first: so these are the contexts of this block, whichever module made them.
 */
ngx_int_t
ngx_tlsdiag_add_rest(ngx_cycle_t *cycle, ngx_tlsdiag_main_t *main,
    ngx_tlsdiag_conf_t *conf)
{
    ngx_pool_cleanup_t  *cln;

    for (cln = cycle->pool->cleanup;
         cln != NULL && cln != main->before;
         cln = cln->next)
    {
        if (cln->handler != ngx_ssl_cleanup_ctx) {
            continue;
        }

        if (ngx_tlsdiag_add(main, cln->data, conf,
                            TLSDIAG_PEER_CERTIFICATE_UNKNOWN)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_tlsdiag_attach(ngx_cycle_t *cycle, ngx_tlsdiag_main_t *main)
{
    ngx_uint_t              i;
    tlsdiag_attach_options  options = TLSDIAG_ATTACH_OPTIONS_INIT;
    ngx_tlsdiag_context_t  *context;

    context = main->contexts.elts;

    for (i = 0; i < main->contexts.nelts; i++) {

        if (context[i].conf == NULL) {
            continue;
        }

        if (ngx_tlsdiag_recorder(cycle, context[i].conf) != NGX_OK) {
            return NGX_ERROR;
        }

        options.peer_certificate = context[i].peer_certificate;

        if (tlsdiag_recorder_attach_ctx_with(context[i].conf->recorder,
                                             context[i].ctx, &options)
            != TLSDIAG_OK)
        {
            /* nginx serves all the same */

            ngx_log_error(NGX_LOG_ERR, cycle->log, 0,
                          "tlsdiag: handshakes are not recorded: %s",
                          tlsdiag_last_error());
            return NGX_OK;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_tlsdiag_recorder(ngx_cycle_t *cycle, ngx_tlsdiag_conf_t *conf)
{
    ngx_pool_cleanup_t        *cln;
    tlsdiag_recorder_options   options = TLSDIAG_RECORDER_OPTIONS_INIT;

    if (conf->recorder) {
        return NGX_OK;
    }

    cln = ngx_pool_cleanup_add(cycle->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    /*
     * A server name may lead a handshake to a server with other settings than the one it began at, so the recorder is
     * told to leave something out only if all agree.
     */

    options.failures_only = !conf->main->logs_healthy;
    options.keep_latest = 1;
    options.expires_within_days = (int) conf->expires_within;

    if (tlsdiag_recorder_new(&options, &conf->recorder) != TLSDIAG_OK
        || tlsdiag_recorder_on_handshake(conf->recorder,
                                         ngx_tlsdiag_on_handshake, conf)
           != TLSDIAG_OK)
    {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "tlsdiag: %s",
                      tlsdiag_last_error());
        return NGX_ERROR;
    }

    cln->handler = ngx_tlsdiag_cleanup;
    cln->data = conf;

    return NGX_OK;
}


static void
ngx_tlsdiag_cleanup(void *data)
{
    ngx_tlsdiag_conf_t *conf = data;

    tlsdiag_recorder_free(conf->recorder);
    conf->recorder = NULL;
}


static void
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
    log = c ? c->log : ngx_cycle->log;

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
        ngx_log_error(level, log, 0, "tlsdiag: %s", verdict);
    }

    if (conf->file && (cause || notes || earlier || !conf->failures_only)) {
        ngx_tlsdiag_write(handshake, conf, log);
    }
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
