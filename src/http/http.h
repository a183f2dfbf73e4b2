/* The web server: the only place that knows libmicrohttpd. Event threads parse and send; a request with its
 * whole body is handed to a worker, which runs the route's handler in plain blocking code.
 *
 * A route is one row of a table in its feature; the permission is a mandatory argument of the ROUTE macro. */
#ifndef HECHT_HTTP_HTTP_H
#define HECHT_HTTP_HTTP_H

#include "base/base.h"
#include "store/store.h"

/* Who may call a route. The meaning of those with a team or organisation is decided by the policy that the
 * `people` feature supplies (http_policy). */
enum permission {
    PERMISSION_PUBLIC = 1, /* everybody; a session is read when there is one */
    PERMISSION_ANONYMOUS,  /* answer routes: cookies are not read, none is set, nothing is logged */
    PERMISSION_CLAIM,      /* only while the installation is not claimed */
    PERMISSION_SIGNED_IN,
    PERMISSION_TEAM_MEMBER,  /* member of the team named by :team */
    PERMISSION_TEAM_LEADER,  /* leader of the team named by :team */
    PERMISSION_TEAM_LEADING, /* leader of the team named by :team, or who stands in */
    PERMISSION_TEAM,         /* member or leader of the team named by :team, or who stands in */
    PERMISSION_TEAM_LIST, /* owner, leader of the team named by :team, or who stands in: who look after its list of people */
    PERMISSION_ORG_OWNER,
    PERMISSION_ORG_VIEWER, /* owner or viewer */
    PERMISSION_CONFIDANT,
    PERMISSION_AUDITOR,
    PERMISSION_COUNCIL,   /* a seat of the works council */
    PERMISSION_OVERSIGHT, /* owner, auditor or works council: who has which role */
    PERMISSION_EXAMPLE,   /* owner or works council: pages of others, with invented data */
    PERMISSION_LAST = PERMISSION_EXAMPLE,
};

enum http_method { HTTP_GET = 1, HTTP_POST };

/* Classes of limits on how often; see http/limits.c for the numbers. */
enum rate_class { RATE_PAGE = 1, RATE_FORM, RATE_SIGN_IN, RATE_TOKEN, RATE_ANSWER };

/* BODY_ANY: a form is read, anything else is not looked at (one-click unsubscribing comes in two media types). */
enum http_body { BODY_NONE = 1, BODY_FORM, BODY_JSON, BODY_ANY };

enum { HTTP_FIELDS_MAXIMUM = 400, HTTP_PATH_PARAMETERS_MAXIMUM = 4, HTTP_RESPONSE_MAXIMUM = 8 << 20 };

struct http_field {
    struct slice name;
    struct slice value; /* decoded, valid UTF-8 */
};

struct http_fields {
    struct http_field *items;
    size_t count;
};

/* The person behind a request; all zero when nobody is signed in. */
struct http_identity {
    int64_t org;
    int64_t person;        /* 0: nobody */
    struct slice name;     /* to show */
    struct slice language; /* "nl", "en" or empty */
    uint8_t session[32];   /* hash of the secret of this session, by which it is known */
};

struct http_server;
struct application; /* of src/app; handlers get it through request->application */

/* A write that a response waits for: http_respond_after_write. */
struct http_write {
    store_write_function *fn;
    /* Called exactly once, when the outcome is known (code), on any thread: releases context. Short, writes nothing. */
    void (*ended)(void *context, enum error_code code);
    void *context; /* of both; nothing of the request's region or session may be in it */
};

struct http_request {
    struct application *application; /* the http layer passes it on and never looks inside */
    struct http_server *server;
    const struct http_route *route;
    enum http_method method;
    struct slice path;
    struct http_field path_parameters[HTTP_PATH_PARAMETERS_MAXIMUM]; /* ":team" is named "team" */
    size_t path_parameter_count;
    struct http_fields query;
    struct http_fields form; /* BODY_FORM */
    struct slice body;       /* raw; BODY_JSON */
    struct slice accept_language;
    struct slice user_agent; /* to name a session; empty for PERMISSION_ANONYMOUS */
    struct slice cookies;    /* as they were sent; empty for PERMISSION_ANONYMOUS */
    struct http_identity identity;
    struct slice csrf;             /* token for the forms of this page; empty for PERMISSION_ANONYMOUS */
    struct region *region;         /* ends with the response */
    struct store_session *session; /* the worker's read connection */
    struct store *store;
    const struct clock *clock;
    struct random *random;
    struct http_write write; /* fn NULL: none */
};

/* How long a browser keeps the session cookie: as long as browsers do. When the session ends the server knows. */
enum { HTTP_SESSION_SECONDS = 400 * DAY_SECONDS };
enum { HTTP_HEADERS_MAXIMUM = 8 };

struct http_response {
    int status;               /* 200 unless set */
    const char *content_type; /* "text/html; charset=utf-8" unless set */
    struct buffer body;
    struct http_field headers[HTTP_HEADERS_MAXIMUM]; /* beside those that are always sent */
    size_t header_count;
    bool cacheable_forever; /* assets with their hash in the name */
};

/* A handler fills *response. A failure that it returns becomes an error page or problem+json (JSON routes)
 * through http_policy.error_page. */
typedef enum error_code http_handler(struct http_request *request, struct http_response *response,
                                     struct error *error);

/* For the last line of a handler whose response is complete, where many write at once: it is sent when the write has
 * become durable, and instead of it the error page when the write failed. The worker does not wait meanwhile, so that
 * few workers fill a commit. */
static inline enum error_code http_respond_after_write(struct http_request *request, struct http_write write)
{
    request->write = write;
    return OK;
}

struct http_route {
    enum http_method method;
    const char *pattern; /* "/teams/:team/promise"; a segment with ':' takes one segment */
    enum permission permission;
    enum http_body body;
    enum rate_class rate;
    http_handler *handler;
    const char *purpose; /* one English line for the documentation */
    size_t body_maximum; /* bytes; 0: LIMIT_BODY of http/limits.h (64 KiB). Set by ROUTE_LARGE only */
};

/* A permission of 0 does not compile (array of negative size). */
#define ROUTE(method_, pattern_, permission_, body_, rate_, handler_, purpose_)                              \
    {                                                                                                        \
        .method = (method_), .pattern = (pattern_),                                                          \
        .permission = (enum permission)((permission_) + 0 * sizeof(char[(permission_) > 0 ? 1 : -1])),       \
        .body = (body_), .rate = (rate_), .handler = (handler_), .purpose = (purpose_)                       \
    }

/* As ROUTE, for the few that take more than 64 KiB (a pasted list of people); body_maximum_ at most 8 MiB. */
#define ROUTE_LARGE(method_, pattern_, permission_, body_, rate_, handler_, purpose_, body_maximum_)         \
    {                                                                                                        \
        .method = (method_), .pattern = (pattern_),                                                          \
        .permission = (enum permission)((permission_) + 0 * sizeof(char[(permission_) > 0 ? 1 : -1])),       \
        .body = (body_), .rate = (rate_), .handler = (handler_), .purpose = (purpose_),                      \
        .body_maximum = (body_maximum_)                                                                      \
    }

struct http_route_table {
    const struct http_route *routes;
    size_t count;
};

/* Calls visit for every route, in the order of the tables: for documentation and the authorisation test. */
typedef void http_route_visitor(const struct http_route *route, void *context);
void http_route_list(const struct http_route_table *tables, size_t table_count, http_route_visitor *visit,
                     void *context);
const char *http_permission_name(enum permission permission); /* "team-leader" */

/* What the features supply, so that this layer need not know them. */
struct http_policy {
    /* Finds out who holds the session cookie (its SHA-256). Not found: OK with person 0. */
    enum error_code (*identify)(struct http_request *request, const uint8_t session_hash[32],
                                struct error *error);
    /* OK, ERROR_DENIED, or ERROR_NOT_FOUND (nobody signed in is handled before by a redirect to /signin). */
    enum error_code (*authorise)(struct http_request *request, enum permission permission,
                                 struct error *error);
    /* Turns a failure into a page; must not fail. response->status is set already (and is set again
     * afterwards), the rest of the response is empty. request->route is NULL when no route fits the path, and
     * the identity is that of nobody when the failure came before it was looked up. A handler's ERROR_LIMIT
     * is 429 when its reason begins with "rate-", else 413. Reasons made by this layer: "route-unknown",
     * "id-malformed", "method-not-allowed", "rate-limited", "sign-in-needed", "origin-mismatch",
     * "csrf-mismatch", "body-type", "form-syntax", "form-repeated", "form-too-many-fields", "query-syntax",
     * "form-expired", "request-memory". */
    void (*error_page)(struct http_request *request, const struct error *error,
                       struct http_response *response);
    /* While false, every route but PERMISSION_CLAIM, assets and /healthz answers 503. */
    bool (*is_claimed)(struct application *application);
    /* An asset by its public path "/assets/app.1a2b3c.css"; false when there is none. */
    bool (*asset)(struct slice path, bool accepts_gzip, struct slice *ret_content, const char **ret_type,
                  bool *ret_gzip);
};

struct http_options {
    const char *listen_address; /* "127.0.0.1" or "::1", ...; no names */
    uint16_t port;              /* 0: any free one, see http_server_port */
    const char *public_url;     /* "https://trust.example.org", NULL: http[s]://ADDRESS:PORT */
    /* PEM, of which privacy/tls_pair.h has said that they fit; NULL: without TLS. Must outlive the server. */
    const char *tls_certificate, *tls_key;
    /* A second address of this server, "https://voice.example.org": it has the routes of PERMISSION_ANONYMOUS and nothing
     * else, is told apart by the Host header, and may be called by the pages of public_url. NULL: there is none. */
    const char *voice_url;
    int workers;       /* 0: 8 */
    int event_threads; /* 0: 2 */
    /* 32 bytes, the same in all processes of an installation and over restarts: the key of the form ids for
     * people who are not signed in. NULL: a random one, so that such forms end with the process. Copied. */
    const uint8_t *form_key;
};

/* "127.0.0.1:8080", "[::1]:0". ERROR_INPUT, reason "listen-syntax". */
enum error_code http_parse_listen(struct slice text, struct error *error, struct region *region,
                                  const char **ret_address, uint16_t *ret_port) MUST_CHECK;
/* "https://trust.example.org", "http://[::1]:8080/": scheme, host and port in the one form that browsers send
 * in the Origin header (lower case, no default port, no slash). ERROR_INPUT, reason "url-syntax". */
enum error_code http_parse_url_origin(struct slice text, struct error *error, struct region *region,
                                      struct slice *ret_origin, bool *ret_secure) MUST_CHECK;

/* Can a phone use links to this public address? It makes keys only under https, and "localhost" is itself. */
bool http_url_is_for_phones(struct slice url);

/* Starts the threads and returns. A port that is taken: ERROR_IO, reason "port-in-use". Rate limits are off
 * when the environment has HECHT_RATE_LIMITS=off (for load tests). A client on this machine is known by the
 * last address in X-Forwarded-For, which a reverse proxy must set. store may be NULL: then request->session
 * is. application, store, clock, random, tables and what policy points to must outlive the server. */
enum error_code http_server_start(const struct http_options *options, const struct http_route_table *tables,
                                  size_t table_count, const struct http_policy *policy,
                                  struct application *application, struct store *store,
                                  const struct clock *clock, struct random *random, struct error *error,
                                  struct http_server **ret_server) MUST_CHECK;
/* Stops listening, finishes what workers do, resumes all suspended connections, frees. Takes NULL. */
struct http_server *http_server_stop(struct http_server *server);
uint16_t http_server_port(const struct http_server *server);
/* Without a slash at the end; made from --url, never from the Host header. */
struct slice http_server_public_url(const struct http_server *server);
/* Empty when there is none. */
struct slice http_server_voice_origin(const struct http_server *server);
bool http_server_is_secure(const struct http_server *server); /* public address is https */

/* ---- For handlers ---------------------------------------------------------------------------------------
 */

/* Value of a form field, query field or path parameter; empty when it is not there. A name that is sent twice
 * counts once: the first (form parsing refuses repeated names unless they end in "[]"). */
struct slice http_form(const struct http_request *request, const char *name);
struct slice http_query(const struct http_request *request, const char *name);
struct slice http_path(const struct http_request *request, const char *name);
/* A path parameter that is a positive id; ERROR_NOT_FOUND otherwise. */
enum error_code http_path_id(const struct http_request *request, const char *name, struct error *error,
                             int64_t *ret_id) MUST_CHECK;

void http_add_header(struct http_response *response, const char *name, struct slice value);
/* 303 to a path of this server. */
void http_redirect(struct http_request *request, struct http_response *response, struct slice path);
/* 303 to another site, by an absolute address that came from no visitor. */
void http_redirect_away(struct http_response *response, struct slice url);
/* A cookie beside the session's and as well kept ("__Host-" when the public address is https), gone after some seconds; 0: now.
 * value: characters of base64url. */
void http_cookie_set(struct http_request *request, struct http_response *response, const char *name,
                     struct slice value, int64_t seconds);
/* Empty when there is none. */
struct slice http_cookie(const struct http_request *request, const char *name);
/* Makes a session: returns the hash to store and sets the cookie (__Host- when the public address is https).
 */
void http_session_begin(struct http_request *request, struct http_response *response, uint8_t ret_hash[32]);
void http_session_end(struct http_request *request, struct http_response *response); /* clears the cookie */

/* One-time form ids: every form holds {once}; the store write that handles the form spends the id in its
 * transaction (SQL of the feature: ERROR_CONFLICT, reason "form-sent-twice"; the caller then redirects to
 * where the first one led). Ids are MACed by the server and bound to the session and the purpose.
 * http_once_check reads the field "once": ERROR_INPUT, reason "form-expired". */
struct slice http_once_make(struct http_request *request, const char *purpose);
enum error_code http_once_check(struct http_request *request, const char *purpose, struct error *error,
                                uint8_t ret_id[16]) MUST_CHECK;

#endif
