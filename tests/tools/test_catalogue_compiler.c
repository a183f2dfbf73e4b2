/* .po files: every mistake is found, at its place; what is right comes out. */
#include "catalogue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEADER(language)                                                                                     \
    "msgid \"\"\nmsgstr \"\"\n\"Language: " language                                                         \
    "\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n"                                                \
    "\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"

static enum error_code build(const char *english, const char *dutch, struct region *region,
                             struct error *error, struct catalogue *ret_catalogue)
{
    struct source sources[] = {{S("po/a.en.po"), slice_from_text(english)},
                               {S("po/a.nl.po"), slice_from_text(dutch)}};
    return catalogue_build(sources, COUNT_OF(sources), false, region, error, ret_catalogue);
}

struct mistake {
    const char *english;
    const char *dutch;
    const char *message;
};

#define OTHER "msgid \"a\"\nmsgstr \"x\"\n"

static const struct mistake mistakes[] = {
    /* One file. */
    {"hello", OTHER, "a.en.po:1:1: msgid is expected here"},
    {"msgid", OTHER, "a.en.po:1:6: a text in quotes is expected here"},
    {"msgid \"a\"\n", OTHER, "a.en.po:2:1: msgstr is expected here"},
    {"msgid \"a\"\nmsgstr \"x\n", OTHER, "a.en.po:2:8: this text is not closed on its line"},
    {"msgid \"a\"\nmsgstr \"\\x\"\n", OTHER,
     "a.en.po:2:9: only the escapes \\n, \\t, \\\" and \\\\ are known"},
    {"msgid \"a\"\nmsgstr \"x\\", OTHER, "a.en.po:2:10: only the escapes \\n, \\t, \\\" and \\\\ are known"},
    {"msgid \"a\"\nmsgstr \"\"\n", OTHER, "a.en.po:2:7: the translation is empty"},
    {"msgid \"a\"\nmsgstr \" x\"\n", OTHER, "a.en.po:2:7: the translation begins or ends with white space"},
    {"msgid \"a\"\nmsgstr \"x\\n\"\n", OTHER, "a.en.po:2:7: the translation begins or ends with white space"},
    {"msgid \"a\"\nmsgstr \"x\x01y\"\n", OTHER, "a.en.po:2:7: the translation has a control character"},
    {"msgid \"a\"\nmsgstr \"<b>x</b>\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgid \"a\"\nmsgstr \"x<br/>\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgid \"a\"\nmsgstr \"<a href='x'>\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgid \"a\"\nmsgstr \"x</h1>\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgid \"a\"\nmsgstr \"it&#39;s\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgid \"a\"\nmsgstr \"x &amp; y\"\n", OTHER, "a.en.po:2:7: texts are plain text, no HTML"},
    {"msgctxt \"x\"\nmsgid \"a\"\nmsgstr \"x\"\n", OTHER,
     "a.en.po:1:1: msgctxt is not used: the msgid is a key"},
    {"msgid \"A b\"\nmsgstr \"x\"\n", OTHER,
     "a.en.po:1:6: a key is at most 100 of a-z 0-9 . _ - and begins with a letter"},
    {"msgid \"a\"\nmsgstr \"x\"\nmsgid \"\"\nmsgstr \"x\"\n", OTHER, "a.en.po:3:6: the key is empty"},
    {"#, fuzzy\nmsgid \"a\"\nmsgstr \"x\"\n", OTHER, "a.en.po:2:1: the translation of a is marked fuzzy"},
    {"msgid \"a\"\nmsgstr \"x\"\nmsgid \"a\"\nmsgstr \"y\"\n", OTHER,
     "a.en.po:3:1: the key a stands twice (also in po/a.en.po:1)"},
    {"msgid \"a.b\"\nmsgstr \"x\"\nmsgid \"a_b\"\nmsgstr \"y\"\n", OTHER,
     "a.en.po:3:1: the keys a.b and a_b both become MESSAGE_A_B"},
    {"msgid \"none\"\nmsgstr \"x\"\n", OTHER, "a.en.po:1:1: the key none is reserved"},
    {"msgid \"a\"\nmsgstr \"x {\"\n", OTHER,
     "a.en.po:1:1: a: a brace must be part of a placeholder like {name}"},
    {"msgid \"a\"\nmsgstr \"x }\"\n", OTHER,
     "a.en.po:1:1: a: a brace must be part of a placeholder like {name}"},
    {"msgid \"a\"\nmsgstr \"x {B}\"\n", OTHER,
     "a.en.po:1:1: a: a brace must be part of a placeholder like {name}"},
    {"msgid \"a\"\nmsgstr \"{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}{n}{o}{p}{q}\"\n", OTHER,
     "a.en.po:1:1: a has more than 16 placeholders"},
    {"msgid \"a\"\nmsgid_plural \"b\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\n", OTHER,
     "a.en.po:2:1: msgid_plural must be the same key again"},
    {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"x\"\n", OTHER, "a.en.po:4:1: msgstr[1] is expected here"},
    {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr \"x\"\n", OTHER, "a.en.po:3:1: msgstr[0] is expected here"},
    {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\nmsgstr[2] \"z\"\n", OTHER,
     "a.en.po:5:1: a plural has the two forms msgstr[0] and msgstr[1]"},
    {"\xEF\xBB\xBF" OTHER, OTHER, "a.en.po:1:1: the file begins with a byte order mark"},
    {"msgid \"a\"\nmsgstr \"\xE9\"\n", OTHER, "a.en.po:1:1: the file is not UTF-8 text"},
    {"msgid \"\"\nmsgstr \"Language: nl\\n\"\n" OTHER, OTHER,
     "a.en.po:2:7: the header says Language: nl, the file's name en"},
    {"msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n" OTHER, OTHER,
     "a.en.po:2:7: the charset must be UTF-8"},
    {"msgid \"\"\nmsgstr \"Plural-Forms: nplurals=1; plural=0;\\n\"\n" OTHER, OTHER,
     "a.en.po:2:7: Plural-Forms must be \"nplurals=2; plural=(n != 1);\""},
    /* Two languages. */
    {OTHER "msgid \"b\"\nmsgstr \"y\"\n", OTHER, "a.en.po:3:1: b is missing in nl"},
    {OTHER, OTHER "\nmsgid \"b\"\nmsgstr \"y\"\n", "a.nl.po:4:1: b is missing in en"},
    {OTHER, "", "a.en.po:1:1: a is missing in nl"},
    {OTHER, "msgid \"a\"\nmsgstr \"\"\n", "a.nl.po:2:7: the translation is empty"},
    {"msgid \"a\"\nmsgstr \"{x}\"\n", OTHER, "a.nl.po:1:1: a has other placeholders than in English"},
    {"msgid \"a\"\nmsgstr \"{x}\"\n", "msgid \"a\"\nmsgstr \"{y}\"\n",
     "a.nl.po:1:1: a has other placeholders than in English"},
    {"msgid \"a\"\nmsgid_plural \"a\"\nmsgstr[0] \"x\"\nmsgstr[1] \"{n}\"\n", "msgid \"a\"\nmsgstr \"{n}\"\n",
     "a.nl.po:1:1: a has a plural in one language only"},
};

static void test_mistakes(void **state)
{
    (void)state;
    size_t failures = 0;
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
        struct error error = {0};
        struct catalogue catalogue;
        char expected[400];
        snprintf(expected, sizeof(expected), "po/%s", mistakes[i].message);
        if (build(mistakes[i].english, mistakes[i].dutch, region, &error, &catalogue) != OK &&
            strcmp(error.detail, expected) == 0)
            continue;
        print_error("%zu: got      %s\n    expected %s\n", i, error.detail, expected);
        failures++;
    }
    assert_int_equal(failures, 0);
}

static void test_files(void **state)
{
    (void)state;
    static const struct {
        const char *paths[3];
        const char *message;
    } cases[] = {
        {{"po/a.en.po"}, "po/a.en.po:1:1: a.nl.po is missing"},
        {{"po/a.en.po", "po/a.nl.po", "po/b.nl.po"}, "po/b.nl.po:1:1: b.en.po is missing"},
        {{"po/a.en.po", "po/a.nl.po", "other/a.nl.po"}, "other/a.nl.po:1:1: the area a has two files in nl"},
        {{"po/a.de.po"}, "po/a.de.po:1:1: the name must be AREA.en.po or AREA.nl.po"},
        {{"po/en.po"}, "po/en.po:1:1: the name must be AREA.en.po or AREA.nl.po"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
        struct error error = {0};
        struct catalogue catalogue;
        struct source sources[3];
        size_t count = 0;
        while (count < 3 && cases[i].paths[count] != NULL) {
            sources[count] = (struct source){slice_from_text(cases[i].paths[count]), S("")};
            count++;
        }
        assert_int_equal(catalogue_build(sources, count, false, region, &error, &catalogue), ERROR_INPUT);
        assert_string_equal(error.detail, cases[i].message);
    }
}

static void test_right(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    CLEANUP(buffer_free) struct buffer header = BUFFER(1 << 20);
    CLEANUP(buffer_free) struct buffer tables = BUFFER(1 << 20);
    struct error error = {0};
    struct catalogue catalogue;
    static const char english[] = "# a comment\n" HEADER(
        "en") "#: file.c:3\n#. For translators.\n"
              "msgid \"z-last\"\nmsgstr \"two \"\n\"pieces \\\"and\\\" \\\\ a\\nline\"\n"
              "#~ msgid \"old\"\n#~ msgstr \"old\"\n"
              "msgid \"a.days\"\nmsgid_plural \"a.days\"\n"
              "msgstr[0] \"one day\"\nmsgstr[1] \"{n} days & < 3, a<b; <sam@example.org>; &x\"\n";
    static const char dutch[] = HEADER("nl") "msgid \"a.days\"\nmsgid_plural \"a.days\"\n"
                                             "msgstr[0] \"een dag\"\nmsgstr[1] \"{n} dagen\"\n"
                                             "msgid \"z-last\"\r\nmsgstr \"caf\xC3\xA9\"\n";
    if (build(english, dutch, region, &error, &catalogue) != OK)
        fail_msg("%s", error.detail);
    assert_int_equal(catalogue.count, 2);
    const struct catalogue_entry *last = catalogue_find(&catalogue, S("z-last"));
    assert_ptr_equal(last, &catalogue.entries[1]);
    assert_true(slice_equal(last->text[0][0], S("two pieces \"and\" \\ a\nline")));
    assert_true(slice_equal(last->symbol, S("MESSAGE_Z_LAST")));
    const struct catalogue_entry *days = catalogue_find(&catalogue, S("a.days"));
    assert_true(days->plural);
    assert_int_equal(days->placeholder_count, 1);
    assert_true(slice_equal(days->placeholders[0], S("n")));
    assert_true(slice_equal(days->text[1][1], S("{n} dagen")));
    assert_null(catalogue_find(&catalogue, S("a.day")));
    assert_null(catalogue_find(&catalogue, S("")));

    catalogue_write_header(&header, &catalogue);
    catalogue_write_tables(&tables, &catalogue);
    buffer_append_byte(&header, '\0');
    buffer_append_byte(&tables, '\0');
    assert_non_null(strstr(header.data, "    MESSAGE_NONE = 0,\n    MESSAGE_A_DAYS,\n    MESSAGE_Z_LAST,\n"));
    assert_non_null(strstr(tables.data, "{\"caf\\303\\251\", 5}"));
}

static void test_empty(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    struct error error = {0};
    struct catalogue catalogue;
    assert_int_equal(build("", "", region, &error, &catalogue), OK);
    assert_int_equal(catalogue.count, 0);
    assert_null(catalogue_find(&catalogue, S("a")));
    assert_int_equal(catalogue_build(NULL, 0, false, region, &error, &catalogue), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_right),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests_name("catalogue_compiler", tests, NULL, NULL);
}
