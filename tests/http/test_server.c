/* What the server decides about a request: permission, protection against forgery, bodies, headers. */
#include "fixture.h"

#include <unistd.h>

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"
#define JSON "Content-Type: application/json\r\n"
#define MEMBER "Cookie: hecht=" MEMBER_COOKIE "\r\n"
#define LEADER "Cookie: hecht=" LEADER_COOKIE "\r\n"
#define STALE "Cookie: hecht=" STALE_COOKIE "\r\n"

static struct reply reply; /* too large for the stack of a test under the sanitizers */

static void get(const struct fixture *fixture, const char *path, const char *headers)
{
    request_get(fixture->port, path, headers, &reply);
}

static void post(const struct fixture *fixture, const char *path, const char *headers, const char *body)
{
    request_post(fixture->port, path, headers, body, &reply);
}

static void assert_reply(int status, const char *body)
{
    assert_string_equal(reply.body, body);
    assert_int_equal(reply.status, status);
}

TEST(it_starts_and_stops_without_a_request)
{
    struct fixture fixture;
    fixture_begin(&fixture, NULL, 0);
    assert_true(fixture.port > 0);
    assert_false(http_server_is_secure(fixture.server));
    char url[64];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u", fixture.port);
    assert_slice(http_server_public_url(fixture.server), url);
    fixture_end(&fixture);
    assert_null(http_server_stop(NULL));
}

TEST(a_port_in_use_is_named)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 1);
    struct fixture second = {0};
    struct error error = {0};
    struct http_options options = {.listen_address = "127.0.0.1", .port = fixture.port};
    assert_int_equal(fixture_start(&options, &second, &error), ERROR_IO);
    assert_string_equal(error.reason, "port-in-use");
    char port[8];
    snprintf(port, sizeof(port), "%u", fixture.port);
    assert_non_null(strstr(error.detail, port));
    assert_non_null(strstr(error.detail, "127.0.0.1"));
    assert_null(second.server);
}

TEST(wrong_options_are_refused)
{
    struct fixture fixture = {0};
    struct error error = {0};
    struct http_options options = {.listen_address = "localhost"};
    assert_int_equal(fixture_start(&options, &fixture, &error), ERROR_INPUT);
    assert_string_equal(error.reason, "listen-syntax");
    options = (struct http_options){.listen_address = "127.0.0.1", .public_url = "trust.example.org"};
    assert_int_equal(fixture_start(&options, &fixture, &error), ERROR_INPUT);
    assert_string_equal(error.reason, "url-syntax");
    options = (struct http_options){.listen_address = "203.0.113.1"};
    assert_int_equal(fixture_start(&options, &fixture, &error), ERROR_IO);
    assert_string_equal(error.reason, "listen-failed");
}

/* A server with a database. */
struct stored {
    char folder[32];
    struct fixture fixture;
};

static void stored_begin(struct stored *stored, int workers)
{
    char file[64];
    struct error error = {0};
    struct store_options store_options = {0};
    struct http_options options = {.listen_address = "127.0.0.1", .workers = workers};
    *stored = (struct stored){.folder = "/tmp/hecht-http-XXXXXX"};
    assert_non_null(mkdtemp(stored->folder));
    snprintf(file, sizeof(file), "%s/test.db", stored->folder);
    assert_int_equal(store_open(file, &store_options, &error, &stored->fixture.store), OK);
    assert_int_equal(fixture_start(&options, &stored->fixture, &error), OK);
}

static void stored_end(struct stored *stored)
{
    fixture_end(&stored->fixture);
    stored->fixture.store = store_close(stored->fixture.store);
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        char file[64];
        snprintf(file, sizeof(file), "%s/test.db%s", stored->folder, endings[i]);
        unlink(file);
    }
    assert_int_equal(rmdir(stored->folder), 0);
}

TEST(workers_have_sessions_of_the_store)
{
    struct stored stored;
    stored_begin(&stored, 0);
    get(&stored.fixture, "/session", "");
    assert_reply(200, "a session");
    stored_end(&stored);
}

/* ---- Responses after a write ---- */

TEST(a_response_is_sent_after_its_write)
{
    struct stored stored;
    stored_begin(&stored, 1);
    atomic_store(&fixture_open, true);
    atomic_store(&fixture_ended, 0);
    post(&stored.fixture, "/after-write/1", "", "");
    assert_reply(200, "written");
    char path[32];
    snprintf(path, sizeof path, "/after-write/%d", ERROR_GONE + 1);
    post(&stored.fixture, path, "", "");
    assert_reply(410, "error 410 test-failure /after-write/:code");
    assert_int_equal(atomic_load(&fixture_ended), 2);
    stored_end(&stored);
}

/* One worker, and six requests whose writes are held up: it takes all of them, none is answered early, others are
 * answered meanwhile; a server that stops lets them come to their end. */
TEST(workers_do_not_wait_for_writes)
{
    enum { MANY = 6 };
    static const char request[] = "POST /after-write/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    static const char failing[] = "POST /after-write/4 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    struct stored stored;
    struct client *clients[MANY];
    stored_begin(&stored, 1);
    atomic_store(&fixture_open, false);
    atomic_store(&fixture_waiting, 0);
    atomic_store(&fixture_ended, 0);
    for (int i = 0; i < MANY; i++) {
        clients[i] = client_open(stored.fixture.port);
        assert_non_null(clients[i]);
        assert_true(i % 2 == 0 ? client_send(clients[i], request, sizeof(request) - 1)
                               : client_send(clients[i], failing, sizeof(failing) - 1));
    }
    while (atomic_load(&fixture_waiting) == 0)
        usleep(1000);
    get(&stored.fixture, "/session", "");
    assert_reply(200, "a session");
    for (int i = 0; i < MANY; i++)
        assert_false(client_has_more(clients[i], 20));
    atomic_store(&fixture_open, true);
    fixture_end(&stored.fixture);
    assert_int_equal(atomic_load(&fixture_ended), MANY);
    for (int i = 0; i < MANY; i++) {
        client_read(clients[i], true, &reply);
        assert_int_equal(reply.status, i % 2 == 0 ? 200 : 404);
        clients[i] = client_close(clients[i]);
    }
    stored_end(&stored);
}

TEST(routes_and_methods)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/", "");
    assert_reply(200, "person=0 csrf=no team= x=");
    get(&fixture, "/?x=a%20b&y=1&x=2", "");
    assert_reply(200, "person=0 csrf=no team= x=a b");
    get(&fixture, "/?x=%", "");
    assert_reply(400, "error 400 query-syntax /");
    get(&fixture, "/nowhere", "");
    assert_reply(404, "error 404 route-unknown nowhere");
    get(&fixture, "/public", "");
    assert_reply(405, "error 405 method-not-allowed nowhere");
    assert_slice(reply_header(&reply, "Allow"), "POST");
    post(&fixture, "/csrf", FORM, "");
    assert_int_equal(reply.status, 405);
    assert_slice(reply_header(&reply, "Allow"), "GET, HEAD");
    request_raw(fixture.port, S("DELETE /home HTTP/1.1\r\nHost: x\r\n\r\n").data, 35, &reply);
    assert_int_equal(reply.status, 405);
    assert_slice(reply_header(&reply, "Allow"), "GET, HEAD, POST");
    get(&fixture, "/healthz", "");
    assert_reply(200, "ok\n");
}

TEST(head_is_get_without_a_body)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 1);
    struct client *client = client_open(fixture.port);
    static const char two[] = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_true(client_send(client, two, sizeof(two) - 1));
    client_read(client, false, &reply);
    assert_int_equal(reply.status, 200);
    assert_slice(reply_header(&reply, "Content-Length"), "25");
    client_read(client, true, &reply);
    assert_reply(200, "person=0 csrf=no team= x=");
    client_close(client);
}

TEST(who_is_signed_in)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/", MEMBER);
    assert_reply(200, "person=11 csrf=yes team= x=");
    get(&fixture, "/home", LEADER);
    assert_reply(200, "person=12 csrf=yes team= x=");
    get(&fixture, "/", STALE);
    assert_reply(200, "person=0 csrf=yes team= x=");
    assert_int_equal(atomic_load(&fixture_identified), 3);
    get(&fixture, "/", "Cookie: hecht=short\r\n");
    assert_reply(200, "person=0 csrf=no team= x=");
    get(&fixture, "/", "Cookie: __Host-hecht=" MEMBER_COOKIE "\r\n");
    assert_reply(200, "person=0 csrf=no team= x=");
    assert_int_equal(atomic_load(&fixture_identified), 3);
}

TEST(anonymous_routes_never_look_at_cookies)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/anonymous", MEMBER);
    assert_reply(200, "person=0 csrf=no team= x=");
    assert_int_equal(reply_header(&reply, "Set-Cookie").length, 0);
    post(&fixture, "/anonymous", MEMBER JSON, "{}");
    assert_reply(200, "person=0 name= body=2");
    assert_int_equal(atomic_load(&fixture_identified), 0);
}

TEST(without_permission)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/home", "");
    assert_reply(303, "");
    assert_slice(reply_header(&reply, "Location"), "/signin");
    get(&fixture, "/home", STALE);
    assert_int_equal(reply.status, 303);
    post(&fixture, "/home", FORM, "name=x");
    assert_reply(401, "error 401 sign-in-needed /home");
    post(&fixture, "/json", JSON, "{}");
    assert_reply(401, "error 401 sign-in-needed /json");
    get(&fixture, "/teams/1", MEMBER);
    assert_reply(403, "error 403 not-leader /teams/:team");
    get(&fixture, "/teams/999", LEADER);
    assert_reply(404, "error 404 team-unknown /teams/:team");
    get(&fixture, "/teams/1", LEADER);
    assert_reply(200, "person=12 csrf=yes team=1 x=");
}

TEST(until_it_is_claimed_only_the_claim_is_there)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/claim", "");
    assert_reply(404, "error 404 route-unknown /claim");
    atomic_store(&fixture_claimed, false);
    get(&fixture, "/claim", "");
    assert_int_equal(reply.status, 200);
    post(&fixture, "/claim", FORM, "name=x");
    assert_reply(200, "person=0 name=x body=0");
    get(&fixture, "/healthz", "");
    assert_reply(200, "ok\n");
    get(&fixture, "/assets/app.1a2b3c.css", "");
    assert_reply(200, "body{}");
    static const char *const closed[] = {"/", "/home", "/anonymous", "/nowhere", "/public"};
    for (size_t i = 0; i < COUNT_OF(closed); i++) {
        get(&fixture, closed[i], MEMBER);
        assert_reply(503, "Not available yet. / Nog niet beschikbaar.\n");
        assert_slice(reply_header(&reply, "Retry-After"), "30");
    }
    assert_int_equal(atomic_load(&fixture_identified), 0);
}

/* A form of the member with the right token. */
static void post_with_token(const struct fixture *fixture, const char *headers)
{
    get(fixture, "/csrf", MEMBER);
    CLEANUP(buffer_free) struct buffer body = BUFFER(1000);
    buffer_format(&body, "name=x&csrf=%s%c", reply.body, 0);
    post(fixture, "/home", headers, body.data);
}

TEST(forms_need_the_token_of_their_session)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    post(&fixture, "/home", MEMBER FORM, "name=x");
    assert_reply(403, "error 403 csrf-mismatch /home");
    post(&fixture, "/home", MEMBER FORM, "name=x&csrf=");
    assert_int_equal(reply.status, 403);
    post(&fixture, "/home", MEMBER FORM, "name=x&csrf=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_int_equal(reply.status, 403);
    post_with_token(&fixture, MEMBER FORM);
    assert_reply(200, "person=11 name=x body=0");
    post_with_token(&fixture, LEADER FORM);
    assert_reply(403, "error 403 csrf-mismatch /home");
    /* A public form, too, once there is a session. */
    post(&fixture, "/public", MEMBER FORM, "name=x");
    assert_int_equal(reply.status, 403);
    post(&fixture, "/public", STALE FORM, "name=x");
    assert_int_equal(reply.status, 403);
    post(&fixture, "/public", FORM, "name=x");
    assert_reply(200, "person=0 name=x body=0");
}

TEST(json_sends_the_token_in_a_header)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/csrf", MEMBER);
    CLEANUP(buffer_free) struct buffer headers = BUFFER(1000);
    buffer_format(&headers, MEMBER JSON "X-CSRF-Token: %s\r\n%c", reply.body, 0);
    post(&fixture, "/json", headers.data, "{\"a\":1}");
    assert_reply(200, "person=11 name= body=7");
    post(&fixture, "/json", MEMBER JSON, "{\"a\":1}");
    assert_reply(403, "error 403 csrf-mismatch /json");
}

TEST(posts_from_other_sites_are_refused)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, "http://trust.example.org", 2);
    static const struct {
        const char *headers;
        bool good;
    } cases[] = {
        {"", true}, /* the command line client */
        {"Origin: http://trust.example.org\r\n", true},
        {"Origin: http://trust.example.org\r\nSec-Fetch-Site: same-origin\r\n", true},
        {"Sec-Fetch-Site: none\r\n", true},
        /* What browsers send with a form of a page without referrer. */
        {"Origin: null\r\nSec-Fetch-Site: same-origin\r\n", true},
        {"Origin: null\r\n", true},
        {"Origin: null\r\nSec-Fetch-Site: cross-site\r\n", false},
        {"Sec-Fetch-Site: cross-site\r\n", false},
        {"Sec-Fetch-Site: same-site\r\n", false},
        {"Sec-Fetch-Site: else\r\n", false},
        {"Origin: https://trust.example.org\r\n", false},
        {"Origin: http://trust.example.org:8080\r\n", false},
        {"Origin: http://trust.example.org.evil\r\n", false},
        {"Origin: http://evil.example\r\nSec-Fetch-Site: same-origin\r\n", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char headers[300];
        snprintf(headers, sizeof(headers), FORM "%s", cases[i].headers);
        post(&fixture, "/public", headers, "name=x");
        assert_reply(cases[i].good ? 200 : 403,
                     cases[i].good ? "person=0 name=x body=0" : "error 403 origin-mismatch /public");
        snprintf(headers, sizeof(headers), JSON "%s", cases[i].headers);
        post(&fixture, "/anonymous", headers, "{}");
        assert_int_equal(reply.status, cases[i].good ? 200 : 403);
        snprintf(headers, sizeof(headers), MEMBER FORM "%s", cases[i].headers);
        post_with_token(&fixture, headers);
        assert_int_equal(reply.status, cases[i].good ? 200 : 403);
    }
    get(&fixture, "/", "Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\n");
    assert_int_equal(reply.status, 200);
}

TEST(bodies_have_the_type_of_their_route)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    post(&fixture, "/public", JSON, "name=x");
    assert_reply(415, "error 415 body-type /public");
    post(&fixture, "/public", "", "name=x");
    assert_int_equal(reply.status, 415);
    post(&fixture, "/public", "Content-Type: multipart/form-data; boundary=x\r\n", "name=x");
    assert_int_equal(reply.status, 415);
    post(&fixture, "/anonymous", FORM, "{}");
    assert_int_equal(reply.status, 415);
    post(&fixture, "/anonymous", "Content-Type: text/plain\r\n", "{}");
    assert_int_equal(reply.status, 415);
    post(&fixture, "/none", "", "");
    assert_reply(200, "person=0 name= body=0");
    post(&fixture, "/none", FORM, "name=x");
    assert_int_equal(reply.status, 415);
    post(&fixture, "/public", FORM, "name=a+b%26&z=1");
    assert_reply(200, "person=0 name=a b& body=0");
    post(&fixture, "/public", FORM, "");
    assert_reply(200, "person=0 name= body=0");
    post(&fixture, "/public", FORM, "name=1&name=2");
    assert_reply(400, "error 400 form-repeated /public");
    post(&fixture, "/public", FORM, "name=%C0%AF");
    assert_reply(400, "error 400 form-syntax /public");
}

TEST(failures_become_pages)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    static const int statuses[] = {
        [ERROR_INPUT] = 400,  [ERROR_DENIED] = 403,  [ERROR_NOT_FOUND] = 404, [ERROR_CONFLICT] = 409,
        [ERROR_GONE] = 410,   [ERROR_LIMIT] = 413,   [ERROR_BUSY] = 503,      [ERROR_MEMORY] = 500,
        [ERROR_STORE] = 500,  [ERROR_RETRY] = 500,   [ERROR_IO] = 500,        [ERROR_VERSION] = 500,
        [ERROR_CRYPTO] = 400, [ERROR_INTERNAL] = 500};
    for (size_t code = ERROR_INPUT; code < COUNT_OF(statuses); code++) {
        char path[32];
        char expected[80];
        snprintf(path, sizeof(path), "/fail/%zu", code);
        snprintf(expected, sizeof(expected), "error %d test-failure /fail/:code", statuses[code]);
        get(&fixture, path, "");
        assert_reply(statuses[code], expected);
        assert_int_equal(reply_header(&reply, "X-Half-Done").length, 0);
        assert_int_equal(reply_header(&reply, "Retry-After").length > 0, statuses[code] == 503);
    }
    get(&fixture, "/fail/x", "");
    assert_reply(404, "error 404 id-malformed /fail/:code");
    get(&fixture, "/limit", "");
    assert_reply(429, "error 429 rate-account /limit");
    assert_slice(reply_header(&reply, "Retry-After"), "5");
    get(&fixture, "/huge", "");
    assert_reply(500, "error 500 request-memory /huge");
    get(&fixture, "/greedy", "");
    assert_reply(500, "error 500 request-memory /greedy");
    get(&fixture, "/", "");
    assert_int_equal(reply.status, 200);
}

/* Everything but the date, as it is sent. */
static void assert_head(const char *expected)
{
    struct slice rest = slice_from_text(reply.head);
    struct slice line;
    CLEANUP(buffer_free) struct buffer head = BUFFER(4000);
    while (slice_take(&rest, '\n', &line)) {
        if (slice_starts_with(line, S("Date: ")))
            continue;
        buffer_append(&head, slice_trim(line));
        buffer_append_byte(&head, '\n');
    }
    assert_slice(buffer_slice(&head), expected);
}

#define PROTECTION                                                                                           \
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "     \
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "                      \
    "require-trusted-types-for 'script'; trusted-types hecht\n"                                              \
    "X-Content-Type-Options: nosniff\nReferrer-Policy: no-referrer\nCross-Origin-Opener-Policy: "            \
    "same-origin\n"                                                                                          \
    "Cross-Origin-Resource-Policy: same-origin\nPermissions-Policy: camera=(), geolocation=(), "             \
    "microphone=()\n"
#define FOREVER "Cache-Control: public, max-age=31536000, immutable\nVary: Accept-Encoding\n"

TEST(the_headers_of_every_kind_of_response)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    get(&fixture, "/", "");
    assert_head("HTTP/1.1 200 OK\n" PROTECTION "Content-Type: text/html; charset=utf-8\n"
                "Cache-Control: no-store\nVary: Accept-Language, Accept-Encoding, Sec-Fetch-Site\nContent-Length: 25\n");
    get(&fixture, "/nowhere", "");
    assert_head("HTTP/1.1 404 Not Found\n" PROTECTION "Content-Type: text/html; charset=utf-8\n"
                "Cache-Control: no-store\nVary: Accept-Language, Accept-Encoding, Sec-Fetch-Site\nContent-Length: 31\n");
    get(&fixture, "/healthz", "");
    assert_head("HTTP/1.1 200 OK\n" PROTECTION "Content-Type: text/plain; charset=utf-8\n"
                "Cache-Control: no-store\nVary: Accept-Language\nContent-Length: 3\n");
    get(&fixture, "/decorated", "");
    assert_head("HTTP/1.1 201 Created\n" PROTECTION "Content-Type: image/svg+xml\n" FOREVER
                "X-Extra: 1\nContent-Length: 0\n");
    get(&fixture, "/assets/app.1a2b3c.css", "");
    assert_reply(200, "body{}");
    assert_head("HTTP/1.1 200 OK\n" PROTECTION "Content-Type: text/css\n" FOREVER "Content-Length: 6\n");
    get(&fixture, "/assets/app.1a2b3c.css", "Accept-Encoding: br, gzip\r\n");
    assert_reply(200, "compressed");
    assert_head("HTTP/1.1 200 OK\n" PROTECTION "Content-Type: text/css\n" FOREVER
                "Content-Encoding: gzip\nContent-Length: 10\n");
    get(&fixture, "/assets/other.css", "");
    assert_int_equal(reply.status, 404);
    get(&fixture, "/", "Content-Length: x\r\n");
    assert_int_equal(reply.status, 400);
}

TEST(a_public_https_address_makes_it_secure)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, "https://Trust.example.org/", 2);
    assert_true(http_server_is_secure(fixture.server));
    assert_slice(http_server_public_url(fixture.server), "https://trust.example.org");
    get(&fixture, "/", "Cookie: __Host-hecht=" MEMBER_COOKIE "\r\n");
    assert_reply(200, "person=11 csrf=yes team= x=");
    assert_slice(reply_header(&reply, "Strict-Transport-Security"), "max-age=31536000");
    get(&fixture, "/", MEMBER);
    assert_reply(200, "person=0 csrf=no team= x=");
    post(&fixture, "/signin", FORM, "");
    assert_int_equal(reply.status, 303);
    assert_slice(reply_header(&reply, "Location"), "/home");
    assert_true(slice_starts_with(reply_header(&reply, "Set-Cookie"), S("__Host-hecht=")));
    get(&fixture, "/assets/app.1a2b3c.css", "");
    assert_slice(reply_header(&reply, "Strict-Transport-Security"), "max-age=31536000");
}

TEST(too_many_sign_ins_must_wait)
{
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    for (int i = 0; i < 20; i++) {
        post(&fixture, "/signin", FORM, "");
        assert_int_equal(reply.status, 303);
    }
    post(&fixture, "/signin", FORM, "");
    assert_reply(429, "error 429 rate-limited /signin");
    assert_slice(reply_header(&reply, "Retry-After"), "3");
    /* Other pages go on, other clients of the proxy too. */
    get(&fixture, "/", "");
    assert_int_equal(reply.status, 200);
    post(&fixture, "/signin", FORM "X-Forwarded-For: 198.51.100.1, 203.0.113.9\r\n", "");
    assert_int_equal(reply.status, 303);
    clock_manual_set(&fixture.clock, clock_seconds(&fixture.clock) + 3);
    post(&fixture, "/signin", FORM, "");
    assert_int_equal(reply.status, 303);
}

TEST(limits_can_be_switched_off_for_load_tests)
{
    setenv("HECHT_RATE_LIMITS", "off", 1);
    CLEANUP(fixture_end) struct fixture fixture;
    fixture_begin(&fixture, NULL, 2);
    unsetenv("HECHT_RATE_LIMITS");
    for (int i = 0; i < 30; i++) {
        post(&fixture, "/signin", FORM, "");
        assert_int_equal(reply.status, 303);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_and_stops_without_a_request),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(workers_have_sessions_of_the_store),
        cmocka_unit_test(a_response_is_sent_after_its_write),
        cmocka_unit_test(workers_do_not_wait_for_writes),
        cmocka_unit_test(routes_and_methods),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(who_is_signed_in),
        cmocka_unit_test(anonymous_routes_never_look_at_cookies),
        cmocka_unit_test(without_permission),
        cmocka_unit_test(until_it_is_claimed_only_the_claim_is_there),
        cmocka_unit_test(forms_need_the_token_of_their_session),
        cmocka_unit_test(json_sends_the_token_in_a_header),
        cmocka_unit_test(posts_from_other_sites_are_refused),
        cmocka_unit_test(bodies_have_the_type_of_their_route),
        cmocka_unit_test(failures_become_pages),
        cmocka_unit_test(the_headers_of_every_kind_of_response),
        cmocka_unit_test(a_public_https_address_makes_it_secure),
        cmocka_unit_test(too_many_sign_ins_must_wait),
        cmocka_unit_test(limits_can_be_switched_off_for_load_tests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
