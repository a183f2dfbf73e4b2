/* All numbers that bound what a client may take, and the limiter of how often. The reasons stand in limits.c.
 */
#ifndef HECHT_HTTP_LIMITS_H
#define HECHT_HTTP_LIMITS_H

#include "http/http.h"

enum {
    LIMIT_CONNECTIONS = 2000,
    LIMIT_CONNECTIONS_PER_ADDRESS = 500,
    LIMIT_CONNECTION_MEMORY = 32 << 10, /* request line and headers */
    LIMIT_TARGET = 4 << 10,             /* path and query */
    LIMIT_BODY = 64 << 10,
    LIMIT_BODY_LARGEST = 8 << 20, /* what ROUTE_LARGE may allow */
    LIMIT_BODY_DISCARDED = 1 << 20,
    LIMIT_IDLE_SECONDS = 20,
    LIMIT_BODY_SECONDS = 60,
    LIMIT_QUEUE = 1024,
    LIMIT_REQUEST_MEMORY = 32 << 20,
    LIMIT_STOP_SECONDS = 5,
};

/* An address as the limiter counts it: IPv4 as ::ffff:a.b.c.d, IPv6 without its lower half, because one
 * household or laptop has 2^64 of those. */
struct client_address {
    uint8_t bytes[16];
};

struct rate_limiter;

struct rate_limiter *rate_limiter_new(const struct clock *clock, struct random *random); /* NULL: no memory */
struct rate_limiter *rate_limiter_free(struct rate_limiter *limiter);                    /* takes NULL */
/* Takes one token. False: come back after *ret_seconds (1 or more). Thread safe. */
bool rate_limiter_allow(struct rate_limiter *limiter, const struct client_address *client,
                        enum rate_class rate, int64_t *ret_seconds);

#endif
