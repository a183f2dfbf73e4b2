#include "job/job.h"

#include "job/vacuum.h"
#include "mail/mail.h"
#include "people/join.h"
#include "pulse/comment_kept.h"
#include "pulse/next_key.h"
#include "pulse/open_round.h"
#include "pulse/published.h"
#include "pulse/round.h"

#include <pthread.h>

struct job_runner {
    job_pass *pass;
    void *context;
    int period_seconds;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stop, woken;
};

enum { JOB_REGION_MAXIMUM = 256 << 20 };

static enum error_code run_org(struct application *application, int64_t org, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(JOB_REGION_MAXIMUM);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(round_close_due(application, org, region, error));
    TRY(round_open_due(application, org, region, error, NULL));
    return next_keys_prepare(application, org, region, error);
}

static enum error_code clean_up(struct store_session *session, void *context, struct error *error)
{
    const struct application *application = context;
    int64_t now = clock_seconds(application->clock);
    TRY(people_clean_up(session, now, error));
    TRY(join_clean_up(session, now, error));
    TRY(outbox_clean_up(session, now, error));
    TRY(comments_clean_up(session, now, error));
    return published_clean_up(session, now, error);
}

/* A round that opens soon needs a key a team; they are made while nobody waits. */
static enum error_code prepare_keys(struct application *application, struct store_session *session,
                                    const int64_t *orgs, size_t count, struct error *error)
{
    int64_t needed = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t own = 0;
        TRY(round_keys_ahead(session, orgs[i], clock_seconds(application->clock), error, &own));
        needed += own;
    }
    if (application->key_pool != NULL && needed > 0)
        blind_key_pool_prepare(application->key_pool, (size_t)needed);
    return OK;
}

static enum error_code run_all(struct application *application, struct error *error)
{
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    if (region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    int64_t *orgs;
    size_t count;
    {
        CLEANUP(store_session_cleanup) struct store_session *session = NULL;
        TRY(store_session_open(application->store, error, &session));
        bool superseded;
        TRY(installation_look_again(application, session, error, &superseded));
        if (superseded)
            log_line(
                "hecht: another process on this database has printed a newer claim link; the one printed "
                "here does not work any more");
        TRY(org_list(session, region, error, &orgs, &count));
        TRY(prepare_keys(application, session, orgs, count, error));
    }
    for (size_t i = 0; i < count; i++) {
        struct error own = {0};
        if (run_org(application, orgs[i], &own) != OK)
            log_error("a round could not be opened or closed; it is tried again", &own);
    }
    TRY(store_write(application->store, clean_up, application, error));
    return store_checkpoint(application->store, error);
}

static void vacuum(struct application *application)
{
    struct error error = {0};
    if (store_vacuum_due(application->store, VACUUM_TABLES, clock_seconds(application->clock), &error) != OK)
        log_error("old versions of deleted rows could not be thrown away; it is tried again", &error);
}

void job_run_once(struct application *application)
{
    struct error error = {0};
    open_rounds_forget(application); /* another process may have closed one; what is open is read again */
    if (run_all(application, &error) != OK)
        log_error("the work by the clock failed; it is tried again", &error);
    vacuum(application);
}

static bool wait_for_next(struct job_runner *runner)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += runner->period_seconds;
    pthread_mutex_lock(&runner->mutex);
    int waited = 0;
    while (!runner->stop && !runner->woken && waited == 0)
        waited = pthread_cond_timedwait(&runner->wake, &runner->mutex, &until);
    runner->woken = false;
    bool go_on = !runner->stop;
    pthread_mutex_unlock(&runner->mutex);
    return go_on;
}

static void *run(void *context)
{
    struct job_runner *runner = context;
    do
        runner->pass(runner->context);
    while (wait_for_next(runner));
    return NULL;
}

enum error_code job_start(job_pass *pass, void *context, int period_seconds, struct error *error,
                          struct job_runner **ret_runner)
{
    struct job_runner *runner = calloc(1, sizeof *runner);
    if (runner == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    runner->pass = pass;
    runner->context = context;
    runner->period_seconds = period_seconds;
    pthread_mutex_init(&runner->mutex, NULL);
    pthread_cond_init(&runner->wake, NULL);
    if (pthread_create(&runner->thread, NULL, run, runner) != 0) {
        free(runner);
        return FAIL(error, ERROR_INTERNAL, "no-thread", "no thread could be started");
    }
    *ret_runner = runner;
    return OK;
}

void job_wake(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    runner->woken = true;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->mutex);
}

struct job_runner *job_stop(struct job_runner *runner)
{
    if (runner == NULL)
        return NULL;
    pthread_mutex_lock(&runner->mutex);
    runner->stop = true;
    pthread_cond_signal(&runner->wake);
    pthread_mutex_unlock(&runner->mutex);
    pthread_join(runner->thread, NULL);
    pthread_cond_destroy(&runner->wake);
    pthread_mutex_destroy(&runner->mutex);
    free(runner);
    return NULL;
}
