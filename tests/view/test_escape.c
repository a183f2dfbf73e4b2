#include "view/view.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void write_function(struct buffer *out, struct slice text);

static void check(write_function *write, struct slice text, const char *expected)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    write(&out, text);
    assert_false(out.failed);
    if (!slice_equal(buffer_slice(&out), slice_from_text(expected)))
        fail_msg("got %.*s, expected %s", SLICE_ARG(buffer_slice(&out)), expected);
}

#define R "\xEF\xBF\xBD"

static void test_html(void **state)
{
    (void)state;
    check(escape_html, (struct slice){0}, "");
    check(escape_html, S("plain"), "plain");
    check(escape_html, S("<a href=\"x\" b='y'>&amp;"), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;");
    check(escape_html, S("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x9F\n\t\r"),
          "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x9F\n\t\r");
    check(escape_html, S("\0\x01\x1F\x7F"), R R R R);
    /* Invalid UTF-8: stray, overlong, surrogate, too large, cut off before a quote. */
    check(escape_html, S("\x80x"), R "x");
    check(escape_html, S("\xC0\xBC"), R R);
    check(escape_html, S("\xED\xA0\x80"), R R R);
    check(escape_html, S("\xF4\x90\x80\x80"), R R R R);
    check(escape_html, S("\xC3\">"), R "&quot;&gt;");
    check(escape_html, S("\xE2\x82<\xC3\xA9"), R R "&lt;\xC3\xA9");
    check(escape_html, S("a\xF0\x9F"), "a" R R);
}

static void test_url_part(void **state)
{
    (void)state;
    check(escape_url_part, S(""), "");
    check(escape_url_part, S("AZaz09-._~"), "AZaz09-._~");
    check(escape_url_part, S(" /?#&=%+\"<'>\xC3\xA9\0"), "%20%2F%3F%23%26%3D%25%2B%22%3C%27%3E%C3%A9%00");
}

static void test_url(void **state)
{
    (void)state;
    static const struct {
        struct slice url;
        const char *expected;
    } cases[] = {
        {{"/", 1}, "/"},
        {{"/a?b=1&c='\"<", 12}, "/a?b=1&amp;c=&#39;&quot;&lt;"},
        {{"https://x", 9}, "https://x"},
        {{"http://x", 8}, "http://x"},
        {{"mailto:a@b", 10}, "mailto:a@b"},
        {{"", 0}, "#"},
        {{"//x", 3}, "#"},
        {{"/\\x", 3}, "#"},
        {{"\\\\x", 3}, "#"},
        {{"/\t/x", 4}, "#"},
        {{"/\n/x", 4}, "#"},
        {{"/\0/x", 4}, "#"},
        {{" /x", 3}, "#"},
        {{"x", 1}, "#"},
        {{"javascript:x", 12}, "#"},
        {{"JAVASCRIPT:x", 12}, "#"},
        {{"java\nscript:x", 13}, "#"},
        {{"data:text/html,x", 16}, "#"},
        {{"https:/x", 8}, "#"},
        {{"ftp://x", 7}, "#"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check(write_url, cases[i].url, cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_url_part),
        cmocka_unit_test(test_url),
    };
    return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
