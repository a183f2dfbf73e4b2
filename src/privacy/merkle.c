#include "privacy/merkle.h"

#include "privacy/seal.h"

/* The first byte of a leaf and of a node differ, so that no node can be passed off as a leaf (RFC 6962, 2.1).
 */
enum { LEAF_BYTE = 0, NODE_BYTE = 1, SMALL_LEAF = 512 };

void merkle_leaf(struct slice data, struct merkle_hash *ret_hash)
{
    uint8_t small[1 + SMALL_LEAF];
    uint8_t *bytes = data.length <= SMALL_LEAF ? small : malloc(1 + data.length);
    if (bytes == NULL)
        abort(); /* as sha256: there is no going on without a hash */
    bytes[0] = LEAF_BYTE;
    if (data.length > 0)
        memcpy(bytes + 1, data.data, data.length);
    sha256(slice_from_bytes(bytes, 1 + data.length), ret_hash->bytes);
    if (bytes != small)
        free(bytes);
}

void merkle_node(const struct merkle_hash *left, const struct merkle_hash *right,
                 struct merkle_hash *ret_hash)
{
    uint8_t bytes[1 + 2 * sizeof *left];
    bytes[0] = NODE_BYTE;
    memcpy(bytes + 1, left, sizeof *left);
    memcpy(bytes + 1 + sizeof *left, right, sizeof *right);
    sha256(slice_from_bytes(bytes, sizeof bytes), ret_hash->bytes);
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct merkle_hash));
}

void merkle_root(struct merkle_hash *leaves, size_t count, struct merkle_hash *ret_root)
{
    if (count > 0)
        qsort(leaves, count, sizeof *leaves, compare_hashes);
    merkle_list_root(leaves, count, ret_root);
}
