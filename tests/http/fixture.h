/* A server with routes of every kind, and a client that speaks raw HTTP/1.1, for test_server*.c. */
#ifndef HECHT_TESTS_HTTP_FIXTURE_H
#define HECHT_TESTS_HTTP_FIXTURE_H

#include "check.h"

#include <stdatomic.h>

#include "http/http.h"

/* Cookies of a member (person 11), a leader (person 12) and of a session that nobody has. */
#define MEMBER_COOKIE "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define LEADER_COOKIE "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
#define STALE_COOKIE "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM"

extern atomic_bool fixture_claimed;
extern atomic_int fixture_identified; /* how often the policy was asked who it is */
extern atomic_int fixture_waiting;    /* handlers of /wait that have begun, of /big that are done */
extern atomic_bool fixture_open;      /* lets the handlers of /wait and the writes of /after-write go on */
extern atomic_int fixture_ended;      /* writes of /after-write that came to their end */

enum { FIXTURE_BIG_BYTES = 7 << 20 }; /* of /big; more than the buffers of a socket */

struct fixture {
    struct clock clock;
    struct store *store; /* NULL: without */
    struct http_server *server;
    uint16_t port;
};

/* public_url may be NULL. Ends the test when the server does not start. */
void fixture_begin(struct fixture *fixture, const char *public_url, int workers);
void fixture_end(struct fixture *fixture); /* also for CLEANUP */
/* Uses fixture->store; sets the rest. */
enum error_code fixture_start(const struct http_options *options, struct fixture *fixture,
                              struct error *error);

struct client {
    int fd;
    size_t length; /* of what was received and not yet used */
    char data[1 << 16];
};

struct reply {
    int status; /* 0: the connection ended or nothing came for ten seconds */
    char head[8192];
    char body[1 << 18]; /* cut off, always ends in NUL */
    size_t body_length;
};

struct client *client_open(uint16_t port);
struct client *client_close(struct client *client);
bool client_send(struct client *client, const char *text, size_t length);
/* has_body false: the answer to a HEAD. */
void client_read(struct client *client, bool has_body, struct reply *ret_reply);
/* Forgets what was received and receives some more; false at the end. */
bool client_read_some(struct client *client);
/* Everything until the connection ends, into client->data. Fails the test when it does not end. */
void client_read_all(struct client *client);
/* Whether something comes within the time. */
bool client_has_more(struct client *client, int milliseconds);
/* True when the server ends the connection within ten seconds without sending more. */
bool client_is_ended(struct client *client);
/* Value of a header of the reply; the empty slice when it has none. */
struct slice reply_header(const struct reply *reply, const char *name);

/* One request on a connection of its own. */
void request_raw(uint16_t port, const char *text, size_t length, struct reply *ret_reply);
/* "GET /path" with more header lines ("Cookie: a=b\r\n"), and POST with a body. */
void request_get(uint16_t port, const char *path, const char *headers, struct reply *ret_reply);
void request_post(uint16_t port, const char *path, const char *headers, const char *body,
                  struct reply *ret_reply);

#endif
