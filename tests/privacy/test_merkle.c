#include "check.h"

#include "privacy/merkle.h"
#include "privacy/seal.h"

/* RFC 6962, 2.1, word for word: split at the largest power of two below n. */
static struct merkle_hash root_by_definition(const struct merkle_hash *leaves, size_t count)
{
    struct merkle_hash root;
    if (count == 0)
        sha256(S(""), root.bytes);
    else if (count == 1)
        root = leaves[0];
    else {
        size_t split = 1;
        while (2 * split < count)
            split *= 2;
        struct merkle_hash left = root_by_definition(leaves, split);
        struct merkle_hash right = root_by_definition(leaves + split, count - split);
        merkle_node(&left, &right, &root);
    }
    return root;
}

static void assert_root(const struct merkle_hash *hash, const char *expected)
{
    char text[65];
    hex_encode(hash->bytes, 32, text);
    assert_string_equal(text, expected);
}

TEST(hashes_of_nothing)
{
    struct merkle_hash hash;
    merkle_root(NULL, 0, &hash);
    assert_root(&hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    merkle_leaf(S(""), &hash); /* SHA-256 of one zero byte */
    assert_root(&hash, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

TEST(a_long_leaf_is_hashed_as_a_short_one)
{
    char bytes[2001] = {0};
    memset(bytes + 1, 'x', 2000);
    for (size_t length = 0; length <= 2000; length += 125) {
        struct merkle_hash leaf;
        uint8_t direct[32];
        merkle_leaf(slice_from_bytes(bytes + 1, length), &leaf);
        sha256(slice_from_bytes(bytes, 1 + length), direct);
        assert_memory_equal(leaf.bytes, direct, 32);
    }
}

TEST(the_root_is_that_of_the_rfc_for_every_size)
{
    struct random random;
    random_seeded_init(&random, 6962);
    for (size_t count = 0; count <= 70; count++) {
        struct merkle_hash leaves[70], root;
        random_bytes(&random, leaves, sizeof leaves);
        merkle_root(leaves, count, &root);
        struct merkle_hash expected = root_by_definition(leaves, count); /* leaves are sorted now */
        assert_memory_equal(&root, &expected, sizeof root);
        for (size_t i = 1; i < count; i++)
            assert_true(memcmp(&leaves[i - 1], &leaves[i], sizeof leaves[0]) <= 0);
    }
}

TEST(order_tells_nothing_and_every_leaf_counts)
{
    struct merkle_hash a[9], b[9], first, second;
    struct random random;
    random_seeded_init(&random, 1);
    random_bytes(&random, a, sizeof a);
    for (size_t i = 0; i < 9; i++)
        b[8 - i] = a[i];
    merkle_root(a, 9, &first);
    merkle_root(b, 9, &second);
    assert_memory_equal(&first, &second, sizeof first);
    for (size_t i = 0; i < 9; i++) {
        memcpy(b, a, sizeof a);
        b[i].bytes[31] ^= 1;
        merkle_root(b, 9, &second);
        assert_memory_not_equal(&first, &second, sizeof first);
    }
}

/* From the test tree of Certificate Transparency: the leaves "" and 00. */
TEST(node_hash_is_that_of_certificate_transparency)
{
    struct merkle_hash leaves[2], node;
    merkle_leaf(S(""), &leaves[0]);
    merkle_leaf(slice_from_bytes("\0", 1), &leaves[1]);
    merkle_node(&leaves[0], &leaves[1], &node);
    assert_root(&node, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_of_nothing),
        cmocka_unit_test(a_long_leaf_is_hashed_as_a_short_one),
        cmocka_unit_test(the_root_is_that_of_the_rfc_for_every_size),
        cmocka_unit_test(order_tells_nothing_and_every_leaf_counts),
        cmocka_unit_test(node_hash_is_that_of_certificate_transparency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
