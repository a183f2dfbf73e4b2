/* The cutting and translating of SQL texts; needs no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/sql_text.h"

/* The statements of a text, each with a bar behind it. */
static void assert_statements(const char *text, enum store_engine engine, const char *expected)
{
    struct slice rest = slice_from_text(text);
    CLEANUP(buffer_free) struct buffer statement = BUFFER(SQL_TEXT_MAXIMUM);
    CLEANUP(buffer_free) struct buffer all = BUFFER(SQL_TEXT_MAXIMUM);
    while (sql_next_statement(&rest, engine, &statement)) {
        buffer_append(&all, slice_trim(buffer_slice(&statement)));
        buffer_append_byte(&all, '|');
        buffer_clear(&statement);
    }
    buffer_append_byte(&all, '\0');
    assert_false(all.failed || statement.failed);
    assert_string_equal(all.data, expected);
    assert_int_equal(rest.length, 0);
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    assert_statements("", STORE_SQLITE, "");
    assert_statements(" \n\t\n", STORE_SQLITE, "");
    assert_statements("-- only a comment", STORE_SQLITE, "");
    assert_statements("/* only a comment", STORE_SQLITE, "");
    assert_statements(";\n ; \n -- x;\n", STORE_SQLITE, "");
    assert_statements("/*", STORE_SQLITE, "");
    assert_statements("-", STORE_SQLITE, "-|");
    assert_statements("'", STORE_SQLITE, "'|");
    assert_statements("''", STORE_SQLITE, "''|");
}

static void statements_end_at_a_semicolon_at_line_end(void **state)
{
    (void)state;
    assert_statements("A;\nB", STORE_SQLITE, "A|B|");
    assert_statements("A; -- why\nB;  \n", STORE_SQLITE, "A|B|");
    assert_statements("A; B;\nC;", STORE_SQLITE, "A; B|C|");
    assert_statements("A ';\n' B;\nC", STORE_SQLITE, "A ';\n' B|C|");
    assert_statements("A 'it''s;\n';\nC", STORE_SQLITE, "A 'it''s;\n'|C|");
    assert_statements("A \"n;\n\";\nC", STORE_SQLITE, "A \"n;\n\"|C|");
    assert_statements("A -- ;\n, B;\n", STORE_SQLITE, "A \n, B|");
    assert_statements("A /* ;\n */ B;\n", STORE_SQLITE, "A   B|");
    assert_statements("A - 1 / 2;\n", STORE_SQLITE, "A - 1 / 2|");
}

static void types_become_those_of_the_engine(void **state)
{
    (void)state;
    static const char text[] = "T (a BYTEA, b DOUBLE PRECISION, c BIGINT, d ABYTEA, e BYTEAS, f 'BYTEA', "
                               "CAST($1 AS BYTEA), DOUBLE PRECISIONS) /*WITHOUT ROWID*/;\n";
    assert_statements(text, STORE_SQLITE,
                      "T (a BLOB, b REAL, c BIGINT, d ABYTEA, e BYTEAS, f 'BYTEA', CAST($1 AS BLOB), "
                      "DOUBLE PRECISIONS) WITHOUT ROWID|");
    assert_statements(text, STORE_POSTGRES,
                      "T (a BYTEA, b DOUBLE PRECISION, c BIGINT, d ABYTEA, e BYTEAS, f 'BYTEA', "
                      "CAST($1 AS BYTEA), DOUBLE PRECISIONS)|");
    assert_statements("BYTEA", STORE_SQLITE, "BLOB|");
    assert_statements("DOUBLE PRECISION", STORE_SQLITE, "REAL|");
    assert_statements("DOUBLE", STORE_SQLITE, "DOUBLE|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(statements_end_at_a_semicolon_at_line_end),
        cmocka_unit_test(types_become_those_of_the_engine),
    };
    return cmocka_run_group_tests_name("sql_text", tests, NULL, NULL);
}
