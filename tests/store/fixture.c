#include "fixture.h"

#include <libpq-fe.h>
#include <unistd.h>

enum store_engine fixture_engines[2] = {STORE_SQLITE, STORE_POSTGRES};

const struct migration test_migrations[] = {
    {1, "0001-things",
     "-- A comment; with a semicolon;\n"
     "CREATE TABLE thing (\n"
     "    id BIGINT NOT NULL PRIMARY KEY,\n"
     "    whole BIGINT,\n"
     "    number DOUBLE PRECISION,\n"
     "    word TEXT UNIQUE,\n"
     "    bytes BYTEA,\n"
     "    note TEXT NOT NULL DEFAULT 'a;\n''BYTEA'\n"
     ");\n"
     "CREATE INDEX thing_whole ON thing (whole); -- at the end\n"
     "CREATE TABLE part (id BIGINT NOT NULL PRIMARY KEY,\n"
     "    thing_id BIGINT NOT NULL REFERENCES thing (id) ON DELETE CASCADE DEFERRABLE INITIALLY "
     "DEFERRED);\n"},
    {2, "0002-hashes", "CREATE TABLE seen (hash BYTEA NOT NULL PRIMARY KEY) /*WITHOUT ROWID*/;\n"},
};

/* ---- PostgreSQL ---------------------------------------------------------------------------------------- */

static bool administer(const char *sql)
{
    PGconn *connection = PQconnectdb(getenv("HECHT_TEST_POSTGRES"));
    PGresult *result = PQexec(connection, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!done)
        print_error("%s: %s", sql, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return done;
}

void fixture_administer(const struct fixture *f, const char *sql)
{
    assert_int_equal(f->engine, STORE_POSTGRES);
    assert_true(administer(sql));
}

bool fixture_break_connections(const struct fixture *f)
{
    char sql[256];
    snprintf(sql, sizeof(sql),
             "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '%s'",
             f->database);
    return administer(sql);
}

/* The address of the server with another database: postgresql:///postgres?... */
static bool database_address(struct fixture *f, const char *server)
{
    static const char placeholder[] = "/postgres?";
    const char *at = strstr(server, placeholder);
    if (at == NULL) {
        print_error("HECHT_TEST_POSTGRES must be like postgresql:///postgres?host=...\n");
        return false;
    }
    snprintf(f->address, sizeof(f->address), "%.*s/%s?%s", (int)(at - server), server, f->database,
             at + strlen(placeholder));
    return true;
}

static bool create_database(const struct fixture *f)
{
    char sql[256];
    snprintf(sql, sizeof(sql),
             "CREATE DATABASE %s ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
             f->database);
    return administer(sql);
}

static bool drop_database(const struct fixture *f)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "DROP DATABASE %s WITH (FORCE)", f->database);
    return administer(sql);
}

static bool postgres_setup(struct fixture *f)
{
    static int number;
    const char *server = getenv("HECHT_TEST_POSTGRES");
    if (server == NULL) {
        print_error(
            "HECHT_TEST_POSTGRES is not set: run the tests through tests/store/postgres_cluster.sh, or "
            "with HECHT_TEST_SQLITE_ONLY=1\n");
        return false;
    }
    snprintf(f->database, sizeof(f->database), "t%ld_%d", (long)getpid(), number++);
    return database_address(f, server) && create_database(f);
}

/* ---- Both ---------------------------------------------------------------------------------------------- */

void fixture_open(struct fixture *f)
{
    assert_ok(
        f, store_open_migrations(f->address, NULL, test_migrations, TEST_MIGRATIONS, &f->error, &f->store));
    assert_ok(f, store_session_open(f->store, &f->error, &f->session));
}

void fixture_close(struct fixture *f)
{
    f->session = store_session_close(f->session);
    f->store = store_close(f->store);
}

void fixture_empty(struct fixture *f)
{
    fixture_close(f);
    if (f->engine == STORE_SQLITE)
        assert_int_equal(unlink(f->address), 0);
    else
        assert_true(drop_database(f) && create_database(f));
}

int fixture_setup(void **state)
{
    enum store_engine engine = *(enum store_engine *)*state;
    struct fixture *f = calloc(1, sizeof(*f));
    if (f == NULL)
        return -1;
    f->engine = engine;
    snprintf(f->folder, sizeof(f->folder), "/tmp/hecht-store-XXXXXX");
    if (mkdtemp(f->folder) == NULL)
        return -1;
    if (engine == STORE_SQLITE) {
        snprintf(f->address, sizeof(f->address), "%s/hecht.db", f->folder);
    } else if (!postgres_setup(f)) {
        rmdir(f->folder);
        free(f);
        return -1;
    }
    fixture_open(f);
    *state = f;
    return 0;
}

static void remove_file(const struct fixture *f, const char *name)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", f->folder, name);
    unlink(path);
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    if (f->engine == STORE_POSTGRES)
        drop_database(f);
    remove_file(f, "hecht.db");
    remove_file(f, "hecht.db-wal");
    remove_file(f, "hecht.db-shm");
    int failed = rmdir(f->folder);
    if (failed != 0)
        print_error("%s is not empty\n", f->folder);
    free(f);
    return failed;
}

/* ---- Writers ------------------------------------------------------------------------------------------- */

static void *write_often(void *context)
{
    struct writer *writer = context;
    for (int i = 0; i < writer->repeat; i++) {
        writer->code = store_write(writer->f->store, writer->fn, &writer->id, NULL);
        if (writer->code != OK)
            writer->failed++;
        writer->id += WRITER_STEP;
    }
    return NULL;
}

void writer_start(struct writer *writer, struct fixture *f, store_write_function *fn, int64_t id, int repeat)
{
    *writer = (struct writer){.f = f, .fn = fn, .id = id, .repeat = repeat};
    assert_int_equal(pthread_create(&writer->thread, NULL, write_often, writer), 0);
}

/* ---- Running ------------------------------------------------------------------------------------------- */

static bool postgres_is_left_out(void)
{
    const char *only = getenv("HECHT_TEST_SQLITE_ONLY");
    return getenv("HECHT_TEST_POSTGRES") == NULL && only != NULL && strcmp(only, "1") == 0;
}

int fixture_run(const char *name, struct CMUnitTest *tests, size_t count)
{
    size_t kept = 0;
    bool left_out = postgres_is_left_out();
    for (size_t i = 0; i < count; i++)
        if (!left_out || tests[i].initial_state != &fixture_engines[1])
            tests[kept++] = tests[i];
    if (kept < count)
        fprintf(stderr, "%s: %zu tests on PostgreSQL are left out\n", name, count - kept);
    return _cmocka_run_group_tests(name, tests, kept, NULL, NULL);
}
