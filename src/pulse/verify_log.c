/* The log part of a verification. */
#include "pulse/verify.h"

void verify_add(struct verification *verification, enum check_state state, const char *name,
                struct slice text)
{
    verification->failed = verification->failed || state == CHECK_FAILS;
    if (verification->count < CHECKS_MAXIMUM)
        verification->checks[verification->count++] = (struct check){state, name, text};
}

static bool add(struct verification *v, bool holds, const char *name, struct slice good, struct slice bad)
{
    verify_add(v, holds ? CHECK_HOLDS : CHECK_FAILS, name, holds ? good : bad);
    return holds;
}

/* Signature, size and root. */
static bool check_checkpoint(const struct team_log *log, int64_t team, struct region *region,
                             struct verification *v)
{
    struct error error = {0};
    struct checkpoint checkpoint;
    struct merkle_hash root;
    struct slice origin = log_origin(log->public_key, team, region);
    bool opened =
        checkpoint_open(log->checkpoint, origin, log->public_key, region, &error, &checkpoint) == OK;
    if (!add(v, opened, "checkpoint",
             region_format(region, "signed by the log key, for %.*s", SLICE_ARG(origin)),
             region_format(region, "not a checkpoint of %.*s signed by its log key: %s", SLICE_ARG(origin),
                           error.detail)))
        return false;
    merkle_list_root(log->leaves, log->leaf_count, &root);
    return add(
        v, checkpoint.size == log->leaf_count && memcmp(&root, &checkpoint.root, sizeof root) == 0, "log",
        region_format(region, "its %zu entries have the root that the checkpoint signs", log->leaf_count),
        region_format(region,
                      "the %zu listed entries do not have the root and size (%" PRIu64
                      ") that the checkpoint signs: entries are missing, added or changed",
                      log->leaf_count, checkpoint.size));
}

static bool check_entries(const struct team_log *log, struct region *region, struct verification *v)
{
    size_t first = (size_t)log->first;
    bool good = first <= log->leaf_count && log->entry_count <= log->leaf_count - first;
    for (size_t i = 0; good && i < log->entry_count; i++) {
        struct merkle_hash leaf;
        merkle_leaf(log->entries[i], &leaf);
        good = memcmp(&leaf, &log->leaves[first + i], sizeof leaf) == 0;
    }
    return add(v, good, "entries",
               region_format(region, "the texts of %zu entries are those of the log", log->entry_count),
               S("the text of an entry is not what stands in the log"));
}

/* The entry at a place of the log, if its text is given and it is of this kind. */
static bool entry_at(const struct team_log *log, int64_t index, enum log_entry_kind kind,
                     struct region *region, struct log_entry *ret_entry)
{
    if (index < log->first || (size_t)(index - log->first) >= log->entry_count)
        return false;
    return log_entry_read(log->entries[index - log->first], region, NULL, ret_entry) == OK &&
           ret_entry->kind == kind;
}

/* Opening and close take turns, so the entry before the opening is the close that fixed the key: behind it stands one
 * opening, not one for each member. */
static void check_key(const struct team_log *log, const struct descriptor *descriptor, int64_t key_from,
                      struct region *region, struct verification *v)
{
    struct log_entry close;
    uint8_t hash[32];
    sha256(descriptor->spki, hash);
    if (key_from < 0) {
        add(v, log->opening == 0, "key",
            S("no round of this log was closed before, so nothing fixed the key of this one"),
            S("there was a round before, but its close did not fix the key of this one"));
        return;
    }
    bool found = log->first == key_from && key_from == log->opening - 1 &&
                 entry_at(log, key_from, LOG_ENTRY_CLOSE, region, &close);
    if (!add(v, found, "key-entry",
             region_format(region, "the entry before it, %" PRId64 ", is the close of the round before",
                           key_from),
             S("the entry before the opening is not the close that should have fixed the key")))
        return;
    add(v, memcmp(hash, close.next_key, sizeof hash) == 0, "key",
        S("the key was fixed by the close of the round before, when nobody knew who would ask"),
        S("the key of this round is not the one that the close of the round before fixed"));
}

static bool check_opening(const struct team_log *log, const uint8_t rid[static 32], struct region *region,
                          struct verification *v, struct log_entry *ret_opening)
{
    bool good = entry_at(log, log->opening, LOG_ENTRY_ROUND, region, ret_opening) &&
                memcmp(ret_opening->rid, rid, 32) == 0;
    return add(v, good, "opening",
               region_format(region, "the round is entry %" PRId64 " of the log, before anybody could answer",
                             log->opening),
               S("the round is not in the log where it should be"));
}

static bool check_close(const struct team_log *log, const uint8_t rid[static 32], struct region *region,
                        struct verification *v, struct log_entry *ret_close)
{
    struct log_entry close = {0};
    bool good = log->close == log->opening + 1 &&
                entry_at(log, log->close, LOG_ENTRY_CLOSE, region, &close) && memcmp(close.rid, rid, 32) == 0;
    if (good && ret_close != NULL)
        *ret_close = close;
    return add(v, good, "close", region_format(region, "its close is entry %" PRId64, log->close),
               S("the close of the round is not in the log where it should be"));
}

enum error_code verify_log(const struct team_log *log, const struct descriptor *descriptor,
                           const uint8_t rid[static 32], struct region *region, struct error *error,
                           struct verification *verification, struct log_entry *ret_close)
{
    struct log_entry opening, close = {0};
    bool signed_well = check_checkpoint(log, descriptor->team, region, verification);
    if (check_entries(log, region, verification) && signed_well &&
        check_opening(log, rid, region, verification, &opening)) {
        check_key(log, descriptor, opening.key_from, region, verification);
        if (ret_close != NULL || log->close >= 0)
            check_close(log, rid, region, verification, &close);
        else
            add(verification, log->leaf_count == (size_t)log->opening + 1, "open",
                S("nothing stands in the log after it: the round is open, for everybody the same one"),
                S("something stands in the log after a round that is said to be open"));
    }
    if (ret_close != NULL)
        *ret_close = close;
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    return OK;
}

bool verify_same_log(const struct team_log *a, const struct team_log *b)
{
    size_t shorter = a->leaf_count < b->leaf_count ? a->leaf_count : b->leaf_count;
    return memcmp(a->public_key, b->public_key, sizeof a->public_key) == 0 &&
           (shorter == 0 || memcmp(a->leaves, b->leaves, shorter * sizeof *a->leaves) == 0);
}
