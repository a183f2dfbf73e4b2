#include "store/store_internal.h"

#include <math.h>

/* Set while a unit of change runs on this thread: a second one inside would wait for the first for ever. */
static _Thread_local bool inside_unit;

/* ---- Statements ---------------------------------------------------------------------------------------- */

/* Made by the linker; weak, because a program without any statement has no such section. */
extern const struct statement *const __start_hecht_statements[] __attribute__((weak));
extern const struct statement *const __stop_hecht_statements[] __attribute__((weak));

const struct statement *const *store_statements_begin(void)
{
    return __start_hecht_statements;
}

const struct statement *const *store_statements_end(void)
{
    return __stop_hecht_statements;
}

size_t store_statement_count(void)
{
    return (size_t)(store_statements_end() - store_statements_begin());
}

size_t store_statement_index(const struct statement *statement)
{
    return (size_t)(statement->slot - store_statements_begin());
}

/* ---- Opening ------------------------------------------------------------------------------------------- */

static bool is_postgres(const char *address)
{
    struct slice s = slice_from_text(address);
    return slice_starts_with(s, S("postgres://")) || slice_starts_with(s, S("postgresql://"));
}

enum error_code store_open_migrations(const char *address, const struct store_options *options,
                                      const struct migration *migrations, size_t count, struct error *error,
                                      struct store **ret_store)
{
    static const struct store_options defaults;
    if (options == NULL)
        options = &defaults;
    struct store *store = NULL;
    struct store_session *session = NULL;
    TRY(is_postgres(address) ? postgres_store_open(address, options, error, &store, &session)
                             : sqlite_store_open(address, options, error, &store, &session));
    enum error_code code = store_migrate(session, migrations, count, error);
    if (code == OK)
        code = store->functions->start(store, error);
    if (code != OK) {
        store_close(store);
        return code;
    }
    *ret_store = store;
    return OK;
}

enum error_code store_open(const char *address, const struct store_options *options, struct error *error,
                           struct store **ret_store)
{
    return store_open_migrations(address, options, store_migrations, store_migration_count, error, ret_store);
}

struct store *store_close(struct store *store)
{
    if (store != NULL)
        store->functions->close(store);
    return NULL;
}

enum store_engine store_engine(const struct store *store)
{
    return store->functions->engine;
}

enum error_code store_session_open(struct store *store, struct error *error,
                                   struct store_session **ret_session)
{
    return store->functions->session_open(store, error, ret_session);
}

struct store_session *store_session_close(struct store_session *session)
{
    if (session != NULL) {
        store_drop_cursors(session);
        session->store->functions->session_close(session);
    }
    return NULL;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

static enum error_code check_value(const struct statement *statement, const struct store_value *value,
                                   size_t number, struct error *error)
{
    switch (value->kind) {
    case STORE_NULL:
    case STORE_INTEGER:
    case STORE_BYTES:
        return OK;
    case STORE_REAL:
        if (isfinite(value->real))
            return OK;
        return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: $%zu is not a finite number",
                    statement->name, number);
    case STORE_TEXT:
        if (slice_is_utf8(value->bytes) && slice_find_byte(value->bytes, '\0') == value->bytes.length)
            return OK;
        return FAIL(error, ERROR_INPUT, "store-text", "%s: $%zu is not UTF-8 text", statement->name, number);
    }
    return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: $%zu has no kind", statement->name, number);
}

static enum error_code check_values(const struct statement *statement, const struct store_value *values,
                                    size_t count, struct error *error)
{
    if (count > STORE_PARAMETERS_MAXIMUM)
        return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: too many parameters", statement->name);
    for (size_t i = 0; i < count; i++)
        TRY(check_value(statement, &values[i], i + 1, error));
    return OK;
}

/* Remembers a failure, so that a function of store_write that overlooks it does not get half its work
 * committed. */
static enum error_code noted(struct store_session *session, enum error_code code)
{
    if (code != OK)
        session->failed = true;
    return code;
}

enum error_code store_select(struct store_session *session, const struct statement *statement,
                             const struct store_value *values, size_t count, struct error *error,
                             struct store_rows *ret_rows)
{
    struct store_cursor *cursor = NULL;
    int columns = 0;
    enum error_code code = check_values(statement, values, count, error);
    if (code == OK)
        code = session->store->functions->select(session, statement, values, count, error, &cursor, &columns);
    TRY(noted(session, code));
    cursor->next = session->cursors;
    session->cursors = cursor;
    *ret_rows = (struct store_rows){
        .session = session, .engine_rows = cursor, .row = -1, .columns = columns, .error = error};
    return OK;
}

bool store_next(struct store_rows *rows)
{
    if (rows->session == NULL || rows->failure != OK)
        return false;
    bool row = false;
    rows->failure =
        noted(rows->session,
              rows->session->store->functions->next(rows->session, rows->engine_rows, rows->error, &row));
    if (rows->failure != OK || !row)
        return false;
    rows->row++;
    return true;
}

static bool unlink_cursor(struct store_session *session, const struct store_cursor *cursor)
{
    for (struct store_cursor **at = &session->cursors; *at != NULL; at = &(*at)->next) {
        if (*at == cursor) {
            *at = cursor->next;
            return true;
        }
    }
    return false;
}

enum error_code store_rows_end(struct store_rows *rows)
{
    struct store_session *session = rows->session;
    if (session == NULL)
        return OK;
    struct store_cursor *cursor = rows->engine_rows;
    if (unlink_cursor(session, cursor))
        session->store->functions->cursor_end(session, cursor);
    rows->session = NULL;
    rows->engine_rows = NULL;
    return rows->failure;
}

void store_drop_cursors(struct store_session *session)
{
    while (session->cursors != NULL) {
        struct store_cursor *cursor = session->cursors;
        session->cursors = cursor->next;
        session->store->functions->cursor_end(session, cursor);
    }
}

static struct store_value column_value(const struct store_rows *rows, int column)
{
    struct store_value value = V_NULL;
    if (rows->session != NULL && rows->row >= 0 && column >= 0 && column < rows->columns)
        rows->session->store->functions->column(rows->engine_rows, column, &value);
    return value;
}

bool store_column_is_null(const struct store_rows *rows, int column)
{
    return column_value(rows, column).kind == STORE_NULL;
}

int64_t store_column_integer(const struct store_rows *rows, int column)
{
    struct store_value value = column_value(rows, column);
    if (value.kind == STORE_INTEGER)
        return value.integer;
    /* 2^63 itself does not fit; the comparison is also false for NaN. */
    if (value.kind == STORE_REAL && fabs(value.real) < 9223372036854775808.0)
        return (int64_t)value.real;
    return 0;
}

double store_column_real(const struct store_rows *rows, int column)
{
    struct store_value value = column_value(rows, column);
    if (value.kind == STORE_INTEGER)
        return (double)value.integer;
    return value.kind == STORE_REAL ? value.real : 0;
}

struct slice store_column_text(const struct store_rows *rows, int column)
{
    struct store_value value = column_value(rows, column);
    return value.kind == STORE_TEXT ? value.bytes : S("");
}

struct slice store_column_bytes(const struct store_rows *rows, int column)
{
    struct store_value value = column_value(rows, column);
    return value.kind == STORE_TEXT || value.kind == STORE_BYTES ? value.bytes : S("");
}

struct slice store_column_copy(const struct store_rows *rows, int column, struct region *region)
{
    return region_copy(region, store_column_bytes(rows, column));
}

enum error_code store_one_integer(struct store_session *session, const struct statement *statement,
                                  const struct store_value *values, size_t count, struct error *error,
                                  bool *ret_found, int64_t *ret_value)
{
    STORE_ROWS(rows);
    TRY(store_select(session, statement, values, count, error, &rows));
    bool found = store_next(&rows);
    int64_t value = found ? store_column_integer(&rows, 0) : 0;
    bool more = found && store_next(&rows);
    TRY(store_rows_end(&rows));
    if (more)
        return FAIL(error, ERROR_INTERNAL, "store-rows", "%s gives more than one row", statement->name);
    if (!found && ret_found == NULL)
        return FAIL(error, ERROR_NOT_FOUND, "store-no-row", "%s gives no row", statement->name);
    if (ret_found != NULL)
        *ret_found = found;
    if (found)
        *ret_value = value;
    return OK;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

enum error_code store_execute(struct store_session *session, const struct statement *statement,
                              const struct store_value *values, size_t count, struct error *error,
                              int64_t *ret_changed)
{
    if (!session->writing)
        return FAIL(error, ERROR_INTERNAL, "store-read-only", "%s outside store_write", statement->name);
    int64_t changed = 0;
    enum error_code code = check_values(statement, values, count, error);
    if (code == OK)
        code = session->store->functions->execute(session, statement, values, count, error, &changed);
    TRY(noted(session, code));
    if (ret_changed != NULL)
        *ret_changed = changed;
    return OK;
}

enum error_code store_lock_tables(struct store_session *session, const char *tables, struct error *error)
{
    char text[256];
    const struct engine_functions *functions = session->store->functions;
    if (!session->writing)
        return FAIL(error, ERROR_INTERNAL, "store-not-writing", "tables are locked by writes only");
    if (functions->engine != STORE_POSTGRES)
        return OK;
    int length = snprintf(text, sizeof text, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", tables);
    if (length < 0 || (size_t)length >= sizeof text)
        return FAIL(error, ERROR_INTERNAL, "store-lock", "too many tables to lock");
    return noted(session, functions->execute_text(session, text, error));
}

enum error_code store_execute_later(struct store_session *session, const struct statement *statement,
                                    const struct store_value *values, size_t count, struct error *error)
{
    const struct engine_functions *functions = session->store->functions;
    if (functions->execute_later == NULL)
        return store_execute(session, statement, values, count, error, NULL);
    if (!session->writing)
        return FAIL(error, ERROR_INTERNAL, "store-read-only", "%s outside store_write", statement->name);
    enum error_code code = check_values(statement, values, count, error);
    if (code == OK)
        code = functions->execute_later(session, statement, values, count, error);
    return noted(session, code);
}

enum error_code store_run_unit(struct store_session *session, store_write_function *fn, void *context,
                               struct error *error)
{
    session->writing = true;
    session->failed = false;
    session->retry = false;
    inside_unit = true;
    enum error_code code = fn(session, context, error);
    inside_unit = false;
    session->writing = false;
    bool still_reading = session->cursors != NULL;
    store_drop_cursors(session);
    if (code != OK)
        return code;
    if (session->failed)
        return FAIL(error, ERROR_INTERNAL, "store-error-ignored",
                    "a statement failed, but the function of store_write returned OK");
    if (still_reading)
        return FAIL(error, ERROR_INTERNAL, "store-rows-open",
                    "the function of store_write returned without store_rows_end");
    return OK;
}

enum error_code store_write(struct store *store, store_write_function *fn, void *context, struct error *error)
{
    if (inside_unit)
        return FAIL(error, ERROR_INTERNAL, "store-nested-write", "store_write inside store_write");
    return store->functions->write(store, fn, context, error);
}

enum error_code store_write_later(struct store *store, store_write_function *fn, store_write_ended *ended,
                                  void *context, struct error *error)
{
    if (inside_unit)
        return FAIL(error, ERROR_INTERNAL, "store-nested-write", "store_write_later inside store_write");
    if (store->functions->write_later != NULL)
        return store->functions->write_later(store, fn, ended, context, error);
    struct error failure = {0};
    enum error_code code = store->functions->write(store, fn, context, &failure);
    ended(context, code, &failure);
    return OK;
}

/* ---- Upkeep -------------------------------------------------------------------------------------------- */

enum error_code store_prepare_all(struct store_session *session, struct error *error)
{
    for (const struct statement *const *at = store_statements_begin(); at < store_statements_end(); at++)
        TRY(session->store->functions->prepare(session, *at, error));
    return OK;
}

enum error_code store_checkpoint(struct store *store, struct error *error)
{
    return store->functions->checkpoint(store, error);
}

void store_vacuum_want(struct store_session *session)
{
    atomic_fetch_add(&session->store->deletions, 1);
}

enum error_code store_vacuum(struct store *store, const char *tables, struct error *error)
{
    return store->functions->vacuum == NULL ? OK : store->functions->vacuum(store, tables, error);
}

enum error_code store_vacuum_due(struct store *store, const char *tables, int64_t now, struct error *error)
{
    unsigned deletions = atomic_load(&store->deletions);
    if (!store->vacuum.begun || deletions != store->vacuum.deletions) {
        store->vacuum.begun = true;
        store->vacuum.deletions = deletions;
        store->vacuum.left = STORE_VACUUM_TIMES;
        store->vacuum.due = now;
    }
    if (store->vacuum.left == 0 || now < store->vacuum.due)
        return OK;
    store->vacuum.due = now + MINUTE_SECONDS;
    TRY(store_vacuum(store, tables, error));
    if (--store->vacuum.left < STORE_VACUUM_TIMES - 1)
        store->vacuum.due = now + HOUR_SECONDS;
    return OK;
}
