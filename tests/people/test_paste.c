/* Addresses, as people write and paste them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "people/people.h"

/* ---- Pasted addresses -------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    const char *expected; /* "name<address>;" each; NULL: refused */
    const char *wrong;    /* what is shown of it */
} PASTES[] = {
    {"", "", ""},
    {" \r\n ; , \t\n", "", ""},
    {"a@b", "<a@b>;", ""},
    {"  Sam@Example.ORG  ", "<sam@example.org>;", ""},
    {"Sam <sam@example.org>", "Sam<sam@example.org>;", ""},
    {"\"Sam\" <sam@example.org>", "Sam<sam@example.org>;", ""},
    {"<sam@example.org>", "<sam@example.org>;", ""},
    {"Jansen, Sam <sam@example.org>", "Sam Jansen<sam@example.org>;", ""},
    {"\"Vries, Anna de\" <a@b>; Kees <k@b>", "Anna de Vries<a@b>;Kees<k@b>;", ""},
    {"a@b, c@d,e@f", "<a@b>;<c@d>;<e@f>;", ""},
    {"a@b\nA@B\r\n a@b ", "<a@b>;", ""},
    {"Sam Jansen\tsam@example.org", "Sam Jansen<sam@example.org>;", ""},
    {"sam@example.org\tSam Jansen", "Sam Jansen<sam@example.org>;", ""},
    {"Zo\xC3\xAB <zoe@example.org>", "Zo\xC3\xAB<zoe@example.org>;", ""},
    {"sam", NULL, "sam"},
    {"a@b\nnot one\nc@d", NULL, "not one"},
    {"Jansen, Sam", NULL, "Jansen, Sam"},
    {"Sam <sam@example.org> Jansen", NULL, "Sam <sam@example.org> Jansen"},
    {"Sam <sam>", NULL, "Sam <sam>"},
    {"a@b@c", NULL, "a@b@c"},
    {"sam@", NULL, "sam@"},
    {"@example.org", NULL, "@example.org"},
    {"a@b c@d", NULL, "a@b c@d"},
    {"Sam\x01 <sam@example.org>", NULL, "Sam\x01 <sam@example.org>"},
};

static void paste_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PASTES); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
        CLEANUP(buffer_free) struct buffer found = BUFFER(4096);
        struct slice text = slice_from_text(PASTES[i].text), wrong = people_paste_wrong(text, region);
        struct error error = {0};
        struct pasted_person *people;
        size_t count = 0;
        enum error_code code = people_parse_paste(text, region, &error, &people, &count);
        for (size_t j = 0; j < count; j++)
            buffer_format(&found, "%.*s<%.*s>;", SLICE_ARG(people[j].name), SLICE_ARG(people[j].address));
        buffer_append_byte(&found, '\0');
        if (PASTES[i].expected == NULL ? code != ERROR_INPUT : strcmp(found.data, PASTES[i].expected) != 0)
            fail_msg("\"%s\" gave %s \"%s\"", PASTES[i].text, error_code_name(code), found.data);
        if (!slice_equal(wrong, slice_from_text(PASTES[i].wrong)))
            fail_msg("of \"%s\" it shows \"%.*s\"", PASTES[i].text, SLICE_ARG(wrong));
    }
}

static void paste_of_a_thousand(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    struct error error = {0};
    struct pasted_person *people;
    size_t count = 0;
    for (int i = 0; i < TEAM_MEMBERS_MAXIMUM; i++)
        buffer_format(&text, "p%d@example.org\n", i);
    buffer_append_text(&text, "p0@example.org\n"); /* known: does not count */
    assert_int_equal(people_parse_paste(buffer_slice(&text), region, &error, &people, &count), OK);
    assert_int_equal(count, TEAM_MEMBERS_MAXIMUM);
    buffer_append_text(&text, "one-more@example.org\n");
    assert_int_equal(people_parse_paste(buffer_slice(&text), region, &error, &people, &count), ERROR_LIMIT);
    assert_string_equal(error.reason, "too-many-members");
}

static void paste_shows_whole_characters(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    char text[161];
    for (size_t i = 0; i < 160; i += 2)
        memcpy(text + i, "\xC3\xAB", 2);
    text[160] = '\0';
    text[0] = 'x'; /* so that the cut would fall into a character */
    text[1] = 'x';
    struct slice shown = people_paste_wrong(slice_from_bytes(text + 1, 159), region);
    assert_true(shown.length > 70 && shown.length <= 80);
    assert_true(slice_is_utf8(shown));
}

static void address_table(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected; /* NULL: refused */
    } cases[] = {
        {"", NULL},
        {"@", NULL},
        {"a@", NULL},
        {"@b", NULL},
        {"a", NULL},
        {"a@b@c", NULL},
        {"a b@c", NULL},
        {"a@b\tc", NULL},
        {"a@b,", NULL},
        {"<a@b>", NULL},
        {"a@b\n", "a@b"},
        {"A.B+c@D-e.F", "a.b+c@d-e.f"},
        {"\"a\"@b", NULL},
        {"a@[1.2.3.4]", NULL},
        {"a\x7F@b", NULL},
        {"a\xFF@b", NULL},
        {" a@b ", "a@b"},
        {"o'neil@b", "o'neil@b"},
        {"\xC3\xA9@b", "\xC3\xA9@b"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(region_cleanup) struct region *region = region_new(1 << 16);
        struct slice found = S("untouched");
        enum error_code code = address_check(slice_from_text(cases[i].text), region, NULL, &found);
        const char *expected = cases[i].expected == NULL ? "untouched" : cases[i].expected;
        if (code != (cases[i].expected == NULL ? ERROR_INPUT : OK) ||
            !slice_equal(found, slice_from_text(expected)))
            fail_msg("\"%s\" gave %s \"%.*s\"", cases[i].text, error_code_name(code), SLICE_ARG(found));
    }
}

static void address_length(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 16);
    char text[256];
    struct slice found;
    memset(text, 'a', sizeof text);
    text[1] = '@';
    assert_int_equal(address_check(slice_from_bytes(text, PERSON_ADDRESS_MAXIMUM), region, NULL, &found), OK);
    assert_int_equal(address_check(slice_from_bytes(text, PERSON_ADDRESS_MAXIMUM + 1), region, NULL, &found),
                     ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paste_table),
        cmocka_unit_test(paste_of_a_thousand),
        cmocka_unit_test(paste_shows_whole_characters),
        cmocka_unit_test(address_table),
        cmocka_unit_test(address_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
