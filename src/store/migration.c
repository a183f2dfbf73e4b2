#include <openssl/evp.h> /* before base.h, which poisons a name it uses */

#include "store/sql_text.h"
#include "store/store_internal.h"

enum { CHECKSUM_BYTES = 32, CHECKSUM_TEXT = 2 * CHECKSUM_BYTES + 1 };

STATEMENT(SCHEMA_NEWEST, "SELECT COALESCE(MAX(number), 0) FROM schema_version");
STATEMENT(SCHEMA_CHECKSUM, "SELECT checksum FROM schema_version WHERE number = $1");
STATEMENT(SCHEMA_RECORD, "INSERT INTO schema_version (number, name, checksum) VALUES ($1, $2, $3)");

static const char schema_table[] =
    "CREATE TABLE IF NOT EXISTS schema_version (number BIGINT NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL, checksum TEXT NOT NULL)";

int64_t store_schema_version(void)
{
    return store_migrations[store_migration_count - 1].number;
}

static enum error_code checksum(const struct migration *migration, struct error *error,
                                char ret_text[CHECKSUM_TEXT])
{
    unsigned char bytes[CHECKSUM_BYTES];
    if (EVP_Digest(migration->sql, strlen(migration->sql), bytes, NULL, EVP_sha256(), NULL) != 1)
        return FAIL(error, ERROR_CRYPTO, "store-checksum", "no SHA-256 for migration %s", migration->name);
    hex_encode(bytes, sizeof(bytes), ret_text);
    return OK;
}

static enum error_code execute_text(struct store_session *session, const char *sql, struct error *error)
{
    return session->store->functions->execute_text(session, sql, error);
}

static enum error_code check_newest(struct store_session *session, int64_t newest_known, struct error *error)
{
    int64_t newest = 0;
    TRY(store_one_integer(session, &SCHEMA_NEWEST, NO_PARAMETERS, error, NULL, &newest));
    if (newest > newest_known)
        return FAIL(error, ERROR_VERSION, "store-newer",
                    "the database has schema version %" PRId64 ", this program knows up to %" PRId64
                    ": use a newer program",
                    newest, newest_known);
    return OK;
}

/* Whether the migration was done; ERROR_VERSION when it was another text than this one. */
static enum error_code check_done(struct store_session *session, const struct migration *migration,
                                  const char *sum, struct error *error, bool *ret_done)
{
    STORE_ROWS(rows);
    TRY(store_select(session, &SCHEMA_CHECKSUM, PARAMETERS(V_INTEGER(migration->number)), error, &rows));
    bool done = store_next(&rows);
    bool same = done && slice_equal(store_column_text(&rows, 0), slice_from_text(sum));
    TRY(store_rows_end(&rows));
    if (done && !same)
        return FAIL(error, ERROR_VERSION, "store-changed",
                    "migration %04" PRId64 " of the database is not the %s of this program",
                    migration->number, migration->name);
    *ret_done = done;
    return OK;
}

static enum error_code run_statements(struct store_session *session, const struct migration *migration,
                                      struct error *error)
{
    struct slice rest = slice_from_text(migration->sql);
    CLEANUP(buffer_free) struct buffer statement = BUFFER(SQL_TEXT_MAXIMUM);
    while (sql_next_statement(&rest, store_engine(session->store), &statement)) {
        buffer_append_byte(&statement, '\0');
        if (statement.failed)
            return FAIL(error, ERROR_MEMORY, "memory", "a statement of migration %s is too large",
                        migration->name);
        TRY(execute_text(session, statement.data, error));
        buffer_clear(&statement);
    }
    return OK;
}

static enum error_code run_migration(struct store_session *session, const struct migration *migration,
                                     struct error *error)
{
    char sum[CHECKSUM_TEXT];
    TRY(checksum(migration, error, sum));
    bool done = false;
    TRY(check_done(session, migration, sum, error, &done));
    if (done)
        return OK;
    enum error_code code = run_statements(session, migration, error);
    if (code == OK)
        code =
            store_execute(session, &SCHEMA_RECORD,
                          PARAMETERS(V_INTEGER(migration->number), V_TEXT(slice_from_text(migration->name)),
                                     V_TEXT(slice_from_text(sum))),
                          error, NULL);
    if (code != OK && error != NULL)
        return FAIL(error, error->code, error->reason, "migration %s: %s", migration->name, error->detail);
    return code;
}

/* What happens in one transaction. migration is NULL for the table that records them. */
static enum error_code run_step(struct store_session *session, const struct migration *migration,
                                int64_t newest_known, struct error *error)
{
    if (migration != NULL)
        return run_migration(session, migration, error);
    TRY(execute_text(session, schema_table, error));
    return check_newest(session, newest_known, error);
}

static enum error_code run_transaction(struct store_session *session, const struct migration *migration,
                                       int64_t newest_known, struct error *error)
{
    TRY(execute_text(session, session->store->functions->migration_begin, error));
    session->writing = true;
    session->failed = false;
    enum error_code code = run_step(session, migration, newest_known, error);
    if (code == OK)
        code = execute_text(session, "COMMIT", error);
    session->writing = false;
    if (code != OK) {
        enum error_code ignored = execute_text(session, "ROLLBACK", NULL);
        (void)ignored; /* the first error is the one to tell; a broken engine has rolled back already */
    }
    return code;
}

enum error_code store_migrate(struct store_session *session, const struct migration *migrations, size_t count,
                              struct error *error)
{
    int64_t newest_known = count == 0 ? 0 : migrations[count - 1].number;
    TRY(run_transaction(session, NULL, newest_known, error));
    for (size_t i = 0; i < count; i++)
        TRY(run_transaction(session, &migrations[i], newest_known, error));
    return OK;
}
