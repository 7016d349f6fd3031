/*
 * tlsdiag in Apache httpd: records the TLS handshakes of mod_ssl's servers, and of its proxies.
 *
 *     TLSDiagLog path | "|program" | off       server config, virtual host
 *     TLSDiagFailuresOnly On | Off             server config, virtual host
 *     TLSDiagExpiresWithin days                server config
 *
 * A failure is a line in the error log at warn as soon as the module is loaded, a note one at info; the log takes whole records. Requests have
 * TLSDIAG_OUTCOME, TLSDIAG_JA4 and, where there is something to say, TLSDIAG_CAUSE in their environment, for LogFormat's
 * %{TLSDIAG_CAUSE}e, for CGI and for expressions. "off" records nothing.
 *
 * All of it is one file, as apxs takes a module: settings, what becomes of a handshake, and the hooks at the end.
 *
 * It hears of SSL objects through the optional hooks of mod_ssl's mod_ssl_openssl.h, and sees them through tlsdiag.h alone.
 */

#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"
#include "http_core.h"
#include "http_log.h"
#include "http_protocol.h"
#include "http_request.h"
#include "http_vhost.h"

#include "apr_optional_hooks.h"
#include "apr_hash.h"
#include "apr_strings.h"

#include <tlsdiag.h>

module AP_MODULE_DECLARE_DATA tlsdiag_module;

APLOG_USE_MODULE(tlsdiag);

/* mod_ssl_openssl.h is not among the headers that distributions install. Its hooks, with pointers that we only hand on. */
typedef int ssl_HOOK_init_server_t(server_rec *s, apr_pool_t *p, int is_proxy, void *ctx);
typedef int ssl_HOOK_pre_handshake_t(conn_rec *c, void *ssl, int is_proxy);

typedef struct {
    const char *name;          /* of the log; NULL: not said */
    int off;
    int failures_only;         /* -1: not said */
    int expires_within;        /* days, of the main server; 0: nobody is warned */
    apr_file_t *log;
    tlsdiag_recorder *recorder;
    server_rec *server;
} server_settings;

/*
 * The connection whose first handshake this thread runs: mod_ssl announces it here, then stays in this thread until the
 * handshake is over. What a recorder tells meanwhile is about it.
 */
static __thread conn_rec *connection;
static __thread void *connection_ssl;

static server_settings *settings_of(server_rec *s)
{
    return ap_get_module_config(s->module_config, &tlsdiag_module);
}

/* --- a handshake has finished ------------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    server_rec *found;
} wanted_vhost;

static int is_named(server_rec *s, const char *name)
{
    if (s->server_hostname && !strcasecmp(name, s->server_hostname)) {
        return 1;
    }
    for (int i = 0; s->names && i < s->names->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(s->names, i, const char *);
        if (alias && !strcasecmp(name, alias)) {
            return 1;
        }
    }
    for (int i = 0; s->wild_names && i < s->wild_names->nelts; i++) {
        const char *alias = APR_ARRAY_IDX(s->wild_names, i, const char *);
        if (alias && !ap_strcasecmp_match(name, alias)) {
            return 1;
        }
    }
    return 0;
}

static int match_vhost(void *baton, conn_rec *c, server_rec *s)
{
    wanted_vhost *wanted = baton;
    (void) c;
    if (!wanted->found && is_named(s, wanted->name)) {
        wanted->found = s;
    }
    return wanted->found != NULL;
}

/* The virtual host that the client's server_name leads to, as mod_ssl finds it. */
static server_settings *settings_by_name(const tlsdiag_handshake *handshake, conn_rec *c, server_settings *otherwise)
{
    wanted_vhost wanted = { NULL, NULL };
    tlsdiag_role role;
    if (tlsdiag_handshake_role(handshake, &role) == TLSDIAG_OK && role == TLSDIAG_ROLE_SERVER
        && tlsdiag_handshake_server_name(handshake, &wanted.name) == TLSDIAG_OK && wanted.name) {
        ap_vhost_iterate_given_conn(c, match_vhost, &wanted);
    }
    return wanted.found ? settings_of(wanted.found) : otherwise;
}

/* One write for the whole line, so that the lines of several processes do not mix. */
static void write_record(const tlsdiag_handshake *handshake, server_settings *settings)
{
    char *json;
    if (tlsdiag_handshake_to_json(handshake, &json) != TLSDIAG_OK) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, settings->server, "tlsdiag: %s", tlsdiag_last_error());
        return;
    }
    struct iovec line[] = { { json, strlen(json) }, { (void *) "\n", 1 } };
    apr_size_t written = 0;
    apr_status_t status = apr_file_writev(settings->log, line, 2, &written);
    if (status != APR_SUCCESS || written != line[0].iov_len + 1) {
        ap_log_error(APLOG_MARK, APLOG_ERR, status, settings->server,
                     "tlsdiag: a record could not be written to %s: %" APR_SIZE_T_FMT " of %" APR_SIZE_T_FMT " bytes",
                     settings->name, written, line[0].iov_len + 1);
    }
    tlsdiag_string_free(json);
}

static void on_handshake(const tlsdiag_handshake *handshake, void *userdata)
{
    server_settings *settings = userdata;
    const char *cause, *line;
    size_t notes, earlier;
    void *ssl;
    conn_rec *c = NULL;
    if (tlsdiag_handshake_ssl(handshake, &ssl) == TLSDIAG_OK && ssl && ssl == connection_ssl) {
        c = connection;
        settings = settings_by_name(handshake, c, settings);
    }
    if (settings->off || tlsdiag_handshake_cause(handshake, &cause) != TLSDIAG_OK
        || tlsdiag_handshake_note_count(handshake, &notes) != TLSDIAG_OK
        || tlsdiag_handshake_earlier_count(handshake, &earlier) != TLSDIAG_OK) {
        return;
    }
    /* What is no failure is told at a level that nobody is woken up by. */
    if ((cause || notes || earlier) && tlsdiag_handshake_one_line(handshake, &line) == TLSDIAG_OK) {
        int level = cause ? APLOG_WARNING : APLOG_INFO;
        if (c) {
            ap_log_cerror(APLOG_MARK, level, 0, c, "tlsdiag: %s", line);
        }
        else {
            ap_log_error(APLOG_MARK, level, 0, settings->server, "tlsdiag: %s", line);
        }
    }
    if (settings->log && (cause || notes || earlier || settings->failures_only != 1)) {
        write_record(handshake, settings);
    }
}

/* --- mod_ssl's hooks --------------------------------------------------------------------------------------------- */

static void complain(server_settings *settings)
{
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, settings->server, "tlsdiag: handshakes are not recorded: %s",
                 tlsdiag_last_error());
}

/* A server's context, or that of its proxies, is ready. */
static int on_init_server(server_rec *s, apr_pool_t *p, int is_proxy, void *ctx)
{
    server_settings *settings = settings_of(s);
    (void) p;
    (void) is_proxy;
    if (settings->recorder && tlsdiag_recorder_attach_ctx(settings->recorder, ctx) != TLSDIAG_OK) {
        complain(settings);
    }
    return OK;
}

static apr_status_t forget_connection(void *data)
{
    if (connection == data) {
        connection = NULL;
        connection_ssl = NULL;
    }
    return APR_SUCCESS;
}

/* A connection begins. OpenSSL does not know its peer, since mod_ssl reads and writes for it. */
static int on_pre_handshake(conn_rec *c, void *ssl, int is_proxy)
{
    server_settings *settings = settings_of(c->base_server);
    tlsdiag_attach_options options = TLSDIAG_ATTACH_OPTIONS_INIT;
    if (!settings->recorder) {
        return OK;
    }
    options.peer_address = c->client_ip;
    options.peer_port = c->client_addr->port;
    if (tlsdiag_recorder_attach_ssl_with(settings->recorder, ssl, &options) != TLSDIAG_OK) {
        complain(settings);
        return OK;
    }
    connection = c;
    connection_ssl = ssl;
    apr_pool_cleanup_register(c->pool, c, forget_connection, apr_pool_cleanup_null);
    if (!is_proxy) {
        ap_set_module_config(c->conn_config, &tlsdiag_module, ssl);
    }
    return OK;
}

/* --- requests ---------------------------------------------------------------------------------------------------- */

static void set_variable(request_rec *r, const char *name, const char *value)
{
    if (value) {
        apr_table_set(r->subprocess_env, name, value);
    }
}

/* Early, so that expressions and the log of a request that is refused have them too. */
static int on_request(request_rec *r)
{
    conn_rec *c = r->connection->master ? r->connection->master : r->connection;
    void *ssl = ap_get_module_config(c->conn_config, &tlsdiag_module);
    server_settings *settings = settings_of(c->base_server);
    tlsdiag_handshake *handshake;
    tlsdiag_outcome outcome;
    const char *text;
    if (!ssl || !settings->recorder
        || tlsdiag_recorder_latest_for_ssl(settings->recorder, ssl, &handshake) != TLSDIAG_OK) {
        return DECLINED;
    }
    if (tlsdiag_handshake_outcome(handshake, &outcome) == TLSDIAG_OK) {
        set_variable(r, "TLSDIAG_OUTCOME", tlsdiag_outcome_str(outcome));
    }
    if (tlsdiag_handshake_cause(handshake, &text) == TLSDIAG_OK) {
        set_variable(r, "TLSDIAG_CAUSE", text);
    }
    if (tlsdiag_handshake_ja4(handshake, &text) == TLSDIAG_OK) {
        set_variable(r, "TLSDIAG_JA4", text);
    }
    tlsdiag_handshake_free(handshake);
    return DECLINED;
}

/* --- settings ---------------------------------------------------------------------------------------------------- */

static void *create_settings(apr_pool_t *p, server_rec *s)
{
    server_settings *settings = apr_pcalloc(p, sizeof *settings);
    settings->failures_only = -1;
    settings->server = s;
    return settings;
}

static void *merge_settings(apr_pool_t *p, void *base, void *overriding)
{
    server_settings *above = base, *own = overriding;
    server_settings *merged = apr_pmemdup(p, own, sizeof *own);
    if (!own->name) {
        merged->name = above->name;
        merged->off = above->off;
    }
    if (own->failures_only < 0) {
        merged->failures_only = above->failures_only;
    }
    return merged;
}

static const char *set_log(cmd_parms *cmd, void *unused, const char *name)
{
    server_settings *settings = settings_of(cmd->server);
    (void) unused;
    settings->name = name;
    settings->off = !strcasecmp(name, "off");
    return NULL;
}

static const char *set_failures_only(cmd_parms *cmd, void *unused, int on)
{
    (void) unused;
    settings_of(cmd->server)->failures_only = on;
    return NULL;
}

static const char *set_expires_within(cmd_parms *cmd, void *unused, const char *days)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    char *end;
    apr_int64_t number = apr_strtoi64(days, &end, 10);
    (void) unused;
    if (error) {
        return error;
    }
    if (*end || number < 1 || number > 36500) {
        return "TLSDiagExpiresWithin takes a number of days from 1 to 36500";
    }
    settings_of(cmd->server)->expires_within = (int) number;
    return NULL;
}

/* While httpd is still root, and before its children are there to inherit it. */
static apr_status_t open_log(server_settings *settings, apr_pool_t *p, apr_hash_t *open)
{
    apr_status_t status = APR_SUCCESS;
    settings->log = apr_hash_get(open, settings->name, APR_HASH_KEY_STRING);
    if (settings->log) {
        return APR_SUCCESS;
    }
    if (*settings->name == '|') {
        piped_log *program = ap_open_piped_log(p, settings->name + 1);
        settings->log = program ? ap_piped_log_write_fd(program) : NULL;
        status = program ? APR_SUCCESS : APR_EGENERAL;
    }
    else {
        const char *path = ap_server_root_relative(p, settings->name);
        status = path ? apr_file_open(&settings->log, path, APR_WRITE | APR_APPEND | APR_CREATE | APR_LARGEFILE,
                                      APR_UREAD | APR_UWRITE | APR_GREAD, p)
                      : APR_EBADPATH;
    }
    if (status == APR_SUCCESS) {
        apr_hash_set(open, settings->name, APR_HASH_KEY_STRING, settings->log);
    }
    return status;
}

static int open_logs(apr_pool_t *p, apr_pool_t *log, apr_pool_t *temporary, server_rec *servers)
{
    apr_hash_t *open = apr_hash_make(temporary);
    (void) log;
    for (server_rec *s = servers; s; s = s->next) {
        server_settings *settings = settings_of(s);
        if (!settings->name || settings->off) {
            continue;
        }
        apr_status_t status = open_log(settings, p, open);
        if (status != APR_SUCCESS) {
            ap_log_error(APLOG_MARK, APLOG_CRIT, status, s, "tlsdiag: TLSDiagLog %s cannot be opened for writing",
                         settings->name);
            return HTTP_INTERNAL_SERVER_ERROR;
        }
    }
    return OK;
}

static apr_status_t free_recorder(void *data)
{
    server_settings *settings = data;
    tlsdiag_recorder_free(settings->recorder);
    settings->recorder = NULL;
    return APR_SUCCESS;
}

/* Before mod_ssl makes its contexts. */
static int make_recorders(apr_pool_t *p, apr_pool_t *log, apr_pool_t *temporary, server_rec *servers)
{
    /*
     * A server name may lead a handshake to a virtual host with other settings than the one that it began at, so recorders
     * are told to leave something out only if all agree.
     */
    tlsdiag_recorder_options options = TLSDIAG_RECORDER_OPTIONS_INIT;
    options.failures_only = 1;
    options.keep_latest = 1;
    options.expires_within_days = settings_of(servers)->expires_within;
    (void) log;
    (void) temporary;
    for (server_rec *s = servers; s; s = s->next) {
        server_settings *settings = settings_of(s);
        if (settings->log && settings->failures_only != 1) {
            options.failures_only = 0;
        }
    }
    for (server_rec *s = servers; s; s = s->next) {
        server_settings *settings = settings_of(s);
        if (settings->off || settings->recorder) {
            continue;
        }
        if (tlsdiag_recorder_new(&options, &settings->recorder) != TLSDIAG_OK
            || tlsdiag_recorder_on_handshake(settings->recorder, on_handshake, settings) != TLSDIAG_OK) {
            complain(settings);
            continue;
        }
        apr_pool_cleanup_register(p, settings, free_recorder, apr_pool_cleanup_null);
    }
    return OK;
}

static const command_rec commands[] = {
    AP_INIT_TAKE1("TLSDiagLog", set_log, NULL, RSRC_CONF,
                  "where the records of handshakes go, one JSON object a line: a file, \"|program\", or off"),
    AP_INIT_FLAG("TLSDiagFailuresOnly", set_failures_only, NULL, RSRC_CONF,
                 "whether only handshakes with something to say are written"),
    AP_INIT_TAKE1("TLSDiagExpiresWithin", set_expires_within, NULL, RSRC_CONF,
                  "how many days before a certificate ends whoever shows it is warned of"),
    { NULL }
};

static void register_hooks(apr_pool_t *p)
{
    (void) p;
    ap_hook_open_logs(open_logs, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(make_recorders, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_post_read_request(on_request, NULL, NULL, APR_HOOK_FIRST);
    APR_OPTIONAL_HOOK(ssl, init_server, on_init_server, NULL, NULL, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ssl, pre_handshake, on_pre_handshake, NULL, NULL, APR_HOOK_MIDDLE);
}

module AP_MODULE_DECLARE_DATA tlsdiag_module = {
    STANDARD20_MODULE_STUFF,
    NULL,
    NULL,
    create_settings,
    merge_settings,
    commands,
    register_hooks,
#if defined(AP_MODULE_FLAG_NONE)
    AP_MODULE_FLAG_NONE
#endif
};
