/* What the files of this folder share about a running server and a request on its way. Not for others. */
#ifndef HECHT_HTTP_SERVER_H
#define HECHT_HTTP_SERVER_H

#include <pthread.h>

#include "http/limits.h"
#include "http/router.h"

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;

/* A request as it came, before anything was decided. The slices live in the exchange or in the memory of the
 * connection, which stays as it is while the connection is suspended. */
struct incoming {
    int method; /* enum http_method, HEAD counts as GET; 0: any other */
    struct slice path;
    struct slice query;
    struct slice body;
    struct slice cookie;
    struct slice content_type;
    struct slice origin;
    struct slice fetch_site; /* Sec-Fetch-Site */
    struct slice csrf_token; /* X-CSRF-Token */
    bool voice;              /* came by the second address */
    struct slice accept_language;
    struct slice user_agent;
    struct slice accept_encoding;
    struct client_address client;
    struct router_match match;
};

enum exchange_state {
    EXCHANGE_NEW = 1,
    EXCHANGE_READING,
    EXCHANGE_DISCARDING, /* the body is too long; it is read and dropped */
    EXCHANGE_SUBMITTED,  /* suspended, belongs to queue, worker or store; then resumed with its response */
    EXCHANGE_ANSWERED,
};

/* One request and its response. Made when the request line was read, freed when libmicrohttpd is done with
 * it. Only one thread touches it at a time: the event thread of its connection, or, while suspended, a
 * worker, and after it the store's writer. */
struct exchange {
    struct http_server *server;
    struct MHD_Connection *connection;
    struct exchange *next; /* in the queue */
    enum exchange_state state;
    bool submitted;
    bool target_too_long;
    struct incoming incoming;
    struct buffer body;
    size_t discarded;
    int64_t body_deadline; /* milliseconds */
    int status;
    struct MHD_Response *response; /* made by the worker; NULL when there was no memory for it */
    struct http_write write;       /* the response waits for it */
    struct error *failure;         /* of that write: a worker makes the error page */
    char *scratch;                 /* as long as target; decoded path parameters */
    char target[];
};

struct worker {
    pthread_t thread;
    struct http_server *server;
    struct store_session *session;
    struct region *region;
    struct region *spare; /* for the error page and the response when region is full */
};

/* A bounded queue and those who empty it. The mutex guards all but the workers' own things. */
struct workers {
    pthread_mutex_t mutex;
    pthread_cond_t work;
    pthread_cond_t done;
    struct exchange *first;
    struct exchange *last;
    size_t queued;
    size_t in_flight; /* submitted and not yet completely sent */
    size_t writing;   /* of them, those that wait for their write */
    bool stopping;
    int count; /* of running threads */
    struct worker *all;
};

struct http_server {
    struct MHD_Daemon *daemon;
    struct router *router;
    struct rate_limiter *limiter; /* NULL: switched off */
    struct http_policy policy;
    struct application *application;
    struct store *store;
    const struct clock *clock;
    struct random *random;
    struct region *region; /* of the addresses */
    struct slice public_url;
    struct slice voice_origin, voice_host; /* empty: there is no second address */
    const char *content_policy;
    bool secure;
    bool behind_proxy; /* listens on a loopback address only */
    uint16_t port;
    uint8_t form_key[32];
    struct workers workers;
};

/* Runs everything from the rate limit to the handler; *response must be empty. Does not know libmicrohttpd.
 * ret_write: what must be written before the response may be sent; fn NULL when nothing. */
void dispatch(struct http_server *server, const struct incoming *incoming, struct worker *worker,
              struct http_response *response, struct http_write *ret_write);
/* The error page of a request whose write failed. */
void dispatch_failure(struct http_server *server, const struct incoming *incoming, struct worker *worker,
                      const struct error *error, struct http_response *response);

/* A response ready to send, with the headers that all have; takes the body. NULL without memory. */
struct MHD_Response *response_make(const struct http_server *server, const struct incoming *incoming,
                                   struct http_response *response, struct region *region);
/* The value of Content-Security-Policy; NULL without memory. */
const char *response_content_policy(struct slice voice_origin, struct region *region);
/* A short plain text of the server itself. */
struct MHD_Response *response_make_text(const struct http_server *server, struct slice text,
                                        bool close_connection);
struct MHD_Response *response_make_asset(const struct http_server *server, struct slice content,
                                         const char *type, bool gzip);
void response_set_text(struct http_response *response, int status, struct slice text);

enum error_code workers_start(struct http_server *server, int count, struct error *error) MUST_CHECK;
/* Finishes what is queued, ends the threads, waits until the responses are sent. */
void workers_stop(struct http_server *server);
void workers_free(struct workers *workers);
/* Suspends the connection and queues it; false, and nothing happened, when the queue is full or ends. */
bool workers_submit(struct exchange *exchange);
void workers_completed(struct workers *workers);

#endif
