/* Every test of the store runs on both engines: BOTH(test) makes two tests of it. PostgreSQL comes from the
 * environment: HECHT_TEST_POSTGRES holds the address of a server where databases may be made
 * (postgres_cluster.sh starts one). Without it the PostgreSQL half fails, or with HECHT_TEST_SQLITE_ONLY=1 is
 * left out. */
#ifndef HECHT_TESTS_STORE_FIXTURE_H
#define HECHT_TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "store/store_internal.h"

struct fixture {
    enum store_engine engine;
    char folder[64];               /* temporary; of this test */
    char address[256];             /* of the database of this test */
    char database[64];             /* PostgreSQL: its name */
    struct store *store;           /* open, with the migrations of the tests */
    struct store_session *session; /* a reading session */
    struct error error;
};

extern const struct migration test_migrations[];
enum { TEST_MIGRATIONS = 2 };

int fixture_setup(void **state);
int fixture_teardown(void **state);
void fixture_open(struct fixture *f); /* store and session; fails the test when it cannot */
void fixture_close(struct fixture *f);
/* Closes the store and makes its database one that nobody has opened yet. */
void fixture_empty(struct fixture *f);

/* Runs SQL on PostgreSQL through a connection of its own. */
void fixture_administer(const struct fixture *f, const char *sql);
/* Breaks all connections to the database of this test. False on failure; may be called by any thread. */
bool fixture_break_connections(const struct fixture *f);

/* A thread that calls store_write again and again, each time with a larger id as the context of fn. */
enum { WRITER_STEP = 64 };
struct writer {
    struct fixture *f;
    pthread_t thread;
    store_write_function *fn;
    int64_t id;
    int repeat;
    int failed;
    enum error_code code; /* of the last */
};

void writer_start(struct writer *writer, struct fixture *f, store_write_function *fn, int64_t id, int repeat);

#define assert_ok(f, expression)                                                                             \
    do {                                                                                                     \
        enum error_code assert_code_ = (expression);                                                         \
        if (assert_code_ != OK)                                                                              \
            fail_msg("%s: %s: %s", #expression, (f)->error.reason, (f)->error.detail);                       \
    } while (0)

#define assert_failure(f, expression, expected_code, expected_reason)                                        \
    do {                                                                                                     \
        (f)->error = (struct error){0};                                                                      \
        assert_string_equal(error_code_name(expression), error_code_name(expected_code));                    \
        assert_int_equal((f)->error.code, (expected_code));                                                  \
        assert_string_equal((f)->error.reason, (expected_reason));                                           \
    } while (0)

#define ON_ENGINE(test, engine_name, engine_state)                                                           \
    {                                                                                                        \
        engine_name ": " #test, test, fixture_setup, fixture_teardown, engine_state                          \
    }
#define SQLITE_ONLY(test) ON_ENGINE(test, "sqlite", &fixture_engines[0])
#define POSTGRES_ONLY(test) ON_ENGINE(test, "postgres", &fixture_engines[1])
/* Runs the tests; the place of cmocka_run_group_tests. */
int fixture_run(const char *name, struct CMUnitTest *tests, size_t count);

#define BOTH(test) SQLITE_ONLY(test), POSTGRES_ONLY(test)
extern enum store_engine fixture_engines[2];

#endif
