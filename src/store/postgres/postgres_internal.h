/* PostgreSQL behind the store, through libpq. */
#ifndef HECHT_STORE_POSTGRES_POSTGRES_INTERNAL_H
#define HECHT_STORE_POSTGRES_POSTGRES_INTERNAL_H

#include "store/postgres/libpq.h"
#include "store/store_internal.h"

#include <pthread.h>

/* The rows of one SELECT, all of them fetched. */
struct postgres_cursor {
    struct store_cursor base;
    PGresult *result;
    int row;                                     /* -1 before the first */
    unsigned char *bytes[STORE_COLUMNS_MAXIMUM]; /* decoded columns of this row; by PQunescapeBytea */
};

struct postgres_session {
    struct store_session base;
    PGconn *connection;
    PGresult **prepared; /* by place in the registry: what the server says about it; NULL until prepared */
    bool writable;
    size_t queued;                      /* statements sent whose results were not read; 0: no pipeline */
    bool lost;                          /* the connection is gone; postgres_reconnect makes a new one */
    struct postgres_session *next_idle; /* in the pool */
};

enum { POOL_MAXIMUM = 8 };

struct postgres_store {
    struct store base;
    char *url;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t returned;
    struct postgres_session *idle;
    int connections;
    size_t waiting;
    size_t queue_maximum;
};

/* ---- postgres_connection.c ----------------------------------------------------------------------------- */

enum error_code postgres_session_new(struct postgres_store *store, bool writable, struct error *error,
                                     struct postgres_session **ret_session) MUST_CHECK;
void postgres_session_free(struct postgres_session *session);
enum error_code postgres_reconnect(struct postgres_session *session, struct error *error) MUST_CHECK;
/* UTF-8 and an order by bytes, as SQLite has them. */
enum error_code postgres_check_database(struct postgres_session *session, struct error *error) MUST_CHECK;
/* Whether the connection is gone, as told by a failed result (which may be NULL). */
bool postgres_is_lost(const struct postgres_session *session, const PGresult *result);
/* Fills the error from a failed result; notes in the session when the unit of change is to be repeated. */
enum error_code postgres_failure(struct postgres_session *session, const PGresult *result, const char *what,
                                 struct error *error);
void postgres_result_clear(PGresult **result); /* for CLEANUP */

/* ---- postgres_statement.c ------------------------------------------------------------------------------ */

enum error_code postgres_prepare(struct store_session *session, const struct statement *statement,
                                 struct error *error) MUST_CHECK;
enum error_code postgres_select(struct store_session *session, const struct statement *statement,
                                const struct store_value *values, size_t count, struct error *error,
                                struct store_cursor **ret_cursor, int *ret_columns) MUST_CHECK;
enum error_code postgres_next(struct store_session *session, struct store_cursor *cursor, struct error *error,
                              bool *ret_row) MUST_CHECK;
void postgres_cursor_end(struct store_session *session, struct store_cursor *cursor);
void postgres_column(struct store_cursor *cursor, int column, struct store_value *ret_value);
enum error_code postgres_execute(struct store_session *session, const struct statement *statement,
                                 const struct store_value *values, size_t count, struct error *error,
                                 int64_t *ret_changed) MUST_CHECK;
enum error_code postgres_execute_later(struct store_session *session, const struct statement *statement,
                                       const struct store_value *values, size_t count,
                                       struct error *error) MUST_CHECK;
/* Reads what is still to come of postgres_execute_later; before anything else is sent. */
enum error_code postgres_drain(struct postgres_session *session, struct error *error) MUST_CHECK;
enum error_code postgres_execute_text(struct store_session *session, const char *sql,
                                      struct error *error) MUST_CHECK;

#endif
