/* The log of a team: openings are in it, it only grows, and a database from before it goes on. */
#include "world.h"

#include "pulse/next_key.h"
#include "pulse/team_log.h"

STATEMENT(TEST_LOG_SIZE, "SELECT count(*) FROM team_log WHERE org_id = $1 AND team_id = $2");
STATEMENT(TEST_LOG_PUBLIC, "SELECT log_public FROM org WHERE org_id = $1");
STATEMENT(TEST_LOG_HEAD_DAMAGE, "UPDATE team_log_head SET peaks = $2 WHERE org_id = $1");
STATEMENT(TEST_LOG_LOSE, "DELETE FROM team_log WHERE org_id = $1 AND entry_index = 0");
STATEMENT(TEST_NEXT_KEYS, "SELECT count(*) FROM next_key WHERE org_id = $1");

static void open_round(struct world *w)
{
    int64_t number;
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
}

static void close_now(struct world *w)
{
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
}

static struct team_log log_of(struct world *w, int64_t team)
{
    struct team_log log;
    struct team_round part = world_part(w, team);
    assert_ok(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &log));
    return log;
}

/* What every reader checks: the signature, the root, and the entries against their leaves. */
static void check_log(struct world *w, const struct team_log *log, int64_t team)
{
    struct checkpoint checkpoint;
    struct merkle_hash root;
    struct slice origin = log_origin(log->public_key, team, w->region);
    assert_ok(w,
              checkpoint_open(log->checkpoint, origin, log->public_key, w->region, &w->error, &checkpoint));
    assert_int_equal(checkpoint.size, log->leaf_count);
    merkle_list_root(log->leaves, log->leaf_count, &root);
    assert_memory_equal(&checkpoint.root, &root, sizeof root);
    for (size_t i = 0; i < log->entry_count; i++) {
        struct merkle_hash leaf;
        merkle_leaf(log->entries[i], &leaf);
        assert_memory_equal(&leaf, &log->leaves[(size_t)log->first + i], sizeof leaf);
    }
}

static struct log_entry entry_at(struct world *w, const struct team_log *log, int64_t index)
{
    struct log_entry entry;
    assert_true(index >= log->first && (size_t)(index - log->first) < log->entry_count);
    assert_ok(w, log_entry_read(log->entries[index - log->first], w->region, &w->error, &entry));
    return entry;
}

static void test_an_opening_is_logged(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "noord", 0, 2, true), south = world_team(w, "zuid", 0, 1, false);
    open_round(w);
    struct team_log log = log_of(w, north), other = log_of(w, south);
    struct team_round part = world_part(w, north);
    check_log(w, &log, north);
    check_log(w, &other, south);
    assert_int_equal(log.leaf_count, 1);
    assert_int_equal(log.opening, 0);
    assert_int_equal(log.close, -1);
    struct log_entry entry = entry_at(w, &log, 0);
    assert_int_equal(entry.kind, LOG_ENTRY_ROUND);
    assert_int_equal(entry.key_from, -1);
    assert_memory_equal(entry.rid, part.rid, 32);
    struct slice stored;
    STORE_ROWS(rows);
    assert_ok(w, store_select(w->session, &TEST_LOG_PUBLIC, PARAMETERS(V_INTEGER(w->org)), &w->error, &rows));
    assert_true(store_next(&rows));
    stored = store_column_bytes(&rows, 0);
    assert_memory_equal(stored.data, log.public_key, 32);
    assert_ok(w, store_rows_end(&rows));
}

static void test_the_log_only_grows(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, true);
    struct team_log before = {0};
    for (int round = 0; round < 4; round++) {
        open_round(w);
        struct team_log log = log_of(w, team);
        check_log(w, &log, team);
        assert_true(log.leaf_count > before.leaf_count);
        assert_memory_equal(log.leaves, before.leaves, before.leaf_count * sizeof *log.leaves);
        assert_int_equal(log.opening, log.leaf_count - 1);
        before = log;
        close_now(w);
    }
}

static void test_a_failed_opening_leaves_no_entry(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 2, true), number;
    open_round(w);
    assert_failure(w, round_open(&w->application, w->org, false, w->region, &w->error, &number),
                   ERROR_CONFLICT, "round-open");
    assert_int_equal(world_integer(w, &TEST_LOG_SIZE, PARAMETERS(V_INTEGER(w->org), V_INTEGER(team))), 1);
}

static void test_unknown_and_damaged_logs(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 1, false), number;
    struct team_log log;
    static const uint8_t nobody[32] = {1};
    assert_failure(w, team_log_of_round(w->session, nobody, w->region, &w->error, &log), ERROR_NOT_FOUND,
                   "round-unknown");
    open_round(w);
    struct team_round part = world_part(w, team);
    close_now(w);
    world_execute(w, &TEST_LOG_HEAD_DAMAGE, PARAMETERS(V_INTEGER(w->org), V_BYTES(S("short"))));
    assert_failure(w, round_open(&w->application, w->org, false, w->region, &w->error, &number), ERROR_STORE,
                   "team-log");
    world_execute(w, &TEST_LOG_LOSE, PARAMETERS(V_INTEGER(w->org)));
    assert_failure(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &log), ERROR_STORE,
                   "team-log");
}

/* ---- Keys made ahead ---------------------------------------------------------------------------- */

static void test_keys_are_made_while_a_round_is_open(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 1, false);
    world_team(w, "zuid", 0, 1, false);
    world_team(w, "leeg", 0, 0, false);
    assert_ok(w, blind_key_pool_start(1, 8, &w->error, &w->application.key_pool));
    assert_ok(w, next_keys_prepare(&w->application, w->org, w->region, &w->error));
    assert_int_equal(blind_key_pool_ready(w->application.key_pool), 0); /* nothing is open: none is ordered */
    open_round(w);
    for (int i = 0; i < 1200; i++) {
        assert_ok(w, next_keys_prepare(&w->application, w->org, w->region, &w->error));
        if (world_integer(w, &TEST_NEXT_KEYS, PARAMETERS(V_INTEGER(w->org))) == 2)
            break;
        struct timespec pause = {.tv_nsec = 50000000};
        nanosleep(&pause, NULL);
    }
    assert_int_equal(world_integer(w, &TEST_NEXT_KEYS, PARAMETERS(V_INTEGER(w->org))), 2);
    bool found;
    uint8_t hash[32], spki_hash[32];
    struct descriptor descriptor;
    assert_ok(w, next_key_hash(w->session, w->org, team, &w->error, &found, hash));
    assert_true(found);
    close_now(w);
    open_round(w);
    assert_ok(w, descriptor_read(world_part(w, team).descriptor, w->region, &w->error, &descriptor));
    sha256(descriptor.spki, spki_hash);
    assert_memory_equal(hash, spki_hash, 32);
    world_answer(w, team, "m1@noord.example", 4); /* and it is the key that signs */
    w->application.key_pool = blind_key_pool_stop(w->application.key_pool);
}

/* ---- From before -------------------------------------------------------------------------------- */

STATEMENT(
    TEST_OLD_ROUND,
    "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at, closed_at) "
    "VALUES ($1, 1, 'pulse', 'open', $2, $3, $4, NULL)");
STATEMENT(TEST_OLD_PART,
          "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, leader_id, roster_count, "
          "promise_id, state, sealed_private_key, sealed_data_key, guess_shown) "
          "VALUES ($1, 1, $2, $3, $4, NULL, $5, NULL, 'open', $6, $7, 0)");
STATEMENT(TEST_OLD_ROSTER, "INSERT INTO roster (org_id, round_number, team_id, person_id, salt) "
                           "VALUES ($1, 1, $2, $3, $4)");
STATEMENT(TEST_OLD_RESULT, "SELECT answers FROM result_group WHERE org_id = $1 AND group_id = $2");

/* As the program of the first migration opened a round. */
static void old_opening(struct world *w, int64_t team, int members)
{
    struct blind_key *key;
    struct descriptor d = {
        .org = w->org,
        .organisation = S("Voorbeeld"),
        .team = team,
        .team_name = S("noord"),
        .round_number = 1,
        .form = S("pulse"),
        .opens = WORLD_START,
        .closes = WORLD_START + ORG_ROUND_DAYS * DAY_SECONDS,
        .extended = WORLD_START + (ORG_ROUND_DAYS + ORG_EXTENSION_DAYS) * DAY_SECONDS,
        .instrument = instrument_builtin()->id,
        .instrument_version = instrument_builtin()->version,
        .k = 5,
        .roster_count = members,
        .purpose = S("Doel"),
    };
    const struct instrument_item *items[INSTRUMENT_ITEMS_MAXIMUM];
    d.item_count = instrument_select(instrument_builtin(), false, 1, false, items);
    for (size_t i = 0; i < d.item_count; i++)
        d.items[i] = items[i]->id;
    struct slice bytes, private_key, sealed_private, sealed_data;
    uint8_t rid[32];
    struct seal_key data_key;
    assert_ok(w, blind_key_generate(&w->error, &key));
    assert_ok(w, blind_key_public(key, w->region, &w->error, &d.spki));
    assert_ok(w, blind_key_export(key, w->region, &w->error, &private_key));
    blind_key_free(key);
    assert_ok(w, descriptor_write(&d, w->region, &w->error, &bytes));
    descriptor_rid(bytes, rid);
    seal_key_make(&w->random, &data_key);
    assert_ok(w, team_round_seal_keys(&w->application, rid, private_key, &data_key, w->region, &w->error,
                                      &sealed_private, &sealed_data));
    world_execute(
        w, &TEST_OLD_ROUND,
        PARAMETERS(V_INTEGER(w->org), V_INTEGER(d.opens), V_INTEGER(d.closes), V_INTEGER(d.extended)));
    world_execute(w, &TEST_OLD_PART,
                  PARAMETERS(V_INTEGER(w->org), V_INTEGER(team), V_BYTES(slice_from_bytes(rid, 32)),
                             V_BYTES(bytes), V_INTEGER(members), V_BYTES(sealed_private),
                             V_BYTES(sealed_data)));
    for (int i = 1; i <= members; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_execute(w, &TEST_OLD_ROSTER,
                      PARAMETERS(V_INTEGER(w->org), V_INTEGER(team), V_INTEGER(world_person(w, address)),
                                 V_BYTES(slice_from_bytes(rid, 32))));
    }
}

static void test_an_open_round_from_before_goes_on(void **state)
{
    struct world *w = *state;
    int64_t team = world_team(w, "noord", 0, 5, false);
    old_opening(w, team, 5);
    world_upgrade(w);
    struct team_log log;
    struct team_round part = world_part(w, team);
    assert_failure(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &log), ERROR_NOT_FOUND,
                   "round-not-logged");
    for (int i = 1; i <= 5; i++) {
        char address[64];
        snprintf(address, sizeof address, "m%d@noord.example", i);
        world_answer(w, team, address, 4);
    }
    close_now(w);
    assert_int_equal(world_integer(w, &TEST_OLD_RESULT, PARAMETERS(V_INTEGER(w->org), V_INTEGER(team))), 5);
    assert_failure(w, team_log_of_round(w->session, part.rid, w->region, &w->error, &log), ERROR_NOT_FOUND,
                   "round-not-logged");
    open_round(w);
    log = log_of(w, team);
    check_log(w, &log, team);
    assert_int_equal(log.leaf_count, 1);
    assert_int_equal(entry_at(w, &log, 0).key_from, -1);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(test_an_opening_is_logged),
        BOTH(test_the_log_only_grows),
        BOTH(test_a_failed_opening_leaves_no_entry),
        BOTH(test_unknown_and_damaged_logs),
        SQLITE_ONLY(test_keys_are_made_while_a_round_is_open),
        BOTH_FROM_FIRST(test_an_open_round_from_before_goes_on),
    };
    return WORLD_RUN(tests);
}
