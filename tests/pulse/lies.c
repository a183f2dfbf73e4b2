#include "lies.h"

static const int answers[ANSWERS] = {5, 5, 5, 5, 3, 3, 3, 4, 4, 2, 2};

void open_round(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

void close_now(struct world *w)
{
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

void answer_and_fetch(struct world *w, int64_t team, const char *name)
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

struct slice record_text(struct world *w, int64_t team)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(8 << 20);
    assert_ok(w, published_record(w->session, world_part(w, team).rid, w->region, &w->error, &out));
    return region_copy(w->region, buffer_slice(&out));
}

struct scene make_scene(struct world *w)
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

void end_scene(struct scene *scene)
{
    scene->key = blind_key_free(scene->key);
}

/* ---- What a verification says -------------------------------------------------------------------- */

const struct check *find_check(const struct verification *v, const char *name, enum check_state state)
{
    for (size_t i = 0; i < v->count; i++)
        if (v->checks[i].state == state && strcmp(v->checks[i].name, name) == 0)
            return &v->checks[i];
    return NULL;
}

struct verification *verify_text(struct world *w, struct slice text)
{
    struct record *record = REGION_NEW(w->region, struct record);
    struct verification *v = REGION_NEW(w->region, struct verification);
    assert_ok(w, record_read(text, w->region, &w->error, record));
    assert_ok(w, verify_record(record, instrument_builtin(), w->region, &w->error, v));
    return v;
}

void print_checks(const struct verification *v)
{
    for (size_t i = 0; i < v->count; i++)
        print_error("%d %s %.*s\n", (int)v->checks[i].state, v->checks[i].name, SLICE_ARG(v->checks[i].text));
}

void expect_holds(struct world *w, struct slice text)
{
    struct verification *v = verify_text(w, text);
    if (v->failed)
        print_checks(v);
    assert_false(v->failed);
}

/* The first check that fails is this one, and its words name the lie. */
void expect_lie(struct world *w, json_t *json, const char *name, const char *words)
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

json_t *json_of(struct slice text)
{
    json_t *json = json_loadb(text.data, text.length, 0, NULL);
    assert_non_null(json);
    return json;
}

json_t *at(json_t *json, const char *first, const char *second, const char *third)
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
size_t place_of(const json_t *open, bool pad)
{
    for (size_t i = 0; i < json_array_size(open); i++)
        if ((json_object_get(json_array_get(open, i), "pad") != NULL) == pad)
            return i;
    fail();
    return 0;
}

json_t *bytes_json(const void *bytes, size_t length)
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

json_t *new_pad(struct world *w)
{
    uint8_t bytes[32];
    random_bytes(&w->random, bytes, sizeof bytes);
    return json_pack("{s:o}", "pad", hex_json(bytes));
}

json_t *new_cell(struct world *w, int value)
{
    uint8_t salt[32];
    random_bytes(&w->random, salt, sizeof salt);
    return json_pack("{s:i,s:o}", "value", value, "salt", hex_json(salt));
}

/* A token that the server signs for itself, or (forged) one with a signature of nothing. */
json_t *new_token(struct scene *scene, const uint8_t *opk_or_null, bool forged)
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

void read_json(struct scene *scene, const json_t *json, struct record *record)
{
    struct world *w = scene->w;
    char *dumped = json_dumps(json, 0);
    struct slice text = region_copy(w->region, slice_from_text(dumped));
    free(dumped);
    assert_ok(w, record_read(text, w->region, &w->error, record));
}

void sign_log(struct scene *scene, json_t *json, const struct log_entry *close)
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

/* Makes roots, close entry and checkpoint anew for what the trees and the result now say. answers and
 * issued: -2 leaves the number as it was. */
void sign_lie(struct scene *scene, json_t *json, int64_t answers_said, int64_t issued_said)
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
void replace_text(struct world *w, json_t *json, const char *name, const char *old, const char *new)
{
    struct slice text = slice_from_text(json_string_value(json_object_get(json, name)));
    size_t place = slice_find(text, slice_from_text(old));
    assert_true(place < text.length);
    struct slice changed = region_format(w->region, "%.*s%s%.*s", (int)place, text.data, new,
                                         SLICE_ARG(slice_from(text, place + strlen(old))));
    json_object_set_new(json, name, json_stringn(changed.data, changed.length));
}

/* A question whose cells are open. */
const char *open_item(json_t *json)
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
