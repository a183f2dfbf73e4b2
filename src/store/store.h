/* The only way to the database. One SQL text serves SQLite (a file, the default) and PostgreSQL (libpq).
 *
 * SQL rules (docs/architecture.md has the reasons): parameters are $1, $2, ... only; types BIGINT, TEXT,
 * BYTEA, DOUBLE PRECISION; ON CONFLICT, RETURNING; cast parameters whose type PostgreSQL cannot infer
 * (CAST($1 AS BIGINT)); no engine functions; ORDER BY whenever order matters. Comparisons and SUM of BIGINT
 * may be read as integers; divide and average only what was cast to DOUBLE PRECISION (7 / 2 is 3).
 *
 * Threads: a `struct store` may be used by all threads. A `struct store_session` belongs to one thread at a
 * time. Reads see committed data. */
#ifndef HECHT_STORE_STORE_H
#define HECHT_STORE_STORE_H

#include "base/base.h"

struct store;
struct store_session;

enum store_engine { STORE_SQLITE = 1, STORE_POSTGRES };

/* ---- Statements ---------------------------------------------------------------------------------------- */

/* SQL is declared, never formatted. Each statement registers itself in a linker section, so that each session
 * prepares it once (the place in the section is its index in the cache) and a test prepares all on both
 * engines. Use at file scope:  STATEMENT(TEAM_BY_ID, "SELECT name FROM team WHERE org_id = $1 AND id = $2");
 */
struct statement {
    const char *sql;
    const char *name;
    const struct statement *const *slot; /* its place in the registry */
};

#define STATEMENT(identifier, text)                                                                          \
    static const struct statement identifier;                                                                \
    static const struct statement *const identifier##_slot                                                   \
        __attribute__((section("hecht_statements"), used)) = &identifier;                                    \
    static const struct statement identifier = {text, #identifier, &identifier##_slot}

/* All statements of the program: [begin, end). */
const struct statement *const *store_statements_begin(void);
const struct statement *const *store_statements_end(void);

/* ---- Values -------------------------------------------------------------------------------------------- */

enum store_kind { STORE_NULL = 1, STORE_INTEGER, STORE_REAL, STORE_TEXT, STORE_BYTES };

struct store_value {
    enum store_kind kind;
    int64_t integer;
    double real;
    struct slice bytes; /* TEXT (valid UTF-8 without NUL) or BYTES; must live until the call returns */
};

#define V_INTEGER(value) ((struct store_value){.kind = STORE_INTEGER, .integer = (value)})
#define V_REAL(value) ((struct store_value){.kind = STORE_REAL, .real = (value)})
#define V_TEXT(slice_value) ((struct store_value){.kind = STORE_TEXT, .bytes = (slice_value)})
#define V_BYTES(slice_value) ((struct store_value){.kind = STORE_BYTES, .bytes = (slice_value)})
#define V_NULL ((struct store_value){.kind = STORE_NULL})
/* The parameter list of a call: PARAMETERS(V_INTEGER(org), V_TEXT(name)); NO_PARAMETERS for none. */
#define PARAMETERS(...)                                                                                      \
    (const struct store_value[]){__VA_ARGS__},                                                               \
        sizeof((const struct store_value[]){__VA_ARGS__}) / sizeof(struct store_value)
#define NO_PARAMETERS NULL, 0
enum { STORE_PARAMETERS_MAXIMUM = 40, STORE_COLUMNS_MAXIMUM = 40 };

/* ---- Opening ------------------------------------------------------------------------------------------- */

struct store_options {
    int writer_queue_maximum; /* SQLite: more waiting writes than this answer ERROR_BUSY; 0 = 4096 */
    bool existing_only;       /* ERROR_NOT_FOUND instead of making a new SQLite file */
};

/* address: a file path, or postgres://... / postgresql://...  A new database gets all migrations, an older
 * one the missing ones (one transaction each); ERROR_VERSION when it was made by a newer program or a
 * migration's checksum differs. SQLite: WAL, synchronous=FULL, foreign_keys, secure_delete, mode 0600. */
enum error_code store_open(const char *address, const struct store_options *options, struct error *error,
                           struct store **ret_store) MUST_CHECK;
struct store *
store_close(struct store *store); /* waits for the writer; all sessions must be closed; takes NULL */
enum store_engine store_engine(const struct store *store);

enum error_code store_session_open(struct store *store, struct error *error,
                                   struct store_session **ret_session) MUST_CHECK;
struct store_session *store_session_close(struct store_session *session); /* takes NULL */

/* ---- Reading and changing ------------------------------------------------------------------------------ */

/* Rows of one SELECT or ... RETURNING. Column values stay valid until the next store_next or store_rows_end.
 */
struct store_rows {
    struct store_session *session; /* NULL when not open; then store_rows_end does nothing */
    void *engine_rows;
    int64_t row;
    int columns;
    enum error_code failure; /* of a step; reported by store_rows_end */
    struct error *error;
};

enum error_code store_select(struct store_session *session, const struct statement *statement,
                             const struct store_value *values, size_t count, struct error *error,
                             struct store_rows *ret_rows) MUST_CHECK;
bool store_next(struct store_rows *rows); /* false at the end and on failure */
/* Ends the reading and tells whether it went well. Must be called when store_select succeeded; a second call
 * gives OK. Rows that were not read are dropped. */
enum error_code store_rows_end(struct store_rows *rows) MUST_CHECK;

bool store_column_is_null(const struct store_rows *rows, int column);    /* columns from 0 */
int64_t store_column_integer(const struct store_rows *rows, int column); /* 0 for NULL */
double store_column_real(const struct store_rows *rows, int column);
struct slice store_column_text(const struct store_rows *rows, int column);
struct slice store_column_bytes(const struct store_rows *rows, int column);
/* A copy that lives in the region. */
struct slice store_column_copy(const struct store_rows *rows, int column, struct region *region);

/* INSERT, UPDATE, DELETE. ret_changed (may be NULL) is the number of rows changed. A violated UNIQUE or
 * PRIMARY KEY gives ERROR_CONFLICT with reason "store-unique", other constraints ERROR_STORE with
 * "store-constraint". Allowed only inside store_write. To go on when the row is there already, do not wait
 * for the conflict: say INSERT ... ON CONFLICT DO NOTHING, look at ret_changed, then read the row. */
enum error_code store_execute(struct store_session *session, const struct statement *statement,
                              const struct store_value *values, size_t count, struct error *error,
                              int64_t *ret_changed) MUST_CHECK;

/* The same for a write of many rows, of which nobody needs to know how many they changed: may be sent together with those
 * that follow, so that a round trip is not paid for each. What it fails with may come from a later call of this write, its
 * commit included. */
enum error_code store_execute_later(struct store_session *session, const struct statement *statement,
                                    const struct store_value *values, size_t count,
                                    struct error *error) MUST_CHECK;

/* Inside a write and before anything else of it: until it ends no other write changes these tables ("issuance, sealed_answer";
 * a constant). For a long one, which would otherwise have to begin anew for ever while short ones go on. On SQLite there is
 * one writer anyway. */
enum error_code store_lock_tables(struct store_session *session, const char *tables,
                                  struct error *error) MUST_CHECK;

/* For statements that give at most one row with one integer; a second row is ERROR_INTERNAL, NULL counts as
 * 0. ret_found may be NULL: then no row is ERROR_NOT_FOUND with reason "store-no-row". */
enum error_code store_one_integer(struct store_session *session, const struct statement *statement,
                                  const struct store_value *values, size_t count, struct error *error,
                                  bool *ret_found, int64_t *ret_value) MUST_CHECK;

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* One unit of change: everything in it becomes durable together or not at all. May run more than once (it is
 * repeated after a serialisation failure), so it sets its results anew each time and does nothing else. After
 * a statement has failed, the unit is lost (PostgreSQL has ended its transaction): fn must return an error,
 * its own or that of the statement; OK then becomes ERROR_INTERNAL with reason "store-error-ignored", on both
 * engines. */
typedef enum error_code store_write_function(struct store_session *session, void *context,
                                             struct error *error);

/* Returns after the commit is durable. A failure of fn rolls back what it did. SQLite: runs on the writer
 * thread with everything else that waits in one transaction, a savepoint each. PostgreSQL: runs on a pooled
 * connection in a SERIALIZABLE transaction. Must not be called from inside fn. Errors of the engine: full
 * disk, lost connection = ERROR_STORE with reason "store-failed". */
enum error_code store_write(struct store *store, store_write_function *fn, void *context,
                            struct error *error) MUST_CHECK;

/* What became of a write, on another thread or inside store_write_later; short, and it writes nothing itself. */
typedef void store_write_ended(void *context, enum error_code code, const struct error *error);

/* As store_write, for those who do not wait: OK, and `ended` is called once the outcome is known, perhaps before this
 * returns; fn and ended get the same context. Any other code: neither will be called. SQLite: ended runs on the
 * writer thread. PostgreSQL: all of it runs before the return. Closing the store lets what waits come to its end. */
enum error_code store_write_later(struct store *store, store_write_function *fn, store_write_ended *ended,
                                  void *context, struct error *error) MUST_CHECK;

/* ---- Upkeep and tests ---------------------------------------------------------------------------------- */

/* Prepares every registered statement; the detail of the error names the first that fails. */
enum error_code store_prepare_all(struct store_session *session, struct error *error) MUST_CHECK;
/* SQLite: checkpoint and truncate the WAL. PostgreSQL: nothing. */
enum error_code store_checkpoint(struct store *store, struct error *error) MUST_CHECK;

/* PostgreSQL keeps what was deleted or changed as old versions of rows until a vacuum. */
enum { STORE_VACUUM_TIMES = 3 };
/* Inside a write that deletes what must not lie around: the next store_vacuum_due has work. */
void store_vacuum_want(struct store_session *session);
/* By one thread of a store, now and then: vacuums these tables ("person, team_role"; a constant) at the first call, which is after
 * other processes and crashes, and after every store_vacuum_want; then twice more, after a minute and after an hour, since a
 * transaction that is still reading keeps old versions. A failure is tried again after a minute. Waits for no lock, and nobody
 * waits for it. On SQLite there is nothing to do: it overwrites what it deletes. */
enum error_code store_vacuum_due(struct store *store, const char *tables, int64_t now,
                                 struct error *error) MUST_CHECK;
/* The same at once, for a command that ends. */
enum error_code store_vacuum(struct store *store, const char *tables, struct error *error) MUST_CHECK;
/* The number of the newest migration of this program. */
int64_t store_schema_version(void);

static inline void store_rows_cleanup(struct store_rows *rows)
{
    enum error_code ignored = store_rows_end(rows);
    (void)ignored; /* only reached when an earlier error is on its way */
}
#define STORE_ROWS(name) CLEANUP(store_rows_cleanup) struct store_rows name = {0}

static inline void store_session_cleanup(struct store_session **session)
{
    *session = store_session_close(*session);
}

#endif
