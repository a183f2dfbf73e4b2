/* Which addresses are fetched; what comes back is tested with real servers in tests/browser/openid.test.mjs. */
#include "../base/check.h"

#include "net/fetch.h"

TEST(only_https_and_this_machine)
{
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        {"https://id.example.org", true},
        {"https://id.example.org/realms/staff?x=1", true},
        {"https://id.example.org:8443/", true},
        {"https://[2001:db8::1]/x", true},
        {"http://localhost:8080/x", true},
        {"http://LOCALHOST/x", true},
        {"http://127.0.0.1/x", true},
        {"http://127.3.2.1:1?x", true},
        {"http://[::1]:8080/x", true},
        {"http://id.example.org", false},
        {"http://127.example.org/", false},
        {"http://127.0.0.1.example.org/", false},
        {"http://localhost.example.org/", false},
        {"http://localhost@example.org/", false},
        {"http://localhost:80@example.org/", false},
        {"http://example.org?http://localhost/", false},
        {"http://example.org\\@localhost/", false},
        {"http://example.org#@localhost/", false},
        {"http://[::1].example.org/", false},
        {"http://[::2]/", false},
        {"http://128.0.0.1/", false},
        {"http://0x7f000001/", false},
        {"https://user:secret@example.org/", false},
        {"https://example.org/#part", false},
        {"https://example.org/a b", false},
        {"https://example.org/\n", false},
        {"https://example.org/\xC3\xA9", false},
        {"https://example.org:0/", false},
        {"https://example.org:65536/", false},
        {"https://example.org:80:80/", false},
        {"https://example.org:/", false},
        {"https://:443/", false},
        {"https:///x", false},
        {"https://", false},
        {"https://[::1", false},
        {"HTTPS://example.org", false},
        {"ftp://example.org", false},
        {"file:///etc/passwd", false},
        {"example.org", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (fetch_url_is_safe(slice_from_text(cases[i].url)) != cases[i].good)
            fail_msg("%s", cases[i].url);
    char address[FETCH_URL_MAXIMUM + 2] = "https://example.org/";
    memset(address + strlen(address), 'a', sizeof address - 1 - strlen(address));
    address[sizeof address - 1] = '\0';
    assert_false(fetch_url_is_safe(slice_from_text(address)));
    address[sizeof address - 2] = '\0';
    assert_true(fetch_url_is_safe(slice_from_text(address)));
}

TEST(others_are_not_asked)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct error error = {0};
    struct fetch_response response;
    assert_int_equal(fetch_prepare(&error), OK);
    assert_int_equal(
        fetch(&(struct fetch_request){.url = S("http://example.org/")}, region, &error, &response),
        ERROR_INPUT);
    assert_string_equal(error.reason, "fetch-url");
    /* Port 1 of this machine: nobody listens. */
    struct slice url = S("http://127.0.0.1:1/x?code=secret");
    assert_int_equal(fetch(&(struct fetch_request){.url = url}, region, &error, &response), ERROR_IO);
    assert_string_equal(error.reason, "fetch-failed");
    assert_null(strstr(error.detail, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_https_and_this_machine),
        cmocka_unit_test(others_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
