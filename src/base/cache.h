/* A bounded memory of things that cost much to make and can be made again, shared by all threads. Who finds or adds an
 * entry holds it until cache_release; an entry that is dropped or has to make room meanwhile ends with its last holder.
 * The entry used longest ago makes room.
 *
 * What is dropped never comes back from somebody who began to make it before: cache_find tells where the cache stood,
 * and cache_add keeps nothing when something was dropped since. */
#ifndef HECHT_BASE_CACHE_H
#define HECHT_BASE_CACHE_H

#include "base/slice.h"

struct cache;

struct cache_entry {
    void *value; /* for its holders */
};

/* At most entries_maximum entries (to 1024, since they are searched one by one), which say they take at most
 * bytes_maximum bytes. end gives up a value. NULL without memory. */
struct cache *cache_new(size_t entries_maximum, size_t bytes_maximum, void (*end)(void *value));
struct cache *cache_free(struct cache *cache); /* nothing may be held; takes NULL; returns NULL */

/* NULL when it is not there. *ret_state is for cache_add. */
struct cache_entry *cache_find(struct cache *cache, struct slice key, uint64_t *ret_state);
/* Takes over value, also on failure (NULL: no memory). The caller holds the entry, whether or not it was kept. An entry
 * that is there already under this key goes. */
struct cache_entry *cache_add(struct cache *cache, struct slice key, uint64_t state, void *value,
                              size_t bytes);
void cache_release(struct cache_entry *entry); /* takes NULL */

void cache_drop(struct cache *cache, struct slice key);
/* Drops every entry of which over says so. over must be quick and must not use the cache. */
void cache_drop_if(struct cache *cache, bool (*over)(const void *value, void *context), void *context);
void cache_clear(struct cache *cache);

size_t cache_count(struct cache *cache);
size_t cache_bytes(struct cache *cache); /* of what is kept; entries on their way out are not counted */

#endif
