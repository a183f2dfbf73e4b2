/* One request to a web server of others, on libcurl: bounded in size and time, without cookies, without following to another
 * address, and never in the clear but to this machine. */
#ifndef HECHT_NET_FETCH_H
#define HECHT_NET_FETCH_H

#include "base/base.h"

enum {
    FETCH_URL_MAXIMUM = 2000,
    FETCH_BODY_MAXIMUM = 256 << 10,
    FETCH_CONNECT_SECONDS = 3,
    FETCH_SECONDS = 6,
};

struct fetch_request {
    struct slice url;
    struct slice form;           /* of a POST; empty: GET */
    const char *user, *password; /* by HTTP Basic; NULL: without */
};

struct fetch_response {
    int64_t status;
    struct slice body;
};

/* An absolute https address without user, fragment or anything but printable ASCII; http is good for a loopback address
 * ("localhost", 127.0.0.0/8, "[::1]"). */
bool fetch_url_is_safe(struct slice url);

/* Once, before the first fetch and before there are threads. ERROR_IO when libcurl is not there. */
enum error_code fetch_prepare(struct error *error) MUST_CHECK;
/* Any status is OK here. ERROR_INPUT, reason "fetch-url"; ERROR_IO, reason "fetch-failed", when no whole answer came. */
enum error_code fetch(const struct fetch_request *request, struct region *region, struct error *error,
                      struct fetch_response *ret_response) MUST_CHECK;

#endif
