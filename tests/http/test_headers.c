#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "http/headers.h"

TEST(cookies)
{
    static const struct {
        const char *header;
        const char *value; /* NULL: none */
    } cases[] = {
        {"", NULL},
        {"hecht", NULL},
        {"hecht=", ""},
        {"hecht=abc", "abc"},
        {"a=1; hecht=abc; b=2", "abc"},
        {"a=1;hecht=abc", "abc"},
        {"hecht=a=b", "a=b"},
        {"hechts=abc", NULL},
        {"ahecht=abc", NULL},
        {"Hecht=abc", NULL},
        {"a=hecht=abc", NULL},
        {"a=\"; hecht=abc", "abc"},
        {"hecht=abc; hecht=abc", "abc"},
        {"hecht=abc; hecht=abd", NULL},
        {";;; hecht=abc", "abc"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice value = S("untouched");
        bool found = cookie_find(slice_from_text(cases[i].header), S("hecht"), &value);
        assert_int_equal(found, cases[i].value != NULL);
        assert_slice(value, cases[i].value == NULL ? "untouched" : cases[i].value);
    }
    struct slice value;
    assert_false(cookie_find((struct slice){0}, S("hecht"), &value));
}

TEST(media_types)
{
    assert_true(media_type_is(S("application/json"), S("application/json")));
    assert_true(media_type_is(S("Application/JSON; charset=utf-8"), S("application/json")));
    assert_true(media_type_is(S(" application/json ;x"), S("application/json")));
    assert_false(media_type_is(S("application/jsonp"), S("application/json")));
    assert_false(media_type_is(S("application/json, text/plain"), S("application/json")));
    assert_false(media_type_is(S("text/plain"), S("application/json")));
    assert_false(media_type_is((struct slice){0}, S("application/json")));
}

TEST(content_codings)
{
    static const struct {
        const char *header;
        bool accepted;
    } cases[] = {
        {"", false},
        {"gzip", true},
        {"GZIP", true},
        {"br, gzip", true},
        {"gzip;q=0.5", true},
        {"gzip; q=0", false},
        {"gzip;q=0.0", false},
        {"gzip;q=0.001", true},
        {"*", true},
        {"*;q=0", false},
        {"gzip;q=0, *", false},
        {"identity", false},
        {"*;q=0, gzip", true},
        {"x-gzip, deflate", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(accepts_gzip(slice_from_text(cases[i].header)), cases[i].accepted);
    assert_false(accepts_gzip((struct slice){0}));
}

static void assert_client(struct slice header, const char *expected)
{
    struct client_address client = {.bytes = {1}};
    char text[33] = "none";
    if (client_address_forwarded(header, &client))
        hex_encode(client.bytes, sizeof(client.bytes), text);
    assert_string_equal(text, expected);
}

TEST(forwarded_addresses)
{
    assert_client((struct slice){0}, "none");
    assert_client(S(""), "none");
    assert_client(S("unknown"), "none");
    assert_client(S("203.0.113.7"), "00000000000000000000ffffcb007107");
    assert_client(S("1.2.3.4, 203.0.113.7"), "00000000000000000000ffffcb007107");
    assert_client(S("203.0.113.7, "), "none");
    assert_client(S("203.0.113.7:80"), "none");
    assert_client(S("999.0.113.7"), "none");
    assert_client(S("2001:db8:1:2:3:4:5:6"), "20010db8000100020000000000000000");
    assert_client(S("::ffff:203.0.113.7"), "00000000000000000000ffffcb007107");
    assert_client(S("1111111111111111111111111111111111111111111111111111111111111"), "none");
    assert_client(((struct slice){"1.2.3.4\0x", 9}), "00000000000000000000ffff01020304");
}

static bool loopback(int family, const char *text)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct sockaddr_storage address = {0};
    if (family == AF_INET) {
        assert_int_equal(inet_pton(AF_INET, text, &ipv4.sin_addr), 1);
        memcpy(&address, &ipv4, sizeof(ipv4));
    } else {
        assert_int_equal(inet_pton(AF_INET6, text, &ipv6.sin6_addr), 1);
        memcpy(&address, &ipv6, sizeof(ipv6));
    }
    return socket_address_is_loopback((struct sockaddr *)&address);
}

TEST(loopback_addresses)
{
    assert_true(loopback(AF_INET, "127.0.0.1"));
    assert_true(loopback(AF_INET, "127.200.0.1"));
    assert_false(loopback(AF_INET, "0.0.0.0"));
    assert_false(loopback(AF_INET, "128.0.0.1"));
    assert_true(loopback(AF_INET6, "::1"));
    assert_true(loopback(AF_INET6, "::ffff:127.0.0.1"));
    assert_false(loopback(AF_INET6, "::"));
    assert_false(loopback(AF_INET6, "::ffff:10.0.0.1"));
    assert_false(loopback(AF_INET6, "fe80::1"));
    assert_false(socket_address_is_loopback(NULL));
}

/* "address port" or the reason. */
static const char *listen_result(struct slice text, struct region *region)
{
    struct error error = {0};
    const char *address = NULL;
    uint16_t port = 0;
    if (http_parse_listen(text, &error, region, &address, &port) != OK)
        return error.reason;
    return region_text(region, region_format(region, "%s %u", address, port));
}

TEST(listen_addresses)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 16);
    static const struct {
        const char *text;
        const char *result; /* NULL: refused */
    } cases[] = {
        {"", NULL},
        {"127.0.0.1:8080", "127.0.0.1 8080"},
        {"0.0.0.0:0", "0.0.0.0 0"},
        {"[::1]:0", "::1 0"},
        {"[::]:65535", ":: 65535"},
        {"127.0.0.1:65536", NULL},
        {"127.0.0.1:-1", NULL},
        {"127.0.0.1:", NULL},
        {"127.0.0.1", NULL},
        {":8080", NULL},
        {"8080", NULL},
        {"localhost:8080", NULL},
        {"::1:8080", NULL},
        {"[127.0.0.1]:8080", NULL},
        {"[::1:8080", NULL},
        {"[::1]8080", NULL},
        {"[::1]", NULL},
        {"[]:80", NULL},
        {"127.0.0.1:80x", NULL},
        {"127.0.0.1:000080", NULL},
        {" 127.0.0.1:80", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(listen_result(slice_from_text(cases[i].text), region),
                            cases[i].result == NULL ? "listen-syntax" : cases[i].result);
    assert_string_equal(listen_result(((struct slice){"127.0.0.1\0:80", 13}), region), "listen-syntax");
}

static const char *origin_result(struct slice text, struct region *region)
{
    struct error error = {0};
    struct slice origin = {0};
    bool secure = false;
    if (http_parse_url_origin(text, &error, region, &origin, &secure) != OK)
        return error.reason;
    return region_text(region, region_format(region, "%.*s %s", SLICE_ARG(origin), secure ? "tls" : "plain"));
}

TEST(public_addresses)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 16);
    static const struct {
        const char *text;
        const char *result;
    } cases[] = {
        {"", NULL},
        {"https://trust.example.org", "https://trust.example.org tls"},
        {"https://trust.example.org/", "https://trust.example.org tls"},
        {"HTTPS://Trust.Example.ORG:443", "https://trust.example.org tls"},
        {"https://trust.example.org:8443", "https://trust.example.org:8443 tls"},
        {"https://trust.example.org:80", "https://trust.example.org:80 tls"},
        {"http://localhost:80", "http://localhost plain"},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080 plain"},
        {"http://[0:0::1]:8080/", "http://[::1]:8080 plain"},
        {"https://a_b.example", NULL},
        {"https://", NULL},
        {"https:///", NULL},
        {"https://a/b", NULL},
        {"https://a//", NULL},
        {"https://a?b", NULL},
        {"https://a#b", NULL},
        {"https://user@a", NULL},
        {"https://user:pw@a", NULL},
        {"https://a:0", NULL},
        {"https://a:", NULL},
        {"https://a:99999", NULL},
        {"https://a..b", NULL},
        {"https://-a", NULL},
        {"https://a b", NULL},
        {"https://[127.0.0.1]", NULL},
        {"ftp://a", NULL},
        {"trust.example.org", NULL},
        {"//trust.example.org", NULL},
        {"https:trust.example.org", NULL},
        {"https://\xC3\xA9.nl", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(origin_result(slice_from_text(cases[i].text), region),
                            cases[i].result == NULL ? "url-syntax" : cases[i].result);
}

static void addresses_that_phones_can_use(void **state)
{
    (void)state;
    assert_true(http_url_is_for_phones(S("https://trust.example.org")));
    static const char *const UNFIT[] = {"http://trust.example.org", "https://localhost",
                                        "https://127.0.0.1:8080", "https://[::1]", ""};
    for (size_t i = 0; i < COUNT_OF(UNFIT); i++)
        assert_false(http_url_is_for_phones(slice_from_text(UNFIT[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_phones_can_use),
        cmocka_unit_test(cookies),
        cmocka_unit_test(media_types),
        cmocka_unit_test(content_codings),
        cmocka_unit_test(forwarded_addresses),
        cmocka_unit_test(loopback_addresses),
        cmocka_unit_test(listen_addresses),
        cmocka_unit_test(public_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
