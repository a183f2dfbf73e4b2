#include "privacy/blind_key.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

enum { THREADS_MAXIMUM = 16, READY_MAXIMUM = 4096, LOWEST_PRIORITY = 19, RETRY_SECONDS = 1 };

/* Invariants under the mutex: ready_count + making + ordered <= ready_maximum, and the first ready_count entries
 * of ready belong to the pool. */
struct blind_key_pool {
    pthread_mutex_t mutex;
    pthread_cond_t wanted; /* keys were ordered, or the pool stops */
    atomic_bool stopping;
    struct blind_key **ready;
    int ready_count, ready_maximum;
    int ordered; /* to be made, by nobody yet */
    int making;  /* by a thread now */
    pthread_t threads[THREADS_MAXIMUM];
    int thread_count;
};

/* True when there is a key to make; it is then this thread's. */
static bool wait_until_wanted(struct blind_key_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    while (!atomic_load(&pool->stopping) && pool->ordered == 0)
        pthread_cond_wait(&pool->wanted, &pool->mutex);
    bool go_on = !atomic_load(&pool->stopping);
    if (go_on) {
        pool->ordered--;
        pool->making++;
    }
    pthread_mutex_unlock(&pool->mutex);
    return go_on;
}

/* key NULL: it could not be made and is ordered again. */
static void put(struct blind_key_pool *pool, struct blind_key *key)
{
    pthread_mutex_lock(&pool->mutex);
    pool->making--;
    if (key != NULL)
        pool->ready[pool->ready_count++] = key;
    else
        pool->ordered++;
    pthread_mutex_unlock(&pool->mutex);
}

/* Only memory can be short here; a moment later it may be there. */
static void pause_after_failure(struct blind_key_pool *pool)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RETRY_SECONDS;
    pthread_mutex_lock(&pool->mutex);
    if (!atomic_load(&pool->stopping))
        pthread_cond_timedwait(&pool->wanted, &pool->mutex, &until);
    pthread_mutex_unlock(&pool->mutex);
}

static void *make_keys(void *argument)
{
    struct blind_key_pool *pool = argument;
    /* On Linux this is the priority of the one thread. Refused or not, keys get made. */
    setpriority(PRIO_PROCESS, (id_t)gettid(), LOWEST_PRIORITY);
    while (wait_until_wanted(pool)) {
        struct blind_key *key = NULL;
        bool made = blind_key_generate_until(&pool->stopping, NULL, &key) == OK;
        put(pool, key);
        if (!made)
            pause_after_failure(pool);
    }
    return NULL;
}

enum error_code blind_key_pool_start(int threads, int ready_maximum, struct error *error,
                                     struct blind_key_pool **ret_pool)
{
    if (threads < 0 || threads > THREADS_MAXIMUM || ready_maximum < 1 || ready_maximum > READY_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "key-pool", "%d threads for %d keys", threads, ready_maximum);
    struct blind_key_pool *pool = calloc(1, sizeof *pool);
    struct blind_key **ready = calloc((size_t)ready_maximum, sizeof(struct blind_key *));
    if (pool == NULL || ready == NULL) {
        free(pool);
        free(ready);
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the key pool");
    }
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wanted, NULL);
    pool->ready = ready;
    pool->ready_maximum = ready_maximum;
    for (; pool->thread_count < threads; pool->thread_count++) {
        int failure = pthread_create(&pool->threads[pool->thread_count], NULL, make_keys, pool);
        if (failure != 0) {
            blind_key_pool_stop(pool);
            return FAIL(error, ERROR_BUSY, "key-pool", "cannot start a thread (error %d)", failure);
        }
    }
    *ret_pool = pool;
    return OK;
}

void blind_key_pool_interrupt(struct blind_key_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->stopping, true);
    pthread_cond_broadcast(&pool->wanted);
    pthread_mutex_unlock(&pool->mutex);
}

struct blind_key_pool *blind_key_pool_stop(struct blind_key_pool *pool)
{
    if (pool == NULL)
        return NULL;
    blind_key_pool_interrupt(pool);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    for (int i = 0; i < pool->ready_count; i++)
        blind_key_free(pool->ready[i]);
    pthread_cond_destroy(&pool->wanted);
    pthread_mutex_destroy(&pool->mutex);
    free(pool->ready);
    free(pool);
    return NULL;
}

void blind_key_pool_prepare(struct blind_key_pool *pool, size_t count)
{
    pthread_mutex_lock(&pool->mutex);
    int wanted = count < (size_t)pool->ready_maximum ? (int)count : pool->ready_maximum;
    int missing = wanted - pool->ready_count - pool->making - pool->ordered;
    if (missing > 0) {
        pool->ordered += missing;
        pthread_cond_broadcast(&pool->wanted);
    }
    pthread_mutex_unlock(&pool->mutex);
}

size_t blind_key_pool_ready(struct blind_key_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    size_t ready = (size_t)pool->ready_count;
    pthread_mutex_unlock(&pool->mutex);
    return ready;
}

enum error_code blind_key_pool_take(struct blind_key_pool *pool, struct error *error,
                                    struct blind_key **ret_key)
{
    struct blind_key *key = NULL;
    pthread_mutex_lock(&pool->mutex);
    if (pool->ready_count > 0)
        key = pool->ready[--pool->ready_count];
    else if (pool->ordered > 0)
        pool->ordered--; /* this thread makes it */
    pthread_mutex_unlock(&pool->mutex);
    if (key == NULL)
        return blind_key_generate_until(&pool->stopping, error, ret_key);
    *ret_key = key;
    return OK;
}
