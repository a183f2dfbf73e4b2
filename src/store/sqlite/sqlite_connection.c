#include "store/sqlite/sqlite_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_WRITER_MILLISECONDS = 10000, BUSY_READER_MILLISECONDS = 5000 };

/* LIKE and quoted names as in PostgreSQL; no temporary files, which would outlive what is deleted here. */
static const char settings_all[] = "PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY; "
                                   "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON";

/* The checkpoint comes after 4000 pages (16 MB): rare enough not to slow a burst of answers down. */
static const char settings_writer[] =
    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
    "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864";
static const char settings_reader[] = "PRAGMA query_only = ON";

static enum error_code open_failure(const char *path, struct error *error)
{
    enum error_code code = errno == ENOENT ? ERROR_NOT_FOUND : ERROR_STORE;
    return FAIL(error, code, "store-open", "cannot open the database %s: %m", path);
}

static enum error_code check_file(const char *path, struct error *error)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return open_failure(path, error);
    if (!S_ISREG(status.st_mode))
        return FAIL(error, ERROR_STORE, "store-open", "cannot open the database %s: not a file", path);
    if ((status.st_mode & 0777) != 0600 && chmod(path, 0600) != 0)
        return open_failure(path, error);
    return OK;
}

/* SQLite gives -wal and -shm the mode of the file. An existing file is not opened here: closing it again
 * would drop the locks that another store of this process may have on it. */
enum error_code sqlite_file_ready(const char *path, bool existing_only, struct error *error, char **ret_path)
{
    if (!existing_only) {
        int descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0 && errno != EEXIST)
            return open_failure(path, error);
        if (descriptor >= 0)
            close(descriptor);
    }
    TRY(check_file(path, error));
    char *absolute = realpath(path, NULL);
    if (absolute == NULL)
        return open_failure(path, error);
    *ret_path = absolute;
    return OK;
}

enum error_code sqlite_failure(struct sqlite_session *session, const char *what, struct error *error)
{
    int extended = sqlite3_extended_errcode(session->database);
    const char *message = sqlite3_errmsg(session->database);
    if (extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY)
        return FAIL(error, ERROR_CONFLICT, "store-unique", "%s: %s", what, message);
    switch (extended & 0xFF) {
    case SQLITE_CONSTRAINT:
        return FAIL(error, ERROR_STORE, "store-constraint", "%s: %s", what, message);
    case SQLITE_ERROR:
        return FAIL(error, ERROR_INTERNAL, "store-statement", "%s: %s", what, message);
    case SQLITE_NOMEM:
        return FAIL(error, ERROR_MEMORY, "memory", "%s: %s", what, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FAIL(error, ERROR_BUSY, "store-busy", "%s: %s: %s", what, session->path, message);
    case SQLITE_READONLY:
        /* Its other kinds are about the file or its folder. */
        if (!session->base.writing && extended == SQLITE_READONLY)
            return FAIL(error, ERROR_INTERNAL, "store-read-only", "%s outside store_write", what);
    }
    return FAIL(error, ERROR_STORE, "store-failed", "%s: %s: %s", what, session->path, message);
}

static enum error_code configure(struct sqlite_session *session, bool writable, struct error *error)
{
    sqlite3 *database = session->database;
    sqlite3_extended_result_codes(database, 1);
    sqlite3_busy_timeout(database, writable ? BUSY_WRITER_MILLISECONDS : BUSY_READER_MILLISECONDS);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    /* Plans may not depend on bound values: otherwise statements that compare one with the condition of a
     * partial index are prepared anew at each use. */
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    TRY(sqlite_execute_text(&session->base, settings_all, error));
    return sqlite_execute_text(&session->base, writable ? settings_writer : settings_reader, error);
}

static enum error_code connect(struct sqlite_session *session, bool writable, struct error *error)
{
    int flags = SQLITE_OPEN_NOMUTEX | (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
    size_t statements = store_statement_count();
    session->cache = calloc(statements == 0 ? 1 : statements, sizeof(struct sqlite_cursor *));
    if (session->cache == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
    if (sqlite3_open_v2(session->path, &session->database, flags, NULL) != SQLITE_OK) {
        if (session->database == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
        return FAIL(error, ERROR_STORE, "store-open", "cannot open the database %s: %s", session->path,
                    sqlite3_errmsg(session->database));
    }
    if (writable && sqlite3_db_readonly(session->database, "main") == 1)
        return FAIL(error, ERROR_STORE, "store-open", "the database %s may not be written", session->path);
    return configure(session, writable, error);
}

enum error_code sqlite_session_new(struct store *store, const char *path, bool writable, struct error *error,
                                   struct sqlite_session **ret_session)
{
    struct sqlite_session *session = calloc(1, sizeof(*session));
    if (session == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a database session");
    session->base.store = store;
    session->path = path;
    enum error_code code = connect(session, writable, error);
    if (code != OK) {
        sqlite_session_free(session);
        return code;
    }
    *ret_session = session;
    return OK;
}

void sqlite_session_free(struct sqlite_session *session)
{
    if (session == NULL)
        return;
    for (size_t i = 0; session->cache != NULL && i < store_statement_count(); i++) {
        if (session->cache[i] != NULL)
            sqlite3_finalize(session->cache[i]->prepared);
        free(session->cache[i]);
    }
    free(session->cache);
    sqlite3_close(session->database);
    free(session);
}

static int keep_first_letter(void *letter, int columns, char **values, char **names)
{
    (void)names;
    if (columns == 1 && values[0] != NULL)
        *(char *)letter = values[0][0];
    return 0;
}

/* SQLite answers with the mode that it got: on a file system without shared memory not "wal". */
enum error_code sqlite_use_wal(struct sqlite_session *session, struct error *error)
{
    char mode = 0;
    if (sqlite3_exec(session->database, "PRAGMA journal_mode = WAL", keep_first_letter, &mode, NULL) !=
        SQLITE_OK)
        return sqlite_failure(session, "journal_mode", error);
    if (mode != 'w')
        return FAIL(error, ERROR_STORE, "store-failed", "%s: no write-ahead log is possible in this folder",
                    session->path);
    return OK;
}
