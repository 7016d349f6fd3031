/*
 * tlsdiag in nginx's http: records the TLS handshakes of its servers and of its upstreams.
 *
 *     tlsdiag_log path | off;              http, server
 *     tlsdiag_failures_only on | off;      http, server
 *     tlsdiag_expires_within days;         http
 *
 *     $tlsdiag_cause  $tlsdiag_outcome  $tlsdiag_ja4
 *
 * Handshakes are recorded as soon as the module is loaded, for the error log (at warn) and the variables; the file
 * takes whole records as well. Connections that nginx ends before OpenSSL has seen them are among them. "off" records
 * nothing; said of the default server of an address, it holds for the servers that a name leads to from there, too,
 * since a handshake begins at the default one.
 */

#include "ngx_http_tlsdiag_before_tls.h"


static void *ngx_http_tlsdiag_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_tlsdiag_create_srv_conf(ngx_conf_t *cf);
static char *ngx_http_tlsdiag_merge_srv_conf(ngx_conf_t *cf, void *parent,
    void *child);
static void *ngx_http_tlsdiag_create_loc_conf(ngx_conf_t *cf);
static char *ngx_http_tlsdiag_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);
static ngx_int_t ngx_http_tlsdiag_add_variables(ngx_conf_t *cf);
static ngx_int_t ngx_http_tlsdiag_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_tlsdiag_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_tlsdiag_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);


static ngx_command_t  ngx_http_tlsdiag_commands[] = {

    { ngx_string("tlsdiag_log"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_TAKE1,
      ngx_tlsdiag_log,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("tlsdiag_failures_only"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_tlsdiag_conf_t, failures_only),
      NULL },

    { ngx_string("tlsdiag_expires_within"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_conf_set_num_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(ngx_tlsdiag_conf_t, expires_within),
      &ngx_tlsdiag_days },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_tlsdiag_module_ctx = {
    ngx_http_tlsdiag_add_variables,        /* preconfiguration */
    ngx_http_tlsdiag_init,                 /* postconfiguration */

    ngx_http_tlsdiag_create_main_conf,     /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_http_tlsdiag_create_srv_conf,      /* create server configuration */
    ngx_http_tlsdiag_merge_srv_conf,       /* merge server configuration */

    ngx_http_tlsdiag_create_loc_conf,      /* create location configuration */
    ngx_http_tlsdiag_merge_loc_conf        /* merge location configuration */
};


ngx_module_t  ngx_http_tlsdiag_module = {
    NGX_MODULE_V1,
    &ngx_http_tlsdiag_module_ctx,          /* module context */
    ngx_http_tlsdiag_commands,             /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_tlsdiag_init_module,          /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_http_variable_t  ngx_http_tlsdiag_vars[] = {

    { ngx_string("tlsdiag_cause"), NULL, ngx_http_tlsdiag_variable,
      NGX_TLSDIAG_CAUSE, 0, 0 },

    { ngx_string("tlsdiag_outcome"), NULL, ngx_http_tlsdiag_variable,
      NGX_TLSDIAG_OUTCOME, 0, 0 },

    { ngx_string("tlsdiag_ja4"), NULL, ngx_http_tlsdiag_variable,
      NGX_TLSDIAG_JA4, 0, 0 },

      ngx_http_null_variable
};


/* Modules that speak TLS to upstreams, and whose location settings begin with ngx_http_upstream_conf_t. */
static char  *ngx_http_tlsdiag_proxies[] = {
    "ngx_http_proxy_module", "ngx_http_grpc_module", "ngx_http_uwsgi_module", NULL
};


static void *
ngx_http_tlsdiag_create_main_conf(ngx_conf_t *cf)
{
    ngx_tlsdiag_main_t  *tmcf;

    tmcf = ngx_pcalloc(cf->pool, sizeof(ngx_tlsdiag_main_t));
    if (tmcf == NULL || ngx_tlsdiag_begin(cf, tmcf) != NGX_OK) {
        return NULL;
    }

    return tmcf;
}


static void *
ngx_http_tlsdiag_create_srv_conf(ngx_conf_t *cf)
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
ngx_http_tlsdiag_merge_srv_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_tlsdiag_merge(parent, child,
                      ngx_http_conf_get_module_main_conf(cf,
                                                    ngx_http_tlsdiag_module));
    return NGX_CONF_OK;
}


/* Locations have no settings of ours; but to be merged, each needs a place. */
static void *
ngx_http_tlsdiag_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, 1);
}


/* Proxies have merged theirs by now, since modules that are loaded come last. */
static char *
ngx_http_tlsdiag_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_uint_t                 i, j;
    ngx_module_t             **modules;
    ngx_http_upstream_conf_t  *ucf;

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {
        for (j = 0; ngx_http_tlsdiag_proxies[j]; j++) {

            if (ngx_strcmp(modules[i]->name, ngx_http_tlsdiag_proxies[j]) != 0)
            {
                continue;
            }

            ucf = ngx_http_conf_get_module_loc_conf(cf, (*modules[i]));

            if (ucf == NULL || ucf->ssl == NULL
                || ucf->ssl == NGX_CONF_UNSET_PTR)
            {
                continue;
            }

            if (ngx_tlsdiag_add(ngx_http_conf_get_module_main_conf(cf,
                                                   ngx_http_tlsdiag_module),
                                ucf->ssl,
                                ngx_http_conf_get_module_srv_conf(cf,
                                                   ngx_http_tlsdiag_module),
                                ucf->ssl_verify == 1
                                ? TLSDIAG_PEER_CERTIFICATE_REQUIRED
                                : TLSDIAG_PEER_CERTIFICATE_UNKNOWN)
                != NGX_OK)
            {
                return NGX_CONF_ERROR;
            }
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_tlsdiag_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_tlsdiag_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_tlsdiag_init(ngx_conf_t *cf)
{
    ngx_uint_t                   s;
    ngx_http_handler_pt         *handler;
    ngx_tlsdiag_main_t          *tmcf;
    ngx_tlsdiag_conf_t          *conf;
    ngx_http_ssl_srv_conf_t     *sscf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    tmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_tlsdiag_module);
    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    cscfp = cmcf->servers.elts;

    for (s = 0; s < cmcf->servers.nelts; s++) {

        conf = cscfp[s]->ctx->srv_conf[ngx_http_tlsdiag_module.ctx_index];
        sscf = cscfp[s]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];

        if (ngx_tlsdiag_add(tmcf, &sscf->ssl, conf,
                            ngx_tlsdiag_verify(sscf->verify))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    handler = ngx_array_push(&cmcf->phases[NGX_HTTP_LOG_PHASE].handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }

    *handler = ngx_http_tlsdiag_log_handler;

    /* the settings of http{} itself */

    conf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_tlsdiag_module);
    ngx_tlsdiag_merge(conf, conf, tmcf);

    return ngx_tlsdiag_add_rest(cf->cycle, tmcf, conf);
}


static ngx_int_t
ngx_http_tlsdiag_init_module(ngx_cycle_t *cycle)
{
    ngx_tlsdiag_main_t  *tmcf;

    tmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_tlsdiag_module);

    /* a configuration without http{} */

    if (tmcf == NULL) {
        return NGX_OK;
    }

    ngx_http_tlsdiag_watch(cycle);

    return ngx_tlsdiag_attach(cycle, tmcf);
}


static ngx_int_t
ngx_http_tlsdiag_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_tlsdiag_conf_t        *conf;
    ngx_http_core_srv_conf_t  *cscf;

    /* the recorder of the server that the connection came to, not of the one that its request is for */

    cscf = r->http_connection->addr_conf->default_server;
    conf = cscf->ctx->srv_conf[ngx_http_tlsdiag_module.ctx_index];

    return ngx_tlsdiag_value(conf, r->connection, r->pool, v, data);
}
