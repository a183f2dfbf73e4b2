/* Why these numbers:
 * - Connections: 2000 of 32 KiB are 64 MiB. One address may hold a quarter: 60 people behind one office
 * address open up to 6 connections each. A server that listens on a loopback address sees only its proxy, so
 * the limit per address is off there; the proxy should have its own.
 * - A body that is somewhat too long is read to its end and thrown away, because a browser that is still
 * sending shows "connection reset" instead of the answer; beyond LIMIT_BODY_DISCARDED the connection is
 * closed.
 * - Rates protect from loops and guessing, not from people: 60 members who answer in the same minute from one
 *   address pass. Nothing of them is stored: addresses live as a keyed hash in memory, and the key is
 * replaced every ten minutes together with all counters. */
#include "http/limits.h"

#include <pthread.h>

#include "base/base.h"
#include "privacy/seal.h"

enum { KEY_MILLISECONDS = 10 * MINUTE_SECONDS * 1000, BUCKETS = 1 << 14, BUCKETS_PROBED = 8 };
/* A token is counted in 60000 parts: then one millisecond brings exactly `per_minute` of them. */
enum { TOKEN = MINUTE_SECONDS * 1000 };

struct rate {
    int64_t per_minute;
    int64_t burst;
};

static const struct rate rates[] = {
    [RATE_PAGE] = {6000, 600}, [RATE_FORM] = {240, 240},   [RATE_SIGN_IN] = {20, 20},
    [RATE_TOKEN] = {600, 600}, [RATE_ANSWER] = {600, 600},
};

struct bucket {
    uint8_t client[16]; /* part of a keyed hash of address and class */
    bool used;
    int64_t updated; /* milliseconds */
    int64_t parts;
};

struct rate_limiter {
    pthread_mutex_t mutex;
    const struct clock *clock;
    struct random *random;
    uint8_t key[32];
    int64_t key_made;
    struct bucket buckets[BUCKETS];
};

struct rate_limiter *rate_limiter_new(const struct clock *clock, struct random *random)
{
    struct rate_limiter *limiter = calloc(1, sizeof(*limiter));
    if (limiter == NULL)
        return NULL;
    limiter->clock = clock;
    limiter->random = random;
    pthread_mutex_init(&limiter->mutex, NULL);
    random_bytes(random, limiter->key, sizeof(limiter->key));
    limiter->key_made = clock_milliseconds(clock);
    return limiter;
}

struct rate_limiter *rate_limiter_free(struct rate_limiter *limiter)
{
    if (limiter != NULL) {
        pthread_mutex_destroy(&limiter->mutex);
        wipe(limiter->key, sizeof(limiter->key));
        free(limiter);
    }
    return NULL;
}

/* A clock that was set back also gets a new key: the times in the buckets mean nothing then. */
static void rotate_key(struct rate_limiter *limiter, int64_t now)
{
    if (now >= limiter->key_made && now - limiter->key_made < KEY_MILLISECONDS)
        return;
    random_bytes(limiter->random, limiter->key, sizeof(limiter->key));
    memset(limiter->buckets, 0, sizeof(limiter->buckets));
    limiter->key_made = now;
}

/* The bucket of this client, else a free one, else the one that was used longest ago of a few: memory is
 * bounded, and who has many addresses to spend pushes out others' counters, not their requests. */
static struct bucket *find_bucket(struct rate_limiter *limiter, const uint8_t client[static 16])
{
    size_t start = (size_t)client[0] | (size_t)client[1] << 8;
    struct bucket *oldest = NULL;
    for (size_t i = 0; i < BUCKETS_PROBED; i++) {
        struct bucket *bucket = &limiter->buckets[(start + i) % BUCKETS];
        if (bucket->used && memcmp(bucket->client, client, sizeof(bucket->client)) == 0)
            return bucket;
        bool older = oldest == NULL || (oldest->used && (!bucket->used || bucket->updated < oldest->updated));
        oldest = older ? bucket : oldest;
    }
    oldest->used = false;
    memcpy(oldest->client, client, sizeof(oldest->client));
    return oldest;
}

static bool take_token(struct bucket *bucket, const struct rate *rate, int64_t now, int64_t *ret_seconds)
{
    int64_t most = rate->burst * TOKEN;
    if (!bucket->used)
        bucket->parts = most;
    else if (now > bucket->updated) /* at most ten minutes, so nothing overflows */
        bucket->parts += (now - bucket->updated) * rate->per_minute;
    if (bucket->parts > most)
        bucket->parts = most;
    bucket->used = true;
    bucket->updated = now;
    if (bucket->parts >= TOKEN) {
        bucket->parts -= TOKEN;
        return true;
    }
    int64_t milliseconds = (TOKEN - bucket->parts + rate->per_minute - 1) / rate->per_minute;
    *ret_seconds = (milliseconds + 999) / 1000;
    return false;
}

bool rate_limiter_allow(struct rate_limiter *limiter, const struct client_address *client,
                        enum rate_class rate, int64_t *ret_seconds)
{
    uint8_t message[sizeof(client->bytes) + 1];
    memcpy(message, client->bytes, sizeof(client->bytes));
    message[sizeof(client->bytes)] = (uint8_t)rate;
    uint8_t mac[32];

    pthread_mutex_lock(&limiter->mutex);
    int64_t now = clock_milliseconds(limiter->clock);
    rotate_key(limiter, now);
    hmac_sha256(limiter->key, sizeof(limiter->key), slice_from_bytes(message, sizeof(message)), mac);
    bool allowed = take_token(find_bucket(limiter, mac), &rates[rate], now, ret_seconds);
    pthread_mutex_unlock(&limiter->mutex);
    return allowed;
}
