/* Every mistake docs/templates.md names is found, at its place. */
#include "template.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char texts[] = "msgid \"a.plain\"\nmsgstr \"Plain\"\n"
                            "msgid \"a.name\"\nmsgstr \"Hello {name}\"\n"
                            "msgid \"a.count\"\nmsgid_plural \"a.count\"\n"
                            "msgstr[0] \"one of {team}\"\nmsgstr[1] \"{n} of {team}\"\n";

/* Declarations every body of the tables may use. */
static const char declarations[] =
    "{{template page}}{{param text name}}{{param integer age}}{{param decimal1 mean}}"
    "{{param date day}}{{param datetime moment}}{{param flag ok}}{{param message hint}}"
    "{{param url link}}{{param html part}}"
    "{{list teams}}{{param text name}}{{list members}}{{param integer age}}{{/list}}"
    "{{/list}}";
/* And behind the body, so that everything is used. */
static const char uses[] = "<i>{{name}}{{age}}{{mean}}{{day}}{{moment}}{{if ok}}{{/if}}{{hint}}{{part}}</i>"
                           "<a href=\"{{link}}\">x</a>{{for t9 in teams}}{{t9.name}}{{for m9 in t9.members}}"
                           "{{m9.age}}{{/for}}{{/for}}";

static enum error_code compile(struct slice text, struct region *region, struct error *error,
                               struct buffer *code)
{
    static const struct slice assets[] = {{"app.css", 7}, {"app.js", 6}};
    struct source po = {S("a.en.po"), slice_from_text(texts)};
    struct source source = {S("page.html"), text};
    struct catalogue catalogue;
    struct slice name;
    assert_int_equal(catalogue_build(&po, 1, true, region, error, &catalogue), OK);
    struct template_environment environment = {&catalogue, assets, COUNT_OF(assets)};
    CLEANUP(buffer_free) struct buffer header = BUFFER(1 << 20);
    enum error_code result = template_compile(&source, &environment, region, error, &header, code, &name);
    if (result != OK)
        assert_int_equal(header.length + code->length, 0);
    return result;
}

/* Whole sources, and bodies behind `declarations` (their column counts from the body's start). */
struct mistake {
    const char *source;
    const char *message;
};

static const struct mistake whole[] = {
    {"", "1:1: a template begins with {{template NAME}}"},
    {"   \n<p></p>", "2:1: a template begins with {{template NAME}}"},
    {"{{template}}", "1:11: the name of the template is expected here: a-z, 0-9 and _"},
    {"{{template Page}}", "1:12: the name of the template is expected here: a-z, 0-9 and _"},
    {"{{template a/b}}", "1:12: the name of the template is expected here: a-z, 0-9 and _"},
    {"{{template page", "1:16: }} is expected here"},
    {"{{template page}}{{param word x}}", "1:26: unknown type 'word'"},
    {"{{template page}}{{param text 1x}}",
     "1:31: the name of the parameter is expected here: a-z, 0-9 and _"},
    {"{{template page}}{{param text int}}", "1:31: int is a word of C and cannot be a name"},
    {"{{template page}}{{param text csrf}}", "1:31: the name csrf is reserved"},
    {"{{template page}}\n{{param text x}}\n{{param flag x}}", "3:14: the name x is taken already (line 2)"},
    {"{{template page}}{{list x}}{{param text a}}{{/list}}{{param flag x_count}}",
     "1:66: the name x_count is taken already (line 1)"},
    {"{{template page}}{{list x}}{{/list}}", "1:18: the list x has no parameters"},
    {"{{template page}}{{list x}}<p>", "1:28: {{/list}} or a {{param}} of the list is expected here"},
    {"{{template page}}{{list x}}{{param text a}}",
     "1:44: {{/list}} or a {{param}} of the list is expected here"},
    {"{{template page}}{{param text x}}<p></p>", "1:31: x is never used"},
    {"{{template page}}{{list x}}{{param text a}}{{/list}}{{for r in x}}{{/for}}", "1:41: a is never used"},
    {"{{template page}}<p></p>{{param text x}}", "1:25: {{param}} must stand before all HTML"},
    {"{{template page}}{{# open", "1:18: this comment does not end in #}}"},
    {"{{template page}}\xFF", "1:1: the file is not UTF-8 text with plain line ends"},
    {"{{template page}}\r\n", "1:1: the file is not UTF-8 text with plain line ends"},
    {"{{template page}}\n\n  <p>\n", "3:3: <p> is not closed"},
    {"{{template page}}<p>\xC3\xA9\xC3\xA9{{x}}</p>", "1:25: unknown name 'x'"},
};

static const struct mistake bodies[] = {
    /* Holes where none may stand. */
    {"<p class={{name}}></p>", "10: a hole needs quotes around the attribute's value"},
    {"<p class=a{{name}}></p>", "11: a hole needs quotes around the attribute's value"},
    {"<p onclick=\"{{name}}\"></p>", "4: no onclick= attributes: scripts stand in assets/"},
    {"<p ONCLICK=\"x()\"></p>", "4: no ONCLICK= attributes: scripts stand in assets/"},
    {"<p style=\"{{name}}\"></p>", "4: no style= attributes: use a class"},
    {"<p style=\"color:red\"></p>", "4: no style= attributes: use a class"},
    {"<iframe srcdoc=\"x\"></iframe>", "9: the attribute srcdoc may not be used"},
    {"<meta http-equiv=\"refresh\">", "7: the attribute http-equiv may not be used"},
    {"<{{name}}></p>", "2: no holes in the name of a tag"},
    {"<h{{age}}></h1>", "3: no holes in the name of a tag"},
    {"<p></{{name}}>", "4: the name of an element is expected behind </"},
    {"<p {{name}}></p>", "4: no holes in a tag outside of an attribute's value"},
    {"<p data-{{name}}=\"x\"></p>", "9: no holes in the name of an attribute"},
    {"<p {{t \"a.plain\"}}></p>", "4: no holes in a tag outside of an attribute's value"},
    {"<p {{for x in teams}}{{/for}}></p>", "4: no holes in a tag outside of an attribute's value"},
    {"<script>{{name}}</script>", "9: no holes in <script>"},
    {"<script>let x = 1;</script>", "9: no inline scripts: scripts stand in assets/"},
    {"<script src=\"{{link}}\"></script>", "14: only {{asset}} may stand here"},
    {"<script src=\"/x/{{name}}\"></script>", "17: only {{asset}} may stand here"},
    {"<link rel=\"stylesheet\" href=\"{{link}}\">", "30: only {{asset}} may stand here"},
    {"<style>{{name}}</style>", "8: no holes in <style>"},
    {"<style>a{{if ok}}{{/if}}</style>", "9: no holes in <style>"},
    {"<!-- {{name}} -->", "6: no holes in an HTML comment; {{# ... #}} hides all"},
    {"<!-- x", "1: this HTML comment is not closed"},
    {"<img srcset=\"{{name}}\">", "14: no holes in this attribute"},
    /* Types where they may not stand. */
    {"<a href=\"{{name}}\"></a>",
     "10: a text in an address must stand behind a literal beginning with / or ?"},
    {"<a href=\"x/{{name}}\"></a>",
     "12: a text in an address must stand behind a literal beginning with / or ?"},
    {"<a href=\"https://{{name}}\"></a>",
     "18: a text in an address must stand behind a literal beginning with / or ?"},
    {"<a href=\"//{{name}}\"></a>",
     "12: a text in an address must stand behind a literal beginning with / or ?"},
    {"<a href=\"/\\{{name}}\"></a>",
     "12: a text in an address must stand behind a literal beginning with / or ?"},
    {"<a href=\"/{{name}}/{{name}}\"></a>",
     "19: when the text is empty, this names another host; begin with a literal part"},
    {"<a href=\"{{if ok}}/a{{/if}}{{name}}\"></a>", "28: nothing may follow a whole url"},
    {"<a href=\"/x{{link}}\"></a>", "12: a url must be the attribute's whole value"},
    {"<a href=\"{{link}}x\"></a>", "18: nothing may follow a whole url"},
    {"<a href=\"{{link}}{{name}}\"></a>", "18: nothing may follow a whole url"},
    {"<a href=\"javascript:x()\"></a>", "10: no javascript: addresses"},
    {"<a href=\" JavaScript:x()\"></a>", "10: no JavaScript: addresses"},
    {"<form action=data:x></form>", "14: no data: addresses"},
    {"<a href=\"/{{mean}}\"></a>", "11: only text, integer and url may stand in an address"},
    {"<a href=\"/{{t \"a.plain\"}}\"></a>", "11: no texts in an address"},
    {"<a href=\"{{for x in teams}}{{/for}}\"></a>", "10: no {{for}} in an address"},
    {"<a href=\"/x{{asset \"app.css\"}}\"></a>", "12: an asset must begin the address"},
    {"<p title=\"{{link}}\"></p>", "11: a url may stand in an address attribute only"},
    {"<p>{{link}}</p>", "4: a url may stand in an address attribute only"},
    {"<p title=\"{{part}}\"></p>", "11: html may not stand in an attribute"},
    {"<p title=\"{{day}}\"></p>", "11: a value of this type may not stand in an attribute"},
    {"<textarea>{{part}}</textarea>", "11: no html in <textarea>"},
    {"{{ok}}", "1: a flag is for {{if}} only"},
    {"{{teams}}", "1: a list is for {{for}} and {{if}} only"},
    {"{{if mean}}{{/if}}", "6: {{if}} cannot ask a decimal or a date"},
    /* HTML that does not close. */
    {"<b><i></b></i>", "7: </b> where </i> is due (line 1)"},
    {"</p>", "1: </p> closes nothing"},
    {"<p", "1: the tag <p is not finished"},
    {"<p title=\"x", "1: the tag <p is not finished"},
    {"<div/>", "1: <div/> does not close in HTML: write </div>"},
    {"<br></br>", "5: </br> closes nothing"},
    {"<script src=\"/x\">", "1: <script> is not closed"},
    {"<p {{if ok}}>{{else}}class=\"x\">{{/if}}</p>", "14: <p> of line 1 is not closed in this part"},
    {"{{if ok}}<p>{{/if}}</p>", "13: <p> of line 1 is not closed in this part"},
    {"<p>{{if ok}}</p>{{/if}}", "13: </p> closes an element from outside the part of line 1"},
    {"<p>{{if ok}}</p><p>{{/if}}</p>", "13: </p> closes an element from outside the part of line 1"},
    {"<ul>{{for x in teams}}<li>{{/for}}</ul>", "27: <li> of line 1 is not closed in this part"},
    {"<p title=\"{{if ok}}\" class=\"{{/if}}\"></p>",
     "29: this part ends in another place of the HTML than it began"},
    {"<br {{if ok}}><br {{/if}}>", "19: this part ends in another place of the HTML than it began"},
    {"<a title=\"{{if ok}}\" href=\"{{/if}}{{name}}\"></a>",
     "28: this part ends in another place of the HTML than it began"},
    {"<P></P>", "1: write <P> in lower case"},
    {"<p class=\"a\" class=\"b\"></p>", "14: the attribute class stands twice"},
    {"<p>a < b</p>", "6: write &lt; for <"},
    {"<p>a & b</p>", "6: write &amp; for &"},
    {"<a href=\"/?a=1&b=2\"></a>", "15: write &amp; for &"},
    {"<p><div></div></p>", "4: a <p> cannot hold a <div>"},
    {"<form><form></form></form>", "7: a <form> cannot stand in another"},
    {"<title><b></b></title>", "8: no elements in <title>"},
    {"<base href=\"/\">", "1: <base> may not be used"},
    {"<p></p><!doctype html>", "8: the doctype stands first"},
    /* Control parts. */
    {"{{if ok}}", "1: {{/if}} is expected for the {{if}} of line 1"},
    {"{{if ok}}{{else}}{{else}}{{/if}}", "18: {{/if}} is expected for the {{if}} of line 1"},
    {"{{if ok}}{{/for}}", "10: {{/if}} is expected for the {{if}} of line 1"},
    {"{{for x in teams}}{{/if}}", "19: {{/for}} is expected for the {{for}} of line 1"},
    {"{{/if}}", "1: nothing is open that this could end"},
    {"{{else}}", "1: nothing is open that this could end"},
    {"{{if}}{{/if}}", "5: a name is expected here"},
    {"{{if not}}{{/if}}", "9: a name is expected here"},
    {"{{for x teams}}{{/for}}", "9: 'in' is expected here"},
    {"{{for x in name}}{{/for}}", "12: name is no list"},
    {"{{for name in teams}}{{/for}}", "7: the name name is taken already"},
    {"{{for x in teams}}{{x}}{{/for}}", "21: x is a row: name one of its parameters"},
    {"{{for x in teams}}{{x.size}}{{/for}}", "23: the list teams has no 'size'"},
    {"{{for x in teams}}{{/for}}{{x.name}}", "29: no {{for}} has a row 'x' here"},
    {"{{for x in teams}}{{else}}{{x.name}}{{/for}}", "29: no {{for}} has a row 'x' here"},
    {"{{unknown}}", "3: unknown name 'unknown'"},
    {"{{}}", "3: a name is expected here"},
    {"{{name", "7: }} is expected here"},
    {"{{name extra}}", "8: }} is expected here"},
    /* Texts and assets. */
    {"{{t \"a.none\"}}", "5: unknown text 'a.none'"},
    {"{{t a.plain}}", "5: a name in double quotes is expected here"},
    {"{{t \"a.plain}}", "5: a name in double quotes is expected here"},
    {"{{t \"a.plain\" name=name}}", "15: the text a.plain has no placeholder 'name'"},
    {"{{t \"a.name\"}}", "1: the text a.name also needs name="},
    {"{{t \"a.name\" name=name name=age}}", "24: the argument name stands twice"},
    {"{{t \"a.name\" name}}", "18: = is expected here"},
    {"{{t \"a.name\" name=ok}}", "19: a value of this type cannot be put into a text"},
    {"{{t \"a.count\" team=name}}", "1: the text a.count also needs n="},
    {"{{t \"a.count\" n=name team=name}}", "17: n chooses the plural and must be an integer"},
    {"{{asset \"none.css\"}}", "9: assets/ has no 'none.css'"},
};

static bool check(const char *source, const char *expected, size_t index)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    CLEANUP(buffer_free) struct buffer code = BUFFER(1 << 20);
    struct error error = {0};
    if (compile(slice_from_text(source), region, &error, &code) == OK) {
        print_error("%zu: no mistake found, expected %s\n", index, expected);
        return false;
    }
    if (strcmp(error.detail, expected) != 0)
        print_error("%zu: got      %s\n    expected %s\n", index, error.detail, expected);
    return strcmp(error.detail, expected) == 0;
}

static void test_whole(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t i = 0; i < COUNT_OF(whole); i++) {
        char expected[400];
        snprintf(expected, sizeof(expected), "page.html:%s", whole[i].message);
        failures += !check(whole[i].source, expected, i);
    }
    assert_int_equal(failures, 0);
}

static void test_bodies(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        char source[2000];
        char expected[400];
        char *message;
        long column = strtol(bodies[i].message, &message, 10) + (long)strlen(declarations);
        snprintf(source, sizeof(source), "%s%s", declarations, bodies[i].source);
        snprintf(expected, sizeof(expected), "page.html:1:%ld%s", column, message);
        failures += !check(source, expected, i);
    }
    assert_int_equal(failures, 0);
}

/* What is right must not be taken for a mistake. */
static const char *const right[] = {
    "",
    "<p class=a>&amp; &#39; &nbsp;</p><br><br/><input checked>",
    "<svg viewBox=\"0 0 1 1\"><linearGradient/><path d=\"M0 0\"/></svg>",
    "<a href=\"/team/{{name}}?x={{name}}&amp;y={{age}}#z\">x</a><a href=\"?q={{name}}\">x</a>",
    "<a href=\"#{{name}}\">x</a><a href=\"/{{age}}/{{name}}/x\">x</a><a href=\"{{age}}\">x</a>",
    "<a href=\"{{if ok}}/a?x={{name}}{{else}}/b{{/if}}\">x</a><a href=\"{{if "
    "ok}}{{link}}{{else}}/x{{/if}}\">x</a>",
    "<a href=\"mailto:x@example.org\">x</a><a href=\"https://example.org/\">x</a>",
    "<link rel=\"stylesheet\" href=\"{{asset \"app.css\"}}\"><script type=\"module\" src=\"{{asset "
    "\"app.js\"}}\"></script>",
    "<input {{if ok}}checked{{else}}disabled{{/if}} value=\"{{age}}\" data-x=\"{{mean}}\" "
    "placeholder=\"{{hint}}\">",
    "<input {{if ok}}class=\"a\"{{else}}class=\"b\"{{/if}}>",
    "<p class=\"a{{if ok}} b{{/if}}{{for x in teams}} {{x.name}}{{/for}}\" title='{{t \"a.plain\"}}'></p>",
    "{{t \"a.count\" team=name n=age}}{{t \"a.name\" name=hint}}{{t \"a.name\" name=moment}}{{t \"a.name\" "
    "name=day}}",
    "{{for x in teams}}{{for y in "
    "x.members}}{{y.age}}{{name}}{{x.name}}{{else}}{{x.name}}{{/for}}{{else}}-{{/for}}",
    "{{if name}}{{/if}}{{if not link}}{{/if}}{{if part}}{{/if}}{{if hint}}{{/if}}{{if age}}{{/if}}{{if "
    "teams}}{{/if}}",
    "{{csrf}}{{once}}{{language}}{{if once}}{{/if}}<!-- gone --><style>a{}</style>{{# }} {{x}} #}}",
    "<textarea>{{name}}</textarea><title>{{t \"a.plain\"}}</title><pre>\n{{name}}</pre>",
};

static void test_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
        CLEANUP(buffer_free) struct buffer code = BUFFER(1 << 20);
        struct error error = {0};
        char source[3000];
        snprintf(source, sizeof(source), "%s%s%s", declarations, right[i], uses);
        if (compile(slice_from_text(source), region, &error, &code) != OK)
            fail_msg("%zu: %s", i, error.detail);
    }
}

/* Maxima hold: nesting, elements, parameters and attributes end in an error, not in a crash. */
static void repeat(struct buffer *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buffer_append_text(out, text);
}

static void test_maxima(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<i>", "{{if name}}", "{{for x in l}}", "<p a", "{{list x}}"};
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
        CLEANUP(buffer_free) struct buffer code = BUFFER(1 << 20);
        CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
        struct error error = {0};
        buffer_append_text(&text, "{{template page}}{{param text name}}");
        repeat(&text, pieces[i], 2000);
        assert_int_equal(compile(buffer_slice(&text), region, &error, &code), ERROR_INPUT);
    }
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    CLEANUP(buffer_free) struct buffer code = BUFFER(1 << 20);
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    struct error error = {0};
    buffer_append_text(&text, "{{template page}}");
    for (int i = 0; i < 201; i++)
        buffer_format(&text, "{{param text x%d}}", i);
    assert_int_equal(compile(buffer_slice(&text), region, &error, &code), ERROR_INPUT);
    assert_non_null(strstr(error.detail, "more than 200 parameters"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_maxima),
    };
    return cmocka_run_group_tests_name("template_compiler", tests, NULL, NULL);
}
