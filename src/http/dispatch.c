/* The way of a request through a worker. Each step either lets it pass or fails with the error that becomes
 * its page. The order is part of the protection: who may do it is decided before anything of the body is
 * read. */
#include "base/base.h"
#include "http/form.h"
#include "http/headers.h"
#include "http/server.h"
#include "http/session.h"
#include "privacy/seal.h"

struct passage {
    struct http_server *server;
    const struct incoming *incoming;
    struct http_request request;
    struct http_response *response;
    int failure_status;    /* 0: from the error code */
    int64_t retry_seconds; /* 0: no Retry-After */
    bool answered;         /* the response is complete without a handler */
    bool has_session;      /* a well-formed token, whether it is known or not */
    uint8_t token[SESSION_TOKEN_BYTES];
};

enum { BUSY_RETRY_SECONDS = 5, UNCLAIMED_RETRY_SECONDS = 30 };

static int status_of(const struct error *error)
{
    switch (error->code) {
    case ERROR_INPUT:
    case ERROR_CRYPTO:
        return 400;
    case ERROR_DENIED:
        return 403;
    case ERROR_NOT_FOUND:
        return 404;
    case ERROR_CONFLICT:
        return 409;
    case ERROR_GONE:
        return 410;
    case ERROR_LIMIT:
        return slice_starts_with(slice_from_text(error->reason), S("rate-")) ? 429 : 413;
    case ERROR_BUSY:
        return 503;
    default:
        return 500;
    }
}

static bool has_permission(const struct passage *passage, enum permission permission)
{
    const struct http_route *route = passage->incoming->match.route;
    return route != NULL && route->permission == permission;
}

static enum error_code check_rate(struct passage *passage, struct error *error)
{
    const struct http_route *route = passage->incoming->match.route;
    if (passage->server->limiter == NULL)
        return OK;
    enum rate_class rate = route == NULL ? RATE_PAGE : route->rate;
    if (rate_limiter_allow(passage->server->limiter, &passage->incoming->client, rate,
                           &passage->retry_seconds))
        return OK;
    passage->failure_status = 429;
    return FAIL(error, ERROR_LIMIT, "rate-limited", "too many requests of class %d", (int)rate);
}

static void add_number_header(struct passage *passage, const char *name, int64_t value)
{
    http_add_header(passage->response, name, region_format(passage->request.region, "%" PRId64, value));
}

/* An installation without an owner shows nothing but the way to claim it; this text tells nothing of either.
 */
static enum error_code check_claimed(struct passage *passage, struct error *error)
{
    bool claimed = passage->server->policy.is_claimed(passage->server->application);
    if (claimed && has_permission(passage, PERMISSION_CLAIM))
        return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "the installation is claimed");
    if (claimed || has_permission(passage, PERMISSION_CLAIM) ||
        slice_equal(passage->incoming->path, S("/healthz")))
        return OK;
    response_set_text(passage->response, 503, S("Not available yet. / Nog niet beschikbaar.\n"));
    add_number_header(passage, "Retry-After", UNCLAIMED_RETRY_SECONDS);
    passage->answered = true;
    return OK;
}

static enum error_code check_route(struct passage *passage, struct error *error)
{
    const struct router_match *match = &passage->incoming->match;
    bool health = slice_equal(passage->incoming->path, S("/healthz"));
    if (passage->incoming->voice && !has_permission(passage, PERMISSION_ANONYMOUS) && !health)
        return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "this address takes answers and nothing else");
    if (match->route != NULL)
        return OK;
    if (match->path_known) {
        passage->failure_status = 405;
        return FAIL(error, ERROR_INPUT, "method-not-allowed", "this path has no such method");
    }
    if (passage->incoming->method == HTTP_GET && slice_equal(passage->incoming->path, S("/healthz"))) {
        response_set_text(passage->response, 200, S("ok\n"));
        passage->answered = true;
        return OK;
    }
    return FAIL(error, ERROR_NOT_FOUND, "route-unknown", "no route has this path");
}

/* Answer routes: not even looked at, so that no mistake further on can join an answer to a person. */
static enum error_code find_identity(struct passage *passage, struct error *error)
{
    struct http_request *request = &passage->request;
    if (request->route->permission == PERMISSION_ANONYMOUS)
        return OK;
    request->cookies = passage->incoming->cookie;
    request->user_agent = passage->incoming->user_agent;
    passage->has_session =
        session_token_read(passage->incoming->cookie, passage->server->secure, passage->token);
    if (!passage->has_session)
        return OK;
    request->csrf = session_csrf(passage->token, request->region);
    uint8_t hash[32];
    sha256(slice_from_bytes(passage->token, sizeof(passage->token)), hash);
    return passage->server->policy.identify(request, hash, error);
}

static enum error_code check_permission(struct passage *passage, struct error *error)
{
    struct http_request *request = &passage->request;
    enum permission permission = request->route->permission;
    if (permission < PERMISSION_SIGNED_IN)
        return OK;
    if (request->identity.person != 0)
        return passage->server->policy.authorise(request, permission, error);
    if (request->method == HTTP_GET) {
        http_redirect(request, passage->response, S("/signin"));
        passage->answered = true;
        return OK;
    }
    passage->failure_status = 401;
    return FAIL(error, ERROR_DENIED, "sign-in-needed", "nobody is signed in");
}

/* Where a POST comes from, as far as the browser says. Pages with "Referrer-Policy: no-referrer" make
 * browsers send "Origin: null" with forms, so that counts as no Origin; Sec-Fetch-Site tells then. */
static enum error_code check_origin(struct passage *passage, struct error *error)
{
    struct slice origin = passage->incoming->origin;
    struct slice site = passage->incoming->fetch_site;
    if (passage->request.method != HTTP_POST)
        return OK;
    if (origin.length > 0 && !slice_equal(origin, S("null")) &&
        !slice_equal(origin, passage->server->public_url))
        return FAIL(error, ERROR_DENIED, "origin-mismatch", "the page that sent this is not of %.*s",
                    SLICE_ARG(passage->server->public_url));
    if (passage->incoming->voice) /* another site than the page's, which is what it is for */
        return OK;
    if (site.length > 0 && !slice_equal(site, S("same-origin")) && !slice_equal(site, S("none")))
        return FAIL(error, ERROR_DENIED, "origin-mismatch", "the page that sent this is of another site");
    return OK;
}

static enum error_code read_body(struct passage *passage, struct error *error)
{
    struct http_request *request = &passage->request;
    const struct incoming *incoming = passage->incoming;
    bool fits = true, form = media_type_is(incoming->content_type, S("application/x-www-form-urlencoded"));
    if (request->method != HTTP_POST)
        return OK;
    if (request->route->body == BODY_NONE)
        fits = incoming->body.length == 0;
    else if (request->route->body == BODY_FORM)
        fits = form;
    else if (request->route->body == BODY_ANY)
        fits = true;
    else /* as plain text, browsers send it to another address without asking first */
        fits = media_type_is(incoming->content_type, S("application/json")) ||
               (incoming->voice && media_type_is(incoming->content_type, S("text/plain")));
    if (!fits) {
        passage->failure_status = 415;
        return FAIL(error, ERROR_INPUT, "body-type", "the body has the wrong media type");
    }
    if (request->route->body == BODY_FORM || (request->route->body == BODY_ANY && form))
        return form_parse(incoming->body, FORM_BODY, request->region, error, &request->form);
    request->body = incoming->body;
    return OK;
}

static bool equal_tokens(struct slice a, struct slice b)
{
    return a.length == b.length && a.length > 0 && equal_in_constant_time(a.data, b.data, a.length);
}

/* Without a session there is nothing to ride on; check_origin was all. */
static enum error_code check_csrf(struct passage *passage, struct error *error)
{
    const struct http_request *request = &passage->request;
    if (request->method != HTTP_POST || !passage->has_session)
        return OK;
    if (equal_tokens(passage->incoming->csrf_token, request->csrf) ||
        equal_tokens(http_form(request, "csrf"), request->csrf))
        return OK;
    return FAIL(error, ERROR_DENIED, "csrf-mismatch", "the form was not made for this session");
}

typedef enum error_code passage_step(struct passage *passage, struct error *error);

static enum error_code read_query(struct passage *passage, struct error *error)
{
    struct http_request *request = &passage->request;
    return form_parse(passage->incoming->query, FORM_QUERY, request->region, error, &request->query);
}

static enum error_code run_handler(struct passage *passage, struct error *error)
{
    TRY(passage->request.route->handler(&passage->request, passage->response, error));
    if (passage->response->body.failed || region_failed(passage->request.region))
        return FAIL(error, ERROR_MEMORY, "request-memory", "the response was too large or memory ended");
    return OK;
}

static enum error_code pass(struct passage *passage, struct error *error)
{
    static passage_step *const steps[] = {check_rate,       check_claimed, check_route,  find_identity,
                                          check_permission, read_query,    check_origin, read_body,
                                          check_csrf,       run_handler};
    for (size_t i = 0; i < COUNT_OF(steps) && !passage->answered; i++)
        TRY(steps[i](passage, error));
    return OK;
}

static void response_reset(struct http_response *response)
{
    struct buffer body = response->body;
    buffer_clear(&body);
    *response = (struct http_response){.body = body};
}

void response_set_text(struct http_response *response, int status, struct slice text)
{
    response->status = status;
    response->content_type = "text/plain; charset=utf-8";
    buffer_append(&response->body, text);
}

static void add_allow(struct passage *passage)
{
    const struct router_match *match = &passage->incoming->match;
    http_add_header(passage->response, "Allow",
                    !match->allows_post ? S("GET, HEAD")
                    : match->allows_get ? S("GET, HEAD, POST")
                                        : S("POST"));
}

/* Never of an answer route, not even that something failed: a line in a journal has a time. */
static void log_failure(const struct passage *passage, int status, const struct error *error)
{
    const struct http_route *route = passage->incoming->match.route;
    if (status < 500 || error->code == ERROR_BUSY || has_permission(passage, PERMISSION_ANONYMOUS))
        return;
    log_error(route == NULL ? "http" : route->pattern, error);
}

static void make_error_page(struct passage *passage, struct region *spare, const struct error *error)
{
    int status = passage->failure_status != 0 ? passage->failure_status : status_of(error);
    log_failure(passage, status, error);
    response_reset(passage->response);
    /* What the handler allocated may have used up its region. */
    passage->request.region = spare;
    passage->response->status = status;
    passage->server->policy.error_page(&passage->request, error, passage->response);
    if (passage->response->body.failed || region_failed(spare)) {
        region_clear(spare);
        response_reset(passage->response);
        response_set_text(passage->response, 500, S("Something went wrong. / Er ging iets mis.\n"));
        return;
    }
    passage->response->status = status;
    if (status == 405)
        add_allow(passage);
    if (status == 429 || status == 503)
        add_number_header(passage, "Retry-After",
                          passage->retry_seconds > 0 ? passage->retry_seconds : BUSY_RETRY_SECONDS);
}

/* Those of the first address, and no others. */
static void allow_pages_to_read(struct passage *passage)
{
    if (passage->incoming->voice)
        http_add_header(passage->response, "Access-Control-Allow-Origin", passage->server->public_url);
}

static struct passage passage_of(struct http_server *server, const struct incoming *incoming,
                                 struct worker *worker, struct http_response *response)
{
    const struct router_match *match = &incoming->match;
    struct passage passage = {
        .server = server,
        .incoming = incoming,
        .response = response,
        .request = {.application = server->application,
                    .server = server,
                    .route = match->route,
                    .method = incoming->method == HTTP_POST ? HTTP_POST : HTTP_GET,
                    .path = incoming->path,
                    .path_parameter_count = match->parameter_count,
                    .accept_language = incoming->accept_language,
                    .region = worker->region,
                    .session = worker->session,
                    .store = server->store,
                    .clock = server->clock,
                    .random = server->random},
    };
    memcpy(passage.request.path_parameters, match->parameters, sizeof(match->parameters));
    return passage;
}

void dispatch(struct http_server *server, const struct incoming *incoming, struct worker *worker,
              struct http_response *response, struct http_write *ret_write)
{
    struct passage passage = passage_of(server, incoming, worker, response);
    struct error error = {0};
    enum error_code code = pass(&passage, &error);
    struct http_write write = passage.request.write;
    if (code != OK && write.fn != NULL) {
        write.ended(write.context, code);
        write.fn = NULL;
    }
    if (code != OK)
        make_error_page(&passage, worker->spare, &error);
    allow_pages_to_read(&passage);
    *ret_write = write;
    wipe(passage.token, sizeof(passage.token));
}

void dispatch_failure(struct http_server *server, const struct incoming *incoming, struct worker *worker,
                      const struct error *error, struct http_response *response)
{
    struct passage passage = passage_of(server, incoming, worker, response);
    make_error_page(&passage, worker->spare, error);
    allow_pages_to_read(&passage);
}
