/* Opening: migrations, versions, files, and the upkeep of a store. */
#include "fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

STATEMENT(PUT, "INSERT INTO thing (id, bytes) VALUES ($1, $2)");
STATEMENT(COUNT, "SELECT COUNT(*) FROM thing");
STATEMENT(NOTE, "SELECT note FROM thing");
STATEMENT(SEEN, "INSERT INTO seen (hash) VALUES ($1)");
STATEMENT(TYPE_OF_SEEN, "SELECT hash FROM seen");
STATEMENT(VERSION, "SELECT MAX(number) FROM schema_version");

static enum error_code open_with(struct fixture *f, const struct migration *migrations, size_t count)
{
    struct store *store = NULL;
    enum error_code code = store_open_migrations(f->address, NULL, migrations, count, &f->error, &store);
    assert_true((code == OK) == (store != NULL));
    store_close(store);
    return code;
}

static int64_t one(struct fixture *f, const struct statement *statement)
{
    int64_t value = -1;
    assert_ok(f, store_one_integer(f->session, statement, NO_PARAMETERS, &f->error, NULL, &value));
    return value;
}

static enum error_code put_one(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    return store_execute(session, &PUT, PARAMETERS(V_INTEGER(1), V_NULL), error, NULL);
}

/* ---- Migrations ---------------------------------------------------------------------------------------- */

static void migrations_are_done_once(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(one(f, &VERSION), TEST_MIGRATIONS);
    assert_ok(f, store_write(f->store, put_one, NULL, &f->error));
    fixture_close(f);
    fixture_open(f);
    assert_int_equal(one(f, &COUNT), 1);
    STORE_ROWS(rows);
    assert_ok(f, store_select(f->session, &NOTE, NO_PARAMETERS, &f->error, &rows));
    assert_true(store_next(&rows));
    assert_true(slice_equal(store_column_text(&rows, 0), S("a;\n'BYTEA")));
}

static void an_older_database_gets_what_is_missing(void **state)
{
    struct fixture *f = *state;
    struct migration more[TEST_MIGRATIONS + 1];
    memcpy(more, test_migrations, sizeof(struct migration) * TEST_MIGRATIONS);
    more[TEST_MIGRATIONS] = (struct migration){3, "0003-more",
                                               "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\n"
                                               "INSERT INTO thing (id) VALUES (1);\n"};
    assert_ok(f, store_write(f->store, put_one, NULL, &f->error));
    fixture_close(f);
    /* It collides with what is there: nothing of it stays, not even the table. */
    assert_failure(f, open_with(f, more, COUNT_OF(more)), ERROR_CONFLICT, "store-unique");
    assert_non_null(strstr(f->error.detail, "0003-more"));
    more[2].sql = "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\nINSERT INTO thing (id) VALUES (2);\n";
    assert_ok(f, open_with(f, more, COUNT_OF(more)));
    assert_ok(f, open_with(f, more, COUNT_OF(more)));
    /* Now the program of before meets a newer database. */
    assert_failure(f, open_with(f, test_migrations, TEST_MIGRATIONS), ERROR_VERSION, "store-newer");
    assert_ok(f, store_open_migrations(f->address, NULL, more, COUNT_OF(more), &f->error, &f->store));
    assert_ok(f, store_session_open(f->store, &f->error, &f->session));
    assert_int_equal(one(f, &COUNT), 2);
    assert_int_equal(one(f, &VERSION), 3);
}

static void a_broken_migration_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct migration broken[TEST_MIGRATIONS + 1];
    memcpy(broken, test_migrations, sizeof(struct migration) * TEST_MIGRATIONS);
    broken[TEST_MIGRATIONS] = (struct migration){
        3, "0003-broken",
        "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\nCREATE TABEL x (id BIGINT);\n"};
    fixture_close(f);
    assert_failure(f, open_with(f, broken, COUNT_OF(broken)), ERROR_INTERNAL, "store-statement");
    assert_non_null(strstr(f->error.detail, "0003-broken"));
    fixture_open(f); /* still the version of before */
    assert_int_equal(one(f, &VERSION), TEST_MIGRATIONS);
    fixture_close(f);
    broken[TEST_MIGRATIONS].sql = "CREATE TABLE more (id BIGINT NOT NULL PRIMARY KEY);\n";
    assert_ok(f, open_with(f, broken, COUNT_OF(broken)));
}

static void a_changed_migration_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    struct migration changed[TEST_MIGRATIONS];
    memcpy(changed, test_migrations, sizeof(changed));
    changed[0].sql = "CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY);\n";
    assert_failure(f, open_with(f, changed, COUNT_OF(changed)), ERROR_VERSION, "store-changed");
    assert_non_null(strstr(f->error.detail, "0001"));
}

struct opener {
    struct fixture *f;
    pthread_t thread;
    enum error_code code;
    struct error error;
};

static void *open_and_close(void *context)
{
    struct opener *opener = context;
    struct store *store = NULL;
    opener->code = store_open(opener->f->address, NULL, &opener->error, &store);
    store_close(store);
    return NULL;
}

/* The migrations of the program itself, by several programs at once on a new database. */
static void programs_may_migrate_at_once(void **state)
{
    struct fixture *f = *state;
    fixture_empty(f);
    struct opener openers[4];
    for (size_t i = 0; i < COUNT_OF(openers); i++) {
        openers[i] = (struct opener){.f = f};
        assert_int_equal(pthread_create(&openers[i].thread, NULL, open_and_close, &openers[i]), 0);
    }
    for (size_t i = 0; i < COUNT_OF(openers); i++)
        pthread_join(openers[i].thread, NULL);
    for (size_t i = 0; i < COUNT_OF(openers); i++)
        assert_ok(&openers[i], openers[i].code);
}

static void the_program_opens_its_own_schema(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < store_migration_count; i++)
        assert_int_equal(store_migrations[i].number, i + 1);
    assert_int_equal(store_schema_version(), store_migration_count);
    fixture_empty(f);
    for (int i = 0; i < 2; i++) {
        assert_ok(f, store_open(f->address, NULL, &f->error, &f->store));
        assert_ok(f, store_session_open(f->store, &f->error, &f->session));
        assert_int_equal(one(f, &VERSION), store_migration_count);
        fixture_close(f);
    }
}

static void every_statement_prepares(void **state)
{
    struct fixture *f = *state;
    assert_true(store_statements_end() - store_statements_begin() >= 6);
    assert_ok(f, store_prepare_all(f->session, &f->error));
    assert_ok(f, store_prepare_all(f->session, &f->error));
}

static enum error_code drop_seen(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    return session->store->functions->execute_text(session, "DROP TABLE seen", error);
}

static void a_statement_that_does_not_prepare_is_named(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, drop_seen, NULL, &f->error));
    assert_failure(f, store_prepare_all(f->session, &f->error), ERROR_INTERNAL, "store-statement");
    assert_non_null(strstr(f->error.detail, "SEEN"));
}

/* ---- Files of SQLite ----------------------------------------------------------------------------------- */

static void assert_private(const struct fixture *f, const char *suffix)
{
    char path[300];
    snprintf(path, sizeof(path), "%s%s", f->address, suffix);
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void the_files_are_private(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, put_one, NULL, &f->error));
    assert_private(f, "");
    assert_private(f, "-wal");
    assert_private(f, "-shm");
    fixture_close(f);
    assert_int_equal(chmod(f->address, 0644), 0);
    fixture_open(f);
    assert_ok(f, store_checkpoint(f->store, &f->error));
    assert_private(f, "");
    assert_private(f, "-wal");
}

static void existing_only_makes_no_file(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    struct store_options options = {.existing_only = true};
    assert_ok(f, store_open_migrations(f->address, &options, test_migrations, TEST_MIGRATIONS, &f->error,
                                       &f->store));
    fixture_close(f);
    assert_int_equal(unlink(f->address), 0);
    assert_failure(
        f,
        store_open_migrations(f->address, &options, test_migrations, TEST_MIGRATIONS, &f->error, &f->store),
        ERROR_NOT_FOUND, "store-open");
    assert_non_null(strstr(f->error.detail, f->address));
    assert_int_not_equal(access(f->address, F_OK), 0);
}

static void assert_open_fails(struct fixture *f, const char *path, enum error_code code, const char *reason)
{
    struct store *store = NULL;
    assert_failure(f, store_open_migrations(path, NULL, test_migrations, TEST_MIGRATIONS, &f->error, &store),
                   code, reason);
    assert_null(store);
    assert_non_null(strstr(f->error.detail, path));
}

static void an_impossible_path_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    char path[300];
    assert_open_fails(f, "", ERROR_NOT_FOUND, "store-open");
    assert_open_fails(f, f->folder, ERROR_STORE, "store-open");
    snprintf(path, sizeof(path), "%s/missing/hecht.db", f->folder);
    assert_open_fails(f, path, ERROR_NOT_FOUND, "store-open");
    snprintf(path, sizeof(path), "%s/below", f->address); /* a file is no folder */
    assert_open_fails(f, path, ERROR_STORE, "store-open");

    FILE *file = fopen(f->address, "w");
    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fputs("this is not a database\n", file);
    fclose(file);
    assert_open_fails(f, f->address, ERROR_STORE, "store-failed");
}

/* As another user when root runs the tests, for whom every folder is writable. */
static void a_folder_that_may_not_be_written_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    assert_int_equal(chmod(f->folder, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *store = NULL;
        char path[300];
        snprintf(path, sizeof(path), "%s/new.db", f->folder);
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(2);
        enum error_code code = store_open(path, NULL, &f->error, &store);
        _exit(code == ERROR_STORE && strstr(f->error.detail, path) != NULL ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(f->folder, 0700), 0);
    assert_int_equal(status, 0);
}

static void a_moved_folder_is_named(void **state)
{
    struct fixture *f = *state;
    char moved[100];
    snprintf(moved, sizeof(moved), "%s-moved", f->folder);
    assert_int_equal(rename(f->folder, moved), 0);
    struct store_session *session = NULL;
    enum error_code code = store_session_open(f->store, &f->error, &session);
    int back = rename(moved, f->folder);
    assert_int_equal(back, 0);
    assert_int_equal(code, ERROR_STORE);
    assert_string_equal(f->error.reason, "store-open");
    assert_non_null(strstr(f->error.detail, f->address));
    assert_ok(f, store_write(f->store, put_one, NULL, &f->error));
}

/* ---- Addresses of PostgreSQL --------------------------------------------------------------------------- */

static void a_wrong_address_does_not_tell_its_password(void **state)
{
    struct fixture *f = *state;
    static const char *const addresses[] = {"postgres://u:secret@[bad/x",
                                            "postgresql://u:secret@localhost:1/x",
                                            "postgres://u:secret@localhost:1/x?nonsense=1"};
    for (size_t i = 0; i < COUNT_OF(addresses); i++) {
        struct store *store = NULL;
        f->error = (struct error){0};
        assert_int_not_equal(store_open(addresses[i], NULL, &f->error, &store), OK);
        assert_true(f->error.detail[0] != 0);
        assert_null(strstr(f->error.detail, "secret"));
    }
}

static void another_order_of_text_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_administer(f, "CREATE DATABASE other_order ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' "
                          "TEMPLATE template0");
    char address[sizeof(f->address)];
    const char *name = strstr(f->address, f->database);
    snprintf(address, sizeof(address), "%.*sother_order%s", (int)(name - f->address), f->address,
             strchr(name, '?'));
    struct store *store = NULL;
    assert_failure(f, store_open(address, NULL, &f->error, &store), ERROR_INPUT, "store-collation");
    fixture_administer(f, "DROP DATABASE other_order WITH (FORCE)");
}

/* ---- Upkeep -------------------------------------------------------------------------------------------- */

static enum error_code put_many(struct store_session *session, void *context, struct error *error)
{
    (void)context;
    static char bytes[4000];
    for (int64_t id = 0; id < 100; id++)
        TRY(store_execute(session, &PUT,
                          PARAMETERS(V_INTEGER(id), V_BYTES(slice_from_bytes(bytes, sizeof(bytes)))), error,
                          NULL));
    return OK;
}

static off_t log_size(const struct fixture *f)
{
    char path[300];
    snprintf(path, sizeof(path), "%s-wal", f->address);
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

static void a_checkpoint_empties_the_log(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, put_many, NULL, &f->error));
    if (f->engine == STORE_SQLITE)
        assert_true(log_size(f) > 100 * 4000);
    assert_ok(f, store_checkpoint(f->store, &f->error));
    if (f->engine == STORE_SQLITE)
        assert_int_equal(log_size(f), 0);
    assert_int_equal(one(f, &COUNT), 100);
}

static enum error_code put_seen(struct store_session *session, void *context, struct error *error)
{
    int64_t *id = context;
    return store_execute(session, &SEEN, PARAMETERS(V_BYTES(slice_from_bytes(id, sizeof(*id)))), error, NULL);
}

/* A reader that does not end makes the checkpoint give up; it does not stop writes, and once it has read
 * everything it is no hindrance, ended or not. */
static void an_open_reader_stops_nobody(void **state)
{
    struct fixture *f = *state;
    assert_ok(f, store_write(f->store, put_many, NULL, &f->error));
    STORE_ROWS(rows);
    assert_ok(f, store_select(f->session, &NOTE, NO_PARAMETERS, &f->error, &rows));
    assert_true(store_next(&rows));
    int64_t id = 1;
    assert_ok(f, store_write(f->store, put_seen, &id, &f->error));
    if (f->engine == STORE_SQLITE)
        assert_failure(f, store_checkpoint(f->store, &f->error), ERROR_BUSY, "store-busy");
    id = 2;
    assert_ok(f, store_write(f->store, put_seen, &id, &f->error));
    int count = 1;
    while (store_next(&rows))
        count++;
    assert_int_equal(count, 100);
    assert_ok(f, store_checkpoint(f->store, &f->error));
}

static void a_session_closes_with_its_rows_open(void **state)
{
    struct fixture *f = *state;
    int64_t id = 1;
    assert_ok(f, store_write(f->store, put_seen, &id, &f->error));
    for (int i = 0; i < 3; i++) {
        struct store_rows rows = {0};
        assert_ok(f, store_select(f->session, &TYPE_OF_SEEN, NO_PARAMETERS, &f->error, &rows));
        assert_true(store_next(&rows));
        int64_t got = 0;
        struct slice bytes = store_column_bytes(&rows, 0);
        assert_int_equal(bytes.length, sizeof(got));
        memcpy(&got, bytes.data, sizeof(got));
        assert_int_equal(got, id);
    }
    f->session = store_session_close(f->session);
    assert_ok(f, store_checkpoint(f->store, &f->error));
}

int main(void)
{
    struct CMUnitTest tests[] = {
        BOTH(migrations_are_done_once),
        BOTH(an_older_database_gets_what_is_missing),
        BOTH(a_broken_migration_leaves_nothing),
        BOTH(a_changed_migration_is_refused),
        BOTH(programs_may_migrate_at_once),
        BOTH(the_program_opens_its_own_schema),
        BOTH(every_statement_prepares),
        BOTH(a_statement_that_does_not_prepare_is_named),
        SQLITE_ONLY(the_files_are_private),
        SQLITE_ONLY(existing_only_makes_no_file),
        SQLITE_ONLY(an_impossible_path_is_named),
        SQLITE_ONLY(a_folder_that_may_not_be_written_is_named),
        SQLITE_ONLY(a_moved_folder_is_named),
        POSTGRES_ONLY(a_wrong_address_does_not_tell_its_password),
        POSTGRES_ONLY(another_order_of_text_is_refused),
        BOTH(a_checkpoint_empties_the_log),
        BOTH(an_open_reader_stops_nobody),
        BOTH(a_session_closes_with_its_rows_open),
    };
    return fixture_run("store_open", tests, COUNT_OF(tests));
}
