/* Logs: roots of growing trees, and proofs about them. */
#include "privacy/merkle.h"

#include "privacy/seal.h"

size_t merkle_log_peaks(uint64_t size)
{
    return (size_t)__builtin_popcountll(size);
}

/* A new leaf joins neighbours of equal size as a carry does. */
void merkle_log_append(struct merkle_log *log, const struct merkle_hash *leaf)
{
    size_t height = merkle_log_peaks(log->size);
    struct merkle_hash joined = *leaf;
    for (uint64_t carry = log->size; (carry & 1) != 0; carry >>= 1)
        merkle_node(&log->peaks[--height], &joined, &joined);
    log->peaks[height] = joined;
    log->size++;
}

/* Joined from the right: that is the split at the largest power of two of RFC 6962. */
void merkle_log_root(const struct merkle_log *log, struct merkle_hash *ret_root)
{
    size_t height = merkle_log_peaks(log->size);
    struct merkle_hash root;
    if (height == 0)
        sha256(S(""), root.bytes);
    else
        root = log->peaks[--height];
    while (height > 0)
        merkle_node(&log->peaks[--height], &root, &root);
    *ret_root = root;
}

void merkle_list_root(const struct merkle_hash *leaves, size_t count, struct merkle_hash *ret_root)
{
    struct merkle_log log = {0};
    for (size_t i = 0; i < count; i++)
        merkle_log_append(&log, &leaves[i]);
    merkle_log_root(&log, ret_root);
}

/* ---- Making proofs ------------------------------------------------------------------------------------- */

/* The largest power of two below count; count > 1. */
static size_t split(size_t count)
{
    size_t half = 1;
    while (half * 2 < count)
        half *= 2;
    return half;
}

/* From the root down; the hashes are wanted from the leaf up. */
static void reverse(struct merkle_path *path)
{
    for (size_t i = 0, j = path->length; i + 1 < j; i++) {
        struct merkle_hash swap = path->hashes[i];
        path->hashes[i] = path->hashes[--j];
        path->hashes[j] = swap;
    }
}

static void add_root(const struct merkle_hash *leaves, size_t count, struct merkle_path *path)
{
    merkle_list_root(leaves, count, &path->hashes[path->length++]);
}

void merkle_inclusion_proof(const struct merkle_hash *leaves, size_t count, size_t index,
                            struct merkle_path *ret_path)
{
    ret_path->length = 0;
    while (count > 1) {
        size_t half = split(count);
        if (index < half) {
            add_root(leaves + half, count - half, ret_path);
            count = half;
        } else {
            add_root(leaves, half, ret_path);
            leaves += half;
            count -= half;
            index -= half;
        }
    }
    reverse(ret_path);
}

/* `whole`: the part of the old tree in hand is the old tree itself, whose root the reader knows. */
void merkle_consistency_proof(const struct merkle_hash *leaves, size_t count, size_t old,
                              struct merkle_path *ret_path)
{
    bool whole = true;
    ret_path->length = 0;
    if (old == 0)
        return;
    while (old < count) {
        size_t half = split(count);
        if (old <= half) {
            add_root(leaves + half, count - half, ret_path);
            count = half;
        } else {
            add_root(leaves, half, ret_path);
            leaves += half;
            count -= half;
            old -= half;
            whole = false;
        }
    }
    if (!whole)
        add_root(leaves, count, ret_path);
    reverse(ret_path);
}

/* ---- Checking proofs ----------------------------------------------------------------------------------- */

static bool equal(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Climbs from the leaf. `last` is the index of the last leaf on the same level: where the way is at the right
 * edge without a sibling to its right, levels are skipped. */
bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t count,
                            const struct merkle_path *path, const struct merkle_hash *root)
{
    if (index >= count)
        return false;
    struct merkle_hash reached = *leaf;
    uint64_t last = count - 1;
    for (size_t i = 0; i < path->length; i++, index >>= 1, last >>= 1) {
        if (last == 0)
            return false;
        while (index == last && (index & 1) == 0) {
            index >>= 1;
            last >>= 1;
        }
        if ((index & 1) != 0)
            merkle_node(&path->hashes[i], &reached, &reached);
        else
            merkle_node(&reached, &path->hashes[i], &reached);
    }
    return last == 0 && equal(&reached, root);
}

/* The way of the last leaf of the old tree, climbed in both trees at once: what lies to its left belongs to
 * both, what lies to its right only to the new one. */
bool merkle_consistency_holds(uint64_t old, const struct merkle_hash *old_root, uint64_t count,
                              const struct merkle_hash *root, const struct merkle_path *path)
{
    if (old > count)
        return false;
    if (old == 0 || old == count)
        return path->length == 0 && (old == 0 || equal(old_root, root));
    uint64_t index = old - 1, last = count - 1;
    while ((index & 1) != 0) {
        index >>= 1;
        last >>= 1;
    }
    size_t used = 0;
    struct merkle_hash before;
    if (index == 0) /* the old tree is complete: its root is where both ways start */
        before = *old_root;
    else if (path->length > 0)
        before = path->hashes[used++];
    else
        return false;
    struct merkle_hash after = before;
    for (; used < path->length; used++, index >>= 1, last >>= 1) {
        if (last == 0)
            return false;
        while (index == last && (index & 1) == 0) {
            index >>= 1;
            last >>= 1;
        }
        if ((index & 1) != 0) {
            merkle_node(&path->hashes[used], &before, &before);
            merkle_node(&path->hashes[used], &after, &after);
        } else {
            merkle_node(&after, &path->hashes[used], &after);
        }
    }
    return last == 0 && equal(&before, old_root) && equal(&after, root);
}
