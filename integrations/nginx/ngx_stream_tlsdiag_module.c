/*
 * tlsdiag in nginx's stream: records the TLS handshakes of its servers and of its upstreams.
 *
 *     tlsdiag_log path | off;              stream, server
 *     tlsdiag_failures_only on | off;      stream, server
 *     tlsdiag_expires_within days;         stream
 *
 *     $tlsdiag_cause  $tlsdiag_outcome  $tlsdiag_ja4
 *
 * As ngx_http_tlsdiag_module. Upstreams go by the settings of stream{}.
 */

#include "ngx_tlsdiag.h"

#include <ngx_stream.h>

#if (nginx_version < 1025005)
/* before stream had servers by name */
typedef ngx_stream_ssl_conf_t  ngx_stream_ssl_srv_conf_t;
#endif


static void *ngx_stream_tlsdiag_create_main_conf(ngx_conf_t *cf);
static void *ngx_stream_tlsdiag_create_srv_conf(ngx_conf_t *cf);
static char *ngx_stream_tlsdiag_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_stream_tlsdiag_add_variables(ngx_conf_t *cf);
static ngx_int_t ngx_stream_tlsdiag_init(ngx_conf_t *cf);
static ngx_int_t ngx_stream_tlsdiag_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_stream_tlsdiag_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data);


static ngx_command_t  ngx_stream_tlsdiag_commands[] = {

    { ngx_string("tlsdiag_log"),
      NGX_STREAM_MAIN_CONF|NGX_STREAM_SRV_CONF|NGX_CONF_TAKE1,
      ngx_tlsdiag_log,
      NGX_STREAM_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tlsdiag_failures_only"),
      NGX_STREAM_MAIN_CONF|NGX_STREAM_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_STREAM_SRV_CONF_OFFSET,
      offsetof(ngx_tlsdiag_conf_t, failures_only),
      NULL },

    { ngx_string("tlsdiag_expires_within"),
      NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_STREAM_SRV_CONF_OFFSET,
      offsetof(ngx_tlsdiag_conf_t, expires_within),
      &ngx_tlsdiag_days },

      ngx_null_command
};


static ngx_stream_module_t  ngx_stream_tlsdiag_module_ctx = {
    ngx_stream_tlsdiag_add_variables,      /* preconfiguration */
    ngx_stream_tlsdiag_init,               /* postconfiguration */

    ngx_stream_tlsdiag_create_main_conf,   /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_stream_tlsdiag_create_srv_conf,    /* create server configuration */
    ngx_stream_tlsdiag_merge_srv_conf      /* merge server configuration */
};


ngx_module_t  ngx_stream_tlsdiag_module = {
    NGX_MODULE_V1,
    &ngx_stream_tlsdiag_module_ctx,        /* module context */
    ngx_stream_tlsdiag_commands,           /* module directives */
    NGX_STREAM_MODULE,                     /* module type */
    NULL,                                  /* init master */
    ngx_stream_tlsdiag_init_module,        /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_stream_variable_t  ngx_stream_tlsdiag_vars[] = {

    { ngx_string("tlsdiag_cause"), NULL, ngx_stream_tlsdiag_variable,
      NGX_TLSDIAG_CAUSE, 0, 0 },

    { ngx_string("tlsdiag_outcome"), NULL, ngx_stream_tlsdiag_variable,
      NGX_TLSDIAG_OUTCOME, 0, 0 },

    { ngx_string("tlsdiag_ja4"), NULL, ngx_stream_tlsdiag_variable,
      NGX_TLSDIAG_JA4, 0, 0 },

      ngx_stream_null_variable
};


static void *
ngx_stream_tlsdiag_create_main_conf(ngx_conf_t *cf)
{
    ngx_tlsdiag_main_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_tlsdiag_main_t));
    if (tmcf == NULL || ngx_tlsdiag_begin(cf, tmcf) != NGX_OK) {
        return NULL;
    }

    return tmcf;
}


static void *
ngx_stream_tlsdiag_create_srv_conf(ngx_conf_t *cf)
{
    ngx_tlsdiag_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_tlsdiag_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    ngx_tlsdiag_create(conf);

    return conf;
}


static char *
ngx_stream_tlsdiag_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_tlsdiag_merge(parent, child,
                      ngx_stream_conf_get_module_main_conf(cf,
                                                  ngx_stream_tlsdiag_module));
    return NGX_CONF_OK;
}


static ngx_int_t
ngx_stream_tlsdiag_add_variables(ngx_conf_t *cf)
{
    ngx_stream_variable_t  *var, *v;

    for (v = ngx_stream_tlsdiag_vars; v->name.len; v++) {

        var = ngx_stream_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_stream_tlsdiag_init(ngx_conf_t *cf)
{
    ngx_uint_t                     s;
    ngx_tlsdiag_main_t            *tmcf;
    ngx_tlsdiag_conf_t            *conf;
    ngx_stream_ssl_srv_conf_t     *sscf;
    ngx_stream_core_srv_conf_t   **cscfp;
    ngx_stream_core_main_conf_t   *cmcf;

    tmcf = ngx_stream_conf_get_module_main_conf(cf, ngx_stream_tlsdiag_module);
    cmcf = ngx_stream_conf_get_module_main_conf(cf, ngx_stream_core_module);

    cscfp = cmcf->servers.elts;

    for (s = 0; s < cmcf->servers.nelts; s++) {

        conf = cscfp[s]->ctx->srv_conf[ngx_stream_tlsdiag_module.ctx_index];
        sscf = cscfp[s]->ctx->srv_conf[ngx_stream_ssl_module.ctx_index];

        if (ngx_tlsdiag_add(tmcf, &sscf->ssl, conf,
                            ngx_tlsdiag_verify(sscf->verify))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    /* the settings of stream{} itself */

    conf = ngx_stream_conf_get_module_srv_conf(cf, ngx_stream_tlsdiag_module);
    ngx_tlsdiag_merge(conf, conf, tmcf);

    return ngx_tlsdiag_add_rest(cf->cycle, tmcf, conf);
}


static ngx_int_t
ngx_stream_tlsdiag_init_module(ngx_cycle_t *cycle)
{
    ngx_tlsdiag_main_t  *tmcf;

    tmcf = ngx_stream_cycle_get_module_main_conf(cycle,
                                                 ngx_stream_tlsdiag_module);

    /* a configuration without stream{} */

    return tmcf ? ngx_tlsdiag_attach(cycle, tmcf) : NGX_OK;
}


static ngx_int_t
ngx_stream_tlsdiag_variable(ngx_stream_session_t *s,
    ngx_stream_variable_value_t *v, uintptr_t data)
{
    return ngx_tlsdiag_value(
               ngx_stream_get_module_srv_conf(s, ngx_stream_tlsdiag_module),
               s->connection, s->connection->pool, v, data);
}
