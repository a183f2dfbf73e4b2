#include "store/sql_text.h"
#include "store/sqlite/sqlite_internal.h"

static struct sqlite_session *of_sqlite(struct store_session *session)
{
    return (struct sqlite_session *)session;
}

/* ---- Preparing ----------------------------------------------------------------------------------------- */

static void cursor_free(struct sqlite_cursor *cursor)
{
    sqlite3_finalize(cursor->prepared);
    free(cursor);
}

static enum error_code find_parameters(struct sqlite_cursor *cursor, const struct statement *statement,
                                       struct error *error)
{
    int count = sqlite3_bind_parameter_count(cursor->prepared);
    if (count > STORE_PARAMETERS_MAXIMUM)
        return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: too many parameters", statement->name);
    if (sqlite3_column_count(cursor->prepared) > STORE_COLUMNS_MAXIMUM)
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s: too many columns", statement->name);
    cursor->parameters = (size_t)count;
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof(name), "$%d", i + 1);
        cursor->places[i] = sqlite3_bind_parameter_index(cursor->prepared, name);
        if (cursor->places[i] == 0)
            return FAIL(error, ERROR_INTERNAL, "store-parameters",
                        "%s: parameters are $1, $2, ... without gaps", statement->name);
    }
    return OK;
}

static enum error_code prepare_text(struct sqlite_session *session, struct sqlite_cursor *cursor,
                                    const struct statement *statement, struct error *error)
{
    struct slice rest = slice_from_text(statement->sql);
    CLEANUP(buffer_free) struct buffer text = BUFFER(SQL_TEXT_MAXIMUM);
    if (!sql_next_statement(&rest, STORE_SQLITE, &text))
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s is empty", statement->name);
    buffer_append_byte(&text, '\0');
    if (text.failed)
        return FAIL(error, ERROR_MEMORY, "memory", "%s is too large", statement->name);
    if (sqlite3_prepare_v3(session->database, text.data, (int)text.length, SQLITE_PREPARE_PERSISTENT,
                           &cursor->prepared, NULL) != SQLITE_OK)
        return sqlite_failure(session, statement->name, error);
    return find_parameters(cursor, statement, error);
}

static enum error_code cursor_new(struct sqlite_session *session, const struct statement *statement,
                                  struct error *error, struct sqlite_cursor **ret_cursor)
{
    struct sqlite_cursor *cursor = calloc(1, sizeof(*cursor));
    if (cursor == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %s", statement->name);
    enum error_code code = prepare_text(session, cursor, statement, error);
    if (code != OK) {
        cursor_free(cursor);
        return code;
    }
    *ret_cursor = cursor;
    return OK;
}

/* The cursor of the cache, or a new one when that one is busy (a statement used while its rows are read). */
static enum error_code cursor_take(struct sqlite_session *session, const struct statement *statement,
                                   struct error *error, struct sqlite_cursor **ret_cursor)
{
    struct sqlite_cursor **cached = &session->cache[store_statement_index(statement)];
    if (*cached == NULL) {
        TRY(cursor_new(session, statement, error, cached));
        (*cached)->cached = true;
    }
    struct sqlite_cursor *cursor = *cached;
    if (cursor->busy)
        TRY(cursor_new(session, statement, error, &cursor));
    cursor->busy = true;
    *ret_cursor = cursor;
    return OK;
}

/* Also forgets the bound values, so that no personal text waits in memory. */
static void cursor_give(struct sqlite_cursor *cursor)
{
    sqlite3_reset(cursor->prepared);
    sqlite3_clear_bindings(cursor->prepared);
    cursor->busy = false;
    cursor->row_ahead = false;
    if (!cursor->cached)
        cursor_free(cursor);
}

enum error_code sqlite_prepare(struct store_session *base, const struct statement *statement,
                               struct error *error)
{
    struct sqlite_cursor *cursor = NULL;
    TRY(cursor_take(of_sqlite(base), statement, error, &cursor));
    cursor_give(cursor);
    return OK;
}

/* ---- Binding ------------------------------------------------------------------------------------------- */

static int bind_value(struct sqlite_cursor *cursor, int place, const struct store_value *value,
                      sqlite3_destructor_type copying)
{
    /* A NULL pointer would be bound as NULL: empty is not absent. */
    const char *data = value->bytes.length == 0 ? "" : value->bytes.data;
    switch (value->kind) {
    case STORE_NULL:
        return sqlite3_bind_null(cursor->prepared, place);
    case STORE_INTEGER:
        return sqlite3_bind_int64(cursor->prepared, place, value->integer);
    case STORE_REAL:
        return sqlite3_bind_double(cursor->prepared, place, value->real);
    case STORE_TEXT:
        return sqlite3_bind_text64(cursor->prepared, place, data, value->bytes.length, copying, SQLITE_UTF8);
    case STORE_BYTES:
        return sqlite3_bind_blob64(cursor->prepared, place, data, value->bytes.length, copying);
    }
    return SQLITE_MISUSE;
}

static enum error_code bind_values(struct sqlite_session *session, struct sqlite_cursor *cursor,
                                   const struct statement *statement, const struct store_value *values,
                                   size_t count, sqlite3_destructor_type copying, struct error *error)
{
    if (count != cursor->parameters)
        return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: %zu values for %zu parameters",
                    statement->name, count, cursor->parameters);
    for (size_t i = 0; i < count; i++)
        if (bind_value(cursor, cursor->places[i], &values[i], copying) != SQLITE_OK)
            return sqlite_failure(session, statement->name, error);
    return OK;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

/* The first step happens here: INSERT ... RETURNING does all its work in it, read or not, as in PostgreSQL.
 */
static enum error_code first_step(struct sqlite_session *session, struct sqlite_cursor *cursor,
                                  const struct statement *statement, const struct store_value *values,
                                  size_t count, struct error *error)
{
    TRY(bind_values(session, cursor, statement, values, count, SQLITE_TRANSIENT, error));
    int result = sqlite3_step(cursor->prepared);
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return sqlite_failure(session, statement->name, error);
    cursor->row_ahead = result == SQLITE_ROW;
    return OK;
}

enum error_code sqlite_select(struct store_session *base, const struct statement *statement,
                              const struct store_value *values, size_t count, struct error *error,
                              struct store_cursor **ret_cursor, int *ret_columns)
{
    struct sqlite_cursor *cursor = NULL;
    TRY(cursor_take(of_sqlite(base), statement, error, &cursor));
    enum error_code code = first_step(of_sqlite(base), cursor, statement, values, count, error);
    if (code != OK) {
        cursor_give(cursor);
        return code;
    }
    *ret_cursor = &cursor->base;
    *ret_columns = sqlite3_column_count(cursor->prepared);
    return OK;
}

/* A statement that has come to its end must not be stepped again: SQLite would start it anew. */
enum error_code sqlite_next(struct store_session *base, struct store_cursor *store_cursor,
                            struct error *error, bool *ret_row)
{
    struct sqlite_cursor *cursor = (struct sqlite_cursor *)store_cursor;
    bool row = cursor->row_ahead;
    cursor->row_ahead = false;
    if (!row && sqlite3_stmt_busy(cursor->prepared)) {
        int result = sqlite3_step(cursor->prepared);
        if (result != SQLITE_ROW && result != SQLITE_DONE)
            return sqlite_failure(of_sqlite(base), "reading rows", error);
        row = result == SQLITE_ROW;
    }
    *ret_row = row;
    return OK;
}

void sqlite_cursor_end(struct store_session *base, struct store_cursor *cursor)
{
    (void)base;
    cursor_give((struct sqlite_cursor *)cursor);
}

void sqlite_column(struct store_cursor *store_cursor, int column, struct store_value *ret_value)
{
    sqlite3_stmt *prepared = ((struct sqlite_cursor *)store_cursor)->prepared;
    const void *data;
    switch (sqlite3_column_type(prepared, column)) {
    case SQLITE_INTEGER:
        *ret_value = V_INTEGER(sqlite3_column_int64(prepared, column));
        return;
    case SQLITE_FLOAT:
        *ret_value = V_REAL(sqlite3_column_double(prepared, column));
        return;
    case SQLITE_TEXT:
        data = sqlite3_column_text(prepared, column); /* before _bytes, by the manual of SQLite */
        *ret_value = V_TEXT(slice_from_bytes(data, (size_t)sqlite3_column_bytes(prepared, column)));
        return;
    case SQLITE_BLOB:
        data = sqlite3_column_blob(prepared, column);
        *ret_value = V_BYTES(slice_from_bytes(data, (size_t)sqlite3_column_bytes(prepared, column)));
        return;
    default:
        *ret_value = V_NULL;
    }
}

/* ---- Changing ------------------------------------------------------------------------------------------ */

static enum error_code run(struct sqlite_session *session, struct sqlite_cursor *cursor,
                           const struct statement *statement, const struct store_value *values, size_t count,
                           struct error *error, int64_t *ret_changed)
{
    if (sqlite3_stmt_readonly(cursor->prepared))
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s changes nothing: use store_select",
                    statement->name);
    TRY(bind_values(session, cursor, statement, values, count, SQLITE_STATIC, error));
    int result;
    do
        result = sqlite3_step(cursor->prepared);
    while (result == SQLITE_ROW);
    if (result != SQLITE_DONE)
        return sqlite_failure(session, statement->name, error);
    *ret_changed = sqlite3_changes64(session->database);
    return OK;
}

enum error_code sqlite_execute(struct store_session *base, const struct statement *statement,
                               const struct store_value *values, size_t count, struct error *error,
                               int64_t *ret_changed)
{
    struct sqlite_cursor *cursor = NULL;
    TRY(cursor_take(of_sqlite(base), statement, error, &cursor));
    enum error_code code = run(of_sqlite(base), cursor, statement, values, count, error, ret_changed);
    cursor_give(cursor);
    return code;
}

enum error_code sqlite_execute_text(struct store_session *base, const char *sql, struct error *error)
{
    struct sqlite_session *session = of_sqlite(base);
    if (sqlite3_exec(session->database, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_failure(session, "executing a text", error);
    return OK;
}
