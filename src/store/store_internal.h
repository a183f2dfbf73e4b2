/* What the two engines share. For the files of src/store and tests/store only. */
#ifndef HECHT_STORE_STORE_INTERNAL_H
#define HECHT_STORE_STORE_INTERNAL_H

#include <stdatomic.h>

#include "store/store.h"

enum { WRITER_QUEUE_DEFAULT = 4096 };

/* ---- Migrations ---------------------------------------------------------------------------------------- */

struct migration {
    int64_t number; /* 1, 2, 3, ... without gaps */
    const char *name;
    const char *sql;
};

/* The migrations of this program, made by tools/migration_embedder.c from migrations/NNNN-name.sql. */
extern const struct migration store_migrations[];
extern const size_t store_migration_count;

/* store_open with other migrations than those of this program. */
enum error_code store_open_migrations(const char *address, const struct store_options *options,
                                      const struct migration *migrations, size_t count, struct error *error,
                                      struct store **ret_store) MUST_CHECK;

/* Brings the database behind a writing session up to date. */
enum error_code store_migrate(struct store_session *session, const struct migration *migrations, size_t count,
                              struct error *error) MUST_CHECK;

/* ---- Engines ------------------------------------------------------------------------------------------- */

/* Rows being read. Engines put their own state behind it. */
struct store_cursor {
    struct store_cursor *next; /* in store_session.cursors */
};

struct store_session {
    struct store *store;
    struct store_cursor *cursors; /* what is being read now */
    bool writing;                 /* inside a unit of change: store_execute is allowed */
    bool failed;                  /* a statement of this unit failed: it can only be rolled back */
    bool retry;                   /* the engine wants this unit repeated, whatever its function returns */
};

/* Sessions of an engine begin with a struct store_session. A failed function leaves no cursor behind. */
struct engine_functions {
    enum store_engine engine;
    enum error_code (*start)(struct store *store, struct error *error); /* after the migrations */
    const char *migration_begin; /* starts a transaction that no other migrating process can share */
    enum error_code (*session_open)(struct store *store, struct error *error,
                                    struct store_session **ret_session);
    void (*session_close)(struct store_session *session);
    enum error_code (*prepare)(struct store_session *session, const struct statement *statement,
                               struct error *error);
    enum error_code (*select)(struct store_session *session, const struct statement *statement,
                              const struct store_value *values, size_t count, struct error *error,
                              struct store_cursor **ret_cursor, int *ret_columns);
    enum error_code (*next)(struct store_session *session, struct store_cursor *cursor, struct error *error,
                            bool *ret_row);
    void (*cursor_end)(struct store_session *session, struct store_cursor *cursor);
    /* The value stays valid until the next row; column is in range. */
    void (*column)(struct store_cursor *cursor, int column, struct store_value *ret_value);
    enum error_code (*execute)(struct store_session *session, const struct statement *statement,
                               const struct store_value *values, size_t count, struct error *error,
                               int64_t *ret_changed);
    /* NULL: execute does it. */
    enum error_code (*execute_later)(struct store_session *session, const struct statement *statement,
                                     const struct store_value *values, size_t count, struct error *error);
    enum error_code (*execute_text)(struct store_session *session, const char *sql, struct error *error);
    enum error_code (*write)(struct store *store, store_write_function *fn, void *context,
                             struct error *error);
    /* NULL: write does it, and the caller waits. */
    enum error_code (*write_later)(struct store *store, store_write_function *fn, store_write_ended *ended,
                                   void *context, struct error *error);
    enum error_code (*checkpoint)(struct store *store, struct error *error);
    /* Outside of any transaction. NULL: there are no old versions of rows. */
    enum error_code (*vacuum)(struct store *store, const char *tables, struct error *error);
    void (*close)(struct store *store);
};

/* The stores of an engine begin with this. */
struct store {
    const struct engine_functions *functions;
    atomic_uint deletions; /* counts store_vacuum_want */
    /* Of store_vacuum_due alone. */
    struct {
        bool begun;
        unsigned deletions; /* when it last began */
        int left;           /* how many times it is still to be done */
        int64_t due;
    } vacuum;
};

/* Open the database; the session is the one to migrate with and belongs to the store. */
enum error_code sqlite_store_open(const char *path, const struct store_options *options, struct error *error,
                                  struct store **ret_store, struct store_session **ret_session) MUST_CHECK;
enum error_code postgres_store_open(const char *url, const struct store_options *options, struct error *error,
                                    struct store **ret_store, struct store_session **ret_session) MUST_CHECK;

/* Runs fn in the session and makes sure that a unit in which something failed is not committed: OK means that
 * the engine may commit. */
enum error_code store_run_unit(struct store_session *session, store_write_function *fn, void *context,
                               struct error *error) MUST_CHECK;
/* Ends all reading of a session. */
void store_drop_cursors(struct store_session *session);

size_t store_statement_count(void);
/* The place of a statement in the registry: 0 to store_statement_count() - 1. */
size_t store_statement_index(const struct statement *statement);

#endif
