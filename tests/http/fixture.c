#include "fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privacy/seal.h"

enum { PATIENCE_MILLISECONDS = 10000 };

atomic_bool fixture_claimed = true;
atomic_int fixture_identified;
atomic_int fixture_waiting;
atomic_bool fixture_open;
atomic_int fixture_ended;

/* ---- Handlers -------------------------------------------------------------------------------------------
 */

static enum error_code show(struct http_request *request, struct http_response *response, struct error *error)
{
    (void)error;
    buffer_format(&response->body, "person=%d csrf=%s team=%.*s x=%.*s", (int)request->identity.person,
                  request->csrf.length > 0 ? "yes" : "no", SLICE_ARG(http_path(request, "team")),
                  SLICE_ARG(http_query(request, "x")));
    return OK;
}

static enum error_code tell_session(struct http_request *request, struct http_response *response,
                                    struct error *error)
{
    (void)error;
    buffer_append_text(&response->body, request->session != NULL ? "a session" : "no session");
    return OK;
}

static enum error_code csrf(struct http_request *request, struct http_response *response, struct error *error)
{
    (void)error;
    buffer_append(&response->body, request->csrf);
    return OK;
}

static enum error_code save(struct http_request *request, struct http_response *response, struct error *error)
{
    (void)error;
    buffer_format(&response->body, "person=%d name=%.*s body=%zu", (int)request->identity.person,
                  SLICE_ARG(http_form(request, "name")), request->body.length);
    return OK;
}

static enum error_code begin_session(struct http_request *request, struct http_response *response,
                                     struct error *error)
{
    (void)error;
    uint8_t hash[32];
    http_session_begin(request, response, hash);
    http_redirect(request, response, S("/home"));
    return OK;
}

static enum error_code fail_as_asked(struct http_request *request, struct http_response *response,
                                     struct error *error)
{
    int64_t code;
    TRY(http_path_id(request, "code", error, &code));
    http_add_header(response, "X-Half-Done", S("must not be sent"));
    buffer_append_text(&response->body, "must not be sent");
    return FAIL(error, (enum error_code)code, "test-failure", "asked for");
}

/* The write of /after-write/:code waits at the gate of /wait and then ends with the code. */
static enum error_code write_as_asked(struct store_session *session, void *context, struct error *error)
{
    const enum error_code *code = context;
    (void)session;
    atomic_fetch_add(&fixture_waiting, 1);
    while (!atomic_load(&fixture_open))
        usleep(1000);
    return *code == OK ? OK : FAIL(error, *code, "test-failure", "asked for");
}

static void end_write(void *context, enum error_code code)
{
    assert_int_equal(code, *(enum error_code *)context);
    free(context);
    atomic_fetch_add(&fixture_ended, 1);
}

static enum error_code after_write(struct http_request *request, struct http_response *response,
                                   struct error *error)
{
    int64_t code;
    TRY(http_path_id(request, "code", error, &code));
    enum error_code *context = malloc(sizeof *context);
    if (context == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    *context = (enum error_code)(code - 1); /* ids begin at 1 */
    buffer_append_text(&response->body, "written");
    return http_respond_after_write(request, (struct http_write){write_as_asked, end_write, context});
}

static enum error_code limit(struct http_request *request, struct http_response *response,
                             struct error *error)
{
    (void)request;
    (void)response;
    return FAIL(error, ERROR_LIMIT, "rate-account", "asked for");
}

static enum error_code huge(struct http_request *request, struct http_response *response, struct error *error)
{
    (void)request;
    (void)error;
    for (int i = 0; i <= HTTP_RESPONSE_MAXIMUM / 16; i++)
        buffer_append_text(&response->body, "sixteen bytes...");
    return OK;
}

static enum error_code big(struct http_request *request, struct http_response *response, struct error *error)
{
    (void)request;
    (void)error;
    for (int i = 0; i < FIXTURE_BIG_BYTES / 16; i++)
        buffer_append_text(&response->body, "sixteen bytes...");
    atomic_fetch_add(&fixture_waiting, 1);
    return OK;
}

static enum error_code greedy(struct http_request *request, struct http_response *response,
                              struct error *error)
{
    (void)error;
    buffer_append_text(&response->body, "must not be sent");
    while (region_allocate(request->region, 1 << 20) != NULL)
        continue;
    return OK;
}

static enum error_code decorated(struct http_request *request, struct http_response *response,
                                 struct error *error)
{
    (void)request;
    (void)error;
    response->status = 201;
    response->content_type = "image/svg+xml";
    response->cacheable_forever = true;
    http_add_header(response, "X-Extra", S("1"));
    return OK;
}

static enum error_code wait_for_gate(struct http_request *request, struct http_response *response,
                                     struct error *error)
{
    (void)request;
    (void)error;
    atomic_fetch_add(&fixture_waiting, 1);
    while (!atomic_load(&fixture_open))
        usleep(1000);
    buffer_append_text(&response->body, "waited");
    return OK;
}

static const struct http_route routes[] = {
    ROUTE(HTTP_GET, "/", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, show, "who"),
    ROUTE(HTTP_GET, "/session", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, tell_session, "store"),
    ROUTE(HTTP_GET, "/csrf", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, csrf, "token"),
    ROUTE(HTTP_POST, "/public", PERMISSION_PUBLIC, BODY_FORM, RATE_FORM, save, "form"),
    ROUTE(HTTP_POST, "/none", PERMISSION_PUBLIC, BODY_NONE, RATE_FORM, save, "no body"),
    ROUTE(HTTP_GET, "/anonymous", PERMISSION_ANONYMOUS, BODY_NONE, RATE_PAGE, show, "who"),
    ROUTE(HTTP_POST, "/anonymous", PERMISSION_ANONYMOUS, BODY_JSON, RATE_ANSWER, save, "answer"),
    ROUTE(HTTP_GET, "/claim", PERMISSION_CLAIM, BODY_NONE, RATE_PAGE, show, "claim"),
    ROUTE(HTTP_POST, "/claim", PERMISSION_CLAIM, BODY_FORM, RATE_SIGN_IN, save, "claim"),
    ROUTE(HTTP_POST, "/signin", PERMISSION_PUBLIC, BODY_FORM, RATE_SIGN_IN, begin_session, "sign in"),
    ROUTE(HTTP_GET, "/home", PERMISSION_SIGNED_IN, BODY_NONE, RATE_PAGE, show, "who"),
    ROUTE(HTTP_POST, "/home", PERMISSION_SIGNED_IN, BODY_FORM, RATE_FORM, save, "form"),
    ROUTE(HTTP_POST, "/json", PERMISSION_SIGNED_IN, BODY_JSON, RATE_FORM, save, "json"),
    ROUTE_LARGE(HTTP_POST, "/large", PERMISSION_ANONYMOUS, BODY_JSON, RATE_FORM, save, "json", 256 << 10),
    ROUTE(HTTP_GET, "/teams/:team", PERMISSION_TEAM_LEADER, BODY_NONE, RATE_PAGE, show, "who"),
    ROUTE(HTTP_GET, "/fail/:code", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, fail_as_asked, "fails"),
    ROUTE(HTTP_POST, "/after-write/:code", PERMISSION_ANONYMOUS, BODY_NONE, RATE_ANSWER, after_write,
          "writes"),
    ROUTE(HTTP_GET, "/limit", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, limit, "fails"),
    ROUTE(HTTP_GET, "/huge", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, huge, "too large"),
    ROUTE(HTTP_GET, "/big", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, big, "large"),
    ROUTE(HTTP_GET, "/greedy", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, greedy, "too much memory"),
    ROUTE(HTTP_GET, "/decorated", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, decorated, "own headers"),
    ROUTE(HTTP_GET, "/wait", PERMISSION_PUBLIC, BODY_NONE, RATE_PAGE, wait_for_gate, "slow"),
};
static const struct http_route_table table = {routes, COUNT_OF(routes)};

/* ---- Policy ---------------------------------------------------------------------------------------------
 */

static bool is_hash_of(const uint8_t hash[32], int byte)
{
    uint8_t token[32];
    uint8_t expected[32];
    memset(token, byte, sizeof(token));
    sha256(slice_from_bytes(token, sizeof(token)), expected);
    return memcmp(hash, expected, sizeof(expected)) == 0;
}

static enum error_code identify(struct http_request *request, const uint8_t session_hash[32],
                                struct error *error)
{
    (void)error;
    atomic_fetch_add(&fixture_identified, 1);
    if (is_hash_of(session_hash, 1))
        request->identity.person = 11;
    if (is_hash_of(session_hash, 2))
        request->identity.person = 12;
    return OK;
}

static enum error_code authorise(struct http_request *request, enum permission permission,
                                 struct error *error)
{
    if (slice_equal(http_path(request, "team"), S("999")))
        return FAIL(error, ERROR_NOT_FOUND, "team-unknown", "no such team");
    if (permission == PERMISSION_TEAM_LEADER && request->identity.person != 12)
        return FAIL(error, ERROR_DENIED, "not-leader", "not the leader");
    return OK;
}

static void error_page(struct http_request *request, const struct error *error,
                       struct http_response *response)
{
    /* Through the region, as templates do: the handler may have used up its own. */
    const char *pattern = request->route == NULL ? "nowhere" : request->route->pattern;
    buffer_append(&response->body,
                  region_format(request->region, "error %d %s %s", response->status, error->reason, pattern));
    response->status = 200; /* the server must not believe this */
}

static bool is_claimed(struct application *application)
{
    (void)application;
    return atomic_load(&fixture_claimed);
}

static bool asset(struct slice path, bool accepts_gzip, struct slice *ret_content, const char **ret_type,
                  bool *ret_gzip)
{
    if (!slice_equal(path, S("/assets/app.1a2b3c.css")))
        return false;
    *ret_content = accepts_gzip ? S("compressed") : S("body{}");
    *ret_type = "text/css";
    *ret_gzip = accepts_gzip;
    return true;
}

static const struct http_policy policy = {.identify = identify,
                                          .authorise = authorise,
                                          .error_page = error_page,
                                          .is_claimed = is_claimed,
                                          .asset = asset};

enum error_code fixture_start(const struct http_options *options, struct fixture *fixture,
                              struct error *error)
{
    fixture->server = NULL;
    clock_manual_init(&fixture->clock, 1795420800);
    TRY(http_server_start(options, &table, 1, &policy, NULL, fixture->store, &fixture->clock, random_system(),
                          error, &fixture->server));
    fixture->port = http_server_port(fixture->server);
    return OK;
}

void fixture_begin(struct fixture *fixture, const char *public_url, int workers)
{
    struct error error = {0};
    struct http_options options = {
        .listen_address = "127.0.0.1", .public_url = public_url, .workers = workers};
    fixture->store = NULL;
    atomic_store(&fixture_claimed, true);
    atomic_store(&fixture_identified, 0);
    atomic_store(&fixture_waiting, 0);
    atomic_store(&fixture_open, false);
    log_set_quiet(true);
    if (fixture_start(&options, fixture, &error) != OK)
        fail_msg("%s: %s", error.reason, error.detail);
}

void fixture_end(struct fixture *fixture)
{
    fixture->server = http_server_stop(fixture->server);
}

/* ---- Client ---------------------------------------------------------------------------------------------
 */

struct client *client_open(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct client *client = calloc(1, sizeof(*client));
    assert_non_null(client);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client->fd >= 0);
    assert_int_equal(connect(client->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

struct client *client_close(struct client *client)
{
    close(client->fd);
    free(client);
    return NULL;
}

bool client_send(struct client *client, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(client->fd, text, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        text += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool client_has_more(struct client *client, int milliseconds)
{
    struct pollfd wait = {.fd = client->fd, .events = POLLIN};
    return poll(&wait, 1, milliseconds) == 1;
}

/* False at the end of the connection, or when nothing comes. */
static bool receive_more(struct client *client)
{
    if (client->length == sizeof(client->data) || !client_has_more(client, PATIENCE_MILLISECONDS))
        return false;
    ssize_t got = recv(client->fd, client->data + client->length, sizeof(client->data) - client->length, 0);
    if (got <= 0)
        return false;
    client->length += (size_t)got;
    return true;
}

struct slice reply_header(const struct reply *reply, const char *name)
{
    struct slice rest = slice_from_text(reply->head);
    struct slice line;
    while (slice_take(&rest, '\n', &line)) {
        size_t colon = slice_find_byte(line, ':');
        if (slice_equal_ignore_case(slice_part(line, 0, colon), slice_from_text(name)))
            return slice_trim(slice_from(line, colon + 1));
    }
    return (struct slice){0};
}

static bool read_head(struct client *client, struct reply *reply, size_t *ret_head_length)
{
    size_t end;
    while ((end = slice_find(slice_from_bytes(client->data, client->length), S("\r\n\r\n"))) ==
           client->length)
        if (!receive_more(client))
            return false;
    assert_true(end < sizeof(reply->head));
    memcpy(reply->head, client->data, end);
    reply->head[end] = '\0';
    int64_t status;
    assert_true(slice_starts_with(slice_from_text(reply->head), S("HTTP/1.1 ")));
    assert_true(slice_to_integer(slice_part(slice_from_text(reply->head), 9, 3), 100, 599, &status));
    reply->status = (int)status;
    *ret_head_length = end + 4;
    return true;
}

void client_read(struct client *client, bool has_body, struct reply *ret_reply)
{
    memset(ret_reply, 0, sizeof(*ret_reply));
    size_t used;
    int64_t body = 0;
    if (!read_head(client, ret_reply, &used))
        return;
    if (has_body && ret_reply->status >= 200)
        assert_true(slice_to_integer(reply_header(ret_reply, "Content-Length"), 0, INT32_MAX, &body));
    while (client->length < used + (size_t)body)
        if (!receive_more(client)) {
            ret_reply->status = 0;
            return;
        }
    size_t kept = (size_t)body < sizeof(ret_reply->body) ? (size_t)body : sizeof(ret_reply->body) - 1;
    memcpy(ret_reply->body, client->data + used, kept);
    ret_reply->body_length = (size_t)body;
    used += (size_t)body;
    client->length -= used;
    memmove(client->data, client->data + used, client->length);
}

bool client_read_some(struct client *client)
{
    client->length = 0;
    return receive_more(client);
}

void client_read_all(struct client *client)
{
    while (receive_more(client))
        continue;
    assert_true(client_has_more(client, 0)); /* the end, not a silence */
}

bool client_is_ended(struct client *client)
{
    char byte;
    return client->length == 0 && client_has_more(client, PATIENCE_MILLISECONDS) &&
           recv(client->fd, &byte, 1, 0) <= 0;
}

void request_raw(uint16_t port, const char *text, size_t length, struct reply *ret_reply)
{
    struct client *client = client_open(port);
    client_send(client, text, length);
    client_read(client, true, ret_reply);
    client_close(client);
}

void request_get(uint16_t port, const char *path, const char *headers, struct reply *ret_reply)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 16);
    buffer_format(&text, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, headers);
    request_raw(port, text.data, text.length, ret_reply);
}

void request_post(uint16_t port, const char *path, const char *headers, const char *body,
                  struct reply *ret_reply)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(4 << 20);
    buffer_format(&text, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n%s\r\n%s", path, strlen(body),
                  headers, body);
    request_raw(port, text.data, text.length, ret_reply);
}
