#include "base/base.h"

#include <pthread.h>
#include <stddef.h>

enum { ENTRIES_MOST = 1024 };

/* Under the mutex of its cache, but for what never changes. */
struct kept {
    struct cache_entry entry; /* first, so that one is the other */
    struct cache *cache;
    size_t bytes;
    size_t holders;
    bool listed;
    uint64_t used; /* the cache's time of the last use */
    size_t key_length;
    char key[];
};

struct cache {
    pthread_mutex_t mutex;
    void (*end)(void *value);
    size_t entries_maximum, bytes_maximum;
    size_t count, bytes; /* of the listed */
    uint64_t time;       /* counts uses */
    uint64_t drops;
    struct kept *listed[];
};

struct cache *cache_new(size_t entries_maximum, size_t bytes_maximum, void (*end)(void *value))
{
    if (entries_maximum > ENTRIES_MOST)
        entries_maximum = ENTRIES_MOST;
    struct cache *cache = calloc(1, sizeof *cache + entries_maximum * sizeof(struct kept *));
    if (cache == NULL)
        return NULL;
    pthread_mutex_init(&cache->mutex, NULL);
    cache->end = end;
    cache->entries_maximum = entries_maximum;
    cache->bytes_maximum = bytes_maximum;
    return cache;
}

struct cache *cache_free(struct cache *cache)
{
    if (cache != NULL) {
        cache_clear(cache);
        pthread_mutex_destroy(&cache->mutex);
        free(cache);
    }
    return NULL;
}

static void kept_end(struct cache *cache, struct kept *kept)
{
    cache->end(kept->entry.value);
    free(kept);
}

static void unlist(struct cache *cache, size_t at)
{
    struct kept *kept = cache->listed[at];
    cache->listed[at] = cache->listed[--cache->count];
    cache->bytes -= kept->bytes;
    kept->listed = false;
    if (kept->holders == 0)
        kept_end(cache, kept);
}

/* The place of the key, or the count. */
static size_t place_of(const struct cache *cache, struct slice key)
{
    size_t at = 0;
    while (at < cache->count &&
           !slice_equal(key, slice_from_bytes(cache->listed[at]->key, cache->listed[at]->key_length)))
        at++;
    return at;
}

struct cache_entry *cache_find(struct cache *cache, struct slice key, uint64_t *ret_state)
{
    struct kept *found = NULL;
    pthread_mutex_lock(&cache->mutex);
    size_t at = place_of(cache, key);
    if (at < cache->count) {
        found = cache->listed[at];
        found->holders++;
        found->used = ++cache->time;
    }
    *ret_state = cache->drops;
    pthread_mutex_unlock(&cache->mutex);
    return found == NULL ? NULL : &found->entry;
}

static void make_room(struct cache *cache, size_t bytes)
{
    while (cache->count > 0 &&
           (cache->count >= cache->entries_maximum || cache->bytes > cache->bytes_maximum - bytes)) {
        size_t oldest = 0;
        for (size_t i = 1; i < cache->count; i++)
            if (cache->listed[i]->used < cache->listed[oldest]->used)
                oldest = i;
        unlist(cache, oldest);
    }
}

static void list(struct cache *cache, struct kept *kept)
{
    size_t same = place_of(cache, slice_from_bytes(kept->key, kept->key_length));
    if (same < cache->count)
        unlist(cache, same);
    make_room(cache, kept->bytes);
    if (cache->count >= cache->entries_maximum)
        return; /* a cache of nothing */
    kept->listed = true;
    kept->used = ++cache->time;
    cache->bytes += kept->bytes;
    cache->listed[cache->count++] = kept;
}

struct cache_entry *cache_add(struct cache *cache, struct slice key, uint64_t state, void *value,
                              size_t bytes)
{
    struct kept *kept = calloc(1, sizeof *kept + key.length);
    if (kept == NULL) {
        cache->end(value);
        return NULL;
    }
    kept->entry.value = value;
    kept->cache = cache;
    kept->bytes = bytes;
    kept->holders = 1;
    kept->key_length = key.length;
    if (key.length > 0)
        memcpy(kept->key, key.data, key.length);
    pthread_mutex_lock(&cache->mutex);
    if (state == cache->drops && bytes <= cache->bytes_maximum)
        list(cache, kept);
    pthread_mutex_unlock(&cache->mutex);
    return &kept->entry;
}

void cache_release(struct cache_entry *entry)
{
    if (entry == NULL)
        return;
    struct kept *kept = (struct kept *)entry;
    struct cache *cache = kept->cache;
    pthread_mutex_lock(&cache->mutex);
    bool over = --kept->holders == 0 && !kept->listed;
    pthread_mutex_unlock(&cache->mutex);
    if (over)
        kept_end(cache, kept);
}

void cache_drop(struct cache *cache, struct slice key)
{
    pthread_mutex_lock(&cache->mutex);
    cache->drops++;
    size_t at = place_of(cache, key);
    if (at < cache->count)
        unlist(cache, at);
    pthread_mutex_unlock(&cache->mutex);
}

void cache_drop_if(struct cache *cache, bool (*over)(const void *value, void *context), void *context)
{
    pthread_mutex_lock(&cache->mutex);
    cache->drops++;
    for (size_t at = cache->count; at > 0; at--)
        if (over(cache->listed[at - 1]->entry.value, context))
            unlist(cache, at - 1);
    pthread_mutex_unlock(&cache->mutex);
}

static bool always(const void *value, void *context)
{
    (void)value;
    (void)context;
    return true;
}

void cache_clear(struct cache *cache)
{
    cache_drop_if(cache, always, NULL);
}

size_t cache_count(struct cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    size_t count = cache->count;
    pthread_mutex_unlock(&cache->mutex);
    return count;
}

size_t cache_bytes(struct cache *cache)
{
    pthread_mutex_lock(&cache->mutex);
    size_t bytes = cache->bytes;
    pthread_mutex_unlock(&cache->mutex);
    return bytes;
}
