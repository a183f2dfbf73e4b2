/* RFC 6962 tree hashes. Two uses: trees over leaves that are sorted by their hash, so that their order tells
 * nothing (merkle_root), and logs whose leaves stay in the order in which they came (the rest). */
#ifndef HECHT_PRIVACY_MERKLE_H
#define HECHT_PRIVACY_MERKLE_H

#include "base/base.h"

struct merkle_hash {
    uint8_t bytes[32];
};

void merkle_leaf(struct slice data, struct merkle_hash *ret_hash); /* SHA-256(0x00 || data) */
void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret_hash);
/* Sorts the leaf hashes in place and gives the root; SHA-256 of nothing for no leaves. O(n log n). */
void merkle_root(struct merkle_hash *leaves, size_t count, struct merkle_hash *ret_root);

/* ---- Logs ---------------------------------------------------------------------------------------------- */

enum { MERKLE_PATH_MAXIMUM = 64 };

/* All that must be known of a log to append to it: the roots of its complete subtrees, largest first, one for
 * each bit of size. Zero it for an empty log. */
struct merkle_log {
    uint64_t size;
    struct merkle_hash peaks[MERKLE_PATH_MAXIMUM];
};

size_t merkle_log_peaks(uint64_t size); /* how many peaks are in use */
void merkle_log_append(struct merkle_log *log, const struct merkle_hash *leaf); /* O(log n) */
void merkle_log_root(const struct merkle_log *log, struct merkle_hash *ret_root);
/* Root of all leaves as they stand. O(n). */
void merkle_list_root(const struct merkle_hash *leaves, size_t count, struct merkle_hash *ret_root);

struct merkle_path {
    struct merkle_hash hashes[MERKLE_PATH_MAXIMUM];
    size_t length;
};

/* That the leaf stands at index < count: the sibling of the leaf first (RFC 6962, 2.1.1). O(n). */
void merkle_inclusion_proof(const struct merkle_hash *leaves, size_t count, size_t index,
                            struct merkle_path *ret_path);
/* False for an index outside the tree and for a path of a wrong length too. */
bool merkle_inclusion_holds(const struct merkle_hash *leaf, uint64_t index, uint64_t count,
                            const struct merkle_path *path, const struct merkle_hash *root);
/* That the tree of the first old <= count leaves is the beginning of this one (RFC 6962, 2.1.2). Empty for
 * old = 0 and old = count. O(n). */
void merkle_consistency_proof(const struct merkle_hash *leaves, size_t count, size_t old,
                              struct merkle_path *ret_path);
bool merkle_consistency_holds(uint64_t old, const struct merkle_hash *old_root, uint64_t count,
                              const struct merkle_hash *root, const struct merkle_path *path);

#endif
