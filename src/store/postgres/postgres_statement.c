#include "store/postgres/postgres_internal.h"

/* Types of PostgreSQL by their fixed object ids (pg_type.dat). */
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
};

enum { FORMAT_TEXT, FORMAT_BINARY };
enum { NUMBER_TEXT = 32 };

/* The parameters of one call, as libpq wants them. */
struct parameters {
    const char *values[STORE_PARAMETERS_MAXIMUM];
    int lengths[STORE_PARAMETERS_MAXIMUM];
    int formats[STORE_PARAMETERS_MAXIMUM];
    char numbers[STORE_PARAMETERS_MAXIMUM][NUMBER_TEXT];
};

static struct postgres_session *of_postgres(struct store_session *session)
{
    return (struct postgres_session *)session;
}

/* ---- Preparing ----------------------------------------------------------------------------------------- */

struct statement_name {
    char text[24];
};

static struct statement_name name_of(const struct statement *statement)
{
    struct statement_name name;
    snprintf(name.text, sizeof(name.text), "s%zu", store_statement_index(statement));
    return name;
}

/* *ret_described: what the server says about the types; belongs to the session. */
static enum error_code prepare(struct postgres_session *session, const struct statement *statement,
                               struct error *error, const PGresult **ret_described)
{
    PGresult **cached = &session->prepared[store_statement_index(statement)];
    if (*cached == NULL) {
        TRY(postgres_drain(session, error));
        struct statement_name name = name_of(statement);
        CLEANUP(postgres_result_clear)
        PGresult *prepared = PQprepare(session->connection, name.text, statement->sql, 0, NULL);
        if (PQresultStatus(prepared) != PGRES_COMMAND_OK)
            return postgres_failure(session, prepared, statement->name, error);
        CLEANUP(postgres_result_clear)
        PGresult *described = PQdescribePrepared(session->connection, name.text);
        if (PQresultStatus(described) != PGRES_COMMAND_OK)
            return postgres_failure(session, described, statement->name, error);
        if (PQnparams(described) > STORE_PARAMETERS_MAXIMUM || PQnfields(described) > STORE_COLUMNS_MAXIMUM)
            return FAIL(error, ERROR_INTERNAL, "store-statement", "%s: too many parameters or columns",
                        statement->name);
        *cached = described;
        described = NULL;
    }
    *ret_described = *cached;
    return OK;
}

enum error_code postgres_prepare(struct store_session *base, const struct statement *statement,
                                 struct error *error)
{
    const PGresult *described = NULL;
    return prepare(of_postgres(base), statement, error, &described);
}

/* ---- Binding ------------------------------------------------------------------------------------------- */

/* SQLite takes every value everywhere; this is where a wrong kind shows. */
static bool kind_fits(enum store_kind kind, Oid type)
{
    switch (kind) {
    case STORE_NULL:
        return true;
    case STORE_INTEGER:
        return type == TYPE_INT8 || type == TYPE_INT4 || type == TYPE_INT2 || type == TYPE_FLOAT8 ||
               type == TYPE_NUMERIC;
    case STORE_REAL:
        return type == TYPE_FLOAT8 || type == TYPE_FLOAT4 || type == TYPE_NUMERIC;
    case STORE_TEXT:
        return type == TYPE_TEXT || type == TYPE_VARCHAR;
    case STORE_BYTES:
        return type == TYPE_BYTEA;
    }
    return false;
}

/* Text and bytes go in the binary format, which needs no NUL at the end; 17 digits hold every double. */
static void bind_value(struct parameters *parameters, size_t i, const struct store_value *value)
{
    char *number = parameters->numbers[i];
    parameters->formats[i] = FORMAT_TEXT;
    parameters->lengths[i] = 0;
    parameters->values[i] = number;
    switch (value->kind) {
    case STORE_NULL:
        parameters->values[i] = NULL;
        return;
    case STORE_INTEGER:
        snprintf(number, NUMBER_TEXT, "%" PRId64, value->integer);
        return;
    case STORE_REAL:
        snprintf(number, NUMBER_TEXT, "%.17g", value->real);
        return;
    case STORE_TEXT:
    case STORE_BYTES:
        parameters->values[i] = value->bytes.length == 0 ? "" : value->bytes.data;
        parameters->lengths[i] = (int)value->bytes.length;
        parameters->formats[i] = FORMAT_BINARY;
    }
}

static enum error_code bind_values(const PGresult *described, const struct statement *statement,
                                   const struct store_value *values, size_t count, struct error *error,
                                   struct parameters *ret_parameters)
{
    if (count != (size_t)PQnparams(described))
        return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: %zu values for %d parameters",
                    statement->name, count, PQnparams(described));
    for (size_t i = 0; i < count; i++) {
        if (!kind_fits(values[i].kind, PQparamtype(described, (int)i)))
            return FAIL(error, ERROR_INTERNAL, "store-parameters", "%s: $%zu has the wrong kind: cast it",
                        statement->name, i + 1);
        if (values[i].bytes.length > INT32_MAX)
            return FAIL(error, ERROR_LIMIT, "store-parameters", "%s: $%zu is too large", statement->name,
                        i + 1);
        bind_value(ret_parameters, i, &values[i]);
    }
    return OK;
}

/* ---- Running ------------------------------------------------------------------------------------------- */

static enum error_code run_once(struct postgres_session *session, const struct statement *statement,
                                const struct store_value *values, size_t count, struct error *error,
                                PGresult **ret_result)
{
    const PGresult *described = NULL;
    TRY(postgres_drain(session, error));
    TRY(prepare(session, statement, error, &described));
    struct parameters parameters;
    TRY(bind_values(described, statement, values, count, error, &parameters));
    PGresult *result = PQexecPrepared(session->connection, name_of(statement).text, (int)count,
                                      parameters.values, parameters.lengths, parameters.formats, FORMAT_TEXT);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        enum error_code code = postgres_failure(session, result, statement->name, error);
        PQclear(result);
        return code;
    }
    *ret_result = result;
    return OK;
}

/* A read is repeated once on a new connection: the server may have been restarted since the last one. */
static enum error_code run(struct postgres_session *session, const struct statement *statement,
                           const struct store_value *values, size_t count, struct error *error,
                           PGresult **ret_result)
{
    enum error_code code = run_once(session, statement, values, count, error, ret_result);
    if (code == OK || !session->lost || session->base.writing)
        return code;
    TRY(postgres_reconnect(session, error));
    return run_once(session, statement, values, count, error, ret_result);
}

enum error_code postgres_execute(struct store_session *base, const struct statement *statement,
                                 const struct store_value *values, size_t count, struct error *error,
                                 int64_t *ret_changed)
{
    CLEANUP(postgres_result_clear) PGresult *result = NULL;
    TRY(run(of_postgres(base), statement, values, count, error, &result));
    /* "INSERT 0 3": of a SELECT the tuples would count here as changes. */
    if (strncmp(PQcmdStatus(result), "SELECT", strlen("SELECT")) == 0)
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s changes nothing: use store_select",
                    statement->name);
    int64_t changed = 0;
    if (!slice_to_integer(slice_from_text(PQcmdTuples(result)), 0, INT64_MAX, &changed))
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s is not INSERT, UPDATE or DELETE",
                    statement->name);
    *ret_changed = changed;
    return OK;
}

/* ---- Several statements in one go ------------------------------------------------------------------------ */

/* Fewer than would fill the buffers of a socket with results that nobody reads. */
enum { QUEUED_MAXIMUM = 200 };

static enum error_code note_result(struct postgres_session *session, const PGresult *result,
                                   enum error_code before, struct error *error)
{
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_SYNC;
    if (good || before != OK) /* what follows the first failure was not done, and says only that */
        return before;
    return postgres_failure(session, result, "one of several statements", error);
}

enum error_code postgres_drain(struct postgres_session *session, struct error *error)
{
    enum error_code code = OK;
    bool synced = false;
    if (session->queued == 0)
        return OK;
    session->queued = 0;
    if (PQpipelineSync(session->connection) != 1)
        return postgres_failure(session, NULL, "sending several statements", error);
    for (int nothing = 0;
         !synced && nothing < 2;) { /* between the results of two statements there is a NULL */
        CLEANUP(postgres_result_clear) PGresult *result = PQgetResult(session->connection);
        nothing = result == NULL ? nothing + 1 : 0;
        if (result == NULL)
            continue;
        code = note_result(session, result, code, error);
        synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    }
    if ((!synced || PQexitPipelineMode(session->connection) != 1) && code == OK)
        code = postgres_failure(session, NULL, "reading several results", error);
    return code;
}

enum error_code postgres_execute_later(struct store_session *base, const struct statement *statement,
                                       const struct store_value *values, size_t count, struct error *error)
{
    struct postgres_session *session = of_postgres(base);
    const PGresult *described = NULL;
    struct parameters parameters;
    TRY(prepare(session, statement, error, &described));
    TRY(bind_values(described, statement, values, count, error, &parameters));
    if (session->queued == 0 && PQenterPipelineMode(session->connection) != 1)
        return postgres_failure(session, NULL, statement->name, error);
    session->queued++;
    if (PQsendQueryPrepared(session->connection, name_of(statement).text, (int)count, parameters.values,
                            parameters.lengths, parameters.formats, FORMAT_TEXT) != 1)
        return postgres_failure(session, NULL, statement->name, error);
    return session->queued < QUEUED_MAXIMUM ? OK : postgres_drain(session, error);
}

enum error_code postgres_execute_text(struct store_session *base, const char *sql, struct error *error)
{
    struct postgres_session *session = of_postgres(base);
    TRY(postgres_drain(session, error));
    CLEANUP(postgres_result_clear) PGresult *result = PQexec(session->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        return postgres_failure(session, result, "executing a text", error);
    return OK;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

enum error_code postgres_select(struct store_session *base, const struct statement *statement,
                                const struct store_value *values, size_t count, struct error *error,
                                struct store_cursor **ret_cursor, int *ret_columns)
{
    struct postgres_cursor *cursor = calloc(1, sizeof(*cursor));
    if (cursor == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %s", statement->name);
    enum error_code code = run(of_postgres(base), statement, values, count, error, &cursor->result);
    if (code != OK) {
        free(cursor);
        return code;
    }
    cursor->row = -1;
    *ret_cursor = &cursor->base;
    *ret_columns = PQnfields(cursor->result);
    return OK;
}

static void forget_row(struct postgres_cursor *cursor)
{
    for (int i = 0; i < STORE_COLUMNS_MAXIMUM; i++) {
        PQfreemem(cursor->bytes[i]);
        cursor->bytes[i] = NULL;
    }
}

enum error_code postgres_next(struct store_session *base, struct store_cursor *store_cursor,
                              struct error *error, bool *ret_row)
{
    (void)base;
    (void)error;
    struct postgres_cursor *cursor = (struct postgres_cursor *)store_cursor;
    forget_row(cursor);
    bool row = cursor->row + 1 < PQntuples(cursor->result);
    if (row)
        cursor->row++;
    *ret_row = row;
    return OK;
}

void postgres_cursor_end(struct store_session *base, struct store_cursor *store_cursor)
{
    (void)base;
    struct postgres_cursor *cursor = (struct postgres_cursor *)store_cursor;
    forget_row(cursor);
    PQclear(cursor->result);
    free(cursor);
}

/* Decoded when first asked for. Without memory it is the empty slice. */
static struct slice bytes_value(struct postgres_cursor *cursor, int column, const char *text)
{
    size_t length = 0;
    if (cursor->bytes[column] == NULL)
        cursor->bytes[column] = PQunescapeBytea((const unsigned char *)text, &length);
    else
        length = (strlen(text) - 2) / 2; /* "\x" and two digits a byte */
    return slice_from_bytes(cursor->bytes[column], cursor->bytes[column] == NULL ? 0 : length);
}

/* SUM of BIGINT is NUMERIC in PostgreSQL: an integer when it is written as one. */
static struct store_value number_value(struct slice text)
{
    struct store_value value = V_NULL;
    if (slice_to_integer(text, INT64_MIN, INT64_MAX, &value.integer))
        value.kind = STORE_INTEGER;
    else if (slice_to_real(text, &value.real))
        value.kind = STORE_REAL;
    return value;
}

void postgres_column(struct store_cursor *store_cursor, int column, struct store_value *ret_value)
{
    struct postgres_cursor *cursor = (struct postgres_cursor *)store_cursor;
    *ret_value = V_NULL;
    if (PQgetisnull(cursor->result, cursor->row, column))
        return;
    const char *data = PQgetvalue(cursor->result, cursor->row, column);
    struct slice text = slice_from_bytes(data, (size_t)PQgetlength(cursor->result, cursor->row, column));
    switch (PQftype(cursor->result, column)) {
    case TYPE_BOOL:
        *ret_value = V_INTEGER(data[0] == 't');
        return;
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
    case TYPE_NUMERIC:
        *ret_value = number_value(text);
        return;
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
        if (slice_to_real(text, &ret_value->real))
            ret_value->kind = STORE_REAL;
        return;
    case TYPE_BYTEA:
        *ret_value = V_BYTES(bytes_value(cursor, column, data));
        return;
    default:
        *ret_value = V_TEXT(text);
    }
}
