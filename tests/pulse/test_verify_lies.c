/* Lies: a record that somebody changed, and records of a server that cheats and signs its lies well. Each is
 * caught, and the check that fails says which it is. */
#include "lies.h"

/* Somebody changed the record on its way. */
static void test_changed_records_are_caught(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    int64_t other_team = world_team(w, "ander", 0, MEMBERS, false);
    open_round(w);
    answer_and_fetch(w, other_team, "ander");
    close_now(w);
    struct slice other = record_text(w, other_team);
    json_t *json = json_of(scene.text), *from = json_of(other), *list;
    const char *item = region_text(w->region, slice_from_text(open_item(json)));

    list = at(json, "eligibility", "open", NULL);
    json_array_set_new(list, place_of(list, false), new_pad(w));
    expect_lie(w, json, "eligibility", "left out, added or changed");

    json = json_of(scene.text);
    list = at(json, "eligibility", "open", NULL);
    json_array_set_new(list, place_of(list, true), new_token(&scene, NULL, false));
    expect_lie(w, json, "eligibility", "left out, added or changed");

    json = json_of(scene.text);
    list = at(json, "cells", item, "open");
    json_object_set_new(json_array_get(list, place_of(list, false)), "value", json_integer(1));
    expect_lie(w, json, "cells", "left out, added or changed");

    json = json_of(scene.text);
    replace_text(w, json, "result", " counts 0 ", " counts 1 ");
    expect_lie(w, json, "result", "changed afterwards");

    json = json_of(scene.text);
    replace_text(w, json, "result", " mean 3.", " mean 4.");
    expect_lie(w, json, "result", "changed afterwards");

    json = json_of(scene.text); /* another key, and so another rid */
    json_object_set(json, "descriptor", json_object_get(from, "descriptor"));
    expect_lie(w, json, "checkpoint", "not a checkpoint of");

    json = json_of(scene.text);
    replace_text(w, json, "descriptor", "\nk 5\n", "\nk 6\n");
    expect_lie(w, json, "opening", "not in the log");

    json = json_of(scene.text);
    json_object_set(at(json, "log", NULL, NULL), "checkpoint", at(from, "log", "checkpoint", NULL));
    expect_lie(w, json, "checkpoint", "not a checkpoint of");

    json = json_of(scene.text);
    list = at(json, "log", "leaves", NULL);
    json_array_remove(list, json_array_size(list) - 1);
    expect_lie(w, json, "log", "missing, added or changed");

    json = json_of(scene.text);
    list = at(json, "log", "entries", NULL);
    json_array_remove(list, json_array_size(list) - 1);
    expect_lie(w, json, "close", "not in the log");

    json = json_of(scene.text);
    json_object_set(json, "eligibility", json_object_get(from, "eligibility"));
    expect_lie(w, json, "eligibility", "left out, added or changed");

    json = json_of(scene.text);
    json_object_set(json, "issuance", json_object_get(from, "issuance"));
    expect_lie(w, json, "issuance", "left out, added or changed");

    json = json_of(scene.text);
    list = at(json, "log", "entries", NULL);
    json_array_set_new(list, 0, json_string("hecht-log-other-v1\n"));
    expect_lie(w, json, "entries", "not what stands in the log");
    json_decref(from);
    end_scene(&scene);
}

/* The server cheats while it closes, and signs what it says. */
static void test_signed_lies_are_caught(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    json_t *json = json_of(scene.text), *list;
    const char *item = region_text(w->region, slice_from_text(open_item(json)));
    uint8_t opk[65];

    sign_lie(&scene, json, -2, -2); /* the tools of this test alone change nothing */
    char *dumped = json_dumps(json, 0);
    expect_holds(w, slice_from_text(dumped));
    free(dumped);

    list = at(json, "cells", item, "open"); /* an answer is left out of one question */
    json_array_set_new(list, place_of(list, false), new_pad(w));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "cells-count", "not the number of answers");

    json = json_of(scene.text); /* a token is left out, its cells are not */
    list = at(json, "eligibility", "open", NULL);
    json_array_set_new(list, place_of(list, false), new_pad(w));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "answers", "10 answers");
    json = json_of(scene.text);
    list = at(json, "eligibility", "open", NULL);
    json_array_set_new(list, place_of(list, false), new_pad(w));
    sign_lie(&scene, json, ANSWERS - 1, -2);
    expect_lie(w, json, "cells-count", "not the number of answers");

    json = json_of(scene.text); /* answers of the server's own: more than forms were fetched */
    list = at(json, "eligibility", "open", NULL);
    for (int i = 0; i < 2; i++)
        json_array_set_new(list, place_of(list, true), new_token(&scene, NULL, false));
    sign_lie(&scene, json, ANSWERS + 2, -2);
    expect_lie(w, json, "counts", "13 answers, 12 forms fetched");

    json = json_of(scene.text); /* or more than there are members */
    list = at(json, "eligibility", "open", NULL);
    for (int i = 0; i < 3; i++)
        json_array_append_new(list, new_token(&scene, NULL, false));
    sign_lie(&scene, json, ANSWERS + 3, ANSWERS + 3);
    expect_lie(w, json, "counts", "14 answers, 14 forms fetched, 13 members");

    json = json_of(scene.text); /* an answer without a signature of the round's key */
    list = at(json, "eligibility", "open", NULL);
    json_array_set_new(list, place_of(list, true), new_token(&scene, NULL, true));
    sign_lie(&scene, json, ANSWERS + 1, -2);
    expect_lie(w, json, "signatures", "1 of 12 answers");

    json = json_of(scene.text); /* one key that answers twice */
    list = at(json, "eligibility", "open", NULL);
    assert_true(base64url_decode_exactly(slice_from_text(json_string_value(json_object_get(
                                             json_array_get(list, place_of(list, false)), "opk"))),
                                         opk, sizeof opk));
    json_array_set_new(list, place_of(list, true), new_token(&scene, opk, false));
    sign_lie(&scene, json, ANSWERS + 1, -2);
    expect_lie(w, json, "one-time-keys", "same one-time key");

    json = json_of(scene.text); /* a cell is changed, the result is not */
    list = at(json, "cells", item, "open");
    json_array_set_new(list, place_of(list, false), new_cell(w, 1));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "result-counts", "not those of the cells");

    json = json_of(scene.text); /* the result is changed, cells are not */
    replace_text(w, json, "result", " counts 0 2 ", " counts 1 2 ");
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "result-counts", "not those of the cells");
    json = json_of(scene.text);
    replace_text(w, json, "result", " mean 3.", " mean 4.");
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "figure", "the cells give");
    json = json_of(scene.text);
    replace_text(w, json, "result", " n 11 ", " n 12 ");
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "figure", "the cells give");

    json = json_of(scene.text); /* the mean of other questions, or of questions turned round */
    replace_text(w, json, "result", " from ", " from -");
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "figure", "of other questions");

    json = json_of(scene.text); /* an option that the question does not have */
    list = at(json, "cells", item, "open");
    json_array_set_new(list, place_of(list, false), new_cell(w, 9));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "result-counts", "not those of the cells");
    end_scene(&scene);
}

/* Trees that are not as they must be, signed. */
static void test_signed_trees_of_other_shapes_are_caught(void **state)
{
    struct world *w = *state;
    struct scene scene = make_scene(w);
    json_t *json = json_of(scene.text), *list, *first;
    const char *item = region_text(w->region, slice_from_text(open_item(json)));
    struct record *record = REGION_NEW(w->region, struct record);

    read_json(&scene, json, record); /* tokens kept closed */
    list = json_array();
    for (size_t i = 0; i < record->eligibility.count; i++)
        json_array_append_new(list, bytes_json(&record->eligibility.leaves[i], 32));
    json_object_set_new(json, "eligibility", json_pack("{s:o}", "leaves", list));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "openness", "still the tokens are closed");

    json = json_of(scene.text); /* cells kept closed though the result counts them */
    read_json(&scene, json, record);
    for (size_t t = 0; t < record->cells_count; t++)
        if (slice_equal(record->cells[t].item, slice_from_text(item))) {
            list = json_array();
            for (size_t i = 0; i < record->cells[t].tree.count; i++)
                json_array_append_new(list, bytes_json(&record->cells[t].tree.leaves[i], 32));
            json_object_set_new(at(json, "cells", NULL, NULL), item, json_pack("{s:o}", "leaves", list));
        }
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "cells", "is closed, the result statement says it is not");

    json = json_of(scene.text); /* one leaf twice */
    list = at(json, "cells", item, "open");
    json_array_set(list, place_of(list, true), json_array_get(list, place_of(list, false)));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "cells", "a leaf stands twice");

    json = json_of(scene.text); /* an order of the server's choice, which could carry a message */
    list = at(json, "cells", item, "open");
    first = json_incref(json_array_get(list, 0));
    json_array_remove(list, 0);
    json_array_append_new(list, first);
    read_json(&scene, json, record);
    struct log_entry close;
    assert_ok(w, log_entry_read(record->log.entries[record->log.close - record->log.first], w->region,
                                &w->error, &close));
    for (size_t i = 0; i < close.item_count; i++)
        for (size_t j = 0; j < record->cells_count; j++)
            if (slice_equal(close.items[i], record->cells[j].item))
                merkle_list_root(record->cells[j].tree.leaves, record->cells[j].tree.count, &close.cells[i]);
    sign_log(&scene, json, &close);
    expect_lie(w, json, "cells", "not in the order of its hashes");

    json = json_of(scene.text); /* no room for the abstainers: the number of leaves tells how many answered */
    list = at(json, "cells", item, "open");
    json_array_remove(list, place_of(list, true));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "cells", "has 12 leaves, the team 13 members");
    end_scene(&scene);
}

/* A group below k with figures, signed. */
static void test_figures_of_a_hidden_group_are_caught(void **state)
{
    struct world *w = *state;
    struct scene scene = {.w = w};
    struct org org;
    scene.team = world_team(w, "stil", 0, 5, false);
    open_round(w);
    world_answer(w, scene.team, "m1@stil.example", 2);
    close_now(w);
    assert_ok(w, org_load(w->session, w->org, w->region, &w->error, &org));
    assert_ok(w, log_signer_open(&w->application, &org, w->region, &w->error, &scene.signer));
    json_t *json = json_of(record_text(w, scene.team));
    struct slice result = slice_from_text(json_string_value(json_object_get(json, "result")));
    struct slice item = slice_from(result, slice_find(result, S("\nitem ")) + 6);
    item = slice_part(item, 0, slice_find_byte(item, ' '));
    struct slice more = region_format(w->region, "%.*sconstruct team mean 2.000000 n withheld from %.*s\n",
                                      SLICE_ARG(result), SLICE_ARG(item));
    json_object_set_new(json, "result", json_stringn(more.data, more.length));
    sign_lie(&scene, json, -2, -2);
    expect_lie(w, json, "withheld", "still figures are shown");
}

int main(void)
{
    struct CMUnitTest tests[] = {
        SQLITE_ONLY(test_changed_records_are_caught),
        SQLITE_ONLY(test_signed_lies_are_caught),
        SQLITE_ONLY(test_signed_trees_of_other_shapes_are_caught),
        SQLITE_ONLY(test_figures_of_a_hidden_group_are_caught),
    };
    return WORLD_RUN(tests);
}
