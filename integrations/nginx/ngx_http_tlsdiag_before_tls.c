/*
 * What becomes of a connection to a TLS port before OpenSSL sees it. nginx looks at its first byte itself and lets
 * OpenSSL read what begins as TLS does; the rest it closes, or answers in plain HTTP with 400.
 *
 * What is answered is seen in the log phase. Where there is no request, the first handler of a connection is ours: it
 * notes what there is to be seen, runs nginx's own, and a cleanup of the connection's pool tells what became of it. A
 * connection that begins with TLS costs no system call, but where a PROXY protocol header is to come first.
 */

#include "ngx_http_tlsdiag_before_tls.h"


#define NGX_HTTP_TLSDIAG_FIRST  8           /* bytes that are looked at */
#define NGX_HTTP_TLSDIAG_KEPT   5           /* by which it is told what they are */


typedef enum {
    NGX_HTTP_TLSDIAG_UNSEEN = 0,
    NGX_HTTP_TLSDIAG_BYTES,
    NGX_HTTP_TLSDIAG_CLOSED,
    NGX_HTTP_TLSDIAG_RESET,
    NGX_HTTP_TLSDIAG_TIMED_OUT
} ngx_http_tlsdiag_seen_e;


/* A connection that has not begun with TLS yet. */
typedef struct {
    ngx_connection_t         *connection;
    ngx_http_addr_conf_t     *addr_conf;
    ngx_event_handler_pt      handler;      /* nginx's own */
    ngx_http_tlsdiag_seen_e   seen;
    u_char                    first[NGX_HTTP_TLSDIAG_FIRST];
    size_t                    len;
} ngx_http_tlsdiag_begun_t;


static void ngx_http_tlsdiag_init_connection(ngx_connection_t *c);
static void ngx_http_tlsdiag_first_read(ngx_event_t *rev);
static void ngx_http_tlsdiag_look(ngx_http_tlsdiag_begun_t *begun);
static ngx_uint_t ngx_http_tlsdiag_is_reset(ngx_socket_t s);
static ngx_uint_t ngx_http_tlsdiag_hears_of_closing(void);
static void ngx_http_tlsdiag_closed(void *data);
static void ngx_http_tlsdiag_tell(ngx_connection_t *c,
    ngx_http_addr_conf_t *addr_conf, tlsdiag_before_tls *before);


/* The one whose handler runs now, on the worker's only thread; NULL once it is closed, or known to go on. */
static ngx_http_tlsdiag_begun_t  *ngx_http_tlsdiag_running;


void
ngx_http_tlsdiag_watch(ngx_cycle_t *cycle)
{
    ngx_uint_t        i;
    ngx_listening_t  *ls;

    ls = cycle->listening.elts;

    for (i = 0; i < cycle->listening.nelts; i++) {
        if (ls[i].handler == ngx_http_init_connection
            && ls[i].type == SOCK_STREAM)
        {
            ls[i].handler = ngx_http_tlsdiag_init_connection;
        }
    }
}


static void
ngx_http_tlsdiag_init_connection(ngx_connection_t *c)
{
    ngx_pool_cleanup_t        *cln;
    ngx_http_connection_t     *hc;
    ngx_http_tlsdiag_begun_t  *begun;

    /* with "deferred" the first bytes are there, and nginx reads them at once */

    if (c->read->ready) {
        ngx_http_init_connection(c);
        return;
    }

    cln = ngx_pool_cleanup_add(c->pool, sizeof(ngx_http_tlsdiag_begun_t));
    if (cln == NULL) {
        ngx_http_init_connection(c);
        return;
    }

    begun = cln->data;
    ngx_memzero(begun, sizeof(ngx_http_tlsdiag_begun_t));

    ngx_http_init_connection(c);

    if (c->destroyed) {
        return;
    }

    hc = c->data;

    if (!hc->ssl) {
        return;
    }

    begun->connection = c;
    begun->addr_conf = hc->addr_conf;
    begun->handler = c->read->handler;
    cln->handler = ngx_http_tlsdiag_closed;

    c->read->handler = ngx_http_tlsdiag_first_read;
}


/* Runs until nginx puts another handler in place, or has closed the connection. */
static void
ngx_http_tlsdiag_first_read(ngx_event_t *rev)
{
    ngx_connection_t          *c;
    ngx_pool_cleanup_t        *cln;
    ngx_http_tlsdiag_begun_t  *begun;

    c = rev->data;

    for (cln = c->pool->cleanup;
         cln->handler != ngx_http_tlsdiag_closed;
         cln = cln->next)
    {
        /* void */
    }

    begun = cln->data;

    ngx_http_tlsdiag_look(begun);

    ngx_http_tlsdiag_running = begun;

    begun->handler(rev);

    if (ngx_http_tlsdiag_running) {

        /* nginx goes on with it */

        begun->seen = NGX_HTTP_TLSDIAG_UNSEEN;
        ngx_http_tlsdiag_running = NULL;
    }
}


/* What nginx is about to see. */
static void
ngx_http_tlsdiag_look(ngx_http_tlsdiag_begun_t *begun)
{
    int                     n;
    ssize_t                 len;
    ngx_event_t            *rev;
    ngx_connection_t       *c;
    ngx_http_connection_t  *hc;

    c = begun->connection;
    rev = c->read;
    hc = c->data;

    begun->seen = NGX_HTTP_TLSDIAG_UNSEEN;

    if (rev->timedout) {
        begun->seen = NGX_HTTP_TLSDIAG_TIMED_OUT;
        return;
    }

    /* nginx itself wants it closed */

    if (c->close) {
        return;
    }

    if (!hc->proxy_protocol && !rev->pending_eof
        && ngx_http_tlsdiag_hears_of_closing())
    {
        return;
    }

    /* who reads the socket's error takes it away, and nginx has a line for it: so it is asked for bytes alone */

    if (ngx_socket_nread(c->fd, &n) == -1) {
        return;
    }

    if (n == 0) {
        begun->seen = ngx_http_tlsdiag_is_reset(c->fd)
                      ? NGX_HTTP_TLSDIAG_RESET : NGX_HTTP_TLSDIAG_CLOSED;
        return;
    }

    len = recv(c->fd, (char *) begun->first, NGX_HTTP_TLSDIAG_FIRST, MSG_PEEK);

    if (len > 0) {
        begun->seen = NGX_HTTP_TLSDIAG_BYTES;
        begun->len = len;
    }
}


/* A connection that was closed in good order waits for this side to close it (TCP_INFO, tcp(7)). */
static ngx_uint_t
ngx_http_tlsdiag_is_reset(ngx_socket_t s)
{
#if (NGX_HAVE_TCP_INFO)
    socklen_t        len;
    struct tcp_info  info;

    len = sizeof(struct tcp_info);

    if (getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &len) == 0) {
        return info.tcpi_state == TCP_CLOSE;
    }
#endif

    return 0;
}


/* Whether an event says that the client has closed, so that nobody has to ask. */
static ngx_uint_t
ngx_http_tlsdiag_hears_of_closing(void)
{
#if (NGX_HAVE_EPOLLRDHUP)
    if ((ngx_event_flags & NGX_USE_EPOLL_EVENT) && ngx_use_epoll_rdhup) {
        return 1;
    }
#endif

    return (ngx_event_flags & NGX_USE_KQUEUE_EVENT) ? 1 : 0;
}


/* The connection has been closed; what its pool holds is still there. */
static void
ngx_http_tlsdiag_closed(void *data)
{
    ngx_http_tlsdiag_begun_t  *begun = data;

    ngx_connection_t    *c;
    tlsdiag_before_tls   before = TLSDIAG_BEFORE_TLS_INIT;

    c = begun->connection;

    if (ngx_http_tlsdiag_running != begun) {
        return;
    }

    ngx_http_tlsdiag_running = NULL;

    switch (begun->seen) {

    case NGX_HTTP_TLSDIAG_CLOSED:
        before.end = TLSDIAG_BEFORE_TLS_CLOSED;
        break;

    case NGX_HTTP_TLSDIAG_RESET:
        before.end = TLSDIAG_BEFORE_TLS_RESET;
        break;

    case NGX_HTTP_TLSDIAG_TIMED_OUT:
        before.end = TLSDIAG_BEFORE_TLS_TIMED_OUT;
        break;

    case NGX_HTTP_TLSDIAG_BYTES:

        /*
         * With a header that nginx could read, the bytes behind it were given to http, which the log phase sees, or to
         * OpenSSL, at whose errors nginx sets this flag.
         */

        if (!begun->addr_conf->proxy_protocol || c->read->eof) {
            return;
        }

        if (begun->len < NGX_HTTP_TLSDIAG_KEPT) {
            return;
        }

        before.end = TLSDIAG_BEFORE_TLS_REFUSED;
        before.first = begun->first;
        before.first_length = begun->len;
        break;

    default: /* NGX_HTTP_TLSDIAG_UNSEEN */
        return;
    }

    before.expects_proxy_header = begun->addr_conf->proxy_protocol;

    ngx_http_tlsdiag_tell(c, begun->addr_conf, &before);
}


ngx_int_t
ngx_http_tlsdiag_log_handler(ngx_http_request_t *r)
{
    ngx_uint_t           status;
    ngx_connection_t    *c;
    tlsdiag_before_tls   before = TLSDIAG_BEFORE_TLS_INIT;

    /* with "log_subrequest on" subrequests are logged, too, and they have nothing that a client has sent */

    if (r != r->main || r->header_in == NULL) {
        return NGX_OK;
    }

    c = r->connection;

    /* what is answered was not closed before it could be */

    if (ngx_http_tlsdiag_running && ngx_http_tlsdiag_running->connection == c) {
        ngx_http_tlsdiag_running->seen = NGX_HTTP_TLSDIAG_UNSEEN;
    }

    if (!r->http_connection->ssl || c->ssl != NULL) {
        return NGX_OK;
    }

    /* a redirect to https:// is what somebody wants of this port */

    status = r->err_status ? r->err_status : r->headers_out.status;

    if (status >= NGX_HTTP_SPECIAL_RESPONSE && status < NGX_HTTP_BAD_REQUEST) {
        return NGX_OK;
    }

    before.end = TLSDIAG_BEFORE_TLS_REFUSED;

    /* header_in is that of the last header, where all of them need several buffers */

    if (r->request_line.len >= NGX_HTTP_TLSDIAG_KEPT
        && (r->request_line.data < r->header_in->start
            || r->request_line.data >= r->header_in->last))
    {
        before.first = r->request_line.data;
        before.first_length = r->request_line.len;

    } else {
        before.first = r->header_in->start;
        before.first_length = r->header_in->last - r->header_in->start;
    }

    if (c->timedout) {
        before.end = TLSDIAG_BEFORE_TLS_TIMED_OUT;

    } else if (c->error) {

        /* nginx was still reading */

        before.end = c->read->error ? TLSDIAG_BEFORE_TLS_RESET
                                    : TLSDIAG_BEFORE_TLS_CLOSED;

    } else if (before.first_length < NGX_HTTP_TLSDIAG_KEPT) {
        return NGX_OK;
    }

    ngx_http_tlsdiag_tell(c, r->http_connection->addr_conf, &before);

    return NGX_OK;
}


static void
ngx_http_tlsdiag_tell(ngx_connection_t *c, ngx_http_addr_conf_t *addr_conf,
    tlsdiag_before_tls *before)
{
    size_t               len;
    u_char               address[NGX_SOCKADDR_STRLEN + 1];
    ngx_tlsdiag_conf_t  *conf;

    conf = addr_conf->default_server->ctx->srv_conf
                                          [ngx_http_tlsdiag_module.ctx_index];

    if (conf->recorder == NULL) {
        return;
    }

    if (c->sockaddr->sa_family != AF_UNIX) {
        len = ngx_sock_ntop(c->sockaddr, c->socklen, address,
                            NGX_SOCKADDR_STRLEN, 0);
        address[len] = '\0';

        before->peer_address = (char *) address;
        before->peer_port = ngx_inet_get_port(c->sockaddr);
    }

    before->milliseconds = (unsigned) (ngx_current_msec - c->start_time);

    ngx_tlsdiag_before_tls(conf, c->log, before);
}
