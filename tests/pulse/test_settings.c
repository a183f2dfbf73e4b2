/* What protects becomes stricter only, from the next round on, and is written down. */
#include "world.h"

#include "pulse/settings.h"

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

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_stricter_from_the_next_round),
        BOTH(test_never_weaker),
    };
    return WORLD_RUN(tests);
}
