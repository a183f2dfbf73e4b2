#include "pulse/open_round.h"

/* Descriptor, its slices and what reading needs beside it. */
enum { ENTRY_MEMORY = 64 << 10, ENTRY_BYTES = 20 << 10 };

static void round_end(void *value)
{
    struct open_round *round = value;
    seal_key_wipe(&round->data_key);
    log_key_free(round->log_key);
    blind_public_key_free(round->key);
    blind_public_key_free(round->comment_key);
    region_free(round->region);
    free(round);
}

static void round_cleanup(struct open_round **round)
{
    if (*round != NULL)
        round_end(*round);
}

struct cache *open_rounds_new(void)
{
    return cache_new(OPEN_ROUNDS_REMEMBERED, (size_t)OPEN_ROUNDS_REMEMBERED * ENTRY_BYTES, round_end);
}

void open_rounds_forget(struct application *application)
{
    cache_clear(application->open_rounds);
}

/* The wrapped keys and what unwrapping leaves behind are in the region of scratch, which ends with this. */
static enum error_code unwrap_keys(const struct application *application, const struct team_round *part,
                                   struct region *scratch, struct error *error, struct open_round *round)
{
    TRY(blind_public_key_import(round->descriptor.spki, error, &round->key));
    if (round->descriptor.comment_spki.length > 0)
        TRY(blind_public_key_import(round->descriptor.comment_spki, error, &round->comment_key));
    TRY(team_round_data_key(application, part, scratch, error, &round->data_key));
    return org_log_key(application, part->org, part->log_seed_sealed, scratch, error, &round->log_key);
}

static enum error_code read_round(const struct application *application, struct store_session *session,
                                  const uint8_t rid[32], struct error *error, struct open_round *round)
{
    CLEANUP(region_cleanup) struct region *scratch = region_new(ENTRY_MEMORY);
    round->region = region_new(ENTRY_MEMORY);
    if (scratch == NULL || round->region == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    struct team_round part;
    TRY(team_round_by_rid(session, rid, scratch, error, &part));
    if (!part.open || part.closes_at <= clock_seconds(application->clock))
        return FAIL(error, ERROR_GONE, "round-closed", "the round is closed");
    round->org = part.org;
    round->logged = part.logged;
    round->closes_at = part.closes_at;
    memcpy(round->rid, rid, sizeof round->rid);
    /* What is read from it points into the copy. */
    TRY(descriptor_read(region_copy(round->region, part.descriptor), round->region, error,
                        &round->descriptor));
    return unwrap_keys(application, &part, scratch, error, round);
}

enum error_code open_round_hold(struct application *application, struct store_session *session,
                                const uint8_t rid[32], struct error *error, struct cache_entry **ret_entry)
{
    uint64_t state;
    struct slice key = slice_from_bytes(rid, 32);
    struct cache_entry *entry = cache_find(application->open_rounds, key, &state);
    const struct open_round *found = entry != NULL ? entry->value : NULL;
    if (found != NULL && found->closes_at > clock_seconds(application->clock)) {
        *ret_entry = entry;
        return OK;
    }
    if (found != NULL) {
        cache_release(entry);
        cache_drop(application->open_rounds, key);
        return open_round_hold(application, session, rid, error, ret_entry);
    }
    CLEANUP(round_cleanup) struct open_round *round = calloc(1, sizeof *round);
    if (round == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(read_round(application, session, rid, error, round));
    entry = cache_add(application->open_rounds, key, state, round, ENTRY_BYTES);
    round = NULL; /* the cache's, also on failure */
    if (entry == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    *ret_entry = entry;
    return OK;
}
