/* SQLite behind the store. */
#ifndef HECHT_STORE_SQLITE_SQLITE_INTERNAL_H
#define HECHT_STORE_SQLITE_SQLITE_INTERNAL_H

#include "store/store_internal.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>

/* One prepared statement and the rows it is giving. A session keeps one for each statement of the registry;
 * when that one is still giving rows, a temporary one is made. */
struct sqlite_cursor {
    struct store_cursor base;
    sqlite3_stmt *prepared;
    int places[STORE_PARAMETERS_MAXIMUM]; /* where SQLite, to which $1 is a name, put each parameter */
    size_t parameters;
    bool cached;
    bool busy;
    bool row_ahead; /* the first row was fetched by select, and next has not given it yet */
};

struct sqlite_session {
    struct store_session base;
    sqlite3 *database;
    const char *path;             /* of the store */
    struct sqlite_cursor **cache; /* by place in the registry; NULL until used */
};

/* One call of store_write: on the stack of its caller, who sleeps until it is done; or of store_write_later: by malloc,
 * freed by the writer. */
struct sqlite_job {
    store_write_function *fn;
    void *context;
    struct error *error;
    enum error_code code;
    sem_t finished;           /* of store_write */
    store_write_ended *ended; /* of store_write_later; else NULL */
    struct error own_error;   /* then error points here */
};

struct sqlite_store {
    struct store base;
    char *path; /* absolute */
    struct sqlite_session *writer;
    sqlite3_stmt *controls[6]; /* by enum control */

    pthread_t thread;
    bool started;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t work;
    struct sqlite_job **waiting;
    struct sqlite_job **running; /* the writer exchanges the two arrays */
    size_t waiting_count;
    size_t queue_maximum;
    bool stopping;
};

/* ---- sqlite_connection.c ------------------------------------------------------------------------------- */

/* Makes the file when it is missing, unless existing_only. ret_path: absolute, owned by the caller. */
enum error_code sqlite_file_ready(const char *path, bool existing_only, struct error *error,
                                  char **ret_path) MUST_CHECK;
enum error_code sqlite_session_new(struct store *store, const char *path, bool writable, struct error *error,
                                   struct sqlite_session **ret_session) MUST_CHECK;
void sqlite_session_free(struct sqlite_session *session);
enum error_code sqlite_use_wal(struct sqlite_session *session, struct error *error) MUST_CHECK;
/* Fills the error from what the connection says; what names the statement. */
enum error_code sqlite_failure(struct sqlite_session *session, const char *what, struct error *error);

/* ---- sqlite_statement.c -------------------------------------------------------------------------------- */

enum error_code sqlite_prepare(struct store_session *session, const struct statement *statement,
                               struct error *error) MUST_CHECK;
enum error_code sqlite_select(struct store_session *session, const struct statement *statement,
                              const struct store_value *values, size_t count, struct error *error,
                              struct store_cursor **ret_cursor, int *ret_columns) MUST_CHECK;
enum error_code sqlite_next(struct store_session *session, struct store_cursor *cursor, struct error *error,
                            bool *ret_row) MUST_CHECK;
void sqlite_cursor_end(struct store_session *session, struct store_cursor *cursor);
void sqlite_column(struct store_cursor *cursor, int column, struct store_value *ret_value);
enum error_code sqlite_execute(struct store_session *session, const struct statement *statement,
                               const struct store_value *values, size_t count, struct error *error,
                               int64_t *ret_changed) MUST_CHECK;
enum error_code sqlite_execute_text(struct store_session *session, const char *sql,
                                    struct error *error) MUST_CHECK;

/* ---- sqlite_writer.c ----------------------------------------------------------------------------------- */

enum error_code sqlite_write(struct store *store, store_write_function *fn, void *context,
                             struct error *error) MUST_CHECK;
enum error_code sqlite_write_later(struct store *store, store_write_function *fn, store_write_ended *ended,
                                   void *context, struct error *error) MUST_CHECK;
void *sqlite_writer_thread(void *store);
void sqlite_controls_free(struct sqlite_store *store);

#endif
