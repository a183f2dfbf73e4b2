/* The list of members that a round fixes: what each member gets of it, and what a client refuses. */
#include "world.h"

#include "pulse/roster.h"

struct scene {
    struct world *w;
    int64_t team, person;
    struct team_round part;
    struct descriptor descriptor;
    struct roster_opening opening;
};

static struct scene scene_of(struct world *w, int members)
{
    struct scene scene = {.w = w, .team = world_team(w, "noord", 0, members, true)};
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    scene.person = world_person(w, "m1@noord.example");
    scene.part = world_part(w, scene.team);
    assert_ok(w, descriptor_read(scene.part.descriptor, w->region, &w->error, &scene.descriptor));
    assert_ok(w, roster_open(w->session, w->org, scene.person, scene.part.rid, w->region, &w->error,
                             &scene.opening));
    return scene;
}

static enum error_code check(const struct scene *scene)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct json_writer json = JSON_WRITER(&out);
    roster_to_json(&scene->opening, &json);
    return roster_check(buffer_slice(&out), &scene->descriptor, scene->person, scene->w->region,
                        &scene->w->error);
}

static void test_a_member_finds_itself(void **state)
{
    struct scene scene = scene_of(*state, 7);
    assert_int_equal(scene.opening.count, 7);
    assert_ok(scene.w, check(&scene));
    /* The leader is no member, and gets nothing. */
    int64_t leader = world_person(scene.w, "leader@noord.example");
    assert_failure(scene.w,
                   roster_open(scene.w->session, scene.w->org, leader, scene.part.rid, scene.w->region,
                               &scene.w->error, &scene.opening),
                   ERROR_DENIED, "not-in-roster");
}

static void test_another_organisation_gets_nothing(void **state)
{
    struct scene scene = scene_of(*state, 5);
    assert_failure(scene.w,
                   roster_open(scene.w->session, scene.w->org + 1, scene.person, scene.part.rid,
                               scene.w->region, &scene.w->error, &scene.opening),
                   ERROR_NOT_FOUND, "round-unknown");
}

static void test_a_false_list_is_refused(void **state)
{
    struct scene good = scene_of(*state, 6), false_ = good;
    struct world *w = good.w;
    false_.opening.count--; /* one fewer than D counts */
    assert_failure(w, check(&false_), ERROR_CRYPTO, "roster-false");
    false_ = good;
    false_.person++; /* somebody who is not in it */
    assert_failure(w, check(&false_), ERROR_CRYPTO, "roster-false");
    false_ = good;
    false_.descriptor.roster_root.bytes[0] ^= 1; /* another root */
    assert_failure(w, check(&false_), ERROR_CRYPTO, "roster-false");
    false_ = good;
    false_.opening.salt[31] ^= 1;
    assert_failure(w, check(&false_), ERROR_CRYPTO, "roster-false");
    false_ = good;
    false_.opening.leaves[1] = false_.opening.leaves[0]; /* the same twice */
    assert_failure(w, check(&false_), ERROR_CRYPTO, "roster-false");
}

static void test_what_is_no_list_is_refused(void **state)
{
    struct scene scene = scene_of(*state, 5);
    static const char *const TEXTS[] = {"", "[]", "{}", "{\"salt\":1,\"leaves\":2}",
                                        "{\"salt\":\"AA\",\"leaves\":[]}"};
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++)
        assert_failure(scene.w,
                       roster_check(slice_from_text(TEXTS[i]), &scene.descriptor, scene.person,
                                    scene.w->region, &scene.w->error),
                       ERROR_CRYPTO, "roster-false");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_a_member_finds_itself),
        BOTH(test_another_organisation_gets_nothing),
        BOTH(test_a_false_list_is_refused),
        BOTH(test_what_is_no_list_is_refused),
    };
    return WORLD_RUN(tests);
}
