/* An example sends nothing and leads nowhere, whatever stands in the templates it is made of. */
#include "view/inert.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct inert_link LINKS[] = {{{"/real", 5}, {"/example", 8}}};

static void check(const char *html, const char *expected)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    struct html made = html_inert(region, (struct html){slice_from_text(html)}, LINKS, COUNT_OF(LINKS));
    if (!slice_equal(made.bytes, slice_from_text(expected)))
        fail_msg("%s\ngave     %.*s\nexpected %s", html, SLICE_ARG(made.bytes), expected);
}

static void test_text_stays(void **state)
{
    (void)state;
    check("", "");
    check("plain &lt;b&gt; text", "plain &lt;b&gt; text");
    check("<p class=\"soft small\">a<br>b</p>", "<p class=\"soft small\">a<br>b</p>");
    check("<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>",
          "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>");
    check("<details open><summary>x</summary></details>", "<details open><summary>x</summary></details>");
    check("<p title=\"a > b\">x</p>", "<p title=\"a > b\">x</p>");
}

static void test_links_lose_their_address(void **state)
{
    (void)state;
    check("<a class=\"button\" href=\"/teams/1/talk\">x</a>", "<a class=\"button\">x</a>");
    check("<a HREF=\"https://example.org\" target=\"_blank\" ping=\"/p\">x</a>", "<a>x</a>");
    check("<a href=\"mailto:a@example.org\">x</a>", "<a>x</a>");
    check("<a href=\"//example.org\">x</a>", "<a>x</a>");
    check("<a href=\"\">x</a>", "<a>x</a>");
    check("<a href='/teams/1'>x</a>", "<a>x</a>");
    check("<a href=/teams/1 class=\"b\">x</a>", "<a>x</a>"); /* no template writes this */
    check("<a\nhref=\"/teams/1\"\n>x</a>", "<a>x</a>");
    check("<a href=\"#lines\">x</a>", "<a href=\"#lines\">x</a>");
    check("<a href=\"/real\">x</a>", "<a href=\"/example\">x</a>");
    check("<a href=\"/really\">x</a>", "<a>x</a>");
    check("<use xlink:href=\"/x.svg\"/>", "<use/>");
    check("<img src=\"/x.png\" srcset=\"/y.png 2x\" alt=\"\">", "<img alt=\"\">");
}

static void test_forms_send_nothing(void **state)
{
    (void)state;
    check(
        "<form method=\"post\" action=\"/people\" class=\"card\" novalidate><input type=\"hidden\" name=\"csrf\" value=\"x\">"
        "<input name=\"k\" value=\"5\"><button class=\"button\" type=\"submit\" formaction=\"/x\">Go</button></form>",
        "<div class=\"card\"><input name=\"k\" value=\"5\" disabled><button class=\"button\" type=\"submit\" "
        "disabled>Go</button></div>");
    check(
        "<select name=\"a\"><option>1</option></select><textarea name=\"b\">x</textarea>",
        "<select name=\"a\" disabled><option>1</option></select><textarea name=\"b\" disabled>x</textarea>");
    check("<button disabled>x</button>", "<button disabled>x</button>");
    check("<FORM ACTION=\"/x\">y</FORM>", "<div>y</div>");
}

static void test_what_runs_is_dropped(void **state)
{
    (void)state;
    check("a<script src=\"/x.js\"></script>b", "ab");
    check("a<iframe src=\"/x\"></iframe>b<base href=\"/\"><meta http-equiv=\"refresh\" content=\"0\">c",
          "abc");
    check("a<!-- <a href=\"/x\"> -->b", "a -->b"); /* templates send no comments */
    check("a<p title=\"x", "a<p>");
    check("a<", "a");
    check("a<>b", "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_stays),
        cmocka_unit_test(test_links_lose_their_address),
        cmocka_unit_test(test_forms_send_nothing),
        cmocka_unit_test(test_what_runs_is_dropped),
    };
    return cmocka_run_group_tests_name("inert", tests, NULL, NULL);
}
