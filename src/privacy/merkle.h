/* RFC 6962 tree hashes over leaves that are sorted by their hash, so that their order tells nothing. */
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

#endif
