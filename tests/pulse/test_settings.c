/* What protects becomes stricter only, from the next round on, and is written down. */
#include "world.h"

#include "pulse/settings.h"
#include "store/store_internal.h"

struct raising {
    struct world *w;
    int64_t person, k;
};

static enum error_code raise_k(struct store_session *session, void *context, struct error *error)
{
    const struct raising *raising = context;
    return settings_raise_k(session, raising->w->org, raising->person, raising->k,
                            clock_seconds(&raising->w->clock), error);
}

static enum error_code raise_to(struct world *w, const char *address, int64_t k)
{
    struct raising raising = {w, world_person(w, address), k};
    return store_write(w->store, raise_k, &raising, &w->error);
}

static int64_t k_of_round(struct world *w, int64_t team)
{
    struct descriptor descriptor;
    struct team_round part = world_part(w, team);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
    return descriptor.k;
}

static void test_stricter_from_the_next_round(void **state)
{
    struct world *w = *state;
    struct setting_change *changes;
    size_t count;
    int64_t number, team = world_team(w, "noord", 0, 6, true);
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 0);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_ok(w, raise_to(w, "m1@noord.example", 6));
    assert_int_equal(k_of_round(w, team), 5); /* what is open keeps what it began with */
    for (int i = 1; i <= 5; i++) {
        char address[32];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, 2 + i % 3);
    }
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    world_wait(w, DAY_SECONDS);
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    assert_int_equal(k_of_round(w, team), 6);
    assert_ok(w, raise_to(w, "m2@noord.example", 9));

    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 2);
    assert_int_equal(changes[0].value, 9);
    assert_int_equal(changes[0].value_before, 6);
    assert_int_equal(changes[0].changed_at, clock_seconds(&w->clock));
    assert_int_equal(changes[1].value, 6);
    assert_int_equal(changes[1].value_before, 5);
    assert_true(changes[0].person_name.length > 0);
    assert_ok(w, settings_changes(w->session, w->org + 1, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 0);
}

static void test_never_weaker(void **state)
{
    struct world *w = *state;
    struct setting_change *changes;
    size_t count;
    world_team(w, "noord", 0, 6, true);
    assert_ok(w, raise_to(w, "m1@noord.example", 7));
    assert_ok(w, raise_to(w, "m1@noord.example", 7)); /* the same again */
    assert_failure(w, raise_to(w, "m1@noord.example", 6), ERROR_INPUT, "setting-weaker");
    assert_failure(w, raise_to(w, "m1@noord.example", 5), ERROR_INPUT, "setting-weaker");
    assert_failure(w, raise_to(w, "m1@noord.example", 0), ERROR_INPUT, "setting-weaker");
    assert_failure(w, raise_to(w, "m1@noord.example", SETTING_K_MAXIMUM + 1), ERROR_INPUT, "setting-range");
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 1);
}

STATEMENT(TEST_OLD_CHANGE,
          "INSERT INTO setting_change (org_id, name, value, value_before, person_id, changed_at) "
          "VALUES ($1, 'k', $2, $3, $4, $5)");

struct making {
    struct world *w;
    int64_t *ret_person;
};

static enum error_code make_person(struct store_session *session, void *context, struct error *error)
{
    const struct making *making = context;
    return person_ensure(session, &making->w->application, making->w->org, S("ada@example.org"), S("Ada"),
                         S("nl"), error, making->ret_person);
}

static void reopen_with(struct world *w, size_t migrations)
{
    w->session = store_session_close(w->session);
    w->store = store_close(w->store);
    assert_ok(w, store_open_migrations(w->address, NULL, store_migrations, migrations, &w->error, &w->store));
    assert_ok(w, store_session_open(w->store, &w->error, &w->session));
    w->application.store = w->store;
}

struct turning {
    struct world *w;
    int64_t person;
    bool on;
};

static enum error_code write_turning(struct store_session *session, void *context, struct error *error)
{
    const struct turning *turning = context;
    return settings_comments(session, turning->w->org, turning->person, turning->on,
                             clock_seconds(&turning->w->clock), error);
}

static void turn_comments(struct world *w, int64_t person, bool on)
{
    struct turning turning = {w, person, on};
    assert_ok(w, store_write(w->store, write_turning, &turning, &w->error));
}

/* What was changed before settings had numbers is still told, in its order; and comments go on and off. */
static void test_changes_of_before_are_kept(void **state)
{
    struct world *w = *state;
    struct setting_change *changes;
    size_t count;
    int64_t person = 0;
    struct making making = {w, &person};
    reopen_with(w, 4); /* before changes had numbers */
    assert_ok(w, store_write(w->store, make_person, &making, &w->error));
    for (int64_t k = 6; k <= 12; k += 3)
        world_execute(w, &TEST_OLD_CHANGE,
                      PARAMETERS(V_INTEGER(w->org), V_INTEGER(k), V_INTEGER(k - 1), V_INTEGER(person),
                                 V_INTEGER(1000 + k)));
    world_upgrade(w);
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 3);
    assert_int_equal(changes[0].value, 12);
    assert_int_equal(changes[2].value, 6);
    assert_int_equal(changes[2].changed_at, 1006);
    for (int on = 1; on >= 0; on--)
        turn_comments(w, person, on == 1);
    turn_comments(w, person, false); /* the same again is no change */
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 5);
    assert_true(changes[0].comments && changes[0].value == 0);
    assert_true(changes[1].comments && changes[1].value == 1);
    assert_false(changes[2].comments);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH_FROM_FIRST(test_changes_of_before_are_kept),
        BOTH(test_stricter_from_the_next_round),
        BOTH(test_never_weaker),
    };
    return WORLD_RUN(tests);
}
