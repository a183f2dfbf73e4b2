#include "world.h"

#include "pulse/open_round.h"
#include "store/store_internal.h"

#include <libpq-fe.h>
#include <unistd.h>

enum store_engine world_engines[4] = {STORE_SQLITE, STORE_POSTGRES, STORE_SQLITE, STORE_POSTGRES};

/* ---- Database ----------------------------------------------------------------------------------- */

static bool administer(const char *sql)
{
    PGconn *connection = PQconnectdb(getenv("HECHT_TEST_POSTGRES"));
    PGresult *result = PQexec(connection, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!done)
        print_error("%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return done;
}

/* HECHT_TEST_POSTGRES is like postgresql:///postgres?host=...; each test has a database of its own there. */
static bool postgres_setup(struct world *w)
{
    static int number;
    static const char placeholder[] = "/postgres?";
    const char *server = getenv("HECHT_TEST_POSTGRES");
    const char *at = server == NULL ? NULL : strstr(server, placeholder);
    if (at == NULL) {
        print_error(
            "run the tests through tests/store/postgres_cluster.sh, or with HECHT_TEST_SQLITE_ONLY=1\n");
        return false;
    }
    snprintf(w->database, sizeof w->database, "pulse%ld_%d", (long)getpid(), number++);
    snprintf(w->address, sizeof w->address, "%.*s/%s?%s", (int)(at - server), server, w->database,
             at + strlen(placeholder));
    char sql[256];
    snprintf(sql, sizeof sql,
             "CREATE DATABASE %s ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
             w->database);
    return administer(sql);
}

/* A test cannot be skipped from its setup. */
int world_run(const char *name, struct CMUnitTest *tests, size_t count)
{
    const char *only = getenv("HECHT_TEST_SQLITE_ONLY");
    size_t kept = 0;
    if (getenv("HECHT_TEST_POSTGRES") == NULL && only != NULL && strcmp(only, "1") == 0) {
        for (size_t i = 0; i < count; i++)
            if (*(enum store_engine *)tests[i].initial_state == STORE_SQLITE)
                tests[kept++] = tests[i];
        count = kept;
    }
    return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

static enum error_code write_org(struct store_session *session, void *context, struct error *error)
{
    struct world *w = context;
    return org_create(session, &w->application, S("Voorbeeld"), ORG_REAL, S("nl"), ORG_RHYTHM_DAYS, 0, error,
                      &w->org);
}

int world_setup(void **state)
{
    enum store_engine engine = *(enum store_engine *)*state;
    bool old = (enum store_engine *)*state >= &world_engines[2];
    struct world *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -1;
    w->engine = engine;
    w->region = region_new(256 << 20);
    snprintf(w->folder, sizeof w->folder, "/tmp/hecht-pulse-XXXXXX");
    if (w->region == NULL || mkdtemp(w->folder) == NULL)
        return -1;
    if (engine == STORE_SQLITE)
        snprintf(w->address, sizeof w->address, "%s/hecht.db", w->folder);
    else if (!postgres_setup(w))
        return -1;
    assert_ok(w, store_open_migrations(w->address, NULL, store_migrations, old ? 1 : store_migration_count,
                                       &w->error, &w->store));
    assert_ok(w, store_session_open(w->store, &w->error, &w->session));
    clock_manual_init(&w->clock, WORLD_START);
    random_seeded_init(&w->random, 7);
    w->application = (struct application){
        .store = w->store, .clock = &w->clock, .random = &w->random, .open_rounds = open_rounds_new()};
    assert_non_null(w->application.open_rounds);
    seal_key_make(&w->random, &w->application.key);
    assert_ok(w, store_write(w->store, write_org, w, &w->error));
    *state = w;
    return 0;
}

static void remove_file(const struct world *w, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    unlink(path);
}

void world_upgrade(struct world *w)
{
    w->session = store_session_close(w->session);
    w->store = store_close(w->store);
    assert_ok(w, store_open(w->address, NULL, &w->error, &w->store));
    assert_ok(w, store_session_open(w->store, &w->error, &w->session));
    w->application.store = w->store;
}

int world_teardown(void **state)
{
    struct world *w = *state;
    w->application.open_rounds = cache_free(w->application.open_rounds);
    w->session = store_session_close(w->session);
    w->store = store_close(w->store);
    if (w->engine == STORE_POSTGRES) {
        char sql[128];
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", w->database);
        administer(sql);
    }
    remove_file(w, "hecht.db");
    remove_file(w, "hecht.db-wal");
    remove_file(w, "hecht.db-shm");
    int failed = rmdir(w->folder);
    region_free(w->region);
    free(w);
    return failed;
}

/* ---- Statements of the tests -------------------------------------------------------------------- */

struct one_statement {
    const struct statement *statement;
    const struct store_value *values;
    size_t count;
};

static enum error_code write_statement(struct store_session *session, void *context, struct error *error)
{
    const struct one_statement *one = context;
    return store_execute(session, one->statement, one->values, one->count, error, NULL);
}

void world_execute(struct world *w, const struct statement *statement, const struct store_value *values,
                   size_t count)
{
    struct one_statement one = {statement, values, count};
    assert_ok(w, store_write(w->store, write_statement, &one, &w->error));
}

int64_t world_integer(struct world *w, const struct statement *statement, const struct store_value *values,
                      size_t count)
{
    int64_t value = 0;
    assert_ok(w, store_one_integer(w->session, statement, values, count, &w->error, NULL, &value));
    return value;
}

static void write_column(struct buffer *text, const struct store_rows *rows, int column, char kind)
{
    if (store_column_is_null(rows, column))
        buffer_append_byte(text, '-');
    else if (kind == 'i')
        buffer_append_integer(text, store_column_integer(rows, column));
    else if (kind == 'r')
        buffer_append_decimal(text, store_column_real(rows, column), 6);
    else
        buffer_append(text, store_column_text(rows, column));
}

struct slice world_rows(struct world *w, const char *kinds, const struct statement *statement,
                        const struct store_value *values, size_t count)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(1 << 20);
    STORE_ROWS(rows);
    assert_ok(w, store_select(w->session, statement, values, count, &w->error, &rows));
    assert_int_equal(rows.columns, strlen(kinds));
    while (store_next(&rows))
        for (int column = 0; column < rows.columns; column++) {
            write_column(&text, &rows, column, kinds[column]);
            buffer_append_byte(&text, column + 1 < rows.columns ? '|' : '\n');
        }
    assert_ok(w, store_rows_end(&rows));
    return region_copy(w->region, buffer_slice(&text));
}

/* ---- People ------------------------------------------------------------------------------------- */

struct making {
    struct world *w;
    struct slice name;
    int64_t unit, team;
    int members;
    bool has_leader;
};

/* Not team_give_role, which reads tables that a database of the first migration has not. */
STATEMENT(WORLD_ROLE,
          "INSERT INTO team_role (org_id, team_id, person_id, role, since) VALUES ($1, $2, $3, $4, $5)");

static enum error_code give(struct store_session *session, const struct making *making, const char *who,
                            enum team_role role, struct error *error)
{
    struct world *w = making->w;
    struct slice address = region_format(w->region, "%s@%.*s.example", who, SLICE_ARG(making->name));
    int64_t person;
    TRY(person_ensure(session, &w->application, w->org, address, S(""), S("nl"), error, &person));
    return store_execute(session, &WORLD_ROLE,
                         PARAMETERS(V_INTEGER(w->org), V_INTEGER(making->team), V_INTEGER(person),
                                    V_TEXT(role == TEAM_ROLE_LEADER ? S("leader") : S("member")),
                                    V_INTEGER(clock_seconds(&w->clock))),
                         error, NULL);
}

static enum error_code write_team(struct store_session *session, void *context, struct error *error)
{
    struct making *making = context;
    struct world *w = making->w;
    TRY(team_create(session, &w->application, w->org, making->name, making->unit, error, &making->team));
    if (making->has_leader)
        TRY(give(session, making, "leader", TEAM_ROLE_LEADER, error));
    for (int i = 1; i <= making->members; i++) {
        char who[16];
        snprintf(who, sizeof who, "m%d", i);
        TRY(give(session, making, who, TEAM_ROLE_MEMBER, error));
    }
    return OK;
}

static enum error_code write_unit(struct store_session *session, void *context, struct error *error)
{
    struct making *making = context;
    return unit_create(session, &making->w->application, making->w->org, making->name, making->unit, error,
                       &making->team);
}

int64_t world_unit(struct world *w, const char *name, int64_t parent)
{
    struct making making = {.w = w, .name = slice_from_text(name), .unit = parent};
    assert_ok(w, store_write(w->store, write_unit, &making, &w->error));
    return making.team;
}

int64_t world_team(struct world *w, const char *name, int64_t unit, int members, bool has_leader)
{
    struct making making = {w, slice_from_text(name), unit, 0, members, has_leader};
    assert_ok(w, store_write(w->store, write_team, &making, &w->error));
    return making.team;
}

int64_t world_person(struct world *w, const char *address)
{
    struct person person;
    assert_ok(w, person_find(w->session, w->org, slice_from_text(address), w->region, &w->error, &person));
    return person.id;
}

struct team_round world_part(struct world *w, int64_t team)
{
    struct team_round part;
    bool found;
    assert_ok(w, team_round_latest(w->session, w->org, team, false, w->region, &w->error, &found, &part));
    assert_true(found);
    return part;
}

void world_wait(struct world *w, int64_t seconds)
{
    clock_manual_set(&w->clock, clock_seconds(&w->clock) + seconds);
}

/* ---- A member's device -------------------------------------------------------------------------- */

void device_prepare(struct world *w, int64_t team, struct device *ret_device)
{
    struct device device = {0};
    struct team_round part = world_part(w, team);
    uint8_t message[ANSWER_MESSAGE_BYTES];
    descriptor_rid(part.descriptor, device.submission.rid);
    assert_memory_equal(device.submission.rid, part.rid, 32);
    assert_ok(w, descriptor_read(part.descriptor, w->region, &w->error, &device.descriptor));
    assert_ok(w, blind_public_key_import(device.descriptor.spki, &w->error, &device.key));
    assert_ok(w, one_time_key_make(&w->error, &device.own));
    assert_ok(w, one_time_key_public(device.own, &w->error, device.submission.opk));
    answer_message(device.submission.rid, device.submission.opk, message);
    assert_ok(w, blind_message(device.key, slice_from_bytes(message, sizeof message), w->region, &w->error,
                               &device.message));
    device.submission.prepared = device.message.prepared;
    *ret_device = device;
}

enum error_code device_fetch(struct world *w, struct device *device, int64_t person)
{
    struct slice blind_signature;
    TRY(answer_issue(&w->application, w->session, w->org, person, device->submission.rid,
                     device->message.blinded, S(""), w->region, &w->error, &blind_signature));
    return blind_finalize(device->key, &device->message, blind_signature, w->region, &w->error,
                          &device->submission.signature);
}

void device_fill(struct world *w, struct device *device, int64_t version, const int *values)
{
    struct answer_submission *submission = &device->submission;
    struct slice text;
    submission->version = version;
    submission->cell_count = device->descriptor.item_count;
    submission->cells = REGION_ARRAY(w->region, submission->cell_count, struct answer_cell);
    assert_non_null(submission->cells);
    for (size_t i = 0; i < submission->cell_count; i++) {
        submission->cells[i].item = device->descriptor.items[i];
        submission->cells[i].value = values[i];
        random_bytes(&w->random, submission->cells[i].salt, sizeof submission->cells[i].salt);
    }
    assert_ok(w, answer_text(submission->rid, version, submission->cells, submission->cell_count, w->region,
                             &w->error, &text));
    assert_ok(w, one_time_sign(device->own, text, &w->error, submission->osig));
}

enum error_code device_send(struct world *w, const struct device *device, struct answer_receipt *ret_receipt)
{
    return answer_submit(&w->application, w->session, &device->submission, w->region, &w->error, ret_receipt);
}

void device_free(struct device *device)
{
    device->key = blind_public_key_free(device->key);
    device->own = one_time_key_free(device->own);
}

void world_answer(struct world *w, int64_t team, const char *address, int value)
{
    struct device device;
    struct answer_receipt receipt;
    int values[PROTOCOL_ITEMS_MAXIMUM];
    for (size_t i = 0; i < COUNT_OF(values); i++)
        values[i] = value;
    device_prepare(w, team, &device);
    assert_ok(w, device_fetch(w, &device, world_person(w, address)));
    device_fill(w, &device, 1, values);
    assert_ok(w, device_send(w, &device, &receipt));
    device_free(&device);
}
