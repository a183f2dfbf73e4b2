#include "store/postgres/postgres_internal.h"

/* Serialisation failures are normal: of those who collide, one always gets through. */
enum { ATTEMPTS_MAXIMUM = 40, PAUSE_MAXIMUM_MILLISECONDS = 64 };

/* ---- The pool of writing connections ------------------------------------------------------------------- */

static void pool_give(struct postgres_store *store, struct postgres_session *session)
{
    pthread_mutex_lock(&store->mutex);
    session->next_idle = store->idle;
    store->idle = session;
    pthread_cond_signal(&store->returned);
    pthread_mutex_unlock(&store->mutex);
}

/* Waits for a connection. *ret_session is NULL when the caller is to make a new one. */
static bool pool_wait(struct postgres_store *store, struct postgres_session **ret_session)
{
    pthread_mutex_lock(&store->mutex);
    bool room = store->waiting < store->queue_maximum;
    if (room) {
        store->waiting++;
        while (store->idle == NULL && store->connections == POOL_MAXIMUM)
            pthread_cond_wait(&store->returned, &store->mutex);
        store->waiting--;
        *ret_session = store->idle;
        if (store->idle != NULL)
            store->idle = store->idle->next_idle;
        else
            store->connections++;
    }
    pthread_mutex_unlock(&store->mutex);
    return room;
}

static void pool_forget(struct postgres_store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->connections--;
    pthread_cond_signal(&store->returned);
    pthread_mutex_unlock(&store->mutex);
}

static enum error_code pool_take(struct postgres_store *store, struct error *error,
                                 struct postgres_session **ret_session)
{
    struct postgres_session *session = NULL;
    if (!pool_wait(store, &session))
        return FAIL(error, ERROR_BUSY, "store-busy", "%zu writes are waiting already", store->queue_maximum);
    if (session == NULL) {
        enum error_code code = postgres_session_new(store, true, error, &session);
        if (code != OK) {
            pool_forget(store);
            return code;
        }
    }
    *ret_session = session;
    return OK;
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

/* An idle connection may have been lost, or left in an unknown state by a lost one. */
static enum error_code begin(struct postgres_session *session, struct error *error)
{
    static const char text[] = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE";
    bool usable = !session->lost && PQtransactionStatus(session->connection) == PQTRANS_IDLE;
    if (usable && postgres_execute_text(&session->base, text, error) == OK)
        return OK;
    TRY(postgres_reconnect(session, error));
    return postgres_execute_text(&session->base, text, error);
}

static enum error_code commit(struct postgres_session *session, struct error *error)
{
    CLEANUP(postgres_result_clear) PGresult *result = PQexec(session->connection, "COMMIT");
    if (PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0)
        return OK;
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return FAIL(error, ERROR_INTERNAL, "store-error-ignored",
                    "PostgreSQL rolled a failed transaction back");
    enum error_code code = postgres_failure(session, result, "COMMIT", error);
    if (session->lost)
        return FAIL(error, code, "store-failed",
                    "the connection to PostgreSQL was lost during a commit: the "
                    "change may have been made or not");
    return code;
}

static enum error_code attempt(struct postgres_session *session, store_write_function *fn, void *context,
                               struct error *error)
{
    session->base.retry = false;
    TRY(begin(session, error));
    enum error_code code = store_run_unit(&session->base, fn, context, error);
    enum error_code drained = postgres_drain(session, code == OK ? error : NULL);
    if (code == OK)
        code = drained;
    if (code == OK)
        code = commit(session, error);
    if (code != OK && !session->lost) {
        enum error_code ignored = postgres_execute_text(&session->base, "ROLLBACK", NULL);
        (void)ignored; /* begin looks whether the connection is fit for use */
    }
    return session->base.retry ? ERROR_RETRY : code;
}

/* A random time, so that those who collided do not collide again. */
static void pause_before(int attempt_number)
{
    int64_t longest = attempt_number < 6 ? (int64_t)1 << attempt_number : PAUSE_MAXIMUM_MILLISECONDS;
    uint64_t microseconds = random_integer(random_system(), (uint64_t)longest * 1000);
    struct timespec time = {.tv_sec = 0, .tv_nsec = (long)microseconds * 1000};
    nanosleep(&time, NULL);
}

static enum error_code write_unit(struct store *base, store_write_function *fn, void *context,
                                  struct error *error)
{
    struct postgres_store *store = (struct postgres_store *)base;
    struct postgres_session *session = NULL;
    TRY(pool_take(store, error, &session));
    enum error_code code = attempt(session, fn, context, error);
    for (int i = 1; code == ERROR_RETRY && i < ATTEMPTS_MAXIMUM; i++) {
        pause_before(i);
        code = attempt(session, fn, context, error);
    }
    pool_give(store, session);
    if (code == ERROR_RETRY)
        return FAIL(error, ERROR_BUSY, "store-busy", "a write collided with others %d times",
                    ATTEMPTS_MAXIMUM);
    return code;
}

/* ---- Opening ------------------------------------------------------------------------------------------- */

static enum error_code session_open(struct store *base, struct error *error,
                                    struct store_session **ret_session)
{
    struct postgres_session *session = NULL;
    TRY(postgres_session_new((struct postgres_store *)base, false, error, &session));
    *ret_session = &session->base;
    return OK;
}

static void session_close(struct store_session *session)
{
    postgres_session_free((struct postgres_session *)session);
}

static enum error_code nothing_to_do(struct store *base, struct error *error)
{
    (void)base;
    (void)error;
    return OK;
}

/* On a connection of its own, so that no write waits for one. Index entries go too, however few they are. */
static enum error_code vacuum(struct store *base, const char *tables, struct error *error)
{
    char text[1024];
    struct postgres_session *session = NULL;
    int length = snprintf(text, sizeof text, "VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) %s", tables);
    if (length < 0 || (size_t)length >= sizeof text)
        return FAIL(error, ERROR_INTERNAL, "store-vacuum", "too many tables to vacuum");
    TRY(postgres_session_new((struct postgres_store *)base, true, error, &session));
    enum error_code code = postgres_execute_text(&session->base, text, error);
    postgres_session_free(session);
    return code;
}

static void store_free(struct store *base)
{
    struct postgres_store *store = (struct postgres_store *)base;
    while (store->idle != NULL) {
        struct postgres_session *session = store->idle;
        store->idle = session->next_idle;
        postgres_session_free(session);
    }
    pthread_mutex_destroy(&store->mutex);
    pthread_cond_destroy(&store->returned);
    free(store->url);
    free(store);
}

/* The lock keeps two programs from migrating at once; READ COMMITTED lets the one that waited see what the
 * other did. The number is "hecht" in ASCII. */
static const struct engine_functions functions = {
    .engine = STORE_POSTGRES,
    .start = nothing_to_do,
    .migration_begin = "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(448377612404)",
    .session_open = session_open,
    .session_close = session_close,
    .prepare = postgres_prepare,
    .select = postgres_select,
    .next = postgres_next,
    .cursor_end = postgres_cursor_end,
    .column = postgres_column,
    .execute = postgres_execute,
    .execute_later = postgres_execute_later,
    .execute_text = postgres_execute_text,
    .write = write_unit,
    .checkpoint = nothing_to_do,
    .vacuum = vacuum,
    .close = store_free,
};

/* libpq's own message about a wrong address may repeat its password. */
static enum error_code check_url(const char *url, struct error *error)
{
    PQconninfoOption *parsed = PQconninfoParse(url, NULL);
    if (parsed == NULL)
        return FAIL(error, ERROR_INPUT, "store-address", "the address is not a valid postgresql:// address");
    PQconninfoFree(parsed);
    return OK;
}

static enum error_code open_url(struct postgres_store *store, const char *url, struct error *error)
{
    TRY(check_url(url, error));
    store->url = strdup(url);
    if (store->url == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a store");
    TRY(postgres_session_new(store, true, error, &store->idle));
    store->connections = 1;
    return postgres_check_database(store->idle, error);
}

enum error_code postgres_store_open(const char *url, const struct store_options *options, struct error *error,
                                    struct store **ret_store, struct store_session **ret_session)
{
    TRY(libpq_load(error));
    struct postgres_store *store = calloc(1, sizeof(*store));
    if (store == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a store");
    store->base.functions = &functions;
    store->queue_maximum =
        options->writer_queue_maximum > 0 ? (size_t)options->writer_queue_maximum : WRITER_QUEUE_DEFAULT;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->returned, NULL);
    enum error_code code = open_url(store, url, error);
    if (code != OK) {
        store_free(&store->base);
        return code;
    }
    *ret_store = &store->base;
    *ret_session = &store->idle->base;
    return OK;
}
