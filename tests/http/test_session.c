/* Cookies, CSRF tokens, form ids and what handlers may put into a response; no sockets. */
#include "check.h"

#include "http/server.h"
#include "http/session.h"
#include "privacy/seal.h"

struct fixture {
    struct http_server server;
    struct random random;
    struct http_request request;
    struct http_response response;
};

static void begin(struct fixture *fixture, bool secure)
{
    *fixture = (struct fixture){.server = {.secure = secure}, .response = {.body = BUFFER(1000)}};
    memset(fixture->server.form_key, 7, sizeof(fixture->server.form_key));
    random_seeded_init(&fixture->random, 42);
    fixture->request = (struct http_request){
        .server = &fixture->server, .random = &fixture->random, .region = region_new(1 << 16)};
    assert_non_null(fixture->request.region);
}

static void end(struct fixture *fixture)
{
    region_free(fixture->request.region);
    buffer_free(&fixture->response.body);
}

TEST(a_session_begins_with_a_cookie_and_only_its_hash_leaves)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, true);
    uint8_t hash[32];
    http_session_begin(&fixture.request, &fixture.response, hash);
    assert_int_equal(fixture.response.header_count, 1);
    assert_slice(fixture.response.headers[0].name, "Set-Cookie");
    struct slice cookie = fixture.response.headers[0].value;
    assert_true(slice_starts_with(cookie, S("__Host-hecht=")));
    assert_true(slice_ends_with(cookie, S("; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=34560000")));

    uint8_t token[SESSION_TOKEN_BYTES];
    uint8_t expected[32];
    assert_true(session_token_read(cookie, true, token));
    sha256(slice_from_bytes(token, sizeof(token)), expected);
    assert_memory_equal(hash, expected, sizeof(hash));
    assert_false(session_token_read(cookie, false, token));
}

TEST(without_https_the_cookie_has_its_plain_name)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t hash[32];
    http_session_begin(&fixture.request, &fixture.response, hash);
    struct slice cookie = fixture.response.headers[0].value;
    assert_true(slice_starts_with(cookie, S("hecht=")));
    assert_true(slice_ends_with(cookie, S("; Path=/; HttpOnly; SameSite=Lax; Max-Age=34560000")));
}

TEST(two_sessions_differ)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t first[32];
    uint8_t second[32];
    http_session_begin(&fixture.request, &fixture.response, first);
    http_session_begin(&fixture.request, &fixture.response, second);
    assert_memory_not_equal(first, second, sizeof(first));
}

TEST(the_end_of_a_session_clears_the_cookie)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, true);
    http_session_end(&fixture.request, &fixture.response);
    assert_slice(fixture.response.headers[0].value,
                 "__Host-hecht=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0");
}

TEST(malformed_tokens_are_no_session)
{
    uint8_t token[SESSION_TOKEN_BYTES];
    assert_false(session_token_read((struct slice){0}, false, token));
    assert_false(session_token_read(S("hecht="), false, token));
    assert_true(session_token_read(S("hecht=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false, token));
    assert_false(session_token_read(S("hecht=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"), false, token));
    assert_false(session_token_read(S("hecht=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false, token));
    assert_false(session_token_read(S("hecht=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false, token));
    assert_false(session_token_read(S("hecht=\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""), false, token));
}

TEST(the_csrf_token_is_that_of_the_session)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t token[SESSION_TOKEN_BYTES] = {0};
    /* HMAC-SHA-256 of "hecht-csrf-v1" under 32 zero bytes, by openssl dgst. It may not change: several
     * processes of different releases may share an installation. */
    assert_slice(session_csrf(token, fixture.request.region), "ZC_Dw8NHyaNHyr24mNDBFdn4zsCrL4I3BIr3uYBN4zc");
    token[31] = 1;
    assert_int_equal(session_csrf(token, fixture.request.region).length, SESSION_CSRF_LENGTH);
}

/* Sends the form id back with the request, as a browser does. */
static enum error_code check_once(struct fixture *fixture, struct slice once, const char *purpose,
                                  uint8_t ret_id[16])
{
    struct http_field field = {S("once"), once};
    struct error error = {0};
    fixture->request.form = (struct http_fields){&field, 1};
    enum error_code code = http_once_check(&fixture->request, purpose, &error, ret_id);
    fixture->request.form = (struct http_fields){0};
    assert_true(code == OK || slice_equal(slice_from_text(error.reason), S("form-expired")));
    return code;
}

TEST(a_form_id_is_good_for_its_session_and_purpose)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t id[16] = {0};
    uint8_t again[16] = {0};
    fixture.request.csrf = S("csrf token of anna");
    struct slice once = http_once_make(&fixture.request, "promise");
    assert_int_equal(once.length, 64);
    assert_int_equal(check_once(&fixture, once, "promise", id), OK);
    assert_int_equal(check_once(&fixture, once, "promise", again), OK);
    assert_memory_equal(id, again, sizeof(id));
    assert_false(slice_equal(once, http_once_make(&fixture.request, "promise")));

    assert_int_equal(check_once(&fixture, once, "repair", id), ERROR_INPUT);
    assert_int_equal(check_once(&fixture, once, "premise", id), ERROR_INPUT);
    assert_int_equal(check_once(&fixture, once, "promis", id), ERROR_INPUT);
    fixture.request.csrf = S("csrf token of bas");
    assert_int_equal(check_once(&fixture, once, "promise", id), ERROR_INPUT);
    fixture.request.csrf = (struct slice){0};
    assert_int_equal(check_once(&fixture, once, "promise", id), ERROR_INPUT);
    assert_memory_equal(id, again, sizeof(id)); /* untouched by failures */
}

TEST(a_form_id_for_nobody_needs_the_key_of_the_installation)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t id[16];
    struct slice once = http_once_make(&fixture.request, "signin");
    assert_int_equal(check_once(&fixture, once, "signin", id), OK);
    fixture.server.form_key[0] ^= 1;
    assert_int_equal(check_once(&fixture, once, "signin", id), ERROR_INPUT);
}

TEST(a_changed_form_id_is_refused)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    uint8_t id[16];
    struct slice once = http_once_make(&fixture.request, "x");
    char copy[64];
    for (size_t i = 0; i < once.length; i++) {
        memcpy(copy, once.data, sizeof(copy));
        copy[i] = copy[i] == 'A' ? 'B' : 'A';
        assert_int_equal(check_once(&fixture, slice_from_bytes(copy, sizeof(copy)), "x", id), ERROR_INPUT);
    }
    assert_int_equal(check_once(&fixture, (struct slice){0}, "x", id), ERROR_INPUT);
    assert_int_equal(check_once(&fixture, slice_part(once, 0, 63), "x", id), ERROR_INPUT);
    assert_int_equal(check_once(&fixture, S("!"), "x", id), ERROR_INPUT);
}

TEST(headers_take_no_line_breaks_and_have_a_maximum)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    for (int i = 0; i < HTTP_HEADERS_MAXIMUM; i++)
        http_add_header(&fixture.response, "X", S("fine"));
    assert_false(fixture.response.body.failed);
    http_add_header(&fixture.response, "X", S("one too many"));
    assert_true(fixture.response.body.failed);

    static const char *const bad[] = {"a\r\nSet-Cookie: b=c", "a\nb", "a\rb", "\x7F", "\xFF"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct http_response response = {.body = BUFFER(10)};
        http_add_header(&response, "X", slice_from_text(bad[i]));
        assert_true(response.body.failed);
        assert_int_equal(response.header_count, 0);
    }
}

TEST(redirects_stay_on_this_server)
{
    static const struct {
        const char *path;
        bool good;
    } cases[] = {
        {"/", true},
        {"/teams/1?x=//y", true},
        {"", false},
        {"//evil.example", false},
        {"/\\evil.example", false},
        {"https://evil.example", false},
        {"teams", false},
        {"/a\r\nb", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_response response = {.body = BUFFER(10)};
        http_redirect(NULL, &response, slice_from_text(cases[i].path));
        assert_int_equal(response.body.failed, !cases[i].good);
        assert_int_equal(response.status, 303);
    }
}

TEST(fields_and_ids_of_a_request)
{
    CLEANUP(end) struct fixture fixture;
    begin(&fixture, false);
    struct http_request *request = &fixture.request;
    struct http_field fields[] = {{S("a"), S("1")}, {S("a"), S("2")}, {S("b"), S("")}};
    request->form = request->query = (struct http_fields){fields, 3};
    assert_slice(http_form(request, "a"), "1");
    assert_slice(http_query(request, "a"), "1");
    assert_slice(http_form(request, "b"), "");
    assert_slice(http_form(request, "c"), "");
    assert_slice(http_path(request, "a"), "");

    static const char *const bad[] = {"", "0", "01", "-1", "+1", "1 ", "x", "9223372036854775808", "1.0"};
    struct error error;
    int64_t id = 77;
    request->path_parameter_count = 1;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        request->path_parameters[0] = (struct http_field){S("team"), slice_from_text(bad[i])};
        assert_int_equal(http_path_id(request, "team", &error, &id), ERROR_NOT_FOUND);
        assert_int_equal(id, 77);
    }
    request->path_parameters[0].value = S("9223372036854775807");
    assert_int_equal(http_path_id(request, "team", &error, &id), OK);
    assert_true(id == INT64_MAX);
    assert_int_equal(http_path_id(request, "other", &error, &id), ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_begins_with_a_cookie_and_only_its_hash_leaves),
        cmocka_unit_test(without_https_the_cookie_has_its_plain_name),
        cmocka_unit_test(two_sessions_differ),
        cmocka_unit_test(the_end_of_a_session_clears_the_cookie),
        cmocka_unit_test(malformed_tokens_are_no_session),
        cmocka_unit_test(the_csrf_token_is_that_of_the_session),
        cmocka_unit_test(a_form_id_is_good_for_its_session_and_purpose),
        cmocka_unit_test(a_form_id_for_nobody_needs_the_key_of_the_installation),
        cmocka_unit_test(a_changed_form_id_is_refused),
        cmocka_unit_test(headers_take_no_line_breaks_and_have_a_maximum),
        cmocka_unit_test(redirects_stay_on_this_server),
        cmocka_unit_test(fields_and_ids_of_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
