/* Units of change: all or nothing, alone and with others. */
#include "fixture.h"

STATEMENT(PUT, "INSERT INTO thing (id, whole, bytes) VALUES ($1, $2, $3)");
STATEMENT(PUT_IF_NEW, "INSERT INTO thing (id, whole) VALUES ($1, $2) ON CONFLICT DO NOTHING");
STATEMENT(PUT_WORD, "INSERT INTO thing (id, word) VALUES ($1, $2)");
STATEMENT(PUT_PART, "INSERT INTO part (id, thing_id) VALUES ($1, $2)");
STATEMENT(PUT_NULL, "INSERT INTO part (id, thing_id) VALUES ($1, NULL)");
STATEMENT(COUNT, "SELECT COUNT(*) FROM thing");
STATEMENT(EXISTS_ID, "SELECT COUNT(*) FROM thing WHERE id = $1");
STATEMENT(GET_WHOLE, "SELECT whole FROM thing WHERE id = $1");
STATEMENT(SET_WHOLE, "UPDATE thing SET whole = $2 WHERE id = $1");

enum { THREADS = WRITER_STEP };

static int64_t one(struct fixture *f, const struct statement *statement, int64_t id)
{
    int64_t value = -1;
    if (statement == &COUNT)
        assert_ok(f, store_one_integer(f->session, statement, NO_PARAMETERS, &f->error, NULL, &value));
    else
        assert_ok(
            f, store_one_integer(f->session, statement, PARAMETERS(V_INTEGER(id)), &f->error, NULL, &value));
    return value;
}

static enum error_code put(struct store_session *session, int64_t id, int64_t whole, struct error *error)
{
    return store_execute(session, &PUT, PARAMETERS(V_INTEGER(id), V_INTEGER(whole), V_NULL), error, NULL);
}

static enum error_code put_id(struct store_session *session, void *context, struct error *error)
{
    return put(session, *(int64_t *)context, 0, error);
}

static void put_one(struct fixture *f, int64_t id)
{
    assert_ok(f, store_write(f->store, put_id, &id, &f->error));
}

/* ---- One unit ------------------------------------------------------------------------------------------ */

static void a_conflict_has_its_reason(void **state)
{
    struct fixture *f = *state;
    int64_t id = 1;
    put_one(f, id);
    assert_failure(f, store_write(f->store, put_id, &id, &f->error), ERROR_CONFLICT, "store-unique");
    assert_non_null(strstr(f->error.detail, "PUT"));
    assert_int_equal(one(f, &COUNT, 0), 1);
    /* Without a place for the details. */
    assert_int_equal(store_write(f->store, put_id, &id, NULL), ERROR_CONFLICT);
}

static enum error_code put_same_word(struct store_session *session, void *context, struct error *error)
{
    return store_execute(session, &PUT_WORD,
                         PARAMETERS(V_INTEGER(*(int64_t *)context), V_TEXT(S("private-word"))), error, NULL);
}

static void an_error_does_not_tell_values(void **state)
{
    struct fixture *f = *state;
    int64_t id = 1;
    assert_ok(f, store_write(f->store, put_same_word, &id, &f->error));
    id = 2;
    assert_failure(f, store_write(f->store, put_same_word, &id, &f->error), ERROR_CONFLICT, "store-unique");
    assert_null(strstr(f->error.detail, "private-word"));
}

static enum error_code put_if_new(struct store_session *session, void *context, struct error *error)
{
    int64_t *changed = context;
    TRY(store_execute(session, &PUT_IF_NEW, PARAMETERS(V_INTEGER(1), V_INTEGER(7)), error, &changed[0]));
    TRY(store_execute(session, &PUT_IF_NEW, PARAMETERS(V_INTEGER(1), V_INTEGER(8)), error, &changed[1]));
    return store_one_integer(session, &GET_WHOLE, PARAMETERS(V_INTEGER(1)), error, NULL, &changed[2]);
}

static void on_conflict_do_nothing_is_the_way_to_go_on(void **state)
{
    struct fixture *f = *state;
    int64_t changed[3] = {-1, -1, -1};
    assert_ok(f, store_write(f->store, put_if_new, changed, &f->error));
    assert_int_equal(changed[0], 1);
    assert_int_equal(changed[1], 0);
    assert_int_equal(changed[2], 7);
}

static enum error_code put_then_fail(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(put(session, 1, 0, error));
    TRY(put(session, 2, 0, error));
    return FAIL(error, ERROR_DENIED, "test-denied", "no");
}

static void a_failure_rolls_back(void **state)
{
    struct fixture *f = *state;
    assert_failure(f, store_write(f->store, put_then_fail, NULL, &f->error), ERROR_DENIED, "test-denied");
    assert_int_equal(one(f, &COUNT, 0), 0);
    put_one(f, 1); /* and the next one goes through */
}

static enum error_code ignore_a_failure(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(put(session, 1, 0, error));
    return put(session, 1, 0, NULL) == ERROR_CONFLICT ? OK : FAIL(error, ERROR_DENIED, "test", "no conflict");
}

static void an_ignored_failure_is_not_committed(void **state)
{
    struct fixture *f = *state;
    assert_failure(f, store_write(f->store, ignore_a_failure, NULL, &f->error), ERROR_INTERNAL,
                   "store-error-ignored");
    assert_int_equal(one(f, &COUNT, 0), 0);
}

static enum error_code forget_rows(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(put(session, 1, 0, error));
    TRY(put(session, 2, 0, error));
    struct store_rows rows = {0};
    return store_select(session, &COUNT, NO_PARAMETERS, error, &rows);
}

static void forgotten_rows_are_a_failure(void **state)
{
    struct fixture *f = *state;
    assert_failure(f, store_write(f->store, forget_rows, NULL, &f->error), ERROR_INTERNAL, "store-rows-open");
    assert_int_equal(one(f, &COUNT, 0), 0);
    put_one(f, 1);
}

struct nested {
    struct store *store;
    enum error_code inner;
};

static enum error_code write_inside(struct store_session *session, void *context, struct error *error)
{
    struct nested *nested = context;
    int64_t id = 1;
    nested->inner = store_write(nested->store, put_id, &id, NULL);
    return put(session, 2, 0, error);
}

static void a_write_in_a_write_is_refused(void **state)
{
    struct fixture *f = *state;
    struct nested nested = {f->store, OK};
    assert_ok(f, store_write(f->store, write_inside, &nested, &f->error));
    assert_int_equal(nested.inner, ERROR_INTERNAL);
    assert_int_equal(one(f, &COUNT, 0), 1);
}

static enum error_code put_orphan(struct store_session *session, void *context, struct error *error)
{
    return store_execute(session, &PUT_PART, PARAMETERS(V_INTEGER(1), V_INTEGER(*(int64_t *)context)), error,
                         NULL);
}

static enum error_code put_null(struct store_session *session, void *context, struct error *error)
{
    return store_execute(session, &PUT_NULL, PARAMETERS(V_INTEGER(*(int64_t *)context)), error, NULL);
}

static void constraints_hold(void **state)
{
    struct fixture *f = *state;
    int64_t missing = 77;
    assert_failure(f, store_write(f->store, put_null, &missing, &f->error), ERROR_STORE, "store-constraint");
    /* Deferred: it fails only at the end of the unit. */
    assert_failure(f, store_write(f->store, put_orphan, &missing, &f->error), ERROR_STORE,
                   "store-constraint");
    put_one(f, missing);
    assert_ok(f, store_write(f->store, put_orphan, &missing, &f->error));
}

/* A reader does not see what is not committed, and sees it at once afterwards. */
static enum error_code look_from_outside(struct store_session *session, void *context, struct error *error)
{
    struct fixture *f = context;
    TRY(put(session, 1, 0, error));
    int64_t inside = -1;
    int64_t outside = -1;
    TRY(store_one_integer(session, &COUNT, NO_PARAMETERS, error, NULL, &inside));
    TRY(store_one_integer(f->session, &COUNT, NO_PARAMETERS, error, NULL, &outside));
    return inside == 1 && outside == 0 ? OK : FAIL(error, ERROR_INTERNAL, "test", "not isolated");
}

static void readers_see_committed_data(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, look_from_outside, f, &f->error));
    assert_int_equal(one(f, &COUNT, 0), 1);
}

/* ---- Many units ---------------------------------------------------------------------------------------- */

static void many_threads_write_together(void **state)
{
    struct fixture *f = *state;
    enum { EACH = 20 };
    struct writer writers[THREADS];
    for (int i = 0; i < THREADS; i++)
        writer_start(&writers[i], f, put_id, i, EACH);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].failed, 0);
    }
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(one(f, &COUNT, 0), THREADS * EACH);
    for (int64_t id = 0; id < THREADS * EACH; id++)
        assert_int_equal(one(f, &EXISTS_ID, id), 1);
}

static enum error_code increment(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    int64_t whole = 0;
    TRY(store_one_integer(session, &GET_WHOLE, PARAMETERS(V_INTEGER(-1)), error, NULL, &whole));
    return store_execute(session, &SET_WHOLE, PARAMETERS(V_INTEGER(-1), V_INTEGER(whole + 1)), error, NULL);
}

static void no_increment_is_lost(void **state)
{
    struct fixture *f = *state;
    enum { INCREMENTING = 16, EACH = 10 };
    put_one(f, -1);
    struct writer writers[INCREMENTING];
    for (int i = 0; i < INCREMENTING; i++)
        writer_start(&writers[i], f, increment, 0, EACH);
    for (int i = 0; i < INCREMENTING; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].failed, 0);
    }
    assert_int_equal(one(f, &GET_WHOLE, -1), INCREMENTING * EACH);
}

/* Two transactions read before either writes: one of them must be repeated. */
static pthread_barrier_t both_have_read;
static atomic_int runs;

static enum error_code increment_after_both_read(struct store_session *session, void *context,
                                                 struct error *error)
{
    (void)context;
    int64_t whole = 0;
    TRY(store_one_integer(session, &GET_WHOLE, PARAMETERS(V_INTEGER(-1)), error, NULL, &whole));
    if (atomic_fetch_add(&runs, 1) < 2)
        pthread_barrier_wait(&both_have_read);
    return store_execute(session, &SET_WHOLE, PARAMETERS(V_INTEGER(-1), V_INTEGER(whole + 1)), error, NULL);
}

static void a_serialisation_failure_is_repeated(void **state)
{
    struct fixture *f = *state;
    put_one(f, -1);
    atomic_store(&runs, 0);
    pthread_barrier_init(&both_have_read, NULL, 2);
    struct writer writers[2];
    for (int i = 0; i < 2; i++)
        writer_start(&writers[i], f, increment_after_both_read, 0, 1);
    for (int i = 0; i < 2; i++) {
        pthread_join(writers[i].thread, NULL);
        assert_int_equal(writers[i].code, OK);
    }
    pthread_barrier_destroy(&both_have_read);
    assert_int_equal(atomic_load(&runs), 3);
    assert_int_equal(one(f, &GET_WHOLE, -1), 2);
}

/* ---- Without waiting ----------------------------------------------------------------------------------- */

struct later {
    struct fixture *f;
    int64_t id;
    atomic_int ended;
    enum error_code code;
    struct error error;
};

static enum error_code put_later(struct store_session *session, void *context, struct error *error)
{
    return put(session, ((struct later *)context)->id, 0, error);
}

static void note_end(void *context, enum error_code code, const struct error *error)
{
    struct later *later = context;
    later->code = code;
    later->error = *error;
    atomic_fetch_add(&later->ended, 1);
}

/* Durable when `ended` says so, once for each; what fails fails alone, and says why. */
static void writes_that_nobody_waits_for(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 60 };
    static struct later later[MANY];
    memset(later, 0, sizeof later);
    put_one(f, 7);
    for (int i = 0; i < MANY; i++) {
        later[i].f = f;
        later[i].id = i;
        assert_ok(f, store_write_later(f->store, put_later, note_end, &later[i], &f->error));
    }
    fixture_close(f); /* lets what waits come to its end */
    for (int i = 0; i < MANY; i++)
        assert_int_equal(atomic_load(&later[i].ended), 1);
    fixture_open(f);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(later[i].code, i == 7 ? ERROR_CONFLICT : OK);
        assert_int_equal(one(f, &EXISTS_ID, i), 1);
    }
    assert_string_equal(later[7].error.reason, "store-unique");
    assert_int_equal(one(f, &COUNT, 0), MANY);
}

static enum error_code write_later_inside(struct store_session *session, void *context, struct error *error)
{
    (void)session;
    struct later *later = context;
    return store_write_later(later->f->store, put_later, note_end, later, error);
}

static void a_write_in_a_write_is_refused_without_waiting_too(void **state)
{
    struct fixture *f = *state;
    struct later later = {.f = f};
    assert_failure(f, store_write(f->store, write_later_inside, &later, &f->error), ERROR_INTERNAL,
                   "store-nested-write");
    assert_int_equal(atomic_load(&later.ended), 0);
}

/* ---- Lost connections ---------------------------------------------------------------------------------- */

static void a_lost_connection_is_replaced(void **state)
{
    struct fixture *f = *state;
    put_one(f, 1);
    assert_int_equal(one(f, &COUNT, 0), 1);
    assert_true(fixture_break_connections(f));
    assert_int_equal(one(f, &COUNT, 0), 1); /* the reading session */
    put_one(f, 2);                          /* the idle one of the pool */
    assert_int_equal(one(f, &COUNT, 0), 2);
}

struct breaking {
    struct fixture *f;
    int runs;
};

static enum error_code put_and_break_once(struct store_session *session, void *context, struct error *error)
{
    struct breaking *breaking = context;
    TRY(put(session, 1, 0, error));
    if (breaking->runs++ == 0 && !fixture_break_connections(breaking->f))
        return FAIL(error, ERROR_INTERNAL, "test", "cannot break");
    return put(session, 2, 0, error);
}

static void a_unit_is_repeated_when_its_connection_breaks(void **state)
{
    struct fixture *f = *state;
    struct breaking breaking = {f, 0};
    assert_ok(f, store_write(f->store, put_and_break_once, &breaking, &f->error));
    assert_int_equal(breaking.runs, 2);
    assert_int_equal(one(f, &COUNT, 0), 2);
}

/* ---- Many rows in one go ------------------------------------------------------------------------------- */

enum { LATER_ROWS = 1000 };

struct in_one_go {
    int64_t twice; /* a row that is there already, or 0 */
    bool reads;    /* between the rows */
    int64_t seen;  /* what the last read saw */
};

static enum error_code put_many_later(struct store_session *session, void *context, struct error *error)
{
    struct in_one_go *later = context;
    for (int64_t id = 1; id <= LATER_ROWS; id++) {
        TRY(store_execute_later(
            session, &PUT, PARAMETERS(V_INTEGER(id == later->twice ? 1 : id), V_INTEGER(id), V_NULL), error));
        if (later->reads && id % 7 == 0)
            TRY(store_one_integer(session, &COUNT, NO_PARAMETERS, error, NULL, &later->seen));
        if (later->reads && later->seen != id - id % 7)
            return FAIL(error, ERROR_INTERNAL, "not-seen", "a read does not see what was written before it");
    }
    return OK;
}

static void rows_that_are_written_later(void **state)
{
    struct fixture *f = *state;
    struct in_one_go later = {0};
    assert_ok(f, store_write(f->store, put_many_later, &later, &f->error));
    assert_int_equal(one(f, &COUNT, 0), LATER_ROWS);
    assert_int_equal(one(f, &GET_WHOLE, 777), 777);
}

static void reads_between_see_them(void **state)
{
    struct fixture *f = *state;
    struct in_one_go later = {.reads = true};
    assert_ok(f, store_write(f->store, put_many_later, &later, &f->error));
    assert_int_equal(one(f, &COUNT, 0), LATER_ROWS);
}

/* Wherever it is noticed: at a full batch, at a read, or at the commit. */
static void one_that_fails_takes_all_with_it(void **state)
{
    struct fixture *f = *state;
    const int64_t places[] = {2, 199, 200, 201, LATER_ROWS};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        for (int reads = 0; reads < 2; reads++) {
            struct in_one_go later = {.twice = places[i], .reads = reads == 1};
            assert_failure(f, store_write(f->store, put_many_later, &later, &f->error), ERROR_CONFLICT,
                           "store-unique");
            assert_int_equal(one(f, &COUNT, 0), 0);
        }
    struct in_one_go good = {0}; /* the connection is as good as before */
    assert_ok(f, store_write(f->store, put_many_later, &good, &f->error));
    assert_int_equal(one(f, &COUNT, 0), LATER_ROWS);
}

static enum error_code later_then_give_up(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    TRY(store_execute_later(session, &PUT, PARAMETERS(V_INTEGER(1), V_INTEGER(1), V_NULL), error));
    return FAIL(error, ERROR_INPUT, "given-up", "given up");
}

static void what_is_given_up_is_not_written(void **state)
{
    struct fixture *f = *state;
    assert_failure(f, store_write(f->store, later_then_give_up, NULL, &f->error), ERROR_INPUT, "given-up");
    assert_int_equal(one(f, &COUNT, 0), 0);
    put_one(f, 1);
    assert_int_equal(one(f, &COUNT, 0), 1);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(a_conflict_has_its_reason),
        BOTH(an_error_does_not_tell_values),
        BOTH(on_conflict_do_nothing_is_the_way_to_go_on),
        BOTH(a_failure_rolls_back),
        BOTH(an_ignored_failure_is_not_committed),
        BOTH(forgotten_rows_are_a_failure),
        BOTH(a_write_in_a_write_is_refused),
        BOTH(constraints_hold),
        BOTH(readers_see_committed_data),
        BOTH(many_threads_write_together),
        BOTH(no_increment_is_lost),
        BOTH(rows_that_are_written_later),
        BOTH(reads_between_see_them),
        BOTH(one_that_fails_takes_all_with_it),
        BOTH(what_is_given_up_is_not_written),
        BOTH(writes_that_nobody_waits_for),
        BOTH(a_write_in_a_write_is_refused_without_waiting_too),
        POSTGRES_ONLY(a_serialisation_failure_is_repeated),
        POSTGRES_ONLY(a_lost_connection_is_replaced),
        POSTGRES_ONLY(a_unit_is_repeated_when_its_connection_breaks),
    };
    return fixture_run("store_write", tests, COUNT_OF(tests));
}
