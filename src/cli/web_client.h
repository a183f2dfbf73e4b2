/* A small web client on libcurl for `hecht answer`: with cookies for the person's requests, without for the
 * answer's. */
#ifndef HECHT_CLI_WEB_CLIENT_H
#define HECHT_CLI_WEB_CLIENT_H

#include "base/base.h"

enum { WEB_BODY_MAXIMUM = 16 << 20 };

struct web_client; /* one cookie jar, in memory */

struct web_request {
    const char *url;
    bool anonymous;           /* own connection, no cookies, no referrer */
    const char *content_type; /* NULL: GET; otherwise POST of body */
    struct slice body;
    const char *csrf; /* NULL: no X-CSRF-Token header */
};

struct web_response {
    long status;
    struct slice body;
    struct slice url; /* after redirects */
};

enum error_code web_client_open(struct error *error, struct web_client **ret_client) MUST_CHECK;
struct web_client *web_client_close(struct web_client *client);
/* ERROR_IO when the server was not reached. Every status is OK here. */
enum error_code web_send(struct web_client *client, const struct web_request *request, struct region *region,
                         struct error *error, struct web_response *ret_response) MUST_CHECK;

#endif
