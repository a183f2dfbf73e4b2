/* A small organisation on a database of its own, with a clock that stands still, and the member's side of the
 * way of an answer. Every test runs on SQLite and PostgreSQL (BOTH); see tests/store/fixture.h for the
 * environment. */
#ifndef HECHT_TESTS_PULSE_WORLD_H
#define HECHT_TESTS_PULSE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pulse/answer.h"
#include "pulse/close.h"
#include "pulse/guess.h"

enum { WORLD_START = 1795420800 }; /* 2026-11-23T08:00:00Z */

struct world {
    enum store_engine engine;
    char folder[64], address[256], database[64];
    struct store *store;
    struct store_session *session;
    struct clock clock;
    struct random random;
    struct application application;
    struct region *region;
    struct error error;
    int64_t org;
};

int world_setup(void **state);
int world_teardown(void **state);

#define assert_ok(w, expression)                                                                             \
    do {                                                                                                     \
        if ((expression) != OK) {                                                                            \
            print_error("%s: %s: %s\n", #expression, (w)->error.reason, (w)->error.detail);                  \
            fail();                                                                                          \
        }                                                                                                    \
    } while (0)

#define assert_failure(w, expression, expected_code, expected_reason)                                        \
    do {                                                                                                     \
        (w)->error = (struct error){0};                                                                      \
        assert_string_equal(error_code_name(expression), error_code_name(expected_code));                    \
        assert_string_equal((w)->error.reason, (expected_reason));                                           \
    } while (0)

#define ON_ENGINE(test, engine_name, engine_state)                                                           \
    {                                                                                                        \
        engine_name ": " #test, test, world_setup, world_teardown, engine_state                              \
    }
#define SQLITE_ONLY(test) ON_ENGINE(test, "sqlite", &world_engines[0])
#define BOTH(test) SQLITE_ONLY(test), ON_ENGINE(test, "postgres", &world_engines[1])
/* On a database that knows the first migration only; world_upgrade brings it up to date. */
#define BOTH_FROM_FIRST(test)                                                                                \
    ON_ENGINE(test, "sqlite", &world_engines[2]), ON_ENGINE(test, "postgres", &world_engines[3])
extern enum store_engine world_engines[4];
/* Runs them; without the half on PostgreSQL when that is left out by HECHT_TEST_SQLITE_ONLY=1. */
#define WORLD_RUN(tests) world_run(__FILE__, (tests), COUNT_OF(tests))
int world_run(const char *name, struct CMUnitTest *tests, size_t count);

/* Units and teams; members are m1@TEAM.example, ...; the leader (none: has_leader false) is
 * leader@TEAM.example. */
int64_t world_unit(struct world *w, const char *name, int64_t parent);
int64_t world_team(struct world *w, const char *name, int64_t unit, int members, bool has_leader);
int64_t world_person(struct world *w, const char *address);
/* One statement in a write of its own. */
void world_execute(struct world *w, const struct statement *statement, const struct store_value *values,
                   size_t count);
/* The integer that a statement gives. */
int64_t world_integer(struct world *w, const struct statement *statement, const struct store_value *values,
                      size_t count);
/* Rows as text, "a|b|c\n" each, NULL as "-". kinds: a letter a column, i integer, r real (six decimals), t
 * text. */
struct slice world_rows(struct world *w, const char *kinds, const struct statement *statement,
                        const struct store_value *values, size_t count);
struct team_round world_part(struct world *w, int64_t team);
void world_wait(struct world *w, int64_t seconds);
void world_upgrade(struct world *w);

/* ---- A member's device -------------------------------------------------------------------------- */

struct device {
    struct descriptor descriptor;
    struct blind_public_key *key;
    struct one_time_key *own;
    struct blinded_message message;
    struct answer_submission submission;
};

/* Fetches the descriptor of the team's newest part and makes keys and blinded message. */
void device_prepare(struct world *w, int64_t team, struct device *ret_device);
enum error_code device_fetch(struct world *w, struct device *device, int64_t person);
/* values: one a question of the round, 0 for none. New salts. */
void device_fill(struct world *w, struct device *device, int64_t version, const int *values);
enum error_code device_send(struct world *w, const struct device *device, struct answer_receipt *ret_receipt);
void device_free(struct device *device);
/* All of that for one person, who answers every question with `value`. */
void world_answer(struct world *w, int64_t team, const char *address, int value);

#endif
