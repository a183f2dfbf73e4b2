/* Records that hold, keys and histories that do not, and what is no record. */
#include "lies.h"

STATEMENT(TEST_NEXT_KEY_LOSE, "DELETE FROM next_key WHERE org_id = $1");
STATEMENT(TEST_NEXT_KEY_SWAP,
          "UPDATE next_key SET spki = (SELECT n.spki FROM next_key n WHERE n.team_id = $3), "
          "sealed_private_key = $4 "
          "WHERE org_id = $1 AND team_id = $2");

static void test_a_true_record_holds(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    struct verification *v = verify_text(w, scene.text);
    expect_holds(w, scene.text);
    static const char *const held[] = {"descriptor",    "checkpoint",  "log",           "entries",
                                       "opening",       "key",         "close",         "roster",
                                       "counts",        "eligibility", "answers",       "signatures",
                                       "one-time-keys", "issuance",    "result",        "questions",
                                       "cells",         "cells-count", "result-counts", "figure"};
    for (size_t i = 0; i < COUNT_OF(held); i++)
        if (find_check(v, held[i], CHECK_HOLDS) == NULL) {
            print_checks(v);
            print_error("no %s\n", held[i]);
            fail();
        }
    assert_non_null(find_check(v, "issued", CHECK_CLAIM));
    open_round(w); /* a second round, whose key was fixed by the first */
    answer_and_fetch(w, scene.team, "groot");
    close_now(w);
    v = verify_text(w, record_text(w, scene.team));
    assert_false(v->failed);
    assert_non_null(find_check(v, "key-entry", CHECK_HOLDS));
    end_scene(&scene);
}

static void test_small_and_hidden_groups_hold_with_claims(void **state)
{
    struct world *w = *state;
    int64_t small = world_team(w, "klein", 0, 7, true), hidden = world_team(w, "stil", 0, 5, false);
    open_round(w);
    for (int i = 0; i < 6; i++)
        world_answer(w, small, region_text(w->region, region_format(w->region, "m%d@klein.example", i + 1)),
                     3);
    world_answer(w, hidden, "m1@stil.example", 2);
    close_now(w);
    struct verification *v = verify_text(w, record_text(w, small));
    if (v->failed)
        print_checks(v);
    assert_false(v->failed);
    assert_non_null(find_check(v, "signatures", CHECK_CLAIM));
    assert_non_null(find_check(v, "figure", CHECK_CLAIM));
    assert_null(find_check(v, "cells-count", CHECK_HOLDS));
    v = verify_text(w, record_text(w, hidden));
    assert_false(v->failed);
    assert_non_null(find_check(v, "withheld", CHECK_HOLDS));
}

STATEMENT(TEST_MEMBER_GONE, "DELETE FROM team_role WHERE org_id = $1 AND person_id = $2");

/* One left since the cells of the round before were opened, so these stay closed; the record says no more of it, and holds. */
static void test_held_cells_hold_with_claims(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    world_execute(w, &TEST_MEMBER_GONE,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(world_person(w, "m13@groot.example"))));
    open_round(w);
    answer_and_fetch(w, scene.team, "groot");
    close_now(w);
    struct verification *v = verify_text(w, record_text(w, scene.team));
    if (v->failed)
        print_checks(v);
    assert_false(v->failed);
    assert_non_null(find_check(v, "answers", CHECK_HOLDS));
    assert_non_null(find_check(v, "signatures", CHECK_HOLDS));
    assert_non_null(find_check(v, "cells", CHECK_HOLDS));
    assert_null(find_check(v, "cells-count", CHECK_HOLDS));
    assert_null(find_check(v, "figure", CHECK_HOLDS));
    assert_non_null(find_check(v, "figure", CHECK_CLAIM));
    end_scene(&scene);
}

/* ---- Keys and histories -------------------------------------------------------------------------- */

/* The server uses another key than the one that the close before fixed. */
static void test_another_key_is_caught(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, false);
    open_round(w);
    close_now(w);
    world_execute(w, &TEST_NEXT_KEY_LOSE, PARAMETERS(V_INTEGER(w->org)));
    open_round(w);
    close_now(w);
    expect_lie(w, json_of(record_text(w, team)), "key", "there was a round before");
}

static void test_a_key_changed_after_it_was_fixed_is_caught(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, false), other = world_team(w, "zuid", 0, 2, false);
    char room[64];
    struct blind_key *key;
    struct slice private_key, sealed;
    open_round(w);
    close_now(w);
    assert_ok(w, blind_key_generate(&w->error, &key));
    assert_ok(w, blind_key_export(key, w->region, &w->error, &private_key));
    blind_key_free(key);
    int length = snprintf(room, sizeof room, "hecht-next-key %" PRId64 " %" PRId64, w->org, team);
    assert_ok(w, seal(&w->application.key, slice_from_bytes(room, (size_t)length), private_key, &w->random,
                      w->region, &w->error, &sealed));
    world_execute(w, &TEST_NEXT_KEY_SWAP,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(team), V_INTEGER(other), V_BYTES(sealed)));
    open_round(w);
    close_now(w);
    expect_lie(w, json_of(record_text(w, team)), "key",
               "not the one that the close of the round before fixed");
}

static void test_histories_must_agree(void **state)
{
    struct world *w = *state;
    struct record *before = REGION_NEW(w->region, struct record),
                  *after = REGION_NEW(w->region, struct record);
    int64_t team = world_team(w, "noord", 0, 2, false);
    open_round(w);
    close_now(w);
    assert_ok(w, record_read(record_text(w, team), w->region, &w->error, before));
    open_round(w);
    close_now(w);
    assert_ok(w, record_read(record_text(w, team), w->region, &w->error, after));
    assert_true(verify_same_log(&before->log, &after->log));
    assert_true(verify_same_log(&after->log, &before->log));
    before->log.leaves[1].bytes[0] ^= 1; /* a server that was set back wrote another close */
    assert_false(verify_same_log(&before->log, &after->log));
    before->log.leaves[1].bytes[0] ^= 1;
    before->log.public_key[0] ^= 1;
    assert_false(verify_same_log(&before->log, &after->log));
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static void expect_refused(struct world *w, json_t *json)
{
    char *dumped = json_dumps(json, 0);
    struct record *record = REGION_NEW(w->region, struct record);
    assert_failure(w, record_read(slice_from_text(dumped), w->region, &w->error, record), ERROR_INPUT,
                   "record");
    free(dumped);
    json_decref(json);
}

static void test_what_is_no_record_is_refused(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    struct record *record = REGION_NEW(w->region, struct record);
    static const char *const texts[] = {
        "", "{", "[]", "{}", "null", "{\"format\":\"hecht-record-v2\"}", "{\"a\":1,\"a\":1}"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        assert_failure(w, record_read(slice_from_text(texts[i]), w->region, &w->error, record), ERROR_INPUT,
                       "record");
    const char *key;
    json_t *whole = json_of(scene.text), *member;
    json_object_foreach(whole, key, member)
    {
        json_t *json = json_of(scene.text);
        json_object_del(json, key); /* missing */
        expect_refused(w, json);
        json = json_of(scene.text);
        json_object_set_new(json, key, json_integer(7)); /* of another type */
        expect_refused(w, json);
    }
    json_object_foreach(json_object_get(whole, "log"), key, member)
    {
        if (strcmp(key, "close") == 0)
            continue; /* then the round would be open */
        json_t *json = json_of(scene.text);
        json_object_del(json_object_get(json, "log"), key);
        expect_refused(w, json);
    }
    json_decref(whole);
    json_t *json = json_of(scene.text);
    json_object_set_new(json, "more", json_true());
    expect_refused(w, json);
    json = json_of(scene.text);
    json_object_set_new(json_array_get(at(json, "eligibility", "open", NULL), 0), "more", json_true());
    expect_refused(w, json);
    json = json_of(scene.text);
    json_array_set_new(at(json, "log", "leaves", NULL), 0, json_string("AAAA"));
    expect_refused(w, json);
    end_scene(&scene);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_a_true_record_holds),
        SQLITE_ONLY(test_small_and_hidden_groups_hold_with_claims),
        BOTH(test_held_cells_hold_with_claims),
        SQLITE_ONLY(test_another_key_is_caught),
        SQLITE_ONLY(test_a_key_changed_after_it_was_fixed_is_caught),
        SQLITE_ONLY(test_histories_must_agree),
        SQLITE_ONLY(test_what_is_no_record_is_refused),
    };
    return WORLD_RUN(tests);
}
