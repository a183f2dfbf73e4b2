/* What a close publishes: what it holds, what it must not hold, and who may fetch what. */
#include "world.h"

#include "privacy/ledger.h"
#include "privacy/result_statement.h"
#include "pulse/published.h"
#include "pulse/team_log.h"

#include <jansson.h>

STATEMENT(TEST_RECORDS_LEFT, "SELECT count(*) FROM round_record WHERE org_id = $1");
STATEMENT(TEST_ISSUANCE_ROWS, "SELECT (SELECT count(*) FROM issuance), (SELECT count(*) FROM issuance_leaf)");

static void open_round(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

static void close_now(struct world *w)
{
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

/* values[i]: what member i answers to everything; 0 everywhere is an answer too, -1: only a form is
 * fetched, -2: nothing. */
static void answer_all(struct world *w, int64_t team, const char *name, const int *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char address[64];
        struct device device;
        snprintf(address, sizeof address, "m%zu@%s.example", i + 1, name);
        if (values[i] >= 0)
            world_answer(w, team, address, values[i]);
        if (values[i] != -1)
            continue;
        device_prepare(w, team, &device);
        assert_ok(w, device_fetch(w, &device, world_person(w, address)));
        device_free(&device);
    }
}

static struct slice record_text(struct world *w, const uint8_t rid[static 32])
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(8 << 20);
    assert_ok(w, published_record(w->session, rid, w->region, &w->error, &out));
    assert_false(out.failed);
    return region_copy(w->region, buffer_slice(&out));
}

static json_t *record_of(struct world *w, int64_t team)
{
    struct slice text = record_text(w, world_part(w, team).rid);
    json_t *json = json_loadb(text.data, text.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

static struct slice text_at(const json_t *json, const char *name)
{
    const json_t *member = json_object_get(json, name);
    assert_true(json_is_string(member));
    return slice_from_bytes(json_string_value(member), json_string_length(member));
}

static struct log_entry close_entry(struct world *w, int64_t team)
{
    struct team_log log;
    struct log_entry entry;
    assert_ok(w, team_log_of_round(w->session, world_part(w, team).rid, w->region, &w->error, &log));
    assert_true(log.close >= 0);
    assert_ok(w, log_entry_read(log.entries[log.close - log.first], w->region, &w->error, &entry));
    assert_int_equal(entry.kind, LOG_ENTRY_CLOSE);
    return entry;
}

static struct result_statement *statement_of(struct world *w, const json_t *record)
{
    struct result_statement *statement = REGION_NEW(w->region, struct result_statement);
    struct slice text = region_copy(w->region, text_at(record, "result"));
    assert_ok(w, result_statement_read(text, w->region, &w->error, statement));
    return statement;
}

static size_t tree_size(const json_t *tree, bool open)
{
    const json_t *list = json_object_get(tree, open ? "open" : "leaves");
    assert_true(json_is_array(list));
    return json_array_size(list);
}

/* ---- Large groups: open ------------------------------------------------------------------------- */

static void test_a_large_group_is_open(void **state)
{
    struct world *w = *state;
    static const int values[] = {5, 5, 5, 5, 3, 3, 3, 4, 4, 2, 2, -1, -2};
    int64_t team = world_team(w, "groot", 0, COUNT_OF(values), false);
    open_round(w);
    answer_all(w, team, "groot", values, COUNT_OF(values));
    close_now(w);
    json_t *record = record_of(w, team);
    struct log_entry entry = close_entry(w, team);
    assert_int_equal(entry.roster, 13);
    assert_int_equal(entry.answers_known, LOG_ANSWERS_EXACT);
    assert_int_equal(entry.answers, 11);
    assert_int_equal(entry.issued, 12);
    assert_int_equal(tree_size(json_object_get(record, "eligibility"), true), 13);
    assert_int_equal(tree_size(json_object_get(record, "issuance"), false), 13);
    struct result_statement *statement = statement_of(w, record);
    assert_int_equal(statement->item_count, 8);
    for (size_t i = 0; i < statement->item_count; i++) {
        const struct result_item *item = &statement->items[i];
        const json_t *cells =
            json_object_get(json_object_get(record, "cells"), region_text(w->region, item->id));
        assert_int_equal(tree_size(cells, item->kind == RESULT_COUNTS), 13);
        if (item->kind == RESULT_COUNTS) {
            static const int64_t counts[] = {0, 2, 3, 2, 4};
            assert_memory_equal(item->counts, counts, sizeof counts);
        }
    }
    assert_true(statement->construct_count > 0);
    assert_int_equal(statement->constructs[0].n, 11);
    json_decref(record);
}

/* Ten answers, but a bar with one of them: the rule for bars keeps its cells closed. */
static void test_a_lonely_bar_closes_the_cells(void **state)
{
    struct world *w = *state;
    static const int values[] = {5, 5, 5, 5, 3, 3, 3, 4, 4, 2};
    int64_t team = world_team(w, "groot", 0, COUNT_OF(values), false);
    open_round(w);
    answer_all(w, team, "groot", values, COUNT_OF(values));
    close_now(w);
    json_t *record = record_of(w, team);
    struct result_statement *statement = statement_of(w, record);
    assert_int_equal(tree_size(json_object_get(record, "eligibility"), true), 10);
    for (size_t i = 0; i < statement->item_count; i++) {
        const json_t *cells =
            json_object_get(json_object_get(record, "cells"), region_text(w->region, statement->items[i].id));
        assert_int_equal(statement->items[i].kind, RESULT_CLOSED);
        assert_int_equal(tree_size(cells, false), 10);
    }
    json_decref(record);
}

/* ---- Small and hidden groups: hashes only -------------------------------------------------------- */

static void expect_closed(struct world *w, const json_t *record, size_t roster)
{
    const char *key;
    json_t *cells, *all = json_object_get(record, "cells");
    struct result_statement *statement = statement_of(w, record);
    assert_int_equal(tree_size(json_object_get(record, "eligibility"), false), roster);
    assert_int_equal(tree_size(json_object_get(record, "issuance"), false), roster);
    json_object_foreach(all, key, cells) assert_int_equal(tree_size(cells, false), roster);
    for (size_t i = 0; i < statement->item_count; i++)
        assert_int_not_equal(statement->items[i].kind, RESULT_COUNTS);
    for (size_t i = 0; i < statement->construct_count; i++)
        assert_int_equal(statement->constructs[i].n, -1);
}

static void test_a_small_group_has_hashes_and_means(void **state)
{
    struct world *w = *state;
    static const int values[] = {5, 5, 4, 4, 3, 3, 2};
    int64_t team = world_team(w, "klein", 0, 9, false);
    open_round(w);
    answer_all(w, team, "klein", values, COUNT_OF(values));
    close_now(w);
    json_t *record = record_of(w, team);
    struct log_entry entry = close_entry(w, team);
    assert_int_equal(entry.answers_known, LOG_ANSWERS_AT_LEAST);
    assert_int_equal(entry.answers, 5);
    assert_int_equal(entry.issued, -1);
    expect_closed(w, record, 9);
    assert_int_equal(statement_of(w, record)->constructs[0].kind, RESULT_MEAN);
    json_decref(record);
}

/* Ten members, nine answers: the number is known, the cells stay closed. */
static void test_nine_answers_stay_closed(void **state)
{
    struct world *w = *state;
    static const int values[] = {5, 5, 5, 4, 4, 4, 3, 3, 3};
    int64_t team = world_team(w, "negen", 0, 10, false);
    open_round(w);
    answer_all(w, team, "negen", values, COUNT_OF(values));
    close_now(w);
    json_t *record = record_of(w, team);
    struct log_entry entry = close_entry(w, team);
    assert_int_equal(entry.answers_known, LOG_ANSWERS_EXACT);
    assert_int_equal(entry.answers, 9);
    assert_int_equal(tree_size(json_object_get(record, "eligibility"), false), 10);
    for (size_t i = 0; i < statement_of(w, record)->item_count; i++)
        assert_int_equal(statement_of(w, record)->items[i].kind, RESULT_CLOSED);
    json_decref(record);
}

/* Replaces what stands for hashes, signatures, keys and salts by nothing: what is left is all that a
 * reader can learn of the group. */
static struct slice without_hashes(struct slice text, struct region *region)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(8 << 20);
    for (size_t i = 0; i < text.length;) {
        size_t run = 0;
        while (i + run < text.length && (protocol_is_identifier(slice_part(text, i + run, 1), 1) ||
                                         (text.data[i + run] >= 'A' && text.data[i + run] <= 'Z')))
            run++;
        if (run == 0)
            buffer_append_byte(&out, text.data[i++]);
        else if (run < 40)
            buffer_append(&out, slice_part(text, i, run));
        i += run;
    }
    return region_copy(region, buffer_slice(&out));
}

/* The descriptor is public from the opening; what it holds has nothing to do with answers. */
static struct slice learned(struct world *w, int64_t team)
{
    json_t *record = record_of(w, team);
    json_object_del(record, "descriptor");
    json_object_del(json_object_get(record, "log"), "checkpoint");
    char *text = json_dumps(record, JSON_SORT_KEYS);
    struct slice left = without_hashes(slice_from_text(text), w->region);
    free(text);
    json_decref(record);
    return left;
}

/* Teams that differ in nothing but what was answered. */
static void test_answers_of_a_hidden_group_change_hashes_only(void **state)
{
    struct world *w = *state;
    static const int answers[][6] = {{5, 5, 5, 5, -2, -2},
                                     {1, 2, 3, 0, -1, -2},
                                     {-2, -2, -2, -2, -2, -2},
                                     {-1, -1, -1, -1, -1, -1},
                                     {2, -2, -2, -2, -2, -1}};
    int64_t teams[COUNT_OF(answers)];
    struct slice first = {0};
    for (size_t t = 0; t < COUNT_OF(answers); t++)
        teams[t] = world_team(w, (char[]){'t', (char)('a' + (int)t), '\0'}, 0, 6, false);
    open_round(w);
    for (size_t t = 0; t < COUNT_OF(answers); t++)
        answer_all(w, teams[t], (char[]){'t', (char)('a' + (int)t), '\0'}, answers[t], 6);
    close_now(w);
    for (size_t t = 0; t < COUNT_OF(answers); t++) {
        struct log_entry entry = close_entry(w, teams[t]);
        assert_int_equal(entry.answers_known, LOG_ANSWERS_FEWER);
        assert_int_equal(entry.issued, -1);
        json_t *record = record_of(w, teams[t]);
        expect_closed(w, record, 6);
        assert_int_equal(statement_of(w, record)->construct_count, 0);
        json_decref(record);
        if (t == 0)
            first = learned(w, teams[t]);
        assert_true(slice_equal(learned(w, teams[t]), first));
    }
}

/* The same answers, given by other members or in another order: the record says the same. */
static void test_who_answered_what_is_not_in_the_record(void **state)
{
    struct world *w = *state;
    static const int one[] = {5, 5, 5, 4, 4, 4, 3, 3, 2, 2, 2}, other[] = {2, 3, 4, 5, 2, 4, 5, 3, 5, 4, 2};
    int64_t first = world_team(w, "a", 0, 11, false), second = world_team(w, "b", 0, 11, false);
    open_round(w);
    answer_all(w, first, "a", one, 11);
    answer_all(w, second, "b", other, 11);
    close_now(w);
    struct slice a = learned(w, first), b = learned(w, second);
    /* Open cells stand in the order of their hashes, which differs; their values as a whole do not. */
    assert_int_equal(a.length, b.length);
    struct slice statement_a, statement_b;
    json_t *record_a = record_of(w, first), *record_b = record_of(w, second);
    statement_a = without_hashes(text_at(record_a, "result"), w->region);
    statement_b = without_hashes(text_at(record_b, "result"), w->region);
    assert_true(slice_equal(statement_a, statement_b));
    json_decref(record_a);
    json_decref(record_b);
}

/* ---- Nothing joins the cells of one person ------------------------------------------------------- */

/* Each member answers every question with a value of his own; over many rounds the place of his cell in
 * one tree must say nothing about its place in another: for two trees of n leaves, places agree once in n. */
static void test_orders_of_trees_are_independent(void **state)
{
    struct world *w = *state;
    enum { MEMBERS = 10, ROUNDS = 6 };
    static const int values[MEMBERS] = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
    int64_t team = world_team(w, "orde", 0, MEMBERS, false);
    size_t pairs = 0, same = 0;
    for (int round = 0; round < ROUNDS; round++) {
        open_round(w);
        answer_all(w, team, "orde", values, MEMBERS);
        close_now(w);
        json_t *record = record_of(w, team), *all = json_object_get(record, "cells"), *cells;
        int places[PROTOCOL_ITEMS_MAXIMUM][MEMBERS];
        size_t trees = 0;
        const char *key;
        json_object_foreach(all, key, cells)
        {
            json_t *open = json_object_get(cells, "open");
            if (open == NULL)
                continue;
            for (size_t i = 0; i < MEMBERS; i++)
                places[trees][i] = (int)json_integer_value(json_object_get(json_array_get(open, i), "value"));
            trees++;
        }
        assert_true(trees >= 2);
        for (size_t a = 0; a < trees; a++)
            for (size_t b = 0; b < a; b++)
                for (size_t i = 0; i < MEMBERS; i++) {
                    pairs++;
                    same += places[a][i] == places[b][i];
                }
        json_decref(record);
    }
    /* By chance one value agrees with another of the ten in 1 of 5; far outside would be an order in
     * common. */
    assert_true(same * 100 > pairs * 12 && same * 100 < pairs * 28);
}

/* No salt, one-time key or token stands in more than one place of a record. */
static void test_nothing_stands_twice(void **state)
{
    struct world *w = *state;
    static const int values[] = {5, 5, 5, 4, 4, 4, 3, 3, 2, 2};
    int64_t team = world_team(w, "dubbel", 0, 12, false);
    open_round(w);
    answer_all(w, team, "dubbel", values, COUNT_OF(values));
    close_now(w);
    json_t *record = record_of(w, team), *seen = json_object(), *cells,
           *all = json_object_get(record, "cells");
    const char *key;
    json_object_set(all, "eligibility", json_object_get(record, "eligibility"));
    json_object_foreach(all, key, cells)
    {
        size_t i;
        json_t *leaf, *member, *open = json_object_get(cells, "open");
        json_array_foreach(open, i, leaf)
        {
            const char *name;
            json_object_foreach(leaf, name, member)
            {
                if (!json_is_string(member))
                    continue;
                assert_null(json_object_get(seen, json_string_value(member)));
                json_object_set_new(seen, json_string_value(member), json_true());
            }
        }
    }
    assert_true(json_object_size(seen) > 30);
    json_decref(seen);
    json_decref(record);
}

/* ---- Who may fetch what -------------------------------------------------------------------------- */

static void test_open_unknown_and_old_rounds_have_no_record(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, false);
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    struct issuance_opening opening;
    static const uint8_t nobody[32] = {9};
    open_round(w);
    struct team_round part = world_part(w, team);
    int64_t person = world_person(w, "m1@noord.example");
    assert_failure(w, published_record(w->session, part.rid, w->region, &w->error, &out), ERROR_NOT_FOUND,
                   "record-not-yet");
    assert_failure(w, published_record(w->session, nobody, w->region, &w->error, &out), ERROR_NOT_FOUND,
                   "round-unknown");
    assert_failure(w,
                   published_issuance(w->session, w->org, person, part.rid, w->region, &w->error, &opening),
                   ERROR_NOT_FOUND, "record-not-yet");
    assert_int_equal(out.length, 0);
}

static void test_a_member_opens_the_own_leaf(void **state)
{
    struct world *w = *state;
    static const int values[] = {3, -1, -2};
    int64_t team = world_team(w, "blad", 0, 3, true);
    open_round(w);
    answer_all(w, team, "blad", values, 3);
    close_now(w);
    struct team_round part = world_part(w, team);
    json_t *record = record_of(w, team);
    const json_t *leaves = json_object_get(json_object_get(record, "issuance"), "leaves");
    for (size_t i = 1; i <= 3; i++) {
        char address[64];
        struct issuance_opening opening;
        struct merkle_hash leaf, listed;
        size_t found = 0;
        snprintf(address, sizeof address, "m%zu@blad.example", i);
        int64_t person = world_person(w, address);
        assert_ok(w,
                  published_issuance(w->session, w->org, person, part.rid, w->region, &w->error, &opening));
        assert_int_equal(opening.issued, i < 3);
        issuance_leaf(opening.salt, person, opening.issued ? opening.blinded_hash : NULL,
                      opening.device_signature, &leaf);
        for (size_t j = 0; j < json_array_size(leaves); j++) {
            struct slice text = slice_from_text(json_string_value(json_array_get(leaves, j)));
            assert_true(base64url_decode_exactly(text, listed.bytes, sizeof listed.bytes));
            found += memcmp(&leaf, &listed, sizeof leaf) == 0;
        }
        assert_int_equal(found, 1);
    }
    struct own_round *rounds;
    size_t count;
    assert_ok(w, published_own_rounds(w->session, w->org, world_person(w, "m3@blad.example"), w->region,
                                      &w->error, &rounds, &count));
    assert_int_equal(count, 1);
    assert_memory_equal(rounds[0].rid, part.rid, sizeof part.rid);
    assert_int_equal(rounds[0].team, team);
    assert_int_equal(rounds[0].closed_at, clock_seconds(&w->clock));
    assert_true(slice_equal(rounds[0].team_name, S("blad")));
    struct issuance_opening opening;
    int64_t leader = world_person(w, "leader@blad.example");
    assert_ok(w, published_own_rounds(w->session, w->org, leader, w->region, &w->error, &rounds, &count));
    assert_int_equal(count, 0);
    assert_ok(w, published_own_rounds(w->session, w->org + 1, world_person(w, "m3@blad.example"), w->region,
                                      &w->error, &rounds, &count));
    assert_int_equal(count, 0);
    assert_failure(w,
                   published_issuance(w->session, w->org, leader, part.rid, w->region, &w->error, &opening),
                   ERROR_NOT_FOUND, "issuance-gone");
    assert_failure(
        w, published_issuance(w->session, w->org + 1, leader, part.rid, w->region, &w->error, &opening),
        ERROR_NOT_FOUND, "round-unknown");
    json_decref(record);
}

static enum error_code clean_up(struct store_session *session, void *context, struct error *error)
{
    const struct world *w = context;
    return published_clean_up(session, clock_seconds(&w->clock), error);
}

static void test_who_was_issued_is_forgotten(void **state)
{
    struct world *w = *state;
    static const int values[] = {3, -1, -2};
    int64_t team = world_team(w, "weg", 0, 3, false);
    open_round(w);
    answer_all(w, team, "weg", values, 3);
    assert_true(slice_equal(world_rows(w, "ii", &TEST_ISSUANCE_ROWS, NO_PARAMETERS), S("2|0\n")));
    close_now(w);
    assert_true(slice_equal(world_rows(w, "ii", &TEST_ISSUANCE_ROWS, NO_PARAMETERS), S("0|3\n")));
    world_wait(w, ISSUANCE_OPEN_DAYS * DAY_SECONDS);
    assert_ok(w, store_write(w->store, clean_up, w, &w->error));
    assert_true(slice_equal(world_rows(w, "ii", &TEST_ISSUANCE_ROWS, NO_PARAMETERS), S("0|3\n")));
    world_wait(w, 1);
    assert_ok(w, store_write(w->store, clean_up, w, &w->error));
    assert_true(slice_equal(world_rows(w, "ii", &TEST_ISSUANCE_ROWS, NO_PARAMETERS), S("0|0\n")));
    assert_int_equal(world_integer(w, &TEST_RECORDS_LEFT, PARAMETERS(V_INTEGER(w->org))), 1);
}

static void test_real_organisations_are_in_no_list(void **state)
{
    struct world *w = *state;
    uint8_t(*rids)[32];
    size_t count = 7;
    int64_t team = world_team(w, "noord", 0, 2, false);
    open_round(w);
    close_now(w);
    assert_int_equal(close_entry(w, team).answers_known, LOG_ANSWERS_FEWER);
    assert_ok(w, published_examples(w->session, w->region, &w->error, &rids, &count));
    assert_int_equal(count, 0);
}

/* The next key is the one that the close fixed. */
static void test_the_close_fixes_the_next_key(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 1, false);
    for (int round = 0; round < 3; round++) {
        open_round(w);
        struct team_log log;
        struct log_entry opening;
        struct descriptor descriptor;
        struct team_round part = world_part(w, team);
        assert_ok(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &log));
        assert_ok(w, log_entry_read(log.entries[log.opening - log.first], w->region, &w->error, &opening));
        assert_int_equal(opening.key_from, round == 0 ? -1 : 2 * round - 1);
        if (round > 0) {
            uint8_t hash[32];
            struct log_entry close;
            assert_int_equal(log.first, opening.key_from);
            assert_ok(w, log_entry_read(log.entries[0], w->region, &w->error, &close));
            assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &descriptor));
            sha256(descriptor.spki, hash);
            assert_memory_equal(close.next_key, hash, 32);
        }
        close_now(w);
    }
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_a_large_group_is_open),
        SQLITE_ONLY(test_a_lonely_bar_closes_the_cells),
        BOTH(test_a_small_group_has_hashes_and_means),
        SQLITE_ONLY(test_nine_answers_stay_closed),
        SQLITE_ONLY(test_answers_of_a_hidden_group_change_hashes_only),
        SQLITE_ONLY(test_who_answered_what_is_not_in_the_record),
        SQLITE_ONLY(test_orders_of_trees_are_independent),
        SQLITE_ONLY(test_nothing_stands_twice),
        BOTH(test_open_unknown_and_old_rounds_have_no_record),
        BOTH(test_a_member_opens_the_own_leaf),
        BOTH(test_who_was_issued_is_forgotten),
        BOTH(test_real_organisations_are_in_no_list),
        BOTH(test_the_close_fixes_the_next_key),
    };
    return WORLD_RUN(tests);
}
