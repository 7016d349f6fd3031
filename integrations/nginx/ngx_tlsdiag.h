/*
 * What the http and the stream module have in common: a recorder on SSL contexts, the file of records, the line in the
 * error log, and the values of variables. It sees OpenSSL through nginx and tlsdiag.h alone.
 */

#ifndef NGX_TLSDIAG_H
#define NGX_TLSDIAG_H

#include <ngx_config.h>
#include <ngx_core.h>

#include <tlsdiag.h>


typedef struct ngx_tlsdiag_conf_s  ngx_tlsdiag_conf_t;


/* The contexts of one http{} or stream{}. */
typedef struct {
    ngx_array_t           contexts;         /* of ngx_tlsdiag_context_t */
    ngx_pool_cleanup_t   *before;           /* of the cycle's pool, when the block began */
    ngx_uint_t            logs_healthy;     /* whether any file takes them */
} ngx_tlsdiag_main_t;


/* One block's settings. */
struct ngx_tlsdiag_conf_s {
    ngx_open_file_t      *file;             /* NGX_CONF_UNSET_PTR, NULL: none */
    ngx_flag_t            off;
    ngx_flag_t            failures_only;
    ngx_int_t             expires_within;   /* days; 0: nobody is warned */

    ngx_tlsdiag_main_t   *main;
    tlsdiag_recorder     *recorder;
    time_t                complained;       /* when the file could not be written */
    ngx_log_t            *before_tls;       /* of the connection that is told of without an SSL */
    ngx_uint_t            is_silent;        /* whether its client sent nothing */
};


typedef struct {
    SSL_CTX              *ctx;
    ngx_tlsdiag_conf_t   *conf;             /* NULL: nothing is recorded */
    int                   peer_certificate; /* of tlsdiag_peer_certificate */
} ngx_tlsdiag_context_t;


/* Settings. */
ngx_int_t ngx_tlsdiag_begin(ngx_conf_t *cf, ngx_tlsdiag_main_t *main);
void ngx_tlsdiag_create(ngx_tlsdiag_conf_t *conf);
void ngx_tlsdiag_merge(ngx_tlsdiag_conf_t *parent, ngx_tlsdiag_conf_t *conf,
    ngx_tlsdiag_main_t *main);
char *ngx_tlsdiag_log(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

extern ngx_conf_num_bounds_t  ngx_tlsdiag_days;

/* Contexts: named one by one, then the rest of the block's, then all are attached to. */
ngx_int_t ngx_tlsdiag_add(ngx_tlsdiag_main_t *main, ngx_ssl_t *ssl,
    ngx_tlsdiag_conf_t *conf, int peer_certificate);
ngx_int_t ngx_tlsdiag_add_rest(ngx_cycle_t *cycle, ngx_tlsdiag_main_t *main,
    ngx_tlsdiag_conf_t *conf);
ngx_int_t ngx_tlsdiag_attach(ngx_cycle_t *cycle, ngx_tlsdiag_main_t *main);
int ngx_tlsdiag_verify(ngx_uint_t verify);

/* A handshake is over. */
void ngx_tlsdiag_on_handshake(const tlsdiag_handshake *handshake, void *data);

/* A connection is over that OpenSSL never saw. */
void ngx_tlsdiag_before_tls(ngx_tlsdiag_conf_t *conf, ngx_log_t *log,
    const tlsdiag_before_tls *before);

/* Variables. */
typedef enum {
    NGX_TLSDIAG_CAUSE = 0,
    NGX_TLSDIAG_OUTCOME,
    NGX_TLSDIAG_JA4
} ngx_tlsdiag_value_e;

ngx_int_t ngx_tlsdiag_value(ngx_tlsdiag_conf_t *conf, ngx_connection_t *c,
    ngx_pool_t *pool, ngx_variable_value_t *v, uintptr_t which);


#endif
