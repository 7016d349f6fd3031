/*
 * Connections to a TLS port that OpenSSL never sees: see ngx_http_tlsdiag_before_tls.c.
 */

#ifndef NGX_HTTP_TLSDIAG_BEFORE_TLS_H
#define NGX_HTTP_TLSDIAG_BEFORE_TLS_H

#include "ngx_tlsdiag.h"

#include <ngx_http.h>


extern ngx_module_t  ngx_http_tlsdiag_module;


/* Takes the place of the first handler of http's listening sockets. */
void ngx_http_tlsdiag_watch(ngx_cycle_t *cycle);

/* Of the log phase: tells of a request in cleartext that a TLS port has refused. */
ngx_int_t ngx_http_tlsdiag_log_handler(ngx_http_request_t *r);


#endif
