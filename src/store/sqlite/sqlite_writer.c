/* The one thread that writes. It takes everything that waits, runs it in one transaction with a savepoint for
 * each job, and tells the callers after the commit: one wait for the disk for all of them. */
#include "store/sqlite/sqlite_internal.h"

#include <time.h>

enum { GATHER_NANOSECONDS = 500000 };
enum control { BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO };

static const char *const control_texts[] = {
    [BEGIN] = "BEGIN IMMEDIATE", [COMMIT] = "COMMIT",     [ROLLBACK] = "ROLLBACK",
    [SAVEPOINT] = "SAVEPOINT u", [RELEASE] = "RELEASE u", [ROLLBACK_TO] = "ROLLBACK TO u",
};

_Static_assert(COUNT_OF(control_texts) == COUNT_OF(((struct sqlite_store *)0)->controls), "one place each");

void sqlite_controls_free(struct sqlite_store *store)
{
    for (size_t i = 0; i < COUNT_OF(store->controls); i++)
        sqlite3_finalize(store->controls[i]);
}

/* Prepared on first use. The result code of SQLite, because the writer decides by it. */
static int control(struct sqlite_store *store, enum control which)
{
    sqlite3_stmt **prepared = &store->controls[which];
    if (*prepared == NULL) {
        int result = sqlite3_prepare_v3(store->writer->database, control_texts[which], -1,
                                        SQLITE_PREPARE_PERSISTENT, prepared, NULL);
        if (result != SQLITE_OK)
            return result;
    }
    int result = sqlite3_step(*prepared);
    sqlite3_reset(*prepared);
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

/* Runs one job in its savepoint. When it fails, its changes are gone; when they cannot be undone alone, the
 * whole transaction is gone, which the caller sees. */
static void run_job(struct sqlite_store *store, struct sqlite_job *job)
{
    if (control(store, SAVEPOINT) != SQLITE_OK) {
        job->code = sqlite_failure(store->writer, "SAVEPOINT", job->error);
        return;
    }
    job->code = store_run_unit(&store->writer->base, job->fn, job->context, job->error);
    if (sqlite3_get_autocommit(store->writer->database))
        return;
    bool undone = job->code == OK || control(store, ROLLBACK_TO) == SQLITE_OK;
    if (!undone || control(store, RELEASE) != SQLITE_OK)
        (void)control(store, ROLLBACK);
}

/* OK after a durable commit of the jobs whose code is OK. Otherwise nothing of any job is there. */
static int run_transaction(struct sqlite_store *store, struct sqlite_job **jobs, size_t count)
{
    int result = control(store, BEGIN);
    for (size_t i = 0; i < count && result == SQLITE_OK; i++) {
        run_job(store, jobs[i]);
        if (sqlite3_get_autocommit(store->writer->database))
            result = SQLITE_ABORT;
    }
    return result == SQLITE_OK ? control(store, COMMIT) : result;
}

static void fail_jobs(struct sqlite_store *store, struct sqlite_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (jobs[i]->code == OK)
            jobs[i]->code = sqlite_failure(store->writer, "the transaction", jobs[i]->error);
}

/* When the transaction as a whole is lost (the disk is full for one of the jobs, a deferred foreign key of
 * one does not hold), each job is tried alone. Not after an I/O error of the commit: what is on the disk is
 * not known then, and trying again could hide it. */
static void run_batch(struct sqlite_store *store, struct sqlite_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        jobs[i]->code = OK;
    int result = run_transaction(store, jobs, count);
    if (result == SQLITE_OK)
        return;
    bool alone = count > 1 && (result & 0xFF) != SQLITE_IOERR && (result & 0xFF) != SQLITE_BUSY;
    if (!alone)
        fail_jobs(store, jobs, count);
    if (!sqlite3_get_autocommit(store->writer->database))
        (void)control(store, ROLLBACK);
    for (size_t i = 0; alone && i < count; i++)
        run_batch(store, &jobs[i], 1);
}

/* The order in the file must not tell the order of arrival: answers arrive in an order that is known. */
static void shuffle(struct sqlite_job **jobs, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)random_integer(random_system(), i);
        struct sqlite_job *job = jobs[i - 1];
        jobs[i - 1] = jobs[other];
        jobs[other] = job;
    }
}

/* When many write at once, a moment's wait gathers more of them behind one flush of the disk. One who writes alone
 * never waits. */
static void gather(size_t last)
{
    struct timespec pause = {.tv_nsec = GATHER_NANOSECONDS};
    if (last > 1)
        nanosleep(&pause, NULL);
}

/* Waits for work. 0 when the store closes and nothing is left. */
static size_t take_jobs(struct sqlite_store *store)
{
    pthread_mutex_lock(&store->mutex);
    while (store->waiting_count == 0 && !store->stopping)
        pthread_cond_wait(&store->work, &store->mutex);
    struct sqlite_job **jobs = store->waiting;
    store->waiting = store->running;
    store->running = jobs;
    size_t count = store->waiting_count;
    store->waiting_count = 0;
    pthread_mutex_unlock(&store->mutex);
    return count;
}

/* A job may vanish from the stack of its caller as soon as it is told. */
static void give_results(struct sqlite_job **jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sqlite_job *job = jobs[i];
        if (job->ended == NULL) {
            sem_post(&job->finished);
            continue;
        }
        job->ended(job->context, job->code, job->error);
        free(job);
    }
}

void *sqlite_writer_thread(void *argument)
{
    struct sqlite_store *store = argument;
    size_t count = 0;
    for (;;) {
        gather(count);
        count = take_jobs(store);
        if (count == 0)
            return NULL;
        shuffle(store->running, count);
        run_batch(store, store->running, count);
        give_results(store->running, count);
    }
}

static enum error_code queue_job(struct sqlite_store *store, struct sqlite_job *job, struct error *error)
{
    pthread_mutex_lock(&store->mutex);
    bool room = store->waiting_count < store->queue_maximum && !store->stopping;
    if (room) {
        store->waiting[store->waiting_count++] = job;
        if (store->waiting_count == 1) /* the writer looks again before it sleeps */
            pthread_cond_signal(&store->work);
    }
    pthread_mutex_unlock(&store->mutex);
    if (!room)
        return FAIL(error, ERROR_BUSY, "store-busy", "%zu writes are waiting already", store->queue_maximum);
    return OK;
}

enum error_code sqlite_write(struct store *base, store_write_function *fn, void *context, struct error *error)
{
    struct sqlite_store *store = (struct sqlite_store *)base;
    struct sqlite_job job = {.fn = fn, .context = context, .error = error};
    sem_init(&job.finished, 0, 0);
    enum error_code code = queue_job(store, &job, error);
    while (code == OK && sem_wait(&job.finished) != 0)
        continue; /* a signal came between */
    sem_destroy(&job.finished);
    return code == OK ? job.code : code;
}

enum error_code sqlite_write_later(struct store *base, store_write_function *fn, store_write_ended *ended,
                                   void *context, struct error *error)
{
    struct sqlite_job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a write");
    *job = (struct sqlite_job){.fn = fn, .context = context, .error = &job->own_error, .ended = ended};
    enum error_code code = queue_job((struct sqlite_store *)base, job, error);
    if (code != OK)
        free(job);
    return code;
}
