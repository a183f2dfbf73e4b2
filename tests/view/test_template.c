/* Templates as they come out, and that no text a person gives can leave its place. */
#include "templates.h"

#include "view/asset.h"
#include "view/template.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

static const struct view dutch = {.language = LANGUAGE_NL, .csrf = {"c<", 2}, .once = {"o1", 2}};
static const struct view english = {.language = LANGUAGE_EN, .csrf = {"c<", 2}, .once = {"o1", 2}};

static void check(struct buffer *out, const char *expected)
{
    assert_false(out->failed);
    if (!slice_equal(buffer_slice(out), slice_from_text(expected)))
        fail_msg("got\n%.*s\nexpected\n%s", SLICE_ARG(buffer_slice(out)), expected);
    buffer_clear(out);
}

static struct template_every_hole every_hole(struct slice text)
{
    return (struct template_every_hole){
        .text = text,
        .integer = -1234,
        .one = 3.75,
        .two = -3.755,
        .day = 1795440600,
        .moment = 1795440600,
        .flag = true,
        .message = MESSAGE_TEST_PLAIN,
        .url = S("/u?a&b"),
        .html = {S("<b>html</b>")},
    };
}

static void test_every_hole(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    struct template_every_hole p = every_hole(S("<&\"'/ x"));
    template_every_hole(&out, &dutch, &p);
    check(
        &out,
        "<section> "
        "<p title=\"&lt;&amp;&quot;&#39;/ x\" data-n=\"-1234\" data-one=\"3.8\" data-two='-3.75' lang=\"nl\">"
        "&lt;&amp;&quot;&#39;/ x</p> "
        "<p title='&lt;&amp;&quot;&#39;/ x'>\xE2\x88\x92"
        "1.234 3,8 \xE2\x88\x92"
        "3,75</p> "
        "<p>23 november 2026 | ma 23 november, 14:30</p> "
        "<p title=\"Vis &amp; &quot;friet&quot; &lt; 3 &#39;s\">Vis &amp; &quot;friet&quot; &lt; 3 &#39;s "
        "yes</p> "
        "<a href=\"/u?a&amp;b\">a</a> "
        "<a href=\"/x/%3C%26%22%27%2F%20x?y=%3C%26%22%27%2F%20x&amp;n=-1234#%3C%26%22%27%2F%20x\">b</a> "
        "<a href='?q=%3C%26%22%27%2F%20x'>c</a> "
        "<a href=\"/%3C%26%22%27%2F%20x\">d</a> "
        "<form method=\"post\" action=\"/u?a&amp;b\"> "
        "<input type=\"hidden\" name=\"csrf\" value=\"c&lt;\"> "
        "<input type=\"hidden\" name=\"once\" value=\"o1\"> "
        "<input name=\"n\" value=\"-1234\" checked> "
        "<textarea name=\"t\">\n&lt;&amp;&quot;&#39;/ x</textarea> </form> "
        "<div class=\"part on\"><b>html</b></div> "
        "<p title=\"&lt;&amp;&quot;&#39;/ x? Hallo, &lt;&amp;&quot;&#39;/ x!\">"
        "&lt;&amp;&quot;&#39;/ x? Hallo, &lt;&amp;&quot;&#39;/ x!</p> "
        "<p>ma 23 november, 14:30|3,8|\xE2\x88\x92"
        "1.234|Vis &amp; &quot;friet&quot; &lt; 3 &#39;s</p> "
        "</section>");
    p.flag = false;
    p.one = NAN;
    template_every_hole(&out, &english, &p);
    struct slice text = buffer_slice(&out);
    static const char *const parts[] = {" no not</p>",      "action=\"/there\"",
                                        "value=\"-1234\">", "class=\"part\"",
                                        "data-one=\"\"",    "1,234 \xE2\x80\x93 \xE2\x88\x92\63.7"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (slice_find(text, slice_from_text(parts[i])) == text.length)
            fail_msg("no %s in %.*s", parts[i], SLICE_ARG(text));
}

static void test_lists(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    const struct template_lists_teams_people people[] = {{S("Ann"), 40}, {S("<Bo>"), 1000}};
    const struct template_lists_teams teams[] = {{S("A"), 2, people, 2}, {S("B"), 1, NULL, 0}};
    struct template_lists p = {S("Org"), teams, 2};
    template_lists(&out, &english, &p);
    check(
        &out,
        "<ul> <li>A (Org, 2 members of A) <ol><li>Ann of A: 40</li><li>&lt;Bo&gt; of A: 1,000</li></ol> </li>"
        " <li>B (Org, 1 member of B) <ol><li>nobody</li></ol> </li> </ul> <p>some</p> in  A  B out A B .");
    p.teams_count = 0;
    template_lists(&out, &english, &p);
    check(&out, "<ul> <li>none</li> </ul> <p>no teams</p> in out .");
}

static void test_spaces(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    CLEANUP(buffer_free) struct buffer expected = BUFFER(1 << 16);
    template_spaces(&out, &english, &(struct template_spaces){.flag = true, .text = S("\nT")});
    buffer_format(&expected,
                  "<p class=\"a   b\" id=\"x\"> one two three <b> four </b> five </p> <i>x</i> "
                  "<pre>\n  keep   \nT\n\tthis </pre> <pre>\n\nT</pre> "
                  "<textarea>\n a\n   b </textarea> <textarea>\n\nT</textarea> <textarea>\n\nT</textarea> "
                  "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/><g/></svg> <br> "
                  "<script type=\"module\" src=\"%.*s\"></script> a c d e%c",
                  SLICE_ARG(asset_path("a.js")), 0);
    check(&out, expected.data);
}

static void test_html_in_html(void **state)
{
    (void)state;
    struct region *region = region_new(1 << 20);
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    CLEANUP(buffer_free) struct buffer expected = BUFFER(1 << 16);
    struct html body = template_nothing_html(region, &english, NULL);
    assert_int_equal(body.bytes.length, 0);
    template_page(&out, &dutch, &(struct template_page){body});
    assert_true(slice_ends_with(buffer_slice(&out), S("<body><p>empty</p></body></html>")));
    buffer_clear(&out);
    body = template_lists_html(region, &english, &(struct template_lists){0});
    template_page(&out, &dutch, &(struct template_page){body});
    buffer_format(
        &expected,
        "<!doctype html><html lang=\"nl\"><head><title>Vis &amp; &quot;friet&quot; &lt; 3 &#39;s</title>"
        "<link rel=\"stylesheet\" href=\"%.*s\"></head> "
        "<body><ul> <li>none</li> </ul> <p>no teams</p> in out .</body></html>%c",
        SLICE_ARG(asset_path("a.css")), 0);
    check(&out, expected.data);
    assert_false(region_failed(region));
    region_free(region);
}

/* A part that could not be made must not go missing in silence. */
static void test_failure_is_seen(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer small = BUFFER(10);
    struct template_every_hole p = every_hole(S("x"));
    template_every_hole(&small, &english, &p);
    assert_true(small.failed);
    struct region *region = region_new(1 << 20);
    assert_int_equal(template_html(region, &small).bytes.length, 0);
    assert_true(region_failed(region));
    region_free(region);
    region = region_new(100);
    (void)template_every_hole_html(region, &english, &p);
    assert_true(region_failed(region));
    region_free(region);
}

static const char *const attacks[] = {
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "</textarea><script>alert(1)</script>",
    "</title><svg/onload=alert(1)>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "\tjava\nscript:alert(1)",
    "&#106;avascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example\\",
    "https:evil.example",
    "/\t/evil.example",
    "..//evil.example",
    "?x#y&z=1\"",
    "&lt;script&gt;",
    "&quot;&gt;<b>",
    "{{text}}{name}{n}%s%n",
    "\xC0\xBCscript\xC0\xBE",
    "\xE2\x80\xAE<b>",
    "\xC3\"><b>",
    "\xF0\x9F\"><b>",
    "+ADw-script+AD4-",
    "`${alert(1)}`",
    "\x01\x02<\x7F>\r\n\r\nX: y",
    "\n\n<pre>",
    "x y=z /><b ",
    "style=background:url(javascript:1)",
    "expression(alert(1))",
};

static size_t count_of(struct slice text, char c)
{
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++)
        count += text.data[i] == c;
    return count;
}

/* All addresses begin as the template says or are refused ("#"), and hold nothing a browser would read as
 * another host or a scheme. */
static void check_addresses(struct slice page, bool url_is_attack)
{
    static const struct slice starts[] = {{"href=\"", 6}, {"href='", 6}, {"action=\"", 8}};
    for (size_t i = 0; i < page.length; i++) {
        for (size_t j = 0; j < COUNT_OF(starts); j++) {
            struct slice rest = slice_from(page, i);
            if (!slice_starts_with(rest, starts[j]))
                continue;
            rest = slice_from(rest, starts[j].length);
            struct slice value = slice_part(rest, 0, slice_find_byte(rest, j == 1 ? '\'' : '"'));
            bool local = (value.data[0] == '/' &&
                          (value.length == 1 || (value.data[1] != '/' && value.data[1] != '\\'))) ||
                         value.data[0] == '?' || value.data[0] == '#';
            bool whole = url_is_attack && slice_starts_with(value, S("https://"));
            if (!local && !whole)
                fail_msg("address %.*s", SLICE_ARG(value));
            for (size_t k = 0; k < value.length; k++)
                assert_true((unsigned char)value.data[k] > 0x20 && value.data[k] != '\\');
        }
    }
}

static void test_attacks(void **state)
{
    (void)state;
    CLEANUP(buffer_free) struct buffer plain = BUFFER(1 << 16);
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 16);
    for (size_t i = 0; i < COUNT_OF(attacks); i++) {
        struct slice attack = slice_from_text(attacks[i]);
        struct template_every_hole p = every_hole(S("plain"));
        struct view view = english;
        view.csrf = S("plain");
        buffer_clear(&plain);
        template_every_hole(&plain, &view, &p);
        p.text = attack;
        p.url = attack;
        view.csrf = attack;
        view.once = attack;
        buffer_clear(&out);
        template_every_hole(&out, &view, &p);
        assert_false(out.failed);
        struct slice page = buffer_slice(&out);
        assert_true(slice_is_utf8(page));
        /* No markup character more than without the attack: nothing can begin or end an element or attribute.
         */
        static const char markup[] = {'<', '>', '"', '\''};
        for (size_t j = 0; j < COUNT_OF(markup); j++)
            if (count_of(page, markup[j]) != count_of(buffer_slice(&plain), markup[j]))
                fail_msg("%s: another number of %c in %.*s", attacks[i], markup[j], SLICE_ARG(page));
        check_addresses(page, true);
    }
}

static int set_time_zone(void **state)
{
    (void)state;
    setenv("TZ", "Europe/Amsterdam", 1);
    tzset();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_hole),      cmocka_unit_test(test_lists),
        cmocka_unit_test(test_spaces),          cmocka_unit_test(test_html_in_html),
        cmocka_unit_test(test_failure_is_seen), cmocka_unit_test(test_attacks),
    };
    return cmocka_run_group_tests_name("template", tests, set_time_zone, NULL);
}
