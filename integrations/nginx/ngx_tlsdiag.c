/*
 * Settings, and a recorder for each server block that has its own, attached to SSL contexts when the configuration is
 * whole. What becomes of a handshake stands in ngx_tlsdiag_handshake.c.
 */

#include "ngx_tlsdiag.h"


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
