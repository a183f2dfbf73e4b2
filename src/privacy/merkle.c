#include "privacy/merkle.h"

#include "privacy/seal.h"

/* The first byte of a leaf and of a node differ, so that no node can be passed off as a leaf (RFC 6962, 2.1).
 */
enum { LEAF_BYTE = 0, NODE_BYTE = 1, LEVELS_MAXIMUM = 64, SMALL_LEAF = 512 };

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

/* The stack holds the roots of complete subtrees, largest first: one for each bit of the number of leaves
 * read. A new leaf joins equal neighbours as a carry does; at the end the rest is joined from the right. That
 * is the split at the largest power of two of RFC 6962. */
void merkle_root(struct merkle_hash *leaves, size_t count, struct merkle_hash *ret_root)
{
    if (count == 0) {
        sha256(S(""), ret_root->bytes);
        return;
    }
    qsort(leaves, count, sizeof *leaves, compare_hashes);
    struct merkle_hash stack[LEVELS_MAXIMUM];
    size_t height = 0;
    for (size_t i = 0; i < count; i++) {
        stack[height++] = leaves[i];
        for (size_t carry = i + 1; (carry & 1) == 0; carry >>= 1) {
            height--;
            merkle_node(&stack[height - 1], &stack[height], &stack[height - 1]);
        }
    }
    while (height > 1) {
        height--;
        merkle_node(&stack[height - 1], &stack[height], &stack[height - 1]);
    }
    *ret_root = stack[0];
}
