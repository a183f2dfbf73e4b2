#include "store/postgres/postgres_internal.h"

/* The oldest server that is still maintained at the time of the first release. */
enum { SERVER_VERSION_MINIMUM = 130000 };

static const char settings_all[] =
    "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET bytea_output = 'hex'; "
    "SET extra_float_digits = 1; SET synchronous_commit = on; "
    "SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_read_only = ";

void postgres_result_clear(PGresult **result)
{
    PQclear(*result);
}

/* ---- Errors -------------------------------------------------------------------------------------------- */

static bool is_class(const char *state, const char *start)
{
    return strncmp(state, start, strlen(start)) == 0;
}

bool postgres_is_lost(const struct postgres_session *session, const PGresult *result)
{
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return PQstatus(session->connection) != CONNECTION_OK ||
           (state != NULL && (is_class(state, "57P0") || is_class(state, "08")));
}

/* Only the primary message: the others (DETAIL: Key (address)=...) hold values, and those of class 22 (data
 * exceptions) do so too. */
static enum error_code failure_of_state(const char *state, const char *message, const char *what,
                                        struct error *error)
{
    if (strcmp(state, "23505") == 0)
        return FAIL(error, ERROR_CONFLICT, "store-unique", "%s: %s", what, message);
    if (is_class(state, "23"))
        return FAIL(error, ERROR_STORE, "store-constraint", "%s: %s", what, message);
    if (is_class(state, "22"))
        return FAIL(error, ERROR_STORE, "store-failed", "%s: a value does not fit (%s)", what, state);
    if (is_class(state, "42") || is_class(state, "0A"))
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s: %s (%s)", what, message, state);
    if (strcmp(state, "25006") == 0)
        return FAIL(error, ERROR_INTERNAL, "store-read-only", "%s outside store_write", what);
    if (strcmp(state, "55P03") == 0 || strcmp(state, "57014") == 0 || strcmp(state, "53300") == 0)
        return FAIL(error, ERROR_BUSY, "store-busy", "%s: %s (%s)", what, message, state);
    return FAIL(error, ERROR_STORE, "store-failed", "%s: %s (%s)", what, message, state);
}

enum error_code postgres_failure(struct postgres_session *session, const PGresult *result, const char *what,
                                 struct error *error)
{
    if (postgres_is_lost(session, result)) {
        session->lost = true;
        session->base.retry = session->base.writing; /* nothing was committed yet */
        return FAIL(error, ERROR_STORE, "store-failed", "%s: the connection to PostgreSQL was lost", what);
    }
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (state == NULL || message == NULL)
        return FAIL(error, ERROR_STORE, "store-failed", "%s: libpq failed, perhaps without memory", what);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) {
        session->base.retry = true;
        return FAIL(error, ERROR_RETRY, "store-retry", "%s: %s", what, message);
    }
    return failure_of_state(state, message, what, error);
}

static enum error_code connection_failure(const PGconn *connection, struct error *error)
{
    struct slice message = slice_trim(slice_from_text(PQerrorMessage(connection)));
    return FAIL(error, ERROR_STORE, "store-open", "PostgreSQL: %.*s", SLICE_ARG(message));
}

/* ---- Connecting ---------------------------------------------------------------------------------------- */

static void drop_notice(void *unused, const char *message)
{
    (void)unused;
    (void)message;
}

static enum error_code configure(struct postgres_session *session, struct error *error)
{
    if (PQstatus(session->connection) != CONNECTION_OK)
        return connection_failure(session->connection, error);
    if (PQserverVersion(session->connection) < SERVER_VERSION_MINIMUM)
        return FAIL(error, ERROR_VERSION, "store-server", "PostgreSQL %d is too old, 13 is needed",
                    PQserverVersion(session->connection) / 10000);
    char settings[sizeof(settings_all) + 4];
    snprintf(settings, sizeof(settings), "%s%s", settings_all, session->writable ? "off" : "on");
    return postgres_execute_text(&session->base, settings, error);
}

static void forget_prepared(struct postgres_session *session)
{
    for (size_t i = 0; i < store_statement_count(); i++) {
        PQclear(session->prepared[i]);
        session->prepared[i] = NULL;
    }
}

enum error_code postgres_reconnect(struct postgres_session *session, struct error *error)
{
    session->queued = 0;
    forget_prepared(session);
    PQreset(session->connection);
    session->lost = false;
    return configure(session, error);
}

static enum error_code connect(struct postgres_session *session, const char *url, struct error *error)
{
    size_t statements = store_statement_count();
    session->prepared = calloc(statements == 0 ? 1 : statements, sizeof(PGresult *));
    if (session->prepared == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
    /* What comes before the address is a default that the address may change. */
    const char *const names[] = {"connect_timeout", "fallback_application_name", "dbname", NULL};
    const char *const values[] = {"10", "hecht", url, NULL};
    session->connection = PQconnectdbParams(names, values, 1);
    if (session->connection == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
    PQsetNoticeProcessor(session->connection, drop_notice, NULL);
    return configure(session, error);
}

enum error_code postgres_session_new(struct postgres_store *store, bool writable, struct error *error,
                                     struct postgres_session **ret_session)
{
    struct postgres_session *session = calloc(1, sizeof(*session));
    if (session == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
    session->base.store = &store->base;
    session->writable = writable;
    enum error_code code = connect(session, store->url, error);
    if (code != OK) {
        postgres_session_free(session);
        return code;
    }
    *ret_session = session;
    return OK;
}

void postgres_session_free(struct postgres_session *session)
{
    if (session->prepared != NULL)
        forget_prepared(session);
    free(session->prepared);
    PQfinish(session->connection);
    free(session);
}

/* ---- The database -------------------------------------------------------------------------------------- */

static bool orders_by_bytes(const char *collation)
{
    return strcmp(collation, "C") == 0 || strcmp(collation, "POSIX") == 0 ||
           strcmp(collation, "C.UTF-8") == 0 || strcmp(collation, "C.utf8") == 0;
}

enum error_code postgres_check_database(struct postgres_session *session, struct error *error)
{
    CLEANUP(postgres_result_clear)
    PGresult *result = PQexec(session->connection, "SELECT pg_encoding_to_char(encoding), datcollate "
                                                   "FROM pg_database WHERE datname = current_database()");
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        return postgres_failure(session, result, "looking at the database", error);
    if (strcmp(PQgetvalue(result, 0, 0), "UTF8") != 0 || !orders_by_bytes(PQgetvalue(result, 0, 1)))
        return FAIL(
            error, ERROR_INPUT, "store-collation",
            "the PostgreSQL database has encoding %s and collation %s; make it with CREATE DATABASE ... "
            "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
            PQgetvalue(result, 0, 0), PQgetvalue(result, 0, 1));
    return OK;
}
