/* Records that hold, and lies: a record that somebody changed, and records of a server that cheats and signs its
 * lies well. Each lie is caught, and the check that fails says which it is. */
#include "world.h"

#include "privacy/ledger.h"
#include "pulse/published.h"
#include "pulse/verify.h"

#include <jansson.h>

STATEMENT(TEST_NEXT_KEY_LOSE, "DELETE FROM next_key WHERE org_id = $1");
STATEMENT(
    TEST_NEXT_KEY_SWAP,
    "UPDATE next_key SET spki = (SELECT n.spki FROM next_key n WHERE n.team_id = $3), sealed_private_key = $4 "
    "WHERE org_id = $1 AND team_id = $2");

enum { MEMBERS = 13, ANSWERS = 11 };
static const int answers[ANSWERS] = {5, 5, 5, 5, 3, 3, 3, 4, 4, 2, 2};

/* A closed round of a team of thirteen with eleven answers and twelve forms fetched, and the server's keys. */
struct scene {
    struct world *w;
    int64_t team;
    struct slice text; /* the record as it is published */
    struct log_signer signer;
    struct blind_key *key; /* of the round: the server has it while the round is open */
    struct descriptor descriptor;
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

static void answer_and_fetch(struct world *w, int64_t team, const char *name)
{
    struct device device;
    for (int i = 0; i < ANSWERS; i++)
        world_answer(w, team, region_text(w->region, region_format(w->region, "m%d@%s.example", i + 1, name)),
                     answers[i]);
    device_prepare(w, team, &device);
    assert_ok(w,
              device_fetch(
                  w, &device,
                  world_person(w, region_text(w->region, region_format(w->region, "m12@%s.example", name)))));
    device_free(&device);
}

static struct slice record_text(struct world *w, int64_t team)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(8 << 20);
    assert_ok(w, published_record(w->session, world_part(w, team).rid, w->region, &w->error, &out));
    return region_copy(w->region, buffer_slice(&out));
}

static struct scene make_scene(struct world *w)
{
    struct scene scene = {.w = w};
    struct org org;
    scene.team = world_team(w, "groot", 0, MEMBERS, false);
    open_round(w);
    struct team_round part = world_part(w, scene.team);
    assert_ok(w, team_round_private_key(&w->application, &part, w->region, &w->error, &scene.key));
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &scene.descriptor));
    answer_and_fetch(w, scene.team, "groot");
    close_now(w);
    assert_ok(w, org_load(w->session, w->org, w->region, &w->error, &org));
    assert_ok(w, log_signer_open(&w->application, &org, w->region, &w->error, &scene.signer));
    scene.text = record_text(w, scene.team);
    return scene;
}

static void end_scene(struct scene *scene)
{
    scene->key = blind_key_free(scene->key);
}

/* ---- What a verification says -------------------------------------------------------------------- */

static const struct check *find_check(const struct verification *v, const char *name, enum check_state state)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->checks[i].state == state && strcmp(v->checks[i].name, name) == 0)
            return &v->checks[i];
    return NULL;
}

static struct verification *verify_text(struct world *w, struct slice text)
{
    struct record *record = REGION_NEW(w->region, struct record);
    struct verification *v = REGION_NEW(w->region, struct verification);
    assert_ok(w, record_read(text, w->region, &w->error, record));
    assert_ok(w, verify_record(record, w->region, &w->error, v));
    return v;
}

static void print_checks(const struct verification *v)
{
    for (size_t i = 0; i < v->count; i++)
        print_error("%d %s %.*s\n", (int)v->checks[i].state, v->checks[i].name, SLICE_ARG(v->checks[i].text));
}

static void expect_holds(struct world *w, struct slice text)
{
    struct verification *v = verify_text(w, text);
    if (v->failed)
        print_checks(v);
    assert_false(v->failed);
}

/* The first check that fails is this one, and its words name the lie. */
static void expect_lie(struct world *w, json_t *json, const char *name, const char *words)
{
    char *dumped = json_dumps(json, 0);
    struct verification *v = verify_text(w, region_copy(w->region, slice_from_text(dumped)));
    size_t first = 0;
    free(dumped);
    json_decref(json);
    assert_true(v->failed);
    while (first < v->count && v->checks[first].state != CHECK_FAILS)
        first++;
    assert_true(first < v->count);
    if (strcmp(v->checks[first].name, name) != 0 ||
        slice_find(v->checks[first].text, slice_from_text(words)) == v->checks[first].text.length) {
        print_error("not %s: %s, but\n", name, words);
        print_checks(v);
        fail();
    }
}

/* ---- Changing records ---------------------------------------------------------------------------- */

static json_t *json_of(struct slice text)
{
    json_t *json = json_loadb(text.data, text.length, 0, NULL);
    assert_non_null(json);
    return json;
}

static json_t *at(json_t *json, const char *first, const char *second, const char *third)
{
    json = json_object_get(json, first);
    if (second != NULL)
        json = json_object_get(json, second);
    if (third != NULL)
        json = json_object_get(json, third);
    assert_non_null(json);
    return json;
}

/* The first place of an open tree with (or without) a pad. */
static size_t place_of(const json_t *open, bool pad)
{
    for (size_t i = 0; i < json_array_size(open); i++)
        if ((json_object_get(json_array_get(open, i), "pad") != NULL) == pad)
            return i;
    fail();
    return 0;
}

static json_t *bytes_json(const void *bytes, size_t length)
{
    char text[512];
    base64url_encode(bytes, length, text);
    return json_string(text);
}

static json_t *hex_json(const uint8_t bytes[static 32])
{
    char text[65];
    hex_encode(bytes, 32, text);
    return json_string(text);
}

static json_t *new_pad(struct world *w)
{
    uint8_t bytes[32];
    random_bytes(&w->random, bytes, sizeof bytes);
    return json_pack("{s:o}", "pad", hex_json(bytes));
}

static json_t *new_cell(struct world *w, int value)
{
    uint8_t salt[32];
    random_bytes(&w->random, salt, sizeof salt);
    return json_pack("{s:i,s:o}", "value", value, "salt", hex_json(salt));
}

/* A token that the server signs for itself, or (forged) one with a signature of nothing. */
static json_t *new_token(struct scene *scene, const uint8_t *opk_or_null, bool forged)
{
    struct world *w = scene->w;
    struct blind_public_key *key;
    struct blinded_message blinded;
    struct one_time_key *own;
    struct slice blind_signature, signature;
    uint8_t opk[65], message[ANSWER_MESSAGE_BYTES], rid[32];
    descriptor_rid(world_part(w, scene->team).descriptor, rid);
    assert_ok(w, one_time_key_make(&w->error, &own));
    assert_ok(w, one_time_key_public(own, &w->error, opk));
    one_time_key_free(own);
    if (opk_or_null != NULL)
        memcpy(opk, opk_or_null, sizeof opk);
    answer_message(rid, opk, message);
    assert_ok(w, blind_public_key_import(scene->descriptor.spki, &w->error, &key));
    assert_ok(w,
              blind_message(key, slice_from_bytes(message, sizeof message), w->region, &w->error, &blinded));
    assert_ok(w, blind_sign(scene->key, blinded.blinded, w->region, &w->error, &blind_signature));
    assert_ok(w, blind_finalize(key, &blinded, blind_signature, w->region, &w->error, &signature));
    blind_public_key_free(key);
    if (forged)
        ((char *)(uintptr_t)signature.data)[17] ^= 1;
    return json_pack("{s:o,s:o,s:o}", "prefix", bytes_json(blinded.prepared.data, 32), "opk",
                     bytes_json(opk, sizeof opk), "sig", bytes_json(signature.data, signature.length));
}

/* ---- A server that signs its lies ----------------------------------------------------------------- */

struct sorted {
    struct merkle_hash hash;
    json_t *leaf;
};

static int compare_sorted(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct merkle_hash));
}

/* Puts an open tree into the order of its hashes. */
static void sort_tree(json_t *tree, const struct record_tree *read)
{
    json_t *open = json_object_get(tree, "open"), *list = json_array();
    struct sorted sorted[64];
    if (open == NULL) {
        json_decref(list);
        return;
    }
    for (size_t i = 0; i < read->count; i++)
        sorted[i] = (struct sorted){read->leaves[i], json_array_get(open, i)};
    qsort(sorted, read->count, sizeof sorted[0], compare_sorted);
    for (size_t i = 0; i < read->count; i++)
        json_array_append(list, sorted[i].leaf);
    json_object_set_new(tree, "open", list);
}

static void read_json(struct scene *scene, const json_t *json, struct record *record)
{
    struct world *w = scene->w;
    char *dumped = json_dumps(json, 0);
    struct slice text = region_copy(w->region, slice_from_text(dumped));
    free(dumped);
    assert_ok(w, record_read(text, w->region, &w->error, record));
}

static void sign_log(struct scene *scene, json_t *json, const struct log_entry *close)
{
    struct world *w = scene->w;
    json_t *log = json_object_get(json, "log");
    size_t index = (size_t)json_integer_value(json_object_get(log, "close"));
    size_t first = (size_t)json_integer_value(json_object_get(log, "first"));
    struct slice bytes, note, text;
    struct merkle_hash leaf, leaves[16];
    assert_ok(w, log_entry_write(close, w->region, &w->error, &bytes));
    merkle_leaf(bytes, &leaf);
    json_array_set_new(json_object_get(log, "entries"), index - first,
                       json_stringn(bytes.data, bytes.length));
    json_array_set_new(json_object_get(log, "leaves"), index, bytes_json(&leaf, sizeof leaf));
    struct checkpoint checkpoint = {.origin = log_origin(scene->signer.public_key, scene->team, w->region),
                                    .size = json_array_size(json_object_get(log, "leaves"))};
    for (size_t i = 0; i < checkpoint.size; i++)
        assert_true(base64url_decode_exactly(
            slice_from_text(json_string_value(json_array_get(json_object_get(log, "leaves"), i))),
            leaves[i].bytes, sizeof leaves[i].bytes));
    merkle_list_root(leaves, checkpoint.size, &checkpoint.root);
    assert_ok(w, checkpoint_write(&checkpoint, w->region, &w->error, &text));
    assert_ok(w, note_sign(text, checkpoint.origin, scene->signer.seed, scene->signer.public_key, w->region,
                           &w->error, &note));
    json_object_set_new(log, "checkpoint", json_stringn(note.data, note.length));
}

/* Makes roots, close entry and checkpoint anew for what the trees and the result now say. answers and issued: -2
 * leaves the number as it was. */
static void sign_lie(struct scene *scene, json_t *json, int64_t answers_said, int64_t issued_said)
{
    struct world *w = scene->w;
    struct record *record = REGION_NEW(w->region, struct record);
    struct log_entry close;
    read_json(scene, json, record);
    sort_tree(json_object_get(json, "eligibility"), &record->eligibility);
    for (size_t i = 0; i < record->cells_count; i++)
        sort_tree(at(json, "cells", region_text(w->region, record->cells[i].item), NULL),
                  &record->cells[i].tree);
    read_json(scene, json, record);
    assert_ok(w, log_entry_read(record->log.entries[record->log.close - record->log.first], w->region,
                                &w->error, &close));
    merkle_list_root(record->eligibility.leaves, record->eligibility.count, &close.eligibility);
    for (size_t i = 0; i < close.item_count; i++)
        for (size_t j = 0; j < record->cells_count; j++)
            if (slice_equal(close.items[i], record->cells[j].item))
                merkle_list_root(record->cells[j].tree.leaves, record->cells[j].tree.count, &close.cells[i]);
    sha256(record->result, close.result);
    if (answers_said != -2)
        close.answers = answers_said;
    if (issued_said != -2)
        close.issued = issued_said;
    sign_log(scene, json, &close);
}

/* One text in a member of the record replaced by another. */
static void replace_text(struct world *w, json_t *json, const char *name, const char *old, const char *new)
{
    struct slice text = slice_from_text(json_string_value(json_object_get(json, name)));
    size_t place = slice_find(text, slice_from_text(old));
    assert_true(place < text.length);
    struct slice changed = region_format(w->region, "%.*s%s%.*s", (int)place, text.data, new,
                                         SLICE_ARG(slice_from(text, place + strlen(old))));
    json_object_set_new(json, name, json_stringn(changed.data, changed.length));
}

/* A question whose cells are open. */
static const char *open_item(json_t *json)
{
    const char *key;
    json_t *tree;
    json_object_foreach(json_object_get(json, "cells"), key, tree)
    {
        if (json_object_get(tree, "open") != NULL)
            return key;
    }
    fail();
    return NULL;
}

/* ---- Tests --------------------------------------------------------------------------------------- */

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
    expect_lie(w, json_of(record_text(w, team)), "key", "a round was closed before");
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
        SQLITE_ONLY(test_changed_records_are_caught),
        SQLITE_ONLY(test_signed_lies_are_caught),
        SQLITE_ONLY(test_signed_trees_of_other_shapes_are_caught),
        SQLITE_ONLY(test_figures_of_a_hidden_group_are_caught),
        SQLITE_ONLY(test_another_key_is_caught),
        SQLITE_ONLY(test_a_key_changed_after_it_was_fixed_is_caught),
        SQLITE_ONLY(test_histories_must_agree),
        SQLITE_ONLY(test_what_is_no_record_is_refused),
    };
    return WORLD_RUN(tests);
}
