/* What is kept about a person: the list knows every table, the file has all of it, and a deletion leaves nothing but what it
 * says. On both engines. */
#include "../pulse/world.h"

#include "job/vacuum.h"
#include "people/my_data.h"
#include "promise/promise.h"
#include "pulse/settings.h"

#include <libpq-fe.h>
#include <sqlite3.h>

enum { COLUMNS_MAXIMUM = 400, NAME_MAXIMUM = 64 };

#define STORED_ADDRESS "leader@noord.example"

/* ---- The database as it is, past the program ------------------------------------------------------- */

struct column {
    char table[NAME_MAXIMUM], name[NAME_MAXIMUM];
    bool text;
};

struct columns {
    struct column column[COLUMNS_MAXIMUM];
    size_t count;
};

static void add_column(struct columns *columns, const char *table, const char *name, const char *type)
{
    assert_true(columns->count < COLUMNS_MAXIMUM);
    struct column *column = &columns->column[columns->count++];
    snprintf(column->table, NAME_MAXIMUM, "%s", table);
    snprintf(column->name, NAME_MAXIMUM, "%s", name);
    column->text = strcmp(type, "text") == 0 || strcmp(type, "TEXT") == 0;
}

static void read_sqlite(const struct world *w, const char *sql, struct columns *columns, int64_t *ret_value)
{
    sqlite3 *database;
    sqlite3_stmt *rows;
    assert_int_equal(sqlite3_open_v2(w->address, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &rows, NULL), SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW)
        if (columns != NULL)
            add_column(columns, (const char *)sqlite3_column_text(rows, 0),
                       (const char *)sqlite3_column_text(rows, 1),
                       (const char *)sqlite3_column_text(rows, 2));
        else
            *ret_value = sqlite3_column_int64(rows, 0);
    sqlite3_finalize(rows);
    sqlite3_close(database);
}

static void read_postgres(const struct world *w, const char *sql, struct columns *columns, int64_t *ret_value)
{
    PGconn *connection = PQconnectdb(w->address);
    PGresult *rows = PQexec(connection, sql);
    assert_int_equal(PQresultStatus(rows), PGRES_TUPLES_OK);
    for (int i = 0; i < PQntuples(rows); i++)
        if (columns != NULL)
            add_column(columns, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2));
        else
            *ret_value = strtoll(PQgetvalue(rows, i, 0), NULL, 10);
    PQclear(rows);
    PQfinish(connection);
}

static void read_columns(const struct world *w, struct columns *ret_columns)
{
    ret_columns->count = 0;
    if (w->engine == STORE_SQLITE)
        read_sqlite(w,
                    "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c "
                    "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'",
                    ret_columns, NULL);
    else
        read_postgres(w,
                      "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
                      "JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name "
                      "WHERE c.table_schema = 'public'",
                      ret_columns, NULL);
    assert_true(ret_columns->count > 100);
}

static int64_t count_raw(const struct world *w, const char *sql)
{
    int64_t value = -1;
    if (w->engine == STORE_SQLITE)
        read_sqlite(w, sql, NULL, &value);
    else
        read_postgres(w, sql, NULL, &value);
    assert_true(value >= 0);
    return value;
}

/* ---- Every table is thought of --------------------------------------------------------------------- */

/* Tables in which no person is; think before you add one. */
static const char *const NOBODY_IN[] = {"installation",
                                        "schema_version",
                                        "org",
                                        "unit",
                                        "team",
                                        "form_spent",
                                        "round",
                                        "sealed_answer",
                                        "sealed_comment",
                                        "team_comment",
                                        "result_group",
                                        "result_item",
                                        "result_construct",
                                        "result_pool",
                                        "team_log",
                                        "team_log_head",
                                        "next_key",
                                        "round_record",
                                        "witness_line",
                                        "join_link",
                                        "join_card",
                                        "mail_hours",
                                        "joint_group",
                                        "joint_part",
                                        "welcome"};

static const struct my_data_table *table_of(const char *name)
{
    for (size_t i = 0; i < MY_DATA_COUNT; i++)
        if (strcmp(MY_DATA[i].table, name) == 0)
            return &MY_DATA[i];
    return NULL;
}

static bool nobody_in(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(NOBODY_IN); i++)
        if (strcmp(NOBODY_IN[i], name) == 0)
            return true;
    return false;
}

/* By its name, whoever adds it. */
static bool names_a_person(const char *column)
{
    static const char *const parts[] = {"person_id", "leader_id", "owner_id", "member_id", "viewer_id",
                                        "user_id",   "address",   "made_by",  "mail"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strstr(column, parts[i]) != NULL)
            return true;
    return false;
}

static void every_table_with_a_person_is_known(void **state)
{
    static struct columns columns;
    read_columns(*state, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        const struct column *column = &columns.column[i];
        const struct my_data_table *known = table_of(column->table);
        if ((known != NULL) == nobody_in(column->table))
            fail_msg("the table %s must be in MY_DATA (src/people/my_data.c) or in NOBODY_IN of this test",
                     column->table);
        bool said = known != NULL && (strcmp(known->person, column->name) == 0 ||
                                      (known == &MY_DATA[0] && strcmp(column->name, "address") == 0));
        if (names_a_person(column->name) && !said)
            fail_msg("%s.%s seems to name a person: src/people/my_data.c does not know it", column->table,
                     column->name);
    }
    for (size_t i = 0; i < MY_DATA_COUNT; i++) {
        bool there = MY_DATA[i].person[0] == '\0';
        for (size_t c = 0; c < columns.count; c++)
            there = there || (strcmp(columns.column[c].table, MY_DATA[i].table) == 0 &&
                              strcmp(columns.column[c].name, MY_DATA[i].person) == 0);
        assert_true(there);
        assert_int_equal(MY_DATA[i].end == NULL, MY_DATA[i].fate == MY_DATA_NUMBER_STAYS);
    }
}

/* ---- Somebody of whom there is everything ---------------------------------------------------------- */

STATEMENT(FILL_OWNER, "INSERT INTO org_role (org_id, person_id, role) VALUES ($1, $2, 'owner')");
STATEMENT(FILL_ROLE,
          "INSERT INTO team_role (org_id, team_id, person_id, role, since) VALUES ($1, $2, $3, 'member', 9)");
STATEMENT(FILL_LINK,
          "INSERT INTO signin_link (link_hash, org_id, person_id, by_operator, made_at, expires_at) "
          "VALUES ($1, $2, $3, 1, 10, 20)");
STATEMENT(FILL_SESSION,
          "INSERT INTO web_session (session_hash, org_id, person_id, started_at, expires_at, device, "
          "used_on) VALUES ($1, $2, $3, 10, 2000000000, 'mac', 86400)");
STATEMENT(FILL_OPERATOR,
          "INSERT INTO operator_link (org_id, link_id, person_id, made_at, seen) VALUES ($1, 5, $2, 10, 1)");
STATEMENT(FILL_WISH, "INSERT INTO signin_wish (wish_id, address, asked_at) VALUES (7, $1, 10)");
STATEMENT(FILL_OPENID,
          "INSERT INTO openid_account (issuer, subject, org_id, person_id, tied_at, made_viewer) "
          "VALUES ('https://id.example', 'subject-7', $1, $2, 10, 0)");
STATEMENT(FILL_DEVICE,
          "INSERT INTO device (org_id, person_id, point, registered_on) VALUES ($1, $2, $3, 86400)");
STATEMENT(FILL_RECIPIENT,
          "INSERT INTO mail_recipient (org_id, person_id, invited, stopped, refused_code, refused_on, "
          "asked_since, asked_count) VALUES ($1, $2, 1, 0, 550, 86400, 0, 0)");
STATEMENT(FILL_OUTBOX,
          "INSERT INTO outbox (org_id, person_id, kind, round_number, due_at, over_at, claimed_until, "
          "attempts) VALUES ($1, $2, 'signin', 0, 10, 20, 0, 0)");
STATEMENT(FILL_ASK,
          "INSERT INTO join_request (org_id, team_id, person_id, asked_at) VALUES ($1, $2, $3, 10)");
STATEMENT(FILL_DEPUTY, "INSERT INTO team_deputy (org_id, team_id, person_id, since, until) "
                       "VALUES ($1, $2, $3, 10, 2000000000)");
STATEMENT(FILL_COMMENT_FORM,
          "INSERT INTO comment_issuance (org_id, rid, person_id, blinded_hash) VALUES ($1, $2, $3, $4)");
STATEMENT(FILL_LEAF,
          "INSERT INTO issuance_leaf (org_id, rid, person_id, salt, blinded_hash, device_signature, until) "
          "VALUES ($1, $2, $3, $4, NULL, NULL, 2000000000)");
STATEMENT(FILL_GUESS,
          "INSERT INTO guess (org_id, round_number, team_id, item, value) VALUES ($1, 1, $2, 'trust-1', 4)");
STATEMENT(FILL_PROMISE,
          "INSERT INTO promise (org_id, promise_id, team_id, round_number, person_id, text, due_at, "
          "made_at) VALUES ($1, 3, $2, 1, $3, 'Elke week tijd', 20, 10)");
STATEMENT(FILL_SETTING,
          "INSERT INTO setting_change (org_id, change_number, name, value, value_before, person_id, "
          "changed_at) VALUES ($1, 1, 'k', 6, 5, $2, 10)");
STATEMENT(FILL_SEAT, "INSERT INTO seat (org_id, person_id, seat, since) VALUES ($1, $2, 'auditor', 10)");
STATEMENT(FILL_ROLE_CHANGE,
          "INSERT INTO role_change (org_id, change_number, role, given, person_id, by_id, changed_at) "
          "VALUES ($1, 1, 'auditor', 1, $2, $2, 10)");
STATEMENT(FILL_QUESTIONNAIRE,
          "INSERT INTO questionnaire (org_id, hash, name, version, body, person_id, uploaded_at, retired_at) "
          "VALUES ($1, $3, 'own', 1, $3, $2, 10, NULL)");
STATEMENT(
    FILL_WITNESS,
    "INSERT INTO witness (org_id, name, public_key, person_id, added_at) VALUES ($1, 'or', $3, $2, 10)");
STATEMENT(FILL_REMOVAL,
          "INSERT INTO comment_removal (org_id, round_number, team_id, comment_id, person_id, removed_at) "
          "VALUES ($1, 1, $2, $4, $3, 10)");
STATEMENT(COUNT_PEOPLE, "SELECT count(*) FROM person WHERE org_id = $1");
STATEMENT(GUESSES, "SELECT count(*) FROM guess");

static const uint8_t HASH[65] = "SECRET-SECRET-SECRET-SECRET-SEC";

struct act {
    struct world *w;
    int64_t person;
    bool left;
};

static enum error_code apply_delete(struct store_session *session, void *context, struct error *error)
{
    const struct act *act = context;
    return act->left ? my_data_delete_left(session, act->w->org, act->person, error)
                     : my_data_delete(session, act->w->org, act->person, error);
}

static enum error_code delete_person(struct world *w, int64_t person)
{
    struct act act = {w, person, false};
    return store_write(w->store, apply_delete, &act, &w->error);
}

static enum error_code delete_left(struct world *w, int64_t person)
{
    struct act act = {w, person, true};
    return store_write(w->store, apply_delete, &act, &w->error);
}

/* The leader of team Noord, who is a member of Zuid and an owner beside another one, in an open round. */
static int64_t somebody(struct world *w, int64_t *ret_north, int64_t *ret_south)
{
    int64_t north = world_team(w, "Noord", 0, 6, true), south = world_team(w, "Zuid", 0, 6, true), number;
    int64_t person = world_person(w, STORED_ADDRESS), other = world_person(w, "leader@zuid.example");
    struct store_value org = V_INTEGER(w->org), who = V_INTEGER(person);
    struct store_value hash = V_BYTES(slice_from_bytes(HASH, 32));
    struct device device;
    world_execute(w, &FILL_OWNER, PARAMETERS(org, who));
    world_execute(w, &FILL_OWNER, PARAMETERS(org, V_INTEGER(other)));
    world_execute(w, &FILL_ROLE, PARAMETERS(org, V_INTEGER(south), who));
    assert_ok(w, round_open(&w->application, w->org, false, w->region, &w->error, &number));
    device_prepare(w, south, &device);
    assert_ok(w, device_fetch(w, &device, person));
    device_free(&device);
    struct team_round part = world_part(w, north), other_part = world_part(w, south);
    world_execute(w, &FILL_GUESS, PARAMETERS(org, V_INTEGER(north)));
    world_execute(w, &FILL_LINK, PARAMETERS(hash, org, who));
    world_execute(w, &FILL_SESSION, PARAMETERS(hash, org, who));
    world_execute(w, &FILL_OPERATOR, PARAMETERS(org, who));
    world_execute(w, &FILL_WISH, PARAMETERS(V_TEXT(S(STORED_ADDRESS))));
    world_execute(w, &FILL_OPENID, PARAMETERS(org, who));
    world_execute(w, &FILL_DEVICE, PARAMETERS(org, who, V_BYTES(slice_from_bytes(HASH, 65))));
    world_execute(w, &FILL_RECIPIENT, PARAMETERS(org, who));
    world_execute(w, &FILL_OUTBOX, PARAMETERS(org, who));
    world_execute(w, &FILL_ASK, PARAMETERS(org, V_INTEGER(north), who));
    world_execute(w, &FILL_DEPUTY, PARAMETERS(org, V_INTEGER(north), who));
    world_execute(w, &FILL_COMMENT_FORM,
                  PARAMETERS(org, V_BYTES(slice_from_bytes(other_part.rid, 32)), who, hash));
    world_execute(w, &FILL_LEAF, PARAMETERS(org, V_BYTES(slice_from_bytes(part.rid, 32)), who, hash));
    world_execute(w, &FILL_PROMISE, PARAMETERS(org, V_INTEGER(north), who));
    world_execute(w, &FILL_SETTING, PARAMETERS(org, who));
    world_execute(w, &FILL_SEAT, PARAMETERS(org, who));
    world_execute(w, &FILL_ROLE_CHANGE, PARAMETERS(org, who));
    world_execute(w, &FILL_QUESTIONNAIRE, PARAMETERS(org, who, hash));
    world_execute(w, &FILL_WITNESS, PARAMETERS(org, who, hash));
    world_execute(w, &FILL_REMOVAL, PARAMETERS(org, V_INTEGER(north), who, hash));
    *ret_north = north;
    *ret_south = south;
    return person;
}

static struct slice export_of(struct world *w, int64_t person)
{
    CLEANUP(buffer_free) struct buffer out = BUFFER(1 << 20);
    assert_ok(w,
              my_data_export(w->session, w->org, person, WORLD_START, S("none"), w->region, &w->error, &out));
    return region_copy(w->region, buffer_slice(&out));
}

static bool has(struct slice text, const char *part)
{
    return slice_find(text, slice_from_text(part)) < text.length;
}

static void the_file_has_a_line_of_every_table(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south);
    int64_t counts[MY_DATA_SUBJECTS];
    struct slice file = export_of(w, person);
    for (size_t i = 0; i < MY_DATA_COUNT; i++) {
        char filled[100];
        snprintf(filled, sizeof filled, "\"%s\": [\n", MY_DATA[i].table);
        if (!has(file, filled))
            fail_msg("no line of %s in the file:\n%.*s", MY_DATA[i].table, SLICE_ARG(file));
    }
    assert_ok(w, my_data_count(w->session, w->org, person, &w->error, counts));
    for (size_t i = 0; i < MY_DATA_SUBJECTS; i++)
        assert_true(counts[i] > 0);
    assert_true(has(file, "\"format\": \"hecht-my-data-v1\"") &&
                has(file, "\"made\": \"2026-11-23T08:00:00Z\""));
    assert_true(has(file, "\"address\": \"" STORED_ADDRESS "\"") &&
                has(file, "\"text\": \"Elke week tijd\""));
    assert_true(has(file, "\"device\": \"mac\"") && has(file, "\"used_on\": \"1970-01-02\""));
    assert_true(has(file, "\"refused_on\": \"1970-01-02\"") && has(file, "\"links_asked_since\": null"));
    assert_true(has(file, "\"account\": \"subject-7\"") && has(file, "\"seen\": true"));
    assert_false(has(file, "SECRET") || has(file, "U0VDUkVU") || has(file, "534543524554"));
    assert_false(has(file, "m1@")); /* nobody else's */
    struct slice other = export_of(w, world_person(w, "m1@noord.example"));
    assert_true(has(other, "m1@noord.example") && has(other, "\"promise\": []") &&
                has(other, "\"guess\": []"));
    assert_false(has(other, "leader@") || has(other, "subject-7"));
}

/* ---- Deletion -------------------------------------------------------------------------------------- */

static void nothing_is_left_but_what_is_said(void **state)
{
    struct world *w = *state;
    static struct columns columns;
    int64_t north, south, person = somebody(w, &north, &south);
    int64_t people = world_integer(w, &COUNT_PEOPLE, PARAMETERS(V_INTEGER(w->org))), stays = 0;
    assert_int_equal(world_integer(w, &GUESSES, NO_PARAMETERS), 1);
    assert_ok(w, delete_person(w, person));
    assert_int_equal(world_integer(w, &COUNT_PEOPLE, PARAMETERS(V_INTEGER(w->org))), people - 1);
    assert_int_equal(world_integer(w, &GUESSES, NO_PARAMETERS), 0);
    read_columns(w, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        const struct column *column = &columns.column[i];
        const struct my_data_table *known = table_of(column->table);
        char sql[400];
        if (names_a_person(column->name) && !column->text) {
            snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s = %" PRId64, column->table,
                     column->name, person);
            int64_t found = count_raw(w, sql);
            if ((found > 0) != (known->fate == MY_DATA_NUMBER_STAYS))
                fail_msg("%s.%s: %" PRId64 " rows after the deletion", column->table, column->name, found);
            stays += found > 0;
        }
        if (column->text) {
            snprintf(sql, sizeof sql,
                     "SELECT count(*) FROM %s WHERE %s LIKE '%%" STORED_ADDRESS
                     "%%' OR %s LIKE '%%subject-7%%'",
                     column->table, column->name, column->name);
            if (count_raw(w, sql) > 0)
                fail_msg("%s.%s still has the address or the account", column->table, column->name);
        }
    }
    assert_int_equal(stays, 4); /* roster, issuance, issuance_leaf, team_round */
    assert_failure(w, delete_person(w, person), ERROR_NOT_FOUND, "person-unknown");
}

/* What others read stays, without a name. */
static void what_others_read_loses_the_name(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south);
    struct setting_change *changes;
    struct promise *promises;
    struct team team;
    size_t count;
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 1);
    assert_true(changes[0].person_name.length > 0);
    assert_ok(w, delete_person(w, person));
    assert_ok(w, settings_changes(w->session, w->org, w->region, &w->error, &changes, &count));
    assert_int_equal(count, 1);
    assert_int_equal(changes[0].person_name.length, 0);
    assert_int_equal(changes[0].value, 6);
    assert_ok(w, promise_list(w->session, w->org, north, w->region, &w->error, &promises, &count));
    assert_int_equal(count, 1);
    assert_true(slice_equal(promises[0].text, S("Elke week tijd")));
    assert_int_equal(promises[0].person_name.length, 0);
    assert_ok(w, team_load(w->session, w->org, north, w->region, &w->error, &team));
    assert_int_equal(team.leader.id, 0);
    assert_int_equal(team.members, 6);
}

STATEMENT(ISSUED, "SELECT count(*) FROM issuance_leaf WHERE blinded_hash IS NOT NULL");
STATEMENT(SHOWN, "SELECT answers FROM result_group WHERE group_kind = 'team' AND group_id = $1");
STATEMENT(STATES, "SELECT count(*) FROM team_round WHERE state = 'closed'");

/* The list was fixed and a form was fetched: both are counted, and the round closes as if nobody had gone. */
static void an_open_round_goes_on(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south);
    for (int i = 1; i <= 5; i++) {
        char address[40];
        snprintf(address, sizeof address, "m%d@zuid.example", i);
        world_answer(w, south, address, 4);
    }
    assert_ok(w, delete_person(w, person));
    struct device device;
    device_prepare(w, north,
                   &device); /* who did not fetch a form, and is gone, is not in any list by address */
    assert_failure(w, device_fetch(w, &device, person), ERROR_DENIED, "not-in-roster");
    device_free(&device);
    assert_ok(w, round_close_now(&w->application, w->org, w->region, &w->error));
    assert_int_equal(world_integer(w, &STATES, NO_PARAMETERS), 2);
    assert_int_equal(world_integer(w, &SHOWN, PARAMETERS(V_INTEGER(south))), 5);
    assert_int_equal(world_integer(w, &ISSUED, NO_PARAMETERS), 6); /* five answered, one is gone */
}

STATEMENT(OWNERS_END, "DELETE FROM org_role WHERE org_id = $1 AND person_id = $2");

static void the_last_owner_stays(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south),
                          other = world_person(w, "leader@zuid.example");
    bool last;
    assert_ok(w, my_data_last_owner(w->session, w->org, person, &w->error, &last));
    assert_false(last);
    assert_ok(w, delete_person(w, other));
    assert_ok(w, my_data_last_owner(w->session, w->org, person, &w->error, &last));
    assert_true(last);
    assert_failure(w, delete_person(w, person), ERROR_CONFLICT, "last-owner");
    assert_true(has(export_of(w, person), "\"provider\": \"https://id.example\"")); /* nothing went */
    world_execute(w, &OWNERS_END, PARAMETERS(V_INTEGER(w->org), V_INTEGER(person)));
    assert_ok(w, delete_person(w, person)); /* who is no owner may go, whoever else is none */
}

STATEMENT(TEAMS_END, "DELETE FROM team_role WHERE org_id = $1 AND person_id = $2");
STATEMENT(SEATS_END, "DELETE FROM seat WHERE org_id = $1 AND person_id = $2");
STATEMENT(DEPUTIES_END, "DELETE FROM team_deputy WHERE org_id = $1 AND person_id = $2");
STATEMENT(ASKS_END, "DELETE FROM join_request WHERE org_id = $1 AND person_id = $2");

static void owners_delete_only_who_has_left(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south), total, org = w->org;
    static struct person left[MY_DATA_LEFT_MAXIMUM];
    struct store_value values[] = {V_INTEGER(org), V_INTEGER(person)};
    size_t count;
    assert_failure(w, delete_left(w, person), ERROR_CONFLICT, "person-has-role");
    world_execute(w, &OWNERS_END, values, 2);
    assert_failure(w, delete_left(w, person), ERROR_CONFLICT, "person-has-role");
    world_execute(w, &TEAMS_END, values, 2);
    assert_failure(w, delete_left(w, person), ERROR_CONFLICT, "person-has-role"); /* still asks to join */
    assert_ok(w, my_data_left(w->session, org, w->region, &w->error, left, &count, &total));
    assert_int_equal(count, 0);
    world_execute(w, &ASKS_END, values, 2);
    assert_failure(w, delete_left(w, person), ERROR_CONFLICT, "person-has-role"); /* still an auditor */
    world_execute(w, &SEATS_END, values, 2);
    assert_failure(w, delete_left(w, person), ERROR_CONFLICT, "person-has-role"); /* still stands in */
    world_execute(w, &DEPUTIES_END, values, 2);
    assert_ok(w, my_data_left(w->session, org, w->region, &w->error, left, &count, &total));
    assert_int_equal(count, 1);
    assert_int_equal(total, 1);
    assert_int_equal(left[0].id, person);
    w->org = org + 1; /* another organisation does not know that number */
    assert_failure(w, delete_left(w, person), ERROR_NOT_FOUND, "person-unknown");
    assert_failure(w, delete_person(w, person), ERROR_NOT_FOUND, "person-unknown");
    w->org = org;
    assert_ok(w, delete_left(w, person));
    assert_failure(w, delete_left(w, person), ERROR_NOT_FOUND, "person-unknown");
}

/* ---- The file of the database ---------------------------------------------------------------------- */

static bool file_has(const struct world *w, const char *more, const char *text)
{
    char path[300];
    CLEANUP(buffer_free) struct buffer content = BUFFER(64 << 20);
    snprintf(path, sizeof path, "%s%s", w->address, more);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    char block[8192];
    size_t length;
    while ((length = fread(block, 1, sizeof block, file)) > 0)
        buffer_append(&content, slice_from_bytes(block, length));
    fclose(file);
    assert_false(content.failed);
    return slice_find(buffer_slice(&content), slice_from_text(text)) < buffer_slice(&content).length;
}

STATEMENT(MANY_ROLES_END, "DELETE FROM team_role WHERE org_id = $1");
STATEMENT(ALL_OF_TEAM, "SELECT person_id FROM person WHERE org_id = $1 AND address LIKE '%@bos.example' "
                       "ORDER BY address LIMIT 1");

/* Many came and went, so pages were split and joined. After a checkpoint the bytes are gone, too. */
static void the_file_forgets_as_well(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south);
    struct store_value org = V_INTEGER(w->org);
    enum { MANY = 300 };
    world_team(w, "Bos", 0, MANY, false);
    assert_ok(w, store_checkpoint(w->store, &w->error));
    assert_true(file_has(w, "", STORED_ADDRESS) && file_has(w, "", "subject-7") &&
                file_has(w, "", "m77@bos.example"));
    world_execute(w, &MANY_ROLES_END, PARAMETERS(org));
    for (int i = 0; i < MANY; i++)
        assert_ok(w, delete_left(w, world_integer(w, &ALL_OF_TEAM, PARAMETERS(org))));
    assert_ok(w, delete_person(w, person));
    assert_ok(w, store_checkpoint(w->store, &w->error));
    static const char *const files[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        assert_false(file_has(w, files[i], STORED_ADDRESS));
        assert_false(file_has(w, files[i], "subject-7"));
        assert_false(file_has(w, files[i], "@bos.example"));
    }
    assert_true(file_has(w, "", "m1@noord.example"));
}

/* ---- Old versions of rows ------------------------------------------------------------------------- */

static void every_table_about_a_person_is_vacuumed(void **state)
{
    (void)state;
    char tables[2048], name[NAME_MAXIMUM + 4];
    snprintf(tables, sizeof tables, ", %s,", VACUUM_TABLES);
    for (size_t i = 0; i < MY_DATA_COUNT; i++) {
        snprintf(name, sizeof name, ", %s,", MY_DATA[i].table);
        if (strstr(tables, name) == NULL)
            fail_msg("%s is not in job/vacuum.h", MY_DATA[i].table);
    }
}

static int64_t dead_rows(const struct world *w)
{
    return count_raw(
        w,
        "SELECT pg_stat_get_dead_tuples('person'::regclass) + pg_stat_get_dead_tuples('openid_account'::regclass)");
}

static int64_t vacuums(const struct world *w)
{
    return count_raw(w, "SELECT pg_stat_get_vacuum_count('person'::regclass)");
}

/* PostgreSQL only: after a deletion no old version of a row is left, and it is done three times. */
static void old_versions_are_thrown_away(void **state)
{
    struct world *w = *state;
    int64_t north, south, person = somebody(w, &north, &south), now = WORLD_START;
    assert_ok(w, store_vacuum_due(w->store, VACUUM_TABLES, now, &w->error));
    if (w->engine == STORE_SQLITE)
        return;
    int64_t before = vacuums(w);
    assert_true(before > 0); /* the first call is that of the start */
    assert_ok(w, delete_person(w, person));
    assert_ok(w, store_vacuum_due(w->store, VACUUM_TABLES, now, &w->error));
    assert_int_equal(dead_rows(w), 0);
    assert_int_equal(vacuums(w), before + 1);
    for (int64_t second = 1; second <= 2 * HOUR_SECONDS; second += 15)
        assert_ok(w, store_vacuum_due(w->store, VACUUM_TABLES, now + second, &w->error));
    assert_int_equal(vacuums(w), before + STORE_VACUUM_TIMES);
    /* what fails is tried again, a minute later */
    store_vacuum_want(w->session);
    assert_true(store_vacuum_due(w->store, "nowhere", now, &w->error) != OK);
    w->error = (struct error){0};
    assert_ok(w, store_vacuum_due(w->store, VACUUM_TABLES, now + 1, &w->error));
    assert_int_equal(vacuums(w), before + STORE_VACUUM_TIMES);
    assert_ok(w, store_vacuum_due(w->store, VACUUM_TABLES, now + MINUTE_SECONDS, &w->error));
    assert_int_equal(vacuums(w), before + STORE_VACUUM_TIMES + 1);
}

/* ---- Sessions -------------------------------------------------------------------------------------- */

struct session_write {
    struct world *w;
    int64_t person, started;
    uint8_t hash[32];
    bool others;
};

static enum error_code write_session(struct store_session *session, void *context, struct error *error)
{
    const struct session_write *s = context;
    return s->others
               ? web_session_end_others(session, s->w->org, s->person, s->hash, error)
               : web_session_create(session, s->w->org, s->person, s->hash, S("iphone"), s->started, error);
}

static void sessions_are_told_apart(void **state)
{
    struct world *w = *state;
    world_team(w, "Noord", 0, 2, true);
    int64_t person = world_person(w, "m1@noord.example"), other = world_person(w, "m2@noord.example");
    struct web_session sessions[WEB_SESSIONS_SHOWN_MAXIMUM];
    int64_t day = WORLD_START - WORLD_START % DAY_SECONDS;
    size_t count;
    for (uint8_t i = 0; i < 3; i++) {
        struct session_write s = {
            .w = w, .person = i == 2 ? other : person, .started = WORLD_START + (i == 1), .hash = {i}};
        assert_ok(w, store_write(w->store, write_session, &s, &w->error));
    }
    assert_ok(
        w, web_session_list(w->session, w->org, person, WORLD_START, w->region, &w->error, sessions, &count));
    assert_int_equal(count, 2);
    assert_int_equal(sessions[0].started, WORLD_START + 1);
    assert_true(slice_equal(sessions[0].device, S("iphone")));
    assert_int_equal(sessions[0].used_on, day);
    uint8_t hash[32] = {1};
    web_session_used(w->store, hash, day + DAY_SECONDS);
    web_session_used(w->store, hash, day); /* never back */
    /* and one that began in the same second as the one that stays */
    struct session_write twin = {.w = w, .person = person, .started = WORLD_START + 1, .hash = {3}};
    assert_ok(w, store_write(w->store, write_session, &twin, &w->error));
    struct session_write end = {.w = w, .person = person, .hash = {1}, .others = true};
    assert_ok(w, store_write(w->store, write_session, &end, &w->error));
    assert_ok(
        w, web_session_list(w->session, w->org, person, WORLD_START, w->region, &w->error, sessions, &count));
    assert_int_equal(count, 1);
    assert_int_equal(sessions[0].hash[0], 1);
    assert_int_equal(sessions[0].used_on, day + DAY_SECONDS);
    assert_ok(
        w, web_session_list(w->session, w->org, other, WORLD_START, w->region, &w->error, sessions, &count));
    assert_int_equal(count, 1); /* nobody else's */
    int64_t later = WORLD_START + 31 * DAY_SECONDS;
    assert_ok(w, web_session_list(w->session, w->org, person, later, w->region, &w->error, sessions, &count));
    assert_int_equal(count, 0); /* over */
}

static void a_browser_says_what_it_runs_on(void **state)
{
    (void)state;
    static const struct {
        const char *said, *kind;
    } known[] = {
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari", "iphone"},
        {"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)", "ipad"},
        {"Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome", "android"},
        {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)", "chromeos"},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "windows"},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "mac"},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0)", "linux"},
        {"curl/8.0", ""},
        {"", ""},
    };
    for (size_t i = 0; i < COUNT_OF(known); i++)
        assert_true(
            slice_equal(web_session_device(slice_from_text(known[i].said)), slice_from_text(known[i].kind)));
}

/* ---- A database of before -------------------------------------------------------------------------- */

STATEMENT(PROMISE_WHO, "SELECT person_id FROM promise WHERE org_id = $1 AND text = 'Elke week tijd'");

STATEMENT(OLD_ROUND,
          "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at) "
          "VALUES ($1, 1, 'pulse', 'closed', 1, 2, 3)");
STATEMENT(OLD_PART,
          "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, leader_id, roster_count, "
          "state, guess_shown) VALUES ($1, 1, $2, $3, $3, $4, 6, 'closed', 0)");

static void promises_of_before_keep_their_person(void **state)
{
    struct world *w = *state;
    int64_t north = world_team(w, "Noord", 0, 6, true), person = world_person(w, STORED_ADDRESS);
    struct store_value org = V_INTEGER(w->org), team = V_INTEGER(north), who = V_INTEGER(person);
    world_execute(w, &OLD_ROUND, PARAMETERS(org));
    world_execute(w, &OLD_PART, PARAMETERS(org, team, V_BYTES(slice_from_bytes(HASH, 32)), who));
    world_execute(w, &FILL_PROMISE, PARAMETERS(org, team, who));
    world_upgrade(w);
    assert_int_equal(world_integer(w, &PROMISE_WHO, PARAMETERS(org)), person);
    assert_ok(w, delete_person(w, person));
    assert_int_equal(world_integer(w, &PROMISE_WHO, PARAMETERS(org)), 0);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(every_table_with_a_person_is_known),
        BOTH(the_file_has_a_line_of_every_table),
        BOTH(nothing_is_left_but_what_is_said),
        BOTH(what_others_read_loses_the_name),
        BOTH(an_open_round_goes_on),
        BOTH(the_last_owner_stays),
        BOTH(owners_delete_only_who_has_left),
        SQLITE_ONLY(the_file_forgets_as_well),
        SQLITE_ONLY(every_table_about_a_person_is_vacuumed),
        BOTH(old_versions_are_thrown_away),
        BOTH(sessions_are_told_apart),
        SQLITE_ONLY(a_browser_says_what_it_runs_on),
        BOTH_FROM_FIRST(promises_of_before_keep_their_person),
    };
    return WORLD_RUN(tests);
}
