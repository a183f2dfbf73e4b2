/* The server between libmicrohttpd and the workers: reads a request completely, hands it over, sends the
 * answer. */
#include <microhttpd.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/base.h"
#include "http/address.h"
#include "http/headers.h"
#include "http/server.h"

enum {
    WORKERS_DEFAULT = 4,
    WORKERS_MAXIMUM = 256,
    EVENT_THREADS_DEFAULT = 2,
    EVENT_THREADS_MAXIMUM = 64,
    DESCRIPTORS_BESIDE = 256, /* files, databases, pipes */
    ADDRESS_MEMORY = 4 << 10,
};

/* ---- Reading --------------------------------------------------------------------------------------------
 */

/* The only place where the target is seen as it was sent. Must copy: the library decodes it in place. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    size_t length = strnlen(target, LIMIT_TARGET + 1);
    bool too_long = length > LIMIT_TARGET;
    if (too_long)
        length = 0;
    struct exchange *exchange = calloc(1, sizeof(*exchange) + 2 * length + 1);
    if (exchange == NULL)
        return NULL;
    exchange->server = context;
    exchange->connection = connection;
    exchange->state = EXCHANGE_NEW;
    exchange->target_too_long = too_long;
    exchange->scratch = exchange->target + length;
    memcpy(exchange->target, target, length);
    struct slice whole = slice_from_bytes(exchange->target, length);
    size_t question = slice_find_byte(whole, '?');
    exchange->incoming.path = slice_part(whole, 0, question);
    exchange->incoming.query = slice_from(whole, question + 1);
    return exchange;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **exchange_pointer,
                         enum MHD_RequestTerminationCode reason)
{
    (void)context;
    (void)connection;
    (void)reason;
    struct exchange *exchange = *exchange_pointer;
    *exchange_pointer = NULL;
    if (exchange == NULL)
        return;
    struct http_server *server = exchange->server;
    bool submitted = exchange->submitted;
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    buffer_free(&exchange->body);
    free(exchange);
    if (submitted)
        workers_completed(&server->workers);
}

/* Headers that the server looks at. Each may come once; two that contradict each other are how requests are
 * smuggled past a proxy. */
struct header_scan {
    struct exchange *exchange;
    struct slice content_length;
    struct slice transfer_encoding;
    struct slice forwarded;
    struct slice host;
    bool malformed;
};

static struct slice *header_place(struct header_scan *scan, struct slice name)
{
    struct incoming *incoming = &scan->exchange->incoming;
    const struct {
        struct slice name;
        struct slice *place;
    } table[] = {
        {S("Cookie"), &incoming->cookie},
        {S("Host"), &scan->host},
        {S("Accept-Language"), &incoming->accept_language},
        {S("User-Agent"), &incoming->user_agent},
        {S("Accept-Encoding"), &incoming->accept_encoding},
        {S("Sec-Fetch-Site"), &incoming->fetch_site},
        {S("Content-Type"), &incoming->content_type},
        {S("Content-Length"), &scan->content_length},
        {S("Origin"), &incoming->origin},
        {S("X-CSRF-Token"), &incoming->csrf_token},
        {S("Transfer-Encoding"), &scan->transfer_encoding},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (slice_equal_ignore_case(name, table[i].name))
            return table[i].place;
    return NULL;
}

static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *key, size_t key_length,
                                 const char *value, size_t value_length)
{
    (void)kind;
    struct header_scan *scan = context;
    struct slice name = slice_from_bytes(key, key_length);
    struct slice text = slice_from_bytes(value, value_length);
    /* Proxies may add a line each; the last one is the nearest. */
    if (slice_equal_ignore_case(name, S("X-Forwarded-For"))) {
        scan->forwarded = text;
        return MHD_YES;
    }
    struct slice *place = header_place(scan, name);
    if (place == NULL)
        return MHD_YES;
    if (place->data != NULL && place != &scan->exchange->incoming.user_agent) /* decides nothing */
        scan->malformed = true;
    *place = text;
    return MHD_YES;
}

/* A proxy on this machine tells whom it speaks for; anybody else could write anything. */
static void find_client(struct exchange *exchange, struct slice forwarded)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info == NULL ? NULL : info->client_addr;
    struct client_address *client = &exchange->incoming.client;
    *client = client_address_of_socket(address);
    if (address != NULL && socket_address_is_loopback(address))
        client_address_forwarded(forwarded, client); /* unchanged when it is no address */
}

static enum MHD_Result send_response(struct exchange *exchange, int status, struct MHD_Response *response)
{
    exchange->state = EXCHANGE_ANSWERED;
    if (response == NULL)
        return MHD_NO; /* no memory: the connection is closed */
    enum MHD_Result result = MHD_queue_response(exchange->connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

/* Of the server itself, before a worker has seen the request. The connection is closed, because what follows
 * on it cannot be trusted or is not wanted. */
static enum MHD_Result refuse(struct exchange *exchange, int status)
{
    struct slice text = status == 413   ? S("The request is too large. / Het verzoek is te groot.\n")
                        : status == 414 ? S("The address is too long. / Het adres is te lang.\n")
                        : status == 411 ? S("Length required. / De lengte ontbreekt.\n")
                                        : S("Bad request. / Onjuist verzoek.\n");
    return send_response(exchange, status, response_make_text(exchange->server, text, true));
}

static enum MHD_Result refuse_busy(struct exchange *exchange)
{
    struct MHD_Response *response = response_make_text(
        exchange->server, S("Very busy, try again. / Erg druk, probeer het nog eens.\n"), true);
    if (response != NULL && MHD_add_response_header(response, "Retry-After", "2") != MHD_YES) {
        MHD_destroy_response(response);
        response = NULL;
    }
    return send_response(exchange, 503, response);
}

static int method_of(const char *method)
{
    struct slice name = slice_from_text(method);
    if (slice_equal(name, S("GET")) || slice_equal(name, S("HEAD")))
        return HTTP_GET;
    return slice_equal(name, S("POST")) ? HTTP_POST : 0;
}

static size_t body_maximum(const struct exchange *exchange)
{
    const struct http_route *route = exchange->incoming.match.route;
    if (exchange->incoming.method == HTTP_GET)
        return 0;
    return route != NULL && route->body_maximum > 0 ? route->body_maximum : LIMIT_BODY;
}

/* After the headers, before the body. */
static enum MHD_Result begin(struct exchange *exchange, const char *method)
{
    struct http_server *server = exchange->server;
    struct incoming *incoming = &exchange->incoming;
    struct header_scan scan = {.exchange = exchange};
    int64_t length = 0;

    MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, on_header, &scan);
    if (exchange->target_too_long)
        return refuse(exchange, 414);
    if (scan.transfer_encoding.data != NULL)
        return refuse(exchange, 411); /* browsers and our client always know the length */
    if (scan.malformed ||
        (scan.content_length.data != NULL && !slice_to_integer(scan.content_length, 0, INT64_MAX, &length)))
        return refuse(exchange, 400);

    incoming->method = method_of(method);
    find_client(exchange, scan.forwarded);
    incoming->voice = server->voice_host.length > 0 && slice_equal_ignore_case(scan.host, server->voice_host);
    if (incoming->voice)
        incoming->cookie = (struct slice){0};
    router_find(server->router, incoming->method, incoming->path, exchange->scratch, &incoming->match);
    size_t maximum = body_maximum(exchange);
    if (maximum == 0 && length > 0)
        return refuse(exchange, 413);
    exchange->state = EXCHANGE_READING;
    if ((uint64_t)length > maximum) {
        if (length > LIMIT_BODY_DISCARDED)
            return refuse(exchange, 413);
        exchange->state = EXCHANGE_DISCARDING;
    }
    exchange->body = BUFFER(maximum);
    exchange->body_deadline = clock_milliseconds(server->clock) + INT64_C(1000) * LIMIT_BODY_SECONDS;
    return MHD_YES;
}

static enum MHD_Result receive(struct exchange *exchange, const char *data, size_t *length)
{
    /* The library's time limit is about silence; this one is about a client that sends a byte now and then.
     */
    if (clock_milliseconds(exchange->server->clock) > exchange->body_deadline)
        return MHD_NO;
    if (exchange->state == EXCHANGE_READING)
        buffer_append_bytes(&exchange->body, data, *length);
    *length = 0;
    return MHD_YES;
}

static bool is_asset_request(const struct exchange *exchange)
{
    return exchange->incoming.method == HTTP_GET && slice_starts_with(exchange->incoming.path, S("/assets/"));
}

/* The request is complete. */
static enum MHD_Result finish(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    struct slice content;
    const char *type;
    bool gzip;
    if (exchange->state == EXCHANGE_DISCARDING)
        return refuse(exchange, 413);
    if (exchange->body.failed)
        return refuse_busy(exchange); /* the length was checked, so memory has ended */
    exchange->incoming.body = buffer_slice(&exchange->body);
    if (is_asset_request(exchange) &&
        server->policy.asset(exchange->incoming.path, accepts_gzip(exchange->incoming.accept_encoding),
                             &content, &type, &gzip))
        return send_response(exchange, 200, response_make_asset(server, content, type, gzip));
    return workers_submit(exchange) ? MHD_YES : refuse_busy(exchange);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data, size_t *length,
                                  void **exchange_pointer)
{
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    struct exchange *exchange = *exchange_pointer;
    if (exchange == NULL)
        return MHD_NO; /* no memory */
    switch (exchange->state) {
    case EXCHANGE_NEW:
        return begin(exchange, method);
    case EXCHANGE_READING:
    case EXCHANGE_DISCARDING:
        return *length > 0 ? receive(exchange, data, length) : finish(exchange);
    case EXCHANGE_SUBMITTED: {
        struct MHD_Response *response = exchange->response;
        exchange->response = NULL;
        return send_response(exchange, exchange->status, response);
    }
    case EXCHANGE_ANSWERED:
        *length = 0; /* a body that was refused */
        return MHD_YES;
    }
    return MHD_NO;
}

/* Paths and queries are decoded by our own strict code. */
static size_t leave_escaped(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

/* ---- Starting and stopping ------------------------------------------------------------------------------
 */

/* 2000 connections need as many descriptors, and many shells allow 1024. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    rlim_t wanted = LIMIT_CONNECTIONS + DESCRIPTORS_BESIDE;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &limit); /* refused: then fewer connections */
}

static enum error_code set_public_url(struct http_server *server, const struct http_options *options,
                                      struct error *error)
{
    const char *address = options->listen_address;
    struct slice text = slice_from_text(options->public_url);
    if (options->public_url == NULL)
        text = region_format(server->region, strchr(address, ':') == NULL ? "%s://%s:%u" : "%s://[%s]:%u",
                             options->tls_certificate != NULL ? "https" : "http", address, server->port);
    return http_parse_url_origin(text, error, server->region, &server->public_url, &server->secure);
}

static enum error_code set_voice(struct http_server *server, const struct http_options *options,
                                 struct error *error)
{
    bool secure = server->secure;
    if (options->voice_url != NULL) {
        TRY(http_parse_url_origin(slice_from_text(options->voice_url), error, server->region,
                                  &server->voice_origin, &secure));
        if (slice_equal(server->voice_origin, server->public_url) || secure != server->secure)
            return FAIL(error, ERROR_INPUT, "voice-origin",
                        "the address for answers must be another host than %.*s, with http or https as there",
                        SLICE_ARG(server->public_url));
        server->voice_host =
            slice_from(server->voice_origin, slice_find(server->voice_origin, S("://")) + strlen("://"));
    }
    server->content_policy = response_content_policy(server->voice_origin, server->region);
    return server->content_policy != NULL
               ? OK
               : FAIL(error, ERROR_MEMORY, "memory", "no memory for the web server");
}

/* What browsers of the last ten years speak. */
static const char TLS_PRIORITIES[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static enum error_code start_daemon(struct http_server *server, const struct http_options *given,
                                    int event_threads, int listen_socket, struct error *error)
{
    bool tls = given->tls_certificate != NULL;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (tls ? MHD_USE_TLS : 0U);
    struct MHD_OptionItem tls_options[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)given->tls_certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)given->tls_key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned per_address = server->behind_proxy ? 0 : LIMIT_CONNECTIONS_PER_ADDRESS;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, listen_socket, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, LIMIT_CONNECTIONS, NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)per_address, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, LIMIT_IDLE_SECONDS, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, server},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escaped, NULL},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, server},
        /* A pool of one is refused; without the option there is one thread. */
        {event_threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, event_threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, server, MHD_OPTION_ARRAY, options,
                                      tls ? MHD_OPTION_ARRAY : MHD_OPTION_END, tls_options, MHD_OPTION_END);
    if (server->daemon == NULL)
        return FAIL(error, ERROR_IO, "http-start",
                    "the web server did not start (threads, descriptors or memory)");
    return OK;
}

static int between(int value, int standard, int maximum)
{
    return value <= 0 ? standard : value > maximum ? maximum : value;
}

/* Signals are for the main thread only; new threads inherit the mask. */
static enum error_code start_threads(struct http_server *server, const struct http_options *options,
                                     int listen_socket, struct error *error)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    enum error_code code =
        workers_start(server, between(options->workers, WORKERS_DEFAULT, WORKERS_MAXIMUM), error);
    if (code == OK)
        code = start_daemon(server, options,
                            between(options->event_threads, EVENT_THREADS_DEFAULT, EVENT_THREADS_MAXIMUM),
                            listen_socket, error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

static bool limits_are_off(void)
{
    return slice_equal(slice_from_text(getenv("HECHT_RATE_LIMITS")), S("off"));
}

static void free_server(struct http_server *server)
{
    rate_limiter_free(server->limiter);
    router_free(server->router);
    region_free(server->region);
    free(server);
}

/* All that needs no thread and no socket. */
static enum error_code prepare(struct http_server *server, const struct http_options *options,
                               const struct http_route_table *tables, size_t table_count, struct error *error)
{
    server->region = region_new(ADDRESS_MEMORY);
    if (server->region == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the web server");
    TRY(router_make(tables, table_count, error, &server->router));
    if (options->form_key != NULL)
        memcpy(server->form_key, options->form_key, sizeof(server->form_key));
    else
        random_bytes(server->random, server->form_key, sizeof(server->form_key));
    if (limits_are_off())
        return OK;
    server->limiter = rate_limiter_new(server->clock, server->random);
    return server->limiter != NULL ? OK
                                   : FAIL(error, ERROR_MEMORY, "memory", "no memory for the rate limits");
}

static enum error_code open_and_start(struct http_server *server, const struct http_options *options,
                                      struct error *error)
{
    int listen_socket = -1;
    TRY(listen_socket_open(options->listen_address, options->port, error, &listen_socket, &server->port,
                           &server->behind_proxy));
    raise_descriptor_limit();
    enum error_code code = set_public_url(server, options, error);
    if (code == OK)
        code = set_voice(server, options, error);
    if (code == OK) {
        code = start_threads(server, options, listen_socket, error);
        if (code != OK) {
            workers_stop(server);
            workers_free(&server->workers);
        }
    }
    if (code != OK)
        close(listen_socket);
    return code;
}

enum error_code http_server_start(const struct http_options *options, const struct http_route_table *tables,
                                  size_t table_count, const struct http_policy *policy,
                                  struct application *application, struct store *store,
                                  const struct clock *clock, struct random *random, struct error *error,
                                  struct http_server **ret_server)
{
    struct http_server *server = calloc(1, sizeof(*server));
    if (server == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the web server");
    server->policy = *policy;
    server->application = application;
    server->store = store;
    server->clock = clock;
    server->random = random;
    enum error_code code = prepare(server, options, tables, table_count, error);
    if (code == OK)
        code = open_and_start(server, options, error);
    if (code != OK) {
        free_server(server);
        return code;
    }
    *ret_server = server;
    return OK;
}

struct http_server *http_server_stop(struct http_server *server)
{
    if (server == NULL)
        return NULL;
    MHD_socket listen_socket = MHD_quiesce_daemon(server->daemon);
    if (listen_socket != MHD_INVALID_SOCKET)
        close(listen_socket);
    workers_stop(server);
    MHD_stop_daemon(server->daemon);
    workers_free(&server->workers);
    free_server(server);
    return NULL;
}
