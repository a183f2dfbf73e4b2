/* The workers: handlers run here, in plain blocking code, while their connections are suspended. */
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>

#include "base/base.h"
#include "http/server.h"

enum { RESPONSE_CAPACITY = 2 << 10, SPARE_MEMORY = 1 << 20 };

/* ---- Queue; with the mutex ------------------------------------------------------------------------------ */

static void append(struct workers *workers, struct exchange *exchange)
{
    exchange->next = NULL;
    if (workers->first == NULL)
        workers->first = exchange;
    else
        workers->last->next = exchange;
    workers->last = exchange;
    workers->queued++;
    pthread_cond_signal(&workers->work);
}

/* Waits for an exchange. NULL when the server stops, the queue is empty and no write can fill it again. */
static struct exchange *take(struct workers *workers)
{
    pthread_mutex_lock(&workers->mutex);
    while (workers->first == NULL && (!workers->stopping || workers->writing > 0))
        pthread_cond_wait(&workers->work, &workers->mutex);
    struct exchange *exchange = workers->first;
    if (exchange != NULL) {
        workers->first = exchange->next;
        workers->queued--;
    }
    pthread_mutex_unlock(&workers->mutex);
    return exchange;
}

/* ---- A response that waits for a write ------------------------------------------------------------------ */

static enum error_code run_write(struct store_session *session, void *context, struct error *error)
{
    const struct exchange *exchange = context;
    return exchange->write.fn(session, exchange->write.context, error);
}

/* On the writer's thread. What was made to be sent is thrown away when the write failed, and a worker makes the
 * error page; without memory for the error the connection ends. */
static void write_ended(void *context, enum error_code code, const struct error *error)
{
    struct exchange *exchange = context;
    struct workers *workers = &exchange->server->workers;
    exchange->write.ended(exchange->write.context, code);
    exchange->write.fn = NULL;
    if (code != OK) {
        if (exchange->response != NULL)
            MHD_destroy_response(exchange->response);
        exchange->response = NULL;
        exchange->failure = malloc(sizeof *error);
        if (exchange->failure != NULL)
            *exchange->failure = *error;
    }
    pthread_mutex_lock(&workers->mutex);
    bool again = exchange->failure != NULL;
    if (again)
        append(workers, exchange);
    workers->writing--;
    if (workers->stopping)
        pthread_cond_broadcast(&workers->work);
    pthread_mutex_unlock(&workers->mutex);
    if (!again)
        MHD_resume_connection(exchange->connection); /* from here on the exchange is the event thread's */
}

/* OK: the exchange is the store's. */
static enum error_code begin_write(struct exchange *exchange, struct http_write write, struct error *error)
{
    struct http_server *server = exchange->server;
    exchange->write = write;
    pthread_mutex_lock(&server->workers.mutex);
    server->workers.writing++;
    pthread_mutex_unlock(&server->workers.mutex);
    enum error_code code = store_write_later(server->store, run_write, write_ended, exchange, error);
    if (code == OK)
        return OK;
    pthread_mutex_lock(&server->workers.mutex);
    server->workers.writing--;
    pthread_mutex_unlock(&server->workers.mutex);
    write.ended(write.context, code);
    exchange->write.fn = NULL;
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    exchange->response = NULL;
    return code;
}

/* ---- Work ----------------------------------------------------------------------------------------------- */

static void make_response(struct worker *worker, struct exchange *exchange, struct http_response *response)
{
    exchange->status = response->status == 0 ? 200 : response->status;
    exchange->response = response_make(worker->server, &exchange->incoming, response, worker->spare);
    region_clear(worker->region);
    region_clear(worker->spare);
}

static struct http_response response_empty(void)
{
    struct http_response response = {.status = 200, .body = BUFFER(HTTP_RESPONSE_MAXIMUM)};
    /* What is short is allocated once; a page makes room for itself. Failure shows again at the first append. */
    buffer_reserve(&response.body, RESPONSE_CAPACITY);
    response.body.failed = false;
    return response;
}

static void fail(struct worker *worker, struct exchange *exchange, const struct error *error)
{
    struct http_response response = response_empty();
    dispatch_failure(worker->server, &exchange->incoming, worker, error, &response);
    make_response(worker, exchange, &response);
}

static void work(struct worker *worker, struct exchange *exchange)
{
    struct http_write write = {.fn = NULL};
    struct error error = {0};
    if (exchange->failure != NULL) {
        fail(worker, exchange, exchange->failure);
        free(exchange->failure);
        exchange->failure = NULL;
    } else {
        struct http_response response = response_empty();
        dispatch(worker->server, &exchange->incoming, worker, &response, &write);
        make_response(worker, exchange, &response);
    }
    if (write.fn != NULL) {
        if (begin_write(exchange, write, &error) == OK)
            return;
        fail(worker, exchange, &error);
    }
    MHD_resume_connection(exchange->connection); /* from here on the exchange is the event thread's */
}

static void *worker_main(void *context)
{
    struct worker *worker = context;
    struct exchange *exchange;
    while ((exchange = take(&worker->server->workers)) != NULL)
        work(worker, exchange);
    return NULL;
}

bool workers_submit(struct exchange *exchange)
{
    struct workers *workers = &exchange->server->workers;
    pthread_mutex_lock(&workers->mutex);
    bool accepted = !workers->stopping && workers->queued < LIMIT_QUEUE;
    if (accepted) {
        /* Suspended before a worker can see it: resuming must come second. */
        MHD_suspend_connection(exchange->connection);
        exchange->state = EXCHANGE_SUBMITTED;
        exchange->submitted = true;
        workers->in_flight++;
        append(workers, exchange);
    }
    pthread_mutex_unlock(&workers->mutex);
    return accepted;
}

void workers_completed(struct workers *workers)
{
    pthread_mutex_lock(&workers->mutex);
    workers->in_flight--;
    if (workers->stopping && workers->in_flight == 0)
        pthread_cond_signal(&workers->done);
    pthread_mutex_unlock(&workers->mutex);
}

static enum error_code start_one(struct http_server *server, struct worker *worker, struct error *error)
{
    worker->server = server;
    worker->region = region_new(LIMIT_REQUEST_MEMORY);
    worker->spare = region_new(SPARE_MEMORY);
    if (worker->region == NULL || worker->spare == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a worker");
    if (server->store != NULL)
        TRY(store_session_open(server->store, error, &worker->session));
    if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0)
        return FAIL(error, ERROR_MEMORY, "threads", "the system gives no thread for a worker");
    server->workers.count++;
    return OK;
}

static void free_one(struct worker *worker)
{
    worker->session = store_session_close(worker->session);
    worker->region = region_free(worker->region);
    worker->spare = region_free(worker->spare);
}

static void init(struct workers *workers)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&workers->mutex, NULL);
    pthread_cond_init(&workers->work, NULL);
    pthread_cond_init(&workers->done, &attributes);
    pthread_condattr_destroy(&attributes);
}

enum error_code workers_start(struct http_server *server, int count, struct error *error)
{
    struct workers *workers = &server->workers;
    init(workers);
    workers->all = calloc((size_t)count, sizeof(*workers->all));
    if (workers->all == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %d workers", count);
    for (int i = 0; i < count; i++) {
        enum error_code code = start_one(server, &workers->all[i], error);
        if (code != OK) {
            free_one(&workers->all[i]); /* its thread does not run; the others are ended by workers_stop */
            return code;
        }
    }
    return OK;
}

/* What libmicrohttpd still has to send gets some seconds; a client that does not read waits in vain. */
static void wait_until_sent(struct workers *workers)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += LIMIT_STOP_SECONDS;
    pthread_mutex_lock(&workers->mutex);
    while (workers->in_flight > 0 &&
           pthread_cond_timedwait(&workers->done, &workers->mutex, &deadline) != ETIMEDOUT)
        continue;
    pthread_mutex_unlock(&workers->mutex);
}

void workers_stop(struct http_server *server)
{
    struct workers *workers = &server->workers;
    pthread_mutex_lock(&workers->mutex);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->work);
    pthread_mutex_unlock(&workers->mutex);
    for (int i = 0; i < workers->count; i++) {
        pthread_join(workers->all[i].thread, NULL);
        free_one(&workers->all[i]);
    }
    workers->count = 0;
    wait_until_sent(workers);
}

void workers_free(struct workers *workers)
{
    free(workers->all);
    workers->all = NULL;
    pthread_mutex_destroy(&workers->mutex);
    pthread_cond_destroy(&workers->work);
    pthread_cond_destroy(&workers->done);
}
