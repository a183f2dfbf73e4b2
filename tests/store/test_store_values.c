/* Values in and out, rows, and what a session refuses. */
#include "fixture.h"

#include <float.h>
#include <math.h>

STATEMENT(PUT, "INSERT INTO thing (id, whole, number, word, bytes) VALUES ($1, $2, $3, $4, $5)");
STATEMENT(PUT_RETURNING, "INSERT INTO thing (id, word) VALUES ($1, $2), ($1 + 1, NULL) RETURNING id, word");
STATEMENT(GET, "SELECT whole, number, word, bytes FROM thing WHERE id = $1");
STATEMENT(ALL, "SELECT id, word FROM thing ORDER BY id");
STATEMENT(COUNT, "SELECT COUNT(*) FROM thing");
STATEMENT(AGGREGATES, "SELECT SUM(whole), AVG(whole), MAX(number), COUNT(*) > 1, MAX(word) FROM thing");
STATEMENT(BACKWARDS, "SELECT id FROM thing WHERE word = $2 AND id > $1");
STATEMENT(CAST_ALL,
          "SELECT CAST($3 AS BYTEA), CAST($2 AS DOUBLE PRECISION), CAST($1 AS BIGINT), CAST($4 AS TEXT)");
STATEMENT(UPDATE_ALL, "UPDATE thing SET whole = $1");
STATEMENT(DELETE_ONE, "DELETE FROM thing WHERE id = $1");
STATEMENT(ECHO, "SELECT CAST($1 AS TEXT) FROM thing");
STATEMENT(BY_WORD, "SELECT id FROM thing WHERE word LIKE $1 ORDER BY id");

struct put {
    int64_t id;
    struct store_value whole, number, word, bytes;
};

static enum error_code put(struct store_session *session, void *context, struct error *error)
{
    const struct put *p = context;
    int64_t changed = -1;
    TRY(store_execute(session, &PUT, PARAMETERS(V_INTEGER(p->id), p->whole, p->number, p->word, p->bytes),
                      error, &changed));
    return changed == 1 ? OK : FAIL(error, ERROR_INTERNAL, "test", "changed %" PRId64, changed);
}

static void put_word(struct fixture *f, int64_t id, struct slice word)
{
    struct put p = {id, V_INTEGER(id * 10), V_REAL((double)id / 2), V_TEXT(word), V_NULL};
    assert_ok(f, store_write(f->store, put, &p, &f->error));
}

static void put_and_get(struct fixture *f, struct put p, struct store_rows *ret_rows)
{
    assert_ok(f, store_write(f->store, put, &p, &f->error));
    assert_ok(f, store_select(f->session, &GET, PARAMETERS(V_INTEGER(p.id)), &f->error, ret_rows));
    assert_true(store_next(ret_rows));
    assert_int_equal(ret_rows->columns, 4);
}

static void null_is_null(void **state)
{
    struct fixture *f = *state;
    STORE_ROWS(rows);
    put_and_get(f, (struct put){1, V_NULL, V_NULL, V_NULL, V_NULL}, &rows);
    for (int column = 0; column < 4; column++) {
        assert_true(store_column_is_null(&rows, column));
        assert_int_equal(store_column_integer(&rows, column), 0);
        assert_true(store_column_real(&rows, column) == 0);
        assert_int_equal(store_column_text(&rows, column).length, 0);
        assert_int_equal(store_column_bytes(&rows, column).length, 0);
    }
    assert_true(store_column_is_null(&rows, 4)); /* no such column */
    assert_true(store_column_is_null(&rows, -1));
    assert_false(store_next(&rows));
    assert_false(store_next(&rows));
    assert_ok(f, store_rows_end(&rows));
    assert_ok(f, store_rows_end(&rows));
}

static void integers_keep_their_bounds(void **state)
{
    struct fixture *f = *state;
    static const int64_t values[] = {0, 1, -1, INT32_MAX, INT64_MAX, INT64_MIN, INT64_C(9007199254740993)};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        STORE_ROWS(rows);
        put_and_get(f, (struct put){(int64_t)i, V_INTEGER(values[i]), V_NULL, V_NULL, V_NULL}, &rows);
        assert_false(store_column_is_null(&rows, 0));
        assert_true(store_column_integer(&rows, 0) == values[i]);
        assert_true(store_column_real(&rows, 0) == (double)values[i]);
    }
}

static void reals_are_exact(void **state)
{
    struct fixture *f = *state;
    static const double values[] = {0.0,          0.1,     -1.0 / 3, DBL_MAX,     DBL_MIN,
                                    DBL_TRUE_MIN, DBL_MAX, -DBL_MAX, 1e-300,      9007199254740993.0,
                                    M_PI,         1e22,    123456,   DBL_EPSILON, 0.3,
                                    2.5e-8};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        STORE_ROWS(rows);
        put_and_get(f, (struct put){(int64_t)i, V_NULL, V_REAL(values[i]), V_NULL, V_NULL}, &rows);
        double got = store_column_real(&rows, 1);
        assert_memory_equal(&got, &values[i], sizeof(got));
    }
    struct put infinite = {99, V_NULL, V_REAL(INFINITY), V_NULL, V_NULL};
    assert_failure(f, store_write(f->store, put, &infinite, &f->error), ERROR_INTERNAL, "store-parameters");
    infinite.number = V_REAL(NAN);
    assert_failure(f, store_write(f->store, put, &infinite, &f->error), ERROR_INTERNAL, "store-parameters");
}

static void text_is_kept(void **state)
{
    struct fixture *f = *state;
    static const char *const values[] = {"",
                                         "a",
                                         "it's \"quoted\" \\x41 $1 ; --",
                                         "5",
                                         "0x10",
                                         "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA6",
                                         "line\nline\ttab\r",
                                         "\\x6162",
                                         " "};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        STORE_ROWS(rows);
        struct slice word = slice_from_text(values[i]);
        put_and_get(f, (struct put){(int64_t)i, V_NULL, V_NULL, V_TEXT(word), V_NULL}, &rows);
        assert_false(store_column_is_null(&rows, 2));
        assert_true(slice_equal(store_column_text(&rows, 2), word));
        assert_true(slice_equal(store_column_bytes(&rows, 2), word));
    }
    /* What is not text is refused alike. */
    struct put p = {99, V_NULL, V_NULL, V_TEXT(S("a\0b")), V_NULL};
    assert_failure(f, store_write(f->store, put, &p, &f->error), ERROR_INPUT, "store-text");
    p.word = V_TEXT(S("\xFF"));
    assert_failure(f, store_write(f->store, put, &p, &f->error), ERROR_INPUT, "store-text");
}

static void bytes_are_kept(void **state)
{
    struct fixture *f = *state;
    char all[256 * 2];
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (char)(i & 0xFF);
    const struct slice values[] = {S(""),    S("\0"), S("a\0b\0"), S("\\x00"), S("text"), {all, sizeof(all)},
                                   {NULL, 0}};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        STORE_ROWS(rows);
        put_and_get(f, (struct put){(int64_t)i, V_NULL, V_NULL, V_NULL, V_BYTES(values[i])}, &rows);
        assert_false(store_column_is_null(&rows, 3));
        assert_true(slice_equal(store_column_bytes(&rows, 3), values[i]));
        assert_true(slice_equal(store_column_bytes(&rows, 3), values[i])); /* the second look is the same */
        assert_int_equal(store_column_text(&rows, 3).length, 0);
        CLEANUP(region_cleanup) struct region *region = region_new(10000);
        struct slice copy = store_column_copy(&rows, 3, region);
        assert_ok(f, store_rows_end(&rows));
        assert_true(slice_equal(copy, values[i]));
    }
}

static void a_large_value_is_kept(void **state)
{
    struct fixture *f = *state;
    enum { LARGE = 3 << 20 };
    char *data = malloc(LARGE);
    assert_non_null(data);
    struct random random;
    random_seeded_init(&random, 1);
    random_bytes(&random, data, LARGE);
    STORE_ROWS(rows);
    struct slice large = {data, LARGE};
    put_and_get(f, (struct put){1, V_NULL, V_NULL, V_NULL, V_BYTES(large)}, &rows);
    assert_true(slice_equal(store_column_bytes(&rows, 3), large));
    assert_ok(f, store_rows_end(&rows));
    free(data);
}

static void the_bound_values_may_go_after_select(void **state)
{
    struct fixture *f = *state;
    put_word(f, 1, S("ab"));
    put_word(f, 2, S("abc"));
    char given[] = "given";
    STORE_ROWS(rows);
    assert_ok(f,
              store_select(f->session, &ECHO, PARAMETERS(V_TEXT(slice_from_text(given))), &f->error, &rows));
    memset(given, 'x', strlen(given));
    assert_true(store_next(&rows));
    assert_true(store_next(&rows));
    assert_true(slice_equal(store_column_text(&rows, 0), S("given")));
    assert_false(store_next(&rows));
    assert_ok(f, store_rows_end(&rows));
}

static void like_tells_capitals_apart(void **state)
{
    struct fixture *f = *state;
    put_word(f, 1, S("ab"));
    bool found = false;
    int64_t id = 0;
    assert_ok(f,
              store_one_integer(f->session, &BY_WORD, PARAMETERS(V_TEXT(S("A%"))), &f->error, &found, &id));
    assert_false(found);
    assert_ok(f,
              store_one_integer(f->session, &BY_WORD, PARAMETERS(V_TEXT(S("a%"))), &f->error, &found, &id));
    assert_true(found);
}

static void parameters_go_by_number(void **state)
{
    struct fixture *f = *state;
    put_word(f, 7, S("seven"));
    bool found = false;
    int64_t id = 0;
    assert_ok(f, store_one_integer(f->session, &BACKWARDS, PARAMETERS(V_INTEGER(3), V_TEXT(S("seven"))),
                                   &f->error, &found, &id));
    assert_true(found);
    assert_int_equal(id, 7);
    STORE_ROWS(rows);
    assert_ok(f, store_select(f->session, &CAST_ALL,
                              PARAMETERS(V_INTEGER(5), V_REAL(0.1), V_BYTES(S("1\0")), V_TEXT(S("x"))),
                              &f->error, &rows));
    assert_true(store_next(&rows));
    assert_true(slice_equal(store_column_bytes(&rows, 0), S("1\0")));
    assert_true(store_column_real(&rows, 1) == 0.1);
    assert_int_equal(store_column_integer(&rows, 2), 5);
    assert_true(slice_equal(store_column_text(&rows, 3), S("x")));
}

static void a_wrong_number_of_parameters_is_refused(void **state)
{
    struct fixture *f = *state;
    STORE_ROWS(rows);
    assert_failure(f, store_select(f->session, &GET, NO_PARAMETERS, &f->error, &rows), ERROR_INTERNAL,
                   "store-parameters");
    assert_failure(f,
                   store_select(f->session, &GET, PARAMETERS(V_INTEGER(1), V_INTEGER(2)), &f->error, &rows),
                   ERROR_INTERNAL, "store-parameters");
    struct store_value many[STORE_PARAMETERS_MAXIMUM + 1] = {0};
    assert_failure(f, store_select(f->session, &GET, many, COUNT_OF(many), &f->error, &rows), ERROR_INTERNAL,
                   "store-parameters");
    assert_failure(f, store_select(f->session, &GET, many, 1, &f->error, &rows), ERROR_INTERNAL,
                   "store-parameters"); /* a value without a kind */
    assert_null(rows.session);
    assert_ok(f, store_rows_end(&rows));
    int64_t count = -1;
    assert_ok(f, store_one_integer(f->session, &COUNT, NO_PARAMETERS, &f->error, NULL, &count));
    assert_int_equal(count, 0);
}

static void postgres_refuses_a_wrong_kind(void **state)
{
    struct fixture *f = *state;
    STORE_ROWS(rows);
    assert_failure(f, store_select(f->session, &GET, PARAMETERS(V_TEXT(S("1"))), &f->error, &rows),
                   ERROR_INTERNAL, "store-parameters");
    assert_failure(f, store_select(f->session, &BY_WORD, PARAMETERS(V_BYTES(S("1"))), &f->error, &rows),
                   ERROR_INTERNAL, "store-parameters");
}

static void aggregates_have_their_kinds(void **state)
{
    struct fixture *f = *state;
    put_word(f, 1, S("a"));
    put_word(f, 2, S("b"));
    STORE_ROWS(rows);
    assert_ok(f, store_select(f->session, &AGGREGATES, NO_PARAMETERS, &f->error, &rows));
    assert_true(store_next(&rows));
    assert_int_equal(store_column_integer(&rows, 0), 30);
    assert_true(store_column_real(&rows, 1) == 15.0);
    assert_true(store_column_real(&rows, 2) == 1.0);
    assert_int_equal(store_column_integer(&rows, 2), 1);
    assert_int_equal(store_column_integer(&rows, 3), 1);
    assert_true(slice_equal(store_column_text(&rows, 4), S("b")));
}

static void rows_come_in_order_and_nested(void **state)
{
    struct fixture *f = *state;
    for (int64_t id = 5; id > 0; id--) {
        char word[] = {(char)('a' + id), 0};
        put_word(f, id, slice_from_text(word));
    }
    /* The same statement while its own rows are read, and another one with the first given up early. */
    STORE_ROWS(outer);
    assert_ok(f, store_select(f->session, &ALL, NO_PARAMETERS, &f->error, &outer));
    int64_t seen = 0;
    while (store_next(&outer)) {
        assert_int_equal(outer.row, seen);
        assert_int_equal(store_column_integer(&outer, 0), ++seen);
        STORE_ROWS(inner);
        assert_ok(f, store_select(f->session, &ALL, NO_PARAMETERS, &f->error, &inner));
        assert_true(store_next(&inner));
        assert_int_equal(store_column_integer(&inner, 0), 1);
        assert_int_equal(store_column_integer(&outer, 0), seen);
    }
    assert_int_equal(seen, 5);
    assert_ok(f, store_rows_end(&outer));
    assert_null(f->session->cursors);
}

static void one_integer_means_one(void **state)
{
    struct fixture *f = *state;
    int64_t value = 42;
    bool found = true;
    assert_failure(
        f, store_one_integer(f->session, &BY_WORD, PARAMETERS(V_TEXT(S("%"))), &f->error, NULL, &value),
        ERROR_NOT_FOUND, "store-no-row");
    assert_ok(f,
              store_one_integer(f->session, &BY_WORD, PARAMETERS(V_TEXT(S("%"))), &f->error, &found, &value));
    assert_false(found);
    assert_int_equal(value, 42);
    put_word(f, 1, S("a"));
    put_word(f, 2, S("b"));
    assert_failure(
        f, store_one_integer(f->session, &BY_WORD, PARAMETERS(V_TEXT(S("%"))), &f->error, NULL, &value),
        ERROR_INTERNAL, "store-rows");
    assert_int_equal(value, 42);
}

static void a_reading_session_changes_nothing(void **state)
{
    struct fixture *f = *state;
    put_word(f, 1, S("a"));
    STORE_ROWS(rows);
    assert_failure(f, store_execute(f->session, &DELETE_ONE, PARAMETERS(V_INTEGER(1)), &f->error, NULL),
                   ERROR_INTERNAL, "store-read-only");
    assert_failure(
        f,
        store_select(f->session, &PUT_RETURNING, PARAMETERS(V_INTEGER(8), V_TEXT(S("x"))), &f->error, &rows),
        ERROR_INTERNAL, "store-read-only");
    /* Not even by the back door: the engine itself refuses. */
    assert_int_not_equal(f->store->functions->execute_text(f->session, "DELETE FROM thing", &f->error), OK);
    int64_t count = 0;
    assert_ok(f, store_one_integer(f->session, &COUNT, NO_PARAMETERS, &f->error, NULL, &count));
    assert_int_equal(count, 1);
}

static enum error_code change(struct store_session *session, void *context, struct error *error)
{
    int64_t *changed = context;
    STORE_ROWS(rows);
    TRY(store_select(session, &PUT_RETURNING, PARAMETERS(V_INTEGER(10), V_TEXT(S("ten"))), error, &rows));
    changed[0] = 0;
    while (store_next(&rows))
        changed[0] += store_column_integer(&rows, 0);
    TRY(store_rows_end(&rows));
    TRY(store_execute(session, &UPDATE_ALL, PARAMETERS(V_INTEGER(1)), error, &changed[1]));
    TRY(store_execute(session, &DELETE_ONE, PARAMETERS(V_INTEGER(10)), error, &changed[2]));
    TRY(store_execute(session, &DELETE_ONE, PARAMETERS(V_INTEGER(10)), error, &changed[3]));
    return store_one_integer(session, &COUNT, NO_PARAMETERS, error, NULL, &changed[4]);
}

static void changes_are_counted(void **state)
{
    struct fixture *f = *state;
    int64_t changed[5] = {-1, -1, -1, -1, -1};
    assert_ok(f, store_write(f->store, change, changed, &f->error));
    assert_int_equal(changed[0], 21);
    assert_int_equal(changed[1], 2);
    assert_int_equal(changed[2], 1);
    assert_int_equal(changed[3], 0);
    assert_int_equal(changed[4], 1);
}

/* RETURNING does its work also when nobody reads what it returns. */
static enum error_code return_unread(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    STORE_ROWS(rows);
    TRY(store_select(session, &PUT_RETURNING, PARAMETERS(V_INTEGER(1), V_TEXT(S("x"))), error, &rows));
    return store_rows_end(&rows);
}

static void returning_unread_is_done(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, return_unread, NULL, &f->error));
    int64_t count = 0;
    assert_ok(f, store_one_integer(f->session, &COUNT, NO_PARAMETERS, &f->error, NULL, &count));
    assert_int_equal(count, 2);
    assert_failure(f, store_write(f->store, return_unread, NULL, &f->error), ERROR_CONFLICT, "store-unique");
}

static enum error_code execute_a_select(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    return store_execute(session, &COUNT, NO_PARAMETERS, error, NULL);
}

static void a_select_is_not_a_change(void **state)
{
    struct fixture *f = *state;
    assert_failure(f, store_write(f->store, execute_a_select, NULL, &f->error), ERROR_INTERNAL,
                   "store-statement");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(null_is_null),
        BOTH(integers_keep_their_bounds),
        BOTH(reals_are_exact),
        BOTH(text_is_kept),
        BOTH(bytes_are_kept),
        BOTH(a_large_value_is_kept),
        BOTH(the_bound_values_may_go_after_select),
        BOTH(like_tells_capitals_apart),
        BOTH(parameters_go_by_number),
        BOTH(a_wrong_number_of_parameters_is_refused),
        POSTGRES_ONLY(postgres_refuses_a_wrong_kind),
        BOTH(aggregates_have_their_kinds),
        BOTH(rows_come_in_order_and_nested),
        BOTH(one_integer_means_one),
        BOTH(a_reading_session_changes_nothing),
        BOTH(changes_are_counted),
        BOTH(returning_unread_is_done),
        BOTH(a_select_is_not_a_change),
    };
    return fixture_run("store_values", tests, COUNT_OF(tests));
}
