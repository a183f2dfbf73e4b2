#include "pulse/log_seen.h"

#define FORMAT S("hecht-seen-log-v1")

struct slice log_seen_write(const struct team_log *log, struct region *region)
{
    char key[65], root[65];
    struct merkle_hash hash;
    hex_encode(log->public_key, sizeof log->public_key, key);
    merkle_list_root(log->leaves, log->leaf_count, &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, root);
    return region_format(region, "%.*s %s %zu %s\n", SLICE_ARG(FORMAT), key, log->leaf_count, root);
}

bool log_seen_read(struct slice text, struct log_seen *ret_seen)
{
    struct log_seen seen;
    struct slice rest = text, format, key, size;
    int64_t number;
    if (text.length == 0 || text.data[text.length - 1] != '\n')
        return false;
    rest.length--;
    if (!slice_take(&rest, ' ', &format) || !slice_take(&rest, ' ', &key) || !slice_take(&rest, ' ', &size) ||
        !slice_equal(format, FORMAT) || !hex_decode(key, seen.public_key, sizeof seen.public_key) ||
        !slice_to_integer(size, 0, LOG_ENTRIES_MAXIMUM, &number) ||
        !hex_decode(rest, seen.root.bytes, sizeof seen.root.bytes))
        return false;
    seen.size = (uint64_t)number;
    *ret_seen = seen;
    return true;
}

enum error_code log_seen_compare(const struct team_log *log, const struct log_seen *seen, struct error *error)
{
    struct merkle_hash root;
    if (memcmp(log->public_key, seen->public_key, sizeof seen->public_key) != 0)
        return FAIL(
            error, ERROR_CRYPTO, "log-key-other",
            "the log of this team is signed by another key than the one that this machine knows; nothing "
            "was sent");
    if (log->leaf_count < seen->size)
        return FAIL(error, ERROR_CRYPTO, "log-shorter",
                    "the log of this team has %zu entries, this machine has seen %" PRIu64
                    ": the server was set back, or shows you another history; nothing was sent",
                    log->leaf_count, seen->size);
    merkle_list_root(log->leaves, (size_t)seen->size, &root);
    if (memcmp(&root, &seen->root, sizeof root) != 0)
        return FAIL(
            error, ERROR_CRYPTO, "log-changed",
            "the log of this team is not the one that this machine has seen: what stood in it was changed; "
            "nothing was sent");
    return OK;
}

enum error_code log_seen_check(const struct team_log *log, const struct descriptor *descriptor,
                               const uint8_t rid[static 32], const struct log_seen *seen,
                               struct region *region, struct error *error)
{
    struct verification *v = REGION_NEW(region, struct verification); /* large */
    if (v == NULL)
        return FAIL(error, ERROR_MEMORY, "no-memory", "no memory");
    TRY(verify_log(log, descriptor, rid, region, error, v, NULL));
    for (size_t i = 0; i < v->count; i++)
        if (v->checks[i].state == CHECK_FAILS)
            return FAIL(error, ERROR_CRYPTO, "log-false",
                        "the log of this team does not hold (%s): %.*s; nothing was sent", v->checks[i].name,
                        SLICE_ARG(v->checks[i].text));
    return seen != NULL ? log_seen_compare(log, seen, error) : OK;
}
