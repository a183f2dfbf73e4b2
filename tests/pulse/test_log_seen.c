/* What a client remembers of a log, and what it refuses: another key, a log set back, another history. */
#include "world.h"

#include "pulse/log_seen.h"

STATEMENT(TEST_LOG_BACK, "DELETE FROM team_log WHERE org_id = $1 AND entry_index >= $2");

struct scene {
    struct world *w;
    int64_t team;
};

static void open_round(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

static void close_now(struct world *w)
{
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

static struct team_log log_now(struct scene *scene)
{
    struct team_log log;
    struct team_round part = world_part(scene->w, scene->team);
    assert_ok(scene->w,
              team_log_of_round(scene->w->session, part.rid, scene->w->region, &scene->w->error, &log));
    return log;
}

static struct log_seen seen_of(struct world *w, const struct team_log *log)
{
    struct log_seen seen;
    assert_true(log_seen_read(log_seen_write(log, w->region), &seen));
    return seen;
}

static enum error_code check(struct scene *scene, const struct team_log *log, const struct log_seen *seen)
{
    struct world *w = scene->w;
    struct descriptor descriptor;
    struct team_round part = world_part(w, scene->team);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    return log_seen_check(log, &descriptor, part.rid, seen, w->region, &w->error);
}

static void test_a_log_that_goes_on(void **state)
{
    struct world *w = *state;
    struct scene scene = {w, world_team(w, "noord", 0, 2, false)};
    open_round(w);
    struct team_log log = log_now(&scene);
    assert_ok(w, check(&scene, &log, NULL));
    for (int round = 0; round < 4; round++) {
        struct log_seen seen = seen_of(w, &log);
        assert_int_equal(seen.size, log.leaf_count);
        assert_ok(w, check(&scene, &log, &seen)); /* the same again */
        close_now(w);
        open_round(w);
        log = log_now(&scene);
        assert_ok(w, check(&scene, &log, &seen));
    }
}

static void test_other_histories_are_refused(void **state)
{
    struct world *w = *state;
    struct scene scene = {w, world_team(w, "noord", 0, 2, false)};
    open_round(w);
    struct team_log first = log_now(&scene);
    close_now(w);
    open_round(w);
    struct team_log log = log_now(&scene);
    struct log_seen seen = seen_of(w, &log);

    struct log_seen other = seen;
    other.root.bytes[3] ^= 1;
    assert_failure(w, check(&scene, &log, &other), ERROR_CRYPTO, "log-changed");
    other = seen;
    other.public_key[3] ^= 1;
    assert_failure(w, check(&scene, &log, &other), ERROR_CRYPTO, "log-key-other");
    other = seen;
    other.size++;
    assert_failure(w, check(&scene, &log, &other), ERROR_CRYPTO, "log-shorter");
    other = seen_of(w, &first);
    assert_ok(w, check(&scene, &log, &other));
}

static void test_a_log_that_does_not_hold(void **state)
{
    struct world *w = *state;
    struct scene scene = {w, world_team(w, "noord", 0, 2, false)};
    open_round(w);
    close_now(w);
    open_round(w);
    struct team_log log = log_now(&scene), lie = log;
    lie.opening = 0; /* another round */
    assert_failure(w, check(&scene, &lie, NULL), ERROR_CRYPTO, "log-false");
    assert_non_null(strstr(w->error.detail, "opening"));
    lie = log;
    lie.leaf_count--;
    assert_failure(w, check(&scene, &lie, NULL), ERROR_CRYPTO, "log-false");
    assert_non_null(strstr(w->error.detail, "checkpoint"));
    lie = log;
    lie.first++; /* hides the close that fixed the key */
    lie.entries++;
    lie.entry_count--;
    assert_failure(w, check(&scene, &lie, NULL), ERROR_CRYPTO, "log-false");
    assert_non_null(strstr(w->error.detail, "key"));
    lie = log;
    lie.checkpoint = S("nonsense");
    assert_failure(w, check(&scene, &lie, NULL), ERROR_CRYPTO, "log-false");
    world_execute(w, &TEST_LOG_BACK, PARAMETERS(V_INTEGER(w->org), V_INTEGER(2)));
    struct team_round part = world_part(w, scene.team);
    assert_failure(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &lie), ERROR_STORE,
                   "team-log");
}

static void test_the_text_has_one_form(void **state)
{
    struct world *w = *state;
    static const char *const refused[] = {
        "",
        "\n",
        "hecht-seen-log-v1\n",
        "hecht-seen-log-v1 00 1 00\n",
        "hecht-seen-log-v2 0000000000000000000000000000000000000000000000000000000000000000 1 "
        "0000000000000000000000000000000000000000000000000000000000000000\n",
        "hecht-seen-log-v1 0000000000000000000000000000000000000000000000000000000000000000 -1 "
        "0000000000000000000000000000000000000000000000000000000000000000\n",
        "hecht-seen-log-v1 0000000000000000000000000000000000000000000000000000000000000000 1 "
        "0000000000000000000000000000000000000000000000000000000000000000",
    };
    struct log_seen seen = {.size = 77};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_false(log_seen_read(slice_from_text(refused[i]), &seen));
    assert_int_equal(seen.size, 77);
    assert_non_null(w);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_a_log_that_goes_on),
        SQLITE_ONLY(test_other_histories_are_refused),
        SQLITE_ONLY(test_a_log_that_does_not_hold),
        SQLITE_ONLY(test_the_text_has_one_form),
    };
    return WORLD_RUN(tests);
}
