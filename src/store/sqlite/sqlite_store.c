#include "store/sqlite/sqlite_internal.h"

#include <signal.h>

enum { CHECKPOINT_MILLISECONDS = 2000 };

static enum error_code session_open(struct store *base, struct error *error,
                                    struct store_session **ret_session)
{
    struct sqlite_session *session = NULL;
    TRY(sqlite_session_new(base, ((struct sqlite_store *)base)->path, false, error, &session));
    *ret_session = &session->base;
    return OK;
}

static void session_close(struct store_session *session)
{
    sqlite_session_free((struct sqlite_session *)session);
}

/* On a connection of its own and with a short patience: a reader that never ends makes this ERROR_BUSY, it
 * does not stop the writer. */
static enum error_code checkpoint(struct store *base, struct error *error)
{
    struct sqlite_session *session = NULL;
    TRY(sqlite_session_new(base, ((struct sqlite_store *)base)->path, true, error, &session));
    sqlite3_busy_timeout(session->database, CHECKPOINT_MILLISECONDS);
    int result = sqlite3_wal_checkpoint_v2(session->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    enum error_code code = result == SQLITE_OK ? OK : sqlite_failure(session, "checkpoint", error);
    sqlite_session_free(session);
    return code;
}

/* The writer takes no signals: they are for the thread that started it. */
static enum error_code start(struct store *base, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&store->thread, NULL, sqlite_writer_thread, store);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0)
        return FAIL(error, ERROR_STORE, "store-failed", "no thread for the writer of %s", store->path);
    store->started = true;
    return OK;
}

static void stop_writer(struct sqlite_store *store)
{
    pthread_mutex_lock(&store->mutex);
    store->stopping = true;
    pthread_cond_signal(&store->work);
    pthread_mutex_unlock(&store->mutex);
    pthread_join(store->thread, NULL);
}

static void store_free(struct store *base)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    if (store->started)
        stop_writer(store);
    sqlite_controls_free(store);
    sqlite_session_free(store->writer);
    pthread_mutex_destroy(&store->mutex);
    pthread_cond_destroy(&store->work);
    free(store->waiting);
    free(store->running);
    free(store->path);
    free(store);
}

static const struct engine_functions functions = {
    .engine = STORE_SQLITE,
    .start = start,
    .migration_begin = "BEGIN IMMEDIATE",
    .session_open = session_open,
    .session_close = session_close,
    .prepare = sqlite_prepare,
    .select = sqlite_select,
    .next = sqlite_next,
    .cursor_end = sqlite_cursor_end,
    .column = sqlite_column,
    .execute = sqlite_execute,
    .execute_text = sqlite_execute_text,
    .write = sqlite_write,
    .write_later = sqlite_write_later,
    .checkpoint = checkpoint,
    .close = store_free,
};

static enum error_code open_file(struct sqlite_store *store, const char *path,
                                 const struct store_options *options, struct error *error)
{
    store->queue_maximum =
        options->writer_queue_maximum > 0 ? (size_t)options->writer_queue_maximum : WRITER_QUEUE_DEFAULT;
    store->waiting = calloc(store->queue_maximum, sizeof(struct sqlite_job *));
    store->running = calloc(store->queue_maximum, sizeof(struct sqlite_job *));
    if (store->waiting == NULL || store->running == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu waiting writes", store->queue_maximum);
    TRY(sqlite_file_ready(path, options->existing_only, error, &store->path));
    TRY(sqlite_session_new(&store->base, store->path, true, error, &store->writer));
    return sqlite_use_wal(store->writer, error);
}

enum error_code sqlite_store_open(const char *path, const struct store_options *options, struct error *error,
                                  struct store **ret_store, struct store_session **ret_session)
{
    struct sqlite_store *store = calloc(1, sizeof(*store));
    if (store == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a store");
    store->base.functions = &functions;
    pthread_mutex_init(&store->mutex, NULL);
    pthread_cond_init(&store->work, NULL);
    enum error_code code = open_file(store, path, options, error);
    if (code != OK) {
        store_free(&store->base);
        return code;
    }
    *ret_store = &store->base;
    *ret_session = &store->writer->base;
    return OK;
}
